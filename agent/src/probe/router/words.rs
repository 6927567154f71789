//! What names and labels of interfaces say. Words are compared whole and without tone marks.

use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// Says "Internet line".
    pub outside: bool,
    /// PPP, xDSL, fibre or mobile access.
    pub access: bool,
    /// Names a provider.
    pub provider: bool,
    /// `uplink` alone: as likely the way to another switch.
    pub weak: bool,
    pub inside: bool,
    pub service: bool,
    /// A provider's or the state's network that is not the Internet, or the provider's own management.
    pub trunk: bool,
    /// Ports of the router's own laid together.
    pub bridge: bool,
    /// A channel of a line, or a socket for a modem: nothing of its own until it is used.
    pub channel: bool,
    /// No line can be behind it: loopback, tunnel, VPN, queue.
    pub never: bool,
}

const OUTSIDE: &[&str] = &[
    "dia",
    "ext",
    "external",
    "ftth",
    "fttx",
    "gpon",
    "inet",
    "internet",
    "isp",
    "leasedline",
    "outside",
    "untrust",
    "untrusted",
    "wan",
    "wanlink",
    "xpon",
];
const ACCESS: &[&str] = &[
    "3g", "4g", "5g", "adsl", "cellular", "dialer", "dsl", "mdm", "qmimux", "rmnet", "lte", "mobile",
    "modem", "ppp", "pppoe", "pppoa", "ptm", "shdsl", "starlink", "vdsl", "wwan",
];
const WEAK: &[&str] = &[
    "cable", "fiber", "fibre", "gateway", "gw", "line", "out", "peering", "public", "transit", "uplink",
    "upstream",
];
const INSIDE: &[&str] = &[
    "ap", "bridge", "camera", "cctv", "core", "dmz", "fabric", "guest", "guests", "hotspot", "inside",
    "internal", "iot", "lan", "nas", "noibo", "office", "phone", "phones", "phong", "printer", "private",
    "server", "servers", "staff", "storage", "switch", "trust", "trusted", "user", "users", "voice", "voip",
    "wifi", "wireless", "wl", "wlan",
];
const SERVICE: &[&str] = &[
    "aux",
    "console",
    "failover",
    "fxp",
    "ha",
    "hasync",
    "heartbeat",
    "ipmi",
    "management",
    "mgmt",
    "mgnt",
    "mgt",
    "oob",
    "stack",
    "sync",
];
const NEVER: &[&str] = &[
    "bme",
    "docker",
    "dsc",
    "dummy",
    "embedded",
    "enc",
    "eoip",
    "erspan",
    "gif",
    "gre",
    "gretap",
    "ifb",
    "imq",
    "inloopback",
    "ipip",
    "ipsec",
    "lo",
    "loopback",
    "lsi",
    "lsq",
    "miniport",
    "mtun",
    "naf",
    "npu",
    "null",
    "nvi",
    "ovpn",
    "ovpnc",
    "ovpns",
    "openvpn",
    "pflog",
    "pfsync",
    "pimd",
    "pime",
    "pimreg",
    "ppd",
    "ppe",
    "pptp",
    "sit",
    "sixrd",
    "speedfusion",
    "sslvpn",
    "sstp",
    "st",
    "tap",
    "teql",
    "tailscale",
    "tun",
    "tunl",
    "tunnel",
    "veth",
    "vlink",
    "vpn",
    "vqos",
    "vti",
    "vxlan",
    "wg",
    "wireguard",
    "zt",
    "l2tp",
    "lsp",
    "jsrv",
    "swfab",
];
const BRIDGE: &[&str] = &["br", "virbr", "vmbr", "xenbr"];
const CHANNEL: &[&str] = &["ch", "channel", "u0", "u1"];
const TRUNK: &[&str] = &[
    "cernet", "cpnet", "iptv", "l2vpn", "l3vpn", "megawan", "metronet", "mpls", "mytv", "ndxp", "tr069",
    "tslcd", "vdxp",
];
/// Found anywhere in the text: long enough not to meet by chance.
const PROVIDERS: &[&str] = &[
    "vnpt",
    "viettel",
    "mobifone",
    "vinaphone",
    "netnam",
    "cmctelecom",
    "fpttelecom",
    "sctv",
    "vtvcab",
    "hanoitelecom",
    "saigonpostel",
    "gtel",
    "vietnamobile",
    "comcast",
    "xfinity",
    "verizon",
    "centurylink",
    "vodafone",
    "telekom",
    "telefonica",
    "swisscom",
    "telstra",
    "singtel",
    "starhub",
    "ziggo",
    "telenor",
    "starlink",
    "airtel",
    "maxis",
];
/// Only as a whole word.
const PROVIDER_WORDS: &[&str] = &[
    "att",
    "bouygues",
    "bsnl",
    "bt",
    "charter",
    "chinamobile",
    "chinanet",
    "chinatelecom",
    "chinaunicom",
    "cmc",
    "cogent",
    "cox",
    "dianxin",
    "dtac",
    "eir",
    "fpt",
    "ftel",
    "htc",
    "jio",
    "kddi",
    "kpn",
    "ktcorp",
    "liantong",
    "lumen",
    "movistar",
    "ntt",
    "optus",
    "orange",
    "proximus",
    "sfr",
    "softbank",
    "spectrum",
    "spt",
    "sunrise",
    "talktalk",
    "tele2",
    "telia",
    "telmex",
    "telus",
    "tim",
    "virgin",
    "vnn",
    "vocus",
    "windstream",
    "yidong",
    "zayo",
];
const PHRASES_OUTSIDE: &[&str] = &["leased line", "kenh truyen", "duong truyen", "mang ngoai", "internet"];
const PHRASES_TRUNK: &[&str] = &["chuyen dung", "so lieu"];
const PHRASES_INSIDE: &[&str] = &["noi bo", "mang trong", "may chu"];

