use crate::{
    export::{
        Format, procurement,
        tests::{needed, written},
    },
    forms::{FormKind, tests::quan_1},
    inventory::testing::*,
};
use std::io::{Cursor, Read};
use zip::ZipArchive;

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// One cell a line, so that a change can be read.
fn document(bytes: &[u8]) -> String {
    let text = part(bytes, "word/document.xml");
    ["</w:tc>", "</w:trPr>", "</w:tr>", "</w:tblGrid>", "</w:p><w:tbl>"]
        .iter()
        .fold(text, |text, end| text.replace(end, &format!("{end}\n")))
}

/// The paragraphs of each cell of each row.
fn rows(bytes: &[u8]) -> Vec<Vec<Vec<String>>> {
    let text = part(bytes, "word/document.xml");
    let (_, table) = text.split_once("</w:tblGrid>").unwrap();
    let (table, _) = table.split_once("</w:tbl>").unwrap();
    let lines = |cell: &str| {
        let paragraphs = cell.split("<w:p>").skip(1);
        let shown = |text: &str| {
            let text = text.split_once("<w:t xml:space=\"preserve\">").map_or("", |(_, text)| text);
            text.split_once("</w:t>").map_or("", |(text, _)| text).to_owned()
        };
        paragraphs.map(shown).collect()
    };
    let row = |row: &str| row.split("<w:tc>").skip(1).map(lines).collect();
    table.split("<w:tr>").skip(1).map(row).collect()
}

#[test]
fn the_network_document_has_the_merged_heading_of_the_form() {
    let inventory = unit().declaring("HOC", "line.1", "VNPT 100 Mbps");
    insta::assert_snapshot!(document(&written(Format::Docx, FormKind::Network, &inventory)));
}

#[test]
fn a_part_of_a_cell_is_a_paragraph() {
    let rows = rows(&written(Format::Docx, FormKind::Equipment, &quan_1()));
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..3], [["TT"], ["Đơn vị"], ["Số lượng cán bộ, nhân viên"]]);
    assert_eq!(rows[1][0], ["1.10"]);
    assert_eq!(rows[1][2], ["Tổng số lượng cán bộ, nhân viên: 55", "Chính thức: 50", "Thử việc: 5"]);
    assert_eq!(rows[1][9], ["VNPT: 1GB", "Viettel: 1GB"]);
    assert_eq!(rows[1][13], ["x"]);
}

#[test]
fn the_package_names_its_parts_and_the_font() {
    let bytes = written(Format::Docx, FormKind::Equipment, &quan_1());
    let archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(
        names,
        [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
            "word/footer1.xml",
            "word/document.xml",
        ]
    );
    let styles = part(&bytes, "word/styles.xml");
    assert!(styles.contains("<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\""));
    assert!(part(&bytes, "word/footer1.xml").contains("Quận 1"));
    let page = "<w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>";
    assert!(part(&bytes, "word/document.xml").contains(page));
}

#[test]
fn needs_are_summed_and_what_nobody_priced_is_said() {
    let (inventory, needs) = needed();
    let mut bytes = Vec::new();
    procurement::docx::write(&inventory.unit, now(), &needs, &mut bytes).unwrap();
    let rows = rows(&bytes);
    let numbers = |row: &[Vec<String>]| row[4..9].iter().map(|cell| cell[0].clone()).collect::<Vec<_>>();
    let none = "Chưa có đơn giá";
    assert_eq!(numbers(&rows[1]), ["Phần mềm diệt virus", "bản quyền", "1", none, none]);
    assert_eq!(numbers(&rows[2]), ["Máy tính", "máy", "2", "15.000.000", "30.000.000"]);
    assert_eq!(rows[3][2], ["Tổng cộng"]);
    assert_eq!(rows[3][8], ["30.000.000"]);
    assert_eq!(rows[3][13], ["Chưa gồm 1 hạng mục chưa có đơn giá"]);
}
