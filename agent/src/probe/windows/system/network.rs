use super::{narrow, problem};
use crate::probe::windows::{Adapter, Address, Route};
use kiemke_schemas::Problem;
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ptr, slice,
};
use windows_sys::Win32::{
    NetworkManagement::{
        IpHelper::{
            FreeMibTable, GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_MULTICAST, GetAdaptersAddresses,
            GetExtendedTcpTable, GetIfTable2, GetIpForwardTable2, IP_ADAPTER_ADDRESSES_LH,
            IP_ADAPTER_UNICAST_ADDRESS_LH, MIB_IF_ROW2, MIB_IF_TABLE2, MIB_IPFORWARD_ROW2,
            MIB_IPFORWARD_TABLE2, TCP_TABLE_BASIC_ALL, TCP_TABLE_OWNER_PID_ALL,
        },
        Ndis::IfOperStatusUp,
    },
    Networking::WinSock::{
        AF_INET, AF_INET6, AF_UNSPEC, IpDadStatePreferred, IpSuffixOriginRandom, SOCKADDR_IN, SOCKADDR_IN6,
        SOCKADDR_INET, SOCKET_ADDRESS,
    },
};

const OVERFLOW: u32 = 111;
const INSUFFICIENT: u32 = 122;
const NO_DATA: u32 = 232;
const SPEED_UNKNOWN: u64 = u64::MAX;

/// Rows of a table that IP Helper allocated.
pub(super) struct Table<T>(pub(super) *mut T);

impl<T> Drop for Table<T> {
    fn drop(&mut self) {
        // SAFETY: the table came from IP Helper and is freed once.
        unsafe { FreeMibTable(self.0.cast()) };
    }
}

pub fn adapters() -> Result<Vec<Adapter>, Problem> {
    let devices = devices()?;
    let mut buffer = Vec::new();
    let first = addresses(&mut buffer)?;
    let mut found = Vec::new();
    let mut at = first;
    // SAFETY: IP Helper made a list inside `buffer`, which outlives the loop; its end is null.
    while let Some(adapter) = unsafe { at.as_ref() } {
        found.push(self::adapter(adapter, &devices));
        at = adapter.Next;
    }
    Ok(found)
}

/// The list grows while it is asked for: a few tries.
fn addresses(buffer: &mut Vec<u64>) -> Result<*const IP_ADAPTER_ADDRESSES_LH, Problem> {
    let flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST;
    let mut size = 16 * 1024;
    for _ in 0..4 {
        buffer.resize((size as usize).div_ceil(size_of::<u64>()), 0);
        let first: *mut IP_ADAPTER_ADDRESSES_LH = buffer.as_mut_ptr().cast();
        // SAFETY: `size` is not more than the buffer's.
        match unsafe { GetAdaptersAddresses(AF_UNSPEC.into(), flags, ptr::null(), first, &raw mut size) } {
            0 => return Ok(first),
            NO_DATA => return Ok(ptr::null()),
            OVERFLOW => {}
            code => return Err(problem("GetAdaptersAddresses", code)),
        }
    }
    Err(problem("GetAdaptersAddresses", OVERFLOW))
}

/// What only the table of interfaces tells, by index.
fn devices() -> Result<BTreeMap<u32, MIB_IF_ROW2>, Problem> {
    let mut table: *mut MIB_IF_TABLE2 = ptr::null_mut();
    // SAFETY: a place for one pointer.
    let code = unsafe { GetIfTable2(&raw mut table) };
    if code != 0 {
        return Err(problem("GetIfTable2", code));
    }
    let table = Table(table);
    // SAFETY: the table says how many rows it has.
    let rows = unsafe {
        slice::from_raw_parts(
            (&raw const (*table.0).Table).cast::<MIB_IF_ROW2>(),
            (*table.0).NumEntries as usize,
        )
    };
    Ok(rows.iter().map(|row| (row.InterfaceIndex, *row)).collect())
}

