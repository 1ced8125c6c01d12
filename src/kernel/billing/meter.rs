//! The meter: how much was used of each billable item in each calendar month, as exact integers.

use alloc::vec::Vec;

use super::by_item::{ByItem, ItemCounts};
use super::items::{BillableItem, ITEMS, ItemFacts, Metering};
use super::month::{MONTH_DENOMINATOR, RunMonths, months_of_run, months_until};
use super::resources::BilledResources;
use super::tariff::{LcuParameters, Tariff};
use super::task::TaskResources;
use crate::facts::TaskMoved;
use crate::units::{NANOS_PER_HOUR, NANOS_PER_SEC, SimDuration, SimTime};

/// Billed seconds of one task: from the start of its image pull to its end, rounded up to whole seconds, at least the
/// minimum (`docs/aws/billing.md#fargate`: per second, 60 s on Linux).
///
/// Example: 61.2 s are billed as 62 s, 42 s as 60 s.
#[must_use]
pub fn billed_seconds(lifetime: SimDuration, minimum: SimDuration) -> u64 {
    lifetime.0.max(minimum.0).div_ceil(NANOS_PER_SEC)
}

/// LCU-hours are counted in units of 1 / (`LCU_DENOMINATOR` × `requests_per_connection`): the smallest common
/// denominator of all four dimensions, 3600 s × 10⁹ ns/s × 3000 active connections.
pub const LCU_DENOMINATOR: u128 = 3_600 * 1_000_000_000 * 3_000;

/// What the load balancer did in a period, for its LCU count (`docs/aws/billing.md#load-balancer`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LcuUsage {
    /// Requests that came to the load balancer, also those that it refuses because there is no target: what counts is newly
    /// established connections, and rules processed times the request rate (<https://aws.amazon.com/elasticloadbalancing/pricing/>),
    /// and a 503 is answered over an established connection. `RequestCount` leaves such requests out
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>).
    pub requests: u64,
    /// Requests in flight, integrated over time [request·ns].
    pub in_flight: u128,
    /// Bytes processed \[B\].
    pub bytes: u128,
}

impl LcuUsage {
    /// LCU-hours of one hour in units of 1 / ([`LCU_DENOMINATOR`] × `requests_per_connection`): the largest of new
    /// connections ÷ 25/s, active connections ÷ 3000, GB (10⁹ B), and rule evaluations ÷ 1000/s, where the first ten
    /// rules are free.
    #[must_use]
    pub fn lcu_hours(&self, rules: u32, requests_per_connection: u32) -> u128 {
        let per_connection = u128::from(requests_per_connection.max(1));
        let requests = u128::from(self.requests);
        let new_connections = requests * (LCU_DENOMINATOR / (25 * 3_600));
        let active = self.in_flight * per_connection;
        let bytes = self.bytes * (LCU_DENOMINATOR / 1_000_000_000) * per_connection;
        let evaluations =
            requests * u128::from(rules.saturating_sub(10)) * (LCU_DENOMINATOR / 3_600_000) * per_connection;
        new_connections.max(active).max(bytes).max(evaluations)
    }

    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.in_flight += other.in_flight;
        self.bytes += other.bytes;
    }
}

/// What the meter of one service shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeterReading {
    /// The items of its bill, in order.
    pub items: Vec<MeteredItem>,
}

/// What was used of an item, in whole units of 1 / `denominator`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeteredItem {
    /// Which.
    pub item: BillableItem,
    /// How many of what is counted are a unit of the item, > 0.
    pub denominator: i128,
    /// What was used in each calendar month (UTC) that the run touches, in order.
    pub months: Vec<i128>,
}

impl MeteredItem {
    /// What was used in all months.
    #[must_use]
    pub fn quantity(&self) -> i128 {
        self.months.iter().sum()
    }
}

impl MeterReading {
    /// What was used of `item` in each month; nothing where the bill has no line of it.
    #[must_use]
    pub fn months(&self, item: BillableItem) -> &[i128] {
        self.items.iter().find(|metered| metered.item == item).map_or(&[], |metered| &metered.months)
    }

    /// What was used of `item`, in whole units of 1 / its denominator: CPU units × s, MiB × s, GB × s; hours; addresses × ns;
    /// months in units of 1 / [`MONTH_DENOMINATOR`]; LCU-hours in units of 1 / ([`LCU_DENOMINATOR`] ×
    /// `requests_per_connection`).
    #[must_use]
    pub fn quantity(&self, item: BillableItem) -> i128 {
        self.months(item).iter().sum()
    }
}

