//! From what is switched on for units to what each agent is told: who is elected, who gets credentials, what
//! has to be sent again.

pub mod election;
mod plan;

pub use plan::{Plan, plan};

use crate::{
    app::App,
    identity::vault::Vault,
    settings::unit::UnitSettings,
    store::{
        Store, commands, time,
        unit_settings::{KeptSettings, SentSettings},
    },
};
use anyhow::{Context, Result};
use jiff::Timestamp;
use kiemke_schemas::{command::Body, settings::RemoteSettings};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How often somebody looks whether an elected agent fell silent.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// The settings of a unit with those above it, credentials and all.
pub async fn effective(store: &Store, vault: &Vault, unit: &str, now: Timestamp) -> Result<UnitSettings> {
    let path = store.unit_path(unit, time::local_date(now)).await?;
    let codes: Vec<String> = path.into_iter().map(|unit| unit.code).collect();
    let mut kept = store.unit_settings(&codes).await?;
    let mut whole = UnitSettings::default();
    for code in &codes {
        if let Some(own) = kept.remove(code) {
            whole = opened(vault, &own)?.over(whole);
        }
    }
    Ok(whole)
}

/// With its credentials.
pub fn opened(vault: &Vault, kept: &KeptSettings) -> Result<UnitSettings> {
    let settings = kept.settings.clone().unwrap_or_default();
    let Some(sealed) = &kept.secrets else { return Ok(settings) };
    let json = vault.open(&kept.unit, sealed)?;
    let credentials: Vec<_> =
        serde_json::from_slice(&json).with_context(|| format!("sealed credentials of unit {}", kept.unit))?;
    Ok(settings.with_credentials(&credentials))
}

/// `None` withdraws. Gives the number of devices that are told something new.
pub async fn set(app: &App, unit: &str, settings: Option<UnitSettings>, actor: &str) -> Result<usize> {
    let now = Timestamp::now();
    let former = app.store.unit_settings(&[unit.to_owned()]).await?.remove(unit);
    let former = former.map(|kept| opened(&app.vault, &kept)).transpose()?.unwrap_or_default();
    let settings = settings.map(|new| new.keeping_secrets_of(&former));
    if let Some(new) = &settings {
        new.check()?;
    }
    let secrets = settings
        .as_ref()
        .map(UnitSettings::credentials)
        .filter(|all| !all.is_empty())
        .map(|all| app.vault.seal(unit, &serde_json::to_vec(&all)?))
        .transpose()?;
    let shown = settings.as_ref().map(UnitSettings::without_secrets);
    app.store.set_unit_settings(unit, shown.as_ref(), secrets.as_deref(), actor).await?;
    let below = app.store.subtree(unit, time::local_date(now)).await?;
    let codes: Vec<String> = below.into_iter().map(|unit| unit.code).collect();
    follow(app, &app.store.units_with_agents(&codes).await?).await
}

/// Elects and sends what changed for these units; gives the number of devices that are told something.
pub async fn follow(app: &App, units: &[String]) -> Result<usize> {
    if !app.store.has_unit_settings().await? {
        return Ok(0);
    }
    let mut told = 0;
    for unit in units {
        told += follow_unit(app, unit).await.with_context(|| format!("settings of unit {unit}"))?;
    }
    Ok(told)
}

async fn follow_unit(app: &App, unit: &str) -> Result<usize> {
    let now = Timestamp::now();
    let settings = effective(&app.store, &app.vault, unit, now).await?;
    let former = app.store.elected(unit).await?;
    let known: BTreeMap<String, String> = former.into_iter().map(|one| (one.network, one.device)).collect();
    let plan = plan(&app.store, unit, &settings, &known, now).await?;
    let ids: Vec<String> = plan.told.keys().cloned().collect();
    let sent = app.store.sent_settings(&ids).await?;
    let mut due = Vec::new();
    for (device, settings) in &plan.told {
        let mark = app.vault.mark(&serde_json::to_vec(settings)?);
        if is_due(sent.get(device), &mark, settings, now)? {
            due.push((device, settings.without_secrets(), mark));
        }
    }
    let elected: Vec<(String, String)> = plan.elected.into_iter().collect();
    if due.is_empty() && elected.iter().cloned().collect::<BTreeMap<_, _>>() == known {
        return Ok(0);
    }
    let mut tx = app.store.begin().await?;
    tx.set_elected(unit, &elected, now).await?;
    for (device, settings, mark) in &due {
        let body = Body::ApplySettings { settings: settings.clone() };
        tx.send_settings(device, &body, mark, now).await?;
    }
    tx.commit().await?;
    due.iter().for_each(|(device, ..)| app.wake_outbox(device));
    Ok(due.len())
}

/// Something new, or what was sent did not arrive in time, or the device lost it.
fn is_due(
    sent: Option<&SentSettings>,
    mark: &[u8],
    settings: &RemoteSettings,
    now: Timestamp,
) -> Result<bool> {
    let Some(sent) = sent else { return Ok(*settings != RemoteSettings::default()) };
    let in_force = sent.in_force == Some(sent.counter);
    let expired = time::parse(&sent.sent_at)?.checked_add(commands::EXPIRY)? < now;
    Ok(sent.mark != mark || sent.in_force == Some(0) || (expired && !in_force))
}

/// What a device is told now: joined to the command as it goes out, so that no credentials lie in the outbox.
pub async fn settings_of(
    store: &Store,
    vault: &Vault,
    device: &str,
    now: Timestamp,
) -> Result<RemoteSettings> {
    let row = store.device(device).await?.with_context(|| format!("there is no device {device}"))?;
    let settings = effective(store, vault, &row.unit_code, now).await?;
    let elected = store.elected(&row.unit_code).await?;
    let known: BTreeMap<String, String> = elected.into_iter().map(|one| (one.network, one.device)).collect();
    let mut plan = plan(store, &row.unit_code, &settings, &known, now).await?;
    Ok(plan.told.remove(device).unwrap_or_default())
}

/// Runs until it is dropped.
pub async fn watch(app: Arc<App>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let done = async { follow(&app, &app.store.units_with_absent_elected().await?).await };
        if let Err(error) = done.await {
            tracing::error!(error = format!("{error:#}"), "elected agents could not be looked after");
        }
    }
}
