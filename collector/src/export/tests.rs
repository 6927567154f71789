use super::{csv::CsvWriter, docx::DocxWriter, json::JsonWriter, xlsx::XlsxWriter, *};
use crate::{
    export::procurement::NeedRow,
    procurement::{Item, OpenFlag, Planning, PriceList, needs, plan::Price},
};
use crate::{
    forms::{FormKind, equipment, network, tests::quan_1},
    inventory::{
        DeviceFacts, PeripheralFacts, UnitInventory, counting::View, device::SecurityCheck, testing::*,
    },
    settings::Thresholds,
};
use ::calamine::{Data, Dimensions, Reader, Xlsx};
use jiff::civil::date;
use kiemke_schemas::section::peripheral::Kind;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

fn rows(kind: FormKind, inventory: &UnitInventory) -> Vec<Row> {
    let view = View { inventory, thresholds: &Thresholds::default(), now: now() };
    match kind {
        FormKind::Network => network::rows(1, view, false),
        _ => vec![equipment::row("1.10", view, &[])],
    }
}

pub(super) fn written(format: Format, kind: FormKind, inventory: &UnitInventory) -> Vec<u8> {
    let (layout, mut bytes) = (kind.layout(), Vec::new());
    let heading = Heading { layout: &layout, unit: &inventory.unit, as_of: now() };
    let mut writer: Box<dyn FormWriter> = match format {
        Format::Csv => Box::new(CsvWriter::new(&heading, &mut bytes).unwrap()),
        Format::Json => Box::new(JsonWriter::new(&heading, &mut bytes).unwrap()),
        Format::Docx => Box::new(DocxWriter::new(&heading, &mut bytes).unwrap()),
        Format::Xlsx => Box::new(XlsxWriter::new(&heading, &mut bytes).unwrap()),
    };
    for row in rows(kind, inventory) {
        writer.row(&row).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn workbook(kind: FormKind, inventory: &UnitInventory) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(written(Format::Xlsx, kind, inventory))).unwrap()
}

