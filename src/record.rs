//! Probes: what a run leaves behind. Histograms of times, one row a service and minute, the decision log, and the
//! counts that must add up.

mod attempts;
mod decisions;
mod detail;
mod digits;
mod evaluations;
mod flows;
mod histogram;
mod latency;
mod law_summary;
mod minute;
mod reasons;
mod recorder;
mod result;
mod scaling;
mod service;
pub mod shortfall;
mod task_lifetimes;
mod unfinished;

pub use detail::Detail;
pub use evaluations::EvaluationRecord;
pub use histogram::Histogram;
pub use recorder::{Limits, Recorder, record, record_within, totals};
pub use result::{
    AttemptsRecord, ClassRecord, DecisionKind, DecisionRecord, LatencySummary, MinuteRecord, RequestCounts,
    RunRecord, ScalingCounts, ServiceRecord, TaskStatistics,
};
pub use task_lifetimes::{TaskLifetime, failure_name};
