//! Makers of printers: how they write their name, and their number among the enterprises.

use crate::snmp::oid::Oid;

pub struct Vendor {
    pub name: &'static str,
    /// Lower case, as found at the start of descriptions; longest first.
    spellings: &'static [&'static str],
    /// Below 1.3.6.1.4.1. Brands that sell others' devices have none.
    enterprises: &'static [u32],
    /// Whether the maker's own model names start with its name (`HP LaserJet …`).
    in_model: bool,
    pub serial: &'static [&'static str],
    pub model: &'static [&'static str],
}

const PLAIN: Vendor =
    Vendor { name: "", spellings: &[], enterprises: &[], in_model: false, serial: &[], model: &[] };

/// Brands stand before the makers whose devices they sell.
const VENDORS: &[Vendor] = &[
    Vendor { name: "UTAX", spellings: &["ta_utax", "utax_ta", "ta triumph-adler/utax", "utax"], ..PLAIN },
    Vendor { name: "Triumph-Adler", spellings: &["triumph-adler", "triumph adler"], ..PLAIN },
    Vendor { name: "Develop", spellings: &["develop"], ..PLAIN },
    Vendor { name: "Olivetti", spellings: &["olivetti"], ..PLAIN },
    Vendor { name: "Lanier", spellings: &["lanier"], ..PLAIN },
    Vendor { name: "Savin", spellings: &["savin"], ..PLAIN },
    Vendor { name: "Gestetner", spellings: &["gestetner"], ..PLAIN },
    Vendor { name: "Nashuatec", spellings: &["nashuatec"], ..PLAIN },
    Vendor { name: "NRG", spellings: &["nrg"], ..PLAIN },
    Vendor { name: "Fuji Xerox", spellings: &["fuji xerox", "fx"], ..PLAIN },
    Vendor { name: "Infotec", spellings: &["infotec"], ..PLAIN },
    Vendor { name: "Muratec", spellings: &["muratec"], ..PLAIN },
    Vendor {
        name: "HP",
        spellings: &["hewlett-packard", "hewlett packard", "hp"],
        enterprises: &[11],
        in_model: true,
        serial: &["1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3.0"],
        model: &["1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.2.0"],
    },
    Vendor {
        name: "Canon",
        spellings: &["canon"],
        enterprises: &[1602],
        serial: &["1.3.6.1.4.1.1602.1.2.1.8.1.3.1.1", "1.3.6.1.4.1.1602.1.2.1.4.0"],
        model: &["1.3.6.1.4.1.1602.1.1.1.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Epson",
        spellings: &["seiko epson", "epson"],
        enterprises: &[1248],
        serial: &["1.3.6.1.4.1.1248.1.2.2.1.1.1.5.1", "1.3.6.1.4.1.1248.1.1.3.1.1.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Brother",
        spellings: &["brother industries", "brother"],
        enterprises: &[2435],
        serial: &["1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Ricoh",
        spellings: &["ricoh"],
        enterprises: &[367],
        serial: &["1.3.6.1.4.1.367.3.2.1.2.1.4.0"],
        model: &["1.3.6.1.4.1.367.3.2.1.1.1.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Konica Minolta",
        spellings: &["konica minolta", "konicaminolta", "konica-minolta", "minolta", "konica"],
        enterprises: &[18334, 2590],
        model: &["1.3.6.1.4.1.18334.1.1.1.1.6.2.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Kyocera",
        spellings: &["kyocera document solutions", "kyocera mita", "kyocera"],
        enterprises: &[1347],
        serial: &["1.3.6.1.4.1.1347.43.5.1.1.28.1"],
        model: &["1.3.6.1.4.1.1347.43.5.1.1.1.1"],
        ..PLAIN
    },
    Vendor {
        name: "Fujifilm",
        spellings: &["fujifilm business innovation", "fujifilm", "ff"],
        enterprises: &[297],
        serial: &["1.3.6.1.4.1.297.1.111.1.39.1.2.1.0"],
        ..PLAIN
    },
    Vendor {
        name: "Xerox",
        spellings: &["xerox"],
        enterprises: &[253],
        serial: &["1.3.6.1.4.1.253.8.53.3.2.1.3.1"],
        model: &["1.3.6.1.4.1.253.8.53.3.2.1.2.1"],
        ..PLAIN
    },
    Vendor {
        name: "Lexmark",
        spellings: &["lexmark international", "lexmark"],
        enterprises: &[641],
        serial: &["1.3.6.1.4.1.641.6.2.3.1.5.1", "1.3.6.1.4.1.641.2.1.2.1.6.1"],
        model: &["1.3.6.1.4.1.641.6.2.3.1.4.1", "1.3.6.1.4.1.641.2.1.2.1.2.1"],
        ..PLAIN
    },
    Vendor {
        name: "OKI",
        spellings: &["oki data corporation", "oki data corp", "oki data", "okidata", "oki"],
        enterprises: &[2001],
        serial: &["1.3.6.1.4.1.2001.1.1.1.1.11.1.10.45.0"],
        ..PLAIN
    },
    Vendor {
        name: "Samsung",
        spellings: &["samsung electronics", "samsung"],
        enterprises: &[236],
        serial: &["1.3.6.1.4.1.236.11.5.1.1.1.4.0"],
        model: &["1.3.6.1.4.1.236.11.5.1.1.1.1.0"],
        ..PLAIN
    },
    Vendor { name: "Toshiba", spellings: &["toshiba tec", "toshiba"], enterprises: &[1129], ..PLAIN },
    Vendor { name: "Sharp", spellings: &["sharp"], enterprises: &[2385], ..PLAIN },
    Vendor {
        name: "Pantum",
        spellings: &["pantum"],
        enterprises: &[40093],
        serial: &["1.3.6.1.4.1.40093.1.1.1.5", "1.3.6.1.4.1.40093.6.1.2", "1.3.6.1.4.1.40093.10.1.1.4"],
        ..PLAIN
    },
    Vendor {
        name: "Zebra",
        spellings: &["zebra technologies", "zebra", "ztc"],
        enterprises: &[10642, 683],
        serial: &["1.3.6.1.4.1.10642.1.9.0", "1.3.6.1.4.1.683.1.5.0"],
        model: &["1.3.6.1.4.1.10642.1.1.0"],
        ..PLAIN
    },
    Vendor { name: "Dell", spellings: &["dell"], enterprises: &[674], ..PLAIN },
    Vendor { name: "Panasonic", spellings: &["panasonic"], enterprises: &[258], ..PLAIN },
    Vendor { name: "Sindoh", spellings: &["sindoh", "sindorico"], enterprises: &[24807], ..PLAIN },
    Vendor { name: "Riso", spellings: &["riso"], enterprises: &[24847], ..PLAIN },
    Vendor { name: "Kodak", spellings: &["eastman kodak", "kodak"], enterprises: &[], ..PLAIN },
    Vendor { name: "Fujitsu", spellings: &["fujitsu"], enterprises: &[211], ..PLAIN },
    Vendor { name: "Honeywell", spellings: &["honeywell", "intermec"], enterprises: &[1963], ..PLAIN },
    Vendor { name: "TSC", spellings: &["tsc"], enterprises: &[51966], ..PLAIN },
    Vendor { name: "SATO", spellings: &["sato"], enterprises: &[], ..PLAIN },
    Vendor { name: "Citizen", spellings: &["citizen"], enterprises: &[], ..PLAIN },
    Vendor { name: "Star", spellings: &["star micronics"], enterprises: &[], ..PLAIN },
    Vendor { name: "Avision", spellings: &["avision"], enterprises: &[], ..PLAIN },
    Vendor { name: "Deli", spellings: &["deli"], enterprises: &[], ..PLAIN },
    Vendor { name: "HPRT", spellings: &["hprt"], enterprises: &[], ..PLAIN },
    Vendor { name: "Printronix", spellings: &["printronix"], enterprises: &[], ..PLAIN },
    Vendor { name: "TallyGenicom", spellings: &["tallygenicom", "tally"], enterprises: &[], ..PLAIN },
];

/// Values that all makers' OIDs are asked for.
pub fn names() -> impl Iterator<Item = Oid> {
    VENDORS
        .iter()
        .flat_map(|vendor| vendor.serial.iter().chain(vendor.model))
        .map(|text| crate::snmp::oid::oid(text))
}

/// By the start of a description.
pub fn by_text(text: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|vendor| vendor.rest(text).is_some())
}

/// As [`by_text`], where maker and model stand together without a space, and what follows the name.
pub fn by_prefix(text: &str) -> Option<(&'static Vendor, &str)> {
    let starts =
        VENDORS.iter().flat_map(|vendor| vendor.spellings.iter().map(move |spelling| (vendor, *spelling)));
    let fits = starts
        .filter(|(_, spelling)| text.get(..spelling.len()).is_some_and(|t| t.eq_ignore_ascii_case(spelling)));
    let (vendor, spelling) = fits.max_by_key(|(_, spelling)| spelling.len())?;
    Some((vendor, text.get(spelling.len()..)?.trim()))
}

/// By sysObjectID.
pub fn by_object(object: &Oid) -> Option<&'static Vendor> {
    let [1, 3, 6, 1, 4, 1, enterprise, ..] = object.parts() else { return None };
    VENDORS.iter().find(|vendor| vendor.enterprises.contains(enterprise))
}

impl Vendor {
    /// What follows the maker's name at the start of `text`.
    fn rest<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.spellings.iter().find_map(|spelling| {
            let (start, rest) = text.split_at_checked(spelling.len())?;
            let ends = !rest.starts_with(char::is_alphanumeric);
            (ends && start.eq_ignore_ascii_case(spelling))
                .then(|| rest.trim_start_matches([' ', ',', '-', '_']))
        })
    }

    /// A model without the maker's name, unless the maker writes it so.
    pub fn model_of(&self, text: &str) -> String {
        let Some(rest) = self.rest(text).filter(|rest| !rest.is_empty()) else { return text.to_owned() };
        // `Hewlett-Packard HP LaserJet …`
        let model = self.rest(rest).filter(|rest| !rest.is_empty()).unwrap_or(rest);
        if self.in_model { format!("{} {model}", self.name) } else { model.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snmp::oid::oid;

    #[test]
    fn makers_by_text_and_number() {
        for (text, name) in [
            ("KONICA MINOLTA bizhub C250i", "Konica Minolta"),
            ("Hewlett-Packard HP LaserJet P2055d", "HP"),
            ("TA_UTAX Printing System", "UTAX"),
            ("FUJI XEROX DocuPrint P355 d", "Fuji Xerox"),
            ("NRG MP C3500 1.1", "NRG"),
            ("Brother NC-6800h, Firmware", "Brother"),
        ] {
            assert_eq!(by_text(text).map(|vendor| vendor.name), Some(name), "{text}");
        }
        assert!(by_text("HPRT TP80").is_some_and(|vendor| vendor.name == "HPRT"));
        assert!(by_text("Sharpen").is_none() && by_text("").is_none() && by_text("ế").is_none());
        assert_eq!(by_object(&oid("1.3.6.1.4.1.1347.41")).map(|vendor| vendor.name), Some("Kyocera"));
        assert!(by_object(&oid("1.3.6.1.4.1.8072.3.2.10")).is_none());
    }

    #[test]
    fn models_stand_without_the_maker() {
        for (text, model) in [
            ("KONICA MINOLTA bizhub C250i", "bizhub C250i"),
            ("Hewlett-Packard HP LaserJet P2055d", "HP LaserJet P2055d"),
            ("HP LaserJet MFP M130nw", "HP LaserJet MFP M130nw"),
            ("EPSON WF-C5790BA", "WF-C5790BA"),
            ("Brother", "Brother"),
        ] {
            assert_eq!(by_text(text).unwrap().model_of(text), model);
        }
    }
}