/// How many of what the meter counts are a unit of an item.
fn denominator(metering: Metering, lcu: LcuParameters) -> i128 {
    match metering {
        Metering::TaskTime(_, part) => i128::from(part.per_unit()) * 3_600,
        Metering::AddressTime => i128::from(NANOS_PER_HOUR),
        Metering::BegunHours => 1,
        Metering::LoadBalancerUse => signed(LCU_DENOMINATOR * u128::from(lcu.requests_per_connection.max(1))),
        Metering::CalendarMonths => MONTH_DENOMINATOR,
    }
}

/// LCU-hours as they are summed. They fit: a run has at most 10¹² requests, and the denominator is below 2⁷⁰ even for 10⁵
/// requests a connection.
fn signed(lcu: u128) -> i128 {
    i128::try_from(lcu).unwrap_or(i128::MAX)
}

/// Measures what one service is billed for: so much of an item in a calendar month.
///
/// Seconds of tasks, hours of the load balancer and time fall into the month in which they were used. A second that was
/// begun belongs to the month of its beginning, and so does an hour of the load balancer, of which each begun one is a
/// full one. What a short-lived task is billed beyond its end is counted on from there.
#[derive(Clone, Debug)]
pub struct Meter {
    minimum: SimDuration,
    bill_deprovisioning: bool,
    lcu: LcuParameters,
    start_unix_ns: i64,
    /// What exists as long as the service.
    standing: ItemCounts,
    /// The items of the bill.
    has: ByItem<bool>,
    calendar: RunMonths,
    /// What was used in each month since that of second 0.
    months: Vec<ByItem<i128>>,
    /// Calendar time of second 0 within its hour \[ns\]: hours end on the calendar's full hours.
    hour_offset: u64,
    hour: LcuUsage,
}

impl Meter {
    /// A meter at zero of a service that has these resources; `start_unix_ns` is the calendar time of second 0.
    #[must_use]
    pub fn new(tariff: &Tariff, resources: &BilledResources, start_unix_ns: i64) -> Self {
        Self {
            minimum: tariff.minimum_billed,
            bill_deprovisioning: tariff.bill_deprovisioning,
            lcu: tariff.lcu,
            start_unix_ns,
            standing: resources.standing,
            has: ByItem::from_fn(|item| resources.has(item)),
            calendar: RunMonths::new(start_unix_ns),
            months: Vec::new(),
            hour_offset: start_unix_ns.rem_euclid(NANOS_PER_HOUR.cast_signed()).unsigned_abs(),
            hour: LcuUsage::default(),
        }
    }

    /// A task with these resources moved on: its bill ends when its container exits, or when it is gone if deprovisioning is
    /// billed.
    pub fn task_moved(&mut self, moved: &TaskMoved, task: &TaskResources) {
        let is_last = if self.bill_deprovisioning { moved.to.is_gone() } else { moved.to.is_released() };
        if let (true, Some(since)) = (is_last, moved.billed_since) {
            self.bill(since, moved.at.since(since), task);
        }
    }

    /// Bills a task with these resources for `lifetime` from `since` on.
    pub fn bill(&mut self, since: SimTime, lifetime: SimDuration, task: &TaskResources) {
        let seconds = billed_seconds(lifetime, self.minimum);
        let (mut month, mut counted) = (self.calendar.index_of(since), 0);
        while counted < seconds {
            let begun = self.calendar.end(month).since(since).0.div_ceil(NANOS_PER_SEC).min(seconds);
            self.add_task(month, task, begun - counted);
            (month, counted) = (month + 1, begun);
        }
    }

    fn add_task(&mut self, month: usize, task: &TaskResources, seconds: u64) {
        let seconds = i128::from(seconds);
        for ItemFacts { item, metering, .. } in &ITEMS {
            let quantity = match *metering {
                Metering::TaskTime(kind, part) if kind == task.capacity => {
                    seconds * i128::from(task.part(part))
                }
                Metering::AddressTime => seconds * i128::from(task.public_ipv4) * i128::from(NANOS_PER_SEC),
                Metering::TaskTime(..)
                | Metering::BegunHours
                | Metering::LoadBalancerUse
                | Metering::CalendarMonths => 0,
            };
            self.add(*item, quantity, month);
        }
    }

    /// So much more of an item was used in a month, counted since that of second 0.
    fn add(&mut self, item: BillableItem, quantity: i128, month: usize) {
        if self.months.len() <= month {
            self.months.resize(month + 1, ByItem::default());
        }
        self.months[month][item] += quantity;
        self.has[item] |= quantity != 0;
    }

