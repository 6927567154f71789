//! Outputs of tools and registry exports: the facts of `EXPECTED.csv`, written out.

use super::{Outcome, fixtures, parse, report, text};
use std::path::Path;

struct Check<'a> {
    kind: &'a str,
    files: &'a [&'a str],
    /// JSON pointer and what has to stand there.
    facts: &'a [(&'a str, &'a str)],
}

fn outcomes(folder: &Path, checks: &[Check<'_>]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for check in checks {
        let answer = parse(check.kind, folder, check.files);
        for (pointer, expected) in check.facts {
            let short = pointer.trim_start_matches("/sections/").replace("/value/", "/");
            let subject = format!("{} {short}", check.files[0]);
            outcomes.push(Outcome::equal(&subject, *expected, text(&answer, pointer)));
        }
    }
    outcomes
}

const LINUX: &[Check<'_>] = &[
    Check {
        kind: "bduitool",
        files: &["bduitool-7.0.3.2239"],
        facts: &[
            ("/sections/antivirus/value/products/0/name", "Bitdefender Endpoint Security Tools"),
            ("/sections/antivirus/value/products/0/state", "on"),
            ("/sections/antivirus/value/products/0/version", "7.0.3.2239"),
            ("/sections/antivirus/value/products/0/signatures/state", "current"),
            ("/sections/antivirus/value/products/0/signatures/engine", "7.95171"),
            ("/sections/antivirus/value/products/0/signatures/updated_at", "2023-08-24T09:44:37Z"),
        ],
    },
    Check {
        kind: "sentinelctl",
        files: &["sentinelone-30.1.1.10"],
        facts: &[
            ("/sections/antivirus/value/products/0/name", "SentinelOne"),
            ("/sections/antivirus/value/products/0/state", "on"),
            ("/sections/antivirus/value/products/0/version", "30.1.1.10"),
            ("/sections/antivirus/value/products/0/signatures/engine", "30.5.6.5"),
        ],
    },
    Check {
        kind: "dmidecode",
        files: &["dmidecode_dell-fx160"],
        facts: &[
            ("/sections/hardware/value/maker", "Dell Inc."),
            ("/sections/hardware/value/model", "OptiPlex FX160"),
            ("/sections/hardware/value/serial", "C83T54J"),
            ("/sections/hardware/value/chassis", "desktop"),
            ("/sections/hardware/value/firmware/version", "A13"),
            ("/sections/hardware/value/firmware/date", "01/19/2012"),
            ("/sections/hardware/value/memory/total_bytes", "1073741824"),
            ("/sections/hardware/value/memory/slots", "2"),
            ("/sections/hardware/value/memory/free_slots", "1"),
            ("/sections/hardware/value/processors/0/model", "Intel(R) Atom(TM) CPU 230 @ 1.60GHz"),
        ],
    },
    Check {
        kind: "dmidecode",
        files: &["dmidecode_hp-dl180"],
        facts: &[
            ("/sections/hardware/value/maker", "HP"),
            ("/sections/hardware/value/model", "ProLiant DL180 G6"),
            ("/sections/hardware/value/serial", "CZJ02901TG"),
            ("/sections/hardware/value/chassis", "server"),
            ("/sections/hardware/value/firmware/version", "O20"),
            ("/sections/hardware/value/firmware/date", "05/19/2010"),
            ("/sections/hardware/value/memory/total_bytes", "4294967296"),
            ("/sections/hardware/value/memory/slots", "12"),
            ("/sections/hardware/value/memory/free_slots", "10"),
        ],
    },
    Check {
        kind: "lsusb",
        files: &["lsusb_dell-xt2"],
        facts: &[("/usb/6", "absent"), ("/sections/peripheral/value/devices/1", "absent")],
    },
    Check {
        kind: "ufw",
        files: &["ubuntu_ufw_status_ON.txt"],
        facts: &[
            ("/sections/antivirus/value/firewall/0/profile", "ufw"),
            ("/sections/antivirus/value/firewall/0/enabled", "true"),
        ],
    },
    Check {
        kind: "firewalld",
        files: &["fedora_systemctl_status_firewalld.service_ON.txt"],
        facts: &[
            ("/sections/antivirus/value/firewall/0/profile", "firewalld"),
            ("/sections/antivirus/value/firewall/0/enabled", "true"),
        ],
    },
];

#[test]
fn recorded_outputs_on_linux() {
    let Some(folder) = fixtures().map(|folder| folder.join("linux")) else { return };
    let mut found = outcomes(&folder, LINUX);
    found.extend(usb_devices(&folder));
    report("Outputs on Linux", &found);
}

