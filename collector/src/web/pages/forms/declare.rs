//! A cell of an appendix is declared where it stands: the values behind it, who declares them, and when.

use crate::{
    date,
    forms::{
        FormKind,
        fields::{self, InvalidField},
        systems,
    },
    inventory::{Declarations, Unit},
    store::declarations::NewDeclaration,
    web::{Web, error::WebError, i18n::Lang, session::Role, viewer::Viewer},
};
use axum::{
    Form, Router,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use jiff::civil::Date;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Of the values in a form, beside those that every form has.
const PREFIX: &str = "value.";

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/forms/declare", post(declare))
}

pub struct Input {
    pub name: String,
    pub label: String,
    pub value: String,
    pub hint: String,
    pub long: bool,
}

/// What a cell lets an editor declare.
pub struct Edit {
    pub csrf: String,
    /// The unit whose form is shown.
    pub root: String,
    pub form: &'static str,
    pub cell: String,
    pub inputs: Vec<Input>,
    pub by: String,
    pub on: String,
}

impl Edit {
    pub fn of(viewer: &Viewer, place: &Place<'_>, root: &str, declarations: &Declarations) -> Option<Self> {
        let inputs: Vec<Input> = place
            .fields(declarations)
            .into_iter()
            .map(|name| input(viewer.l(), place, declarations, name))
            .collect();
        (viewer.may_edit() && !inputs.is_empty()).then(|| Self {
            csrf: viewer.session.csrf.clone(),
            root: root.to_owned(),
            form: place.kind.as_str(),
            cell: place.cell.to_owned(),
            inputs,
            by: String::new(),
            on: viewer.today().to_string(),
        })
    }
}

fn input(l: Lang, place: &Place<'_>, declarations: &Declarations, name: String) -> Input {
    let value = declarations.of_system(place.system, &name).map(|declared| declared.value.clone());
    let hint = match fields::find(&name).map(|field| field.kind) {
        Some(fields::Kind::Line) => l.t("declare-line-hint"),
        Some(fields::Kind::Money) => l.t("declare-money-hint"),
        Some(fields::Kind::Server) => l.t("declare-server-hint"),
        _ => String::new(),
    };
    Input {
        label: l.field(&name),
        long: name.ends_with("proposal.text"),
        value: value.unwrap_or_default(),
        hint,
        name,
    }
}

/// Which cell it is.
pub struct Place<'a> {
    pub kind: FormKind,
    pub cell: &'a str,
    pub unit: &'a str,
    /// Empty: the unit itself.
    pub system: &'a str,
    pub column: &'a str,
}

impl<'a> Place<'a> {
    /// `760~Kiosk - DVC~cernet`
    pub fn read(kind: FormKind, cell: &'a str) -> Result<Self, WebError> {
        let unknown = || WebError::NotFound { what: "cell", id: cell.to_owned() };
        let (unit, rest) = cell.split_once('~').ok_or_else(unknown)?;
        let (system, column) = rest.rsplit_once('~').ok_or_else(unknown)?;
        Ok(Self { kind, cell, unit, system, column })
    }

    /// Of the unit itself, of a system of the forms, or of one that the unit declared.
    fn is_row(&self, known: &Declarations) -> bool {
        self.system.is_empty()
            || systems::OFFICIAL.contains(&self.system)
            || known.systems().any(|system| system == self.system)
    }

    /// The fields that the column is made of; of numbered ones those there are and one more.
    fn fields(&self, declarations: &Declarations) -> Vec<String> {
        let stems: Vec<String> = match (self.kind, self.column) {
            (FormKind::Equipment, "staff") => vec!["staff.official".into(), "staff.trial".into()],
            (FormKind::Equipment, "tokens") => vec!["staff.professional".into()],
            (FormKind::Equipment, "scanners" | "card-readers") => vec!["one-stop-desks".into()],
            (_, "lines" | "bandwidth" | "internet" | "internet-bandwidth") => vec!["line.".into()],
            (_, "cpu" | "storage" | "internet-peak") => vec!["server.".into()],
            (kind, column) => vec![of_column(kind, column)],
        };
        let known = stems.into_iter().flat_map(|stem| self.numbered(declarations, stem));
        known.filter(|name| fields::check(self.system, name, "").is_ok()).collect()
    }

    fn numbered(&self, declarations: &Declarations, stem: String) -> Vec<String> {
        if !stem.ends_with('.') {
            return vec![stem];
        }
        let taken = |number: &u32| declarations.of_system(self.system, &format!("{stem}{number}")).is_some();
        let mut numbers: Vec<u32> = (1..=MOST_NUMBERED).filter(taken).collect();
        numbers.extend((1..=MOST_NUMBERED).find(|number| !taken(number)));
        numbers.sort_unstable();
        numbers.into_iter().map(|number| format!("{stem}{number}")).collect()
    }
}

const MOST_NUMBERED: u32 = 64;
const LONGEST_NAME: usize = 200;

/// `vdxp-purpose` is made of `vdxp.purpose`, a proposal of the field of its appendix.
fn of_column(kind: FormKind, column: &str) -> String {
    let own = match kind {
        FormKind::Equipment | FormKind::Network => "",
        FormKind::Infrastructure => "infrastructure.",
        FormKind::Software => "software.",
    };
    match column.strip_prefix("proposal") {
        Some("") => return format!("{own}proposal.text"),
        Some(rest) => return format!("{own}proposal.{}", rest.trim_start_matches('-')),
        None => {}
    }
    let names = [column.to_owned(), column.replacen('-', ".", 1), format!("{own}{column}")];
    names.into_iter().find(|name| fields::find(name).is_some()).unwrap_or_default()
}

