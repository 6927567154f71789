//! Rules of a token that lead a computer to its unit at roll-out: by the subnet it stands in or by the pattern
//! of its host name. Pure.

use crate::text::fold;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr, str::FromStr};

/// The first rule that fits decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub rules: Vec<Rule>,
    /// A computer that no rule fits is refused; else it comes to the token's own unit.
    pub strict: bool,
}

/// Written as `10.1.2.0/24=26740` or `PC-BN-*=26740`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rule {
    pub fits: Fits,
    pub unit: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fits {
    Subnet(IpNet),
    /// `*` stands for any letters, `?` for one; upper and lower case are alike.
    HostName(String),
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidRule {
    #[error("{0:?} is not SUBNET=UNIT or PATTERN=UNIT, as 10.1.2.0/24=26740 or PC-BN-*=26740")]
    Shape(String),
    #[error("{0:?} is no subnet: an address and a length of prefix are expected, as 10.1.2.0/24")]
    Subnet(String),
    #[error("{0} is an address inside of {1}: write {1}")]
    Inside(IpNet, IpNet),
    #[error("{0:?} is no pattern of host names: letters, digits, - _ . * and ? are expected")]
    Pattern(String),
}

impl FromStr for Rule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let shape = || InvalidRule::Shape(text.to_owned());
        let (fits, unit) = text.split_once('=').ok_or_else(shape)?;
        let (fits, unit) = (fits.trim(), unit.trim());
        if fits.is_empty() || unit.is_empty() || !unit.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(shape());
        }
        Ok(Self { fits: fits.parse()?, unit: unit.to_owned() })
    }
}

impl FromStr for Fits {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        if text.contains(['/', ':']) || text.parse::<IpAddr>().is_ok() {
            let network: IpNet = text.parse().map_err(|_| InvalidRule::Subnet(text.to_owned()))?;
            if network != network.trunc() {
                return Err(InvalidRule::Inside(network, network.trunc()));
            }
            return Ok(Self::Subnet(network));
        }
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '*' | '?');
        if text.chars().all(allowed) {
            Ok(Self::HostName(text.to_owned()))
        } else {
            Err(InvalidRule::Pattern(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Rule {
    type Error = InvalidRule;

    fn try_from(text: String) -> Result<Self, InvalidRule> {
        text.parse()
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fits {
            Fits::Subnet(network) => write!(f, "{network}={}", self.unit),
            Fits::HostName(pattern) => write!(f, "{pattern}={}", self.unit),
        }
    }
}

impl Assignment {
    pub fn rule_for(&self, host_name: &str, addresses: &[IpAddr]) -> Option<&Rule> {
        self.rules.iter().find(|rule| match &rule.fits {
            Fits::Subnet(network) => {
                addresses.iter().any(|address| network.contains(&address.to_canonical()))
            }
            Fits::HostName(pattern) => is_like(&fold(host_name), &fold(pattern)),
        })
    }
}

fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((in_pattern, at));
                in_pattern += 1;
            }
            Some(c) if *c == '?' || *c == text[at] => (at, in_pattern) = (at + 1, in_pattern + 1),
            // The last star takes one letter more.
            _ => match &mut star {
                Some((back, taken)) => {
                    *taken += 1;
                    (at, in_pattern) = (*taken, *back + 1);
                }
                None => return false,
            },
        }
    }
    pattern[in_pattern..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(texts: &[&str]) -> Assignment {
        Assignment { rules: texts.iter().map(|text| text.parse().unwrap()).collect(), strict: false }
    }

    fn unit<'a>(assignment: &'a Assignment, host: &str, address: &str) -> Option<&'a str> {
        let addresses: Vec<IpAddr> = address.parse().into_iter().collect();
        assignment.rule_for(host, &addresses).map(|rule| rule.unit.as_str())
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let all = rules(&["10.1.2.0/25=1", "PC-BN-*=2", "10.1.0.0/16=3", "2001:db8::/32=4", "*may?=5"]);
        assert_eq!(unit(&all, "x", "10.1.2.5"), Some("1"));
        assert_eq!(unit(&all, "pc-bn-07", "10.1.2.200"), Some("2"));
        assert_eq!(unit(&all, "x", "10.1.2.200"), Some("3"));
        assert_eq!(unit(&all, "x", "::ffff:10.1.9.9"), Some("3"));
        assert_eq!(unit(&all, "x", "2001:db8::7"), Some("4"));
        assert_eq!(unit(&all, "Phòng-Máy1", ""), Some("5"));
        assert_eq!(unit(&all, "PC-BN", "192.168.1.1"), None);
    }

    #[test]
    fn patterns_hold_for_the_whole_name() {
        for (text, pattern) in
            [("", "*"), ("abc", "a*c"), ("abcbc", "a*bc"), ("abc", "???"), ("a.b", "a.b**")]
        {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("abc", "a"), ("abc", "??"), ("", "?"), ("abcd", "a*c"), ("ab", "")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn what_is_no_rule_says_why() {
        let error = |text: &str| text.parse::<Rule>().unwrap_err().to_string();
        assert_eq!(
            error("10.1.2.0/24"),
            "\"10.1.2.0/24\" is not SUBNET=UNIT or PATTERN=UNIT, as 10.1.2.0/24=26740 or PC-BN-*=26740"
        );
        assert!(error("=26740").starts_with("\"=26740\" is not SUBNET=UNIT"));
        assert!(error("PC-*=xã").starts_with("\"PC-*=xã\" is not SUBNET=UNIT"));
        assert_eq!(
            error("10.1.2.0/33=26740"),
            "\"10.1.2.0/33\" is no subnet: an address and a length of prefix are expected, as 10.1.2.0/24"
        );
        assert!(error("10.1.2.0=26740").starts_with("\"10.1.2.0\" is no subnet"));
        assert_eq!(
            error("10.1.2.3/24=26740"),
            "10.1.2.3/24 is an address inside of 10.1.2.0/24: write 10.1.2.0/24"
        );
        assert!(error("PC BN*=26740").starts_with("\"PC BN*\" is no pattern of host names"));
    }

    #[test]
    fn a_rule_reads_back_as_it_is_written() {
        let json = r#"{"rules":["10.1.2.0/24=26740","PC-*=26743"],"strict":true}"#;
        let read: Assignment = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }

    proptest! {
        #[test]
        fn no_rule_and_no_name_panic(text in "[a-z*?.=/0-9:]{0,20}", name in ".{0,12}") {
            if let Ok(rule) = text.parse::<Rule>() {
                rules(&[]).rule_for(&name, &[]);
                Assignment { rules: vec![rule], strict: false }.rule_for(&name, &[]);
            }
        }

        #[test]
        fn a_star_alone_is_like_everything(name in ".{0,20}") {
            prop_assert!(is_like(&name, "*"));
        }
    }
}
