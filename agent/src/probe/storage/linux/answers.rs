//! What the disks said before the service went into its sandbox, which keeps it from asking them.

use super::{disks, health};
use crate::probe::{Root, program::Programs};
use jiff::{SignedDuration, Timestamp};
use kiemke_schemas::{
    Problem, ProblemKind,
    section::storage::{Disk, DiskHealth},
};
use serde::{Deserialize, Serialize};

/// As in the service's unit. It goes with each boot.
const FILE: &str = "/run/kiemke-agent/disks.json";

/// Older ones are told as such: a server may run for years.
const CURRENT: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Serialize, Deserialize)]
pub struct Answers {
    asked_at: Timestamp,
    disks: Vec<Answer>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    name: String,
    serial: Option<String>,
    health: Option<DiskHealth>,
    problem: Option<Problem>,
}

impl Answers {
    pub fn ask(root: &Root, now: Timestamp) -> Self {
        let programs = Programs::of(root);
        let disks = disks(root).ok().flatten().unwrap_or_default();
        let may_tell = disks.into_iter().filter(health::may_tell);
        Self { asked_at: now, disks: may_tell.map(|disk| Answer::of(disk, &programs)).collect() }
    }

    /// `None` where nobody asked.
    pub fn left_behind(root: &Root) -> Option<Self> {
        serde_json::from_str(&root.text(FILE).ok()?).ok()
    }

    /// Those of an older day still hold, but a person has to know.
    pub fn problem(&self, now: Timestamp) -> Option<Problem> {
        let since = self.asked_at.strftime("%Y-%m-%d");
        let message = format!("the service may not ask the disks: what they said at its start, on {since}");
        let old = now.duration_since(self.asked_at) > CURRENT;
        old.then(|| Problem::new(ProblemKind::Denied, FILE, message))
    }

    /// `None` for a disk that was not there then: names are given anew.
    pub fn of(&self, disk: &Disk) -> Option<Result<Option<DiskHealth>, Problem>> {
        let answer =
            self.disks.iter().find(|answer| answer.name == disk.name && answer.serial == disk.serial)?;
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
        let asked = serde_json::to_string(&Answers::ask(&root, Timestamp::now())).unwrap();
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
        assert!(Answers::left_behind(&root).is_none());
    }

    #[test]
    fn answers_of_an_older_day_are_told_as_such() {
        let asked_at = "2026-11-01T08:00:00Z".parse().unwrap();
        let answers = Answers { asked_at, disks: Vec::new() };
        let problem = |now: &str| answers.problem(now.parse().unwrap());
        assert_eq!(problem("2026-11-02T08:00:00Z"), None);
        assert_eq!(problem("2026-10-31T08:00:00Z"), None);
        let message = "the service may not ask the disks: what they said at its start, on 2026-11-01";
        let old = Problem::new(ProblemKind::Denied, "/run/kiemke-agent/disks.json", message);
        assert_eq!(problem("2026-11-02T08:00:01Z"), Some(old));
    }

    #[test]
    fn only_answers_that_are_used_are_told_as_old() {
        let (_guard, root) = tree(&[("/proc/self/mountinfo", "")]);
        sata(&root, "sda", "WD-WCC4N1234567");
        let answer = r#"{"name":"sda","serial":"WD-WCC4N1234567","health":"good","problem":null}"#;
        let left = format!(r#"{{"asked_at":"2026-11-01T08:00:00Z","disks":[{answer}]}}"#);
        fs::create_dir_all(root.path("/run/kiemke-agent")).unwrap();
        fs::write(root.path(FILE), left).unwrap();
        let about_age = || read(&root).problems.iter().any(|problem| problem.source == FILE);
        assert!(about_age());
        fs::write(root.path("/sys/devices/pci/ata1/host0/block/sda/device/serial"), "S4EVNF0M123456")
            .unwrap();
        assert!(!about_age());
    }
}
