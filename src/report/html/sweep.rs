//! The page of `windtunnel sweep` and `merge`: what was found, the points in the plane of cost and latency, a heat map of
//! two axes, and what failed.

use std::collections::{BTreeMap, BTreeSet};

use super::amounts::{AmountKind, value};
use super::assumed::{self, Assumed, Varied};
use super::cloud::{AxisColumn, Cloud, CloudPoint, Drawings, PointState};
use super::experiment::{
    Banner, ChartPlace, FolderSource, PageBuilder, PageHead, ResultTable, TableCell, counted,
};
use super::plan::{ONE_BY_ONE, PRICES};
use super::tile::Tile;
use crate::experiment::Measure;
use crate::experiment::points::short_name;
use crate::report::numbers::{THIN, figure, grouped};
use crate::report::proviso::{Terms, with_proviso};
use crate::results::{DesignKind, RequestTotal, SweepResult, unquoted};

/// Most points that a page carries: of more it takes every second, third, … and those that matter.
const MOST_POINTS: u64 = 2_500;

/// Most points of the front that are kept beyond those: where many points are equal, all of them are on it.
const MOST_FRONT: usize = 500;

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<Vec<u8>, String> {
    let summary: SweepResult = source.document()?;
    let step = summary.design.points.div_ceil(MOST_POINTS).max(1);
    let cloud = cloud(source, &summary, step)?;
    let mut sheet = PageBuilder::new()?;
    let left_out = if step == 1 {
        String::new()
    } else {
        format!(
            "Of {} points the page has {}: one in {step}, the front, and the cheapest that passes. points.csv has them all.",
            grouped(summary.design.points, THIN),
            grouped(cloud.len() as u64, THIN)
        )
    };
    sheet.section("Cost against p99");
    sheet.place(&ChartPlace {
        id: "scatter",
        title: "Every point".to_owned(),
        summary: format!(
            "{}, {} of them on the Pareto front.",
            counted(cloud.len() as u64, "point"),
            summary.pareto_front.len()
        ),
        caption: format!(
            "Means of the runs of each point. No point beats one on the line, the Pareto front, in cost and latency. {left_out}{}",
            summary.proviso().map_or_else(String::new, |words| format!(" Here {words}."))
        ),
    })?;
    if cloud.is_grid {
        sheet.section("Axis against axis");
        sheet.place(&ChartPlace {
            id: "heat",
            title: "Heat map".to_owned(),
            summary: "A cell for each pair of values of two axes; the table of points has the same figures."
                .to_owned(),
            caption: match cloud.axes.len() {
                2 => "A cell is a point.".to_owned(),
                _ => "A cell is the mean of the points that have both values.".to_owned(),
            },
        })?;
    }
    sheet.section("Pareto front");
    match summary.pareto_front.is_empty() {
        true => sheet.hint("No point has a bill and response times yet.")?,
        false => sheet.table(&front(&summary))?,
    }
    sheet.section("Points");
    sheet.points("points", &left_out)?;
    failures(&mut sheet, &summary)?;
    assumptions(&mut sheet, &summary)?;
    let origins = source.origins().into_iter().filter(|origin| origin.name != "Command");
    let mut origins: Vec<_> = origins.collect();
    origins.insert(0, super::frame::Origin::code("Sweep SHA-256", summary.sweep_sha256.clone()));
    let head = PageHead {
        kind: "Sweep",
        name: summary.scenario.name.clone(),
        facts: facts(&summary),
        verdict: verdict(&summary),
        tiles: tiles(&summary),
        origins,
    };
    sheet.document(&head, &Drawings { cloud: Some(cloud), ..Drawings::default() })
}

impl SweepResult {
    /// The proviso on a cost of a month.
    fn proviso(&self) -> Option<String> {
        Terms { region: &self.region, unpriced: &self.unpriced, horizon_s: self.horizon_s }
            .proviso(Measure::CostPerMonth)
            .map(|words| format!("cost {words}"))
    }
}

