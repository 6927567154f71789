//! Provenance in Vietnamese, for the sheet "Nguồn số liệu".

use super::{local_date, local_time};
use crate::{
    forms::names::Names,
    inventory::{Checks, Provenance, device::DECLARED},
};
use jiff::Timestamp;

/// What a row of a sheet shows at its greatest height; a longer list of subjects ends in a number.
const MAX_CHARACTERS: usize = 2_600;
const MAX_CHECKS: usize = 20;

pub fn source(provenance: &Provenance) -> &'static str {
    match provenance {
        Provenance::Observed { checks: Some(_), .. } => "Kiểm tra",
        Provenance::Observed { .. } => "Quan trắc",
        Provenance::Declared { .. } => "Kê khai",
        Provenance::Computed { .. } => "Tính toán",
        Provenance::Missing { .. } => "Chưa có số liệu",
    }
}

pub fn detail(provenance: &Provenance, names: &Names) -> String {
    match provenance {
        Provenance::Observed { subjects, as_of, left_out, checks } => {
            let mut text = match checks {
                Some(checks) => checked(checks, subjects, names),
                None => observed(subjects, *as_of, names),
            };
            if !left_out.is_empty() {
                text.push_str(&format!(". Không tính vì không đọc được: {}", list(left_out, names)));
            }
            text
        }
        Provenance::Declared { by, on } => format!("{by}, ngày {}", local_date(*on)),
        Provenance::Computed { rule } => explain(rule).to_owned(),
        Provenance::Missing { reason } => explain(reason).to_owned(),
    }
}

fn observed(subjects: &[String], as_of: Option<Timestamp>, names: &Names) -> String {
    let mut text = match subjects.len() {
        0 => "Không có".to_owned(),
        number => format!("{number} {}", names.noun(subjects).vietnamese()),
    };
    let declared = subjects.iter().filter(|subject| subject.starts_with(DECLARED)).count();
    if declared > 0 {
        text.push_str(&format!(" (trong đó {declared} do kê khai)"));
    }
    if let Some(time) = as_of {
        text.push_str(&format!(", cũ nhất lúc {}", local_time(time)));
    }
    if !subjects.is_empty() {
        text.push_str(&format!(": {}", list(subjects, names)));
    }
    text
}

/// `9 máy: Công an Quận 1, 15/BB-KTANAT, 22/10/2024. Gồm: PC001; PC002`
fn checked(checks: &[Checks], subjects: &[String], names: &Names) -> String {
    if checks.is_empty() {
        return "Chưa ghi nhận lần kiểm tra nào còn giá trị".to_owned();
    }
    let noun = names.noun(subjects).vietnamese();
    let acts = checks.iter().take(MAX_CHECKS).map(|act| format!("{} {noun}: {}", act.subjects, act.told()));
    let mut text = acts.collect::<Vec<_>>().join("; ");
    if let Some(more) = checks.len().checked_sub(MAX_CHECKS).filter(|more| *more > 0) {
        text.push_str(&format!(" và {more} lần kiểm tra khác"));
    }
    format!("{text}. Gồm: {}", list(subjects, names))
}

fn list(subjects: &[String], names: &Names) -> String {
    let mut text = String::new();
    let mut characters = 0;
    for (at, subject) in subjects.iter().enumerate() {
        let name = names.vietnamese(subject);
        characters += name.chars().count() + 2;
        if at > 0 && characters > MAX_CHARACTERS {
            let more = &subjects[at..];
            return format!("{text} và {} {} khác", more.len(), names.noun(more).vietnamese());
        }
        if at > 0 {
            text.push_str("; ");
        }
        text.push_str(&name);
    }
    text
}

/// The keys are those of the forms; one without a text of its own is shown as it is.
fn explain(key: &str) -> &str {
    crate::forms::reason::vietnamese(key).unwrap_or(key)
}
