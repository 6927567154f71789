use crate::{app::App, command::ACTOR, export::Output};
use anyhow::Result;
use serde::{Deserialize, Serialize};

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Continue {
    /// Device id or host name of the former one; it is retired
    pub old: String,
    /// Device id or host name of the one that goes on
    pub new: String,
}

pub async fn run(app: &App, args: &Continue, output: Output<'_>) -> Result<()> {
    let old = app.store.resolve_device(&args.old).await?;
    let new = app.store.resolve_device(&args.new).await?;
    app.store.confirm_continuation(&old, &new, ACTOR).await?;
    app.device_changed(&old).await?;
    app.derivation.wake.notify_one();
    writeln!(output, "{new} goes on as {old}, which is retired now")?;
    Ok(())
}
