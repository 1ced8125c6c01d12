//! A shipped scenario that was run once for all tests, with its files read back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

use crate::program::{shipped, windtunnel};

/// The shipped scenarios, sorted.
pub(crate) const NAMES: [&str; 15] = [
    "cpu-70",
    "crash-loop",
    "flash-sale",
    "high-resolution",
    "month-fluid",
    "requests-per-target",
    "retry-storm",
    "rough-day",
    "slow-dependency",
    "steady-api",
    "step-70-30",
    "trace-replay",
    "two-policies",
    "web",
    "weekday-schedule",
];

/// A row of a CSV file by its column names.
pub(super) struct Row(BTreeMap<String, String>);

impl Row {
    #[track_caller]
    pub(super) fn text(&self, column: &str) -> &str {
        &self.0[column]
    }

    /// A number; NaN where the cell is empty.
    #[track_caller]
    pub(super) fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        if text.is_empty() { f64::NAN } else { text.parse().unwrap() }
    }

    /// Several numbers in one cell.
    pub(super) fn numbers(&self, column: &str) -> Vec<f64> {
        self.text(column).split_whitespace().map(|number| number.parse().unwrap()).collect()
    }
}

/// What a run left behind.
pub(super) struct Ran {
    pub(super) summary_text: String,
    pub(super) summary: Value,
    pub(super) timeline: Vec<Row>,
    pub(super) decisions: Vec<Row>,
    pub(super) invoice: Vec<Row>,
    pub(super) plan: toml::Table,
}

impl Ran {
    /// The only service.
    pub(super) fn service(&self) -> &Value {
        let services = self.summary["services"].as_object().unwrap();
        assert_eq!(services.len(), 1);
        services.values().next().unwrap()
    }

    /// Length of the run [s].
    pub(super) fn horizon(&self) -> f64 {
        self.summary["scenario"]["horizon_s"].as_f64().unwrap()
    }

    /// Rows of the timeline with their beginnings and lengths [s].
    pub(super) fn minutes(&self) -> impl Iterator<Item = (f64, f64, &Row)> {
        self.timeline.iter().enumerate().map(|(index, row)| {
            let end = self.timeline.get(index + 1).map_or(self.horizon(), |next| next.number("time_s"));
            let start = row.number("time_s");
            (start, end - start, row)
        })
    }

    /// The row in which second `at` lies.
    pub(super) fn minute_at(&self, at: f64) -> &Row {
        self.minutes().find(|(start, length, _)| (*start..start + length).contains(&at)).unwrap().2
    }

    /// Rows of the decision log that policies made.
    pub(super) fn policies(&self) -> impl Iterator<Item = &Row> {
        self.decisions.iter().filter(|row| row.text("kind") == "policy")
    }

    /// Invocations that changed the desired count so: `scaled_out` or `scaled_in`.
    pub(super) fn changes(&self, outcome: &str) -> Vec<&Row> {
        self.policies().filter(|row| row.text("outcome") == outcome).collect()
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize::<BTreeMap<String, String>>().map(|row| Row(row.unwrap())).collect()
}

/// The results of a shipped scenario; it is run by the first who asks.
pub(super) fn scenario(name: &'static str) -> &'static Ran {
    static RUNS: OnceLock<Mutex<BTreeMap<&'static str, &'static Ran>>> = OnceLock::new();
    let mut runs = RUNS.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    runs.entry(name).or_insert_with(|| Box::leak(Box::new(run(name))))
}

fn run(name: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = shipped(&format!("scenarios/{name}.toml"));
    let out = folder.path().join("results");
    let arguments = ["run".as_ref(), file.as_os_str(), "--out".as_ref(), out.as_os_str()];
    // The checks of the flash sale are what a manager would ask of the evening, and they fail.
    windtunnel(folder.path(), &arguments).exits(i32::from(name == "flash-sale"));
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    Ran {
        summary_text: read("summary.json"),
        summary: serde_json::from_str(&read("summary.json")).unwrap(),
        timeline: rows(&out.join("timeline.csv")),
        decisions: rows(&out.join("decisions.csv")),
        invoice: rows(&out.join("invoice.csv")),
        plan: read("plan.toml").parse().unwrap(),
    }
}
