//! Products besides ClamAV: found by their files, judged by their own tools, else by their processes.

use super::Running;
use crate::probe::{
    Root,
    antivirus::products::{BY_SERVICE, KNOWN, KnownProduct, NamedService, Tool},
    program::Programs,
};
use jiff::Zoned;
use kiemke_schemas::{
    Problem, ProblemKind,
    section::antivirus::{Product, ProductState, Signatures},
};

pub fn read(
    root: &Root,
    running: Option<&Running>,
    programs: &Programs<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Product> {
    let mut found = Vec::new();
    for known in KNOWN {
        if let Some(product) = installed(root, known, running) {
            found.push(asked(root, known, product, programs, problems));
        }
    }
    found.extend(BY_SERVICE.iter().filter_map(|named| of_service(root, named, running)));
    found
}

fn installed(root: &Root, known: &KnownProduct, running: Option<&Running>) -> Option<Product> {
    let source = known.paths.iter().find(|path| root.exists(path))?;
    Some(Product {
        name: known.name.to_owned(),
        vendor: Some(known.vendor.to_owned()),
        version: None,
        state: state(root, running, |names| names.any(known.processes), known.units),
        signatures: Signatures::default(),
        source: (*source).to_owned(),
    })
}

/// Makers rename their processes: that none is seen tells "off" only where systemd has no such service either.
fn state(
    root: &Root,
    running: Option<&Running>,
    runs: impl Fn(&Running) -> bool,
    units: &[&str],
) -> ProductState {
    match running {
        Some(running) if runs(running) => ProductState::On,
        _ if units.iter().any(|unit| service_runs(root, unit)) => ProductState::On,
        Some(running) if running.0.contains("systemd") => ProductState::Off,
        _ => ProductState::Unknown,
    }
}

fn service_runs(root: &Root, unit: &str) -> bool {
    ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd"]
        .iter()
        .any(|hierarchy| root.exists(&format!("{hierarchy}/system.slice/{unit}.service")))
}

/// The product's tool is asked unless nothing of the product runs: it would wait for its service in vain.
fn asked(
    root: &Root,
    known: &KnownProduct,
    product: Product,
    programs: &Programs<'_>,
    problems: &mut Vec<Problem>,
) -> Product {
    let Some(tool) = known.tool.as_ref().filter(|tool| root.exists(tool.commands[0].0)) else {
        return product;
    };
    if product.state == ProductState::Off {
        return product;
    }
    match answer(tool, programs) {
        Ok(told) => Product {
            state: if told.state == ProductState::Unknown && !tool.tells_state {
                product.state
            } else {
                told.state
            },
            version: told.version,
            signatures: told.signatures,
            source: tool.commands[0].0.to_owned(),
            ..product
        },
        Err(problem) => {
            problems.push(problem);
            let state = if tool.tells_state { ProductState::Unknown } else { product.state };
            Product { state, ..product }
        }
    }
}

/// Some of the commands may fail (a version that lacks one): what the others print may do.
fn answer(tool: &Tool, programs: &Programs<'_>) -> Result<Product, Problem> {
    let (mut text, mut failure) = (String::new(), None);
    for (program, arguments) in tool.commands {
        match programs.text(program, arguments) {
            Ok(printed) => text.push_str(&printed),
            Err(problem) => {
                // What hangs once hangs again.
                let gives_up = problem.kind == ProblemKind::Timeout;
                failure = failure.or(Some(problem));
                if gives_up {
                    break;
                }
            }
        }
        text.push('\n');
    }
    let (program, _) = tool.commands[0];
    match ((tool.parse)(&text, Zoned::now().date()), failure) {
        (Ok(product), _) => Ok(product),
        (Err(_), Some(failure)) => Err(failure),
        (Err(error), None) => Err(Problem::new(ProblemKind::Failed, program, error.to_string())),
    }
}

const UNIT_FOLDERS: &[&str] = &["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

fn of_service(root: &Root, named: &NamedService, running: Option<&Running>) -> Option<Product> {
    let marked = |name: &str| named.marks.iter().any(|mark| name.to_lowercase().contains(mark));
    let unit = UNIT_FOLDERS.iter().find_map(|folder| {
        let names = root.names(folder).ok()?;
        let unit = names.into_iter().find(|name| name.ends_with(".service") && marked(name))?;
        Some(format!("{folder}/{unit}"))
    });
    let unit = unit?;
    let service = unit.rsplit('/').next().and_then(|file| file.strip_suffix(".service")).unwrap_or_default();
    Some(Product {
        name: named.product.to_owned(),
        vendor: Some(named.vendor.to_owned()),
        version: None,
        state: state(root, running, |names| names.0.iter().any(|name| marked(name)), &[service]),
        signatures: Signatures::default(),
        source: unit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::{program, tree};

    const HEALTH: &str = r#"echo '{"appVersion":"101.1","definitionsStatus":{"$type":"upToDate"},
        "realTimeProtectionEnabled":{"value":true},"passiveModeEnabled":{"value":true}}'"#;

    fn running(names: &[&str]) -> Running {
        Running(names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn found(root: &Root, names: &[&str]) -> (Vec<Product>, Vec<Problem>) {
        let mut problems = Vec::new();
        let products = read(root, Some(&running(names)), &Programs::of(root), &mut problems);
        (products, problems)
    }

    #[test]
    fn the_tool_says_more_than_the_process() {
        let (_guard, root) = tree(&[("/opt/microsoft/mdatp/sbin/wdavdaemon", "")]);
        program(&root, "/usr/bin/mdatp", HEALTH);
        let (products, problems) = found(&root, &["systemd", "wdavdaemon"]);
        assert_eq!(problems, []);
        assert_eq!(
            (products[0].state, products[0].version.as_deref()),
            (ProductState::Passive, Some("101.1"))
        );
        assert_eq!(products[0].name, "Microsoft Defender for Endpoint");
    }

    #[test]
    fn a_tool_is_not_asked_where_nothing_of_its_product_runs() {
        let (_guard, root) = tree(&[("/opt/microsoft/mdatp/sbin/wdavdaemon", "")]);
        program(&root, "/usr/bin/mdatp", "touch asked; exit 1");
        let (products, problems) = found(&root, &["systemd"]);
        assert_eq!((products[0].state, problems), (ProductState::Off, vec![]));
    }

    #[test]
    fn without_an_answer_the_state_is_not_known_where_only_the_tool_knows_it() {
        let (_guard, root) = tree(&[("/opt/eset/eea/bin/odscan", "")]);
        program(&root, "/opt/kaspersky/kesl/bin/kesl-control", "echo 'Permission denied'; exit 77");
        program(&root, "/opt/eset/eea/bin/upd", "exit 1");
        let (products, problems) = found(&root, &["systemd", "kesl", "oaeventd"]);
        let states: Vec<_> = products.iter().map(|p| (p.name.as_str(), p.state)).collect();
        let expected = [
            ("Kaspersky Endpoint Security", ProductState::Unknown),
            ("ESET Endpoint Antivirus", ProductState::On),
        ];
        assert_eq!(states, expected);
        let kinds: Vec<_> = problems.iter().map(|p| (p.kind, p.source.as_str())).collect();
        let expected = [
            (ProblemKind::Denied, "/opt/kaspersky/kesl/bin/kesl-control --app-info"),
            (ProblemKind::Failed, "/opt/eset/eea/bin/upd --version"),
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn several_commands_are_read_together_and_one_may_be_unknown_to_the_version() {
        let (_guard, root) = tree::<&str>(&[]);
        let script = r#"case "$1" in version) echo 'Agent version: 30.1';; control) echo 'Agent state   Enabled';; *) exit 2;; esac"#;
        program(&root, "/opt/sentinelone/bin/sentinelctl", script);
        let (products, problems) = found(&root, &["systemd", "s1-agent"]);
        assert_eq!((products[0].state, products[0].version.as_deref()), (ProductState::On, Some("30.1")));
        assert_eq!(problems, []);
    }

    #[test]
    fn management_agents_and_watchers_are_no_protection() {
        let (_guard, root) = tree(&[
            ("/opt/kaspersky/klnagent64/bin/klnagchk", ""),
            ("/opt/eset/RemoteAdministrator/Agent/ERAAgent", ""),
            ("/var/ossec/bin/wazuh-agentd", ""),
            ("/lib/systemd/system/wazuh-agent.service", ""),
            ("/lib/systemd/system/klnagent64.service", ""),
        ]);
        assert_eq!(found(&root, &["systemd", "klnagent", "ERAAgent", "wazuh-agentd"]), (vec![], vec![]));
    }

    #[test]
    fn viettel_is_known_by_its_service() {
        let (_guard, root) = tree(&[("/etc/systemd/system/vcs-ajiant.service", "")]);
        let (products, _) = found(&root, &["systemd"]);
        assert_eq!(
            (products[0].name.as_str(), products[0].state),
            ("Viettel Endpoint Security", ProductState::Off)
        );
        let (products, _) = found(&root, &["systemd", "ajiant-core"]);
        assert_eq!(products[0].state, ProductState::On);
    }
}