fn texts(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn the_equipment_workbook_reads_back() {
    let mut book = workbook(FormKind::Equipment, &quan_1());
    assert_eq!(book.sheet_names(), ["Trang, thiết bị đầu cuối", "Nguồn số liệu"]);
    let form = texts(&mut book, "Trang, thiết bị đầu cuối");
    assert_eq!(
        form[0][0],
        "PHỤ LỤC VỀ TRANG, THIẾT BỊ ĐẦU CUỐI TRIỂN KHAI CHUYỂN ĐỔI SỐ - ĐỀ ÁN 06 CỦA 01 ĐƠN VỊ"
    );
    assert_eq!(form[1][0], "Đơn vị: Quận 1. Số liệu tính đến 10:00 20/11/2026");
    assert_eq!(form[2][..3], ["TT", "Đơn vị", "Số lượng cán bộ, nhân viên"]);
    assert_eq!(form[3][..2], ["1.10", "Quận 1"]);
    assert_eq!(form[3][9], "VNPT: 1GB\nViettel: 1GB");
    let number = book.worksheet_range("Trang, thiết bị đầu cuối").unwrap().get((3, 0)).cloned();
    assert_eq!(number, Some(Data::String("1.10".into())));
}

#[test]
fn the_second_sheet_tells_where_each_part_comes_from() {
    let sources = texts(&mut workbook(FormKind::Equipment, &quan_1()), "Nguồn số liệu");
    assert_eq!(sources[0], ["TT", "Đơn vị / Hệ thống", "Cột", "Nội dung", "Nguồn", "Chi tiết"]);
    let official = sources.iter().find(|row| row[3] == "Chính thức: 50").unwrap();
    assert_eq!(official[..3], ["1.10", "Quận 1", "Số lượng cán bộ, nhân viên"]);
    assert_eq!(official[4..], ["Kê khai", "an, ngày 02/11/2026"]);
    let computers = sources.iter().find(|row| row[3] == "Tổng số lượng máy tính: 50").unwrap();
    assert!(
        computers[5].starts_with("50 máy, cũ nhất lúc 10:00 20/11/2026: PC-D00; PC-D01; "),
        "{computers:?}"
    );
    let checked = sources.iter().find(|row| row[3] == "Đã kiểm tra an ninh an toàn: 50").unwrap();
    assert_eq!(checked[4], "Kiểm tra");
    let told = "50 máy: Công an Quận 1, 12/BB, 01/10/2026. Gồm: PC-D00; PC-D01; ";
    assert!(checked[5].starts_with(told), "{checked:?}");
}

#[test]
fn the_second_sheet_names_things_and_inspectors() {
    let printer = |identity: &str, check: Option<SecurityCheck>| PeripheralFacts {
        vendor: Some("HP".into()),
        model: Some("LaserJet M404".into()),
        serial: Some(identity.to_uppercase()),
        check,
        ..peripheral(identity, Kind::Printer, "a")
    };
    let later = SecurityCheck { checked_on: date(2026, 10, 22), document: None, ..check() };
    let inventory = unit()
        .with(DeviceFacts { peripherals_known: false, ..computer("b") })
        .with(DeviceFacts { check: None, ..computer("a") })
        .with_peripheral(printer("vnb1", Some(check())))
        .with_peripheral(printer("vnb2", Some(later)))
        .with_peripheral(printer("vnb3", None));
    let sources = texts(&mut workbook(FormKind::Equipment, &inventory), "Nguồn số liệu");
    let told = |text: &str| {
        let row = sources.iter().find(|row| row[3] == text).unwrap();
        (row[4].clone(), row[5].clone())
    };
    let pair = |source: &str, detail: &str| (source.to_owned(), detail.to_owned());
    assert_eq!(
        told("Tổng số lượng máy in: 3"),
        pair(
            "Quan trắc",
            "3 máy in, cũ nhất lúc 10:00 20/11/2026: HP LaserJet M404 (sê-ri VNB1); \
             HP LaserJet M404 (sê-ri VNB2); HP LaserJet M404 (sê-ri VNB3). Không tính vì không đọc được: PC-B"
        )
    );
    assert_eq!(
        told("Đã kiểm tra an ninh an toàn: 2"),
        pair(
            "Kiểm tra",
            "1 máy in: Công an Quận 1, 12/BB, 01/10/2026; 1 máy in: Công an Quận 1, 22/10/2026. \
             Gồm: HP LaserJet M404 (sê-ri VNB1); HP LaserJet M404 (sê-ri VNB2). \
             Không tính vì không đọc được: PC-B"
        )
    );
    assert_eq!(
        told("Tổng số lượng máy Scan: 0").1,
        "Không có, cũ nhất lúc 10:00 20/11/2026. Không tính vì không đọc được: PC-B"
    );
    let none = unit().with(DeviceFacts { check: None, ..computer("a") });
    let sources = texts(&mut workbook(FormKind::Equipment, &none), "Nguồn số liệu");
    let row = sources.iter().find(|row| row[3] == "Đã kiểm tra an ninh an toàn: 0").unwrap();
    assert_eq!(row[4..], ["Kiểm tra", "Chưa ghi nhận lần kiểm tra nào còn giá trị"]);
}

#[test]
fn a_list_of_subjects_fits_its_row() {
    let mut inventory = unit();
    for number in 0..400 {
        inventory = inventory.with(computer(&format!("{number:04}")));
    }
    let sources = texts(&mut workbook(FormKind::Equipment, &inventory), "Nguồn số liệu");
    let row = sources.iter().find(|row| row[3] == "Tổng số lượng máy tính: 400").unwrap();
    assert!(row[5].ends_with("; PC-0287 và 112 máy khác"), "{row:?}");
}

#[test]
fn the_second_sheet_says_that_it_is_not_handed_in() {
    let mut bytes = Cursor::new(written(Format::Xlsx, FormKind::Equipment, &quan_1()));
    let mut archive = zip::ZipArchive::new(&mut bytes).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet2.xml").unwrap().read_to_string(&mut sheet).unwrap();
    for part in [
        "Nguồn số liệu: để đối chiếu, không thuộc phụ lục nộp</oddHeader>",
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "<pageSetUpPr fitToPage=\"1\"/>",
    ] {
        assert!(sheet.contains(part), "{part}");
    }
}

#[test]
fn the_two_header_rows_of_the_network_workbook_are_merged() {
    let inventory = unit().declaring("HOC", "line.1", "VNPT 100 Mbps");
    let mut book = workbook(FormKind::Network, &inventory);
    let merged = book.merge_cells_by_sheet_name("Hạ tầng đường truyền").unwrap();
    for (start, end) in [((2, 0), (3, 0)), ((2, 2), (2, 6)), ((2, 8), (2, 9)), ((2, 17), (3, 17))] {
        assert!(merged.contains(&Dimensions { start, end }), "{start:?} {end:?}");
    }
    let form = texts(&mut book, "Hạ tầng đường truyền");
    assert_eq!((form[2][2].as_str(), form[3][2].as_str()), ("Mạng Internet", "Tối thiểu 02 đường Internet"));
    assert_eq!(form[4][..4], ["1", "HOC", "Chưa đảm bảo (VNPT)", "VNPT 100 Mbps"]);
}

#[test]
fn csv_starts_with_a_mark_and_keeps_lines() {
    let text = String::from_utf8(written(Format::Csv, FormKind::Equipment, &quan_1())).unwrap();
    assert!(text.starts_with("\u{feff}TT,Đơn vị,\"Số lượng cán bộ, nhân viên\","));
    assert!(text.contains("\"VNPT: 1GB\nViettel: 1GB\",Chưa dự kiến đầu tư,x,x,x\n"));
}

#[test]
fn json_names_columns_and_provenance() {
    let json: serde_json::Value =
        serde_json::from_slice(&written(Format::Json, FormKind::Equipment, &quan_1())).unwrap();
    assert_eq!(json["form"], "equipment");
    assert_eq!(json["unit"], serde_json::json!({"code": "760", "name": "Quận 1"}));
    assert_eq!(json["columns"][13], serde_json::json!({"id": "proposal-source", "heading": "Nguồn vốn"}));
    let cells = &json["rows"][0]["cells"];
    assert_eq!(cells["lines"]["lines"][0], "02 đường truyền VNPT và Viettel");
    assert_eq!(cells["lines"]["state"], "observed");
    assert_eq!(cells["staff"]["provenance"][1]["by"], "an");
}

#[test]
fn a_form_without_rows_is_still_a_file() {
    assert_eq!(texts(&mut workbook(FormKind::Network, &unit()), "Hạ tầng đường truyền").len(), 4);
    let json = written(Format::Json, FormKind::Network, &unit());
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&json).unwrap()["rows"], serde_json::json!([]));
}

