//! Invariants of the source tree that no compiler holds. Each failure says what to do.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod architecture;
mod code;
mod size;
mod tree;

use std::{fs, path::PathBuf, process::Command};

/// A tracked text file.
struct Source {
    /// From the top, with `/`.
    path: String,
    text: String,
}

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Tracked files, and those that could be: what git ignores is not looked at.
fn paths() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout).unwrap();
    names.split_terminator('\0').filter(|path| top().join(path).is_file()).map(str::to_owned).collect()
}

fn sources(ending: &str) -> Vec<Source> {
    paths()
        .into_iter()
        .filter(|path| path.ends_with(ending))
        .map(|path| Source { text: fs::read_to_string(top().join(&path)).unwrap(), path })
        .collect()
}

/// Fails with all findings at once.
fn none(findings: Vec<String>, advice: &str) {
    assert!(findings.is_empty(), "{advice}\n  {}", findings.join("\n  "));
}
