//! A ground in words: Vietnamese in exports and forms, either language on pages.

use super::ground::{DeviceReference, Gap, Ground};

/// A cell of a spreadsheet holds 32,767 characters, and a need may have a ground a system.
const MOST_NAMES: usize = 50;
const MOST_CHARACTERS: usize = 4_000;

impl Ground {
    pub fn text_vi(&self) -> String {
        self.with_names(self.summary_vi(), |more| format!(" và {more} máy khác"))
    }

    pub fn text_en(&self) -> String {
        self.with_names(self.summary_en(), |more| format!(" and {more} more"))
    }

    /// Without the names of the devices.
    pub fn summary_vi(&self) -> String {
        let count = self.devices.len();
        match &self.gap {
            Gap::Unprotected => format!("{count} máy chưa cài phần mềm diệt virus"),
            Gap::Outdated => format!(
                "{count} máy dùng hệ điều hành hết hỗ trợ, phần cứng không chạy được hoặc chưa rõ có chạy được \
                 phiên bản kế tiếp"
            ),
            Gap::FullDisk => format!("{count} máy có ổ đĩa gần đầy"),
            Gap::Computers { have, staff } => format!("Có {have} máy tính cho {staff} cán bộ chính thức"),
            Gap::Tokens { have, staff } => {
                format!("Có {have} USB Token cho {staff} cán bộ thực hiện công tác nghiệp vụ")
            }
            Gap::Scanners { desks } => format!("Có {desks} bộ phận một cửa, chưa có máy scan"),
            Gap::CardReaders { desks } => format!("Có {desks} bộ phận một cửa, chưa có thiết bị đọc thẻ"),
            Gap::SingleLine { lines } => format!(
                "{}Chỉ có 01 đường truyền {}; cần thêm 01 đường của nhà cung cấp khác hạ tầng",
                self.owner(),
                listed(lines)
            ),
            Gap::SameInfrastructure { lines } => format!(
                "{}Có {:02} đường truyền {} cùng một hạ tầng; cần thêm 01 đường của nhà cung cấp khác hạ tầng",
                self.owner(),
                lines.len(),
                listed(lines)
            ),
        }
    }

    fn summary_en(&self) -> String {
        let computers = counted(self.devices.len(), "computer");
        match &self.gap {
            Gap::Unprotected => format!("{computers} without antivirus software"),
            Gap::Outdated => format!(
                "{computers} with an operating system without support, on hardware that does not run its \
                 successor or is not known to"
            ),
            Gap::FullDisk => format!("{computers} with a disk nearly full"),
            Gap::Computers { have, staff } => {
                format!("{} for {staff} official staff", counted(*have, "computer"))
            }
            Gap::Tokens { have, staff } => {
                format!("{} for {staff} staff doing professional work", counted(*have, "USB token"))
            }
            Gap::Scanners { desks } => format!("{}, no scanner", counted(*desks, "one-stop desk")),
            Gap::CardReaders { desks } => format!("{}, no card reader", counted(*desks, "one-stop desk")),
            Gap::SingleLine { lines } => {
                format!("{}Only one line, {}; {ONE_MORE}", self.owner(), listed(lines))
            }
            Gap::SameInfrastructure { lines } => format!(
                "{}{} on one infrastructure, {}; {ONE_MORE}",
                self.owner(),
                counted(lines.len(), "line"),
                listed(lines)
            ),
        }
    }

    fn owner(&self) -> String {
        self.system.as_ref().map(|system| format!("{system}: ")).unwrap_or_default()
    }

    /// Devices that saw a line are no part of the text: it is about the line.
    fn with_names(&self, summary: String, more: impl Fn(usize) -> String) -> String {
        if !matches!(self.gap, Gap::Unprotected | Gap::Outdated | Gap::FullDisk) {
            return summary;
        }
        let names: Vec<&str> = self.devices.iter().map(DeviceReference::name).collect();
        let mut left = MOST_CHARACTERS;
        let fits = |name: &&&str| {
            let rest = left.checked_sub(name.chars().count());
            left = rest.unwrap_or_default();
            rest.is_some()
        };
        let shown: Vec<&str> = names.iter().take(MOST_NAMES).take_while(fits).copied().collect();
        let rest = match names.len() - shown.len() {
            0 => String::new(),
            left_out => more(left_out),
        };
        format!("{summary}: {}{rest}", shown.join(", "))
    }
}

const ONE_MORE: &str = "one more is needed from a provider on another infrastructure";

fn counted(number: impl Into<Quantity>, noun: &str) -> String {
    let Quantity(number) = number.into();
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

struct Quantity(u64);

impl From<u64> for Quantity {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<usize> for Quantity {
    fn from(number: usize) -> Self {
        Self(number as u64)
    }
}

fn listed(lines: &[String]) -> String {
    lines.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(gap: Gap, names: &[&str]) -> Ground {
        let device = |name: &&str| DeviceReference { device: "id".into(), host_name: Some((*name).into()) };
        Ground {
            rule: "endpoint.no-protection".into(),
            since: crate::inventory::testing::now(),
            system: None,
            quantity: 1,
            gap,
            devices: names.iter().map(device).collect(),
        }
    }

    #[test]
    fn both_languages_say_the_same() {
        let one = ground(Gap::Unprotected, &["PC-A"]);
        assert_eq!(one.text_vi(), "1 máy chưa cài phần mềm diệt virus: PC-A");
        assert_eq!(one.text_en(), "1 computer without antivirus software: PC-A");
        let tokens = ground(Gap::Tokens { have: 2, staff: 50 }, &[]);
        assert_eq!(tokens.text_vi(), "Có 2 USB Token cho 50 cán bộ thực hiện công tác nghiệp vụ");
        assert_eq!(tokens.text_en(), "2 USB tokens for 50 staff doing professional work");
        let lines = vec!["VNPT (AS45899)".into(), "VNPT (AS135905)".into()];
        let line =
            Ground { system: Some("HOC".into()), ..ground(Gap::SameInfrastructure { lines }, &["PC-A"]) };
        assert_eq!(
            line.text_en(),
            "HOC: 2 lines on one infrastructure, VNPT (AS45899), VNPT (AS135905); one more is needed from a \
             provider on another infrastructure"
        );
    }

    #[test]
    fn names_end_where_a_cell_of_a_spreadsheet_would_burst() {
        let many = vec!["PC"; 53];
        let text = ground(Gap::Unprotected, &many).text_vi();
        assert!(text.starts_with("53 máy chưa cài phần mềm diệt virus: PC, PC, "), "{text}");
        assert!(text.ends_with(", PC và 3 máy khác"), "{text}");
        let long = "x".repeat(3_000);
        let text = ground(Gap::Unprotected, &["PC-A", &long, &long]).text_en();
        assert!(text.ends_with("x and 1 more"), "{}", text.len());
    }
}
