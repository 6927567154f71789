//! From the store to the procurement needs of units.

use super::App;
use crate::{
    export::procurement::NeedRow,
    inventory::{Unit, UnitInventory, counting::View, unit::Level},
    procurement::{
        Edit, Item, Need, OpenFlag, Planning, PriceList, Source, Stage, needs,
        plan::{Edited, Price, default_year},
    },
    rules::Finding,
    store::{flags::Flag, procurement_edits::KeptEdit, time},
};
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::collections::BTreeMap;

const UNITS_AT_ONCE: usize = 64;

/// The needs of a unit and everything below it, each with the district or department it is rolled up to.
pub async fn subtree_needs(app: &App, root: &Unit, at: Timestamp) -> Result<Vec<NeedRow>> {
    let units = app.store.subtree(&root.code, time::local_date(at)).await?;
    let groups = groups(root, &units);
    let planning = planning(app, at).await?;
    let mut rows = Vec::new();
    for part in units.chunks(UNITS_AT_ONCE) {
        let codes: Vec<String> = part.iter().map(|unit| unit.code.clone()).collect();
        let inventories = app.store.inventory(&codes, at).await?;
        let mut found = needs_of(app, &inventories, &planning, at).await?;
        for unit in part {
            let group = groups.get(&unit.code).unwrap_or(unit);
            let needs = found.remove(&unit.code).unwrap_or_default();
            rows.extend(needs.into_iter().map(|need| NeedRow {
                unit: unit.clone(),
                group: group.clone(),
                need,
            }));
        }
    }
    Ok(rows)
}

