//! What the tests share, and the simulated fleet behind `kiemke-fleet`.

pub mod fleet;
