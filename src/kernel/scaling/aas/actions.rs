//! Actions that alarms have asked for and that are still to come: the first of a stay in `ALARM`, and its repetitions
//! (`docs/aws/alarms.md#actions`).

use alloc::vec::Vec;

use super::alarms::ManagedAlarm;
use crate::units::{AlarmId, SimDuration, SimTime};

/// An action that an alarm has asked for.
#[derive(Clone, Copy, Debug)]
struct PendingAction {
    at: SimTime,
    alarm: AlarmId,
    /// The stay in `ALARM` that it repeats; `None`: it is the first of a stay and happens in any case.
    episode: Option<u32>,
    /// Whether it is asked for again while its alarm stays in `ALARM`.
    repeats: bool,
}

/// The actions of a scalable target that are still to come.
#[derive(Clone, Debug, Default)]
pub(super) struct PendingActions(Vec<PendingAction>);

impl PendingActions {
    /// An alarm has entered `ALARM`: it acts at `at`, and again while it stays there.
    pub(super) fn enter(&mut self, at: SimTime, alarm: AlarmId) {
        self.0.push(PendingAction { at, alarm, episode: None, repeats: true });
    }

    /// An alarm acts once more at `at`, provided that it stays in this `episode` of `ALARM` until then.
    pub(super) fn act_once(&mut self, at: SimTime, alarm: AlarmId, episode: u32) {
        self.0.push(PendingAction { at, alarm, episode: Some(episode), repeats: false });
    }

    /// Takes the actions that are due at `now` and writes their alarms to `invoked`, in order, each once. Those that repeat are
    /// asked for again `reinvoke` later \[ns\]; a repetition whose alarm has left `ALARM` meanwhile is dropped.
    pub(super) fn take_due(
        &mut self,
        now: SimTime,
        reinvoke: SimDuration,
        alarms: &[ManagedAlarm],
        invoked: &mut Vec<AlarmId>,
    ) {
        invoked.clear();
        self.0.retain_mut(|action| {
            if action.at > now {
                return true;
            }
            let alarm = &alarms[action.alarm.index()];
            let is_valid =
                action.episode.is_none_or(|episode| episode == alarm.episode && alarm.is_in_alarm());
            if is_valid {
                invoked.push(action.alarm);
                (action.at, action.episode) = (now + reinvoke, Some(alarm.episode));
            }
            is_valid && action.repeats
        });
        invoked.sort_unstable();
        invoked.dedup();
    }
}
