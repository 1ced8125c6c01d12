//! View of a search: what to set, what it saves, how sure that is, and what would change the choice.

use crate::experiment::Measure;
use crate::experiment::points::short_name;
use crate::report::compare::number;
use crate::report::numbers::grouped;
use crate::report::proviso::{Terms, with_proviso};
use crate::report::view::{Block, ChartPlace, ResultTable, TableCell, Tile, Verdict, View, counted, worst};
use crate::results::{
    AxisResult, CheckResult, CheckStatus, LevelResult, NO_VALUE, Optimization, Rounded, change_text,
    half_width_text, interval_text, maybe_text, relative_text, size_of_change,
};
use crate::scenario::MeasureUnit;

/// Settings of the front that a terminal shows.
const FRONT_ROWS: usize = 12;

const USD: MeasureUnit = MeasureUnit::Usd;

/// Texts beside the result of a search.
#[derive(Clone, Debug, Default)]
pub struct OptimizationFiles {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Content of `scaling.tf`.
    pub terraform: Option<String>,
    /// Content of `plan.toml`.
    pub plan: Option<String>,
}

/// Everything that a search says.
#[must_use]
pub fn optimization_view(found: &Optimization, files: &OptimizationFiles) -> View {
    let mut view = View {
        kind: "Optimization",
        title: files.scenario.clone(),
        facts: facts(found, files.seed),
        verdict: verdict(found),
        tiles: tiles(found),
        ..View::default()
    };
    if let Some(best) = &found.recommended {
        let title =
            if best.confirmed { "The recommended setting" } else { "The closest setting, not confirmed" };
        view.section("What to set").add(Block::Code {
            id: "set",
            title: title.to_owned(),
            text: best
                .set
                .iter()
                .map(|one| format!("--set '{}'", one.replace('\'', r"'\''")))
                .collect::<Vec<_>>()
                .join("\n"),
        });
        // The files of an earlier search may still be there; they are of another setting.
        if let Some(text) = &files.terraform {
            let title = "For Terraform: scaling.tf".to_owned();
            view.page_section("").add(Block::Code { id: "terraform", title, text: text.clone() }).text(
                "For the AWS CLI there are put-scaling-policy.SERVICE.POLICY.json and register-scalable-target.SERVICE.json \
                 beside this page.",
            );
        }
    }
    view.section("Checks and margins").table(checks(found));
    if !found.checks_not_judged.is_empty() {
        let names = found.checks_not_judged.join(", ");
        view.text(format!("Not judged, for a search has no baseline: {names}."));
    }
    view.section("Cost against p99")
        .chart(ChartPlace {
            id: "scatter",
            title: "Every setting of the search".to_owned(),
            summary: format!("{}.", counted(found.candidates, "setting")),
            caption: "Figures of the race, in which settings that cannot be the best are left early; a few runs each. No \
                      setting beats one on the line in cost and latency."
                .to_owned(),
        })
        .add(Block::Points { id: "points", left_out: String::new() })
        .table(front(found));
    view.section("How much each setting matters").table(axes(found));
    view.page_section("");
    for axis in &found.knobs {
        view.table(levels(found, axis));
    }
    view.section("What would change the choice");
    match found.what_would_change_the_choice.is_empty() {
        true => view.text("Nothing that the search has seen."),
        false => view.list(found.what_would_change_the_choice.clone()),
    };
    rejected(&mut view, found);
    if let Some(plan) = files.plan.clone().filter(|_| found.recommended.is_some()) {
        view.page_section("Assumptions of the recommended setting").add(Block::plan(plan));
    }
    view
}

fn facts(found: &Optimization, seed: u64) -> Vec<String> {
    let mut facts =
        vec![counted(found.candidates, "setting"), format!("{} to choose", counted(found.race_runs, "run"))];
    if let Some(best) = &found.recommended {
        facts.push(format!("{} to confirm", counted(best.replications as u64, "fresh run")));
    }
    facts.push(format!("seed {seed}"));
    if found.approximate_times {
        facts.push("requests flow: response times are approximate (≈)".to_owned());
    }
    facts
}

