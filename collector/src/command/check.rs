use crate::{
    app::App,
    derived,
    identity::{authority::Authority, keys},
    release, remote,
    store::time,
};
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::io::Write;

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector check && echo sound")]
pub struct Args {}

/// Ends with an error where anything was found; each finding is a line.
pub async fn run(app: &App, output: &mut (dyn Write + Send)) -> Result<()> {
    app.settle().await?;
    let mut findings = app.store.check_integrity().await?;
    findings.extend(app.store.check_sections().await?);
    findings.extend(app.store.check_devices().await?);
    findings.extend(check_keys(app));
    findings.extend(check_settings(app).await?);
    findings.extend(release::check(&app.store).await?);
    findings.extend(check_index(app).await?);
    for finding in &findings {
        writeln!(output, "{finding}")?;
    }
    ensure!(findings.is_empty(), "{} findings", findings.len());
    writeln!(output, "store, keys and index are sound")?;
    Ok(())
}

/// Credentials that open with the key there is.
async fn check_settings(app: &App) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let codes: Vec<String> =
        app.store.units(time::today()).await?.into_iter().map(|unit| unit.code).collect();
    for (unit, kept) in app.store.unit_settings(&codes).await? {
        if let Err(error) = remote::opened(&app.vault, &kept) {
            findings.push(format!("settings of unit {unit}: {error:#}"));
        }
    }
    Ok(findings)
}

/// What the files hold must be what this process works with.
fn check_keys(app: &App) -> Vec<String> {
    let mut findings = Vec::new();
    match Authority::load_or_make(&app.data) {
        Ok(authority) if authority.fingerprint() == app.authority.fingerprint() => {}
        Ok(_) => findings.push("ca.pem: was replaced while the collector runs".to_owned()),
        Err(error) => findings.push(format!("CA: {error:#}")),
    }
    match keys::load_or_make(&app.data) {
        Ok(key) if key == app.command_key => {}
        Ok(_) => findings.push("command.key: was replaced while the collector runs".to_owned()),
        Err(error) => findings.push(format!("command key: {error:#}")),
    }
    findings
}

async fn check_index(app: &App) -> Result<Vec<String>> {
    let mut findings = app.store.check_work().await?;
    let (expected, found) = (derived::expected_documents(app).await?, app.search.document_count()?);
    if expected != found {
        findings.push(format!("search index: {found} documents, the store gives {expected}: run reindex"));
    }
    Ok(findings)
}
