//! The search: a race between all candidates, then a confirmation of the first on fresh random numbers.

use std::sync::atomic::AtomicBool;

use super::race::{Elimination, RaceRules, RacedCandidate, Score, TURNS, race};
use crate::experiment::checks;
use crate::experiment::estimate::{CONFIDENCE, Estimate};
use crate::experiment::figures::largest_p99;
use crate::experiment::interruption::is_raised;
use crate::experiment::pareto::{ParetoPoint, front};
use crate::experiment::points::{Design, LoadedPoints};
use crate::experiment::varied_scenario::VariedScenario;
use crate::experiment::{CheckOutcome, CheckStatus, Figure, Measure, RunSample, pool, threads};
use crate::kernel::simulation::{Plan, RunError};
use crate::kernel::units::SimDuration;
use crate::record::{self, Limits};
use crate::scenario::{Axis, Check, Comparator, Loaded, Scenario, SearchSpec, Unpriced};

/// Most candidates of a search.
pub const MOST_CANDIDATES: u64 = 20_000;

/// Doublings of the first round at most: the last candidates have this many times as many runs as the first round.
const LAST_ROUND: u64 = 16;

/// Candidates that are confirmed until one holds.
const MAX_CONFIRMATIONS: usize = 5;

/// First replication of the confirmation: far from those of the race, so that nothing of it was seen before.
const FRESH_REPLICATIONS_FROM: u64 = 1 << 61;

/// A search.
#[derive(Debug)]
pub struct Search<'a> {
    /// The scenario whose keys are chosen.
    pub base: VariedScenario<'a>,
    /// The base itself, for its checks and its seed.
    pub scenario: &'a Scenario,
    /// Search space, budget and limits.
    pub spec: &'a SearchSpec,
    /// Flag of interruption: becomes true when the result is not wanted any more.
    pub interrupted: Option<&'a AtomicBool>,
}

/// A candidate's place among the others, by the means of its runs in the race.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CandidatePoint {
    /// Number of the candidate.
    pub candidate: usize,
    /// Cost and p99 of the candidate.
    pub at: ParetoPoint,
    /// Whether no other candidate is better in one and no worse in the other.
    pub on_front: bool,
}

/// The winner, on fresh random numbers.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Number of the candidate.
    pub candidate: usize,
    /// Scenario of the candidate.
    pub scenario: Scenario,
    /// Runs of the candidate.
    pub sample: RunSample,
    /// Outcomes of its checks, judged by intervals that hold together with the confidence of the search.
    pub checks: Vec<CheckOutcome>,
    /// Cost in the race \[USD a month\]: lower than the truth more often than not, because it was selected for it.
    pub cost_in_race: f64,
    /// Whether it passes every check with the confidence of the search.
    pub holds: bool,
    /// By how much the worse ends of its intervals miss their limits, each as a share of the limit; 0 where it holds.
    pub shortfall: f64,
}

/// Result of a search.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// The axes.
    pub axes: Vec<Axis>,
    /// One entry a candidate, in the order of their numbers.
    pub candidates: Vec<RacedCandidate>,
    /// The limits of the race, one a figure that a check limits.
    pub limits: Vec<Check>,
    /// The figure of each limit.
    pub figures: Vec<Figure>,
    /// The recommended setting, or the best guess when none was confirmed; `None` when no candidate could be run.
    pub winner: Option<Confirmed>,
    /// The base, on the same fresh random numbers as the winner.
    pub base: Option<RunSample>,
    /// Outcomes of the base's checks.
    pub base_checks: Vec<CheckOutcome>,
    /// Checks that compare with a baseline, which a search has none of: they have nothing to judge and decide nothing.
    pub unjudged: Vec<CheckOutcome>,
    /// Candidates that looked good in the race and did not hold on fresh random numbers, in the order they were tried.
    pub rejected: Vec<Confirmed>,
    /// All candidates that ran, on cost and p99.
    pub points: Vec<CandidatePoint>,
    /// Runs of the race.
    pub race_runs: u64,
    /// Whether the search was interrupted; there is no winner then.
    pub interrupted: bool,
    /// Whether response and waiting times are approximate, because requests flow.
    pub approximate: bool,
    /// Billable items without a price, which the bills leave out; a candidate whose bill leaves out something else is
    /// not run.
    pub unpriced: Unpriced,
    /// Simulated time of the base.
    pub horizon: SimDuration,
}

