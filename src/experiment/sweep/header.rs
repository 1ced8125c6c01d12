//! Header of a sweep: everything that is known before any cell of it has run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::row::{CellOutcome, CellRow};
use crate::experiment::points::{Design, Points};
use crate::scenario::{Axis, Measure};

/// Header of a sweep. Two sweeps with the same header have the same rows, on any machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepHeader {
    /// Version of the program.
    pub windtunnel_version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of its text and overrides.
    pub scenario_sha256: String,
    /// Overrides of every point, each `KEY=VALUE`.
    pub overrides: Vec<String>,
    /// Seed of every point that does not set its own.
    pub seed: u64,
    /// The checks that its runs are judged by, as written.
    pub checks: Vec<String>,
    /// Checks that compare with a baseline, which a sweep has none of: they have nothing to judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unjudged: Vec<String>,
    /// Every file that the scenario reads at some point, with the SHA-256 of its content.
    pub files: Vec<(String, String)>,
    /// Axes that are varied.
    pub axes: Vec<Axis>,
    /// Way in which points are made of the axes.
    pub points: Points,
    /// Runs of each point, ≥ 1.
    pub replications: u32,
    /// Most requests of a cell.
    pub budget: Option<u64>,
    /// Names of the figures of a row, in order.
    pub figures: Vec<String>,
    /// Assumptions of every point that no axis varies, by key.
    #[serde(default)]
    pub assumptions: BTreeMap<String, serde_json::Value>,
    /// Costs that the bills leave out, in words.
    #[serde(default)]
    pub not_priced: Vec<String>,
    /// Billable items without a price. A point that lacks others is not comparable, and its cells fail.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Simulated time of a run, unless an axis varies it \[s\].
    #[serde(default)]
    pub horizon_s: Option<f64>,
}

impl SweepHeader {
    /// SHA-256 of everything in it, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        // A structure of texts and numbers always has a JSON text.
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The number of cells of the sweep.
    ///
    /// # Errors
    /// A clause: no sweep has such a head.
    pub fn cells(&self) -> Result<u64, String> {
        Design::check(&self.axes, &self.points, self.replications)
    }

    /// Whether a row can be one of this sweep, of so many cells: its cell, its seed, and the number of its figures.
    ///
    /// # Errors
    /// A clause: what does not fit.
    pub fn expects(&self, row: &CellRow, cells: u64) -> Result<(), String> {
        if row.cell >= cells {
            return Err(format!("it is of cell {}, and the sweep has {cells} cells", row.cell));
        }
        if let CellOutcome::CellFigures(done) = &row.outcome
            && done.figures.len() != self.figures.len()
        {
            let (found, wanted) = (done.figures.len(), self.figures.len());
            return Err(format!("it has {found} figures, and the sweep {wanted}"));
        }
        if row.seed == self.seed || self.seeds().any(|seed| seed == row.seed) {
            return Ok(());
        }
        Err(format!("its seed is {}, which is none of the sweep's", row.seed))
    }

    /// The seeds that axes set.
    fn seeds(&self) -> impl Iterator<Item = u64> {
        let overrides = self.axes.iter().flat_map(|axis| &axis.values).flat_map(|value| &value.overrides);
        let seed = |text: &String| {
            let (key, value) = text.split_once('=')?;
            (key.trim() == "seed").then(|| value.trim().replace('_', "").parse().ok())?
        };
        overrides.filter_map(seed)
    }

    /// The differences between two headers, in words; empty when they are the same.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let all = [
            (self.windtunnel_version != other.windtunnel_version, "the version of windtunnel"),
            (
                self.scenario_sha256 != other.scenario_sha256 || self.scenario != other.scenario,
                "the scenario or its --set overrides",
            ),
            (self.seed != other.seed, "the seed"),
            (self.files != other.files, "a file that the scenario reads"),
            (self.axes != other.axes, "the axes"),
            (self.points != other.points, "the points"),
            (self.replications != other.replications, "the number of replications"),
            (self.budget != other.budget, "the budget of a cell"),
            (
                self.figures != other.figures
                    || self.checks != other.checks
                    || self.unjudged != other.unjudged,
                "the figures or checks",
            ),
        ];
        all.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
    }

    /// The index of the cost a month among the figures.
    #[must_use]
    pub fn cost(&self) -> Option<usize> {
        self.figures.iter().position(|name| *name == Measure::CostPerMonth.name())
    }

    /// The indices of the 99th percentiles of response times among the figures, one a service.
    #[must_use]
    pub fn p99(&self) -> Vec<usize> {
        let p99 = Measure::P99.name();
        let is_p99 = |name: &String| name.rsplit_once('.').is_some_and(|(_, figure)| figure == p99);
        (0..self.figures.len()).filter(|index| is_p99(&self.figures[*index])).collect()
    }
}
