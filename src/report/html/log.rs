//! The decision log: a lane below the charts and a table, both made by the scripts from the columns here.

use serde::Serialize;

use super::embed::{Column, Number, Words};
use crate::record::DecisionKind;
use crate::results::{CellNumber, CellNumbers, DecisionRow};

/// Most entries that a page carries for one service.
const MOST: usize = 20_000;

/// The entries of one service, by column.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DecisionColumns {
    /// From second 0 on \[s\].
    at: Column,
    /// Time of the last of several alike \[s\].
    until: Column,
    /// Number of events that share the entry.
    times: Column,
    kind: Words,
    policy: Words,
    alarm_state: Words,
    metric: Words,
    value: Column,
    threshold: Column,
    datapoints: Vec<String>,
    running: Column,
    proposed: Column,
    before: Column,
    after: Column,
    outcome: Words,
    reason: Vec<String>,
    /// Entries that are in `decisions.csv` and not here.
    left_out: usize,
}

impl DecisionColumns {
    pub(super) fn new(decisions: &[DecisionRow]) -> Self {
        let kept: Vec<&DecisionRow> =
            decisions.iter().filter(|row| decisions.len() <= MOST || matters(row)).collect();
        let kept = &kept[..kept.len().min(MOST)];
        let column = |decimals: u32, pick: &dyn Fn(&DecisionRow) -> Option<f64>| Column {
            values: kept.iter().map(|row| pick(row)).collect(),
            decimals,
        };
        let words = |pick: fn(&DecisionRow) -> &str| {
            let mut words = Words::default();
            kept.iter().for_each(|row| words.push(pick(row)));
            words
        };
        Self {
            at: column(3, &|row| Some(row.time_s.get())),
            until: column(3, &|row| Some(row.until_s.get())),
            times: column(0, &|row| Some(row.times as f64)),
            kind: words(|row| row.kind.name()),
            policy: words(|row| &row.policy),
            alarm_state: words(|row| &row.alarm_state),
            metric: words(|row| &row.metric),
            value: column(3, &|row| row.value.map(CellNumber::get)),
            threshold: column(3, &|row| row.threshold.map(CellNumber::get)),
            datapoints: kept.iter().map(|row| shortened(&row.datapoints)).collect(),
            running: column(0, &|row| Some(f64::from(row.running))),
            proposed: column(0, &|row| row.proposed.map(|proposed| proposed as f64)),
            before: column(0, &|row| Some(f64::from(row.desired_before))),
            after: column(0, &|row| Some(f64::from(row.desired_after))),
            outcome: words(|row| &row.outcome),
            reason: kept.iter().map(|row| row.reason.to_string()).collect(),
            left_out: decisions.len() - kept.len(),
        }
    }
}

/// Whether an entry changed something, or is no mere repetition of what a policy could not do.
fn matters(row: &DecisionRow) -> bool {
    row.kind != DecisionKind::Policy || row.desired_before != row.desired_after
}

/// Datapoints with three decimals at most.
fn shortened(datapoints: &CellNumbers<6>) -> String {
    let short = |value: &CellNumber<6>| match Number::new(Some(value.get()), 3) {
        Number::Whole(value) => value.to_string(),
        Number::Decimal(value) => value.to_string(),
        Number::None => value.text(),
    };
    datapoints.0.iter().map(short).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datapoints_keep_three_decimals() {
        assert_eq!(shortened(&CellNumbers::new(&[49.381_229, 50.0, 7.5])), "49.381 50 7.5");
        assert_eq!(shortened(&CellNumbers::new(&[])), "");
    }
}
