//! People who log in: for the command line, for the pages, and for the first start.

use super::App;
use crate::{
    identity::password,
    store::{
        actor, time,
        users::{NewUser, Role, UserChange},
    },
};
use anyhow::{Context, Result, ensure};

const FIRST_ADMINISTRATOR: &str = "admin";

/// The log of deeds calls the collector's own work by these.
pub fn is_reserved(name: &str) -> bool {
    actor::ALL.contains(&name)
}

pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'))
}

/// Gives the password; the store keeps only its hash.
pub async fn add(app: &App, name: &str, role: Role, unit: Option<&str>, actor: &str) -> Result<String> {
    ensure!(is_name(name), "field name: {name:?}: 1 to 64 letters, digits, '.', '-', '_' or '@'");
    ensure!(!is_reserved(name), "field name: {name:?}: Kiemke's own work stands in the log under this name");
    check_unit(app, unit).await?;
    let password = password::random();
    let user = NewUser {
        name: name.to_owned(),
        password_hash: password::hash(&password)?,
        role,
        unit: unit.map(ToOwned::to_owned),
    };
    app.store.insert_user(&user, actor).await?;
    Ok(password)
}

pub async fn change(app: &App, name: &str, change: &UserChange, actor: &str) -> Result<()> {
    check_unit(app, change.unit.as_ref().and_then(Option::as_deref)).await?;
    app.store.change_user(name, change, actor).await
}

/// Gives the new password.
pub async fn reset_password(app: &App, name: &str, actor: &str) -> Result<String> {
    let password = password::random();
    app.store.set_password(name, &password::hash(&password)?, actor).await?;
    Ok(password)
}

async fn check_unit(app: &App, unit: Option<&str>) -> Result<()> {
    let Some(code) = unit else { return Ok(()) };
    let found = app.store.unit(code, time::today()).await?;
    found.map(drop).with_context(|| format!("field unit: there is no unit {code}; import units first"))
}

/// At the first start: name and password of the administrator that had to be made.
pub async fn add_first_administrator(app: &App, actor: &str) -> Result<Option<(&'static str, String)>> {
    if !app.store.users().await?.is_empty() {
        return Ok(None);
    }
    let password = add(app, FIRST_ADMINISTRATOR, Role::Administrator, None, actor).await?;
    Ok(Some((FIRST_ADMINISTRATOR, password)))
}
