//! Rules as a reader names them.

use super::i18n::Lang;
use crate::rules::info;

/// The id where there is no such rule any more: closed flags outlive rules.
pub fn title(l: Lang, rule: &str) -> String {
    info(rule).map_or(rule, |info| if l == Lang::Vi { info.title_vi } else { info.title_en }).to_owned()
}

pub fn basis(l: Lang, rule: &str) -> String {
    let basis = info(rule).map(|info| if l == Lang::Vi { info.legal_basis_vi } else { info.legal_basis_en });
    basis.unwrap_or_default().to_owned()
}
