//! What an administrator switches on for a unit reaches its agents, and what is switched off ends there. The
//! routers are real SNMP agents on loopback.

use crate::support::{
    agent::Agent,
    collector::Collector,
    machine::office,
    router::{self, AUTHENTICATION, COMMUNITY, PRIVACY, Port},
    run, wait_for,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const DISTRICT: &str = "760";
const UNIT: &str = "26746";
const SECRETS: [&str; 3] = [AUTHENTICATION, PRIVACY, COMMUNITY];

struct Office {
    collector: Collector,
    agent: Agent,
    device: String,
    _root: TempDir,
}

impl Office {
    fn open() -> Self {
        let (collector, root) = (Collector::with_units(), office());
        let mut agent = Agent::enrol_on(root.path(), &collector, &collector.token(DISTRICT), UNIT);
        agent.start();
        let device = agent.device();
        let office = Self { collector, agent, device, _root: root };
        office.wait_for_facts("a report is stored", |facts| facts.is_object().then_some(()));
        office
    }

    fn set(&self, unit: &str, text: &str) -> String {
        let file = self.collector.folder.path().join("settings.toml");
        fs::write(&file, text).unwrap();
        let said = self.collector.command(&["settings", "set", unit, file.to_str().unwrap()]);
        fs::remove_file(file).unwrap();
        said
    }

    fn wait_for_facts<T>(&self, what: &str, check: impl Fn(&Value) -> Option<T>) -> T {
        wait_for(what, || check(&self.collector.json(&["device", "show", &self.device, "--json"])["facts"]))
    }

    /// [interface, state, internet]
    fn wait_for_lines(&self, expected: &Value) {
        self.wait_for_facts("the router's lines are known", |facts| {
            let lines = facts["router_lines"].as_array().unwrap().iter();
            let lines: Vec<_> =
                lines.map(|line| json!([line["interface"], line["state"], line["internet"]])).collect();
            (json!(lines) == *expected).then_some(())
        });
    }

    fn shown(&self) -> Value {
        self.collector.json(&["settings", "show", UNIT, "--json"])
    }

    /// The cell about lines in the equipment appendix.
    fn lines(&self) -> String {
        let form = self.collector.json(&["export", "equipment", "--unit", UNIT, "--format", "json"]);
        let lines = form["rows"][0]["cells"]["lines"]["lines"].as_array().unwrap();
        lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }

    fn status(&self) -> String {
        run(&mut self.agent.command(&["status"]))
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Which of these files hold something that opens a router.
fn telling(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        // What is removed meanwhile tells nothing.
        let content = fs::read(path).unwrap_or_default();
        let holds = |secret: &&str| content.windows(secret.len()).any(|part| part == secret.as_bytes());
        SECRETS.iter().any(holds)
    };
    files.into_iter().filter(holds).collect()
}

fn version_3(port: u16) -> String {
    format!(
        "snmp_interval_seconds = 30\n[[snmp]]\nrole = \"router\"\nhost = \"127.0.0.1\"\nport = {port}\nversion = \"3\"\n\
         user = \"kiemke\"\nauthentication = {{ protocol = \"sha256\", password = \"{AUTHENTICATION}\" }}\n\
         privacy = {{ protocol = \"aes128\", password = \"{PRIVACY}\" }}\n"
    )
}

fn version_2c(port: u16, community: &str) -> String {
    format!(
        "[[snmp]]\nrole = \"router\"\nhost = \"127.0.0.1\"\nport = {port}\nversion = \"2c\"\ncommunity = \"{community}\"\n"
    )
}

const PORTS: [Port<'static>; 4] = [
    (1, "WAN1", true, Some("113.160.1.2")),
    (2, "WAN2", true, Some("171.224.1.2")),
    (3, "WAN3", false, None),
    (4, "LAN", true, Some("192.168.1.1")),
];

#[test]
fn a_router_is_polled_as_long_as_its_unit_says_so() {
    let Some(router) = router::made_up(&PORTS) else { return };
    let office = Office::open();
    assert!(office.status().contains("switched on   nothing"), "{}", office.status());
    assert_eq!(office.lines(), "Chưa có số liệu");
    let said = office.set(DISTRICT, &version_3(router.port));
    assert_eq!(said, format!("settings of {DISTRICT} are kept; 1 agent(s) are told\n"));
    office.wait_for_lines(&json!([["WAN1", "up", true], ["WAN2", "up", true], ["WAN3", "down", true]]));
    assert_eq!(office.lines(), "02 đường truyền VNPT và Viettel");
    wait_for("the agent says that it obeys", || {
        (office.shown()["agents"][0]["in_force"] == json!(true)).then_some(())
    });
    assert_eq!(office.shown()["agents"][0]["device"], json!(office.device));
    let status = office.status();
    let line = format!("router poll by SNMP v3: 127.0.0.1 port {}", router.port);
    assert!(status.contains(&line), "{status}");

    let said = office.collector.command(&["settings", "clear", DISTRICT]);
    assert_eq!(said, format!("settings of {DISTRICT} are withdrawn; 1 agent(s) are told\n"));
    office.wait_for_lines(&json!([]));
    assert!(office.status().contains("switched on   nothing"), "{}", office.status());
    assert_eq!(office.shown()["effective"], json!({}));
}

#[test]
fn what_opens_a_router_is_kept_sealed_and_never_told() {
    let Some(router) = router::made_up(&PORTS) else { return };
    let office = Office::open();
    let other = version_2c(router.port, COMMUNITY).replace("127.0.0.1", "127.0.0.2");
    let both = [version_3(router.port), other].concat();
    office.set(UNIT, &both);
    office.wait_for_lines(&json!([["WAN1", "up", true], ["WAN2", "up", true], ["WAN3", "down", true]]));
    let shown = office.shown().to_string();
    assert!(shown.contains("\"user\":\"kiemke\"") && !SECRETS.iter().any(|secret| shown.contains(secret)));
    let status = run(&mut office.agent.command(&["status", "--json"]));
    assert!(status.contains("kiemke") && !SECRETS.iter().any(|secret| status.contains(secret)), "{status}");
    // The store with its journal, the keys, the search index, the log.
    assert_eq!(telling(files_below(office.collector.folder.path())), Vec::<PathBuf>::new());
    assert_eq!(telling(files_below(&office.agent.state())), Vec::<PathBuf>::new());
    assert!(!SECRETS.iter().any(|secret| office.agent.log().contains(secret)));
    for file in [office.collector.data().join("settings.key"), office.agent.state().join("settings.json")] {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    // An empty password stays what it was.
    let kept = version_3(router.port).replace(AUTHENTICATION, "").replace(PRIVACY, "");
    office.set(UNIT, &kept);
    assert_eq!(office.shown()["own"]["settings"]["snmp"].as_array().unwrap().len(), 1);
}

#[test]
fn wrong_settings_are_refused_and_change_nothing() {
    let collector = Collector::with_units();
    let refused = |text: &str| {
        let file = collector.folder.path().join("settings.toml");
        fs::write(&file, text).unwrap();
        collector.refused(&["settings", "set", UNIT, file.to_str().unwrap()])
    };
    let error = refused(&version_3(161).replace(PRIVACY, "short"));
    assert!(error.contains("field snmp.0.privacy.password: shorter than 8 characters"), "{error}");
    let error = refused("sweeps = true\n");
    assert!(error.contains("settings.toml: field sweeps: unknown field"), "{error}");
    let error = refused(&version_2c(161, ""));
    assert!(error.contains("field snmp.0.community: 1 to 255 bytes expected"), "{error}");
    let error = collector.refused(&["settings", "clear", "99999"]);
    assert!(error.contains("field unit: there is no unit 99999"), "{error}");
    assert_eq!(collector.json(&["settings", "show", UNIT, "--json"])["effective"], json!({}));
}

/// A person cannot tell either: nothing of it is counted.
#[test]
fn a_router_that_tells_too_little_is_a_question_and_never_a_count() {
    let Some(router) = router::recorded(&["panos_440.snmprec", "routeros_rb760igs.snmprec"]) else { return };
    let office = Office::open();
    for community in ["panos_440", "routeros_rb760igs"] {
        office.set(UNIT, &version_2c(router.port, community));
        let lines = office.wait_for_facts("the router's ports are known", |facts| {
            let lines = facts["router_lines"].as_array().unwrap();
            (!lines.is_empty()).then(|| lines.clone())
        });
        assert!(lines.iter().all(|line| line["internet"] != json!(true)), "{lines:?}");
        assert!(lines.iter().any(|line| line["internet"].is_null()), "{lines:?}");
        assert_eq!(office.lines(), "Chưa có số liệu");
        office.collector.command(&["settings", "clear", UNIT]);
        office.wait_for_lines(&json!([]));
    }
}
