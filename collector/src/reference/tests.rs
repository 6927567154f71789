use super::*;
use jiff::civil::{Date, date};
use kiemke_schemas::section::{neighbour::NeighbourKind, operating_system::OperatingSystem};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn lines(csv: &str) -> usize {
    csv.lines().count() - 1
}

/// (ASN, brand) of an address.
fn network(address: &str) -> Option<(u32, &'static str)> {
    isps().network_of(address.parse().unwrap()).map(|n| (n.asn, n.isp.as_str()))
}

#[test]
fn every_row_of_every_table_is_read() {
    let (networks, prefixes) = isps().sizes();
    assert_eq!(networks, lines(include_str!("../../reference/isps.csv")));
    assert_eq!(prefixes, lines(include_str!("../../reference/isp-prefixes.csv")));
    assert_eq!(lifecycle().len(), lines(include_str!("../../reference/os-lifecycle.csv")));
    assert_eq!(vendors().len(), lines(include_str!("../../reference/oui.csv")));
}

#[test]
fn the_block_of_a_mac_tells_its_vendor() {
    let of = |mac: &str| vendors().vendor_of(mac).map(|vendor| (vendor.name.as_str(), vendor.makes));
    assert_eq!(of("d4:be:d9:12:34:56"), Some(("Dell Inc.", Some((NeighbourKind::Computer, 850)))));
    assert_eq!(
        of("00-80-77-00-00-01"),
        Some(("Brother industries, LTD.", Some((NeighbourKind::Printer, 900))))
    );
    assert_eq!(of("00:22:72:00:00:01"), Some(("American Micro-Fuel Device Corp.", None)));
    assert_eq!(of("02:00:00:00:00:01"), None);
    assert_eq!(of("d4:be"), None);
    assert_eq!(of(""), None);
}

#[test]
fn addresses_belong_to_networks() {
    assert_eq!(network("14.160.0.1"), Some((45899, "VNPT")));
    assert_eq!(network("171.224.1.1"), Some((7552, "Viettel")));
    assert_eq!(network("1.52.10.20"), Some((18403, "FPT")));
    assert_eq!(network("2405:4800::1"), Some((18403, "FPT")));
    assert_eq!(network("::ffff:14.160.0.1"), Some((45899, "VNPT")));
    assert_eq!(network("8.8.8.8"), None);
    assert_eq!(network("192.168.1.1"), None);
}

#[test]
fn the_longest_prefix_wins() {
    let networks = "asn,as_name,isp,infrastructure_group,named\n1,WIDE,Wide,W,yes\n2,NARROW,Narrow,N,yes\n";
    let prefixes = "prefix,asn\n14.224.0.0/11,1\n14.225.0.0/16,2\n2405::/16,1\n2405:4800::/32,2\n";
    let table = isp::IspTable::parse(networks, prefixes);
    let asn = |address: &str| table.network_of(address.parse().unwrap()).map(|network| network.asn);
    assert_eq!([asn("14.224.1.1"), asn("14.225.1.1"), asn("14.0.0.1")], [Some(1), Some(2), None]);
    assert_eq!([asn("2405:1::1"), asn("2405:4800::1"), asn("2406::1")], [Some(1), Some(2), None]);
}

#[test]
fn brands_are_found_as_people_write_them() {
    assert_eq!(isps().brand(" vnpt "), Some(("VNPT", "VNPT")));
    assert_eq!(isps().brand("VIETTEL"), Some(("Viettel", "VIETTEL")));
    assert_eq!(isps().brand("Vietnamobile"), Some(("Vietnamobile", "HANOI-TELECOM")));
    assert_eq!(isps().brand("Nhà mạng khác"), None);
    assert_eq!(isps().network(24086).map(|n| n.infrastructure_group.as_str()), Some("VIETTEL"));
}

fn windows(name: &str, edition: Option<&str>, build: &str, server: Option<bool>) -> OperatingSystem {
    let system = json!({"family": "windows", "name": name, "full_name": name, "host_name": "h",
                        "edition": edition, "build": build, "server": server});
    serde_json::from_value(system).unwrap()
}

fn linux(name: &str, version: &str) -> OperatingSystem {
    let system =
        json!({"family": "linux", "name": name, "full_name": name, "host_name": "h", "version": version});
    serde_json::from_value(system).unwrap()
}

fn ends(system: &OperatingSystem) -> Option<Date> {
    lifecycle().find(system).map(|cycle| cycle.security_ends_on)
}

