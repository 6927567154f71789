//! An appendix as it will print, each cell coloured by where its value comes from.

use crate::{
    app::{
        appendix::Appendix,
        export::{self, What},
    },
    export::Format,
    forms::{FormKind, FormLayout, Row, State, equipment},
    inventory::{Unit, UnitInventory, counting::View},
    web::{
        Web,
        download::Download,
        error::WebError,
        format, html,
        i18n::Lang,
        page::{Page, Section},
        pages::overview::Crumb,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Router,
    extract::Query,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use std::sync::Arc;

mod cell;
mod declare;
mod panel;

pub use cell::CellView;
use cell::cell_view;

/// More rows are in the download; a browser is slow with them.
const ROWS_SHOWN: usize = 400;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/forms", get(show))
        .route("/forms/cell", get(panel::show))
        .route("/forms/download", get(download))
        .merge(declare::routes())
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    unit: Option<String>,
    form: Option<String>,
    cell: Option<String>,
}

struct Tab {
    href: String,
    text: String,
    current: bool,
}

struct Head {
    text: &'static str,
    rows: u16,
    columns: u16,
}

struct RowView {
    cells: Vec<CellView>,
}

#[derive(Template)]
#[template(path = "pages/forms.html")]
struct FormsPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    title: &'static str,
    tabs: Vec<Tab>,
    legend: Vec<(&'static str, String, String)>,
    head: Vec<Vec<Head>>,
    rows: Vec<RowView>,
    more: usize,
    downloads: Vec<Crumb>,
    panel: String,
    as_of: String,
}

#[derive(Template)]
#[template(path = "pages/forms_choose.html")]
struct ChoosePage {
    page: Page,
    units: Vec<Crumb>,
}

/// One unit's row of the equipment form, for the unit's own page.
pub struct UnitRow {
    pub href: String,
    pub heads: Vec<String>,
    pub cells: Vec<CellView>,
}

/// The columns that only say which unit it is.
const NAMING_COLUMNS: usize = 2;

pub fn unit_row(viewer: &Viewer, inventory: &UnitInventory) -> UnitRow {
    let view = View { inventory, thresholds: &viewer.web.app.thresholds(), now: viewer.now };
    let row = equipment::row("", view, &[]);
    let layout = FormKind::Equipment.layout();
    let code = &inventory.unit.code;
    let views = row_view(viewer.l(), FormKind::Equipment, &layout, code, &row).cells;
    UnitRow {
        href: format!("/forms?unit={code}&form=equipment"),
        heads: layout.columns.iter().skip(NAMING_COLUMNS).map(|column| column.heading.clone()).collect(),
        cells: views.into_iter().skip(NAMING_COLUMNS).collect(),
    }
}

const KINDS: [FormKind; 4] =
    [FormKind::Equipment, FormKind::Network, FormKind::Infrastructure, FormKind::Software];

fn kind(asked: Option<&str>) -> Result<FormKind, WebError> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(FormKind::Equipment) };
    let known = KINDS.into_iter().find(|kind| kind.as_str() == asked);
    known.ok_or_else(|| WebError::Invalid { field: "form", message: "error-form", value: asked.to_owned() })
}

/// The unit asked for, else where the devices are, else the top of what the reader may see.
pub async fn chosen(viewer: &Viewer, unit: Option<&str>) -> Result<Option<Unit>, WebError> {
    if let Some(unit) = viewer.unit_or_top(unit).await? {
        return Ok(Some(unit));
    }
    let groups = viewer
        .store()
        .device_groups(viewer.days_ago(viewer.web.app.thresholds().device_counts_days), viewer.now);
    let codes: Vec<String> = groups.await?.into_iter().map(|group| group.unit_code).collect();
    let tree = viewer.tree().await?;
    Ok(tree.common(codes.iter().map(String::as_str)).cloned())
}

/// Where nobody can tell which unit is meant.
pub async fn choose(viewer: Viewer, section: Section, title: &str, path: &str) -> Result<Response, WebError> {
    let title = viewer.l().t(title);
    let units = viewer.store().root_units(viewer.today()).await?.into_iter();
    let units = units.map(|unit| Crumb { href: format!("{path}?unit={}", unit.code), text: unit.full_name });
    Ok(html(&ChoosePage { units: units.collect(), page: viewer.page(section, title) }))
}

