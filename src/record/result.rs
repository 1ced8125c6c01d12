//! Record of a run, as plain data. Times are nanoseconds, money is exact; nothing here is formatted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use windtunnel_kernel::billing::{Invoice, MeterReading};
use windtunnel_kernel::units::{SimDuration, SimTime};

use super::evaluations::EvaluationRecord;
use super::histogram::Histogram;
use super::task_lifetimes::TaskLifetime;

/// One run of one plan with one seed.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// The services, in the order of the plan.
    pub services: Vec<ServiceRecord>,
    /// Rolling hash over (time, class, entity) of every control event and every request outcome.
    pub fingerprint: u64,
    /// Control events dispatched.
    pub control_events: u64,
}

/// Record of one service.
#[derive(Clone, Debug)]
pub struct ServiceRecord {
    /// Name of the service.
    pub name: String,
    /// Requests that arrived after the warm-up, by outcome.
    pub requests: RequestCounts,
    /// Requests that arrived in the warm-up.
    pub warmup_requests: u64,
    /// Of the requests that arrived in the warm-up, those that were served by the horizon.
    pub warmup_served: u64,
    /// Attempts of clients for these requests, where they try again.
    pub attempts: Option<AttemptsRecord>,
    /// The classes of requests, in the order of the plan; empty where all are alike.
    pub classes: Vec<ClassRecord>,
    /// Response times (arrival → end) of served requests.
    pub response_time: LatencySummary,
    /// Waiting times (arrival → place in a task) of requests that got a place.
    pub waiting_time: LatencySummary,
    /// Tasks over the whole run.
    pub tasks: TaskStatistics,
    /// Mean CPU utilization over the whole run, in [0, 1]; `None` when no task ever ran.
    pub cpu_utilization: Option<f64>,
    /// Mean memory utilization over the whole run, in [0, 1]; `None` when no task ever ran.
    pub memory_utilization: Option<f64>,
    /// Counts of the policies' actions.
    pub scaling: ScalingCounts,
    /// Billed time of each hour since second 0, by the minute in which it passed [task·ns].
    pub hourly_billed: Vec<u64>,
    /// One row a calendar minute, the first and last possibly shorter.
    pub timeline: Vec<MinuteRecord>,
    /// Tasks in service after each change, with its instant, in order of time.
    pub in_service: Vec<(SimTime, u32)>,
    /// The decision log, in order of time.
    pub decisions: Vec<DecisionRecord>,
    /// Every evaluation of every alarm, those that found the same in a row as one, in order of time.
    pub evaluations: Vec<EvaluationRecord>,
    /// The life of every task, by id.
    pub task_lifetimes: Vec<TaskLifetime>,
    /// Metered quantities for the bill, by item and calendar month.
    pub metered: MeterReading,
    /// The bill.
    pub invoice: Invoice,
}

impl ServiceRecord {
    /// Served requests, those of the warm-up included, as the bill includes it.
    #[must_use]
    pub const fn all_served(&self) -> u64 {
        self.requests.served.saturating_add(self.warmup_served)
    }
}

/// Requests by outcome: `offered = served + rejected + timed_out + failed + in_flight`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Arrivals.
    pub offered: u64,
    /// Answered before the client gave up and before the horizon.
    pub served: u64,
    /// Refused at once with a 503: the queue was full, or no task was in service.
    pub rejected: u64,
    /// The client gave up, waiting or in service.
    pub timed_out: u64,
    /// Lost with the task that held them.
    pub failed: u64,
    /// Neither at the horizon.
    pub in_flight: u64,
    /// Of these, requests that had been in the system for longer than [`overdue_after`](windtunnel_kernel::simulation::ServicePlan::overdue_after).
    pub overdue: u64,
}

impl RequestCounts {
    /// Requests that availability counts: all but those that are in flight at the horizon and not overdue.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.offered.saturating_sub(self.in_flight.saturating_sub(self.overdue))
    }

    /// Served ÷ decided, in [0, 1]: a request that is overdue at the horizon counts as not served. `None` when nothing is
    /// decided.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn availability(&self) -> Option<f64> {
        let decided = self.decided();
        (decided > 0).then(|| self.served as f64 / decided as f64)
    }
}

/// The attempts of requests that arrived after the warm-up. A request that waits for its next attempt is in flight; no
/// attempt of its own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptsRecord {
    /// Attempts by outcome.
    pub counts: RequestCounts,
    /// Attempts after the first of a request.
    pub retries: u64,
}

impl AttemptsRecord {
    /// Attempts a request; `None` without requests.
    #[must_use]
    pub fn per_request(&self) -> Option<f64> {
        let requests = self.counts.offered - self.retries;
        (requests > 0).then(|| self.counts.offered as f64 / requests as f64)
    }
}

/// Record of the requests of one class that arrived after the warm-up.
#[derive(Clone, Debug)]
pub struct ClassRecord {
    /// Name of the class.
    pub name: String,
    /// By outcome.
    pub requests: RequestCounts,
    /// From the first attempt to the answer.
    pub response_time: LatencySummary,
}

/// A distribution of times with its histogram.
#[derive(Clone, Debug)]
pub struct LatencySummary {
    /// The histogram: counts by bucket, relative width below 0.8 %.
    pub histogram: Histogram,
    /// Exact sum \[ns\].
    pub sum: u128,
    /// Exact largest value \[ns\].
    pub max: u64,
}

