//! Report of a search: the recommendation with its margin, the effect of each axis, the concessions that would change
//! the choice, the front of cost against p99; and every candidate as a row.

use super::chart::plot::{
    self, AxisRange, Hue, PanelContent, PlotAxis, PlotPanel, PlotSeries, PlotSpec, SeriesMark, Unit,
};
use super::figures::{figure_text, half_width_text};
use super::numbers::{PLAIN, figure, grouped, rounded};
use super::page::{Look, Page};
use super::proviso::proviso;
use super::terminal::APPROXIMATE;
use super::words::{columns, fitted, plain, wrapped};
use crate::experiment::optimize::{
    Alternative, AxisEffect, Confirmed, Elimination, Level, SearchResult, alternatives, axis_effects,
};
use crate::experiment::points::short_name;
use crate::experiment::{CONFIDENCE, CheckOutcome, CheckStatus, Estimate, Measure};
use crate::results::{
    AxisResult, ConfirmedResult, FigureValue, LevelResult, MarginResult, Optimization, Rounded, SavingResult,
    Version, cell, json_text, line_bytes,
};

/// Settings of the front that a terminal shows.
const FRONT_ROWS: usize = 12;

/// The report for a terminal of `width` columns.
#[must_use]
pub fn optimization_table(found: &SearchResult, title: &str, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    let count = found.design().points();
    let basis = format!(
        "  {} settings, {} runs to choose, {} fresh ones to confirm",
        grouped(count, PLAIN),
        grouped(found.race_runs, PLAIN),
        found.winner.as_ref().map_or(0, |winner| winner.sample.runs())
    );
    page.line(&[(Look::Bold, title), (Look::Faint, &basis)]);
    if found.approximate {
        page.line(&[(Look::Doubtful, APPROXIMATE)]);
    }
    page.aside(0, said_of_costs(found).as_deref());
    page.blank();
    recommendation(&mut page, found);
    let broken =
        found.candidates.iter().filter(|raced| matches!(raced.elimination, Elimination::Broken(_))).count();
    if broken > 0 {
        let first = found.candidates.iter().find_map(|raced| match &raced.elimination {
            Elimination::Broken(why) => Some((raced.candidate, why)),
            _ => None,
        });
        if let Some((candidate, why)) = first {
            let text = format!(
                "{broken} settings could not be run, the first: {} ({why})",
                found.design().name(candidate as u64)
            );
            page.blank();
            paragraph(&mut page, Look::Doubtful, &text);
        }
    }
    axis_effect_table(&mut page, &axis_effects(found));
    front(&mut page, found);
    let said = what_would_change(found);
    if !said.is_empty() {
        page.blank();
        page.line(&[(Look::Bold, "what would change the choice")]);
        for sentence in said {
            paragraph(&mut page, Look::Usual, &format!("→ {sentence}"));
        }
    }
    page.finish()
}

/// The proviso on every cost of a month.
fn said_of_costs(found: &SearchResult) -> Option<String> {
    proviso(Measure::CostPerMonth, &found.unpriced, found.horizon).map(|words| format!("costs {words}"))
}

fn paragraph(page: &mut Page, look: Look, text: &str) {
    for (index, line) in wrapped(text, page.width - 4).iter().enumerate() {
        let indent = if index == 0 { "  " } else { "    " };
        page.line(&[(Look::Usual, indent), (look, line)]);
    }
}

fn recommendation(page: &mut Page, found: &SearchResult) {
    let Some(winner) = &found.winner else {
        let text = if found.interrupted {
            "interrupted before there was a choice"
        } else {
            "no feasible setting found: every one fails a check or could not be run"
        };
        page.line(&[(Look::Bad, text)]);
        return;
    };
    let name = found.design().name(winner.candidate as u64);
    if winner.holds {
        page.line(&[(Look::Good, "recommended  "), (Look::Bold, &name)]);
    } else {
        page.line(&[(Look::Doubtful, "not confirmed, the closest  "), (Look::Bold, &name)]);
    }
    for text in found.design().overrides(winner.candidate as u64) {
        page.line(&[(Look::Faint, &format!("  --set {text}"))]);
    }
    if let Some(cost) = found.winner_estimate(Measure::CostPerMonth) {
        let text = format!(
            "  {} a month {}   (in the race: {})",
            figure_text(Measure::CostPerMonth, cost.value),
            half_width_text(Measure::CostPerMonth, &cost),
            figure_text(Measure::CostPerMonth, winner.cost_in_race)
        );
        page.line(&[(Look::Usual, &text)]);
        let words = proviso(Measure::CostPerMonth, &found.unpriced, found.horizon);
        page.aside(4, words.as_deref());
    }
    if let Some(saving) = found.saving() {
        let text = format!("  {}{}", saving_text(&saving), base_text(&found.base_checks));
        page.line(&[(Look::Usual, &text)]);
    }
    page.blank();
    page.verdicts(&[&winner.checks[..], &found.unjudged].concat());
    for index in 0..found.limits.len() {
        if let Some(margin) = found.margin(index) {
            let side = if margin >= 0.0 { "within" } else { "beyond" };
            let (limit, share) = (found.limit_text(index), figure(margin.abs() * 100.0, PLAIN));
            let text = format!("  {limit}: {share} % {side} the limit");
            page.line(&[(Look::Faint, &text)]);
        }
    }
    for rejected in &found.rejected {
        if rejected.candidate != winner.candidate {
            let text = format!(
                "  {} looked good and did not hold on fresh runs",
                found.design().name(rejected.candidate as u64)
            );
            page.line(&[(Look::Doubtful, &text)]);
        }
    }
}

