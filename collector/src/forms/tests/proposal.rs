use super::*;
use crate::{
    forms::proposal,
    inventory::Declarations,
    procurement::{Edit, Item, Need, PriceList, Source, plan::Price},
};

fn need(item: Item, quantity: u32, price: Option<u64>, edit: Edit) -> Need {
    let edit = Edit { quantity: Some(quantity), ..edit };
    let prices = price.map(|unit_price| Price { item, year: None, unit_price, source: "QĐ 1".into() });
    Need::of("26743", item, Vec::new(), Some(&edit), &PriceList(prices.into_iter().collect()), 2025)
}

fn cells(declarations: &Declarations, needs: &[Need]) -> [String; 4] {
    proposal::cells(declarations, "", "proposal.", needs).map(|cell| cell.text())
}

#[test]
fn only_adopted_needs_enter_the_proposal() {
    let adopted = Edit { adopted: true, source: Some(Source::Local), ..Edit::default() };
    let needs = [
        need(Item::Computer, 2, Some(15_000_000), adopted.clone()),
        need(Item::Scanner, 1, Some(10_000_000), adopted.clone()),
        need(Item::UsbToken, 5, Some(1_000_000), Edit::default()),
    ];
    let none = Declarations::default();
    assert_eq!(
        cells(&none, &needs),
        [
            "Máy tính: 2 máy (năm 2025)\nMáy scan: 1 chiếc (năm 2025)",
            "40.000.000 đồng",
            "Chưa có số liệu",
            "Địa phương"
        ]
    );
    assert_eq!(cells(&none, &needs[2..]), ["Chưa dự kiến đầu tư", "x", "x", "x"]);
    let unpriced = [need(Item::Computer, 2, None, adopted)];
    assert_eq!(cells(&none, &unpriced)[1], "Chưa có số liệu");
}

#[test]
fn what_a_person_declared_stands_alone() {
    let adopted = Edit { adopted: true, ..Edit::default() };
    let needs = [need(Item::Computer, 2, Some(15_000_000), adopted)];
    let declared =
        unit().declaring("", "proposal.text", "Mua máy scan").declaring("", "proposal.total", "9000000");
    assert_eq!(
        cells(&declared.declarations, &needs),
        ["Mua máy scan", "9.000.000 đồng", "Chưa có số liệu", "Chưa có số liệu"]
    );
    assert_eq!(proposal::amount(&declared.declarations, &needs), Some(9_000_000));
    let none = unit().declaring("", "proposal.text", "Chưa dự kiến đầu tư");
    assert_eq!(cells(&none.declarations, &[]), ["Chưa dự kiến đầu tư", "x", "x", "x"]);
}
