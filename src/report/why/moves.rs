//! The changes of capacity, and which of them a moment is about.

use super::service::ServiceLog;
use crate::results::DecisionRow;

/// Greatest distance from the moment at which a change is the one in question \[s\].
const NEAR_S: f64 = 600.0;
/// Changes in the same direction with less between them belong together \[s\].
const TOGETHER_S: f64 = 600.0;

/// Changes of the desired count that belong together.
pub(super) struct Episode<'a> {
    /// In order of time, at least one.
    pub(super) moves: Vec<&'a DecisionRow>,
    /// Whether tasks were added.
    pub(super) out: bool,
}

impl<'a> Episode<'a> {
    /// The first of the changes.
    pub(super) fn first(&self) -> &'a DecisionRow {
        self.moves[0]
    }

    /// The last of the changes.
    pub(super) fn last(&self) -> &'a DecisionRow {
        self.moves[self.moves.len() - 1]
    }
}

fn changes(row: &&DecisionRow) -> bool {
    row.desired_before != row.desired_after
}

fn is_out(row: &DecisionRow) -> bool {
    row.desired_after > row.desired_before
}

fn size(row: &DecisionRow) -> u32 {
    row.desired_before.abs_diff(row.desired_after)
}

/// The episode around `at`, or without a moment the one of the largest scale-out (or else scale-in); `None`: there is
/// none near.
pub(super) fn choose(service: &ServiceLog, at: Option<f64>) -> Option<Episode<'_>> {
    let moves: Vec<&DecisionRow> = service.rows.iter().filter(changes).collect();
    let distance = |row: &DecisionRow, at: f64| (row.time_s.get() - at).abs();
    let chosen = match at {
        Some(at) => {
            let nearest = (0..moves.len())
                .min_by(|a, b| distance(moves[*a], at).total_cmp(&distance(moves[*b], at)))?;
            (distance(moves[nearest], at) <= NEAR_S).then_some(nearest)?
        }
        None => (0..moves.len()).rev().max_by_key(|index| (is_out(moves[*index]), size(moves[*index])))?,
    };
    let out = is_out(moves[chosen]);
    let joined = |a: &DecisionRow, b: &DecisionRow| {
        is_out(a) == out && is_out(b) == out && b.time_s.get() - a.time_s.get() <= TOGETHER_S
    };
    let mut first = chosen;
    while first > 0 && joined(moves[first - 1], moves[first]) {
        first -= 1;
    }
    let mut last = chosen;
    while last + 1 < moves.len() && joined(moves[last], moves[last + 1]) {
        last += 1;
    }
    Some(Episode { moves: moves[first..=last].to_vec(), out })
}
