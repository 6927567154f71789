mod endpoint;
mod equipment;
mod internet;
mod quan1;
mod system;

use super::*;
use crate::inventory::testing::{now, unit};
use serde_json::Value;

/// (rule, device or system or empty) of every finding.
fn found(inventory: &UnitInventory) -> Vec<(&'static str, String)> {
    found_with(inventory, &Thresholds::default())
}

fn found_with(inventory: &UnitInventory, thresholds: &Thresholds) -> Vec<(&'static str, String)> {
    let subject = |finding: Finding| finding.device.or(finding.system).unwrap_or_default();
    evaluate(inventory, thresholds, now()).into_iter().map(|f| (f.rule, subject(f))).collect()
}

/// The evidence of the only finding of a rule.
fn evidence(inventory: &UnitInventory, rule: &str) -> Value {
    let mut of_rule =
        evaluate(inventory, &Thresholds::default(), now()).into_iter().filter(|f| f.rule == rule);
    let only = of_rule.next().unwrap();
    assert_eq!(of_rule.next(), None);
    serde_json::to_value(only.evidence).unwrap()
}

const NOTHING: [(&str, String); 0] = [];

fn one(rule: &'static str, subject: &str) -> [(&'static str, String); 1] {
    [(rule, subject.to_owned())]
}

#[test]
fn a_unit_without_devices_and_declarations_raises_nothing() {
    assert_eq!(found(&unit()), NOTHING);
}

#[test]
fn the_catalogue_names_every_rule_once_in_two_languages() {
    let ids: std::collections::BTreeSet<_> = catalogue().iter().map(|info| info.id).collect();
    assert_eq!((ids.len(), catalogue().len()), (20, 20));
    for info in catalogue() {
        for text in [info.title_vi, info.title_en, info.legal_basis_vi, info.legal_basis_en] {
            assert!(!text.is_empty(), "{}", info.id);
        }
        assert_ne!(info.title_vi, info.title_en);
    }
    assert_eq!(super::info("internet.single-line").unwrap().title_en, "Only one Internet line");
}
