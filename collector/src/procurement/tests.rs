use super::{plan::Price, *};
use crate::{
    inventory::{DeviceFacts, UnitInventory, counting::View, device::OperatingSystemFacts, testing::*},
    rules,
    settings::Thresholds,
};
use kiemke_schemas::section::{operating_system::Family, peripheral::Kind};
use std::collections::BTreeMap;

fn flag(rule: &str, device: Option<&str>) -> OpenFlag {
    let device = device.map(str::to_owned);
    OpenFlag { rule: rule.into(), device, system: None, since: days_ago(5) }
}

fn of(inventory: &UnitInventory, flags: &[OpenFlag], edits: &BTreeMap<Item, Edit>) -> Vec<Need> {
    of_thresholds(inventory, flags, edits, &Thresholds::default())
}

fn of_thresholds(
    inventory: &UnitInventory,
    flags: &[OpenFlag],
    edits: &BTreeMap<Item, Edit>,
    thresholds: &Thresholds,
) -> Vec<Need> {
    let price = Price { item: Item::Computer, year: None, unit_price: 15_000_000, source: "QĐ 1".into() };
    let planning = Planning { prices: PriceList(vec![price]), year: 2025 };
    needs(View { inventory, thresholds, now: now() }, flags, edits, &planning)
}

fn quantities(needs: &[Need]) -> Vec<(Item, u32)> {
    needs.iter().map(|need| (need.item, need.quantity)).collect()
}

fn outdated(id: &str, successor_runs: Option<bool>) -> DeviceFacts {
    let operating_system = Some(OperatingSystemFacts {
        family: Family::Windows,
        full_name: "Windows 7 Professional".into(),
        version: None,
        build: None,
        support_ends_on: None,
        lifecycle: None,
        successor_runs,
    });
    DeviceFacts { operating_system, ..computer(id) }
}

#[test]
fn needs_follow_from_the_planted_faults() {
    let ben_thanh =
        unit().with(seeing(computer("a"), &[sighting(45899, 9, 0)])).with(computer("b")).with(computer("c"));
    let flags = [
        flag("internet.single-line", None),
        flag("endpoint.no-protection", Some("a")),
        flag("endpoint.no-protection", Some("c")),
        flag("endpoint.protection-off", Some("b")),
        flag("endpoint.not-checked", Some("b")),
    ];
    let needs = of(&ben_thanh, &flags, &BTreeMap::new());
    assert_eq!(quantities(&needs), [(Item::InternetLine, 1), (Item::EndpointProtection, 2)]);
    assert_eq!(
        needs[0].justification(),
        "Chỉ có 01 đường truyền VNPT (AS45899); cần thêm 01 đường của nhà cung cấp khác hạ tầng"
    );
    assert_eq!(needs[1].justification(), "2 máy chưa cài phần mềm diệt virus: PC-A, PC-C");
    assert_eq!(needs[1].grounds[0].since, days_ago(5));
    assert_eq!((needs[1].unit_price, needs[1].amount), (None, None));
}

#[test]
fn an_upgrade_is_no_purchase_where_the_hardware_runs_the_successor() {
    let inventory =
        unit().with(outdated("a", Some(true))).with(outdated("b", Some(false))).with(outdated("c", None));
    let flags = ["a", "b", "c"].map(|device| flag("endpoint.os-unsupported", Some(device)));
    let needs = of(&inventory, &flags, &BTreeMap::new());
    assert_eq!(quantities(&needs), [(Item::Computer, 2)]);
    assert_eq!((needs[0].unit_price, needs[0].amount), (Some(15_000_000), Some(30_000_000)));
    let only_upgrade = of(&inventory, &flags[..1], &BTreeMap::new());
    assert_eq!(only_upgrade, []);
}

#[test]
fn shortages_are_counted_against_staff_and_desks() {
    let inventory = unit()
        .with(computer("a"))
        .declaring("", "staff.official", "3")
        .declaring("", "staff.professional", "4")
        .declaring("", "one-stop-desks", "2");
    let flags = [
        "equipment.computers-short",
        "equipment.scanner-missing",
        "equipment.reader-missing",
        "equipment.tokens-short",
    ]
    .map(|rule| flag(rule, None));
    assert_eq!(
        quantities(&of(&inventory, &flags, &BTreeMap::new())),
        [(Item::Computer, 2), (Item::Scanner, 2), (Item::CardReader, 2), (Item::UsbToken, 4)]
    );
    let unknown = unit().declaring("", "staff.official", "3").declaring("", "one-stop-desks", "2");
    assert_eq!(of(&unknown, &flags, &BTreeMap::new()), []);
}

#[test]
fn what_could_not_be_asked_is_not_bought() {
    let mut inventory = unit()
        .declaring("", "staff.official", "50")
        .declaring("", "staff.professional", "50")
        .declaring("", "one-stop-desks", "1");
    for number in 0..50 {
        let peripherals_known = number < 2;
        inventory = inventory.with(DeviceFacts { peripherals_known, ..computer(&format!("d{number:02}")) });
    }
    inventory = inventory.with_peripheral(peripheral("t1", Kind::Token, "d00")).with_peripheral(peripheral(
        "t2",
        Kind::Token,
        "d01",
    ));
    let flags: Vec<OpenFlag> = rules::evaluate(&inventory, &Thresholds::default(), now())
        .into_iter()
        .map(|finding| flag(finding.rule, finding.device.as_deref()))
        .collect();
    assert_eq!(quantities(&of(&inventory, &flags, &BTreeMap::new())), []);
}

#[test]
fn disks_are_bought_only_when_the_province_says_so() {
    let inventory = unit().with(computer("a"));
    let flags = [flag("endpoint.disk-nearly-full", Some("a"))];
    assert_eq!(quantities(&of(&inventory, &flags, &BTreeMap::new())), [(Item::Disk, 0)]);
    let buy = Thresholds { buy_disks: true, ..Thresholds::default() };
    let needs = of_thresholds(&inventory, &flags, &BTreeMap::new(), &buy);
    assert_eq!(quantities(&needs), [(Item::Disk, 1)]);
}

#[test]
fn edits_survive_and_drift_is_shown() {
    let edit = Edit {
        quantity: Some(5),
        unit_price: Some(14_000_000),
        year: Some(2024),
        source: Some(Source::Central),
        stage: Some(Stage::Tender),
        computed_quantity: Some(2),
        adopted: true,
        ..Edit::default()
    };
    let edits = BTreeMap::from([(Item::Computer, edit)]);
    let inventory = unit().with(computer("a")).declaring("", "staff.official", "4");
    let flags = [flag("equipment.computers-short", None)];
    let [need] = of(&inventory, &flags, &edits).try_into().unwrap();
    assert_eq!((need.quantity, need.computed_quantity, need.changed_from), (5, 3, Some(2)));
    assert_eq!((need.amount, need.year, need.source), (Some(70_000_000), 2024, Some(Source::Central)));
    // The need is gone; what the planner wrote is not.
    let [kept] = of(&unit().with(computer("a")), &[], &edits).try_into().unwrap();
    assert_eq!((kept.quantity, kept.computed_quantity, kept.changed_from), (5, 0, Some(2)));
}
