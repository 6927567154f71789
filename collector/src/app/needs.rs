//! What planners do with computed needs, and the flag that follows from what they propose.

use super::{App, plan};
use crate::{
    inventory::{Unit, UnitInventory},
    procurement::{Edit, Item, Need, share},
    rules::{Finding, evidence::ShareLow, security_share_low},
};
use anyhow::{Context, Result};
use jiff::Timestamp;

/// Changes the edit of one need and records what is computed for it now. A need that nothing calls for may
/// be proposed as well.
pub async fn edit(
    app: &App,
    unit: &Unit,
    item: Item,
    actor: &str,
    change: impl FnOnce(Edit) -> Edit + Send,
) -> Result<()> {
    let codes = [unit.code.clone()];
    let current = plan::edits(app, &codes).await?.remove(&unit.code).unwrap_or_default();
    let computed = of_item(app, unit, item, Timestamp::now()).await?.computed_quantity;
    let mut edit = change(current.get(&item).cloned().unwrap_or_default());
    edit.computed_quantity = Some(computed);
    app.store.edit_procurement(&plan::kept(&unit.code, item, &edit)?, actor).await?;
    app.derivation.wake.notify_one();
    Ok(())
}

/// Back to what is computed; `false` where nobody had edited.
pub async fn clear(app: &App, unit: &Unit, item: Item, actor: &str) -> Result<bool> {
    let cleared = app.store.clear_procurement(&unit.code, item.as_str(), actor).await?;
    app.derivation.wake.notify_one();
    Ok(cleared)
}

/// The needs of one unit, without those below it.
pub async fn of_unit(app: &App, unit: &Unit, at: Timestamp) -> Result<Vec<Need>> {
    let codes = [unit.code.clone()];
    let inventories = app.store.inventory(&codes, at).await?;
    let needs = plan::needs_of_units(app, &inventories, at).await?.remove(&unit.code);
    needs.with_context(|| format!("there is no unit {}", unit.code))
}

/// One of them; an item that nothing calls for is a need of 0.
pub async fn of_item(app: &App, unit: &Unit, item: Item, at: Timestamp) -> Result<Need> {
    let found = of_unit(app, unit, at).await?.into_iter().find(|need| need.item == item);
    if let Some(need) = found {
        return Ok(need);
    }
    let planning = plan::planning(app, at).await?;
    Ok(Need::of(&unit.code, item, Vec::new(), None, &planning.prices, planning.year))
}

/// The units whose adopted needs give security too small a share.
pub async fn share_findings(
    app: &App,
    inventories: &[UnitInventory],
    found: &[Finding],
    at: Timestamp,
) -> Result<Vec<Finding>> {
    let limit = app.thresholds().security_share_permille;
    let adopted = plan::adopted_needs_for(app, inventories, found, at).await?;
    let low = adopted.iter().filter_map(|(unit, needs)| {
        let share = share::too_low(needs, limit)?;
        let evidence = ShareLow {
            security_dong: share.security,
            proposal_dong: share.total,
            share_permille: share.permille,
            limit_permille: limit,
        };
        Some(security_share_low::finding(unit, evidence))
    });
    Ok(low.collect())
}
