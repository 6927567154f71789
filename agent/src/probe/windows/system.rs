//! The machine itself. The only place of the probes that calls Windows.
#![allow(unsafe_code, reason = "calls of the Windows API")]

mod devices;
mod disks;
mod firmware;
mod neighbours;
mod network;
mod pcsc;
mod registry;
mod scm;
mod volumes;
mod wmi;

use super::{
    Adapter, CardReader, Family, Memory, NeighbourRow, ProcessorTime, Processors, RawDisk, Route,
    ServiceState, Source, Version, Volume,
};
use crate::{
    parse::{records::Record, registry::Registry},
    probe::root,
};
use kiemke_schemas::{Problem, ProblemKind};
use std::{
    fs,
    io::{self, Read},
    net::Ipv4Addr,
    time::Duration,
};

/// Stands for the running machine; holds nothing.
pub struct System;

/// A typed problem of the error code of a call.
fn problem(source: &str, code: u32) -> Problem {
    const INVALID_FUNCTION: u32 = 1;
    const NOT_SUPPORTED: u32 = 50;
    const CALL_NOT_IMPLEMENTED: u32 = 120;
    let error = io::Error::from_raw_os_error(code.cast_signed());
    match code {
        INVALID_FUNCTION | NOT_SUPPORTED | CALL_NOT_IMPLEMENTED => {
            Problem::new(ProblemKind::Unsupported, source, error.to_string())
        }
        _ => root::problem(source, &error),
    }
}

fn last_problem(source: &str) -> Problem {
    root::problem(source, &io::Error::last_os_error())
}

/// UTF-16 with a zero at its end, as Windows takes text.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The text before the first zero.
fn narrow(units: &[u16]) -> String {
    String::from_utf16_lossy(units.split(|unit| *unit == 0).next().unwrap_or_default())
}

impl Source for System {
    fn registry(&self, key: &str, levels: u8) -> Result<Registry, Problem> {
        registry::read(key, levels)
    }

    fn subkeys(&self, key: &str) -> Result<Vec<String>, Problem> {
        registry::subkeys(key)
    }

    fn wmi(&self, namespace: &str, query: &str) -> Result<Vec<Record>, Problem> {
        wmi::query(namespace, query)
    }

    fn service(&self, name: &str) -> Result<ServiceState, Problem> {
        scm::state(name)
    }

    fn version(&self) -> Result<Version, Problem> {
        firmware::version()
    }

    fn host_name(&self) -> Result<(String, Option<String>), Problem> {
        firmware::host_name()
    }

    fn uptime(&self) -> Duration {
        firmware::uptime()
    }

    fn smbios(&self) -> Result<Vec<u8>, Problem> {
        firmware::smbios()
    }

    fn processors(&self) -> Result<Processors, Problem> {
        firmware::processors()
    }

    fn memory(&self) -> Result<Memory, Problem> {
        firmware::memory()
    }

    fn volumes(&self) -> Result<Vec<Volume>, Problem> {
        volumes::read()
    }

    fn disks(&self) -> Result<Vec<RawDisk>, Problem> {
        disks::read()
    }

    fn adapters(&self) -> Result<Vec<Adapter>, Problem> {
        network::adapters()
    }

    fn default_routes(&self) -> Result<Vec<Route>, Problem> {
        network::default_routes()
    }

    fn neighbours(&self, family: Family) -> Result<Vec<NeighbourRow>, Problem> {
        neighbours::table(family)
    }

    fn ask_by_arp(&self, own: Ipv4Addr, host: Ipv4Addr) -> Result<Option<Vec<u8>>, Problem> {
        neighbours::ask(own, host)
    }

    fn plugged(&self, enumerator: &str) -> Result<Vec<String>, Problem> {
        devices::plugged(enumerator)
    }

    fn processor_time(&self) -> Result<ProcessorTime, Problem> {
        firmware::processor_time()
    }

    fn connections(&self) -> Result<u64, Problem> {
        network::connections()
    }

    fn card_readers(&self) -> Result<Vec<CardReader>, Problem> {
        pcsc::readers()
    }

    fn files(&self, folder: &str) -> Result<Vec<String>, Problem> {
        let failed = |error: io::Error| root::problem(folder, &error);
        let entries = fs::read_dir(folder).map_err(failed)?;
        let files =
            entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        Ok(files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, Problem> {
        const LIMIT: u64 = 64 << 10;
        let failed = |error: io::Error| root::problem(path, &error);
        let mut bytes = Vec::new();
        fs::File::open(path).map_err(failed)?.take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}
