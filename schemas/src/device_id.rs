use data_encoding::BASE32_NOPAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// A device is its report-signing key: the id is the first 16 bytes of the SHA-256 of the Ed25519 public
/// key, in lower-case unpadded base32 (26 characters). It is the CN of the client certificate, the MQTT
/// client id and the second-last level of the device's topics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId(String);

const BYTES: usize = 16;
const CHARACTERS: usize = 26;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no device id: 26 characters of a-z and 2-7 expected")]
pub struct InvalidDeviceId(String);

impl DeviceId {
    pub fn of_key(public_key: &[u8; 32]) -> Self {
        let hash = Sha256::digest(public_key);
        Self(BASE32_NOPAD.encode(&hash[..BYTES]).to_ascii_lowercase())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceId {
    type Err = InvalidDeviceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = text.len() == CHARACTERS && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidDeviceId(text.to_owned())) }
    }
}

impl TryFrom<String> for DeviceId {
    type Error = InvalidDeviceId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_follows_from_the_key() {
        assert_eq!(DeviceId::of_key(&[0; 32]).as_str(), "mzuhvlpymk6xo3epygfy5h4oea");
    }

    #[test]
    fn other_lengths_and_letters_are_refused() {
        for text in ["", "mzuhvlpy", "MZUHVLPYMK6XO3EPYGFY5H4OEA", "mzuhvlpymk6xo3epygfy5h4oe#"] {
            assert_eq!(text.parse::<DeviceId>(), Err(InvalidDeviceId(text.to_owned())));
        }
    }
}
