//! The files of a run, read back for a page. What is not what a run writes is an error that names the file, the line
//! where there is one, and what to do.

mod sheets;
mod summary;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::experiment::{FolderFiles, checked_horizon, of_one_run};

pub(super) use sheets::{Alarm, ColdStart, Decision, Seen, Timeline};
pub(super) use summary::{CheckRow, CostLine, ServiceSummary, Summary, Times};

/// What to do about a file that cannot be used.
const REMEDY: &str = "make the results again with `windtunnel run`";

/// The version of `summary.json` that this program reads.
const SCHEMA_MAJOR: &str = "1";

/// The files of a run that a page is made of, as bytes.
#[derive(Clone, Debug, Default)]
pub struct RunFiles {
    /// `manifest.json`, of which a page takes only what equal runs have in common.
    pub manifest: Vec<u8>,
    /// `summary.json`.
    pub summary: Vec<u8>,
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
    /// `estimates.json`, where there were several runs.
    pub estimates: Option<Vec<u8>>,
}

impl RunFiles {
    /// Gathers them with `read`, which gives the content of a file of the folder. A file that the manifest does not list
    /// was left by another run and is not asked for.
    ///
    /// # Errors
    /// What `read` said, or that the manifest is not one.
    pub fn gather(read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>) -> Result<Self, String> {
        let manifest = read("manifest.json")?;
        let estimates = lists(&manifest, "estimates.json")?;
        Ok(Self {
            manifest,
            summary: read("summary.json")?,
            timeline: read("timeline.csv")?,
            decisions: read("decisions.csv")?,
            evaluations: read("evaluations.csv")?,
            tasks: read("tasks.csv")?,
            plan: read("plan.toml")?,
            estimates: if estimates { Some(read("estimates.json")?) } else { None },
        })
    }

    /// Whether all of them are of one run. Files that are no files of a run at all are told better by the page.
    ///
    /// # Errors
    /// A sentence that names the file that does not belong, and what to do.
    pub fn belong_together(&self) -> Result<(), String> {
        of_one_run(&FolderFiles {
            manifest: &self.manifest,
            summary: &self.summary,
            plan: &self.plan,
            timeline: &self.timeline,
            decisions: Some(&self.decisions),
            tasks: Some(&self.tasks),
            estimates: self.estimates.as_deref(),
            replications: None,
        })
    }
}

/// Whether a run's `manifest.json` lists the file among what the run left; one that it does not is of an earlier run.
///
/// # Errors
/// A sentence: it is no manifest.
pub fn lists(manifest: &[u8], name: &str) -> Result<bool, String> {
    Ok(Manifest::read(manifest)?.outputs.iter().any(|output| output == name))
}

/// What equal runs have in common of `manifest.json`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Manifest {
    pub(super) windtunnel_version: String,
    pub(super) price_book_date: String,
    #[serde(default)]
    pub(super) replication: u64,
    #[serde(default)]
    outputs: Vec<String>,
}

impl Manifest {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        json("manifest.json", bytes)
    }
}

/// `estimates.json`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Estimates {
    pub(super) replications: u64,
    pub(super) interrupted: bool,
    pub(super) confidence: f64,
    #[serde(default)]
    pub(super) scale_in_range: Option<summary::ScaleInRange>,
    pub(super) figures: serde_json::Map<String, Value>,
    pub(super) checks: Vec<CheckRow>,
}

/// `plan.toml`: what a page asks of it, and its text.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) head: PlanHead,
    pub(super) text: String,
}

/// The keys at the top of `plan.toml`. A seed can be larger than what a table of TOML holds, and is not among them.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PlanHead {
    #[serde(default)]
    pub(super) description: String,
    pub(super) region: String,
    pub(super) start: String,
    pub(super) timezone: String,
    pub(super) warmup: String,
    #[serde(default)]
    pub(super) assumptions: toml::Table,
    #[serde(default)]
    pub(super) service: toml::Table,
}

/// All of them, read.
#[derive(Clone, Debug)]
pub(super) struct Results {
    pub(super) manifest: Manifest,
    pub(super) summary: Summary,
    pub(super) plan: Plan,
    /// In the order of the services of the summary, like the four below.
    pub(super) timelines: Vec<Timeline>,
    pub(super) decisions: Vec<Vec<Decision>>,
    pub(super) alarms: Vec<Vec<Alarm>>,
    /// What alarms saw of metrics that the timelines do not have.
    pub(super) seen: Vec<Vec<Seen>>,
    pub(super) cold_starts: Vec<Vec<ColdStart>>,
    pub(super) estimates: Option<Estimates>,
}

impl Results {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence that names the file and what to do.
    pub(super) fn read(files: &RunFiles) -> Result<Self, String> {
        let summary: Summary = json("summary.json", &files.summary)?;
        let version = summary.schema_version.as_str();
        if version.split('.').next() != Some(SCHEMA_MAJOR) {
            return Err(format!(
                "`summary.json` has the version {version}, and this windtunnel reads {SCHEMA_MAJOR}.x; use the windtunnel \
                 that wrote it, or {REMEDY}"
            ));
        }
        checked_horizon(summary.scenario.horizon_s)?;
        let names: Vec<String> = summary.services.0.iter().map(|(name, _)| name.clone()).collect();
        let estimates = files.estimates.as_deref().map(|bytes| json("estimates.json", bytes)).transpose()?;
        Ok(Self {
            manifest: Manifest::read(&files.manifest)?,
            plan: plan(&files.plan)?,
            timelines: sheets::timelines(&files.timeline, &names)?,
            decisions: sheets::decisions(&files.decisions, &names)?,
            alarms: sheets::alarms(&files.evaluations, &names)?,
            seen: sheets::seen(&files.evaluations, &names)?,
            cold_starts: sheets::cold_starts(&files.tasks, &names)?,
            summary,
            estimates,
        })
    }
}

fn plan(bytes: &[u8]) -> Result<Plan, String> {
    let damaged = |what: &str| format!("`plan.toml` is not what `windtunnel run` writes: {what}; {REMEDY}");
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    let head: PlanHead = toml::from_str(text).map_err(|error| damaged(error.message()))?;
    Ok(Plan { head, text: text.to_owned() })
}

fn json<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes)
        .map_err(|error| format!("`{name}` is not what `windtunnel run` writes: {error}; {REMEDY}"))
}
