//! `decisions.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellNumber, CellNumbers, CellSeconds, CellText};
use super::sheet::SheetRow;
use crate::record::{DecisionKind, DecisionRecord};
use crate::results::RunCalendar;

/// One row per alarm transition, policy invocation, capacity change, scheduled action, failed task or fault, by service and then
/// by time. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionRow {
    /// Time of the event since second 0 \[s\].
    pub time_s: CellSeconds,
    /// Time of the event, ISO 8601 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub timestamp: String,
    /// Time of the last of several alike, since second 0 \[s\].
    pub until_s: CellSeconds,
    /// Events that share the row: invocations of a policy in a row that changed nothing for the same cause; numbers and reason
    /// are those of the first.
    #[schemars(range(min = 1))]
    pub times: u64,
    /// Name of the service.
    pub service: CellText,
    /// Subject of the row.
    pub kind: DecisionKind,
    /// Policy or scheduled action.
    #[schemars(with = "Option<CellText>")]
    pub policy: CellText,
    /// State of the alarm.
    #[schemars(with = "Option<CellText>")]
    pub alarm_state: CellText,
    /// Name of the metric.
    #[schemars(with = "Option<CellText>")]
    pub metric: CellText,
    /// Number that was used.
    pub value: Option<CellNumber<6>>,
    /// Threshold of the alarm.
    pub threshold: Option<CellNumber<6>>,
    /// Evaluated datapoints, oldest first, with spaces between.
    #[schemars(with = "Option<CellText>")]
    pub datapoints: CellNumbers<6>,
    /// Running count at the time.
    pub running: u32,
    /// Count that the policy proposed before clamps and cooldowns; below zero where a step takes away more tasks than there are.
    pub proposed: Option<i64>,
    /// Desired count before.
    pub desired_before: u32,
    /// Desired count after.
    pub desired_after: u32,
    /// Result; AWS's code where it has one.
    pub outcome: CellText,
    /// Sentence that a person can check by hand.
    pub reason: CellText,
}

impl SheetRow for DecisionRow {
    const FILE: &'static str = "decisions.csv";
}

impl DecisionRow {
    /// The row of an event of a service.
    #[must_use]
    pub fn new(service: &CellText, decision: &DecisionRecord, calendar: &RunCalendar) -> Self {
        Self {
            time_s: decision.at.into(),
            timestamp: calendar.iso(decision.at),
            until_s: decision.until.into(),
            times: decision.times.into(),
            service: service.clone(),
            kind: decision.kind,
            policy: decision.policy.as_str().into(),
            alarm_state: decision.alarm_state.into(),
            metric: decision.metric.as_str().into(),
            value: decision.value.and_then(CellNumber::new),
            threshold: decision.threshold.and_then(CellNumber::new),
            datapoints: CellNumbers::new(&decision.datapoints),
            running: decision.running,
            proposed: decision.proposed,
            desired_before: decision.desired_before,
            desired_after: decision.desired_after,
            outcome: decision.outcome.into(),
            reason: decision.reason.as_str().into(),
        }
    }
}
