//! One computer: what is known, since when, what changed, and what may be done with it.

use crate::{
    inventory::{
        DeviceFacts, UnitInventory,
        derive::{Sections, StoredSection},
        device::{Origin, SectionProblem, SecurityCheck},
    },
    store::{devices::DeviceRow, pages::flags::FlagQuery, time},
    web::{
        Web,
        error::WebError,
        facts::{self, PeripheralLine},
        format::{self, When},
        html,
        i18n::{Lang, code},
        page::{Page, Section},
        pages::{flags::FlagView, overview::Crumb},
        tone::Toned,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{Router, extract::Path, response::Response, routing::get};
use std::sync::Arc;

mod acts;
mod chart;
mod sections;
mod timeline;

use sections::{Pair, SectionView};
use timeline::Moment;

const MOST_FLAGS: i64 = 100;
/// A clock that is further off than this is shown as a problem.
const SKEW_SHOWN_SECONDS: i64 = 120;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/devices/{id}", get(show)).merge(acts::routes())
}

struct ProblemView {
    section: String,
    kind: String,
    /// As the agent says it, in English: source and message.
    said: String,
}

struct LineRow {
    isp: String,
    network: String,
    address: String,
    told_by: String,
    last: When,
}

#[derive(Template)]
#[template(path = "pages/device.html")]
struct DevicePage {
    page: Page,
    crumbs: Vec<Crumb>,
    id: String,
    name: String,
    icon: &'static str,
    state: Toned,
    kind: String,
    seen: Option<When>,
    identity: Vec<Pair>,
    protection: Toned,
    check: Toned,
    check_told: Option<String>,
    support: Option<Toned>,
    sections: Vec<SectionView>,
    problems: Vec<ProblemView>,
    clock: Option<String>,
    peripherals: Vec<PeripheralLine>,
    peripherals_known: bool,
    lines: Vec<LineRow>,
    lines_known: bool,
    flags: Vec<FlagView>,
    timeline: Vec<Moment>,
    chart: Option<String>,
    reach: Vec<Pair>,
    acts: Option<acts::Allowed>,
}

/// A device in a unit that the reader may see; any other is told as unknown.
async fn device(viewer: &Viewer, id: &str) -> Result<DeviceRow, WebError> {
    let row = viewer.store().device(id).await?.ok_or_else(|| WebError::device(id))?;
    if viewer.may_see(&row.unit_code).await? { Ok(row) } else { Err(WebError::device(id)) }
}

async fn show(viewer: Viewer, Path(id): Path<String>) -> Result<Response, WebError> {
    let row = device(&viewer, &id).await?;
    let stored = viewer.store().sections(&id).await?;
    match viewer.store().device_facts(&id).await? {
        Some(facts) => known(viewer, row, facts, stored).await,
        None => waiting(viewer, row).await,
    }
}

async fn known(
    viewer: Viewer,
    row: DeviceRow,
    facts: DeviceFacts,
    stored: Vec<StoredSection>,
) -> Result<Response, WebError> {
    let (l, now) = (viewer.l(), viewer.now);
    let decoded = Sections::decode(&stored);
    let flags = flags(&viewer, &row.id).await?;
    let inventory = viewer.store().inventory(std::slice::from_ref(&row.unit_code), now).await?.pop();
    let page = DevicePage {
        crumbs: crumbs(&viewer, &row).await?,
        name: facts::name(&facts),
        icon: facts::device_icon(facts.kind),
        state: facts::state(l, facts.state),
        kind: facts::device_kind(l, facts.kind),
        seen: When::maybe(l, facts.last_seen_at.max(facts.last_report_at), now),
        identity: identity(&viewer, &row, &facts)?,
        protection: facts::protection(&viewer, &facts.protection).of(&l.t("column-protection")),
        check: facts::check(&viewer, facts.check.as_ref()),
        check_told: facts.check.as_ref().map(check_told),
        support: facts::support(&viewer, inventory.as_ref(), &facts),
        sections: sections::views(&viewer, &stored, &decoded, &facts),
        problems: facts.problems.iter().map(|problem| problem_view(l, problem)).collect(),
        clock: facts.clock_skew_seconds.and_then(|skew| clock(l, skew)),
        peripherals: peripherals(&viewer, &row, inventory.as_ref()),
        peripherals_known: facts.peripherals_known,
        lines: facts.lines.iter().map(|line| line_row(&viewer, line)).collect(),
        lines_known: facts.lines_known,
        flags,
        timeline: timeline::moments(&viewer, &row).await?,
        chart: chart::data(l, decoded.load.value()),
        reach: chart::reach(l, decoded.load.value()),
        acts: acts::allowed(&viewer, &row),
        id: row.id,
        page: viewer.page(Section::Elsewhere, facts::name(&facts)),
    };
    Ok(html(&page))
}

#[derive(Template)]
#[template(path = "pages/device_waiting.html")]
struct WaitingPage {
    page: Page,
    crumbs: Vec<Crumb>,
    name: String,
    identity: Vec<Pair>,
    acts: Option<acts::Allowed>,
    id: String,
}

/// Enrolled, and its first report has not come or is being worked through.
async fn waiting(viewer: Viewer, row: DeviceRow) -> Result<Response, WebError> {
    let name = row.host_name.clone().unwrap_or_else(|| row.id.clone());
    let page = WaitingPage {
        crumbs: crumbs(&viewer, &row).await?,
        identity: registration(&viewer, &row)?,
        acts: acts::allowed(&viewer, &row),
        id: row.id,
        page: viewer.page(Section::Elsewhere, name.clone()),
        name,
    };
    Ok(html(&page))
}

async fn crumbs(viewer: &Viewer, row: &DeviceRow) -> Result<Vec<Crumb>, WebError> {
    let path = viewer.path_to(&row.unit_code).await?;
    if path.is_empty() {
        // The unit of that code has ended.
        return Ok(vec![Crumb { href: "/units".into(), text: row.unit_code.clone() }]);
    }
    Ok(path.into_iter().map(Crumb::of_unit).collect())
}

async fn flags(viewer: &Viewer, id: &str) -> Result<Vec<FlagView>, WebError> {
    let query = FlagQuery { device: Some(id), ..FlagQuery::default() };
    let found = viewer.store().flags_page(&query, MOST_FLAGS, viewer.today()).await?;
    Ok(found.into_iter().map(|flag| FlagView::new(viewer, flag)).collect())
}

fn registration(viewer: &Viewer, row: &DeviceRow) -> Result<Vec<Pair>, WebError> {
    let l = viewer.l();
    let when = |text: &Option<String>| -> Result<Option<String>, WebError> {
        let at = time::parse_optional(text.as_deref())?;
        Ok(at.map(|at| format!("{} ({})", format::time(at), format::ago(l, at, viewer.now))))
    };
    let certificate_ends = time::parse_optional(row.certificate_ends_at.as_deref())?;
    Ok([
        Pair::maybe(l, "device-id", Some(row.id.clone())).map(Pair::code),
        Pair::maybe(l, "enrolled", when(&Some(row.enrolled_at.clone()))?),
        Pair::maybe(l, "last-report", when(&row.last_report_at)?),
        Pair::maybe(l, "agent-version", row.agent_version.clone()),
        Pair::maybe(l, "peer-address", row.peer_address.clone()),
        Pair::maybe(l, "certificate-ends", certificate_ends.map(|at| format::date(format::today(at)))),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn identity(viewer: &Viewer, row: &DeviceRow, facts: &DeviceFacts) -> Result<Vec<Pair>, WebError> {
    let l = viewer.l();
    let model = facts::maker_and_model(facts.maker.as_deref(), facts.model.as_deref());
    let mut pairs = vec![
        Pair::new(l, "model", (!model.is_empty()).then_some(model)),
        Pair::new(l, "serial", facts.serial.clone()).code(),
        Pair::new(l, "operating-system", facts.operating_system.as_ref().map(|os| os.full_name.clone())),
        Pair::new(l, "processor", processor(facts)),
        Pair::new(l, "memory", facts.memory_bytes.map(format::bytes)),
        Pair::new(l, "storage", storage(l, facts)),
    ];
    if facts.origin == Origin::Declared {
        pairs.push(Pair::new(l, "origin", Some(l.t("origin-declared"))));
    }
    pairs.extend(registration(viewer, row)?);
    Ok(pairs)
}

fn processor(facts: &DeviceFacts) -> Option<String> {
    match (&facts.processor, facts.processors) {
        (Some(name), Some(count)) => Some(format!("{name} × {count}")),
        (Some(name), None) => Some(name.clone()),
        (None, count) => count.map(|count| format!("{count} CPU")),
    }
}

fn storage(l: Lang, facts: &DeviceFacts) -> Option<String> {
    let (used, total) = (facts.storage_used_bytes?, facts.storage_total_bytes?);
    let shares = [("used", format::storage(used).into()), ("total", format::storage(total).into())];
    Some(l.args("storage-used-of", shares))
}

/// Who checked, and the document.
fn check_told(check: &SecurityCheck) -> String {
    let parts = [Some(check.checked_by.as_str()), check.document.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn problem_view(l: Lang, problem: &SectionProblem) -> ProblemView {
    let said = [problem.problem.source.as_str(), problem.problem.message.as_str()];
    ProblemView {
        section: l.or_code("section-", problem.section.as_str()),
        kind: l.or_code("problem-", &code(problem.problem.kind)),
        said: said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "),
    }
}

fn clock(l: Lang, skew: i64) -> Option<String> {
    if skew.abs() < SKEW_SHOWN_SECONDS {
        return None;
    }
    let (amount, key) = match skew.abs() {
        seconds @ ..7200 => (seconds / 60, "minutes"),
        seconds @ ..172_800 => (seconds / 3600, "hours"),
        seconds => (seconds / 86_400, "days"),
    };
    let direction = if skew > 0 { "clock-fast" } else { "clock-slow" };
    Some(l.n(&format!("{direction}-{key}"), amount))
}

fn peripherals(viewer: &Viewer, row: &DeviceRow, inventory: Option<&UnitInventory>) -> Vec<PeripheralLine> {
    let things = inventory.map(|inventory| inventory.peripherals.as_slice()).unwrap_or_default();
    let own = things.iter().filter(|thing| thing.devices.contains(&row.id));
    let devices = inventory.map(|inventory| inventory.devices.as_slice()).unwrap_or_default();
    let name = |id: &str| {
        let facts = devices.iter().find(|facts| facts.device == id);
        facts.map_or_else(|| id.to_owned(), facts::name)
    };
    own.map(|thing| PeripheralLine::new(viewer, thing, name)).collect()
}

fn line_row(viewer: &Viewer, line: &crate::inventory::line::LineSighting) -> LineRow {
    let l = viewer.l();
    LineRow {
        isp: line.isp.clone(),
        network: format!("AS{} · {}", line.asn, line.infrastructure_group),
        address: line.address.to_string(),
        told_by: line.told_by.clone(),
        last: When::new(l, line.last_seen_at, viewer.now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_in_fitting_units() {
        assert_eq!(clock(Lang::Vi, 60), None);
        assert_eq!(clock(Lang::Vi, -600).as_deref(), Some("Đồng hồ máy chậm 10 phút."));
        assert_eq!(clock(Lang::En, 3 * 365 * 86_400).as_deref(), Some("The clock is 1.095 days fast."));
    }
}
