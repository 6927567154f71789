#![no_main]
//! The text of a report and of each of its sections.

use kiemke_schemas::{
    Report, Section, SectionName,
    command::Command,
    digest::StateDigest,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

/// What is read must be written and read again as the same.
fn read<T: DeserializeOwned + Serialize>(raw: &str) {
    let Ok(section) = serde_json::from_str::<Section<T>>(raw) else { return };
    let text = serde_json::to_string(&section).expect("a section that was read can be written");
    serde_json::from_str::<Section<T>>(&text).expect("a section that was written can be read");
}

fuzz_target!(|data: &[u8]| {
    let _ = serde_json::from_slice::<Command>(data);
    let Ok(report) = Report::from_json(data) else { return };
    let _ = StateDigest::of(&report.section_hashes());
    for (name, raw) in &report.sections {
        match name {
            SectionName::Antivirus => read::<Antivirus>(raw.get()),
            SectionName::Hardware => read::<Hardware>(raw.get()),
            SectionName::Link => read::<Links>(raw.get()),
            SectionName::Load => read::<Load>(raw.get()),
            SectionName::Neighbour => read::<Neighbours>(raw.get()),
            SectionName::Network => read::<Network>(raw.get()),
            SectionName::OperatingSystem => read::<OperatingSystem>(raw.get()),
            SectionName::Peripheral => read::<Peripherals>(raw.get()),
            SectionName::Software => read::<Software>(raw.get()),
            SectionName::Storage => read::<Storage>(raw.get()),
        }
    }
});
