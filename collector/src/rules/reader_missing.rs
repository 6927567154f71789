use super::{Rule, RuleInfo, Subject, evidence::Missing};
use crate::inventory::counting::{Class, View};

/// No card reader at a unit with a one-stop desk.
pub struct ReaderMissing;

impl Rule for ReaderMissing {
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: "equipment.reader-missing",
            title_vi: "Bộ phận một cửa chưa có thiết bị đọc thẻ",
            title_en: "No card reader at the one-stop desk",
            legal_basis_vi: "Mục 3 Phụ lục Công văn 488/BTTTT-CĐSQG ngày 15/02/2023 (trang thiết bị Bộ phận một cửa); cột Số lượng thiết bị đọc thẻ của Phụ lục kèm Công văn 2551/TCTTKĐA ngày 01/4/2024",
            legal_basis_en: "Item 3 of the appendix to official letter 488/BTTTT-CĐSQG of 15 February 2023 (equipment of the one-stop desks); column for card readers of the equipment appendix to official letter 2551/TCTTKĐA of 1 April 2024",
        }
    }

    fn evaluate(&self, view: View<'_>) -> Vec<Subject> {
        Missing::of(Class::CardReaders, view).map(Subject::unit).into_iter().collect()
    }
}
