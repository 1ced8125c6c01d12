//! The invoice: one line an item, each an exact ratio rounded once, and the total their sum.

use alloc::vec::Vec;

use super::items::BillableItem;
use super::meter::{LCU_DENOMINATOR, MeterReading};
use super::month::{MONTH_DENOMINATOR, months_until};
use super::tariff::Tariff;
use crate::units::{CENT, NANOS_PER_HOUR, NANOS_PER_SEC, SimDuration, SimTime, Usd};

/// Hours of the month to which costs are scaled, as AWS's calculator has it (`docs/aws/billing.md#month-of-730-hours`).
/// What is priced a month is charged by the calendar month instead: [`super::CalendarMonth`].
pub const HOURS_A_MONTH: u16 = 730;

/// One line: `quantity_numerator / quantity_denominator` units at `rate` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What it charges for.
    pub item: BillableItem,
    /// Numerator of the exact quantity.
    pub quantity_numerator: i128,
    /// Denominator of the exact quantity, > 0.
    pub quantity_denominator: i128,
    /// Price of one unit.
    pub rate: Usd,
    /// The exact amount to the nearest picodollar, for sums and scaling.
    pub exact: Usd,
    /// What is charged: the exact amount rounded once, half away from zero, to a cent (`docs/aws/billing.md#rounding`).
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
    /// Calendar time of second 0 [ns since 1970-01-01T00:00:00Z].
    pub start_unix_ns: i64,
    /// Simulated time.
    pub horizon: SimDuration,
}

impl Billed<'_> {
    /// The exact quantity of an item: numerator and denominator, > 0.
    fn quantity(&self, item: BillableItem) -> (i128, i128) {
        let seconds = i128::from(self.reading.task_seconds);
        let horizon = i128::from(self.horizon.0);
        let hour_ns = i128::from(NANOS_PER_HOUR);
        let months = || months_until(self.start_unix_ns, SimTime(self.horizon.0));
        let balancer = self.tariff.load_balancer.as_ref();
        match item {
            BillableItem::FargateVcpu => (seconds * i128::from(self.cpu_units), 1024 * 3600),
            BillableItem::FargateMemory => (seconds * i128::from(self.memory_mib), 1024 * 3600),
            BillableItem::FargateEphemeralStorage => {
                (seconds * i128::from(self.tariff.extra_ephemeral_gb), 3600)
            }
            BillableItem::AlbHour => ((horizon + hour_ns - 1) / hour_ns, 1),
            BillableItem::AlbLcu => {
                let per_connection = balancer.map_or(1, |balancer| balancer.requests_per_connection.max(1));
                let parts = LCU_DENOMINATOR * u128::from(per_connection);
                // Both fit: a run has at most 10¹² requests, and the denominator is below 2⁷⁰ even for 10⁵ a connection.
                let signed = |value: u128| i128::try_from(value).unwrap_or(i128::MAX);
                (signed(self.reading.lcu_hours), signed(parts))
            }
            BillableItem::PublicIpv4 => {
                let of_balancer = balancer.map_or(0, |balancer| i128::from(balancer.public_ipv4)) * horizon;
                let of_tasks = if self.tariff.public_ip_per_task { seconds } else { 0 };
                (of_balancer + of_tasks * i128::from(NANOS_PER_SEC), hour_ns)
            }
            BillableItem::CloudwatchAlarm => (i128::from(self.alarms.0) * months(), MONTH_DENOMINATOR),
            BillableItem::CloudwatchHighResolutionAlarm => {
                (i128::from(self.alarms.1) * months(), MONTH_DENOMINATOR)
            }
        }
    }
}