fn verdict(found: &Optimization) -> Verdict {
    let mut notes = Vec::new();
    if let Some(saving) = saving(found) {
        notes.push(saving);
    }
    if let Some(first) = found.not_run.first() {
        let count = counted(found.not_run.len() as u64, "setting");
        notes.push(format!("{count} could not be run, the first: {} ({}).", first.name, first.why));
    }
    if found.interrupted {
        notes.push(
            "It was interrupted before its end: what was found by then is not the last word.".to_owned(),
        );
    }
    match &found.recommended {
        Some(best) if best.confirmed => {
            notes.insert(
                0,
                format!(
                    "Confirmed on {} with random numbers that the choice has not seen.",
                    counted(best.replications as u64, "fresh run")
                ),
            );
            let cost = number(&best.cost_per_month_usd).map_or_else(String::new, |cost| {
                interval_text(USD, cost, number(&best.cost_per_month_half_width_usd))
            });
            Verdict::new(
                Some(CheckStatus::Pass),
                format!(
                    "{}: {}, and every check passes",
                    best.name,
                    with_proviso(&format!("{cost} a month"), found.proviso().as_deref())
                ),
                notes,
            )
        }
        Some(best) => {
            let sentence = format!("{} is the best that was found, and is not confirmed", best.name);
            Verdict::new(Some(CheckStatus::Inconclusive), sentence, notes)
        }
        None if found.interrupted => {
            Verdict::new(Some(CheckStatus::Inconclusive), "Interrupted before there was a choice", notes)
        }
        None => {
            let sentence = "No feasible setting found: every one fails a check or could not be run";
            Verdict::new(Some(CheckStatus::Fail), sentence, notes)
        }
    }
}

impl Optimization {
    /// The proviso on a cost of a month.
    fn proviso(&self) -> Option<String> {
        Terms { region: &self.region, unpriced: &self.unpriced, horizon_s: self.horizon_s.map(Rounded::get) }
            .proviso(Measure::CostPerMonth)
    }
}

/// The saving of the recommended setting, in a sentence.
fn saving(found: &Optimization) -> Option<String> {
    let against = found.cost_per_month_against_base_usd.as_ref()?;
    let (change, half) = (number(&against.value)?, half_width_text(USD, number(&against.half_width)));
    let failed = found.base_checks.iter().find(|check| check.status == CheckStatus::Fail);
    let base = match (worst(&found.base_checks), failed) {
        (Some(CheckStatus::Pass), _) => ", which passes its checks too".to_owned(),
        (_, Some(failed)) => format!(", which fails {}", failed.check),
        (Some(_), _) => ", whose checks are inconclusive".to_owned(),
        (None, _) => String::new(),
    };
    Some(if against.significant {
        let word = if change < 0.0 { "less" } else { "more" };
        format!(
            "{} {word} a month ({half}) than the current setting{base}{}.",
            size_of_change(USD, change.abs()),
            found.proviso().map_or_else(String::new, |words| format!(", {words}"))
        )
    } else {
        format!("Its cost does not differ significantly ({half}) from the current setting{base}.")
    })
}

