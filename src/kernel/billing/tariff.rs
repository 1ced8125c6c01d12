//! Prices of one service: what its region and architecture cost, as published.

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
    /// The load balancer, when the service has one and the price book knows it.
    pub load_balancer: Option<LoadBalancerTariff>,
    /// USD per public IPv4 address and hour; `None`: not in the price book.
    pub ipv4_hour: Option<Usd>,
    /// Whether every task has a public IPv4 address of its own.
    pub public_ip_per_task: bool,
    /// USD per standard-resolution alarm and month (730 h); `None`: not in the price book.
    pub alarm_month: Option<Usd>,
    /// USD per high-resolution alarm (periods below a minute) and month (730 h); `None`: not in the price book.
    pub high_resolution_alarm_month: Option<Usd>,
    /// Shortest billed life of a task \[ns\] (documented: 60 s on Linux).
    pub minimum_billed: SimDuration,
    /// `bill_deprovisioning`: whether the time after the container's exit is billed (unknown; default no).
    pub bill_deprovisioning: bool,
}

/// What an Application Load Balancer costs (`aws-platform.md` §3).
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerTariff {
    /// USD per hour; partial hours are full hours.
    pub hour: Usd,
    /// USD per LCU-hour; `None`: not in the price book.
    pub lcu_hour: Option<Usd>,
    /// Public IPv4 addresses of the load balancer (one an availability zone; 0 for an internal one).
    pub public_ipv4: u32,
    /// Listener rules; those above 10 are evaluated for a fee.
    pub rules: u32,
    /// `requests_per_connection`: requests a client sends over one connection, ≥ 1.
    pub requests_per_connection: u32,
}
