mod district;

use super::*;
use std::fs;

fn unit(code: &str, name: &str, kind: &str) -> UnitName {
    UnitName { code: code.into(), name: name.into(), full_name: format!("{kind} {name}") }
}

fn units(ward: Option<(&str, &str)>) -> Vec<UnitName> {
    let mut units = vec![unit("79", "Hồ Chí Minh", "Thành phố"), unit("760", "1", "Quận")];
    units.extend(ward.map(|(code, name)| unit(code, name, "Phường")));
    units
}

fn document(kind: Kind, id: &str, ward: Option<(&str, &str)>, title: &str, text: &[&str]) -> Document {
    let mut document =
        Document::new(format!("{}:{id}", kind.as_str()), kind, id.into(), units(ward), title.into());
    document.text = text.iter().map(|part| (*part).to_owned()).collect();
    document.synonyms = vec![kind.name().to_owned(), kind.other_names().to_owned()];
    document
}

const NGHE: Option<(&str, &str)> = Some(("26740", "Bến Nghé"));
const THANH: Option<(&str, &str)> = Some(("26743", "Bến Thành"));

fn computer(
    id: &str,
    ward: Option<(&str, &str)>,
    host: &str,
    system: &str,
    av: ProtectionStatus,
) -> Document {
    let mut computer = document(Kind::Workstation, id, ward, host, &["Dell Inc. OptiPlex 3080", system]);
    computer.device = Some(id.into());
    computer.systems = vec![system.into()];
    computer.protection = Some(av);
    computer.names = vec![host.into()];
    computer
}

fn district() -> Vec<Document> {
    use ProtectionStatus::{None, Off, On};
    let mut with_scanner = computer("a", NGHE, "BENNGHE-KETOAN01", "Windows 10 Pro 22H2", On);
    with_scanner.things = vec![Thing { kind: Kind::Scanner, name: "Canon DR-C230".into() }];
    with_scanner.isps = vec![Isp { name: "VNPT".into(), asn: Some(45899) }];
    let mut scanner = document(Kind::Scanner, "s", NGHE, "Canon DR-C230", &["Canon"]);
    scanner.serials = vec!["GX-300 417".into()];
    scanner.names = scanner.serials.clone();
    let multifunction = document(Kind::Multifunction, "m", THANH, "HP LaserJet Pro MFP", &[]);
    let mut unprotected = computer("b", THANH, "BT-PC002", "Windows 7 Professional", None);
    unprotected.flags = vec!["endpoint.no-protection".into()];
    let ward = document(Kind::Unit, "26740", NGHE, "Phường Bến Nghé", &["26740"]);
    let seventy = computer("c", THANH, "BT-PC003", "Windows 70 Professional, edition 7", Off);
    vec![with_scanner, scanner, multifunction, unprotected, seventy, ward]
}

fn index_of(documents: &[Document]) -> (tempfile::TempDir, SearchIndex) {
    let dir = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(dir.path()).unwrap();
    index.upsert(documents).unwrap();
    index.commit("1").unwrap();
    (dir, index)
}

fn request(text: &str) -> Request {
    Request { text: text.into(), limit: 20, ..Request::default() }
}

fn ids(index: &SearchIndex, text: &str) -> Vec<String> {
    let answer = index.search(&request(text)).unwrap();
    assert_eq!(answer.total as usize, answer.hits.len());
    assert_eq!(answer.forgiven, [], "{text}");
    answer.hits.into_iter().map(|hit| hit.id).collect()
}