type Sent = BTreeMap<String, String>;

async fn declare(viewer: Viewer, Form(sent): Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    let sent: Sent = sent.into_iter().collect();
    let text = |name: &str| sent.get(name).map(|text| text.trim()).unwrap_or_default();
    let kind = super::kind(Some(text("form")))?;
    let place = Place::read(kind, text("cell"))?;
    let unit = viewer.unit(place.unit).await?;
    let root = viewer.unit(text("unit")).await?;
    let known = viewer.store().declarations(std::slice::from_ref(&unit.code)).await?;
    let known = known.get(&unit.code).cloned().unwrap_or_default();
    if !place.is_row(&known) {
        return Err(WebError::NotFound { what: "cell", id: place.cell.to_owned() });
    }
    let changed = changes(&place, &known, &sent)?;
    if !changed.is_empty() {
        let (by, on) = who_and_when(&viewer, text("by"), text("on"))?;
        record(&viewer, &unit, &place, changed, by, on).await?;
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("unit", &root.code)
        .append_pair("form", kind.as_str())
        .append_pair("cell", place.cell)
        .finish();
    Ok(Redirect::to(&format!("/forms?{query}")).into_response())
}

/// Field and new value of each that differs; `None` withdraws.
fn changes(
    place: &Place<'_>,
    known: &Declarations,
    sent: &Sent,
) -> Result<Vec<(String, Option<String>)>, WebError> {
    let mut changed = Vec::new();
    for name in place.fields(known) {
        let Some(text) = sent.get(&format!("{PREFIX}{name}")) else { continue };
        // Browsers end the lines of a text as MIME does.
        let text = text.replace("\r\n", "\n");
        let value = fields::check(place.system, &name, &text).map_err(|error| WebError::Declared {
            field: name.clone(),
            message: why(&error),
            value: text.clone(),
        })?;
        let now = known.of_system(place.system, &name).map(|declared| &declared.value);
        if value.as_ref() != now {
            changed.push((name, value));
        }
    }
    Ok(changed)
}

fn why(error: &InvalidField) -> &'static str {
    match error {
        InvalidField::Unknown | InvalidField::NeedsSystem | InvalidField::NotOfSystem => {
            "error-declare-field"
        }
        InvalidField::WholeNumber(_) => "error-declare-number",
        InvalidField::Money(_) => "error-declare-money",
        InvalidField::Line(_) => "error-declare-line",
        InvalidField::Extension(_) => "error-declare-extension",
        InvalidField::TooLong(_) | InvalidField::Control(_) => "error-declare-text",
    }
}

fn who_and_when(viewer: &Viewer, by: &str, on: &str) -> Result<(String, Date), WebError> {
    let invalid = |field, message, value: &str| WebError::Invalid { field, message, value: value.to_owned() };
    if by.is_empty() || by.chars().count() > LONGEST_NAME || by.chars().any(char::is_control) {
        return Err(invalid("by", "error-declared-by", by));
    }
    let day = date::parse(on).map_err(|_| invalid("on", "error-date", on))?;
    if day > viewer.today() {
        return Err(invalid("on", "error-declared-future", on));
    }
    Ok((by.to_owned(), day))
}

async fn record(
    viewer: &Viewer,
    unit: &Unit,
    place: &Place<'_>,
    changed: Vec<(String, Option<String>)>,
    by: String,
    on: Date,
) -> Result<(), WebError> {
    let names: Vec<String> = changed.iter().map(|(name, _)| name.clone()).collect();
    let rows = changed.into_iter().map(|(field, value)| NewDeclaration {
        unit: unit.code.clone(),
        system: place.system.to_owned(),
        declared_by: by.clone(),
        declared_on: on,
        field,
        value,
    });
    viewer.store().declare(&rows.collect::<Vec<_>>(), &viewer.session.user).await?;
    let system = Some(place.system).filter(|system| !system.is_empty());
    let detail = json!({"system": system, "fields": names, "declared_by": by, "declared_on": on});
    viewer.store().audit(&viewer.session.user, "declare", &unit.code, &detail).await?;
    viewer.web.app.derivation.wake.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns that stand for what was counted, for the name of the row, or for another column.
    const NOT_DECLARED: [&str; 5] = ["number", "unit", "system", "computers", "printers"];

    #[test]
    fn every_column_that_a_person_can_fill_has_its_field() {
        for kind in super::super::KINDS {
            let system = if kind == FormKind::Equipment { "" } else { "HOC" };
            for column in kind.layout().columns {
                let place = Place { kind, cell: "", unit: "760", system, column: column.id };
                let found = place.fields(&Declarations::default());
                let none = NOT_DECLARED.contains(&column.id);
                assert_eq!(found.is_empty(), none, "{} {}: {found:?}", kind.as_str(), column.id);
            }
        }
    }

    #[test]
    fn lines_are_those_there_are_and_one_more() {
        let line = crate::inventory::Declared {
            value: "VNPT".into(),
            declared_by: "An".into(),
            declared_on: jiff::civil::date(2024, 4, 1),
        };
        let lines = [("line.1".to_owned(), line.clone()), ("line.3".to_owned(), line)].into();
        let known = Declarations([(String::new(), lines)].into());
        let place = Place::read(FormKind::Equipment, "760~~lines").unwrap();
        assert_eq!(place.fields(&known), ["line.1", "line.2", "line.3"]);
    }
}
