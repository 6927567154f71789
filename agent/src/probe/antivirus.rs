//! Endpoint protection: absent (the probe worked and found none), off, and unknown are three things.

pub mod cvd;
#[cfg(target_os = "linux")]
mod linux;
pub mod products;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(any(windows, test))]
mod windows;
#[cfg(windows)]
use windows as platform;

use super::Root;
use kiemke_schemas::{
    Section,
    observation::Event,
    section::antivirus::{Antivirus, ProductState},
};

pub fn read(root: &Root) -> Section<Antivirus> {
    platform::read(root)
}

/// What changed between two readings, for the report's observations.
pub fn changes(before: &Antivirus, now: &Antivirus) -> Vec<Event> {
    now.products
        .iter()
        .filter_map(|product| {
            let then = before.products.iter().find(|known| known.name == product.name)?;
            (then.state != product.state).then(|| Event::ProtectionChanged {
                product: product.name.clone(),
                from: state_name(then.state).to_owned(),
                to: state_name(product.state).to_owned(),
            })
        })
        .collect()
}

/// As in the section's JSON.
fn state_name(state: ProductState) -> &'static str {
    match state {
        ProductState::On => "on",
        ProductState::Off => "off",
        ProductState::Snoozed => "snoozed",
        ProductState::Expired => "expired",
        ProductState::Passive => "passive",
        ProductState::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiemke_schemas::section::antivirus::{Product, Signatures};

    fn with(state: ProductState) -> Antivirus {
        let product = Product {
            name: "ClamAV".into(),
            vendor: None,
            version: None,
            state,
            signatures: Signatures::default(),
            source: "clamd".into(),
        };
        Antivirus { products: vec![product], firewall: Vec::new() }
    }

    #[test]
    fn a_change_of_state_is_an_event_and_a_first_sight_is_none() {
        let event =
            Event::ProtectionChanged { product: "ClamAV".into(), from: "on".into(), to: "off".into() };
        assert_eq!(changes(&with(ProductState::On), &with(ProductState::Off)), [event]);
        assert_eq!(changes(&with(ProductState::On), &with(ProductState::On)), []);
        assert_eq!(changes(&Antivirus::default(), &with(ProductState::On)), []);
    }
}
