//! Watches an agent's spool from outside: every report that ever lay in it, however shortly.

use rustix::fs::inotify;
use std::{
    collections::BTreeSet,
    fs,
    mem::MaybeUninit,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

pub type Stamp = (u64, u64);

pub struct SpoolWatch {
    folder: PathBuf,
    seen: Arc<Mutex<BTreeSet<Stamp>>>,
}

impl SpoolWatch {
    pub fn start(state: &Path) -> Self {
        let folder = state.join("spool");
        fs::create_dir_all(&folder).unwrap();
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let watcher = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&watcher, &folder, inotify::WatchFlags::MOVED_TO | inotify::WatchFlags::CREATE)
            .unwrap();
        let found = Arc::clone(&seen);
        // Ends with the process: it waits in a read.
        std::thread::spawn(move || {
            let mut buffer = [MaybeUninit::uninit(); 16384];
            let mut reader = inotify::Reader::new(watcher, &mut buffer);
            while let Ok(event) = reader.next() {
                assert!(!event.events().contains(inotify::ReadFlags::QUEUE_OVERFLOW), "events were lost");
                let name = event.file_name().map(|name| name.to_string_lossy().into_owned());
                found.lock().unwrap().extend(name.as_deref().and_then(stamp));
            }
        });
        Self { folder, seen }
    }

    pub fn seen(&self) -> BTreeSet<Stamp> {
        self.seen.lock().unwrap().clone()
    }

    pub fn waiting(&self) -> BTreeSet<Stamp> {
        let names = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter_map(|name| stamp(name.to_str()?)).collect()
    }
}

/// `<boot>-<sequence>.report`
fn stamp(name: &str) -> Option<Stamp> {
    let (boot, sequence) = name.strip_suffix(".report")?.split_once('-')?;
    Some((boot.parse().ok()?, sequence.parse().ok()?))
}
