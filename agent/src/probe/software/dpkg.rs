//! `/var/lib/dpkg/status` (deb822): one paragraph a package.

use kiemke_schemas::section::software::{Package, PackageSource};
use std::io::{self, BufRead};

#[derive(Default)]
struct Paragraph {
    name: String,
    version: String,
    architecture: String,
    maintainer: String,
    installed: bool,
}

impl Paragraph {
    fn field(&mut self, line: &str) {
        // A continuation line belongs to a field that is not read.
        if line.starts_with([' ', '\t']) {
            return;
        }
        let Some((field, value)) = line.split_once(':') else { return };
        let value = value.trim();
        match field {
            "Package" => value.clone_into(&mut self.name),
            "Version" => value.clone_into(&mut self.version),
            "Architecture" => value.clone_into(&mut self.architecture),
            "Maintainer" => value.clone_into(&mut self.maintainer),
            "Status" => self.installed = value.ends_with(" installed"),
            _ => {}
        }
    }

    fn package(&mut self) -> Option<Package> {
        let paragraph = std::mem::take(self);
        let text = |text: String| (!text.is_empty()).then_some(text);
        (paragraph.installed && !paragraph.name.is_empty()).then(|| Package {
            name: paragraph.name,
            version: text(paragraph.version),
            publisher: text(publisher(&paragraph.maintainer).to_owned()),
            architecture: text(paragraph.architecture),
            source: PackageSource::Dpkg,
            installed_on: None,
        })
    }
}

/// The domains a distribution's own packages are answered for from.
const DISTRIBUTIONS: [(&str, &str); 3] =
    [("debian.org", "Debian"), ("debian.net", "Debian"), ("ubuntu.com", "Ubuntu")];

/// The distribution rather than the one of its thousand maintainers; of others the name without the mail address.
fn publisher(maintainer: &str) -> &str {
    let (name, address) = maintainer.split_once('<').unwrap_or((maintainer, ""));
    let host = address.trim_end_matches('>').rsplit('@').next().unwrap_or_default();
    let within =
        |domain: &str| host.strip_suffix(domain).is_some_and(|left| left.is_empty() || left.ends_with('.'));
    DISTRIBUTIONS
        .iter()
        .find(|(domain, _)| within(domain))
        .map_or_else(|| name.trim().trim_matches('"'), |(_, distribution)| distribution)
}

/// Read line by line: the file has some megabytes on a desktop, its packages some hundred kilobytes.
pub fn read(mut source: impl BufRead, mut found: impl FnMut(Package)) -> io::Result<()> {
    let mut line = Vec::new();
    let mut paragraph = Paragraph::default();
    loop {
        line.clear();
        let ended = source.read_until(b'\n', &mut line)? == 0;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.is_empty() {
            paragraph.field(text);
        } else if let Some(package) = paragraph.package() {
            found(package);
        }
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[u8]) -> Vec<Package> {
        let mut packages = Vec::new();
        read(text, |package| packages.push(package)).unwrap();
        packages
    }

    #[test]
    fn only_installed_packages_are_read() {
        let text = "Package: clamav\nStatus: install ok installed\nMaintainer: ClamAV Team <x@example.org>\n\
            Architecture: amd64\nVersion: 1.4.3+dfsg-1~deb12u1\nDescription: anti-virus\n Package: not-a-field\n .\n\n\
            Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
            Package: last\nStatus: hold ok installed\nVersion: 2\nArchitecture: all";
        assert_eq!(
            parse(text.as_bytes()),
            [
                Package {
                    name: "clamav".into(),
                    version: Some("1.4.3+dfsg-1~deb12u1".into()),
                    publisher: Some("ClamAV Team".into()),
                    architecture: Some("amd64".into()),
                    source: PackageSource::Dpkg,
                    installed_on: None,
                },
                Package {
                    name: "last".into(),
                    version: Some("2".into()),
                    publisher: None,
                    architecture: Some("all".into()),
                    source: PackageSource::Dpkg,
                    installed_on: None,
                },
            ]
        );
    }

    #[test]
    fn a_distribution_answers_for_its_own_packages() {
        assert_eq!(publisher("Debian X Strike Force <debian-x@lists.debian.org>"), "Debian");
        assert_eq!(publisher("Stephen Kitt <skitt@debian.org>"), "Debian");
        assert_eq!(publisher("A11y <pkg-a11y-devel@alioth-lists.debian.net>"), "Debian");
        assert_eq!(publisher("Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>"), "Ubuntu");
        assert_eq!(publisher("Marco d'Itri <md@linux.it>"), "Marco d'Itri");
        assert_eq!(publisher("\"Google LLC\" <packages@notdebian.org>"), "Google LLC");
        assert_eq!(publisher("Chrome Linux Team"), "Chrome Linux Team");
        assert_eq!(publisher(""), "");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn a_package_comes_back_as_it_stands(name in "[a-z][a-z0-9+.-]{1,20}", version in "[0-9][a-z0-9+.~:-]{0,20}") {
            let text = format!("Package: {name}\nStatus: install ok installed\nVersion: {version}\n\n");
            let packages = parse(text.as_bytes());
            proptest::prop_assert_eq!(packages.len(), 1);
            proptest::prop_assert_eq!(&packages[0].name, &name);
            proptest::prop_assert_eq!(packages[0].version.as_deref(), Some(version.as_str()));
        }
    }
}
