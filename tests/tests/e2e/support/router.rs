//! Routers that answer SNMP on a free port of the loopback: net-snmp's snmpd with tables made by hand, and
//! snmpsim with recordings of real ones.

use super::{network::Space, skipped};
use std::{
    fs,
    net::{Ipv4Addr, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

pub const AUTHENTICATION: &str = "open-sesame-auth";
pub const PRIVACY: &str = "open-sesame-priv";
pub const COMMUNITY: &str = "open-sesame-v2c";

/// Ends with the test.
pub struct Router {
    pub port: u16,
    child: Child,
    _folder: TempDir,
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(command: &mut Command, port: u16, folder: TempDir) -> Router {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    Router { port, child, _folder: folder }
}

/// Index, name, whether it works, and the address in its /30 network.
pub type Port<'a> = (u32, &'a str, bool, Option<&'a str>);

fn tables(ports: &[Port<'_>]) -> String {
    let mut text = String::new();
    for (index, name, works, address) in ports {
        let oper = if *works { 1 } else { 2 };
        text += &format!(
            "override .1.3.6.1.2.1.2.2.1.2.{index} octet_str \"{name}\"\n\
             override .1.3.6.1.2.1.2.2.1.3.{index} integer 6\n\
             override .1.3.6.1.2.1.2.2.1.7.{index} integer 1\n\
             override .1.3.6.1.2.1.2.2.1.8.{index} integer {oper}\n"
        );
        if let Some(address) = address {
            text += &format!("override .1.3.6.1.2.1.4.20.1.2.{address} integer {index}\n");
        }
    }
    text
}

const DAEMONS: &[&str] = &["/usr/sbin/snmpd", "/usr/local/sbin/snmpd"];
/// Not this machine's own interfaces.
const MODULES: &str =
    "system_mib,override,usmConf,usmUser,usmStats,vacm_conf,vacm_vars,vacm_context,snmpEngine,setSerialNo";

/// User `kiemke` with SHA-256 and AES, and a community for version 2c; `None`, loudly, without net-snmp.
pub fn made_up(ports: &[Port<'_>]) -> Option<Router> {
    made_up_at(ports, None, Ipv4Addr::LOCALHOST)
}

pub fn made_up_at(ports: &[Port<'_>], space: Option<&Space>, address: Ipv4Addr) -> Option<Router> {
    let Some(daemon) = DAEMONS.iter().find(|path| Path::new(path).exists()) else {
        skipped("net-snmp's snmpd is not installed: no router answers");
        return None;
    };
    let (folder, port) = (TempDir::with_prefix("kiemke-router-").unwrap(), free_port());
    let file = folder.path().join("snmpd.conf");
    let users = format!(
        "createUser kiemke SHA-256 \"{AUTHENTICATION}\" AES \"{PRIVACY}\"\nrouser kiemke priv\n\
         rocommunity {COMMUNITY}\nsysDescr a router of the test\nsysName test\n"
    );
    fs::write(&file, [users, tables(ports)].concat()).unwrap();
    let daemon = Path::new(daemon);
    let mut command = space.map_or_else(|| Command::new(daemon), |space| space.command(daemon));
    command.args(["-f", "-C", "-I", MODULES, "-c"]).arg(&file).arg(format!("udp:{address}:{port}"));
    command.env("SNMP_PERSISTENT_DIR", folder.path()).env("MIBS", "");
    Some(start(&mut command, port, folder))
}

/// The recorded routers; the community is the name of the file. `None`, loudly, without snmpsim.
pub fn recorded(files: &[&str]) -> Option<Router> {
    let Some(fixtures) = std::env::var_os("KIEMKE_FIXTURES").map(PathBuf::from) else {
        skipped("KIEMKE_FIXTURES is not set: no recorded router answers");
        return None;
    };
    let Some(venv) = std::env::var_os("SNMPSIM_VENV").map(PathBuf::from) else {
        skipped("SNMPSIM_VENV is not set (pip install snmpsim pysmi): no recorded router answers");
        return None;
    };
    let (folder, port) = (TempDir::with_prefix("kiemke-router-").unwrap(), free_port());
    let (data, cache) = (folder.path().join("data"), folder.path().join("cache"));
    fs::create_dir(&data).unwrap();
    fs::create_dir(&cache).unwrap();
    for file in files {
        fs::copy(fixtures.join("routers").join(file), data.join(file)).unwrap();
    }
    // It refuses to run as root.
    let opened = Command::new("chmod").args(["-R", "a+rwX"]).arg(folder.path()).status().unwrap();
    assert!(opened.success());
    let mut command = Command::new(venv.join("bin/snmpsim-command-responder"));
    command
        .arg(format!("--data-dir={}", data.display()))
        .arg(format!("--cache-dir={}", cache.display()))
        .arg(format!("--agent-udpv4-endpoint=127.0.0.1:{port}"))
        .args(["--process-user=nobody", "--process-group=nogroup"]);
    Some(start(&mut command, port, folder))
}
