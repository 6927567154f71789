//! Records of GetLogicalProcessorInformationEx.

const CORE: u32 = 0;
const PACKAGE: u32 = 3;
/// Relationship and size.
const HEAD: usize = 8;
/// Flags, class, 20 reserved bytes, number of groups.
const MASKS: usize = HEAD + 24;

/// Cores and threads of each package. `word` is the size of a pointer, as wide as a mask.
pub fn packages(records: &[u8], word: usize) -> Vec<(u32, u32)> {
    let (mut cores, mut packages) = (Vec::new(), Vec::new());
    let mut rest = records;
    while let Some((kind, size)) = number(rest, 0).zip(number(rest, 4)) {
        let Some((record, next)) = rest.split_at_checked(size as usize).filter(|_| size as usize >= HEAD)
        else {
            break;
        };
        match kind {
            CORE => cores.push(masks(record, word)),
            PACKAGE => packages.push(masks(record, word)),
            _ => {}
        }
        rest = next;
    }
    packages.iter().map(|package| within(package, &cores)).collect()
}

fn within(package: &[(u16, u64)], cores: &[Vec<(u16, u64)>]) -> (u32, u32) {
    let inside = |core: &&Vec<(u16, u64)>| {
        core.iter().any(|(group, mask)| package.iter().any(|(other, all)| group == other && mask & all != 0))
    };
    let cores = cores.iter().filter(inside).count();
    let threads: u32 = package.iter().map(|(_, mask)| mask.count_ones()).sum();
    (u32::try_from(cores).unwrap_or(u32::MAX), threads)
}

/// Group and processors of each GROUP_AFFINITY.
fn masks(record: &[u8], word: usize) -> Vec<(u16, u64)> {
    let count = record.get(MASKS - 2..MASKS).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let affinity = word + 8;
    (0..usize::from(count))
        .filter_map(|at| {
            let entry = record.get(MASKS + at * affinity..MASKS + (at + 1) * affinity)?;
            let mask = entry[..word].iter().rev().fold(0_u64, |mask, byte| mask << 8 | u64::from(*byte));
            Some((u16::from_le_bytes([entry[word], entry[word + 1]]), mask))
        })
        .collect()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, masks: &[(u16, u64)]) -> Vec<u8> {
        let mut bytes = vec![0; MASKS];
        bytes[..4].copy_from_slice(&kind.to_le_bytes());
        bytes[MASKS - 2..].copy_from_slice(&(masks.len() as u16).to_le_bytes());
        for (group, mask) in masks {
            bytes.extend(mask.to_le_bytes());
            bytes.extend(group.to_le_bytes());
            bytes.extend([0; 6]);
        }
        let size = bytes.len() as u32;
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes
    }

    #[test]
    fn two_packages_of_two_cores_with_two_threads() {
        let cores = [0b11, 0b1100, 0b11_0000, 0b1100_0000].map(|mask| record(CORE, &[(0, mask)]));
        let packages = [0b1111, 0b1111_0000].map(|mask| record(PACKAGE, &[(0, mask)]));
        let mut bytes = cores.concat();
        bytes.extend(record(2, &[]));
        bytes.extend(packages.concat());
        assert_eq!(super::packages(&bytes, 8), [(2, 4), (2, 4)]);
    }

    #[test]
    fn a_package_over_two_groups() {
        let bytes = [record(CORE, &[(0, 1)]), record(CORE, &[(1, 1)]), record(PACKAGE, &[(0, 1), (1, 1)])];
        assert_eq!(packages(&bytes.concat(), 8), [(2, 2)]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = (packages(&bytes, 8), packages(&bytes, 4));
        }
    }
}
