//! Parsers of what tools, files and databases of an operating system show. The probes use them on this machine;
//! `kiemke-agent parse` uses them on recordings. Any bytes give a value or an error, never a panic.

pub mod brother;
pub mod command;
pub mod dmidecode;
pub mod error;
pub mod firewall;
pub mod linux_antivirus;
pub mod lsusb;
pub mod moment;
pub mod records;
pub mod registry;
pub mod tables;
mod text;
pub mod usb;
pub mod windows_antivirus;
pub mod windows_usb;
