use super::{
    language::{Query, Term},
    plan::Forgiveness,
    schema::MIN_NAME_PART,
};
use crate::text::for_each_token;
use serde::Serialize;
use std::ops::Range;

const MAX_SNIPPET_PARTS: usize = 3;
const SEPARATOR: &str = " · ";

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
            let inside = |word: &String| {
                word.len() >= MIN_NAME_PART
                    && token.len() > word.len()
                    && is_mixed(token)
                    && token.contains(word.as_str())
            };
            let is_hit = self.words.iter().any(|word| word == token || inside(word))
                || self.starts.iter().any(|start| token.starts_with(start.as_str()) || inside(start));
            if is_hit {
                marks.push(place);
            }
        });
        marks
    }

    /// The first parts that matched.
    pub fn snippet(&self, parts: &[String]) -> Marked {
        let mut snippet = Marked::default();
        let hits = parts.iter().map(|part| (part, self.marks(part))).filter(|(_, marks)| !marks.is_empty());
        for (part, marks) in hits.take(MAX_SNIPPET_PARTS) {
            if !snippet.is_empty() {
                snippet.text.push_str(SEPARATOR);
            }
            let offset = snippet.text.len();
            snippet.text.push_str(part);
            snippet.marks.extend(marks.into_iter().map(|mark| mark.start + offset..mark.end + offset));
        }
        snippet
    }
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
        let snippet = highlighter("canon hp").snippet(&parts);
        assert_eq!(snippet.text, "Canon DR-C230 · HP 128");
        assert_eq!(snippet.pieces()[0], ("Canon", true));
        assert_eq!(highlighter("").snippet(&parts), Marked::default());
    }
}
