//! Addresses of networks, as bits and as text.

/// `aa:bb:cc:00:11:22`; `None` for what is no hardware address of Ethernet.
pub fn mac(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 6] = bytes.try_into().ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"))
}

/// The bits of an IPv4 address that name its network.
pub fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_bytes_are_a_hardware_address() {
        assert_eq!(mac(&[0x9c, 0x93, 0x4e, 0, 0x11, 0x22]).as_deref(), Some("9c:93:4e:00:11:22"));
        assert_eq!(mac(&[1, 2, 3]), None);
    }

    #[test]
    fn masks_of_all_lengths() {
        assert_eq!([0, 1, 24, 32, 40].map(mask), [0, 0x8000_0000, 0xffff_ff00, u32::MAX, u32::MAX]);
    }
}