fn saving_text(saving: &Estimate) -> String {
    let half = half_width_text(Measure::CostPerMonth, saving);
    if !saving.is_significant() {
        return "cost not significantly different from the current setting".to_owned();
    }
    let word = if saving.value < 0.0 { "less" } else { "more" };
    format!("{} {half} {word} than as it is now", figure_text(Measure::CostPerMonth, saving.value.abs()))
}

/// Whether the setting as it is now is good enough.
fn base_text(checks: &[CheckOutcome]) -> String {
    let of = |status| checks.iter().find(move |check| check.status == status);
    if let Some(failed) = of(CheckStatus::Fail) {
        format!(", which fails {}", failed.check)
    } else if let Some(unsure) = of(CheckStatus::Inconclusive) {
        format!(", of which it is not sure that it keeps {}", unsure.check)
    } else if checks.iter().all(|check| check.status == CheckStatus::Pass) && !checks.is_empty() {
        ", which passes all checks too".to_owned()
    } else {
        String::new()
    }
}

fn axis_effect_table(page: &mut Page, knobs: &[AxisEffect]) {
    page.blank();
    page.line(&[(Look::Bold, "how much each knob matters"), (Look::Faint, "  (means over all settings)")]);
    for knob in knobs {
        let share = |share: f64| format!("{} %", figure(share * 100.0, PLAIN));
        let text = format!(
            "  {}  explains {} of the differences in cost, {} in p99",
            fitted(&plain(short_name(&knob.axis)), 40),
            share(knob.cost_share),
            share(knob.p99_share)
        );
        page.line(&[(Look::Usual, &text)]);
        let ends = [knob.levels.first(), knob.levels.last()];
        if let [Some(first), Some(last)] = ends {
            let of = |level: &crate::experiment::optimize::Level| {
                format!(
                    "{}: {}, p99 {}",
                    plain(&level.label),
                    figure_text(Measure::CostPerMonth, level.cost),
                    figure_text(Measure::ResponseMax, level.p99)
                )
            };
            page.line(&[(Look::Faint, &format!("    {}   …   {}", of(first), of(last)))]);
        }
    }
}

/// The settings of the Pareto front in cost and p99, cheapest first.
fn front(page: &mut Page, found: &SearchResult) {
    let mut front: Vec<_> = found.points.iter().filter(|point| point.on_front).collect();
    front.sort_by(|a, b| a.at.cost.total_cmp(&b.at.cost));
    page.blank();
    page.line(&[
        (Look::Bold, "cost against p99"),
        (Look::Faint, "  settings that no other beats in both (race figures)"),
    ]);
    let names: Vec<&str> = found.axes.iter().map(|axis| short_name(&axis.name)).collect();
    page.line(&[(Look::Faint, &format!("  {}", names.join(" · ")))]);
    for point in front.iter().take(FRONT_ROWS) {
        let chosen = found.winner.as_ref().is_some_and(|winner| winner.candidate == point.candidate);
        let name = fitted(&plain(&labels_of(found, point.candidate)), 52);
        let pad = " ".repeat(54 - columns(&name));
        let text = format!(
            "  {name}{pad}{:>16}{:>14}",
            figure_text(Measure::CostPerMonth, point.at.cost),
            figure_text(Measure::ResponseMax, point.at.p99)
        );
        page.line(&[
            (if chosen { Look::Bold } else { Look::Usual }, &text),
            (Look::Good, if chosen { "  ←" } else { "" }),
        ]);
    }
    if front.len() > FRONT_ROWS {
        page.line(&[(Look::Faint, &format!("  and {} more in candidates.csv", front.len() - FRONT_ROWS))]);
    }
}

