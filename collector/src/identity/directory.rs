//! The devices that may talk to the collector, in memory: asked at every packet, so that a revoked device
//! is out at its next one.

use crate::inventory::device::DeviceState;
use anyhow::{Context, Result};
use kiemke_schemas::DeviceId;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::store::devices::DeviceRow;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub key: [u8; 32],
    pub state: DeviceState,
    /// The current certificate and the one before it.
    pub serials: [Option<String>; 2],
}

impl Member {
    pub fn may_talk(&self) -> bool {
        self.state == DeviceState::Active
    }

    pub fn has_certificate(&self, serial: &str) -> bool {
        self.serials.iter().flatten().any(|known| known == serial)
    }
}

#[derive(Default)]
pub struct Directory {
    members: RwLock<HashMap<DeviceId, Arc<Member>>>,
}

impl Directory {
    pub fn get(&self, device: &DeviceId) -> Option<Arc<Member>> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).get(device).cloned()
    }

    /// Takes over what the store says; a device without a key (entered by hand) is no member.
    pub fn put(&self, row: &DeviceRow) -> Result<()> {
        let Some(member) = member(row)? else { return Ok(()) };
        let id: DeviceId = row.id.parse()?;
        self.members.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(member));
        Ok(())
    }
}

fn member(row: &DeviceRow) -> Result<Option<Member>> {
    let Some(key) = &row.report_key else { return Ok(None) };
    let key = key.as_slice().try_into().with_context(|| format!("device {}: report key", row.id))?;
    let serials = [row.certificate_serial.clone(), row.previous_certificate_serial.clone()];
    Ok(Some(Member { key, state: row.state()?, serials }))
}
