//! The results of a run, as a page reads them.

use super::open::{Open, REMEDY};
use super::sheets::{self, Evaluated, Timeline};

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::experiment::checked_horizon;
use crate::results::Manifest;
use crate::results::{DecisionRow, Document, Estimates, Summary, read_document};

/// `plan.toml`: what a page asks of it, and its text.
#[derive(Clone, Debug)]
pub(in crate::report::html) struct Plan {
    pub(in crate::report::html) head: PlanHead,
    pub(in crate::report::html) text: String,
}

/// The keys at the top of `plan.toml`. A seed can be larger than what a table of TOML holds, and is not among them.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report::html) struct PlanHead {
    #[serde(default)]
    pub(in crate::report::html) description: String,
    pub(in crate::report::html) start: String,
    pub(in crate::report::html) timezone: String,
    pub(in crate::report::html) warmup: String,
    #[serde(default)]
    pub(in crate::report::html) assumptions: toml::Table,
    #[serde(default)]
    pub(in crate::report::html) service: toml::Table,
}

/// All of them, read.
#[derive(Clone, Debug)]
pub(in crate::report::html) struct Results {
    pub(in crate::report::html) manifest: Manifest,
    pub(in crate::report::html) summary: Summary,
    pub(in crate::report::html) plan: Plan,
    /// In the order of the services of the summary, like the three below.
    pub(in crate::report::html) timelines: Vec<Timeline>,
    pub(in crate::report::html) decisions: Vec<Vec<DecisionRow>>,
    pub(in crate::report::html) evaluations: Vec<Evaluated>,
    /// Lengths of cold starts \[s\].
    pub(in crate::report::html) cold_starts: Vec<Vec<f64>>,
    pub(in crate::report::html) estimates: Option<Estimates>,
}

impl Results {
    /// The services whose scenario declares what memory a task uses.
    pub(in crate::report::html) fn declares_memory(&self) -> BTreeSet<String> {
        let services = self.plan.head.service.iter();
        let declares = |(_, service): &(&String, &toml::Value)| {
            ["base_memory", "memory_per_request"].into_iter().any(|key| {
                let size = service.get("task").and_then(|task| task.get(key)).and_then(toml::Value::as_str);
                size.is_some_and(|size| size.starts_with(|c: char| ('1'..='9').contains(&c)))
            })
        };
        services.filter(declares).map(|(name, _)| name.clone()).collect()
    }

    /// Reads the files that `open` gives.
    ///
    /// # Errors
    /// A sentence that names the file and what to do.
    pub(in crate::report::html) fn read(manifest: &Manifest, open: &mut Open<'_>) -> Result<Self, String> {
        let summary: Summary = document(open)?;
        checked_horizon(summary.scenario.horizon_s.get())?;
        let names: Vec<String> = summary.services.0.iter().map(|(name, _)| name.clone()).collect();
        // What the manifest does not list was left by others.
        let is_many = manifest.output("estimates.json").is_some();
        let estimates = if is_many { Some(document(open)?) } else { None };
        Ok(Self {
            manifest: manifest.clone(),
            plan: plan(&bytes("plan.toml", open)?)?,
            timelines: sheets::timelines(open, &names)?,
            decisions: sheets::decisions(open, &names)?,
            evaluations: sheets::evaluations(open, &names)?,
            cold_starts: sheets::cold_starts(open, &names)?,
            summary,
            estimates,
        })
    }
}

/// The content of a file that is small however long the run.
fn bytes(name: &str, open: &mut Open<'_>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    open(name)?.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn plan(bytes: &[u8]) -> Result<Plan, String> {
    let damaged = |what: &str| format!("`plan.toml` is malformed: {what}; {REMEDY}");
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not UTF-8"))?;
    let head: PlanHead = toml::from_str(text).map_err(|error| damaged(error.message()))?;
    Ok(Plan { head, text: text.to_owned() })
}

fn document<D: Document>(open: &mut Open<'_>) -> Result<D, String> {
    read_document(&bytes(D::NAME, open)?).map_err(|error| format!("{error}; {REMEDY}"))
}
