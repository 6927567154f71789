//! The agent for Windows on Wine: what can be shown without a Windows.

use crate::support::{
    collector::Collector,
    database::Database,
    on_path, run, runtime, said, skipped, wait_for,
    wine::{TARGET, Windows, copy_of_agent},
};
use kiemke_schemas::{
    Section, SectionName,
    section::{
        antivirus::Antivirus, hardware::Hardware, link::Links, load::Load, network::Network,
        operating_system::OperatingSystem, peripheral::Peripherals, software::Software, storage::Storage,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const EVENT_SOURCE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\kiemke-agent";
const MSI_SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/windows/msi.sh");
const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/json");

/// A section with a value, or with the reasons why there is none.
fn section<T: DeserializeOwned>(inventory: &Value, name: SectionName) -> Section<T> {
    let text = inventory["sections"][name.as_str()].to_string();
    let section: Section<T> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
    assert!(section.value.is_some() || !section.problems.is_empty(), "{name} says nothing");
    section
}

/// By the schemas that the wire format is published in, with Python's validator.
fn validate(inventory: &Path) {
    let python = std::env::var("KIEMKE_PYTHON").unwrap_or_else(|_| "python3".into());
    let usable = Command::new(&python).args(["-c", "import jsonschema"]).output();
    if !usable.is_ok_and(|output| output.status.success()) {
        skipped(&format!(
            "{python} has no package jsonschema; the inventory is not held against schemas/json"
        ));
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/validate.py");
    run(Command::new(python).arg(script).arg(SCHEMAS).arg(inventory));
}

#[test]
fn an_inventory_on_wine_has_a_value_or_a_typed_problem_everywhere() {
    let Some(windows) = Windows::start() else { return };
    let text = windows.run(&mut windows.agent(&["inventory"]));
    let inventory: Value = serde_json::from_str(&text).unwrap();
    let file = windows.path("inventory.json");
    fs::write(&file, &text).unwrap();
    validate(&file);
    let os = section::<OperatingSystem>(&inventory, SectionName::OperatingSystem).value.unwrap();
    assert!(os.full_name.starts_with("Windows"), "{os:?}");
    assert!(os.build.is_some() && os.architecture.as_deref() == Some("x86_64"), "{os:?}");
    let storage = section::<Storage>(&inventory, SectionName::Storage).value.unwrap();
    assert!(storage.file_systems.iter().any(|f| f.mount_point == "C:\\" && f.used_bytes > Some(0)));
    let hardware = section::<Hardware>(&inventory, SectionName::Hardware).value.unwrap();
    assert!(hardware.memory.unwrap().total_bytes > Some(1 << 28));
    assert!(!hardware.processors.is_empty());
    let network = section::<Network>(&inventory, SectionName::Network).value.unwrap();
    assert!(network.interfaces.iter().any(|i| i.addresses.contains(&"127.0.0.1/8".to_owned())));
    let load = section::<Load>(&inventory, SectionName::Load).value.unwrap();
    assert!(load.days[0].memory_max_permille.is_some() && load.days[0].connections_max.is_some(), "{load:?}");
    section::<Software>(&inventory, SectionName::Software);
    section::<Peripherals>(&inventory, SectionName::Peripheral);
    section::<Links>(&inventory, SectionName::Link);
    // Wine has no Security Center: nothing is known, which is not "no protection".
    let antivirus = section::<Antivirus>(&inventory, SectionName::Antivirus);
    assert_eq!(antivirus.value, None);
    assert!(
        antivirus.problems.iter().any(|p| p.source.starts_with("root\\SecurityCenter2")),
        "{antivirus:?}"
    );
}

#[test]
fn an_agent_on_wine_enrols_and_its_report_is_stored() {
    let Some(windows) = Windows::start() else { return };
    let collector = Collector::with_units();
    let token = collector.token("26740");
    let ca = Windows::name_of(&collector.ca_path());
    let enrol = ["enrol", "--collector", &collector.url(), "--token", &token, "--ca", &ca];
    let said = windows.run(&mut windows.agent(&enrol));
    let device = said.split_whitespace().nth(2).unwrap().to_owned();
    let stored = windows.run(&mut windows.agent(&["run", "--once"]));
    assert_eq!(stored.trim(), "stored");
    let status: Value =
        serde_json::from_str(&windows.run(&mut windows.agent(&["status", "--json"]))).unwrap();
    assert_eq!((status["spooled"].as_u64(), status["device"].as_str()), (Some(0), Some(device.as_str())));
    let reports = runtime().block_on(async { Database::open(&collector).await.reports(&device).await });
    assert_eq!((reports.len(), reports[0].boot, reports[0].sequence), (1, 1, 1));
    // Its folder is where Windows keeps such things.
    assert!(windows.path("ProgramData/kiemke-agent/identity.json").is_file());
}

fn reported(collector: &Collector) -> u64 {
    runtime().block_on(async { Database::open(collector).await.report_count().await })
}

#[test]
fn the_service_is_installed_reports_stops_and_is_removed() {
    let Some(windows) = Windows::start() else { return };
    let collector = Collector::with_units();
    let token = collector.token("26740");
    let missing = windows.output(&mut windows.agent(&["service", "start"]));
    assert!(said(&missing).contains("service kiemke-agent is not installed"), "{}", said(&missing));
    windows.run(&mut windows.agent(&[
        "enrol",
        "--later",
        "--collector",
        &collector.url(),
        "--token",
        &token,
    ]));
    let done = windows.run(&mut windows.agent(&["service", "install"]));
    assert_eq!(done.trim(), "service kiemke-agent installed and started");
    wait_for("the service enrols and reports", || (reported(&collector) > 0).then_some(()));
    assert!(!windows.path("ProgramData/kiemke-agent/pending-enrolment.json").exists());
    windows.run(&mut windows.agent(&["service", "stop"]));
    assert!(windows.service_state().unwrap().contains("STOPPED"));
    windows.run(&mut windows.agent(&["service", "start"]));
    assert!(windows.service_state().unwrap().contains("RUNNING"));
    windows.run(&mut windows.agent(&["service", "uninstall"]));
    assert_eq!(windows.service_state(), None);
    assert!(windows.path("ProgramData/kiemke-agent/identity.json").is_file());
}

#[test]
fn the_installer_enrols_keeps_settings_over_an_upgrade_and_goes_without_a_trace() {
    let Some(windows) = Windows::start() else { return };
    let Some(installer) = windows.installer() else { return };
    let collector = Collector::with_units();
    let token = collector.token("26740");
    let name = Windows::name_of(&installer);
    let msiexec = |arguments: &[&str]| windows.run(windows.wine().arg("msiexec").args(arguments).arg("/qn"));
    msiexec(&["/i", &name, &format!("COLLECTOR={}", collector.url()), &format!("TOKEN={token}")]);
    wait_for("the installed service enrols and reports", || (reported(&collector) > 0).then_some(()));
    let (program, settings) = (
        windows.path("Program Files/Kiemke Agent/kiemke-agent.exe"),
        windows.path("ProgramData/kiemke-agent/agent.toml"),
    );
    assert!(program.is_file() && windows.service_state().unwrap().contains("RUNNING"));
    assert!(windows.has_key(EVENT_SOURCE));
    let identity = windows.path("ProgramData/kiemke-agent/identity.json");
    let device = fs::read(&identity).unwrap();

    fs::write(&settings, "spool_max_days = 7\n").unwrap();
    let newer = newer_installer(&windows, &fs::read(windows.program()).unwrap());
    end_service(&windows);
    msiexec(&["/i", &Windows::name_of(&newer)]);
    assert!(windows.service_state().unwrap().contains("RUNNING"));
    assert_eq!(fs::read_to_string(&settings).unwrap(), "spool_max_days = 7\n");
    assert_eq!(fs::read(&identity).unwrap(), device);

    end_service(&windows);
    msiexec(&["/x", &Windows::name_of(&newer)]);
    assert!(!program.parent().unwrap().exists() && windows.service_state().is_none());
    assert!(!windows.has_key(EVENT_SOURCE), "{EVENT_SOURCE}");
    assert!(settings.is_file() && identity.is_file());

    msiexec(&["/i", &Windows::name_of(&newer)]);
    end_service(&windows);
    msiexec(&["/x", &Windows::name_of(&newer), "PURGE=1"]);
    assert!(!settings.parent().unwrap().exists(), "PURGE=1 left data");
}

/// Wine's installer orders the service to stop and goes on; that of Windows waits for its end.
pub fn end_service(windows: &Windows) {
    windows.run(&mut windows.agent(&["service", "stop"]));
    wait_for("the service has ended", || windows.agents().is_empty().then_some(()));
}

/// With a certificate that nobody but the test trusts.
#[test]
fn the_installer_and_the_program_in_it_are_signed() {
    let needed = ["openssl", "osslsigncode", "wixl", "msiextract"];
    if let Some(missing) = needed.into_iter().find(|program| !on_path(program)) {
        return skipped(&format!("{missing} is not there; no installer is signed"));
    }
    let folder = TempDir::with_prefix("kiemke-sign-").unwrap();
    let Some(exe) = copy_of_agent(folder.path()) else { return };
    let tool = |program: &str, arguments: &str| {
        let arguments = arguments.split(' ');
        run(Command::new(program).args(arguments).current_dir(folder.path()))
    };
    tool(
        "openssl",
        "req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj /CN=Test -addext extendedKeyUsage=codeSigning",
    );
    tool("openssl", "pkcs12 -export -inkey key -in cert -out pfx -passout pass:secret");
    let mut make = Command::new(MSI_SCRIPT);
    make.env("KIEMKE_SIGN_PFX", folder.path().join("pfx")).env("KIEMKE_SIGN_PASSWORD", "secret");
    run(make.arg(&exe).arg(TARGET));
    tool("msiextract", "-C out kiemke-agent-x64.msi");
    for signed in ["kiemke-agent-x64.msi", "out/Programs/Kiemke Agent/kiemke-agent.exe"] {
        let mut verify = Command::new("osslsigncode");
        verify.args(["verify", "-CAfile", "cert", "-in", signed]).current_dir(folder.path());
        assert!(run(&mut verify).contains("Signature verification: ok"), "{signed}");
    }
}

/// Of this agent, with a version that is newer than any.
pub fn newer_installer(windows: &Windows, agent: &[u8]) -> PathBuf {
    let folder = windows.path("newer");
    fs::create_dir(&folder).unwrap();
    let exe = folder.join("kiemke-agent.exe");
    fs::write(&exe, agent).unwrap();
    run(Command::new(MSI_SCRIPT).arg(&exe).args([TARGET, "99.0.0"]));
    folder.join("kiemke-agent-x64.msi")
}
