#[cfg(windows)]
use crate::probe::Root;
use crate::{
    parse::registry::{self, Key, RegValue},
    probe::windows::{MACHINE, Source, or_absent, or_problem, people},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kiemke_schemas::{
    Problem, Section,
    section::software::{Package, PackageSource, Software},
};

#[cfg(windows)]
pub fn read(_: &Root) -> Section<Software> {
    of(&crate::probe::windows::System, &TimeZone::system())
}

const UNINSTALL: &str = r"Microsoft\Windows\CurrentVersion\Uninstall";
const SERVICING: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages";
const LAST_UPDATE: &str =
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\Results\Install";

pub fn of(source: &dyn Source, zone: &TimeZone) -> Section<Software> {
    let (mut packages, mut problems) = (Vec::new(), Vec::new());
    let native = architecture(source);
    let all = or_problem(source.registry(&format!(r"{MACHINE}\SOFTWARE\{UNINSTALL}"), 1), &mut problems);
    let known = all.is_some();
    packages.extend(
        all.into_iter().flat_map(|keys| keys.keys.into_values()).filter_map(|key| package(&key, native)),
    );
    let mut gather = |key: &str, architecture: Option<&str>| {
        let found = or_absent(source.registry(key, 1), &mut problems);
        packages.extend(found.keys.values().filter_map(|key| package(key, architecture)));
    };
    // Programs of 32 bits on Windows of 64.
    gather(&format!(r"{MACHINE}\SOFTWARE\WOW6432Node\{UNINSTALL}"), Some("x86"));
    for person in people(source) {
        gather(&format!(r"{person}\Software\{UNINSTALL}"), None);
    }
    if !known && packages.is_empty() {
        return Section { value: None, problems };
    }
    packages.sort_unstable_by(|a, b| {
        (&a.name, &a.version, &a.architecture).cmp(&(&b.name, &b.version, &b.architecture))
    });
    packages.dedup_by(|a, b| a.name == b.name && a.version == b.version && a.architecture == b.architecture);
    let last_patched_on = last_patched_on(source, zone, &mut problems);
    Section { value: Some(Software { packages, last_patched_on }), problems }
}

fn architecture(source: &dyn Source) -> Option<&'static str> {
    source.version().ok().and_then(|version| version.architecture)
}

/// What Windows shows under programs: parts of others, updates and hidden components are left out.
fn package(key: &Key, architecture: Option<&str>) -> Option<Package> {
    let name = registry::text(key, "displayname")?.trim();
    let hidden = registry::number(key, "systemcomponent") == Some(1);
    let part = registry::text(key, "parentkeyname").is_some() || registry::text(key, "releasetype").is_some();
    if name.is_empty() || hidden || part {
        return None;
    }
    let text =
        |name: &str| registry::text(key, name).map(|text| text.trim().to_owned()).filter(|t| !t.is_empty());
    Some(Package {
        name: name.to_owned(),
        version: text("displayversion"),
        publisher: text("publisher"),
        architecture: architecture.map(str::to_owned),
        source: PackageSource::Registry,
        installed_on: text("installdate").and_then(|text| day(&text)),
    })
}

/// `20240131`; some installers write it in their own language's order, which tells nothing.
fn day(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    Date::strptime("%Y%m%d", text).ok().filter(|date| digits && date.year() > 1990)
}

/// The newest of the updates that Windows' own servicing has installed, which also knows those that came by hand.
fn last_patched_on(source: &dyn Source, zone: &TimeZone, problems: &mut Vec<Problem>) -> Option<Date> {
    let names = or_absent(source.subkeys(&format!(r"{MACHINE}\{SERVICING}")), problems);
    let updates = names.iter().filter(|name| name.starts_with("Package_for_") && !name.contains("_SP_"));
    let installed = updates.filter_map(|name| {
        let found = source.registry(&format!(r"{MACHINE}\{SERVICING}\{name}"), 0).ok()?;
        installed_at(found.keys.values().next()?)
    });
    installed.max().map(|at| at.to_zoned(zone.clone()).date()).or_else(|| by_update_agent(source, problems))
}

