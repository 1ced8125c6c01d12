//! The invoice: one line an item, each an exact ratio rounded once, and the total their sum.

use alloc::vec::Vec;

use super::meter::{LCU_DENOMINATOR, MeterReading};
use super::tariff::Tariff;
use crate::units::{NANOS_PER_SEC, PICO_PER_USD, SimDuration, Usd};

/// Hours in a month, AWS's convention for monthly prices (`aws-platform.md` §7).
pub const HOURS_A_MONTH: u16 = 730;

/// What a line charges for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineItem {
    /// `fargate_vcpu` [vCPU-hour].
    FargateVcpu,
    /// `fargate_memory` [GB-hour].
    FargateMemory,
    /// `fargate_ephemeral_storage` [GB-hour].
    FargateEphemeralStorage,
    /// `alb_hour` \[hour\].
    AlbHour,
    /// `alb_lcu` [LCU-hour].
    AlbLcu,
    /// `public_ipv4` \[hour\].
    PublicIpv4,
    /// `cloudwatch_alarm` [alarm-month].
    CloudwatchAlarm,
    /// `cloudwatch_high_resolution_alarm` [alarm-month].
    CloudwatchHighResolutionAlarm,
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
            Self::CloudwatchHighResolutionAlarm => "cloudwatch_high_resolution_alarm",
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
            Self::CloudwatchAlarm | Self::CloudwatchHighResolutionAlarm => "alarm-month",
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
    /// The exact amount to the nearest picodollar, for sums and scaling.
    pub exact: Usd,
    /// What is charged: the exact amount rounded once, half to even, to a cent.
    pub amount: Usd,
}

/// A service's bill for the simulated time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoice {
    /// The lines, in a fixed order.
    pub lines: Vec<InvoiceLine>,
}

/// What a service is billed for besides its meter reading.
#[derive(Clone, Copy, Debug)]
pub struct Billed<'a> {
    /// Its prices.
    pub tariff: &'a Tariff,
    /// Its meter.
    pub reading: MeterReading,
    /// CPU units of a task.
    pub cpu_units: u32,
    /// Memory of a task \[MiB\].
    pub memory_mib: u32,
    /// Alarms of its policies: standard ones and high-resolution ones.
    pub alarms: (u32, u32),
    /// Simulated time.
    pub horizon: SimDuration,
}

impl InvoiceLine {
    /// A line of `numerator / denominator` units at `rate`.
    ///
    /// Whole units and the rest are priced apart, so that nothing overflows while a price is below 10⁴ USD and a
    /// denominator below 10²².
    #[must_use]
    pub fn new(item: LineItem, numerator: i128, denominator: i128, rate: Usd) -> Self {
        const CENT: i128 = PICO_PER_USD / 100;
        let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let exact = Usd(rate.0 * whole + Usd::from_ratio(rate.0 * rest, denominator).0);
        // The amount is floor + fraction picodollars, where fraction × denominator is `below`.
        let floor = rate.0 * whole + (rate.0 * rest).div_euclid(denominator);
        let below = (rate.0 * rest).rem_euclid(denominator);
        let (cents, over) = (floor.div_euclid(CENT), floor.rem_euclid(CENT));
        let is_more_than_half = 2 * over > CENT || (2 * over == CENT && below > 0);
        let is_half = 2 * over == CENT && below == 0;
        let up = is_more_than_half || (is_half && cents % 2 != 0);
        let amount = Usd((cents + i128::from(up)) * CENT);
        Self { item, quantity_numerator: numerator, quantity_denominator: denominator, rate, exact, amount }
    }
}

