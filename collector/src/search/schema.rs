use super::document::{Document, Thing};
use crate::text::{for_each_token, label};
use serde::{Deserialize, Serialize};
use tantivy::{
    TantivyDocument,
    schema::{Field, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions},
};

/// Raised with every change of fields or of what is written into them: an index of another version is rebuilt.
pub const VERSION: u32 = 2;

/// Starts of words up to this length are terms of their own, so that the first keys of a search cost one
/// posting list and not a walk over every word of the index. A longer start has few words.
pub const MAX_INDEXED_START: usize = 3;
/// Parts of names shorter than this are not looked for inside them.
pub const MIN_NAME_PART: usize = 3;

const MAX_TOKEN_BYTES: usize = 255;
/// Of a title in the order of hits; every open segment keeps its orders in memory.
const MAX_ORDER_BYTES: usize = 40;

pub const PATH: &str = "path";
pub const TRAITS: &str = "traits";
pub const ORDER: &str = "order";
/// Between the entries of [`PATH`] and the five traits.
pub const ENTRY: char = '\u{1f}';
/// Between code and name of a unit, and between the values of one trait.
pub const WITHIN: char = '\u{1e}';

#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub key: Field,
    /// Code of the document's own unit.
    pub owner: Field,
    /// Codes and names of its own and all higher units.
    pub unit: Field,
    pub kind: Field,
    pub protection: Field,
    pub flag: Field,
    pub serial: Field,
    pub system: Field,
    pub isp: Field,
    pub text: Field,
    /// Words of the title and of the name of its own unit: what decides the order of hits.
    pub title: Field,
    pub starts: Field,
    /// Every three characters in a row of host names and serials.
    pub name: Field,
    path: Field,
    traits: Field,
    order: Field,
    pub stored: Field,
}

/// What a hit needs to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    pub key: String,
    pub kind: String,
    pub device: Option<String>,
    pub unit: String,
    pub id: String,
    pub title: String,
    pub unit_path: String,
    pub facts: Vec<String>,
    pub things: Vec<Thing>,
    pub text: Vec<String>,
}

pub fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = IndexRecordOption::WithFreqsAndPositions;
    let basic = IndexRecordOption::Basic;
    let fields = Fields {
        key: indexed(&mut schema, "key", "raw", basic),
        owner: indexed(&mut schema, "owner", "raw", basic),
        unit: indexed(&mut schema, "unit", "raw", basic),
        kind: indexed(&mut schema, "kind", "raw", basic),
        protection: indexed(&mut schema, "protection", "raw", basic),
        flag: indexed(&mut schema, "flag", "raw", basic),
        serial: indexed(&mut schema, "serial", "raw", basic),
        system: indexed(&mut schema, "system", "whitespace", words),
        isp: indexed(&mut schema, "isp", "whitespace", words),
        text: indexed(&mut schema, "text", "whitespace", words),
        title: indexed(&mut schema, "title", "whitespace", basic),
        starts: indexed(&mut schema, "starts", "whitespace", basic),
        name: indexed(&mut schema, "name", "whitespace", words),
        path: schema.add_text_field(PATH, TextOptions::default().set_fast("raw")),
        traits: schema.add_text_field(TRAITS, TextOptions::default().set_fast("raw")),
        order: schema.add_text_field(ORDER, TextOptions::default().set_fast("raw")),
        stored: schema.add_text_field("stored", STORED),
    };
    (schema.build(), fields)
}

fn indexed(schema: &mut SchemaBuilder, name: &str, tokenizer: &str, option: IndexRecordOption) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(option)
        // No score depends on lengths.
        .set_fieldnorms(false);
    schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

impl Fields {
    pub fn document(&self, document: &Document) -> serde_json::Result<TantivyDocument> {
        let unit_path = document.unit_path();
        let mut made = TantivyDocument::default();
        made.add_text(self.key, &document.key);
        made.add_text(self.owner, document.unit());
        self.add_filters(document, &mut made);
        self.add_words(document, &unit_path, &mut made);
        made.add_text(self.path, path(document));
        made.add_text(self.traits, traits(document));
        made.add_text(self.order, order(document));
        let stored = Stored {
            key: document.key.clone(),
            kind: document.kind.as_str().to_owned(),
            device: document.device.clone(),
            unit: document.unit().to_owned(),
            id: document.id.clone(),
            title: document.title.clone(),
            unit_path,
            facts: document.facts.clone(),
            things: document.things.clone(),
            text: document.text.clone(),
        };
        made.add_text(self.stored, serde_json::to_string(&stored)?);
        Ok(made)
    }

