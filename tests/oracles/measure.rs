//! How a stationary queue is measured: a plan, replications on two threads, one figure a replication and quantity, and
//! the rule of [`super`] that judges them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use windtunnel::kernel::facts::{Attempt, Outcome, Probe, RequestBatch, Visit};
use windtunnel::kernel::simulation::{MinuteClosed, Observer, Plan, simulate};
use windtunnel::kernel::telemetry::UsageTotals;
use windtunnel::kernel::units::{ServiceId, SimTime};

use crate::estimates::Estimate;

/// Most stochastic checks there may be; a test counts them.
pub(super) const CHECKS: usize = 400;
/// Probability that a correct model fails the suite.
const SUITE_ALARM: f64 = 1e-4;

/// What is measured. Waits end when service begins: with a place, and with a CPU server where there is CPU work.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quantity {
    /// Mean wait of requests that get a place [s].
    MeanWait,
    /// Mean response time of requests that get a place [s].
    MeanResponse,
    /// Quantile of their waits [s].
    WaitQuantile(f64),
    /// Quantile of their response times [s].
    ResponseQuantile(f64),
    /// Mean squared distance of their waits from this mean [s²].
    WaitVariance(f64),
    /// Share of arrivals that do not begin at once, refused ones left out.
    Delayed,
    /// Share of arrivals that are refused.
    Blocked,
    /// Arrivals that are not refused [1/s].
    Throughput,
    /// Share of arrivals that give up waiting.
    Abandoned,
    /// Mean time in the queue of all that are not refused, those that give up included [s].
    MeanTimeInQueue,
    /// Time average of requests that wait.
    InQueue,
    /// Time average of requests that wait or are served.
    InSystem,
    /// Share of servers that are busy.
    Utilization,
    /// Mean squared distance of response times from this mean [s²].
    ResponseVariance(f64),
    /// Attempts, first ones and further ones [1/s].
    AttemptRate,
    /// Share of attempts that are refused.
    BlockedAttempts,
    /// Share of first attempts that are refused.
    BlockedFirst,
    /// Share of requests whose last attempt is refused.
    Lost,
    /// Time average of clients that wait for their next attempt.
    Retrying,
}

/// One figure and its truth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    pub(super) quantity: Quantity,
    pub(super) truth: f64,
    /// Largest standard error that lets the check count, as a share of the truth.
    pub(super) noise: f64,
    /// Standard error of the truth itself, where it is another program's estimate; 0 where it is known.
    pub(super) doubt: f64,
}

/// One oracle: a plan of one service and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) plan: Plan,
    /// Requests that arrive before this are left out, and periods that end at or before it.
    pub(super) warm: SimTime,
    /// Servers of all tasks together.
    pub(super) servers: f64,
    /// Whether the servers are CPU servers, not places.
    pub(super) on_cpu: bool,
    pub(super) replications: u64,
    pub(super) checks: Vec<Check>,
}

/// What one replication showed after its warm-up.
#[derive(Debug, Default)]
struct Sample {
    warm: u64,
    waits: Vec<u64>,
    responses: Vec<u64>,
    refused: u64,
    abandoned: u64,
    abandoned_wait: u64,
    usage: UsageTotals,
    /// Attempts that came after the warm-up, and those of them that were refused; all, and first ones of requests.
    attempts: [u64; 2],
    firsts: [u64; 2],
    lost: u64,
    /// From the first attempt to the one that was answered [ns].
    orbit: u64,
}

impl Sample {
    fn passage(&mut self, p: &Visit) {
        if p.arrival >= self.warm {
            self.waits.push(p.cpu_start - p.arrival);
            self.responses.push(p.end - p.arrival);
        }
    }

    fn attempt(&mut self, first: u64, arrival: u64, is_refused: bool) {
        if arrival >= self.warm {
            self.attempts[0] += 1;
            self.attempts[1] += u64::from(is_refused);
            self.firsts[0] += u64::from(arrival == first);
            self.firsts[1] += u64::from(arrival == first && is_refused);
        }
    }

    fn figure(&mut self, quantity: Quantity, case: &Case) -> f64 {
        let begun = self.waits.len() as f64;
        let admitted = begun + self.abandoned as f64;
        let offered = admitted + self.refused as f64;
        let span = self.usage.length as f64;
        let busy = if case.on_cpu { self.usage.cpu_busy } else { self.usage.occupied };
        let held = self.usage.waiting + self.usage.occupied;
        match quantity {
            Quantity::MeanWait => total(&self.waits) / begun / 1e9,
            Quantity::MeanResponse => total(&self.responses) / begun / 1e9,
            Quantity::WaitQuantile(q) => nearest_rank(&mut self.waits, q),
            Quantity::ResponseQuantile(q) => nearest_rank(&mut self.responses, q),
            Quantity::WaitVariance(mean) => {
                self.waits.iter().map(|wait| (*wait as f64 / 1e9 - mean).powi(2)).sum::<f64>() / begun
            }
            Quantity::Delayed => {
                (self.waits.iter().filter(|wait| **wait > 0).count() as f64 + self.abandoned as f64)
                    / admitted
            }
            Quantity::Blocked => self.refused as f64 / offered,
            Quantity::Throughput => admitted / (span / 1e9),
            Quantity::Abandoned => self.abandoned as f64 / admitted,
            Quantity::MeanTimeInQueue => (total(&self.waits) + self.abandoned_wait as f64) / admitted / 1e9,
            Quantity::InQueue => (held - busy) as f64 / span,
            Quantity::InSystem => held as f64 / span,
            Quantity::Utilization => busy as f64 / span / case.servers,
            Quantity::ResponseVariance(mean) => {
                self.responses.iter().map(|time| (*time as f64 / 1e9 - mean).powi(2)).sum::<f64>() / begun
            }
            Quantity::AttemptRate => self.attempts[0] as f64 / (span / 1e9),
            Quantity::BlockedAttempts => self.attempts[1] as f64 / self.attempts[0] as f64,
            Quantity::BlockedFirst => self.firsts[1] as f64 / self.firsts[0] as f64,
            Quantity::Lost => self.lost as f64 / self.firsts[0] as f64,
            Quantity::Retrying => self.orbit as f64 / span,
        }
    }
}