impl Invoice {
    /// The bill of one service. Items whose price is unknown are left out; the scenario lists them.
    #[must_use]
    pub fn of(billed: &Billed<'_>) -> Self {
        let Billed { tariff, reading, .. } = billed;
        let seconds = i128::from(reading.task_seconds);
        let horizon = i128::from(billed.horizon.0);
        let hour_ns = i128::from(3_600 * NANOS_PER_SEC);
        let mut lines = Vec::new();
        let mut line = |item, numerator, denominator, rate: Option<Usd>| {
            if let Some(rate) = rate {
                lines.push(InvoiceLine::new(item, numerator, denominator, rate));
            }
        };
        let vcpu = i128::from(billed.cpu_units);
        line(LineItem::FargateVcpu, seconds * vcpu, 1024 * 3600, Some(tariff.vcpu_hour));
        let memory = i128::from(billed.memory_mib);
        line(LineItem::FargateMemory, seconds * memory, 1024 * 3600, Some(tariff.memory_gb_hour));
        let storage = i128::from(tariff.extra_ephemeral_gb);
        if storage > 0 {
            line(LineItem::FargateEphemeralStorage, seconds * storage, 3600, tariff.ephemeral_gb_hour);
        }
        let mut address_ns = 0;
        if let Some(balancer) = &tariff.load_balancer {
            line(LineItem::AlbHour, (horizon + hour_ns - 1) / hour_ns, 1, Some(balancer.hour));
            let parts = LCU_DENOMINATOR * u128::from(balancer.requests_per_connection.max(1));
            // Both fit: a run has at most 10¹² requests, and the denominator is below 2⁷⁰ even for 10⁵ a connection.
            let signed = |value: u128| i128::try_from(value).unwrap_or(i128::MAX);
            line(LineItem::AlbLcu, signed(reading.lcu_hours), signed(parts), balancer.lcu_hour);
            address_ns += i128::from(balancer.public_ipv4) * horizon;
        }
        if tariff.public_ip_per_task {
            address_ns += seconds * i128::from(NANOS_PER_SEC);
        }
        if address_ns > 0 {
            line(LineItem::PublicIpv4, address_ns, hour_ns, tariff.ipv4_hour);
        }
        let (standard, high_resolution) = billed.alarms;
        for (item, alarms, rate) in [
            (LineItem::CloudwatchAlarm, standard, tariff.alarm_month),
            (LineItem::CloudwatchHighResolutionAlarm, high_resolution, tariff.high_resolution_alarm_month),
        ] {
            if alarms > 0 {
                line(item, i128::from(alarms) * horizon, i128::from(HOURS_A_MONTH) * hour_ns, rate);
            }
        }
        Self { lines }
    }

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
        let month = i128::from(3_600 * NANOS_PER_SEC) * i128::from(HOURS_A_MONTH);
        Usd::from_ratio(self.exact_total().0 * month, i128::from(horizon.0.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tariff() -> Tariff {
        Tariff {
            vcpu_hour: Usd(40_480_000_000),
            memory_gb_hour: Usd(4_445_000_000),
            ephemeral_gb_hour: Some(Usd(111_000_000)),
            extra_ephemeral_gb: 0,
            load_balancer: None,
            ipv4_hour: None,
            public_ip_per_task: false,
            alarm_month: None,
            high_resolution_alarm_month: None,
            minimum_billed: SimDuration::from_secs(60),
            bill_deprovisioning: false,
        }
    }

    fn bill(tariff: &Tariff, cpu_units: u32, memory_mib: u32, task_seconds: u64) -> Invoice {
        let reading = MeterReading { task_seconds, lcu_hours: 0 };
        Invoice::of(&Billed {
            tariff,
            reading,
            cpu_units,
            memory_mib,
            alarms: (0, 0),
            horizon: SimDuration::from_secs(3_600),
        })
    }

    #[test]
    fn two_quarter_vcpu_tasks_for_730_hours_cost_the_documented_cents() {
        // aws-platform.md §0: 2 × 0.25 × 0.04048 × 730 = 14.7752; 2 × 0.5 × 0.004445 × 730 = 3.24485.
        let invoice = bill(&tariff(), 256, 512, 2 * 730 * 3_600);
        assert_eq!(invoice.lines[0].amount.to_cents_string(), "14.78");
        assert_eq!(invoice.lines[1].amount.to_cents_string(), "3.24");
        assert_eq!(invoice.exact_total(), Usd(18_020_050_000_000));
        assert_eq!(invoice.total().to_cents_string(), "18.02");
    }

    #[test]
    fn a_line_is_rounded_to_cents_half_to_even_and_only_once() {
        let cents = |numerator, denominator| {
            InvoiceLine::new(LineItem::AlbHour, numerator, denominator, Usd(PICO_PER_USD)).amount
        };
        assert_eq!(cents(5, 1_000).to_cents_string(), "0.00");
        assert_eq!(cents(15, 1_000).to_cents_string(), "0.02");
        assert_eq!(cents(25, 1_000).to_cents_string(), "0.02");
        // A third of a cent above the half: rounding to a picodollar first must not hide it.
        assert_eq!(cents(15_000_000_000_000_001, 3_000_000_000_000_000_000).to_cents_string(), "0.01");
    }

    #[test]
    fn the_largest_bill_does_not_overflow() {
        let parts = i128::try_from(LCU_DENOMINATOR).unwrap() * 100_000;
        let line = InvoiceLine::new(
            LineItem::AlbLcu,
            parts * 1_000_000_000 + parts - 1,
            parts,
            Usd(10_000 * PICO_PER_USD),
        );
        assert_eq!(line.amount, Usd(10_000 * PICO_PER_USD * 1_000_000_001));
    }

    #[test]
    fn the_billing_oracles_hold_to_a_picodollar() {
        let arm = Tariff { vcpu_hour: Usd(32_380_000_000), memory_gb_hour: Usd(3_560_000_000), ..tariff() };
        let storage = Tariff { extra_ephemeral_gb: 80, ..tariff() };
        // (tariff, CPU units, MiB, billed seconds, cost [USD]) of bill-42s-min, -61.2s, -1h-arm, -2h-eph100, -1000x30s, -730h.
        let cases = [
            (tariff(), 256, 512, 60, 0.000_205_708_33),
            (tariff(), 512, 1024, 62, 0.000_425_130_56),
            (arm, 1024, 2048, 3_600, 0.0395),
            (storage, 4096, 16_384, 7_200, 0.483_84),
            (tariff(), 256, 512, 60 * 1_000, 0.205_708_33),
            (tariff(), 2048, 4096, 2_628_000, 72.080_2),
        ];
        for (tariff, cpu, memory, seconds, cost) in cases {
            let total = bill(&tariff, cpu, memory, seconds).exact_total().as_f64();
            assert!((total / cost - 1.0).abs() < 2e-8, "{total} instead of {cost}");
        }
    }
}
