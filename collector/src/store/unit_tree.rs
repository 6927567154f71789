//! All units of a day in memory: derived work and pages ask for thousands of paths.

use super::Store;
use crate::inventory::Unit;
use anyhow::Result;
use jiff::civil::Date;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// No real tree is deeper; a wrong one must not hold anybody up.
const DEEPEST: usize = 16;

pub struct UnitTree {
    on: Date,
    units: HashMap<String, Unit>,
}

impl UnitTree {
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.units.get(code)
    }

    /// From the root down to the unit itself; empty where there is no such unit.
    pub fn path(&self, code: &str) -> Vec<Unit> {
        let mut path = Vec::new();
        let mut next = self.units.get(code);
        while let Some(unit) = next.filter(|_| path.len() < DEEPEST) {
            path.push(unit.clone());
            next = unit.parent.as_deref().and_then(|parent| self.units.get(parent));
        }
        path.reverse();
        path
    }
}

/// The tree asked for last, and how often the units changed.
#[derive(Default)]
struct Cached {
    tree: Option<Arc<UnitTree>>,
    changes: u64,
}

#[derive(Clone, Default)]
pub(super) struct TreeCache(Arc<RwLock<Cached>>);

impl TreeCache {
    fn get(&self, on: Date) -> (Option<Arc<UnitTree>>, u64) {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (cached.tree.clone().filter(|tree| tree.on == on), cached.changes)
    }

    /// Not where the units changed while it was read.
    fn put(&self, tree: &Arc<UnitTree>, changes: u64) {
        let mut cached = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cached.changes == changes {
            cached.tree = Some(tree.clone());
        }
    }

    pub fn forget(&self) {
        let mut cached = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *cached = Cached { tree: None, changes: cached.changes + 1 };
    }
}

impl Store {
    pub async fn unit_tree(&self, on: Date) -> Result<Arc<UnitTree>> {
        let (known, changes) = self.trees.get(on);
        if let Some(tree) = known {
            return Ok(tree);
        }
        let units = self.units(on).await?.into_iter().map(|unit| (unit.code.clone(), unit)).collect();
        let tree = Arc::new(UnitTree { on, units });
        self.trees.put(&tree, changes);
        Ok(tree)
    }
}
