use crate::{
    app::App,
    export::Output,
    rules,
    store::{flags::Flag, time},
};
use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(clap::Args, Serialize, Deserialize)]
#[command(after_help = "Example:\n  kiemke-collector flags --unit 760 --json")]
pub struct Args {
    /// Only of this unit and the units below it
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    #[arg(long)]
    pub json: bool,
}

pub async fn run(app: &App, args: &Args, output: Output<'_>) -> Result<()> {
    let flags = match &args.unit {
        None => app.store.all_open_flags().await?,
        Some(code) => {
            let units = app.store.subtree(code, time::today()).await?;
            ensure!(!units.is_empty(), "there is no unit {code} today");
            let codes: Vec<String> = units.into_iter().map(|unit| unit.code).collect();
            app.store.open_flags(&codes).await?
        }
    };
    write_flags(&flags, args.json, output)
}

/// An open flag, as programs read it.
#[derive(Serialize)]
struct OpenFlag<'a> {
    rule: &'a str,
    unit: &'a str,
    device: Option<&'a str>,
    system: Option<&'a str>,
    since: Timestamp,
    evidence: &'a Value,
}

fn write_flags(flags: &[Flag], json: bool, output: Output<'_>) -> Result<()> {
    if json {
        let open = flags.iter().map(|flag| OpenFlag {
            rule: &flag.rule,
            unit: &flag.unit,
            device: flag.device.as_deref(),
            system: flag.system.as_deref(),
            since: flag.since,
            evidence: &flag.evidence,
        });
        serde_json::to_writer(&mut *output, &open.collect::<Vec<_>>())?;
        writeln!(output)?;
        return Ok(());
    }
    for flag in flags {
        let title = rules::info(&flag.rule);
        let title = title.map(|info| format!("{} / {}", info.title_vi, info.title_en)).unwrap_or_default();
        let since = time::local_date(flag.since);
        let subject = subject(flag);
        writeln!(output, "{:<8} {since} {:<30} {subject:<28} {title}", flag.unit, flag.rule)?;
    }
    writeln!(output, "{} open flags", flags.len())?;
    Ok(())
}

/// People know a computer by its host name.
fn subject(flag: &Flag) -> &str {
    let host_name = flag.evidence.get("host_name").and_then(Value::as_str);
    host_name.or(flag.device.as_deref()).or(flag.system.as_deref()).unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn flags() -> Vec<Flag> {
        let flag = |rule: &str, device: Option<&str>, system: Option<&str>, evidence| Flag {
            id: "1".into(),
            rule: rule.into(),
            unit: "26743".into(),
            device: device.map(str::to_owned),
            system: system.map(str::to_owned),
            since: "2026-11-19T20:00:00Z".parse().unwrap(),
            closed_at: None,
            evidence,
        };
        vec![
            flag("endpoint.no-protection", Some("abc"), None, json!({"host_name": "PC-07"})),
            flag("internet.single-line", None, Some("HOC"), json!({"lines": []})),
            flag("internet.unknown", None, None, json!({"devices": ["abc"], "limit_days": 7})),
        ]
    }

    fn written(json: bool) -> String {
        let mut output = Vec::new();
        write_flags(&flags(), json, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn programs_read_every_field() {
        let written: Value = serde_json::from_str(&written(true)).unwrap();
        assert_eq!(
            written[0],
            json!({"rule": "endpoint.no-protection", "unit": "26743", "device": "abc", "system": null,
                   "since": "2026-11-19T20:00:00Z", "evidence": {"host_name": "PC-07"}})
        );
        assert_eq!((&written[1]["device"], &written[1]["system"]), (&json!(null), &json!("HOC")));
        assert_eq!(written.as_array().unwrap().len(), 3);
    }

    #[test]
    fn people_read_a_table() {
        let expected = "\
26743    2026-11-20 endpoint.no-protection         PC-07                        Chưa cài phần mềm diệt virus / No antivirus software
26743    2026-11-20 internet.single-line           HOC                          Chỉ có một đường truyền Internet / Only one Internet line
26743    2026-11-20 internet.unknown               -                            Chưa rõ đường truyền Internet / Internet lines not known
3 open flags
";
        assert_eq!(written(false), expected);
    }
}
