//! `manifest.json`: what made the results. The only file that may differ between two equal runs.

use serde::Serialize;

use crate::scenario::{Scenario, text_sha256};
use crate::shell::terminal::command_line;
use crate::shell::wall_clock::{Stopwatch, unix_seconds};

#[derive(Serialize)]
struct Manifest<'a> {
    schema_version: &'static str,
    windtunnel_version: &'static str,
    command_line: Vec<String>,
    scenario: &'a str,
    scenario_sha256: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Other<'a>>,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication: Option<u64>,
    price_book_date: &'a str,
    finished_unix_s: u64,
    wall_time_s: f64,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    outputs: &'a [&'a str],
}

#[derive(Serialize)]
struct Other<'a> {
    scenario: &'a str,
    scenario_sha256: &'a str,
}

/// What tells the files of a run from those of another run of the same scenario.
pub(super) struct Marks<'a> {
    /// `plan.toml`.
    pub(super) plan: &'a str,
    /// The fingerprint of the run that `summary.json` tells of.
    pub(super) fingerprint: String,
    /// Which replication that is, from 0 on.
    pub(super) replication: u64,
}

/// The manifest of results that were made of these scenarios, the base first. It has the names of the files beside it, so
/// that what an earlier command left in the folder can be told apart, and of a run what tells its files from another's.
///
/// # Errors
/// A sentence, should it not be possible to write it as JSON.
pub(super) fn listing(
    scenarios: &[&Scenario],
    seed: u64,
    watch: &Stopwatch,
    outputs: &[&str],
    marks: Option<Marks<'_>>,
) -> Result<Vec<u8>, String> {
    let Some((base, others)) = scenarios.split_first() else { return Ok(Vec::new()) };
    let other = |scenario: &&'_ Scenario| (scenario.name.clone(), scenario.sha256.clone());
    let others: Vec<(String, String)> = others.iter().map(other).collect();
    let manifest = Manifest {
        schema_version: "1.0",
        windtunnel_version: env!("CARGO_PKG_VERSION"),
        command_line: command_line(),
        scenario: &base.name,
        scenario_sha256: &base.sha256,
        others: others.iter().map(|(name, sha)| Other { scenario: name, scenario_sha256: sha }).collect(),
        seed,
        plan_sha256: marks.as_ref().map(|marks| text_sha256(marks.plan)),
        replication: marks.as_ref().map(|marks| marks.replication),
        fingerprint: marks.map(|marks| marks.fingerprint),
        price_book_date: &base.price_book_date,
        finished_unix_s: unix_seconds(),
        wall_time_s: watch.elapsed().as_secs_f64(),
        outputs,
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| format!("cannot write manifest.json: {error}"))?;
    Ok((text + "\n").into_bytes())
}
