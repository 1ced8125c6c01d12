//! The CSV files of a run as a page needs them: one list a service, in the order of the services of the summary.

use super::open::{Open, REMEDY};
use crate::results::{
    CellNumber, CellSeconds, DecisionRow, EvaluationRow, SheetRow, TaskRow, TimelineRow, each_row,
};

/// Value of a row in a column.
type Value = fn(&TimelineRow) -> Option<f64>;

/// Columns of `timeline.csv` that a page draws, with the decimals that it keeps.
const COLUMNS: [(&str, u32, Value); 18] = [
    ("offered_per_s", 2, |row| Some(row.offered_per_s.get())),
    ("served_per_s", 2, |row| Some(row.served_per_s.get())),
    ("rejected", 0, |row| Some(row.rejected as f64)),
    ("timed_out", 0, |row| Some(row.timed_out as f64)),
    ("failed", 0, |row| Some(row.failed as f64)),
    ("desired", 0, |row| Some(row.desired.into())),
    ("pending", 0, |row| Some(row.pending.into())),
    ("running", 0, |row| Some(row.running.into())),
    ("in_service", 0, |row| Some(row.in_service.into())),
    ("draining", 0, |row| Some(row.draining.into())),
    ("cpu_utilization", 4, |row| row.cpu_utilization.map(CellNumber::get)),
    ("memory_utilization", 4, |row| row.memory_utilization.map(CellNumber::get)),
    ("queue_length", 1, |row| row.queue_length.map(CellNumber::get)),
    ("response_time_mean_ms", 1, |row| row.response_time_mean_ms.map(CellNumber::get)),
    ("response_time_p50_ms", 1, |row| row.response_time_p50_ms.map(CellNumber::get)),
    ("response_time_p95_ms", 1, |row| row.response_time_p95_ms.map(CellNumber::get)),
    ("response_time_p99_ms", 1, |row| row.response_time_p99_ms.map(CellNumber::get)),
    ("cost_per_hour_usd", 4, |row| row.cost_per_hour_usd.map(CellNumber::get)),
];

/// The rows of `timeline.csv` of one service, by column.
#[derive(Clone, Debug)]
pub(in crate::report) struct Timeline {
    /// Beginnings of the rows, from second 0 on \[s\].
    pub(in crate::report) times: Vec<f64>,
    columns: Vec<Vec<Option<f64>>>,
}

impl Default for Timeline {
    fn default() -> Self {
        Self { times: Vec::new(), columns: vec![Vec::new(); COLUMNS.len()] }
    }
}

impl Timeline {
    /// The values of a column; empty where nothing of that name is read.
    pub(in crate::report) fn column(&self, name: &str) -> &[Option<f64>] {
        let place = COLUMNS.iter().position(|(known, ..)| *known == name);
        place.and_then(|place| self.columns.get(place)).map_or(&[], Vec::as_slice)
    }

    /// Decimals of a column that a page keeps.
    pub(in crate::report) fn decimals(name: &str) -> u32 {
        COLUMNS.iter().find(|(known, ..)| *known == name).map_or(3, |(_, decimals, _)| *decimals)
    }

    /// Lengths of the rows \[s\]; the last ends with the run.
    pub(in crate::report) fn lengths(&self, horizon_s: f64) -> Vec<f64> {
        let ends = self.times.iter().skip(1).copied().chain([horizon_s]);
        self.times.iter().zip(ends).map(|(start, end)| (end - start).max(0.0)).collect()
    }

    fn push(&mut self, row: &TimelineRow) -> Result<(), String> {
        let time = row.time_s.get();
        if self.times.last().is_some_and(|last| *last >= time) {
            return Err(format!("its rows are not in the order of time at {time} s"));
        }
        self.times.push(time);
        for (column, (.., value)) in self.columns.iter_mut().zip(COLUMNS) {
            column.push(value(row));
        }
        Ok(())
    }
}

