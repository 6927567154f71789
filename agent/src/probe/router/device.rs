//! What the device says of itself in one sentence: switches and power supplies have interfaces too.

use crate::snmp::{
    mib::Mib,
    oid::{Oid, oid},
};
use regex_lite::Regex;

const DESCRIPTION: &str = "1.3.6.1.2.1.1.1.0";
const ROUTERS: &str = r"router|gateway|firewall|security|\bISR\d*\b|\bASR\d*\b|\bappliance\b";
/// Devices behind the edge, by their kind and by the families of makers that name no kind.
const OTHERS: &str = concat!(
    r"\bswitch\b|ethernet switch|\bUPS\b|\bPDU\b|printer|projector|camera|\bNVR\b|\bNAS\b|diskstation|",
    r"access point|wireless AP\b|\bstorage\b|\bOLT\b|\bDSLAM\b|\bCMTS\b|",
    r"^(USW|US|UAP|U6|U7)-|\bD[GEX]S-\d{4}|\bC(29|35|36|37|38)\d\d\w? Software|catalyst|procurve|powerconnect|",
    r"^S\d{4}\S* Huawei|\bCE\d{4,5}\b|\bex\d{4}-|\bqfx\d{4}|\bSG\d{3}X?-|\bCBS\d{3}-|\bES-?\d{2}-\d|",
    r"Software: Windows|\d(XGS-|G)PON\b|\bOAW-AP|arista networks eos|\bS\d{4}-\d+[TFP]\d|console server|identity services|wireless controller|business wireless|VMware ESX|synology|\bQNAP\b|TrueNAS|FreeNAS|NX-OS|\bICX\d{4}|\bDCRS-\d|ZXR10|\bNetApp\b|\bIsilon\b|\bArubaOS\b|\bS\d{4}\S* Software|Lights-Out",
);

const FORWARDING: &str = "1.3.6.1.2.1.4.1.0";

pub fn names() -> Vec<Oid> {
    vec![oid(FORWARDING)]
}

/// `false` where it says that it is a host. (2: notForwarding)
pub fn forwards(mib: &Mib) -> bool {
    mib.unsigned(&oid(FORWARDING)) != Some(2)
}

/// Whether its own words rule an edge router out.
pub fn is_no_router(mib: &Mib) -> bool {
    let Some(text) = mib.text(&oid(DESCRIPTION)) else { return false };
    let says = |pattern: &str| Regex::new(&format!("(?i){pattern}")).is_ok_and(|p| p.is_match(&text));
    says(OTHERS) && !says(ROUTERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snmp::recording;

    #[test]
    fn descriptions_of_other_devices() {
        let no_router = |text: &str| {
            is_no_router(&recording::read(format!("{DESCRIPTION}|4|{text}\n").as_bytes()).unwrap())
        };
        for text in [
            "SG350-28P 28-Port Gigabit PoE Managed Switch",
            "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2",
            "USW-Lite-8-PoE, 6.5.59",
            "DGS-1210-28 Gigabit",
            "DM4610 8GPON+8GX+4GT+2XS (DmOS version 9.4.0)",
            "S3900-24T4S",
            "Arista Networks EOS version 4.33 running on an Arista Networks DCS-7280",
            "Eaton 5P UPS 1550",
            "Cisco NX-OS(tm) n5000, Software (n5000-uk9), Version 6.0",
            "S5735-L24T4S Huawei Versatile Routing Platform Software",
        ] {
            assert!(no_router(text), "{text}");
        }
        for text in [
            "RouterOS CRS326-24G-2S+",
            "DrayTek Corporation, Router Model: Vigor2927, WAN switch",
            "Cisco IOS Software, ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)",
            "Huawei AR169F Huawei Versatile Routing Platform",
            "Linux OpenWrt 5.4",
            "",
        ] {
            assert!(!no_router(text), "{text}");
        }
    }
}
