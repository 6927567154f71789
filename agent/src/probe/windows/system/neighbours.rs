use super::{
    network::{Table, inet},
    problem,
};
use crate::probe::windows::{Family, NeighbourRow};
use kiemke_schemas::{Problem, ProblemKind};
use std::{net::Ipv4Addr, ptr, slice};
use windows_sys::Win32::{
    NetworkManagement::IpHelper::{GetIpNetTable2, MIB_IPNET_ROW2, MIB_IPNET_TABLE2, SendARP},
    Networking::WinSock::{AF_INET, AF_INET6},
};

/// A MAC as SendARP gives it: room for eight bytes.
const MAC_ROOM: u32 = 8;

/// Where the table is empty.
const NOT_FOUND: u32 = 1168;

pub fn table(family: Family) -> Result<Vec<NeighbourRow>, Problem> {
    let (family, source) = match family {
        Family::Inet => (AF_INET, "GetIpNetTable2, IPv4"),
        Family::Inet6 => (AF_INET6, "GetIpNetTable2, IPv6"),
    };
    let mut table: *mut MIB_IPNET_TABLE2 = ptr::null_mut();
    // SAFETY: a place for one pointer.
    match unsafe { GetIpNetTable2(family, &raw mut table) } {
        0 => {}
        NOT_FOUND => return Ok(Vec::new()),
        code => return Err(problem(source, code)),
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

pub fn ask(own: Ipv4Addr, host: Ipv4Addr) -> Result<Option<Vec<u8>>, Problem> {
    let mut mac = [0_u8; MAC_ROOM as usize];
    let mut length = MAC_ROOM;
    let bits = |address: Ipv4Addr| u32::from_ne_bytes(address.octets());
    // SAFETY: `mac` has room for `length` bytes.
    let code = unsafe { SendARP(bits(host), bits(own), mac.as_mut_ptr().cast(), &raw mut length) };
    match code {
        0 => Ok(Some(mac.get(..length as usize).unwrap_or_default().to_vec())),
        // Versions of Windows have different words for silence.
        code => match problem("SendARP", code) {
            unable if unable.kind == ProblemKind::Unsupported => Err(unable),
            _ => Ok(None),
        },
    }
}
