//! The query language: words, `"phrases"`, `name:value`, `-` before any of them, `*` after a word.

use crate::text::tokens;
use std::fmt;

/// Longer queries are refused: their cost is not worth what they could mean.
const MAX_TOKENS: usize = 64;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must hold.
    pub clauses: Vec<Clause>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub excluded: bool,
    pub term: Term,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// The tokens of what was typed without a space (`pc-01` has two); the last may go on.
    Word {
        tokens: Vec<String>,
        prefix: bool,
    },
    Phrase(Vec<String>),
    Filter {
        filter: Filter,
        value: String,
        prefix: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    Unit,
    Kind,
    System,
    Protection,
    Isp,
    Flag,
    Serial,
}

impl Filter {
    pub const ALL: [Self; 7] =
        [Self::Unit, Self::Kind, Self::System, Self::Protection, Self::Isp, Self::Flag, Self::Serial];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Kind => "kind",
            Self::System => "os",
            Self::Protection => "av",
            Self::Isp => "isp",
            Self::Flag => "flag",
            Self::Serial => "serial",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("unknown filter {name:?}; the filters are {}", Filter::ALL.map(Filter::as_str).join(", "))]
    UnknownFilter { name: String },
    #[error("filter {filter}: needs a value, e.g. {filter}:{example}")]
    MissingValue { filter: &'static str, example: &'static str },
    #[error("filter {filter}: unknown value {value:?}; the values are {allowed}")]
    UnknownValue { filter: &'static str, value: String, allowed: String },
    #[error("the query has {0} words; at most {MAX_TOKENS} can be searched at once")]
    TooManyWords(usize),
}

impl Query {
    /// With `typing` the end of the text is still being written: its last word or value is a prefix, and a
    /// filter without a value is left out.
    pub fn parse(text: &str, typing: bool) -> Result<Self, QueryError> {
        let mut rest = text.trim_start();
        let mut clauses = Vec::new();
        while !rest.is_empty() {
            let (clause, after) = read_clause(rest, typing)?;
            clauses.extend(clause);
            rest = after.trim_start();
        }
        let words = clauses.iter().map(Clause::token_count).sum();
        if words > MAX_TOKENS {
            return Err(QueryError::TooManyWords(words));
        }
        Ok(Self { clauses })
    }

    /// Whether any word is wanted, beside filters and what is excluded.
    pub fn names_something(&self) -> bool {
        let wanted = |clause: &Clause| !clause.excluded && !matches!(clause.term, Term::Filter { .. });
        self.clauses.iter().any(wanted)
    }
}

impl Clause {
    fn token_count(&self) -> usize {
        match &self.term {
            Term::Word { tokens, .. } | Term::Phrase(tokens) => tokens.len(),
            Term::Filter { .. } => 1,
        }
    }
}

fn read_clause(text: &str, typing: bool) -> Result<(Option<Clause>, &str), QueryError> {
    let (excluded, text) = match text.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| !c.is_whitespace()) => (true, rest),
        _ => (false, text),
    };
    let (term, rest) = if let Some(inside) = text.strip_prefix(is_quote) {
        let (phrase, rest) = read_quoted(inside);
        (Some(Term::Phrase(tokens(phrase))), rest)
    } else if let Some((name, value)) = split_filter(text) {
        read_filter(name, value, typing)?
    } else {
        let (word, rest) = text.split_at(text.find(ends_word).unwrap_or(text.len()));
        let prefix = word.ends_with('*') || typing && rest.is_empty();
        (Some(Term::Word { tokens: tokens(word), prefix }), rest)
    };
    let term = term.filter(|term| match term {
        Term::Word { tokens, .. } | Term::Phrase(tokens) => !tokens.is_empty(),
        Term::Filter { .. } => true,
    });
    Ok((term.map(|term| Clause { excluded, term }), rest))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”')
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || is_quote(c)
}

/// Up to the next quote, or to the end where it was not written yet.
fn read_quoted(inside: &str) -> (&str, &str) {
    inside.split_once(is_quote).unwrap_or((inside, ""))
}

/// `name:value` with a name of letters. MAC and IPv6 addresses (`fe:dc:…`) and URLs are words.
fn split_filter(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '_');
    let word = &text[..text.find(ends_word).unwrap_or(text.len())];
    let is_address = word.matches(':').count() > 1
        && word.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    (is_name && !is_address && !value.starts_with("//")).then_some((name, value))
}

