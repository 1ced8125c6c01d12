//! Probes: what a run leaves behind. Histograms of times, one row a service and minute, the decision log, and the
//! counts that must add up.

mod attempts;
pub mod capacity;
mod decisions;
mod delay;
mod detail;
mod digits;
mod evaluations;
mod flows;
mod histogram;
mod latency;
mod lives;
mod minute;
mod mixture;
mod reasons;
mod recorder;
mod result;
mod scaling;
mod service;
mod unfinished;

pub use detail::Detail;
pub use evaluations::EvaluationRecord;
pub use histogram::Histogram;
pub use lives::{TaskLife, failure_name};
pub use recorder::{Limits, Recorder, record, record_within, totals};
pub use result::{
    AttemptsRecord, ClassRecord, DecisionKind, DecisionRecord, LatencySummary, MinuteRecord, RequestCounts,
    RunRecord, ScalingCounts, ServiceRecord, TaskStatistics,
};
