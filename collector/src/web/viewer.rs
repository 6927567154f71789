//! The signed-in reader of one request: what may be seen and how it is told.

use super::{
    Web,
    error::WebError,
    format::today,
    i18n::Lang,
    page::{self, Page, Section},
    session::{Role, Session},
    tree::UnitTree,
};
use crate::{
    inventory::{Unit, UnitInventory},
    store::Store,
};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::sync::Arc;

/// Put into a request by tests whose pages must not depend on the clock.
#[derive(Debug, Clone, Copy)]
pub struct FixedNow(pub Timestamp);

pub struct Viewer {
    pub web: Arc<Web>,
    pub session: Session,
    pub now: Timestamp,
    page: Page,
}

impl<S> FromRequestParts<S> for Viewer
where
    Arc<Web>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let session = Session::from_request_parts(parts, state).await?;
        let web = Arc::<Web>::from_ref(state);
        let now = parts.extensions.get::<FixedNow>().map_or_else(Timestamp::now, |fixed| fixed.0);
        let here = page::here(&parts.method, &parts.uri);
        let mut page = Page::new(Some(&session), Some(&session.lang), here);
        if let (Some(user), Some(code)) = (&mut page.user, &session.unit) {
            let unit = web.app.store.unit(code, today(now)).await?;
            user.unit = Some(unit.map_or_else(|| code.clone(), |unit| unit.full_name));
        }
        Ok(Self { web, session, now, page })
    }
}

impl Viewer {
    pub fn l(&self) -> Lang {
        self.session.lang
    }

    pub fn today(&self) -> Date {
        today(self.now)
    }

    pub fn days_ago(&self, days: u32) -> Timestamp {
        self.now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(self.now)
    }

    pub fn store(&self) -> &Store {
        &self.web.app.store
    }

    pub fn page(self, section: Section, title: String) -> Page {
        Page { section, title, ..self.page }
    }

    pub fn require(&self, role: Role) -> Result<(), WebError> {
        self.session.require(role)
    }

    pub fn may_edit(&self) -> bool {
        self.session.role >= Role::Editor
    }

    pub async fn may_see(&self, unit: &str) -> Result<bool, WebError> {
        match &self.session.unit {
            None => Ok(true),
            Some(own) if own == unit => Ok(true),
            Some(own) => Ok(self.store().is_at_or_below(unit, own, self.today()).await?),
        }
    }

    /// A unit outside the reader's own subtree is told as unknown, like one that does not exist.
    pub async fn unit(&self, code: &str) -> Result<Unit, WebError> {
        let unit = self.store().unit(code, self.today()).await?;
        match unit {
            Some(unit) if self.may_see(&unit.code).await? => Ok(unit),
            _ => Err(WebError::unit(code)),
        }
    }

    async fn own_unit_stands(&self) -> Result<(), WebError> {
        let Some(own) = &self.session.unit else { return Ok(()) };
        let found = self.store().unit(own, self.today()).await?;
        found.map(drop).ok_or_else(|| WebError::UnitEnded(own.clone()))
    }

    /// The unit asked for, else the top of what the reader may see; `None` is the whole country.
    pub async fn unit_or_top(&self, code: Option<&str>) -> Result<Option<Unit>, WebError> {
        self.own_unit_stands().await?;
        match code.filter(|code| !code.is_empty()).or(self.session.unit.as_deref()) {
            Some(code) => Ok(Some(self.unit(code).await?)),
            None => Ok(None),
        }
    }

    /// Everything known of a unit that the reader may see.
    pub async fn inventory(&self, unit: &Unit) -> Result<UnitInventory, WebError> {
        let found = self.store().inventory(std::slice::from_ref(&unit.code), self.now).await?;
        found.into_iter().next().ok_or_else(|| WebError::unit(&unit.code))
    }

    pub async fn tree(&self) -> Result<UnitTree, WebError> {
        let units = match &self.session.unit {
            Some(code) => self.store().subtree(code, self.today()).await?,
            None => self.store().units(self.today()).await?,
        };
        Ok(UnitTree::new(units))
    }

    /// From the top of what the reader may see down to the unit.
    pub async fn path_to(&self, code: &str) -> Result<Vec<Unit>, WebError> {
        let mut path = self.store().unit_path(code, self.today()).await?;
        if let Some(own) = &self.session.unit
            && let Some(at) = path.iter().position(|unit| &unit.code == own)
        {
            path.drain(..at);
        }
        Ok(path)
    }
}
