//! Pages as a browser gets them: through the router, on a store of its own.

mod declare;
mod flags;
mod keys;
mod overview;
mod pages;
mod panel;
mod prices;
mod procurement;
mod releases;
mod security;
mod settings;
mod users;
mod words;

use super::{router, session, viewer::FixedNow};
use crate::{
    app::App,
    inventory::{
        DeviceFacts,
        testing::{check, computer, days_ago, now},
    },
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use std::sync::Arc;
use tower::ServiceExt;

const PASSWORD: &str = "mật khẩu dài";

struct Site {
    app: Arc<App>,
    router: Router,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

/// Someone who is signed in.
struct Visitor {
    cookie: String,
    csrf: String,
}

impl Site {
    /// A province with Quận 1, its ward Bến Thành, and Quận 3; one computer in the ward.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::open(folder.path()).await.unwrap();
        let site = Self { router: router(app.clone()), app, _folder: folder };
        for (code, parent, level, kind, name) in [
            ("79", None, "province", "thành phố", "Thành phố Hồ Chí Minh"),
            ("760", Some("79"), "district", "quận", "Quận 1"),
            ("26743", Some("760"), "commune", "phường", "Phường Bến Thành"),
            ("770", Some("79"), "district", "quận", "Quận 3"),
        ] {
            site.execute(
                "INSERT INTO unit (code, valid_from, parent_code, level, kind, name, full_name)
                 VALUES ($1, '2000-01-01', $2, $3, $4, $5, $5)",
                &[Some(code), parent, Some(level), Some(kind), Some(name)],
            )
            .await;
        }
        site
    }

    async fn execute(&self, sql: &'static str, values: &[Option<&str>]) {
        let mut tx = self.app.store.begin().await.unwrap();
        let mut query = sqlx::query(sql);
        for value in values {
            query = query.bind(value.map(str::to_owned));
        }
        query.execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn add_device(&self, facts: &DeviceFacts) {
        self.execute(
            "INSERT INTO device (id, unit_code, state, origin, host_name, enrolled_at, last_seen_at, last_report_at, agent_version)
             VALUES ($1, $2, 'active', 'observed', $3, $4, $5, $5, '0.1.0')",
            &[
                Some(&facts.device),
                Some(&facts.unit),
                facts.host_name.as_deref(),
                Some(&crate::store::time::text(facts.enrolled_at)),
                Some(&crate::store::time::text(now())),
            ],
        )
        .await;
        let mut tx = self.app.store.begin().await.unwrap();
        tx.set_facts(facts, "{}", now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn add_flag(&self, rule: &str, unit: &str, device: Option<&str>) {
        self.execute(
            "INSERT INTO flag (id, rule, unit_code, device, since, evidence) VALUES ($1 || $2, $1, $2, $3, $4, $5)",
            &[
                Some(rule),
                Some(unit),
                device,
                Some(&crate::store::time::text(days_ago(2))),
                Some(r#"{"host_name":"PC-A"}"#),
            ],
        )
        .await;
    }

    async fn add_user(&self, name: &str, role: &str, unit: Option<&str>) {
        let hash = crate::identity::password::hash(PASSWORD).unwrap();
        self.execute(
            "INSERT INTO app_user (name, password_hash, role, unit_code, created_at)
             VALUES ($1, $2, $3, $4, '2024-01-01T00:00:00.000Z')",
            &[Some(name), Some(&hash), Some(role), unit],
        )
        .await;
    }

    /// A session without the work of a password.
    async fn visitor(&self, name: &str, role: &str, unit: Option<&str>) -> Visitor {
        self.add_user(name, role, unit).await;
        let (id, csrf) = (session::secret(), session::secret());
        let now = jiff::Timestamp::now();
        let ends = session::ends_at(now);
        self.app.store.start_session(&session::hash_of(&id), name, &csrf, now, ends).await.unwrap();
        Visitor { cookie: format!("{}={id}", session::COOKIE), csrf }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let mut request = request;
        request.extensions_mut().insert(FixedNow(now()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str, visitor: Option<&Visitor>) -> Answer {
        let mut request = Request::get(path);
        if let Some(visitor) = visitor {
            request = request.header(header::COOKIE, &visitor.cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// Of the ward Bến Thành.
fn a_computer(id: &str, host: &str) -> DeviceFacts {
    DeviceFacts { host_name: Some(host.into()), check: Some(check()), ..computer(id) }
}
