use super::{dpkg, rpm};
use crate::probe::{Root, root};
use jiff::{civil::Date, tz::TimeZone};
use kiemke_schemas::{
    Problem, Section,
    section::software::{Package, PackageSource, Software},
};
use std::{fs::File, io::BufReader};

const DPKG: &str = "/var/lib/dpkg";

pub fn read(root: &Root) -> Section<Software> {
    let (mut packages, mut problems) = (Vec::new(), Vec::new());
    if let Err(problem) = dpkg_packages(root, &mut packages) {
        problems.push(problem);
    }
    if let Err(problem) = rpm::read(root, |package| packages.push(package)) {
        problems.push(problem);
    }
    // No manager at all: this machine has no such thing. A manager that could not be read: nothing is known.
    if packages.is_empty() {
        return Section { value: None, problems };
    }
    packages.sort_unstable();
    let last_patched_on = packages.iter().filter_map(|package| package.installed_on).max();
    Section { value: Some(Software { packages, last_patched_on }), problems }
}

/// A machine without dpkg has no such file, which is no problem.
fn dpkg_packages(root: &Root, packages: &mut Vec<Package>) -> Result<(), Problem> {
    let status = format!("{DPKG}/status");
    if !root.exists(&status) {
        return Ok(());
    }
    let file = File::open(root.path(&status)).map_err(|error| root::problem(&status, &error))?;
    let zone = TimeZone::system();
    dpkg::read(BufReader::new(file), |package| {
        let installed_on = unpacked_on(root, &package, &zone);
        packages.push(Package { installed_on, ..package });
    })
    .map_err(|error| root::problem(&status, &error))
}

/// dpkg writes a package's file list when it unpacks it.
fn unpacked_on(root: &Root, package: &Package, zone: &TimeZone) -> Option<Date> {
    debug_assert_eq!(package.source, PackageSource::Dpkg);
    let name = &package.name;
    let qualified =
        package.architecture.as_ref().map(|architecture| format!("{DPKG}/info/{name}:{architecture}.list"));
    let time = root
        .modified(&format!("{DPKG}/info/{name}.list"))
        .or_else(|| qualified.and_then(|path| root.modified(&path)))?;
    Some(time.to_zoned(zone.clone()).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tests::tree;

    #[test]
    fn packages_have_a_date_where_dpkg_left_one() {
        let (_guard, root) = tree(&[
            (
                "/var/lib/dpkg/status",
                "Package: b\nStatus: install ok installed\nArchitecture: amd64\n\nPackage: a\nStatus: install ok installed\nArchitecture: all\n",
            ),
            ("/var/lib/dpkg/info/b:amd64.list", "/.\n"),
        ]);
        let section = read(&root);
        assert_eq!(section.problems, []);
        let software = section.value.unwrap();
        let seen: Vec<_> =
            software.packages.iter().map(|p| (p.name.as_str(), p.installed_on.is_some())).collect();
        assert_eq!(seen, [("a", false), ("b", true)]);
        assert_eq!(software.last_patched_on, software.packages[1].installed_on);
    }

    #[test]
    fn no_package_manager_is_no_problem() {
        let (_guard, root) = tree::<&str>(&[]);
        assert_eq!(read(&root), Section { value: None, problems: Vec::new() });
    }

    #[test]
    fn a_manager_that_cannot_be_read_leaves_the_software_unknown() {
        let (_guard, root) = tree(&[("/var/lib/dpkg/status/not-a-file", "")]);
        let section = read(&root);
        assert_eq!(section.value, None);
        assert_eq!(section.problems[0].source, "/var/lib/dpkg/status");
    }
}
