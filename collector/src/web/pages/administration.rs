//! Users, tokens, who did what, and how the collector is doing.

mod releases;
mod users;

use crate::{
    store::{
        time,
        tokens::{EnrolmentToken, TokenState},
    },
    web::{
        Web,
        error::WebError,
        evidence,
        format::{self, When},
        html,
        page::{Page, Section},
        session::Role,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{Router, response::Response, routing::get};
use releases::ReleasesView;
use std::sync::Arc;

const ROWS: i64 = 200;

pub fn routes() -> Router<Arc<Web>> {
    Router::new().route("/administration", get(show)).merge(users::routes())
}

struct UserLine {
    name: String,
    role: String,
    unit: String,
    created: When,
    disabled: bool,
}

struct TokenLine {
    id: String,
    unit: String,
    uses: String,
    expires: String,
    by: String,
    usable: bool,
}

struct Deed {
    when: When,
    actor: String,
    act: String,
    object: String,
    detail: String,
}

struct Rejected {
    when: When,
    reason: String,
    device: Option<String>,
    peer: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "pages/administration.html")]
struct AdministrationPage {
    page: Page,
    users: Vec<UserLine>,
    roles: Vec<users::RoleChoice>,
    tokens: Vec<TokenLine>,
    releases: ReleasesView,
    deeds: Vec<Deed>,
    rejected: Vec<Rejected>,
    reasons: Vec<(String, String)>,
    versions: Vec<(String, String, String)>,
    indexed: String,
    waiting: String,
    failed: i64,
}

/// An administrator of one subtree does not see the whole.
fn whole_system(viewer: &Viewer) -> Result<(), WebError> {
    viewer.require(Role::Administrator)?;
    if viewer.session.unit.is_some() { Err(WebError::Forbidden) } else { Ok(()) }
}

async fn show(viewer: Viewer) -> Result<Response, WebError> {
    whole_system(&viewer)?;
    let (store, l) = (viewer.store(), viewer.l());
    let (waiting, failed) = store.derived_backlog().await?;
    let reasons = store.rejection_counts().await?;
    let versions = store.agent_versions().await?;
    let page = AdministrationPage {
        users: user_lines(&viewer).await?,
        roles: users::roles(&viewer, "reader"),
        tokens: store.tokens().await?.into_iter().rev().map(|token| token_line(&viewer, token)).collect(),
        releases: ReleasesView::of(&viewer).await?,
        deeds: deeds(&viewer).await?,
        rejected: rejected(&viewer).await?,
        reasons: reasons
            .into_iter()
            .map(|(reason, count)| (l.or_code("rejection-", &reason), format::number(count)))
            .collect(),
        versions: versions
            .into_iter()
            .map(|(version, all, connected)| {
                (version.unwrap_or_else(|| l.t("unknown")), format::number(all), format::number(connected))
            })
            .collect(),
        indexed: format::number(i64::try_from(viewer.web.app.search.document_count()?).unwrap_or(i64::MAX)),
        waiting: format::number(waiting),
        failed,
        page: viewer.page(Section::Administration, l.t("nav-administration")),
    };
    Ok(html(&page))
}

async fn user_lines(viewer: &Viewer) -> Result<Vec<UserLine>, WebError> {
    let l = viewer.l();
    let rows = viewer.store().users().await?;
    rows.into_iter()
        .map(|row| {
            Ok(UserLine {
                role: l.or_code("role-", &row.role),
                unit: row.unit_code.unwrap_or_else(|| l.t("all-units")),
                created: When::new(l, time::parse(&row.created_at)?, viewer.now),
                disabled: row.disabled_at.is_some(),
                name: row.name,
            })
        })
        .collect()
}

fn token_line(viewer: &Viewer, token: EnrolmentToken) -> TokenLine {
    TokenLine {
        usable: token.state(viewer.now) == TokenState::Valid,
        uses: format!("{} / {}", format::number(token.uses_left), format::number(token.uses_total)),
        expires: token.expires_at.map_or_else(String::new, format::time),
        unit: token.unit,
        by: viewer.l().actor(&token.created_by),
        id: token.id,
    }
}

async fn deeds(viewer: &Viewer) -> Result<Vec<Deed>, WebError> {
    let l = viewer.l();
    let rows = viewer.store().audit_page(ROWS).await?;
    rows.into_iter()
        .map(|row| {
            let detail = serde_json::from_str(&row.detail).unwrap_or_default();
            Ok(Deed {
                when: When::new(l, time::parse(&row.at)?, viewer.now),
                act: l.or_code("deed-", &row.act),
                detail: evidence::text(l, &detail),
                actor: l.actor(&row.actor),
                object: match row.act.as_str() {
                    "import" => l.or_code("import-", &row.object),
                    "price" => l.or_code("item-", &row.object),
                    _ => row.object,
                },
            })
        })
        .collect()
}

async fn rejected(viewer: &Viewer) -> Result<Vec<Rejected>, WebError> {
    let l = viewer.l();
    let rows = viewer.store().rejection_page(ROWS).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Rejected {
                when: When::new(l, time::parse(&row.at)?, viewer.now),
                reason: l.or_code("rejection-", &row.reason),
                peer: row.peer.unwrap_or_default(),
                device: row.device,
                detail: row.detail,
            })
        })
        .collect()
}
