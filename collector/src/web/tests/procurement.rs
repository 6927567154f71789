use super::{Site, a_computer};
use crate::{
    app::{App, plan},
    procurement::Item,
    store::prices::Price,
    web::i18n::Lang,
};
use axum::http::StatusCode;

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";

async fn ward() -> Site {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    site.add_flag("endpoint.no-protection", "26743", Some(ID)).await;
    site
}

fn price(item: Item, unit_price: i64) -> Price {
    Price { item: item.as_str().into(), year: 0, unit_price, source: "QĐ 1".into() }
}

fn form<'a>(csrf: &'a str, quantity: &'a str, adopted: bool) -> Vec<(&'static str, &'a str)> {
    let mut form = vec![
        ("csrf", csrf),
        ("quantity", quantity),
        ("unit_price", ""),
        ("year", "2025"),
        ("source", "local"),
        ("stage", "tender"),
        ("note", " Theo QĐ 12 "),
    ];
    if adopted {
        form.push(("adopted", "1"));
    }
    form
}

async fn audit(app: &App) -> Vec<(String, String, String)> {
    sqlx::query_as("SELECT actor, act, object FROM audit ORDER BY id")
        .fetch_all(app.store.reader())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_need_is_edited_with_who_and_when_and_cleared_again() {
    let site = ward().await;
    let editor = site.visitor("lan", "editor", None).await;
    let path = "/procurement/26743/endpoint-protection";
    let answer = site.get(path, Some(&editor)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.text.contains("1 máy chưa cài phần mềm diệt virus: PC-A"), "{}", answer.text);
    site.app.store.set_user_language("lan", "en").await.unwrap();
    let english = site.get(path, Some(&editor)).await;
    site.app.store.set_user_language("lan", "vi").await.unwrap();
    assert!(english.text.contains("1 computer without antivirus software: PC-A"), "{}", english.text);

    let saved = site.post(path, &editor.cookie, &form(&editor.csrf, "4", true)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = site.get("/procurement?unit=760", Some(&editor)).await.text;
    for shown in ["Phần mềm diệt virus", ">4</td>", "Tổ chức đấu thầu", "Địa phương", "lan sửa lúc"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let edits = plan::edits(&site.app, &["26743".into()]).await.unwrap();
    let edit = &edits["26743"][&Item::EndpointProtection];
    assert_eq!((edit.quantity, edit.year, edit.computed_quantity), (Some(4), Some(2025), Some(1)));
    assert_eq!((edit.note.as_deref(), edit.adopted), (Some("Theo QĐ 12"), true));
    assert_eq!(edit.edited.as_ref().map(|edited| edited.by.as_str()), Some("lan"));

    let form = [("csrf", editor.csrf.as_str())];
    let cleared = site.post(&format!("{path}/clear"), &editor.cookie, &form).await;
    assert_eq!(cleared.status, StatusCode::SEE_OTHER);
    assert!(site.app.store.procurement_edits(&["26743".into()]).await.unwrap().is_empty());
    let acts: Vec<_> =
        audit(&site.app).await.into_iter().filter(|(_, act, _)| act.starts_with("proc")).collect();
    let act = |act: &str| ("lan".to_owned(), act.to_owned(), "26743".to_owned());
    assert_eq!(acts, [act("procurement-edit"), act("procurement-clear")]);
}

#[tokio::test]
async fn a_wrong_value_a_reader_and_another_subtree_change_nothing() {
    let site = ward().await;
    let path = "/procurement/26743/endpoint-protection";
    let editor = site.visitor("lan", "editor", None).await;
    let reader = site.visitor("xem", "reader", None).await;
    let outside = site.visitor("quan3", "editor", Some("770")).await;
    let wrong = site.post(path, &editor.cookie, &form(&editor.csrf, "-1", true)).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("Số lượng phải là số nguyên từ 0 đến 1.000.000: -1"), "{}", wrong.text);
    let refused = [
        (path, &reader, StatusCode::FORBIDDEN),
        (path, &outside, StatusCode::NOT_FOUND),
        ("/procurement/26743/tank", &editor, StatusCode::NOT_FOUND),
    ];
    for (path, visitor, status) in refused {
        let answer = site.post(path, &visitor.cookie, &form(&visitor.csrf, "4", true)).await;
        assert_eq!(answer.status, status, "{path}");
    }
    assert_eq!(site.post(path, &editor.cookie, &form("x", "4", true)).await.status, StatusCode::FORBIDDEN);
    assert!(site.app.store.procurement_edits(&["26743".into()]).await.unwrap().is_empty());
    assert_eq!(site.get("/procurement?unit=760", Some(&outside)).await.status, StatusCode::NOT_FOUND);
    assert!(!site.get(path, Some(&reader)).await.text.contains("name=\"quantity\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_with_little_for_security_raises_its_flag_and_a_price_opens_it() {
    let site = ward().await;
    let editor = site.visitor("lan", "editor", None).await;
    for item in ["computer", "endpoint-protection"] {
        let path = format!("/procurement/26743/{item}");
        let answer = site.post(&path, &editor.cookie, &form(&editor.csrf, "1", true)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let flags = async || {
        site.app.settle().await.unwrap();
        let flags = site.app.store.open_flags(&["26743".into()]).await.unwrap();
        flags.into_iter().find(|flag| flag.rule == "budget.security-share-low").map(|flag| flag.evidence)
    };
    let set = async |security| {
        let prices = [price(Item::Computer, 15_000_000), price(Item::EndpointProtection, security)];
        site.app.store.set_prices(&prices, "test").await.unwrap();
    };
    assert_eq!(flags().await, None);
    set(300_000).await;
    let low = serde_json::json!({
        "security_dong": 300_000, "proposal_dong": 15_300_000, "share_permille": 19, "limit_permille": 100,
    });
    assert_eq!(flags().await, Some(low.clone()));
    let told = |lang| crate::web::evidence::text(lang, &low);
    // Their order is that of the JSON object, which depends on the features of serde_json in the build.
    let vietnamese = told(Lang::Vi);
    let mut parts: Vec<&str> = vietnamese.split(" · ").collect();
    parts.sort_unstable();
    assert_eq!(
        parts,
        [
            "Giới hạn: 10 %",
            "Kinh phí an toàn thông tin: 300.000 đồng",
            "Tổng kinh phí đề xuất: 15.300.000 đồng",
            "Tỷ lệ: 1,9 %",
        ]
    );
    assert!(told(Lang::En).contains("Security: 300.000 đồng"));
    set(2_000_000).await;
    assert_eq!(flags().await, None);
}

#[tokio::test]
async fn nothing_adopted_and_adopted_for_nothing_are_told_apart() {
    let site = ward().await;
    let editor = site.visitor("lan", "editor", None).await;
    let page = async || site.get("/procurement?unit=26743", Some(&editor)).await.text;
    let adopt = async |quantity| {
        let path = "/procurement/26743/endpoint-protection";
        let answer = site.post(path, &editor.cookie, &form(&editor.csrf, quantity, true)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    };
    let sum = |told: &str| {
        format!("<div class=\"kk-figure-name\">Đã duyệt đưa vào phụ lục</div><div class=\"{told}</div>")
    };
    let before = page().await;
    assert!(before.contains(&sum("kk-muted\">Chưa duyệt hạng mục nào")), "{before}");
    assert!(before.contains("Chưa xác định: chưa duyệt hạng mục nào"), "{before}");

    adopt("2").await;
    let unpriced = page().await;
    assert!(unpriced.contains(&sum("kk-muted\">Chưa có đơn giá")), "{unpriced}");
    assert!(unpriced.contains("Chưa xác định: 1 hạng mục đã duyệt chưa có đơn giá"), "{unpriced}");

    site.app.store.set_prices(&[price(Item::EndpointProtection, 0)], "test").await.unwrap();
    let free = page().await;
    assert!(free.contains(&sum("kk-figure-value\">0<small> đồng</small>")), "{free}");
    assert!(free.contains("Chưa xác định: các hạng mục đã duyệt có tổng 0 đồng"), "{free}");
}

#[tokio::test]
async fn a_full_disk_is_work_and_no_purchase_without_a_price() {
    let site = ward().await;
    site.add_flag("endpoint.disk-nearly-full", "26743", Some(ID)).await;
    site.app.store.set_prices(&[price(Item::EndpointProtection, 300_000)], "test").await.unwrap();
    let reader = site.visitor("lan", "reader", None).await;
    let page = site.get("/procurement?unit=26743", Some(&reader)).await.text;
    let disk = page.split("<tr>").find(|row| row.contains("Ổ đĩa")).unwrap();
    assert!(disk.contains("không phải mua: dọn dữ liệu trước"), "{disk}");
    assert!(!page.contains("Chưa có đơn giá") && !page.contains("hạng mục chưa có đơn giá"), "{page}");
    let need = site.get("/procurement/26743/disk", Some(&reader)).await.text;
    assert!(need.contains("không phải mua: dọn dữ liệu trước"), "{need}");
    let tile = site.get("/figures/needs?unit=26743", Some(&reader)).await.text;
    assert!(tile.contains("300.000<small> đồng</small>") && tile.contains("0 mục chưa có đơn giá"), "{tile}");
    let overview = site.get("/?unit=26743", Some(&reader)).await.text;
    assert!(overview.contains("href=\"/procurement?unit=26743\""), "{overview}");
}
