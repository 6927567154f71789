//! What pages say in words of their own: what could not be read, what nobody knows.

use super::{Site, a_computer};
use crate::inventory::{DeviceKind, device::SectionProblem};
use kiemke_schemas::{Problem, ProblemKind, SectionName};

const ID: &str = "mzuhvlpymk6xo3epygfy5h4oea";
const OTHER: &str = "nzuhvlpymk6xo3epygfy5h4oea";

#[tokio::test]
async fn what_a_computer_could_not_read_is_told_in_the_language_of_the_page() {
    let site = Site::new().await;
    let mut facts = a_computer(ID, "PC-A");
    facts.problems = vec![SectionProblem {
        section: SectionName::Storage,
        problem: Problem::new(ProblemKind::Denied, "/dev/sda", "Permission denied"),
    }];
    site.add_device(&facts).await;
    let reader = site.visitor("xem", "reader", None).await;
    let page = site.get(&format!("/devices/{ID}"), Some(&reader)).await.text;
    let told = "<b>Lưu trữ</b>: phần mềm kiểm kê không được phép đọc<small class=\"kk-technical\">Chi tiết kỹ thuật: \
                <span lang=\"en\">/dev/sda: Permission denied</span></small>";
    assert!(page.contains(told), "{page}");
}

#[tokio::test]
async fn devices_of_unknown_kind_are_counted_apart() {
    let site = Site::new().await;
    site.add_device(&a_computer(ID, "PC-A")).await;
    let mut unknown = a_computer(OTHER, "PC-B");
    unknown.kind = DeviceKind::Unknown;
    site.add_device(&unknown).await;
    let reader = site.visitor("xem", "reader", None).await;
    let page = site.get("/units", Some(&reader)).await.text;
    let counted = "<td class=\"num\">1<div class=\"kk-hit-path\">+ 1 máy chưa rõ loại</div></td>";
    assert_eq!(page.matches(counted).count(), 3, "ward, district and province: {page}");
    let page = site.get(&format!("/devices/{OTHER}"), Some(&reader)).await.text;
    assert!(page.contains("<div class=\"kk-head-sub\">Máy tính chưa rõ loại ·"), "{page}");
}
