//! The fields a person may declare, and what each accepts. `import declarations` and the web page check a
//! value here before anything is stored.
//!
//! | of | fields |
//! |---|---|
//! | a unit | `staff.official`, `staff.trial`, `staff.professional`, `one-stop-desks`, `line.N`, `os-extension.N`, `proposal.*` |
//! | a system, network appendix | `server.N`, `line.N`, `internet.*`, `cernet`, `vdxp.*`, `ndxp.*`, `other.*`, `proposal.*` |
//! | a system, infrastructure appendix | `manager`, `investment`, `investment-year`, `architecture`, `records.*`, `digitisation.*`, `service`, `direction`, `infrastructure.proposal.*` |
//! | a system, software appendix | `software.*` |
//!
//! `os-extension.N` is a paid extension of an operating system's security support: while it runs, the
//! computers it names (all of the unit where it names none) raise no `endpoint.os-unsupported`.

use super::text;
use crate::inventory::{DeclaredLine, SupportExtension};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    WholeNumber,
    /// Whole đồng.
    Money,
    /// See [`DeclaredLine`].
    Line,
    /// Host name or device id of a server of the system.
    Server,
    /// See [`SupportExtension`].
    SupportExtension,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Unit,
    System,
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// `line.`, `os-extension.` and `server.` stand for `line.1`, `line.2`, …
    pub name: &'static str,
    pub owner: Owner,
    pub kind: Kind,
    /// As a person reads it.
    pub label: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidField {
    #[error("there is no such field; see the template, `export declarations --format csv`")]
    Unknown,
    #[error("is a field of a system, but the column system is empty")]
    NeedsSystem,
    #[error("is a field of the unit itself, but the column system is not empty")]
    NotOfSystem,
    #[error("{0:?} is no whole number")]
    WholeNumber(String),
    #[error("{0:?} is no amount in whole đồng")]
    Money(String),
    #[error(transparent)]
    Line(#[from] crate::inventory::declared_line::InvalidLine),
    #[error(transparent)]
    Extension(#[from] crate::inventory::support_extension::InvalidExtension),
    #[error("has {0} characters, over the limit of {MAX_CHARACTERS}")]
    TooLong(usize),
    #[error("holds the control character {0:?}")]
    Control(char),
}

/// What a cell of a spreadsheet can show without being cut.
const MAX_CHARACTERS: usize = 2_000;

const fn field(name: &'static str, owner: Owner, kind: Kind, label: &'static str) -> Field {
    Field { name, owner, kind, label }
}

const fn of_system(name: &'static str, label: &'static str) -> Field {
    field(name, Owner::System, Kind::Text, label)
}

pub const CATALOGUE: &[Field] = &[
    field("staff.official", Owner::Unit, Kind::WholeNumber, "Số cán bộ chính thức"),
    field("staff.trial", Owner::Unit, Kind::WholeNumber, "Số cán bộ tạm tuyển/thử việc"),
    field("staff.professional", Owner::Unit, Kind::WholeNumber, "Số cán bộ thực hiện công tác nghiệp vụ"),
    field("one-stop-desks", Owner::Unit, Kind::WholeNumber, "Số bộ phận một cửa"),
    field("line.", Owner::Both, Kind::Line, "Đường truyền Internet"),
    field(
        "os-extension.",
        Owner::Unit,
        Kind::SupportExtension,
        "Gia hạn có trả phí hỗ trợ bảo mật hệ điều hành",
    ),
    field("proposal.text", Owner::Both, Kind::Text, "Đề xuất đầu tư giai đoạn 2024-2025"),
    field("proposal.total", Owner::Both, Kind::Money, "Tổng kinh phí đề xuất (đồng)"),
    field("proposal.allocated", Owner::Both, Kind::Text, "Bố trí kinh phí"),
    field("proposal.source", Owner::Both, Kind::Text, "Nguồn vốn"),
    field("server.", Owner::System, Kind::Server, "Máy chủ của hệ thống"),
    of_system("internet.connected-systems", "Mạng Internet: đã kết nối với các hệ thống"),
    of_system("internet.purpose", "Mạng Internet: mục đích sử dụng đường truyền"),
    of_system("cernet", "Mạng Cernet: tối thiểu 02 đường / băng thông"),
    of_system("vdxp.connected-systems", "Trục VDXP: đã kết nối với các hệ thống"),
    of_system("vdxp.purpose", "Trục VDXP: mục đích sử dụng"),
    of_system("ndxp.connected-systems", "Trục NDXP: đã kết nối với các hệ thống"),
    of_system("ndxp.purpose", "Trục NDXP: mục đích sử dụng"),
    of_system("other.connected-systems", "Trục khác: đã kết nối với các hệ thống"),
    of_system("other.purpose", "Trục khác: mục đích sử dụng"),
    of_system("manager", "Đơn vị quản lý"),
    of_system("investment", "Tự đầu tư/Thuê"),
    of_system("investment-year", "Năm đầu tư/thuê"),
    of_system("architecture", "Kiến trúc Phần mềm"),
    of_system("records.online", "Số lượng hồ sơ tiếp nhận trong ngày thông môi trường điện tử"),
    of_system("records.direct", "Số lượng hồ sơ tiếp nhận trực tiếp"),
    of_system("digitisation.infrastructure", "Triển khai Hạ tầng phục vụ số hóa"),
    of_system("digitisation.format", "Định dạng lưu trữ số hóa"),
    of_system("digitisation.records", "Số lượng hồ sơ đã số hóa"),
    of_system("service", "Triển khai dịch vụ"),
    of_system("direction", "Định hướng"),
    of_system("infrastructure.proposal.text", "Hạ tầng: đề xuất đầu tư giai đoạn 2024-2025"),
    field(
        "infrastructure.proposal.total",
        Owner::System,
        Kind::Money,
        "Hạ tầng: tổng kinh phí đề xuất (đồng)",
    ),
    of_system("infrastructure.proposal.allocated", "Hạ tầng: bố trí kinh phí"),
    of_system("infrastructure.proposal.source", "Hạ tầng: nguồn vốn"),
    of_system("software.origin", "Sử dụng phần mềm tập trung của Bộ/Tự phát triển"),
    of_system("software.developer", "Đơn vị phát triển"),
    of_system("software.source-code", "Quản lý mã nguồn"),
    of_system("software.accounts", "Số lượng tài khoản đăng ký"),
    of_system("software.daily-logins", "Trung bình số tài khoản đăng nhập trong 1 ngày"),
    of_system("software.active-accounts", "Tổng số tài khoản có hoạt động thường xuyên"),
    of_system("software.top-functions", "Top 10 tính năng, dịch vụ được sử dụng nhiều nhất"),
    of_system("software.integrations", "Liên thông dữ liệu với các phần mềm/hệ thống khác"),
    of_system("software.basis", "Căn cứ/ Tiêu chuẩn xây dựng phần mềm"),
    of_system("software.available-data", "Các trường thông tin đã có sẵn dữ liệu"),
    of_system("software.attachments", "Các tập tin đang yêu cầu đính kèm"),
    of_system("software.proposal.text", "Phần mềm: đề xuất đầu tư giai đoạn 2024-2025"),
    field("software.proposal.total", Owner::System, Kind::Money, "Phần mềm: tổng kinh phí đề xuất (đồng)"),
    of_system("software.proposal.allocated", "Phần mềm: bố trí kinh phí"),
    of_system("software.proposal.source", "Phần mềm: nguồn vốn"),
];

/// The fields a template shows for every unit even while nothing is declared.
pub const UNIT_TEMPLATE: &[&str] = &[
    "staff.official",
    "staff.trial",
    "staff.professional",
    "one-stop-desks",
    "line.1",
    "line.2",
    "os-extension.1",
    "proposal.text",
    "proposal.total",
    "proposal.allocated",
    "proposal.source",
];

/// The catalogue's entry of a field name; numbered fields count from 1 without leading zeros.
pub fn find(name: &str) -> Option<&'static Field> {
    CATALOGUE.iter().find(|field| match name.strip_prefix(field.name) {
        Some("") => !field.name.ends_with('.'),
        Some(number) => field.name.ends_with('.') && is_ordinal(number),
        None => false,
    })
}

fn is_ordinal(text: &str) -> bool {
    text.len() <= 3
        && !text.starts_with('0')
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks a value and gives it as it is stored. An empty value means: nothing is declared (any more).
pub fn check(system: &str, name: &str, value: &str) -> Result<Option<String>, InvalidField> {
    let field = find(name).ok_or(InvalidField::Unknown)?;
    match (field.owner, system.is_empty()) {
        (Owner::System, true) => return Err(InvalidField::NeedsSystem),
        (Owner::Unit, false) => return Err(InvalidField::NotOfSystem),
        _ => {}
    }
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    check_text(value)?;
    Ok(Some(match field.kind {
        Kind::WholeNumber => whole_number(value)?.to_string(),
        Kind::Money => money(value)?.to_string(),
        Kind::Line => value.parse::<DeclaredLine>()?.to_string(),
        Kind::SupportExtension => value.parse::<SupportExtension>()?.to_string(),
        Kind::Server | Kind::Text => value.to_owned(),
    }))
}

fn check_text(value: &str) -> Result<(), InvalidField> {
    let characters = value.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(InvalidField::TooLong(characters));
    }
    value.chars().find(|c| c.is_control() && *c != '\n').map_or(Ok(()), |c| Err(InvalidField::Control(c)))
}

fn whole_number(value: &str) -> Result<u32, InvalidField> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or_else(|| InvalidField::WholeNumber(value.to_owned()))
}

