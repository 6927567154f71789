//! Evidence of a flag as one line of text.

use super::{format, i18n::Lang};
use serde_json::{Map, Value};

/// Said beside the evidence already.
const SUBJECT: &str = "host_name";
/// Of a computer that was never checked it is null, and the rest is too.
const LAST_CHECK: &str = "last_checked_on";

/// `key: value` pairs by the names of `evidence-*`; a key without a name is shown as it is.
pub fn text(l: Lang, evidence: &Value) -> String {
    let Value::Object(pairs) = evidence else { return value(l, "", evidence) };
    let shown = pairs.iter().filter(|(key, content)| !content.is_null() && *key != SUBJECT);
    let shown = shown.map(|(key, content)| {
        format!("{}: {}", l.or_code("evidence-", &key.replace('_', "-")), value(l, key, content))
    });
    let shown = shown.collect::<Vec<_>>().join(" · ");
    if shown.is_empty() && pairs.contains_key(LAST_CHECK) { l.t("evidence-never-checked") } else { shown }
}

fn value(l: Lang, key: &str, content: &Value) -> String {
    match content {
        Value::Null => String::new(),
        Value::Bool(yes) => l.t(if *yes { "yes" } else { "no" }),
        Value::Number(number) => match number.as_u64() {
            Some(bytes) if key.ends_with("_bytes") => format::storage(bytes),
            Some(0) if key == "year" => l.t("evidence-year-any"),
            Some(year) if key == "year" => year.to_string(),
            Some(amount) if key.ends_with("_dong") || key == "unit_price" => {
                format!("{} đồng", format::count(amount as usize))
            }
            Some(share) if key.ends_with("permille") => {
                format::permille(u32::try_from(share).unwrap_or(u32::MAX))
            }
            _ => number.as_i64().map_or_else(|| number.to_string(), format::number),
        },
        Value::String(text) => moment(text).unwrap_or_else(|| l.or_code(prefix(key), text)),
        Value::Array(items) => items.iter().map(|item| value(l, key, item)).collect::<Vec<_>>().join(", "),
        Value::Object(pairs) if pairs.contains_key("isp") => line(pairs),
        Value::Object(pairs) => {
            let parts = pairs.iter().filter(|(_, content)| !content.is_null());
            parts.map(|(key, content)| value(l, key, content)).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Of the texts of a key's codes.
fn prefix(key: &str) -> &'static str {
    match key {
        "item" => "item-",
        "stage" => "stage-",
        "source" => "fund-",
        "fields" => "field-",
        _ => "evidence-value-",
    }
}

/// `VNPT (AS45899) 150 Mbps`
fn line(line: &Map<String, Value>) -> String {
    let name = line.get("isp").and_then(Value::as_str).map(str::to_owned);
    let network = line.get("asn").and_then(Value::as_u64).map(|asn| format!("(AS{asn})"));
    let bandwidth = line.get("bandwidth_bps").and_then(Value::as_u64).map(format::bits_per_second);
    [name, network, bandwidth].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn moment(text: &str) -> Option<String> {
    let looks_dated = text.len() >= 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    if !looks_dated {
        return None;
    }
    let time = text.parse::<jiff::Timestamp>().map(format::time).ok();
    time.or_else(|| text.parse().map(format::date).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn evidence_reads_as_pairs() {
        let evidence = json!({
            "host_name": "PC-A", "mount_point": "C:", "used_permille": 963, "valid_until": "2020-01-14",
            "last_checked_on": null,
        });
        assert_eq!(text(Lang::Vi, &evidence), "Ổ: C: · Đã dùng: 96,3 % · Có giá trị đến: 14/01/2020");
    }

    #[test]
    fn a_computer_that_was_never_checked_says_so() {
        let evidence = json!({"host_name": "PC-A", "last_checked_on": null, "valid_until": null});
        assert_eq!(text(Lang::Vi, &evidence), "chưa ghi nhận lần kiểm tra nào");
    }

    #[test]
    fn deeds_read_in_the_words_of_their_pages() {
        let edit = json!({"item": "usb-token", "quantity": 1200, "unit_price": 350_000, "year": 2025,
                          "source": "local", "adopted": true, "note": null});
        assert_eq!(
            text(Lang::Vi, &edit),
            "Hạng mục: USB Token kí số · Số lượng: 1.200 · Đơn giá: 350.000 đồng · Năm: 2025 · Nguồn: Địa phương · Đã duyệt: có"
        );
        assert_eq!(text(Lang::En, &json!({"item": "scanner", "year": 0})), "Item: Scanner · Year: any year");
    }

    #[test]
    fn no_protection_says_what_was_read() {
        let evidence = json!({"host_name": "PC-A", "protection": "no-product-listed"});
        assert_eq!(
            text(Lang::Vi, &evidence),
            "Phần mềm bảo vệ: đã đọc được danh sách phần mềm bảo vệ của máy, không có sản phẩm nào"
        );
        assert_eq!(
            text(Lang::En, &evidence),
            "Protection: the computer's list of protection software was read and holds no product"
        );
    }

    #[test]
    fn lines_read_as_in_the_forms() {
        let evidence = json!({"lines": [
            {"isp": "VNPT", "asn": 45899, "infrastructure_group": "VNPT", "bandwidth_bps": 150_000_000},
            {"isp": "FPT", "asn": null, "infrastructure_group": "FPT", "bandwidth_bps": null},
        ]});
        assert_eq!(text(Lang::En, &evidence), "Lines: VNPT (AS45899) 150 Mbps, FPT");
    }
}
