//! A flag is acknowledged by whoever deals with it.

use super::{Answer, Site, Visitor, a_computer};
use axum::http::StatusCode;

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";
const FLAG: &str = "/flags/endpoint.no-protection26743";

async fn place() -> Site {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    site.add_flag("endpoint.no-protection", "26743", Some(ID)).await;
    site
}

async fn send(site: &Site, visitor: &Visitor, note: &str, until: &str) -> Answer {
    let form = [("csrf", visitor.csrf.as_str()), ("note", note), ("until", until)];
    site.post(&format!("{FLAG}/acknowledge"), &visitor.cookie, &form).await
}

#[tokio::test]
async fn an_acknowledgement_says_who_why_and_until_when_and_ends() {
    let site = place().await;
    let editor = site.visitor("lan", "editor", Some("760")).await;
    assert!(site.get(FLAG, Some(&editor)).await.text.contains("Chưa ai ghi nhận"));
    assert_eq!(send(&site, &editor, "Đang chờ bản quyền", "2026-12-31").await.status, StatusCode::SEE_OTHER);
    let told = "lan: Đang chờ bản quyền (đến 31/12/2026)";
    for path in [FLAG, "/flags?unit=760", "/flags.csv"] {
        let text = site.get(path, Some(&editor)).await.text;
        assert!(text.contains(told), "{path}: {text}");
    }
    let audit = site.app.store.audit_page(1).await.unwrap();
    assert_eq!((audit[0].act.as_str(), audit[0].actor.as_str()), ("flag-acknowledge", "lan"));
    // Its day has passed.
    site.execute("UPDATE flag_acknowledgement SET until = '2026-01-01'", &[]).await;
    assert!(site.get(FLAG, Some(&editor)).await.text.contains("Chưa ai ghi nhận"));
    assert_eq!(send(&site, &editor, "Máy sắp thanh lý", "").await.status, StatusCode::SEE_OTHER);
    assert!(site.get(FLAG, Some(&editor)).await.text.contains("lan: Máy sắp thanh lý"));
    let csrf = [("csrf", editor.csrf.as_str())];
    let cleared = site.post(&format!("{FLAG}/acknowledge/clear"), &editor.cookie, &csrf).await;
    assert_eq!(cleared.status, StatusCode::SEE_OTHER);
    assert!(site.get(FLAG, Some(&editor)).await.text.contains("Chưa ai ghi nhận"));
}

#[tokio::test]
async fn nothing_is_acknowledged_without_a_reason_or_by_who_may_not() {
    let site = place().await;
    let editor = site.visitor("lan", "editor", None).await;
    for (note, until, text) in [
        (" ", "", "Phải ghi lý do"),
        ("x", "2020-01-01", "Thời hạn đã qua: 2020-01-01"),
        ("x", "31/02/2027", "Ngày không đọc được"),
    ] {
        let answer = send(&site, &editor, note, until).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{note} {until}");
        assert!(answer.text.contains(text), "{}", answer.text);
    }
    let reader = site.visitor("xem", "reader", None).await;
    assert_eq!(send(&site, &reader, "x", "").await.status, StatusCode::FORBIDDEN);
    assert!(!site.get(FLAG, Some(&reader)).await.text.contains("/acknowledge"));
    let outside = site.visitor("quan3", "editor", Some("770")).await;
    assert_eq!(site.get(FLAG, Some(&outside)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(send(&site, &outside, "x", "").await.status, StatusCode::NOT_FOUND);
    assert!(site.get(FLAG, Some(&editor)).await.text.contains("Chưa ai ghi nhận"));
}
