//! `data/usb-devices.csv`, made by `packaging/reference/usb_devices.py`: sorted by VID:PID, so that it is
//! searched where it lies in the binary and costs no memory of its own.

use kiemke_schemas::section::peripheral::Kind;

static TABLE: &str = include_str!("../../../data/usb-devices.csv");

#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// `None`: known to be nothing that the forms ask for (a bar-code scanner, a security key for web sites).
    pub class: Option<Kind>,
    pub vendor: &'static str,
    pub model: &'static str,
}

/// Key, class, vendor, model.
pub fn find(vendor_id: u16, product_id: u16) -> Option<Row> {
    let key = format!("{vendor_id:04x}{product_id:04x}");
    find_in(TABLE, &key)
}

/// Who a product's number was given to, by any of its products that is known.
pub fn vendor(vendor_id: u16) -> Option<&'static str> {
    find_in(TABLE, &format!("{vendor_id:04x}")).map(|row| row.vendor).filter(|vendor| !vendor.is_empty())
}

fn find_in(table: &'static str, key: &str) -> Option<Row> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = table[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = table[start..].find('\n').map_or(table.len(), |at| start + at);
        let line = &table[start..end];
        match line.get(..key.len())?.cmp(key) {
            std::cmp::Ordering::Equal => return row(line),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.splitn(4, ';').skip(1);
    let class = match fields.next()? {
        "p" => Some(Kind::Printer),
        "s" => Some(Kind::Scanner),
        "m" => Some(Kind::Multifunction),
        "r" => Some(Kind::CardReader),
        "t" => Some(Kind::Token),
        "w" => Some(Kind::Webcam),
        "f" => Some(Kind::Fingerprint),
        _ => None,
    };
    Some(Row { class, vendor: fields.next()?, model: fields.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_where_it_stands() {
        const SMALL: &str =
            "03f00101;s;HP;ScanJet 4100C\n03f00201;s;HP;ScanJet 6200C\n096e0807;t;Feitian;ePass2003\n";
        for (key, model) in
            [("03f00101", "ScanJet 4100C"), ("03f00201", "ScanJet 6200C"), ("096e0807", "ePass2003")]
        {
            assert_eq!(find_in(SMALL, key).map(|row| row.model), Some(model));
        }
        for key in ["00000000", "03f00102", "ffffffff"] {
            assert_eq!(find_in(SMALL, key), None);
        }
    }

    #[test]
    fn the_table_is_sorted_without_doubles_and_complete_in_its_fields() {
        let keys: Vec<&str> = TABLE.lines().map(|line| &line[..8]).collect();
        assert!(keys.len() > 3000, "{}", keys.len());
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(keys.iter().all(|key| key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))));
        for line in TABLE.lines() {
            let fields: Vec<&str> = line.splitn(4, ';').collect();
            assert_eq!(fields.len(), 4, "{line}");
            assert!("psmrtwfx".contains(fields[1]) && fields[1].len() == 1, "{line}");
            assert!(!fields[2].is_empty(), "{line}");
        }
    }

    #[test]
    fn tokens_readers_and_scanners_are_listed() {
        let class = |vendor, product| find(vendor, product).and_then(|row| row.class);
        assert_eq!(class(0x096e, 0x0807), Some(Kind::Token));
        assert_eq!(class(0x0529, 0x0620), Some(Kind::Token));
        assert_eq!(class(0x072f, 0x90cc), Some(Kind::CardReader));
        assert_eq!(class(0x03f0, 0x0101), Some(Kind::Scanner));
    }
}
