//! What is behind one cell: devices with their time, who declared, how it was computed, what would fill it.

use super::{
    cell::source,
    declare::{Edit, Place},
    rows,
};
use crate::{
    forms::{Cell, FormKind},
    inventory::{Provenance, UnitInventory},
    web::{
        error::WebError,
        facts,
        format::{self, When},
        html,
        i18n::Lang,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;
use std::collections::BTreeMap;

const SUBJECTS_SHOWN: usize = 300;

#[derive(Debug, Deserialize)]
pub struct Asked {
    form: String,
    cell: String,
    /// Whose form is shown.
    unit: Option<String>,
}

struct Subject {
    name: String,
    href: Option<String>,
}

struct Part {
    /// The line of the cell that it is about, where each line has a source of its own.
    line: Option<String>,
    state: &'static str,
    source: String,
    text: String,
    as_of: Option<When>,
    subjects: Vec<Subject>,
    more: usize,
    left_out: Vec<Subject>,
}

#[derive(Template)]
#[template(path = "pages/forms_panel.html")]
struct Panel {
    l: Lang,
    heading: String,
    unit: String,
    system: Option<String>,
    text: String,
    parts: Vec<Part>,
    edit: Option<Edit>,
}

pub async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let kind = super::kind(Some(&asked.form))?;
    let place = Place::read(kind, &asked.cell)?;
    Ok(html(&panel(&viewer, &place, asked.unit.as_deref().unwrap_or(place.unit)).await?))
}

pub async fn html_of(viewer: &Viewer, kind: FormKind, cell: &str, root: &str) -> Result<String, WebError> {
    Ok(panel(viewer, &Place::read(kind, cell)?, root).await?.render()?)
}

async fn panel(viewer: &Viewer, place: &Place<'_>, root: &str) -> Result<Panel, WebError> {
    let unknown = || WebError::NotFound { what: "cell", id: place.cell.to_owned() };
    let (kind, system) = (place.kind, place.system);
    let unit = viewer.unit(place.unit).await?;
    let layout = kind.layout();
    let at = layout.columns.iter().position(|one| one.id == place.column).ok_or_else(unknown)?;
    let found = rows(viewer, kind, &unit)
        .await?
        .0
        .into_iter()
        .find(|row| row.unit == unit.code && row.system.as_deref().unwrap_or_default() == system);
    let row = found.ok_or_else(unknown)?;
    let cell = row.cells.get(at).ok_or_else(unknown)?;
    let inventory = viewer.inventory(&unit).await?;
    Ok(Panel {
        l: viewer.l(),
        heading: layout.columns[at].heading.clone(),
        unit: unit.full_name.clone(),
        system: row.system.clone(),
        text: cell.text(),
        parts: parts(viewer, &inventory, cell),
        edit: Edit::of(viewer, place, root, &inventory.declarations),
    })
}

fn parts(viewer: &Viewer, inventory: &UnitInventory, cell: &Cell) -> Vec<Part> {
    let names = names(inventory);
    let paired = cell.lines.len() == cell.provenance.len() && cell.lines.len() > 1;
    let line = |at: usize| cell.lines.get(at).filter(|_| paired).cloned();
    let all = cell.provenance.iter().enumerate();
    all.map(|(at, one)| Part { line: line(at), ..part(viewer, &names, one) }).collect()
}

type Names = BTreeMap<String, (String, Option<String>)>;

fn names(inventory: &UnitInventory) -> Names {
    let devices = inventory.devices.iter().map(|device| {
        (device.device.clone(), (facts::name(device), Some(format!("/devices/{}", device.device))))
    });
    let unit = &inventory.unit.code;
    let things = inventory.peripherals.iter().map(|thing| {
        let serial = thing.serial.as_ref().map(|serial| format!(" ({serial})")).unwrap_or_default();
        (thing.identity.clone(), (format!("{}{serial}", thing.name), Some(format!("/units/{unit}"))))
    });
    devices.chain(things).collect()
}

fn subjects(names: &Names, ids: &[String]) -> Vec<Subject> {
    let known =
        ids.iter().take(SUBJECTS_SHOWN).map(|id| names.get(id).cloned().unwrap_or((id.clone(), None)));
    known.map(|(name, href)| Subject { name, href }).collect()
}

fn part(viewer: &Viewer, names: &Names, provenance: &Provenance) -> Part {
    let l = viewer.l();
    let state = source(provenance).as_str();
    let empty = Part {
        line: None,
        state,
        source: l.t(&format!("source-{state}")),
        text: String::new(),
        as_of: None,
        subjects: Vec::new(),
        more: 0,
        left_out: Vec::new(),
    };
    match provenance {
        Provenance::Observed { subjects: ids, as_of, left_out } => Part {
            text: l.n("observed-from", ids.len()),
            as_of: When::maybe(l, *as_of, viewer.now),
            subjects: subjects(names, ids),
            more: ids.len().saturating_sub(SUBJECTS_SHOWN),
            left_out: subjects(names, left_out),
            ..empty
        },
        Provenance::Declared { by, on } => {
            let text =
                l.args("told-by-person", [("by", by.as_str().into()), ("on", format::date(*on).into())]);
            Part { text, ..empty }
        }
        Provenance::Computed { rule } => Part { text: l.or_code("provenance-", rule), ..empty },
        Provenance::Missing { reason } => Part { text: l.or_code("provenance-", reason), ..empty },
    }
}
