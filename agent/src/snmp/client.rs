//! A thin, bounded client: it walks subtrees of one device and gives up in time.

use super::{
    mib::{Mib, Value},
    oid::Oid,
};
use kiemke_schemas::{Problem, ProblemKind};
use snmp2::{SyncSession, v3};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    V1 { community: String },
    V2c { community: String },
    V3(User),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub authentication: Option<(v3::AuthProtocol, String)>,
    pub privacy: Option<(v3::Cipher, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one answer.
    pub timeout: Duration,
    pub retries: u32,
    /// For everything asked of the device.
    pub total: Duration,
    /// Rows of one subtree; the rest is left unread.
    pub rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(2), retries: 2, total: Duration::from_secs(60), rows: 4096 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnmpError {
    #[error("no answer (address, port or community may be wrong)")]
    NoAnswer,
    #[error("the time limit for this device is over")]
    OutOfTime,
    #[error("refused: {0}")]
    Refused(String),
    #[error("{0}")]
    Socket(String),
    #[error("unreadable answer: {0}")]
    Protocol(String),
    /// error-status of an answer
    #[error("the device reports error {0}")]
    Status(u32),
    #[error("more than {0} rows; the others were not read")]
    TooManyRows(usize),
}

impl SnmpError {
    pub fn problem(&self, source: impl Into<String>) -> Problem {
        let kind = match self {
            Self::NoAnswer | Self::OutOfTime => ProblemKind::Timeout,
            Self::Refused(_) => ProblemKind::Denied,
            Self::Socket(_) | Self::Protocol(_) | Self::Status(_) | Self::TooManyRows(_) => {
                ProblemKind::Failed
            }
        };
        Problem::new(kind, source, self.to_string())
    }
}

type Row = (Oid, Cell);

enum Cell {
    Value(Value),
    /// Of a type that nobody here can use.
    Unreadable,
    /// The device has nothing under that name.
    Missing,
}

pub struct Client {
    // Two buffers of 64 KiB: too much for a stack.
    session: Box<SyncSession>,
    device: SocketAddr,
    credentials: Credentials,
    limits: Limits,
    end: Instant,
    repetitions: u32,
}

enum Ask<'a> {
    Get(&'a [Oid]),
    Next(&'a Oid),
}

const FIRST_REQUEST_ID: i32 = 1;
const REPETITIONS: u32 = 20;
const NAMES_AT_ONCE: usize = 10;
const NO_SUCH_NAME: u32 = 2;

impl Client {
    pub fn connect(device: SocketAddr, credentials: Credentials, limits: Limits) -> Result<Self, SnmpError> {
        let session = open(device, &credentials, limits)?;
        let end = Instant::now() + limits.total;
        Ok(Self { session, device, credentials, limits, end, repetitions: REPETITIONS })
    }

    pub fn get(&mut self, names: &[Oid], mib: &mut Mib) -> Result<(), SnmpError> {
        // Version 1 refuses the whole request when one name is missing.
        let size = if matches!(self.credentials, Credentials::V1 { .. }) { 1 } else { NAMES_AT_ONCE };
        let mut refused = None;
        for chunk in names.chunks(size) {
            match self.get_at_once(chunk, mib) {
                // So do some that speak a later one; others have no room for all values in one answer.
                Err(SnmpError::Status(_)) if chunk.len() > 1 => {
                    for name in chunk {
                        match self.get_at_once(std::slice::from_ref(name), mib) {
                            Err(SnmpError::Status(status)) => refused = Some(SnmpError::Status(status)),
                            other => other?,
                        }
                    }
                }
                Err(SnmpError::Status(status)) => refused = Some(SnmpError::Status(status)),
                other => other?,
            }
        }
        refused.map_or(Ok(()), Err)
    }

    fn get_at_once(&mut self, names: &[Oid], mib: &mut Mib) -> Result<(), SnmpError> {
        let rows = match self.ask(&Ask::Get(names)) {
            Err(SnmpError::Status(NO_SUCH_NAME)) if names.len() == 1 => Vec::new(),
            other => other?,
        };
        for (oid, cell) in rows {
            if let Cell::Value(value) = cell {
                mib.insert(oid, value);
            }
        }
        Ok(())
    }

    /// Everything below `root`, up to the limit of rows.
    pub fn walk(&mut self, root: &Oid, mib: &mut Mib) -> Result<(), SnmpError> {
        let mut at = root.clone();
        let mut left = self.limits.rows;
        loop {
            let rows = match self.ask(&Ask::Next(&at)) {
                // The end of everything, in version 1.
                Err(SnmpError::Status(NO_SUCH_NAME)) => return Ok(()),
                other => other?,
            };
            if rows.is_empty() {
                return Err(SnmpError::Protocol(format!("the row behind {at}")));
            }
            for (oid, cell) in rows {
                if matches!(cell, Cell::Missing) || oid.below(root).is_none() || oid <= at {
                    return Ok(());
                }
                if left == 0 {
                    return Err(SnmpError::TooManyRows(self.limits.rows));
                }
                at = oid.clone();
                left -= 1;
                if let Cell::Value(value) = cell {
                    mib.insert(oid, value);
                }
            }
        }
    }

    fn ask(&mut self, ask: &Ask<'_>) -> Result<Vec<Row>, SnmpError> {
        let mut error = SnmpError::NoAnswer;
        let mut attempt = 0;
        while attempt <= self.limits.retries {
            if Instant::now() >= self.end {
                return Err(SnmpError::OutOfTime);
            }
            attempt += 1;
            match self.ask_once(ask) {
                Ok(Ok(rows)) => return Ok(rows),
                // Too long an answer, or one of its rows: fewer rows may do.
                Ok(Err(status)) if status != NO_SUCH_NAME && self.asks_for_many(ask) => {
                    self.ask_for_fewer();
                    attempt -= 1;
                    continue;
                }
                Ok(Err(status)) => return Err(SnmpError::Status(status)),
                Err(snmp2::Error::AuthUpdated) => continue,
                Err(snmp2::Error::AuthFailure(kind)) => {
                    error = SnmpError::Refused(kind.to_string());
                    self.other_key_extension();
                }
                Err(snmp2::Error::Receive) => {
                    error = SnmpError::NoAnswer;
                    // Weak devices drop requests whose answer would be long.
                    self.ask_for_fewer();
                }
                Err(other) => error = SnmpError::Protocol(other.to_string()),
            }
            // A late answer must not be taken for the next one.
            if attempt <= self.limits.retries && !matches!(error, SnmpError::Refused(_)) {
                self.session = open(self.device, &self.credentials, self.limits)?;
            }
        }
        Err(error)
    }

    fn asks_for_many(&self, ask: &Ask<'_>) -> bool {
        let bulk = matches!(ask, Ask::Next(_)) && !matches!(self.credentials, Credentials::V1 { .. });
        bulk && self.repetitions > 1
    }

    fn ask_for_fewer(&mut self) {
        self.repetitions = (self.repetitions / 4).max(1);
    }

    /// Rows, or the status that the device gives in their place.
    fn ask_once(&mut self, ask: &Ask<'_>) -> Result<Result<Vec<Row>, u32>, snmp2::Error> {
        let answer = match ask {
            Ask::Get(names) => {
                let names: Vec<_> = names.iter().map(foreign).collect::<Result<_, _>>()?;
                self.session.get_many(&names.iter().collect::<Vec<_>>())?
            }
            Ask::Next(name) if matches!(self.credentials, Credentials::V1 { .. }) => {
                self.session.getnext(&foreign(name)?)?
            }
            Ask::Next(name) => self.session.getbulk(&[&foreign(name)?], 0, self.repetitions)?,
        };
        Ok(match answer.error_status {
            0 => Ok(answer.varbinds.filter_map(|(name, value)| row(&name, value)).collect()),
            status => Err(status),
        })
    }

    /// Devices lengthen short keys for AES-192 and AES-256 in one of two ways.
    fn other_key_extension(&mut self) {
        if let Err(error) = self.session.try_another_key_extension_method() {
            tracing::debug!(%error, device = %self.device, "no other key extension");
        }
    }
}

fn open(
    device: SocketAddr,
    credentials: &Credentials,
    limits: Limits,
) -> Result<Box<SyncSession>, SnmpError> {
    let timeout = Some(limits.timeout);
    let session = match credentials {
        Credentials::V1 { community } => {
            SyncSession::new_v1(device, community.as_bytes(), timeout, FIRST_REQUEST_ID)
        }
        Credentials::V2c { community } => {
            SyncSession::new_v2c(device, community.as_bytes(), timeout, FIRST_REQUEST_ID)
        }
        Credentials::V3(user) => SyncSession::new_v3(device, timeout, FIRST_REQUEST_ID, security(user)),
    };
    let mut session = Box::new(session.map_err(|error| SnmpError::Socket(error.to_string()))?);
    for left in (0..=limits.retries).rev() {
        match session.init() {
            Ok(()) => break,
            Err(_) if left > 0 => {}
            Err(snmp2::Error::AuthFailure(kind)) => return Err(SnmpError::Refused(kind.to_string())),
            Err(snmp2::Error::Receive) => return Err(SnmpError::NoAnswer),
            Err(other) => return Err(SnmpError::Protocol(other.to_string())),
        }
    }
    Ok(session)
}

fn security(user: &User) -> v3::Security {
    let (protocol, password) = match &user.authentication {
        Some((protocol, password)) => (*protocol, password.as_str()),
        None => (v3::AuthProtocol::Md5, ""),
    };
    let auth = match (&user.authentication, &user.privacy) {
        (None, _) => v3::Auth::NoAuthNoPriv,
        (Some(_), None) => v3::Auth::AuthNoPriv,
        (Some(_), Some((cipher, password))) => {
            v3::Auth::AuthPriv { cipher: *cipher, privacy_password: password.as_bytes().to_vec() }
        }
    };
    v3::Security::new(user.name.as_bytes(), password.as_bytes())
        .with_auth_protocol(protocol)
        .with_auth(auth)
        .with_key_extension_method(v3::KeyExtension::Blumenthal)
}

fn foreign(oid: &Oid) -> Result<snmp2::Oid<'static>, snmp2::Error> {
    let parts: Vec<u64> = oid.parts().iter().map(|part| u64::from(*part)).collect();
    snmp2::Oid::from(&parts).map_err(|_| snmp2::Error::ValueOutOfRange)
}

fn own(oid: &snmp2::Oid<'_>) -> Option<Oid> {
    let parts: Option<Vec<u32>> = oid.iter()?.map(|part| u32::try_from(part).ok()).collect();
    Some(Oid::new(&parts?))
}

fn row(name: &snmp2::Oid<'_>, value: snmp2::Value<'_>) -> Option<Row> {
    use snmp2::Value as Foreign;
    let cell = match value {
        Foreign::Integer(number) => Cell::Value(Value::Integer(number)),
        Foreign::OctetString(bytes) | Foreign::Opaque(bytes) => Cell::Value(Value::Bytes(bytes.to_vec())),
        Foreign::ObjectIdentifier(oid) => {
            own(&oid).map_or(Cell::Unreadable, |oid| Cell::Value(Value::Oid(oid)))
        }
        Foreign::IpAddress(bytes) => Cell::Value(Value::Address(Ipv4Addr::from(bytes))),
        Foreign::Counter32(number) | Foreign::Unsigned32(number) | Foreign::Timeticks(number) => {
            Cell::Value(Value::Unsigned(number.into()))
        }
        Foreign::Counter64(number) => Cell::Value(Value::Unsigned(number)),
        Foreign::EndOfMibView | Foreign::NoSuchObject | Foreign::NoSuchInstance => Cell::Missing,
        _ => Cell::Unreadable,
    };
    Some((own(name)?, cell))
}

/// Reads `first`, then `names` and the subtrees `roots`. A device that does not answer `first` is an error; what
/// fails later is a problem beside what could be read.
pub fn read(
    client: &mut Client,
    first: &[Oid],
    names: &[Oid],
    roots: &[Oid],
) -> Result<(Mib, Vec<Problem>), SnmpError> {
    let mut mib = Mib::default();
    client.get(first, &mut mib)?;
    let mut problems = Vec::new();
    if let Err(error) = client.get(names, &mut mib) {
        problems.push(error.problem(format!("SNMP values of {}", client.device)));
    }
    for root in roots {
        match client.walk(root, &mut mib) {
            Ok(()) => {}
            Err(error) => {
                problems.push(error.problem(format!("SNMP {root} of {}", client.device)));
                if error == SnmpError::OutOfTime {
                    break;
                }
            }
        }
    }
    Ok((mib, problems))
}

#[cfg(test)]
mod tests;
