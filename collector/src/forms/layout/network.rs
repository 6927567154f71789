use super::{FormKind, FormLayout, Heading, layout, leaf};

pub fn network() -> FormLayout {
    layout(
        FormKind::Network,
        "PHỤ LỤC VỀ HẠ TẦNG ĐƯỜNG TRUYỀN TRIỂN KHAI CHUYỂN ĐỔI SỐ - ĐỀ ÁN 06 CỦA 01 ĐƠN VỊ",
        "Hạ tầng đường truyền",
        HEADINGS,
    )
}

const HEADINGS: &[Heading] = &[
    Heading { text: "TT", leaves: &[leaf("", "number", 5.0, true)] },
    Heading { text: "Tên hệ thống/Mô hình", leaves: &[leaf("", "system", 17.0, false)] },
    Heading {
        text: "Mạng Internet",
        leaves: &[
            leaf("Tối thiểu 02 đường Internet", "internet", 13.0, false),
            leaf("Chất lượng băng thông tại hệ thống", "internet-bandwidth", 14.0, false),
            leaf("Số kết nối cao nhất/ Dung lượng cao nhất", "internet-peak", 14.0, false),
            leaf("Đã kết nối với các hệ thống", "internet-connected-systems", 14.0, false),
            leaf("Mục đích sử dụng đường truyền", "internet-purpose", 14.0, false),
        ],
    },
    Heading {
        text: "Mạng Cernet",
        leaves: &[leaf("Tối thiểu 02 đường / Băng thông", "cernet", 13.0, false)],
    },
    Heading {
        text: "Trục VDXP",
        leaves: &[
            leaf("Đã kết nối với các hệ thống", "vdxp-connected-systems", 12.0, false),
            leaf("Mục đích sử dụng", "vdxp-purpose", 12.0, false),
        ],
    },
    Heading {
        text: "Trục NDXP",
        leaves: &[
            leaf("Đã kết nối với các hệ thống", "ndxp-connected-systems", 12.0, false),
            leaf("Mục đích sử dụng", "ndxp-purpose", 12.0, false),
        ],
    },
    Heading {
        text: "Trục khác",
        leaves: &[
            leaf("Đã kết nối với các hệ thống", "other-connected-systems", 12.0, false),
            leaf("Mục đích sử dụng", "other-purpose", 12.0, false),
        ],
    },
    Heading {
        text: "Đề xuất đầu tư giai đoạn 2024-2025", leaves: &[leaf("", "proposal", 14.0, false)]
    },
    Heading { text: "Tổng kinh phí đề xuất", leaves: &[leaf("", "proposal-total", 12.0, true)] },
    Heading { text: "Bố trí kinh phí", leaves: &[leaf("", "proposal-allocated", 9.0, true)] },
    Heading { text: "Nguồn vốn", leaves: &[leaf("", "proposal-source", 9.0, true)] },
];
