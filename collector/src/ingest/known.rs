//! Hashes of the sections stored last, so that what did not change is neither read nor packed again.
//! A cache: the writer trusts the store alone.

use kiemke_schemas::{DeviceId, SectionName, digest::SectionHash};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

const MOST_DEVICES: usize = 100_000;

pub type Hashes = BTreeMap<SectionName, SectionHash>;

#[derive(Default)]
pub struct KnownSections {
    devices: Mutex<HashMap<DeviceId, Arc<Hashes>>>,
}

impl KnownSections {
    pub fn get(&self, device: &DeviceId) -> Option<Arc<Hashes>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner).get(device).cloned()
    }

    pub fn put(&self, device: &DeviceId, hashes: Hashes) {
        let mut devices = self.devices.lock().unwrap_or_else(PoisonError::into_inner);
        if devices.len() >= MOST_DEVICES && !devices.contains_key(device) {
            // Any entry will do: it comes back with the next report of its device.
            if let Some(other) = devices.keys().next().cloned() {
                devices.remove(&other);
            }
        }
        devices.insert(device.clone(), Arc::new(hashes));
    }
}
