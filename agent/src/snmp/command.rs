//! `kiemke-agent snmp`: asks one device, or a recording of one, and prints what it is.

use super::{
    client::{self, Client, Credentials, Limits, User},
    mib::Mib,
    oid::oid,
    recording,
};
use crate::{
    output,
    probe::{
        network_printer,
        router::{self, Line, meter},
    },
};
use anyhow::{Context, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use kiemke_schemas::{
    Problem,
    section::{Section, link::Links, peripheral::Peripherals},
};
use serde::Serialize;
use snmp2::v3::{AuthProtocol, Cipher};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs},
    path::PathBuf,
    time::{Duration, Instant},
};

const PORT: u16 = 161;
const SYSTEM_NAME: &str = "1.3.6.1.2.1.1.5.0";
/// RFC 3414 lets nothing shorter be made into a key.
const SHORTEST_PASSWORD: usize = 8;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  kiemke-agent snmp 192.168.1.1 --community public")]
pub struct Args {
    /// HOST, HOST:PORT or [ADDRESS]:PORT
    #[arg(required_unless_present = "recording")]
    host: Option<String>,
    /// Community of SNMP v2c (v1 with --v1)
    #[arg(long, env = "KIEMKE_SNMP_COMMUNITY", hide_env_values = true)]
    community: Option<String>,
    /// Speak SNMP v1
    #[arg(long)]
    v1: bool,
    /// Speak SNMP v3 as this user
    #[arg(long, value_name = "USER", conflicts_with_all = ["community", "v1"])]
    v3: Option<String>,
    /// PROTOCOL:PASSWORD with md5, sha1, sha224, sha256, sha384 or sha512
    #[arg(long, env = "KIEMKE_SNMP_AUTH", hide_env_values = true, requires = "v3")]
    auth: Option<String>,
    /// PROTOCOL:PASSWORD with des, aes128, aes192 or aes256
    #[arg(long, env = "KIEMKE_SNMP_PRIVACY", hide_env_values = true, requires = "auth")]
    privacy: Option<String>,
    #[arg(long = "as", value_enum, default_value_t = Role::Auto)]
    role: Role,
    /// Seconds between the two readings that tell the traffic of a router; 0: no second reading
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=3600))]
    measure: u64,
    /// Seconds to wait for one answer
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
    /// Read a recording (.snmprec) in place of a device
    #[arg(long, value_name = "FILE", conflicts_with_all = ["host", "community", "v1", "v3"])]
    recording: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    Auto,
    Router,
    Printer,
}

/// Sections as in a report, and beside them what a report does not carry.
#[derive(Debug, Serialize)]
struct Answer {
    device: Device,
    sections: Sections,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    traffic: Vec<Traffic>,
}

#[derive(Debug, Default, Serialize)]
struct Sections {
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Section<Links>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peripheral: Option<Section<Peripherals>>,
}

#[derive(Debug, Serialize)]
struct Device {
    address: Option<IpAddr>,
    description: Option<String>,
    name: Option<String>,
    object_id: Option<String>,
}

#[derive(Debug, Serialize)]
struct Traffic {
    interface: String,
    received_octets: Option<u64>,
    sent_octets: Option<u64>,
    received_bps: Option<u64>,
    sent_bps: Option<u64>,
}

struct Reply {
    mib: Mib,
    problems: Vec<Problem>,
    rates: BTreeMap<u32, meter::Rate>,
    address: Option<IpAddr>,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let reply = match &args.recording {
        Some(file) => {
            let bytes = std::fs::read(file).with_context(|| format!("{}", file.display()))?;
            let mib = recording::read(&bytes).with_context(|| format!("{}", file.display()))?;
            Reply { mib, problems: Vec::new(), rates: BTreeMap::new(), address: None }
        }
        None => ask(args)?,
    };
    output::line(serde_json::to_string_pretty(&answer(args.role, reply))?)
}

fn answer(role: Role, reply: Reply) -> Answer {
    let now = Timestamp::now();
    let now = now.round(jiff::Unit::Second).unwrap_or(now);
    let Reply { mib, problems, rates, address } = reply;
    let printer = network_printer::read(&mib, address, now);
    let as_printer = role == Role::Printer || (role == Role::Auto && printer.is_some());
    let device = Device {
        address,
        description: mib.text(&oid(network_printer::DESCRIPTION)),
        name: mib.text(&oid(SYSTEM_NAME)),
        object_id: mib
            .get(&oid(network_printer::OBJECT))
            .and_then(|value| value.oid())
            .map(ToString::to_string),
    };
    if as_printer {
        let value = Peripherals { devices: printer.into_iter().collect() };
        let peripheral = Some(Section { value: Some(value), problems });
        return Answer { device, sections: Sections { peripheral, link: None }, traffic: Vec::new() };
    }
    let mut lines = router::lines(&mib, address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), now);
    for line in &mut lines {
        line.line.peak_bps = rates.get(&line.index).map(|rate| rate.higher());
    }
    let traffic = lines.iter().map(|line| traffic(line, &rates)).collect();
    let value =
        Links { public_addresses: Vec::new(), lines: lines.into_iter().map(|line| line.line).collect() };
    let link = Some(Section { value: Some(value), problems });
    Answer { device, sections: Sections { link, peripheral: None }, traffic }
}

fn traffic(line: &Line, rates: &BTreeMap<u32, meter::Rate>) -> Traffic {
    let rate = rates.get(&line.index);
    Traffic {
        interface: line.line.interface.clone(),
        received_octets: line.counters.received,
        sent_octets: line.counters.sent,
        received_bps: rate.map(|rate| rate.received_bps),
        sent_bps: rate.map(|rate| rate.sent_bps),
    }
}

