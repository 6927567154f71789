//! One round of all probes.

use crate::probe::{
    Root, antivirus, hardware, network, operating_system, peripheral,
    runner::{self, Busy},
    software, storage,
};
use jiff::Timestamp;
use kiemke_schemas::{
    Section, SectionName,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, neighbour::Neighbours,
        network::Network, operating_system::OperatingSystem, peripheral::Peripherals, software::Software,
        storage::Storage,
    },
};

/// What one round found. Load and links come from elsewhere: they are sampled and asked over the network.
pub struct Readings {
    pub at: Timestamp,
    pub antivirus: Section<Antivirus>,
    pub hardware: Section<Hardware>,
    pub link: Section<Links>,
    pub load: Section<Load>,
    /// `None` where nothing was ever switched on.
    pub neighbour: Option<Section<Neighbours>>,
    pub network: Section<Network>,
    pub operating_system: Section<OperatingSystem>,
    pub peripheral: Section<Peripherals>,
    pub software: Section<Software>,
    pub storage: Section<Storage>,
}

#[derive(Debug, Clone)]
pub struct Probes {
    root: Root,
    busy: [Busy; SectionName::ALL.len()],
}

impl Probes {
    pub fn new(root: Root) -> Self {
        Self { root, busy: Default::default() }
    }

    pub fn root(&self) -> &Root {
        &self.root
    }

    fn run<T: Send + 'static>(
        &self,
        name: SectionName,
        read: impl FnOnce(&Root) -> Section<T> + Send + 'static,
    ) -> Section<T> {
        runner::run(name, &self.root, &self.busy[name as usize], read)
    }

    /// What is plugged in, alone.
    pub fn peripherals(&self, at: Timestamp) -> Section<Peripherals> {
        self.run(SectionName::Peripheral, move |root| peripheral::read(root, at))
    }

    /// One after the other: less memory at once, and an office machine is not slowed down.
    pub fn read(&self, at: Timestamp, load: Section<Load>, link: Section<Links>) -> Readings {
        Readings {
            at,
            link,
            load,
            neighbour: None,
            antivirus: self.run(SectionName::Antivirus, antivirus::read),
            hardware: self.run(SectionName::Hardware, hardware::read),
            network: self.run(SectionName::Network, network::read),
            operating_system: self.run(SectionName::OperatingSystem, operating_system::read),
            peripheral: self.peripherals(at),
            software: self.run(SectionName::Software, software::read),
            storage: self.run(SectionName::Storage, storage::read),
        }
    }
}
