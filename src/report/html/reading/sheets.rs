//! The CSV files of a run, one list a service, in the order of the services of the summary.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::open::{Open, REMEDY};
use crate::report::words::cell;

/// Columns of `timeline.csv` that a page draws, with the decimals that it keeps.
const COLUMNS: [(&str, u32); 18] = [
    ("offered_per_s", 2),
    ("served_per_s", 2),
    ("rejected", 0),
    ("timed_out", 0),
    ("failed", 0),
    ("desired", 0),
    ("pending", 0),
    ("running", 0),
    ("in_service", 0),
    ("draining", 0),
    ("cpu_utilization", 4),
    ("memory_utilization", 4),
    ("queue_length", 1),
    ("response_time_mean_ms", 1),
    ("response_time_p50_ms", 1),
    ("response_time_p95_ms", 1),
    ("response_time_p99_ms", 1),
    ("cost_per_hour_usd", 4),
];

/// The rows of `timeline.csv` of one service, by column.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Timeline {
    /// Beginnings of the rows, from second 0 on \[s\].
    pub(in crate::report) times: Vec<f64>,
    columns: Vec<Vec<Option<f64>>>,
}

impl Timeline {
    /// The values of a column; empty where nothing of that name is read.
    pub(in crate::report) fn column(&self, name: &str) -> &[Option<f64>] {
        let place = COLUMNS.iter().position(|(known, _)| *known == name);
        place.and_then(|place| self.columns.get(place)).map_or(&[], Vec::as_slice)
    }

    /// Decimals of a column that a page keeps.
    pub(in crate::report) fn decimals(name: &str) -> u32 {
        COLUMNS.iter().find(|(known, _)| *known == name).map_or(3, |(_, decimals)| *decimals)
    }

    /// Lengths of the rows \[s\]; the last ends with the run.
    pub(in crate::report) fn lengths(&self, horizon_s: f64) -> Vec<f64> {
        let ends = self.times.iter().skip(1).copied().chain([horizon_s]);
        self.times.iter().zip(ends).map(|(start, end)| (end - start).max(0.0)).collect()
    }
}

/// A row of `decisions.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct Decision {
    pub(in crate::report) time_s: f64,
    pub(in crate::report) until_s: f64,
    pub(in crate::report) times: u64,
    service: String,
    pub(in crate::report) kind: String,
    pub(in crate::report) policy: String,
    pub(in crate::report) alarm_state: String,
    pub(in crate::report) metric: String,
    pub(in crate::report) value: Option<f64>,
    pub(in crate::report) threshold: Option<f64>,
    pub(in crate::report) datapoints: String,
    pub(in crate::report) running: u32,
    /// Below zero where a step policy takes away more tasks than there are.
    pub(in crate::report) proposed: Option<i64>,
    pub(in crate::report) desired_before: u32,
    pub(in crate::report) desired_after: u32,
    pub(in crate::report) outcome: String,
    pub(in crate::report) reason: String,
}

/// An alarm that `evaluations.csv` has rows of.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Alarm {
    pub(in crate::report) policy: String,
    pub(in crate::report) alarm: String,
    pub(in crate::report) metric: String,
    pub(in crate::report) threshold: f64,
}

/// Datapoints of a metric as an alarm saw them over a time: a row of `evaluations.csv`.
#[derive(Clone, Debug)]
pub(in crate::report) struct Seen {
    pub(in crate::report) time_s: f64,
    pub(in crate::report) until_s: f64,
    pub(in crate::report) policy: String,
    pub(in crate::report) alarm: String,
    pub(in crate::report) metric: String,
    /// Lowest and highest newest datapoint; `None`: missing all the time.
    pub(in crate::report) lowest: Option<f64>,
    pub(in crate::report) highest: Option<f64>,
}

/// A row of `evaluations.csv`.
#[derive(Clone, Debug, Deserialize)]
struct Evaluation {
    time_s: f64,
    until_s: f64,
    service: String,
    policy: String,
    alarm: String,
    metric: String,
    lowest: Option<f64>,
    highest: Option<f64>,
    threshold: f64,
}

impl Evaluation {
    fn alarm(&self) -> Alarm {
        let Self { policy, alarm, metric, threshold, .. } = self.clone();
        Alarm { policy, alarm, metric, threshold }
    }

    fn seen(self) -> Seen {
        let Self { time_s, until_s, policy, alarm, metric, lowest, highest, .. } = self;
        Seen { time_s, until_s, policy, alarm, metric, lowest, highest }
    }
}

impl Seen {
    /// Whether it is of a metric that `timeline.csv` has too.
    pub(in crate::report) fn is_utilization(metric: &str) -> bool {
        metric.contains("CPUUtilization") || metric.contains("MemoryUtilization")
    }
}

/// A row of `tasks.csv`, as far as it says how long a task took to serve.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct ColdStart {
    service: String,
    asked_for_s: Option<f64>,
    running_s: Option<f64>,
    in_service_s: Option<f64>,
}

impl ColdStart {
    /// Length of time from the request for the task until it could serve \[s\]; `None` for tasks of the beginning and those that never did.
    pub(in crate::report) fn seconds(&self) -> Option<f64> {
        let ready = self.in_service_s.or(self.running_s)?;
        Some(ready - self.asked_for_s?).filter(|seconds| *seconds >= 0.0)
    }
}

