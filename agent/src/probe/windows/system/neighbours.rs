use super::{
    network::{Table, inet},
    problem,
};
use crate::probe::windows::NeighbourRow;
use kiemke_schemas::Problem;
use std::{net::Ipv4Addr, ptr, slice};
use windows_sys::Win32::{
    NetworkManagement::IpHelper::{GetIpNetTable2, MIB_IPNET_ROW2, MIB_IPNET_TABLE2, SendARP},
    Networking::WinSock::AF_INET,
};

/// A MAC as SendARP gives it: room for eight bytes.
const MAC_ROOM: u32 = 8;

pub fn table() -> Result<Vec<NeighbourRow>, Problem> {
    let mut table: *mut MIB_IPNET_TABLE2 = ptr::null_mut();
    // SAFETY: a place for one pointer.
    let code = unsafe { GetIpNetTable2(AF_INET, &raw mut table) };
    if code != 0 {
        return Err(problem("GetIpNetTable2", code));
    }
    let table = Table(table);
    // SAFETY: the table says how many rows it has.
    let rows = unsafe {
        let first = (&raw const (*table.0).Table).cast::<MIB_IPNET_ROW2>();
        slice::from_raw_parts(first, (*table.0).NumEntries as usize)
    };
    Ok(rows.iter().filter_map(row).collect())
}

fn row(row: &MIB_IPNET_ROW2) -> Option<NeighbourRow> {
    Some(NeighbourRow {
        interface: row.InterfaceIndex,
        address: inet(&row.Address)?,
        mac: row.PhysicalAddress.get(..row.PhysicalAddressLength as usize)?.to_vec(),
        state: row.State,
    })
}

pub fn ask(own: Ipv4Addr, host: Ipv4Addr) -> Option<Vec<u8>> {
    let mut mac = [0_u8; MAC_ROOM as usize];
    let mut length = MAC_ROOM;
    let bits = |address: Ipv4Addr| u32::from_ne_bytes(address.octets());
    // SAFETY: `mac` has room for `length` bytes.
    let code = unsafe { SendARP(bits(host), bits(own), mac.as_mut_ptr().cast(), &raw mut length) };
    (code == 0).then(|| mac.get(..length as usize).unwrap_or_default().to_vec())
}
