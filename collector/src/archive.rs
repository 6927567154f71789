//! A backup: a zstd-compressed tar of the store, the CA and the keys, with a manifest of their hashes.
//! The search index is left out: it is rebuilt from the store.

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

pub const STORE_FILE: &str = "kiemke.sqlite";
const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;
const COMPRESSION_LEVEL: i32 = 3;
const BUFFER_BYTES: usize = 64 * 1024;
/// A certificate of one's own for HTTPS, where the data folder holds it.
pub const WEB_CHAIN_FILE: &str = "web.pem";
pub const WEB_KEY_FILE: &str = "web.key";
/// What a data folder holds besides the store that cannot be made again.
const KEY_FILES: [&str; 6] =
    ["ca.pem", "ca.key", "command.key", "settings.key", WEB_CHAIN_FILE, WEB_KEY_FILE];
/// Follows from the store, or belongs to the running process.
const DERIVED: [&str; 3] = ["kiemke.sqlite-wal", "kiemke.sqlite-shm", "search"];

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    made_at: jiff::Timestamp,
    version: String,
    /// Lower-case hex SHA-256 by file name.
    files: BTreeMap<String, String>,
}

/// Files of the HTTPS certificate outside of the data folder, as `serve` was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebCertificate {
    pub chain: PathBuf,
    pub key: PathBuf,
}

/// `snapshot` is a consistent copy of the store. A certificate from elsewhere takes the place of the one in
/// the data folder.
pub fn write(
    data: &Path,
    snapshot: &Path,
    web: Option<&WebCertificate>,
    output: &mut dyn Write,
) -> Result<()> {
    let mut sources = vec![(STORE_FILE, snapshot.to_owned())];
    for name in KEY_FILES {
        let path = match (name, web) {
            (WEB_CHAIN_FILE, Some(web)) => web.chain.clone(),
            (WEB_KEY_FILE, Some(web)) => web.key.clone(),
            _ if data.join(name).exists() => data.join(name),
            _ => continue,
        };
        sources.push((name, path));
    }
    let mut files = BTreeMap::new();
    for (name, path) in &sources {
        files.insert((*name).to_owned(), hash(path)?);
    }
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { format: FORMAT, made_at: jiff::Timestamp::now(), version, files };
    let mut encoder = zstd::Encoder::new(output, COMPRESSION_LEVEL)?;
    let mut tar = tar::Builder::new(&mut encoder);
    let json = serde_json::to_vec_pretty(&manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(json.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    tar.append_data(&mut header, MANIFEST, json.as_slice())?;
    for (name, path) in &sources {
        tar.append_path_with_name(path, name)
            .with_context(|| format!("cannot back up {}", path.display()))?;
    }
    tar.finish()?;
    drop(tar);
    encoder.finish()?;
    Ok(())
}

/// Unpacks into the empty `folder` and verifies; gives the names of the files.
pub fn unpack(archive: impl Read, folder: &Path) -> Result<Vec<String>> {
    let mut tar = tar::Archive::new(zstd::Decoder::new(archive)?);
    let mut entries = tar.entries()?;
    let manifest = match entries.next() {
        Some(entry) => {
            let mut entry = entry?;
            ensure!(entry.path()?.as_os_str() == MANIFEST, "the manifest is not its first file");
            serde_json::from_reader::<_, Manifest>(&mut entry).context("manifest.json")?
        }
        None => bail!("the archive is empty"),
    };
    ensure!(manifest.format == FORMAT, "field format: {}, this version reads {FORMAT}", manifest.format);
    for entry in entries {
        let mut entry = entry?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let known = name == STORE_FILE || KEY_FILES.contains(&name.as_str());
        ensure!(known && manifest.files.contains_key(&name), "unexpected file {name:?}");
        entry.unpack(folder.join(&name)).with_context(|| format!("cannot unpack {name}"))?;
    }
    for (name, expected) in &manifest.files {
        let found = hash(&folder.join(name)).with_context(|| format!("{name} is missing"))?;
        ensure!(&found == expected, "{name} is damaged: its SHA-256 is not the manifest's");
    }
    Ok(manifest.files.into_keys().collect())
}

/// What of a collector stands in `data`.
pub fn present_files(data: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data).with_context(|| format!("cannot read {}", data.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name == STORE_FILE || KEY_FILES.contains(&name.as_str()) || DERIVED.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn hash(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(HEXLOWER.encode(&hasher.finalize())),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> (tempfile::TempDir, Vec<u8>) {
        let data = tempfile::tempdir().unwrap();
        for (name, text) in [("copy", "store"), ("ca.pem", "certificate"), ("ca.key", "key"), ("search", "")]
        {
            fs::write(data.path().join(name), text).unwrap();
        }
        let mut bytes = Vec::new();
        write(data.path(), &data.path().join("copy"), None, &mut bytes).unwrap();
        (data, bytes)
    }

    #[test]
    fn a_web_certificate_from_elsewhere_is_in_the_archive() {
        let (data, _) = archive();
        let elsewhere = tempfile::tempdir().unwrap();
        let at = |name: &str| elsewhere.path().join(name);
        fs::write(data.path().join(WEB_CHAIN_FILE), "an older one").unwrap();
        fs::write(at("chain"), "chain").unwrap();
        fs::write(at("private"), "private").unwrap();
        let web = WebCertificate { chain: at("chain"), key: at("private") };
        let copy = data.path().join("copy");
        let mut bytes = Vec::new();
        write(data.path(), &copy, Some(&web), &mut bytes).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let names = unpack(bytes.as_slice(), folder.path()).unwrap();
        assert_eq!(names, ["ca.key", "ca.pem", STORE_FILE, WEB_KEY_FILE, WEB_CHAIN_FILE]);
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!((text(WEB_CHAIN_FILE).as_str(), text(WEB_KEY_FILE).as_str()), ("chain", "private"));

        fs::remove_file(at("private")).unwrap();
        let error = write(data.path(), &copy, Some(&web), &mut Vec::new()).unwrap_err();
        assert!(format!("{error:#}").starts_with(&format!("cannot read {}", at("private").display())));
    }

    #[test]
    fn what_was_written_unpacks() {
        let (_data, bytes) = archive();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(unpack(bytes.as_slice(), folder.path()).unwrap(), ["ca.key", "ca.pem", STORE_FILE]);
        assert_eq!(fs::read_to_string(folder.path().join(STORE_FILE)).unwrap(), "store");
    }

    #[test]
    fn a_cut_archive_is_refused() {
        let (_data, bytes) = archive();
        let folder = tempfile::tempdir().unwrap();
        assert!(unpack(&bytes[..bytes.len() / 2], folder.path()).is_err());
        assert!(unpack(&b"no archive"[..], folder.path()).is_err());
    }
}
