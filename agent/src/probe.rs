//! Probes: one subject a file, pure parsing beside it, raw reads per operating system under it.

pub mod antivirus;
pub mod hardware;
pub mod link;
pub mod link_state;
pub mod load;
pub mod network;
pub mod network_printer;
pub mod operating_system;
pub mod peripheral;
pub mod placeholder;
#[cfg(unix)]
pub mod program;
pub mod root;
pub mod router;
pub mod runner;
pub mod software;
pub mod storage;
#[cfg(any(windows, test))]
pub mod windows;

pub use root::Root;

#[cfg(test)]
pub mod tests {
    use super::Root;
    use std::fs;

    /// A temporary tree with these files; the guard removes it.
    pub fn tree<T: AsRef<[u8]>>(files: &[(&str, T)]) -> (tempfile::TempDir, Root) {
        let guard = tempfile::tempdir().unwrap();
        let root = Root::at(guard.path());
        for (path, content) in files {
            let path = root.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        (guard, root)
    }

    /// A shell script of the tree, for a program of another maker.
    #[cfg(unix)]
    pub fn program(root: &Root, at: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = root.path(at);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A symbolic link inside the tree.
    #[cfg(unix)]
    pub fn link(root: &Root, at: &str, target: &str) {
        let path = root.path(at);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
    }
}
