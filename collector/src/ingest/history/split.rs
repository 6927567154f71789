//! A section's text taken apart in one pass: its fields, and the objects of the lists among them.

use super::{MEASURED, Names, names_of};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{collections::BTreeMap, fmt};

pub enum Part<'a> {
    Text(&'a RawValue),
    /// A list whose objects have names.
    List(Names, Vec<&'a RawValue>),
}

impl Part<'_> {
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.get().to_owned(),
            Self::List(_, items) => {
                let items: Vec<_> = items.iter().map(|item| item.get()).collect();
                format!("[{}]", items.join(","))
            }
        }
    }
}

#[derive(Deserialize)]
pub struct SplitSection<'a> {
    #[serde(borrow, deserialize_with = "parts")]
    pub value: BTreeMap<String, Part<'a>>,
    #[serde(borrow, default)]
    pub problems: Vec<&'a RawValue>,
}

impl<'a> SplitSection<'a> {
    /// `None` for a section without a value, or of a shape that is not known here.
    pub fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

fn parts<'de, D: Deserializer<'de>>(value: D) -> Result<BTreeMap<String, Part<'de>>, D::Error> {
    value.deserialize_map(Parts)
}

struct Parts;

impl<'de> Visitor<'de> for Parts {
    type Value = BTreeMap<String, Part<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the value of a section")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = BTreeMap::new();
        while let Some(field) = map.next_key::<String>()? {
            let part = match names_of(&field) {
                Some(names) => map.next_value::<Option<_>>()?.map(|items| Part::List(names, items)),
                None => Some(map.next_value::<&RawValue>()?)
                    .filter(|text| text.get() != "null" && !MEASURED.contains(&field.as_str()))
                    .map(Part::Text),
            };
            parts.extend(part.map(|part| (field, part)));
        }
        Ok(parts)
    }
}
