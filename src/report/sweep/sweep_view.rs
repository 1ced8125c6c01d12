//! View of a sweep: what was found, the Pareto front, and what failed.

use std::collections::BTreeMap;

use crate::experiment::Measure;
use crate::experiment::points::short_name;
use crate::report::assumed::{self, Assumed, ONE_BY_ONE, PRICES, Varied};
use crate::report::numbers::{figure, grouped};
use crate::report::proviso::{Terms, with_proviso};
use crate::report::view::{
    Block, ChartPlace, ResultTable, TableCell, Tile, Verdict, View, counted, sentence_of,
};
use crate::results::{
    CheckStatus, DesignKind, NO_VALUE, Numeric, RequestTotal, SweepPoint, SweepResult, maybe_text,
};
use crate::scenario::MeasureUnit;

/// Points of the front that a terminal shows.
const FRONT_ROWS: usize = 20;
/// Most rows of the front on a page.
const MOST_ROWS: usize = 200;
/// Failures that a terminal shows.
const FAILURE_ROWS: usize = 5;

/// Everything that a sweep says; `shown`: how many of its points a page has.
#[must_use]
pub fn sweep_view(summary: &SweepResult, shown: u64) -> View {
    let points = summary.design.points;
    let left_out = if shown >= points {
        String::new()
    } else {
        let step = points.div_ceil(shown.max(1)).max(2);
        format!(
            "Of {} points the page has {}: about one in {step}, the front, and the cheapest that passes. points.csv has them all.",
            grouped(points),
            grouped(shown)
        )
    };
    let mut view = View {
        kind: "Sweep",
        title: summary.scenario.name.clone(),
        facts: facts(summary),
        verdict: verdict(summary),
        tiles: tiles(summary),
        ..View::default()
    };
    view.section("Cost against p99").chart(ChartPlace {
        id: "scatter",
        title: "Every point".to_owned(),
        summary: format!(
            "{}, {} of them on the Pareto front.",
            counted(shown.min(points), "point"),
            summary.pareto_front.len()
        ),
        caption: format!(
            "Means of the runs of each point. No point beats one on the line, the Pareto front, in cost and latency. {left_out}{}",
            summary.proviso().map_or_else(String::new, |words| format!(" Here {words}."))
        ),
    });
    if summary.is_grid() {
        view.section("Axis against axis").chart(ChartPlace {
            id: "heat",
            title: "Heat map".to_owned(),
            summary: "A cell for each pair of values of two axes; the table of points has the same figures."
                .to_owned(),
            caption: match summary.design.axes.len() {
                2 => "A cell is a point.".to_owned(),
                _ => "A cell is the mean of the points that have both values.".to_owned(),
            },
        });
    }
    view.section("Pareto front");
    if let Some(words) = summary.proviso() {
        view.text(sentence_of(&words));
    }
    match summary.pareto_front.is_empty() {
        true => view.text("No point has a bill and response times yet."),
        false => view.table(front(summary)),
    };
    view.page_section("Points").add(Block::Points { id: "points", left_out });
    failures(&mut view, summary);
    assumptions(&mut view, summary);
    view
}

impl SweepResult {
    /// The proviso on a cost of a month.
    pub(in crate::report) fn proviso(&self) -> Option<String> {
        Terms { region: &self.region, unpriced: &self.unpriced, horizon_s: self.horizon_s }
            .proviso(Measure::CostPerMonth)
            .map(|words| format!("cost {words}"))
    }

    /// Whether its axes make a grid for a heat map.
    pub(in crate::report) fn is_grid(&self) -> bool {
        self.design.kind == DesignKind::Grid && self.design.axes.len() > 1
    }
}

