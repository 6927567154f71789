//! What the disks said before the service went into its sandbox, which keeps it from asking them.

use super::{disks, health};
use crate::probe::{Root, program::Programs};
use kiemke_schemas::{
    Problem,
    section::storage::{Disk, DiskHealth},
};
use serde::{Deserialize, Serialize};

/// As in the service's unit. It goes with each boot.
const FILE: &str = "/run/kiemke-agent/disks.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answers(Vec<Answer>);

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    name: String,
    serial: Option<String>,
    health: Option<DiskHealth>,
    problem: Option<Problem>,
}

impl Answers {
    pub fn ask(root: &Root) -> Self {
        let programs = Programs::of(root);
        let disks = disks(root).ok().flatten().unwrap_or_default();
        let may_tell = disks.into_iter().filter(health::may_tell);
        Self(may_tell.map(|disk| Answer::of(disk, &programs)).collect())
    }

    /// None where nobody asked.
    pub fn left_behind(root: &Root) -> Self {
        let text = root.text(FILE).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// `None` for a disk that was not there then: names are given anew.
    pub fn of(&self, disk: &Disk) -> Option<Result<Option<DiskHealth>, Problem>> {
        let answer = self.0.iter().find(|answer| answer.name == disk.name && answer.serial == disk.serial)?;
        Some(answer.problem.clone().map_or(Ok(answer.health), Err))
    }
}

impl Answer {
    fn of(disk: Disk, programs: &Programs<'_>) -> Self {
        let (health, problem) = match health::of_smartctl(programs, &disk.name) {
            Ok(health) => (health, None),
            Err(problem) => (None, Some(problem)),
        };
        Self { name: disk.name, serial: disk.serial, health, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{
        storage::linux::read,
        tests::{link, program, tree},
    };
    use kiemke_schemas::ProblemKind;
    use std::fs;

    const SMARTCTL: &str = "/usr/sbin/smartctl";

    fn sata(root: &Root, name: &str, serial: &str) {
        let at = format!("/sys/devices/pci/ata1/host0/block/{name}");
        fs::create_dir_all(root.path(&format!("{at}/device"))).unwrap();
        fs::write(root.path(&format!("{at}/size")), "1000").unwrap();
        fs::write(root.path(&format!("{at}/removable")), "0").unwrap();
        fs::write(root.path(&format!("{at}/device/serial")), serial).unwrap();
        link(root, &format!("/sys/block/{name}"), &format!("../devices/pci/ata1/host0/block/{name}"));
    }

    fn found(root: &Root) -> (Vec<Option<DiskHealth>>, Vec<Problem>) {
        let section = read(root);
        let problems = section.problems.into_iter().filter(|problem| problem.source.contains(SMARTCTL));
        (section.value.unwrap().disks.iter().map(|disk| disk.health).collect(), problems.collect())
    }

    #[test]
    fn inside_the_sandbox_the_answers_of_before_count() {
        let (_guard, root) = tree(&[("/proc/self/mountinfo", "")]);
        sata(&root, "sda", "WD-WCC4N1234567");
        sata(&root, "sdb", "WD-WCC4N7654321");
        let script = r#"case "$6" in /dev/sda) echo '{"smart_status":{"passed":true}}';;
            *) echo '{"smartctl":{"messages":[{"string":"Permission denied"}]}}'; exit 2;; esac"#;
        program(&root, SMARTCTL, script);
        let asked = serde_json::to_string(&Answers::ask(&root)).unwrap();
        fs::create_dir_all(root.path("/run/kiemke-agent")).unwrap();
        fs::write(root.path(FILE), asked).unwrap();
        program(&root, SMARTCTL, "echo '{}'");
        let denied = Problem::new(ProblemKind::Denied, "/usr/sbin/smartctl /dev/sdb", "Permission denied");
        assert_eq!(found(&root), (vec![Some(DiskHealth::Good), None], vec![denied]));

        // Another disk under the same name is asked itself.
        fs::write(root.path("/sys/devices/pci/ata1/host0/block/sda/device/serial"), "S4EVNF0M123456")
            .unwrap();
        program(&root, SMARTCTL, r#"echo '{"smart_status":{"passed":false}}'"#);
        assert_eq!(found(&root).0, [Some(DiskHealth::Failing), None]);
    }

    #[test]
    fn a_broken_file_is_as_good_as_none() {
        let (_guard, root) = tree(&[(FILE, "{")]);
        let disk = Disk { name: "sda".into(), ..Disk::default() };
        assert_eq!(Answers::left_behind(&root).of(&disk), None);
    }
}
