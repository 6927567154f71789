//! The price list through its page.

use super::Site;
use axum::http::StatusCode;

const PRICE: [(&str, &str); 4] =
    [("item", "usb-token"), ("year", ""), ("unit_price", "350.000"), ("source", "Ban Cơ yếu")];

fn form<'a>(csrf: &'a str, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = PRICE.into_iter().filter(|(one, _)| *one != name);
    others.chain([("csrf", csrf), (name, value)]).collect()
}

#[tokio::test]
async fn a_price_is_set_for_every_unit_and_listed_with_who_and_when() {
    let site = Site::new().await;
    let planner = site.visitor("lan", "editor", None).await;
    let empty = site.get("/prices", Some(&planner)).await;
    assert!(empty.text.contains("Chưa có đơn giá nào"), "{}", empty.text);
    let set = form(&planner.csrf, "item", "usb-token");
    assert_eq!(site.post("/prices", &planner.cookie, &set).await.status, StatusCode::SEE_OTHER);
    let page = site.get("/prices", Some(&planner)).await.text;
    for text in ["<td>USB Token kí số</td>", ">mọi năm</td>", "350.000", "Ban Cơ yếu", ">lan</td>"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let audit = site.app.store.audit_page(1).await.unwrap();
    assert_eq!(
        (audit[0].act.as_str(), audit[0].object.as_str(), audit[0].actor.as_str()),
        ("price", "usb-token", "lan")
    );
    let wrong = form("x", "item", "usb-token");
    assert_eq!(site.post("/prices", &planner.cookie, &wrong).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_wrong_price_and_who_may_not_set_one_change_nothing() {
    let site = Site::new().await;
    let planner = site.visitor("lan", "editor", None).await;
    for (name, value, text) in [
        ("item", "laptop", "Không có hạng mục này: laptop"),
        ("year", "2023", "Năm phải là 2024 hoặc 2025: 2023"),
        ("unit_price", "1,5", "Đơn giá phải là số đồng nguyên: 1,5"),
        ("source", " ", "Phải ghi căn cứ giá"),
    ] {
        let answer = site.post("/prices", &planner.cookie, &form(&planner.csrf, name, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
        assert!(answer.text.contains(text), "{}", answer.text);
        let back = r#"<a class="btn btn-primary" href="/prices" data-back>Quay lại biểu mẫu</a>"#;
        assert!(answer.text.contains(back), "{}", answer.text);
    }
    // A price holds for every unit: neither a reader nor an editor of one district sets it.
    for (name, role, unit) in [("xem", "reader", None), ("quan1", "editor", Some("760"))] {
        let visitor = site.visitor(name, role, unit).await;
        let page = site.get("/prices", Some(&visitor)).await;
        assert!(page.status == StatusCode::OK && !page.text.contains("action=\"/prices\""), "{}", page.text);
        let set = form(&visitor.csrf, "item", "usb-token");
        assert_eq!(site.post("/prices", &visitor.cookie, &set).await.status, StatusCode::FORBIDDEN);
    }
    assert!(site.app.store.prices().await.unwrap().is_empty());
}
