//! Whoever reads what a command prints may stop early, as `head` does: the command ends as it would have, and says
//! nothing. A full disk is another matter.

use crate::support::{agent::Agent, binary, collector::Collector, said};
use std::{
    fs::{self, File},
    io::pipe,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const UNIT: &str = "26746";
const READER: &str = "Bus 001 Device 002: ID 08e6:3437 Gemalto (was Gemplus) GemPC Twin SmartCard Reader\n";
const SWITCH: &str = "1.3.6.1.2.1.1.1.0|4|a switch\n1.3.6.1.2.1.1.5.0|4|core\n";

/// With a standard output that nobody reads.
fn unread(command: &mut Command) -> Output {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    command.stdout(writer).stderr(Stdio::piped()).output().unwrap()
}

fn ends_quietly(command: &mut Command) {
    let output = unread(command);
    assert!(output.status.success() && output.stderr.is_empty(), "{command:?}: {}", said(&output));
}

/// With neither of the two; 101 would be a panic.
fn fails_without_panic(command: &mut Command) {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let status = command.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(1), "{command:?}");
}

fn fails_on_a_full_disk(command: &mut Command) {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{command:?}: {text}");
    assert!(text.ends_with("No space left on device (os error 28)\n"), "{command:?}: {text}");
}

fn written(folder: &TempDir, name: &str, content: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn commands_of_the_agent_end_quietly() {
    let folder = TempDir::with_prefix("kiemke-pipes-").unwrap();
    let (reader, switch) = (written(&folder, "lsusb", READER), written(&folder, "switch.snmprec", SWITCH));
    let collector = Collector::with_units();
    let agent = Agent::unenrolled();
    ends_quietly(&mut agent.enrol_command(&collector, &collector.token(UNIT)));
    for arguments in [
        ["parse", "lsusb", &reader].as_slice(),
        &["parse", "lsusb", &reader, &reader, &reader],
        &["snmp", "--recording", &switch, "--as", "router"],
        &["inventory", "--pretty"],
        &["status"],
        &["status", "--json"],
        &["run", "--once"],
        &["--help"],
        &["--version"],
    ] {
        ends_quietly(&mut agent.command(arguments));
    }
    fails_without_panic(&mut agent.command(&["parse", "lsusb", "/nowhere"]));
    fails_on_a_full_disk(&mut agent.command(&["status"]));
    fails_on_a_full_disk(&mut agent.command(&["parse", "lsusb", &reader]));
}

fn collector_at(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("kiemke-collector"));
    command.args(arguments).arg("--data").arg(data);
    command
}

/// With a collector that runs, and without.
fn of_a_store(data: &Path) {
    let commands: [&[&str]; 8] = [
        &["units", "list"],
        &["token", "list"],
        &["device", "list", "--json"],
        &["search", "ben nghe"],
        &["flags", "--json"],
        &["export", "equipment", "--unit", "760", "--format", "json"],
        &["check"],
        &["token", "create", "--unit", UNIT, "--uses", "7"],
    ];
    for arguments in commands {
        ends_quietly(&mut collector_at(data, arguments));
    }
    fails_without_panic(&mut collector_at(data, &["units", "list", "--unit", "nowhere"]));
    fails_on_a_full_disk(&mut collector_at(data, &["units", "list"]));
}

#[test]
fn commands_of_the_collector_end_quietly_and_do_their_work() {
    let mut collector = Collector::with_units();
    of_a_store(&collector.data());
    collector.kill();
    of_a_store(&collector.data());
    let tokens = collector.command(&["token", "list"]);
    assert_eq!(tokens.matches("7 of 7 uses left").count(), 2, "{tokens}");
}

#[test]
fn keys_and_releases_are_made_also_where_nobody_reads_what_is_said() {
    let folder = TempDir::with_prefix("kiemke-pipes-").unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, manifest) = (path("release.key"), path("manifest"));
    let executable = written(&folder, "agent", "#!/bin/sh\n");
    ends_quietly(&mut collector_at(folder.path(), &["release", "key", "create", &key]));
    let mut sign = collector_at(folder.path(), &["release", "sign", "--key", &key, "--version", "9.0.0"]);
    ends_quietly(sign.args(["--target", "x", &executable, "--out", &manifest]));
    assert!(Path::new(&manifest).exists());
}
