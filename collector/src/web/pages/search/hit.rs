//! What was found, as a row that a person reads.

use crate::{
    search::{Hit, Marked, Match},
    web::i18n::Lang,
};

pub struct HitView {
    pub href: String,
    pub icon: &'static str,
    pub kind: Pieces,
    pub title: Pieces,
    pub path: Pieces,
    pub facts: Vec<Pieces>,
    pub matches: Vec<Pieces>,
}

/// Texts with whether they matched.
pub type Pieces = Vec<(String, bool)>;

impl HitView {
    pub fn new(l: Lang, hit: &Hit) -> Self {
        Self {
            href: address(hit),
            icon: icon(&hit.kind),
            kind: vec![(l.or_code("kind-", &hit.kind), hit.kind_matched)],
            title: pieces(&hit.marked_title),
            path: pieces(&hit.marked_unit_path),
            facts: hit.facts.iter().map(pieces).collect(),
            matches: hit.matches.iter().map(|found| match_view(l, found)).collect(),
        }
    }
}

fn pieces(marked: &Marked) -> Pieces {
    marked.pieces().into_iter().map(|(text, hit)| (text.to_owned(), hit)).collect()
}

fn match_view(l: Lang, found: &Match) -> Pieces {
    let kind = found.kind.map(|kind| (l.or_code("kind-", kind.as_str()), found.kind_matched));
    let colon = kind.is_some().then(|| (": ".to_owned(), false));
    kind.into_iter().chain(colon).chain(pieces(&found.text)).collect()
}

/// A computer has its own page; what hangs on one, or a line, is found on the page it belongs to.
fn address(hit: &Hit) -> String {
    let computer = matches!(hit.kind.as_str(), "server" | "workstation" | "laptop" | "computer");
    match (&hit.device, hit.kind.as_str()) {
        (Some(device), _) if computer => format!("/devices/{device}"),
        (_, "unit" | "line") => format!("/units/{}", hit.unit),
        _ => {
            let anchor: String = url::form_urlencoded::byte_serialize(hit.id.as_bytes()).collect();
            format!("/units/{}#{}", hit.unit, anchor.replace('+', "%20"))
        }
    }
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "unit" => "building",
        "server" => "server",
        "laptop" => "device-laptop",
        "workstation" | "computer" => "device-desktop",
        "printer" | "multifunction" => "printer",
        "scanner" => "scan",
        "card-reader" => "id",
        "token" => "key",
        "line" => "network",
        _ => "device-usb",
    }
}
