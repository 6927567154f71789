//! What the columns of a segment say, decoded once a segment: counting then works on small numbers.

use super::schema::{ENTRY, ORDER, PATH, TRAITS, WITHIN};
use crate::text::label;
use std::{collections::HashMap, sync::Arc};
use tantivy::{
    SegmentReader, TantivyError,
    columnar::{ColumnValues, StrColumn},
};

/// Numbers for the names met in any segment, kept as long as the index is open.
#[derive(Clone, Default)]
pub struct Names {
    ids: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
}

impl Names {
    fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let (id, name) = (self.names.len() as u32, Arc::<str>::from(name));
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn name(&self, id: usize) -> &Arc<str> {
        &self.names[id]
    }
}

#[derive(Clone, Default)]
pub struct Dictionary {
    pub units: Names,
    /// By unit: the name last met.
    pub unit_names: Vec<Arc<str>>,
    /// Depth in the tree by code and by folded name.
    pub depths: HashMap<Arc<str>, usize>,
    pub values: Names,
}

/// One row a distinct value of the traits column.
pub struct Traits {
    pub kind: u32,
    pub system: Option<u32>,
    pub protection: Option<u32>,
    pub isps: Box<[u32]>,
    pub flags: Box<[u32]>,
}

pub struct SegmentTable {
    /// By ordinal of the path column: the units from the root down.
    pub paths: Vec<Box<[u32]>>,
    pub traits: Vec<Traits>,
    pub path: Arc<dyn ColumnValues<u64>>,
    pub trait_: Arc<dyn ColumnValues<u64>>,
    pub order: Arc<dyn ColumnValues<u64>>,
    pub orders: Orders,
}

/// The terms of the order column by ordinal. The dictionary on disk takes tens of microseconds a term, and
/// the first hits of every segment are compared with those of the others in every search.
#[derive(Default)]
pub struct Orders {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Orders {
    fn push(&mut self, term: &[u8]) {
        self.bytes.extend_from_slice(term);
        self.ends.push(self.bytes.len());
    }

    pub fn get(&self, ordinal: u64) -> &[u8] {
        let ordinal = ordinal as usize;
        let start = ordinal.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(ordinal).copied().unwrap_or(start);
        &self.bytes[start..end]
    }
}

impl SegmentTable {
    pub fn read(segment: &SegmentReader, dictionary: &mut Dictionary) -> tantivy::Result<Self> {
        let (paths, path) = column(segment, PATH)?;
        let (traits, trait_) = column(segment, TRAITS)?;
        let (orders, order) = column(segment, ORDER)?;
        let mut table =
            Self { paths: vec![], traits: vec![], path, trait_, order, orders: Orders::default() };
        each_term(&orders, |order| table.orders.push(order))?;
        table.orders.bytes.shrink_to_fit();
        each_term(&paths, |path| table.paths.push(read_path(&String::from_utf8_lossy(path), dictionary)))?;
        each_term(&traits, |traits| {
            table.traits.push(read_traits(&String::from_utf8_lossy(traits), &mut dictionary.values));
        })?;
        Ok(table)
    }
}

fn column(segment: &SegmentReader, name: &str) -> tantivy::Result<(StrColumn, Arc<dyn ColumnValues<u64>>)> {
    let damaged = || TantivyError::InternalError(format!("a segment of the index has no column {name}"));
    let column = segment.fast_fields().str(name)?.ok_or_else(damaged)?;
    let ordinals = column.ords().clone();
    // Every document has exactly one value, so that row and document are one number.
    if ordinals.get_cardinality().is_full() { Ok((column, ordinals.values)) } else { Err(damaged()) }
}

fn each_term(column: &StrColumn, mut each: impl FnMut(&[u8])) -> tantivy::Result<()> {
    let mut terms = column.dictionary().stream()?;
    while terms.advance() {
        each(terms.key());
    }
    Ok(())
}

fn read_path(path: &str, dictionary: &mut Dictionary) -> Box<[u32]> {
    let entries = path.split(ENTRY).filter(|entry| !entry.is_empty());
    let unit = |(depth, entry): (usize, &str)| {
        let (code, name) = entry.split_once(WITHIN).unwrap_or((entry, entry));
        let id = dictionary.units.id(code);
        if dictionary.unit_names.len() < dictionary.units.len() {
            dictionary.unit_names.push(name.into());
            dictionary.depths.insert(label(code).into(), depth);
            dictionary.depths.entry(label(name).into()).or_insert(depth);
        } else if *dictionary.unit_names[id as usize] != *name {
            dictionary.unit_names[id as usize] = name.into();
            dictionary.depths.entry(label(name).into()).or_insert(depth);
        }
        id
    };
    entries.enumerate().map(unit).collect()
}

fn read_traits(traits: &str, values: &mut Names) -> Traits {
    let mut parts = traits.split(ENTRY);
    let mut next = || parts.next().unwrap_or_default();
    let one = |text: &str, values: &mut Names| (!text.is_empty()).then(|| values.id(text));
    let kind = values.id(next());
    let system = one(next(), values);
    let protection = one(next(), values);
    let mut many = |text: &str| {
        text.split(WITHIN).filter(|value| !value.is_empty()).map(|value| values.id(value)).collect()
    };
    Traits { kind, system, protection, isps: many(next()), flags: many(next()) }
}