/// Adds the assumptions of every point, and those that are axes.
fn assumptions(sheet: &mut PageBuilder, summary: &SweepResult) -> Result<(), String> {
    let SweepResult { assumptions, not_priced, design, .. } = summary;
    let varied: Vec<Varied<'_>> =
        design.axes.iter().map(|axis| Varied { key: &axis.name, values: &axis.values }).collect();
    let fidelity = match summary.cells_with_approximate_times {
        0 => ONE_BY_ONE.to_owned(),
        runs => format!(
            "{} were simulated with the fluid model; their response times are approximate (≈).",
            counted(runs, "run")
        ),
    };
    let runs = format!(
        "Figures of a point are means of its {}; all points have the same random numbers.",
        counted(design.replications, "run")
    );
    let base = Assumed { name: &summary.scenario.name, assumptions, not_priced };
    assumed::section(sheet, &[base], &varied, vec![fidelity, runs, PRICES.to_owned()])
}

fn facts(summary: &SweepResult) -> Vec<String> {
    let kind = match summary.design.kind {
        DesignKind::Grid => "every combination",
        DesignKind::LatinHypercube => "a Latin hypercube",
        DesignKind::List => "a list of points",
    };
    let axes: Vec<&str> = summary.design.axes.iter().map(|axis| short_name(&axis.name)).collect();
    let mut facts = vec![
        format!(
            "{} × {}",
            counted(summary.design.points, "point"),
            counted(summary.design.replications, "run")
        ),
        format!("{kind} of {}", axes.join(" × ")),
        format!("seed {}", summary.scenario.seed),
        format!("{} requests", number_text(&summary.requests)),
    ];
    if summary.cells_with_approximate_times > 0 {
        let runs = grouped(summary.cells_with_approximate_times, THIN);
        facts.push(format!("response times of {runs} runs are approximate"));
    }
    if !summary.checks_not_judged.is_empty() {
        facts.push(format!("not judged, without a baseline: {}", summary.checks_not_judged.join(", ")));
    }
    facts
}

fn set_in_words(values: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> =
        values.iter().map(|(key, value)| format!("{} {value}", short_name(key))).collect();
    parts.join(", ")
}

fn verdict(summary: &SweepResult) -> Banner {
    let mut notes = Vec::new();
    let cells = &summary.cells;
    if summary.partial {
        notes.push(format!(
            "This is part of the sweep: {} of {} are there, {} are missing. Points without all of their runs are on no front \
             and pass nothing yet.",
            grouped(cells.finished, THIN),
            counted(cells.planned, "run"),
            grouped(cells.planned.saturating_sub(cells.finished), THIN)
        ));
    }
    if cells.failed > 0 {
        notes.push(format!(
            "{} failed; they are listed below with the command that repeats each.",
            counted(cells.failed, "run")
        ));
    }
    let Some(passing) = summary.points_that_pass else {
        return Banner::new("plain", "No checks: nothing says what is good enough".to_owned(), notes);
    };
    match &summary.cheapest_that_passes {
        Some(best) => {
            notes.insert(0, format!("{}.", set_in_words(&best.values)));
            notes.insert(1, format!("windtunnel run … {}", set_options(&best.set)));
            let cost = AmountKind::Money.maybe(value(&best.cost_per_month_usd));
            let p99 = AmountKind::Millis.maybe(value(&best.response_time_p99_ms));
            let sentence = format!(
                "{}, p99 {p99}: the cheapest of {} that pass every check in every run",
                with_proviso(&format!("{cost} a month"), summary.proviso().as_deref()),
                counted(passing as u64, "point")
            );
            Banner::new("pass", sentence, notes)
        }
        None if summary.partial => {
            Banner::new("inconclusive", "No point passes every check yet".to_owned(), notes)
        }
        None => Banner::new("fail", "No point passes every check in every run".to_owned(), notes),
    }
}