#[test]
fn support_of_windows_depends_on_edition() {
    let client = |edition, build| ends(&windows("Windows", Some(edition), build, Some(false)));
    assert_eq!(client("Professional", "6.1.7601.24544"), Some(date(2020, 1, 14)));
    assert_eq!(client("Core", "10.0.22631.4317"), Some(date(2025, 11, 11)));
    assert_eq!(client("ProfessionalEducation", "10.0.22631.4317"), Some(date(2025, 11, 11)));
    assert_eq!(client("Enterprise", "10.0.22631.4317"), Some(date(2026, 11, 10)));
    assert_eq!(client("Education", "10.0.26200.1"), Some(date(2028, 10, 10)));
    assert_eq!(client("Professional", "10.0.19045.4651"), Some(date(2025, 10, 14)));
    assert_eq!(client("EnterpriseS", "10.0.19044.1"), Some(date(2027, 1, 12)));
    assert_eq!(client("IoTEnterpriseS", "10.0.19044.1"), Some(date(2032, 1, 13)));
    assert_eq!(client("Professional", "10.0.99999.1"), None);
    let by_name = |name, build| ends(&windows(name, None, build, None));
    assert_eq!(by_name("Windows 11 Pro", "10.0.26100.1"), Some(date(2026, 10, 13)));
    assert_eq!(by_name("Windows 10 Enterprise LTSC 2021", "10.0.19044.1"), Some(date(2027, 1, 12)));
    assert_eq!(by_name("Windows Server 2019 Standard", "10.0.17763.1"), Some(date(2029, 1, 9)));
    let server = windows("Windows", Some("ServerStandard"), "6.3.9600.1", Some(true));
    assert_eq!(ends(&server), Some(date(2023, 10, 10)));
}

#[test]
fn support_of_linux_counts_what_is_free() {
    assert_eq!(ends(&linux("Debian GNU/Linux", "12.11")), Some(date(2028, 6, 30)));
    assert_eq!(ends(&linux("Debian GNU/Linux", "9")), Some(date(2022, 6, 30)));
    assert_eq!(ends(&linux("Ubuntu", "22.04.5 LTS")), Some(date(2027, 6, 1)));
    assert_eq!(ends(&linux("Ubuntu", "18.04")), Some(date(2023, 5, 31)));
    assert_eq!(ends(&linux("CentOS Linux", "7.9.2009")), Some(date(2024, 6, 30)));
    assert_eq!(ends(&linux("CentOS Stream", "9")), Some(date(2027, 5, 31)));
    assert_eq!(ends(&linux("Red Hat Enterprise Linux", "8.10")), Some(date(2029, 5, 31)));
    assert_eq!(ends(&linux("Gentoo", "2.15")), None);
}

/// code → (parent, full name)
fn units(table: &str) -> BTreeMap<String, (String, String)> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let columns = reader.headers().unwrap().clone();
    assert_eq!(&columns, &vec!["code", "parent_code", "level", "kind", "name_vi", "full_name_vi"]);
    reader.records().map(|r| r.unwrap()).map(|r| (r[0].into(), (r[1].into(), r[5].into()))).collect()
}

#[test]
fn units_are_whole_trees() {
    for (table, provinces, all) in [(UNITS_2025H1, 63, 10_794), (UNITS_2025, 34, 3_355)] {
        let units = units(table);
        assert_eq!(units.len(), all);
        assert_eq!(units.values().filter(|(parent, _)| parent.is_empty()).count(), provinces);
        assert!(units.values().all(|(parent, _)| parent.is_empty() || units.contains_key(parent)));
    }
}

#[test]
fn the_units_of_the_simulated_district_are_there() {
    let units = units(UNITS_2025H1);
    let of = |code: &str| units.get(code).map(|(parent, name)| (parent.as_str(), name.as_str()));
    assert_eq!(of("760"), Some(("79", "Quận 1")));
    assert_eq!(of("26740"), Some(("760", "Phường Bến Nghé")));
    assert_eq!(of("26743"), Some(("760", "Phường Bến Thành")));
    assert_eq!(of("26746"), Some(("760", "Phường Nguyễn Thái Bình")));
    assert_eq!(of("26755"), Some(("760", "Phường Cô Giang")));
}

#[test]
fn every_old_commune_has_one_main_successor() {
    let (old, new) = (units(UNITS_2025H1), units(UNITS_2025));
    let mut main: BTreeMap<String, usize> = BTreeMap::new();
    let mut mapped = BTreeSet::new();
    for row in csv::Reader::from_reader(UNITS_2025_SUCCESSORS.as_bytes()).records().map(Result::unwrap) {
        assert!(old.contains_key(&row[0]) && new.contains_key(&row[1]), "{row:?}");
        mapped.insert(row[0].to_owned());
        *main.entry(row[0].to_owned()).or_default() += usize::from(&row[3] == "yes");
    }
    let communes = old.keys().filter(|code| code.len() == 5).cloned().collect::<BTreeSet<_>>();
    assert_eq!(communes.difference(&mapped).count(), 0);
    assert_eq!(main.values().filter(|count| **count != 1).count(), 0);
}