impl InvoiceLine {
    /// A line of `numerator / denominator` units at `rate`.
    ///
    /// Whole units and the rest are priced apart, so that nothing overflows while a price is below 10⁴ USD and a
    /// denominator below 10²².
    #[must_use]
    pub fn new(item: BillableItem, numerator: i128, denominator: i128, rate: Usd) -> Self {
        let (whole, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let exact = Usd(rate.0 * whole + Usd::from_ratio(rate.0 * rest, denominator).0);
        // The amount is floor + fraction picodollars, where fraction × denominator is `below`.
        let floor = rate.0 * whole + (rate.0 * rest).div_euclid(denominator);
        let below = (rate.0 * rest).rem_euclid(denominator);
        let (cents, over) = (floor.div_euclid(CENT), floor.rem_euclid(CENT));
        let is_half = 2 * over == CENT && below == 0;
        // Half a cent is rounded away from zero, which is up unless the amount is negative.
        let up = 2 * over >= CENT && !(is_half && floor < 0);
        let amount = Usd((cents + i128::from(up)) * CENT);
        Self { item, quantity_numerator: numerator, quantity_denominator: denominator, rate, exact, amount }
    }
}

impl Invoice {
    /// The bill of one service. Items whose price is unknown are left out: [`Tariff::unpriced`] names them.
    #[must_use]
    pub fn of(billed: &Billed<'_>) -> Self {
        let line = |(item, rate): (BillableItem, Option<Usd>)| {
            let (numerator, denominator) = billed.quantity(item);
            Some(InvoiceLine::new(item, numerator, denominator, rate?))
        };
        Self { lines: billed.tariff.items(billed.alarms).into_iter().filter_map(line).collect() }
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

    /// The total of the bill of a month of 730 hours that is like this run: each line is scaled from `horizon` before its
    /// rounding to a cent, and the total is the sum of the lines, as in every bill. For a run of 730 hours it is the total.
    #[must_use]
    pub fn per_month(&self, horizon: SimDuration) -> Usd {
        const MONTH: u64 = NANOS_PER_HOUR * HOURS_A_MONTH as u64;
        if horizon.0 == MONTH {
            return self.total();
        }
        let scaled = |line: &InvoiceLine| {
            let exact = line.exact.0.saturating_mul(i128::from(MONTH));
            Usd::from_ratio(exact, i128::from(horizon.0.max(1))).round_to_cents()
        };
        self.lines.iter().map(scaled).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tariff::LoadBalancerTariff;
    use super::*;
    use crate::units::PICO_PER_USD;

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
            start_unix_ns: 0,
            horizon: SimDuration::from_secs(3_600),
        })
    }

    #[test]
    fn two_quarter_vcpu_tasks_for_730_hours_cost_the_documented_cents() {
        // docs/aws/billing.md#rounding: 2 × 0.25 × 0.04048 × 730 = 14.7752; 2 × 0.5 × 0.004445 × 730 = 3.24485.
        let invoice = bill(&tariff(), 256, 512, 2 * 730 * 3_600);
        assert_eq!(invoice.lines[0].amount.to_cents_string(), "14.78");
        assert_eq!(invoice.lines[1].amount.to_cents_string(), "3.24");
        assert_eq!(invoice.exact_total(), Usd(18_020_050_000_000));
        assert_eq!(invoice.total().to_cents_string(), "18.02");
    }

    #[test]
    fn a_line_is_rounded_to_cents_half_away_from_zero_and_only_once() {
        let cents = |numerator, denominator| {
            InvoiceLine::new(BillableItem::AlbHour, numerator, denominator, Usd(PICO_PER_USD)).amount
        };
        assert_eq!(cents(5, 1_000).to_cents_string(), "0.01");
        assert_eq!(cents(15, 1_000).to_cents_string(), "0.02");
        assert_eq!(cents(25, 1_000).to_cents_string(), "0.03");
        assert_eq!(cents(-25, 1_000).to_cents_string(), "-0.03");
        assert_eq!(cents(16_425, 1_000).to_cents_string(), "16.43");
        // A third of a picodollar below the half and above it: rounding to a picodollar first must not hide them.
        assert_eq!(cents(14_999_999_999_999_999, 3_000_000_000_000_000_000).to_cents_string(), "0.00");
        assert_eq!(cents(15_000_000_000_000_001, 3_000_000_000_000_000_000).to_cents_string(), "0.01");
    }