/// Adds the assumptions of every point, and those that are axes.
fn assumptions(view: &mut View, summary: &SweepResult) {
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
    assumed::section(view, &[base], &varied, vec![fidelity, runs, PRICES.to_owned()]);
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
        let runs = counted(summary.cells_with_approximate_times, "run");
        facts.push(format!("response times of {runs} are approximate (≈)"));
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

fn verdict(summary: &SweepResult) -> Verdict {
    let mut notes = Vec::new();
    let cells = &summary.cells;
    if summary.partial {
        notes.push(format!(
            "This is part of the sweep: {} of {} are there, {} are missing. Points without all of their runs are on no front \
             and pass nothing yet.",
            grouped(cells.finished),
            counted(cells.planned, "run"),
            grouped(cells.planned.saturating_sub(cells.finished))
        ));
    }
    if cells.failed > 0 {
        notes.push(format!(
            "{} failed; they are listed below with the command that repeats each.",
            counted(cells.failed, "run")
        ));
    }
    let Some(passing) = summary.points_that_pass else {
        return Verdict::new(None, "No checks declared: no point can be called good enough", notes);
    };
    match &summary.cheapest_that_passes {
        Some(best) => {
            notes.insert(0, format!("{}.", set_in_words(&best.values)));
            notes.insert(1, format!("windtunnel run … {}", set_options(&best.set)));
            let cost = amount(MeasureUnit::Usd, &best.cost_per_month_usd);
            let p99 = amount(MeasureUnit::Millis, &best.response_time_p99_ms);
            let sentence = format!(
                "{}, p99 {p99}: the cheapest of {} that pass every check in every run",
                with_proviso(&format!("{cost} a month"), summary.proviso().as_deref()),
                counted(passing as u64, "point")
            );
            Verdict::new(Some(CheckStatus::Pass), sentence, notes)
        }
        None if summary.partial => {
            Verdict::new(Some(CheckStatus::Inconclusive), "No complete point passes every check yet", notes)
        }
        None => Verdict::new(Some(CheckStatus::Fail), "No point passes every check in every run", notes),
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
        .map(|(kind, count)| format!("{} {}", grouped(*count), kind.replace('_', " ")))
        .collect();
    let missing = cells.planned.saturating_sub(cells.finished);
    vec![
        Tile::new("Runs planned", grouped(cells.planned), counted(summary.design.points, "point")),
        Tile::new(
            "Runs finished",
            grouped(cells.finished),
            if missing == 0 { "all".to_owned() } else { format!("{} missing", grouped(missing)) },
        ),
        Tile::new("Runs failed", grouped(cells.failed), kinds.join(", ")),
        match summary.points_that_pass {
            Some(passing) => Tile::new(
                "Points that pass",
                grouped(passing as u64),
                counted(summary.checks.len() as u64, "check"),
            ),
            None => Tile::new("Points that pass", NO_VALUE, "there are no checks".to_owned()),
        },
        Tile::new("On the Pareto front", grouped(summary.pareto_front.len() as u64), String::new()),
    ]
}

fn amount<T: Numeric>(unit: MeasureUnit, value: &Option<T>) -> String {
    maybe_text(unit, value.as_ref().map(Numeric::number))
}

fn front(summary: &SweepResult) -> ResultTable {
    let mut columns = vec!["Point", "#Cost a month", "#p99", "Checks"];
    columns.extend(summary.design.axes.iter().map(|axis| short_name(&axis.name)));
    let title = "Pareto front (non-dominated settings), the cheapest first";
    let mut table = ResultTable::new(title, &columns).at_most(FRONT_ROWS, "summary.json");
    let chosen = summary.cheapest_that_passes.as_ref().map(|best| best.point);
    // Points that cost and last the same are one row: axes that change nothing would fill the table.
    let same = |a: &SweepPoint, b: &SweepPoint| {
        (&a.cost_per_month_usd, &a.response_time_p99_ms) == (&b.cost_per_month_usd, &b.response_time_p99_ms)
    };
    for group in summary.pareto_front.chunk_by(same).take(MOST_ROWS) {
        let is_best = |best: &&SweepPoint| chosen == Some(best.point);
        let passes = |best: &&SweepPoint| best.passes_checks == Some(true);
        let Some(best) = group.iter().find(is_best).or_else(|| group.iter().find(passes)).or(group.first())
        else {
            continue;
        };
        let equal = if group.len() > 1 { format!("and {} equal", group.len() - 1) } else { String::new() };
        let mut cells = vec![
            TableCell::number(best.point.to_string()).note(equal),
            TableCell::number(amount(MeasureUnit::Usd, &best.cost_per_month_usd)),
            TableCell::number(amount(MeasureUnit::Millis, &best.response_time_p99_ms)),
            match best.passes_checks {
                Some(true) => TableCell::status(CheckStatus::Pass),
                Some(false) => TableCell::status(CheckStatus::Fail),
                None => TableCell::text("none"),
            },
        ];
        let values = summary.design.axes.iter();
        cells.extend(
            values.map(|axis| TableCell::text(best.values.get(&axis.name).cloned().unwrap_or_default())),
        );
        if is_best(&best) { table.chosen(cells) } else { table.row(cells) }
    }
    table
}

fn failures(view: &mut View, summary: &SweepResult) {
    if summary.cells.failed == 0 {
        return;
    }
    view.section("Runs that failed");
    let mut table = ResultTable::new(
        "What failed, and the command that repeats it",
        &["Run", "What happened", "~To repeat it"],
    )
    .at_most(FAILURE_ROWS, "runs.csv, each with the command that runs it again");
    for failure in &summary.failures {
        table.row(vec![
            TableCell::text(format!("{}.{}", failure.point, failure.replication)),
            TableCell::text(failure.message.clone()).note(failure.kind.replace('_', " ")),
            TableCell::code(failure.replay.clone()),
        ]);
    }
    view.table(table);
    let shown = summary.failures.len() as u64;
    if shown < summary.cells.failed {
        let all = grouped(summary.cells.failed);
        view.text(format!("These are the first {shown} of {all}; runs.csv has them all."));
    }
}

/// A count as people read it. The requests of a whole sweep can be more than 64 bits hold, and are a float in JSON then.
fn number_text(count: &RequestTotal) -> String {
    match count {
        RequestTotal::Exact(count) => grouped(*count),
        RequestTotal::Nearest(count) => figure(*count),
    }
}
