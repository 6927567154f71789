//! The agent beside ClamAV as its maker ships it: a daemon with a database of the test's own.

use crate::support::{on_path, place::Place, run, skipped, wait_for};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

const DATABASES: &str = "/var/lib/clamav";
const SOCKET: &str = "/run/clamd.sock";
const WARNINGS: &str = "/run/clamd.warnings";
const CONFIGURATION: &str = "DatabaseDirectory /var/lib/clamav\nLocalSocket /run/clamd.sock\nForeground yes\nLogFile /run/clamd.log\n";

struct ClamAv {
    place: Place,
    daemon: Option<Child>,
}

impl ClamAv {
    fn installed() -> Option<Self> {
        if !["clamd", "sigtool", "faketime"].iter().all(|program| on_path(program)) {
            skipped("clamav, clamav-daemon or faketime is missing: no real ClamAV is looked at");
            return None;
        }
        let place = Place::with(&["/etc/clamav", DATABASES, "/run"])?;
        place.write("/etc/clamav/clamd.conf", CONFIGURATION);
        Some(Self { place, daemon: None })
    }

    /// One signature, made when `date` says or now.
    fn take_database(&self, version: u32, date: Option<&str>) {
        let folder = TempDir::with_prefix("kiemke-clamav-").unwrap();
        fs::write(folder.path().join("daily.ndb"), "Kiemke.Test:0:*:6b69656d6b652d7465737420626f6479\n")
            .unwrap();
        fs::write(folder.path().join("COPYING"), "made by a test\n").unwrap();
        let mut build = match date {
            Some(_) => Command::new("faketime"),
            None => Command::new("sigtool"),
        };
        build.args(date.iter().flat_map(|date| [*date, "sigtool"]));
        build.args(["--build=daily.cud", "--unsigned", "--no-cdiff"]).arg(format!("--cvd-version={version}"));
        build.arg(format!("--datadir={}", folder.path().display())).current_dir(folder.path());
        run(build.env("SIGNDUSER", "kiemke").env("TZ", "UTC"));
        let database = self.place.path(DATABASES).join("daily.cud");
        fs::copy(folder.path().join("daily.cud"), database).unwrap();
    }

    fn start(&mut self) {
        let warnings = File::create(self.place.path(WARNINGS)).unwrap();
        let mut daemon = self.place.command("clamd");
        daemon.env("TZ", "UTC").stdout(Stdio::null()).stderr(warnings);
        self.daemon = Some(daemon.spawn().unwrap());
        let answers = || self.ask("PING").filter(|answer| answer == "PONG");
        wait_for("clamd answers", answers);
    }

    fn stop(&mut self) {
        self.ask("SHUTDOWN");
        self.daemon.take().unwrap().wait().unwrap();
    }

    fn ask(&self, what: &str) -> Option<String> {
        let mut stream = UnixStream::connect(self.place.path(SOCKET)).ok()?;
        stream.write_all(format!("z{what}\0").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        Some(answer.trim_end_matches('\0').to_owned())
    }

    /// As the agent tells it.
    fn seen(&self) -> Value {
        let inventory = self.place.inventory();
        let products = inventory["sections"]["antivirus"]["value"]["products"].as_array().unwrap().clone();
        let mut found = products.into_iter().filter(|product| product["name"] == "ClamAV");
        let product = found.next().unwrap_or_else(|| panic!("{inventory}"));
        assert_eq!(found.next(), None);
        product
    }
}

fn signatures(state: &str, version: &str, product: &Value) -> Value {
    json!({"state": state, "version": version, "updated_at": product["signatures"]["updated_at"]})
}

#[test]
fn a_daemon_that_runs_stops_and_has_old_signatures() {
    let Some(mut clamav) = ClamAv::installed() else { return };
    clamav.take_database(27_001, None);
    clamav.start();
    let seen = clamav.seen();
    assert_eq!(seen["state"], "on");
    assert_eq!(seen["signatures"], signatures("current", "27001", &seen));
    assert!(seen["signatures"]["updated_at"].is_string(), "{seen}");
    let itself = clamav.ask("VERSION").unwrap();
    assert!(itself.starts_with("ClamAV ") && itself.contains("/27001/"), "{itself}");
    assert!(
        seen["version"].as_str().unwrap().starts_with(&itself["ClamAV ".len()..itself.find('/').unwrap()])
    );

    clamav.stop();
    let seen = clamav.seen();
    assert_eq!(seen["state"], "off");
    assert_eq!(seen["signatures"], signatures("current", "27001", &seen));

    clamav.take_database(26_003, Some("2024-03-01 08:00:00 UTC"));
    clamav.start();
    let itself = clamav.ask("VERSION").unwrap();
    assert!(itself.contains("/26003/Fri Mar  1 "), "{itself}");
    let seen = clamav.seen();
    assert_eq!(seen["state"], "on");
    assert_eq!(
        seen["signatures"],
        json!({"state": "old", "version": "26003", "updated_at": "2024-03-01T08:00:00Z"})
    );
    let warnings = fs::read_to_string(clamav.place.path(WARNINGS)).unwrap();
    assert!(warnings.contains("The virus database is older than 7 days!"), "{warnings}");
    clamav.stop();
}
