//! Products for Linux besides ClamAV: where they install themselves and the process that protects.
//! Paths and unit names as the makers' administration guides give them.

pub struct KnownProduct {
    pub name: &'static str,
    pub vendor: &'static str,
    /// Any of them: installed.
    pub paths: &'static [&'static str],
    /// Prefixes of process names as the kernel keeps them (15 characters).
    pub processes: &'static [&'static str],
    /// Names of its systemd services.
    pub units: &'static [&'static str],
}

pub const KNOWN: &[KnownProduct] = &[
    KnownProduct {
        name: "Microsoft Defender for Endpoint",
        vendor: "Microsoft",
        paths: &["/opt/microsoft/mdatp/sbin/wdavdaemon"],
        processes: &["wdavdaemon"],
        units: &["mdatp"],
    },
    KnownProduct {
        name: "Kaspersky Endpoint Security",
        vendor: "Kaspersky",
        paths: &["/opt/kaspersky/kesl/bin/kesl-control"],
        processes: &["kesl"],
        units: &["kesl", "kesl-supervisor"],
    },
    KnownProduct {
        name: "ESET Endpoint Antivirus",
        vendor: "ESET",
        paths: &["/opt/eset/eea/bin/odscan"],
        processes: &["oaeventd"],
        units: &["eea"],
    },
    KnownProduct {
        name: "ESET Server Security",
        vendor: "ESET",
        paths: &["/opt/eset/efs"],
        processes: &["oaeventd"],
        units: &["efs"],
    },
    KnownProduct {
        name: "Trend Micro Deep Security",
        vendor: "Trend Micro",
        paths: &["/opt/ds_agent/ds_agent"],
        processes: &["ds_am", "ds_agent"],
        units: &["ds_agent"],
    },
    KnownProduct {
        name: "Trellix Endpoint Security",
        vendor: "Trellix",
        paths: &["/opt/McAfee/ens/tp/bin/mfetpcli"],
        processes: &["mfetpd"],
        units: &["mfetpd"],
    },
    KnownProduct {
        name: "Sophos Protection",
        vendor: "Sophos",
        paths: &["/opt/sophos-spl"],
        processes: &["sophos_watchdog"],
        units: &["sophos-spl"],
    },
    KnownProduct {
        name: "Bitdefender GravityZone",
        vendor: "Bitdefender",
        paths: &["/opt/bitdefender-security-tools/bin/bduitool"],
        processes: &["bdsecd", "bdsec"],
        units: &["bdsec"],
    },
    KnownProduct {
        name: "CrowdStrike Falcon",
        vendor: "CrowdStrike",
        paths: &["/opt/CrowdStrike/falconctl"],
        processes: &["falcon-sensor"],
        units: &["falcon-sensor"],
    },
    KnownProduct {
        name: "SentinelOne",
        vendor: "SentinelOne",
        paths: &["/opt/sentinelone/bin/sentinelctl"],
        processes: &["s1-agent", "sentinelone"],
        units: &["sentinelone"],
    },
    KnownProduct {
        name: "Cortex XDR",
        vendor: "Palo Alto Networks",
        paths: &["/opt/traps/bin/cytool"],
        processes: &["pmd", "traps_pmd"],
        units: &["traps_pmd"],
    },
    KnownProduct {
        name: "Dr.Web",
        vendor: "Doctor Web",
        paths: &["/opt/drweb.com/bin/drweb-ctl"],
        processes: &["drweb-configd", "drweb-spider"],
        units: &["drweb-configd"],
    },
];
