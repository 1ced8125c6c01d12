//! Cost of an hour of usage, as a float: for series over time and for forecasts, never for a bill, which
//! [`super::Invoice`] makes of exact quantities. What has no price costs nothing here, as in a bill.

use super::by_item::PriceList;
use super::items::{ITEMS, ItemFacts, Metering};
use super::meter::{LCU_DENOMINATOR, LcuUsage};
use super::month::CalendarMonth;
use super::resources::BilledResources;
use super::tariff::{LcuParameters, Tariff};
use super::task::TaskResources;
use crate::units::{NANOS_PER_HOUR, SimDuration, SimTime, Usd};

/// Cost of a service for an hour while its usage stays as it is \[USD\].
#[derive(Clone, Copy, Debug)]
pub struct HourlyRate {
    /// A task [USD an hour].
    task: f64,
    /// Price of the resources that exist as long as the service and are priced by the hour [USD an hour].
    standing: f64,
    /// Price of the resources that exist as long as the service and are priced by the month [USD a calendar month].
    a_month: f64,
    /// USD an LCU-hour.
    lcu_hour: f64,
    lcu: LcuParameters,
    start_unix_ns: i64,
    /// The month of the last instant that was asked for, and its hours.
    month: (CalendarMonth, f64),
}

impl HourlyRate {
    /// The hourly rate of a service with these resources; `start_unix_ns` is the calendar time of second 0.
    #[must_use]
    pub fn new(tariff: &Tariff, resources: &BilledResources, start_unix_ns: i64) -> Self {
        let month = CalendarMonth::at(i128::from(start_unix_ns));
        let mut rate = Self {
            task: 0.0,
            standing: 0.0,
            a_month: 0.0,
            lcu_hour: 0.0,
            lcu: tariff.lcu,
            start_unix_ns,
            month: (month, hours_of(month)),
        };
        for ItemFacts { item, metering, .. } in &ITEMS {
            let price = tariff.prices[*item].map_or(0.0, Usd::as_f64);
            let standing = f64::from(resources.standing[*item]) * price;
            rate.task += task_units(*metering, &resources.task) * price;
            match metering {
                Metering::AddressTime | Metering::BegunHours => rate.standing += standing,
                Metering::CalendarMonths => rate.a_month += standing,
                Metering::LoadBalancerUse => rate.lcu_hour += standing,
                Metering::TaskTime(..) => {}
            }
        }
        rate
    }

    /// USD an hour in a period that begins at `start`, lasts for `length` and has this many billed tasks on average and this
    /// load of the load balancer.
    pub fn at(&mut self, start: SimTime, length: SimDuration, tasks: f64, load: &LcuUsage) -> f64 {
        let LcuParameters { rules, requests_per_connection } = self.lcu;
        let parts = LCU_DENOMINATOR * u128::from(requests_per_connection.max(1));
        let lcu_hours = load.lcu_hours(rules, requests_per_connection);
        let periods_an_hour = as_f64(u128::from(NANOS_PER_HOUR)) / as_f64(u128::from(length.0.max(1)));
        let lcus = self.lcu_hour * as_f64(lcu_hours) / as_f64(parts) * periods_an_hour;
        self.task * tasks + self.standing + self.monthly(start) + lcus
    }

    /// USD an hour of what is priced by the month, at `instant`.
    fn monthly(&mut self, instant: SimTime) -> f64 {
        let instant = i128::from(self.start_unix_ns) + i128::from(instant.0);
        if instant >= self.month.0.end {
            let month = CalendarMonth::at(instant);
            self.month = (month, hours_of(month));
        }
        self.a_month / self.month.1
    }
}

/// Units of an item for an hour of a task.
fn task_units(metering: Metering, task: &TaskResources) -> f64 {
    match metering {
        Metering::TaskTime(kind, part) if kind == task.capacity => {
            f64::from(task.part(part)) / f64::from(part.per_unit())
        }
        Metering::AddressTime => f64::from(task.public_ipv4),
        Metering::TaskTime(..)
        | Metering::BegunHours
        | Metering::LoadBalancerUse
        | Metering::CalendarMonths => 0.0,
    }
}

/// USD an hour of a task for what Compute Savings Plans cover, at these prices; `None` where one of them is not known.
#[must_use]
pub fn savings_plan_hour(prices: &PriceList, task: &TaskResources) -> Option<f64> {
    let mut hour = 0.0;
    for ItemFacts { item, metering, .. } in ITEMS.iter().filter(|facts| facts.savings_plan.is_some()) {
        hour += task_units(*metering, task) * prices[*item]?.as_f64();
    }
    Some(hour)
}

