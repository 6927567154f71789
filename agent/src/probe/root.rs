//! Where readers read: a path value, so that tests run on temporary trees.

use kiemke_schemas::{Problem, ProblemKind};
use std::{
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// A folder to read in place of this machine's files: for trials with recordings.
pub const VARIABLE: &str = "KIEMKE_ROOT";

#[derive(Debug, Clone)]
pub struct Root(PathBuf);

impl Root {
    /// This machine, or the recorded tree that [`VARIABLE`] names.
    pub fn system() -> Self {
        let named = env::var_os(VARIABLE).filter(|path| !path.is_empty());
        Self(named.map_or_else(|| PathBuf::from("/"), PathBuf::from))
    }

    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The place of an absolute path in this tree.
    pub fn path(&self, absolute: &str) -> PathBuf {
        self.0.join(absolute.trim_start_matches('/'))
    }

    pub fn exists(&self, absolute: &str) -> bool {
        self.path(absolute).exists()
    }

    pub fn bytes(&self, absolute: &str) -> Result<Vec<u8>, Problem> {
        read(&self.path(absolute)).map_err(|error| problem(absolute, &error))
    }

    /// Bytes that are no UTF-8 are replaced: a broken label must not hide the rest of a file.
    pub fn text(&self, absolute: &str) -> Result<String, Problem> {
        Ok(match String::from_utf8(self.bytes(absolute)?) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// One trimmed value; `None` where the file does not exist or is empty. Other failures go to `problems`.
    pub fn value(&self, absolute: &str, problems: &mut Vec<Problem>) -> Option<String> {
        match self.text(absolute) {
            Ok(text) => Some(text.trim().trim_matches('\0').to_owned()).filter(|text| !text.is_empty()),
            Err(problem) if problem.kind == ProblemKind::Absent => None,
            Err(problem) => {
                problems.push(problem);
                None
            }
        }
    }

    /// An attribute that many drivers do not have or answer with an error: `None` says "not known".
    pub fn attribute(&self, absolute: &str) -> Option<String> {
        self.value(absolute, &mut Vec::new())
    }

    /// File names, sorted.
    pub fn names(&self, absolute: &str) -> Result<Vec<String>, Problem> {
        let entries = fs::read_dir(self.path(absolute)).map_err(|error| problem(absolute, &error))?;
        let mut names = entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(|error| problem(absolute, &error))?;
        names.sort_unstable();
        Ok(names)
    }

    pub fn link_target(&self, absolute: &str) -> Option<String> {
        fs::read_link(self.path(absolute)).ok().map(|target| target.to_string_lossy().into_owned())
    }

    pub fn modified(&self, absolute: &str) -> Option<jiff::Timestamp> {
        let time = fs::metadata(self.path(absolute)).and_then(|data| data.modified()).ok()?;
        jiff::Timestamp::try_from(time).ok()
    }
}

/// Files of the kernel tell no size: without room for most of them, each is read in many small steps.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    const ROOM: usize = 4096;
    let mut bytes = Vec::with_capacity(ROOM);
    fs::File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl AsRef<Path> for Root {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

pub fn problem(source: &str, error: &io::Error) -> Problem {
    let kind = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ProblemKind::Absent,
        io::ErrorKind::PermissionDenied => ProblemKind::Denied,
        io::ErrorKind::Unsupported => ProblemKind::Unsupported,
        io::ErrorKind::TimedOut => ProblemKind::Timeout,
        _ => ProblemKind::Failed,
    };
    Problem::new(kind, source, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_unreadable_are_told_apart() {
        let tree = tempfile::tempdir().unwrap();
        let root = Root::at(tree.path());
        fs::create_dir(tree.path().join("dir")).unwrap();
        assert_eq!(root.text("/nothing").unwrap_err().kind, ProblemKind::Absent);
        assert_eq!(root.text("/dir").unwrap_err().kind, ProblemKind::Failed);
        let mut problems = Vec::new();
        assert_eq!(root.value("/nothing", &mut problems), None);
        assert_eq!(problems, []);
        assert_eq!(root.value("/dir", &mut problems), None);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn values_are_trimmed_and_bytes_that_are_no_text_do_not_hide_the_rest() {
        let tree = tempfile::tempdir().unwrap();
        fs::write(tree.path().join("value"), b" M\xe1y in \n").unwrap();
        let value = Root::at(tree.path()).attribute("/value");
        assert_eq!(value.as_deref(), Some("M\u{fffd}y in"));
    }
}
