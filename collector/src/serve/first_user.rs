use crate::{
    app::{App, users},
    store::actor,
};
use anyhow::Result;

/// Without a user nobody could log in to make one: the password is printed once.
pub async fn make_if_none(app: &App) -> Result<()> {
    if let Some((name, password)) = users::add_first_administrator(app, actor::COLLECTOR).await? {
        eprintln!("First administrator: user {name}, password {password} (shown this once)");
    }
    Ok(())
}
