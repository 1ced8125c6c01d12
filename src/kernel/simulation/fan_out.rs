//! Receivers of the facts of one service's requests: the usage meter, the observer, the fingerprint.

use super::observer::Observer;
use super::plan::Bounds;
use crate::facts::{Attempt, FlowStep, Outcome, Pace, Probe, RequestBatch};
use crate::telemetry::{OutcomeMeter, UsageMeter};
use crate::units::{ServiceId, SimTime};

/// Questions of a plane after which an observer is asked whether it still wants the run: each stands for up to 128 requests.
const PATIENCE: u32 = 1_024;

/// Why a plane stopped between two control events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// Nobody wants the run any more.
    Unwanted,
    /// So many requests of a service are in flight.
    InFlight(ServiceId, u64),
    /// All clients together have tried again so often.
    Retries(u64),
}

/// Limits of a plane, and whether it passed one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leash {
    pub(super) bounds: Bounds,
    /// Retries of all services so far.
    pub(super) retries: u64,
    /// Questions until the observer is asked.
    left: u32,
    /// Time and reason of the plane's stop.
    pub(super) halted: Option<(SimTime, Halt)>,
}

impl Leash {
    pub(super) const fn new(bounds: Bounds) -> Self {
        Self { bounds, retries: 0, left: PATIENCE, halted: None }
    }

    fn halt(&mut self, at: u64, why: Halt) -> bool {
        self.halted = Some((SimTime(at), why));
        false
    }
}

/// Passes the facts of requests on: to the usage meter, to the observer, into the fingerprint.
pub(super) struct FanOut<'a, O> {
    pub(super) id: ServiceId,
    pub(super) usage: &'a mut UsageMeter,
    /// Outcomes by period, where a metric of the service needs them.
    pub(super) tally: Option<&'a mut OutcomeMeter>,
    pub(super) observer: &'a mut O,
    pub(super) fingerprint: u64,
    pub(super) leash: &'a mut Leash,
}

impl<O: Observer> Pace for FanOut<'_, O> {
    #[inline]
    fn goes_on(&mut self, at: u64, in_flight: u64, retries: u64) -> bool {
        self.leash.retries += retries;
        self.leash.left -= 1;
        if self.leash.left == 0 || in_flight > self.leash.bounds.in_flight {
            return self.ask(at, in_flight);
        }
        true
    }
}

impl<O: Observer> FanOut<'_, O> {
    #[cold]
    #[inline(never)]
    fn ask(&mut self, at: u64, in_flight: u64) -> bool {
        self.leash.left = PATIENCE;
        if in_flight > self.leash.bounds.in_flight {
            return self.leash.halt(at, Halt::InFlight(self.id, in_flight));
        }
        if self.leash.retries > self.leash.bounds.retries {
            return self.leash.halt(at, Halt::Retries(self.leash.retries));
        }
        self.observer.is_wanted() || self.leash.halt(at, Halt::Unwanted)
    }
}

impl<O> FanOut<'_, O> {
    #[inline]
    fn mark(&mut self, at: u64) {
        self.fingerprint = (self.fingerprint.rotate_left(5) ^ at).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

/// A hash of a column, in four lanes that do not wait for each other.
#[inline]
fn digest(column: &[u64]) -> u64 {
    let mut lanes =
        [0x243F_6A88_85A3_08D3_u64, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89];
    let (quads, rest) = column.as_chunks::<4>();
    for quad in quads {
        for (lane, word) in lanes.iter_mut().zip(quad) {
            *lane = (*lane ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        }
    }
    for (lane, word) in lanes.iter_mut().zip(rest) {
        *lane = (*lane ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    }
    lanes[0] ^ lanes[1].rotate_left(16) ^ lanes[2].rotate_left(32) ^ lanes[3].rotate_left(48)
}

/// The mark that an attempt leaves in the fingerprint: its instant, with its outcome in the two highest bits.
#[inline]
const fn mark_of(attempt: &Attempt, is_final: bool) -> u64 {
    let kind = match attempt.outcome {
        Outcome::Served | Outcome::Wasted => 0,
        Outcome::Failed => 1,
        // Where outcomes are stated in advance, a client that will give up waiting is told apart.
        Outcome::TimedOutWaiting => 1 + is_final as u64,
        Outcome::TimedOutInService => 2,
        Outcome::Rejected(_) => 3,
    };
    attempt.at ^ kind << 62
}

impl<O: Observer> Probe for FanOut<'_, O> {
    fn requests(&mut self, service: ServiceId, batch: &RequestBatch<'_>) {
        batch.attempts.iter().for_each(|attempt| self.mark(mark_of(attempt, batch.is_final)));
        if let Some(served) = &batch.served {
            self.mark(digest(served.end));
        }
        self.usage.requests(batch);
        if let Some(tally) = &mut self.tally {
            tally.requests(batch);
        }
        self.observer.requests(service, batch);
    }

    fn flowed(&mut self, service: ServiceId, step: &FlowStep<'_>) {
        for word in [step.offered, step.served, step.rejected, step.timed_out, step.failed] {
            self.mark(word);
        }
        self.usage.flowed(step);
        if let Some(tally) = &mut self.tally {
            tally.flowed(step);
        }
        self.observer.flowed(service, step);
    }
}