fn adapter(adapter: &IP_ADAPTER_ADDRESSES_LH, devices: &BTreeMap<u32, MIB_IF_ROW2>) -> Adapter {
    // SAFETY: this member of the union is always set.
    let index_4 = unsafe { adapter.Anonymous1.Anonymous.IfIndex };
    let index = if index_4 == 0 { adapter.Ipv6IfIndex } else { index_4 };
    let row = devices.get(&index);
    let own = |bytes: &[u8], length: u32| bytes.get(..length as usize).unwrap_or_default().to_vec();
    let speed = Some(adapter.TransmitLinkSpeed).filter(|speed| !matches!(*speed, 0 | SPEED_UNKNOWN));
    Adapter {
        index,
        name: text(adapter.FriendlyName),
        description: Some(text(adapter.Description)).filter(|text| !text.is_empty()),
        kind: adapter.IfType,
        mac: own(&adapter.PhysicalAddress, adapter.PhysicalAddressLength),
        permanent_mac: row
            .map(|row| own(&row.PermanentPhysicalAddress, row.PhysicalAddressLength))
            .unwrap_or_default(),
        // Bit 0: hardware; bit 2: it has a connector.
        hardware: row.is_some_and(|row| row.InterfaceAndOperStatusFlags._bitfield & 0b101 == 0b101),
        physical_medium: row.map_or(0, |row| row.PhysicalMediumType),
        up: adapter.OperStatus == IfOperStatusUp,
        speed_bps: speed,
        addresses: unicast(adapter.FirstUnicastAddress),
        dns_servers: dns_servers(adapter),
        metric_4: adapter.Ipv4Metric,
        metric_6: adapter.Ipv6Metric,
        octets: row.map_or(0, |row| row.InOctets.saturating_add(row.OutOctets)),
    }
}

/// A text of IP Helper's list, up to its zero.
fn text(start: *const u16) -> String {
    if start.is_null() {
        return String::new();
    }
    let mut length = 0;
    // SAFETY: the text ends in a zero inside the list's buffer.
    let units = unsafe {
        while *start.add(length) != 0 {
            length += 1;
        }
        slice::from_raw_parts(start, length)
    };
    narrow(units)
}

fn unicast(first: *const IP_ADAPTER_UNICAST_ADDRESS_LH) -> Vec<Address> {
    let (mut found, mut at) = (Vec::new(), first);
    // SAFETY: a list inside the buffer; its end is null.
    while let Some(entry) = unsafe { at.as_ref() } {
        let temporary = entry.SuffixOrigin == IpSuffixOriginRandom;
        if let Some(address) = socket_address(&entry.Address) {
            let passing = (temporary && address.is_ipv6()) || entry.DadState != IpDadStatePreferred;
            found.push(Address { address, prefix: entry.OnLinkPrefixLength, passing });
        }
        at = entry.Next;
    }
    found
}

fn dns_servers(adapter: &IP_ADAPTER_ADDRESSES_LH) -> Vec<IpAddr> {
    let (mut found, mut at) = (Vec::new(), adapter.FirstDnsServerAddress.cast_const());
    // SAFETY: a list inside the buffer; its end is null.
    while let Some(entry) = unsafe { at.as_ref() } {
        found.extend(socket_address(&entry.Address));
        at = entry.Next;
    }
    found
}

fn socket_address(address: &SOCKET_ADDRESS) -> Option<IpAddr> {
    let length = usize::try_from(address.iSockaddrLength).ok()?;
    if address.lpSockaddr.is_null() || length < size_of::<SOCKADDR_IN>() {
        return None;
    }
    // SAFETY: the family says which structure it is, and the length was checked for it.
    unsafe {
        match (*address.lpSockaddr).sa_family {
            AF_INET => Some(ipv4(&*address.lpSockaddr.cast::<SOCKADDR_IN>())),
            AF_INET6 if length >= size_of::<SOCKADDR_IN6>() => {
                Some(ipv6(&*address.lpSockaddr.cast::<SOCKADDR_IN6>()))
            }
            _ => None,
        }
    }
}

