use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Peripherals {
    pub devices: Vec<Peripheral>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Peripheral {
    pub kind: Kind,
    pub connection: Connection,
    /// As shown to a person; vendor and model where both are known.
    pub name: String,
    #[serde(default)]
    pub vendor: Option<String>,
    #[serde(default)]
    pub model: Option<String>,
    /// Placeholders and serials under 4 characters are left out by the agent.
    #[serde(default)]
    pub serial: Option<String>,
    /// Four lower-case hexadecimal digits.
    #[serde(default)]
    pub usb_vendor: Option<String>,
    #[serde(default)]
    pub usb_product: Option<String>,
    /// `1-1.4` on Linux, the location path on Windows.
    #[serde(default)]
    pub bus_path: Option<String>,
    #[serde(default)]
    pub address: Option<IpAddr>,
    #[serde(default)]
    pub mac: Option<String>,
    /// The print server of a shared printer.
    #[serde(default)]
    pub server: Option<String>,
    pub classified_by: ClassifiedBy,
    /// False for a thing that was unplugged; it still belongs to the computer.
    pub present: bool,
    pub last_seen_at: Timestamp,
    #[serde(default)]
    pub page_count: Option<u64>,
    /// Of a token: by the issuer of a certificate on it, or by the driver installed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_authority: Option<String>,
}

impl Peripheral {
    /// A thing that is there, of which nothing else is known.
    pub fn seen(
        kind: Kind,
        connection: Connection,
        name: String,
        classified_by: ClassifiedBy,
        at: Timestamp,
    ) -> Self {
        Self {
            kind,
            connection,
            name,
            vendor: None,
            model: None,
            serial: None,
            usb_vendor: None,
            usb_product: None,
            bus_path: None,
            address: None,
            mac: None,
            server: None,
            classified_by,
            present: true,
            last_seen_at: at,
            page_count: None,
            certificate_authority: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Printer,
    Scanner,
    /// Counts as a printer and as a scanner.
    Multifunction,
    CardReader,
    /// USB token for digital signatures.
    Token,
    Webcam,
    Fingerprint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    Usb,
    Network,
    Shared,
    /// Built in, or on a port that is neither: parallel, serial, a card slot.
    Local,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClassifiedBy {
    UsbTable,
    NamePattern,
    InterfaceClass,
    PrinterMib,
    PrintQueue,
    /// What the thing tells by multicast DNS.
    Mdns,
    Declared,
}
