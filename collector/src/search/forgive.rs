//! Typos: what to look for instead when nothing matches as typed.

use super::{
    language::{Query, Term as Wanted},
    plan::Forgiveness,
    schema::Fields,
};
use tantivy::{Searcher, Term};

/// In shorter words a change is another word.
const MIN_WORD: usize = 3;
const MAX_ALTERNATIVES: usize = 20;
const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// For the words that occur nowhere, the words one change away; where every word occurs, for all of them.
pub fn forgive(query: &Query, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Forgiveness> {
    let mut words: Vec<&String> = Vec::new();
    for clause in query.clauses.iter().filter(|clause| !clause.excluded) {
        if let Wanted::Word { tokens, .. } = &clause.term {
            words.extend(tokens.iter().filter(|token| token.len() >= MIN_WORD));
        }
    }
    let mut unknown = Vec::new();
    for word in &words {
        if searcher.doc_freq(&Term::from_field_text(fields.text, word))? == 0 {
            unknown.push(*word);
        }
    }
    let mut forgiveness = Forgiveness::new();
    for word in if unknown.is_empty() { words } else { unknown } {
        let near = alternatives(word, searcher, fields)?;
        if !near.is_empty() {
            forgiveness.insert(word.clone(), near);
        }
    }
    Ok(forgiveness)
}

/// Words of the index one change away, most frequent first.
fn alternatives(word: &str, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for variant in variants(word) {
        let frequency = searcher.doc_freq(&Term::from_field_text(fields.text, &variant))?;
        if frequency > 0 {
            found.push((std::cmp::Reverse(frequency), variant));
        }
    }
    found.sort_unstable();
    found.truncate(MAX_ALTERNATIVES);
    Ok(found.into_iter().map(|(_, variant)| variant).collect())
}

/// One letter left out, added, changed, or two neighbours swapped. The word is ASCII.
fn variants(word: &str) -> Vec<String> {
    let letters = word.as_bytes();
    let mut variants: Vec<Vec<u8>> = Vec::new();
    for at in 0..=letters.len() {
        let (before, after) = letters.split_at(at);
        if let Some((first, rest)) = after.split_first() {
            variants.push([before, rest].concat());
            variants.extend(ALPHABET.iter().map(|letter| [before, &[*letter], rest].concat()));
            if let Some((second, rest)) = rest.split_first() {
                variants.push([before, &[*second, *first], rest].concat());
            }
        }
        variants.extend(ALPHABET.iter().map(|letter| [before, &[*letter], after].concat()));
    }
    variants.sort_unstable();
    variants.dedup();
    variants.retain(|variant| variant != letters);
    variants.into_iter().filter_map(|variant| String::from_utf8(variant).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_one_change_away() {
        let variants = variants("may");
        for near in ["ma", "amy", "mya", "mayo", "mby", "1may"] {
            assert!(variants.contains(&near.to_owned()), "{near}");
        }
        for other in ["may", "m", "mxxy", "yam"] {
            assert!(!variants.contains(&other.to_owned()), "{other}");
        }
    }
}
