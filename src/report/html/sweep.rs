//! The page of `windtunnel sweep` and `merge`: the points in the plane of cost and latency, and a heat map of two axes.

use std::collections::BTreeSet;

use super::cloud::{AxisColumn, Cloud, CloudPoint, Drawings, PointState};
use super::experiment::{ExperimentPage, FolderSource};
use super::frame::Origin;
use crate::report::sweep::sweep_view;
use crate::report::view::counted;
use crate::results::{DesignKind, SweepResult, unquoted};

/// Most points that a page carries: of more it takes every second, third, … and those that matter.
const MOST_POINTS: u64 = 2_500;

/// Most points of the front that are kept beyond those: where many points are equal, all of them are on it.
const MOST_FRONT: usize = 500;

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<ExperimentPage, String> {
    let summary: SweepResult = source.document()?;
    let step = summary.design.points.div_ceil(MOST_POINTS).max(1);
    let cloud = cloud(source, &summary, step)?;
    let view = sweep_view(&summary, cloud.len() as u64);
    // The command of one shard is not the command of the sweep.
    let origins = source.origins().into_iter().filter(|origin| origin.name != "Command");
    let hash = Origin::code("Sweep SHA-256", summary.sweep_sha256.clone());
    let origins = [hash].into_iter().chain(origins).collect();
    Ok(ExperimentPage { view, drawings: Drawings { cloud: Some(cloud), ..Drawings::default() }, origins })
}

/// Columns of `points.csv` that a page needs.
struct PointColumns {
    cost: Option<usize>,
    cost_half: Option<usize>,
    p99: Vec<(usize, Option<usize>)>,
    runs: usize,
    errors: usize,
    passed: usize,
    on_front: usize,
    error: usize,
}

impl PointColumns {
    fn of(header: &csv::StringRecord) -> Result<Self, String> {
        let find = |name: &str| header.iter().position(|cell| cell == name);
        let must = |name: &str| find(name).ok_or_else(|| format!("it has no column `{name}`"));
        let p99 = header
            .iter()
            .enumerate()
            .filter(|(_, name)| name.ends_with(".response_time_p99_ms"))
            .map(|(at, name)| (at, find(&format!("{name}_half_width_95"))))
            .collect();
        Ok(Self {
            cost: find("cost_per_month_usd"),
            cost_half: find("cost_per_month_usd_half_width_95"),
            p99,
            runs: must("runs")?,
            errors: must("errors")?,
            passed: must("checks_passed")?,
            on_front: must("on_pareto_front")?,
            error: must("error")?,
        })
    }

    /// The slowest service's 99 % quantile with its interval.
    fn slowest(&self, row: &csv::StringRecord) -> (Option<f64>, Option<f64>) {
        let slowest = self
            .p99
            .iter()
            .filter_map(|(at, half)| Some((number(row, Some(*at))?, *half)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        slowest.map_or((None, None), |(p99, half)| (Some(p99), number(row, half)))
    }
}

fn number(row: &csv::StringRecord, at: Option<usize>) -> Option<f64> {
    row.get(at?)?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The points of `points.csv`, row by row: all of them, or every `step`th and those that matter.
fn cloud(source: &mut FolderSource<'_, '_>, summary: &SweepResult, step: u64) -> Result<Cloud, String> {
    let file = (source.open)("points.csv")?;
    let mut reader = csv::Reader::from_reader(file);
    let wrong = |what: &str| source.wrong("points.csv", what);
    let header = reader.headers().map_err(|error| wrong(&error.to_string()))?;
    let layout = PointColumns::of(header).map_err(|what| wrong(&what))?;
    let mut cloud = empty(summary);
    let chosen = summary.cheapest_that_passes.as_ref().map(|best| best.point);
    let matter: BTreeSet<u64> =
        summary.pareto_front.iter().take(MOST_FRONT).map(|best| best.point).chain(chosen).collect();
    let mut row = csv::StringRecord::new();
    let mut line = 1_u64;
    while reader.read_record(&mut row).map_err(|error| wrong(&error.to_string()))? {
        line += 1;
        let number_of = row.get(0).and_then(|cell| cell.parse::<u64>().ok());
        let point = number_of.ok_or_else(|| wrong(&format!("line {line} has no number of its point")))?;
        if point % step != 0 && !matter.contains(&point) {
            continue;
        }
        let values: Vec<&str> =
            (1..=summary.design.axes.len()).map(|at| unquoted(row.get(at).unwrap_or_default())).collect();
        cloud.push(&read_point(&layout, &row, point, (summary, chosen)), &values);
    }
    Ok(cloud)
}

/// The cloud of the sweep before its first point.
fn empty(summary: &SweepResult) -> Cloud {
    let states = if summary.checks.is_empty() {
        vec![
            PointState { name: "every run is there", mark: "filled" },
            PointState { name: "", mark: "hollow" },
            PointState { name: "runs are missing or failed", mark: "faint" },
        ]
    } else {
        vec![
            PointState { name: "passes every check in every run", mark: "filled" },
            PointState { name: "fails a check", mark: "hollow" },
            PointState { name: "runs are missing or failed", mark: "faint" },
        ]
    };
    let is_grid = summary.design.kind == DesignKind::Grid;
    let axes = summary.design.axes.iter().map(|axis| {
        // Of other designs the summary has the ends of the axis only.
        AxisColumn::new(&axis.name, if is_grid { &axis.values } else { &[] })
    });
    let mut cloud = Cloud::new(("Point", "the cheapest that passes"), states, axes.collect());
    cloud.is_grid = summary.is_grid();
    cloud
}

fn read_point(
    layout: &PointColumns,
    row: &csv::StringRecord,
    point: u64,
    (summary, chosen): (&SweepResult, Option<u64>),
) -> CloudPoint {
    let count = |at: usize| row.get(at).and_then(|cell| cell.parse::<u64>().ok());
    let (runs, errors) = (count(layout.runs).unwrap_or(0), count(layout.errors).unwrap_or(0));
    let is_whole = runs == summary.design.replications && errors == 0;
    let (p99, p99_half) = layout.slowest(row);
    let error = row.get(layout.error).unwrap_or_default();
    let note = match (is_whole, count(layout.passed)) {
        (false, _) if !error.is_empty() => unquoted(error).to_owned(),
        (false, _) => format!("{runs} of {}", counted(summary.design.replications, "run")),
        (true, Some(passed)) if passed < runs => {
            format!("{} of {} pass every check", passed, counted(runs, "run"))
        }
        (true, _) => String::new(),
    };
    CloudPoint {
        number: point,
        cost: number(row, layout.cost),
        cost_half: number(row, layout.cost_half),
        p99,
        p99_half,
        state: match (is_whole, count(layout.passed)) {
            (false, _) => 2,
            (true, Some(passed)) if passed < runs => 1,
            (true, _) => 0,
        },
        is_on_front: row.get(layout.on_front) == Some("true"),
        is_chosen: chosen == Some(point),
        note,
    }
}
