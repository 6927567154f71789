//! The text of a declared line: `<ISP>[ (AS<number>)][ <number> Mbps|Gbps]`, e.g. `Viettel (AS7552) 200 Mbps`.

use std::{fmt, str::FromStr};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredLine {
    pub isp: String,
    pub asn: Option<u32>,
    pub bandwidth_bps: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    #[error("no name of an ISP; expected e.g. `VNPT 300 Mbps` or `Viettel (AS7552) 200 Mbps`")]
    NoIsp,
    #[error("{0:?} is no AS number; expected e.g. `(AS7552)`")]
    Asn(String),
    #[error("{0:?} is no bandwidth; expected a number above 0 with Mbps or Gbps, e.g. `300 Mbps`")]
    Bandwidth(String),
}

/// Largest first, as they are written.
const UNITS: [(&str, u64); 2] = [("Gbps", 1_000_000_000), ("Mbps", 1_000_000)];

impl FromStr for DeclaredLine {
    type Err = InvalidLine;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (rest, bandwidth_bps) = split_bandwidth(&text)?;
        let (isp, asn) = split_asn(rest)?;
        if !isp.chars().any(char::is_alphabetic) {
            return Err(InvalidLine::NoIsp);
        }
        Ok(Self { isp: isp.to_owned(), asn, bandwidth_bps })
    }
}

impl fmt::Display for DeclaredLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isp)?;
        if let Some(asn) = self.asn {
            write!(f, " (AS{asn})")?;
        }
        let Some(bps) = self.bandwidth_bps else { return Ok(()) };
        let [(gbps, giga), (mbps, mega)] = UNITS;
        if bps.is_multiple_of(giga) {
            return write!(f, " {} {gbps}", bps / giga);
        }
        let thousandths = bps / (mega / 1_000);
        match (thousandths / 1_000, thousandths % 1_000) {
            (whole, 0) => write!(f, " {whole} {mbps}"),
            (whole, rest) => write!(f, " {whole}.{} {mbps}", format!("{rest:03}").trim_end_matches('0')),
        }
    }
}

fn split_bandwidth(text: &str) -> Result<(&str, Option<u64>), InvalidLine> {
    let Some((rest, factor)) =
        UNITS.iter().find_map(|(name, factor)| Some((strip_unit(text, name)?, *factor)))
    else {
        return Ok((text, None));
    };
    let invalid = || InvalidLine::Bandwidth(text.to_owned());
    let (isp, number) = rest.trim_end().rsplit_once(' ').ok_or_else(invalid)?;
    let bps = bits(number, factor).ok_or_else(invalid)?;
    Ok((isp.trim_end(), Some(bps)))
}

fn strip_unit<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(unit.len())?;
    let (rest, end) = (text.get(..at)?, text.get(at..)?);
    end.eq_ignore_ascii_case(unit).then_some(rest)
}

/// Whole numbers and up to three decimals, with point or comma.
fn bits(number: &str, factor: u64) -> Option<u64> {
    let (whole, decimals) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse::<u64>().ok()?;
    let total = whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(thousandths)?;
    total.checked_mul(factor / 1_000).filter(|bps| *bps > 0)
}

fn split_asn(text: &str) -> Result<(&str, Option<u32>), InvalidLine> {
    let Some(open) = text.rfind('(') else { return Ok((text.trim(), None)) };
    let inside = text[open + 1..].trim();
    let invalid = || InvalidLine::Asn(text[open..].to_owned());
    let number = inside.strip_suffix(')').ok_or_else(invalid)?.trim();
    let number = number.get(..2).filter(|s| s.eq_ignore_ascii_case("AS")).and_then(|_| number.get(2..));
    let asn = number.and_then(|digits| digits.parse().ok()).filter(|asn| *asn > 0).ok_or_else(invalid)?;
    Ok((text[..open].trim(), Some(asn)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(isp: &str, asn: Option<u32>, bandwidth_bps: Option<u64>) -> DeclaredLine {
        DeclaredLine { isp: isp.into(), asn, bandwidth_bps }
    }

    #[test]
    fn the_grammar_of_a_line() {
        for (text, expected) in [
            ("VNPT 1 Gbps", line("VNPT", None, Some(1_000_000_000))),
            ("Viettel (AS7552) 200 Mbps", line("Viettel", Some(7552), Some(200_000_000))),
            (" FPT   Telecom  2,5 gbps ", line("FPT Telecom", None, Some(2_500_000_000))),
            ("Viettel (AS24086)", line("Viettel", Some(24086), None)),
            ("CMC", line("CMC", None, None)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_line_is_named() {
        for (text, error) in [
            ("", InvalidLine::NoIsp),
            ("300 Mbps", InvalidLine::Bandwidth("300 Mbps".into())),
            ("VNPT many Mbps", InvalidLine::Bandwidth("VNPT many Mbps".into())),
            ("VNPT 0 Mbps", InvalidLine::Bandwidth("VNPT 0 Mbps".into())),
            ("VNPT -5 Mbps", InvalidLine::Bandwidth("VNPT -5 Mbps".into())),
            ("Viettel (7552)", InvalidLine::Asn("(7552)".into())),
            ("Viettel (AS7552", InvalidLine::Asn("(AS7552".into())),
        ] {
            assert_eq!(text.parse::<DeclaredLine>(), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = text.parse::<DeclaredLine>();
        }

        #[test]
        fn what_is_written_reads_back(
            isp in "[A-Z][a-z]{0,8}",
            asn in proptest::option::of(1u32..),
            kbps in proptest::option::of(1u64..100_000_000),
        ) {
            let line = line(&isp, asn, kbps.map(|kbps| kbps * 1_000));
            prop_assert_eq!(line.to_string().parse(), Ok(line));
        }
    }
}
