//! Every change of a device, every act of a person on it and what its agent observed, newest first.

use crate::{
    store::{devices::DeviceRow, pages::device::ChangeRow, time},
    web::{
        error::WebError,
        evidence,
        format::{self, When},
        i18n::Lang,
        viewer::Viewer,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const MOST_CHANGES: i64 = 200;
const MOST_OBSERVATIONS: i64 = 50;
const LONGEST_VALUE: usize = 120;
/// Texts of the fields of the sections.
const NAMES: &[(&str, &str)] = &[
    ("addresses", "addresses"),
    ("address", "addresses"),
    ("architecture", "os-architecture"),
    ("board", "board"),
    ("booted_at", "os-booted"),
    ("build", "os-build"),
    ("certificate_authority", "path-authority"),
    ("chassis", "chassis"),
    ("connection", "medium"),
    ("cores", "cores"),
    ("default_routes", "gateways"),
    ("gateway", "gateways"),
    ("devices", "peripherals"),
    ("disks", "disks"),
    ("dns_servers", "dns-servers"),
    ("domain", "os-domain"),
    ("edition", "os-edition"),
    ("enabled", "state"),
    ("state", "state"),
    ("encrypted", "encryption"),
    ("file_systems", "file-systems"),
    ("firewall", "firewall"),
    ("firmware", "firmware"),
    ("full_name", "os-name"),
    ("name", "os-name"),
    ("health", "health"),
    ("host_name", "evidence-host-name"),
    ("installed_on", "installed-on"),
    ("interfaces", "interfaces"),
    ("kernel", "os-kernel"),
    ("kind", "kind"),
    ("last_patched_on", "last-patched"),
    ("mac", "mac"),
    ("maker", "path-maker"),
    ("vendor", "path-maker"),
    ("max_mhz", "mhz"),
    ("memory", "memory"),
    ("model", "model"),
    ("modules", "memory-modules"),
    ("monitors", "monitors"),
    ("packages", "package"),
    ("page_count", "path-pages"),
    ("present", "path-present"),
    ("processors", "processors"),
    ("products", "products"),
    ("proxy", "proxy"),
    ("publisher", "publisher"),
    ("serial", "serial"),
    ("signatures", "signatures"),
    ("size_bytes", "size"),
    ("speed_bps", "speed"),
    ("threads", "threads"),
    ("time_zone", "os-time-zone"),
    ("total_bytes", "total"),
    ("up", "path-up"),
    ("updated_at", "path-updated"),
    ("used_bytes", "used"),
    ("version", "os-version"),
    ("virtual_machine", "virtual-machine"),
];

pub struct Moment {
    pub when: When,
    pub title: String,
    pub by: Option<String>,
    pub changes: Vec<Change>,
    pub at: Timestamp,
}

pub struct Change {
    pub path: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

pub async fn moments(viewer: &Viewer, row: &DeviceRow) -> Result<Vec<Moment>, WebError> {
    let (store, l) = (viewer.store(), viewer.l());
    let mut moments = Vec::new();
    let future = viewer.now + SignedDuration::from_hours(24);
    for change in store.device_changes(&row.id, future, MOST_CHANGES).await? {
        add_change(viewer, &mut moments, change)?;
    }
    for act in store.device_acts(&row.id).await? {
        let detail: Value = serde_json::from_str(&act.detail).unwrap_or_default();
        let shown = evidence::text(l, &detail);
        moments.push(Moment {
            changes: Change::text(shown),
            by: Some(l.actor(&act.actor)),
            ..moment(viewer, time::parse(&act.at)?, l.or_code("act-", &act.act))
        });
    }
    for seen in store.device_observations(&row.id, MOST_OBSERVATIONS).await? {
        let mut event: Value = serde_json::from_str(&seen.event).unwrap_or_default();
        let name = event.as_object_mut().and_then(|event| event.remove("event"));
        let name = name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let shown = evidence::text(l, &event);
        moments.push(Moment {
            changes: Change::text(shown),
            ..moment(viewer, time::parse(&seen.at)?, l.or_code("event-", &name))
        });
    }
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    Ok(moments)
}

fn moment(viewer: &Viewer, at: Timestamp, title: String) -> Moment {
    Moment { when: When::new(viewer.l(), at, viewer.now), title, by: None, changes: Vec::new(), at }
}

impl Change {
    fn text(text: String) -> Vec<Self> {
        if text.is_empty() { Vec::new() } else { vec![Self { path: text, old: None, new: None }] }
    }
}

/// Changes of one section in one report are one moment.
fn add_change(viewer: &Viewer, moments: &mut Vec<Moment>, row: ChangeRow) -> Result<(), WebError> {
    let l = viewer.l();
    let at = time::parse(&row.received_at)?;
    let title = l.with("changed-section", "section", l.or_code("section-", &row.section));
    let change = Change {
        path: path(l, &row.path),
        old: row.old_value.map(|value| shown(l, &row.path, &value)),
        new: row.new_value.map(|value| shown(l, &row.path, &value)),
    };
    match moments.last_mut().filter(|last| last.at == at && last.title == title) {
        Some(last) => last.changes.push(change),
        None => moments.push(Moment { changes: vec![change], ..moment(viewer, at, title) }),
    }
    Ok(())
}

/// `/value/memory/total_bytes` → `Bộ nhớ › Tổng`; what has no name of its own stands as it is.
fn path(l: Lang, pointer: &str) -> String {
    let steps = pointer.split('/').filter(|step| !step.is_empty() && *step != "value");
    let named = |step: &str| match NAMES.iter().find(|(field, _)| *field == step) {
        Some((_, key)) => l.t(key),
        None => step.replace("~1", "/").replace("~0", "~"),
    };
    steps.map(named).collect::<Vec<_>>().join(" › ")
}

fn shown(l: Lang, pointer: &str, json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()));
    let text = match (&value, value.as_u64()) {
        (_, Some(bytes)) if pointer.ends_with("_bytes") => format::bytes(bytes),
        (Value::Object(_) | Value::Array(_), _) => value.to_string(),
        _ => evidence::text(l, &value),
    };
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_values_read_easily() {
        assert_eq!(path(Lang::Vi, "/value/memory/total_bytes"), "Bộ nhớ › Tổng");
        assert_eq!(path(Lang::Vi, "/value/file_systems/~1home"), "Hệ thống tệp › /home");
        assert_eq!(path(Lang::En, "/value/file_systems/~1home/used_bytes"), "File systems › /home › Used");
        for (step, key) in NAMES {
            assert!(Lang::ALL.iter().all(|l| l.has(key)), "{step}");
        }
        assert_eq!(shown(Lang::Vi, "/value/memory/total_bytes", "17179869184"), "16 GB");
        assert_eq!(shown(Lang::Vi, "/value/version", "\"22H2\""), "22H2");
        assert_eq!(shown(Lang::Vi, "/x", &format!("\"{}\"", "ệ".repeat(200))).chars().count(), 121);
    }
}
