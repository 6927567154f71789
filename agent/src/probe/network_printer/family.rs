//! What a model is by its name, as far as makers name their families consistently.

use regex_lite::Regex;
use std::sync::LazyLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Printer,
    Multifunction,
    Scanner,
    /// Projectors, servers for USB devices, computers, displays.
    Other,
}

/// In order: the first that fits decides. Facts are from the makers' product lists.
const FAMILIES: &[(Family, &str)] = &[
    (
        Family::Other,
        r"projector|\bEB-\w*\d{3,4}|\bEH-TW\d|powerlite|\bbenq\b|infocus|viewsonic|print ?server|device ?server|utn-\d|signage",
    ),
    // Document and flatbed scanners with a network port.
    (
        Family::Scanner,
        r"scan ?jet|scan ?snap|scanfront|image ?formula|document scanner|network scanner$|\bADS-\d{4}|\b(workforce )?(DS|ES)-\d{3,5}|\bfi-\d{3,4}|\bSP-1\d{3}N?\b|\bDR-[A-Z]?\d{3,4}|\bKV-[SN]\d|\bkodak (i|s)\d|alaris|perfection",
    ),
    // Printers whose names would pass for multifunction devices below.
    (
        Family::Printer,
        r"\bbizhub (4000|4700|5000|C3300|C3100|4002|5001)i?P?\b|\bbizhub (press|pro) |\bbizhub C?\d+P\b|e-?studio ?\d+(CP|P)\b|\bMX-(B|C)\d+P\b|\bofficejet (pro )?(6000|6100|7000|7110|8000|8100|8210|8216|200|K\d+|X\d+d[nw]+)\b|\bIM C?\d+P\b",
    ),
    (
        Family::Multifunction,
        r"\bMFP\b|\d(MFP|mfp)|multi-?function|all-?in-?one|\bAIO\b|\bcopier\b|digital copier",
    ),
    // HP
    (
        Family::Multifunction,
        r"officejet|\benvy\b|smart tank|\bPSC\b|ink advantage|deskjet (plus )?(2[1-9]\d{2}|[34]\d{3})\b|photosmart|laserjet (30[0-9]{2}|31\d{2}|33\d{2}|CM\d{4}|M1\d{3}|pro (m1\d{3}nf|mfp)|flow)|pagewide .*(mfp|\b[35]77)|\bneverstop .*(1200|mfp)|\btango",
    ),
    (Family::Printer, r"laserjet|deskjet|designjet|pagewide|neverstop|latex"),
    // Canon
    (
        Family::Multifunction,
        r"\bMF ?\d{3,4}|\biR(-ADV| ?C?\d)|imagerunner|imagepress|imageclass (MF|D\d)|\b(MG|MX|MP|MB|TS|TR|E4|E3)\d{3,4}\b|\bG[2-7]\d{3}\b|\bGX\d{4}|\bi-?sensys mf|maxify|\bD1\d{3}\b",
    ),
    (Family::Printer, r"\bLBP ?-?\d|\bi[PXB]\d{4}|\bPRO-\d|\bTM-\d{3}\b|\bG1\d{3}\b|selphy"),
    // Epson
    (
        Family::Printer,
        r"\bWF-(M|C)?\d?[0-3]\d{2}R?\b|\bWF-(C8190|C8690P|100|110)|\bET-(M1\d|1\d{3}\b|14\d{3})|\bL(1[0-9]{2}|1[12]\d{2}|130\d|180\d|31[0]|80[0-9]|8050|1[18]0[35]0|11050|18050)\b|\bM(10[05]|1[01]\d{2}|1180)\b|\bAL-[MC]\d|\b(LQ|LX|FX|PLQ|DFX|DLQ|SC|TM|CW|B)-|surecolor|stylus (pro|photo [R1]|C\d|office B)",
    ),
    (
        Family::Multifunction,
        r"\bWF-|workforce|ecotank|\bET-|\bXP-\d|\bL\d{3,5}\b|\bAL-MX|\bM[23]\d{2,3}\w*\b.*epson|stylus (CX|DX|TX|SX|BX|NX|office [BT]X)|\bBX\d{3}|\bAM-C\d",
    ),
    // Brother
    (Family::Multifunction, r"\b(DCP|MFC|FAX)-|\bHL-(2280|L2380|L2390|L2395|L3290|L2464|L2480)\w*"),
    (Family::Printer, r"\bHL-|\b(PT|QL|TD|RJ|PJ|VC)-[A-Z]?\d"),
    // Ricoh and its brands
    (
        Family::Multifunction,
        r"aficio (MP|SP ?C?\d+S)|\bMP ?C?W?\d{3,4}|\bIM ?C?\d{3,4}|\b(SP|M) ?C?\d{3,4} ?\w*(SF|SFN|FW|FNW|SFNW)\w*\b|\bM C\d{3,4}|\bDSm?c?\d{3}|\bLD\d{3}",
    ),
    (Family::Printer, r"aficio (SP|CL|AP)|\bSP ?C?\d{3,4}|\bP ?C?\d{3}\w?\b.*(ricoh)?$"),
    // Konica Minolta and its brands
    (Family::Multifunction, r"bizhub|\bineo|d-color|d-copia|accurio|magicolor \d+MF|pagepro \d+MF"),
    (Family::Printer, r"magicolor|pagepro"),
    // Kyocera and its brands
    (
        Family::Multifunction,
        r"taskalfa|ecosys M|\bKM-\d|\b\d{3,4}c?i\b|\bFS-C?\d{4}MFP|\bCD ?\d{4}\b|\bDC[CW]? ?\d{4}\b",
    ),
    (Family::Printer, r"ecosys P|\bFS-C?\d|\bP-[C]?\d|\bLP ?\d{4}|\bCLP ?\d{4}\b|\bPA\d{4}"),
    // Xerox, Fujifilm
    (
        Family::Multifunction,
        r"workcentre|altalink|colorqube (8700|8900|93)|versalink [BC](\d05|70[23]\d|71\d\d|415|625)|\b[BC](205|215|225|235|305|315|325|415|625|1022|1025)\b|docucentre|apeosport|apeos\b|docuprint (C?M)\d|primelink",
    ),
    (
        Family::Printer,
        r"phaser|versalink|colorqube|docuprint|\b[BC](210|230|310|400|410|500|600|610|620|7000|8000|9000)\b",
    ),
    // Lexmark
    (Family::Multifunction, r"lexmark (X|CX|MX|XC|XM|MB|MC)\d|\b(CX|MX|XC|XM|MB|MC)\d{3,4}"),
    (Family::Printer, r"lexmark|\b(CS|MS)\d{3}"),
    // Samsung
    (
        Family::Multifunction,
        r"\b(SCX|CLX)-|\b(SL-)?[MC](2070|2675|2875|2870|2880|2885|3370|3375|3870|3875|4070|4075|4080|4370|4580|4583|5370|460|463|480|483|1860|2670|3060|4060)|\b(SL-)?[KX](2200|3220|3250|3300|4220|4250|4300|4350|7[45-6]\d\d|401)",
    ),
    (Family::Printer, r"\b(ML|CLP)-|\bSL-"),
    // Toshiba, Sharp, OKI, Pantum, Panasonic, Dell
    (
        Family::Multifunction,
        r"e-?studio|\b(MX|AR|BP|DX|AL)-[A-Z]?\d{2,4}|\b(MC|MB|ES)\d{3,4}.*(mfp|dn|dnw|n)?$|\bpantum (M|BM|CM)\d|\b(BM|CM|M)\d{4}(DN|DW|NW|FDN|FDW|W|ADN|ADW)\w*\b|\bKX-MB|\b[BCEHS]\d{3,4}(nfw|dnf|cnf|cnfw|nf|cdn mfp)\b|\bAM\d{4}",
    ),
];