/// Tasks over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskStatistics {
    /// Time average of the running count.
    pub running_mean: f64,
    /// Smallest running count.
    pub running_min: u32,
    /// Largest running count.
    pub running_max: u32,
    /// Tasks that reached RUNNING after second 0.
    pub started: u64,
    /// Tasks that stopped.
    pub stopped: u64,
    /// Integral of the running count [task·ns].
    pub running_time: u128,
    /// Integral of the billed tasks (pull start to exit), before rounding to seconds [task·ns].
    pub billable_time: u128,
}

/// Counts of the policies' actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScalingCounts {
    /// Activities that raised the desired count.
    pub scale_out: u64,
    /// Activities that lowered it.
    pub scale_in: u64,
    /// Of these, those that a target-tracking policy decided.
    pub tracking_in: u64,
    /// Invocations that left it as it was.
    pub not_scaled: u64,
}

/// One service and calendar minute. Request outcomes are counted in the minute in which they happen; task counts
/// are those at the end of the minute; `queue_length` and `in_flight` are time averages over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MinuteRecord {
    /// Beginning of the row.
    pub start: SimTime,
    /// Length of the minute: 60 s, less at the two ends of the run.
    pub length: SimDuration,
    /// Arrivals.
    pub offered: u64,
    /// Answers.
    pub served: u64,
    /// 503s.
    pub rejected: u64,
    /// Clients that gave up.
    pub timed_out: u64,
    /// Requests lost with their task.
    pub failed: u64,
    /// Desired count.
    pub desired: u32,
    /// Tasks asked for that do not run yet.
    pub pending: u32,
    /// Tasks in RUNNING.
    pub running: u32,
    /// Tasks that receive requests.
    pub in_service: u32,
    /// Tasks that are deregistering or stopping and still exist.
    pub draining: u32,
    /// CPU used ÷ reserved, in [0, 1]; `None` when no task ran.
    pub cpu_utilization: Option<f64>,
    /// Memory used ÷ reserved, in [0, …]; `None` when no task ran.
    pub memory_utilization: Option<f64>,
    /// Requests waiting for a place, time average.
    pub queue_length: f64,
    /// Requests waiting or in service, time average.
    pub in_flight: f64,
    /// Mean response time of the answers of this minute \[ns\]; `None` without one.
    pub response_time_mean: Option<f64>,
    /// Median \[ns\].
    pub response_time_p50: Option<u64>,
    /// 95th percentile \[ns\].
    pub response_time_p95: Option<u64>,
    /// 99th percentile \[ns\].
    pub response_time_p99: Option<u64>,
    /// Cost of an hour like this minute \[USD\].
    pub cost_per_hour_usd: f64,
}

#[cfg(test)]
impl MinuteRecord {
    /// A whole minute in which nothing happens, the `index`-th of a run.
    pub(crate) fn quiet(index: u64) -> Self {
        Self {
            start: SimTime(index * windtunnel_kernel::units::NANOS_PER_MINUTE),
            length: SimDuration::from_secs(60),
            ..Self::default()
        }
    }
}

/// Subject of a row of the decision log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DecisionKind {
    /// An alarm changed its state.
    Alarm,
    /// A policy was invoked.
    Policy,
    /// The desired count changed, or a change was completed.
    Capacity,
    /// A task failed.
    Task,
    /// A fault began or was over.
    Fault,
    /// A scheduled action was due, or the suspended state changed.
    Scheduled,
}

impl DecisionKind {
    /// The subject as files name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::Policy => "policy",
            Self::Capacity => "capacity",
            Self::Task => "task",
            Self::Fault => "fault",
            Self::Scheduled => "scheduled",
        }
    }
}

/// One row of the decision log. Texts are plain sentences made from the facts; where several invocations share a row, from
/// those of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord {
    /// Time of the event; of several alike, of the first.
    pub at: SimTime,
    /// Time of the last of several alike: a policy's answers without a change that follow one another share a row.
    pub until: SimTime,
    /// Number of events that share the row, ≥ 1.
    pub times: u32,
    /// Subject of the row.
    pub kind: DecisionKind,
    /// The policy's name; empty where none is concerned.
    pub policy: String,
    /// The alarm's state; empty where none is concerned.
    pub alarm_state: &'static str,
    /// CloudWatch's name of the metric, or the user's; empty where none is concerned.
    pub metric: String,
    /// The number the policy used, or the newest datapoint of the alarm.
    pub value: Option<f64>,
    /// The alarm's threshold.
    pub threshold: Option<f64>,
    /// The evaluated datapoints, oldest first.
    pub datapoints: Vec<f64>,
    /// Running count then.
    pub running: u32,
    /// Count that the policy proposed before clamps and cooldowns \[tasks\].
    pub proposed: Option<i64>,
    /// Desired count before.
    pub desired_before: u32,
    /// Desired count after.
    pub desired_after: u32,
    /// `scaled_out`, `scaled_in`, `completed`, or AWS's code: `AlreadyAtMaxCapacity`, …; `ALARM`, `OK`, … for alarms.
    pub outcome: &'static str,
    /// A sentence that a person can check by hand.
    pub reason: String,
}
