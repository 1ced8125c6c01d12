//! Report of a search: the recommendation with its margin, the effect of each axis, the concessions that would change
//! the choice, the front of cost against p99; and every candidate as a row.

use crate::experiment::optimize::{
    Alternative, AxisEffect, CandidatePoint, Confirmed, Elimination, Level, SearchResult, alternatives,
    axis_effects,
};
use crate::experiment::points::short_name;
use crate::experiment::{CONFIDENCE, Measure};
use crate::report::numbers::rounded;
use crate::report::words::plain;
use crate::results::{
    AxisResult, ConfirmedResult, FigureValue, FrontSetting, LevelResult, MarginResult, NotRunResult,
    Optimization, Rounded, SavingResult, Version, cell, figure_text, line_bytes,
};

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

/// The content of `optimization.json`.
#[must_use]
pub fn optimization_result(found: &SearchResult) -> Optimization {
    let money = |value: f64| FigureValue::new(Measure::CostPerMonth, value);
    let margin = |index: usize| MarginResult {
        check: found.limit_text(index),
        share_of_limit: found.margin(index).and_then(Rounded::new),
    };
    Optimization {
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
        not_run: not_run(found),
        pareto_front: pareto_front(found),
        race_runs: found.race_runs,
        recommended: found.winner.as_ref().map(|winner| confirmed_result(found, winner)),
        region: found.unpriced.region.clone(),
        rejected: found.rejected.iter().filter(|r| !r.holds).map(|r| confirmed_result(found, r)).collect(),
        schema_version: Version,
        unpriced: found.unpriced.items.clone(),
        what_would_change_the_choice: what_would_change(found),
    }
}

fn not_run(found: &SearchResult) -> Vec<NotRunResult> {
    let broken = found.candidates.iter().filter_map(|raced| match &raced.elimination {
        Elimination::Broken(why) => Some((raced.candidate, why)),
        _ => None,
    });
    let result = |(candidate, why): (usize, &String)| NotRunResult {
        candidate,
        name: found.design().name(candidate as u64),
        why: why.clone(),
    };
    broken.map(result).collect()
}

/// The settings of the Pareto front in cost and p99, cheapest first.
fn pareto_front(found: &SearchResult) -> Vec<FrontSetting> {
    let mut front: Vec<_> = found.points.iter().filter(|point| point.on_front).collect();
    front.sort_by(|a, b| a.at.cost.total_cmp(&b.at.cost));
    let fate = |candidate: usize| {
        let raced = found.candidates.iter().find(|raced| raced.candidate == candidate);
        raced.map_or_else(String::new, |raced| elimination_text(&raced.elimination, found))
    };
    let setting = |point: &CandidatePoint| FrontSetting {
        candidate: point.candidate,
        cost_per_month_usd: FigureValue::new(Measure::CostPerMonth, point.at.cost),
        fate: fate(point.candidate),
        name: found.design().name(point.candidate as u64),
        response_time_p99_ms: Rounded::new(point.at.p99),
    };
    front.into_iter().map(setting).collect()
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
