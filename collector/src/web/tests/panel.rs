//! What the panel beside a form tells of a cell.

use super::{Site, a_computer};
use crate::{
    inventory::testing::check,
    store::checks::{CheckSubject, NewCheck},
};

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";

#[tokio::test]
async fn a_check_is_told_with_inspector_document_and_day() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    let visitor = site.visitor("lan", "reader", None).await;
    let new = NewCheck { kind: CheckSubject::Device, subject: ID.into(), check: check() };
    site.app.store.record_checks(&[new], "test").await.unwrap();
    let path = "/forms/cell?form=equipment&cell=26743~~computers";
    let panel = site.get(path, Some(&visitor)).await.text;
    assert!(panel.contains("Kiểm tra</span> 1 máy: Công an Quận 1, 12/BB, 01/10/2026"), "{panel}");
    let proposal = site.get("/forms/cell?form=equipment&cell=26743~~proposal", Some(&visitor)).await.text;
    assert!(proposal.contains("Thiếu</span> Chưa ai kê khai đề xuất"), "{proposal}");
}