/// The services as cells name them: no spreadsheet takes those for a formula.
fn cells(services: &[String]) -> Vec<String> {
    services.iter().map(|service| cell(service)).collect()
}

/// The place of the service that a cell names.
fn place(name: &str, cells: &[String], file: &str) -> Result<usize, String> {
    cells.iter().position(|cell| cell == name).ok_or_else(|| {
        format!("`{file}` has a service `{name}` that `summary.json` does not know: they are of different runs; {REMEDY}")
    })
}

fn damaged(file: &str, what: impl std::fmt::Display) -> String {
    format!("`{file}` is not what `windtunnel run` writes: {what}; {REMEDY}")
}

/// `timeline.csv`, by service.
pub(super) fn timelines(open: &mut Open<'_>, services: &[String]) -> Result<Vec<Timeline>, String> {
    const FILE: &str = "timeline.csv";
    let mut reader = csv::Reader::from_reader(open(FILE)?);
    let headers = reader.headers().map_err(|error| damaged(FILE, error))?.clone();
    let at = |name: &str| {
        let place = headers.iter().position(|header| header == name);
        place.ok_or_else(|| damaged(FILE, format!("there is no column `{name}`")))
    };
    let (time_at, service_at) = (at("time_s")?, at("service")?);
    let places = COLUMNS.iter().map(|(name, _)| at(name)).collect::<Result<Vec<usize>, String>>()?;
    let empty = Timeline { times: Vec::new(), columns: vec![Vec::new(); COLUMNS.len()] };
    let mut found = vec![empty; services.len()];
    let cells = cells(services);
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| damaged(FILE, error))? {
        let number = |place: usize| -> Result<Option<f64>, String> {
            let text = row.get(place).unwrap_or("");
            if text.is_empty() {
                return Ok(None);
            }
            let line = row.position().map_or(0, csv::Position::line);
            text.parse().map(Some).map_err(|_| damaged(FILE, format!("line {line}: `{text}` is no number")))
        };
        let timeline = found.get_mut(place(row.get(service_at).unwrap_or(""), &cells, FILE)?);
        let Some(timeline) = timeline else { continue };
        let time = number(time_at)?.ok_or_else(|| damaged(FILE, "a row has no `time_s`"))?;
        if timeline.times.last().is_some_and(|last| *last >= time) {
            return Err(damaged(FILE, format!("its rows are not in the order of time at {time} s")));
        }
        timeline.times.push(time);
        for (column, place) in timeline.columns.iter_mut().zip(&places) {
            column.push(number(*place)?);
        }
    }
    Ok(found)
}

/// Gives each row to `take`, with the place of its service.
fn each<T: DeserializeOwned>(
    file: &str,
    open: &mut Open<'_>,
    services: &[String],
    service: impl Fn(&T) -> &str,
    mut take: impl FnMut(usize, T),
) -> Result<(), String> {
    let cells = cells(services);
    let mut reader = csv::Reader::from_reader(open(file)?);
    for row in reader.deserialize::<T>() {
        let row = row.map_err(|error| damaged(file, error))?;
        let place = place(service(&row), &cells, file)?;
        take(place, row);
    }
    Ok(())
}

/// A list for each service.
type Lists<T> = Vec<Vec<T>>;

fn lists<T>(services: &[String]) -> Lists<T> {
    services.iter().map(|_| Vec::new()).collect()
}

/// `decisions.csv`, by service.
pub(super) fn decisions(open: &mut Open<'_>, services: &[String]) -> Result<Lists<Decision>, String> {
    let mut found = lists(services);
    each(
        "decisions.csv",
        open,
        services,
        |row: &Decision| &row.service,
        |place, row| {
            found.get_mut(place).into_iter().for_each(|list: &mut Vec<_>| list.push(row.clone()));
        },
    )?;
    Ok(found)
}

/// The alarms of `evaluations.csv`, each once for every threshold it had; and what they saw of metrics that `timeline.csv`
/// does not have. Both by service.
pub(super) fn evaluations(
    open: &mut Open<'_>,
    services: &[String],
) -> Result<(Lists<Alarm>, Lists<Seen>), String> {
    let (mut alarms, mut seen) = (lists(services), lists(services));
    each(
        "evaluations.csv",
        open,
        services,
        |row: &Evaluation| &row.service,
        |place, row| {
            let (Some(alarms), Some(seen)) = (alarms.get_mut(place), seen.get_mut(place)) else { return };
            let alarm = row.alarm();
            if !alarms.contains(&alarm) {
                alarms.push(alarm);
            }
            if !Seen::is_utilization(&row.metric) {
                seen.push(row.seen());
            }
        },
    )?;
    Ok((alarms, seen))
}

/// `tasks.csv`, by service.
pub(super) fn cold_starts(open: &mut Open<'_>, services: &[String]) -> Result<Lists<ColdStart>, String> {
    let mut found = lists(services);
    each(
        "tasks.csv",
        open,
        services,
        |row: &ColdStart| &row.service,
        |place, row| {
            found.get_mut(place).into_iter().for_each(|list: &mut Vec<_>| list.push(row.clone()));
        },
    )?;
    Ok(found)
}
