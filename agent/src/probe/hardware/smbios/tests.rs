use super::*;

/// One structure: the formatted area after the header, then the strings.
fn structure(kind: u8, handle: u16, body: &[u8], strings: &[&str]) -> Vec<u8> {
    let mut bytes = vec![kind, u8::try_from(body.len() + 4).unwrap()];
    bytes.extend(handle.to_le_bytes());
    bytes.extend(body);
    for string in strings {
        bytes.extend(string.as_bytes());
        bytes.push(0);
    }
    bytes.push(0);
    if strings.is_empty() {
        bytes.push(0);
    }
    bytes
}

fn memory_device(array: u16, size: u16, strings: &[&str]) -> Vec<u8> {
    let mut body = vec![0; 0x28 - 4];
    body[..2].copy_from_slice(&array.to_le_bytes());
    body[0x0c - 4..0x0e - 4].copy_from_slice(&size.to_le_bytes());
    body[0x10 - 4] = 1;
    body[0x12 - 4] = 0x1a;
    body[0x15 - 4..0x17 - 4].copy_from_slice(&2666_u16.to_le_bytes());
    (body[0x17 - 4], body[0x18 - 4], body[0x1a - 4]) = (2, 3, 4);
    structure(17, 0x1100, &body, strings)
}

fn desktop() -> Vec<u8> {
    let mut system = vec![1, 2, 0, 3];
    system.extend(hex("44454c4c420010358054b2c04f313233"));
    system.extend([6, 0, 0]);
    [
        structure(0, 0, &[1, 2, 0, 0, 3, 0], &["Dell Inc.", "2.12.1", "05/20/2022"]),
        structure(1, 1, &system, &["Dell Inc.", "OptiPlex 3080", "5B5T133"]),
        structure(2, 2, &[1, 2, 0, 3], &["Dell Inc.", "0M1NJD", "/5B5T133/CNWS20008A00AB/"]),
        structure(3, 3, &[1, 0x83, 0, 0, 0], &["Dell Inc."]),
        structure(16, 0x1000, &[3, 3, 3, 0, 0, 0, 0, 0, 0, 2, 0], &[]),
        memory_device(0x1000, 8192, &["DIMM1", "SK Hynix", "2F9D1A3B", "HMA81GU6DJR8N-XN"]),
        memory_device(0x1000, 0, &["DIMM2"]),
        memory_device(0x2000, 16, &["SYSTEM ROM"]),
        structure(127, 0xffff, &[], &[]),
    ]
    .concat()
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

#[test]
fn a_desktop_with_one_of_two_slots_used() {
    let found = parse(&desktop());
    assert_eq!(found.maker.as_deref(), Some("Dell Inc."));
    assert_eq!(found.model.as_deref(), Some("OptiPlex 3080"));
    assert_eq!(found.serial.as_deref(), Some("5B5T133"));
    assert_eq!(found.uuid.as_deref(), Some("4c4c4544-0042-3510-8054-b2c04f313233"));
    assert_eq!(found.board.unwrap().serial.as_deref(), Some("/5B5T133/CNWS20008A00AB/"));
    assert_eq!(found.chassis_type, Some(0x83));
    assert_eq!(found.firmware.unwrap().date.as_deref(), Some("05/20/2022"));
    let memory = found.memory.unwrap();
    assert_eq!((memory.slots, memory.free_slots), (Some(2), Some(1)));
    assert_eq!(memory.total_bytes, Some(8 << 30));
    assert_eq!(
        memory.modules,
        [MemoryModule {
            slot: Some("DIMM1".into()),
            size_bytes: Some(8 << 30),
            kind: Some("DDR4".into()),
            speed_mts: Some(2666),
            maker: Some("SK Hynix".into()),
            serial: Some("2F9D1A3B".into()),
            part_number: Some("HMA81GU6DJR8N-XN".into()),
        }]
    );
}

#[test]
fn a_module_of_unknown_size_leaves_the_total_unknown() {
    let table = [
        structure(16, 0x1000, &[3, 3, 3, 0, 0, 0, 0, 0, 0, 1, 0], &[]),
        memory_device(0x1000, 0xffff, &["A"]),
    ];
    let memory = parse(&table.concat()).memory.unwrap();
    assert_eq!((memory.total_bytes, memory.modules[0].size_bytes), (None, None));
}

#[test]
fn slots_count_wherever_their_array_stands_and_also_without_one_of_main_memory() {
    let array = |what: u8| structure(16, 0x1000, &[3, what, 3, 0, 0, 0, 0, 0, 0, 1, 0], &[]);
    let device = memory_device(0x1000, 4096, &["A"]);
    let total = |table: &[Vec<u8>]| parse(&table.concat()).memory.and_then(|memory| memory.total_bytes);
    assert_eq!(total(&[device.clone(), array(3)]), Some(4 << 30));
    assert_eq!(total(std::slice::from_ref(&device)), Some(4 << 30));
    assert_eq!(total(&[device.clone(), array(2)]), Some(4 << 30));
    assert_eq!(total(&[array(5), device]), None);
}

#[test]
fn modules_of_old_tables() {
    let module = |size: u8| structure(6, 6, &[1, 0x10, 60, 0, 5, size, size, 0], &["A0"]);
    let memory = parse(&[module(0x80 | 9), module(0x7f)].concat()).memory.unwrap();
    assert_eq!((memory.total_bytes, memory.slots, memory.free_slots), (Some(512 << 20), Some(2), Some(1)));
    assert_eq!(memory.modules[0].slot.as_deref(), Some("A0"));
    assert_eq!(parse(&[module(9), module(0x7d)].concat()).memory.unwrap().total_bytes, None);
}

#[test]
fn placeholders_are_no_serial() {
    let mut system = vec![1, 2, 0, 3];
    system.extend([0; 16]);
    let table =
        structure(1, 1, &system, &["System manufacturer", "System Product Name", "System Serial Number"]);
    assert_eq!(parse(&table), Smbios::default());
}

#[test]
fn a_table_cut_anywhere_is_read_as_far_as_it_goes() {
    let table = desktop();
    for end in 0..table.len() {
        let found = parse(&table[..end]);
        assert!(found.serial.is_none() || found.serial.as_deref() == Some("5B5T133"));
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn a_damaged_table_is_read_without_panic(at in 0_usize..300, byte in proptest::num::u8::ANY) {
        let mut table = desktop();
        let at = at % table.len();
        table[at] = byte;
        let _ = parse(&table);
    }
}
