//! Whether disks say that they fail (SMART): asked of UDisks, which reads it for desktops anyway, else of smartctl.
//! A disk that sleeps is not woken up.

use super::Answers;
use crate::probe::{Root, program::Programs};
use jiff::Timestamp;
use kiemke_schemas::{
    Problem, ProblemKind,
    section::storage::{Disk, DiskHealth},
};
use serde_json::Value;

const SMARTCTL: &str = "/usr/sbin/smartctl";
const BUSCTL: &str = "/usr/bin/busctl";

/// Fills in the health of the disks that can have one.
pub fn add(root: &Root, disks: &mut [Disk], problems: &mut Vec<Problem>) {
    let programs = Programs::of(root);
    let of_udisks = of_udisks(root, &programs);
    let answers = Answers::left_behind(root);
    let (mut without_tool, mut left_behind) = (false, false);
    for disk in disks.iter_mut().filter(|disk| may_tell(disk)) {
        disk.health = of_udisks.as_ref().and_then(|objects| udisks_health(objects, &disk.name));
        if disk.health.is_some() {
            continue;
        }
        let answer = answers.as_ref().and_then(|answers| answers.of(disk));
        left_behind |= answer.is_some();
        match answer.unwrap_or_else(|| of_smartctl(&programs, &disk.name)) {
            Ok(health) => disk.health = health,
            Err(problem) if problem.kind == ProblemKind::Absent => without_tool = true,
            Err(problem) => problems.push(problem),
        }
    }
    let answers = answers.filter(|_| left_behind);
    problems.extend(answers.and_then(|answers| answers.problem(Timestamp::now())));
    if without_tool {
        let message = "neither smartctl nor UDisks is there to tell the health of the disks";
        problems.push(Problem::new(ProblemKind::Absent, SMARTCTL, message));
    }
}

/// Sticks and virtual disks have no SMART.
pub fn may_tell(disk: &Disk) -> bool {
    disk.removable != Some(true) && matches!(disk.bus.as_deref(), Some("sata" | "nvme" | "scsi"))
}

/// Its objects; `None` where it does not run: asking would start it.
fn of_udisks(root: &Root, programs: &Programs<'_>) -> Option<Value> {
    let processes = root.names("/proc").ok()?;
    let runs =
        |process: &String| root.attribute(&format!("/proc/{process}/comm")).as_deref() == Some("udisksd");
    processes.iter().filter(|name| name.bytes().all(|b| b.is_ascii_digit())).find(|name| runs(name))?;
    let arguments = [
        "--system",
        "--json=short",
        "--timeout=5",
        "call",
        "org.freedesktop.UDisks2",
        "/org/freedesktop/UDisks2",
        "org.freedesktop.DBus.ObjectManager",
        "GetManagedObjects",
    ];
    let text = programs.text(BUSCTL, &arguments).ok()?;
    let mut answer: Value = serde_json::from_str(&text).ok()?;
    answer.get_mut("data")?.get_mut(0).map(Value::take)
}

/// A time of 0 says that it was never read.
fn udisks_health(objects: &Value, name: &str) -> Option<DiskHealth> {
    let property = |object: &str, interface: &str, property: &str| {
        objects
            .get(object)?
            .get(format!("org.freedesktop.UDisks2.{interface}"))?
            .get(property)?
            .get("data")
            .cloned()
    };
    let block = format!("/org/freedesktop/UDisks2/block_devices/{name}");
    let drive = property(&block, "Block", "Drive")?;
    let drive = drive.as_str()?;
    let was_read = |interface| {
        property(drive, interface, "SmartUpdated").and_then(|at| at.as_u64()).is_some_and(|at| at > 0)
    };
    let failing = if was_read("Drive.Ata") {
        property(drive, "Drive.Ata", "SmartFailing")?.as_bool()?
    } else if was_read("NVMe.Controller") {
        !property(drive, "NVMe.Controller", "SmartCriticalWarning")?.as_array()?.is_empty()
    } else {
        return None;
    };
    Some(if failing { DiskHealth::Failing } else { DiskHealth::Good })
}

/// `None`: the disk has no SMART, or sleeps.
pub fn of_smartctl(programs: &Programs<'_>, name: &str) -> Result<Option<DiskHealth>, Problem> {
    let device = format!("/dev/{name}");
    let output = programs.output(SMARTCTL, &["-j", "-i", "-H", "-n", "standby", &device])?;
    smartctl(&output.text, &format!("{SMARTCTL} {device}"))
}