fn tiles(found: &Optimization) -> Vec<Tile> {
    let Some(best) = &found.recommended else { return Vec::new() };
    let mut tiles = vec![Tile::new(
        "Cost a month",
        maybe_text(USD, number(&best.cost_per_month_usd)),
        with_proviso(
            &half_width_text(USD, number(&best.cost_per_month_half_width_usd)),
            found.proviso().as_deref(),
        ),
    )];
    if let Some(against) = &found.cost_per_month_against_base_usd {
        let change = number(&against.value);
        tiles.push(Tile::new(
            "Against the current setting",
            change.map_or_else(|| NO_VALUE.to_owned(), |change| change_text(USD, change)),
            match against.significant {
                true => half_width_text(USD, number(&against.half_width)),
                false => {
                    format!("{}, not significant", half_width_text(USD, number(&against.half_width)))
                }
            },
        ));
    }
    tiles.push(Tile::new(
        "In the race",
        maybe_text(USD, number(&best.cost_per_month_in_race_usd)),
        "chosen for it, so too low on average".to_owned(),
    ));
    tiles.push(Tile::new(
        "Runs to confirm",
        grouped(best.replications as u64),
        if best.confirmed { "confirmed".to_owned() } else { "not confirmed".to_owned() },
    ));
    tiles
}

fn checks(found: &Optimization) -> ResultTable {
    let mut table = ResultTable::new(
        "The recommended setting beside the current one",
        &["Check", "Recommended", "", "#Within the limit by", "Current", ""],
    );
    let best = found.recommended.as_ref().map_or(&[][..], |best| best.checks.as_slice());
    for base in &found.base_checks {
        let mut cells = vec![TableCell::text(base.check.clone())];
        match best.iter().find(|check| check.check == base.check) {
            Some(check) => {
                cells.extend([TableCell::text(check.value.clone()), TableCell::status(check.status)])
            }
            None => cells.extend([TableCell::text(NO_VALUE), TableCell::text("")]),
        }
        let margin = found.margins.iter().find(|margin| margin.check == base.check);
        cells.push(match margin.and_then(|margin| margin.share_of_limit.map(Rounded::get)) {
            Some(share) => TableCell::number(relative_text(share)).bar(share),
            None => TableCell::number(NO_VALUE),
        });
        cells.extend([TableCell::text(base.value.clone()), TableCell::status(base.status)]);
        table.row(cells);
    }
    table
}

/// The values of an axis; the recommended one stands out.
fn levels(found: &Optimization, axis: &AxisResult) -> ResultTable {
    let mut table =
        ResultTable::new(axis_title(axis), &["Value", "#Cost a month, mean", "#p99, mean", "#Settings"]);
    let most =
        |pick: fn(&LevelResult) -> Option<f64>| axis.levels.iter().filter_map(pick).fold(0.0, f64::max);
    let cost = |level: &LevelResult| number(&level.cost_per_month_usd);
    let p99 = |level: &LevelResult| level.response_time_p99_ms.map(Rounded::get);
    let (dearest, slowest) = (most(cost), most(p99));
    let bar = |unit: MeasureUnit, amount: Option<f64>, most: f64| {
        let cell = TableCell::value(unit, amount);
        match amount {
            Some(amount) if most > 0.0 => cell.bar(amount / most),
            _ => cell,
        }
    };
    let best = found.recommended.as_ref().and_then(|best| value_of(&best.set, &axis.axis));
    for level in &axis.levels {
        let is_best = best == Some(level.value.as_str());
        let name = TableCell::text(level.value.clone()).note(if is_best { recommended(found) } else { "" });
        let cells = vec![
            name,
            bar(USD, cost(level), dearest),
            bar(MeasureUnit::Millis, p99(level), slowest),
            TableCell::number(grouped(level.candidates as u64)),
        ];
        if is_best { table.chosen(cells) } else { table.row(cells) }
    }
    table
}

/// The value that a setting gives a key, without its quotes.
fn value_of<'a>(set: &'a [String], key: &str) -> Option<&'a str> {
    let pairs = set.iter().filter_map(|one| one.split_once('='));
    pairs
        .filter(|(known, _)| known.trim() == key)
        .map(|(_, value)| value.trim().trim_matches('"'))
        .next_back()
}

/// The word for the chosen setting.
fn recommended(found: &Optimization) -> &'static str {
    match &found.recommended {
        Some(best) if best.confirmed => "recommended",
        _ => "not confirmed, the closest",
    }
}

