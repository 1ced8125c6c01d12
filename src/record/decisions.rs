//! The decision log while it grows. A policy whose alarm stays in `ALARM` is invoked once a minute, and may give the same
//! answer for weeks: answers without a change that follow one another share a row.

use windtunnel_kernel::scaling::aas::{PolicyInvoked, Verdict};
use windtunnel_kernel::units::PolicyId;

use super::result::DecisionRecord;

/// The rows of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct DecisionLog {
    rows: Vec<DecisionRecord>,
    /// By policy: the row of its last answer, and the answer, while nothing else was logged since.
    standing: Vec<Option<(usize, Verdict)>>,
}

impl DecisionLog {
    /// Adds a row that stands alone.
    pub(super) fn push(&mut self, row: DecisionRecord) {
        self.standing.clear();
        self.rows.push(row);
    }

    /// Counts the invocation to the row of the one before, where the answer is the same.
    pub(super) fn repeats(&mut self, invoked: &PolicyInvoked<'_>) -> bool {
        let decision = invoked.decision;
        let standing = self.standing.get(decision.policy.index()).copied().flatten();
        let Some((place, verdict)) = standing else { return false };
        let Some(row) = self.rows.get_mut(place) else { return false };
        let is_same = verdict == decision.verdict
            && row.threshold == Some(invoked.alarm.threshold)
            && row.running == invoked.running
            && row.desired_before == decision.desired_before;
        if is_same {
            row.until = invoked.at;
            row.times += 1;
        }
        is_same
    }

    /// Adds the row of an invocation that changed nothing, to which the next ones may be counted.
    pub(super) fn push_refusal(&mut self, policy: PolicyId, verdict: Verdict, row: DecisionRecord) {
        let index = policy.index();
        if self.standing.len() <= index {
            self.standing.resize(index + 1, None);
        }
        // What is left of a cooldown is another answer each time.
        self.standing[index] = (verdict != Verdict::CoolingDown).then_some((self.rows.len(), verdict));
        self.rows.push(row);
    }

    /// The rows, in order of their first instant.
    pub(super) fn finish(self) -> Vec<DecisionRecord> {
        self.rows
    }
}
