//! What a unit and everything below it need to buy: computed, edited, proposed.

use crate::{
    app::plan,
    export::procurement::NeedRow,
    inventory::Unit,
    procurement::{Item, Need, share::security_share},
    web::{
        Web,
        error::WebError,
        format, html,
        i18n::Lang,
        page::{Page, Section},
        pages::{forms, overview::Crumb},
        tone::{Tone, Toned},
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{Router, extract::Query, response::Response, routing::get};
use serde::Deserialize;
use std::sync::Arc;

mod need;
mod prices;

/// More rows are in the download; a browser is slow with them.
const ROWS_SHOWN: usize = 400;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/procurement", get(show)).merge(need::routes()).merge(prices::routes())
}

#[derive(Debug, Deserialize)]
struct Asked {
    unit: Option<String>,
}

struct NeedLine {
    href: String,
    unit: String,
    unit_href: String,
    item: String,
    quantity: String,
    drift: Option<String>,
    unit_price: Option<String>,
    amount: Option<String>,
    not_bought: Option<String>,
    year: String,
    source: Option<String>,
    stage: String,
    state: Toned,
    edited: Option<String>,
}

/// A sum is `None` where nothing in it has a price.
struct Sums {
    proposed: Option<String>,
    /// Why there is no such sum.
    not_proposed: String,
    unpriced: usize,
    computed: Option<String>,
    share: Toned,
}

#[derive(Template)]
#[template(path = "pages/procurement.html")]
struct ProcurementPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    sums: Sums,
    rows: Vec<NeedLine>,
    more: usize,
    others: Vec<Crumb>,
    downloads: Vec<Crumb>,
}

fn address(unit: &str, item: Item) -> String {
    format!("/procurement/{unit}/{}", item.as_str())
}

fn item_name(l: Lang, item: Item) -> String {
    l.t(&format!("item-{}", item.as_str()))
}

fn dong(amount: u64) -> String {
    format::number(i64::try_from(amount).unwrap_or(i64::MAX))
}

async fn show(viewer: Viewer, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = viewer.l();
    let Some(unit) = forms::chosen(&viewer, asked.unit.as_deref()).await? else {
        return forms::choose(viewer, Section::Procurement, "procurement-title", "/procurement").await;
    };
    let rows = plan::subtree_needs(&viewer.web.app, &unit, viewer.now).await?;
    let path = viewer.path_to(&unit.code).await?.into_iter();
    let crumbs = path
        .map(|step| Crumb { href: format!("/procurement?unit={}", step.code), text: step.full_name })
        .collect();
    let page = ProcurementPage {
        crumbs,
        sums: sums(l, &rows, viewer.web.app.thresholds().security_share_permille),
        more: rows.len().saturating_sub(ROWS_SHOWN),
        rows: rows.iter().take(ROWS_SHOWN).map(|row| line(l, row)).collect(),
        others: if viewer.may_edit() { others(l, &unit, &rows) } else { Vec::new() },
        downloads: downloads(&unit),
        page: viewer.page(Section::Procurement, format!("{} · {}", l.t("procurement-title"), unit.full_name)),
        unit,
    };
    Ok(html(&page))
}

fn downloads(unit: &Unit) -> Vec<Crumb> {
    let link = |format: &str| Crumb {
        href: format!("/forms/download?unit={}&form=procurement&format={format}", unit.code),
        text: format.to_uppercase(),
    };
    ["xlsx", "docx", "json"].map(link).into()
}

/// Items that nothing calls for in the unit itself; a planner may propose them all the same.
fn others(l: Lang, unit: &Unit, rows: &[NeedRow]) -> Vec<Crumb> {
    let known = |item: Item| rows.iter().any(|row| row.unit.code == unit.code && row.need.item == item);
    let open = Item::ALL.into_iter().filter(|item| !known(*item));
    open.map(|item| Crumb { href: address(&unit.code, item), text: item_name(l, item) }).collect()
}

fn sums(l: Lang, rows: &[NeedRow], least_permille: u32) -> Sums {
    let total = |adopted: bool| {
        let of = || rows.iter().filter(move |row| row.need.adopted == adopted && row.need.quantity > 0);
        let priced = of().next().is_none() || of().any(|row| row.need.amount.is_some());
        priced.then(|| dong(of().filter_map(|row| row.need.amount).fold(0, u64::saturating_add)))
    };
    let unpriced = rows.iter().filter(|row| row.need.quantity > 0 && row.need.amount.is_none()).count();
    let nothing_adopted = !rows.iter().any(|row| row.need.adopted);
    let needs: Vec<Need> = rows.iter().map(|row| row.need.clone()).collect();
    let share = match security_share(&needs) {
        None => Toned::new(Tone::Grey, share_unknown(l, &needs)),
        Some(share) => {
            let tone = if share.permille < least_permille { Tone::Amber } else { Tone::Green };
            Toned::new(tone, format::permille(share.permille))
        }
    };
    Sums {
        proposed: total(true).filter(|_| !nothing_adopted),
        not_proposed: l.t(if nothing_adopted { "need-nothing-adopted" } else { "need-no-price" }),
        unpriced,
        computed: total(false),
        share,
    }
}

fn share_unknown(l: Lang, needs: &[Need]) -> String {
    let proposed = || needs.iter().filter(|need| need.adopted && need.quantity > 0);
    match proposed().filter(|need| need.amount.is_none()).count() {
        0 if proposed().next().is_none() => l.t("share-nothing-adopted"),
        0 => l.t("share-of-nothing"),
        unpriced => l.n("share-unpriced", unpriced),
    }
}

/// A gap that calls for work and for no purchase, such as a full disk by default.
fn not_bought(l: Lang, need: &Need) -> Option<String> {
    let full_disks = need.item == Item::Disk && !need.grounds.is_empty();
    let key = if full_disks { "need-not-bought-disk" } else { "need-not-bought" };
    (need.quantity == 0).then(|| l.t(key))
}

fn line(l: Lang, row: &NeedRow) -> NeedLine {
    let need = &row.need;
    NeedLine {
        href: address(&row.unit.code, need.item),
        unit: row.unit.full_name.clone(),
        unit_href: format!("/units/{}", row.unit.code),
        item: item_name(l, need.item),
        quantity: format::number(need.quantity.into()),
        drift: drift(l, need),
        unit_price: need.unit_price.map(dong),
        amount: need.amount.map(dong),
        not_bought: not_bought(l, need),
        year: need.year.to_string(),
        source: need.source.map(|source| l.t(&format!("fund-{}", source.as_str()))),
        stage: l.t(&format!("stage-{}", need.stage.as_str())),
        state: state(l, need),
        edited: edited(l, need),
    }
}

fn state(l: Lang, need: &Need) -> Toned {
    if need.adopted {
        Toned::new(Tone::Green, l.t("need-proposed"))
    } else {
        Toned::new(Tone::Grey, l.t("need-computed"))
    }
}

fn drift(l: Lang, need: &Need) -> Option<String> {
    let then = need.changed_from?;
    let numbers = [("then", then.to_string().into()), ("now", need.computed_quantity.to_string().into())];
    Some(l.args("need-drift", numbers))
}

fn edited(l: Lang, need: &Need) -> Option<String> {
    let edited = need.edited.as_ref()?;
    let parts = [("by", l.actor(&edited.by).into()), ("at", format::time(edited.at).into())];
    Some(l.args("need-edited", parts))
}
