//! Recorder of one service: tasks over time, the timeline, the decision log.

use windtunnel_kernel::billing::{HourlyRate, LcuUsage};
use windtunnel_kernel::facts::{ReplicaStage, RequestBatch, TaskMoved};
use windtunnel_kernel::simulation::{Fidelity, MinuteClosed, Plan, ServicePlan};
use windtunnel_kernel::telemetry::UsageTotals;
use windtunnel_kernel::units::{NANOS_PER_MINUTE, SimDuration, SimTime};

use super::attempts::AttemptsRecorder;
use super::decisions::DecisionLog;
use super::detail::Detail;
use super::evaluations::Evaluations;
use super::flows::Flows;
use super::minute::Minutes;
use super::result::{DecisionKind, DecisionRecord, MinuteRecord, ScalingCounts, TaskStatistics};
use super::task_lifetimes::TaskLifetimes;

/// Length of an hour \[ns\].
const HOUR: u64 = 3_600_000_000_000;

/// The recorder of one service.
#[derive(Debug)]
pub(super) struct ServiceRecorder {
    keep: Detail,
    pub(super) minutes: Minutes,
    /// In place of `minutes` where requests flow.
    pub(super) flows: Option<Box<Flows>>,
    /// Beside `minutes` where clients try again or requests have classes.
    pub(super) attempts: Option<Box<AttemptsRecorder>>,
    pub(super) timeline: Vec<MinuteRecord>,
    pub(super) in_service: Vec<(SimTime, u32)>,
    pub(super) decisions: DecisionLog,
    pub(super) evaluations: Evaluations,
    pub(super) task_lifetimes: TaskLifetimes,
    pub(super) scaling: ScalingCounts,
    pub(super) names: Vec<String>,
    tasks: TaskStatistics,
    pub(super) running: u32,
    billed: u32,
    changed_at: SimTime,
    /// Billed time within the open minute [task·ns].
    billed_in_minute: u64,
    /// Billed time of each hour since second 0 [task·ns].
    pub(super) hourly_billed: Vec<u64>,
    row_start: SimTime,
    usage: UsageTotals,
    rate: HourlyRate,
    /// Bytes of a request and its response \[B\].
    bytes: u64,
}

