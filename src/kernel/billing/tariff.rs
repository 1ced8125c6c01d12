//! Prices of one service: what its region and architecture cost, as published.

use alloc::vec::Vec;

use super::items::BillableItem;
use crate::units::{SimDuration, Usd};

/// What a service's usage costs. Prices are picodollars a unit, exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    /// USD per vCPU-hour.
    pub vcpu_hour: Usd,
    /// USD per GB-hour of memory (1 GB = 1024 MiB of the task's size).
    pub memory_gb_hour: Usd,
    /// USD per GB-hour of ephemeral storage above the 20 GB that are included; `None`: not in the price book.
    pub ephemeral_gb_hour: Option<Usd>,
    /// GB of ephemeral storage above the 20 GB that are included \[GB\].
    pub extra_ephemeral_gb: u32,
    /// The load balancer, when the service has one.
    pub load_balancer: Option<LoadBalancerTariff>,
    /// USD per public IPv4 address and hour; `None`: not in the price book.
    pub ipv4_hour: Option<Usd>,
    /// Whether every task has a public IPv4 address of its own.
    pub public_ip_per_task: bool,
    /// USD per standard-resolution alarm and calendar month; `None`: not in the price book.
    pub alarm_month: Option<Usd>,
    /// USD per high-resolution alarm (periods below a minute) and calendar month; `None`: not in the price book.
    pub high_resolution_alarm_month: Option<Usd>,
    /// Shortest billed life of a task \[ns\] (documented: 60 s on Linux).
    pub minimum_billed: SimDuration,
    /// `bill_deprovisioning`: whether the time after the container's exit is billed (unknown; default no).
    pub bill_deprovisioning: bool,
}

impl Tariff {
    /// What a service with so many alarms (standard, high-resolution) is billed for, in the order of its bill, each item
    /// with the price of a unit; `None`: not in the price book.
    #[must_use]
    pub fn items(&self, (standard, high_resolution): (u32, u32)) -> Vec<(BillableItem, Option<Usd>)> {
        let balancer = self.load_balancer.as_ref();
        let has_address =
            self.public_ip_per_task || balancer.is_some_and(|balancer| balancer.public_ipv4 > 0);
        let items = [
            (true, BillableItem::FargateVcpu, Some(self.vcpu_hour)),
            (true, BillableItem::FargateMemory, Some(self.memory_gb_hour)),
            (self.extra_ephemeral_gb > 0, BillableItem::FargateEphemeralStorage, self.ephemeral_gb_hour),
            (balancer.is_some(), BillableItem::AlbHour, balancer.and_then(|balancer| balancer.hour)),
            (balancer.is_some(), BillableItem::AlbLcu, balancer.and_then(|balancer| balancer.lcu_hour)),
            (has_address, BillableItem::PublicIpv4, self.ipv4_hour),
            (standard > 0, BillableItem::CloudwatchAlarm, self.alarm_month),
            (
                high_resolution > 0,
                BillableItem::CloudwatchHighResolutionAlarm,
                self.high_resolution_alarm_month,
            ),
        ];
        items.into_iter().filter(|(is_used, ..)| *is_used).map(|(_, item, price)| (item, price)).collect()
    }

    /// The items of [`Tariff::items`] that have no price: every total leaves them out.
    #[must_use]
    pub fn unpriced(&self, alarms: (u32, u32)) -> Vec<BillableItem> {
        self.items(alarms).into_iter().filter(|(_, price)| price.is_none()).map(|(item, _)| item).collect()
    }
}

/// What an Application Load Balancer costs (`docs/aws/billing.md#load-balancer`).
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerTariff {
    /// USD per hour; partial hours are full hours; `None`: not in the price book.
    pub hour: Option<Usd>,
    /// USD per LCU-hour; `None`: not in the price book.
    pub lcu_hour: Option<Usd>,
    /// Public IPv4 addresses of the load balancer (one an availability zone; 0 for an internal one).
    pub public_ipv4: u32,
    /// Listener rules; those above 10 are evaluated for a fee.
    pub rules: u32,
    /// `requests_per_connection`: requests a client sends over one connection, ≥ 1.
    pub requests_per_connection: u32,
}
