use super::network::Space;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Mutex, MutexGuard},
};
use tempfile::TempDir;

pub const TARGET: &str = "x86_64-win7-windows-gnu";

/// A Windows made of Wine, in a folder of its own; its processes end when it is dropped.
pub struct Windows {
    prefix: TempDir,
    agent: PathBuf,
    space: Option<Space>,
    _alone: MutexGuard<'static, ()>,
}

/// The folder of what `packaging/windows/build.sh` made, or `KIEMKE_WINDOWS`.
fn built() -> PathBuf {
    if let Some(folder) = std::env::var_os("KIEMKE_WINDOWS") {
        return folder.into();
    }
    let own = Path::new(env!("CARGO_BIN_EXE_kiemke-fleet"));
    own.parent().and_then(Path::parent).unwrap().join(TARGET).join("agent")
}

/// The agent for Windows in another folder; `None`, loudly, where it was not built.
pub fn copy_of_agent(folder: &Path) -> Option<PathBuf> {
    let (agent, copy) = (built_agent()?, folder.join("kiemke-agent.exe"));
    fs::copy(agent, &copy).unwrap();
    Some(copy)
}

fn built_agent() -> Option<PathBuf> {
    let agent = built().join("kiemke-agent.exe");
    if !agent.is_file() {
        super::skipped(&format!("{} is not there; run packaging/windows/build.sh {TARGET}", agent.display()));
        return None;
    }
    Some(agent)
}

impl Windows {
    /// `None`, loudly, where Wine or the agent for Windows is missing.
    pub fn start() -> Option<Self> {
        Self::start_at(None)
    }

    /// In a network of its own.
    pub fn start_in(space: &Space) -> Option<Self> {
        Self::start_at(Some(space.clone()))
    }

    fn start_at(space: Option<Space>) -> Option<Self> {
        // Prefixes are 700 MB each and start slowly: one at a time.
        static ALONE: Mutex<()> = Mutex::new(());
        if !super::on_path("wine") {
            super::skipped("wine is not there; the agent for Windows is not run");
            return None;
        }
        let agent = built_agent()?;
        let alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let prefix = TempDir::with_prefix("kiemke-wine-").unwrap();
        let windows = Self { prefix, agent, space, _alone: alone };
        windows.boot();
        // Started anew by hand, as services otherwise end with the last program beside them.
        windows.server(&["-w"]);
        windows.server(&["-p180"]);
        windows.boot();
        Some(windows)
    }

    /// The installer beside the agent; `None`, loudly, where it was not made.
    pub fn installer(&self) -> Option<PathBuf> {
        let path = built().join("kiemke-agent-x64.msi");
        if path.is_file() {
            return Some(path);
        }
        super::skipped(&format!(
            "{} is not there; run packaging/windows/build.sh --msi {TARGET}",
            path.display()
        ));
        None
    }

    pub fn wine(&self) -> Command {
        let mut command = self.with_prefix("wine");
        command.env("WINEDEBUG", "-all");
        // No questions about browsers and .NET.
        command.env("WINEDLLOVERRIDES", "mscoree,mshtml=").env_remove("DISPLAY");
        command.current_dir(self.prefix.path());
        command
    }

    /// By any program: "wineboot" would start a second service control manager. Without pipes: services would hold
    /// them open.
    fn boot(&self) {
        let mut boot = self.wine();
        boot.args(["cmd", "/c", "exit"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(boot.status().unwrap().success(), "{boot:?}");
    }

    fn server(&self, arguments: &[&str]) {
        // Debian keeps the program out of the path where its wrapper is not installed.
        let inside = "/usr/lib/wine/wineserver";
        let mut server = self.with_prefix(if super::on_path("wineserver") { "wineserver" } else { inside });
        // It fails where there is nothing to wait for or to end.
        let _ = server.args(arguments).status();
    }

    /// In the network, too: sockets are the server's.
    fn with_prefix(&self, program: &str) -> Command {
        let program = Path::new(program);
        let mut command =
            self.space.as_ref().map_or_else(|| Command::new(program), |space| space.command(program));
        command.env("WINEPREFIX", self.prefix.path().join("prefix"));
        command
    }

    pub fn agent(&self, arguments: &[&str]) -> Command {
        let mut command = self.wine();
        command.arg(&self.agent).args(arguments);
        command
    }

    /// The agent that `agent` runs.
    pub fn program(&self) -> &Path {
        &self.agent
    }

    /// Number and command line of each process of an agent here, the older first.
    pub fn agents(&self) -> Vec<(u32, String)> {
        let prefix = self.prefix.path().join("prefix");
        let ours = format!("WINEPREFIX={}\0", prefix.display());
        let read = |process: &Path, name: &str| {
            String::from_utf8_lossy(&fs::read(process.join(name)).unwrap_or_default()).into_owned()
        };
        let mut found: Vec<(u32, String)> = fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter_map(|entry| {
                let number = entry.file_name().to_str()?.parse().ok()?;
                let line = read(&entry.path(), "cmdline").replace('\0', " ");
                let agent =
                    line.contains("kiemke-agent.exe") && read(&entry.path(), "environ").contains(&ours);
                agent.then(|| (number, line.trim().to_owned()))
            })
            .collect();
        found.sort();
        found
    }

    pub fn output(&self, command: &mut Command) -> Output {
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// Standard output of a command that must succeed.
    pub fn run(&self, command: &mut Command) -> String {
        super::run(command)
    }

    /// Where `C:\…` lies.
    pub fn path(&self, below_c: &str) -> PathBuf {
        self.prefix.path().join("prefix/drive_c").join(below_c)
    }

    /// What Windows calls a file of this machine.
    pub fn name_of(path: &Path) -> String {
        format!("Z:{}", path.display()).replace('/', "\\")
    }

    pub fn has_key(&self, key: &str) -> bool {
        self.output(self.wine().args(["reg", "query", key])).status.success()
    }

    /// `STATE` line of `sc query`, or nothing where there is no such service.
    pub fn service_state(&self) -> Option<String> {
        let output = self.output(self.wine().args(["sc", "query", "kiemke-agent"]));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().find(|line| line.contains("STATE")).map(|line| line.trim().to_owned())
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        self.server(&["-k"]);
    }
}
