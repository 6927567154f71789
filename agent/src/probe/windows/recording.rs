//! A machine made of recordings. What was not recorded is absent.

use super::{
    Adapter, CardReader, Family, Memory, NeighbourRow, ProcessorTime, Processors, RawDisk, Route,
    ServiceState, Source, Version, Volume,
};
use crate::parse::{
    records::{self, Record},
    registry::{self, Registry},
};
use kiemke_schemas::{Problem, ProblemKind};
use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

#[derive(Default)]
pub struct Recording {
    pub registry: Registry,
    /// By namespace.
    pub wmi: BTreeMap<&'static str, Result<Vec<Record>, Problem>>,
    pub services: BTreeMap<&'static str, ServiceState>,
    pub version: Option<Version>,
    pub host_name: Option<(String, Option<String>)>,
    pub smbios: Option<Vec<u8>>,
    pub processors: Option<Processors>,
    pub memory: Option<Memory>,
    pub volumes: Option<Vec<Volume>>,
    pub disks: Option<Vec<RawDisk>>,
    pub adapters: Option<Vec<Adapter>>,
    pub routes: Option<Vec<Route>>,
    pub neighbours: Vec<NeighbourRow>,
    pub plugged: Option<Vec<String>>,
    pub processor_time: Option<ProcessorTime>,
    pub connections: Option<u64>,
    pub card_readers: Option<Vec<CardReader>>,
    /// By path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Recording {
    /// Of the text of a registry export, without its heading.
    pub fn of_registry(text: &str) -> Self {
        let text = format!("Windows Registry Editor Version 5.00\n\n{text}");
        Self { registry: registry::read(&text).unwrap(), ..Self::default() }
    }

    pub fn with_wmi(mut self, namespace: &'static str, list: &str) -> Self {
        self.wmi.insert(namespace, Ok(records::read(list).unwrap()));
        self
    }

    pub fn with_service(mut self, name: &'static str, state: ServiceState) -> Self {
        self.services.insert(name, state);
        self
    }
}

fn of<T: Clone>(value: &Option<T>, source: &str) -> Result<T, Problem> {
    value.clone().ok_or_else(|| Problem::new(ProblemKind::Absent, source, "not recorded"))
}

/// How many levels `path` lies below `key`; `None` where it does not.
fn below(path: &str, key: &str) -> Option<usize> {
    let (path, key) = (path.to_lowercase(), key.to_lowercase());
    let rest = path.strip_prefix(&key)?;
    if rest.is_empty() {
        return Some(0);
    }
    Some(rest.strip_prefix('\\')?.split('\\').count())
}

impl Source for Recording {
    fn registry(&self, key: &str, levels: u8) -> Result<Registry, Problem> {
        let within = |path: &String| below(path, key).is_some_and(|depth| depth <= usize::from(levels));
        let keys: BTreeMap<_, _> = self
            .registry
            .keys
            .iter()
            .filter(|(path, _)| within(path))
            .map(|(path, values)| (path.clone(), values.clone()))
            .collect();
        if keys.is_empty() {
            return Err(Problem::new(ProblemKind::Absent, key, "not recorded"));
        }
        Ok(Registry { keys })
    }

    fn subkeys(&self, key: &str) -> Result<Vec<String>, Problem> {
        let found: Vec<_> = self.registry.keys.keys().filter(|path| below(path, key).is_some()).collect();
        if found.is_empty() {
            return Err(Problem::new(ProblemKind::Absent, key, "not recorded"));
        }
        let mut names: Vec<_> = found
            .iter()
            .filter_map(|path| path.get(key.len() + 1..)?.split('\\').next())
            .map(str::to_owned)
            .collect();
        names.dedup();
        Ok(names)
    }

    fn wmi(&self, namespace: &str, _query: &str) -> Result<Vec<Record>, Problem> {
        let missing = || Err(Problem::new(ProblemKind::Absent, namespace, "not recorded"));
        self.wmi.get(namespace).cloned().unwrap_or_else(missing)
    }

    fn service(&self, name: &str) -> Result<ServiceState, Problem> {
        Ok(self.services.get(name).copied().unwrap_or(ServiceState::Absent))
    }

    fn version(&self) -> Result<Version, Problem> {
        of(&self.version, "version")
    }

    fn host_name(&self) -> Result<(String, Option<String>), Problem> {
        of(&self.host_name, "host name")
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs(3600)
    }

    fn smbios(&self) -> Result<Vec<u8>, Problem> {
        of(&self.smbios, "SMBIOS")
    }

    fn processors(&self) -> Result<Processors, Problem> {
        of(&self.processors, "processors")
    }

    fn memory(&self) -> Result<Memory, Problem> {
        of(&self.memory, "memory")
    }

    fn volumes(&self) -> Result<Vec<Volume>, Problem> {
        of(&self.volumes, "volumes")
    }

    fn disks(&self) -> Result<Vec<RawDisk>, Problem> {
        of(&self.disks, "disks")
    }

    fn adapters(&self) -> Result<Vec<Adapter>, Problem> {
        of(&self.adapters, "adapters")
    }

    fn default_routes(&self) -> Result<Vec<Route>, Problem> {
        of(&self.routes, "routes")
    }

    fn neighbours(&self, family: Family) -> Result<Vec<NeighbourRow>, Problem> {
        let rows = self.neighbours.iter();
        Ok(rows.filter(|row| row.address.is_ipv6() == (family == Family::Inet6)).cloned().collect())
    }

    fn ask_by_arp(&self, _own: Ipv4Addr, host: Ipv4Addr) -> Result<Option<Vec<u8>>, Problem> {
        Ok(self.neighbours.iter().find(|row| row.address == host).map(|row| row.mac.clone()))
    }

    fn plugged(&self, _enumerator: &str) -> Result<Vec<String>, Problem> {
        of(&self.plugged, "devices")
    }

    fn processor_time(&self) -> Result<ProcessorTime, Problem> {
        of(&self.processor_time, "processor time")
    }

    fn connections(&self) -> Result<u64, Problem> {
        of(&self.connections, "connections")
    }

    fn card_readers(&self) -> Result<Vec<CardReader>, Problem> {
        of(&self.card_readers, "readers of smart cards")
    }

    fn files(&self, folder: &str) -> Result<Vec<String>, Problem> {
        let inside = |path: &String| {
            path.rsplit_once('\\').filter(|(parent, _)| *parent == folder).map(|(_, name)| name.to_owned())
        };
        Ok(self.files.keys().filter_map(inside).collect())
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, Problem> {
        of(&self.files.get(path).cloned(), path)
    }
}
