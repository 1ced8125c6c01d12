//! Findings of a race beside its winner: the effect of each axis on the figures, and the concessions that would change
//! the choice.

use super::race::{Elimination, RacedCandidate};
use super::search::SearchResult;
use crate::experiment::checks;
use crate::scenario::Axis;

/// One axis and what it does, over all candidates that ran in the first round.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisEffect {
    /// The axis.
    pub axis: String,
    /// Values of the axis, in order.
    pub levels: Vec<Level>,
    /// The share of all candidates' differences in cost that this axis alone explains, in [0, 1].
    pub cost_share: f64,
    /// The same for p99 response times.
    pub p99_share: f64,
}

/// One value of an axis: means over all candidates that have it.
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

/// The effects of the axes, the one that moves the cost most first. They are read from the race's first runs, which all
/// candidates share.
#[must_use]
pub fn axis_effects(found: &SearchResult) -> Vec<AxisEffect> {
    let (p99, design) = (found.limits.len(), found.design());
    let points: Vec<ScoredSetting> = found
        .candidates
        .iter()
        .filter_map(|raced| {
            // The first run alone: later ones are of the better candidates only, and all have seen this one.
            let first = raced.scores.first()?;
            let values = design.choice(raced.candidate as u64);
            Some(ScoredSetting { values, cost: first.cost, p99: first.figures[p99]? })
        })
        .collect();
    let mut effects: Vec<AxisEffect> =
        found.axes.iter().enumerate().map(|(index, axis)| axis_effect(axis, index, &points)).collect();
    effects.sort_by(|a, b| b.cost_share.total_cmp(&a.cost_share));
    effects
}

/// A setting's values and what its first run gave.
struct ScoredSetting {
    values: Vec<usize>,
    cost: f64,
    p99: f64,
}

#[expect(clippy::cast_precision_loss, reason = "a number of candidates")]
fn axis_effect(axis: &Axis, index: usize, points: &[ScoredSetting]) -> AxisEffect {
    let levels = axis.values.iter().enumerate().map(|(value, of)| {
        let mine: Vec<_> = points.iter().filter(|point| point.values[index] == value).collect();
        let count = mine.len() as f64;
        Level {
            label: of.label.clone(),
            cost: mine.iter().map(|point| point.cost).sum::<f64>() / count,
            p99: mine.iter().map(|point| point.p99).sum::<f64>() / count,
            candidates: mine.len(),
        }
    });
    let levels: Vec<Level> = levels.filter(|level| level.candidates > 0).collect();
    let share = |value: &dyn Fn(&ScoredSetting) -> f64, mean: &dyn Fn(&Level) -> f64| {
        let count = points.len() as f64;
        let all = points.iter().map(value).sum::<f64>() / count;
        let total: f64 = points.iter().map(|point| (value(point) - all) * (value(point) - all)).sum();
        let between: f64 = levels
            .iter()
            .map(|level| level.candidates as f64 * (mean(level) - all) * (mean(level) - all))
            .sum();
        // What rounding leaves of equal values is nothing to explain.
        let rounding = 1e-12 * all;
        if total > rounding * rounding * count { (between / total).min(1.0) } else { 0.0 }
    };
    AxisEffect {
        axis: axis.name.clone(),
        cost_share: share(&|point| point.cost, &|level| level.cost),
        p99_share: share(&|point| point.p99, &|level| level.p99),
        levels,
    }
}

/// A setting that would be the choice if a limit were another.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Number of the candidate.
    pub candidate: usize,
    /// The limit that would have to move: its index in [`SearchResult::limits`].
    pub limit: usize,
    /// Value that the candidate reaches at that limit.
    pub reaches: f64,
    /// Cost of the candidate in the race \[USD a month\].
    pub cost: f64,
}

/// Alternatives named for each limit at most.
const MOST_OF_A_LIMIT: usize = 3;
/// An alternative is only named when it is this much cheaper than the one before it.
const WORTH_NAMING: f64 = 0.99;

/// The alternatives that would change the choice: for every limit the cheaper settings that miss it and no other, from
/// the smallest concession on, each cheaper than the one before it.
#[must_use]
pub fn alternatives(found: &SearchResult) -> Vec<Alternative> {
    let Some(winner) = &found.winner else { return Vec::new() };
    let mut named = Vec::new();
    for limit in 0..found.limits.len() {
        let mut others: Vec<Alternative> =
            found.candidates.iter().filter_map(|raced| misses_only(found, raced, limit)).collect();
        let concession = |other: &Alternative| (other.reaches - found.limits[limit].limit).abs();
        others.sort_by(|a, b| {
            concession(a)
                .total_cmp(&concession(b))
                .then(a.cost.total_cmp(&b.cost))
                .then(a.candidate.cmp(&b.candidate))
        });
        let (mut cheapest, mut count) = (winner.cost_in_race, 0);
        for other in others {
            if other.cost < cheapest * WORTH_NAMING && count < MOST_OF_A_LIMIT {
                (cheapest, count) = (other.cost, count + 1);
                named.push(other);
            }
        }
    }
    named
}

/// The setting as an alternative, where it misses this limit on average and no other.
fn misses_only(found: &SearchResult, raced: &RacedCandidate, limit: usize) -> Option<Alternative> {
    if matches!(raced.elimination, Elimination::Broken(_)) || raced.scores.is_empty() {
        return None;
    }
    for (index, check) in found.limits.iter().enumerate() {
        let is_missed = !checks::holds(check, raced.figure(index)?.value);
        if is_missed != (index == limit) {
            return None;
        }
    }
    let reaches = raced.figure(limit)?.value;
    Some(Alternative { candidate: raced.candidate, limit, reaches, cost: raced.cost() })
}
