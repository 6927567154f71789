use super::NAME;
use crate::{durable, probe::Root, state_dir::StateDir};
use anyhow::{Context, Result, bail};
use sd_notify::NotifyState;
use std::{env, fs, io, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};
use tokio::time::interval;

const UNIT: &str = include_str!("kiemke-agent.service");
const RUNNING_SYSTEMD: &str = "/run/systemd/system";
const READABLE_BY_ALL: u32 = 0o644;

/// Less than half of the unit's WatchdogSec; an administrator may have shortened that.
const ALIVE_EVERY: Duration = Duration::from_secs(60);

fn alive_every(watchdog: Option<Duration>) -> Duration {
    const SHORTEST: Duration = Duration::from_secs(1);
    watchdog.map_or(ALIVE_EVERY, |limit| (limit / 3).clamp(SHORTEST, ALIVE_EVERY))
}

fn unit_path() -> String {
    format!("/etc/systemd/system/{NAME}.service")
}

/// Where the packages put theirs.
fn packaged_unit_path() -> String {
    format!("/usr/lib/systemd/system/{NAME}.service")
}

/// Tells systemd that the agent's loop turns; one that hangs is started anew.
pub async fn watch_over() {
    let mut ticks = interval(alive_every(sd_notify::watchdog_enabled()));
    loop {
        ticks.tick().await;
        if let Err(error) = sd_notify::notify(&[NotifyState::Ready, NotifyState::Watchdog]) {
            tracing::warn!("systemd cannot be told that the agent runs: {error}");
        }
    }
}

pub fn install(root: &Root) -> Result<String> {
    if !root.exists(RUNNING_SYSTEMD) {
        bail!(
            "this system does not run systemd ({RUNNING_SYSTEMD} is missing); start `{NAME} run` another way"
        );
    }
    let executable = env::current_exe().context("the path of this program is not known")?;
    write_unit(root, &executable, &StateDir::from_environment())?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--now", NAME])?;
    Ok(format!("{} installed and started", unit_path()))
}

pub fn uninstall(root: &Root) -> Result<String> {
    let path = root.path(&unit_path());
    if !path.exists() {
        if root.exists(&packaged_unit_path()) {
            bail!("{} belongs to the package {NAME}; remove that", packaged_unit_path());
        }
        bail!("{} is not installed", unit_path());
    }
    if root.exists(RUNNING_SYSTEMD) {
        systemctl(&["disable", "--now", NAME])?;
    }
    durable::remove(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
    if root.exists(RUNNING_SYSTEMD) {
        systemctl(&["daemon-reload"])?;
    }
    Ok(format!("{} removed; the agent's state stays in place", unit_path()))
}

pub fn start(root: &Root) -> Result<String> {
    order(root, "start")?;
    Ok(format!("{NAME} runs"))
}

pub fn stop(root: &Root) -> Result<String> {
    order(root, "stop")?;
    Ok(format!("{NAME} stopped"))
}

fn order(root: &Root, verb: &str) -> Result<()> {
    if !root.exists(&unit_path()) && !root.exists(&packaged_unit_path()) {
        bail!("{} is not installed", unit_path());
    }
    systemctl(&[verb, NAME])
}

fn write_unit(root: &Root, executable: &Path, state: &StateDir) -> Result<()> {
    let path = root.path(&unit_path());
    let text = unit(executable, state)?;
    durable::write(&path, text.as_bytes())
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(READABLE_BY_ALL)))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// systemd would take these characters for more than a path.
fn unit(executable: &Path, state: &StateDir) -> Result<String> {
    let plain = |path: &Path| {
        let text = path
            .to_str()
            .filter(|text| path.is_absolute() && !text.contains(['%', '"', '\\', '$', ' ', '\n']));
        text.map(str::to_owned)
            .with_context(|| format!("{}: this path cannot stand in a unit file", path.display()))
    };
    Ok(UNIT.replace("@EXECUTABLE@", &plain(executable)?).replace("@STATE_DIR@", &plain(state.path())?))
}

fn systemctl(arguments: &[&str]) -> Result<()> {
    let line = format!("systemctl {}", arguments.join(" "));
    match Command::new("systemctl").args(arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("{line}: {status}"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!("{line}: no such program"),
        Err(error) => Err(error).context(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn the_unit_names_program_and_state_and_is_readable() {
        let (_guard, root) = tree(&[("/etc/systemd/system/x", "")]);
        write_unit(&root, Path::new("/usr/bin/kiemke-agent"), &StateDir::at("/var/lib/kiemke-agent"))
            .unwrap();
        let path = root.path("/etc/systemd/system/kiemke-agent.service");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\nExecStart=/usr/bin/kiemke-agent run --wait\n"));
        assert!(text.contains("\nReadWritePaths=/var/lib/kiemke-agent\n"));
        assert!(
            text.contains(
                "\nExecStartPre=-+/usr/bin/kiemke-agent disks --out /run/kiemke-agent/disks.json\n"
            )
        );
        assert!(!text.contains("@EXEC") && !text.contains("@STATE"));
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o644);
    }

    #[test]
    fn the_sandbox_lets_every_kind_of_connection_pass_that_the_agent_makes() {
        let families = UNIT.lines().find_map(|line| line.strip_prefix("RestrictAddressFamilies=")).unwrap();
        // AF_PACKET: the sweep.
        let used = ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"];
        assert_eq!(families.split(' ').collect::<Vec<_>>(), used);
    }

    #[test]
    fn a_shorter_watchdog_is_told_more_often() {
        let seconds = Duration::from_secs;
        assert_eq!(alive_every(None), seconds(60));
        assert_eq!(alive_every(Some(seconds(600))), seconds(60));
        assert_eq!(alive_every(Some(seconds(30))), seconds(10));
        assert_eq!(alive_every(Some(Duration::from_millis(100))), seconds(1));
    }

    #[test]
    fn a_packages_unit_is_the_packages_to_remove() {
        let (_guard, root) = tree(&[("/usr/lib/systemd/system/kiemke-agent.service", "")]);
        assert_eq!(
            uninstall(&root).unwrap_err().to_string(),
            "/usr/lib/systemd/system/kiemke-agent.service belongs to the package kiemke-agent; remove that"
        );
    }

    #[test]
    fn paths_that_systemd_would_read_otherwise_are_refused() {
        let error = unit(Path::new("/opt/my agent/kiemke-agent"), &StateDir::at("/var/lib/x")).unwrap_err();
        assert_eq!(error.to_string(), "/opt/my agent/kiemke-agent: this path cannot stand in a unit file");
    }

    #[test]
    fn without_systemd_nothing_is_installed() {
        let (_guard, root) = tree::<&str>(&[]);
        let error = install(&root).unwrap_err().to_string();
        assert_eq!(
            error,
            "this system does not run systemd (/run/systemd/system is missing); start `kiemke-agent run` another way"
        );
        let error = uninstall(&root).unwrap_err().to_string();
        assert_eq!(error, "/etc/systemd/system/kiemke-agent.service is not installed");
    }
}
