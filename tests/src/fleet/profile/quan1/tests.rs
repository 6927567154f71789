use super::*;
use crate::fleet::profile::things;
use kiemke_schemas::section::antivirus::ProductState;

const ECHO: &str = "https://collector.example/api/v1/echo";

fn now() -> Timestamp {
    "2026-11-21T02:00:00Z".parse().unwrap()
}

fn quan1(seed: u64) -> Scene {
    scene(&Catalogue::load().unwrap(), seed, ECHO, now()).unwrap()
}

fn machines<'a>(scene: &'a Scene, unit: &str) -> Vec<&'a Machine> {
    scene.machines.iter().filter(|machine| machine.unit == unit).collect()
}

fn count(scene: &Scene, unit: &str, kind: Kind) -> usize {
    things(&machines(scene, unit), kind).len()
}

#[test]
fn counts_are_those_of_the_specification() {
    let scene = quan1(1);
    for (unit, devices, printers, mfps, scanners, readers, tokens) in [
        ("760", 52, 20, 0, 20, 20, 50),
        ("26740", 12, 2, 1, 1, 2, 10),
        ("26743", 11, 2, 0, 1, 1, 8),
        ("26755", 9, 2, 0, 1, 1, 8),
    ] {
        assert_eq!(machines(&scene, unit).len(), devices, "{unit}");
        assert_eq!(count(&scene, unit, Kind::Printer), printers, "printers of {unit}");
        assert_eq!(count(&scene, unit, Kind::Multifunction), mfps, "multifunction devices of {unit}");
        assert_eq!(count(&scene, unit, Kind::Scanner), scanners, "scanners of {unit}");
        assert_eq!(count(&scene, unit, Kind::CardReader), readers, "readers of {unit}");
        assert_eq!(count(&scene, unit, Kind::Token), tokens, "tokens of {unit}");
    }
    assert_eq!(scene.machines.len(), 84);
}

#[test]
fn the_same_seed_gives_the_same_devices_and_another_one_does_not() {
    let facts = |scene: &Scene| -> Vec<_> {
        let sections = |machine: &Machine| {
            kiemke_schemas::SectionName::ALL.map(|name| machine.section(name).unwrap().get().to_owned())
        };
        scene.machines.iter().map(sections).collect()
    };
    assert!(facts(&quan1(1)) == facts(&quan1(1)));
    assert!(facts(&quan1(1)) != facts(&quan1(2)));
}

#[test]
fn host_names_and_serials_are_unique() {
    let scene = quan1(1);
    let hosts: BTreeSet<_> = scene.machines.iter().map(Machine::host_name).collect();
    assert_eq!(hosts.len(), 84);
    assert!(hosts.iter().all(|host| host.len() <= 15));
    let serials: BTreeSet<_> = scene.machines.iter().map(|machine| &machine.hardware.serial).collect();
    assert_eq!(serials.len(), 84);
}

#[test]
fn two_computers_share_a_machine_id() {
    let scene = quan1(1);
    let ids: BTreeSet<_> =
        scene.machines.iter().map(|machine| &machine.operating_system.machine_id).collect();
    assert_eq!(ids.len(), 83);
}

#[test]
fn only_the_planted_faults_are_there() {
    let scene = quan1(1);
    let antivirus = |unit: &str| -> Vec<_> {
        machines(&scene, unit)
            .iter()
            .map(|machine| {
                let Some(value) = &machine.antivirus.value else { return "unknown" };
                let on = value.products.iter().find(|product| product.state == ProductState::On);
                match on {
                    None if value.products.is_empty() => "none",
                    None => "off",
                    Some(product) => match product.signatures.updated_at {
                        Some(at) if now().duration_since(at).as_hours() > 24 * 7 => "old",
                        Some(_) => "on",
                        None => "undated",
                    },
                }
            })
            .filter(|state| *state != "on")
            .collect()
    };
    assert_eq!(antivirus("760"), [""; 0]);
    assert_eq!(antivirus("26740"), [""; 0]);
    assert_eq!(antivirus("26743"), ["none", "none", "off"]);
    assert_eq!(antivirus("26755"), ["old", "unknown"]);
    let full: Vec<_> = scene
        .machines
        .iter()
        .filter(|machine| {
            machine
                .storage
                .file_systems
                .iter()
                .any(|volume| volume.used_bytes.unwrap() * 10 > volume.total_bytes.unwrap() * 6)
        })
        .map(Machine::host_name)
        .collect();
    assert_eq!(full, ["COGIANG-PC003"]);
}

#[test]
fn addresses_belong_to_the_lines_of_the_unit() {
    let scene = quan1(1);
    let seen = |unit: &str| -> BTreeSet<_> {
        let links = machines(&scene, unit).into_iter().map(|machine| &machine.links);
        links.flat_map(|links| links.public_addresses.iter().map(|seen| seen.address)).collect()
    };
    assert_eq!(seen("26743").len(), 1);
    assert_eq!(seen("26740").len(), 2);
    assert_eq!(seen("26755").len(), 2);
    assert_eq!(seen("760").len(), 4, "two of the office, two of the system's servers");
}

#[test]
fn declarations_and_checks_follow_the_table() {
    let scene = quan1(1);
    let row = |unit: &str, system: &str| -> Vec<_> {
        let rows = scene.declarations.iter().filter(|row| row.unit == unit && row.system == system);
        rows.map(|row| format!("{}={}", row.field, row.value)).collect()
    };
    assert_eq!(
        row("26755", ""),
        [
            "staff.official=9",
            "staff.trial=0",
            "staff.professional=8",
            "line.1=Viettel (AS7552) 200 Mbps",
            "line.2=Viettel (AS24086) 200 Mbps"
        ]
    );
    assert_eq!(row("760", "")[3..], ["line.1=VNPT 1 Gbps", "line.2=Viettel 1 Gbps"]);
    assert_eq!(
        row("760", SYSTEM),
        ["server.1=QUAN1-SRV01", "server.2=QUAN1-SRV02", "line.1=VNPT 100 Mbps", "line.2=FPT 100 Mbps"]
    );
    let checked = |unit: &str| {
        scene.checks.iter().filter(|check| check.unit == unit && check.subject == "computer").count()
    };
    assert_eq!([checked("760"), checked("26740"), checked("26743"), checked("26755")], [52, 12, 7, 9]);
    let printers = scene.checks.iter().filter(|check| check.unit == "760" && check.subject == "printer");
    assert_eq!(printers.count(), 20);
}

#[test]
fn a_printer_moves_and_a_token_is_unplugged() {
    let scene = quan1(1);
    assert!(matches!(scene.later[0], Later::Move { from: 0, to: 1, .. }));
    assert!(matches!(scene.later[1], Later::Unplug { machine: 52, .. }));
}
