//! How makers name their models. Facts are from the makers' product lists; of a maker's patterns the first that
//! fits decides.

use super::Family::{self, Multifunction, Other, Printer, Scanner};
use Scope::{Anyone, Own};

/// Whether a pattern tells its maker's models from everyone else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Anyone,
    /// Only of things that are known to be of this maker.
    Own,
}

pub type Row = (Family, Scope, &'static str);

pub struct Maker {
    /// As [`super::super::vendor`] names it, and the brands that sell its devices.
    pub brands: &'static [&'static str],
    pub rows: &'static [Row],
}

/// Whoever made it.
pub const COMMON: &[Row] = &[
    (
        Other,
        Anyone,
        r"projector|\bEB-[A-Z]*\d{2,4}|\bEH-TW\d|powerlite|\bbenq\b|infocus|viewsonic|utn-\d|signage|\bUPS\b|\bPDU\b|\bswitch\b",
    ),
    (
        Scanner,
        Anyone,
        r"scan ?jet|scan ?snap|scan ?front|image ?formula|document scanner|^[^/]*network scanner$|docuscan|documate|alaris|perfection|canoscan|\bLiDE ?\d",
    ),
    (Multifunction, Anyone, r"\be?MFP\b|\dMFP|multi-?function|all-?in-?one|\bAIO\b|\bcopier\b"),
];

const HP: &[Row] = &[
    (
        Printer,
        Anyone,
        r"officejet (pro )?(6000|6100|7000|7110|8000|8100|8210|821[68]|100|20[02]|H470|K\d{3,4})\b",
    ),
    (
        Printer,
        Anyone,
        r"officejet .*\bX(451|55[15])|ink tank (wireless )?11\d|smart tank 2[12]\d|color laserjet 3\d{3}|\btango",
    ),
    (
        Printer,
        Anyone,
        r"\b(deskjet|advantage|adv) (10[01]\d|1[12]\d\d|20[0-2]\d|30[01]\d|33[12]\d|34[25]\d|35[035]\d|36[45]\d|374\d|384\d|39\d\d|555\d)\b",
    ),
    (
        Printer,
        Anyone,
        r"photosmart (A\d|D\d{4}|pro |P\d|1[0-3]\d\d|7([1-369]\d|45|55|76)\d|8\d{3}|[34]\d\d\b)",
    ),
    (
        Multifunction,
        Anyone,
        r"officejet|\benvy\b|(smart|ink) tank|\bPSC\b|ink adv|photosmart|topshot|deskjet (plus|gt|F\d{4}|K[12]09)|\bneverstop .*\b12\d\d",
    ),
    (
        Multifunction,
        Anyone,
        r"deskjet (105\d|151\d|20[56]\d|2[1-8]\d\d|30[57]\d|35[12]\d|36\d\d|37\d\d|38\d\d|4[1-9]\d\d|5[02]\d\d|55[1-4]\d|557\d)[a-z]?\b",
    ),
    (
        Multifunction,
        Anyone,
        r"laserjet .*\b(C?M[1-9]\d{3}|M(2[6-9]|3[01]|12[5-9]|13\d|14[0-9]|17\d|18[0-3]|2[23]\d|27[4-9]|28[0-3]|329|37\d|42[5-9]|43\d|44[0-3]|47\d|480|52[1-9]|57\d|62[5-9]|63\d|68\d|72[5-9]|73\d|77[5-9]|830|880))[a-z]*\b",
    ),
    (
        Multifunction,
        Anyone,
        r"laserjet (3015|3020|3030|305\d|31[05]0|3200|33\d\d|28[234]0|flow)\b|pagewide .*\b(377|477|577|586|77\d)",
    ),
    (
        Printer,
        Anyone,
        r"laserjet|deskjet|designjet|pagewide|neverstop|latex|(business|color) ?inkjet|\blaser \d",
    ),
];

