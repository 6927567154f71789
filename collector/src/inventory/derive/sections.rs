use super::DeviceRecord;
use crate::inventory::device::SectionProblem;
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    Problem, ProblemKind, Section, SectionName,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};
use serde::de::DeserializeOwned;

/// The current text of one section, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSection {
    pub name: SectionName,
    /// `{"value": …, "problems": […]}` as sent.
    pub text: String,
    /// Agent's clock: when the value was read.
    pub observed_at: Timestamp,
    /// Agent's clock: `created_at` of the report that brought this text.
    pub reported_at: Timestamp,
    /// Collector's clock.
    pub received_at: Timestamp,
}

/// A decoded section and its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading<T> {
    content: Option<(Section<T>, Times)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Times {
    observed_at: Timestamp,
    reported_at: Timestamp,
    received_at: Timestamp,
}

/// A probe runs within minutes of its report; a value older than this at report time was kept from before.
const PROBE_TIME: SignedDuration = SignedDuration::from_mins(10);

impl<T: DeserializeOwned> Reading<T> {
    fn decode(stored: &StoredSection) -> Self {
        let section = serde_json::from_str(&stored.text).unwrap_or_else(|error| {
            Section::unknown(Problem::new(ProblemKind::Failed, stored.name.as_str(), error.to_string()))
        });
        let times = Times {
            observed_at: stored.observed_at,
            reported_at: stored.reported_at,
            received_at: stored.received_at,
        };
        Self { content: Some((section, times)) }
    }
}

impl<T> Reading<T> {
    pub fn value(&self) -> Option<&T> {
        self.content.as_ref()?.0.value.as_ref()
    }

    fn section_problems(&self) -> &[Problem] {
        self.content.as_ref().map_or(&[], |(section, _)| &section.problems)
    }

    /// The probe worked: there is a value, or the machine has no such thing.
    pub fn is_known(&self) -> bool {
        self.content
            .as_ref()
            .is_some_and(|(section, _)| section.value.is_some() || section.problems.is_empty())
    }

    /// A value, but parts could not be read: what is there is true, what is missing proves nothing.
    pub fn is_partial(&self) -> bool {
        self.value().is_some() && !self.section_problems().is_empty()
    }

    /// The last good value, kept because the probe fails now.
    fn is_kept(&self) -> bool {
        self.content.as_ref().is_some_and(|(section, times)| {
            !section.problems.is_empty() && times.reported_at.duration_since(times.observed_at) > PROBE_TIME
        })
    }

    /// Until when the value is known to hold, by the collector's clock. A section that is not sent again
    /// has not changed, so a value that the probe still reads holds until the device's last sign of life.
    pub(super) fn holds_at(&self, record: &DeviceRecord) -> Option<Timestamp> {
        let read_at = self.read_at()?;
        if self.is_kept() {
            return Some(read_at);
        }
        Some(record.last_seen_at.max(record.last_report_at).map_or(read_at, |seen| seen.max(read_at)))
    }

    /// When the value was read, by the collector's clock: only differences of the agent's clock are used.
    pub(super) fn read_at(&self) -> Option<Timestamp> {
        let (_, times) = self.content.as_ref()?;
        Some(earlier(times.received_at, times.reported_at.duration_since(times.observed_at)))
    }

    /// The collector's time of a moment that the agent stamped when it read the value.
    pub(super) fn collector_time(&self, stamped: Timestamp) -> Option<Timestamp> {
        let (_, times) = self.content.as_ref()?;
        Some(earlier(self.read_at()?, times.observed_at.duration_since(stamped)))
    }
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by.max(SignedDuration::ZERO)).unwrap_or(time)
}

impl<T> Default for Reading<T> {
    fn default() -> Self {
        Self { content: None }
    }
}

/// Every section of one device; what the device never sent is unknown, what cannot be read is a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sections {
    pub antivirus: Reading<Antivirus>,
    pub hardware: Reading<Hardware>,
    pub link: Reading<Links>,
    pub load: Reading<Load>,
    pub neighbour: Reading<Neighbours>,
    pub network: Reading<Network>,
    pub operating_system: Reading<OperatingSystem>,
    pub peripheral: Reading<Peripherals>,
    pub software: Reading<Software>,
    pub storage: Reading<Storage>,
}

impl Sections {
    pub fn decode(stored: &[StoredSection]) -> Self {
        let mut sections = Self::default();
        for one in stored {
            match one.name {
                SectionName::Antivirus => sections.antivirus = Reading::decode(one),
                SectionName::Hardware => sections.hardware = Reading::decode(one),
                SectionName::Link => sections.link = Reading::decode(one),
                SectionName::Load => sections.load = Reading::decode(one),
                SectionName::Neighbour => sections.neighbour = Reading::decode(one),
                SectionName::Network => sections.network = Reading::decode(one),
                SectionName::OperatingSystem => sections.operating_system = Reading::decode(one),
                SectionName::Peripheral => sections.peripheral = Reading::decode(one),
                SectionName::Software => sections.software = Reading::decode(one),
                SectionName::Storage => sections.storage = Reading::decode(one),
            }
        }
        sections
    }

    /// In the order of the section names.
    pub(super) fn problems(&self) -> Vec<SectionProblem> {
        let of = |section, problems: &[Problem]| {
            problems.iter().map(|p| SectionProblem { section, problem: p.clone() }).collect::<Vec<_>>()
        };
        SectionName::ALL
            .into_iter()
            .flat_map(|name| match name {
                SectionName::Antivirus => of(name, self.antivirus.section_problems()),
                SectionName::Hardware => of(name, self.hardware.section_problems()),
                SectionName::Link => of(name, self.link.section_problems()),
                SectionName::Load => of(name, self.load.section_problems()),
                SectionName::Neighbour => of(name, self.neighbour.section_problems()),
                SectionName::Network => of(name, self.network.section_problems()),
                SectionName::OperatingSystem => of(name, self.operating_system.section_problems()),
                SectionName::Peripheral => of(name, self.peripheral.section_problems()),
                SectionName::Software => of(name, self.software.section_problems()),
                SectionName::Storage => of(name, self.storage.section_problems()),
            })
            .collect()
    }
}
