//! Prices of one service: what its region and architecture cost, as published, and by what rules it is billed.

use alloc::vec::Vec;

use super::by_item::{ItemCounts, PriceList};
use super::items::BillableItem;
use super::resources::BilledResources;
use crate::units::SimDuration;

/// What a service's usage costs, and what of it is billed besides the size of its tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// USD a unit of each item, exact.
    pub prices: PriceList,
    /// GB of ephemeral storage of a task above the 20 GB that are included \[GB\].
    pub extra_ephemeral_gb: u32,
    /// Whether every task has a public IPv4 address of its own.
    pub public_ip_per_task: bool,
    /// What exists as long as the service, by the item that charges for it, but for the alarms of its policies: load
    /// balancers under their hours and under their LCUs, public addresses of the load balancer.
    pub resources: ItemCounts,
    /// What decides how many LCUs the load balancer has.
    pub lcu: LcuParameters,
    /// Shortest billed life of a task \[ns\] (documented: 60 s on Linux).
    pub minimum_billed: SimDuration,
    /// `bill_deprovisioning`: whether the time after the container's exit is billed (unknown; default no).
    pub bill_deprovisioning: bool,
}

impl Tariff {
    /// The items that a service with these resources is billed for and that have no price: every total leaves them out.
    #[must_use]
    pub fn unpriced(&self, resources: &BilledResources) -> Vec<BillableItem> {
        resources.items().filter(|item| self.prices[*item].is_none()).collect()
    }
}

/// What the LCUs of an Application Load Balancer follow from besides its load (`docs/aws/billing.md#load-balancer`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LcuParameters {
    /// Listener rules; those above 10 are evaluated for a fee.
    pub rules: u32,
    /// `requests_per_connection`: requests a client sends over one connection, ≥ 1.
    pub requests_per_connection: u32,
}

impl Default for LcuParameters {
    /// No rules, and a connection for every request.
    fn default() -> Self {
        Self { rules: 0, requests_per_connection: 1 }
    }
}
