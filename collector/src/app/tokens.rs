//! Enrolment tokens, for the command line and for the pages.

use super::App;
use crate::{
    identity::{assignment::Assignment, token},
    store::{time, tokens::EnrolmentToken},
};
use anyhow::{Context, Result, ensure};
use jiff::{Timestamp, ToSpan, civil::Date};

const DEFAULT_DAYS: i64 = 30;

pub struct Wanted<'a> {
    /// Devices enrol in it or below it.
    pub unit: &'a str,
    pub uses: u32,
    /// 30 days from today where it is not given.
    pub last_day: Option<Date>,
    pub assignment: Assignment,
}

/// Rules may lead to the token's unit and those below it only.
async fn check_assignment(app: &App, unit: &str, assignment: &Assignment, on: Date) -> Result<()> {
    for rule in &assignment.rules {
        let known = app.store.unit(&rule.unit, on).await?.is_some();
        ensure!(known, "field assign: {rule}: there is no unit {}", rule.unit);
        let below = app.store.is_at_or_below(&rule.unit, unit, on).await?;
        ensure!(
            below,
            "field assign: {rule}: {} does not lie at or below unit {unit} of the token",
            rule.unit
        );
    }
    Ok(())
}

/// The text that enrols; the store keeps only its hash.
pub async fn create(app: &App, wanted: Wanted<'_>, actor: &str) -> Result<String> {
    let Wanted { unit, uses, last_day, assignment } = wanted;
    let now = Timestamp::now();
    let today = time::local_date(now);
    let last_day = match last_day {
        Some(day) => day,
        None => today.checked_add(DEFAULT_DAYS.days())?,
    };
    ensure!(last_day >= today, "field expires: {last_day} is over");
    app.store
        .unit(unit, today)
        .await?
        .with_context(|| format!("field unit: there is no unit {unit}; import units first"))?;
    check_assignment(app, unit, &assignment, today).await?;
    let made = token::make(&app.authority);
    let token = EnrolmentToken {
        id: made.id,
        secret_hash: made.secret_hash,
        unit: unit.to_owned(),
        uses_total: uses.into(),
        uses_left: uses.into(),
        expires_at: Some(time::end_of_day(last_day)?),
        created_at: now,
        created_by: actor.to_owned(),
        revoked_at: None,
        assignment,
    };
    app.store.insert_token(&token).await?;
    Ok(made.text)
}
