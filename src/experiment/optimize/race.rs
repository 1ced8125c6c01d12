//! The race: all candidates run on the same random numbers, in rounds of twice as many runs; candidates that fail a limit or
//! cost more than a passing one with confidence, and the worse half, are eliminated (successive halving, Karnin,
//! Koren and Somekh 2013, with the tests of F-Race, Birattari and others 2002).
//!
//! It knows candidates by number only and is told what a run of one gives, so it can be tested on problems whose answer
//! is known. It decides nothing for good: what comes out is confirmed on fresh random numbers by others.

use std::ops::ControlFlow;

use crate::experiment::estimate::{Estimate, of_means};
use crate::experiment::{CheckStatus, checks, pool};
use crate::scenario::Check;

/// Confidence with which a candidate is judged during the race: a good one is dropped by chance in one of a thousand
/// judgements at most.
const RACE_CONFIDENCE: f64 = 0.999;

/// Candidates that take turns: all of them see a replication before the next begins, and no others are run meanwhile, so
/// that what was made for a run can be kept for the next.
pub(super) const TURNS: usize = 32;

/// Candidates that are never dropped by rank alone.
const NEVER_RANKED_OUT: usize = 6;

/// Score of a run of a candidate: its cost, and the figure of each limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Cost, which is minimized \[USD a month\].
    pub cost: f64,
    /// The figures that are limited, in the order of the limits; `None` where a run has nothing to say.
    pub figures: Vec<Option<f64>>,
}

/// The rules of a race.
#[derive(Clone, Debug)]
pub struct RaceRules {
    /// The limits, one a figure.
    pub limits: Vec<Check>,
    /// Runs of each candidate in the first round, ≥ 2.
    pub first_round: u64,
    /// Runs of a candidate at most.
    pub at_most: u64,
}

/// Reason why a candidate dropped out.
#[derive(Clone, Debug, PartialEq)]
pub enum Elimination {
    /// Still in the race.
    Finalist,
    /// Surely failed the limit of this index.
    Fails(usize),
    /// Dearer, with confidence, than a candidate that passes.
    Dearer,
    /// In the worse half of a round.
    Ranked,
    /// Could not be run, with the reason.
    Broken(String),
}

/// One candidate in the race.
#[derive(Clone, Debug, PartialEq)]
pub struct RacedCandidate {
    /// Number of the candidate.
    pub candidate: usize,
    /// Scores of the candidate's runs so far.
    pub scores: Vec<Score>,
    /// Whether and why it dropped out.
    pub elimination: Elimination,
}

impl RacedCandidate {
    /// The mean cost \[USD a month\]; infinite where the candidate never ran.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.cost_estimate().map_or(f64::INFINITY, |estimate| estimate.value)
    }

    fn costs(&self) -> Vec<Option<f64>> {
        self.scores.iter().map(|score| Some(score.cost)).collect()
    }

    /// The cost with its interval at the confidence of the race.
    #[must_use]
    pub fn cost_estimate(&self) -> Option<Estimate> {
        of_means(&self.costs()).map(|pseudo| pseudo.estimate(RACE_CONFIDENCE))
    }

    /// The figure of a limit with its interval.
    #[must_use]
    pub fn figure(&self, limit: usize) -> Option<Estimate> {
        let values: Vec<Option<f64>> = self.scores.iter().map(|score| score.figures[limit]).collect();
        of_means(&values).map(|pseudo| pseudo.estimate(RACE_CONFIDENCE))
    }

    /// Whether it keeps a limit with confidence, fails it with confidence, or neither: of a single run that had something to say nothing is
    /// sure.
    fn status(&self, limit: usize, check: &Check) -> CheckStatus {
        match self.figure(limit) {
            None => CheckStatus::NoData,
            Some(estimate) if estimate.half_width.is_none() => CheckStatus::Inconclusive,
            Some(estimate) => checks::verdict(check, &estimate),
        }
    }

    /// By how much it misses its limits on average, each as a share of the limit; 0 where it keeps all.
    #[must_use]
    pub fn miss(&self, limits: &[Check]) -> f64 {
        let of = |(index, check): (usize, &Check)| match self.figure(index) {
            Some(estimate) if checks::holds(check, estimate.value) => 0.0,
            Some(estimate) => (estimate.value - check.limit).abs() / check.limit.abs().max(1e-12) + 1e-9,
            None => 1.0,
        };
        limits.iter().enumerate().map(of).sum()
    }
}

