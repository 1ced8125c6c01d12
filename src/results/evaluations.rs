//! `evaluations.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellNumber, CellNumbers, CellSeconds, CellText};
use super::sheet::SheetRow;
use crate::record::EvaluationRecord;
use crate::results::RunCalendar;

/// One row per evaluation of an alarm, or for several in a row that found the same. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EvaluationRow {
    /// Time of the first of the evaluations since second 0 \[s\].
    pub time_s: CellSeconds,
    /// Time of the first of the evaluations, ISO 8601 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub timestamp: String,
    /// Time of the last of the evaluations \[s\].
    pub until_s: CellSeconds,
    /// Evaluations that share the row.
    pub evaluations: u32,
    /// Name of the service.
    pub service: CellText,
    /// Policy of the alarm.
    pub policy: CellText,
    /// Name of the alarm.
    pub alarm: CellText,
    /// Name of the metric.
    pub metric: CellText,
    /// State of the alarm before.
    pub state_before: CellText,
    /// State of the alarm after.
    pub state_after: CellText,
    /// Length of a period \[s\].
    pub period_s: CellSeconds,
    /// End of the newest period whose datapoint could be read \[s\].
    pub newest_period_end_s: Option<CellSeconds>,
    /// Delay until a datapoint can be read \[s\].
    pub publication_delay_s: CellSeconds,
    /// Newest datapoint.
    pub newest: Option<CellNumber<6>>,
    /// Lowest newest datapoint of the evaluations.
    pub lowest: Option<CellNumber<6>>,
    /// Highest newest datapoint of the evaluations.
    pub highest: Option<CellNumber<6>>,
    /// Threshold of the alarm.
    pub threshold: CellNumber<6>,
    /// Datapoints beyond the threshold.
    pub breaching: u32,
    /// Datapoints that were there.
    pub seen: u32,
    /// M: datapoints that must breach.
    pub datapoints_to_alarm: u32,
    /// N: periods that are evaluated.
    pub evaluation_periods: u32,
    /// Datapoints of the first evaluation, oldest first, with spaces between; none where nothing breached.
    #[schemars(with = "Option<CellText>")]
    pub datapoints: CellNumbers<6>,
    /// Running count at the first evaluation.
    pub running: u32,
    /// Desired count at the first evaluation.
    pub desired: u32,
}

impl SheetRow for EvaluationRow {
    const FILE: &'static str = "evaluations.csv";
}

impl EvaluationRow {
    /// The row of evaluations of an alarm of `policy`.
    #[must_use]
    pub fn new(
        (service, policy): (&CellText, &str),
        record: &EvaluationRecord,
        calendar: &RunCalendar,
    ) -> Self {
        Self {
            time_s: record.at.into(),
            timestamp: calendar.iso(record.at),
            until_s: record.until.into(),
            evaluations: record.evaluations,
            service: service.clone(),
            policy: policy.into(),
            alarm: record.alarm.as_str().into(),
            metric: record.metric.as_str().into(),
            state_before: record.before.name().into(),
            state_after: record.after.name().into(),
            period_s: record.period.into(),
            newest_period_end_s: record.newest_end.map(CellSeconds::from),
            publication_delay_s: record.delay.into(),
            newest: record.newest.and_then(CellNumber::new),
            lowest: record.spread.and_then(|(low, _)| CellNumber::new(low)),
            highest: record.spread.and_then(|(_, high)| CellNumber::new(high)),
            threshold: CellNumber::new(record.threshold).unwrap_or_default(),
            breaching: record.breaching,
            seen: record.seen,
            datapoints_to_alarm: record.needed,
            evaluation_periods: record.periods,
            datapoints: CellNumbers::new(&record.datapoints),
            running: record.running,
            desired: record.desired,
        }
    }
}