fn installed_at(key: &Key) -> Option<Timestamp> {
    const INSTALLED: u32 = 0x70;
    let state = registry::number(key, "currentstate").filter(|state| *state == INSTALLED);
    let (high, low) = (registry::number(key, "installtimehigh")?, registry::number(key, "installtimelow")?);
    state.and_then(|_| of_file_time(u64::from(high) << 32 | u64::from(low)))
}

/// Hundreds of nanoseconds since 1601.
fn of_file_time(time: u64) -> Option<Timestamp> {
    const UNIX_EPOCH: i64 = 11_644_473_600;
    let seconds = i64::try_from(time / 10_000_000).ok()?.checked_sub(UNIX_EPOCH)?;
    Timestamp::from_second(seconds).ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

/// Windows 7 to 8.1: `2014-05-14 02:22:10`, in UTC.
fn by_update_agent(source: &dyn Source, problems: &mut Vec<Problem>) -> Option<Date> {
    let found = or_absent(source.registry(&format!(r"{MACHINE}\{LAST_UPDATE}"), 0), problems);
    let key = found.keys.values().next()?;
    let Some(RegValue::Text(text)) = key.get("lastsuccesstime") else { return None };
    text.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::windows::{Version, recording::Recording};

    const KEYS: &str = r#"[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall]

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{A}]
"DisplayName"="UniKey 4.3"
"DisplayVersion"="4.3.200929"
"Publisher"="unikey.org"
"InstallDate"="20240131"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{B}]
"DisplayName"="Part"
"SystemComponent"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\KB1]
"DisplayName"="Update"
"ParentKeyName"="{A}"

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall\C]
"DisplayName"="VGCA Token Manager"
"InstallDate"="31/01/2024"

[HKEY_USERS\S-1-5-21-1-2-3-1001\Software\Microsoft\Windows\CurrentVersion\Uninstall\D]
"DisplayName"="Zalo"

[HKEY_USERS\S-1-5-21-1-2-3-1001_Classes\Software\Microsoft\Windows\CurrentVersion\Uninstall\D]
"DisplayName"="Not a person"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_RollupFix~31bf3856ad364e35~amd64~~19041.4651.1.7]
"CurrentState"=dword:00000070
"InstallTimeHigh"=dword:01dad6ea
"InstallTimeLow"=dword:00000000

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_KB5~31bf3856ad364e35~amd64~~1.0]
"CurrentState"=dword:00000040
"InstallTimeHigh"=dword:01dbd6ea
"InstallTimeLow"=dword:00000000
"#;

    #[test]
    fn programs_of_all_three_places_and_the_last_update() {
        let recording = Recording {
            version: Some(Version { architecture: Some("x86_64"), ..Version::default() }),
            ..Recording::of_registry(KEYS)
        };
        let section = of(&recording, &TimeZone::UTC);
        assert_eq!(section.problems, []);
        let software = section.value.unwrap();
        let seen: Vec<_> = software
            .packages
            .iter()
            .map(|p| (p.name.as_str(), p.architecture.as_deref(), p.installed_on.map(|day| day.to_string())))
            .collect();
        let expected = [
            ("UniKey 4.3", Some("x86_64"), Some("2024-01-31".to_owned())),
            ("VGCA Token Manager", Some("x86"), None),
            ("Zalo", None, None),
        ];
        assert_eq!(seen, expected);
        assert_eq!(software.last_patched_on.unwrap().to_string(), "2024-07-15");
    }

    #[test]
    fn older_windows_keeps_the_time_of_its_last_update() {
        let keys = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\Results\\Install]\n\"LastSuccessTime\"=\"2020-01-14 20:30:00\"\n\n\
            [HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall]\n";
        let software = of(&Recording::of_registry(keys), &TimeZone::UTC).value.unwrap();
        assert_eq!(software.last_patched_on.unwrap().to_string(), "2020-01-14");
        assert_eq!(software.packages, []);
    }

    #[test]
    fn a_registry_that_cannot_be_read_leaves_the_software_unknown() {
        let section = of(&Recording::default(), &TimeZone::UTC);
        assert_eq!((section.value, section.problems.len()), (None, 1));
    }
}
