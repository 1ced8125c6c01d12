//! The meter: whole billed seconds of tasks, and LCU-hours of the load balancer, as exact integers.

use alloc::vec::Vec;

use super::tariff::Tariff;
use crate::facts::{TaskMoved, TaskStage};
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeterReading {
    /// Billed seconds of all tasks [task·s].
    pub task_seconds: u64,
    /// LCU-hours, in units of 1 / ([`LCU_DENOMINATOR`] × `requests_per_connection`).
    pub lcu_hours: u128,
}

/// Measures what one service is billed for.
#[derive(Clone, Debug)]
pub struct Meter {
    minimum: SimDuration,
    bill_deprovisioning: bool,
    rules: u32,
    requests_per_connection: u32,
    /// Calendar time of second 0 within its hour \[ns\]: hours end on the calendar's full hours.
    hour_offset: u64,
    hour: LcuUsage,
    /// LCU-hours of the hours that are over, in the unit of the reading.
    lcu_by_hour: Vec<u128>,
    /// Billed seconds of the tasks that have stopped.
    task_seconds: u64,
}

impl Meter {
    /// A meter at zero; `start_unix_ns` is the calendar time of second 0.
    #[must_use]
    pub fn new(tariff: &Tariff, start_unix_ns: i64) -> Self {
        let balancer = tariff.load_balancer.as_ref();
        Self {
            minimum: tariff.minimum_billed,
            bill_deprovisioning: tariff.bill_deprovisioning,
            rules: balancer.map_or(0, |lb| lb.rules),
            requests_per_connection: balancer.map_or(1, |lb| lb.requests_per_connection),
            hour_offset: start_unix_ns.rem_euclid(NANOS_PER_HOUR.cast_signed()).unsigned_abs(),
            hour: LcuUsage::default(),
            lcu_by_hour: Vec::new(),
            task_seconds: 0,
        }
    }

    /// A task moved on: its bill ends when its container exits, or when it is gone if deprovisioning is billed.
    pub fn task_moved(&mut self, moved: &TaskMoved) {
        let last = if self.bill_deprovisioning { TaskStage::Stopped } else { TaskStage::Deprovisioning };
        if let (true, Some(since)) = (moved.to == last, moved.billed_since) {
            self.bill(moved.at.since(since));
        }
    }

    /// Bills one task for `lifetime`.
    pub fn bill(&mut self, lifetime: SimDuration) {
        self.task_seconds += billed_seconds(lifetime, self.minimum);
    }

    /// The period that ended at `end` used this much of the load balancer.
    pub fn period(&mut self, usage: &LcuUsage, end: SimTime) {
        self.hour.add(usage);
        if (end.0 + self.hour_offset).is_multiple_of(3_600 * NANOS_PER_SEC) {
            self.close_hour();
        }
    }

    fn close_hour(&mut self) {
        self.lcu_by_hour.push(self.hour.lcu_hours(self.rules, self.requests_per_connection));
        self.hour = LcuUsage::default();
    }

    /// Ends the run at `horizon`: tasks that are still billed end as if they stopped there. Beside the reading stand the
    /// LCU-hours of each hour of the calendar, in its unit.
    pub fn finish(
        mut self,
        horizon: SimTime,
        still_billed: impl Iterator<Item = SimTime>,
    ) -> (MeterReading, Vec<u128>) {
        for since in still_billed {
            self.bill(horizon.since(since));
        }
        self.close_hour();
        let lcu_hours = self.lcu_by_hour.iter().sum();
        (MeterReading { task_seconds: self.task_seconds, lcu_hours }, self.lcu_by_hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
