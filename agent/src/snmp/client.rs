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
}

impl SnmpError {
    pub fn problem(&self, source: impl Into<String>) -> Problem {
        let kind = match self {
            Self::NoAnswer | Self::OutOfTime => ProblemKind::Timeout,
            Self::Refused(_) => ProblemKind::Denied,
            Self::Socket(_) | Self::Protocol(_) => ProblemKind::Failed,
        };
        Problem::new(kind, source, self.to_string())
    }
}

/// A row of an answer; without a value where the device has none under that name.
type Row = (Oid, Option<Value>);

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
const NO_SUCH_NAME: u32 = 2;

impl Client {
    pub fn connect(device: SocketAddr, credentials: Credentials, limits: Limits) -> Result<Self, SnmpError> {
        let session = open(device, &credentials, limits)?;
        let end = Instant::now() + limits.total;
        Ok(Self { session, device, credentials, limits, end, repetitions: REPETITIONS })
    }

    pub fn get(&mut self, names: &[Oid], mib: &mut Mib) -> Result<(), SnmpError> {
        // Version 1 refuses the whole request when one name is missing.
        let size = if matches!(self.credentials, Credentials::V1 { .. }) { 1 } else { 10 };
        for chunk in names.chunks(size) {
            let rows = self.ask(&Ask::Get(chunk))?;
            rows.into_iter().filter_map(|(oid, value)| Some((oid, value?))).for_each(|(oid, value)| {
                mib.insert(oid, value);
            });
        }
        Ok(())
    }

    /// Everything below `root`, up to the limit of rows.
    pub fn walk(&mut self, root: &Oid, mib: &mut Mib) -> Result<(), SnmpError> {
        let mut at = root.clone();
        let mut left = self.limits.rows;
        loop {
            let rows = self.ask(&Ask::Next(&at))?;
            if rows.is_empty() {
                return Ok(());
            }
            for (oid, value) in rows {
                let (true, Some(value)) = (oid.below(root).is_some() && oid > at && left > 0, value) else {
                    return Ok(());
                };
                at = oid.clone();
                left -= 1;
                mib.insert(oid, value);
            }
        }
    }

    fn ask(&mut self, ask: &Ask<'_>) -> Result<Vec<Row>, SnmpError> {
        let mut error = SnmpError::NoAnswer;
        for attempt in 0..=self.limits.retries {
            if Instant::now() >= self.end {
                return Err(SnmpError::OutOfTime);
            }
            match self.ask_once(ask) {
                Ok(rows) => return Ok(rows),
                Err(snmp2::Error::AuthUpdated) => continue,
                Err(snmp2::Error::AuthFailure(kind)) => {
                    error = SnmpError::Refused(kind.to_string());
                    self.other_key_extension();
                }
                Err(snmp2::Error::Receive) => {
                    error = SnmpError::NoAnswer;
                    // Weak devices drop requests whose answer would be long.
                    self.repetitions = (self.repetitions / 4).max(1);
                }
                Err(other) => error = SnmpError::Protocol(other.to_string()),
            }
            // A late answer must not be taken for the next one.
            if attempt < self.limits.retries && !matches!(error, SnmpError::Refused(_)) {
                self.session = open(self.device, &self.credentials, self.limits)?;
            }
        }
        Err(error)
    }

    fn ask_once(&mut self, ask: &Ask<'_>) -> Result<Vec<Row>, snmp2::Error> {
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
        match answer.error_status {
            0 => Ok(answer.varbinds.filter_map(|(name, value)| row(&name, value)).collect()),
            NO_SUCH_NAME => Ok(Vec::new()),
            status => Err(snmp2::Error::Mib(format!("the device reports error {status}"))),
        }
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
    let value = match value {
        snmp2::Value::Integer(number) => Some(Value::Integer(number)),
        snmp2::Value::OctetString(bytes) | snmp2::Value::Opaque(bytes) => Some(Value::Bytes(bytes.to_vec())),
        snmp2::Value::ObjectIdentifier(oid) => own(&oid).map(Value::Oid),
        snmp2::Value::IpAddress(bytes) => Some(Value::Address(Ipv4Addr::from(bytes))),
        snmp2::Value::Counter32(number)
        | snmp2::Value::Unsigned32(number)
        | snmp2::Value::Timeticks(number) => Some(Value::Unsigned(number.into())),
        snmp2::Value::Counter64(number) => Some(Value::Unsigned(number)),
        _ => None,
    };
    Some((own(name)?, value))
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
mod tests {
    use super::*;
    use crate::snmp::oid::oid;
    use proptest::prelude::*;

    #[test]
    fn a_silent_device_is_a_timeout() {
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let limits = Limits { timeout: Duration::from_millis(20), retries: 1, ..Limits::default() };
        let credentials = Credentials::V2c { community: "public".into() };
        let mut client = Client::connect(silent.local_addr().unwrap(), credentials, limits).unwrap();
        let error = client.get(&[oid("1.3.6.1.2.1.1.1.0")], &mut Mib::default()).unwrap_err();
        assert_eq!(error, SnmpError::NoAnswer);
        assert_eq!(error.problem("SNMP").kind, ProblemKind::Timeout);
    }

    #[test]
    fn identifiers_round_trip() {
        let name = oid("1.3.6.1.4.1.2435.2.3.9.4294967295");
        assert_eq!(own(&foreign(&name).unwrap()), Some(name));
    }

    proptest! {
        #[test]
        fn no_answer_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..40, change in any::<(usize, u8)>()) {
            let _ = snmp2::Pdu::from_bytes(&bytes).map(|pdu| pdu.varbinds.count());
            let mut answer = b"\x30\x26\x02\x01\x01\x04\x06public\xa2\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x04\x00".to_vec();
            let at = change.0 % answer.len();
            answer[at] = change.1;
            answer.truncate(answer.len() - cut.min(answer.len()));
            let _ = snmp2::Pdu::from_bytes(&answer).map(|pdu| pdu.varbinds.filter_map(|(name, value)| row(&name, value)).count());
        }
    }
}
