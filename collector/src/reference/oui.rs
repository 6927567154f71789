//! Whom the address block of a MAC belongs to, and what that vendor mostly makes.

use kiemke_schemas::section::neighbour::NeighbourKind;
use serde::Deserialize;
use std::collections::BTreeMap;

const VENDORS: &str = include_str!("../../reference/oui.csv");
const BLOCK_DIGITS: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    pub name: String,
    /// With how sure that is, in thousandths; `None` where the table does not know.
    pub makes: Option<(NeighbourKind, u32)>,
}

#[derive(Deserialize)]
struct Row {
    vendor: String,
    kind: Option<NeighbourKind>,
    permille: Option<u32>,
    blocks: String,
}

pub struct VendorTable {
    vendors: Vec<Vendor>,
    by_block: BTreeMap<u32, usize>,
}

impl VendorTable {
    pub(super) fn embedded() -> Self {
        let (mut vendors, mut by_block) = (Vec::new(), BTreeMap::new());
        for row in super::rows::<Row>(VENDORS) {
            let blocks = row.blocks.split(' ').filter_map(|block| u32::from_str_radix(block, 16).ok());
            by_block.extend(blocks.map(|block| (block, vendors.len())));
            vendors.push(Vendor { name: row.vendor, makes: row.kind.zip(row.permille) });
        }
        Self { vendors, by_block }
    }

    pub fn len(&self) -> usize {
        self.vendors.len()
    }

    pub fn is_empty(&self) -> bool {
        self.vendors.is_empty()
    }

    /// `None` for a block not listed, and for addresses that a device made up itself.
    pub fn vendor_of(&self, mac: &str) -> Option<&Vendor> {
        let digits: String = mac.chars().filter(char::is_ascii_hexdigit).take(BLOCK_DIGITS).collect();
        let block = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == BLOCK_DIGITS)?;
        self.vendors.get(*self.by_block.get(&block)?)
    }
}
