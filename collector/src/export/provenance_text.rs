//! Provenance in Vietnamese, for the sheet "Nguồn số liệu".

use super::{local_date, local_time};
use crate::inventory::{Provenance, device::DECLARED};

/// A cell of a spreadsheet holds 32,767 characters; a list of subjects stops well before.
const MAX_SUBJECTS: usize = 200;

pub fn source(provenance: &Provenance) -> &'static str {
    match provenance {
        Provenance::Observed { .. } => "Quan trắc",
        Provenance::Declared { .. } => "Kê khai",
        Provenance::Computed { .. } => "Tính toán",
        Provenance::Missing { .. } => "Chưa có số liệu",
    }
}

pub fn detail(provenance: &Provenance) -> String {
    match provenance {
        Provenance::Observed { subjects, as_of, left_out } => observed(subjects, *as_of, left_out),
        Provenance::Declared { by, on } => format!("{by}, ngày {}", local_date(*on)),
        Provenance::Computed { rule } => explain(rule).to_owned(),
        Provenance::Missing { reason } => explain(reason).to_owned(),
    }
}

fn observed(subjects: &[String], as_of: Option<jiff::Timestamp>, left_out: &[String]) -> String {
    let mut text = format!("{} đối tượng", subjects.len());
    let declared = subjects.iter().filter(|subject| subject.starts_with(DECLARED)).count();
    if declared > 0 {
        text.push_str(&format!(" (trong đó {declared} do kê khai)"));
    }
    if let Some(time) = as_of {
        text.push_str(&format!(", cũ nhất lúc {}", local_time(time)));
    }
    if !subjects.is_empty() {
        text.push_str(&format!(": {}", list(subjects)));
    }
    if !left_out.is_empty() {
        text.push_str(&format!(". Không tính vì không đọc được: {}", list(left_out)));
    }
    text
}

fn list(subjects: &[String]) -> String {
    let shown = subjects.iter().take(MAX_SUBJECTS).map(String::as_str).collect::<Vec<_>>().join(", ");
    match subjects.len().saturating_sub(MAX_SUBJECTS) {
        0 => shown,
        more => format!("{shown} và {more} đối tượng khác"),
    }
}

/// The keys are those of the forms; one without a text of its own is shown as it is.
fn explain(key: &str) -> &str {
    crate::forms::reason::vietnamese(key).unwrap_or(key)
}
