//! Firewalls: ufw and firewalld on Linux, the profiles of Windows in the registry.

use super::{
    error::ParseError,
    registry::{self, Registry},
    text,
};
use kiemke_schemas::section::antivirus::FirewallProfile;

/// `ufw status`
pub fn ufw(input: &str) -> Result<FirewallProfile, ParseError> {
    let status = text::lines(input)
        .find_map(|(_, line)| line.trim().strip_prefix("Status:"))
        .ok_or_else(|| ParseError::field(None, "Status", "is missing: not an output of ufw status"))?;
    let enabled = match status.trim() {
        "active" => true,
        "inactive" => false,
        other => {
            return Err(ParseError::field(
                None,
                "Status",
                format!("{other:?} is neither active nor inactive"),
            ));
        }
    };
    Ok(FirewallProfile { profile: "ufw".to_owned(), enabled: Some(enabled) })
}

/// `systemctl status firewalld` or `firewall-cmd --state`
pub fn firewalld(input: &str) -> Result<FirewallProfile, ParseError> {
    let lines = text::lines(input).map(|(_, line)| line.trim());
    let state = lines.clone().find_map(|line| line.strip_prefix("Active:")).map(str::trim);
    let bare = lines.clone().find(|line| matches!(*line, "running" | "not running"));
    let enabled = match (state, bare) {
        (Some(state), _) => match state.split_whitespace().next() {
            Some("active" | "reloading") => Some(true),
            Some("inactive" | "failed") => Some(false),
            _ => None,
        },
        (None, Some(state)) => Some(state == "running"),
        (None, None) if input.contains("could not be found") => Some(false),
        (None, None) => {
            return Err(ParseError::field(
                None,
                "Active",
                "is missing: not an output of systemctl status firewalld",
            ));
        }
    };
    Ok(FirewallProfile { profile: "firewalld".to_owned(), enabled })
}

/// `nft list ruleset`: whether a chain on the way in lets through less than everything.
pub fn nftables(input: &str) -> bool {
    let (mut on_the_way_in, mut guards) = (false, false);
    for (_, line) in text::lines(input) {
        let line = line.trim();
        if line.starts_with("chain ") {
            on_the_way_in = false;
        }
        if line.contains("hook input") {
            on_the_way_in = line.starts_with("type filter");
        }
        let words = || line.split([' ', ';']);
        guards |= on_the_way_in && words().any(|word| matches!(word, "drop" | "reject"));
    }
    guards
}

const PROFILES: &[(&str, &str)] = &[
    ("domainprofile", "domain"),
    ("standardprofile", "private"),
    ("privateprofile", "private"),
    ("publicprofile", "public"),
];

/// `…\FirewallPolicy\…Profile` and the group policy's `…\WindowsFirewall\…Profile`, which stands above it.
pub fn windows(registry: &Registry) -> Result<Vec<FirewallProfile>, ParseError> {
    let mut found: Vec<(bool, FirewallProfile)> = Vec::new();
    for (path, key) in &registry.keys {
        let path = path.to_lowercase();
        let Some((_, profile)) = PROFILES.iter().find(|(name, _)| path.ends_with(&format!("\\{name}")))
        else {
            continue;
        };
        let policy = path.contains("\\policies\\");
        let enabled = registry::number(key, "enablefirewall").map(|number| number != 0);
        match found.iter_mut().find(|(_, known)| known.profile == *profile) {
            Some((by_policy, known)) if (policy || !*by_policy) && enabled.is_some() => {
                (*by_policy, known.enabled) = (policy, enabled);
            }
            Some(_) => {}
            None => found.push((policy, FirewallProfile { profile: (*profile).to_owned(), enabled })),
        }
    }
    if found.is_empty() {
        return Err(ParseError::new("no key …\\DomainProfile, …\\StandardProfile or …\\PublicProfile"));
    }
    Ok(found.into_iter().map(|(_, profile)| profile).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_on_linux() {
        assert_eq!(ufw("Status: active\n").unwrap().enabled, Some(true));
        assert_eq!(ufw("Status: inactive\n").unwrap().enabled, Some(false));
        assert!(ufw("Firewall\n").is_err() && ufw("Status: maybe\n").is_err());
        assert_eq!(firewalld("   Active: active (running) since x\n").unwrap().enabled, Some(true));
        assert_eq!(firewalld("   Active: inactive (dead)\n").unwrap().enabled, Some(false));
        assert_eq!(firewalld("   Active: failed (Result: exit-code)\n").unwrap().enabled, Some(false));
        assert_eq!(firewalld("   Active: activating (start)\n").unwrap().enabled, None);
        let coloured = "   Active: \u{1b}[0;1;32mactive (running)\u{1b}[0m since x\n";
        assert_eq!(firewalld(&text::decode(coloured.as_bytes())).unwrap().enabled, Some(true));
        assert_eq!(firewalld("running\n").unwrap().enabled, Some(true));
        assert_eq!(firewalld("Unit firewalld.service could not be found.\n").unwrap().enabled, Some(false));
        assert!(firewalld("hello\n").is_err());
    }

    #[test]
    fn rules_on_the_way_in_that_refuse_something() {
        let chain = |hook: &str, policy: &str, rule: &str| {
            format!(
                "table inet filter {{\n\tchain x {{\n\t\ttype filter hook {hook} priority filter; policy {policy};\n\t\t{rule}\n\t}}\n}}\n"
            )
        };
        assert!(nftables(&chain("input", "drop", "ct state established accept")));
        assert!(nftables(&chain("input", "accept", "tcp dport 445 drop")));
        assert!(!nftables(&chain("input", "accept", "tcp dport 445 accept")));
        assert!(!nftables(&chain("forward", "drop", "")));
        assert!(!nftables(&(chain("input", "accept", "") + &chain("output", "drop", ""))));
        assert!(!nftables(""));
    }

    #[test]
    fn policy_stands_above_the_setting() {
        let text = "Windows Registry Editor Version 5.00\n[HKLM\\SYSTEM\\X\\FirewallPolicy\\PublicProfile]\n\"EnableFirewall\"=dword:00000001\n\
            [HKLM\\SYSTEM\\X\\FirewallPolicy\\StandardProfile]\n\"EnableFirewall\"=dword:00000000\n\
            [HKLM\\SYSTEM\\X\\FirewallPolicy\\PublicProfile\\Logging]\n\
            [HKLM\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\PublicProfile]\n\"EnableFirewall\"=dword:00000000\n";
        let found = windows(&registry::read(text).unwrap()).unwrap();
        let states: Vec<_> = found.iter().map(|p| (p.profile.as_str(), p.enabled)).collect();
        assert_eq!(states, [("public", Some(false)), ("private", Some(false))]);
        assert!(windows(&registry::read("REGEDIT4\n").unwrap()).is_err());
    }
}