    fn add_filters(&self, document: &Document, made: &mut TantivyDocument) {
        for unit in &document.units {
            made.add_text(self.unit, label(&unit.code));
            made.add_text(self.unit, label(&unit.full_name));
            let name = label(&unit.name);
            // The bare name of Quận 1 would be the code of another unit.
            if name.bytes().any(|b| b.is_ascii_alphabetic()) {
                made.add_text(self.unit, name);
            }
        }
        made.add_text(self.kind, document.kind.own_term());
        for term in document.kind.terms() {
            made.add_text(self.kind, term);
        }
        if let Some(protection) = document.protection {
            made.add_text(self.protection, protection.as_str());
        }
        for flag in &document.flags {
            made.add_text(self.flag, label(flag));
            for part in flag.split('.').filter(|part| *part != flag) {
                made.add_text(self.flag, label(part));
            }
        }
        for serial in &document.serials {
            made.add_text(self.serial, joined(serial));
        }
        for system in &document.systems {
            made.add_text(self.system, words(system));
        }
        for isp in &document.isps {
            made.add_text(self.isp, words(&isp.name));
            if let Some(asn) = isp.asn {
                made.add_text(self.isp, format!("as{asn}"));
            }
        }
    }

    fn add_words(&self, document: &Document, unit_path: &str, made: &mut TantivyDocument) {
        let mut parts = vec![words(&document.title), words(unit_path)];
        made.add_text(self.title, &parts[0]);
        made.add_text(self.title, words(document.units.last().map_or("", |unit| &unit.full_name)));
        let own = [&document.synonyms, &document.facts, &document.text].into_iter().flatten();
        parts.extend(own.map(|part| words(part)));
        for Thing { kind, name } in &document.things {
            parts.push(words(&format!("{} {name}", kind.name())));
            parts.push(words(kind.other_names()));
        }
        made.add_text(self.starts, starts(&parts));
        for part in &parts {
            made.add_text(self.text, part);
        }
        for name in &document.names {
            for_each_token(name, |token, _| made.add_text(self.name, name_parts(token).join(" ")));
        }
    }
}

/// The tokens as the whitespace tokenizer shall find them.
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for_each_token(text, |token, _| {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&token[..token.len().min(MAX_TOKEN_BYTES)]);
    });
    words
}

/// The characters of a serial that count.
pub fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for_each_token(text, |token, _| joined.push_str(token));
    joined.truncate(MAX_TOKEN_BYTES);
    joined
}

/// Each start once, compared as a number: this is done for every word of every report.
fn starts(parts: &[String]) -> String {
    let mut packed: Vec<[u8; MAX_INDEXED_START]> = Vec::with_capacity(512);
    for token in parts.iter().flat_map(|part| part.split(' ')) {
        let mut start = [0; MAX_INDEXED_START];
        for (place, byte) in token.bytes().take(MAX_INDEXED_START).enumerate() {
            start[place] = byte;
            packed.push(start);
        }
    }
    packed.sort_unstable_by_key(|[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]));
    packed.dedup();
    let mut starts = String::with_capacity(packed.len() * (MAX_INDEXED_START + 1));
    for start in packed {
        if !starts.is_empty() {
            starts.push(' ');
        }
        starts.extend(start.iter().filter(|byte| **byte > 0).map(|byte| char::from(*byte)));
    }
    starts
}

/// Three characters in a row at every place of a token (ASCII); nothing for a shorter token.
pub fn name_parts(token: &str) -> Vec<&str> {
    let token = &token[..token.len().min(MAX_TOKEN_BYTES)];
    (MIN_NAME_PART..=token.len()).map(|end| &token[end - MIN_NAME_PART..end]).collect()
}

/// Control characters would be taken for separators.
fn push_clean(out: &mut String, text: &str) {
    out.extend(text.chars().filter(|c| !c.is_control()));
}

fn path(document: &Document) -> String {
    let mut path = String::new();
    for (depth, unit) in document.units.iter().enumerate() {
        if depth > 0 {
            path.push(ENTRY);
        }
        push_clean(&mut path, &unit.code);
        path.push(WITHIN);
        push_clean(&mut path, &unit.full_name);
    }
    path
}

fn traits(document: &Document) -> String {
    let mut traits = document.kind.as_str().to_owned();
    traits.push(ENTRY);
    push_clean(&mut traits, document.systems.first().map_or("", String::as_str));
    traits.push(ENTRY);
    traits.push_str(document.protection.map_or("", |protection| protection.as_str()));
    let isps: Vec<&str> = document.isps.iter().map(|isp| isp.name.as_str()).collect();
    let flags: Vec<&str> = document.flags.iter().map(String::as_str).collect();
    for mut values in [isps, flags] {
        values.sort_unstable();
        values.dedup();
        traits.push(ENTRY);
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                traits.push(WITHIN);
            }
            push_clean(&mut traits, value);
        }
    }
    traits
}

/// Hits of equal score stand by kind, then title, then key.
fn order(document: &Document) -> String {
    let mut order = format!("{:02}{}", document.kind as u8, label(&document.title));
    order.truncate(MAX_ORDER_BYTES);
    order.push(ENTRY);
    order.push_str(&document.key);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_and_name_parts_are_as_short_as_said() {
        assert_eq!(starts(&["may quet".into(), "in".into()]), "i in m ma may q qu que");
        assert_eq!(name_parts("ketoan"), ["ket", "eto", "toa", "oan"]);
        assert_eq!(name_parts("pc"), Vec::<&str>::new());
        assert_eq!(joined(" 5CD-12 3x"), "5cd123x");
    }
}
