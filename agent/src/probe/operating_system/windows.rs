#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::registry::{self, Key},
    probe::windows::{MACHINE, Source, Version, or_problem, values},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kiemke_schemas::{
    Section,
    section::operating_system::{Family, OperatingSystem},
};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<OperatingSystem> {
    of(&crate::probe::windows::System, Timestamp::now())
}

const CURRENT: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
const CRYPTOGRAPHY: &str = r"SOFTWARE\Microsoft\Cryptography";
const WORKSTATION: u8 = 1;
/// Windows 11 still calls itself Windows 10 in the registry.
const FIRST_BUILD_OF_11: u32 = 22_000;

pub fn of(source: &dyn Source, now: Timestamp) -> Section<OperatingSystem> {
    let mut problems = Vec::new();
    let (host_name, domain) = match source.host_name() {
        Ok(names) => names,
        Err(problem) => return Section::unknown(problem),
    };
    let version = or_problem(source.version(), &mut problems);
    let current = values(source, &format!("{MACHINE}\\{CURRENT}"), &mut problems);
    let cryptography = values(source, &format!("{MACHINE}\\{CRYPTOGRAPHY}"), &mut problems);
    let name = name(&current, version);
    let release = release(&current, version);
    let full_name = match &release {
        Some(release) if !name.contains(release.as_str()) => format!("{name} {release}"),
        _ => name.clone(),
    };
    let booted_at =
        jiff::SignedDuration::try_from(source.uptime()).ok().and_then(|up| now.checked_sub(up).ok());
    let value = OperatingSystem {
        family: Family::Windows,
        name,
        version: release,
        full_name,
        edition: registry::text(&current, "editionid").map(str::to_owned),
        build: version.map(|version| build(&current, version)),
        kernel: None,
        architecture: version.and_then(|version| version.architecture).map(str::to_owned),
        server: version.map(|version| version.product_type != WORKSTATION),
        host_name,
        domain,
        machine_id: registry::text(&cryptography, "machineguid").map(str::to_lowercase),
        installed_on: installed_on(&current),
        // Whole seconds: two looks at one start differ by less.
        booted_at: booted_at.and_then(|at| Timestamp::from_second(at.as_second()).ok()),
        time_zone: TimeZone::system().iana_name().map(str::to_owned),
    };
    Section { value: Some(value), problems }
}

fn name(current: &Key, version: Option<Version>) -> String {
    let name = registry::text(current, "productname").unwrap_or("Windows").trim();
    let name = name.strip_prefix("Microsoft ").unwrap_or(name);
    let is_11 = version.is_some_and(|v| v.product_type == WORKSTATION && v.build >= FIRST_BUILD_OF_11);
    if is_11 { name.replacen("Windows 10", "Windows 11", 1) } else { name.to_owned() }
}

/// `22H2`, before that `1809`, before that the service pack.
fn release(current: &Key, version: Option<Version>) -> Option<String> {
    let told = registry::text(current, "displayversion").or_else(|| registry::text(current, "releaseid"));
    let pack = version.map(|version| version.service_pack).filter(|pack| *pack > 0);
    told.map(str::to_owned).or_else(|| pack.map(|pack| format!("SP{pack}")))
}

fn build(current: &Key, version: Version) -> String {
    let Version { major, minor, build, .. } = version;
    match registry::number(current, "ubr") {
        Some(revision) => format!("{major}.{minor}.{build}.{revision}"),
        None => format!("{major}.{minor}.{build}"),
    }
}

fn installed_on(current: &Key) -> Option<Date> {
    let seconds = registry::number(current, "installdate").filter(|seconds| *seconds > 0)?;
    Some(Timestamp::from_second(seconds.into()).ok()?.to_zoned(TimeZone::system()).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::recording::Recording;
    use kiemke_schemas::ProblemKind;

    const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"ProductName"="Windows 10 Pro"
"EditionID"="Professional"
"DisplayVersion"="23H2"
"UBR"=dword:00001131
"InstallDate"=dword:6512bd40

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography]
"MachineGuid"="6F5CFB2E-1D63-4B5B-8A7B-8E5B7E3A0001"
"#;

    fn recording(build: u32, product_type: u8) -> Recording {
        let version = Version {
            major: 10,
            minor: 0,
            build,
            product_type,
            architecture: Some("x86_64"),
            service_pack: 0,
        };
        Recording {
            version: Some(version),
            host_name: Some(("PC-01".into(), Some("quan1.local".into()))),
            ..Recording::of_registry(KEYS)
        }
    }

    fn system(recording: &Recording) -> OperatingSystem {
        let section = of(recording, "2026-08-01T12:00:00Z".parse().unwrap());
        assert_eq!(section.problems, []);
        section.value.unwrap()
    }

    #[test]
    fn windows_11_is_told_by_its_build() {
        let system = system(&recording(22631, 1));
        assert_eq!(system.full_name, "Windows 11 Pro 23H2");
        assert_eq!((system.name.as_str(), system.version.as_deref()), ("Windows 11 Pro", Some("23H2")));
        assert_eq!(system.build.as_deref(), Some("10.0.22631.4401"));
        assert_eq!(system.edition.as_deref(), Some("Professional"));
        assert_eq!(system.machine_id.as_deref(), Some("6f5cfb2e-1d63-4b5b-8a7b-8e5b7e3a0001"));
        assert_eq!(system.booted_at.map(|at| at.to_string()).as_deref(), Some("2026-08-01T11:00:00Z"));
        assert_eq!((system.server, system.domain.as_deref()), (Some(false), Some("quan1.local")));
        assert!(system.installed_on.is_some());
    }

    #[test]
    fn windows_7_has_a_service_pack_and_a_server_is_one() {
        let seven = Recording {
            version: Some(Version {
                major: 6,
                minor: 1,
                build: 7601,
                service_pack: 1,
                product_type: 1,
                architecture: None,
            }),
            host_name: Some(("PC".into(), None)),
            ..Recording::of_registry(
                "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n\"ProductName\"=\"Windows 7 Professional\"\n",
            )
        };
        let seven = system(&seven);
        assert_eq!(
            (seven.full_name.as_str(), seven.build.as_deref()),
            ("Windows 7 Professional SP1", Some("6.1.7601"))
        );
        assert_eq!(seven.installed_on, None);
        let server = system(&recording(26100, 3));
        assert_eq!((server.server, server.name.as_str()), (Some(true), "Windows 10 Pro"));
    }

    #[test]
    fn without_a_host_name_nothing_is_known_and_without_a_version_the_rest_is() {
        let section = of(&Recording::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(section.value, None);
        let named = Recording { host_name: Some(("PC".into(), None)), ..Recording::default() };
        let section = of(&named, "2026-08-01T12:00:00Z".parse().unwrap());
        assert_eq!(section.problems[0].kind, ProblemKind::Absent);
        let system = section.value.unwrap();
        assert_eq!((system.name.as_str(), system.server, system.build), ("Windows", None, None));
    }
}
