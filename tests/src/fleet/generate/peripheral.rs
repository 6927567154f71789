use super::{Office, serial};
use anyhow::{Context, Result};
use kiemke_schemas::section::peripheral::{ClassifiedBy, Connection, Kind, Peripheral};
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

/// The `index`-th USB thing of its kind in the office, with a serial of its own.
pub fn peripheral(office: &Office<'_>, kind: Kind, index: usize) -> Result<Peripheral> {
    let rng = &mut office.rng(&format!("{kind:?}"), index);
    let models: Vec<_> = office.catalogue.peripherals.iter().filter(|model| model.kind == kind).collect();
    let model = models.choose(rng).with_context(|| format!("data/peripherals.csv has no {kind:?}"))?;
    let known = model.usb_vendor.is_some();
    let name = format!("{} {}", model.vendor, model.model);
    let classified_by = if known { ClassifiedBy::UsbTable } else { ClassifiedBy::NamePattern };
    Ok(Peripheral {
        vendor: Some(model.vendor.clone()),
        model: Some(model.model.clone()),
        serial: Some(serial(&model.serial_prefix, model.serial_length, rng)),
        usb_vendor: model.usb_vendor.clone(),
        usb_product: model.usb_product.clone(),
        bus_path: Some(bus_path(rng)),
        ..Peripheral::seen(kind, Connection::Usb, name, classified_by, office.now)
    })
}

pub fn bus_path(rng: &mut StdRng) -> String {
    format!("PCIROOT(0)#PCI(1400)#USBROOT(0)#USB({})#USB({})", rng.random_range(1..9), rng.random_range(1..5))
}