/// Runs the race between the candidates `0..count`. `run` gives the score of a candidate in a replication; `progress`
/// hears of every round: runs done so far, candidates still in. The result has one entry a candidate, in their order.
pub fn race(
    count: usize,
    rules: &RaceRules,
    run: impl Fn(usize, u64) -> Result<Score, String> + Sync,
    progress: &mut dyn FnMut(u64, usize),
) -> Vec<RacedCandidate> {
    let mut candidates: Vec<RacedCandidate> = (0..count)
        .map(|candidate| RacedCandidate { candidate, scores: Vec::new(), elimination: Elimination::Finalist })
        .collect();
    let (mut begun, mut goal, mut done) = (0, rules.first_round.max(2), 0);
    loop {
        let alive: Vec<usize> = still_in(&candidates);
        if alive.is_empty() {
            return candidates;
        }
        let turn = |number: u64| {
            let (place, run) = turn(number, alive.len() as u64, goal - begun);
            (alive[index(place)], begun + run)
        };
        let job = |number: u64| {
            let (candidate, replication) = turn(number);
            run(candidate, replication)
        };
        pool::in_order(0..alive.len() as u64 * (goal - begun), job, |number, result| {
            let raced = &mut candidates[turn(number).0];
            match result {
                Ok(score) => raced.scores.push(score),
                Err(why) => raced.elimination = Elimination::Broken(why),
            }
            done += 1;
            progress(done, alive.len());
            ControlFlow::Continue(())
        });
        drop_out(&mut candidates, rules);
        if still_in(&candidates).len() <= 1 || goal >= rules.at_most {
            return candidates;
        }
        begun = goal;
        goal = (goal * 2).min(rules.at_most);
    }
}

/// The one of `count` candidates that has the turn of that number in a round of `runs` runs, and the number of the run:
/// [`TURNS`] of them change fastest.
const fn turn(number: u64, count: u64, runs: u64) -> (u64, u64) {
    let turns = TURNS as u64;
    let first = number / (turns * runs) * turns;
    let size = if count - first < turns { count - first } else { turns };
    let rest = number - first * runs;
    (first + rest % size, rest / size)
}

#[expect(clippy::cast_possible_truncation, reason = "below the number of candidates")]
fn index(number: u64) -> usize {
    number as usize
}

fn still_in(candidates: &[RacedCandidate]) -> Vec<usize> {
    let finalists = candidates.iter().filter(|raced| raced.elimination == Elimination::Finalist);
    finalists.map(|raced| raced.candidate).collect()
}

/// Eliminates what fails with confidence, what is dearer with confidence than what passes, and the worse half of a large field.
fn drop_out(candidates: &mut [RacedCandidate], rules: &RaceRules) {
    let before = still_in(candidates);
    for &candidate in &before {
        let raced = &mut candidates[candidate];
        let failed = rules
            .limits
            .iter()
            .enumerate()
            .position(|(index, check)| raced.status(index, check) == CheckStatus::Fail);
        if let Some(limit) = failed {
            raced.elimination = Elimination::Fails(limit);
        }
    }
    let passes = |raced: &RacedCandidate| {
        let mut limits = rules.limits.iter().enumerate();
        limits.all(|(index, check)| raced.status(index, check) == CheckStatus::Pass)
    };
    let reference = still_in(candidates)
        .into_iter()
        .filter(|candidate| passes(&candidates[*candidate]))
        .min_by(|a, b| candidates[*a].cost().total_cmp(&candidates[*b].cost()));
    if let Some(reference) = reference.and_then(|candidate| of_means(&candidates[candidate].costs())) {
        for candidate in still_in(candidates) {
            let costs = of_means(&candidates[candidate].costs());
            let more = costs.map(|costs| costs.less(&reference).estimate(RACE_CONFIDENCE));
            if more.is_some_and(|more| more.low() > 0.0) {
                candidates[candidate].elimination = Elimination::Dearer;
            }
        }
    }
    let mut left = still_in(candidates);
    let most = before.len().div_ceil(2).max(NEVER_RANKED_OUT);
    if left.len() > most {
        let key =
            |candidate: &usize| (candidates[*candidate].miss(&rules.limits), candidates[*candidate].cost());
        left.sort_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        for candidate in &left[most..] {
            candidates[*candidate].elimination = Elimination::Ranked;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_has_every_run_once_and_its_runs_in_order() {
        for (count, runs) in [(1, 3), (5, 2), (32, 3), (33, 4), (100, 3)] {
            let mut next = vec![0; usize::try_from(count).unwrap()];
            for number in 0..count * runs {
                let (place, run) = turn(number, count, runs);
                let next = &mut next[usize::try_from(place).unwrap()];
                assert_eq!(run, *next, "{count} candidates, {runs} runs, turn {number}");
                *next += 1;
            }
            assert!(next.iter().all(|done| *done == runs));
        }
    }
}
