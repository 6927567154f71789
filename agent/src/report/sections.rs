//! The state that reports describe: the text of each section as it was last put into a report, on disk, so
//! that a failed probe keeps the last good value over restarts and the digest is over what really travelled.

use crate::{durable, state_dir::StateDir};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::{
    Section, SectionName,
    digest::{SectionHash, StateDigest},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fs, io, path::PathBuf};

const OBSERVED: &str = "observed.json";
const FOLDER: &str = "sections";

pub struct SectionStore {
    state: StateDir,
    observed_at: BTreeMap<SectionName, Timestamp>,
    hashes: BTreeMap<SectionName, SectionHash>,
}

impl SectionStore {
    pub fn open(state: &StateDir) -> Result<Self> {
        let folder = state.file(FOLDER);
        durable::create_folder(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        let mut store = Self { state: state.clone(), observed_at: BTreeMap::new(), hashes: BTreeMap::new() };
        let observed_at: BTreeMap<SectionName, Timestamp> = state.read_or_default(OBSERVED);
        for name in SectionName::ALL {
            // Without its time a value cannot be reported: it is read anew.
            if let (Some(text), Some(at)) = (store.text(name)?, observed_at.get(&name)) {
                store.hashes.insert(name, SectionHash::of(&text));
                store.observed_at.insert(name, *at);
            }
        }
        Ok(store)
    }

    fn path(&self, name: SectionName) -> PathBuf {
        self.state.file(FOLDER).join(format!("{name}.json"))
    }

    pub fn text(&self, name: SectionName) -> Result<Option<String>> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// `None` where nothing was reported yet, or where an older agent wrote what this one does not read.
    pub fn last<T: DeserializeOwned>(&self, name: SectionName) -> Option<Section<T>> {
        let text = self.hashes.contains_key(&name).then(|| self.text(name)).transpose().ok()??;
        serde_json::from_str(&text?).ok()
    }

    /// Takes a reading in; tells whether the section's text changed.
    pub fn put<T: Serialize + DeserializeOwned>(
        &mut self,
        name: SectionName,
        reading: Section<T>,
        at: Timestamp,
        steady: fn(&T, T) -> T,
    ) -> Result<bool> {
        let last = self.last::<T>(name).and_then(|section| section.value);
        let failed = reading.value.is_none() && !reading.problems.is_empty();
        let observed_at = match (failed && last.is_some(), self.observed_at.get(&name)) {
            (true, Some(kept)) => *kept,
            _ => at,
        };
        let value = match (reading.value, last) {
            (Some(new), Some(last)) => Some(steady(&last, new)),
            (None, Some(last)) if failed => Some(last),
            (new, _) => new,
        };
        let text = serde_json::to_string(&Section { value, problems: reading.problems })?;
        self.observed_at.insert(name, observed_at);
        self.keep(name, &text)
    }

    fn keep(&mut self, name: SectionName, text: &str) -> Result<bool> {
        let hash = SectionHash::of(text);
        if self.hashes.get(&name) == Some(&hash) {
            return Ok(false);
        }
        let path = self.path(name);
        durable::write(&path, text.as_bytes())
            .with_context(|| format!("{} cannot be written", path.display()))?;
        self.hashes.insert(name, hash);
        Ok(true)
    }

    /// Makes the times durable; the texts are already.
    pub fn save(&self) -> Result<()> {
        self.state.write(OBSERVED, &self.observed_at)
    }

    pub fn observed_at(&self) -> &BTreeMap<SectionName, Timestamp> {
        &self.observed_at
    }

    pub fn digest(&self) -> StateDigest {
        StateDigest::of(&self.hashes)
    }
}

/// For sections whose values move only when something happened.
pub fn as_read<T>(_last: &T, new: T) -> T {
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::{Problem, ProblemKind};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn store(folder: &tempfile::TempDir) -> SectionStore {
        SectionStore::open(&StateDir::at(folder.path())).unwrap()
    }

    const NAME: SectionName = SectionName::Storage;

    #[test]
    fn only_a_change_is_a_change_and_the_digest_follows_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder);
        assert!(store.put(NAME, Section::known(1), at(1), as_read).unwrap());
        let digest = store.digest();
        assert!(!store.put(NAME, Section::known(1), at(2), as_read).unwrap());
        assert_eq!(store.digest(), digest);
        assert_eq!(store.observed_at()[&NAME], at(2));
        assert!(store.put(NAME, Section::known(2), at(3), as_read).unwrap());
        assert_ne!(store.digest(), digest);
    }

    #[test]
    fn a_failed_probe_keeps_the_last_good_value_with_its_time_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let problem = Problem::new(ProblemKind::Timeout, "probe", "did not end");
        {
            let mut store = store(&folder);
            store.put(NAME, Section::known(7), at(1), as_read).unwrap();
            store.save().unwrap();
        }
        let mut store = store(&folder);
        assert!(store.put(NAME, Section::<i32>::unknown(problem.clone()), at(9), as_read).unwrap());
        let kept: Section<i32> = store.last(NAME).unwrap();
        assert_eq!((kept.value, kept.problems), (Some(7), vec![problem.clone()]));
        assert_eq!(store.observed_at()[&NAME], at(1));
        assert!(!store.put(NAME, Section::<i32>::unknown(problem), at(10), as_read).unwrap());
        store.put(NAME, Section::known(8), at(11), as_read).unwrap();
        assert_eq!(store.observed_at()[&NAME], at(11));
    }

    #[test]
    fn a_failure_without_an_earlier_value_is_unknown_and_nothing_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder);
        let problem = Problem::new(ProblemKind::Denied, "x", "y");
        store.put(NAME, Section::<i32>::unknown(problem), at(1), as_read).unwrap();
        assert_eq!(store.last::<i32>(NAME).unwrap().value, None);
        store.put(NAME, Section::known(3), at(2), as_read).unwrap();
        store.put(NAME, Section::<i32> { value: None, problems: vec![] }, at(3), as_read).unwrap();
        assert_eq!(store.last::<i32>(NAME).unwrap().value, None);
        assert_eq!(store.observed_at()[&NAME], at(3));
    }

    #[test]
    fn steadied_values_stay_as_they_were_sent() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(&folder);
        let steady = |last: &i32, new: i32| if (last - new).abs() < 5 { *last } else { new };
        store.put(NAME, Section::known(10), at(1), steady).unwrap();
        let digest = store.digest();
        for (second, value) in [(2, 12), (3, 14), (4, 8)] {
            assert!(!store.put(NAME, Section::known(value), at(second), steady).unwrap());
        }
        assert_eq!(store.digest(), digest);
    }
}
