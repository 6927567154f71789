//! What is switched on for a unit, through its pages.

use super::{Answer, Site, Visitor, a_computer};
use crate::inventory::testing::neighbour;
use axum::http::StatusCode;
use kiemke_schemas::section::link::RouterLine;
use serde_json::json;

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";
const PATH: &str = "/units/760/settings";

async fn save(site: &Site, visitor: &Visitor, fields: &[(&str, &str)]) -> Answer {
    let form: Vec<_> = [("csrf", visitor.csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    site.post(PATH, &visitor.cookie, &form).await
}

const ROUTER: [(&str, &str); 8] = [
    ("sweep", "on"),
    ("mdns", ""),
    ("snmp", "own"),
    ("snmp.0.role", "router"),
    ("snmp.0.host", "gateway"),
    ("snmp.0.port", "161"),
    ("snmp.0.version", "2c"),
    ("snmp.0.community", "open-sesame"),
];

#[tokio::test]
async fn an_administrator_switches_on_and_off_and_a_password_is_never_shown() {
    let site = Site::new().await;
    let administrator = site.visitor("quan", "administrator", None).await;
    let page = site.get("/units/26743", Some(&administrator)).await.text;
    assert!(page.contains("Không bật gì: phần mềm kiểm kê chỉ liên lạc với máy chủ Kiểm kê."), "{page}");
    assert_eq!(save(&site, &administrator, &ROUTER).await.status, StatusCode::SEE_OTHER);
    // Of the district, so of its ward as well.
    let page = site.get("/units/26743", Some(&administrator)).await.text;
    for text in [
        "Hỏi bộ định tuyến cổng mặc định, cổng 161, SNMP v2c",
        "Dò ARP mạng /24 của máy, mỗi giờ một lần",
        "(theo đơn vị cấp trên)",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let form = site.get(PATH, Some(&administrator)).await.text;
    assert!(form.contains("value=\"gateway\"") && !form.contains("open-sesame"), "{form}");
    // Left empty it stays what it was.
    let kept: Vec<_> = ROUTER
        .iter()
        .map(|(name, value)| (*name, if *value == "open-sesame" { "" } else { value }))
        .collect();
    assert_eq!(save(&site, &administrator, &kept).await.status, StatusCode::SEE_OTHER);
    let audit = site.app.store.audit_page(20).await.unwrap();
    assert!(audit.iter().any(|row| row.act == "unit-settings" && row.actor == "quan"));
    assert!(audit.iter().all(|row| !row.detail.contains("open-sesame")));
    let clear = [("csrf", administrator.csrf.as_str())];
    let answer = site.post("/units/760/settings/clear", &administrator.cookie, &clear).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let page = site.get("/units/760", Some(&administrator)).await.text;
    assert!(page.contains("Không bật gì"), "{page}");
}

#[tokio::test]
async fn wrong_values_are_told_by_name_and_change_nothing() {
    let site = Site::new().await;
    let administrator = site.visitor("quan", "administrator", None).await;
    let refused = async |name: &str, value: &str| {
        let mut fields: Vec<_> = ROUTER.iter().filter(|(known, _)| *known != name).copied().collect();
        fields.push((name, value));
        let answer = save(&site, &administrator, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        answer.text
    };
    assert!(refused("snmp.0.host", "router.local").await.contains("Địa chỉ thiết bị phải là địa chỉ IP"));
    assert!(refused("snmp.0.community", "").await.contains("Chuỗi cộng đồng phải có từ 1 đến 255 ký tự"));
    assert!(refused("snmp_interval_seconds", "5").await.contains("Chu kỳ hỏi SNMP phải là số giây"));
    assert!(site.app.store.unit_settings(&["760".to_owned()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn only_administrators_of_the_unit_change_settings() {
    let site = Site::new().await;
    let editor = site.visitor("lan", "editor", None).await;
    assert_eq!(site.get(PATH, Some(&editor)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(save(&site, &editor, &ROUTER).await.status, StatusCode::FORBIDDEN);
    let elsewhere = site.visitor("minh", "administrator", Some("770")).await;
    assert_eq!(site.get(PATH, Some(&elsewhere)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(save(&site, &elsewhere, &ROUTER).await.status, StatusCode::NOT_FOUND);
    assert!(site.app.store.unit_settings(&["760".to_owned()]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_routers_and_neighbours_tell_is_shown_with_its_doubts() {
    let site = Site::new().await;
    let mut scanner = a_computer(ID, "PC-A");
    let line = |interface: &str, state: &str, internet: Option<bool>, confidence: u32| -> RouterLine {
        serde_json::from_value(json!({
            "router": "192.168.1.1", "interface": interface, "state": state, "internet": internet,
            "confidence_permille": confidence, "speed_bps": 300_000_000, "peak_bps": 80_000_000
        }))
        .unwrap()
    };
    scanner.router_lines = vec![line("WAN1", "up", Some(true), 950), line("ethernet1/1", "up", None, 400)];
    scanner.neighbours =
        vec![neighbour("d4:be:d9:00:00:01", "192.168.1.50"), neighbour("00:80:77:00:00:01", "192.168.1.51")];
    site.add_device(&scanner).await;
    let reader = site.visitor("xem", "reader", None).await;
    let page = site.get("/units/26743", Some(&reader)).await.text;
    for text in [
        "WAN1",
        "300 Mbps · cao điểm 80 Mbps",
        "ethernet1/1",
        "độ tin cậy 40 %",
        "cần người xác nhận",
        "192.168.1.50</span> Dell Inc. · d4:be:d9:00:00:01 · máy tính (85 %)",
        "192.168.1.51</span> Brother industries, LTD. · 00:80:77:00:00:01 · máy in, máy scan (90 %)",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains(&format!("{PATH}\"")), "a reader is offered to change settings");
}

#[tokio::test]
async fn a_token_takes_rules_of_assignment() {
    let site = Site::new().await;
    let editor = site.visitor("lan", "editor", None).await;
    let send = async |assign: &str| {
        let form = [
            ("csrf", editor.csrf.as_str()),
            ("uses", "5"),
            ("days", "5"),
            ("assign", assign),
            ("strict", "on"),
        ];
        site.post("/units/760/tokens", &editor.cookie, &form).await
    };
    assert_eq!(send("10.1.2.0/24=26743\r\n\r\nPC-*=760").await.status, StatusCode::OK);
    let token = site.app.store.tokens().await.unwrap().remove(0);
    let rules: Vec<_> = token.assignment.rules.iter().map(ToString::to_string).collect();
    assert_eq!((rules, token.assignment.strict), (vec!["10.1.2.0/24=26743".into(), "PC-*=760".into()], true));
    let outside = send("10.1.2.0/24=770").await;
    assert_eq!(outside.status, StatusCode::BAD_REQUEST);
    assert!(outside.text.contains("Đơn vị của quy tắc phải là đơn vị của mã hoặc trực thuộc nó"));
    assert!(send("10.1.2.3/24=26743").await.text.contains("Quy tắc không đọc được"));
}
