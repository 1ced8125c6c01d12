//! What the clock does to scaling: scheduled actions move the bounds, suspensions hold scaling back
//! (`docs/aws/scheduled-actions.md`).

use alloc::vec::Vec;

use super::event::Event;
use super::observer::{Observer, ScheduledRan, SuspensionChanged};
use super::plane::Plane;
use super::run::Simulation;
use super::service_state::PendingAction;
use crate::scaling::aas::{ScheduledOutcome, Suspended};
use crate::telemetry::AlarmState;
use crate::units::{AlarmId, ServiceId, SimTime};

impl<'p, O: Observer, P: Plane<'p>> Simulation<'p, '_, O, P> {
    /// Puts the first occurrence and every end of a suspension on the calendar.
    pub(super) fn begin_clock(&mut self, id: ServiceId) {
        self.next_occurrence(id);
        let suspensions = &self.services[id.index()].plan.clock.suspensions;
        let mut turns: Vec<SimTime> = suspensions.iter().map(|suspension| suspension.from).collect();
        turns.extend(suspensions.iter().filter_map(|suspension| suspension.until));
        turns.sort_unstable();
        turns.dedup();
        for at in turns {
            self.schedule(at, Event::Suspension(id));
        }
    }

    fn next_occurrence(&mut self, id: ServiceId) {
        if let Some(next) = self.services[id.index()].occurrences.last() {
            let at = next.at;
            self.schedule(at, Event::Scheduled(id));
        }
    }

    /// The next occurrence runs: it sets the bounds and moves the desired count within them. Cooldowns neither stop it nor
    /// start.
    pub(super) fn run_scheduled(&mut self, id: ServiceId, now: SimTime) {
        let state = &mut self.services[id.index()];
        let Some(occurrence) = state.occurrences.pop() else { return };
        let Some(action) = state.plan.clock.actions.get(occurrence.action) else { return };
        let before = state.bounds;
        let asked = (action.min_capacity, action.max_capacity);
        let wanted = (asked.0.unwrap_or(before.0), asked.1.unwrap_or(before.1));
        let outcome = if state.suspended.scheduled_scaling {
            ScheduledOutcome::Suspended
        } else if wanted.0 > wanted.1 {
            ScheduledOutcome::MinAboveMax
        } else {
            state.bounds = wanted;
            ScheduledOutcome::Applied
        };
        let desired_before = state.lifecycle.desired();
        let desired_after = match outcome {
            ScheduledOutcome::Applied => desired_before.clamp(wanted.0, wanted.1),
            ScheduledOutcome::MinAboveMax | ScheduledOutcome::Suspended => desired_before,
        };
        let ran = ScheduledRan {
            at: now,
            due: occurrence.due,
            name: &action.name,
            outcome,
            asked,
            bounds_before: before,
            bounds_after: state.bounds,
            running: state.lifecycle.counts().running,
            desired_before,
            desired_after,
        };
        self.observer.scheduled_action(id, &ran);
        if desired_after != desired_before {
            let state = &mut self.services[id.index()];
            state.arbiter.note_change(now, ran.running);
            self.set_desired(id, now, desired_after);
        }
        self.next_occurrence(id);
    }

    /// A suspension begins or ends. When policies may act again, those whose alarm is in `ALARM` are evaluated again (documented:
    /// `docs/aws/scheduled-actions.md#suspended-scaling`), besides their repetitions.
    pub(super) fn turn_suspension(&mut self, id: ServiceId, now: SimTime) {
        let state = &mut self.services[id.index()];
        let is_on =
            |from: SimTime, until: Option<SimTime>| from <= now && until.is_none_or(|until| now < until);
        let before = state.suspended;
        let on = state.plan.clock.suspensions.iter().filter(|window| is_on(window.from, window.until));
        let after = on.fold(Suspended::default(), |sum, window| sum.or(window.suspended));
        if after == before {
            return;
        }
        state.suspended = after;
        let (running, desired) = (state.lifecycle.counts().running, state.lifecycle.desired());
        self.observer.suspension_changed(id, &SuspensionChanged { at: now, before, after, running, desired });
        if !before.is_resumed_by(after) {
            return;
        }
        let at = now + state.plan.telemetry.aas_action_latency;
        for (watch, alarm) in state.watches.iter().zip(0_u32..) {
            if watch.alarm.state() == AlarmState::Alarm {
                let action = PendingAction {
                    at,
                    alarm: AlarmId(alarm),
                    repeats: Some(watch.alarm_episode),
                    again: false,
                };
                state.actions.push(action);
            }
        }
        self.schedule(at, Event::PolicyAction(id));
    }
}