/// The values of a candidate: `55 · 2 · 300s`.
fn labels_of(found: &SearchResult, candidate: usize) -> String {
    found.design().labels(candidate as u64).join(" · ")
}

/// Cost a month against p99 of every setting that ran, the front drawn, the recommended one named.
#[must_use]
pub fn optimization_plot(found: &SearchResult) -> PlotSpec {
    let dot = |point: &crate::experiment::optimize::CandidatePoint| {
        plot::PlotPoint::at(point.at.cost, point.at.p99)
    };
    let of =
        |wanted: bool| found.points.iter().filter(move |point| point.on_front == wanted).map(dot).collect();
    let mut front: Vec<plot::PlotPoint> = of(true);
    front.sort_by(|a, b| a.x.total_cmp(&b.x));
    let series = |name: &str, hue, mark, spots| PlotSeries { name: name.to_owned(), hue, mark, spots };
    let chosen = found
        .points
        .iter()
        .filter(|point| found.winner.as_ref().is_some_and(|winner| winner.candidate == point.candidate));
    let chosen = chosen
        .map(|point| plot::PlotPoint { label: plain(&labels_of(found, point.candidate)), ..dot(point) });
    let names: Vec<String> = found.axes.iter().map(|axis| plain(short_name(&axis.name))).collect();
    let word = match &found.winner {
        Some(winner) if winner.holds => "recommended",
        _ => "not confirmed, the closest",
    };
    PlotSpec {
        title: "Cost against p99".to_owned(),
        subtitle: format!("{} settings of {}", grouped(found.design().points(), PLAIN), names.join(" · ")),
        caption: format!(
            "Means of the race, in which settings that drop out early have few runs.{}",
            said_of_costs(found).map_or_else(String::new, |words| format!(" Here {words}."))
        ),
        columns: 1,
        panels: vec![PlotPanel {
            title: "p99 response time".to_owned(),
            height: 400.0,
            empty: "no setting could be run".to_owned(),
            content: PanelContent::Curves {
                x: PlotAxis { name: "cost a month".to_owned(), unit: Unit::Dollars, range: AxisRange::Data },
                y: PlotAxis { name: "p99".to_owned(), unit: Unit::Millis, range: AxisRange::Auto },
                series: vec![
                    series("beaten in both", Hue::Grey, SeriesMark::Dots(3.5), of(false)),
                    series("front", Hue::Blue, SeriesMark::Line(1.5), front.clone()),
                    series("", Hue::Blue, SeriesMark::Dots(4.5), front),
                    series(word, Hue::Green, SeriesMark::Dots(7.0), chosen.collect()),
                ],
            },
        }],
    }
}

/// The concessions that would change the choice, in sentences.
#[must_use]
pub fn what_would_change(found: &SearchResult) -> Vec<String> {
    let sentence = |other: &Alternative| {
        let check = &found.limits[other.limit];
        let (figure, _) = check.text.split_once(' ').unwrap_or((&check.text, ""));
        format!(
            "if {figure} = {} were good enough (the limit is {}): {} at {} a month",
            figure_text(check.measure, other.reaches),
            figure_text(check.measure, check.limit),
            found.design().name(other.candidate as u64),
            figure_text(Measure::CostPerMonth, other.cost)
        )
    };
    alternatives(found).iter().map(sentence).chain(at_the_ends(found)).collect()
}

/// Axes of numbers whose end the recommendation stands at: what lies beyond was not tried.
fn at_the_ends(found: &SearchResult) -> Vec<String> {
    let Some(winner) = &found.winner else { return Vec::new() };
    let values = found.design().choice(winner.candidate as u64);
    let ends = found.axes.iter().zip(values).filter(|(axis, value)| {
        let last = axis.values.len() - 1;
        let numbers = axis.values.iter().all(|value| value.number().is_some());
        last >= 2 && numbers && (*value == 0 || *value == last)
    });
    ends.map(|(axis, value)| {
        format!(
            "{} = {} is the end of its range: what lies beyond was not tried",
            plain(short_name(&axis.name)),
            plain(&axis.values[value].label)
        )
    })
    .collect()
}

