use super::{PASSWORD, Site, a_computer};
use axum::http::{StatusCode, header};

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";

const PAGES: [&str; 16] = [
    "/prices",
    "/",
    "/search",
    "/search.csv",
    "/units",
    "/units/760",
    "/units/760/settings",
    "/flags",
    "/flags.csv",
    "/forms",
    "/forms/download?unit=760&form=equipment&format=csv",
    "/administration",
    "/devices/mzuhvlpymk6xo3epygfy5h4oea",
    "/api/v1/search?q=x",
    "/api/v1/units",
    "/api/v1/openapi.json",
];

#[tokio::test]
async fn nothing_is_shown_to_strangers() {
    let site = Site::new().await;
    for page in PAGES {
        let answer = site.get(page, None).await;
        if page.starts_with("/api/") {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{page}");
            assert!(answer.text.contains("\"not-signed-in\""), "{page}: {}", answer.text);
        } else {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
            assert!(answer.headers[header::LOCATION].to_str().unwrap().starts_with("/login?next="), "{page}");
        }
    }
}

#[tokio::test]
async fn a_changing_request_needs_the_token_of_its_session() {
    let site = Site::new().await;
    let editor = site.visitor("lan", "editor", None).await;
    let other = site.visitor("minh", "editor", None).await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    let path = format!("/devices/{ID}/state");
    let form = |csrf: &'static str| vec![("csrf", csrf), ("state", "suspended"), ("reason", "")];
    for csrf in ["", "x"] {
        assert_eq!(site.post(&path, &editor.cookie, &form(csrf)).await.status, StatusCode::FORBIDDEN);
    }
    let foreign = [("csrf", other.csrf.as_str()), ("state", "suspended"), ("reason", "")];
    assert_eq!(site.post(&path, &editor.cookie, &foreign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.app.store.device(ID).await.unwrap().unwrap().state, "active");
    let own = [("csrf", editor.csrf.as_str()), ("state", "suspended"), ("reason", "")];
    assert_eq!(site.post(&path, &editor.cookie, &own).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.app.store.device(ID).await.unwrap().unwrap().state, "suspended");
}

#[tokio::test]
async fn a_reader_changes_nothing_and_a_revoked_device_never_comes_back() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    let reader = site.visitor("xem", "reader", None).await;
    let path = format!("/devices/{ID}/state");
    let form = |csrf: &str, state: &str| {
        vec![
            ("csrf".to_owned(), csrf.to_owned()),
            ("state".to_owned(), state.to_owned()),
            ("reason".to_owned(), "x".to_owned()),
        ]
    };
    let send = async |visitor: &super::Visitor, state: &str| {
        let form = form(&visitor.csrf, state);
        let form: Vec<_> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        site.post(&path, &visitor.cookie, &form).await.status
    };
    assert_eq!(send(&reader, "revoked").await, StatusCode::FORBIDDEN);
    let editor = site.visitor("lan", "editor", None).await;
    assert_eq!(send(&editor, "revoked").await, StatusCode::SEE_OTHER);
    assert_eq!(send(&editor, "active").await, StatusCode::BAD_REQUEST);
    assert_eq!(site.app.store.device(ID).await.unwrap().unwrap().state, "revoked");
    assert_eq!(send(&editor, "retired").await, StatusCode::SEE_OTHER);
    assert_eq!(send(&editor, "suspended").await, StatusCode::BAD_REQUEST);
    assert_eq!(site.app.store.device(ID).await.unwrap().unwrap().state, "retired");
}

