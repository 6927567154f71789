//! The RPM database. SQLite since RPM 4.16; the older Berkeley DB and the NDB of SUSE are not read.

use super::rpm_header;
use crate::probe::Root;
use kiemke_schemas::{Problem, ProblemKind, section::software::Package};
use rusqlite::{Connection, OpenFlags};

const PLACES: &[&str] = &["/usr/lib/sysimage/rpm", "/var/lib/rpm"];

/// No database: no packages and no problem.
pub fn read(root: &Root, mut found: impl FnMut(Package)) -> Result<(), Problem> {
    for place in PLACES {
        let sqlite = format!("{place}/rpmdb.sqlite");
        if root.exists(&sqlite) {
            return packages(root, &sqlite, &mut found)
                .map_err(|error| Problem::new(ProblemKind::Failed, sqlite, error.to_string()));
        }
        for (file, format) in [("Packages.db", "NDB"), ("Packages", "Berkeley DB")] {
            let path = format!("{place}/{file}");
            if root.exists(&path) {
                let message =
                    format!("the RPM database is in {format} format, which this version does not read");
                return Err(Problem::new(ProblemKind::Unsupported, path, message));
            }
        }
    }
    Ok(())
}

fn packages(root: &Root, path: &str, found: &mut impl FnMut(Package)) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(root.path(path), flags)?;
    let mut statement = database.prepare("SELECT blob FROM Packages")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(package) = row.get_ref(0)?.as_blob().ok().and_then(rpm_header::package) {
            found(package);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    fn names(root: &Root) -> Result<Vec<String>, Problem> {
        let mut names = Vec::new();
        read(root, |package| names.push(package.name))?;
        Ok(names)
    }

    #[test]
    fn a_sqlite_database_is_read() {
        let (_guard, root) = tree(&[("/var/lib/rpm/.rpm.lock", "")]);
        let database = Connection::open(root.path("/var/lib/rpm/rpmdb.sqlite")).unwrap();
        database
            .execute_batch(
                "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
            )
            .unwrap();
        let blob = rpm_header::tests::header(&[(1000, "bash"), (1001, "5.1.8")], &[]);
        database.execute("INSERT INTO Packages (blob) VALUES (?1)", [blob]).unwrap();
        assert_eq!(names(&root), Ok(vec!["bash".to_owned()]));
    }

    #[test]
    fn no_database_is_no_problem_and_an_old_one_is_named() {
        let (_guard, root) = tree::<&str>(&[]);
        assert_eq!(names(&root), Ok(vec![]));
        let (_guard, root) = tree(&[("/var/lib/rpm/Packages", "")]);
        let problem = names(&root).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unsupported);
        assert_eq!(
            problem.message,
            "the RPM database is in Berkeley DB format, which this version does not read"
        );
    }

    #[test]
    fn a_broken_database_is_a_failure() {
        let (_guard, root) =
            tree(&[("/var/lib/rpm/rpmdb.sqlite", "no database at all, and longer than a header of SQLite")]);
        assert_eq!(names(&root).unwrap_err().kind, ProblemKind::Failed);
    }
}
