//! Rows of the files of a run.

use serde::Deserialize;

/// A row of `timeline.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct MinuteRow {
    pub(super) time_s: f64,
    pub(super) service: String,
    pub(super) offered_per_s: f64,
    pub(super) rejected: u64,
    pub(super) timed_out: u64,
    pub(super) failed: u64,
    pub(super) desired: u32,
    pub(super) in_service: u32,
    pub(super) cpu_utilization: Option<f64>,
    pub(super) queue_length: f64,
    pub(super) response_time_p95_ms: Option<f64>,
}

/// A row of `decisions.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DecisionRow {
    pub(super) time_s: f64,
    pub(super) until_s: f64,
    pub(super) times: u64,
    pub(super) service: String,
    pub(super) kind: String,
    pub(super) policy: String,
    pub(super) threshold: Option<f64>,
    pub(super) datapoints: String,
    pub(super) desired_before: u32,
    pub(super) desired_after: u32,
    pub(super) outcome: String,
    pub(super) reason: String,
}

/// A row of `evaluations.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct EvaluationRow {
    pub(super) time_s: f64,
    pub(super) until_s: f64,
    pub(super) service: String,
    pub(super) policy: String,
    pub(super) alarm: String,
    pub(super) metric: String,
    pub(super) state_before: String,
    pub(super) state_after: String,
    pub(super) period_s: f64,
    pub(super) newest_period_end_s: Option<f64>,
    pub(super) publication_delay_s: f64,
    pub(super) lowest: Option<f64>,
    pub(super) highest: Option<f64>,
    pub(super) threshold: f64,
    pub(super) breaching: u32,
    pub(super) seen: u32,
    pub(super) datapoints_to_alarm: u32,
    pub(super) evaluation_periods: u32,
}

/// A row of `tasks.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TaskRow {
    pub(super) service: String,
    pub(super) asked_for_s: Option<f64>,
    pub(super) running_s: Option<f64>,
    pub(super) in_service_s: Option<f64>,
}