fn axis_title(axis: &AxisResult) -> String {
    let share = |share: Option<Rounded<6>>| maybe_text(MeasureUnit::Utilization, share.map(Rounded::get));
    format!(
        "{}: explains {} of the differences in cost, {} of those in p99",
        axis.axis,
        share(axis.share_of_cost_differences),
        share(axis.share_of_p99_differences)
    )
}

/// Every axis, with what its first and its last value come to.
fn axes(found: &Optimization) -> ResultTable {
    let columns = ["Setting", "#Share of cost", "#Share of p99", "From", "To", "Recommended"];
    let mut table = ResultTable::new("Share of the differences that each setting explains", &columns);
    let share =
        |share: Option<Rounded<6>>| TableCell::value(MeasureUnit::Utilization, share.map(Rounded::get));
    for axis in &found.knobs {
        let end = |level: Option<&LevelResult>| {
            level.map_or_else(TableCell::default, |level| {
                let p99 = maybe_text(MeasureUnit::Millis, level.response_time_p99_ms.map(Rounded::get));
                TableCell::text(level.value.clone())
                    .note(format!("{}, p99 {p99}", maybe_text(USD, number(&level.cost_per_month_usd))))
            })
        };
        let best = found.recommended.as_ref().and_then(|best| value_of(&best.set, &axis.axis));
        table.row(vec![
            TableCell::text(short_name(&axis.axis)),
            share(axis.share_of_cost_differences),
            share(axis.share_of_p99_differences),
            end(axis.levels.first()),
            end(axis.levels.last()),
            TableCell::text(best.unwrap_or(NO_VALUE)),
        ]);
    }
    table
}

/// The settings that no other beats in cost and latency; the recommended one among them or above them.
fn front(found: &Optimization) -> ResultTable {
    let mut table = ResultTable::new(
        "Pareto front (non-dominated settings), the cheapest first; figures of the race",
        &["Setting", "#Cost a month", "#p99", "In the race"],
    )
    .at_most(FRONT_ROWS, "candidates.csv");
    let best = found.recommended.as_ref();
    if let Some(best) =
        best.filter(|best| !found.pareto_front.iter().any(|one| one.candidate == best.candidate))
    {
        table.chosen(vec![
            TableCell::text(best.name.clone()),
            TableCell::value(USD, number(&best.cost_per_month_in_race_usd)),
            TableCell::number(NO_VALUE),
            TableCell::text(recommended(found)),
        ]);
    }
    for one in &found.pareto_front {
        let is_best = best.is_some_and(|best| best.candidate == one.candidate);
        let cells = vec![
            TableCell::text(one.name.clone()),
            TableCell::value(USD, number(&one.cost_per_month_usd)),
            TableCell::value(MeasureUnit::Millis, one.response_time_p99_ms.map(Rounded::get)),
            TableCell::text(if is_best { recommended(found) } else { one.fate.as_str() }),
        ];
        if is_best { table.chosen(cells) } else { table.row(cells) }
    }
    table
}

fn rejected(view: &mut View, found: &Optimization) {
    if found.rejected.is_empty() {
        return;
    }
    view.section("Won the race and failed the confirmation");
    let mut table = ResultTable::new(
        "Settings that looked good by chance",
        &["Setting", "#Cost a month", "Check", "Found", "Status"],
    );
    for one in &found.rejected {
        let failed = one.checks.iter().find(|check| check.status != CheckStatus::Pass);
        let text =
            |pick: fn(&CheckResult) -> &String| failed.map_or_else(String::new, |check| pick(check).clone());
        table.row(vec![
            TableCell::text(one.name.clone()),
            TableCell::number(maybe_text(USD, number(&one.cost_per_month_usd))),
            TableCell::text(text(|check| &check.check)),
            TableCell::text(text(|check| &check.value)),
            TableCell::status(failed.map_or(CheckStatus::Pass, |check| check.status)),
        ]);
    }
    view.table(table);
}
