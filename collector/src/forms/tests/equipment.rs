use super::*;
use crate::{
    forms::{equipment, reason::vietnamese},
    inventory::{DeviceFacts, Protection, Provenance},
};

fn row(inventory: &UnitInventory) -> Row {
    with_view(inventory, |view| equipment::row("1.4", view, &[]))
}

#[test]
fn quan_1_reads_as_the_example_of_the_form() {
    let row = with_view(&quan_1(), |view| equipment::row("1", view, &[]));
    assert_eq!(
        texts(&row),
        [
            "1",
            "Quận 1",
            "Tổng số lượng cán bộ, nhân viên: 55\nChính thức: 50\nThử việc: 5",
            "Tổng số lượng máy tính: 50\nĐã kiểm tra an ninh an toàn: 50\nSố máy đã cài phần mềm diệt virus: 50",
            "Tổng số lượng máy in: 20\nĐã kiểm tra an ninh an toàn: 20",
            "Tổng số lượng máy Scan: 20\nĐã kiểm tra an ninh an toàn: 20",
            "Tổng số lượng thiết bị: 20\nĐã kiểm tra an ninh an toàn: 20",
            "Tổng số lượng USB Token: 50/50 cán bộ",
            "02 đường truyền VNPT và Viettel",
            "VNPT: 1GB\nViettel: 1GB",
            "Chưa dự kiến đầu tư",
            "x",
            "x",
            "x",
        ]
    );
}

#[test]
fn a_unit_without_data_shows_missing_in_every_cell() {
    let row = row(&unit());
    assert_eq!(texts(&row)[2..], ["Chưa có số liệu"; 12]);
    assert_eq!(states(&row)[2..], [State::Missing; 12]);
    assert_eq!(row.cells[10].provenance, [Provenance::Missing { reason: "no-data".into() }]);
}

#[test]
fn nothing_proposed_is_no_fact_until_somebody_declares_it() {
    let row = |inventory: &UnitInventory| row(inventory).cells[10..].to_vec();
    let texts = |cells: &[Cell]| cells.iter().map(Cell::text).collect::<Vec<_>>();
    let known = unit().with(computer("a"));
    let silent = row(&known);
    assert_eq!(texts(&silent), ["Chưa dự kiến đầu tư", "x", "x", "x"]);
    assert_eq!(silent[0].state, State::Missing);
    assert_eq!(silent[0].provenance, [Provenance::Missing { reason: "no-proposal".into() }]);
    assert_eq!(
        vietnamese("no-proposal"),
        Some(
            "Chưa ai kê khai đề xuất và chưa nhu cầu mua sắm nào được duyệt đưa vào phụ lục, nên ghi theo mẫu"
        )
    );
    let declared = row(&known.declaring("", "proposal.text", "Chưa dự kiến đầu tư"));
    assert_eq!(texts(&declared), ["Chưa dự kiến đầu tư", "x", "x", "x"]);
    assert_eq!(declared[0].state, State::Declared);
}

#[test]
fn zero_needs_a_probe_that_worked() {
    let asked = unit().with(DeviceFacts { check: None, protection: Protection::Absent, ..computer("a") });
    assert_eq!(
        texts(&row(&asked))[3..5],
        [
            "Tổng số lượng máy tính: 1\nĐã kiểm tra an ninh an toàn: 0\nSố máy đã cài phần mềm diệt virus: 0",
            "Tổng số lượng máy in: 0\nĐã kiểm tra an ninh an toàn: 0",
        ]
    );
    let failed = DeviceFacts {
        peripherals_known: false,
        protection: Protection::Unknown,
        check: None,
        ..computer("a")
    };
    let row = row(&unit().with(failed));
    assert_eq!(
        texts(&row)[3..5],
        [
            "Tổng số lượng máy tính: 1\nĐã kiểm tra an ninh an toàn: 0\n\
             Số máy đã cài phần mềm diệt virus: Chưa có số liệu",
            "Chưa có số liệu",
        ]
    );
}

#[test]
fn a_probe_that_failed_is_left_out_and_named() {
    let failed = DeviceFacts { protection: Protection::Unknown, ..computer("b") };
    let row = row(&unit().with(computer("a")).with(failed));
    assert!(row.cells[3].text().ends_with("diệt virus: 1"));
    let expected = Provenance::Observed {
        subjects: vec!["a".into()],
        as_of: Some(now()),
        left_out: vec!["b".into()],
        checks: None,
    };
    assert_eq!(row.cells[3].provenance[2], expected);
}

#[test]
fn parts_that_nobody_declared_are_missing_beside_those_declared() {
    let staff = row(&unit().declaring("", "staff.official", "12"));
    assert_eq!(
        texts(&staff)[2],
        "Tổng số lượng cán bộ, nhân viên: Chưa có số liệu\nChính thức: 12\nThử việc: Chưa có số liệu"
    );
    assert_eq!(states(&staff)[2], State::Declared);
    let missing = |reason: &str| Provenance::Missing { reason: reason.into() };
    let by = Provenance::Declared { by: "an".into(), on: jiff::civil::date(2026, 11, 2) };
    assert_eq!(
        staff.cells[2].provenance,
        [missing("staff-total-without-trial"), by.clone(), missing("staff-trial-not-declared")]
    );
    assert_eq!(
        vietnamese("staff-total-without-trial"),
        Some("Chưa kê khai cán bộ thử việc, nên chưa có tổng")
    );
    let trial = row(&unit().declaring("", "staff.trial", "2"));
    assert_eq!(
        trial.cells[2].provenance,
        [missing("staff-total-without-official"), missing("staff-official-not-declared"), by]
    );
    let tokens = unit().with(computer("a")).with_peripheral(peripheral("t", Kind::Token, "a"));
    assert_eq!(texts(&row(&tokens))[7], "Tổng số lượng USB Token: 1/(Chưa có số liệu) cán bộ");
}

#[test]
fn lines_are_counted_and_named_one_by_one() {
    let lines = |inventory: &UnitInventory| texts(&row(inventory))[8..10].to_vec();
    let same = unit().declaring("", "line.1", "Viettel (AS7552) 200 Mbps").declaring(
        "",
        "line.2",
        "Viettel (AS24086) 200 Mbps",
    );
    assert_eq!(lines(&same), ["02 đường truyền Viettel và Viettel", "Viettel: 200 Mbps\nViettel: 200 Mbps"]);
    let seen = unit().with(seeing(computer("a"), &[sighting(45899, 9, 0)]));
    assert_eq!(lines(&seen), ["01 đường truyền VNPT", "VNPT: Chưa có số liệu"]);
    let none = unit().with(seeing(computer("a"), &[]));
    assert_eq!(lines(&none), ["Chưa có đường truyền", "Chưa có đường truyền"]);
    let three = same.declaring("", "line.3", "FPT 1 Gbps");
    assert_eq!(lines(&three)[0], "03 đường truyền Viettel, Viettel và FPT");
}

#[test]
fn every_cell_tells_its_provenance() {
    let inventory = unit()
        .with(seeing(computer("a"), &[sighting(45899, 9, 0)]))
        .with_peripheral(peripheral("p", Kind::Multifunction, "a"))
        .declaring("", "staff.official", "9")
        .declaring("", "staff.trial", "1")
        .declaring("", "line.1", "VNPT 150 Mbps");
    insta::assert_json_snapshot!(row(&inventory));
}
