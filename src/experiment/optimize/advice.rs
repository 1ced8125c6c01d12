//! What a race says beyond its winner: how much each knob moves the figures, and what would change the choice.

use super::race::{Fate, Runner};
use super::{Found, values_of};
use crate::experiment::checks;
use crate::scenario::Axis;

/// One axis and what it does, over all candidates that ran in the first round.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// The axis.
    pub axis: String,
    /// Its values, in order.
    pub levels: Vec<Level>,
    /// The share of all candidates' differences in cost that this knob alone explains, in [0, 1].
    pub cost_share: f64,
    /// The same for p99 response times.
    pub p99_share: f64,
}

/// One value of a knob: means over all candidates that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The value.
    pub label: String,
    /// Mean cost a month \[USD\].
    pub cost: f64,
    /// Mean of p99 response times \[ms\].
    pub p99: f64,
    /// Candidates that have it and ran.
    pub candidates: usize,
}

/// What each knob does, the one that moves the cost most first. It is read from the race's first runs, which all
/// candidates share.
#[must_use]
pub fn knobs(found: &Found) -> Vec<Knob> {
    let p99 = found.limits.len();
    let points: Vec<(Vec<usize>, f64, f64)> = found
        .runners
        .iter()
        .filter_map(|runner| {
            // The first run alone: later ones are of the better candidates only, and all have seen this one.
            let first = runner.scores.first()?;
            Some((values_of(&found.axes, runner.candidate), first.cost, first.figures[p99]?))
        })
        .collect();
    let mut knobs: Vec<Knob> =
        found.axes.iter().enumerate().map(|(index, axis)| knob(axis, index, &points)).collect();
    knobs.sort_by(|a, b| b.cost_share.total_cmp(&a.cost_share));
    knobs
}

#[expect(clippy::cast_precision_loss, reason = "a number of candidates")]
fn knob(axis: &Axis, index: usize, points: &[(Vec<usize>, f64, f64)]) -> Knob {
    let levels = axis.values.iter().enumerate().map(|(value, of)| {
        let mine: Vec<_> = points.iter().filter(|(values, ..)| values[index] == value).collect();
        let count = mine.len() as f64;
        Level {
            label: of.label.clone(),
            cost: mine.iter().map(|(_, cost, _)| cost).sum::<f64>() / count,
            p99: mine.iter().map(|(.., p99)| p99).sum::<f64>() / count,
            candidates: mine.len(),
        }
    });
    let levels: Vec<Level> = levels.filter(|level| level.candidates > 0).collect();
    let share = |value: &dyn Fn(&(Vec<usize>, f64, f64)) -> f64, mean: &dyn Fn(&Level) -> f64| {
        let count = points.len() as f64;
        let all = points.iter().map(value).sum::<f64>() / count;
        let total: f64 = points.iter().map(|point| (value(point) - all) * (value(point) - all)).sum();
        let between: f64 = levels
            .iter()
            .map(|level| level.candidates as f64 * (mean(level) - all) * (mean(level) - all))
            .sum();
        if total > 0.0 { (between / total).min(1.0) } else { 0.0 }
    };
    Knob {
        axis: axis.name.clone(),
        cost_share: share(&|point| point.1, &|level| level.cost),
        p99_share: share(&|point| point.2, &|level| level.p99),
        levels,
    }
}

/// A setting that would be the choice if a limit were another.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Its number.
    pub candidate: usize,
    /// The limit that would have to move: its index in [`Found::limits`].
    pub limit: usize,
    /// What the candidate reaches there.
    pub reaches: f64,
    /// Its cost a month in the race \[USD\].
    pub cost: f64,
}

/// What would change the choice: for every limit the dearest setting below the winner's cost that misses this limit only:
/// the one that the smallest concession would buy.
#[must_use]
pub fn alternatives(found: &Found) -> Vec<Alternative> {
    let Some(winner) = &found.winner else { return Vec::new() };
    let misses = |runner: &Runner| -> Option<Vec<usize>> {
        let missed = |index: usize| {
            runner.figure(index).map(|figure| !checks::holds(&found.limits[index], figure.value))
        };
        let all: Option<Vec<bool>> = (0..found.limits.len()).map(missed).collect();
        Some(all?.iter().enumerate().filter(|(_, missed)| **missed).map(|(index, _)| index).collect())
    };
    let mut best: Vec<Option<Alternative>> = vec![None; found.limits.len()];
    for runner in &found.runners {
        if matches!(runner.fate, Fate::Broken(_)) || runner.cost() >= winner.cost_in_race {
            continue;
        }
        let missed = misses(runner).unwrap_or_default();
        let &[limit] = missed.as_slice() else { continue };
        let Some(figure) = runner.figure(limit) else { continue };
        let concession = (figure.value - found.limits[limit].limit).abs();
        let closer = best[limit]
            .as_ref()
            .is_none_or(|other| concession < (other.reaches - found.limits[limit].limit).abs());
        if closer {
            best[limit] = Some(Alternative {
                candidate: runner.candidate,
                limit,
                reaches: figure.value,
                cost: runner.cost(),
            });
        }
    }
    best.into_iter().flatten().collect()
}