const CANON: &[Row] = &[
    (Scanner, Own, r"\bDR-[A-Z]?\d{3,4}|\bP-\d{3}\b|\bCR-\d{2,3}"),
    (Scanner, Anyone, r"\bDR-[A-Z]\d{3,4}"),
    (
        Printer,
        Anyone,
        r"\bLBP ?-?\d|\biR(-ADV)? ?C?\d+P\b|\bG(1\d|5\d)\d\d\b|\bGM2\d{3}|\bGX5\d{3}|\bTR1[56]\d\b",
    ),
    (Printer, Own, r"\bTS\d{3}\b|\bG5\d\d\b|\bX C?\d{4}P"),
    (
        Multifunction,
        Anyone,
        r"\bMF ?\d{3,4}|\biR(-ADV| ?C?\d)|imagerunner|imagepress|\biPR |imageclass D\d|\b(MG|MX|MP|MB|TS|TR)\d{3,4}\b|\bG[2-467]\d{3}\b|\bGX?[1-467]\d{3}\b|\bGM4\d{3}|i-?sensys mf|maxify (MB|GX)",
    ),
    (Multifunction, Own, r"\b(D|E)\d{3,4}\b|\bG6\d\d\b|\bX C?\d{4}i|\bFAX-|\bPC-D\d|\bMX\d|\bXK\d"),
    (Printer, Anyone, r"\bi[PXB]\d{4}|\biPF ?\d|\bPRO-\d|selphy|imageprograf"),
    (Printer, Own, r"\bi[PXB]\d|\bi\d{3,4}\b|\bT[MXZAC]-\d|\bBJ|\bXC?\d"),
];

const EPSON: &[Row] = &[
    (Scanner, Own, r"\b(DS|ES|GT|FF|RR)-\w?\d{2,5}|\bV(19|37|39|330|370|600|850)\b"),
    (Scanner, Anyone, r"\bworkforce (DS|ES)-\d{2,5}"),
    (Printer, Anyone, r"\bWF-[MCR]?\d[0-3]\d{2}[A-Z]{0,3}\b|\bWF-C\d[0-3]\dR|\bWF-(100|110|[34]0)W?\b"),
    (Printer, Anyone, r"\bET-(1\d{3}|14\d{3}|18\d{3}|M1\d{3})\b|\bXP-(3\d|55|15\d{3})\b"),
    (Printer, Anyone, r"\bL(1[0-3]\d|3[01]\d|8[01]\d|1[1238]\d\d|80\d\d|11\d{3}|18\d{3})\b|\bAL-[MC]\d"),
    (Printer, Own, r"\bM1[01]\d\d?\b|\bEPL-|aculaser [MC]\d|\bPX-(S|1\d\d)|\bB-\d|\bEM-C7"),
    (
        Printer,
        Anyone,
        r"stylus (pro|color|photo ([RTP]\d|1|8|9)|[CDSTB]\d|office [BT]\d)|\bSC-[TPFS]\d{3,4}D?\b",
    ),
    (
        Multifunction,
        Anyone,
        r"\bWF-|workforce|ecotank|\bET-|\bXP-\d|\bL\d{3,5}\b|\b(AL-|aculaser )(CX|MX)|stylus (photo )?(CX|DX|TX|SX|BX|NX|PX|RX|office [BT]X)|\bBX\d{3}|\bAM-C\d|\bSC-T\d{4}D?M",
    ),
    (
        Multifunction,
        Own,
        r"\bM[2345]\d{2,3}\b|\bM15\d{3}|\b[CDSTNBR]X\d{2,4}|\bEM-C\d|\bPX-M|\bEP-|\bME[ -](office )?\d{3}",
    ),
    (Printer, Anyone, r"surecolor|\b(LQ|LX|FX|PLQ|DFX|DLQ)-?\d"),
    (Printer, Own, r"\b(SC|TM|CW|LW|PP|ME)[ -]|stylus"),
];

const BROTHER: &[Row] = &[
    (Scanner, Anyone, r"\bADS-\d{4}"),
    (Scanner, Own, r"\b(P|M)?DS-?\d{3,4}"),
    (
        Multifunction,
        Anyone,
        r"\b(DCP|MFC|FAX)-|intelli ?fax|\bHL-(2280|3180|L23[89][05]|L246[45]|L2480|L3290|L3300)[A-Z]*",
    ),
    (Printer, Anyone, r"\bHL-"),
    (Printer, Own, r"\bHL\d|\b(PT|QL|TD|RJ|PJ|VC)-[A-Z]?\d"),
];

const RICOH: &[Row] = &[
    (Scanner, Anyone, r"\bfi-\d{3,4}|\bSP-1\d{3}N?\b"),
    (
        Multifunction,
        Anyone,
        r"\bSP ?C?\d{3,4}( SF|S)|\bMP ?C?W?\d{3,5}|\bIM ?C?W?\d{3,5}|aficio (MP|\d{3,4})",
    ),
    (
        Multifunction,
        Own,
        r"\bM ?C?\d{3,4}|\b(SG|GX) ?e?\d{4}S|\bPro ?C?\d{3,4}S|\bISC? ?\d{4}|\bDS(m|c|mc)\d{3}|\bLD\d{3}",
    ),
    (Printer, Anyone, r"aficio (SP|CL|AP|SG|GX)|\bSP ?C?\d{3,4}"),
    (Printer, Own, r"\bP ?C?\d{3,4}|\b(SG|GX) ?e?\d{4}|\b(AP|CL)\d{3,4}"),
];

