use super::{FormKind, FormLayout, Heading, Leaf, layout, leaf};

pub fn software() -> FormLayout {
    layout(
        FormKind::Software,
        "PHỤ LỤC VỀ CÁC PHẦN MỀM TRIỂN KHAI CHUYỂN ĐỔI SỐ - ĐỀ ÁN 06 CỦA 01 ĐƠN VỊ",
        "Phần mềm",
        HEADINGS,
    )
}

const fn single(text: &'static str, leaf: &'static [Leaf; 1]) -> Heading {
    Heading { text, leaves: leaf }
}

const HEADINGS: &[Heading] = &[
    single("TT", &[leaf("", "number", 5.0, true)]),
    single("Tên đơn vị", &[leaf("", "system", 16.0, false)]),
    single("Sử dụng phần mềm tập trung của Bộ/Tự phát triển", &[leaf("", "origin", 12.0, false)]),
    single("Đơn vị phát triển", &[leaf("", "developer", 11.0, false)]),
    single("Kiến trúc Phần mềm", &[leaf("", "architecture", 11.0, false)]),
    single("Quản lý mã nguồn", &[leaf("", "source-code", 11.0, false)]),
    single("Số lượng tài khoản đăng ký", &[leaf("", "accounts", 11.0, false)]),
    single("Trung bình số tài khoản đăng nhập trong 1 ngày", &[leaf("", "daily-logins", 11.0, false)]),
    single(
        "Tổng số tài khoản có hoạt động thường xuyên (trong 1 tháng và không tính trùng nhau)",
        &[leaf("", "active-accounts", 14.0, false)],
    ),
    single("Top 10 tính năng, dịch vụ được sử dụng nhiều nhất", &[leaf("", "top-functions", 13.0, false)]),
    single(
        "Phần mềm có liên thông dữ liệu với các phần mềm/hệ thống khác",
        &[leaf("", "integrations", 13.0, false)],
    ),
    single("Căn cứ/ Tiêu chuẩn xây dựng phần mềm", &[leaf("", "basis", 12.0, false)]),
    single("Các trường thông tin đã có sẵn dữ liệu", &[leaf("", "available-data", 12.0, false)]),
    single("Các tập tin đang yêu cầu đính kèm (thành phần hồ sơ)", &[leaf("", "attachments", 12.0, false)]),
    single("Đề xuất đầu tư giai đoạn 2024-2025", &[leaf("", "proposal", 12.0, false)]),
    single("Tổng kinh phí đề xuất", &[leaf("", "proposal-total", 11.0, true)]),
    single("Bố trí kinh phí", &[leaf("", "proposal-allocated", 9.0, true)]),
    single("Nguồn vốn", &[leaf("", "proposal-source", 9.0, true)]),
];
