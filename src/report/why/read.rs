//! The files of a run, read back.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::service::ServiceLog;
use crate::results::{DecisionRow, EvaluationRow, TaskRow, TimelineRow, read_sheet};

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

/// Keys of `plan.toml` that the explanation needs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PlanHead {
    pub(super) start: String,
    pub(super) timezone: String,
}

/// All of them.
pub(super) struct RunLog {
    pub(super) head: PlanHead,
    pub(super) minutes: Vec<TimelineRow>,
    rows: Vec<DecisionRow>,
    seen: Vec<EvaluationRow>,
    lives: Vec<TaskRow>,
}

impl RunLog {
    pub(super) fn read(files: &WhyFiles) -> Result<Self, String> {
        let [.., plan] = WHY_FILES;
        let text = String::from_utf8_lossy(&files.plan);
        let head =
            toml::from_str(&text).map_err(|error| format!("`{plan}` is malformed: {}", error.message()))?;
        Ok(Self {
            head,
            minutes: read_sheet(files.timeline.as_slice()).map_err(|error| error.to_string())?,
            rows: read_sheet(files.decisions.as_slice()).map_err(|error| error.to_string())?,
            seen: read_sheet(files.evaluations.as_slice()).map_err(|error| error.to_string())?,
            lives: read_sheet(files.tasks.as_slice()).map_err(|error| error.to_string())?,
        })
    }

    /// The log of one service: the one that is asked for, or the only one.
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