/// Rows of the timeline that are known to come: a list that grows to its length step by step holds up to twice as many.
fn rows_ahead(plan: &Plan, keep: Detail) -> usize {
    /// Ten years; more come step by step.
    const MOST: u64 = 5_300_000;
    let rows = plan.horizon.0.div_ceil(NANOS_PER_MINUTE).saturating_add(1);
    if keep == Detail::Totals { 0 } else { usize::try_from(rows.min(MOST)).unwrap_or(0) }
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub(super) fn as_f64(value: u128) -> f64 {
    value as f64
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn signed_f64(value: i128) -> f64 {
    value as f64
}

impl ServiceRecorder {
    /// A row of the decision log about the desired count before and after \[tasks\].
    pub(super) fn capacity_row(&self, at: SimTime, desired: (u32, u32)) -> DecisionRecord {
        let last = self.timeline.last();
        DecisionRecord {
            at,
            until: at,
            times: 1,
            kind: DecisionKind::Capacity,
            policy: String::new(),
            alarm_state: "",
            metric: String::new(),
            value: None,
            threshold: None,
            datapoints: Vec::new(),
            running: last.map_or(desired.0, |row| row.running),
            proposed: None,
            desired_before: desired.0,
            desired_after: desired.1,
            outcome: "completed",
            reason: String::new(),
        }
    }

    pub(super) fn new(plan: &Plan, service: &ServicePlan, keep: Detail) -> Self {
        Self {
            keep,
            minutes: Minutes::new(
                plan.first_minute_end().0,
                plan.horizon.0,
                plan.warmup.0,
                service.overdue_after,
            ),
            flows: (plan.fidelity == Fidelity::Fluid).then(|| Box::new(Flows::new(plan, service))),
            attempts: AttemptsRecorder::of(plan, service),
            timeline: Vec::with_capacity(rows_ahead(plan, keep)),
            in_service: Vec::new(),
            decisions: DecisionLog::default(),
            evaluations: Evaluations::default(),
            task_lifetimes: TaskLifetimes::default(),
            scaling: ScalingCounts::default(),
            names: service.scaling.policies.iter().map(|policy| policy.name.clone()).collect(),
            tasks: TaskStatistics { running_min: u32::MAX, ..TaskStatistics::default() },
            running: 0,
            billed: 0,
            changed_at: SimTime::ZERO,
            billed_in_minute: 0,
            hourly_billed: Vec::new(),
            row_start: SimTime::ZERO,
            usage: UsageTotals::default(),
            rate: HourlyRate::new(&service.tariff, &service.billed_resources(), plan.start_unix_ns),
            bytes: service.request.bytes.map_or(0, |bytes| bytes.0),
        }
    }

    pub(super) fn requests(&mut self, batch: &RequestBatch<'_>) {
        self.minutes.requests(batch);
        if let Some(attempts) = &mut self.attempts {
            attempts.requests(batch);
        }
    }

    pub(super) fn warmup_ended(&mut self) {
        match &mut self.flows {
            Some(flows) => flows.warmup_ended(),
            None => self.minutes.warmup_ended(),
        }
        if let Some(attempts) = &mut self.attempts {
            attempts.warmup_ended();
        }
    }

    pub(super) fn task_moved(&mut self, moved: &TaskMoved) {
        self.accrue(moved.at);
        let change = |count: u32, belongs: fn(ReplicaStage) -> bool| {
            count + u32::from(belongs(moved.to)) - u32::from(moved.from.is_some_and(belongs))
        };
        self.running = change(self.running, ReplicaStage::is_running);
        self.billed = change(self.billed, ReplicaStage::is_billed);
        self.note_in_service(moved);
        if self.keep == Detail::Everything {
            self.task_lifetimes.moved(moved);
        }
        self.tasks.running_max = self.tasks.running_max.max(self.running);
        if moved.at > SimTime::ZERO {
            let entered = |belongs: fn(ReplicaStage) -> bool| {
                belongs(moved.to) && moved.from.is_some_and(|from| !belongs(from))
            };
            self.tasks.running_min = self.tasks.running_min.min(self.running);
            self.tasks.started += u64::from(entered(ReplicaStage::is_running));
            self.tasks.stopped += u64::from(entered(ReplicaStage::is_released));
        }
    }

    fn note_in_service(&mut self, moved: &TaskMoved) {
        let serves = ReplicaStage::is_in_service;
        let (before, after) = (moved.from.is_some_and(serves), serves(moved.to));
        if before == after || self.keep == Detail::Totals {
            return;
        }
        let last = self.in_service.last().copied();
        let count = last.map_or(0, |(_, count)| count) + u32::from(after) - u32::from(before);
        if last.is_some_and(|(at, _)| at == moved.at) {
            self.in_service.pop();
        }
        self.in_service.push((moved.at, count));
    }

    fn accrue(&mut self, now: SimTime) {
        if self.changed_at == SimTime::ZERO && now > SimTime::ZERO {
            // Second 0 is over: what runs now has run from the start.
            self.tasks.running_min = self.tasks.running_min.min(self.running);
        }
        let span = now.since(self.changed_at).0;
        self.tasks.running_time += u128::from(span) * u128::from(self.running);
        self.tasks.billable_time += u128::from(span) * u128::from(self.billed);
        self.billed_in_minute += span * u64::from(self.billed);
        self.changed_at = now;
    }

    pub(super) fn period_closed(&mut self, period: &MinuteClosed) {
        self.accrue(period.end);
        let usage = &period.usage;
        self.usage.add(usage);
        let billed_in_minute = std::mem::take(&mut self.billed_in_minute);
        self.note_hour(billed_in_minute);
        if self.keep == Detail::Totals {
            match &mut self.flows {
                Some(flows) => flows.pass(),
                None => self.minutes.pass(),
            }
            self.row_start = period.end;
            return;
        }
        let closed = match &mut self.flows {
            Some(flows) => flows.close(),
            None => self.minutes.close(),
        };
        let length = as_f64(u128::from(usage.length.max(1)));
        let billed = as_f64(u128::from(billed_in_minute)) / length;
        let load = LcuUsage {
            requests: usage.asked,
            in_flight: u128::try_from(usage.occupied + usage.waiting).unwrap_or(0),
            bytes: u128::from(self.bytes) * u128::from(usage.routed),
        };
        let span = SimDuration(usage.length);
        self.timeline.push(MinuteRecord {
            start: self.row_start,
            length: span,
            offered: closed.tally.offered,
            served: closed.tally.served,
            rejected: closed.tally.rejected,
            timed_out: closed.tally.timed_out,
            failed: closed.tally.failed,
            desired: period.desired,
            pending: period.counts.pending,
            running: period.counts.running,
            in_service: period.counts.in_service,
            draining: period.counts.draining,
            cpu_utilization: period.cpu_utilization,
            memory_utilization: period.memory_utilization,
            queue_length: signed_f64(usage.waiting) / length,
            in_flight: signed_f64(usage.waiting + usage.occupied) / length,
            response_time_mean: closed.mean,
            response_time_p50: closed.percentiles[0],
            response_time_p95: closed.percentiles[1],
            response_time_p99: closed.percentiles[2],
            cost_per_hour_usd: self.rate.at(self.row_start, span, billed, &load),
        });
        self.row_start = period.end;
    }

    /// Adds what was billed in the row that ends now to the hour in which it began.
    fn note_hour(&mut self, billed: u64) {
        let hour = usize::try_from(self.row_start.0 / HOUR).unwrap_or(usize::MAX);
        if self.hourly_billed.len() <= hour {
            self.hourly_billed.resize(hour + 1, 0);
        }
        self.hourly_billed[hour] += billed;
    }

    /// Utilization over the whole run: CPU, then memory, each `None` when no container ever ran.
    pub(super) fn utilization(&self, plan: &ServicePlan) -> (Option<f64>, Option<f64>) {
        let shape = plan.shape();
        (shape.cpu(&self.usage), shape.memory(&self.usage))
    }

    pub(super) fn task_statistics(&mut self, horizon: SimTime) -> TaskStatistics {
        self.accrue(horizon);
        self.tasks.running_min = self.tasks.running_min.min(self.running);
        self.tasks.running_mean = as_f64(self.tasks.running_time) / as_f64(u128::from(horizon.0.max(1)));
        self.tasks
    }
}