#[test]
fn times_are_those_of_vietnam() {
    assert_eq!(local_time("2024-03-31T17:30:00Z".parse().unwrap()), "00:30 01/04/2024");
}

/// Two computers with a price, and protection without.
pub(super) fn needed() -> (UnitInventory, Vec<NeedRow>) {
    let inventory = unit().with(computer("a")).declaring("", "staff.official", "3");
    let price = Price { item: Item::Computer, year: None, unit_price: 15_000_000, source: "QĐ 1".into() };
    let planning = Planning { prices: PriceList(vec![price]), year: 2025 };
    let flag = |rule: &str, device: Option<&str>| OpenFlag {
        rule: rule.into(),
        device: device.map(str::to_owned),
        system: None,
        since: days_ago(5),
    };
    let flags = [flag("endpoint.no-protection", Some("a")), flag("equipment.computers-short", None)];
    let view = View { inventory: &inventory, thresholds: &Thresholds::default(), now: now() };
    let rows: Vec<NeedRow> = needs(view, &flags, &BTreeMap::new(), &planning)
        .into_iter()
        .map(|need| NeedRow { unit: inventory.unit.clone(), group: inventory.unit.clone(), need })
        .collect();
    (inventory, rows)
}

#[test]
fn the_procurement_workbook_computes_and_never_prices_by_itself() {
    let (inventory, rows) = needed();
    let mut bytes = Vec::new();
    procurement::xlsx::write(&inventory.unit, now(), &rows, &mut bytes).unwrap();
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let formulas = book.worksheet_formula("Nhu cầu mua sắm").unwrap();
    let formula = |row, column| formulas.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(formula(3, 8), "IF(ISNUMBER(H4),G4*H4,\"Chưa có đơn giá\")");
    assert_eq!(formula(5, 8), "SUM(I4:I5)");
    let sheet = texts(&mut book, "Nhu cầu mua sắm");
    let amounts: Vec<[&str; 4]> =
        sheet[3..].iter().map(|row| [&row[4], &row[6], &row[7], &row[8]].map(String::as_str)).collect();
    assert_eq!(amounts[0], ["Phần mềm diệt virus", "1", "Chưa có đơn giá", "Chưa có đơn giá"]);
    assert_eq!(amounts[1], ["Máy tính", "2", "15000000", "30000000"]);
    assert_eq!(amounts[2], ["", "", "", "30000000"]);
    let evidence = texts(&mut book, "Căn cứ");
    assert_eq!(evidence[1][3..8], ["endpoint.no-protection", "15/11/2026", "", "PC-A", "a"]);
}

#[test]
fn thousands_of_devices_behind_one_need_burst_no_cell() {
    let mut inventory = unit();
    for number in 0..2_000 {
        let host_name = Some(format!("MAY-TINH-PHONG-TIEP-DAN-{number:04}"));
        inventory =
            inventory.with(crate::inventory::DeviceFacts { host_name, ..computer(&number.to_string()) });
    }
    let flags: Vec<OpenFlag> = (0..2_000)
        .map(|number: i32| OpenFlag {
            rule: "endpoint.no-protection".into(),
            device: Some(number.to_string()),
            system: None,
            since: days_ago(5),
        })
        .collect();
    let view = View { inventory: &inventory, thresholds: &Thresholds::default(), now: now() };
    let rows: Vec<NeedRow> = needs(view, &flags, &BTreeMap::new(), &Planning::default())
        .into_iter()
        .map(|need| NeedRow { unit: inventory.unit.clone(), group: inventory.unit.clone(), need })
        .collect();
    let mut bytes = Vec::new();
    procurement::xlsx::write(&inventory.unit, now(), &rows, &mut bytes).unwrap();
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let justification = texts(&mut book, "Nhu cầu mua sắm")[3][13].clone();
    assert!(
        justification.starts_with("2000 máy chưa cài phần mềm diệt virus: MAY-TINH-PHONG-TIEP-DAN-0000, ")
    );
    assert!(justification.ends_with(", MAY-TINH-PHONG-TIEP-DAN-0049 và 1950 máy khác"), "{justification}");
    let evidence = texts(&mut book, "Căn cứ");
    assert_eq!(evidence.len(), 2_001);
    assert_eq!(
        evidence[2_000][6..],
        ["MAY-TINH-PHONG-TIEP-DAN-1999", "1999", "2000 máy chưa cài phần mềm diệt virus"]
    );
}
