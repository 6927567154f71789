//! Keys that say how a value was computed or what would fill a missing one; the web has them as
//! `provenance-<key>` in both languages.

pub const STAFF: &str = "staff-not-declared";
pub const OFFICIAL_STAFF: &str = "staff-official-not-declared";
pub const TRIAL_STAFF: &str = "staff-trial-not-declared";
pub const PROFESSIONAL_STAFF: &str = "staff-professional-not-declared";
pub const NO_TOTAL_WITHOUT_OFFICIAL: &str = "staff-total-without-official";
pub const NO_TOTAL_WITHOUT_TRIAL: &str = "staff-total-without-trial";
pub const NO_DEVICES: &str = "no-devices";
pub const PROTECTION_PROBES_FAILED: &str = "protection-probes-failed";
pub const PERIPHERAL_PROBES_FAILED: &str = "peripheral-probes-failed";
pub const LINES: &str = "lines-unknown";
pub const BANDWIDTH: &str = "bandwidth-not-declared";
pub const LOAD: &str = "load-unknown";
pub const SERVERS: &str = "servers-not-declared";
pub const STORAGE: &str = "storage-unknown";
pub const PROCESSORS: &str = "processors-unknown";
pub const NOT_DECLARED: &str = "not-declared";
pub const NO_DATA: &str = "no-data";
pub const NO_PROPOSAL: &str = "no-proposal";
pub const ADOPTED_NEEDS: &str = "adopted-needs";
pub const PRICE: &str = "price-missing";
pub const TOTAL_STAFF: &str = "staff-total";
pub const GUARANTEE: &str = "internet-guarantee";
pub const TOTAL: &str = "form-total";
pub const LARGEST_SERVER: &str = "largest-server";
pub const SUM_OF_SERVERS: &str = "sum-of-servers";

const TEXTS: &[(&str, &str)] = &[
    (STAFF, "Đơn vị chưa kê khai số cán bộ, nhân viên"),
    (OFFICIAL_STAFF, "Chưa kê khai cán bộ chính thức"),
    (TRIAL_STAFF, "Chưa kê khai cán bộ thử việc"),
    (PROFESSIONAL_STAFF, "Chưa kê khai số cán bộ làm nghiệp vụ"),
    (NO_TOTAL_WITHOUT_OFFICIAL, "Chưa kê khai cán bộ chính thức, nên chưa có tổng"),
    (NO_TOTAL_WITHOUT_TRIAL, "Chưa kê khai cán bộ thử việc, nên chưa có tổng"),
    (NO_DEVICES, "Chưa có máy tính nào của đơn vị gửi báo cáo"),
    (PROTECTION_PROBES_FAILED, "Không máy nào đọc được thông tin phần mềm diệt virus"),
    (PERIPHERAL_PROBES_FAILED, "Không máy nào đọc được thông tin thiết bị ngoại vi"),
    (LINES, "Chưa quan trắc và chưa kê khai đường truyền"),
    (BANDWIDTH, "Chưa kê khai băng thông của đường truyền"),
    (LOAD, "Chưa có số liệu tải của máy chủ"),
    (SERVERS, "Chưa kê khai máy chủ của hệ thống, hoặc máy chủ chưa gửi báo cáo"),
    (STORAGE, "Máy chủ chưa báo cáo dung lượng lưu trữ"),
    (PROCESSORS, "Máy chủ chưa báo cáo CPU"),
    (NOT_DECLARED, "Chưa kê khai"),
    (NO_DATA, "Chưa có máy tính nào của đơn vị gửi báo cáo, đơn vị cũng chưa kê khai gì"),
    (
        NO_PROPOSAL,
        "Chưa ai kê khai đề xuất và chưa nhu cầu mua sắm nào được duyệt đưa vào phụ lục, nên ghi theo mẫu",
    ),
    (ADOPTED_NEEDS, "Nhu cầu mua sắm đã được duyệt đưa vào phụ lục"),
    (PRICE, "Có nhu cầu đã duyệt chưa có đơn giá"),
    (TOTAL_STAFF, "Tổng của chính thức và tạm tuyển/thử việc"),
    (
        GUARANTEE,
        "Đảm bảo khi có từ 02 đường Internet của các nhà cung cấp khác hạ tầng (tiêu chí 15, 708/BTTTT-CATTT)",
    ),
    (TOTAL, "Cộng các đơn vị có số liệu trong phụ lục"),
    (LARGEST_SERVER, "Số lớn nhất của một máy chủ"),
    (SUM_OF_SERVERS, "Cộng các máy chủ của hệ thống"),
];

pub fn keys() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(key, _)| *key)
}

pub fn vietnamese(key: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
}
