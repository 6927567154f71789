use super::*;
use crate::probe::windows::{Address, recording::Recording};

fn address(text: &str, prefix: u8, passing: bool) -> Address {
    Address { address: text.parse().unwrap(), prefix, passing }
}

fn cable() -> Adapter {
    Adapter {
        index: 5,
        name: "Ethernet".into(),
        description: Some("Realtek PCIe GbE Family Controller".into()),
        kind: ETHERNET,
        mac: vec![0xa4, 0xbb, 0x6d, 1, 2, 3],
        permanent_mac: vec![0xa4, 0xbb, 0x6d, 1, 2, 3],
        hardware: true,
        physical_medium: 14,
        up: true,
        speed_bps: Some(1_000_000_000),
        addresses: vec![address("192.168.1.5", 24, false), address("2001:db8::1", 64, true)],
        dns_servers: vec!["192.168.1.1".parse().unwrap(), "fec0:0:0:ffff::1".parse().unwrap()],
        metric_4: 25,
        ..Adapter::default()
    }
}

fn office() -> Recording {
    let wifi = Adapter {
        index: 7,
        name: "Wi-Fi".into(),
        kind: WIFI,
        mac: vec![2, 0, 0, 0, 0, 9],
        permanent_mac: vec![0x10, 0x20, 0x30, 0x40, 0x50, 0x60],
        hardware: true,
        speed_bps: Some(300_000_000),
        up: true,
        metric_4: 50,
        ..Adapter::default()
    };
    let direct =
        Adapter { index: 9, name: "Local Area Connection* 1".into(), kind: WIFI, ..Adapter::default() };
    let teredo = Adapter { index: 11, name: "Teredo".into(), kind: TUNNEL, ..Adapter::default() };
    let hyper_v =
        Adapter { index: 12, name: "vEthernet".into(), kind: ETHERNET, up: true, ..Adapter::default() };
    let gateway = "192.168.1.1".parse().ok();
    let route = |interface, metric| Route { interface, gateway, metric, version_6: false };
    Recording {
        adapters: Some(vec![cable(), wifi, direct, teredo, hyper_v]),
        routes: Some(vec![route(7, 0), route(5, 0)]),
        ..Recording::of_registry(
            "[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]\n\
             \"ProxyEnable\"=dword:00000001\n\"ProxyServer\"=\"http=a:1;https=user:secret@proxy.local:3128\"\n",
        )
    }
}

#[test]
fn an_office_computer_with_cable_and_wifi() {
    let section = of(&office());
    assert_eq!(section.problems, []);
    let network = section.value.unwrap();
    let seen: Vec<_> =
        network.interfaces.iter().map(|i| (i.name.as_str(), i.medium, i.up, i.speed_bps)).collect();
    let expected = [
        ("Ethernet", Medium::Cable, Some(true), Some(1_000_000_000)),
        ("Local Area Connection* 1", Medium::Virtual, Some(false), None),
        ("Wi-Fi", Medium::Wifi, Some(true), None),
        ("vEthernet", Medium::Virtual, Some(true), None),
    ];
    assert_eq!(seen, expected);
    assert_eq!(network.interfaces[0].addresses, ["192.168.1.5/24"]);
    assert_eq!(network.interfaces[0].mac.as_deref(), Some("a4:bb:6d:01:02:03"));
    let routes: Vec<_> = network.default_routes.iter().map(|r| (r.interface.as_str(), r.metric)).collect();
    assert_eq!(routes, [("Ethernet", Some(25)), ("Wi-Fi", Some(50))]);
    assert_eq!(network.dns_servers, ["192.168.1.1".parse::<IpAddr>().unwrap()]);
    assert_eq!(network.proxy.as_deref(), Some("proxy.local:3128"));
}

#[test]
fn machines_are_told_apart_by_addresses_that_came_with_their_adapters() {
    assert_eq!(permanent_macs(&office()), ["10:20:30:40:50:60", "a4:bb:6d:01:02:03"]);
}

#[test]
fn a_proxy_that_is_switched_off_is_none() {
    let key = |enabled: u32, server: &str| {
        let text = format!(
            "[HKEY_LOCAL_MACHINE\\A]\n\"ProxyEnable\"=dword:{enabled:08x}\n\"ProxyServer\"=\"{server}\"\n"
        );
        of_settings(&Recording::of_registry(&text).registry.keys["HKEY_LOCAL_MACHINE\\A"])
    };
    assert_eq!(key(0, "proxy:1"), None);
    assert_eq!(key(1, "proxy:1").as_deref(), Some("proxy:1"));
    assert_eq!(key(1, "ftp=proxy:1"), None);
}

#[test]
fn adapters_that_cannot_be_read_leave_the_network_unknown() {
    let section = of(&Recording::default());
    assert_eq!((section.value, section.problems.len()), (None, 1));
}

#[test]
fn the_proxy_of_services_and_scripts() {
    let mut settings = vec![0x18, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 15, 0, 0, 0];
    settings.extend(b"10.1.1.254:3128");
    settings.extend([7, 0, 0, 0]);
    settings.extend(b"<local>");
    assert_eq!(of_win_http(&settings).as_deref(), Some("10.1.1.254:3128"));
    assert_eq!(of_win_http(&settings[..20]), None);
    settings[8] = 1;
    assert_eq!(of_win_http(&settings), None);
    let script = Key::from([("autoconfigurl".into(), RegValue::Text("http://10.1.1.1/wpad.dat".into()))]);
    assert_eq!(of_settings(&script).as_deref(), Some("http://10.1.1.1/wpad.dat"));
    assert_eq!(of_settings(&Key::new()), None);
}