/// The JSON of `smartctl -j -i -H` (version 7 and later); its exit code tells less than what it prints.
fn smartctl(text: &str, source: &str) -> Result<Option<DiskHealth>, Problem> {
    let answer: Value = serde_json::from_str(text).map_err(|error| {
        Problem::new(ProblemKind::Failed, source, format!("not the JSON of smartctl 7: {error}"))
    })?;
    if let Some(passed) = answer.pointer("/smart_status/passed").and_then(Value::as_bool) {
        return Ok(Some(if passed { DiskHealth::Good } else { DiskHealth::Failing }));
    }
    let said =
        answer.pointer("/smartctl/messages").and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    let said: Vec<&str> = said.iter().filter_map(|message| message.get("string")?.as_str()).collect();
    let said = said.join("; ");
    let words = said.to_lowercase();
    if words.contains("permission denied") || words.contains("not permitted") {
        return Err(Problem::new(ProblemKind::Denied, source, said));
    }
    let has_none = answer.pointer("/smart_support/available").and_then(Value::as_bool) == Some(false);
    if has_none || words.contains("standby") || words.contains("sleep") || words.contains("lacks smart") {
        return Ok(None);
    }
    let message = if said.is_empty() { "says nothing about the health of the disk".to_owned() } else { said };
    Err(Problem::new(ProblemKind::Failed, source, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::{program, tree};

    fn disk(name: &str, bus: &str) -> Disk {
        Disk { name: name.into(), bus: Some(bus.into()), removable: Some(false), ..Disk::default() }
    }

    fn added(root: &Root, mut disks: Vec<Disk>) -> (Vec<Option<DiskHealth>>, Vec<Problem>) {
        let mut problems = Vec::new();
        add(root, &mut disks, &mut problems);
        (disks.into_iter().map(|disk| disk.health).collect(), problems)
    }

    #[test]
    fn smartctl_is_asked_for_disks_that_can_tell() {
        let (_guard, root) = tree::<&str>(&[]);
        let script = r#"[ "$1 $2 $3 $4 $5" = "-j -i -H -n standby" ] || exit 9
            case "$6" in
            /dev/sda) echo '{"smart_status":{"passed":true}}';;
            /dev/sdb) echo '{"smart_status":{"passed":false}}'; exit 8;;
            /dev/sdc) echo '{"smartctl":{"messages":[{"string":"Device is in STANDBY mode, exit(2)"}]}}'; exit 2;;
            /dev/nvme0n1) echo '{"smartctl":{"messages":[{"string":"Smartctl open device: /dev/nvme0n1 failed: Permission denied"}]}}'; exit 2;;
            *) exit 1;; esac"#;
        program(&root, SMARTCTL, script);
        let disks =
            [("sda", "sata"), ("sdb", "scsi"), ("sdc", "sata"), ("nvme0n1", "nvme"), ("vda", "virtio")];
        let (health, problems) = added(&root, disks.map(|(name, bus)| disk(name, bus)).to_vec());
        assert_eq!(health, [Some(DiskHealth::Good), Some(DiskHealth::Failing), None, None, None]);
        let message = "Smartctl open device: /dev/nvme0n1 failed: Permission denied";
        assert_eq!(problems, [Problem::new(ProblemKind::Denied, "/usr/sbin/smartctl /dev/nvme0n1", message)]);
    }

    #[test]
    fn without_a_tool_the_health_is_not_known_and_virtual_disks_need_none() {
        let (_guard, root) = tree::<&str>(&[]);
        let (health, problems) = added(&root, vec![disk("sda", "sata"), disk("sdb", "sata")]);
        assert_eq!(health, [None, None]);
        let message = "neither smartctl nor UDisks is there to tell the health of the disks";
        assert_eq!(problems, [Problem::new(ProblemKind::Absent, SMARTCTL, message)]);
        assert_eq!(added(&root, vec![disk("vda", "virtio")]), (vec![None], vec![]));
    }

    const OBJECTS: &str = r#"{"type":"a{oa{sa{sv}}}","data":[{
        "/org/freedesktop/UDisks2/block_devices/sda":{"org.freedesktop.UDisks2.Block":{"Drive":{"type":"o","data":"/d/A"}}},
        "/org/freedesktop/UDisks2/block_devices/nvme0n1":{"org.freedesktop.UDisks2.Block":{"Drive":{"type":"o","data":"/d/N"}}},
        "/org/freedesktop/UDisks2/block_devices/sdb":{"org.freedesktop.UDisks2.Block":{"Drive":{"type":"o","data":"/d/B"}}},
        "/d/A":{"org.freedesktop.UDisks2.Drive.Ata":{"SmartUpdated":{"type":"t","data":1790000000},"SmartFailing":{"type":"b","data":true}}},
        "/d/B":{"org.freedesktop.UDisks2.Drive.Ata":{"SmartUpdated":{"type":"t","data":0},"SmartFailing":{"type":"b","data":false}}},
        "/d/N":{"org.freedesktop.UDisks2.NVMe.Controller":{"SmartUpdated":{"type":"t","data":1790000000},"SmartCriticalWarning":{"type":"as","data":[]}}}}]}"#;

    #[test]
    fn udisks_is_asked_first_and_only_while_it_runs() {
        let (_guard, root) = tree(&[("/proc/1/comm", "systemd\n")]);
        program(&root, BUSCTL, &format!("cat <<'X'\n{OBJECTS}\nX"));
        let disks = || vec![disk("sda", "sata"), disk("nvme0n1", "nvme"), disk("sdb", "sata")];
        assert_eq!(added(&root, disks()).0, [None, None, None]);
        std::fs::create_dir(root.path("/proc/77")).unwrap();
        std::fs::write(root.path("/proc/77/comm"), "udisksd\n").unwrap();
        let (health, problems) = added(&root, disks());
        assert_eq!(health, [Some(DiskHealth::Failing), Some(DiskHealth::Good), None]);
        assert_eq!(problems.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[ -~]{0,80}") {
            let _ = smartctl(&text, "x");
        }
    }
}
