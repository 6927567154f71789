//! Products for Linux besides ClamAV: where they install themselves, what protects, and whom to ask.
//! Paths and unit names as the makers' administration guides give them. What only manages (klnagent, eraagent,
//! the Trellix agent) or only watches (Wazuh) protects nobody and is left out.

use crate::parse::{error::ParseError, linux_antivirus as parse};
use jiff::civil::Date;
use kiemke_schemas::section::antivirus::Product;

pub struct KnownProduct {
    pub name: &'static str,
    pub vendor: &'static str,
    /// Any of them: installed.
    pub paths: &'static [&'static str],
    /// Prefixes of process names as the kernel keeps them (15 characters).
    pub processes: &'static [&'static str],
    /// Names of its systemd services.
    pub units: &'static [&'static str],
    pub tool: Option<Tool>,
}

/// The product's own program, which knows more than that a process runs.
pub struct Tool {
    /// Each with its arguments; their outputs are read together.
    pub commands: &'static [(&'static str, &'static [&'static str])],
    pub parse: fn(&str, Date) -> Result<Product, ParseError>,
    /// Whether it tells if the product protects: without its answer that is not known. Else the processes tell.
    pub tells_state: bool,
}

const NONE: KnownProduct =
    KnownProduct { name: "", vendor: "", paths: &[], processes: &[], units: &[], tool: None };

