use super::{FormKind, FormLayout, Heading, Leaf, layout, leaf};

pub fn equipment() -> FormLayout {
    layout(
        FormKind::Equipment,
        "PHỤ LỤC VỀ TRANG, THIẾT BỊ ĐẦU CUỐI TRIỂN KHAI CHUYỂN ĐỔI SỐ - ĐỀ ÁN 06 CỦA 01 ĐƠN VỊ",
        "Trang, thiết bị đầu cuối",
        HEADINGS,
    )
}

const fn single(text: &'static str, leaf: &'static [Leaf; 1]) -> Heading {
    Heading { text, leaves: leaf }
}

const HEADINGS: &[Heading] = &[
    single("TT", &[leaf("", "number", 5.0, true)]),
    single("Đơn vị", &[leaf("", "unit", 13.0, false)]),
    single("Số lượng cán bộ, nhân viên", &[leaf("", "staff", 14.0, false)]),
    single("Số lượng máy tính", &[leaf("", "computers", 15.0, false)]),
    single("Số lượng máy in", &[leaf("", "printers", 13.0, false)]),
    single("Số lượng máy scan", &[leaf("", "scanners", 13.0, false)]),
    single("Số lượng thiết bị đọc thẻ", &[leaf("", "card-readers", 13.0, false)]),
    single("Số lượng USB Token kí số", &[leaf("", "tokens", 13.0, false)]),
    single("Đường truyền", &[leaf("", "lines", 12.0, false)]),
    single("Băng thông", &[leaf("", "bandwidth", 12.0, false)]),
    single("Đề xuất đầu tư nâng cấp, bổ sung giai đoạn 2024-2025", &[leaf("", "proposal", 15.0, false)]),
    single("Tổng kinh phí đề xuất", &[leaf("", "proposal-total", 12.0, true)]),
    single("Bố trí kinh phí", &[leaf("", "proposal-allocated", 9.0, true)]),
    single("Nguồn vốn", &[leaf("", "proposal-source", 10.0, true)]),
];
