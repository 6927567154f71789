use super::{Rule, RuleInfo, Subject, evidence::Lines};
use crate::inventory::{
    Line,
    counting::{View, lines_of_system, lines_of_unit},
};

/// Two or more lines, all of one infrastructure group.
pub struct SameIspGroup;

impl Rule for SameIspGroup {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "internet.same-isp-group",
            title_vi: "Các đường truyền Internet dùng chung hạ tầng một nhà mạng",
            title_en: "All Internet lines share one ISP's infrastructure",
            legal_basis_vi: "Tiêu chí 15 Công văn 708/BTTTT-CATTT (các ISP sử dụng hạ tầng kết nối trong nước khác nhau); câu hỏi III.17 Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Criterion 15 of official letter 708/BTTTT-CATTT (ISPs that use different domestic infrastructure); question III.17 of official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        let unit = lines_of_unit(view).lines;
        let of_unit = one_group(&unit).then(|| Subject::unit(Lines::of(&unit)));
        let of_systems = view.inventory.declarations.systems().filter_map(|system| {
            let lines = lines_of_system(system, view).lines;
            one_group(&lines).then(|| Subject::system(system, Lines::of(&lines)))
        });
        of_unit.into_iter().chain(of_systems).collect()
    }
}

fn one_group(lines: &[Line]) -> bool {
    lines.len() >= 2 && lines.iter().all(|line| line.infrastructure_group == lines[0].infrastructure_group)
}
