//! The price list: what every unit's needs cost where a planner sets no price of their own.

use super::{dong, item_name};
use crate::{
    procurement::{Item, edit_text, plan::YEARS},
    store::{
        prices::{Price, PriceRow},
        time,
    },
    web::{
        Web,
        error::WebError,
        format::When,
        html,
        i18n::Lang,
        page::{Page, Section},
        session::Role,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Form, Router,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use std::sync::Arc;

const LONGEST_SOURCE: usize = 500;
/// As the store has it.
const ANY_YEAR: i64 = 0;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/prices", get(show).post(set))
}

struct PriceLine {
    item: String,
    year: String,
    unit_price: String,
    source: String,
    changed: When,
    by: String,
}

#[derive(Template)]
#[template(path = "pages/procurement_prices.html")]
struct PricesPage {
    page: Page,
    rows: Vec<PriceLine>,
    /// Code and name of what can be priced; nothing for who may not.
    items: Vec<(&'static str, String)>,
    years: Vec<u16>,
}

/// A price holds for every unit, so whoever sees only some of them does not set it.
fn may_set(viewer: &Viewer) -> bool {
    viewer.may_edit() && viewer.session.unit.is_none()
}

async fn show(viewer: Viewer) -> Result<Response, WebError> {
    let l = viewer.l();
    let rows = viewer.store().price_list().await?;
    let items = Item::ALL.map(|item| (item.as_str(), item_name(l, item)));
    let page = PricesPage {
        rows: rows.into_iter().map(|row| line(&viewer, row)).collect::<Result<_, _>>()?,
        items: if may_set(&viewer) { items.into() } else { Vec::new() },
        years: YEARS.into(),
        page: viewer.page(Section::Procurement, l.t("prices")),
    };
    Ok(html(&page))
}

fn year_name(l: Lang, year: i64) -> String {
    if year == ANY_YEAR { l.t("evidence-year-any") } else { year.to_string() }
}

fn line(viewer: &Viewer, row: PriceRow) -> Result<PriceLine, WebError> {
    let l = viewer.l();
    Ok(PriceLine {
        item: l.or_code("item-", &row.price.item),
        year: year_name(l, row.price.year),
        unit_price: dong(u64::try_from(row.price.unit_price)?),
        source: row.price.source,
        changed: When::new(l, time::parse(&row.changed_at)?, viewer.now),
        by: l.actor(&row.changed_by),
    })
}

#[derive(Deserialize)]
struct Wanted {
    item: String,
    year: String,
    unit_price: String,
    source: String,
}

impl Wanted {
    fn price(&self) -> Result<Price, WebError> {
        let item = Item::parse(&self.item).ok_or_else(|| WebError::Invalid {
            field: "item",
            message: "error-price-item",
            value: self.item.clone(),
        })?;
        let year = match self.year.trim() {
            "" => ANY_YEAR,
            text => edit_text::year(text).map_err(super::need::told)?.into(),
        };
        let unit_price = edit_text::unit_price(&self.unit_price).map_err(super::need::told)?;
        let source = self.source.trim();
        let told = !source.is_empty() && source.chars().count() <= LONGEST_SOURCE;
        if !told || source.chars().any(char::is_control) {
            return Err(WebError::Invalid {
                field: "source",
                message: "error-price-source",
                value: self.source.clone(),
            });
        }
        let unit_price = i64::try_from(unit_price)?;
        Ok(Price { item: item.as_str().to_owned(), year, unit_price, source: source.to_owned() })
    }
}

async fn set(viewer: Viewer, Form(wanted): Form<Wanted>) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    if !may_set(&viewer) {
        return Err(WebError::Forbidden);
    }
    viewer.store().set_prices(&[wanted.price()?], &viewer.session.user).await?;
    viewer.web.app.derivation.wake.notify_one();
    Ok(Redirect::to("/prices").into_response())
}