impl Search<'_> {
    /// Races, confirms, and says what it found. `progress` hears of runs done and candidates still in.
    ///
    /// # Errors
    /// When a run of the confirmation was stopped by something else than an interruption.
    pub fn run(&self, progress: &mut dyn FnMut(u64, usize)) -> Result<SearchResult, RunError> {
        let axes = &self.spec.axes;
        let design = Design::grid(axes);
        let count = design.points().min(MOST_CANDIDATES) as usize;
        let loaded = LoadedPoints::new(self.base, &design, TURNS + threads::count());
        let plan = &self.scenario.plan;
        let limits = limits(&self.scenario.checks, plan);
        let rules = RaceRules {
            limits: limits.iter().map(|(check, _)| check.clone()).collect(),
            first_round: u64::from(self.spec.first_round),
            at_most: u64::from(self.spec.first_round) * LAST_ROUND,
        };
        // Beside the limits every run tells its p99s, for the front.
        let mut race_runs = 0;
        let run = |candidate: usize, replication: u64| {
            loaded.with(
                candidate as u64,
                |loaded| self.accept(loaded),
                |scenario| match scenario {
                    Ok(scenario) => self.score(scenario, replication, &limits),
                    Err(why) => Err(why.clone()),
                },
            )
        };
        let candidates = race(count, &rules, run, &mut |done, alive| {
            race_runs = done;
            progress(done, alive);
        });
        let points = points_of(&candidates, rules.limits.len());
        let mut found = SearchResult {
            axes: axes.clone(),
            limits: rules.limits,
            figures: limits.iter().map(|(_, figure)| *figure).collect(),
            winner: None,
            base: None,
            base_checks: Vec::new(),
            unjudged: checks::without_baseline(&self.scenario.checks),
            approximate: self.scenario.is_approximate(),
            unpriced: self.scenario.unpriced(),
            horizon: self.scenario.plan.horizon,
            rejected: Vec::new(),
            points,
            race_runs,
            candidates,
            interrupted: self.is_interrupted(),
        };
        if !found.interrupted {
            self.confirm_best(&mut found)?;
            let scenario = judged(self.scenario.clone());
            found.base = self.fresh(&scenario)?;
            if let Some(base) = &found.base {
                found.base_checks = checks::evaluate_sample(&scenario, base);
            }
            found.interrupted = self.is_interrupted();
        }
        Ok(found)
    }

    fn is_interrupted(&self) -> bool {
        is_raised(self.interrupted)
    }

    /// The scenario of a candidate, where its cost can be compared with that of the others.
    fn accept(&self, loaded: Loaded) -> Result<Box<Scenario>, String> {
        let Some(scenario) = loaded.scenario else {
            let error = loaded.diagnostics.first();
            return Err(error.map_or_else(String::new, |error| format!("{}: {}", error.code, error.message)));
        };
        let unpriced = (scenario.unpriced(), self.scenario.unpriced());
        if let Some(why) = unpriced.0.unlike(&unpriced.1, "the setting", "the scenario") {
            return Err(format!("it is not comparable: {why}; give the price by `[prices]`"));
        }
        Ok(Box::new(scenario))
    }

    /// The score of one run of a candidate.
    fn score(
        &self,
        scenario: &Scenario,
        replication: u64,
        limits: &[(Check, Figure)],
    ) -> Result<Score, String> {
        let plan = &scenario.plan;
        let within = Limits { requests: None, interrupted: self.interrupted };
        let (run, keep) = ((self.scenario.seed, replication), checks::keep_for(&scenario.checks));
        let record = record::record_within(plan, run, keep, within).map_err(|error| error.to_string())?;
        let cost = Figure { service: None, measure: Measure::CostPerMonth }.value(&record, plan);
        let mut figures: Vec<Option<f64>> =
            limits.iter().map(|(_, figure)| figure.value(&record, plan)).collect();
        figures.push(largest_p99(&record));
        Ok(Score { cost: cost.unwrap_or(f64::INFINITY), figures })
    }

    /// Confirms the cheapest of what is left, then the next, until one holds.
    fn confirm_best(&self, found: &mut SearchResult) -> Result<(), RunError> {
        for candidate in confirmation_order(&found.candidates, &found.limits) {
            if found.rejected.len() >= MAX_CONFIRMATIONS {
                break;
            }
            let Some(confirmed) = self.confirm(candidate, &found.candidates[candidate])? else {
                return Ok(());
            };
            if confirmed.holds {
                found.winner = Some(confirmed);
                return Ok(());
            }
            found.rejected.push(confirmed);
        }
        // Nothing holds with confidence: what is least far from it is the best guess, the cheapest of equals, and says so.
        let closest = found.rejected.iter().min_by(|a, b| a.shortfall.total_cmp(&b.shortfall));
        found.winner = closest.cloned();
        Ok(())
    }

    /// Runs a candidate on fresh random numbers; `None` when the search was interrupted.
    fn confirm(&self, candidate: usize, raced: &RacedCandidate) -> Result<Option<Confirmed>, RunError> {
        let loaded = self.base.load(&Design::grid(&self.spec.axes).overrides(candidate as u64));
        let Some(scenario) = loaded.scenario.map(judged) else { return Ok(None) };
        let Some(sample) = self.fresh(&scenario)? else { return Ok(None) };
        let confidence = self.confidence_of_each(&scenario);
        let checks = checks::evaluate_against(&scenario, &sample, None, confidence);
        let holds = checks.iter().all(|check| check.status == CheckStatus::Pass);
        let cost_in_race = raced.cost();
        let shortfall = shortfall(&scenario, &sample, confidence);
        Ok(Some(Confirmed { candidate, scenario, sample, checks, cost_in_race, holds, shortfall }))
    }

    /// Runs a scenario on the fresh random numbers; `None` when the search was interrupted.
    fn fresh(&self, scenario: &Scenario) -> Result<Option<RunSample>, RunError> {
        let plan = &scenario.plan;
        let mut sample = RunSample::of(plan, &checks::limited_by(&scenario.checks));
        let keep = checks::keep_for(&scenario.checks);
        let limits = Limits { requests: None, interrupted: self.interrupted };
        let runs = FRESH_REPLICATIONS_FROM..FRESH_REPLICATIONS_FROM + u64::from(self.spec.replications);
        let run = |number| record::record_within(plan, (self.scenario.seed, number), keep, limits);
        let stopped = pool::until_error(runs, run, |_, record| sample.push(&record, plan));
        match stopped {
            Some(_) if self.is_interrupted() => Ok(None),
            Some(error) => Err(error),
            None => Ok(Some(sample)),
        }
    }

    /// Confidence of the two-sided interval of each check: a check can be passed wrongly on one side only, and all checks
    /// of all tries together are to hold with the confidence of the search.
    #[expect(clippy::cast_precision_loss, reason = "a few checks")]
    fn confidence_of_each(&self, scenario: &Scenario) -> f64 {
        let judgements: usize =
            scenario.checks.iter().map(|check| Figure::of_check(check.measure, &scenario.plan).len()).sum();
        let wrong = (1.0 - self.spec.confidence) / (judgements.max(1) * MAX_CONFIRMATIONS) as f64;
        1.0 - 2.0 * wrong
    }
}

