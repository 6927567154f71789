use super::{Site, a_computer};
use crate::{
    inventory::{
        DeviceKind, Protection,
        device::{FileSystemUse, OperatingSystemFacts},
        testing::days_ago,
    },
    store::declarations::NewDeclaration,
};
use jiff::civil::date;
use kiemke_schemas::section::operating_system::Family;

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";

fn official_staff(unit: &str, value: &str) -> NewDeclaration {
    NewDeclaration {
        unit: unit.into(),
        system: String::new(),
        field: "staff.official".into(),
        value: Some(value.into()),
        declared_by: "Nguyễn Văn An".into(),
        declared_on: date(2026, 11, 2),
    }
}

/// What a row of the heat table says, cell by cell.
async fn row(site: &Site, unit: &str, name: &str) -> Vec<String> {
    let visitor = site.visitor("lan", "reader", None).await;
    let page = site.get(&format!("/?unit={unit}"), Some(&visitor)).await.text;
    let rows = page.split("<th scope=\"row\">").skip(1).filter_map(|row| row.split("</tr>").next());
    let row = rows.into_iter().find(|row| row.contains(name)).unwrap_or_else(|| panic!("{page}"));
    row.split("<td").skip(1).map(|cell| words(&format!("<td{cell}"))).collect()
}

fn words(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_declared_a_number_and_has_no_computer_shows_no_data() {
    let site = Site::new().await;
    site.app.store.declare(&[official_staff("770", "5")], "test").await.unwrap();
    site.app.settle().await.unwrap();
    let row = row(&site, "79", "Quận 3").await;
    assert_eq!(row, ["Chưa có số liệu"; 8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_says_which_machines_it_counts_and_takes_nothing_unknown_for_good() {
    let site = Site::new().await;
    let mut computer = a_computer(ID, "PC-A");
    computer.operating_system = Some(OperatingSystemFacts {
        family: Family::Windows,
        full_name: "Windows 11 Pro".into(),
        version: None,
        build: None,
        support_ends_on: Some(date(2027, 10, 12)),
        lifecycle: Some("Windows 11 24H2".into()),
        successor_runs: None,
    });
    computer.fullest_file_system = Some(FileSystemUse { mount_point: "C:".into(), used_permille: 400 });
    site.add_device(&computer).await;
    let mut server = a_computer("aaaaaaaaaaaaaaaaaaaaaaaaaa", "SV-A");
    (server.kind, server.protection) = (DeviceKind::Server, Protection::Unknown);

    site.add_device(&server).await;
    let row = row(&site, "26743", "Phường Bến Thành").await;
    assert_eq!(
        row,
        ["1 + 1 máy chủ", "Chưa có số liệu", "1/2", "1/2", "2/2", "1/2", "2/2", "Chưa có số liệu",]
    );
}

#[tokio::test]
async fn peripherals_that_nobody_could_read_are_unknown_and_not_none() {
    for (known, side, text) in [
        (false, ">Chưa rõ<", "Chưa rõ: chưa đọc được thiết bị ngoại vi của máy này."),
        (true, ">0<", "Không có thiết bị ngoại vi nào được thấy trên máy này."),
    ] {
        let site = Site::new().await;
        let mut facts = a_computer(ID, "PC-A");
        facts.peripherals_known = known;
        site.add_device(&facts).await;
        let visitor = site.visitor("lan", "reader", None).await;
        let page = site.get(&format!("/devices/{ID}"), Some(&visitor)).await.text;
        let side = format!("<h2>Thiết bị ngoại vi</h2><span class=\"kk-side\"{side}/span>");
        assert!(page.contains(&side) && page.contains(text), "{page}");
    }
}

/// What stands below each of the figures of machines and lines, its trend first.
async fn trends(site: &Site) -> Vec<String> {
    let visitor = site.visitor("lan", "reader", None).await;
    let page = site.get("/?unit=26743", Some(&visitor)).await.text;
    let notes = page.split("<div class=\"kk-figure-note\"><span").skip(1).take(3);
    notes.filter_map(|note| Some(words(&format!("<span{}", note.split("</span>").next()?)))).collect()
}

#[tokio::test]
async fn a_first_start_has_no_trend() {
    let site = Site::new().await;
    let mut facts = a_computer(ID, "PC-A");
    facts.enrolled_at = days_ago(0);
    site.add_device(&facts).await;
    site.add_flag("endpoint.no-protection", "26743", Some(ID)).await;
    assert_eq!(trends(&site).await, ["chưa đủ 7 ngày số liệu"; 3]);
}

#[tokio::test]
async fn a_trend_is_the_difference_of_what_the_figure_shows() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    for (id, host) in [("aaaaaaaaaaaaaaaaaaaaaaaaaa", "PC-B"), ("bbbbbbbbbbbbbbbbbbbbbbbbbb", "PC-C")] {
        let mut new = a_computer(id, host);
        new.enrolled_at = days_ago(2);
        site.add_device(&new).await;
    }
    assert_eq!(trends(&site).await, ["+2 trong 7 ngày", "không đổi trong 7 ngày", "+2 trong 7 ngày"]);
}

#[tokio::test]
async fn protection_that_went_off_this_week_is_a_loss() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    site.add_flag("endpoint.protection-off", "26743", Some(ID)).await;
    assert_eq!(trends(&site).await[2], "−1 trong 7 ngày");
}