/// Every need of these units.
pub async fn needs_of_units(
    app: &App,
    inventories: &[UnitInventory],
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Need>>> {
    let planning = planning(app, at).await?;
    needs_of(app, inventories, &planning, at).await
}

/// The needs of these units that may stand in a form; most units have none.
pub async fn adopted_needs(
    app: &App,
    inventories: &[UnitInventory],
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Need>>> {
    let flags = open_flags(app, &codes(inventories)).await?;
    adopted(app, inventories, &flags, at).await
}

/// The same while the flags of these units are being found.
pub async fn adopted_needs_for(
    app: &App,
    inventories: &[UnitInventory],
    found: &[Finding],
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Need>>> {
    let mut flags = Flags::new();
    for finding in found {
        flags.entry(finding.unit.clone()).or_default().push(OpenFlag {
            rule: finding.rule.to_owned(),
            device: finding.device.clone(),
            system: finding.system.clone(),
            since: at,
        });
    }
    adopted(app, inventories, &flags, at).await
}

/// Of one unit.
type Edits = BTreeMap<Item, Edit>;

/// By unit.
type Flags = BTreeMap<String, Vec<OpenFlag>>;

fn codes(inventories: &[UnitInventory]) -> Vec<String> {
    inventories.iter().map(|inventory| inventory.unit.code.clone()).collect()
}

async fn open_flags(app: &App, codes: &[String]) -> Result<Flags> {
    let mut flags = Flags::new();
    for flag in app.store.open_flags(codes).await? {
        flags.entry(flag.unit.clone()).or_default().push(open_flag(flag));
    }
    Ok(flags)
}

async fn adopted(
    app: &App,
    inventories: &[UnitInventory],
    flags: &Flags,
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Need>>> {
    let edits = edits(app, &codes(inventories)).await?;
    if !edits.values().flat_map(BTreeMap::values).any(|edit| edit.adopted) {
        return Ok(BTreeMap::new());
    }
    let planning = planning(app, at).await?;
    let mut found = with_edits(app, inventories, flags, &edits, &planning, at);
    found.values_mut().for_each(|needs| needs.retain(|need| need.adopted));
    Ok(found)
}

async fn needs_of(
    app: &App,
    inventories: &[UnitInventory],
    planning: &Planning,
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Need>>> {
    let codes = codes(inventories);
    let flags = open_flags(app, &codes).await?;
    let edits = edits(app, &codes).await?;
    Ok(with_edits(app, inventories, &flags, &edits, planning, at))
}

fn with_edits(
    app: &App,
    inventories: &[UnitInventory],
    flags: &Flags,
    edits: &BTreeMap<String, Edits>,
    planning: &Planning,
    at: Timestamp,
) -> BTreeMap<String, Vec<Need>> {
    let (none, thresholds) = (BTreeMap::new(), app.thresholds());
    let found = inventories.iter().map(|inventory| {
        let code = &inventory.unit.code;
        let view = View { inventory, thresholds: &thresholds, now: at };
        let flags = flags.get(code).map_or(&[][..], Vec::as_slice);
        (code.clone(), needs(view, flags, edits.get(code).unwrap_or(&none), planning))
    });
    found.collect()
}

fn open_flag(flag: Flag) -> OpenFlag {
    OpenFlag { rule: flag.rule, device: flag.device, system: flag.system, since: flag.since }
}

pub(super) async fn planning(app: &App, at: Timestamp) -> Result<Planning> {
    let prices = app.store.prices().await?.into_iter().map(price).collect::<Result<_>>()?;
    Ok(Planning { prices: PriceList(prices), year: default_year(time::local_date(at)) })
}

/// What planners made of the needs of these units; a unit nobody edited is not in the map.
pub async fn edits(app: &App, codes: &[String]) -> Result<BTreeMap<String, Edits>> {
    let mut found = BTreeMap::<String, Edits>::new();
    for kept in app.store.procurement_edits(codes).await? {
        let unit = kept.unit_code.clone();
        let (item, edit) = edit(kept).with_context(|| format!("procurement edit of unit {unit}"))?;
        found.entry(unit).or_default().insert(item, edit);
    }
    Ok(found)
}

fn edit(kept: KeptEdit) -> Result<(Item, Edit)> {
    let item = Item::parse(&kept.item).with_context(|| format!("item {:?}", kept.item))?;
    let source = kept.source.map(|text| Source::parse(&text).with_context(|| format!("source {text:?}")));
    let stage = kept.stage.map(|text| Stage::parse(&text).with_context(|| format!("stage {text:?}")));
    let edit = Edit {
        quantity: kept.quantity.map(u32::try_from).transpose()?,
        unit_price: kept.unit_price.map(u64::try_from).transpose()?,
        year: kept.year.map(u16::try_from).transpose()?,
        source: source.transpose()?,
        stage: stage.transpose()?,
        note: kept.note,
        adopted: kept.adopted != 0,
        computed_quantity: kept.computed_quantity.map(u32::try_from).transpose()?,
        edited: Some(Edited { by: kept.changed_by, at: time::parse(&kept.changed_at)? }),
    };
    Ok((item, edit))
}

pub(super) fn kept(unit: &str, item: Item, edit: &Edit) -> Result<KeptEdit> {
    Ok(KeptEdit {
        unit_code: unit.to_owned(),
        item: item.as_str().to_owned(),
        quantity: edit.quantity.map(i64::from),
        unit_price: edit.unit_price.map(i64::try_from).transpose()?,
        year: edit.year.map(i64::from),
        source: edit.source.map(|source| source.as_str().to_owned()),
        stage: edit.stage.map(|stage| stage.as_str().to_owned()),
        adopted: i64::from(edit.adopted),
        note: edit.note.clone(),
        computed_quantity: edit.computed_quantity.map(i64::from),
        ..KeptEdit::default()
    })
}

fn price(price: crate::store::prices::Price) -> Result<Price> {
    let item = Item::parse(&price.item).with_context(|| format!("price of the item {:?}", price.item))?;
    let year = Some(price.year).filter(|year| *year != 0).map(u16::try_from).transpose()?;
    Ok(Price { item, year, unit_price: u64::try_from(price.unit_price)?, source: price.source })
}

/// A district office is rolled up with its communes; in two tiers each commune stands for itself.
fn groups(root: &Unit, units: &[Unit]) -> BTreeMap<String, Unit> {
    let mut groups = BTreeMap::<String, Unit>::new();
    for unit in units {
        let above = unit.parent.as_ref().and_then(|parent| groups.get(parent));
        let own = unit.code == root.code || above.is_none_or(|above| above.level == Level::Province);
        let group = if own { unit } else { above.unwrap_or(unit) }.clone();
        groups.insert(unit.code.clone(), group);
    }
    groups
}