    /// The period that ended at `end` used this much of the load balancer.
    pub fn period(&mut self, usage: &LcuUsage, end: SimTime) {
        self.hour.add(usage);
        if (end.0 + self.hour_offset).is_multiple_of(NANOS_PER_HOUR) {
            self.close_hour(end);
        }
    }

    /// An hour of the calendar, or what the run has of it, ends.
    fn close_hour(&mut self, end: SimTime) {
        let lcu = signed(self.hour.lcu_hours(self.lcu.rules, self.lcu.requests_per_connection));
        self.hour = LcuUsage::default();
        let month = self.calendar.index_of(SimTime(end.0.saturating_sub(1)));
        for ItemFacts { item, .. } in ITEMS.iter().filter(|facts| facts.metering == Metering::LoadBalancerUse)
        {
            if self.standing[*item] > 0 {
                self.add(*item, lcu, month);
            }
        }
    }

    /// Ends the run at `horizon`: tasks that are still billed, each since when and with its resources, end as if they stopped
    /// there.
    pub fn finish(
        mut self,
        horizon: SimTime,
        still_billed: impl Iterator<Item = (SimTime, TaskResources)>,
    ) -> MeterReading {
        for (since, task) in still_billed {
            self.bill(since, horizon.since(since), &task);
        }
        self.close_hour(horizon);
        self.add_standing(horizon);
        // What is billed beyond the horizon belongs to the last month of the run.
        let last = self.calendar.index_of(SimTime(horizon.0.saturating_sub(1)));
        self.months.resize(self.months.len().max(last + 1), ByItem::default());
        let beyond = self.months.split_off(last + 1);
        for (item, quantity) in beyond.iter().flat_map(ByItem::iter) {
            self.add(item, quantity, last);
        }
        let metered = |facts: &ItemFacts| MeteredItem {
            item: facts.item,
            denominator: denominator(facts.metering, self.lcu),
            months: self.months.iter().map(|month| month[facts.item]).collect(),
        };
        MeterReading { items: ITEMS.iter().filter(|facts| self.has[facts.item]).map(metered).collect() }
    }

