//! The twelve systems of the infrastructure appendix, in its order and spelling.

use crate::text::fold;

pub const OFFICIAL: [&str; 12] = [
    "Hệ thống giải quyết thủ tục hành chính",
    "Kiosk - DVC",
    "Chứng thực điện tử",
    "HOC",
    "Camera AI",
    "CSDL ngành Giáo dục và đào tạo",
    "Phần mềm quản lý đất đai",
    "Phần mềm an sinh xã hội",
    "Phần mềm Cơ sở dữ liệu công chức, viên chức",
    "Phần mềm Quản lý thi sát hạch",
    "Hệ thống IOC",
    "Hệ thống SOC",
];

/// The official spelling where only diacritics, case or spaces differ; a system of the province stays as it is.
pub fn canonical(name: &str) -> String {
    let spaced = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let folded = fold(&spaced);
    OFFICIAL
        .iter()
        .find(|official| fold(official) == folded)
        .map_or(spaced, |official| (*official).to_owned())
}

/// Official systems in the form's order, then the province's own by name.
pub fn sort<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_by_key(|name| {
        (OFFICIAL.iter().position(|official| official == name).unwrap_or(OFFICIAL.len()), *name)
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_and_order_follow_the_form() {
        assert_eq!(canonical("he thong  giai quyet thu tuc hanh chinh"), OFFICIAL[0]);
        assert_eq!(canonical(" Du lịch  thông minh "), "Du lịch thông minh");
        let names = ["Du lịch thông minh", "Hệ thống SOC", "Kiosk - DVC"];
        assert_eq!(sort(names.into_iter()), ["Kiosk - DVC", "Hệ thống SOC", "Du lịch thông minh"]);
    }
}
