//! What every page carries beside its own content.

use super::{i18n::Lang, session::Session};
use axum::extract::Request;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Overview,
    Search,
    Units,
    Flags,
    Forms,
    Procurement,
    Administration,
    Elsewhere,
}

impl Section {
    const SHOWN: [(Self, &str, &str); 7] = [
        (Self::Overview, "/", "nav-overview"),
        (Self::Search, "/search", "nav-search"),
        (Self::Units, "/units", "nav-units"),
        (Self::Flags, "/flags", "nav-flags"),
        (Self::Forms, "/forms", "nav-forms"),
        (Self::Procurement, "/procurement", "nav-procurement"),
        (Self::Administration, "/administration", "nav-administration"),
    ];
}

pub struct NavigationItem {
    pub href: &'static str,
    pub text: String,
    pub current: bool,
    pub count: Option<String>,
}

pub struct PageUser {
    pub name: String,
    pub role: String,
    pub unit: Option<String>,
    pub administrator: bool,
}

pub struct Notice {
    /// Of Tabler's alerts: `success`, `warning`, `danger`, `info`.
    pub tone: &'static str,
    pub text: String,
}

pub struct Page {
    pub l: Lang,
    pub title: String,
    pub section: Section,
    pub user: Option<PageUser>,
    pub csrf: String,
    /// Path and query of this page: where a change of language returns to.
    pub here: String,
    pub notice: Option<Notice>,
}

impl Page {
    /// Whatever the request says, before any handler has met it.
    pub fn bare(request: &Request) -> Self {
        Self::new(request.extensions().get::<Session>(), request.extensions().get::<Lang>(), request.uri())
    }

    pub fn new(session: Option<&Session>, lang: Option<&Lang>, uri: &axum::http::Uri) -> Self {
        let l = lang.copied().unwrap_or(Lang::Vi);
        Self {
            l,
            title: String::new(),
            section: Section::Elsewhere,
            user: session.map(|session| PageUser {
                name: session.user.clone(),
                role: l.or_code("role-", session.role.as_str()),
                unit: session.unit.clone(),
                administrator: session.role == super::session::Role::Administrator,
            }),
            csrf: session.map(|session| session.csrf.clone()).unwrap_or_default(),
            here: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            notice: None,
        }
    }

    pub fn titled(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    pub fn signed_in(&self) -> bool {
        self.user.is_some()
    }

    pub fn is_search(&self) -> bool {
        self.section == Section::Search
    }

    pub fn navigation(&self) -> Vec<NavigationItem> {
        let administrator = self.user.as_ref().is_some_and(|user| user.administrator);
        let shown = Section::SHOWN
            .iter()
            .filter(|(section, ..)| administrator || *section != Section::Administration);
        shown
            .map(|(section, href, key)| NavigationItem {
                href,
                text: self.l.t(key),
                current: *section == self.section,
                count: None,
            })
            .collect()
    }
}
