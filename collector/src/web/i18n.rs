//! Texts of pages in the reader's language; Vietnamese first.

use super::format;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{fmt, sync::LazyLock};

/// The kebab-case name that a value has on the wire, by which texts are found.
pub fn code(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Vi,
    En,
}

type Bundle = FluentBundle<FluentResource>;

pub(super) const VI: &[&str] = &[
    include_str!("locales/vi/common.ftl"),
    include_str!("locales/vi/facts.ftl"),
    include_str!("locales/vi/pages.ftl"),
    include_str!("locales/vi/units.ftl"),
    include_str!("locales/vi/forms.ftl"),
    include_str!("locales/vi/procurement.ftl"),
    include_str!("locales/vi/settings.ftl"),
    include_str!("locales/vi/releases.ftl"),
    include_str!("locales/vi/audit.ftl"),
    include_str!("locales/vi/declare.ftl"),
    include_str!("locales/vi/flags.ftl"),
    include_str!("locales/vi/users.ftl"),
];
pub(super) const EN: &[&str] = &[
    include_str!("locales/en/common.ftl"),
    include_str!("locales/en/facts.ftl"),
    include_str!("locales/en/pages.ftl"),
    include_str!("locales/en/units.ftl"),
    include_str!("locales/en/forms.ftl"),
    include_str!("locales/en/procurement.ftl"),
    include_str!("locales/en/settings.ftl"),
    include_str!("locales/en/releases.ftl"),
    include_str!("locales/en/audit.ftl"),
    include_str!("locales/en/declare.ftl"),
    include_str!("locales/en/flags.ftl"),
    include_str!("locales/en/users.ftl"),
];

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| [bundle("vi", VI), bundle("en", EN)]);

fn bundle(tag: &str, sources: &[&str]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(tag.parse().into_iter().collect());
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(format::number(number.value as i64)),
        _ => None,
    }));
    for source in sources {
        // A broken entry is left out and told by the test that compares the languages.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// A whole number for a text; templates pass references.
pub trait Count {
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    pub fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == text)
    }

    pub fn t(self, key: &str) -> String {
        self.format(key, None)
    }

    pub fn args<const N: usize>(self, key: &str, args: [(&str, FluentValue<'_>); N]) -> String {
        let mut all = FluentArgs::with_capacity(N);
        for (name, value) in args {
            all.set(name.to_owned(), value);
        }
        self.format(key, Some(&all))
    }

    /// A message with one argument that is text.
    pub fn with(self, key: &str, name: &str, value: impl fmt::Display) -> String {
        self.args(key, [(name, FluentValue::from(value.to_string()))])
    }

    /// A message with the one argument `n`.
    pub fn n(self, key: &str, n: impl Count) -> String {
        self.args(key, [("n", FluentValue::from(n.count()))])
    }

    /// Whether there is such a text: some codes (probe sources, section names of newer agents) have none.
    pub fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// The text of a code that may be unknown here; then the code itself.
    pub fn or_code(self, prefix: &str, code: &str) -> String {
        let key = format!("{prefix}{}", code.replace('.', "-"));
        if self.has(&key) { self.t(&key) } else { code.to_owned() }
    }

    /// A user, or what acted without one.
    pub fn actor(self, name: &str) -> String {
        self.or_code("actor-", name)
    }

    /// `line.2` is told as "Đường truyền 2"; a declared field without a name of its own by its code.
    pub fn field(self, name: &str) -> String {
        match name.rsplit_once('.') {
            Some((stem, number)) if number.parse::<u32>().is_ok() => {
                format!("{} {number}", self.or_code("field-", stem))
            }
            _ => self.or_code("field-", name),
        }
    }

    fn bundle(self) -> &'static Bundle {
        &BUNDLES[self as usize]
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.code(), "text is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, language = self.code(), ?errors, "text lacks an argument");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Key → names of its variables, sorted.
    fn keys(sources: &[&str]) -> BTreeMap<String, Vec<String>> {
        let mut found = BTreeMap::new();
        for source in sources {
            let mut current: Option<String> = None;
            for line in source.lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    assert!(found.insert(key.to_owned(), Vec::new()).is_none(), "{key} twice");
                    current = Some(key.to_owned());
                }
                let Some(key) = &current else { continue };
                let variables: &mut Vec<String> = found.entry(key.clone()).or_default();
                for piece in line.split('$').skip(1) {
                    let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
                    variables.push(name);
                }
                variables.sort();
                variables.dedup();
            }
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_variables() {
        let (vi, en) = (keys(VI), keys(EN));
        assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, variables) in &vi {
            assert_eq!(variables, &en[key], "{key}");
            for lang in Lang::ALL {
                assert!(lang.has(key), "{key} in {} is not sound Fluent", lang.code());
            }
        }
    }

    #[test]
    fn numbers_in_texts_have_vietnamese_separators() {
        assert_eq!(Lang::Vi.n("ago-minutes", 1_234_567_i64), "1.234.567 phút trước");
    }
}
