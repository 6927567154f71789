use super::{Outcome, agent, expected, fixtures, report};
use serde_json::Value;
use std::path::Path;

/// Lines by state, of those that are taken for Internet lines without doubt.
#[derive(Debug, PartialEq, Eq)]
struct Count {
    up: usize,
    down: usize,
    asked: usize,
}

fn count(lines: &[Value]) -> Count {
    let of = |internet: Value, states: &[&str]| {
        let fits = |line: &&Value| {
            line["internet"] == internet && states.iter().any(|state| line["state"] == *state)
        };
        lines.iter().filter(fits).count()
    };
    let any = ["up", "down", "unknown"];
    Count { up: of(true.into(), &["up"]), down: of(true.into(), &["down"]), asked: of(Value::Null, &any) }
}

fn lines(file: &Path) -> Vec<Value> {
    let answer = agent(&["snmp", "--recording", &file.display().to_string(), "--as", "router"]);
    answer.pointer("/sections/link/value/lines").and_then(Value::as_array).cloned().unwrap()
}

#[test]
fn recorded_routers() {
    let Some(folder) = fixtures().map(|folder| folder.join("routers")) else { return };
    let mut outcomes = Vec::new();
    for row in expected::rows(&folder) {
        let lines = lines(&folder.join(&row["file"]));
        let found = count(&lines);
        let wanted = format!(
            "{} up {} down {} ({})",
            row["wan_links_expected"], row["wan_up"], row["wan_down"], row["verdict"]
        );
        let right = if expected::is_clear(&row) {
            found.up.to_string() == row["wan_up"]
                && found.down.to_string() == row["wan_down"]
                && names_fit(&row["links"], &lines)
        } else {
            accepts(&row, &found)
        };
        outcomes.push(Outcome {
            subject: row["file"].clone(),
            expected: wanted,
            found: format!("{found:?}"),
            right,
        });
        outcomes.extend(speeds(&row, &lines));
        outcomes.extend(spares(&row, &lines));
    }
    report("Routers", &outcomes);
}

/// A doubtful row accepts the count that it names, one unused line more, and a question in place of a count.
fn accepts(row: &expected::Row, found: &Count) -> bool {
    match row["wan_links_expected"].parse::<usize>() {
        Ok(links) => found.up == links && found.down <= 1 || (found.up == 0 && found.asked > 0),
        Err(_) => found.up == 0 && found.down == 0 && found.asked > 0,
    }
}

/// `4:WAN1:up:…`: every line is there by one of the names of its rows.
fn names_fit(links: &str, lines: &[Value]) -> bool {
    links.split(" ; ").filter(|link| !link.is_empty()).all(|link| {
        let mut parts = link.split(':').skip(1);
        let name =
            parts.by_ref().take_while(|part| !matches!(*part, "up" | "down")).collect::<Vec<_>>().join(":");
        lines.iter().any(|line| line["interface"] == name.as_str() && line["internet"] == true)
    })
}

/// A known ifHighSpeed or ifSpeed of a line that is up.
fn speeds(row: &expected::Row, lines: &[Value]) -> Vec<Outcome> {
    let link = |link: &str| {
        let (head, tail) = link.split_once(":up:ifHighSpeed=")?;
        let name = head.split_once(':')?.1;
        let line = lines.iter().find(|line| line["interface"] == name)?;
        let high: Option<u64> = tail.split(':').next()?.parse().ok();
        let plain: Option<u64> = tail.split("ifSpeed=").nth(1)?.split(':').next()?.parse().ok();
        let bps = high.filter(|mbps| *mbps > 0).map(|mbps| mbps * 1_000_000).or(plain)?;
        let subject = format!("{} speed of {name}", row["file"]);
        Some(Outcome::equal(&subject, bps.to_string(), line["speed_bps"].to_string()))
    };
    row["links"].split(" ; ").filter_map(link).collect()
}

/// Ports for a line that are switched off are listed as spares.
fn spares(row: &expected::Row, lines: &[Value]) -> Vec<Outcome> {
    let spare = |text: &str| {
        let name = text.trim().split_once(':')?.1.to_owned();
        let found = lines.iter().find(|line| line["interface"] == name.as_str());
        let state =
            found.map_or("absent".to_owned(), |line| format!("{} {}", line["state"], line["internet"]));
        Some(Outcome::equal(&format!("{} spare {name}", row["file"]), "\"spare\" false", state))
    };
    row["spare_wan_ports_admin_down"].split(" ; ").filter_map(spare).collect()
}
