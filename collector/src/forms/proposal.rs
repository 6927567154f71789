//! The last columns of every appendix: what is proposed, the total, whether it is allocated, the source.
//! What a person declared stands as it is; otherwise the needs that a planner adopted; otherwise nothing
//! is proposed. The two are never mixed, or a purchase would be counted twice.

use super::{
    Cell,
    cell::missing,
    cell_of, reason,
    text::{MISSING, NO_PROPOSAL, NOT_APPLICABLE, money},
};
use crate::{
    inventory::{Declarations, Provenance, UnitInventory},
    procurement::Need,
    text::fold,
};
use std::collections::BTreeSet;

const PARTS: [&str; 4] = ["text", "total", "allocated", "source"];

/// Of a unit. Where nothing at all is known of it, not even "nothing is proposed" can be said.
pub fn of_unit(inventory: &UnitInventory, needs: &[Need]) -> [Cell; 4] {
    let unknown = inventory.devices.is_empty() && inventory.declarations.is_empty();
    if unknown && !needs.iter().any(enters) {
        return std::array::from_fn(|_| Cell::missing(reason::NO_DATA));
    }
    cells(&inventory.declarations, "", "proposal.", needs)
}

fn enters(need: &Need) -> bool {
    need.adopted && need.quantity > 0
}

/// `prefix`: of the declared fields, e.g. `proposal.` or `software.proposal.`.
pub fn cells(declarations: &Declarations, system: &str, prefix: &str, needs: &[Need]) -> [Cell; 4] {
    let fields = PARTS.map(|part| format!("{prefix}{part}"));
    let adopted: Vec<&Need> = needs.iter().filter(|need| enters(need)).collect();
    if fields.iter().any(|field| declarations.of_system(system, field).is_some()) {
        declared(declarations, system, &fields)
    } else if adopted.is_empty() {
        // The words of the form, which nobody confirmed.
        nothing(Cell::new(vec![NO_PROPOSAL.to_owned()], vec![missing(reason::NO_PROPOSAL)]))
    } else {
        of_needs(&adopted)
    }
}

fn nothing(text: Cell) -> [Cell; 4] {
    let empty = || Cell::fixed(NOT_APPLICABLE);
    [text, empty(), empty(), empty()]
}

fn declared(declarations: &Declarations, system: &str, fields: &[String; 4]) -> [Cell; 4] {
    let [text, total, allocated, source] = fields;
    let cell = |field: &str| cell_of::declared(declarations, system, field);
    let says_none = |value: &str| fold(value.trim()) == fold(NO_PROPOSAL);
    let others = [total, allocated, source];
    let alone = others.iter().all(|field| declarations.of_system(system, field).is_none());
    if alone && declarations.of_system(system, text).is_some_and(|text| says_none(&text.value)) {
        return nothing(cell(text));
    }
    [cell(text), cell_of::declared_money(declarations, system, total), cell(allocated), cell(source)]
}

fn of_needs(adopted: &[&Need]) -> [Cell; 4] {
    let source = || vec![Provenance::Computed { rule: reason::ADOPTED_NEEDS.to_owned() }];
    let items = adopted.iter().map(|need| {
        format!("{}: {} {} (năm {})", need.item.label(), need.quantity, need.item.measure(), need.year)
    });
    let total: Option<u64> =
        adopted.iter().try_fold(0_u64, |sum, need| Some(sum.saturating_add(need.amount?)));
    let total = match total {
        Some(total) => Cell::new(vec![money(total)], source()),
        None => Cell::missing(reason::PRICE),
    };
    let sources: BTreeSet<_> = adopted.iter().map(|need| need.source).collect();
    let labels = sources.iter().map(|source| source.map_or(MISSING, crate::procurement::Source::label));
    let funding = match sources.iter().all(Option::is_none) {
        true => Cell::missing(reason::NOT_DECLARED),
        false => Cell::new(labels.map(str::to_owned).collect(), source()),
    };
    [Cell::new(items.collect(), source()), total, Cell::missing(reason::NOT_DECLARED), funding]
}

/// The amount that the cell of the total shows, for sums.
pub fn amount(declarations: &Declarations, needs: &[Need]) -> Option<u64> {
    let fields = PARTS.map(|part| format!("proposal.{part}"));
    if fields.iter().any(|field| declarations.of_unit(field).is_some()) {
        return declarations.of_unit("proposal.total")?.value.parse().ok();
    }
    let adopted = needs.iter().filter(|need| enters(need));
    let amounts: Option<Vec<u64>> = adopted.map(|need| need.amount).collect();
    amounts
        .filter(|amounts| !amounts.is_empty())
        .map(|amounts| amounts.into_iter().fold(0, u64::saturating_add))
}
