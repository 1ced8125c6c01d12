//! Resources of a service that are billed: its tasks, and what exists as long as it does.

use super::by_item::ItemCounts;
use super::items::{BillableItem, Metering};
use super::task::TaskResources;

/// Resources of a service that are billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilledResources {
    /// Reservation of each task that the service starts.
    pub task: TaskResources,
    /// Resources that exist as long as the service, by the item that charges for it: load balancers, addresses, alarms.
    pub standing: ItemCounts,
}

impl BilledResources {
    /// Whether the bill has a line of this item, even where nothing of it is used.
    #[must_use]
    pub fn has(&self, item: BillableItem) -> bool {
        let of_tasks = match item.facts().metering {
            Metering::TaskTime(kind, part) => self.task.capacity == kind && self.task.part(part) > 0,
            Metering::AddressTime => self.task.public_ipv4 > 0,
            Metering::BegunHours | Metering::LoadBalancerUse | Metering::CalendarMonths => false,
        };
        of_tasks || self.standing[item] > 0
    }

    /// The items of its bill, in order.
    pub fn items(&self) -> impl Iterator<Item = BillableItem> + '_ {
        BillableItem::all().filter(|item| self.has(*item))
    }
}
