use super::{Declarations, DeviceFacts, NeighbourFacts, PeripheralFacts, Unit};

/// Everything known of one unit at one time. Devices that no longer count (retired, revoked, silent beyond
/// the limit) are not in it; servers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitInventory {
    pub unit: Unit,
    pub devices: Vec<DeviceFacts>,
    pub peripherals: Vec<PeripheralFacts>,
    /// What else was seen on its networks; nothing where nobody switched that on.
    pub neighbours: Vec<NeighbourFacts>,
    pub declarations: Declarations,
}
