//! `diff --format json`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check_report::{CheckReport, Completion};
use super::document::Document;
use super::values::{FigureValue, Rounded, Version};

/// Effects of a change of a scenario (`windtunnel diff --format json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiffReport {
    /// Side before the change.
    pub base: Option<DiffSide>,
    /// Reason why the costs are not compared: one bill lacks a price that the other has.
    pub bill_not_comparable: Option<String>,
    /// Keys that changed.
    pub changes: ChangeLists,
    /// Verdicts on the checks of the head.
    pub checks: CheckReport,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// Figures by name.
    pub figures: BTreeMap<String, DiffFigure>,
    /// Side after the change.
    pub head: Option<DiffSide>,
    /// Runs of each side.
    pub replications: u64,
    /// State of the runs.
    pub runs: Completion,
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<1, 2>,
    /// Seed, the same for both sides.
    pub seed: u64,
    /// Services of either side by name.
    pub services: BTreeMap<String, ServicePresence>,
    /// Verdict in words.
    pub verdict: String,
}

impl Document for DiffReport {
    const NAME: &'static str = "diff";
}

/// Side of a difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiffSide {
    /// Name of the scenario.
    pub name: String,
    /// Region of the scenario.
    pub region: String,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub sha256: String,
    /// File or folder, as named.
    pub subject: String,
    /// Items that the amounts leave out because they have no price.
    #[serde(default)]
    pub unpriced: Vec<String>,
}

/// Sides that have a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ServicePresence {
    /// Both sides have it.
    Both,
    /// The head alone has it, so its figures have no `before`.
    New,
    /// The base alone has it, so its figures have no `after`.
    Removed,
}

impl ServicePresence {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::New => "new",
            Self::Removed => "removed",
        }
    }
}

/// Figure before and after a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiffFigure {
    /// Figure of the head.
    pub after: Option<SideFigure>,
    /// Figure of the base.
    pub before: Option<SideFigure>,
    /// Difference, run by run.
    pub difference: Option<DiffDifference>,
}

/// Figure of one side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SideFigure {
    /// Half the width of the interval.
    pub half_width: Option<FigureValue>,
    /// Estimate of the figure.
    pub value: Option<FigureValue>,
}

/// Difference of a figure, run by run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DiffDifference {
    /// Half the width of the interval; null with a single run.
    pub half_width: Option<FigureValue>,
    /// Difference relative to the base.
    pub relative: Option<Rounded<6>>,
    /// Difference, head less base.
    pub value: Option<FigureValue>,
    /// Verdict on the difference.
    pub verdict: Significance,
}

/// Verdict on a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Significance {
    /// One run says nothing of chance.
    OneRun,
    /// The interval leaves out zero.
    Significant,
    /// The interval holds zero.
    NotSignificant,
}

/// Keys that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeLists {
    /// Keys of the checks.
    pub checks: Vec<ChangedKey>,
    /// Keys of traffic, requests, tasks and the rest.
    pub other: Vec<ChangedKey>,
    /// Reasons why not only the policy changed.
    pub other_in_words: Vec<String>,
    /// Keys of the scaling.
    pub policy: Vec<ChangedKey>,
    /// Keys without effect, such as names.
    pub without_effect: Vec<ChangedKey>,
}

/// Key that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedKey {
    /// Value after the change; null where it was removed.
    pub after: Option<String>,
    /// Value before the change; null where it was added.
    pub before: Option<String>,
    /// Path of the key.
    pub key: String,
}