/// Plain digits, or in groups of three as Vietnamese (`.`) and English (`,`) write them, with or without `đồng`.
pub fn money(value: &str) -> Result<u64, InvalidField> {
    let invalid = || InvalidField::Money(value.to_owned());
    let number = ["đồng", "VNĐ", "VND", "đ", "₫"]
        .iter()
        .find_map(|unit| value.strip_suffix(unit))
        .unwrap_or(value)
        .trim();
    let plain: String = number.chars().filter(|c| !matches!(c, '.' | ',' | ' ' | '\u{a0}')).collect();
    let amount: u64 = plain
        .parse()
        .ok()
        .filter(|amount| *amount <= i64::MAX as u64 && plain.bytes().all(|byte| byte.is_ascii_digit()))
        .ok_or_else(invalid)?;
    let separators = ['.', ',', ' ', '\u{a0}'];
    let grouped = separators.iter().any(|one| number == text::grouped(amount).replace('.', &one.to_string()));
    if number == plain || grouped { Ok(amount) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_checked_by_the_kind_of_their_field() {
        let ok = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(check("", "staff.official", " 50 "), ok("50"));
        assert_eq!(check("", "staff.official", ""), Ok(None));
        assert_eq!(check("", "staff.official", "5,5"), Err(InvalidField::WholeNumber("5,5".into())));
        assert_eq!(check("", "staff.official", "-1"), Err(InvalidField::WholeNumber("-1".into())));
        assert_eq!(check("", "line.2", "FPT   300 mbps"), ok("FPT 300 Mbps"));
        assert_eq!(check("", "proposal.total", "1.234.567 đồng"), ok("1234567"));
        assert_eq!(
            check("", "os-extension.1", "Windows 10 until 2026-10-13"),
            ok("Windows 10 đến 13/10/2026")
        );
        assert_eq!(
            check("Kiosk - DVC", "cernet", "Đảm bảo (02 đường mỗi đường 15 Mb)"),
            ok("Đảm bảo (02 đường mỗi đường 15 Mb)")
        );
        assert_eq!(check("", "cernet", "Đảm bảo"), Err(InvalidField::NeedsSystem));
        assert_eq!(check("Kiosk - DVC", "staff.official", "5"), Err(InvalidField::NotOfSystem));
    }

    #[test]
    fn names_outside_the_catalogue_are_unknown() {
        for name in
            ["line", "line.", "line.0", "line.01", "line.x", "staff", "staff.official.1", "budget", ""]
        {
            assert_eq!(check("", name, "1"), Err(InvalidField::Unknown), "{name}");
        }
        assert_eq!(find("line.12").map(|field| field.kind), Some(Kind::Line));
    }

    #[test]
    fn money_is_never_guessed() {
        assert_eq!(money("15000000"), Ok(15_000_000));
        assert_eq!(money("15,000,000"), Ok(15_000_000));
        assert_eq!(money("0"), Ok(0));
        for text in ["1.5", "1,50", "12.34.567", "1.234,567", "1e6", "một triệu", "", "-5"] {
            assert_eq!(money(text), Err(InvalidField::Money(text.into())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn amounts_read_back(amount in 0u64..=i64::MAX as u64) {
            prop_assert_eq!(money(&amount.to_string()), Ok(amount));
            prop_assert_eq!(money(&text::money(amount)), Ok(amount));
        }

        #[test]
        fn what_is_accepted_is_accepted_again(name in "(line|server|staff)\\.[a-z0-9]{1,9}", value in "\\PC{0,30}") {
            if let Ok(Some(stored)) = check("", &name, &value) {
                prop_assert_eq!(check("", &name, &stored), Ok(Some(stored.clone())));
            }
        }
    }
}