    /// Adds what existed from second 0 to `horizon`.
    fn add_standing(&mut self, horizon: SimTime) {
        let hours = |at: SimTime| i128::from(at.0.div_ceil(NANOS_PER_HOUR));
        let start = self.start_unix_ns;
        let run = months_of_run(start, horizon.since(SimTime::ZERO));
        for (month, (_, from, until)) in run.enumerate() {
            for ItemFacts { item, metering, .. } in &ITEMS {
                let each = match metering {
                    Metering::AddressTime => i128::from(until.since(from).0),
                    Metering::BegunHours => hours(until) - hours(from),
                    Metering::CalendarMonths => months_until(start, until) - months_until(start, from),
                    Metering::TaskTime(..) | Metering::LoadBalancerUse => 0,
                };
                self.add(*item, i128::from(self.standing[*item]) * each, month);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::by_item::PriceList;
    use super::*;
    use crate::facts::{CapacityKind, ReplicaStage, StageProperty};
    use crate::units::{RevisionId, TaskId};

    const MINUTE: SimDuration = SimDuration::from_secs(60);

    #[test]
    fn a_life_is_billed_by_the_second_rounded_up_and_at_least_a_minute() {
        // oracles bill-42s-min, bill-60s-exact, bill-60s-plus-1us, bill-61.2s, bill-1h-arm.
        for (micros, seconds) in
            [(42_000_000, 60), (60_000_000, 60), (60_000_001, 61), (61_200_000, 62), (3_600_000_000, 3_600)]
        {
            assert_eq!(billed_seconds(SimDuration(micros * 1_000), MINUTE), seconds);
        }
    }

    #[test]
    fn the_largest_dimension_makes_the_lcu() {
        // oracle alb-lcu-1: 100 connections/s, 5000 active, 3 GB/h, 500 evaluations/s → max(4, 1.67, 3, 0.5) = 4.
        let usage = LcuUsage {
            requests: 100 * 3_600,
            in_flight: u128::from(5_000 * 3_600 * NANOS_PER_SEC),
            bytes: 3_000_000_000,
        };
        // 100 requests/s over 15 rules are 500 evaluations a second of five rules.
        assert_eq!(usage.lcu_hours(15, 1), 4 * LCU_DENOMINATOR);
        // With four requests a connection, 25 connections/s are one LCU and 3 GB decide.
        assert_eq!(usage.lcu_hours(15, 4), 3 * LCU_DENOMINATOR * 4);
    }

    /// 2024-08-31T23:00:00Z: an hour of August.
    const LAST_HOUR_OF_AUGUST: i64 = 1_725_145_200_000_000_000;

    fn tariff() -> Tariff {
        Tariff {
            prices: PriceList::default(),
            extra_ephemeral_gb: 0,
            public_ip_per_task: false,
            resources: ByItem::of(&[(BillableItem::AlbHour, 1), (BillableItem::AlbLcu, 1)]),
            lcu: LcuParameters::default(),
            minimum_billed: MINUTE,
            bill_deprovisioning: false,
        }
    }

    fn task(cpu_units: u32, memory_mib: u32) -> TaskResources {
        let capacity = CapacityKind::Fargate;
        TaskResources { capacity, cpu_units, memory_mib, extra_ephemeral_gb: 0, public_ipv4: 0 }
    }

    fn meter(tariff: &Tariff, start_unix_ns: i64) -> Meter {
        let resources = BilledResources { task: task(256, 512), standing: tariff.resources };
        Meter::new(tariff, &resources, start_unix_ns)
    }

    fn at(seconds: u64) -> SimTime {
        SimTime(seconds * NANOS_PER_SEC)
    }

    #[test]
    fn tasks_of_different_sizes_are_billed_each_by_its_own() {
        let (small, mut large) = (task(256, 512), task(4_096, 8_192));
        (large.extra_ephemeral_gb, large.public_ipv4) = (30, 1);
        let mut meter = meter(&tariff(), 0);
        let stopped = |since, until| TaskMoved {
            at: at(until),
            task: TaskId(0),
            revision: RevisionId(0),
            capacity: CapacityKind::Fargate,
            from: Some(ReplicaStage::new(0, &[StageProperty::Billed])),
            to: ReplicaStage::new(1, &[StageProperty::Released]),
            billed_since: Some(at(since)),
            zone: 0,
        };
        meter.task_moved(&stopped(0, 100), &small);
        meter.task_moved(&stopped(0, 200), &large);
        // Of two that still run, each ends at the horizon.
        let reading = meter.finish(at(3_600), [(at(3_300), small), (at(3_500), large)].into_iter());
        let quantity = |item| reading.quantity(item);
        assert_eq!(quantity(BillableItem::FargateVcpu), 256 * (100 + 300) + 4_096 * (200 + 100));
        assert_eq!(quantity(BillableItem::FargateMemory), 512 * (100 + 300) + 8_192 * (200 + 100));
        assert_eq!(quantity(BillableItem::FargateEphemeralStorage), 30 * (200 + 100));
        assert_eq!(quantity(BillableItem::PublicIpv4), 300 * i128::from(NANOS_PER_SEC));
    }

    #[test]
    fn what_was_used_stands_in_the_month_in_which_it_was_used() {
        let mut meter = meter(&tariff(), LAST_HOUR_OF_AUGUST);
        let half_second = SimDuration(NANOS_PER_SEC / 2);
        // From half a second past 23:59:50: nine and a half seconds of August, of which the tenth was begun there.
        let since = SimTime(3_590 * NANOS_PER_SEC + half_second.0);
        meter.bill(since, SimDuration::from_secs(100), &task(1, 2));
        // 36 000 requests in an hour are 10 a second, four tenths of an LCU.
        for hour in [1, 2] {
            meter.period(&LcuUsage { requests: 36_000 * hour, ..LcuUsage::default() }, at(3_600 * hour));
        }
        let reading = meter.finish(at(5_400), core::iter::empty());
        assert_eq!(reading.months(BillableItem::FargateVcpu), [10, 90]);
        assert_eq!(reading.months(BillableItem::FargateMemory), [20, 180]);
        assert_eq!(reading.months(BillableItem::AlbHour), [1, 1]);
        let lcu = LCU_DENOMINATOR.cast_signed() * 4 / 10;
        assert_eq!(reading.months(BillableItem::AlbLcu), [lcu, 2 * lcu]);
        assert!(reading.months(BillableItem::PublicIpv4).is_empty());
    }

    #[test]
    fn what_is_billed_beyond_the_horizon_is_of_the_last_month_of_the_run() {
        let mut meter = meter(&tariff(), LAST_HOUR_OF_AUGUST);
        meter.bill(at(3_570), SimDuration::from_secs(10), &task(1, 2));
        let reading = meter.finish(at(3_600), [(at(3_590), task(1, 2))].into_iter());
        assert_eq!(reading.months(BillableItem::FargateVcpu), [120]);
    }
}
