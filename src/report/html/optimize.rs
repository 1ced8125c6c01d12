//! The page of `windtunnel optimize`: its settings in the plane of cost and latency, and the files to paste.

use std::collections::BTreeSet;

use super::cloud::{AxisColumn, Cloud, CloudPoint, Drawings, PointState};
use super::experiment::{ExperimentPage, FolderSource};
use crate::experiment::points::short_name;
use crate::report::optimize::{OptimizationFiles, optimization_view};
use crate::report::view::counted;
use crate::results::{Optimization, unquoted};

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<ExperimentPage, String> {
    let found: Optimization = source.document()?;
    let cloud = cloud(source, &found)?;
    let files = OptimizationFiles {
        scenario: source.made.scenario.clone(),
        seed: source.made.seed,
        terraform: source.listed_text("scaling.tf")?,
        plan: source.listed_text("plan.toml")?,
    };
    let drawings = Drawings { cloud: Some(cloud), ..Drawings::default() };
    Ok(ExperimentPage { view: optimization_view(&found, &files), drawings, origins: source.origins() })
}

/// The settings of `candidates.csv`.
fn cloud(source: &mut FolderSource<'_, '_>, found: &Optimization) -> Result<Cloud, String> {
    let file = (source.open)("candidates.csv")?;
    let mut reader = csv::Reader::from_reader(file);
    let wrong = |what: &str| source.wrong("candidates.csv", what);
    let header = reader.headers().map_err(|error| wrong(&error.to_string()))?.clone();
    let place = |name: &str| {
        let at = header.iter().position(|cell| cell == name);
        at.ok_or_else(|| wrong(&format!("it has no column `{name}`")))
    };
    let (runs, fate, cost) = (place("runs")?, place("fate")?, place("cost_per_month_usd")?);
    let (p99, front) = (place("response_time_p99_ms")?, place("on_front")?);
    // The values of the axes stand between the number and the runs.
    let axes: Vec<AxisColumn> = (1..runs)
        .filter_map(|at| header.get(at))
        .map(|name| AxisColumn::new(short_name(unquoted(name)), &[]))
        .collect();
    let states = vec![
        PointState { name: "in the race to its end", mark: "filled" },
        PointState { name: "fails a check", mark: "hollow" },
        PointState { name: "left early: dearer, or in the worse half", mark: "faint" },
    ];
    let mut cloud = Cloud::new(("Setting", "recommended"), states, axes);
    let chosen = found.recommended.as_ref().map(|best| best.candidate as u64);
    let rejected: BTreeSet<u64> = found.rejected.iter().map(|one| one.candidate as u64).collect();
    for (line, row) in reader.records().enumerate() {
        let row = row.map_err(|error| wrong(&error.to_string()))?;
        let number = row.get(0).and_then(|cell| cell.parse::<u64>().ok());
        let number =
            number.ok_or_else(|| wrong(&format!("line {} has no number of its candidate", line + 2)))?;
        let amount = |at: usize| {
            row.get(at).and_then(|cell| cell.parse().ok()).filter(|value: &f64| value.is_finite())
        };
        let fate = row.get(fate).unwrap_or_default();
        let point = CloudPoint {
            number,
            cost: amount(cost),
            p99: amount(p99),
            state: match fate {
                _ if rejected.contains(&number) => 1,
                "finalist" => 0,
                fate if fate.starts_with("fails") => 1,
                _ => 2,
            },
            is_on_front: row.get(front) == Some("true"),
            is_chosen: chosen == Some(number),
            note: format!(
                "{} · {}",
                unquoted(fate),
                counted(row.get(runs).and_then(|cell| cell.parse().ok()).unwrap_or(0), "run")
            ),
            ..CloudPoint::default()
        };
        let values: Vec<&str> = (1..runs).filter_map(|at| row.get(at)).map(unquoted).collect();
        cloud.push(&point, &values);
    }
    Ok(cloud)
}
