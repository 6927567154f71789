use super::*;
use crate::forms::totals::Totals;

#[test]
fn sums_are_over_units_that_have_a_number() {
    let mut totals = Totals::default();
    with_view(&quan_1(), |view| totals.add(view, &[]));
    with_view(&unit(), |view| totals.add(view, &[]));
    let ward = unit().with(computer("a")).declaring("", "staff.official", "9");
    with_view(&ward, |view| totals.add(view, &[]));
    let texts = texts(&totals.row("760"));
    assert_eq!(texts[2], "Tổng số lượng cán bộ, nhân viên: 64\nChính thức: 59\nThử việc: 5");
    assert!(texts[3].starts_with("Tổng số lượng máy tính: 51\n"));
    assert_eq!(texts[7], "Tổng số lượng USB Token: 50/50 cán bộ");
    assert_eq!(texts[8], "Tổng số đường truyền: 2");
    assert_eq!(texts[9..], ["x"; 5]);
}

#[test]
fn a_total_of_nothing_is_missing() {
    let mut totals = Totals::default();
    with_view(&unit(), |view| totals.add(view, &[]));
    assert_eq!(texts(&totals.row("760"))[2], "Chưa có số liệu");
    assert_eq!(texts(&totals.row("760"))[7], "Chưa có số liệu");
}
