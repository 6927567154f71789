use crate::{inventory::DeviceKind, text::label};
use kiemke_schemas::section::peripheral;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a document is. The order is the order of hits of equal score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Unit,
    Server,
    Workstation,
    Laptop,
    /// A computer whose chassis nobody knows.
    Computer,
    Multifunction,
    Scanner,
    Printer,
    CardReader,
    Token,
    Webcam,
    Fingerprint,
    Line,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Unit,
        Self::Server,
        Self::Workstation,
        Self::Laptop,
        Self::Computer,
        Self::Multifunction,
        Self::Scanner,
        Self::Printer,
        Self::CardReader,
        Self::Token,
        Self::Webcam,
        Self::Fingerprint,
        Self::Line,
    ];

    pub fn as_str(self) -> &'static str {
        self.terms()[0]
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The values of `kind:` that match it; the first is its own name.
    pub fn terms(self) -> &'static [&'static str] {
        match self {
            Self::Unit => &["unit"],
            Self::Server => &["server", "device"],
            Self::Workstation => &["workstation", "computer", "device"],
            Self::Laptop => &["laptop", "computer", "device"],
            Self::Computer => &["computer", "device"],
            Self::Multifunction => &["multifunction", "printer", "scanner", "peripheral"],
            Self::Scanner => &["scanner", "peripheral"],
            Self::Printer => &["printer", "peripheral"],
            Self::CardReader => &["card-reader", "peripheral"],
            Self::Token => &["token", "peripheral"],
            Self::Webcam => &["webcam", "peripheral"],
            Self::Fingerprint => &["fingerprint", "peripheral"],
            Self::Line => &["line"],
        }
    }

    /// The value of `kind:` that no other kind matches.
    pub fn own_term(self) -> &'static str {
        match self {
            Self::Unit => "=unit",
            Self::Server => "=server",
            Self::Workstation => "=workstation",
            Self::Laptop => "=laptop",
            Self::Computer => "=computer",
            Self::Multifunction => "=multifunction",
            Self::Scanner => "=scanner",
            Self::Printer => "=printer",
            Self::CardReader => "=card-reader",
            Self::Token => "=token",
            Self::Webcam => "=webcam",
            Self::Fingerprint => "=fingerprint",
            Self::Line => "=line",
        }
    }

    /// Its one name, as pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "Đơn vị",
            Self::Server => "Máy chủ",
            Self::Workstation => "Máy trạm",
            Self::Laptop => "Máy tính xách tay",
            Self::Computer => "Máy tính chưa rõ loại",
            Self::Multifunction => "Máy in đa chức năng",
            Self::Scanner => "Máy scan",
            Self::Printer => "Máy in",
            Self::CardReader => "Thiết bị đọc thẻ",
            Self::Token => "USB Token kí số",
            Self::Webcam => "Camera",
            Self::Fingerprint => "Đầu đọc vân tay",
            Self::Line => "Đường truyền",
        }
    }

    /// What else a person calls it, in both languages: it is found by them and shown by its name.
    pub fn other_names(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Server => "server",
            Self::Workstation => "máy tính để bàn, workstation, desktop computer",
            Self::Laptop => "laptop computer",
            Self::Computer => "computer",
            Self::Multifunction => "máy quét, máy scan, multifunction printer, scanner",
            Self::Scanner => "máy quét, scanner",
            Self::Printer => "printer",
            Self::CardReader => "đầu đọc thẻ, card reader",
            Self::Token => "chữ ký số, USB signature token",
            Self::Webcam => "webcam, máy ghi hình, camera",
            Self::Fingerprint => "thiết bị đọc vân tay, fingerprint reader",
            Self::Line => "Internet line",
        }
    }
}

/// Other names of the values of `kind:`, as [`label`]s.
const SYNONYMS: &[(&str, &str)] = &[
    ("don vi", "unit"),
    ("may chu", "server"),
    ("may tram", "workstation"),
    ("may tinh de ban", "workstation"),
    ("desktop", "workstation"),
    ("may tinh xach tay", "laptop"),
    ("may xach tay", "laptop"),
    ("may tinh", "computer"),
    ("may in", "printer"),
    ("may quet", "scanner"),
    ("may scan", "scanner"),
    ("may in da chuc nang", "multifunction"),
    ("may da chuc nang", "multifunction"),
    ("da chuc nang", "multifunction"),
    ("thiet bi doc the", "card-reader"),
    ("dau doc the", "card-reader"),
    ("doc the", "card-reader"),
    ("reader", "card-reader"),
    ("usb token", "token"),
    ("usb token ki so", "token"),
    ("usb token ky so", "token"),
    ("chu ki so", "token"),
    ("chu ky so", "token"),
    ("ki so", "token"),
    ("ky so", "token"),
    ("van tay", "fingerprint"),
    ("thiet bi doc van tay", "fingerprint"),
    ("duong truyen", "line"),
    ("thiet bi", "device"),
    ("ngoai vi", "peripheral"),
    ("thiet bi ngoai vi", "peripheral"),
];