/// By how much a sample is short of passing every check at this confidence, each as a share of its limit.
fn shortfall(scenario: &Scenario, sample: &RunSample, confidence: f64) -> f64 {
    let of = |(check, figure): (Check, Figure)| {
        let Some(pseudo) = sample.pseudo(&figure) else { return 0.0 };
        let estimate = pseudo.estimate(confidence);
        let beyond = match check.comparator {
            Comparator::Less | Comparator::LessOrEqual => estimate.high() - check.limit,
            Comparator::Greater | Comparator::GreaterOrEqual => check.limit - estimate.low(),
        };
        beyond.max(0.0) / check.limit.abs().max(1e-12)
    };
    limits(&scenario.checks, &scenario.plan).into_iter().map(of).sum()
}

/// The scenario with the checks that a search can judge.
fn judged(mut scenario: Scenario) -> Scenario {
    scenario.checks.retain(|check| !check.measure.needs_baseline());
    scenario
}

/// Every figure that a check limits, with its check.
fn limits(checks: &[Check], plan: &Plan) -> Vec<(Check, Figure)> {
    let of = |check: &Check| {
        let figures = Figure::of_check(check.measure, plan);
        figures.into_iter().map(|figure| (check.clone(), figure)).collect::<Vec<_>>()
    };
    checks.iter().filter(|check| !check.measure.needs_baseline()).flat_map(of).collect()
}

