//! One need: why, and what a planner makes of it.

use super::{dong, drift, edited, item_name, not_bought, state};
use crate::{
    app::{needs, plan},
    inventory::Unit,
    procurement::{
        Edit, Item, Need, Source, Stage,
        edit_text::{self, InvalidEdit},
        plan::YEARS,
    },
    web::{
        Web,
        error::WebError,
        format::{self, When},
        html,
        i18n::Lang,
        page::{Page, Section},
        pages::overview::Crumb,
        rule,
        session::Role,
        tone::Toned,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use std::sync::Arc;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/procurement/{unit}/{item}", get(show).post(save))
        .route("/procurement/{unit}/{item}/clear", post(clear))
}

struct GroundView {
    rule: String,
    basis: String,
    text: String,
    since: Option<When>,
    devices: Vec<Crumb>,
}

struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

/// What the form shows: the planner's own values, empty where the computed ones stand.
struct Fields {
    quantity: String,
    unit_price: String,
    years: Vec<Choice>,
    sources: Vec<Choice>,
    stages: Vec<Choice>,
    note: String,
    adopted: bool,
}

#[derive(Template)]
#[template(path = "pages/procurement_need.html")]
struct NeedPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    item: String,
    action: String,
    quantity: String,
    computed: String,
    unit_price: Option<String>,
    price_source: Option<String>,
    amount: Option<String>,
    not_bought: Option<String>,
    state: Toned,
    drift: Option<String>,
    edited: Option<String>,
    grounds: Vec<GroundView>,
    fields: Option<Fields>,
}

async fn asked(viewer: &Viewer, unit: &str, item: &str) -> Result<(Unit, Item), WebError> {
    let unit = viewer.unit(unit).await?;
    let item = Item::parse(item).ok_or_else(|| WebError::NotFound { what: "page", id: item.to_owned() })?;
    Ok((unit, item))
}

async fn show(viewer: Viewer, Path((unit, item)): Path<(String, String)>) -> Result<Response, WebError> {
    let (unit, item) = asked(&viewer, &unit, &item).await?;
    let l = viewer.l();
    let codes = [unit.code.clone()];
    let edits = plan::edits(&viewer.web.app, &codes).await?.remove(&unit.code).unwrap_or_default();
    let need = needs::of_item(&viewer.web.app, &unit, item, viewer.now).await?;
    let path = viewer.path_to(&unit.code).await?.into_iter();
    let page = NeedPage {
        crumbs: path
            .map(|step| Crumb { href: format!("/procurement?unit={}", step.code), text: step.full_name })
            .collect(),
        item: item_name(l, item),
        action: super::address(&unit.code, item),
        quantity: format::number(need.quantity.into()),
        computed: format::number(need.computed_quantity.into()),
        unit_price: need.unit_price.map(dong),
        price_source: need.price_source.clone(),
        amount: need.amount.map(dong),
        not_bought: not_bought(l, &need),
        state: state(l, &need),
        drift: drift(l, &need),
        edited: edited(l, &need),
        grounds: grounds(&viewer, &need),
        fields: viewer.may_edit().then(|| fields(l, edits.get(&item))),
        page: viewer.page(Section::Procurement, format!("{} · {}", item_name(l, item), unit.full_name)),
        unit,
    };
    Ok(html(&page))
}

fn grounds(viewer: &Viewer, need: &Need) -> Vec<GroundView> {
    let l = viewer.l();
    let view = |ground: &crate::procurement::Ground| GroundView {
        rule: rule::title(l, &ground.rule),
        basis: rule::basis(l, &ground.rule),
        text: if l == Lang::Vi { ground.text_vi() } else { ground.text_en() },
        since: When::maybe(l, Some(ground.since), viewer.now),
        devices: ground
            .devices
            .iter()
            .map(|device| Crumb {
                href: format!("/devices/{}", device.device),
                text: device.name().to_owned(),
            })
            .collect(),
    };
    need.grounds.iter().map(view).collect()
}

fn fields(l: Lang, edit: Option<&Edit>) -> Fields {
    let edit = edit.cloned().unwrap_or_default();
    let choice = |value: &str, text: String, chosen: bool| Choice { value: value.to_owned(), text, chosen };
    let none = |chosen: bool| choice("", l.t("need-as-computed"), chosen);
    let years = YEARS.map(|year| choice(&year.to_string(), year.to_string(), edit.year == Some(year)));
    let sources = Source::ALL.map(|source| {
        choice(source.as_str(), l.t(&format!("fund-{}", source.as_str())), edit.source == Some(source))
    });
    let stages = Stage::ALL.map(|stage| {
        choice(stage.as_str(), l.t(&format!("stage-{}", stage.as_str())), edit.stage == Some(stage))
    });
    Fields {
        quantity: edit.quantity.map(|number| number.to_string()).unwrap_or_default(),
        unit_price: edit.unit_price.map(|price| price.to_string()).unwrap_or_default(),
        years: std::iter::once(none(edit.year.is_none())).chain(years).collect(),
        sources: std::iter::once(choice("", l.t("fund-unknown"), edit.source.is_none()))
            .chain(sources)
            .collect(),
        stages: stages.into(),
        note: edit.note.unwrap_or_default(),
        adopted: edit.adopted,
    }
}

#[derive(Deserialize)]
struct Wanted {
    quantity: String,
    unit_price: String,
    year: String,
    source: String,
    stage: String,
    note: String,
    adopted: Option<String>,
}

pub fn told(error: InvalidEdit) -> WebError {
    let message = match error.field {
        "quantity" => "error-need-quantity",
        "unit_price" => "error-need-price",
        "year" => "error-need-year",
        "source" => "error-need-source",
        "stage" => "error-need-stage",
        _ => "error-need-note",
    };
    WebError::Invalid { field: error.field, message, value: error.value }
}

impl Wanted {
    fn edit(&self) -> Result<Edit, WebError> {
        fn given<T>(text: &str, parse: fn(&str) -> Result<T, InvalidEdit>) -> Result<Option<T>, WebError> {
            if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some).map_err(told) }
        }
        Ok(Edit {
            quantity: given(&self.quantity, edit_text::quantity)?,
            unit_price: given(&self.unit_price, edit_text::unit_price)?,
            year: given(&self.year, edit_text::year)?,
            source: given(&self.source, edit_text::source)?,
            stage: given(&self.stage, edit_text::stage)?,
            note: given(&self.note, edit_text::note)?,
            adopted: self.adopted.is_some(),
            ..Edit::default()
        })
    }
}

async fn save(
    viewer: Viewer,
    Path((unit, item)): Path<(String, String)>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    let (unit, item) = asked(&viewer, &unit, &item).await?;
    let edit = wanted.edit()?;
    needs::edit(&viewer.web.app, &unit, item, &viewer.session.user, |_| edit).await?;
    Ok(Redirect::to(&super::address(&unit.code, item)).into_response())
}

async fn clear(viewer: Viewer, Path((unit, item)): Path<(String, String)>) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    let (unit, item) = asked(&viewer, &unit, &item).await?;
    needs::clear(&viewer.web.app, &unit, item, &viewer.session.user).await?;
    Ok(Redirect::to(&super::address(&unit.code, item)).into_response())
}
