//! Results of many runs of one scenario: every figure with its interval, and one row a run.

use super::numbers::{rounded, span};
use super::scale_in::range;
use super::view::sentence_of;
use crate::experiment::replications::{Precision, Replicated};
use crate::experiment::{CONFIDENCE, Estimate, Figure, quantile_of};
use crate::results::{
    EstimatedFigure, Estimates, EstimatesScenario, FigureValue, PrecisionSummary, Rounded, Version,
};
use crate::scenario::Scenario;

/// The remarks on the runs themselves.
pub(super) fn remarks(result: &Replicated) -> Vec<String> {
    let mut lines = vec![
        "percentiles are of all requests of all runs; P10 to P90 are of the runs' own values".to_owned(),
        warmup_text(&result.first.scenario),
    ];
    if let Some(precision) = &result.precision {
        lines.push(precision_text(precision, &result.first.scenario));
    }
    if result.interrupted {
        lines.push("interrupted: what was finished by then counts".to_owned());
    }
    lines.iter().map(|line| sentence_of(line)).collect()
}

/// The words about the warm-up: what is left out at the beginning, and which question that answers.
fn warmup_text(scenario: &Scenario) -> String {
    let plan = &scenario.plan;
    if plan.warmup.0 == 0 {
        "no warm-up: the start, with idle warm tasks, is part of the question (a steady state: --discard-warmup)"
            .to_owned()
    } else {
        format!("requests of the first {} are left out; the bill leaves nothing out", span(plan.warmup))
    }
}

fn precision_text(precision: &Precision, scenario: &Scenario) -> String {
    let name = precision.figure.name(&scenario.plan);
    let percent = |share: f64| format!("±{} %", super::numbers::figure(share * 100.0));
    match (precision.reached, precision.is_met) {
        (Some(reached), true) => {
            format!("{name} is within {} ({})", percent(precision.wanted), percent(reached))
        }
        (Some(reached), false) => {
            format!("{name}: {} was not reached, {} was", percent(precision.wanted), percent(reached))
        }
        (None, _) => format!("{name} has no interval: {} was not reached", percent(precision.wanted)),
    }
}

fn estimate(result: &Replicated, figure: &Figure) -> Option<Estimate> {
    result.sample.pseudo(figure).map(|pseudo| pseudo.estimate(CONFIDENCE))
}

/// The content of `estimates.json`: every figure with its interval and the spread of the runs.
#[must_use]
pub fn estimates_result(result: &Replicated) -> Estimates {
    let scenario = &result.first.scenario;
    let plan = &scenario.plan;
    let figures = result.sample.figures().iter();
    let figures = figures.map(|figure| (figure.name(plan), estimated_figure(result, figure)));
    Estimates {
        schema_version: Version,
        scenario: EstimatesScenario {
            fidelity: scenario.into(),
            name: scenario.name.clone(),
            region: scenario.region.clone(),
            seed: scenario.seed,
            sha256: scenario.sha256.clone(),
        },
        replications: result.sample.runs(),
        interrupted: result.interrupted,
        confidence: CONFIDENCE,
        warmup_s: plan.warmup.as_secs_f64(),
        precision: result.precision.map(|precision| PrecisionSummary {
            figure: precision.figure.name(plan),
            met: precision.is_met,
            reached_relative: precision.reached.and_then(Rounded::new),
            wanted_relative: precision.wanted,
        }),
        unpriced: scenario.unpriced().items,
        scale_in_range: range(result.scale_in),
        figures: figures.collect(),
        checks: result.checks.iter().map(Into::into).collect(),
    }
}

fn estimated_figure(result: &Replicated, figure: &Figure) -> Option<EstimatedFigure> {
    let estimate = estimate(result, figure)?;
    let values: Vec<f64> = result.sample.values(figure).into_iter().flatten().collect();
    let number = |value: f64| FigureValue::new(figure.measure, value);
    let spread = |q| quantile_of(&values, q).and_then(number);
    let is_approximate = result.first.scenario.is_approximate() && figure.measure.is_time();
    Some(EstimatedFigure {
        approximate: is_approximate.then_some(true),
        half_width: estimate.half_width.and_then(number),
        p10: spread(0.1),
        p50: spread(0.5),
        p90: spread(0.9),
        runs: estimate.runs,
        value: number(estimate.value),
    })
}

/// `replications.csv`: one row a run, every figure of its own.
#[must_use]
pub fn replications_csv(result: &Replicated) -> Vec<u8> {
    let plan = &result.first.scenario.plan;
    let figures = result.sample.figures();
    let columns: Vec<Vec<Option<f64>>> = figures.iter().map(|figure| result.sample.values(figure)).collect();
    let mut text = String::from("replication,seed");
    for figure in figures {
        text.push(',');
        text.push_str(&figure.name(plan));
    }
    // The last column is there only where the bill leaves something out.
    let unpriced = result.first.scenario.unpriced();
    if !unpriced.is_nothing() {
        text.push_str(",unpriced");
    }
    text.push('\n');
    for run in 0..result.sample.runs() {
        text.push_str(&format!("{run},{}", result.first.scenario.seed));
        for column in &columns {
            text.push(',');
            if let Some(value) = column[run].and_then(|value| rounded(value, 6)) {
                text.push_str(&value.to_string());
            }
        }
        if !unpriced.is_nothing() {
            text.push(',');
            text.push_str(&unpriced.items.join(" "));
        }
        text.push('\n');
    }
    text.into_bytes()
}