pub fn read(text: &str) -> Words {
    let folded = fold(text);
    let words = split(&folded, text);
    let any = |list: &[&str]| list.iter().any(|word| words.contains(*word));
    let holds = |list: &[&str]| list.iter().any(|phrase| folded.contains(phrase));
    Words {
        outside: any(OUTSIDE) || holds(PHRASES_OUTSIDE),
        access: any(ACCESS),
        provider: any(PROVIDER_WORDS) || holds(PROVIDERS),
        weak: any(WEAK),
        inside: any(INSIDE) || holds(PHRASES_INSIDE),
        service: any(SERVICE),
        bridge: any(BRIDGE),
        channel: any(CHANNEL),
        trunk: (any(TRUNK) || holds(PHRASES_TRUNK)) && !folded.contains("internet"),
        // Sessions that others opened with this router: `<pppoe-office>`.
        never: any(NEVER)
            || text.starts_with('<')
            || ["virtual-", "sp_wan", "proxy_"].iter().any(|start| folded.starts_with(start))
            || folded.starts_with("ssl."),
    }
}

/// Whether `text` names this interface, as a word of its own.
pub fn mention(text: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    let telling = name.len() >= 3 && name.contains(|c: char| c.is_ascii_digit());
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':'));
    telling && words.any(|word| word.to_lowercase() == name)
}

/// Lower case, Vietnamese letters without their marks, also where a mark is a character of its own.
fn fold(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|letter| !('\u{300}'..='\u{36f}').contains(letter))
        .map(plain)
        .collect()
}

fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'ă' | 'ạ' | 'ả' | 'ấ'..='ặ' => 'a',
        'è'..='ë' | 'ẹ'..='ệ' => 'e',
        'ì'..='ï' | 'ĩ' | 'ỉ' | 'ị' => 'i',
        'ò'..='ö' | 'ơ' | 'ọ'..='ợ' => 'o',
        'ù'..='ü' | 'ũ' | 'ư' | 'ụ'..='ự' => 'u',
        'ý' | 'ÿ' | 'ỳ'..='ỹ' => 'y',
        'đ' => 'd',
        other => other,
    }
}

/// Words with their digits, without them, and the parts of `WanLink`.
fn split(folded: &str, text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for run in folded.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
        words.insert(run.to_owned());
        words.extend(
            run.split(|c: char| c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::to_owned),
        );
    }
    let mut part = String::new();
    let mut before_lower = false;
    for letter in text.chars().chain([' ']) {
        if !letter.is_alphabetic() || (before_lower && letter.is_uppercase()) {
            words.insert(fold(&std::mem::take(&mut part)));
        }
        if letter.is_alphabetic() {
            part.push(letter);
        }
        before_lower = letter.is_lowercase();
    }
    words.remove("");
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_decide() {
        for text in [
            "WAN1",
            "wan: STCable (eth1)",
            "port1 (WAN)",
            "WanLink",
            "Kênh truyền Internet",
            "outside",
            "X1 (WAN)",
        ] {
            assert!(read(text).outside, "{text}");
        }
        for text in ["vlan2", "LAN", "swan", "ether1", "Port1", "WLAN", "extension", "GSM-CORE"] {
            assert!(!read(text).outside, "{text}");
        }
        assert!(read("Mạng nội bộ").inside && read("LAN1").inside && read("wl0.1").inside);
        assert!(
            read("FTTH_Viettel_200M").provider
                && read("KPN Uplink").provider
                && read("Đường truyền VNPT").provider
        );
        assert!(read("Uplink GSM-CORE-1").weak && read("Uplink GSM-CORE-1").inside);
        assert!(read("pppoe-out1").access && read("Cellular0/1/0").access && read("4G").access);
        assert!(read("Đu\u{31b}o\u{31b}\u{300}ng truye\u{302}\u{300}n TSLCD").trunk);
        assert!(
            read("Mạng truyền số liệu chuyên dùng").trunk
                && read("MPLS VNPT").trunk
                && read("WAN1_TR069").trunk
        );
        assert!(!read("Internet qua MPLS").trunk && !read("1_TR069_INTERNET_R_VID_35").trunk);
        assert!(mention("Internet VNPT ae1", "ae1") && !mention("Internet VNPT ae10", "ae1"));
        assert!(!read("stack").never && read("stack").service && read("ha1").service);
    }

    #[test]
    fn tunnels_are_never_lines() {
        for text in [
            "st0.1",
            "tun0",
            "wg: Hub (NMS)",
            "ssl.root",
            "<pppoe-ann>",
            "Virtual-Access2",
            "lo0.0",
            "vqos3",
            "ifb0",
            "enc0",
            "WAN Miniport (IP)",
        ] {
            assert!(read(text).never, "{text}");
        }
        for text in ["eth0", "ge-0/0/6.0", "pppoe0", "Dialer1", "ptm0.3", "wwan0", "vlan.10"] {
            assert!(!read(text).never, "{text}");
        }
    }
}
