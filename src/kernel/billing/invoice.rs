//! The invoice: one line an item, each an exact ratio rounded once, and the total their sum.

use alloc::vec::Vec;

use super::by_item::PriceList;
use super::items::BillableItem;
use super::meter::{MeterReading, MeteredItem};
use crate::units::{CENT, NANOS_PER_HOUR, SimDuration, Usd};

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

    /// The line by calendar month: each is the difference between what the line would be at the end of the month and at its
    /// beginning, in quantity and in amounts, so that the months add up to the line exactly. `months` is what was used in
    /// each, in the unit of the line's numerator.
    #[must_use]
    pub fn by_month(&self, months: &[i128]) -> Vec<Self> {
        let until = |used: i128| Self::new(self.item, used, self.quantity_denominator, self.rate);
        let mut before = until(0);
        let month = |used: &i128| {
            let after = until(before.quantity_numerator + used);
            let part = Self {
                quantity_numerator: *used,
                exact: Usd(after.exact.0 - before.exact.0),
                amount: Usd(after.amount.0 - before.amount.0),
                ..after
            };
            before = after;
            part
        };
        months.iter().map(month).collect()
    }
}

impl Invoice {
    /// The bill of what was metered at these prices. Items without a price are left out: [`super::Tariff::unpriced`] names
    /// them.
    #[must_use]
    pub fn of(reading: &MeterReading, prices: &PriceList) -> Self {
        let line = |metered: &MeteredItem| {
            let rate = prices[metered.item]?;
            Some(InvoiceLine::new(metered.item, metered.quantity(), metered.denominator, rate))
        };
        Self { lines: reading.items.iter().filter_map(line).collect() }
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
    use super::super::by_item::{ByItem, ItemCounts};
    use super::super::meter::{LCU_DENOMINATOR, Meter};
    use super::super::month::MONTH_DENOMINATOR;
    use super::super::resources::BilledResources;
    use super::super::tariff::{LcuParameters, Tariff};
    use super::super::task::TaskResources;
    use super::*;
    use crate::facts::CapacityKind;
    use crate::units::{PICO_PER_USD, SimTime};

    const PRICES: [(BillableItem, Option<Usd>); 3] = [
        (BillableItem::FargateVcpu, Some(Usd(40_480_000_000))),
        (BillableItem::FargateMemory, Some(Usd(4_445_000_000))),
        (BillableItem::FargateEphemeralStorage, Some(Usd(111_000_000))),
    ];

    fn tariff() -> Tariff {
        Tariff {
            prices: ByItem::of(&PRICES),
            extra_ephemeral_gb: 0,
            public_ip_per_task: false,
            resources: ItemCounts::default(),
            lcu: LcuParameters::default(),
            minimum_billed: SimDuration::from_secs(60),
            bill_deprovisioning: false,
        }
    }

    /// What a service has with tasks of this size, and so many standard and high-resolution alarms.
    fn resources(
        tariff: &Tariff,
        (cpu_units, memory_mib): (u32, u32),
        alarms: (u32, u32),
    ) -> BilledResources {
        let task = TaskResources {
            capacity: CapacityKind::Fargate,
            cpu_units,
            memory_mib,
            extra_ephemeral_gb: tariff.extra_ephemeral_gb,
            public_ipv4: u32::from(tariff.public_ip_per_task),
        };
        let mut standing = tariff.resources;
        standing[BillableItem::CloudwatchAlarm] = alarms.0;
        standing[BillableItem::CloudwatchHighResolutionAlarm] = alarms.1;
        BilledResources { task, standing }
    }

    fn bill(tariff: &Tariff, cpu_units: u32, memory_mib: u32, task_seconds: u64) -> Invoice {
        let resources = resources(tariff, (cpu_units, memory_mib), (0, 0));
        let mut meter = Meter::new(tariff, &resources, 0);
        meter.bill(SimTime::ZERO, SimDuration::from_secs(task_seconds), &resources.task);
        let reading = meter.finish(SimTime(NANOS_PER_HOUR), core::iter::empty());
        Invoice::of(&reading, &tariff.prices)
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

    /// A balancer at 0.0225 USD an hour, and alarms at 0.10 USD a month.
    fn watched() -> Tariff {
        let mut tariff = tariff();
        tariff.prices[BillableItem::AlbHour] = Some(Usd(22_500_000_000));
        tariff.prices[BillableItem::AlbLcu] = Some(Usd(8_000_000_000));
        tariff.prices[BillableItem::CloudwatchAlarm] = Some(Usd(100_000_000_000));
        let balancer = [BillableItem::AlbHour, BillableItem::AlbLcu].map(|item| (item, 1));
        tariff.resources = ByItem::of(&balancer);
        tariff.resources[BillableItem::PublicIpv4] = 2;
        tariff
    }

    /// One task of a quarter of a vCPU all the time, and ten alarms.
    fn bill_of(tariff: &Tariff, start_unix_ns: i64, hours: u64) -> Invoice {
        let resources = resources(tariff, (256, 512), (10, 0));
        let mut meter = Meter::new(tariff, &resources, start_unix_ns);
        let horizon = SimDuration::from_secs(hours * 3_600);
        meter.bill(SimTime::ZERO, horizon, &resources.task);
        let reading = meter.finish(SimTime(horizon.0), core::iter::empty());
        Invoice::of(&reading, &tariff.prices)
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
        tariff.prices[BillableItem::AlbHour] = None;
        tariff.prices[BillableItem::PublicIpv4] = Some(Usd(5_000_000_000));
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
        let unpriced = |tariff: &Tariff, alarms| tariff.unpriced(&resources(tariff, (256, 512), alarms));
        assert_eq!(unpriced(&tariff, (10, 0)), [BillableItem::AlbHour]);
        assert_eq!(
            unpriced(&tariff, (10, 2)),
            [BillableItem::AlbHour, BillableItem::CloudwatchHighResolutionAlarm]
        );
        assert_eq!(unpriced(&watched(), (0, 0)), [BillableItem::PublicIpv4]);
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
        let mut arm = tariff();
        arm.prices[BillableItem::FargateVcpu] = Some(Usd(32_380_000_000));
        arm.prices[BillableItem::FargateMemory] = Some(Usd(3_560_000_000));
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

    #[test]
    fn the_months_of_a_line_add_up_to_it_and_each_is_a_difference_of_rounded_amounts() {
        // A cent a unit: a third of a cent in each of three months is charged where the sum reaches half a cent.
        let line = InvoiceLine::new(BillableItem::AlbHour, 3, 3, Usd(CENT));
        let parts = line.by_month(&[1, 1, 1]);
        assert_eq!(parts.iter().map(|part| part.amount.0).collect::<Vec<_>>(), [0, CENT, 0]);
        assert_eq!(parts.iter().map(|part| part.quantity_numerator).sum::<i128>(), 3);
        let sum = |of: fn(&InvoiceLine) -> Usd| parts.iter().map(of).sum::<Usd>();
        assert_eq!((sum(|part| part.exact), sum(|part| part.amount)), (line.exact, line.amount));
        assert!(line.by_month(&[]).is_empty());
    }
}
