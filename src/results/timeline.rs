//! `timeline.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellNumber, CellSeconds, CellText};
use super::sheet::SheetRow;
use crate::kernel::units::SimDuration;
use crate::record::MinuteRecord;
use crate::results::RunCalendar;

/// One row per service and minute. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineRow {
    /// Start of the minute since second 0 \[s\].
    pub time_s: CellSeconds,
    /// Start of the minute, ISO 8601 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub timestamp: String,
    /// Name of the service.
    pub service: CellText,
    /// Requests that arrived \[1/s\].
    pub offered_per_s: CellNumber<6>,
    /// Requests that were answered \[1/s\].
    pub served_per_s: CellNumber<6>,
    /// Requests that were refused.
    pub rejected: u64,
    /// Requests whose client gave up.
    pub timed_out: u64,
    /// Requests that were lost or answered with an error.
    pub failed: u64,
    /// Desired count at the minute's end.
    pub desired: u32,
    /// Tasks that start.
    pub pending: u32,
    /// Tasks that run.
    pub running: u32,
    /// Tasks that take requests.
    pub in_service: u32,
    /// Tasks that finish their requests before they stop.
    pub draining: u32,
    /// CPU used, as a share of what is reserved.
    pub cpu_utilization: Option<CellNumber<6>>,
    /// Memory used, as a share of what is reserved.
    pub memory_utilization: Option<CellNumber<6>>,
    /// Requests that wait for a task, average over the minute.
    pub queue_length: Option<CellNumber<6>>,
    /// Requests in tasks or waiting, average over the minute.
    pub in_flight: Option<CellNumber<6>>,
    /// Mean response time of the requests that ended in the minute \[ms\].
    pub response_time_mean_ms: Option<CellNumber<3>>,
    /// Median of these response times \[ms\].
    pub response_time_p50_ms: Option<CellNumber<3>>,
    /// 95th percentile of these response times \[ms\].
    pub response_time_p95_ms: Option<CellNumber<3>>,
    /// 99th percentile of these response times \[ms\].
    pub response_time_p99_ms: Option<CellNumber<3>>,
    /// Cost of an hour with this minute's tasks \[USD/h\].
    pub cost_per_hour_usd: Option<CellNumber<6>>,
    /// `true`, where response times are approximate because traffic flows; a column of such runs only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate_response_times: Option<bool>,
}

impl SheetRow for TimelineRow {
    const FILE: &'static str = "timeline.csv";
    const OPTIONAL: &'static [&'static str] = &["approximate_response_times"];
}

impl TimelineRow {
    /// The row of a minute; `is_approximate` where traffic flows.
    #[must_use]
    pub fn new(
        service: &CellText,
        minute: &MinuteRecord,
        calendar: &RunCalendar,
        is_approximate: bool,
    ) -> Self {
        let per_s =
            |count: u64| CellNumber::new(count as f64 / minute.length.as_secs_f64()).unwrap_or_default();
        let millis = |nanos: Option<u64>| CellNumber::new(SimDuration(nanos?).as_millis_f64());
        Self {
            time_s: minute.start.into(),
            timestamp: calendar.iso(minute.start),
            service: service.clone(),
            offered_per_s: per_s(minute.offered),
            served_per_s: per_s(minute.served),
            rejected: minute.rejected,
            timed_out: minute.timed_out,
            failed: minute.failed,
            desired: minute.desired,
            pending: minute.pending,
            running: minute.running,
            in_service: minute.in_service,
            draining: minute.draining,
            cpu_utilization: minute.cpu_utilization.and_then(CellNumber::new),
            memory_utilization: minute.memory_utilization.and_then(CellNumber::new),
            queue_length: CellNumber::new(minute.queue_length),
            in_flight: CellNumber::new(minute.in_flight),
            response_time_mean_ms: minute.response_time_mean.and_then(|nanos| CellNumber::new(nanos / 1e6)),
            response_time_p50_ms: millis(minute.response_time_p50),
            response_time_p95_ms: millis(minute.response_time_p95),
            response_time_p99_ms: millis(minute.response_time_p99),
            cost_per_hour_usd: CellNumber::new(minute.cost_per_hour_usd),
            approximate_response_times: is_approximate.then_some(true),
        }
    }
}
