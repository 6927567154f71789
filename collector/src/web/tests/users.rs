//! Users through the pages of the administration.

use super::{Site, Visitor};
use axum::http::StatusCode;

async fn state(site: &Site, name: &str) -> (String, Option<String>, bool) {
    let users = site.app.store.users().await.unwrap();
    let user = users.into_iter().find(|user| user.name == name).unwrap();
    (user.role, user.unit_code, user.disabled_at.is_some())
}

async fn send(site: &Site, visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> super::Answer {
    let csrf = [("csrf", visitor.csrf.as_str())];
    let form: Vec<_> = csrf.into_iter().chain(fields.iter().copied()).collect();
    site.post(path, &visitor.cookie, &form).await
}

#[tokio::test]
async fn an_administrator_adds_changes_and_disables_users() {
    let site = Site::new().await;
    let administrator = site.visitor("quan", "administrator", None).await;
    let new = [("name", "lan"), ("role", "editor"), ("unit", "760")];
    let answer = send(&site, &administrator, "/administration/users", &new).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains("Mật khẩu của lan") && !answer.text.contains("action=\"/language\""));
    assert_eq!(state(&site, "lan").await, ("editor".into(), Some("760".into()), false));
    assert!(
        site.get("/administration", Some(&administrator)).await.text.contains("/administration/users/lan")
    );

    let minh = site.visitor("minh", "editor", Some("760")).await;
    let rights = [("role", "reader"), ("unit", ""), ("disabled", "1")];
    let answer = send(&site, &administrator, "/administration/users/minh", &rights).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(state(&site, "minh").await, ("reader".into(), None, true));
    // The session is over.
    assert_eq!(site.get("/units", Some(&minh)).await.status, StatusCode::SEE_OTHER);
    let audit = site.app.store.audit_page(1).await.unwrap();
    assert_eq!(
        (audit[0].act.as_str(), audit[0].object.as_str(), audit[0].actor.as_str()),
        ("user-changed", "minh", "quan")
    );
    let answer = send(&site, &administrator, "/administration/users/lan/password", &[]).await;
    assert!(answer.status == StatusCode::OK && answer.text.contains("id=\"password\""), "{}", answer.text);
}

#[tokio::test]
async fn wrong_values_oneself_and_others_change_no_user() {
    let site = Site::new().await;
    let administrator = site.visitor("quan", "administrator", None).await;
    site.add_user("lan", "reader", None).await;
    for (path, fields, text) in [
        ("/administration/users", [("name", "a b"), ("role", "reader"), ("unit", "")], "Tên phải có từ 1"),
        ("/administration/users", [("name", "lan"), ("role", "reader"), ("unit", "")], "Đã có người dùng"),
        (
            "/administration/users/lan",
            [("name", ""), ("role", "king"), ("unit", "")],
            "Không có vai trò này: king",
        ),
        ("/administration/users/lan", [("name", ""), ("role", "reader"), ("unit", "999")], "Không có đơn vị"),
        (
            "/administration/users/quan",
            [("name", ""), ("role", "reader"), ("unit", "")],
            "Không thể tự đổi quyền",
        ),
    ] {
        let answer = send(&site, &administrator, path, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.text);
        assert!(answer.text.contains(text), "{text}: {}", answer.text);
    }
    let rights = [("role", "administrator"), ("unit", "")];
    for (name, role, unit) in [("sua", "editor", None), ("quan1", "administrator", Some("760"))] {
        let visitor = site.visitor(name, role, unit).await;
        let answer = send(&site, &visitor, "/administration/users/lan", &rights).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert_eq!(site.get("/administration/users/lan", Some(&visitor)).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(state(&site, "lan").await, ("reader".into(), None, false));
    assert_eq!(state(&site, "quan").await, ("administrator".into(), None, false));
}
