mod firewall;
mod others;

use super::cvd;
use crate::probe::{Root, program::Programs, root, software};
use jiff::Timestamp;
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::antivirus::{Antivirus, Product, ProductState, Signatures},
};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read},
};

pub fn read(root: &Root) -> Section<Antivirus> {
    let mut problems = Vec::new();
    let running = match Running::read(root) {
        Ok(running) => Some(running),
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let programs = Programs::of(root);
    let mut products: Vec<Product> = clamav(root, running.as_ref(), &mut problems).into_iter().collect();
    products.extend(others::read(root, running.as_ref(), &programs, &mut problems));
    let firewall = firewall::read(root, running.as_ref(), &programs, &mut problems);
    Section { value: Some(Antivirus { products, firewall }), problems }
}

/// Names of all processes. Without it nothing can be said about what is on or off.
struct Running(BTreeSet<String>);

impl Running {
    fn read(root: &Root) -> Result<Self, Problem> {
        let processes: Vec<_> = root
            .names("/proc")?
            .into_iter()
            .filter(|name| name.bytes().all(|b| b.is_ascii_digit()))
            .collect();
        // Mounted with hidepid, /proc shows an agent without rights only its own processes.
        if !processes.iter().any(|process| process == "1") {
            let message = "the processes of other users are hidden (hidepid), so services cannot be seen";
            return Err(Problem::new(ProblemKind::Denied, "/proc", message));
        }
        // A process may end while it is looked at.
        let names = processes.iter().filter_map(|process| root.attribute(&format!("/proc/{process}/comm")));
        Ok(Self(names.collect()))
    }

    fn any(&self, prefixes: &[&str]) -> bool {
        self.0.iter().any(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
    }
}

fn state(running: Option<&Running>, processes: &[&str]) -> ProductState {
    match running {
        None => ProductState::Unknown,
        Some(running) if running.any(processes) => ProductState::On,
        Some(_) => ProductState::Off,
    }
}

const CLAMAV_PROGRAMS: &[&str] =
    &["/usr/sbin/clamd", "/usr/bin/clamscan", "/usr/local/sbin/clamd", "/usr/local/bin/clamscan"];

/// The scanner alone protects nobody: without its daemon ClamAV is off.
fn clamav(root: &Root, running: Option<&Running>, problems: &mut Vec<Problem>) -> Option<Product> {
    if !CLAMAV_PROGRAMS.iter().any(|path| root.exists(path)) {
        return None;
    }
    let on_access = running.is_some_and(|running| running.any(&["clamonacc"]));
    Some(Product {
        name: "ClamAV".to_owned(),
        vendor: Some("Cisco".to_owned()),
        version: clamav_version(root),
        state: state(running, &["clamd"]),
        signatures: signatures(root, problems),
        source: if on_access { "clamd, clamonacc" } else { "clamd" }.to_owned(),
    })
}

/// From dpkg's database; not known where ClamAV came another way.
fn clamav_version(root: &Root) -> Option<String> {
    let file = File::open(root.path("/var/lib/dpkg/status")).ok()?;
    let mut version = None;
    software::dpkg::read(BufReader::new(file), |package| {
        if matches!(package.name.as_str(), "clamav" | "clamav-daemon") {
            version = package.version;
        }
    })
    .ok()?;
    version
}

/// Signed as it comes, updated in place, and unsigned: of a mirror of one's own.
const KINDS: [&str; 3] = ["cvd", "cld", "cud"];

/// The newest of the daily databases; the main one is years old by design and counts only alone.
fn signatures(root: &Root, problems: &mut Vec<Problem>) -> Signatures {
    let folder = database_folder(root);
    let mut newest = |name: &str| {
        let files = KINDS.map(|kind| format!("{folder}/{name}.{kind}"));
        files
            .iter()
            .filter(|file| root.exists(file))
            .filter_map(|file| header(root, file, problems))
            .max_by_key(|h| h.built_at)
    };
    match newest("daily").or_else(|| newest("main")) {
        Some(header) => Signatures {
            state: header.state(Timestamp::now()),
            version: Some(header.version.to_string()),
            updated_at: Some(header.built_at),
            ..Signatures::default()
        },
        None => {
            if problems.iter().all(|problem| !problem.source.starts_with(&folder)) {
                problems.push(Problem::new(ProblemKind::Absent, folder, "no signature database"));
            }
            Signatures::default()
        }
    }
}

fn database_folder(root: &Root) -> String {
    let configured = ["/etc/clamav/clamd.conf", "/etc/clamd.d/scan.conf", "/etc/clamav/freshclam.conf"]
        .iter()
        .filter_map(|path| root.attribute(path))
        .find_map(|text| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix("DatabaseDirectory "))?;
            Some(line.trim().trim_end_matches('/').to_owned())
        });
    configured.unwrap_or_else(|| "/var/lib/clamav".to_owned())
}

fn header(root: &Root, file: &str, problems: &mut Vec<Problem>) -> Option<cvd::Header> {
    let mut bytes = Vec::with_capacity(cvd::HEADER_BYTES);
    let read = File::open(root.path(file))
        .and_then(|open| open.take(cvd::HEADER_BYTES as u64).read_to_end(&mut bytes))
        .map_err(|error| root::problem(file, &error));
    if let Err(problem) = read {
        problems.push(problem);
        return None;
    }
    let header = cvd::header(&bytes);
    if header.is_none() {
        problems.push(Problem::new(ProblemKind::Failed, file, "no header of a ClamAV database"));
    }
    header
}

#[cfg(test)]
mod tests;