static COMPILED: LazyLock<Vec<(Family, Regex)>> = LazyLock::new(|| {
    FAMILIES
        .iter()
        .filter_map(|(family, pattern)| Some((*family, Regex::new(&format!("(?i){pattern}")).ok()?)))
        .collect()
});

/// `None` for names that tell nothing.
pub fn of(name: &str) -> Option<Family> {
    COMPILED.iter().find(|(_, pattern)| pattern.is_match(name)).map(|(family, _)| *family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert_eq!(COMPILED.len(), FAMILIES.len());
    }

    fn assert_all(expected: Family, names: &str) {
        for name in names.split('|') {
            assert_eq!(of(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn printers() {
        assert_all(
            Family::Printer,
            "HP LaserJet P2055d|HP LaserJet Pro M404dn|HP Color LaserJet Pro M454dw|LBP6670|LBP-1120|iP2770|HL-5370DW series|\
             HL-L2340DW series|WF-C5290|WF-M5299|WF-5190|L1110 Series|L805|L121|SP 3600DN|Aficio SP 4210N|ECOSYS P2040dn|\
             FS-1120D|P-4532DN|Phaser 3020|VersaLink C400|Lexmark MS621dn|Lexmark E260dn|ML-2161|CLP-325|SL-M2020W|\
             bizhub 4000i|bizhub C3300i|e-STUDIO385P|OfficeJet Pro 8100|HP PageWide Pro 452dw|DocuPrint P355 d|B210|G1010 series",
        );
    }

    #[test]
    fn multifunction_devices() {
        assert_all(
            Family::Multifunction,
            "HP LaserJet MFP M130nw|HP LaserJet M1132 MFP|HP OfficeJet Pro 8720|HP LaserJet 3055|MF3010|iR-ADV C3525|iR2520|\
             MG3600 series|TS5300 series|G3010 series|WF-C5790BA|WF-7610|L3150 Series|L4160 Series|ET-2750|DCP-L3550CDW|\
             MFC-J680DW|HL-L2390DW|Aficio MP C3002|MP 2014AD|IM C2500|SP 3710SF|bizhub C250i|bizhub 227|ineo+ 258|\
             TASKalfa 2552ci|ECOSYS M2540dn|FS-1135MFP|2506ci|WorkCentre 3345|VersaLink C405|B215|AltaLink C8045|\
             DocuCentre-V C2265|Apeos C2570|DocuPrint M355 df|Lexmark MX611dhe|CX522|SCX-3405|CLX-3305|M2070 Series|\
             K4350 Series|e-STUDIO2518A|MX-3570N|BP-30C25|MC563|Pantum M6550NW|KX-MB2090|Samsung SL-M2885FW",
        );
    }

    #[test]
    fn scanners_and_other_things() {
        assert_all(
            Family::Scanner,
            "ADS-2800W|HP ScanJet Pro 4500 fn1|DS-780N|fi-7300NX|ScanFront 400|KV-N1058X",
        );
        assert_all(Family::Other, "EPSON Projector|EB-1785W|myUTN-50a Device Server|EPSON PowerLite 1781W");
        for name in ["", "Printer", "JetDirect", "Ethernet"] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