fn ask(args: &Args) -> anyhow::Result<Reply> {
    let host = args.host.as_deref().context("HOST is missing")?;
    let device = resolve(host)?;
    let limits = Limits { timeout: Duration::from_secs(args.timeout), ..Limits::default() };
    let failed = || format!("{host}: SNMP");
    let mut client = Client::connect(device, credentials(args)?, limits).with_context(failed)?;
    let (names, roots) = wanted(args.role);
    let (mut mib, mut problems) =
        client::read(&mut client, &system(), &names, &roots).with_context(failed)?;
    let printer =
        args.role == Role::Auto && network_printer::read(&mib, None, Timestamp::UNIX_EPOCH).is_some();
    if args.role == Role::Auto && !printer {
        let (names, roots) = wanted(Role::Router);
        let (more, failures) = client::read(&mut client, &system(), &names, &roots).with_context(failed)?;
        mib.extend(more);
        problems.extend(failures);
    }
    let measures = args.role != Role::Printer && !printer && args.measure > 0 && router::has_interfaces(&mib);
    let rates = if measures {
        rates(&mut client, Duration::from_secs(args.measure)).with_context(failed)?
    } else {
        BTreeMap::new()
    };
    Ok(Reply { mib, problems, rates, address: Some(device.ip()) })
}

fn rates(client: &mut Client, interval: Duration) -> Result<BTreeMap<u32, meter::Rate>, client::SnmpError> {
    let mut reading = || {
        let (mib, _) = client::read(client, &system(), &[], &router::counter_roots())?;
        Ok((meter::Reading::of(&mib), Instant::now()))
    };
    let (before, started) = reading()?;
    std::thread::sleep(interval);
    let (after, ended) = reading()?;
    Ok(meter::rates(&before, &after, ended - started))
}

fn system() -> Vec<super::oid::Oid> {
    [network_printer::DESCRIPTION, network_printer::OBJECT, router::UPTIME, SYSTEM_NAME].map(oid).to_vec()
}

fn wanted(role: Role) -> (Vec<super::oid::Oid>, Vec<super::oid::Oid>) {
    match role {
        Role::Router => (router::names(), router::roots()),
        Role::Printer | Role::Auto => (network_printer::names(), network_printer::roots()),
    }
}

fn resolve(host: &str) -> anyhow::Result<SocketAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, PORT));
    }
    let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:{PORT}") };
    let mut found = with_port.to_socket_addrs().with_context(|| format!("HOST {host:?}"))?;
    found.next().with_context(|| format!("HOST {host:?} has no address"))
}

fn credentials(args: &Args) -> anyhow::Result<Credentials> {
    let community = args.community.clone();
    match (&args.v3, community) {
        (Some(name), _) => Ok(Credentials::V3(User {
            name: name.clone(),
            authentication: args
                .auth
                .as_deref()
                .map(|text| secret("--auth", text, auth_protocol))
                .transpose()?,
            privacy: args.privacy.as_deref().map(|text| secret("--privacy", text, cipher)).transpose()?,
        })),
        (None, Some(community)) if args.v1 => Ok(Credentials::V1 { community }),
        (None, Some(community)) => Ok(Credentials::V2c { community }),
        (None, None) => bail!("--community or --v3 is needed"),
    }
}

fn secret<T>(field: &str, text: &str, protocol: fn(&str) -> Option<T>) -> anyhow::Result<(T, String)> {
    let (name, password) =
        text.split_once(':').with_context(|| format!("{field}: PROTOCOL:PASSWORD expected"))?;
    let Some(protocol) = protocol(&name.to_ascii_lowercase()) else {
        bail!("{field}: protocol {name:?} is unknown")
    };
    if password.len() < SHORTEST_PASSWORD {
        bail!("{field}: the password is shorter than {SHORTEST_PASSWORD} characters");
    }
    Ok((protocol, password.to_owned()))
}

fn auth_protocol(name: &str) -> Option<AuthProtocol> {
    Some(match name {
        "md5" => AuthProtocol::Md5,
        "sha" | "sha1" | "sha-1" => AuthProtocol::Sha1,
        "sha224" | "sha-224" => AuthProtocol::Sha224,
        "sha256" | "sha-256" => AuthProtocol::Sha256,
        "sha384" | "sha-384" => AuthProtocol::Sha384,
        "sha512" | "sha-512" => AuthProtocol::Sha512,
        _ => return None,
    })
}

fn cipher(name: &str) -> Option<Cipher> {
    Some(match name {
        "des" => Cipher::Des,
        "aes" | "aes128" | "aes-128" => Cipher::Aes128,
        "aes192" | "aes-192" => Cipher::Aes192,
        "aes256" | "aes-256" => Cipher::Aes256,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_port() {
        for (text, expected) in [
            ("127.0.0.1", "127.0.0.1:161"),
            ("127.0.0.1:1161", "127.0.0.1:1161"),
            ("::1", "[::1]:161"),
            ("[::1]:1161", "[::1]:1161"),
        ] {
            assert_eq!(resolve(text).unwrap().to_string(), expected);
        }
        assert!(resolve("127.0.0.1:x").is_err());
    }

    #[test]
    fn secrets_name_the_field_that_is_wrong() {
        let error = |text| secret("--auth", text, auth_protocol).unwrap_err().to_string();
        assert_eq!(error("sha1"), "--auth: PROTOCOL:PASSWORD expected");
        assert_eq!(error("rot13:longenough"), "--auth: protocol \"rot13\" is unknown");
        assert_eq!(error("sha256:short"), "--auth: the password is shorter than 8 characters");
        let (protocol, password) = secret("--auth", "SHA256:with:colon", auth_protocol).unwrap();
        assert_eq!((protocol, password.as_str()), (AuthProtocol::Sha256, "with:colon"));
    }
}
