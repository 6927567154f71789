use super::{Errors, ImportErrors, Table};
use crate::{money, procurement::Item};
use std::collections::BTreeMap;

pub const COLUMNS: [&str; 4] = ["item", "year", "unit_price", "source"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrice {
    pub item: Item,
    /// `None`: any year.
    pub year: Option<u16>,
    /// Whole đồng.
    pub unit_price: u64,
    pub source: String,
}

pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<NewPrice>, ImportErrors> {
    let table = Table::read(file, bytes, &COLUMNS)?;
    let mut errors = Errors::default();
    let mut prices = Vec::new();
    let mut seen = BTreeMap::new();
    for row in &table.rows {
        let line = row.line;
        let item = errors.take(line, "item", item(row.get(0)));
        let year = errors.take(line, "year", year(row.get(1)));
        let unit_price = errors.take(line, "unit_price", money::parse(row.get(2)));
        if row.get(3).is_empty() {
            errors.add(line, "source", "is empty; say where the price comes from");
        }
        let (Some(item), Some(year), Some(unit_price)) = (item, year, unit_price) else { continue };
        match seen.insert((item, year), line) {
            Some(first) => errors.add(line, "item", format!("priced for that year in line {first} already")),
            None => prices.push(NewPrice { item, year, unit_price, source: row.get(3).to_owned() }),
        }
    }
    errors.finish(file, prices)
}

fn item(text: &str) -> Result<Item, String> {
    Item::parse(text).ok_or_else(|| {
        let names = Item::ALL.map(Item::as_str).join(", ");
        format!("{text:?} is no item; expected one of {names}")
    })
}

fn year(text: &str) -> Result<Option<u16>, String> {
    match text {
        "" => Ok(None),
        "2024" => Ok(Some(2024)),
        "2025" => Ok(Some(2025)),
        _ => Err(format!("{text:?} is no year of the plan; expected 2024, 2025 or empty for any")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_whole_dong_with_a_source() {
        let text =
            "item;year;unit_price;source\ncomputer;2025;15.000.000;QĐ 123/QĐ-STC\nusb-token;;0;Ban Cơ yếu\n";
        let price =
            |item, year, unit_price, source: &str| NewPrice { item, year, unit_price, source: source.into() };
        assert_eq!(
            read("p.csv", text.as_bytes()),
            Ok(vec![
                price(Item::Computer, Some(2025), 15_000_000, "QĐ 123/QĐ-STC"),
                price(Item::UsbToken, None, 0, "Ban Cơ yếu"),
            ])
        );
    }

    #[test]
    fn errors_name_the_column() {
        let text = "item,year,unit_price,source\nlaptop,2023,1.5,\ndisk,,1,a\ndisk,,2,a\n";
        assert_eq!(
            read("p.csv", text.as_bytes()).unwrap_err().to_string(),
            "p.csv: 5 errors, nothing imported\n\
             p.csv:2: item: \"laptop\" is no item; expected one of internet-line, endpoint-protection, computer, \
             scanner, card-reader, usb-token, disk\n\
             p.csv:2: year: \"2023\" is no year of the plan; expected 2024, 2025 or empty for any\n\
             p.csv:2: unit_price: \"1.5\" is no amount in whole đồng\n\
             p.csv:2: source: is empty; say where the price comes from\n\
             p.csv:4: item: priced for that year in line 3 already"
        );
    }
}