pub const KNOWN: &[KnownProduct] = &[
    KnownProduct {
        name: "Microsoft Defender for Endpoint",
        vendor: "Microsoft",
        paths: &["/opt/microsoft/mdatp/sbin/wdavdaemon"],
        processes: &["wdavdaemon"],
        units: &["mdatp"],
        tool: Some(Tool {
            commands: &[("/usr/bin/mdatp", &["health", "--output", "json"])],
            parse: |text, _| parse::defender(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "Kaspersky Endpoint Security",
        vendor: "Kaspersky",
        paths: &["/opt/kaspersky/kesl/bin/kesl-control"],
        processes: &["kesl"],
        units: &["kesl", "kesl-supervisor"],
        tool: Some(Tool {
            commands: &[("/opt/kaspersky/kesl/bin/kesl-control", &["--app-info"])],
            parse: |text, _| parse::kaspersky(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "ESET Endpoint Antivirus",
        vendor: "ESET",
        paths: &["/opt/eset/eea/bin/odscan", "/opt/eset/eea/bin/upd"],
        processes: &["oaeventd"],
        units: &["eea"],
        tool: Some(Tool {
            commands: &[
                ("/opt/eset/eea/bin/upd", &["--version"]),
                ("/opt/eset/eea/bin/upd", &["--list-modules"]),
                ("/opt/eset/eea/sbin/lic", &["--status"]),
            ],
            parse: parse::eset,
            tells_state: false,
        }),
    },
    KnownProduct {
        name: "ESET Server Security",
        vendor: "ESET",
        paths: &["/opt/eset/efs"],
        processes: &["oaeventd"],
        units: &["efs"],
        tool: Some(Tool {
            commands: &[
                ("/opt/eset/efs/bin/upd", &["--version"]),
                ("/opt/eset/efs/bin/upd", &["--list-modules"]),
                ("/opt/eset/efs/sbin/lic", &["--status"]),
            ],
            parse: parse::eset,
            tells_state: false,
        }),
    },
    KnownProduct {
        name: "Trend Micro Deep Security",
        vendor: "Trend Micro",
        paths: &["/opt/ds_agent/ds_agent", "/opt/ds_agent/dsa_control"],
        processes: &["ds_am", "ds_agent"],
        units: &["ds_agent"],
        tool: Some(Tool {
            commands: &[("/opt/ds_agent/dsa_query", &["-c", "GetComponentInfo"])],
            parse: |text, _| parse::deep_security(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "Trend Micro ServerProtect",
        vendor: "Trend Micro",
        paths: &["/opt/TrendMicro/SProtectLinux"],
        processes: &["splx", "vsapiapp"],
        units: &["splx"],
        ..NONE
    },
    KnownProduct {
        name: "Symantec Endpoint Protection",
        vendor: "Broadcom",
        paths: &["/usr/lib/symantec/status.sh", "/opt/Symantec/symantec_antivirus/sav"],
        processes: &["sisamdagent", "rtvscand"],
        units: &["sisamdagent", "rtvscand"],
        ..NONE
    },
    KnownProduct {
        name: "Trellix Endpoint Security",
        vendor: "Trellix",
        paths: &["/opt/McAfee/ens/tp/bin/mfetpcli"],
        processes: &["mfetpd"],
        units: &["mfetpd"],
        ..NONE
    },
    KnownProduct {
        name: "Trellix EDR",
        vendor: "Trellix",
        paths: &["/opt/fireeye/bin/xagt"],
        processes: &["xagt"],
        units: &["xagt"],
        ..NONE
    },
    KnownProduct {
        name: "Sophos Protection",
        vendor: "Sophos",
        paths: &["/opt/sophos-spl"],
        processes: &["sophos_watchdog"],
        units: &["sophos-spl"],
        ..NONE
    },
    KnownProduct {
        name: "Sophos Anti-Virus",
        vendor: "Sophos",
        paths: &["/opt/sophos-av/bin/savdstatus"],
        processes: &["savd", "savscand"],
        units: &["sav-protect"],
        tool: Some(Tool {
            commands: &[("/opt/sophos-av/bin/savdstatus", &[])],
            parse: |text, _| parse::sophos(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "Bitdefender GravityZone",
        vendor: "Bitdefender",
        paths: &["/opt/bitdefender-security-tools/bin/bduitool"],
        processes: &["bdsecd", "bdsec"],
        units: &["bdsec"],
        tool: Some(Tool {
            commands: &[("/opt/bitdefender-security-tools/bin/bduitool", &["get", "ps"])],
            parse: |text, _| parse::bitdefender(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "CrowdStrike Falcon",
        vendor: "CrowdStrike",
        paths: &["/opt/CrowdStrike/falconctl"],
        processes: &["falcon-sensor"],
        units: &["falcon-sensor"],
        tool: Some(Tool {
            commands: &[("/opt/CrowdStrike/falconctl", &["-g", "--version", "--rfm-state"])],
            parse: |text, _| parse::crowd_strike(text),
            tells_state: false,
        }),
    },
    KnownProduct {
        name: "SentinelOne",
        vendor: "SentinelOne",
        paths: &["/opt/sentinelone/bin/sentinelctl"],
        processes: &["s1-agent", "sentinelone"],
        units: &["sentinelone"],
        tool: Some(Tool {
            commands: &[
                ("/opt/sentinelone/bin/sentinelctl", &["version"]),
                ("/opt/sentinelone/bin/sentinelctl", &["engines", "status"]),
                ("/opt/sentinelone/bin/sentinelctl", &["control", "status"]),
            ],
            parse: |text, _| parse::sentinel_one(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "Cortex XDR",
        vendor: "Palo Alto Networks",
        paths: &["/opt/traps/bin/cytool"],
        processes: &["pmd", "traps_pmd"],
        units: &["traps_pmd"],
        tool: Some(Tool {
            commands: &[
                ("/opt/traps/bin/cytool", &["info"]),
                ("/opt/traps/bin/cytool", &["info", "query"]),
                ("/opt/traps/bin/cytool", &["runtime", "query"]),
            ],
            parse: |text, _| parse::cortex(text),
            tells_state: true,
        }),
    },
    KnownProduct {
        name: "Dr.Web",
        vendor: "Doctor Web",
        paths: &["/opt/drweb.com/bin/drweb-ctl"],
        processes: &["drweb-configd", "drweb-spider"],
        units: &["drweb-configd"],
        tool: Some(Tool {
            commands: &[
                ("/opt/drweb.com/bin/drweb-ctl", &["--version"]),
                ("/opt/drweb.com/bin/drweb-ctl", &["baseinfo"]),
                ("/opt/drweb.com/bin/drweb-ctl", &["license"]),
            ],
            parse: parse::dr_web,
            tells_state: false,
        }),
    },
    KnownProduct {
        name: "Avast Business Antivirus",
        vendor: "Gen Digital",
        paths: &["/usr/bin/avast", "/etc/avast/license.avastlic"],
        processes: &["avast", "avastfss"],
        units: &["avast"],
        ..NONE
    },
];

/// Makers that publish no paths: a service of such a name tells that the product is installed.
pub struct NamedService {
    pub product: &'static str,
    pub vendor: &'static str,
    /// Parts of names of services and processes.
    pub marks: &'static [&'static str],
}

pub const BY_SERVICE: &[NamedService] = &[NamedService {
    product: "Viettel Endpoint Security",
    vendor: "Viettel Cyber Security",
    marks: &["ajiant", "viettel-endpoint", "viettel-edr", "vcs-endpoint"],
}];
