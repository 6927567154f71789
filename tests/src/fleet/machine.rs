use jiff::Timestamp;
use kiemke_schemas::{
    Section, SectionName,
    enrolment::MachineFingerprint,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};
use serde::Serialize;
use serde_json::value::RawValue;

/// One invented computer: what its probes would find.
#[derive(Debug, Clone)]
pub struct Machine {
    pub unit: String,
    pub operating_system: OperatingSystem,
    pub hardware: Hardware,
    pub storage: Storage,
    pub network: Network,
    pub links: Links,
    pub antivirus: Section<Antivirus>,
    pub peripherals: Peripherals,
    pub software: Software,
    pub load: Load,
    /// Whether protection is kept current during the run; false for a planted fault.
    pub keeps_signatures_fresh: bool,
}

impl Machine {
    pub fn host_name(&self) -> &str {
        &self.operating_system.host_name
    }

    pub fn fingerprint(&self) -> MachineFingerprint {
        MachineFingerprint {
            host_name: self.host_name().to_owned(),
            board_serial: self.hardware.board.as_ref().and_then(|board| board.serial.clone()),
            system_uuid: self.hardware.uuid.clone(),
            machine_id: self.operating_system.machine_id.clone(),
            macs: self.network.interfaces.iter().filter_map(|interface| interface.mac.clone()).collect(),
        }
    }

    pub fn section(&self, name: SectionName) -> serde_json::Result<Box<RawValue>> {
        match name {
            SectionName::Antivirus => raw(&self.antivirus),
            SectionName::Hardware => known(&self.hardware),
            SectionName::Link => known(&self.links),
            SectionName::Load => known(&self.load),
            SectionName::Neighbour => raw(&Section::<Neighbours> { value: None, problems: Vec::new() }),
            SectionName::Network => known(&self.network),
            SectionName::OperatingSystem => known(&self.operating_system),
            SectionName::Peripheral => known(&self.peripherals),
            SectionName::Software => known(&self.software),
            SectionName::Storage => known(&self.storage),
        }
    }

    /// A day on, a product that works has newer signatures.
    pub fn refresh_signatures(&mut self, now: Timestamp) {
        if !self.keeps_signatures_fresh {
            return;
        }
        let products = self.antivirus.value.iter_mut().flat_map(|antivirus| &mut antivirus.products);
        for signatures in products.map(|product| &mut product.signatures) {
            let old = signatures.updated_at.is_none_or(|at| now.duration_since(at).as_hours() >= 20);
            if old {
                signatures.updated_at = Some(now);
            }
        }
    }
}

fn known<T: Serialize + Clone>(value: &T) -> serde_json::Result<Box<RawValue>> {
    raw(&Section::known(value.clone()))
}

fn raw<T: Serialize>(section: &Section<T>) -> serde_json::Result<Box<RawValue>> {
    serde_json::value::to_raw_value(section)
}
