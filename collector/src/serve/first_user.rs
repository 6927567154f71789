use crate::{
    app::{App, users},
    store::actor,
};
use anyhow::Result;
use std::io::{self, Write};

/// Without a user nobody could log in to make one: the password is printed once.
pub async fn make_if_none(app: &App) -> Result<()> {
    if let Some((name, password)) = users::add_first_administrator(app, actor::COLLECTOR).await? {
        // Where nobody can be told, `user reset-password` gives another one.
        let _ =
            writeln!(io::stderr(), "First administrator: user {name}, password {password} (shown this once)");
    }
    Ok(())
}
