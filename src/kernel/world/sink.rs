//! Where the facts of one service's requests go: to the usage meter, to the observer, into the fingerprint.

use super::observer::Observer;
use super::plan::Bounds;
use crate::facts::{Answers, Denial, Flow, Leaving, Origin, Passage, Passages, Refusal, Unanswered};
use crate::service::{EventSink, Sink};
use crate::telemetry::{Tally, UsageMeter};
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

/// How much a plane may do, and whether it was too much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leash {
    pub(super) bounds: Bounds,
    /// Retries of all services so far.
    pub(super) retries: u64,
    /// Questions until the observer is asked.
    left: u32,
    /// When and why the plane stopped.
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
pub(super) struct ServiceSink<'a, O> {
    pub(super) id: ServiceId,
    pub(super) usage: &'a mut UsageMeter,
    /// Outcomes by period, where a metric of the service needs them.
    pub(super) tally: Option<&'a mut Tally>,
    pub(super) observer: &'a mut O,
    pub(super) fingerprint: u64,
    pub(super) leash: &'a mut Leash,
}

impl<O: Observer> ServiceSink<'_, O> {
    /// Whether the plane may go on, at `at`, with so many requests in flight.
    #[inline]
    fn may_go_on(&mut self, at: u64, in_flight: u64) -> bool {
        self.leash.left -= 1;
        if self.leash.left == 0 || in_flight > self.leash.bounds.in_flight {
            return self.ask(at, in_flight);
        }
        true
    }

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

impl<O> ServiceSink<'_, O> {
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

impl<O: Observer> Sink for ServiceSink<'_, O> {
    #[inline]
    fn offered(&mut self, count: u64, routed: bool) {
        self.usage.asked(count);
        self.usage.routed(if routed { count } else { 0 });
        if let Some(tally) = &mut self.tally {
            tally.offered(count);
        }
        self.observer.offered(self.id, count);
    }

    fn served(&mut self, passages: &Passages<'_>) {
        self.mark(digest(passages.end));
        self.usage.passages(passages);
        if let Some(tally) = &mut self.tally {
            tally.served(passages);
        }
        self.observer.served(self.id, passages);
    }

    fn served_revocably(&mut self, passage: &Passage) {
        self.mark(passage.end);
        self.usage.passage(passage);
        if let Some(tally) = &mut self.tally {
            tally.answered(passage.arrival, passage.end);
        }
        self.observer.served_revocably(self.id, passage);
    }

    #[inline]
    fn gave_up_in_service(&mut self, passage: &Passage, at: u64) {
        self.mark(at ^ 1 << 63);
        self.usage.passage(passage);
        if let Some(tally) = &mut self.tally {
            tally.timed_out(at);
        }
        self.observer.gave_up_in_service(self.id, passage, at);
    }

    #[inline]
    fn gave_up_waiting(&mut self, arrival: u64, at: u64) {
        self.mark(at ^ 1 << 62);
        self.usage.waited(arrival, at);
        if let Some(tally) = &mut self.tally {
            tally.timed_out(at);
        }
        self.observer.gave_up_waiting(self.id, arrival, at);
    }

    #[inline]
    fn refused(&mut self, at: u64, why: Refusal) {
        self.mark(at ^ 3 << 62);
        if let Some(tally) = &mut self.tally {
            tally.refused(why);
        }
        self.observer.refused(self.id, at, why);
    }

    #[inline]
    fn goes_on(&mut self, at: u64, in_flight: u64) -> bool {
        self.may_go_on(at, in_flight)
    }
}

impl<O: Observer> ServiceSink<'_, O> {
    /// Requests flow.
    pub(super) fn flowed(&mut self, flow: &Flow<'_>) {
        for word in [flow.offered, flow.served, flow.rejected, flow.timed_out, flow.failed] {
            self.mark(word);
        }
        self.usage.flowed(flow);
        if let Some(tally) = &mut self.tally {
            tally.flowed(flow);
        }
        self.observer.flowed(self.id, flow);
    }
}

impl<O: Observer> EventSink for ServiceSink<'_, O> {
    fn offered(&mut self, class: u32, count: u64) {
        self.usage.asked(count);
        if let Some(tally) = &mut self.tally {
            tally.offered(count);
        }
        self.observer.offered(self.id, count);
        self.observer.offered_of_class(self.id, class, count);
    }

    fn goes_on(&mut self, at: u64, in_flight: u64) -> bool {
        self.may_go_on(at, in_flight)
    }

    fn routed(&mut self, count: u64) {
        self.usage.routed(count);
    }

    fn tried_again(&mut self, origin: &Origin) {
        self.leash.retries += 1;
        self.usage.asked(1);
        // The load balancer knows attempts only: a second one is a request like the first.
        if let Some(tally) = &mut self.tally {
            tally.offered(1);
        }
        self.observer.tried_again(self.id, origin);
    }

    fn answered(&mut self, answers: &Answers<'_>) {
        self.mark(digest(answers.passages.end));
        if let Some(tally) = &mut self.tally {
            tally.served(&answers.passages);
        }
        self.observer.answered(self.id, answers);
    }

    fn unanswered(&mut self, end: &Unanswered) {
        let kind = match end.denial {
            Denial::Refused(_) => 3,
            Denial::TimedOut => 2,
            Denial::Lost => 1,
        };
        self.mark(end.at ^ kind << 62);
        if let Some(tally) = &mut self.tally {
            match end.denial {
                Denial::Refused(why) => tally.refused(why),
                Denial::TimedOut => tally.timed_out(end.at),
                Denial::Lost => tally.failed(),
            }
        }
        self.observer.unanswered(self.id, end);
    }

    fn worked_in_vain(&mut self, passage: &Passage) {
        self.mark(passage.end);
        self.observer.worked_in_vain(self.id, passage);
    }

    fn used(&mut self, usage: [i128; 3], leaving: &Leaving) {
        self.usage.used(usage, leaving);
    }
}
