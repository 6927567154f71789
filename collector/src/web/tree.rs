//! The units a reader may see, as a tree with sums.

use crate::inventory::Unit;
use std::{
    collections::{BTreeMap, HashMap},
    ops::AddAssign,
};

pub struct UnitTree {
    units: HashMap<String, Unit>,
    children: BTreeMap<Option<String>, Vec<String>>,
}

impl UnitTree {
    /// A unit whose parent is not among `units` is a root.
    pub fn new(units: Vec<Unit>) -> Self {
        let mut children = BTreeMap::<Option<String>, Vec<String>>::new();
        let units: HashMap<String, Unit> = units.into_iter().map(|unit| (unit.code.clone(), unit)).collect();
        for unit in units.values() {
            let parent = unit.parent.clone().filter(|parent| units.contains_key(parent));
            children.entry(parent).or_default().push(unit.code.clone());
        }
        children.values_mut().for_each(|codes| codes.sort());
        Self { units, children }
    }

    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.units.get(code)
    }

    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// In order of code; of nobody: the roots.
    pub fn children(&self, of: Option<&str>) -> Vec<&Unit> {
        let codes = self.children.get(&of.map(str::to_owned));
        codes.into_iter().flatten().filter_map(|code| self.units.get(code)).collect()
    }

    pub fn has_children(&self, code: &str) -> bool {
        self.children.contains_key(&Some(code.to_owned()))
    }

    /// The unit itself and everything above it.
    pub fn upwards<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Unit> {
        let mut next = self.units.get(code);
        let mut left = self.units.len();
        std::iter::from_fn(move || {
            let unit = next?;
            left = left.checked_sub(1)?;
            next = unit.parent.as_ref().and_then(|parent| self.units.get(parent));
            Some(unit)
        })
    }

    /// Values of units brought up into every unit above them. Values of units outside the tree are left out.
    pub fn sums<T: Default + Clone + for<'a> AddAssign<&'a T>>(
        &self,
        own: &HashMap<String, T>,
    ) -> HashMap<String, T> {
        let mut sums = HashMap::<String, T>::new();
        for (code, value) in own {
            for unit in self.upwards(code) {
                *sums.entry(unit.code.clone()).or_default() += value;
            }
        }
        sums
    }

    /// The deepest unit under which all of `codes` lie; `None` where they share no root.
    pub fn common<'a>(&'a self, codes: impl Iterator<Item = &'a str>) -> Option<&'a Unit> {
        let mut shared: Option<Vec<&str>> = None;
        for code in codes.filter(|code| self.units.contains_key(*code)) {
            let mut path: Vec<&str> = self.upwards(code).map(|unit| unit.code.as_str()).collect();
            path.reverse();
            let kept = shared.take().map_or_else(|| path.clone(), |before| same_start(&before, &path));
            shared = Some(kept);
        }
        self.units.get(*shared?.last()?)
    }
}

fn same_start<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<&'a str> {
    left.iter().zip(right).take_while(|(a, b)| a == b).map(|(a, _)| *a).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::unit::Level;

    fn tree() -> UnitTree {
        let unit = |code: &str, parent: Option<&str>| Unit {
            code: code.into(),
            parent: parent.map(Into::into),
            level: Level::Commune,
            kind: "phường".into(),
            name: code.into(),
            full_name: code.into(),
        };
        UnitTree::new(vec![
            unit("79", None),
            unit("760", Some("79")),
            unit("26743", Some("760")),
            unit("26740", Some("760")),
            unit("01", None),
            unit("lost", Some("closed")),
        ])
    }

    fn codes(units: Vec<&Unit>) -> Vec<&str> {
        units.into_iter().map(|unit| unit.code.as_str()).collect()
    }

    #[test]
    fn children_stand_in_order_of_code() {
        assert_eq!(codes(tree().children(Some("760"))), ["26740", "26743"]);
        assert_eq!(codes(tree().children(None)), ["01", "79", "lost"]);
    }

    #[test]
    fn sums_reach_every_unit_above() {
        let own = HashMap::from([("26740".to_owned(), 2), ("760".to_owned(), 3), ("gone".to_owned(), 9)]);
        let sums = tree().sums(&own);
        assert_eq!((sums["79"], sums["760"], sums["26740"]), (5, 5, 2));
        assert!(!sums.contains_key("gone"));
    }

    #[test]
    fn the_common_unit_is_the_deepest_one() {
        let tree = tree();
        let common =
            |codes: &[&'static str]| tree.common(codes.iter().copied()).map(|unit| unit.code.clone());
        assert_eq!(common(&["26740", "26743"]), Some("760".into()));
        assert_eq!(common(&["26740"]), Some("26740".into()));
        assert_eq!(common(&["26740", "01"]), None);
        assert_eq!(common(&[]), None);
    }
}
