//! Runs programs of other makers, by their full path only: what lies first in a search path must not run with
//! the agent's rights. The path is one of the [`Root`]'s, so tests put programs of their own into a tree.

use super::{Root, root};
use kiemke_schemas::{Problem, ProblemKind};
use rustix::process::{Pid, Signal, kill_process_group};
use std::{
    io::{self, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, sync_channel},
    thread,
    time::{Duration, Instant},
};

const LONGEST_RUN: Duration = Duration::from_secs(8);
/// All programs of one probe together; the probe itself is given up a little later.
const ALL_RUNS: Duration = Duration::from_secs(25);
/// After the program itself; what it left running may hold on to it.
const OUTPUT_ENDS_WITHIN: Duration = Duration::from_secs(1);
const MOST_BYTES: u64 = 1 << 20;
const TRIES_WHILE_WRITTEN: u32 = 5;
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LONGEST_WAIT_BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What a program printed, and how it ended: some say what they found by their exit code.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    pub text: String,
    /// `None`: ended by a signal.
    pub code: Option<i32>,
}

/// The programs that one reading of a probe runs: together they have a time limit.
pub struct Programs<'a> {
    root: &'a Root,
    deadline: Instant,
    longest_run: Duration,
}

impl<'a> Programs<'a> {
    pub fn of(root: &'a Root) -> Self {
        Self { root, deadline: Instant::now() + ALL_RUNS, longest_run: LONGEST_RUN }
    }

    /// What it printed, whatever its exit code.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Result<Output, Problem> {
        let line = std::iter::once(program).chain(arguments.iter().copied()).collect::<Vec<_>>().join(" ");
        let left = self.deadline.saturating_duration_since(Instant::now()).min(self.longest_run);
        let failed = |error: io::Error| Problem { source: line.clone(), ..root::problem(program, &error) };
        let (mut child, output) = start(self.root, program, arguments).map_err(failed)?;
        match wait(&mut child, left).map_err(failed)? {
            Some(status) => match output.recv_timeout(OUTPUT_ENDS_WITHIN) {
                Ok(bytes) => {
                    Ok(Output { text: String::from_utf8_lossy(&bytes).into_owned(), code: status.code() })
                }
                Err(_) => Err(Problem::new(ProblemKind::Timeout, line, "its output did not end with it")),
            },
            None => {
                stop(&mut child);
                let message = format!("did not end within {} s", left.as_secs());
                Err(Problem::new(ProblemKind::Timeout, line, message))
            }
        }
    }

    /// What it printed; an exit code other than 0 is a problem.
    pub fn text(&self, program: &str, arguments: &[&str]) -> Result<String, Problem> {
        let Output { text, code } = self.output(program, arguments)?;
        if code == Some(0) {
            return Ok(text);
        }
        let line = std::iter::once(program).chain(arguments.iter().copied()).collect::<Vec<_>>().join(" ");
        let code = code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
        let said = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let said: String = said.trim().chars().take(LONGEST_QUOTE).collect();
        Err(Problem::new(kind_of(&said), line, format!("{code}: {said}")))
    }
}

const LONGEST_QUOTE: usize = 120;

/// Programs say in words that they want more rights.
fn kind_of(said: &str) -> ProblemKind {
    const DENIED: &[&str] =
        &["permission denied", "not permitted", "must be root", "as root", "access denied"];
    let said = said.to_lowercase();
    if DENIED.iter().any(|words| said.contains(words)) { ProblemKind::Denied } else { ProblemKind::Failed }
}

/// In a process group of its own, so that what it starts ends with it; error messages come with the output.
fn start(root: &Root, program: &str, arguments: &[&str]) -> io::Result<(Child, Receiver<Vec<u8>>)> {
    let (mut reader, writer) = io::pipe()?;
    let mut command = Command::new(root.path(program));
    command
        .args(arguments)
        .env_clear()
        .envs([("LC_ALL", "C"), ("LANG", "C"), ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("HOME", "/")])
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(writer.try_clone()?)
        .stdout(writer)
        .process_group(0);
    let child = spawned(&mut command)?;
    // The other end of the pipe must be the program's alone.
    drop(command);
    let (sender, receiver) = sync_channel(1);
    thread::Builder::new().name("program output".to_owned()).spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error is what there is.
        let _ = reader.by_ref().take(MOST_BYTES).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    })?;
    Ok((child, receiver))
}

/// A product may be writing its program just now.
fn spawned(command: &mut Command) -> io::Result<Child> {
    for _ in 0..TRIES_WHILE_WRITTEN {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(LONGEST_WAIT_BETWEEN_LOOKS)
            }
            done => return done,
        }
    }
    command.spawn()
}

/// `None`: still running.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    let mut pause = FIRST_LOOK;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_WAIT_BETWEEN_LOOKS);
    }
}

fn stop(child: &mut Child) {
    // Both fail only where it has ended just now.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::{program, tree};

    #[test]
    fn a_program_of_the_tree_is_run_with_its_arguments_and_nothing_of_our_environment() {
        let (_guard, root) = tree::<&str>(&[]);
        program(&root, "/opt/x/tool", "echo \"$1|$2|$LC_ALL|$CARGO_TARGET_DIR|\"; echo oops >&2; exit 3");
        let programs = Programs::of(&root);
        let expected = Output { text: "a|b c|C||\noops\n".into(), code: Some(3) };
        assert_eq!(programs.output("/opt/x/tool", &["a", "b c"]).unwrap(), expected);
        let problem = programs.text("/opt/x/tool", &["a", "b"]).unwrap_err();
        assert_eq!(problem, Problem::new(ProblemKind::Failed, "/opt/x/tool a b", "exit code 3: a|b|C||"));
    }

    #[test]
    fn absent_denied_and_endless_programs_are_told_apart() {
        let (_guard, root) = tree::<&str>(&[]);
        program(&root, "/opt/root-only", "echo; echo 'You must be root to run this'; exit 1");
        program(&root, "/opt/endless", "sleep 60 & sleep 60");
        let programs = Programs { longest_run: Duration::from_millis(200), ..Programs::of(&root) };
        let kind = |path| programs.text(path, &[]).unwrap_err().kind;
        assert_eq!(kind("/opt/nothing"), ProblemKind::Absent);
        assert_eq!(kind("/opt/root-only"), ProblemKind::Denied);
        assert_eq!(kind("/opt/endless"), ProblemKind::Timeout);
    }
}
