use crate::{
    app::App,
    command::ACTOR,
    export::Output,
    inventory::device::{DeclaredDevice, DeviceKind},
    store::time,
};
use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const LONGEST: usize = 100;

#[derive(clap::Args, Serialize, Deserialize)]
pub struct Add {
    #[arg(long, value_name = "CODE")]
    pub unit: String,
    /// As people of the unit call it
    #[arg(long)]
    pub name: String,
    /// workstation, laptop or server
    #[arg(long)]
    pub kind: String,
    #[arg(long)]
    pub maker: Option<String>,
    #[arg(long)]
    pub model: Option<String>,
    #[arg(long)]
    pub serial: Option<String>,
    /// Who says so (default: the command line)
    #[arg(long, value_name = "NAME")]
    pub declared_by: Option<String>,
}

pub async fn run(app: &App, args: &Add, output: Output<'_>) -> Result<()> {
    let now = Timestamp::now();
    let on = time::local_date(now);
    let unit = app.store.unit(&args.unit, on).await?;
    let unit = unit.with_context(|| format!("--unit: there is no unit {} today", args.unit))?;
    let declared = DeclaredDevice {
        kind: kind(&args.kind)?,
        maker: given("maker", args.maker.as_deref())?,
        model: given("model", args.model.as_deref())?,
        serial: given("serial", args.serial.as_deref())?,
        declared_by: given("declared-by", args.declared_by.as_deref())?.unwrap_or_else(|| ACTOR.to_owned()),
        declared_on: on,
    };
    let name = given("name", Some(&args.name))?.context("--name: is empty")?;
    let id = app.store.declare_device(&unit.code, &name, &declared, ACTOR, now).await?;
    app.derivation.wake.notify_one();
    writeln!(output, "{id} {name} belongs to {} {} now", unit.code, unit.full_name)?;
    Ok(())
}

fn kind(text: &str) -> Result<DeviceKind> {
    let known = [DeviceKind::Workstation, DeviceKind::Laptop, DeviceKind::Server];
    let found = known.into_iter().find(|kind| kind.as_str() == text);
    found.with_context(|| format!("--kind: {text:?} is none of workstation, laptop, server"))
}

fn given(option: &str, text: Option<&str>) -> Result<Option<String>> {
    let text = text.map(str::trim).unwrap_or_default();
    ensure!(!text.chars().any(char::is_control), "--{option}: {text:?} has control characters");
    ensure!(text.chars().count() <= LONGEST, "--{option}: longer than {LONGEST} characters");
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        forms::equipment,
        inventory::{Provenance, counting::View, testing::unit},
        rules,
    };
    use jiff::SignedDuration;

    fn asked(kind: &str) -> Add {
        Add {
            unit: "26743".into(),
            name: " PC-MOTCUA-02 ".into(),
            kind: kind.into(),
            maker: Some("Dell".into()),
            model: None,
            serial: None,
            declared_by: Some("Nguyễn An".into()),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_computer_entered_by_hand_counts_as_declared_until_it_is_retired() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        app.store.import_units(&[unit().unit], time::today(), false).await.unwrap();
        let mut output = Vec::new();
        let wrong = run(&app, &asked("phone"), &mut output).await.unwrap_err();
        assert_eq!(wrong.to_string(), "--kind: \"phone\" is none of workstation, laptop, server");
        run(&app, &asked("workstation"), &mut output).await.unwrap();
        let told = String::from_utf8(output).unwrap();
        assert_eq!(told, "declared:1 PC-MOTCUA-02 belongs to 26743 Phường Bến Thành now\n");
        app.settle().await.unwrap();

        let now = Timestamp::now() + SignedDuration::from_hours(24 * 400);
        let inventory = app.store.inventory(&["26743".to_owned()], now).await.unwrap().remove(0);
        let rules: Vec<_> = rules::evaluate(&inventory, &app.thresholds(), now)
            .into_iter()
            .map(|finding| (finding.rule, finding.device))
            .collect();
        assert_eq!(rules, [("endpoint.not-checked", Some("declared:1".to_owned()))]);
        let view = View { inventory: &inventory, thresholds: &app.thresholds(), now };
        let computers = &equipment::row("1", view, &[]).cells[3];
        assert_eq!(computers.lines[0], "Tổng số lượng máy tính: 1");
        let by = Provenance::Declared { by: "Nguyễn An".into(), on: time::today() };
        assert_eq!(computers.provenance[0], by);
    }
}
