//! A value for each billable item: prices, quantities, numbers of resources.

use super::items::{BillableItem, ITEMS};
use crate::units::Usd;

/// A value for each billable item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByItem<T>([T; ITEMS.len()]);

/// Prices of a unit of each item; `None`: not in the price book.
pub type PriceList = ByItem<Option<Usd>>;

/// Count of the resources that are charged under each item.
pub type ItemCounts = ByItem<u32>;

impl<T: Copy + Default> Default for ByItem<T> {
    fn default() -> Self {
        Self([T::default(); ITEMS.len()])
    }
}

impl<T: Copy + Default> ByItem<T> {
    /// These values, and the default of all other items.
    #[must_use]
    pub fn of(values: &[(BillableItem, T)]) -> Self {
        let mut all = Self::default();
        for (item, value) in values {
            all[*item] = *value;
        }
        all
    }

    /// The value that `of` gives for each item.
    #[must_use]
    pub fn from_fn(mut of: impl FnMut(BillableItem) -> T) -> Self {
        Self(core::array::from_fn(|place| of(ITEMS[place].item)))
    }

    /// Each item with its value, in the order of bills.
    pub fn iter(&self) -> impl Iterator<Item = (BillableItem, T)> + '_ {
        BillableItem::all().zip(self.0.iter().copied())
    }
}

impl<T> core::ops::Index<BillableItem> for ByItem<T> {
    type Output = T;

    fn index(&self, item: BillableItem) -> &T {
        &self.0[item as usize]
    }
}

impl<T> core::ops::IndexMut<BillableItem> for ByItem<T> {
    fn index_mut(&mut self, item: BillableItem) -> &mut T {
        &mut self.0[item as usize]
    }
}
