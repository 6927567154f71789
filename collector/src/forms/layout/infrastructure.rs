use super::{FormKind, FormLayout, Heading, Leaf, layout, leaf};

pub fn infrastructure() -> FormLayout {
    layout(
        FormKind::Infrastructure,
        "PHỤ LỤC VỀ HẠ TẦNG/MÔ HÌNH TRIỂN KHAI CHUYỂN ĐỔI SỐ - ĐỀ ÁN 06 CỦA 01 ĐƠN VỊ",
        "Hạ tầng, mô hình",
        HEADINGS,
    )
}

const fn single(text: &'static str, leaf: &'static [Leaf; 1]) -> Heading {
    Heading { text, leaves: leaf }
}

const HEADINGS: &[Heading] = &[
    single("TT", &[leaf("", "number", 5.0, true)]),
    single("Tên hệ thống/Mô hình", &[leaf("", "system", 16.0, false)]),
    single("Đơn vị quản lý", &[leaf("", "manager", 12.0, false)]),
    single("Tự đầu tư/Thuê", &[leaf("", "investment", 11.0, false)]),
    single("Năm đầu tư/thuê", &[leaf("", "investment-year", 10.0, false)]),
    single("Hiệu năng máy chủ CPU", &[leaf("", "cpu", 10.0, false)]),
    single("Hiệu năng lưu trữ", &[leaf("", "storage", 12.0, false)]),
    single("Kiến trúc Phần mềm", &[leaf("", "architecture", 11.0, false)]),
    single(
        "Số lượng hồ sơ tiếp nhận trong ngày thông môi trường điện tử",
        &[leaf("", "records-online", 12.0, false)],
    ),
    single("Số lượng hồ sơ tiếp nhận trực tiếp", &[leaf("", "records-direct", 11.0, false)]),
    single("Triển khai Hạ tầng phục vụ số hóa", &[leaf("", "digitisation-infrastructure", 12.0, false)]),
    single("Định dạng lưu trữ số hóa", &[leaf("", "digitisation-format", 11.0, false)]),
    single("Số lượng hồ sơ đã số hóa", &[leaf("", "digitisation-records", 11.0, false)]),
    single("Triển khai dịch vụ", &[leaf("", "service", 11.0, false)]),
    single("Đề xuất đầu tư giai đoạn 2024-2025", &[leaf("", "proposal", 12.0, false)]),
    single("Tổng kinh phí đề xuất", &[leaf("", "proposal-total", 11.0, true)]),
    single("Bố trí kinh phí", &[leaf("", "proposal-allocated", 9.0, true)]),
    single("Nguồn vốn", &[leaf("", "proposal-source", 9.0, true)]),
    single("Định hướng", &[leaf("", "direction", 11.0, false)]),
];
