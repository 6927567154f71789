use super::{Site, a_computer};
use crate::{
    inventory::{
        Protection,
        testing::{installed, now, product, seeing, sighting},
    },
    search::{Document, Kind, UnitName},
    store::declarations::NewDeclaration,
    web::i18n::Lang,
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jiff::civil::date;
use kiemke_schemas::section::antivirus::ProductState;

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";
const OTHER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Asset addresses change with every build, tokens with every session.
fn steady(html: &str, csrf: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("/assets/") {
        let (before, after) = rest.split_at(at + "/assets/".len());
        text.push_str(before);
        let name = after.find('/').unwrap_or(0);
        text.push_str("HASH");
        rest = &after[name..];
    }
    text.push_str(rest);
    let lines = text.replace(csrf, "CSRF");
    lines.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

async fn ward() -> Site {
    let site = Site::new().await;
    site.add_device(&seeing(a_computer(ID, "PC-A"), &[sighting(45899, 20, 0)])).await;
    let mut off = a_computer(OTHER, "PC-B");
    off.protection = installed(vec![product(ProductState::Off)]);
    off.check = None;
    site.add_device(&off).await;
    site.add_flag("internet.single-line", "26743", None).await;
    site.add_flag("endpoint.protection-off", "26743", Some(OTHER)).await;
    let declared = NewDeclaration {
        unit: "26743".into(),
        system: String::new(),
        field: "staff.official".into(),
        value: Some("10".into()),
        declared_by: "Nguyễn Văn An".into(),
        declared_on: date(2026, 11, 2),
    };
    site.app.store.declare(&[declared], "test").await.unwrap();
    site
}

async fn snapshot(name: &str, path: &str) {
    let site = ward().await;
    let visitor = site.visitor("lan", "editor", None).await;
    let answer = site.get(path, Some(&visitor)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let html = steady(&answer.text, &visitor.csrf);
    let main = html.split_once("<main").map_or(html.as_str(), |(_, main)| main);
    // When it was recorded is the one time that is not the test's.
    let main = main.lines().filter(|line| !line.contains("kk-timeline")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(name, main);
}

#[tokio::test]
async fn overview() {
    snapshot("overview", "/?unit=760").await;
}

#[tokio::test]
async fn units() {
    snapshot("units", "/units").await;
}

#[tokio::test]
async fn unit() {
    snapshot("unit", "/units/26743").await;
}

#[tokio::test]
async fn device() {
    snapshot("device", &format!("/devices/{OTHER}")).await;
}

#[tokio::test]
async fn flags() {
    snapshot("flags", "/flags?unit=760").await;
}

#[tokio::test]
async fn forms() {
    snapshot("forms", "/forms?unit=760&form=equipment").await;
}

#[tokio::test]
async fn the_panel_names_who_declared_and_which_devices() {
    let site = ward().await;
    let visitor = site.visitor("lan", "reader", None).await;
    let staff = site.get("/forms/cell?form=equipment&cell=26743~~staff", Some(&visitor)).await.text;
    assert!(staff.contains("Nguyễn Văn An kê khai ngày 02/11/2026"), "{staff}");
    let computers = site.get("/forms/cell?form=equipment&cell=26743~~computers", Some(&visitor)).await.text;
    assert!(
        computers.contains(&format!("href=\"/devices/{ID}\"")) && computers.contains("PC-B"),
        "{computers}"
    );
    assert!(computers.contains("Quan trắc</span> từ 2 máy"), "{computers}");
    assert!(computers.contains("Kiểm tra</span> Chưa ghi nhận lần kiểm tra nào còn giá trị."), "{computers}");
    let unknown = site.get("/forms/cell?form=equipment&cell=26743~~nothing", Some(&visitor)).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_exists_in_both_languages_and_in_the_empty_store() {
    for lang in Lang::ALL {
        let site = Site::new().await;
        let visitor = site.visitor("lan", "administrator", None).await;
        site.app.store.set_user_language("lan", lang.code()).await.unwrap();
        for path in [
            "/",
            "/search",
            "/units",
            "/units/760",
            "/flags",
            "/forms",
            "/forms?unit=79",
            "/administration",
            "/prices",
        ] {
            let answer = site.get(path, Some(&visitor)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            assert!(answer.text.contains(&format!("<html lang=\"{}\">", lang.code())), "{path}");
        }
    }
}

#[tokio::test]
async fn a_check_is_recorded_and_a_wrong_date_is_told() {
    let site = ward().await;
    let editor = site.visitor("lan", "editor", None).await;
    let path = format!("/devices/{OTHER}/check");
    let send = async |checked_on: &str| {
        let form = [
            ("csrf", editor.csrf.as_str()),
            ("checked_on", checked_on),
            ("checked_by", "Công an Quận 1"),
            ("document", "12/BB"),
            ("valid_until", ""),
        ];
        site.post(&path, &editor.cookie, &form).await
    };
    for wrong in ["31/02/2026", "hôm qua", "2199-01-01"] {
        let answer = send(wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.text.contains(wrong), "{}", answer.text);
    }
    assert_eq!(send("2026-11-19").await.status, StatusCode::SEE_OTHER);
    let facts = site.app.store.device_facts(OTHER).await.unwrap().unwrap();
    assert_eq!(facts.check.unwrap().checked_on, date(2026, 11, 19));
}

#[tokio::test]
async fn a_failed_probe_is_unknown_and_not_absent() {
    let site = Site::new().await;
    let mut facts = a_computer(ID, "PC-A");
    facts.protection = Protection::Unknown;
    facts.last_seen_at = Some(now());
    site.add_device(&facts).await;
    let visitor = site.visitor("lan", "reader", None).await;
    let page = site.get(&format!("/devices/{ID}"), Some(&visitor)).await.text;
    assert!(page.contains("kk-grey") && !page.contains("Không có</span>"), "{page}");
}

#[tokio::test]
async fn typing_gets_a_fragment_and_keeps_the_address() {
    let site = ward().await;
    let unit =
        UnitName {
            code: "26743".into(), name: "Bến Thành".into(), full_name: "Phường Bến Thành".into()
        };
    let mut document =
        Document::new("d:1".into(), Kind::Workstation, ID.into(), vec![unit], "PC-A <b>".into());
    document.device = Some(ID.into());
    site.app.search.upsert(&[document]).unwrap();
    site.app.search.commit("1").unwrap();
    let reader = site.visitor("lan", "reader", None).await;
    let request = Request::get("/search?q=pc&kind=workstation")
        .header(header::COOKIE, &reader.cookie)
        .header("hx-request", "true");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers["hx-replace-url"], "/search?q=pc&kind=workstation&typing=1");
    assert!(!answer.text.contains("<html"), "{}", answer.text);
    assert!(answer.text.contains("<mark>PC</mark>-A &#60;b&#62;"), "{}", answer.text);
    assert!(answer.text.contains(&format!("href=\"/devices/{ID}\"")), "{}", answer.text);
    // The address says how it was searched: "p" alone is no word of any document.
    for (address, found) in [
        ("/search?q=p&typing=1", true),
        ("/search?q=p", false),
        ("/search.csv?q=p&typing=1", true),
        ("/search.csv?q=p", false),
    ] {
        let answer = site.get(address, Some(&reader)).await;
        assert_eq!(answer.text.contains(ID), found, "{address}: {}", answer.text);
    }
    let beyond = site.get("/search?q=pc-a&page=99", Some(&reader)).await.text;
    assert!(beyond.contains("Không có trang 99: kết quả chỉ có đến trang 1."), "{beyond}");
    assert!(beyond.contains("href=\"/search?q=pc-a\">Về trang 1"), "{beyond}");
    assert!(!beyond.contains("Trang trước") && !beyond.contains("Trang sau"), "{beyond}");
    let wrong = site.get("/search?q=kindd:x", Some(&reader)).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.text.contains("Không có bộ lọc “kindd:”"), "{}", wrong.text);
}

// Exports wait for derived work, which blocks a thread of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_describes_itself_and_answers_with_the_same_limits() {
    let site = ward().await;
    let reader = site.visitor("lan", "reader", None).await;
    let document = site.get("/api/v1/openapi.json", Some(&reader)).await;
    let document: serde_json::Value = serde_json::from_str(&document.text).unwrap();
    for path in ["search", "units", "units/{code}", "devices/{id}", "flags", "forms/{form}"] {
        assert!(document["paths"][format!("/api/v1/{path}")]["get"].is_object(), "{path}");
    }
    let flags = site.get("/api/v1/flags?unit=760&rule=internet.single-line", Some(&reader)).await;
    let flags: serde_json::Value = serde_json::from_str(&flags.text).unwrap();
    assert_eq!(flags[0]["unit"], "26743");
    assert_eq!(flags[0]["title"], "Chỉ có một đường truyền Internet");
    let form = site.get("/api/v1/forms/equipment?unit=26743", Some(&reader)).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text.contains("Nguyễn Văn An"), "{}", form.text);
    let wrong = site.get("/api/v1/forms/nothing?unit=26743", Some(&reader)).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("\"field\":\"form\""), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_and_needs_are_downloaded_whole() {
    let site = ward().await;
    let visitor = site.visitor("lan", "editor", None).await;
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (form, format, mime, start) in [
        ("equipment", "docx", word, "PK"),
        ("network", "docx", word, "PK"),
        ("procurement", "docx", word, "PK"),
        ("equipment", "csv", "text/csv; charset=utf-8", "\u{feff}TT,"),
    ] {
        let path = format!("/forms/download?unit=26743&form={form}&format={format}");
        let answer = site.get(&path, Some(&visitor)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        let header = |name| answer.headers[name].to_str().unwrap();
        assert_eq!(header(header::CONTENT_TYPE), mime);
        assert!(header(header::CONTENT_DISPOSITION).ends_with(&format!(".{format}\"")));
        assert!(answer.text.starts_with(start), "{path}");
    }
    let refused = site.get("/forms/download?unit=26743&form=declarations&format=docx", Some(&visitor)).await;
    assert_ne!(refused.status, StatusCode::OK);
}

/// Flags of 26743, opened before those of the district.
async fn many_flags(site: &Site, unit: &'static str, count: usize) {
    let mut tx = site.app.store.begin().await.unwrap();
    for at in 0..count {
        sqlx::query(
            "INSERT INTO flag (id, rule, unit_code, device, since, evidence)
             VALUES ($1 || $2, 'endpoint.silent', $1, $2, '2026-11-20T00:00:00.000Z', '{}')",
        )
        .bind(unit)
        .bind(format!("device-{at}"))
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_below_hide_none_of_the_units_own_and_every_flag_is_exported() {
    let site = Site::new().await;
    site.add_flag("internet.single-line", "760", None).await;
    many_flags(&site, "26743", 5_200).await;
    let reader = site.visitor("lan", "reader", None).await;
    let unit = site.get("/units/760", Some(&reader)).await.text;
    assert!(unit.contains("Chỉ có một đường truyền Internet"), "{unit}");
    assert!(unit.contains("href=\"/flags?unit=760&only=1\">1</a>"), "{unit}");
    let ward = site.get("/units/26743", Some(&reader)).await.text;
    assert!(ward.contains("href=\"/flags?unit=26743&only=1\">5.200</a>"), "{ward}");

    let page = site.get("/flags?unit=760", Some(&reader)).await.text;
    assert!(page.contains("5.201 cảnh báo đang mở") && page.contains("Còn 5.100 dòng nữa"), "{page}");
    let own = site.get("/flags?unit=760&only=1", Some(&reader)).await.text;
    assert!(own.contains("1 cảnh báo đang mở"), "{own}");
    let lines = async |path: &str| site.get(path, Some(&reader)).await.text.lines().count();
    assert_eq!(lines("/flags.csv").await, 1 + 5_201);
    assert_eq!(lines("/flags.csv?unit=760&only=1").await, 1 + 1);
    assert_eq!(lines("/flags.csv?rule=internet").await, 1 + 1);
    let api = async |path: &str| -> Vec<serde_json::Value> {
        serde_json::from_str(&site.get(path, Some(&reader)).await.text).unwrap()
    };
    assert_eq!(api("/api/v1/flags").await.len(), 5_201);
    assert_eq!(api("/api/v1/flags?rule=endpoint").await.len(), 5_200);
    assert_eq!(api("/api/v1/flags?rule=system").await.len(), 0);
}

#[tokio::test]
async fn every_error_is_a_page_in_the_readers_language() {
    let site = ward().await;
    let reader = site.visitor("lan", "editor", None).await;
    for (path, status, text) in [
        ("/forms/download?unit=760", 400, "Yêu cầu thiếu “form”"),
        ("/flags?unit=1&unit=2", 400, "Yêu cầu có “unit” nhiều lần"),
        (
            "/forms/download?unit=760&form=procurement&format=csv",
            400,
            "Tài liệu này không có ở định dạng này",
        ),
        ("/units/760/tokens", 405, "Địa chỉ này chỉ nhận biểu mẫu"),
        ("/nowhere", 404, "Không tìm thấy trang này"),
    ] {
        let answer = site.get(path, Some(&reader)).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        assert!(
            answer.text.contains(text) && answer.text.contains("<html lang=\"vi\">"),
            "{path}: {}",
            answer.text
        );
        assert!(answer.text.contains("lan</span>"), "{path}: {}", answer.text);
    }
    let api = site.get("/api/v1/search?q=x&limit=many", Some(&reader)).await;
    assert_eq!(api.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        api.text,
        r#"{"error":{"code":"error-field-unreadable","message":"Không đọc được “limit” trong yêu cầu","field":"limit"}}"#
    );
    site.app.store.set_user_language("lan", "en").await.unwrap();
    let english = site.get("/forms/download?unit=760", Some(&reader)).await;
    assert!(english.text.contains("The request lacks “form”"), "{}", english.text);
    let large = "x".repeat(2 * 1024 * 1024);
    let form = [("csrf", reader.csrf.as_str()), ("reason", large.as_str())];
    let answer = site.post(&format!("/devices/{ID}/state"), &reader.cookie, &form).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("What you sent is too large"), "{}", answer.text);
}

#[tokio::test]
async fn a_store_that_fails_is_told_on_a_page_as_well() {
    let site = ward().await;
    let reader = site.visitor("lan", "reader", None).await;
    site.execute("DROP TABLE web_session", &[]).await;
    let answer = site.get("/units", Some(&reader)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text.contains("Hệ thống gặp lỗi khi tạo trang này"), "{}", answer.text);
}

#[tokio::test]
async fn the_language_of_an_answered_form_leads_back_to_its_page() {
    let site = ward().await;
    let editor = site.visitor("lan", "editor", None).await;
    let wrong = [("csrf", editor.csrf.as_str()), ("uses", "0"), ("days", "30")];
    let answer = site.post("/units/26743/tokens", &editor.cookie, &wrong).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("name=\"next\" value=\"/units/26743\""), "{}", answer.text);
    // The token is shown once: the page offers nothing that would lose it.
    let right = [("csrf", editor.csrf.as_str()), ("uses", "5"), ("days", "30")];
    let answer = site.post("/units/26743/tokens", &editor.cookie, &right).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(!answer.text.contains("action=\"/language\""), "{}", answer.text);
    for command in [
        "msiexec /i kiemke-agent-x64.msi /qn COLLECTOR=https://localhost TOKEN=",
        "sudo KIEMKE_COLLECTOR=https://localhost KIEMKE_TOKEN=",
        "sudo kiemke-agent enrol --collector https://localhost --token ",
    ] {
        assert!(answer.text.contains(command), "{command}: {}", answer.text);
    }
    let audit = site.app.store.audit_page(1).await.unwrap();
    assert_eq!((audit[0].act.as_str(), audit[0].actor.as_str()), ("token-create", "lan"));
}

#[tokio::test]
async fn whoever_belongs_to_a_unit_that_ended_is_told_so() {
    let site = ward().await;
    let reader = site.visitor("lan", "reader", Some("770")).await;
    site.execute("UPDATE unit SET valid_to = '2001-01-01' WHERE code = '770'", &[]).await;
    let answer = site.get("/", Some(&reader)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("Đơn vị 770 của tài khoản này không còn"), "{}", answer.text);
    assert!(answer.text.contains("kiemke-collector user set"), "{}", answer.text);
}
