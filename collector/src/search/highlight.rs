use super::{
    document::Thing,
    kind::Kind,
    language::{Query, Term},
    plan::Forgiveness,
    schema::MIN_NAME_PART,
};
use crate::text::for_each_token;
use serde::Serialize;
use std::ops::Range;

const MAX_SNIPPET_PARTS: usize = 3;
const SEPARATOR: &str = " · ";
/// Words that stand in the names of many kinds and so tell none of them.
const OF_MANY_KINDS: [&str; 3] = ["may", "thiet", "bi"];

/// A text and the bytes of it that matched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Marked {
    pub text: String,
    pub marks: Vec<Range<usize>>,
}

impl Marked {
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text piece by piece, with whether the piece matched.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::with_capacity(2 * self.marks.len() + 1);
        let mut at = 0;
        for mark in &self.marks {
            pieces.push((&self.text[at..mark.start], false));
            pieces.push((&self.text[mark.clone()], true));
            at = mark.end;
        }
        pieces.push((&self.text[at..], false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    fn push(&mut self, other: &Self) {
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(other.marks.iter().map(|mark| mark.start + offset..mark.end + offset));
    }
}

/// What matched of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Of a thing that hangs on it.
    pub kind: Option<Kind>,
    pub kind_matched: bool,
    pub text: Marked,
}

impl Match {
    fn in_one_text(&self) -> Marked {
        let Some(kind) = self.kind else { return self.text.clone() };
        let mut whole = Marked::default();
        whole.text.push_str(kind.name());
        if self.kind_matched {
            whole.marks.push(0..kind.name().len());
        }
        whole.text.push_str(": ");
        whole.push(&self.text);
        whole
    }
}

pub struct Highlighter {
    words: Vec<String>,
    starts: Vec<String>,
}

impl Highlighter {
    pub fn new(query: &Query, forgiveness: &Forgiveness) -> Self {
        let (mut words, mut starts) = (Vec::new(), Vec::new());
        for clause in query.clauses.iter().filter(|clause| !clause.excluded) {
            match &clause.term {
                Term::Word { tokens, prefix: true } => {
                    words.extend(tokens.split_last().into_iter().flat_map(|(_, before)| before.to_vec()));
                    starts.extend(tokens.last().cloned());
                }
                Term::Word { tokens, .. } | Term::Phrase(tokens) => words.extend(tokens.clone()),
                Term::Filter { .. } => {}
            }
        }
        words.extend(forgiveness.values().flatten().cloned());
        Self { words, starts }
    }

    pub fn mark(&self, text: &str) -> Marked {
        Marked { text: text.to_owned(), marks: self.marks(text) }
    }

    fn marks(&self, text: &str) -> Vec<Range<usize>> {
        let mut marks = Vec::new();
        if self.words.is_empty() && self.starts.is_empty() {
            return marks;
        }
        for_each_token(text, |token, place| {
            if self.is_hit(token) {
                marks.push(place);
            }
        });
        marks
    }

    fn is_hit(&self, token: &str) -> bool {
        let inside = |word: &String| {
            word.len() >= MIN_NAME_PART
                && token.len() > word.len()
                && is_mixed(token)
                && token.contains(word.as_str())
        };
        self.words.iter().any(|word| word == token || inside(word))
            || self.starts.iter().any(|start| token.starts_with(start.as_str()) || inside(start))
    }

    /// By its own or another name.
    pub fn names(&self, kind: Kind) -> bool {
        let mut named = false;
        for text in [kind.name(), kind.other_names()] {
            for_each_token(text, |token, _| named |= !OF_MANY_KINDS.contains(&token) && self.is_hit(token));
        }
        named
    }

    /// The first that matched.
    pub fn matches(&self, things: &[Thing], text: &[String]) -> Vec<Match> {
        let things = things.iter().map(|thing| Match {
            kind: Some(thing.kind),
            kind_matched: self.names(thing.kind),
            text: self.mark(&thing.name),
        });
        let text = text.iter().map(|part| Match { kind: None, kind_matched: false, text: self.mark(part) });
        let matched = things.chain(text).filter(|found| found.kind_matched || !found.text.marks.is_empty());
        matched.take(MAX_SNIPPET_PARTS).collect()
    }
}

/// What matched in one text.
pub fn snippet(facts: &[Marked], matches: &[Match]) -> Marked {
    let facts = facts.iter().filter(|fact| !fact.marks.is_empty()).cloned();
    let parts = facts.chain(matches.iter().map(Match::in_one_text)).take(MAX_SNIPPET_PARTS);
    parts.fold(Marked::default(), |mut snippet, part| {
        if !snippet.is_empty() {
            snippet.text.push_str(SEPARATOR);
        }
        snippet.push(&part);
        snippet
    })
}

/// Letters and digits: a host name or a serial rather than a word, and so found by its middle.
fn is_mixed(token: &str) -> bool {
    token.bytes().any(|b| b.is_ascii_digit()) && token.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highlighter(text: &str) -> Highlighter {
        Highlighter::new(&Query::parse(text, true).unwrap(), &Forgiveness::new())
    }

    #[test]
    fn marks_stand_on_the_original_text() {
        let marked = highlighter("quet ben ng").mark("Máy quét, Phường Bến Nghé");
        let pieces = [
            ("Máy ", false),
            ("quét", true),
            (", Phường ", false),
            ("Bến", true),
            (" ", false),
            ("Nghé", true),
        ];
        assert_eq!(marked.pieces(), pieces);
    }

    #[test]
    fn a_snippet_joins_the_parts_that_matched() {
        let parts = ["Dell Inc.".to_owned(), "Canon DR-C230".to_owned(), "HP 128".to_owned()];
        let found = |text: &str| snippet(&[], &highlighter(text).matches(&[], &parts));
        assert_eq!(found("canon hp").text, "Canon DR-C230 · HP 128");
        assert_eq!(found("canon hp").pieces()[0], ("Canon", true));
        assert_eq!(found(""), Marked::default());
    }

    #[test]
    fn a_thing_found_by_another_name_of_its_kind_is_told_by_its_one_name() {
        let things = [Thing { kind: Kind::Multifunction, name: "HP MFP KX20417".into() }];
        let found = |text: &str| snippet(&[], &highlighter(text).matches(&things, &[]));
        for text in ["may quet", "multifunction", "may in da chuc nang"] {
            let pieces = [("Máy in đa chức năng", true), (": HP MFP KX20417", false)];
            assert_eq!(found(text).pieces(), pieces, "{text}");
        }
        let pieces = [("Máy in đa chức năng: HP MFP ", false), ("KX20417", true)];
        assert_eq!(found("kx204").pieces(), pieces);
        assert!(found("webcam").is_empty());
    }
}
