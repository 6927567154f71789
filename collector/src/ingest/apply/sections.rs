use crate::{
    identity::fingerprint::{self, Likeness},
    ingest::{
        history,
        known::Hashes,
        prepare::{PreparedReport, PreparedSection, pack},
        rejection::Rejection,
    },
    store::ingest::{Result, Stamp, Transaction, json_error, sections as rows},
};
use kiemke_schemas::{
    ReportKind, Section, SectionName,
    enrolment::MachineFingerprint,
    section::{hardware::Hardware, operating_system::OperatingSystem},
};
use std::borrow::Cow;

/// The sections of a report beside the stored ones of its device.
pub struct Sections<'a> {
    report: &'a PreparedReport,
    stored: rows::Known,
}

/// What becomes of a section that was sent.
enum Fate {
    /// Stored already, and by a report at least as new or a full one.
    Nothing,
    /// Stored already, by an older report.
    Touch,
    Replace,
    /// A newer report said something else.
    Late,
}

impl<'a> Sections<'a> {
    pub fn load(tx: &Transaction, report: &'a PreparedReport) -> Result<Self> {
        Ok(Self { report, stored: rows::load(tx, report.device.as_str())? })
    }

    pub fn hashes(&self) -> Hashes {
        self.stored.iter().map(|(name, (hash, _))| (*name, *hash)).collect()
    }

    /// Why this report was made on another machine than the one that enrolled, where it was.
    pub fn of_another_machine(&self, enrolled: Option<&str>) -> Option<String> {
        let section = self.report.sections.iter().find(|section| section.name == SectionName::Hardware)?;
        if self.stored.get(&section.name).is_some_and(|(hash, _)| *hash == section.hash) {
            return None;
        }
        let hardware = serde_json::from_str::<Section<Hardware>>(section.text.get()).ok()?.value?;
        let seen = MachineFingerprint {
            board_serial: hardware.board.and_then(|board| board.serial),
            system_uuid: hardware.uuid,
            ..Default::default()
        };
        let enrolled: MachineFingerprint = serde_json::from_str(enrolled?).ok()?;
        (fingerprint::compare(&enrolled, &seen) == Likeness::Other).then(|| {
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".into());
            format!(
                "section hardware: UUID {} and board {} are not those of the machine that enrolled ({} and {})",
                text(&seen.system_uuid),
                text(&seen.board_serial),
                text(&enrolled.system_uuid),
                text(&enrolled.board_serial)
            )
        })
    }

    /// Whether any section changed; the inner error is for a section that does not read as its type.
    pub fn apply(
        &mut self,
        tx: &Transaction,
        newest_full: Stamp,
        first: bool,
    ) -> Result<std::result::Result<bool, Rejection>> {
        let mut changed = false;
        for section in &self.report.sections {
            let replaces = match self.fate(section, newest_full) {
                Fate::Nothing => continue,
                Fate::Touch => {
                    self.touch(tx, section)?;
                    continue;
                }
                Fate::Late => false,
                Fate::Replace => true,
            };
            match packed(section) {
                Err(rejection) => return Ok(Err(rejection)),
                Ok(packed) if replaces => self.replace(tx, section, &packed, first)?,
                Ok(_) => self.record(tx, section.name, "", None, Some(section.text.get()))?,
            }
            changed |= replaces;
        }
        if self.report.kind == ReportKind::Full && self.report.stamp > newest_full {
            changed |= self.end_missing(tx)?;
        }
        Ok(Ok(changed))
    }

    /// A full report speaks for every section, those it did not change included.
    fn fate(&self, section: &PreparedSection, newest_full: Stamp) -> Fate {
        let known = self.stored.get(&section.name);
        let newer = self.report.stamp > known.map_or(newest_full, |(_, stamp)| newest_full.max(*stamp));
        let same = known.is_some_and(|(hash, _)| *hash == section.hash);
        match (same, newer) {
            (true, true) if self.report.kind == ReportKind::Delta => Fate::Touch,
            (true, _) => Fate::Nothing,
            (false, true) => Fate::Replace,
            (false, false) => Fate::Late,
        }
    }

    fn touch(&mut self, tx: &Transaction, section: &PreparedSection) -> Result<()> {
        rows::touch(tx, self.report.source(), section.name, section.observed_at)?;
        self.stored.insert(section.name, (section.hash, self.report.stamp));
        Ok(())
    }

    fn record(
        &self,
        tx: &Transaction,
        section: SectionName,
        path: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) -> Result<()> {
        rows::record(tx, self.report.source(), section, path, old, new)
    }

    fn replace(
        &mut self,
        tx: &Transaction,
        section: &PreparedSection,
        packed: &[u8],
        first: bool,
    ) -> Result<()> {
        let source = self.report.source();
        if self.stored.contains_key(&section.name) {
            let old = rows::content(tx, source.device, section.name)?;
            let changes = history::changes(section.name, &old, section.text.get()).map_err(json_error)?;
            for change in changes {
                self.record(tx, section.name, &change.path, change.old.as_deref(), change.new.as_deref())?;
            }
        } else if !first {
            self.record(tx, section.name, "", None, Some(section.text.get()))?;
        }
        rows::write(tx, source, section.name, section.hash, section.observed_at, packed)?;
        if let Some(host_name) = host_name(section.name, section.text.get()) {
            rows::set_host_name(tx, source.device, &host_name)?;
        }
        self.stored.insert(section.name, (section.hash, self.report.stamp));
        Ok(())
    }

    /// What a full report does not send no longer exists.
    fn end_missing(&mut self, tx: &Transaction) -> Result<bool> {
        let sent = |name: SectionName| self.report.sections.iter().any(|section| section.name == name);
        let older = |stamp: Stamp| stamp < self.report.stamp;
        let gone: Vec<SectionName> = self
            .stored
            .iter()
            .filter(|(name, (_, stamp))| older(*stamp) && !sent(**name))
            .map(|(name, _)| *name)
            .collect();
        for name in &gone {
            let device = self.report.device.as_str();
            self.record(tx, *name, "", Some(&rows::content(tx, device, *name)?), None)?;
            rows::delete(tx, device, *name)?;
            self.stored.remove(name);
        }
        Ok(!gone.is_empty())
    }
}

/// A section that was believed not to have changed is checked now.
fn packed(section: &PreparedSection) -> std::result::Result<Cow<'_, [u8]>, Rejection> {
    match &section.packed {
        Some(packed) => Ok(Cow::Borrowed(packed)),
        None => pack(section.name, section.text.get()).map(Cow::Owned),
    }
}

fn host_name(name: SectionName, text: &str) -> Option<String> {
    if name != SectionName::OperatingSystem {
        return None;
    }
    Some(serde_json::from_str::<Section<OperatingSystem>>(text).ok()?.value?.host_name)
}