/// A level of all prices: so many times as high as those of the tariff.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceLevel(pub f64);

impl PriceLevel {
    /// An amount at the prices of the tariff \[USD\], at this level.
    #[must_use]
    pub fn of(self, amount: f64) -> f64 {
        amount * self.0
    }

    /// Cost of `tasks` tasks in an hour that costs `hour` each at the prices of the tariff \[USD\], at this level.
    #[must_use]
    pub fn of_tasks(self, tasks: f64, hour: f64) -> f64 {
        self.of(tasks * hour)
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 744 hours")]
fn hours_of(month: CalendarMonth) -> f64 {
    24.0 * month.days() as f64
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn as_f64(value: u128) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::super::by_item::ByItem;
    use super::super::items::BillableItem;
    use super::*;
    use crate::facts::CapacityKind;
    use crate::units::PICO_PER_USD;

    const ADDRESS: Option<Usd> = Some(Usd(PICO_PER_USD / 64));

    /// A dollar a vCPU-hour, a quarter a GB-hour, 1/64 an address, a half a load balancer, an eighth an LCU-hour, 720 an alarm.
    fn tariff() -> Tariff {
        Tariff {
            prices: ByItem::of(&[
                (BillableItem::FargateVcpu, Some(Usd(PICO_PER_USD))),
                (BillableItem::FargateMemory, Some(Usd(PICO_PER_USD / 4))),
                (BillableItem::AlbHour, Some(Usd(PICO_PER_USD / 2))),
                (BillableItem::AlbLcu, Some(Usd(PICO_PER_USD / 8))),
                (BillableItem::PublicIpv4, ADDRESS),
                (BillableItem::CloudwatchAlarm, Some(Usd(720 * PICO_PER_USD))),
            ]),
            extra_ephemeral_gb: 10,
            public_ip_per_task: true,
            resources: ByItem::default(),
            lcu: LcuParameters::default(),
            minimum_billed: SimDuration::from_secs(60),
            bill_deprovisioning: false,
        }
    }

    const TASK: TaskResources = TaskResources {
        capacity: CapacityKind::Fargate,
        cpu_units: 512,
        memory_mib: 2_048,
        extra_ephemeral_gb: 10,
        public_ipv4: 1,
    };

    fn is(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    #[test]
    fn an_hour_is_the_sum_of_what_tasks_the_load_balancer_and_alarms_cost() {
        let standing = ByItem::of(&[
            (BillableItem::AlbHour, 1),
            (BillableItem::AlbLcu, 1),
            (BillableItem::PublicIpv4, 2),
            (BillableItem::CloudwatchAlarm, 1),
        ]);
        let resources = BilledResources { task: TASK, standing };
        // 2024-08-31T23:00:00Z: alarms cost 720 USD ÷ 744 h there, and a dollar an hour from September on.
        let mut rate = HourlyRate::new(&tariff(), &resources, 1_725_145_200_000_000_000);
        let minute = SimDuration::from_secs(60);
        let load = LcuUsage { requests: 25 * 60, ..LcuUsage::default() };
        let mut at = |start: u64, tasks| rate.at(SimTime(start * NANOS_PER_HOUR), minute, tasks, &load);
        // Storage has no price. 25 connections a second are an LCU.
        let (task, standing, lcu) = (0.5 + 0.5 + 1.0 / 64.0, 0.5 + 2.0 / 64.0, 0.125);
        is(at(0, 3.0), 3.0 * task + standing + 720.0 / 744.0 + lcu);
        is(at(1, 0.0), standing + 1.0 + lcu);
    }

    #[test]
    fn a_savings_plan_covers_the_size_of_a_task_and_nothing_else() {
        assert_eq!(savings_plan_hour(&tariff().prices, &TASK), Some(0.5 + 0.5));
        let without_memory = PriceList::of(&[(BillableItem::FargateVcpu, ADDRESS)]);
        assert_eq!(savings_plan_hour(&without_memory, &TASK), None);
    }

    #[test]
    fn a_price_level_scales_amounts() {
        is(PriceLevel(1.5).of(4.0), 6.0);
        is(PriceLevel(1.5).of_tasks(2.0, 4.0), 12.0);
    }
}