fn total(values: &[u64]) -> f64 {
    values.iter().sum::<u64>() as f64
}

/// The value of rank ⌈q·n⌉ [s].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank up to the number of values"
)]
fn nearest_rank(values: &mut [u64], q: f64) -> f64 {
    let rank = ((q * values.len() as f64).ceil() as usize).max(1);
    *values.select_nth_unstable(rank - 1).1 as f64 / 1e9
}

impl Sample {
    /// An attempt whose outcome was stated in advance. Patience ends with the wait in these models, so a client that gives up
    /// in service counts as served.
    fn foreseen(&mut self, attempt: &Attempt) {
        let visit = &attempt.visit;
        match attempt.outcome {
            Outcome::Served | Outcome::TimedOutInService => self.passage(visit),
            Outcome::TimedOutWaiting if visit.arrival >= self.warm => {
                self.abandoned += 1;
                self.abandoned_wait += attempt.at - visit.arrival;
            }
            Outcome::Rejected(_) => self.refused += u64::from(attempt.at >= self.warm),
            _ => {}
        }
    }
}

impl Probe for Sample {
    fn requests(&mut self, _: ServiceId, batch: &RequestBatch<'_>) {
        for attempt in batch.attempts.iter().filter(|attempt| attempt.outcome != Outcome::Wasted) {
            if batch.is_final {
                let is_refused = matches!(attempt.outcome, Outcome::Rejected(_));
                self.attempt(attempt.key.first, attempt.visit.arrival, is_refused);
                self.lost += u64::from(attempt.at >= self.warm && !attempt.will_retry);
            } else {
                self.foreseen(attempt);
            }
        }
        let Some(served) = &batch.served else { return };
        let Some(first) = batch.first else {
            return served.iter().for_each(|visit| self.passage(&visit));
        };
        for (first, p) in first.iter().zip(served.iter()) {
            self.attempt(*first, p.arrival, false);
            if *first >= self.warm {
                self.waits.push(p.cpu_start - p.arrival);
                self.responses.push(p.end - first);
                self.orbit += p.arrival - first;
            }
        }
    }
}

impl Observer for Sample {
    fn period_closed(&mut self, _: ServiceId, period: &MinuteClosed) {
        if period.end.0 > self.warm {
            self.usage.cpu_busy += period.usage.cpu_busy;
            self.usage.occupied += period.usage.occupied;
            self.usage.waiting += period.usage.waiting;
            self.usage.length += period.usage.length;
        }
    }
}

/// Runs `work` for replications 0..count on two threads; the results come in the order of replications.
pub(crate) fn replicate<T: Send>(count: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let replication = next.fetch_add(1, Ordering::Relaxed);
                    if replication >= count {
                        return;
                    }
                    let result = work(replication);
                    results.lock().expect("no other replication panicked").push((replication, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no replication panicked");
    results.sort_by_key(|(replication, _)| *replication);
    results.into_iter().map(|(_, result)| result).collect()
}

/// What is wrong with `figures`, one a replication, as an estimate of `truth`; `None`: nothing.
pub(super) fn verdict(name: &str, figures: &[f64], truth: f64, noise: f64) -> Option<String> {
    verdict_within(name, figures, (truth, 0.0), noise)
}

/// The same where the truth is an estimate itself, with a standard error of its own: the two errors are independent, so
/// their squares add up.
pub(super) fn verdict_within(
    name: &str,
    figures: &[f64],
    (truth, doubt): (f64, f64),
    noise: f64,
) -> Option<String> {
    let estimate = Estimate::of(figures);
    let Estimate { mean, standard_error, .. } = estimate;
    let distance = (mean - truth) / standard_error;
    let share = standard_error / truth.abs();
    let widened = (1.0 + (doubt / standard_error).powi(2)).sqrt();
    let far = (mean - truth).abs() > widened * estimate.margin(SUITE_ALARM / CHECKS as f64);
    if far {
        Some(format!("{name}: {mean} is {distance:.2} standard errors from {truth}"))
    } else if share > noise {
        Some(format!("{name}: the standard error is {share:.5} of {truth}, above {noise}"))
    } else {
        None
    }
}

/// Checks every case, and reports all that fail.
pub(super) fn check(cases: &[Case]) {
    let mut failures = Vec::new();
    for case in cases {
        let rows = replicate(case.replications, |replication| {
            let mut sample = Sample { warm: case.warm.0, ..Sample::default() };
            simulate(&case.plan, 1, replication, &mut sample)
                .expect("a queue feeds nothing back at one instant");
            case.checks.iter().map(|check| sample.figure(check.quantity, case)).collect::<Vec<f64>>()
        });
        for (index, check) in case.checks.iter().enumerate() {
            let figures: Vec<f64> = rows.iter().map(|row| row[index]).collect();
            let name = format!("{} {:?}", case.name, check.quantity);
            failures.extend(verdict_within(&name, &figures, (check.truth, check.doubt), check.noise));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