    /// A balancer at 0.0225 USD an hour, and ten alarms at 0.10 USD a month.
    fn watched() -> Tariff {
        let balancer = LoadBalancerTariff {
            hour: Some(Usd(22_500_000_000)),
            lcu_hour: Some(Usd(8_000_000_000)),
            public_ipv4: 2,
            rules: 0,
            requests_per_connection: 1,
        };
        Tariff { load_balancer: Some(balancer), alarm_month: Some(Usd(100_000_000_000)), ..tariff() }
    }

    fn bill_of(tariff: &Tariff, start_unix_ns: i64, hours: u64) -> Invoice {
        let reading = MeterReading { task_seconds: hours * 3_600, lcu_hours: 0 };
        let horizon = SimDuration::from_secs(hours * 3_600);
        let (cpu_units, memory_mib, alarms) = (256, 512, (10, 0));
        Invoice::of(&Billed { tariff, reading, cpu_units, memory_mib, alarms, start_unix_ns, horizon })
    }

    #[test]
    fn a_run_of_730_hours_costs_what_a_month_of_730_hours_costs() {
        let invoice = bill_of(&watched(), 0, 730);
        let alb = invoice.lines.iter().find(|line| line.item == BillableItem::AlbHour).unwrap();
        assert_eq!(alb.amount.to_cents_string(), "16.43");
        assert_eq!(invoice.per_month(SimDuration::from_secs(730 * 3_600)), invoice.total());
        // A line a hair below half a cent, which its exact amount in picodollars does not show.
        let (hair, parts) = (14_999_999_999_999_999, 3_000_000_000_000_000_000);
        let line = InvoiceLine::new(BillableItem::AlbHour, hair, parts, Usd(PICO_PER_USD));
        let invoice = Invoice { lines: alloc::vec![line] };
        assert_eq!((line.exact, invoice.total()), (Usd(CENT / 2), Usd::ZERO));
        assert_eq!(invoice.per_month(SimDuration::from_secs(730 * 3_600)), Usd::ZERO);
        // A tenth of it is scaled line by line: 7.3876 + 1.622425 + 16.425 + 0 + 10 × 0.10 × 730 / 744.
        let tenth = bill_of(&watched(), 0, 73);
        assert_eq!(tenth.per_month(SimDuration::from_secs(73 * 3_600)).to_cents_string(), "26.42");
    }

    #[test]
    fn alarms_are_charged_by_the_calendar_month() {
        // 2024-10-01 (744 h), 2024-09-01 (720 h) and 2024-02-01 (696 h).
        for (start, hours) in
            [(1_727_740_800, 744), (1_725_148_800, 720), (1_706_745_600, 696), (1_725_148_800, 720 + 744)]
        {
            let invoice = bill_of(&watched(), start * 1_000_000_000, hours);
            let alarms = invoice.lines.last().unwrap();
            let months = if hours > 744 { 2 } else { 1 };
            assert_eq!(alarms.quantity_numerator, 10 * months * MONTH_DENOMINATOR);
            assert_eq!(alarms.exact, Usd(PICO_PER_USD * months));
        }
    }

    #[test]
    fn what_has_no_price_is_named_and_the_rest_is_billed() {
        let mut tariff = watched();
        let balancer = tariff.load_balancer.as_mut().unwrap();
        (balancer.hour, tariff.ipv4_hour) = (None, Some(Usd(5_000_000_000)));
        let items: Vec<_> = bill_of(&tariff, 0, 1).lines.iter().map(|line| line.item).collect();
        assert_eq!(
            items,
            [
                BillableItem::FargateVcpu,
                BillableItem::FargateMemory,
                BillableItem::AlbLcu,
                BillableItem::PublicIpv4,
                BillableItem::CloudwatchAlarm
            ]
        );
        assert_eq!(tariff.unpriced((10, 0)), [BillableItem::AlbHour]);
        assert_eq!(
            tariff.unpriced((10, 2)),
            [BillableItem::AlbHour, BillableItem::CloudwatchHighResolutionAlarm]
        );
        assert_eq!(watched().unpriced((0, 0)), [BillableItem::PublicIpv4]);
    }

    #[test]
    fn the_largest_bill_does_not_overflow() {
        let parts = i128::try_from(LCU_DENOMINATOR).unwrap() * 100_000;
        let line = InvoiceLine::new(
            BillableItem::AlbLcu,
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
