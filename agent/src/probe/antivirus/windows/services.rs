//! Products by their services: all that Windows Server has, and what does not register with the Security Center.
//! Names as the makers' documents and public process lists give them. Management agents alone (klnagent, masvc,
//! EraAgentSvc, …) protect nothing and are left out.

use crate::probe::windows::{MACHINE, ServiceState, Source, or_absent};
use kiemke_schemas::{
    Problem,
    section::antivirus::{Product, ProductState, Signatures},
};

const SERVICES: &str = r"SYSTEM\CurrentControlSet\Services";

struct Known {
    name: &'static str,
    vendor: &'static str,
    /// Services that protect; any of them: installed. `*` at the end stands for a version.
    services: &'static [&'static str],
}

const KNOWN: &[Known] = &[
    Known { name: "Bkav", vendor: "Bkav", services: &["BkavService", "BkavSystemService"] },
    Known { name: "Kaspersky Endpoint Security", vendor: "Kaspersky", services: &["AVP.KES*", "AVP*"] },
    Known { name: "Kaspersky Security for Windows Server", vendor: "Kaspersky", services: &["KAVFS"] },
    Known { name: "ESET Security", vendor: "ESET", services: &["ekrn"] },
    Known { name: "Trend Micro Apex One", vendor: "Trend Micro", services: &["ntrtscan", "TMBMServer"] },
    Known { name: "Trend Micro Deep Security", vendor: "Trend Micro", services: &["ds_agent"] },
    Known { name: "Symantec Endpoint Protection", vendor: "Broadcom", services: &["SepMasterService"] },
    Known { name: "Trellix Endpoint Security", vendor: "Trellix", services: &["mfetp", "mfemms"] },
    Known {
        name: "Sophos Endpoint",
        vendor: "Sophos",
        services: &["Sophos Endpoint Defense Service", "Sophos File Scanner Service"],
    },
    Known {
        name: "Bitdefender Endpoint Security",
        vendor: "Bitdefender",
        services: &["EPProtectedService", "EPSecurityService", "VSSERV"],
    },
    Known { name: "CrowdStrike Falcon", vendor: "CrowdStrike", services: &["CSFalconService"] },
    Known { name: "SentinelOne", vendor: "SentinelOne", services: &["SentinelAgent"] },
    Known { name: "Avast Antivirus", vendor: "Avast", services: &["avast! Antivirus", "aswbIDSAgent"] },
    Known { name: "AVG Antivirus", vendor: "AVG", services: &["AVG Antivirus", "avgbIDSAgent"] },
    Known { name: "360 Total Security", vendor: "Qihoo 360", services: &["QHActiveDefense"] },
    Known { name: "Malwarebytes", vendor: "Malwarebytes", services: &["MBAMService", "MBEndpointAgent"] },
    Known { name: "WithSecure", vendor: "WithSecure", services: &["fsulprothoster", "wsulavprohoster"] },
    Known { name: "Cortex XDR", vendor: "Palo Alto Networks", services: &["cyserver"] },
    Known { name: "FortiClient", vendor: "Fortinet", services: &["FA_Scheduler"] },
    Known { name: "Check Point Endpoint Security", vendor: "Check Point", services: &["vsmon"] },
    Known { name: "Dr.Web", vendor: "Doctor Web", services: &["DrWebEngine", "DrWebAVService"] },
];

/// Beginnings of names under which products of Vietnamese makers install themselves, where no service of theirs
/// is publicly documented: that they are there is known, whether they are on is not.
const INSTALLED: &[(&str, &str)] = &[
    ("CMC Antivirus", "CMC"),
    ("CMC Endpoint Security", "CMC"),
    ("Viettel Endpoint", "Viettel"),
    ("VCS-aJiant", "Viettel"),
    ("VCS aJiant", "Viettel"),
    ("aJiant", "Viettel"),
];

const UNINSTALL: [&str; 2] = [
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
];

pub fn products(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<Product> {
    let names = or_absent(source.subkeys(&format!(r"{MACHINE}\{SERVICES}")), problems);
    let mut found: Vec<Product> = Vec::new();
    for known in KNOWN {
        let services: Vec<&String> = names.iter().filter(|name| known.is(name)).collect();
        let twin = found.iter().any(|product| product.vendor.as_deref() == Some(known.vendor));
        if let (false, Some(first)) = (twin, services.first()) {
            found.push(product(known.name, known.vendor, state(source, &services, problems), first));
        }
    }
    found.extend(installed(source, problems));
    found
}

impl Known {
    fn is(&self, service: &str) -> bool {
        self.services.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => service.get(..start.len()).is_some_and(|begin| {
                begin.eq_ignore_ascii_case(start) && is_version(&service[start.len()..])
            }),
            None => service.eq_ignore_ascii_case(known),
        })
    }
}

/// `21.3`, `.21.3` or nothing: `AVPSUS` is another service.
fn is_version(rest: &str) -> bool {
    rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// On where any of its services runs.
fn state(source: &dyn Source, services: &[&String], problems: &mut Vec<Problem>) -> ProductState {
    let mut state = ProductState::Off;
    for service in services {
        match source.service(service) {
            Ok(ServiceState::Running) => return ProductState::On,
            Ok(_) => {}
            Err(problem) => {
                problems.push(problem);
                state = ProductState::Unknown;
            }
        }
    }
    state
}

fn product(name: &str, vendor: &str, state: ProductState, service: &str) -> Product {
    Product {
        name: name.to_owned(),
        vendor: Some(vendor.to_owned()),
        version: None,
        state,
        signatures: Signatures::default(),
        source: format!("service {service}"),
    }
}

fn installed(source: &dyn Source, problems: &mut Vec<Problem>) -> Vec<Product> {
    let mut found: Vec<Product> = Vec::new();
    for place in UNINSTALL {
        let keys = or_absent(source.registry(&format!(r"{MACHINE}\{place}"), 1), problems);
        for key in keys.keys.values() {
            let Some(name) = crate::parse::registry::text(key, "displayname") else { continue };
            let begins =
                |start: &str| name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
            if let Some((_, vendor)) = INSTALLED.iter().find(|(start, _)| begins(start)) {
                let version = crate::parse::registry::text(key, "displayversion").map(str::to_owned);
                let product = product(name, vendor, ProductState::Unknown, "");
                found.push(Product { version, source: "installed programs".to_owned(), ..product });
            }
        }
    }
    found.dedup_by(|a, b| a.name == b.name);
    found
}