fn typed(index: &SearchIndex, text: &str) -> Vec<String> {
    let answer = index.search(&Request { typing: true, ..request(text) }).unwrap();
    answer.hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn words_match_in_any_field_without_diacritics() {
    let (_dir, index) = index_of(&district());
    assert_eq!(ids(&index, "may quet phuong ben nghe"), ["s", "a"]);
    assert_eq!(
        ids(&index, "Máy quét PHƯỜNG Bến Thành"),
        ["m", "s", "a"],
        "the city is a Thành phố; the ward comes first, then what is a scanner"
    );
    assert_eq!(ids(&index, "canon ben nghe dr-c230"), ["s", "a"]);
    assert_eq!(ids(&index, "phuong ben nghe"), ["26740", "a", "s"]);
    assert_eq!(ids(&index, "\"scan canon\""), ["a"]);
    assert_eq!(ids(&index, "\"canon scan\""), [""; 0]);
}

#[test]
fn host_names_and_serials_are_found_by_any_part() {
    let (_dir, index) = index_of(&district());
    for text in ["bennghe-ketoan01", "ketoan", "nnghe", "BENNGHE-KETOAN", "oan01"] {
        assert_eq!(ids(&index, text), ["a"], "{text}");
    }
    assert_eq!(ids(&index, "serial:gx300417"), ["s"]);
    assert_eq!(ids(&index, "serial:GX-300*"), ["s"]);
    assert_eq!(ids(&index, "300417"), [""; 0]);
    assert_eq!(ids(&index, "417"), ["s"]);
    assert_eq!(typed(&index, "bt-pc00"), ["b", "c"]);
    assert_eq!(ids(&index, "bt-pc00*"), ["b", "c"]);
}

#[test]
fn filters_say_what_they_mean() {
    let (_dir, index) = index_of(&district());
    assert_eq!(ids(&index, "kind:scanner unit:26743"), ["m"]);
    assert_eq!(ids(&index, "kind:\"máy quét\""), ["m", "s"]);
    assert_eq!(ids(&index, "kind:may-in"), ["m"]);
    assert_eq!(ids(&index, "kind:=scanner"), ["s"]);
    assert_eq!(ids(&index, "kind:device -kind:unit"), ["a", "b", "c"]);
    assert_eq!(ids(&index, "av:none"), ["b"]);
    assert_eq!(ids(&index, "-av:none kind:computer"), ["a", "c"]);
    assert_eq!(ids(&index, "os:\"Windows 7\""), ["b"]);
    assert_eq!(ids(&index, "os:\"Windows 7\"*"), ["b", "c"]);
    assert_eq!(ids(&index, "isp:vnpt"), ["a"]);
    assert_eq!(ids(&index, "isp:AS45899"), ["a"]);
    assert_eq!(ids(&index, "flag:endpoint.no-protection"), ["b"]);
    assert_eq!(ids(&index, "flag:no-protection"), ["b"]);
    assert_eq!(ids(&index, "unit:\"bến nghé\" kind:unit"), ["26740"]);
    assert_eq!(ids(&index, "unit:\"phuong ben nghe\" -kind:unit"), ["a", "s"]);
    assert_eq!(ids(&index, "unit:760 dell"), ["a", "b", "c"]);
    assert_eq!(ids(&index, "unit:1"), [""; 0], "the name of Quận 1 is no code");
    assert_eq!(ids(&index, "-dell -scanner"), ["26740"]);
}

#[test]
fn who_names_nothing_sees_things_before_the_units_they_are_in() {
    let (_dir, index) = index_of(&district());
    assert_eq!(ids(&index, ""), ["a", "b", "c", "m", "s", "26740"]);
    assert_eq!(ids(&index, "unit:26740"), ["a", "s", "26740"]);
    assert_eq!(ids(&index, "unit:26740 phuong")[0], "26740");
    index.upsert(&[computer("z", NGHE, "Z", "Debian", ProtectionStatus::On)]).unwrap();
    index.commit("2").unwrap();
    assert_eq!(ids(&index, "unit:26740"), ["a", "z", "s", "26740"], "across segments too");
}

#[test]
fn a_hit_shows_what_a_person_would_write() {
    let (_dir, index) = index_of(&district());
    let hits = index.search(&request("may quet ben nghe")).unwrap().hits;
    let found = |id: &str| hits.iter().find(|hit| hit.id == id).unwrap();
    let (scanner, computer) = (found("s"), found("a"));
    assert!(scanner.kind_matched && scanner.snippet.is_empty() && scanner.matches.is_empty());
    assert_eq!(computer.snippet.pieces(), [("Máy scan", true), (": Canon DR-C230", false)]);
    assert!(!computer.kind_matched);
}

#[test]
fn wrong_values_name_the_filter_and_the_choice() {
    let (_dir, index) = index_of(&district());
    let error = |text: &str| index.search(&request(text)).unwrap_err().to_string();
    assert_eq!(
        error("av:maybe"),
        "filter av: unknown value \"maybe\"; the values are none, off, old, on, unknown"
    );
    assert_eq!(
        error("hang:dell"),
        "unknown filter \"hang\"; the filters are unit, kind, os, av, isp, flag, serial"
    );
    assert_eq!(typed(&index, "av:o"), ["a", "c"], "the start of on, off and old while typing");
    assert_eq!(typed(&index, "unit:26743 kind:ma"), ["b", "c", "m"]);
}

#[test]
fn typos_are_forgiven_only_when_nothing_matches() {
    let (_dir, index) = index_of(&district());
    let answer = index.search(&request("cannon ben nghe")).unwrap();
    assert_eq!(answer.forgiven, [Forgiven { typed: "cannon".into(), used: vec!["canon".into()] }]);
    assert_eq!(answer.total, 2);
    assert_eq!(answer.hits[0].marked_title.pieces()[0], ("Canon", true));
    let nothing = index.search(&request("zzzzzz ben nghe")).unwrap();
    assert_eq!((nothing.total, nothing.forgiven), (0, vec![]));
}

#[test]
fn facets_count_all_hits_whatever_is_listed() {
    let (_dir, index) = index_of(&district());
    let facets = |text: &str| {
        let answer = index.search(&Request { limit: 1, ..request(text) }).unwrap();
        assert_eq!(answer.hits.len(), 1);
        serde_json::to_value(answer.facets).unwrap()
    };
    let all = facets("");
    assert_eq!(all["unit"], serde_json::json!([{"value": "760", "name": "Quận 1", "count": 6}]));
    assert_eq!(
        all["av"],
        serde_json::json!([
            {"value": "none", "count": 1}, {"value": "off", "count": 1}, {"value": "on", "count": 1}
        ])
    );
    assert_eq!(all["flag"], serde_json::json!([{"value": "endpoint.no-protection", "count": 1}]));
    assert_eq!(all["isp"], serde_json::json!([{"value": "VNPT", "count": 1}]));
    let wards = serde_json::json!([
        {"value": "26740", "name": "Phường Bến Nghé", "count": 3}, {"value": "26743", "name": "Phường Bến Thành", "count": 3}
    ]);
    assert_eq!(facets("unit:760")["unit"], wards);
}

#[test]
fn hits_come_by_title_words_then_kind_title_and_key_across_segments() {
    let (_dir, index) = index_of(&[]);
    for (id, host) in [("3", "PC-B"), ("1", "PC-C"), ("2", "PC-A"), ("0", "PC-B")] {
        index.upsert(&[computer(id, NGHE, host, "Debian", ProtectionStatus::On)]).unwrap();
        index.commit(id).unwrap();
    }
    index.upsert(&[document(Kind::Printer, "9", NGHE, "Debian printer", &[])]).unwrap();
    index.commit("5").unwrap();
    assert_eq!(ids(&index, "ben nghe"), ["2", "0", "3", "1", "9"]);
    assert_eq!(ids(&index, "debian"), ["9", "2", "0", "3", "1"]);
    let page = index.search(&Request { limit: 2, offset: 2, ..request("") }).unwrap();
    assert_eq!(page.hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["3", "1"]);
    assert_eq!(page.total, 5);
}

#[test]
fn a_scope_hides_everything_else() {
    let (_dir, index) = index_of(&district());
    let answer = index.search(&Request { scope: Some("26743".into()), ..request("") }).unwrap();
    assert_eq!(answer.hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["b", "c", "m"]);
}

#[test]
fn documents_are_replaced_deleted_and_followed_by_a_marker() {
    let (dir, index) = index_of(&district());
    let renamed = computer("b", NGHE, "MOVED", "Debian", ProtectionStatus::On);
    index.upsert(&[renamed]).unwrap();
    assert_eq!(ids(&index, "moved"), [""; 0], "not before the commit");
    index.delete(&["scanner:s".into()]).unwrap();
    index.commit("2").unwrap();
    assert_eq!(ids(&index, "moved"), ["b"]);
    assert_eq!(ids(&index, "kind:scanner"), ["m"]);
    index.replace_unit("26743", &[document(Kind::Token, "t", THANH, "Token", &[])]).unwrap();
    index.commit("3").unwrap();
    assert_eq!(ids(&index, "unit:26743"), ["t"]);
    drop(index);
    let reopened = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(reopened.marker().unwrap().as_deref(), Some("3"));
    assert_eq!(reopened.document_count().unwrap(), 4);
}

#[test]
fn a_rebuild_replaces_the_index_and_loses_no_change_made_meanwhile() {
    let (dir, index) = index_of(&[computer("old", NGHE, "OLD", "Debian", ProtectionStatus::On)]);
    let rebuild = index.start_rebuild().unwrap();
    assert!(matches!(index.start_rebuild(), Err(SearchError::AlreadyRebuilding)));
    index.upsert(&[computer("b", NGHE, "NEWER", "Debian", ProtectionStatus::On)]).unwrap();
    index.delete(&["workstation:a".into()]).unwrap();
    index.commit("2").unwrap();
    rebuild.add(district()).unwrap();
    assert_eq!(ids(&index, "kind:computer"), ["b", "old"]);
    rebuild.finish("3").unwrap();
    assert_eq!(ids(&index, "kind:computer"), ["c", "b"]);
    assert_eq!(ids(&index, "newer"), ["b"]);
    drop(index);
    let reopened = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(reopened.marker().unwrap().as_deref(), Some("3"));
    assert_eq!(ids(&reopened, "kind:computer"), ["c", "b"]);
}

#[test]
fn an_abandoned_rebuild_leaves_the_index_as_it_was() {
    let (dir, index) = index_of(&district());
    drop(index.start_rebuild().unwrap());
    assert_eq!(ids(&index, "av:none"), ["b"]);
    drop(index);
    assert_eq!(SearchIndex::open(dir.path()).unwrap().document_count().unwrap(), 6);
}

#[test]
fn a_damaged_index_is_replaced_by_an_empty_one() {
    for damage in ["meta.json", ".store", ".term", ".idx", ".fast"] {
        let (dir, index) = index_of(&district());
        drop(index);
        let current = place::current(dir.path()).unwrap().unwrap();
        let files = fs::read_dir(&current).unwrap().map(|entry| entry.unwrap().path());
        for path in files.filter(|path| path.to_string_lossy().ends_with(damage)) {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 3;
            bytes[middle] ^= 0x55;
            fs::write(&path, bytes).unwrap();
        }
        let reopened = SearchIndex::open(dir.path()).unwrap();
        assert_eq!(reopened.marker().unwrap(), None, "{damage}");
        assert_eq!(reopened.document_count().unwrap(), 0);
        reopened.upsert(&district()).unwrap();
        reopened.commit("again").unwrap();
        assert_eq!(ids(&reopened, "av:none"), ["b"]);
    }
}

#[test]
fn an_index_of_another_version_is_left_behind() {
    let (dir, index) = index_of(&district());
    drop(index);
    let current = place::current(dir.path()).unwrap().unwrap();
    fs::rename(&current, dir.path().join("v0-1")).unwrap();
    fs::write(dir.path().join("CURRENT"), "v0-1").unwrap();
    let reopened = SearchIndex::open(dir.path()).unwrap();
    assert_eq!(reopened.marker().unwrap(), None);
    assert!(!dir.path().join("v0-1").exists());
}

#[test]
fn searches_go_on_while_documents_are_written() {
    let (_dir, index) = index_of(&district());
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for round in 0..20 {
                let id = format!("w{round}");
                index.upsert(&[computer(&id, NGHE, &id, "Debian", ProtectionStatus::On)]).unwrap();
                index.commit(&id).unwrap();
            }
        });
        while !writer.is_finished() {
            assert_eq!(index.search(&request("av:none")).unwrap().total, 1);
        }
    });
    assert_eq!(index.search(&request("os:debian")).unwrap().total, 20);
}
