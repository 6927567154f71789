//! Devices that answer over the wire: snmpsim with the recorded routers, net-snmp's snmpd with SNMP v3. Both on
//! loopback and a port of their own.

use super::{agent, expected, fixtures, skipped, text};
use serde_json::Value;
use std::{
    fs,
    net::UdpSocket,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Ends with the test.
struct Peer {
    child: Child,
    address: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(command: &mut Command, port: u16) -> Peer {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    Peer { child, address: format!("127.0.0.1:{port}") }
}

/// The answer of the agent, or its error.
fn try_agent(arguments: &[&str]) -> Result<Value, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_kiemke-agent")).args(arguments).output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Peers need a moment before they answer.
fn wait_for(arguments: &[&str]) -> Value {
    let mut error = String::new();
    for _ in 0..60 {
        match try_agent(arguments) {
            Ok(answer) => return answer,
            Err(text) => error = text,
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("{arguments:?}: {error}")
}

/// snmpsim refuses to run as root and cannot read the home of others: a copy that everybody may read.
fn open_copy(from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for row in
        expected::rows(from).iter().map(|row| row["file"].clone()).chain(["draytek_live.snmprec".into()])
    {
        fs::copy(from.join(&row), copy.path().join(&row)).unwrap();
    }
    let status = Command::new("chmod").args(["-R", "a+rwX"]).arg(copy.path()).status().unwrap();
    assert!(status.success());
    copy
}

fn simulator(data: &Path) -> Option<Peer> {
    let Some(venv) = std::env::var_os("SNMPSIM_VENV").map(PathBuf::from) else {
        skipped("routers over the wire: SNMPSIM_VENV is not set (pip install snmpsim pysmi)");
        return None;
    };
    let port = free_port();
    let cache = data.join("cache");
    fs::create_dir(&cache).unwrap();
    let mut command = Command::new(venv.join("bin/snmpsim-command-responder"));
    command
        .arg(format!("--data-dir={}", data.display()))
        .arg(format!("--cache-dir={}", cache.display()))
        .arg(format!("--agent-udpv4-endpoint=127.0.0.1:{port}"))
        .args(["--process-user=nobody", "--process-group=nogroup"]);
    let status = Command::new("chmod").arg("a+rwx").arg(&cache).status().unwrap();
    assert!(status.success());
    Some(start(&mut command, port))
}

fn lines(answer: &Value) -> Value {
    let mut lines = answer.pointer("/sections/link/value/lines").cloned().unwrap();
    for line in lines.as_array_mut().unwrap() {
        let line = line.as_object_mut().unwrap();
        for field in ["router", "changed_at", "peak_bps"] {
            line.remove(field);
        }
    }
    lines
}

#[test]
fn over_the_wire_a_router_reads_as_its_recording() {
    let Some(folder) = fixtures().map(|folder| folder.join("routers")) else { return };
    let data = open_copy(&folder);
    let Some(peer) = simulator(data.path()) else { return };
    for row in expected::rows(&folder) {
        let file = row["file"].clone();
        let community = file.trim_end_matches(".snmprec");
        let wire =
            wait_for(&["snmp", &peer.address, "--community", community, "--as", "router", "--measure", "0"]);
        let recorded =
            agent(&["snmp", "--recording", &folder.join(&file).display().to_string(), "--as", "router"]);
        assert_eq!(lines(&wire), lines(&recorded), "{file}");
    }
    let v1 = wait_for(&[
        "snmp",
        &peer.address,
        "--v1",
        "--community",
        "draytek",
        "--as",
        "auto",
        "--measure",
        "0",
    ]);
    assert_eq!(text(&v1, "/sections/link/value/lines/0/interface"), "WAN1");
    // 125,000 bytes a second; the 32-bit counter wraps on the way.
    let live =
        wait_for(&["snmp", &peer.address, "--community", "draytek_live", "--as", "router", "--measure", "4"]);
    let peak = live.pointer("/sections/link/value/lines/0/peak_bps").and_then(Value::as_u64).unwrap();
    assert!((800_000..1_250_000).contains(&peak), "{peak}");
}

const DAEMONS: &[&str] = &["/usr/sbin/snmpd", "/usr/local/sbin/snmpd"];

#[test]
fn version_3_with_authentication_and_privacy() {
    let Some(daemon) = DAEMONS.iter().find(|path| Path::new(path).exists()) else {
        skipped("SNMP v3: net-snmp's snmpd is not installed");
        return;
    };
    let state = tempfile::tempdir().unwrap();
    let configuration = state.path().join("snmpd.conf");
    let users = "createUser ann SHA-256 \"authpass-ann\" AES \"privpass-ann\"\nrouser ann priv\n\
                 createUser bob SHA \"authpass-bob\" AES \"privpass-bob\"\nrouser bob priv\n\
                 sysDescr a router of the test\nsysName test\n";
    fs::write(&configuration, users).unwrap();
    let port = free_port();
    let mut command = Command::new(daemon);
    command
        .args(["-f", "-C", "-c"])
        .arg(&configuration)
        .arg(format!("udp:127.0.0.1:{port}"))
        .env("SNMP_PERSISTENT_DIR", state.path());
    let peer = start(&mut command, port);
    let ask = |user, auth, privacy| {
        let fixed = ["--as", "router", "--measure", "0", "--timeout", "1"];
        [["snmp", &peer.address, "--v3", user, "--auth", auth, "--privacy", privacy].as_slice(), &fixed]
            .concat()
    };
    let ann = wait_for(&ask("ann", "sha256:authpass-ann", "aes:privpass-ann"));
    assert_eq!(text(&ann, "/device/description"), "a router of the test");
    assert_eq!(text(&ann, "/device/name"), "test");
    let bob = wait_for(&ask("bob", "sha1:authpass-bob", "aes128:privpass-bob"));
    assert_eq!(text(&bob, "/device/description"), "a router of the test");
    let refused = try_agent(&ask("ann", "sha256:wrong-password", "aes:privpass-ann")).unwrap_err();
    assert!(refused.contains("refused"), "{refused}");
    let refused = try_agent(&ask("eve", "sha256:authpass-ann", "aes:privpass-ann")).unwrap_err();
    assert!(refused.contains("refused"), "{refused}");
}
