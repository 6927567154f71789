use super::{DESKTOP_MARKS, boot_time, is_server, os_release, point_version, zone_of_link};
use crate::probe::Root;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kiemke_schemas::{
    Problem, ProblemKind, Section,
    section::operating_system::{Family, OperatingSystem},
};
use std::collections::BTreeMap;

pub fn read(root: &Root) -> Section<OperatingSystem> {
    let mut problems = Vec::new();
    let release = release(root, &mut problems);
    let Some(host_name) = host_name(root, &mut problems) else {
        problems.push(Problem::new(ProblemKind::Absent, "/proc/sys/kernel/hostname", "no host name"));
        return Section { value: None, problems };
    };
    let name = release.get("NAME").cloned().unwrap_or_else(|| "Linux".to_owned());
    let version = point_version(&release, root.attribute("/etc/debian_version").as_deref());
    let full_name = release.get("PRETTY_NAME").cloned().unwrap_or_else(|| {
        [Some(name.clone()), version.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let value = OperatingSystem {
        family: Family::Linux,
        name,
        version,
        full_name,
        edition: release.get("VARIANT").cloned(),
        build: release.get("BUILD_ID").cloned(),
        kernel: root.value("/proc/sys/kernel/osrelease", &mut problems),
        architecture: Some(architecture(root)),
        server: server(root, &release),
        domain: domain(root, &host_name),
        host_name: host_name.split('.').next().unwrap_or_default().to_owned(),
        machine_id: root.value("/etc/machine-id", &mut problems).filter(|id| id != "uninitialized"),
        installed_on: installed_on(root),
        booted_at: root.value("/proc/stat", &mut problems).as_deref().and_then(boot_time),
        time_zone: time_zone(root),
    };
    Section { value: Some(value), problems }
}

fn release(root: &Root, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let text =
        root.value("/etc/os-release", problems).or_else(|| root.value("/usr/lib/os-release", problems));
    if text.is_none() {
        problems.push(Problem::new(ProblemKind::Absent, "/etc/os-release", "no such file"));
    }
    os_release(&text.unwrap_or_default())
}

fn host_name(root: &Root, problems: &mut Vec<Problem>) -> Option<String> {
    root.value("/proc/sys/kernel/hostname", problems)
        .or_else(|| root.value("/etc/hostname", problems))
        .filter(|name| name != "(none)")
}

fn domain(root: &Root, host_name: &str) -> Option<String> {
    let of_kernel = root.attribute("/proc/sys/kernel/domainname").filter(|domain| domain != "(none)");
    host_name.split_once('.').map(|(_, domain)| domain.to_owned()).or(of_kernel)
}

/// The kernel's, since a 32-bit agent may run on a 64-bit machine.
fn architecture(root: &Root) -> String {
    root.attribute("/proc/sys/kernel/arch").unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn server(root: &Root, release: &BTreeMap<String, String>) -> Option<bool> {
    let target = root
        .link_target("/etc/systemd/system/default.target")
        .or_else(|| root.link_target("/usr/lib/systemd/system/default.target"))
        .or_else(|| root.link_target("/lib/systemd/system/default.target"));
    let desktop = DESKTOP_MARKS.iter().any(|mark| root.exists(mark));
    is_server(release, target.as_deref(), desktop)
}

/// The installers leave these files and nothing touches them later; none of them: not known.
fn installed_on(root: &Root) -> Option<Date> {
    ["/var/log/installer", "/root/anaconda-ks.cfg", "/etc/machine-id"]
        .iter()
        .find_map(|path| root.modified(path))
        .map(|time: Timestamp| time.to_zoned(TimeZone::system()).date())
}

fn time_zone(root: &Root) -> Option<String> {
    let of_link = root.link_target("/etc/localtime");
    of_link.as_deref().and_then(zone_of_link).map(str::to_owned).or_else(|| root.attribute("/etc/timezone"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn a_debian_machine() {
        let (_guard, root) = tree(&[
            (
                "/etc/os-release",
                "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            ),
            ("/etc/debian_version", "12.11\n"),
            ("/proc/sys/kernel/hostname", "pc-01.quan1.local\n"),
            ("/proc/sys/kernel/osrelease", "6.1.0-37-amd64\n"),
            ("/proc/sys/kernel/arch", "x86_64\n"),
            ("/proc/stat", "cpu 1 2\nbtime 1750000000\n"),
            ("/etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
            ("/etc/timezone", "Asia/Ho_Chi_Minh\n"),
        ]);
        let section = read(&root);
        assert_eq!(section.problems, []);
        let os = section.value.unwrap();
        assert_eq!(os.full_name, "Debian GNU/Linux 12 (bookworm)");
        assert_eq!(os.version.as_deref(), Some("12.11"));
        assert_eq!((os.host_name.as_str(), os.domain.as_deref()), ("pc-01", Some("quan1.local")));
        assert_eq!(os.kernel.as_deref(), Some("6.1.0-37-amd64"));
        assert_eq!(os.architecture.as_deref(), Some("x86_64"));
        assert_eq!(os.machine_id.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        assert_eq!(os.time_zone.as_deref(), Some("Asia/Ho_Chi_Minh"));
        assert_eq!(os.server, None);
    }

    #[test]
    fn nothing_readable_is_unknown_and_says_so() {
        let (_guard, root) = tree::<&str>(&[]);
        let section = read(&root);
        assert_eq!(section.value, None);
        let sources: Vec<_> = section.problems.iter().map(|p| p.source.as_str()).collect();
        assert_eq!(sources, ["/etc/os-release", "/proc/sys/kernel/hostname"]);
    }
}
