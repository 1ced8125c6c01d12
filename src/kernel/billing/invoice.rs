//! The invoice: one line an item, each an exact ratio rounded once, and the total their sum.

use alloc::vec::Vec;

use crate::units::{SimDuration, Usd};

/// What a line charges for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineItem {
    /// `fargate_vcpu` [vCPU-hour].
    FargateVcpu,
    /// `fargate_memory` [GB-hour].
    FargateMemory,
    /// `fargate_ephemeral_storage` [GB-hour].
    FargateEphemeralStorage,
    /// `alb_hour` [hour].
    AlbHour,
    /// `alb_lcu` [LCU-hour].
    AlbLcu,
    /// `public_ipv4` [hour].
    PublicIpv4,
    /// `cloudwatch_alarm` [alarm-month].
    CloudwatchAlarm,
}

impl LineItem {
    /// The item's name in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FargateVcpu => "fargate_vcpu",
            Self::FargateMemory => "fargate_memory",
            Self::FargateEphemeralStorage => "fargate_ephemeral_storage",
            Self::AlbHour => "alb_hour",
            Self::AlbLcu => "alb_lcu",
            Self::PublicIpv4 => "public_ipv4",
            Self::CloudwatchAlarm => "cloudwatch_alarm",
        }
    }

    /// The unit of its quantity.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::FargateVcpu => "vCPU-hour",
            Self::FargateMemory | Self::FargateEphemeralStorage => "GB-hour",
            Self::AlbHour | Self::PublicIpv4 => "hour",
            Self::AlbLcu => "LCU-hour",
            Self::CloudwatchAlarm => "alarm-month",
        }
    }
}

/// One line: `quantity_numerator / quantity_denominator` units at `rate` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What it charges for.
    pub item: LineItem,
    /// Numerator of the exact quantity.
    pub quantity_numerator: i128,
    /// Denominator of the exact quantity, > 0.
    pub quantity_denominator: i128,
    /// Price of one unit.
    pub rate: Usd,
    /// The exact amount rounded once, to a picodollar.
    pub exact: Usd,
    /// What is charged: the exact amount rounded half to even to a cent.
    pub amount: Usd,
}

/// A service's bill for the simulated time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoice {
    /// The lines, in a fixed order.
    pub lines: Vec<InvoiceLine>,
}

impl Invoice {
    /// The sum of the lines' amounts.
    #[must_use]
    pub fn total(&self) -> Usd {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The sum of the lines before their rounding to cents.
    #[must_use]
    pub fn exact_total(&self) -> Usd {
        self.lines.iter().map(|line| line.exact).sum()
    }

    /// The exact total scaled from `horizon` to a month of 730 hours.
    #[must_use]
    pub fn per_month(&self, horizon: SimDuration) -> Usd {
        let month = i128::from(SimDuration::from_secs(730 * 3600).0);
        Usd::from_ratio(self.exact_total().0 * month, i128::from(horizon.0.max(1)))
    }
}
