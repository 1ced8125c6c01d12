//! A bill by calendar month (UTC): each line is the difference between what was used until the end of the month and until
//! its beginning, in whole units of the line, and so are its amounts. The months of a line thus add up to the line exactly.
//!
//! Seconds of tasks, hours of the calendar of the load balancer and time fall into the month in which they were used. A
//! second that was begun belongs to the month of its beginning, and so does an hour of the load balancer, of which each
//! begun one is a full one. What a short-lived task is billed beyond its end is counted on from there.

use jiff::Timestamp;

use crate::kernel::billing::{
    BillableItem, CalendarMonth, InvoiceLine, billed_seconds, months_of_run, months_until,
};
use crate::kernel::facts::TaskStage;
use crate::kernel::simulation::ServicePlan;
use crate::kernel::units::{NANOS_PER_HOUR, NANOS_PER_SEC, SimDuration, SimTime, Usd};
use crate::record::{ServiceRecord, TaskLife};

/// A calendar month, as far as the run touches it.
pub(super) struct Month {
    /// Its first instant and that of the next month.
    pub(super) billing: (String, String),
    /// What the run has of it.
    pub(super) charge: (SimTime, SimTime),
}

/// The months that a run touches, in order.
pub(super) fn months(start_unix_ns: i64, horizon: SimDuration) -> Vec<Month> {
    let text = |unix_ns: i128| {
        Timestamp::from_nanosecond(unix_ns).map_or_else(|_| String::new(), |instant| instant.to_string())
    };
    let month = |(month, from, until): (CalendarMonth, SimTime, SimTime)| Month {
        billing: (text(month.begin), text(month.end)),
        charge: (from, until),
    };
    months_of_run(start_unix_ns, horizon).map(month).collect()
}

/// How a service used what its bill charges for, in time.
pub(super) struct Usage<'a> {
    record: &'a ServiceRecord,
    start_unix_ns: i64,
    horizon: u64,
    /// Calendar time of second 0 within its hour \[ns\].
    hour_offset: u64,
    /// Beginning of each task's bill, and its seconds.
    tasks: Vec<(u64, u64)>,
    public_ipv4: u32,
    public_ip_per_task: bool,
}

impl<'a> Usage<'a> {
    pub(super) fn new(
        record: &'a ServiceRecord,
        plan: &ServicePlan,
        (start_unix_ns, horizon): (i64, SimDuration),
    ) -> Self {
        let tariff = &plan.tariff;
        let last = if tariff.bill_deprovisioning { TaskStage::Stopped } else { TaskStage::Deprovisioning };
        let billed = |life: &TaskLife| {
            let begin = billed_since(life)?;
            let end = life.came_to(last).map_or(horizon.0, |end| end.0);
            let lifetime = SimDuration(end.saturating_sub(begin));
            Some((begin, billed_seconds(lifetime, tariff.minimum_billed)))
        };
        Self {
            record,
            start_unix_ns,
            horizon: horizon.0,
            hour_offset: start_unix_ns.rem_euclid(NANOS_PER_HOUR.cast_signed()).unsigned_abs(),
            tasks: record.lives.iter().filter_map(billed).collect(),
            public_ipv4: tariff.load_balancer.as_ref().map_or(0, |balancer| balancer.public_ipv4),
            public_ip_per_task: tariff.public_ip_per_task,
        }
    }

    /// The part of a line that falls into [from, until).
    pub(super) fn part(&self, line: &InvoiceLine, (from, until): (SimTime, SimTime)) -> InvoiceLine {
        let (before, after) = (self.until(line, from), self.until(line, until));
        let less = |after: Usd, before: Usd| Usd(after.0 - before.0);
        InvoiceLine {
            quantity_numerator: after.quantity_numerator - before.quantity_numerator,
            exact: less(after.exact, before.exact),
            amount: less(after.amount, before.amount),
            ..*line
        }
    }

    /// The line as it would stand at `at`.
    fn until(&self, line: &InvoiceLine, at: SimTime) -> InvoiceLine {
        if at.0 >= self.horizon {
            return *line;
        }
        let (used, all) = (self.used(line.item, at.0), self.used(line.item, self.horizon).max(1));
        let quantity = line.quantity_numerator;
        // The whole is a multiple of what is counted here; the second term is zero then.
        let numerator = used * (quantity / all) + used * (quantity % all) / all;
        InvoiceLine::new(line.item, numerator.min(quantity), line.quantity_denominator, line.rate)
    }

    /// What was used of an item in [0, at), in a unit of its own.
    fn used(&self, item: BillableItem, at: u64) -> i128 {
        match item {
            BillableItem::FargateVcpu
            | BillableItem::FargateMemory
            | BillableItem::FargateEphemeralStorage => self.task_seconds(at),
            BillableItem::AlbHour => i128::from(at.div_ceil(NANOS_PER_HOUR)),
            BillableItem::AlbLcu => {
                let hours = match at >= self.horizon {
                    true => usize::MAX,
                    false => usize::try_from((at + self.hour_offset) / NANOS_PER_HOUR).unwrap_or(usize::MAX),
                };
                let lcu: u128 = self.record.lcu_by_hour.iter().take(hours).sum();
                i128::try_from(lcu).unwrap_or(i128::MAX)
            }
            BillableItem::PublicIpv4 => {
                let of_tasks = if self.public_ip_per_task { self.task_seconds(at) } else { 0 };
                i128::from(self.public_ipv4) * i128::from(at) + of_tasks * i128::from(NANOS_PER_SEC)
            }
            BillableItem::CloudwatchAlarm | BillableItem::CloudwatchHighResolutionAlarm => {
                months_until(self.start_unix_ns, SimTime(at))
            }
        }
    }

    /// Billed seconds of tasks that were begun before `at` [task·s]; all of them at the horizon.
    fn task_seconds(&self, at: u64) -> i128 {
        let begun = |(begin, billed): &(u64, u64)| match at >= self.horizon {
            true => i128::from(*billed),
            false => i128::from(at.saturating_sub(*begin).div_ceil(NANOS_PER_SEC).min(*billed)),
        };
        self.tasks.iter().map(begun).sum()
    }
}

/// When a task began to be billed: with the pull of its image, or at second 0 where it was warm.
fn billed_since(life: &TaskLife) -> Option<u64> {
    let is_warm = life.came_to(TaskStage::InService) == Some(SimTime::ZERO);
    life.came_to(TaskStage::Pulling).map(|at| at.0).or(is_warm.then_some(0))
}
