//! What every page carries beside its own content.

use super::{i18n::Lang, session::Session};
use axum::http::{Method, Uri};

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
    /// Path and query of this page, or of the one that a form was sent from: where a change of language
    /// returns to.
    pub here: String,
    /// Shown once: another language would lose it.
    pub once: bool,
    pub notice: Option<Notice>,
}

/// The page that a request belongs to: its own address, or that of the page with the form.
pub fn here(method: &Method, uri: &Uri) -> String {
    if matches!(*method, Method::GET | Method::HEAD) {
        return uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    }
    let steps: Vec<&str> = uri.path().split('/').skip(1).collect();
    let kept = match steps[..] {
        ["units", _, "settings", ..] | ["procurement", _, _, ..] => 3,
        ["administration", "users", name, ..] if !name.is_empty() => 3,
        ["units" | "devices" | "flags", _, ..] => 2,
        ["login" | "flags" | "forms" | "administration" | "prices", ..] => 1,
        _ => 0,
    };
    format!("/{}", steps[..kept].join("/"))
}

impl Page {
    pub fn new(session: Option<&Session>, lang: Option<&Lang>, here: String) -> Self {
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
            here,
            once: false,
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
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_belongs_to_the_page_it_was_on() {
        for (path, page) in [
            ("/units/760/tokens", "/units/760"),
            ("/units/760/tokens/x/revoke", "/units/760"),
            ("/units/760/settings/clear", "/units/760/settings"),
            ("/devices/a/state", "/devices/a"),
            ("/procurement/760/computer/clear", "/procurement/760/computer"),
            ("/login?next=%2Funits", "/login"),
            ("/logout", "/"),
            ("/", "/"),
        ] {
            assert_eq!(here(&Method::POST, &path.parse().unwrap()), page, "{path}");
        }
        assert_eq!(here(&Method::GET, &Uri::from_static("/flags?unit=760")), "/flags?unit=760");
    }
}
