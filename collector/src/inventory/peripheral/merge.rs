use super::{PeripheralFacts, PeripheralSighting, description_rank, joint_kind, plain, usable_serial};
use kiemke_schemas::section::peripheral::Peripheral;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// One entry a physical thing, in the order of identities; the order of the sightings does not matter.
///
/// Give it all sightings of the devices that count, and, for things with a serial, those of devices of
/// other units too: a thing that moved belongs to the unit where it was seen last. `check` is left empty:
/// the caller looks it up under [`PeripheralFacts::identities`].
pub fn merge(sightings: &[PeripheralSighting]) -> Vec<PeripheralFacts> {
    let mut things: BTreeMap<&str, Vec<&PeripheralSighting>> = BTreeMap::new();
    for sighting in sightings.iter().filter(|s| is_of_its_unit(s)) {
        things.entry(&sighting.identity).or_default().push(sighting);
    }
    let things = join_usb_and_network(things);
    let with_serial = addresses_of_serials(&things);
    let mut merged: BTreeMap<&str, Vec<&PeripheralSighting>> = BTreeMap::new();
    for (identity, seen) in things {
        let of_serial = seen
            .iter()
            .filter(|s| usable_serial(&s.peripheral).is_none())
            .find_map(|s| with_serial.get(&(s.unit.as_str(), s.peripheral.address?)));
        merged.entry(of_serial.copied().unwrap_or(identity)).or_default().extend(seen);
    }
    merged.into_iter().filter_map(|(identity, seen)| facts(identity, seen)).collect()
}

/// A multifunction device on USB here and on the network there has one maker and one serial, and the USB
/// identity is the more certain one.
fn join_usb_and_network<'a>(
    things: BTreeMap<&'a str, Vec<&'a PeripheralSighting>>,
) -> BTreeMap<&'a str, Vec<&'a PeripheralSighting>> {
    let mut on_usb: BTreeMap<(String, String), &str> = BTreeMap::new();
    for (identity, seen) in things.iter().filter(|(identity, _)| identity.starts_with("usb:")) {
        for made in seen.iter().filter_map(|s| maker_and_serial(&s.peripheral)) {
            on_usb.entry(made).or_insert(identity);
        }
    }
    let mut joined: BTreeMap<&str, Vec<&PeripheralSighting>> = BTreeMap::new();
    for (identity, seen) in things {
        let is_usb = identity.starts_with("usb:");
        let made = seen.iter().filter(|_| !is_usb).find_map(|s| maker_and_serial(&s.peripheral));
        let same = made.and_then(|made| on_usb.get(&made).copied());
        joined.entry(same.unwrap_or(identity)).or_default().extend(seen);
    }
    joined
}

fn maker_and_serial(peripheral: &Peripheral) -> Option<(String, String)> {
    let maker = peripheral.vendor.as_deref().map(plain).filter(|maker| !maker.is_empty())?;
    Some((maker, plain(usable_serial(peripheral)?)))
}

/// A computer that moved takes no network printer of its former unit along.
fn is_of_its_unit(sighting: &PeripheralSighting) -> bool {
    let address = sighting.identity.strip_prefix("net:");
    address.is_none_or(|rest| rest.strip_prefix(&sighting.unit).is_some_and(|rest| rest.starts_with(':')))
}

type At<'a> = (&'a str, IpAddr);

/// Which thing with a serial has an address of a unit: the one seen there last. An address passes from one
/// printer to another; what two serials tell apart is never joined by it.
fn addresses_of_serials<'a>(
    things: &BTreeMap<&'a str, Vec<&'a PeripheralSighting>>,
) -> BTreeMap<At<'a>, &'a str> {
    let mut owners: BTreeMap<At, (jiff::Timestamp, &str)> = BTreeMap::new();
    for (identity, seen) in things {
        for sighting in seen.iter().filter(|s| usable_serial(&s.peripheral).is_some()) {
            let Some(address) = sighting.peripheral.address else { continue };
            let claim = (sighting.last_seen_at, *identity);
            let owner = owners.entry((&sighting.unit, address)).or_insert(claim);
            *owner = claim.max(*owner);
        }
    }
    owners.into_iter().map(|(at, (_, identity))| (at, identity)).collect()
}

fn facts(identity: &str, mut seen: Vec<&PeripheralSighting>) -> Option<PeripheralFacts> {
    seen.sort_by_cached_key(|s| {
        let seen = &s.peripheral;
        let latest = Reverse((s.last_seen_at, seen.present));
        (latest, s.device.clone(), s.unit.clone(), s.identity.clone(), seen.connection, seen.address)
    });
    let latest = *seen.first()?;
    let described = &seen.iter().min_by_key(|s| description_rank(&s.peripheral))?.peripheral;
    let known = |pick: fn(&Peripheral) -> Option<String>| {
        std::iter::once(described).chain(seen.iter().map(|s| &s.peripheral)).find_map(pick)
    };
    let aliases: BTreeSet<&str> =
        seen.iter().map(|s| s.identity.as_str()).filter(|id| *id != identity).collect();
    let mut listed = BTreeSet::new();
    Some(PeripheralFacts {
        identity: identity.to_owned(),
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        kind: seen.iter().map(|s| s.peripheral.kind).reduce(joint_kind)?,
        connection: latest.peripheral.connection,
        name: described.name.clone(),
        vendor: known(|p| p.vendor.clone()),
        model: known(|p| p.model.clone()),
        serial: known(|p| usable_serial(p).map(str::to_owned)),
        address: seen.iter().find_map(|s| s.peripheral.address),
        unit: latest.unit.clone(),
        devices: seen.iter().map(|s| &s.device).filter(|d| listed.insert(*d)).cloned().collect(),
        present: seen.iter().any(|s| s.peripheral.present),
        first_seen_at: seen.iter().map(|s| s.first_seen_at).min()?,
        last_seen_at: latest.last_seen_at,
        check: None,
        certificate_authority: known(|p| p.certificate_authority.clone()),
        page_count: seen.iter().filter_map(|s| s.peripheral.page_count).max(),
    })
}
