//! The model in what a device says of itself.

use super::{family, vendor::Vendor};
use crate::probe::placeholder;

/// Said where the model could stand.
const GENERIC: &[&str] =
    &["generic", "built-in", "printing system", "ethernet", "jetdirect", "print server", "printserver"];
const VERSION_MARKS: &[&str] =
    &["version", "version:", "ver", "ver.", "ver:", "v", "rev", "rev.", "os", "fw", "firmware"];
const SERIAL_MARKS: &[&str] = &["s/n", "s/n:", "sn", "sn:", "serial"];
/// What Lexmark prints between model and firmware.
const SHORTEST_SERIAL: usize = 7;

/// Without firmware and serial behind the name; `None` for what names no model.
pub fn of(text: &str, vendor: Option<&Vendor>) -> Option<String> {
    let text = text.split([';', ',']).next().unwrap_or(text);
    let text = text.split(" /").next().unwrap_or(text);
    let text = without_tail(text);
    let model = vendor.map_or_else(|| text.clone(), |vendor| vendor.model_of(&text));
    let model = if vendor.is_some_and(|vendor| vendor.name == "OKI") { without_mac(&model) } else { &model };
    let only_vendor = vendor.is_some_and(|vendor| vendor.name.eq_ignore_ascii_case(model));
    let names: Vec<&str> = vendor.iter().map(|vendor| vendor.name).collect();
    placeholder::meaningful(model)
        .filter(|model| !only_vendor && (!is_generic(model) || family::of_maker(model, &names).is_some()))
}

/// `M408x Series`, `Generic 28C-1`: what the device says elsewhere is more exact.
pub fn is_of_a_series(text: &str) -> bool {
    let lower = text.to_lowercase();
    let open = |word: &str| word.strip_suffix('x').is_some_and(|rest| rest.ends_with(is_digit));
    lower.starts_with("generic ") || (lower.contains("series") && lower.split_whitespace().any(open))
}

fn is_generic(model: &str) -> bool {
    let lower = model.to_lowercase();
    let number = model.contains(is_digit);
    GENERIC.iter().any(|word| lower.contains(word)) || (lower.contains("printer") && !number)
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}

fn without_tail(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let ends = |at: &usize| {
        let (this, next) = (word(*at).to_lowercase(), word(at + 1));
        SERIAL_MARKS.contains(&this.as_str())
            || (VERSION_MARKS.contains(&this.as_str()) && (next.starts_with(is_digit) || is_version(next)))
            || (is_serial(word(*at)) && is_version(next))
            || is_version(word(*at))
    };
    let end = (1..words.len()).find(ends).unwrap_or(words.len());
    // `ComColor 7150 Printer`
    let said = end >= 3 && word(end - 1).eq_ignore_ascii_case("printer") && word(end - 2).contains(is_digit);
    words.get(..if said { end - 1 } else { end }).unwrap_or_default().join(" ")
}

/// `1.13`, `V4.00.02`, `Rev.N2.41`, `LW1.MB4.P229`.
fn is_version(word: &str) -> bool {
    let lower = word.to_lowercase();
    let marked =
        ["ver.", "rev."].iter().any(|mark| lower.strip_prefix(mark).is_some_and(|rest| !rest.is_empty()));
    let parts: Vec<&str> = lower.strip_prefix('v').unwrap_or(&lower).split('.').collect();
    let of = |fits: fn(char) -> bool| parts.iter().all(|part| !part.is_empty() && part.chars().all(fits));
    let numbers = parts.len() >= 2 && of(|c| c.is_ascii_digit());
    let firmware = parts.len() >= 3 && of(|c| c.is_ascii_alphanumeric()) && lower.contains(is_digit);
    marked || numbers || firmware
}

fn is_serial(word: &str) -> bool {
    word.len() >= SHORTEST_SERIAL
        && word.contains(is_digit)
        && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// `MC362-A0B1C2`: the end of the hardware address.
fn without_mac(model: &str) -> &str {
    let hexadecimal = |end: &str| end.len() == 6 && end.chars().all(|c| matches!(c, '0'..='9' | 'A'..='F'));
    model.rsplit_once('-').filter(|(_, end)| hexadecimal(end)).map_or(model, |(model, _)| model)
}

#[cfg(test)]
mod tests {
    use super::{super::vendor, *};

    #[test]
    fn firmware_and_serial_are_no_part_of_it() {
        for (text, model) in [
            ("Dell 2330dn Laser Printer 721BZXK LR.SP.P205", "2330dn Laser Printer"),
            ("Dell B1160w Laser Printer; V3.00.01.08 Feb-28-2012;Engine 1.00", "B1160w Laser Printer"),
            ("Dell 2330dn Laser Printer version NR.APS.N449 kernel 2.6.6 All-N-1", "2330dn Laser Printer"),
            ("Lexmark MS610dn 40635AFLM0C0X6 LW1.MB4.P229", "MS610dn"),
            ("Lexmark T640 54.10.41 10/100", "T640"),
            ("Samsung SCX-4623F Series OS 1.01.00.50 Oct 8 2010", "SCX-4623F Series"),
            ("FUJI XEROX DocuCentre-IV C2260 v 25. 25. 0 Multifunction System", "DocuCentre-IV C2260"),
            ("RICOH Aficio MP C3002 2.20 / RICOH Network Printer C model", "Aficio MP C3002"),
            ("OKI-MC362-A0B1C2", "MC362"),
            ("RISO ComColor 7150 Printer", "ComColor 7150"),
            ("OKI DATA CORP C5650", "C5650"),
            ("KYOCERA ECOSYS M2640IDW", "ECOSYS M2640IDW"),
            ("Canon LBP6670 /P", "LBP6670"),
            ("HP LaserJet 400 M401dn", "HP LaserJet 400 M401dn"),
            ("EPSON WF-C17590 Series", "WF-C17590 Series"),
            ("TTP245C Version: 7.02 EZD", "TTP245C"),
        ] {
            assert_eq!(of(text, vendor::by_text(text)).as_deref(), Some(model), "{text}");
        }
    }

    #[test]
    fn general_words_name_no_model() {
        for text in [
            "EPSON Built-in 11b/g/n Print Server",
            "HP ETHERNET MULTI-ENVIRONMENT",
            "TA_UTAX Printing System",
            "Xerox Printer",
            "Canon",
            "",
        ] {
            assert_eq!(of(text, vendor::by_text(text)), None, "{text}");
        }
    }
}