const GROUPS: [&str; 2] = ["device", "peripheral"];

pub fn allowed_kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.into_iter().map(Kind::as_str).chain(GROUPS)
}

/// The terms that a typed value of `kind:` stands for; hyphens, underscores and diacritics do not matter.
/// With `prefix` the start of a name will do. `=printer` is a printer and no multifunction device: what facets count.
pub fn kinds_meant(typed: &str, prefix: bool) -> Vec<&'static str> {
    if let Some(own) = typed.strip_prefix('=') {
        return Kind::parse(own).map(Kind::own_term).into_iter().collect();
    }
    let typed = label(typed);
    let own = allowed_kinds().map(|name| (label(name), name));
    let names: Vec<_> = own.chain(SYNONYMS.iter().map(|(name, term)| ((*name).to_owned(), *term))).collect();
    if let Some((_, exact)) = names.iter().find(|(name, _)| *name == typed) {
        return vec![exact];
    }
    let mut meant: Vec<_> =
        names.iter().filter(|(name, _)| prefix && name.starts_with(&typed)).map(|(_, term)| *term).collect();
    meant.sort_unstable();
    meant.dedup();
    meant
}

/// The longest name of a kind has this many words.
const LONGEST_NAME: usize = 6;

/// How many of these words in a row name a kind, by the kind they name: who types `máy quét phường Bến Nghé`
/// wants the scanners before the computers they hang on.
pub fn kinds_named(words: &[&str]) -> BTreeMap<Kind, u64> {
    let mut named = BTreeMap::new();
    let mut at = 0;
    while at < words.len() {
        let longest = LONGEST_NAME.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|count| {
            let term = exact_term(&words[at..at + count].join(" "))?;
            (!GROUPS.contains(&term)).then_some((count, term))
        });
        let (count, kinds) = match found {
            Some((count, term)) => {
                (count, Kind::ALL.into_iter().filter(|k| k.terms().contains(&term)).collect())
            }
            None => (1, Vec::new()),
        };
        kinds.into_iter().for_each(|kind| *named.entry(kind).or_default() += count as u64);
        at += count;
    }
    named
}

fn exact_term(name: &str) -> Option<&'static str> {
    let own = Kind::ALL.into_iter().map(Kind::as_str).find(|own| label(own) == name);
    own.or_else(|| SYNONYMS.iter().find(|(synonym, _)| *synonym == name).map(|(_, term)| *term))
}

impl From<DeviceKind> for Kind {
    fn from(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Workstation => Self::Workstation,
            DeviceKind::Laptop => Self::Laptop,
            DeviceKind::Server => Self::Server,
            DeviceKind::Unknown => Self::Computer,
        }
    }
}

impl From<peripheral::Kind> for Kind {
    fn from(kind: peripheral::Kind) -> Self {
        match kind {
            peripheral::Kind::Printer => Self::Printer,
            peripheral::Kind::Scanner => Self::Scanner,
            peripheral::Kind::Multifunction => Self::Multifunction,
            peripheral::Kind::CardReader => Self::CardReader,
            peripheral::Kind::Token => Self::Token,
            peripheral::Kind::Webcam => Self::Webcam,
            peripheral::Kind::Fingerprint => Self::Fingerprint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_synonyms_lead_to_terms() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(kinds_meant(&format!("={}", kind.as_str()), false), [kind.own_term()]);
            assert_eq!(kind.own_term().strip_prefix('='), Some(kind.as_str()));
        }
        let terms: Vec<_> = Kind::ALL.iter().flat_map(|kind| kind.terms()).collect();
        for (name, term) in SYNONYMS {
            assert_eq!(label(name), *name);
            assert!(terms.contains(&term), "{term}");
        }
    }

    #[test]
    fn words_that_name_a_kind_are_found_in_a_query() {
        let named =
            |query: &str| kinds_named(&query.split(' ').collect::<Vec<_>>()).into_iter().collect::<Vec<_>>();
        assert_eq!(named("may quet phuong ben nghe"), [(Kind::Multifunction, 2), (Kind::Scanner, 2)]);
        assert_eq!(named("quan 1 may in da chuc nang hp"), [(Kind::Multifunction, 5)]);
        assert_eq!(named("thiet bi doc the"), [(Kind::CardReader, 4)]);
        assert_eq!(named("thiet bi ben nghe may"), []);
        assert_eq!(named("card reader"), [(Kind::CardReader, 2)]);
    }

    #[test]
    fn vietnamese_values_are_understood() {
        assert_eq!(kinds_meant("Máy quét", false), ["scanner"]);
        assert_eq!(kinds_meant("thiết-bị-đọc-thẻ", false), ["card-reader"]);
        assert_eq!(kinds_meant("card_reader", true), ["card-reader"]);
        assert_eq!(kinds_meant("may-s", true), ["scanner"]);
        assert_eq!(kinds_meant("may-s", false), Vec::<&str>::new());
        assert_eq!(kinds_meant("toaster", true), Vec::<&str>::new());
    }
}