/// An alarm that `evaluations.csv` has rows of.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct AlarmLine {
    pub(in crate::report) policy: String,
    pub(in crate::report) alarm: String,
    pub(in crate::report) metric: String,
    pub(in crate::report) threshold: f64,
}

/// Whether a metric is one that `timeline.csv` has too.
pub(in crate::report) fn is_utilization(metric: &str) -> bool {
    metric.contains("CPUUtilization") || metric.contains("MemoryUtilization")
}

/// A list for each service.
type Lists<T> = Vec<Vec<T>>;

/// Gives each row to `take`, with the item of `lists` that is of its service.
fn each<R: SheetRow, L>(
    open: &mut Open<'_>,
    (services, lists): (&[String], &mut [L]),
    service: impl Fn(&R) -> &str,
    mut take: impl FnMut(&mut L, R) -> Result<(), String>,
) -> Result<(), String> {
    let read = each_row(open(R::FILE)?, |row: R| {
        let name = service(&row);
        let place = services.iter().position(|known| known == name);
        match place.and_then(|place| lists.get_mut(place)) {
            Some(list) => take(list, row),
            None => Err(format!(
                "it has a service `{name}` that `summary.json` does not know, so they are of different runs"
            )),
        }
    });
    read.map_err(|error| format!("{error}; {REMEDY}"))
}

/// `timeline.csv`, by service.
pub(super) fn timelines(open: &mut Open<'_>, services: &[String]) -> Result<Vec<Timeline>, String> {
    let mut found = vec![Timeline::default(); services.len()];
    each(
        open,
        (services, &mut found),
        |row: &TimelineRow| &row.service,
        |timeline, row| timeline.push(&row),
    )?;
    Ok(found)
}

/// `decisions.csv`, by service.
pub(super) fn decisions(open: &mut Open<'_>, services: &[String]) -> Result<Lists<DecisionRow>, String> {
    let mut found: Lists<DecisionRow> = vec![Vec::new(); services.len()];
    each(
        open,
        (services, &mut found),
        |row: &DecisionRow| &row.service,
        |list, row| {
            list.push(row);
            Ok(())
        },
    )?;
    Ok(found)
}

/// Alarms of a service, and their evaluations of metrics that its timeline does not have.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Evaluated {
    /// The alarms, each once for every threshold that it had.
    pub(in crate::report) alarms: Vec<AlarmLine>,
    /// Datapoints, as alarms saw them, of metrics that the timeline does not have.
    pub(in crate::report) rows: Vec<EvaluationRow>,
}

/// `evaluations.csv`, by service.
pub(super) fn evaluations(open: &mut Open<'_>, services: &[String]) -> Result<Vec<Evaluated>, String> {
    let mut found = vec![Evaluated::default(); services.len()];
    each(
        open,
        (services, &mut found),
        |row: &EvaluationRow| &row.service,
        |found, row| {
            let alarm = AlarmLine {
                policy: row.policy.to_string(),
                alarm: row.alarm.to_string(),
                metric: row.metric.to_string(),
                threshold: row.threshold.get(),
            };
            if !found.alarms.contains(&alarm) {
                found.alarms.push(alarm);
            }
            if !is_utilization(&row.metric) {
                found.rows.push(row);
            }
            Ok(())
        },
    )?;
    Ok(found)
}

/// Lengths of the cold starts of each service by `tasks.csv`, from the request for a task until it could serve \[s\]: of tasks
/// that were asked for after the beginning and came to serve.
pub(super) fn cold_starts(open: &mut Open<'_>, services: &[String]) -> Result<Lists<f64>, String> {
    let mut found: Lists<f64> = vec![Vec::new(); services.len()];
    each(
        open,
        (services, &mut found),
        |row: &TaskRow| &row.service,
        |list, row| {
            let ready = row.in_service_s.or(row.running_s).map(CellSeconds::get);
            let asked = row.asked_for_s.map(CellSeconds::get);
            let length = ready.zip(asked).map(|(ready, asked)| ready - asked);
            list.extend(length.filter(|seconds| *seconds >= 0.0));
            Ok(())
        },
    )?;
    Ok(found)
}
