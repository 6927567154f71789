//! The agent beside CUPS: a scheduler of the test's own with queues of every kind.

use crate::support::{on_path, place::Place, run, skipped, wait_for};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    process::{Child, Stdio},
};

const FOLDERS: &[&str] = &["/etc/cups", "/run", "/var/spool/cups", "/var/cache/cups", "/var/log/cups"];
const FILES: &str = "SystemGroup root\nFileDevice Yes\nErrorLog stderr\n";
const SCHEDULER: &str = "LogLevel warn\nListen /run/cups/cups.sock\nBrowsing No\nWebInterface No\n\
    DirtyCleanInterval 0\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n\
    <Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n";
/// `NAME` is how the print system calls the model.
const DRIVER: &str = r#"*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "MFC.PPD"
*Manufacturer: "Brother"
*Product: "(MFC-L2701DW)"
*ModelName: "Brother MFC-L2701DW"
*ShortNickName: "Brother MFC-L2701DW"
*NickName: "NAME"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: False
*DefaultColorSpace: Gray
*OpenUI *PageSize/Size: PickOne
*DefaultPageSize: A4
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Region: PickOne
*DefaultPageRegion: A4
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4/A4: "10 10 585 832"
*DefaultPaperDimension: A4
*PaperDimension A4/A4: "595 842"
"#;

/// Ends with its place.
struct Cups {
    place: Place,
    _scheduler: Child,
}

impl Cups {
    fn start() -> Option<Self> {
        if !["cupsd", "lpadmin", "lpstat"].iter().all(|program| on_path(program)) {
            skipped("cups-daemon or cups-client is missing: no real print queue is looked at");
            return None;
        }
        let place = Place::with(FOLDERS)?;
        place.write("/etc/cups/cups-files.conf", FILES);
        place.write("/etc/cups/cupsd.conf", SCHEDULER);
        fs::create_dir(place.path("/run/cups")).unwrap();
        let log = File::create(place.path("/run/log")).unwrap();
        let scheduler = place.command("cupsd").arg("-f").stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let cups = Self { place, _scheduler: scheduler };
        wait_for("the scheduler runs", || {
            let said = cups.place.command("lpstat").arg("-r").output().unwrap();
            said.stdout.starts_with(b"scheduler is running").then_some(())
        });
        Some(cups)
    }

    fn add(&self, queue: &str, device: &str, more: &[&str]) {
        run(self.place.command("lpadmin").args(["-p", queue, "-E", "-v", device]).args(more));
    }

    fn add_with_driver(&self, queue: &str, device: &str, name: &str) {
        self.place.write("/etc/cups/driver.ppd", &DRIVER.replace("NAME", name));
        self.add(queue, device, &["-P", "/etc/cups/driver.ppd", "-D", "Phòng một cửa"]);
    }

    /// What the agent tells of queues: name, kind and how they are connected.
    fn seen(&self) -> Vec<Value> {
        let inventory = self.place.inventory();
        let section = &inventory["sections"]["peripheral"];
        // A machine without USB and queues has no value.
        let devices = section["value"]["devices"].as_array().cloned().unwrap_or_default();
        let queue =
            |device: &&Value| device["bus_path"].as_str().is_some_and(|path| path.starts_with("queue:"));
        let mut seen: Vec<Value> = devices.iter().filter(queue).map(told).collect();
        seen.sort_by_key(|device| device["queue"].to_string());
        seen
    }
}

fn told(device: &Value) -> Value {
    assert_eq!(device["classified_by"], "print-queue");
    json!({
        "queue": device["bus_path"], "kind": device["kind"], "connection": device["connection"],
        "model": device["model"], "address": device["address"], "server": device["server"],
    })
}

#[test]
fn queues_of_a_real_scheduler_are_printers() {
    let Some(cups) = Cups::start() else { return };
    assert_eq!(cups.seen(), Vec::<Value>::new());
    cups.add_with_driver("MotCua", "socket://192.0.2.31:9100", "Brother MFC-L2701DW, using brlaser v6");
    cups.add_with_driver("TuDong", "ipp://192.0.2.32/ipp/print", "Canon LBP226dw - IPP Everywhere");
    cups.add("Chung", "ipp://print-01.example/printers/LBP2900", &[]);
    // No machine that prints.
    cups.add("Tep", "file:///dev/null", &[]);
    assert_eq!(
        cups.seen(),
        [
            json!({"queue": "queue:Chung", "kind": "printer", "connection": "shared", "model": null,
                   "address": null, "server": "print-01.example"}),
            json!({"queue": "queue:MotCua", "kind": "multifunction", "connection": "network",
                   "model": "Brother MFC-L2701DW", "address": "192.0.2.31", "server": null}),
            json!({"queue": "queue:TuDong", "kind": "printer", "connection": "network",
                   "model": "Canon LBP226dw", "address": "192.0.2.32", "server": null}),
        ]
    );
    run(cups.place.command("lpadmin").args(["-x", "Chung"]));
    assert_eq!(cups.seen().len(), 2);
}
