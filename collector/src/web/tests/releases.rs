use super::{Site, a_computer};
use crate::release;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use kiemke_schemas::release::{Manifest, key_text};

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";
const OTHER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const TARGET: &str = "x86_64-unknown-linux-musl";

/// 0.2.0 is rolled out in Quận 1; one computer has it, one rejected it.
async fn rolled_out() -> Site {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    site.add_device(&a_computer(OTHER, "PC-B")).await;
    site.execute("UPDATE device SET report_key = 'key', agent_target = $1", &[Some(TARGET)]).await;
    site.execute("UPDATE device SET agent_version = '0.2.0' WHERE id = $1", &[Some(OTHER)]).await;
    let key = SigningKey::from_bytes(&[1; 32]);
    site.app.store.set_release_key(&key_text(&key.verifying_key()), "test").await.unwrap();
    let version = "0.2.0".parse().unwrap();
    let manifest = Manifest::of(version, TARGET.into(), b"program", Timestamp::UNIX_EPOCH);
    let sealed = manifest.seal(&key).unwrap();
    release::add(&site.app.store, &sealed, b"program", "test").await.unwrap();
    site.app.store.start_roll_out("0.2.0", "760", 0, "test").await.unwrap();
    site.execute(
        "INSERT INTO release_order (device, version, roll_out, counter, ordered_at, expires_at, outcome, reason, told_at)
         VALUES ($1, '0.2.0', 1, 1, $2, $2, 'rejected', 'no report was stored within 600 s', $2)",
        &[Some(ID), Some("2026-11-21T00:00:00.000Z")],
    )
    .await;
    site
}

#[tokio::test]
async fn the_administration_page_shows_releases_and_why_a_computer_rejected_one() {
    let site = rolled_out().await;
    let visitor = site.visitor("an", "administrator", None).await;
    let page = site.get("/administration", Some(&visitor)).await.text;
    for shown in [
        "Bản phát hành của phần mềm kiểm kê",
        TARGET,
        "Đã cập nhật: 1",
        "Không cập nhật được: 1",
        "PC-A</a>: <small class=\"kk-technical\">Chi tiết kỹ thuật: <span lang=\"en\">no report was stored within 600 s</span>",
        "Triển khai bản phát hành",
    ] {
        assert!(page.contains(shown), "{shown} is missing:\n{page}");
    }
}
