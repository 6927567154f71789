//! Firewalls: ufw and firewalld on Linux, the profiles of Windows in the registry.

use super::{
    error::ParseError,
    registry::{self, Registry},
    text,
};
use kiemke_schemas::section::antivirus::FirewallProfile;

/// As ufw says it in the languages that it speaks, in lower case.
const UFW_STATUS: &[&str] = &[
    "status",
    "état",
    "estado",
    "estáu",
    "stato",
    "stav",
    "stare",
    "staatus",
    "tila",
    "durum",
    "estat",
    "состояние",
    "стан",
    "κατάσταση",
    "状态",
    "狀態",
    "trạng thái",
];
const UFW_ON: &[&str] = &[
    "active",
    "aktiv",
    "actif",
    "activo",
    "activu",
    "attivo",
    "ativo",
    "actief",
    "aktivní",
    "aktívny",
    "activ",
    "aktiivne",
    "käytössä",
    "etkin",
    "aktivno",
    "активен",
    "активний",
    "ενεργό",
    "激活",
    "啓用",
    "hoạt động",
];
const UFW_OFF: &[&str] = &[
    "inactive",
    "inaktiv",
    "inactif",
    "inactivo",
    "inactivu",
    "inattivo",
    "inativo",
    "inactief",
    "neaktivní",
    "neaktívny",
    "inactiv",
    "väljas",
    "passiivinen",
    "etkin değil",
    "neaktivno",
    "inactiu",
    "неактивен",
    "неактивний",
    "ανενεργό",
    "不活动",
    "不活動",
    "không hoạt động",
];

/// `ufw status`
pub fn ufw(input: &str) -> Result<FirewallProfile, ParseError> {
    let status = text::lines(input)
        .find_map(|(_, line)| {
            let (name, status) = line.trim().split_once([':', '：'])?;
            UFW_STATUS.contains(&name.trim().to_lowercase().as_str()).then(|| status.trim().to_lowercase())
        })
        .ok_or_else(|| ParseError::field(None, "Status", "is missing: not an output of ufw status"))?;
    let said = |words: &[&str]| words.contains(&status.as_str());
    let enabled = match (said(UFW_ON), said(UFW_OFF)) {
        (true, _) => true,
        (_, true) => false,
        _ => {
            let message = format!("{status:?} is neither active nor inactive");
            return Err(ParseError::field(None, "Status", message));
        }
    };
    Ok(FirewallProfile { profile: "ufw".to_owned(), enabled: Some(enabled) })
}

/// `systemctl status firewalld` or `firewall-cmd --state`
pub fn firewalld(input: &str) -> Result<FirewallProfile, ParseError> {
    // Other services may be told of before it.
    let own =
        input.find("firewalld.service").and_then(|at| input.get(at..)).filter(|own| own.contains("Active:"));
    let lines = text::lines(own.unwrap_or(input)).map(|(_, line)| line.trim());
    let state = lines.clone().find_map(|line| line.strip_prefix("Active:")).map(str::trim);
    let bare = lines.clone().find(|line| matches!(*line, "running" | "not running"));
    let enabled = match (state, bare) {
        (Some(state), _) => match state.split_whitespace().next() {
            Some("active" | "reloading") => Some(true),
            Some("inactive" | "failed") => Some(false),
            _ => None,
        },
        (None, Some(state)) => Some(state == "running"),
        (None, None)
            if ["could not be found", "FirewallD is not running"].iter().any(|said| input.contains(said)) =>
        {
            Some(false)
        }
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
        // What a computer is shipped with, not what holds.
        if path.contains("\\sharedaccess\\defaults\\") {
            continue;
        }
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
    fn ufw_in_other_languages() {
        for (text, expected) in [
            ("Status: Aktiv\n", true),
            ("Status: inaktiv\n", false),
            ("État\u{a0}: actif\n", true),
            ("Estado: inactivo\n", false),
            ("状态： 激活\n", true),
            ("WARN: uid is 0\nСостояние: неактивен\r\n", false),
        ] {
            assert_eq!(ufw(text).unwrap().enabled, Some(expected), "{text}");
        }
    }

    #[test]
    fn firewalld_among_other_services() {
        let both = "● nftables.service - nftables\n   Active: inactive (dead)\n\n\
            ● firewalld.service - firewalld\n   Active: active (running) since x\n";
        assert_eq!(firewalld(both).unwrap().enabled, Some(true));
        assert_eq!(firewalld("FirewallD is not running\n").unwrap().enabled, Some(false));
    }

    #[test]
    fn what_windows_is_shipped_with_does_not_hold() {
        let text = "Windows Registry Editor Version 5.00\n[HKLM\\X\\SharedAccess\\Defaults\\FirewallPolicy\\PublicProfile]\n\
            \"EnableFirewall\"=dword:00000001\n[HKLM\\X\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile]\n\"x\"=dword:00000000\n";
        let found = windows(&registry::read(text).unwrap()).unwrap();
        assert_eq!(
            found.iter().map(|p| (p.profile.as_str(), p.enabled)).collect::<Vec<_>>(),
            [("public", None)]
        );
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
