//! Folders of the test's own at the usual places of this machine, and no processes but those started there:
//! namespaces of the kernel for mounts and processes. What runs elsewhere on this machine is not seen.

use super::skipped;
use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Everything that was started in it ends with it.
pub struct Place {
    folder: TempDir,
    holder: Child,
}

impl Place {
    /// Empty folders in place of these. `None`, loudly, without the right to make one.
    pub fn with(folders: &[&str]) -> Option<Self> {
        let folder = TempDir::with_prefix("kiemke-place-").unwrap();
        let mut script = String::new();
        for usual in folders {
            let own = own(&folder, usual);
            fs::create_dir_all(&own).unwrap();
            script += &format!("mount --bind {} {usual}\n", own.display());
        }
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-ec"]);
        // Ends with this process too.
        unshare.arg(script + "echo ready\nexec cat >&2");
        let started = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let place = started.ok().and_then(|holder| Self { folder, holder }.once_ready());
        if place.is_none() {
            skipped(
                "no namespaces for mounts and processes can be made (root is needed): no daemon is started",
            );
        }
        place
    }

    fn once_ready(mut self) -> Option<Self> {
        let mut line = String::new();
        BufReader::new(self.holder.stdout.take()?).read_line(&mut line).ok()?;
        (line == "ready\n").then_some(self)
    }

    /// Where a file of the place lies for those outside.
    pub fn path(&self, usual: &str) -> PathBuf {
        own(&self.folder, usual)
    }

    pub fn write(&self, usual: &str, content: &str) {
        let path = self.path(usual);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let spaces = Path::new("/proc").join(self.holder.id().to_string()).join("ns");
        let mut command = Command::new("nsenter");
        command.arg(format!("--mount={}", spaces.join("mnt").display()));
        command.arg(format!("--pid={}", spaces.join("pid_for_children").display()));
        command.arg(program).stdin(Stdio::null());
        command
    }

    /// What the agent's probes find there.
    pub fn inventory(&self) -> serde_json::Value {
        let text = super::run(self.command(super::binary("kiemke-agent")).arg("inventory"));
        serde_json::from_str(&text).unwrap()
    }
}

fn own(folder: &TempDir, usual: &str) -> PathBuf {
    folder.path().join(usual.trim_start_matches('/'))
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