fn read_filter<'a>(name: &str, text: &'a str, typing: bool) -> Result<(Option<Term>, &'a str), QueryError> {
    let folded = crate::text::fold(name);
    let filter = Filter::ALL.into_iter().find(|filter| filter.as_str() == folded);
    let filter = filter.ok_or_else(|| QueryError::UnknownFilter { name: name.to_owned() })?;
    let (value, rest, mut prefix) = match text.strip_prefix(is_quote) {
        Some(inside) => {
            let (value, rest) = read_quoted(inside);
            let starred = rest.strip_prefix('*');
            (value, starred.unwrap_or(rest), starred.is_some())
        }
        None => {
            let (value, rest) = text.split_at(text.find(ends_word).unwrap_or(text.len()));
            (value.trim_end_matches('*'), rest, value.ends_with('*'))
        }
    };
    prefix |= typing && rest.is_empty() && !text.ends_with(is_quote);
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if tokens(&value).is_empty() {
        let example = filter.example();
        let unfinished = typing && rest.is_empty();
        let missing = QueryError::MissingValue { filter: filter.as_str(), example };
        return if unfinished { Ok((None, rest)) } else { Err(missing) };
    }
    Ok((Some(Term::Filter { filter, value, prefix }), rest))
}

impl Filter {
    fn example(self) -> &'static str {
        match self {
            Self::Unit => "760",
            Self::Kind => "scanner",
            Self::System => "\"Windows 7\"",
            Self::Protection => "none",
            Self::Isp => "VNPT",
            Self::Flag => "internet.single-line",
            Self::Serial => "5CD123",
        }
    }
}

/// Prints what [`Query::parse`] reads back as the same query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, clause) in self.clauses.iter().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            clause.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.excluded {
            f.write_str("-")?;
        }
        let star = |prefix: &bool| if *prefix { "*" } else { "" };
        match &self.term {
            Term::Word { tokens, prefix } => write!(f, "{}{}", tokens.join("."), star(prefix)),
            Term::Phrase(tokens) => write!(f, "\"{}\"", tokens.join(" ")),
            Term::Filter { filter, value, prefix } => {
                let name = filter.as_str();
                let plain = value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
                let quote = if plain { "" } else { "\"" };
                write!(f, "{name}:{quote}{value}{quote}{}", star(prefix))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(text: &str) -> String {
        Query::parse(text, false).unwrap().to_string()
    }

    fn typed(text: &str) -> String {
        Query::parse(text, true).unwrap().to_string()
    }

    #[test]
    fn words_phrases_filters_and_exclusions_are_told_apart() {
        assert_eq!(printed("Máy quét  phường BẾN NGHÉ"), "may quet phuong ben nghe");
        assert_eq!(
            printed(r#"kind:scanner -unit:26743 "máy in" -canon hp*"#),
            r#"kind:scanner -unit:26743 "may in" -canon hp*"#
        );
        assert_eq!(printed(r#"OS:"Windows 7" unit:“Bến Nghé”"#), r#"os:"Windows 7" unit:"Bến Nghé""#);
        assert_eq!(printed("Văn hóa - Xã hội"), "van hoa xa hoi");
        assert_eq!(printed("PC-01 \"chưa đóng"), "pc.01 \"chua dong\"");
    }

    #[test]
    fn the_last_word_goes_on_while_typing() {
        assert_eq!(typed("may quet"), "may quet*");
        assert_eq!(typed("may quet "), "may quet");
        assert_eq!(typed("may av:no"), "may av:no*");
        assert_eq!(typed("may av:"), "may");
        assert_eq!(typed(r#"os:"Windows 1"#), r#"os:"Windows 1"*"#);
        assert_eq!(typed(r#"os:"Windows 7""#), r#"os:"Windows 7""#);
    }

    #[test]
    fn addresses_are_words() {
        assert_eq!(printed("FE:DC:BA:98:76:54"), "fe.dc.ba.98.76.54");
        assert_eq!(printed("fe80::1 https://a.vn"), "fe80.1 https.a.vn");
    }

    #[test]
    fn mistakes_name_the_filter() {
        let error = |text| Query::parse(text, false).unwrap_err().to_string();
        assert_eq!(
            error("hang:dell"),
            "unknown filter \"hang\"; the filters are unit, kind, os, av, isp, flag, serial"
        );
        assert_eq!(error("av: none"), "filter av: needs a value, e.g. av:none");
        assert_eq!(error(&"a ".repeat(65)), "the query has 65 words; at most 64 can be searched at once");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}", typing: bool) {
            let _ = Query::parse(&text, typing);
        }

        #[test]
        fn what_is_printed_reads_back(text in "([a-zA-ZàĐ0-9:\"“*. -]|unit:|os:\"|av:|\u{a0}){0,24}", typing: bool) {
            if let Ok(query) = Query::parse(&text, typing) {
                prop_assert_eq!(Query::parse(&query.to_string(), false), Ok(query));
            }
        }
    }
}