#[tokio::test]
async fn whoever_is_restricted_to_a_unit_sees_nothing_else() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-QUAN-1")).await;
    site.add_flag("endpoint.no-protection", "26743", Some(ID)).await;
    let outside = site.visitor("quan3", "administrator", Some("770")).await;
    for hidden in [
        "/units/760".to_owned(),
        "/units/79".into(),
        "/units/rows?parent=760&depth=1".into(),
        format!("/devices/{ID}"),
        "/?unit=760".into(),
        "/flags?unit=760".into(),
        "/forms?unit=760".into(),
        "/forms/cell?form=equipment&cell=760~~staff".into(),
        "/forms/download?unit=760&form=equipment&format=json".into(),
        "/api/v1/units/760".into(),
        "/api/v1/units?parent=79".into(),
        format!("/api/v1/devices/{ID}"),
        "/api/v1/flags?unit=760".into(),
        "/api/v1/forms/equipment?unit=760".into(),
    ] {
        let answer = site.get(&hidden, Some(&outside)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{hidden}");
        assert!(!answer.text.contains("PC-QUAN-1"), "{hidden}");
    }
    for open in
        ["/", "/units", "/flags", "/flags.csv", "/search?q=pc", "/forms", "/api/v1/flags", "/api/v1/units"]
    {
        let answer = site.get(open, Some(&outside)).await;
        assert_eq!(answer.status, StatusCode::OK, "{open}");
        assert!(!answer.text.contains("PC-QUAN-1") && !answer.text.contains("Bến Thành"), "{open}");
    }
    assert_eq!(site.get("/administration", Some(&outside)).await.status, StatusCode::FORBIDDEN);
    let inside = site.visitor("quan1", "reader", Some("760")).await;
    assert!(site.get(&format!("/devices/{ID}"), Some(&inside)).await.text.contains("PC-QUAN-1"));
}

#[tokio::test]
async fn names_from_strangers_machines_are_text() {
    let site = Site::new().await;
    let hostile = r#"<script>alert(1)</script>"#;
    site.add_device(&a_computer(ID, hostile)).await;
    site.add_flag("endpoint.no-protection", "26743", Some(ID)).await;
    let reader = site.visitor("xem", "reader", None).await;
    for page in ["/".to_owned(), format!("/devices/{ID}"), "/units/26743".into(), "/flags".into()] {
        let answer = site.get(&page, Some(&reader)).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(!answer.text.contains(hostile), "{page}");
        assert!(answer.text.contains("&#60;script&#62;"), "{page}");
    }
    let search = "/search?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    assert!(!site.get(search, Some(&reader)).await.text.contains(hostile));
}

/// The form's cookie and its token.
async fn login_form(site: &Site) -> (String, String) {
    let form = site.get("/login?next=%2Funits", None).await;
    let cookie = form.headers.get_all(header::SET_COOKIE).iter().find_map(|value| {
        value.to_str().unwrap().split(';').next().filter(|pair| pair.starts_with("__Host-kiemke-login="))
    });
    let cookie = cookie.unwrap().to_owned();
    let token = cookie.split_once('=').unwrap().1.to_owned();
    (cookie, token)
}

#[tokio::test]
async fn a_burst_of_guesses_is_no_way_around_the_limit() {
    let site = Site::new().await;
    site.add_user("lan", "reader", None).await;
    let (cookie, token) = login_form(&site).await;
    let form = [("csrf", token.as_str()), ("name", "lan"), ("password", "wrong"), ("next", "/")];
    let burst = (0..30).map(|_| site.post("/login", &cookie, &form));
    let answers = futures::future::join_all(burst).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(StatusCode::UNAUTHORIZED), count(StatusCode::TOO_MANY_REQUESTS)), (8, 22));
}

#[tokio::test]
async fn signing_in_needs_the_form_and_the_password() {
    let site = Site::new().await;
    site.add_user("lan", "reader", None).await;
    let (cookie, token) = login_form(&site).await;
    let login = |token: &str, password: &str| {
        [("csrf", token), ("name", "lan"), ("password", password), ("next", "/units")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    };
    let send = async |cookie: &str, token: &str, password: &str| {
        let form = login(token, password);
        let form: Vec<_> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        site.post("/login", cookie, &form).await
    };
    assert_eq!(send("", &token, PASSWORD).await.status, StatusCode::FORBIDDEN);
    assert_eq!(send(&cookie, &token, "wrong").await.status, StatusCode::UNAUTHORIZED);
    let answer = send(&cookie, &token, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers[header::LOCATION], "/units");
    let session = answer
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .find_map(|value| value.to_str().ok().filter(|value| value.starts_with("__Host-kiemke=")));
    let session = session.unwrap();
    assert!(session.ends_with("; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict"), "{session}");
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let site = Site::new().await;
    for path in ["/login", "/assets/0/none", "/nowhere"] {
        let answer = site.get(path, None).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
}
