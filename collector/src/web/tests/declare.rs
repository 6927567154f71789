//! Cells of an appendix that are declared where they stand.

use super::{Answer, Site, Visitor, a_computer};
use axum::http::{StatusCode, header};

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";

async fn declare(site: &Site, visitor: &Visitor, fields: &[(&str, &str)]) -> Answer {
    let fixed = [("csrf", visitor.csrf.as_str()), ("unit", "760"), ("form", "equipment")];
    let form: Vec<_> = fixed.into_iter().chain(fields.iter().copied()).collect();
    site.post("/forms/declare", &visitor.cookie, &form).await
}

const STAFF: [(&str, &str); 5] = [
    ("cell", "26743~~staff"),
    ("value.staff.official", "12"),
    ("value.staff.trial", ""),
    ("by", "Trần Thị Bình"),
    ("on", "2026-11-20"),
];

fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    STAFF.into_iter().filter(|(one, _)| *one != name).chain([(name, value)]).collect()
}

#[tokio::test]
async fn an_editor_declares_a_cell_with_who_and_when() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    let editor = site.visitor("lan", "editor", Some("760")).await;
    let path = "/forms/cell?form=equipment&cell=26743~~staff&unit=760";
    let panel = site.get(path, Some(&editor)).await.text;
    assert!(panel.contains("name=\"value.staff.official\" value=\"\""), "{panel}");

    let answer = declare(&site, &editor, &STAFF).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(answer.headers[header::LOCATION], "/forms?unit=760&form=equipment&cell=26743%7E%7Estaff");
    let history = site.app.store.declaration_history("26743").await.unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|row| {
            (
                row.field.as_str(),
                row.value.as_deref(),
                row.declared_by.as_str(),
                row.declared_on.as_str(),
                row.recorded_by.as_str(),
            )
        })
        .collect();
    assert_eq!(told, [("staff.official", Some("12"), "Trần Thị Bình", "2026-11-20", "lan")]);
    let audit = site.app.store.audit_page(1).await.unwrap();
    assert_eq!(
        (audit[0].act.as_str(), audit[0].object.as_str(), audit[0].actor.as_str()),
        ("declare", "26743", "lan")
    );
    let panel = site.get(path, Some(&editor)).await.text;
    assert!(panel.contains("name=\"value.staff.official\" value=\"12\""), "{panel}");

    // What is sent again unchanged is no new declaration; an empty value withdraws.
    assert_eq!(declare(&site, &editor, &STAFF).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.app.store.declaration_history("26743").await.unwrap().len(), 1);
    assert_eq!(
        declare(&site, &editor, &with("value.staff.official", "")).await.status,
        StatusCode::SEE_OTHER
    );
    let history = site.app.store.declaration_history("26743").await.unwrap();
    assert_eq!((history.len(), history[0].value.as_deref()), (2, None));
}

#[tokio::test]
async fn a_wrong_value_a_reader_and_another_subtree_declare_nothing() {
    let site = Site::new().await;
    let editor = site.visitor("lan", "editor", Some("760")).await;
    for (name, value, text) in [
        ("value.staff.official", "5,5", "“Cán bộ chính thức”: phải là số nguyên từ 0: 5,5"),
        ("by", " ", "Phải ghi người kê khai"),
        ("on", "2199-01-01", "Ngày kê khai nằm trong tương lai: 2199-01-01"),
        ("on", "31/02/2026", "Ngày không đọc được"),
    ] {
        let answer = declare(&site, &editor, &with(name, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert!(answer.text.contains(text), "{}", answer.text);
    }
    for cell in ["26743~staff", "26743~Hệ thống bịa~staff"] {
        let unknown = declare(&site, &editor, &with("cell", cell)).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{cell}");
    }
    let reader = site.visitor("xem", "reader", None).await;
    assert_eq!(declare(&site, &reader, &STAFF).await.status, StatusCode::FORBIDDEN);
    let panel = site.get("/forms/cell?form=equipment&cell=26743~~staff", Some(&reader)).await.text;
    assert!(!panel.contains("/forms/declare"), "{panel}");
    let outside = site.visitor("quan3", "editor", Some("770")).await;
    assert_eq!(declare(&site, &outside, &STAFF).await.status, StatusCode::NOT_FOUND);
    assert!(site.app.store.declaration_history("26743").await.unwrap().is_empty());
}

#[tokio::test]
async fn cells_of_a_system_are_declared_for_it() {
    let site = Site::new().await;
    let editor = site.visitor("lan", "editor", None).await;
    let form = [
        ("csrf", editor.csrf.as_str()),
        ("unit", "760"),
        ("form", "network"),
        ("cell", "760~HOC~vdxp-purpose"),
        ("value.vdxp.purpose", "Chia sẻ dữ liệu"),
        ("value.staff.official", "99"),
        ("by", "Trần Thị Bình"),
        ("on", "20/11/2026"),
    ];
    let answer = site.post("/forms/declare", &editor.cookie, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let known = site.app.store.declarations(&["760".into()]).await.unwrap();
    assert_eq!(known["760"].of_system("HOC", "vdxp.purpose").unwrap().value, "Chia sẻ dữ liệu");
    assert!(known["760"].of_unit("staff.official").is_none());
}
