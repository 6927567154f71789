use crate::{
    app::App,
    command::ACTOR,
    export::Output,
    forms::import::{
        declarations, prices,
        references::{self, UnknownComputer},
        security_checks::{self, Checked},
    },
    inventory::{UnitInventory, device::SecurityCheck},
    store::{
        checks::{CheckSubject, NewCheck},
        declarations::NewDeclaration,
        prices::Price,
        time,
    },
};
use anyhow::{Context, Result};
use clap::Subcommand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

#[derive(Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Import {
    /// Declared values: unit,system,field,value,declared_by,declared_on
    #[command(
        after_help = "A computer that a row names and the unit does not have is warned of: it may enrol later.\n\
        os-extension.1 declares a paid extension of an operating system's support, e.g.\n\
        `Windows 10 đến 13/10/2026: PC-A, PC-B`; without names it covers the whole unit.\n\n\
        Example; the template is the export:\n  \
        kiemke-collector export declarations --unit 760 --format csv --out declarations.csv\n  \
        kiemke-collector import declarations declarations.csv"
    )]
    Declarations(Input),
    /// Checks by inspectors: unit,subject,identifier,checked_on,checked_by,document,valid_until
    #[command(after_help = "subject is computer, printer, scanner, multifunction, card-reader or token;\n\
        identifier is the host name or device id of a computer, the serial number of anything else.\n\n\
        Example:\n  kiemke-collector import security-checks security-checks.csv")]
    SecurityChecks(Input),
    /// Price list: item,year,unit_price,source
    #[command(after_help = "Example:\n  kiemke-collector import prices prices.csv")]
    Prices(Input),
}

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Input {
    /// CSV; all of it is imported, or nothing where a row is wrong
    pub file: PathBuf,
}

impl Import {
    pub fn input_file(&self) -> &Path {
        match self {
            Self::Declarations(input) | Self::SecurityChecks(input) | Self::Prices(input) => &input.file,
        }
    }

    pub async fn run(&self, app: &App, input: Option<Vec<u8>>, output: Output<'_>) -> Result<()> {
        let bytes = input.context("no file was given")?;
        let file = self.input_file().display().to_string();
        match self {
            Self::Declarations(_) => import_declarations(app, &file, &bytes, output).await,
            Self::SecurityChecks(_) => import_checks(app, &file, &bytes, output).await,
            Self::Prices(_) => import_prices(app, &file, &bytes, output).await,
        }
    }
}

async fn known_units(app: &App) -> Result<BTreeSet<String>> {
    Ok(app.store.units(time::today()).await?.into_iter().map(|unit| unit.code).collect())
}

async fn import_declarations(app: &App, file: &str, bytes: &[u8], output: Output<'_>) -> Result<()> {
    let rows = declarations::read(file, bytes, &known_units(app).await?)?;
    let all = rows.len();
    let unknown = unknown_computers(app, &rows).await?;
    let current = app.store.declarations(&declarations::units(&rows)).await?;
    let changes: Vec<_> =
        declarations::changes(file, rows, &current)?.into_iter().filter_map(new_declaration).collect();
    let changed = app.store.declare(&changes, ACTOR).await?;
    app.store.audit_import(ACTOR, "declarations", file, all, changed).await?;
    writeln!(output, "{all} declared values: {changed} new or changed, {} unchanged", all - changed)?;
    for UnknownComputer { line, field, unit, name } in unknown {
        let elsewhere = app.store.units_with_device(&name).await?.join(", ");
        let told = if elsewhere.is_empty() {
            "it counts once it enrols".to_owned()
        } else {
            format!("there is one in {elsewhere}")
        };
        writeln!(output, "warning: {file}:{line}: {field}: no device of unit {unit} is {name:?}; {told}")?;
    }
    Ok(())
}

async fn unknown_computers(app: &App, rows: &[declarations::NewValue]) -> Result<Vec<UnknownComputer>> {
    app.settle().await?;
    let units = app.store.inventory(&declarations::units(rows), Timestamp::now()).await?;
    let units = units.into_iter().map(|inventory| (inventory.unit.code.clone(), inventory)).collect();
    Ok(references::unknown_computers(rows, &units))
}

fn new_declaration(row: declarations::NewValue) -> Option<NewDeclaration> {
    Some(NewDeclaration {
        unit: row.unit,
        system: row.system,
        field: row.field,
        value: row.value,
        declared_by: row.declared_by,
        declared_on: row.declared_on?,
    })
}

async fn import_checks(app: &App, file: &str, bytes: &[u8], output: Output<'_>) -> Result<()> {
    app.settle().await?;
    let rows = security_checks::read(file, bytes, &known_units(app).await?)?;
    let units = app.store.inventory(&security_checks::units(&rows), Timestamp::now()).await?;
    let units: BTreeMap<String, UnitInventory> =
        units.into_iter().map(|inventory| (inventory.unit.code.clone(), inventory)).collect();
    let checks: Vec<_> = security_checks::resolve(file, rows, &units)?.into_iter().map(new_check).collect();
    let added = app.store.record_checks(&checks, ACTOR).await?;
    app.store.audit_import(ACTOR, "security-checks", file, checks.len(), added).await?;
    writeln!(output, "{} security checks: {added} new, {} known", checks.len(), checks.len() - added)?;
    Ok(())
}

fn new_check((subject, check): (Checked, SecurityCheck)) -> NewCheck {
    match subject {
        Checked::Device(subject) => NewCheck { kind: CheckSubject::Device, subject, check },
        Checked::Peripheral(subject) => NewCheck { kind: CheckSubject::Peripheral, subject, check },
    }
}

async fn import_prices(app: &App, file: &str, bytes: &[u8], output: Output<'_>) -> Result<()> {
    let prices = prices::read(file, bytes)?
        .into_iter()
        .map(|price| {
            Ok(Price {
                item: price.item.as_str().to_owned(),
                year: price.year.map_or(0, i64::from),
                unit_price: i64::try_from(price.unit_price)?,
                source: price.source,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    app.store.set_prices(&prices, ACTOR).await?;
    writeln!(output, "{} prices", prices.len())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_import_says_in_the_log_of_deeds_who_brought_which_file() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        let unit = crate::inventory::testing::unit().unit;
        app.store.import_units(std::slice::from_ref(&unit), time::today(), false).await.unwrap();
        let import = Import::Declarations(Input { file: "declared.csv".into() });
        let text = format!(
            "unit,system,field,value,declared_by,declared_on\n{},,staff.official,7,Lan,2024-03-01\n",
            unit.code
        );
        for _ in 0..2 {
            import.run(&app, Some(text.clone().into_bytes()), &mut Vec::new()).await.unwrap();
        }
        let kept: Vec<(String, String, String, String)> =
            sqlx::query_as("SELECT actor, act, object, detail FROM audit ORDER BY id")
                .fetch_all(app.store.reader())
                .await
                .unwrap();
        let details: Vec<serde_json::Value> =
            kept.iter().map(|deed| serde_json::from_str(&deed.3).unwrap()).collect();
        let detail = |changed| serde_json::json!({"file": "declared.csv", "rows": 1, "changed": changed});
        assert_eq!(details, [detail(1), detail(0)]);
        let (actor, act, object) = (&kept[0].0, &kept[0].1, &kept[0].2);
        assert_eq!([actor, act, object], ["command-line", "import", "declarations"]);
    }
}
