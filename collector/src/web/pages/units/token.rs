//! Enrolment tokens with the command that uses them.

use crate::{
    app::tokens,
    identity::assignment::{Assignment, Rule},
    inventory::Unit,
    web::{
        Web,
        error::WebError,
        format, html,
        page::{Page, Section},
        pages::overview::Crumb,
        session::Role,
        viewer::Viewer,
    },
};
use askama::Template;
use axum::{
    Form, Router,
    extract::{OriginalUri, Path},
    http::{HeaderMap, Uri, header, uri::Authority},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use jiff::ToSpan;
use serde::Deserialize;
use std::sync::Arc;

const MOST_USES: u32 = 10_000;
const MOST_DAYS: u32 = 365;

pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/units/{code}/tokens", post(make))
        .route("/units/{code}/tokens/{id}/revoke", post(revoke))
}

#[derive(Deserialize)]
struct Wanted {
    uses: String,
    days: String,
    /// One rule a line.
    #[serde(default)]
    assign: String,
    strict: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/token.html")]
struct TokenPage {
    page: Page,
    crumbs: Vec<Crumb>,
    unit: Unit,
    token: String,
    uses: String,
    days: String,
    address: String,
    /// Agents of the collector's own version are delivered with it.
    version: &'static str,
}

fn whole(field: &'static str, text: &str, most: u32) -> Result<u32, WebError> {
    let number = text.trim().parse::<u32>().ok().filter(|number| (1..=most).contains(number));
    let message = if field == "uses" { "error-token-uses" } else { "error-token-days" };
    number.ok_or_else(|| WebError::Invalid { field, message, value: text.to_owned() })
}

async fn assignment(viewer: &Viewer, unit: &Unit, wanted: &Wanted) -> Result<Assignment, WebError> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in wanted.assign.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let wrong = |message| WebError::Invalid { field: "assign", message, value: line.to_owned() };
        let rule: Rule = line.parse().map_err(|_| wrong("error-token-assign"))?;
        if !viewer.store().is_at_or_below(&rule.unit, &unit.code, viewer.today()).await? {
            return Err(wrong("error-token-assign-unit"));
        }
        rules.push(rule);
    }
    Ok(Assignment { strict: wanted.strict.is_some() && !rules.is_empty(), rules })
}

/// The answer to the form itself: the token is shown once and stands in no address.
async fn make(
    viewer: Viewer,
    Path(code): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    let unit = viewer.unit(&code).await?;
    let uses = whole("uses", &wanted.uses, MOST_USES)?;
    let days = whole("days", &wanted.days, MOST_DAYS)?;
    let last = viewer.today().checked_add(i64::from(days).days())?;
    let assignment = assignment(&viewer, &unit, &wanted).await?;
    let wanted = tokens::Wanted { unit: &unit.code, uses, last_day: Some(last), assignment };
    let token = tokens::create(&viewer.web.app, wanted, &viewer.session.user).await?;
    let crumbs = viewer.path_to(&code).await?.into_iter().map(Crumb::of_unit).collect();
    let title = viewer.l().with("token-title", "unit", &unit.full_name);
    let page = TokenPage {
        crumbs,
        unit,
        token,
        uses: format::number(uses.into()),
        days: format::number(days.into()),
        address: address(&uri, &headers),
        version: env!("CARGO_PKG_VERSION"),
        page: Page { once: true, ..viewer.page(Section::Units, title) },
    };
    Ok(html(&page))
}

/// How this browser reaches the collector is how the agents of the same office will.
/// HTTP/2 names the host in the address itself.
fn address(uri: &Uri, headers: &HeaderMap) -> String {
    let header = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = uri.authority().map(Authority::as_str).or(header).unwrap_or("localhost");
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    format!("https://{}", if plain { host } else { "localhost" })
}

async fn revoke(viewer: Viewer, Path((code, id)): Path<(String, String)>) -> Result<Response, WebError> {
    viewer.require(Role::Editor)?;
    let unit = viewer.unit(&code).await?;
    let token = viewer.store().token(&id).await?.filter(|token| token.unit == unit.code);
    if token.is_none() {
        return Err(WebError::NotFound { what: "token", id });
    }
    viewer.store().revoke_token(&id, viewer.now, &viewer.session.user).await?;
    Ok(Redirect::to(&format!("/units/{code}#tokens")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_host_the_browser_used() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "kiemke.quan1.example:8443".parse().unwrap());
        let path = Uri::from_static("/units/760/tokens");
        assert_eq!(address(&path, &headers), "https://kiemke.quan1.example:8443");
        let whole = Uri::from_static("https://10.0.0.1:8443/units/760/tokens");
        assert_eq!(address(&whole, &HeaderMap::new()), "https://10.0.0.1:8443");
        headers.insert(header::HOST, "x;rm -rf /".parse().unwrap());
        assert_eq!(address(&path, &headers), "https://localhost");
    }

    #[test]
    fn uses_are_whole_and_bounded() {
        assert_eq!(whole("uses", " 50 ", 100).unwrap(), 50);
        for text in ["0", "101", "-1", "1,5", ""] {
            assert!(
                matches!(whole("uses", text, 100), Err(WebError::Invalid { field: "uses", .. })),
                "{text}"
            );
        }
    }
}