/// `optimization.json`.
#[must_use]
pub fn optimization_json(found: &SearchResult) -> String {
    let money = |value: f64| FigureValue::new(Measure::CostPerMonth, value);
    let margin = |index: usize| MarginResult {
        check: found.limit_text(index),
        share_of_limit: found.margin(index).and_then(Rounded::new),
    };
    json_text(&Optimization {
        approximate_times: found.approximate,
        base_checks: found.base_checks.iter().map(Into::into).collect(),
        candidates: found.design().points(),
        checks_not_judged: found.unjudged.iter().map(|check| check.check.clone()).collect(),
        cost_per_month_against_base_usd: found.saving().map(|saving| SavingResult {
            half_width: saving.half_width.and_then(money),
            significant: saving.is_significant(),
            value: money(saving.value),
        }),
        horizon_s: Rounded::new(found.horizon.as_secs_f64()),
        interrupted: found.interrupted,
        knobs: axis_effects(found).iter().map(axis_result).collect(),
        margins: (0..found.limits.len()).map(margin).collect(),
        race_runs: found.race_runs,
        recommended: found.winner.as_ref().map(|winner| confirmed_result(found, winner)),
        region: found.unpriced.region.clone(),
        rejected: found.rejected.iter().filter(|r| !r.holds).map(|r| confirmed_result(found, r)).collect(),
        schema_version: Version,
        unpriced: found.unpriced.items.clone(),
        what_would_change_the_choice: what_would_change(found),
    })
}

fn confirmed_result(found: &SearchResult, confirmed: &Confirmed) -> ConfirmedResult {
    let cost = crate::experiment::Figure { service: None, measure: Measure::CostPerMonth };
    let cost = confirmed.sample.pseudo(&cost).map(|p| p.estimate(CONFIDENCE));
    let money = |value: f64| FigureValue::new(Measure::CostPerMonth, value);
    ConfirmedResult {
        candidate: confirmed.candidate,
        checks: confirmed.checks.iter().map(Into::into).collect(),
        confirmed: confirmed.holds,
        cost_per_month_half_width_usd: cost.and_then(|cost| money(cost.half_width?)),
        cost_per_month_in_race_usd: money(confirmed.cost_in_race),
        cost_per_month_usd: cost.and_then(|cost| money(cost.value)),
        name: found.design().name(confirmed.candidate as u64),
        replications: confirmed.sample.runs(),
        set: found.design().overrides(confirmed.candidate as u64),
    }
}

fn axis_result(effect: &AxisEffect) -> AxisResult {
    let level = |level: &Level| LevelResult {
        candidates: level.candidates,
        cost_per_month_usd: FigureValue::new(Measure::CostPerMonth, level.cost),
        response_time_p99_ms: Rounded::new(level.p99),
        value: level.label.clone(),
    };
    AxisResult {
        axis: effect.axis.clone(),
        levels: effect.levels.iter().map(level).collect(),
        share_of_cost_differences: Rounded::new(effect.cost_share),
        share_of_p99_differences: Rounded::new(effect.p99_share),
    }
}

/// `candidates.csv`: one row a setting: its values, what became of it, its figures in the race.
#[must_use]
pub fn candidates_csv(found: &SearchResult) -> Vec<u8> {
    let mut head = vec!["candidate".to_owned()];
    head.extend(found.axes.iter().map(|axis| cell(&axis.name)));
    head.extend(
        ["runs", "fate", "cost_per_month_usd", "response_time_p99_ms", "on_front"].map(str::to_owned),
    );
    head.extend(found.limits.iter().map(|check| cell(&check.text)));
    // The last column is there only where the bills leave something out.
    let unpriced = (!found.unpriced.is_nothing()).then(|| found.unpriced.items.join(" "));
    head.extend(unpriced.as_ref().map(|_| "unpriced".to_owned()));
    let mut lines = vec![head];
    let design = found.design();
    for raced in &found.candidates {
        let mut row = vec![raced.candidate.to_string()];
        row.extend(design.labels(raced.candidate as u64).into_iter().map(cell));
        row.push(raced.scores.len().to_string());
        row.push(cell(&elimination_text(&raced.elimination, found)));
        let number = |value: Option<f64>, digits| {
            value.and_then(|value| rounded(value, digits)).map_or_else(String::new, |value| value.to_string())
        };
        let point = found.points.iter().find(|point| point.candidate == raced.candidate);
        row.push(number(point.map(|point| point.at.cost), 4));
        row.push(number(point.map(|point| point.at.p99), 3));
        row.push(point.is_some_and(|point| point.on_front).to_string());
        row.extend((0..found.limits.len()).map(|index| {
            let has_run = !raced.scores.is_empty();
            number(has_run.then(|| raced.figure(index)).flatten().map(|figure| figure.value), 6)
        }));
        row.extend(unpriced.clone());
        lines.push(row);
    }
    line_bytes(lines)
}

fn elimination_text(elimination: &Elimination, found: &SearchResult) -> String {
    match elimination {
        Elimination::Finalist => "finalist".to_owned(),
        Elimination::Fails(limit) => format!("fails {}", found.limits[*limit].text),
        Elimination::Dearer => "dearer than one that passes".to_owned(),
        Elimination::Ranked => "in the worse half".to_owned(),
        Elimination::Broken(why) => format!("not run: {why}"),
    }
}
