//! One device of the collector's settings, asked once.

use super::{
    client::{self, Client, Credentials, Limits, SnmpError, User},
    mib::Mib,
    oid::oid,
};
use crate::probe::{network_printer, router};
use kiemke_schemas::{
    Problem,
    settings::{AuthenticationProtocol, PrivacyProtocol, SnmpCredentials, SnmpRole},
};
use snmp2::v3::{AuthProtocol, Cipher};
use std::{net::SocketAddr, time::Duration};

/// Nobody waits for the answer: a device that does not answer is left alone soon.
const LIMITS: Limits =
    Limits { timeout: Duration::from_secs(2), retries: 1, total: Duration::from_secs(45), rows: 4096 };

pub fn read(
    device: SocketAddr,
    role: SnmpRole,
    credentials: &SnmpCredentials,
) -> Result<(Mib, Vec<Problem>), SnmpError> {
    let mut client = Client::connect(device, own(credentials), LIMITS)?;
    let first = [network_printer::DESCRIPTION, network_printer::OBJECT, router::UPTIME].map(oid);
    let (names, roots) = match role {
        SnmpRole::Router => (router::names(), router::roots()),
        SnmpRole::Printer => (network_printer::names(), network_printer::roots()),
    };
    client::read(&mut client, &first, &names, &roots)
}

fn own(credentials: &SnmpCredentials) -> Credentials {
    match credentials.clone() {
        SnmpCredentials::V1 { community } => Credentials::V1 { community },
        SnmpCredentials::V2c { community } => Credentials::V2c { community },
        SnmpCredentials::V3 { user, authentication, privacy } => Credentials::V3(User {
            name: user,
            authentication: authentication.map(|one| (protocol(one.protocol), one.password)),
            privacy: privacy.map(|one| (cipher(one.protocol), one.password)),
        }),
    }
}

fn protocol(named: AuthenticationProtocol) -> AuthProtocol {
    match named {
        AuthenticationProtocol::Md5 => AuthProtocol::Md5,
        AuthenticationProtocol::Sha1 => AuthProtocol::Sha1,
        AuthenticationProtocol::Sha224 => AuthProtocol::Sha224,
        AuthenticationProtocol::Sha256 => AuthProtocol::Sha256,
        AuthenticationProtocol::Sha384 => AuthProtocol::Sha384,
        AuthenticationProtocol::Sha512 => AuthProtocol::Sha512,
    }
}

fn cipher(named: PrivacyProtocol) -> Cipher {
    match named {
        PrivacyProtocol::Des => Cipher::Des,
        PrivacyProtocol::Aes128 => Cipher::Aes128,
        PrivacyProtocol::Aes192 => Cipher::Aes192,
        PrivacyProtocol::Aes256 => Cipher::Aes256,
    }
}
