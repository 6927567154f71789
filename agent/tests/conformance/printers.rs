use super::{Outcome, agent, expected, fixtures, parse, report, text};
use serde_json::Value;

fn device(answer: &Value) -> Value {
    answer.pointer("/sections/peripheral/value/devices/0").cloned().unwrap_or(Value::Null)
}

fn compare(row: &expected::Row, serial: &str, device: &Value) -> Vec<Outcome> {
    let file = &row["file"];
    let kind = device["kind"].as_str().unwrap_or("absent");
    let prints = if matches!(kind, "printer" | "multifunction") { "yes" } else { "no" };
    let scans = if matches!(kind, "scanner" | "multifunction") { "yes" } else { "no" };
    let mut outcomes = vec![Outcome::equal(&format!("{file} prints"), &row["is_printer"], prints)];
    if row["is_printer"] == "no" {
        return outcomes;
    }
    // A doubtful row accepts a device whose scanner cannot be told.
    let scanner = Outcome::equal(&format!("{file} scans"), &row["is_scanner"], scans);
    outcomes.push(Outcome { right: scanner.right || !expected::is_clear(row), ..scanner });
    // `UTAX (Kyocera OEM)`
    let vendor = row["vendor"].split(" (").next().unwrap();
    outcomes.push(Outcome::equal(&format!("{file} vendor"), vendor, text(device, "/vendor")));
    outcomes.push(Outcome::equal(&format!("{file} model"), &row["model"], text(device, "/model")));
    outcomes.push(Outcome::equal(&format!("{file} serial"), serial, text(device, "/serial")));
    let pages = row["page_count"].split(' ').next().unwrap();
    outcomes.push(Outcome::equal(&format!("{file} pages"), pages, text(device, "/page_count")));
    outcomes
}

#[test]
fn recorded_printers() {
    let Some(folder) = fixtures().map(|folder| folder.join("printers")) else { return };
    let mut outcomes = Vec::new();
    for row in expected::rows(&folder) {
        let file = folder.join(&row["file"]).display().to_string();
        for role in ["printer", "auto"] {
            let answer = agent(&["snmp", "--recording", &file, "--as", role]);
            outcomes.extend(compare(&row, &row["serial"], &device(&answer)));
        }
    }
    report("Printers", &outcomes);
}

#[test]
fn recorded_status_of_brother_devices() {
    let Some(folder) = fixtures().map(|folder| folder.join("printers_json")) else { return };
    let mut outcomes = Vec::new();
    for row in expected::rows(&folder) {
        let answer = parse("brother-json", &folder, &[&row["file"]]);
        outcomes.extend(compare(&row, &row["serial(anonymised upstream)"], &device(&answer)));
    }
    report("Brother status records", &outcomes);
}