const KONICA_MINOLTA: &[Row] = &[
    (Printer, Anyone, r"\b(bizhub|ineo)\+? ?((40|47|50)0[01]i|C?(33|40)0[01]i|C?\d+P)\b"),
    (Multifunction, Anyone, r"bizhub|\bineo|accurio|(magicolor|pagepro) ?\d+ ?MF|generic \d+C?-\d|\bMFX-"),
    (Printer, Anyone, r"magicolor|pagepro"),
    (Printer, Own, r"\bC?\d{2,4}P\b"),
    (Multifunction, Own, r"\bC?\d{3,4}[ie]?( ?series|\b)|\bDi\d{3,4}"),
];

const KYOCERA: &[Row] = &[
    (Printer, Anyone, r"\bd-color P|\becosys P"),
    (Multifunction, Anyone, r"taskalfa|ecosys M|\bKM-\d|\bd-?(color|copia)|\b\d{4}ci\b"),
    (
        Multifunction,
        Own,
        r"\bM\d{4}|\bMA\d{4}|\b\d{3,4}c?i\b|\bCS[ -]?\d|\bCDC? ?\d{4}(\b|_)|\bDC[CW]? ?\d{4}\b",
    ),
    (Printer, Anyone, r"\bFS-C?\d{4}"),
    (Printer, Own, r"\bFS-|\bP-[C]?\d|\bP[A]?\d{4}|\bC?LP ?\d{4}|\bPG L\d"),
];

/// Fuji Xerox, now Fujifilm, sold the same families.
const XEROX: &[Row] = &[
    (Printer, Anyone, r"apeosprint|apeosport[ -]?print"),
    (
        Multifunction,
        Anyone,
        r"workcentre|altalink|versalink ([BC]\d\d5|[BC]70[1-9]\d|[BC]71\d\d)|colorqube (8700|8900|93|92)|docucentre|document cent|apeosport|\bapeos(pro)?\b|docuprint C?M ?\d|primelink|docucolor",
    ),
    (
        Multifunction,
        Own,
        r"\b[BC]\d\d5\b|\bB10\d\d|\bEC[78]\d{3}|\b[BC]8[01][1-9]\d|\b(AP|DC)-[IV]|\bD(95|110|125|136)\b|\bC[67]0\b|\bcolor (5[567]0|C[67]0)\b",
    ),
    (Printer, Anyone, r"phaser|versalink|colorqube|docuprint"),
    (Printer, Own, r"\b[BC]\d\d0\b"),
];

const LEXMARK: &[Row] = &[
    (Multifunction, Own, r"\b(X|CX|MX|XC|XM|MB|MC)\d{2,4}|\bPro\d{3}|\bS[3-6]\d{2}\b"),
    (Multifunction, Anyone, r"^(CX|MX|XC|XM)\d{3,4}[a-z]"),
    (Printer, Own, r"\b(CS|MS|C|B|E|T|W|M|Z|Optra)\d{2,4}|optra|forms printer"),
];

const SAMSUNG: &[Row] = &[
    (
        Multifunction,
        Anyone,
        r"\b(SCX|CLX|CJX)-|\b(SL-[MC]\d|M[2-4])\d[678][\dx][A-Z]{0,4}\b|\bSL-[KX]\d{3,4}",
    ),
    (Multifunction, Own, r"\b[KX]\d{3,4}|\b[MC]\d\d[678][\dx]|\bC4[678][\dx]|\bSF-\d{3}P"),
    (Printer, Anyone, r"\b(ML|CLP)-\d|\bSL-[MC]\d"),
    (Printer, Own, r"\b[MC]\d{2}[\dx]"),
];

const TOSHIBA: &[Row] = &[
    (Printer, Anyone, r"e-?studio ?\d+C?P\b"),
    (Multifunction, Anyone, r"e-?studio"),
    (Printer, Own, r"\bB-[A-Z]{2}\d|\bB[AVX]\d{3}T?"),
];

const SHARP: &[Row] = &[
    (Printer, Anyone, r"\b(MX|BP)-[BC]\d{3}P[WR]?\b|\bAR-P\d"),
    (Multifunction, Anyone, r"\b(MX|AR|BP|DX|AL)-[A-Z]{0,2}\d{2,4}"),
    (Printer, Own, r"\bJX-\d"),
];

