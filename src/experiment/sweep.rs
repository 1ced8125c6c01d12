//! Sweeps: a scenario at many points, every point with the same random numbers, one row a point and replication (a
//! *cell*). What a sweep is stands in its [`Head`]; a cell depends on the head and its own number alone, so cells can be
//! run in any order, on any machine, and again after an interruption.
//!
//! What is left out: where rows are kept (the shell's journal) and how they are shown (reports).

mod cell;
mod row;
mod survey;
mod validate;

pub use cell::{Runner, guarded};
pub use row::{Done, Failure, FailureKind, Outcome, Row, Verdict};
pub use survey::{PointSummary, Survey, summarize};
pub use validate::{Alone, alone};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::points::{Design, Points};
use crate::scenario::{Axis, Measure};

/// What a sweep is. Two sweeps with the same head have the same rows, whoever runs them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the program.
    pub windtunnel_version: String,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of its text and overrides.
    pub scenario_sha256: String,
    /// What every point overrides, each `KEY=VALUE`.
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
    /// What is varied.
    pub axes: Vec<Axis>,
    /// How points are made of the axes.
    pub points: Points,
    /// Runs of each point, ≥ 1.
    pub replications: u32,
    /// Most requests of a cell.
    pub budget: Option<u64>,
    /// Names of the figures of a row, in order.
    pub figures: Vec<String>,
    /// What every point assumes that no axis varies, by key.
    #[serde(default)]
    pub assumptions: BTreeMap<String, serde_json::Value>,
    /// What the bills leave out, in words.
    #[serde(default)]
    pub not_priced: Vec<String>,
    /// What the bills lack a price for. A point that lacks others is not comparable, and its cells fail.
    #[serde(default)]
    pub unpriced: Vec<String>,
    /// Region of the scenario.
    #[serde(default)]
    pub region: String,
    /// Simulated time of a run, unless an axis varies it \[s\].
    #[serde(default)]
    pub horizon_s: Option<f64>,
}

impl Head {
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
    pub fn expects(&self, row: &Row, cells: u64) -> Result<(), String> {
        if row.cell >= cells {
            return Err(format!("it is of cell {}, and the sweep has {cells} cells", row.cell));
        }
        if let Outcome::Done(done) = &row.outcome
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

    /// What differs between two heads, in words; empty when they are the same.
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

    /// Where in the figures the cost a month stands.
    #[must_use]
    pub fn cost(&self) -> Option<usize> {
        self.figures.iter().position(|name| *name == Measure::CostPerMonth.name())
    }

    /// Where in the figures the 99th percentiles of response times stand, one a service.
    #[must_use]
    pub fn p99(&self) -> Vec<usize> {
        let p99 = Measure::P99.name();
        let is_p99 = |name: &String| name.rsplit_once('.').is_some_and(|(_, figure)| figure == p99);
        (0..self.figures.len()).filter(|index| is_p99(&self.figures[*index])).collect()
    }
}

/// One of several machines that share a sweep: it runs the cells whose number leaves `index` when divided by `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Share")]
pub struct Shard {
    /// From 0.
    pub index: u64,
    /// ≥ 1.
    pub count: u64,
}

/// A shard as a file has it.
#[derive(Deserialize)]
struct Share {
    index: u64,
    count: u64,
}

impl TryFrom<Share> for Shard {
    type Error = String;

    fn try_from(Share { index, count }: Share) -> Result<Self, String> {
        Self::new(index, count).ok_or_else(|| format!("there is no shard {index} (from 0) of {count}"))
    }
}

/// Most shares of a sweep.
const MOST_SHARDS: u64 = 1_000_000;

impl Shard {
    /// A sweep on one machine.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// The share `index` (from 0) of `count`; `None` where there is none.
    fn new(index: u64, count: u64) -> Option<Self> {
        (index < count && count <= MOST_SHARDS).then_some(Self { index, count })
    }

    /// A shard as typed: `2/3`, counted from 1.
    ///
    /// # Errors
    /// What a shard is, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(index, count)| {
            Some((index.trim().parse::<u64>().ok()?, count.trim().parse::<u64>().ok()?))
        });
        parts
            .and_then(|(index, count)| Self::new(index.checked_sub(1)?, count))
            .ok_or_else(|| format!("`{text}` is no shard; write I/N with I from 1 to N, such as 2/3"))
    }

    /// How many of `cells` cells it runs.
    #[must_use]
    pub const fn cells_of(self, cells: u64) -> u64 {
        if cells <= self.index { 0 } else { (cells - self.index - 1) / self.count + 1 }
    }

    /// The number of its `local`-th cell.
    #[must_use]
    pub const fn cell(self, local: u64) -> u64 {
        self.index + local * self.count
    }

    /// The place of a cell among its own; `None` for another shard's cell.
    #[must_use]
    pub const fn local(self, cell: u64) -> Option<u64> {
        if cell % self.count == self.index { Some(cell / self.count) } else { None }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_every_cell_once() {
        for cells in [0_u64, 1, 5, 20, 21] {
            for count in [1_u64, 2, 3, 7, 30] {
                let mut seen = vec![0; usize::try_from(cells).unwrap()];
                for index in 0..count {
                    let shard = Shard { index, count };
                    for local in 0..shard.cells_of(cells) {
                        let cell = shard.cell(local);
                        assert_eq!(shard.local(cell), Some(local));
                        seen[usize::try_from(cell).unwrap()] += 1;
                    }
                }
                assert!(seen.iter().all(|times| *times == 1), "{cells} cells, {count} shards");
            }
        }
    }

    #[test]
    fn a_shard_is_counted_from_one() {
        assert_eq!(Shard::parse("2/3"), Ok(Shard { index: 1, count: 3 }));
        for text in ["0/3", "4/3", "1", "1/0", "-1/3", "a/b", "1/2/3", ""] {
            assert!(Shard::parse(text).unwrap_err().contains("such as 2/3"), "{text}");
        }
        assert_eq!(Shard { index: 1, count: 3 }.to_string(), "2/3");
    }
}
