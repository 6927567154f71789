use super::*;
use crate::inventory::{DeviceFacts, DeviceKind, testing::*};
use kiemke_schemas::section::peripheral::Kind;
use serde_json::json;

fn two_computers() -> UnitInventory {
    unit()
        .with(computer("a"))
        .with(computer("b"))
        .declaring("", "line.1", "VNPT")
        .declaring("", "line.2", "FPT")
}

#[test]
fn computers_short() {
    let staff = |official: &str| two_computers().declaring("", "staff.official", official);
    assert_eq!(found(&staff("2")), NOTHING);
    assert_eq!(found(&staff("3")), one("equipment.computers-short", ""));
    assert_eq!(
        evidence(&staff("5"), "equipment.computers-short"),
        json!({"present": 2, "needed": 5, "short_by": 3, "declared_on": "2026-11-02", "declared_by": "an"})
    );
    // A third device of unknown kind may be the computer that seems to be missing.
    let unknown = DeviceFacts { kind: DeviceKind::Unknown, ..computer("c") };
    assert_eq!(found(&staff("3").with(unknown)), NOTHING);
    // Declared staff and no agent anywhere: missing, not short.
    assert_eq!(found(&unit().declaring("", "staff.official", "9")), NOTHING);
}

#[test]
fn tokens_short() {
    let staff = |professional: &str| {
        two_computers().with_peripheral(peripheral("t1", Kind::Token, "a")).declaring(
            "",
            "staff.professional",
            professional,
        )
    };
    assert_eq!(found(&staff("1")), NOTHING);
    assert_eq!(found(&staff("2")), one("equipment.tokens-short", ""));
    assert_eq!(
        evidence(&staff("2"), "equipment.tokens-short"),
        json!({"present": 1, "needed": 2, "short_by": 1, "declared_on": "2026-11-02", "declared_by": "an"})
    );
    let failed = DeviceFacts { peripherals_known: false, ..computer("c") };
    assert_eq!(found(&staff("2").with(failed)), NOTHING);
}

#[test]
fn scanner_and_reader_missing_at_a_one_stop_desk() {
    let desks = |count: &str| two_computers().declaring("", "one-stop-desks", count);
    let both = [("equipment.scanner-missing", String::new()), ("equipment.reader-missing", String::new())];
    assert_eq!(found(&desks("2")), both);
    assert_eq!(found(&desks("0")), NOTHING);
    assert_eq!(found(&two_computers()), NOTHING);
    let with_scanner = desks("1").with_peripheral(peripheral("m", Kind::Multifunction, "a"));
    assert_eq!(found(&with_scanner), one("equipment.reader-missing", ""));
    let with_reader = desks("1").with_peripheral(peripheral("r", Kind::CardReader, "b"));
    assert_eq!(found(&with_reader), one("equipment.scanner-missing", ""));
    assert_eq!(
        evidence(&desks("2"), "equipment.scanner-missing"),
        json!({"one_stop_desks": 2, "present": 0, "declared_on": "2026-11-02", "declared_by": "an"})
    );
    // One computer that could not be asked may have the scanner.
    let failed = DeviceFacts { peripherals_known: false, ..computer("c") };
    assert_eq!(found(&desks("2").with(failed)), NOTHING);
}

#[test]
fn only_what_could_be_compared_is_compared() {
    let compared_of = |inventory: &UnitInventory| {
        let thresholds = Thresholds::default();
        let compared = compared(View { inventory, thresholds: &thresholds, now: now() });
        (compared.decided, compared.open)
    };
    let staff = |official: &str| two_computers().declaring("", "staff.official", official);
    assert_eq!(compared_of(&two_computers()), (0, 0));
    assert_eq!(compared_of(&unit().declaring("", "staff.official", "9")), (0, 1));
    assert_eq!(compared_of(&staff("2")), (1, 0));
    assert_eq!(compared_of(&staff("3")), (1, 0));
    let desks = two_computers().declaring("", "one-stop-desks", "1");
    assert_eq!(compared_of(&desks), (2, 0));
    // The computer that could not be asked may have both a scanner and a reader.
    let failed = DeviceFacts { peripherals_known: false, ..computer("c") };
    assert_eq!(compared_of(&desks.with(failed)), (0, 2));
    assert_eq!(compared_of(&two_computers().declaring("", "one-stop-desks", "0")), (0, 0));
}
