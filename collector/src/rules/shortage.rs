//! What the equipment rules share: declared needs against counted things.

use super::evidence::{Missing, Shortage};
use crate::inventory::{
    Declared,
    counting::{Class, Count, View, computers, peripherals},
};

/// How many of the needs that a unit declared could be compared with what is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    pub decided: usize,
    /// Those that something unknown may still decide.
    pub open: usize,
}

/// The same comparisons as those of the rules: no flag is good news only where one was made.
pub fn compared(view: View<'_>) -> Compared {
    let needed = |field| declared_number(field, view).map(|(needed, _)| needed);
    let desks = needed("one-stop-desks").filter(|desks| *desks > 0).map(|_| 1);
    let comparisons = [
        (needed("staff.official"), computers(view)),
        (desks, peripherals(Class::Scanners, view)),
        (desks, peripherals(Class::CardReaders, view)),
        (needed("staff.professional"), peripherals(Class::Tokens, view)),
    ];
    let mut compared = Compared::default();
    for (needed, count) in &comparisons {
        match needed.map(|needed| is_decided(needed, count)) {
            Some(true) => compared.decided += 1,
            Some(false) => compared.open += 1,
            None => {}
        }
    }
    compared
}

fn is_decided(needed: u64, count: &Count) -> bool {
    count.value.is_some_and(|there| there >= needed || there + (count.left_out.len() as u64) < needed)
}

impl Shortage {
    /// `None` where a number is missing, or where a device that could not be asked may make up for it.
    pub(super) fn of(count: &Count, field: &str, view: View<'_>) -> Option<Self> {
        let (needed, declared) = declared_number(field, view)?;
        let present = count.value?;
        let at_most = present + count.left_out.len() as u64;
        (at_most < needed).then(|| Self {
            present,
            needed,
            short_by: needed - present,
            declared_on: declared.declared_on,
            declared_by: declared.declared_by.clone(),
        })
    }
}

impl Missing {
    /// Only where every device of the office could be asked: unknown is not "none".
    pub(super) fn of(class: Class, view: View<'_>) -> Option<Self> {
        let (one_stop_desks, declared) = declared_number("one-stop-desks", view)?;
        let count = peripherals(class, view);
        (one_stop_desks > 0 && count.value? == 0 && count.left_out.is_empty()).then(|| Self {
            one_stop_desks,
            present: 0,
            declared_on: declared.declared_on,
            declared_by: declared.declared_by.clone(),
        })
    }
}

fn declared_number<'a>(field: &str, view: View<'a>) -> Option<(u64, &'a Declared)> {
    let declarations = &view.inventory.declarations;
    declarations.number(field).zip(declarations.of_unit(field))
}
