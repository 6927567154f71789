//! Every command says by example how it is used.

use crate::support::{binary, run};
use std::process::Command;

/// Names of the subcommands that a help text lists.
fn subcommands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = listed.take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

fn check(program: &str, path: &[String], without: &mut Vec<String>) {
    let help = run(Command::new(binary(program)).args(path).arg("--help"));
    let below = subcommands(&help);
    if below.is_empty() && !help.contains("Example") {
        without.push(format!("{program} {}", path.join(" ")));
    }
    for name in below {
        let path: Vec<_> = path.iter().cloned().chain([name]).collect();
        check(program, &path, without);
    }
}

#[test]
fn every_subcommand_has_an_example() {
    let mut without = Vec::new();
    for program in ["kiemke-agent", "kiemke-collector"] {
        check(program, &[], &mut without);
    }
    assert!(without.is_empty(), "add an example (clap's after_help) to:\n  {}", without.join("\n  "));
    let fleet = run(Command::new(env!("CARGO_BIN_EXE_kiemke-fleet")).arg("--help"));
    assert!(fleet.contains("Examples:"));
}
