//! Name and version, kernel, host name, machine id, installation, start, time zone.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{Section, section::operating_system::OperatingSystem};
use std::collections::BTreeMap;

pub fn read(root: &Root) -> Section<OperatingSystem> {
    platform::read(root)
}

/// The kernel computes its start from the wall clock, so that it moves by seconds.
const SAME_START: jiff::SignedDuration = jiff::SignedDuration::from_mins(3);

pub fn steady(last: &OperatingSystem, mut new: OperatingSystem) -> OperatingSystem {
    if let (Some(then), Some(now)) = (last.booted_at, new.booted_at)
        && now.duration_since(then).abs() < SAME_START
    {
        new.booted_at = last.booted_at;
    }
    new
}

/// `KEY=value` lines of os-release: shell quoting, `#` comments.
pub fn os_release(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim().split_once('='))
        .filter(|(key, _)| !key.starts_with('#'))
        .map(|(key, value)| (key.trim().to_owned(), unquote(value.trim())))
        .collect()
}

fn unquote(text: &str) -> String {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return text.to_owned() };
    let inner = text[1..].strip_suffix(quote).unwrap_or(&text[1..]);
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        plain.push(if c == '\\' && quote == '"' { characters.next().unwrap_or('\\') } else { c });
    }
    plain
}

/// Debian's point version stands in `/etc/debian_version` only; `bookworm/sid` there is none.
pub fn point_version(os_release: &BTreeMap<String, String>, debian_version: Option<&str>) -> Option<String> {
    let version = os_release.get("VERSION_ID").filter(|version| !version.is_empty()).cloned();
    let point = debian_version.map(str::trim).filter(|point| point.starts_with(|c: char| c.is_ascii_digit()));
    match os_release.get("ID").map(String::as_str) {
        Some("debian") => point.map(str::to_owned).or(version),
        _ => version,
    }
}

/// Units and packages of a desktop; a machine without any is taken for a server.
pub const DESKTOP_MARKS: &[&str] = &[
    "/usr/share/xsessions",
    "/usr/share/wayland-sessions",
    "/usr/sbin/gdm3",
    "/usr/sbin/gdm",
    "/usr/sbin/lightdm",
    "/usr/bin/sddm",
];

/// Named editions decide; else whether anybody could log in at a desktop: Debian's default target is the
/// graphical one on servers too, so the target only tells that this is an installed system and no container.
pub fn is_server(
    os_release: &BTreeMap<String, String>,
    default_target: Option<&str>,
    desktop: bool,
) -> Option<bool> {
    let variant = os_release.get("VARIANT_ID").map(String::as_str).unwrap_or_default();
    if variant.contains("server") {
        return Some(true);
    }
    if variant.contains("workstation") || variant.contains("desktop") || desktop {
        return Some(false);
    }
    default_target.map(|_| true)
}

/// Seconds since 1970 of the line `btime` in `/proc/stat`.
pub fn boot_time(stat: &str) -> Option<jiff::Timestamp> {
    let seconds = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok()
}

/// `/usr/share/zoneinfo/Asia/Ho_Chi_Minh` → `Asia/Ho_Chi_Minh`.
pub fn zone_of_link(target: &str) -> Option<&str> {
    target.split_once("zoneinfo/").map(|(_, zone)| zone).filter(|zone| !zone.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n\
        # comment=1\nVERSION_ID=\"12\"\nID=debian\n";

    #[test]
    fn os_release_is_read_with_its_quoting() {
        let fields = os_release("A=plain\nB='single $x'\nC=\"say \\\"hi\\\"\"\n#D=no\n");
        assert_eq!(fields.get("A").map(String::as_str), Some("plain"));
        assert_eq!(fields.get("B").map(String::as_str), Some("single $x"));
        assert_eq!(fields.get("C").map(String::as_str), Some("say \"hi\""));
        assert_eq!(fields.get("#D"), None);
    }

    #[test]
    fn the_point_version_of_debian_wins_over_the_major_one() {
        let fields = os_release(DEBIAN);
        assert_eq!(point_version(&fields, Some("12.11\n")).as_deref(), Some("12.11"));
        assert_eq!(point_version(&fields, Some("trixie/sid\n")).as_deref(), Some("12"));
        let ubuntu = os_release("ID=ubuntu\nVERSION_ID=\"22.04\"\n");
        assert_eq!(point_version(&ubuntu, Some("bookworm/sid")).as_deref(), Some("22.04"));
    }

    #[test]
    fn a_server_is_only_claimed_with_a_reason() {
        let fields = os_release(DEBIAN);
        assert_eq!(is_server(&fields, Some("/lib/systemd/system/multi-user.target"), false), Some(true));
        assert_eq!(is_server(&fields, Some("/lib/systemd/system/graphical.target"), true), Some(false));
        assert_eq!(is_server(&fields, Some("graphical.target"), false), Some(true));
        assert_eq!(is_server(&os_release("VARIANT_ID=server"), None, false), Some(true));
        assert_eq!(is_server(&fields, None, false), None);
    }

    #[test]
    fn start_and_zone() {
        assert_eq!(
            boot_time("cpu 1\nbtime 1750000000\n").map(|t| t.to_string()).as_deref(),
            Some("2025-06-15T15:06:40Z")
        );
        assert_eq!(zone_of_link("/usr/share/zoneinfo/Asia/Ho_Chi_Minh"), Some("Asia/Ho_Chi_Minh"));
        assert_eq!(zone_of_link("/etc/other"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".*", other in ".*") {
            let fields = os_release(&text);
            let _ = point_version(&fields, Some(&other));
            let _ = boot_time(&text);
        }
    }
}