const OKI: &[Row] = &[
    (Multifunction, Anyone, r"\bM[CB]\d{3}\b"),
    (Multifunction, Own, r"\bM[CBE]\d{3}|\bES\d\d[5-9]\d|\bCX\d{4}|\bMPS\d+m[bc]"),
    (Printer, Own, r"\bES\d{4}|\b[BC]\d{2,4}|\bML ?\d|microline|\bPro ?\d|\bMPS\d"),
];

const PANTUM: &[Row] = &[
    (Multifunction, Anyone, r"\b(BM\d|CM\d|M[67])\d{3}(DN|DW|NW|FDN|FDW|FN|FW|W|ADN|ADW)\w*\b"),
    (Multifunction, Own, r"\b[BC]?M\d{3,4}"),
    (Printer, Own, r"\b(BP|CP|P|S|L)\d{3,4}"),
];

const DELL: &[Row] = &[
    (
        Multifunction,
        Own,
        r"\b(E51\d|H[68]25|S2825|S3845|B116[35]|[BC]\d{4}[a-z]*f)|\b(11[23][35]|1235|1355|1600n|1815|21[345]5|23[35]5|3115|333[35]|5535)",
    ),
    (Printer, Own, r"laser|\b[BCES]\d{3,4}(d|n|w|cn|cdn|dn|dw|nw)\b|\b\d{4}(n|d|dn|cn|cdn|w)\b"),
];

const PANASONIC: &[Row] = &[
    (Scanner, Anyone, r"\bKV-[SN]L?\d"),
    (Multifunction, Anyone, r"\bKX-(MB|MC|FLB|FLM)"),
    (Multifunction, Own, r"\bDP-[A-Z]?\d{3,4}|\bKX-F"),
    (Printer, Anyone, r"\bKX-(P|CL)\d"),
];

const SINDOH: &[Row] =
    &[(Multifunction, Own, r"\b(D|N|M|MF|CM)\d{3}"), (Printer, Own, r"\b[ABPF]\d{3}|\bLP-?\d")];
const FUJITSU: &[Row] = &[
    (Scanner, Own, r"\bfi-\d{3,4}|\bSP-?1\d{3}|\bN7\d{3}|\biX\d{3,4}|\bS1[135]00"),
    (Printer, Own, r"\bDL\d{4}"),
];
const KODAK: &[Row] =
    &[(Multifunction, Own, r"\bESP\b|verite|\bhero\b"), (Scanner, Own, r"\b[ies]\d{3,4}\b")];
const AVISION: &[Row] = &[(Multifunction, Own, r"\bAM\d{4}"), (Scanner, Own, r"\bA[VD]\d{3}|\bFB\d{4}")];
const DELI: &[Row] = &[(Multifunction, Own, r"\bM\d{4}"), (Printer, Own, r"\b(P|DL|DE)-?\d{3}")];

const TSC: &[Row] = &[(Printer, Own, r"\b(TTP|TDP|TA|TC|TE|TX|MH|MB|ML|DA)-?\d{3}")];

pub const MAKERS: &[Maker] = &[
    Maker { brands: &["HP"], rows: HP },
    Maker { brands: &["Canon"], rows: CANON },
    Maker { brands: &["Epson"], rows: EPSON },
    Maker { brands: &["Brother"], rows: BROTHER },
    Maker { brands: &["Samsung"], rows: SAMSUNG },
    Maker { brands: &["Ricoh", "Lanier", "Savin", "Gestetner", "Nashuatec", "NRG", "Infotec"], rows: RICOH },
    Maker { brands: &["Konica Minolta", "Develop", "Muratec"], rows: KONICA_MINOLTA },
    Maker { brands: &["Kyocera", "UTAX", "Triumph-Adler", "Olivetti"], rows: KYOCERA },
    Maker { brands: &["Xerox", "Fuji Xerox", "Fujifilm"], rows: XEROX },
    Maker { brands: &["Lexmark"], rows: LEXMARK },
    Maker { brands: &["Toshiba"], rows: TOSHIBA },
    Maker { brands: &["Sharp"], rows: SHARP },
    Maker { brands: &["OKI"], rows: OKI },
    Maker { brands: &["Pantum"], rows: PANTUM },
    Maker { brands: &["Dell"], rows: DELL },
    Maker { brands: &["Panasonic"], rows: PANASONIC },
    Maker { brands: &["Sindoh"], rows: SINDOH },
    Maker { brands: &["Fujitsu"], rows: FUJITSU },
    Maker { brands: &["Kodak"], rows: KODAK },
    Maker { brands: &["Avision"], rows: AVISION },
    Maker { brands: &["Deli"], rows: DELI },
    Maker { brands: &["TSC"], rows: TSC },
];
