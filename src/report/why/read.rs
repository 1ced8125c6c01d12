//! The files of a run, read back.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::service::ServiceLog;

/// The files that the story is made of, as bytes.
#[derive(Clone, Debug, Default)]
pub struct WhyFiles {
    /// `timeline.csv`.
    pub timeline: Vec<u8>,
    /// `decisions.csv`.
    pub decisions: Vec<u8>,
    /// `evaluations.csv`.
    pub evaluations: Vec<u8>,
    /// `tasks.csv`.
    pub tasks: Vec<u8>,
    /// `plan.toml`.
    pub plan: Vec<u8>,
}

/// Their names, in the order of the fields.
pub const WHY_FILES: [&str; 5] =
    ["timeline.csv", "decisions.csv", "evaluations.csv", "tasks.csv", "plan.toml"];

/// A row of `timeline.csv`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Minute {
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
pub(super) struct Row {
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
pub(super) struct Seen {
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
pub(super) struct Life {
    pub(super) service: String,
    pub(super) asked_for_s: Option<f64>,
    pub(super) running_s: Option<f64>,
    pub(super) in_service_s: Option<f64>,
}

/// What `plan.toml` says that matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PlanHead {
    pub(super) start: String,
    pub(super) timezone: String,
}

/// All of them.
pub(super) struct Log {
    pub(super) head: PlanHead,
    pub(super) minutes: Vec<Minute>,
    rows: Vec<Row>,
    seen: Vec<Seen>,
    lives: Vec<Life>,
}

fn sheet<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<Vec<T>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let rows = reader.deserialize().collect::<Result<Vec<T>, csv::Error>>();
    rows.map_err(|error| format!("`{name}` is not what `windtunnel run` writes: {error}"))
}

impl Log {
    pub(super) fn read(files: &WhyFiles) -> Result<Self, String> {
        let [timeline, decisions, evaluations, tasks, plan] = WHY_FILES;
        let text = String::from_utf8_lossy(&files.plan);
        let head = toml::from_str(&text)
            .map_err(|error| format!("`{plan}` is not what `windtunnel run` writes: {}", error.message()))?;
        Ok(Self {
            head,
            minutes: sheet(timeline, &files.timeline)?,
            rows: sheet(decisions, &files.decisions)?,
            seen: sheet(evaluations, &files.evaluations)?,
            lives: sheet(tasks, &files.tasks)?,
        })
    }

    /// What concerns one service: the one that is asked for, or the only one.
    pub(super) fn service(&self, wanted: Option<&str>) -> Result<ServiceLog, String> {
        let names: BTreeSet<&str> = self.minutes.iter().map(|minute| minute.service.as_str()).collect();
        let all = || names.iter().copied().collect::<Vec<_>>().join(", ");
        let name = match wanted {
            Some(name) if names.contains(name) => name,
            Some(name) => return Err(format!("there is no service `{name}` in the run; it has {}", all())),
            None => match names.iter().copied().collect::<Vec<_>>().as_slice() {
                [only] => only,
                [] => return Err("the run has no minutes: `timeline.csv` is empty".to_owned()),
                _ => {
                    return Err(format!(
                        "the run has several services; choose one with --service: {}",
                        all()
                    ));
                }
            },
        };
        Ok(ServiceLog {
            name: name.to_owned(),
            minutes: self.minutes.iter().filter(|row| row.service == name).cloned().collect(),
            rows: self.rows.iter().filter(|row| row.service == name).cloned().collect(),
            seen: self.seen.iter().filter(|row| row.service == name).cloned().collect(),
            lives: self.lives.iter().filter(|row| row.service == name).cloned().collect(),
        })
    }
}