async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = viewer.l();
    let Some(unit) = chosen(&viewer, asked.unit.as_deref()).await? else {
        return choose(viewer, Section::Forms, "nav-forms", "/forms").await;
    };
    let kind = kind(asked.form.as_deref())?;
    let layout = kind.layout();
    let (rows, more) = rows(&viewer, kind, &unit).await?;
    let panel = match &asked.cell {
        Some(cell) => panel::html_of(&viewer, kind, cell, &unit.code).await.unwrap_or_default(),
        None => String::new(),
    };
    let path = viewer.path_to(&unit.code).await?.into_iter().map(|step| Crumb {
        href: format!("/forms?unit={}&form={}", step.code, kind.as_str()),
        text: step.full_name,
    });
    let page = FormsPage {
        crumbs: path.collect(),
        title: layout.title,
        tabs: tabs(l, &unit, kind),
        legend: legend(l),
        head: head(&layout),
        more,
        rows: rows.iter().map(|row| row_view(l, kind, &layout, &unit.code, row)).collect(),
        downloads: downloads(&unit, kind),
        panel,
        as_of: format::time(viewer.now),
        page: viewer.page(Section::Forms, format!("{} · {}", l.t("nav-forms"), unit.full_name)),
        unit,
    };
    Ok(html(&page))
}

/// The first rows, and how many follow them.
async fn rows(viewer: &Viewer, kind: FormKind, root: &Unit) -> Result<(Vec<Row>, usize), WebError> {
    let (mut rows, mut more) = (Vec::new(), 0);
    let form = Appendix { kind, root, at: viewer.now, totals: false };
    form.rows(&viewer.web.app, &mut |row| {
        if rows.len() < ROWS_SHOWN {
            rows.push(row)
        } else {
            more += 1
        }
        Ok(())
    })
    .await?;
    Ok((rows, more))
}

fn tabs(l: Lang, unit: &Unit, current: FormKind) -> Vec<Tab> {
    let tab = |kind: FormKind| Tab {
        href: format!("/forms?unit={}&form={}", unit.code, kind.as_str()),
        text: l.t(&format!("form-{}", kind.as_str())),
        current: kind == current,
    };
    KINDS.into_iter().map(tab).collect()
}

/// Class, mark and name of each source.
fn legend(l: Lang) -> Vec<(&'static str, String, String)> {
    let states = [State::Observed, State::Declared, State::Computed, State::Missing].map(State::as_str);
    let text = |prefix: &str, state: &str| l.t(&format!("{prefix}-{state}"));
    states.into_iter().map(|state| (state, text("mark", state), text("source", state))).collect()
}

fn downloads(unit: &Unit, kind: FormKind) -> Vec<Crumb> {
    let link = |what: &str, format: &str, text: &str| Crumb {
        href: format!("/forms/download?unit={}&form={what}&format={format}", unit.code),
        text: text.to_owned(),
    };
    vec![
        link(kind.as_str(), "xlsx", "XLSX"),
        link(kind.as_str(), "docx", "DOCX"),
        link(kind.as_str(), "csv", "CSV"),
        link(kind.as_str(), "json", "JSON"),
    ]
}

fn head(layout: &FormLayout) -> Vec<Vec<Head>> {
    let row = |number: u16| {
        let cells = layout.header.iter().filter(|cell| cell.row == number);
        cells.map(|cell| Head { text: cell.text, rows: cell.rows, columns: cell.columns }).collect()
    };
    (0..layout.header_rows).map(row).collect()
}

fn row_view(l: Lang, kind: FormKind, layout: &FormLayout, root: &str, row: &Row) -> RowView {
    let cells = row.cells.iter().zip(&layout.columns);
    RowView { cells: cells.map(|(cell, column)| cell_view(l, kind, root, row, column, cell)).collect() }
}

/// The model of a form, for programs.
pub async fn rows_as_json(viewer: &Viewer, form: &str, unit: &str) -> Result<Response, WebError> {
    kind(Some(form))?;
    let unit = viewer.unit(unit).await?;
    file(viewer, form, "json", &unit).await
}

#[derive(Debug, Deserialize)]
struct Wanted {
    unit: String,
    form: String,
    format: String,
}

async fn download(viewer: Viewer, Query(asked): Query<Wanted>) -> Result<Response, WebError> {
    let unit = viewer.unit(&asked.unit).await?;
    let name = format!("{}-{}-{}.{}", asked.form, unit.code, viewer.today(), asked.format);
    let file = file(&viewer, &asked.form, &asked.format, &unit).await?;
    Ok(([(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], file).into_response())
}

async fn file(viewer: &Viewer, form: &str, format: &str, unit: &Unit) -> Result<Response, WebError> {
    use clap::ValueEnum;
    let invalid = |field, message, value: &str| WebError::Invalid { field, message, value: value.to_owned() };
    let what = What::from_str(form, false).map_err(|_| invalid("form", "error-form", form))?;
    let kept = Format::from_str(format, false).ok().filter(|format| what.takes(*format));
    let format = kept.ok_or_else(|| invalid("format", "error-form-format", format))?;
    let asked = export::Asked { what, unit: unit.code.clone(), format, totals: false };
    let mut written = Download::new(&viewer.web.app.data)?;
    export::write(&viewer.web.app, &asked, &mut written).await?;
    written.answer(match format {
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Json => "application/json",
    })
}
