use super::{
    Rule, RuleInfo, Subject,
    evidence::{DownEvidence, LineDown as Evidence},
};
use crate::inventory::{
    counting::{View, router_lines},
    line::LineDown,
};
use jiff::{SignedDuration, Timestamp};

/// A known line has been down for some time.
pub struct LinesDown;

impl Rule for LinesDown {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "internet.line-down",
            title_vi: "Đường truyền Internet mất kết nối",
            title_en: "Internet line down",
            legal_basis_vi: "Tiêu chí 15 Công văn 708/BTTTT-CATTT (duy trì kết nối dự phòng); câu hỏi III.12 và III.17 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 15 of official letter 708/BTTTT-CATTT (a spare connection is kept up); questions III.12 and III.17 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let limit = limit(view);
        let mut down: Vec<DownEvidence> = down(view).collect();
        down.retain(|line| view.now.duration_since(line.down_since) >= limit);
        if down.is_empty() {
            return Vec::new();
        }
        vec![Subject::unit(Evidence { lines_down: down })]
    }
}

/// When a line that is down now will have been for long enough: no report need come then.
pub fn due(view: View<'_>) -> Option<Timestamp> {
    let at = down(view).filter_map(|line| line.down_since.checked_add(limit(view)).ok());
    at.filter(|at| *at > view.now).min()
}

fn limit(view: View<'_>) -> SignedDuration {
    SignedDuration::from_mins(i64::from(view.thresholds.line_down_minutes))
}

fn down<'a>(view: View<'a>) -> impl Iterator<Item = DownEvidence> + 'a {
    router_lines(view).into_iter().filter_map(|read| {
        let is_it =
            |down: &&LineDown| down.router == read.line.router && down.interface == read.line.interface;
        let down = read.reader.lines_down.iter().find(is_it)?;
        Some(DownEvidence {
            router: down.router,
            interface: down.interface.clone(),
            label: down.label.clone(),
            down_since: down.since,
        })
    })
}