/// The candidates to confirm, in order: finalists that keep their limits on average, cheapest first, then those that
/// dropped out for being dearer, then finalists that miss a limit, by how much.
fn confirmation_order(candidates: &[RacedCandidate], limits: &[Check]) -> Vec<usize> {
    let rank = |raced: &RacedCandidate| match raced.elimination {
        Elimination::Finalist if raced.miss(limits) <= 0.0 => Some(0_u8),
        Elimination::Dearer if raced.miss(limits) <= 0.0 => Some(1),
        Elimination::Finalist => Some(2),
        Elimination::Ranked if raced.miss(limits) <= 0.0 => Some(3),
        _ => None,
    };
    let mut order: Vec<(u8, f64, f64, usize)> = candidates
        .iter()
        .filter_map(|raced| {
            let rank = rank(raced)?;
            let miss = if rank == 2 { raced.miss(limits) } else { 0.0 };
            Some((rank, miss, raced.cost(), raced.candidate))
        })
        .collect();
    order.sort_by(|a, b| {
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3))
    });
    order.into_iter().map(|(.., candidate)| candidate).collect()
}

/// Cost and p99 of every candidate that ran, in their order; `p99` is the index of that figure in the scores.
fn points_of(candidates: &[RacedCandidate], p99: usize) -> Vec<CandidatePoint> {
    let point = |raced: &RacedCandidate| {
        let figure = raced.scores.first().and_then(|_| raced.figure(p99))?;
        let at = ParetoPoint { cost: raced.cost(), p99: figure.value };
        at.is_known().then_some(CandidatePoint { candidate: raced.candidate, at, on_front: false })
    };
    let mut points: Vec<CandidatePoint> = candidates.iter().filter_map(point).collect();
    let places: Vec<ParetoPoint> = points.iter().map(|point| point.at).collect();
    for index in front(&places) {
        points[index].on_front = true;
    }
    points
}

impl SearchResult {
    /// The candidates as points, by their numbers.
    #[must_use]
    pub fn design(&self) -> Design<'_> {
        Design::grid(&self.axes)
    }

    /// A figure of all services together of the winner on fresh random numbers, with its interval.
    #[must_use]
    pub fn winner_estimate(&self, measure: Measure) -> Option<Estimate> {
        let figure = Figure { service: None, measure };
        Some(self.winner.as_ref()?.sample.pseudo(&figure)?.estimate(CONFIDENCE))
    }

    /// The winner's cost a month less the base's, on the same requests.
    #[must_use]
    pub fn saving(&self) -> Option<Estimate> {
        let figure = Figure { service: None, measure: Measure::CostPerMonth };
        let base = self.base.as_ref()?.pseudo(&figure)?;
        Some(self.winner.as_ref()?.sample.pseudo(&figure)?.less(&base).estimate(CONFIDENCE))
    }

    /// The distance of the winner's figure from its limit, as a share of the limit: positive on the good side. It is
    /// read from the fresh runs, as everything that is said of the winner: the race's figures are flattered.
    #[must_use]
    pub fn margin(&self, limit: usize) -> Option<f64> {
        let (check, figure) = (self.limits.get(limit)?, self.figures.get(limit)?);
        let value = self.winner.as_ref()?.sample.pseudo(figure)?.whole;
        let gap = match check.comparator {
            Comparator::Less | Comparator::LessOrEqual => check.limit - value,
            Comparator::Greater | Comparator::GreaterOrEqual => value - check.limit,
        };
        let share = gap / check.limit.abs();
        share.is_finite().then_some(share)
    }

    /// The text of a limit, with its service where there are several: `p99_response_time < 1s (web)`.
    #[must_use]
    pub fn limit_text(&self, limit: usize) -> String {
        let text = self.limits.get(limit).map_or("", |check| check.text.as_str());
        let services = self.winner.as_ref().map_or(&[][..], |winner| &winner.scenario.plan.services);
        let service = self.figures.get(limit).and_then(|figure| services.get(figure.service?));
        match service {
            Some(service) if services.len() > 1 => format!("{text} ({})", service.name),
            _ => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_with_equal_figures_are_on_the_front_together() {
        let raced = |candidate, cost, p99| {
            let scores = vec![Score { cost, figures: vec![Some(p99)] }; 2];
            RacedCandidate { candidate, scores, elimination: Elimination::Finalist }
        };
        let never = RacedCandidate {
            candidate: 4,
            scores: Vec::new(),
            elimination: Elimination::Broken(String::new()),
        };
        let candidates =
            [raced(0, 2.0, 30.0), raced(1, 1.0, 50.0), raced(2, 2.0, 30.0), raced(3, 2.0, 40.0), never];
        let points = points_of(&candidates, 0);
        let on_front: Vec<usize> =
            points.iter().filter(|point| point.on_front).map(|point| point.candidate).collect();
        assert_eq!((points.len(), on_front), (4, vec![0, 1, 2]));
    }
}