/// The six devices that are no hubs, none of them a printer or scanner.
fn usb_devices(folder: &Path) -> Vec<Outcome> {
    let answer = parse("lsusb", folder, &["lsusb_dell-xt2"]);
    let listed = answer["usb"].as_array().unwrap();
    let ids: Vec<String> =
        listed.iter().map(|d| format!("{}:{}", text(d, "/usb_vendor"), text(d, "/usb_product"))).collect();
    let mut outcomes: Vec<Outcome> =
        ["413c:8160", "0a5c:5801", "1b96:0001", "047d:101f", "413c:8161", "413c:8162"]
            .into_iter()
            .map(|id| {
                Outcome::equal(
                    &format!("lsusb_dell-xt2 {id}"),
                    "true",
                    ids.iter().any(|found| found == id).to_string(),
                )
            })
            .collect();
    let serial = listed.iter().find(|d| d["usb_product"] == "5801").map(|d| text(d, "/serial"));
    outcomes.push(Outcome::equal("lsusb_dell-xt2 serial", "0123456789ABCD", serial.unwrap_or_default()));
    let kinds = answer.pointer("/sections/peripheral/value/devices").and_then(|d| d.as_array()).unwrap();
    let prints =
        kinds.iter().any(|d| matches!(d["kind"].as_str(), Some("printer" | "scanner" | "multifunction")));
    outcomes.push(Outcome::equal("lsusb_dell-xt2 printer or scanner", "false", prints.to_string()));
    outcomes
}

const WINDOWS: &[Check<'_>] = &[
    Check {
        kind: "securitycenter2",
        files: &["av_securitycenter2_bitdefender.txt"],
        facts: &[
            ("/sections/antivirus/value/products/0/name", "Bitdefender Antivirus"),
            ("/sections/antivirus/value/products/0/state", "on"),
            ("/sections/antivirus/value/products/0/signatures/state", "current"),
            ("/sections/antivirus/value/products/1/name", "Windows Defender"),
            ("/sections/antivirus/value/products/1/state", "off"),
            ("/sections/antivirus/value/products/1/signatures/state", "current"),
            ("/sections/antivirus/value/products/2", "absent"),
        ],
    },
    Check {
        kind: "securitycenter2",
        files: &["av_securitycenter2_defender_only.txt"],
        facts: &[
            ("/sections/antivirus/value/products/0/name", "Windows Defender"),
            ("/sections/antivirus/value/products/0/state", "on"),
            ("/sections/antivirus/value/products/0/signatures/state", "current"),
            ("/sections/antivirus/value/products/1", "absent"),
        ],
    },
    Check {
        kind: "mpcomputerstatus",
        files: &["av_mpcomputerstatus_msdocs.txt"],
        facts: &[
            ("/sections/antivirus/value/products/0/state", "on"),
            ("/sections/antivirus/value/products/0/signatures/state", "current"),
            ("/sections/antivirus/value/products/0/signatures/version", "1.155.1107.0"),
            ("/sections/antivirus/value/products/0/signatures/engine", "1.1.9700.0"),
        ],
    },
    Check {
        kind: "usbprint-reg",
        files: &["7bis-USBPRINT.reg", "7bis-USB.reg"],
        facts: &[
            ("/printer_ports/0/port", "USB001"),
            ("/sections/peripheral/value/devices/0/name", "HP LaserJet P2055d"),
            ("/sections/peripheral/value/devices/0/usb_vendor", "03f0"),
            ("/sections/peripheral/value/devices/0/usb_product", "5c17"),
            ("/sections/peripheral/value/devices/0/serial", "S163EJM"),
            ("/sections/peripheral/value/devices/1", "absent"),
        ],
    },
    Check {
        kind: "usbprint-reg",
        files: &["xppro1-USBPRINT.reg", "xppro1-USB.reg"],
        facts: &[
            ("/printer_ports/0/port", "USB001"),
            ("/sections/peripheral/value/devices/0/name", "Canon LASER SHOT LBP-1120"),
            ("/sections/peripheral/value/devices/0/usb_vendor", "04a9"),
            ("/sections/peripheral/value/devices/0/usb_product", "262b"),
            ("/sections/peripheral/value/devices/0/serial", "49R8Ka"),
            ("/printer_ports/1/port", "USB002"),
            ("/sections/peripheral/value/devices/1/name", "Zebra LP2844"),
            ("/sections/peripheral/value/devices/1/serial", "absent"),
            ("/printer_ports/2/port", "USB003"),
            ("/sections/peripheral/value/devices/2/name", "Zebra LP2844"),
            ("/sections/peripheral/value/devices/2/serial", "absent"),
            ("/sections/peripheral/value/devices/3", "absent"),
        ],
    },
    Check {
        kind: "firewall-reg",
        files: &["10-PublicProfile.reg"],
        facts: &[
            ("/sections/antivirus/value/firewall/0/profile", "public"),
            ("/sections/antivirus/value/firewall/0/enabled", "true"),
        ],
    },
    Check {
        kind: "dmidecode",
        files: &["dmidecode_windows-7.2"],
        facts: &[
            ("/sections/hardware/value/maker", "absent"),
            ("/sections/hardware/value/model", "absent"),
            ("/sections/hardware/value/serial", "absent"),
            ("/sections/hardware/value/board/maker", "ASUSTeK Computer INC."),
            ("/sections/hardware/value/board/model", "M3A78-CM"),
            ("/sections/hardware/value/board/serial", "MF7097G05100710"),
            ("/sections/hardware/value/memory/total_bytes", "6442450944"),
            ("/sections/hardware/value/memory/modules/3/size_bytes", "1073741824"),
            ("/sections/hardware/value/processors/0/model", "AMD Athlon(tm) II X2 245 Processor"),
        ],
    },
];

#[test]
fn recorded_outputs_on_windows() {
    let Some(folder) = fixtures().map(|folder| folder.join("win32")) else { return };
    report("Outputs on Windows", &outcomes(&folder, WINDOWS));
}