fn ipv4(address: &SOCKADDR_IN) -> IpAddr {
    // SAFETY: every member of the union is the same four bytes.
    let bits = unsafe { address.sin_addr.S_un.S_addr };
    Ipv4Addr::from(bits.to_ne_bytes()).into()
}

fn ipv6(address: &SOCKADDR_IN6) -> IpAddr {
    // SAFETY: every member of the union is the same sixteen bytes.
    Ipv6Addr::from(unsafe { address.sin6_addr.u.Byte }).into()
}

pub(super) fn inet(address: &SOCKADDR_INET) -> Option<IpAddr> {
    // SAFETY: the family says which member is set.
    unsafe {
        match address.si_family {
            AF_INET => Some(ipv4(&address.Ipv4)),
            AF_INET6 => Some(ipv6(&address.Ipv6)),
            _ => None,
        }
    }
}

pub fn default_routes() -> Result<Vec<Route>, Problem> {
    let mut table: *mut MIB_IPFORWARD_TABLE2 = ptr::null_mut();
    // SAFETY: a place for one pointer.
    let code = unsafe { GetIpForwardTable2(AF_UNSPEC, &raw mut table) };
    if code != 0 {
        return Err(problem("GetIpForwardTable2", code));
    }
    let table = Table(table);
    // SAFETY: the table says how many rows it has.
    let rows = unsafe {
        let first = (&raw const (*table.0).Table).cast::<MIB_IPFORWARD_ROW2>();
        slice::from_raw_parts(first, (*table.0).NumEntries as usize)
    };
    Ok(rows
        .iter()
        .filter(|row| row.DestinationPrefix.PrefixLength == 0 && !row.Loopback)
        .map(route)
        .collect())
}

fn route(row: &MIB_IPFORWARD_ROW2) -> Route {
    let gateway = inet(&row.NextHop);
    Route {
        interface: row.InterfaceIndex,
        version_6: gateway.is_some_and(|gateway| gateway.is_ipv6()),
        // On a point-to-point line there is none.
        gateway: gateway.filter(|gateway| !gateway.is_unspecified()),
        metric: row.Metric,
    }
}

pub fn connections() -> Result<u64, Problem> {
    // IPv4 rows start with their state; rows of IPv6 exist with their process only, the state second to last.
    let of_4 = tcp_states(AF_INET.into(), TCP_TABLE_BASIC_ALL, 20, 0)?;
    // IPv6 may be switched off.
    let of_6 = tcp_states(AF_INET6.into(), TCP_TABLE_OWNER_PID_ALL, 56, 48).unwrap_or(0);
    Ok(of_4 + of_6)
}

const ESTABLISHED: u32 = 5;

/// Established rows of a table: a count, then rows of `row` bytes with their state at `state`.
fn tcp_states(family: u32, class: i32, row: usize, state: usize) -> Result<u64, Problem> {
    let (mut buffer, mut size): (Vec<u32>, u32) = (Vec::new(), 0);
    for _ in 0..4 {
        // SAFETY: `size` is not more than the buffer's.
        match unsafe { GetExtendedTcpTable(buffer.as_mut_ptr().cast(), &raw mut size, 0, family, class, 0) } {
            0 => {
                let rows = buffer.first().copied().unwrap_or(0) as usize;
                let (row, state) = (row / 4, state / 4);
                let states = buffer.get(1..).unwrap_or_default().chunks_exact(row).take(rows);
                let open = states.filter(|fields| fields.get(state) == Some(&ESTABLISHED)).count();
                return Ok(open as u64);
            }
            // More rows may come until the next call.
            INSUFFICIENT => buffer.resize(size as usize / 4 + 256, 0),
            code => return Err(problem("GetExtendedTcpTable", code)),
        }
        size = (buffer.len() * 4) as u32;
    }
    Err(problem("GetExtendedTcpTable", INSUFFICIENT))
}