/// Keys as options of a command.
fn set_options(set: &[String]) -> String {
    let options: Vec<String> =
        set.iter().map(|one| format!("--set '{}'", one.replace('\'', r"'\''"))).collect();
    options.join(" ")
}

fn tiles(summary: &SweepResult) -> Vec<Tile> {
    let cells = &summary.cells;
    let kinds: Vec<String> = cells
        .failed_by_kind
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{} {}", grouped(*count, THIN), kind.replace('_', " ")))
        .collect();
    let missing = cells.planned.saturating_sub(cells.finished);
    vec![
        Tile::new("Runs planned", grouped(cells.planned, THIN), counted(summary.design.points, "point")),
        Tile::new(
            "Runs finished",
            grouped(cells.finished, THIN),
            if missing == 0 { "all".to_owned() } else { format!("{} missing", grouped(missing, THIN)) },
        ),
        Tile::new("Runs failed", grouped(cells.failed, THIN), kinds.join(", ")),
        match summary.points_that_pass {
            Some(passing) => Tile::new(
                "Points that pass",
                grouped(passing as u64, THIN),
                counted(summary.checks.len() as u64, "check"),
            ),
            None => Tile::new("Points that pass", "–".to_owned(), "there are no checks".to_owned()),
        },
        Tile::new("On the Pareto front", grouped(summary.pareto_front.len() as u64, THIN), String::new()),
    ]
}

fn front(summary: &SweepResult) -> ResultTable {
    let mut columns = vec!["Point", "#Cost a month", "#p99", "Checks"];
    columns.extend(summary.design.axes.iter().map(|axis| short_name(&axis.name)));
    let title = with_proviso(
        "Pareto front (non-dominated settings), the cheapest first",
        summary.proviso().as_deref(),
    );
    let mut table = ResultTable::new(title, &columns);
    let chosen = summary.cheapest_that_passes.as_ref().map(|best| best.point);
    for best in summary.pareto_front.iter().take(200) {
        let mut cells = vec![
            TableCell::number(best.point.to_string()),
            TableCell::number(AmountKind::Money.maybe(value(&best.cost_per_month_usd))),
            TableCell::number(AmountKind::Millis.maybe(value(&best.response_time_p99_ms))),
            match best.passes_checks {
                Some(true) => TableCell::status("pass"),
                Some(false) => TableCell::status("fail"),
                None => TableCell::text("none"),
            },
        ];
        let values = summary.design.axes.iter();
        cells.extend(
            values.map(|axis| TableCell::text(best.values.get(&axis.name).cloned().unwrap_or_default())),
        );
        if chosen == Some(best.point) { table.chosen(cells) } else { table.row(cells) }
    }
    table
}

fn failures(sheet: &mut PageBuilder, summary: &SweepResult) -> Result<(), String> {
    if summary.cells.failed == 0 {
        return Ok(());
    }
    sheet.section("Runs that failed");
    let mut table = ResultTable::new(
        "What failed, and the command that repeats it",
        &["Run", "What happened", "To repeat it"],
    );
    for failure in &summary.failures {
        table.row(vec![
            TableCell::text(format!("{}.{}", failure.point, failure.replication)),
            TableCell::text(failure.message.clone()).note(failure.kind.replace('_', " ")),
            TableCell::code(failure.replay.clone()),
        ]);
    }
    sheet.table(&table)?;
    let shown = summary.failures.len() as u64;
    if shown < summary.cells.failed {
        let all = grouped(summary.cells.failed, THIN);
        sheet.hint(&format!("These are the first {shown} of {all}; runs.csv has them all."))?;
    }
    Ok(())
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
    cloud.is_grid = is_grid && summary.design.axes.len() > 1;
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

/// A count as people read it. The requests of a whole sweep can be more than 64 bits hold, and are a float in JSON then.
fn number_text(count: &RequestTotal) -> String {
    match count {
        RequestTotal::Exact(count) => grouped(*count, THIN),
        RequestTotal::Nearest(count) => figure(*count, THIN),
    }
}
