//! What is behind one cell: devices with their time, who declared, how it was computed, what would fill it.

use super::{
    cell::source,
    declare::{Edit, Place},
    rows,
};
use crate::{
    forms::{
        Cell, FormKind,
        names::{Names, Noun},
    },
    inventory::{Checks, Provenance},
    web::{
        error::WebError,
        format::{self, When},
        html,
        i18n::{Lang, code},
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{extract::Query, response::Response};
use serde::Deserialize;

const SUBJECTS_SHOWN: usize = 300;
const CHECKS_SHOWN: usize = 20;

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
        parts: parts(viewer, &row.names, &unit.code, cell),
        edit: Edit::of(viewer, place, root, &inventory.declarations),
    })
}

fn parts(viewer: &Viewer, names: &Names, unit: &str, cell: &Cell) -> Vec<Part> {
    let names = Linked { l: viewer.l(), names, unit };
    let paired = cell.lines.len() == cell.provenance.len() && cell.lines.len() > 1;
    let line = |at: usize| cell.lines.get(at).filter(|_| paired).cloned();
    let all = cell.provenance.iter().enumerate();
    all.map(|(at, one)| Part { line: line(at), ..part(viewer, &names, one) }).collect()
}

/// What stands behind the cell, with the pages that tell more.
struct Linked<'a> {
    l: Lang,
    names: &'a Names,
    /// Whose page lists its things.
    unit: &'a str,
}

impl Linked<'_> {
    fn subject(&self, id: &String) -> Subject {
        let Some(known) = self.names.get(id) else { return Subject { name: id.clone(), href: None } };
        let name = match &known.serial {
            Some(serial) => {
                let (name, serial) = (known.text.as_str(), serial.as_str());
                self.l.args("named-with-serial", [("name", name.into()), ("serial", serial.into())])
            }
            None => known.text.clone(),
        };
        let href = match known.noun {
            Noun::Computer => format!("/devices/{id}"),
            _ => format!("/units/{}", self.unit),
        };
        Subject { name, href: Some(href) }
    }

    fn subjects(&self, ids: &[String]) -> Vec<Subject> {
        ids.iter().take(SUBJECTS_SHOWN).map(|id| self.subject(id)).collect()
    }

    /// `9 máy`
    fn counted(&self, ids: &[String], number: usize) -> String {
        self.l.n(&format!("counted-{}", code(self.names.noun(ids))), number)
    }

    fn observed(&self, ids: &[String]) -> String {
        match ids.len() {
            0 => self.l.t("observed-none"),
            number => self.l.with("observed-from", "counted", self.counted(ids, number)),
        }
    }

    /// `9 máy: Công an Quận 1, 15/BB-KTANAT, 22/10/2024`
    fn checked(&self, ids: &[String], checks: &[Checks]) -> String {
        if checks.is_empty() {
            return self.l.t("checked-none");
        }
        let number = |act: &Checks| usize::try_from(act.subjects).unwrap_or(usize::MAX);
        let acts = checks.iter().take(CHECKS_SHOWN);
        let mut told: Vec<String> =
            acts.map(|act| format!("{}: {}", self.counted(ids, number(act)), act.told())).collect();
        if checks.len() > CHECKS_SHOWN {
            told.push(self.l.n("and-more", checks.len() - CHECKS_SHOWN));
        }
        told.join("; ")
    }
}

fn part(viewer: &Viewer, names: &Linked<'_>, provenance: &Provenance) -> Part {
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
        Provenance::Observed { subjects, as_of, left_out, checks } => {
            let checked = checks.as_deref();
            Part {
                source: if checked.is_some() { l.t("source-checked") } else { empty.source },
                text: match checked {
                    Some(acts) => names.checked(subjects, acts),
                    None => names.observed(subjects),
                },
                // An inspector's act has days of its own.
                as_of: When::maybe(l, as_of.filter(|_| checked.is_none()), viewer.now),
                subjects: names.subjects(subjects),
                more: subjects.len().saturating_sub(SUBJECTS_SHOWN),
                left_out: names.subjects(left_out),
                ..empty
            }
        }
        Provenance::Declared { by, on } => {
            let text =
                l.args("told-by-person", [("by", by.as_str().into()), ("on", format::date(*on).into())]);
            Part { text, ..empty }
        }
        Provenance::Computed { rule } => Part { text: l.or_code("provenance-", rule), ..empty },
        Provenance::Missing { reason } => Part { text: l.or_code("provenance-", reason), ..empty },
    }
}
