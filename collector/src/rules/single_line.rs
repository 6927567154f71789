use super::{Rule, RuleInfo, Subject, evidence::Lines};
use crate::inventory::counting::{View, lines_of_system, lines_of_unit};

/// Exactly one ISP line is known.
pub struct SingleLine;

impl Rule for SingleLine {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "internet.single-line",
            title_vi: "Chỉ có một đường truyền Internet",
            title_en: "Only one Internet line",
            legal_basis_vi: "Tiêu chí 15 Công văn 708/BTTTT-CATTT (tối thiểu 02 kết nối Internet từ các ISP dùng hạ tầng trong nước khác nhau); câu hỏi III.17 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 15 of official letter 708/BTTTT-CATTT (at least two Internet connections from ISPs that use different domestic infrastructure); question III.17 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let unit = lines_of_unit(view).lines;
        let of_unit = (unit.len() == 1).then(|| Subject::unit(Lines::of(&unit)));
        let of_systems = view.inventory.declarations.systems().filter_map(|system| {
            let lines = lines_of_system(system, view).lines;
            (lines.len() == 1).then(|| Subject::system(system, Lines::of(&lines)))
        });
        of_unit.into_iter().chain(of_systems).collect()
    }
}
