use super::*;
use crate::{forms::network, inventory::DeviceFacts};

const SYSTEM: &str = "Hệ thống giải quyết thủ tục hành chính";

fn with_servers() -> UnitInventory {
    let load = |id: &str, connections, mbps: u64| DeviceFacts {
        connections_max: Some(connections),
        throughput_max_bps: Some(mbps * 1_000_000),
        ..server(id)
    };
    unit()
        .with(load("s1", 1_000, 40))
        .with(load("s2", 900, 80))
        .declaring(SYSTEM, "server.1", "PC-S1")
        .declaring(SYSTEM, "server.2", "s2")
        .declaring(SYSTEM, "line.1", "VNPT 100 Mbps")
        .declaring(SYSTEM, "line.2", "FPT 100 Mbps")
        .declaring(SYSTEM, "cernet", "Chưa đảm bảo")
}

fn rows(inventory: &UnitInventory, below_root: bool) -> Vec<Row> {
    with_view(inventory, |view| network::rows(1, view, below_root))
}

#[test]
fn the_system_reads_as_the_form_wants() {
    let rows = rows(&with_servers(), false);
    assert_eq!(rows.len(), 1);
    let missing = "Chưa có số liệu";
    assert_eq!(
        texts(&rows[0]),
        [
            "1",
            SYSTEM,
            "Đảm bảo (VNPT + FPT)",
            "VNPT 100 Mbps/ FPT 100 Mbps",
            "1000 kết nối/ 80 Mb",
            missing,
            missing,
            "Chưa đảm bảo",
            missing,
            missing,
            missing,
            missing,
            missing,
            missing,
            "Chưa dự kiến đầu tư",
            "x",
            "x",
            "x",
        ]
    );
}

#[test]
fn two_lines_of_one_group_do_not_satisfy_the_criterion() {
    let lines = |lines: &[&str]| {
        let inventory = lines.iter().enumerate().fold(unit(), |inventory, (at, line)| {
            inventory.declaring("HOC", &format!("line.{}", at + 1), line)
        });
        let inventory = inventory.declaring("HOC", "internet.purpose", "Khám chữa bệnh");
        texts(&rows(&inventory, false)[0])[2..5].to_vec()
    };
    assert_eq!(lines(&["VNPT 100 Mbps"]), ["Chưa đảm bảo (VNPT)", "VNPT 100 Mbps", "Chưa có số liệu"]);
    assert_eq!(
        lines(&["Viettel (AS7552) 1 Gbps", "Viettel (AS24086)"])[..2],
        ["Chưa đảm bảo (Viettel + Viettel)", "Viettel 1 Gbps/ Viettel (Chưa có số liệu)"]
    );
    assert_eq!(lines(&[]), ["Chưa có số liệu"; 3]);
}

#[test]
fn systems_stand_in_the_order_of_the_form_and_name_their_unit() {
    let inventory = with_servers().declaring("Du lịch", "cernet", "x").declaring("Camera AI", "cernet", "x");
    let names: Vec<String> = rows(&inventory, true).iter().map(|row| row.cells[1].text()).collect();
    let at = |name: &str| format!("{name}\n(Phường Bến Thành)");
    assert_eq!(names, [at(SYSTEM), at("Camera AI"), at("Du lịch")]);
}
