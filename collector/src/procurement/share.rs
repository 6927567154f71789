//! Directive 14/CT-TTg of 2019: at least a tenth of what is spent goes to security.

use super::Need;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityShare {
    pub security: u64,
    pub total: u64,
    pub permille: u32,
}

/// The share of security in what is proposed: the adopted needs. `None` where nothing is proposed, or a
/// price is missing: then nobody knows it.
pub fn security_share(needs: &[Need]) -> Option<SecurityShare> {
    let proposed: Vec<&Need> = needs.iter().filter(|need| need.adopted && need.quantity > 0).collect();
    let security: Vec<&Need> = proposed.iter().copied().filter(|need| need.item.is_security()).collect();
    let total = sum(&proposed).filter(|total| *total > 0)?;
    let security = sum(&security)?;
    let permille = u128::from(security) * 1_000 / u128::from(total);
    Some(SecurityShare { security, total, permille: u32::try_from(permille).ok()? })
}

fn sum(needs: &[&Need]) -> Option<u64> {
    needs.iter().try_fold(0_u64, |sum, need| Some(sum.saturating_add(need.amount?)))
}

/// The share, where it is below the threshold.
pub fn too_low(needs: &[Need], least_permille: u32) -> Option<SecurityShare> {
    security_share(needs).filter(|share| {
        u128::from(share.security) * 1_000 < u128::from(share.total) * u128::from(least_permille)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procurement::{
        Item,
        plan::{Edit, Price, PriceList},
    };

    fn need(item: Item, quantity: u32, price: Option<u64>, adopted: bool) -> Need {
        let edit = Edit { quantity: Some(quantity), adopted, ..Edit::default() };
        let prices = price.map(|unit_price| Price { item, year: None, unit_price, source: "QĐ 1".into() });
        Need::of("26743", item, Vec::new(), Some(&edit), &PriceList(prices.into_iter().collect()), 2025)
    }

    #[test]
    fn a_tenth_is_enough_and_less_is_not() {
        let computers = need(Item::Computer, 9, Some(1_000_000), true);
        let enough = need(Item::EndpointProtection, 1, Some(1_000_000), true);
        let less = need(Item::EndpointProtection, 1, Some(999_999), true);
        assert_eq!(too_low(&[computers.clone(), enough], 100), None);
        let share = SecurityShare { security: 999_999, total: 9_999_999, permille: 99 };
        assert_eq!(too_low(&[computers.clone(), less], 100), Some(share));
        assert_eq!(too_low(&[computers], 100).map(|share| share.permille), Some(0));
    }

    #[test]
    fn nobody_knows_the_share_while_a_price_is_missing_or_nothing_is_proposed() {
        let computers = need(Item::Computer, 9, Some(1_000_000), true);
        assert_eq!(too_low(&[computers, need(Item::Scanner, 1, None, true)], 100), None);
        assert_eq!(too_low(&[need(Item::Computer, 9, Some(1_000_000), false)], 100), None);
        assert_eq!(too_low(&[], 100), None);
    }
}
