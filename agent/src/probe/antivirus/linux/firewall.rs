//! ufw, firewalld, and rules of nftables that neither of them made.

use super::Running;
use crate::{
    parse::firewall as parse,
    probe::{Root, program::Programs},
};
use kiemke_schemas::{Problem, ProblemKind, section::antivirus::FirewallProfile};

const NFT: &str = "/usr/sbin/nft";

pub fn read(
    root: &Root,
    running: Option<&Running>,
    programs: &Programs<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<FirewallProfile> {
    let mut found: Vec<_> = ufw(root).into_iter().chain(firewalld(root, running)).collect();
    // Both write their rules with nftables or iptables: theirs are not counted twice.
    if found.iter().all(|profile| profile.enabled != Some(true)) {
        found.extend(nftables(root, programs, problems));
    }
    found
}

fn ufw(root: &Root) -> Option<FirewallProfile> {
    let text = root.attribute("/etc/ufw/ufw.conf")?;
    let enabled =
        text.lines().find_map(|line| line.trim().strip_prefix("ENABLED=")).map(|value| value == "yes");
    Some(FirewallProfile { profile: "ufw".to_owned(), enabled })
}

fn firewalld(root: &Root, running: Option<&Running>) -> Option<FirewallProfile> {
    root.exists("/usr/sbin/firewalld").then(|| FirewallProfile {
        profile: "firewalld".to_owned(),
        enabled: running.map(|running| running.any(&["firewalld"])),
    })
}

/// The kernel shows its rules to few: without the right to see them nothing is known.
fn nftables(root: &Root, programs: &Programs<'_>, problems: &mut Vec<Problem>) -> Option<FirewallProfile> {
    if !root.exists(NFT) {
        return None;
    }
    let enabled = match programs.text(NFT, &["list", "ruleset"]) {
        Ok(text) => Some(parse::nftables(&text)),
        Err(problem) => {
            // A kernel without nftables has no such rules.
            if problem.kind == ProblemKind::Failed && problem.message.contains("not supported") {
                return Some(FirewallProfile { profile: "nftables".to_owned(), enabled: Some(false) });
            }
            let loaded = service_guards(root);
            if loaded.is_none() {
                problems.push(problem);
            }
            loaded
        }
    };
    Some(FirewallProfile { profile: "nftables".to_owned(), enabled })
}

/// The rules that `nftables.service` loads, where it did; those of other programs stay unknown.
fn service_guards(root: &Root) -> Option<bool> {
    root.link_target("/run/systemd/units/invocation:nftables.service")?;
    let rules = ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"]
        .iter()
        .find_map(|path| root.attribute(path))?;
    parse::nftables(&rules).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::{link, program, tree};

    fn found(root: &Root) -> (Vec<(String, Option<bool>)>, Vec<Problem>) {
        let mut problems = Vec::new();
        let running = Running(["systemd".to_owned()].into());
        let profiles = read(root, Some(&running), &Programs::of(root), &mut problems);
        (profiles.into_iter().map(|p| (p.profile, p.enabled)).collect(), problems)
    }

    #[test]
    fn rules_of_nftables_count_where_no_other_service_made_them() {
        let (_guard, root) = tree(&[("/etc/ufw/ufw.conf", "ENABLED=no\n"), ("/usr/sbin/firewalld", "")]);
        let rules = "table inet filter {\n chain input {\n  type filter hook input priority filter; policy drop;\n }\n}";
        program(&root, NFT, &format!("cat <<'X'\n{rules}\nX"));
        let expected =
            [("ufw".into(), Some(false)), ("firewalld".into(), Some(false)), ("nftables".into(), Some(true))];
        assert_eq!(found(&root), (expected.to_vec(), vec![]));
        std::fs::write(root.path("/etc/ufw/ufw.conf"), "ENABLED=yes\n").unwrap();
        assert_eq!(found(&root).0.len(), 2);
    }

    #[test]
    fn rules_that_may_not_be_seen_are_not_known() {
        let (_guard, root) = tree::<&str>(&[]);
        program(&root, NFT, "echo 'Operation not permitted (you must be root)' >&2; exit 1");
        let (profiles, problems) = found(&root);
        assert_eq!(profiles, [("nftables".into(), None)]);
        assert_eq!(problems[0].kind, ProblemKind::Denied);
    }

    #[test]
    fn rules_that_may_not_be_seen_are_those_that_the_running_service_loaded() {
        let rules = "table inet x {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n}\n";
        let (_guard, root) = tree(&[("/etc/nftables.conf", rules)]);
        program(&root, NFT, "echo 'Operation not permitted (you must be root)' >&2; exit 1");
        assert_eq!(found(&root).0, [("nftables".into(), None)]);
        link(&root, "/run/systemd/units/invocation:nftables.service", "159bc19077824b68858fd1fc948cc6ac");
        assert_eq!(found(&root), (vec![("nftables".into(), Some(true))], vec![]));
        std::fs::write(root.path("/etc/nftables.conf"), "flush ruleset\n").unwrap();
        assert_eq!(found(&root).0, [("nftables".into(), None)]);
    }
}
