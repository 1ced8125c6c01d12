//! Verdicts of a gate, for people.

use super::super::numbers::grouped;
use super::super::view::{Verdict, View, checks_sentence, sentence_of};
use super::super::words::plain;
use crate::experiment::{CheckOutcome, CheckStatus};
use crate::results::CheckResult;
use crate::scenario::Check;

/// The checks of a scenario and what became of them.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The scenario's name.
    pub scenario: String,
    /// Name of what was judged, as the user gave it.
    pub subject: String,
    /// Name of what costs were compared with, as the user gave it.
    pub baseline: Option<String>,
    /// Seed of the runs.
    pub seed: u64,
    /// Number of runs.
    pub runs: u64,
    /// Whether the runs were interrupted before all were done.
    pub interrupted: bool,
    /// Whether a check that is inconclusive, or has nothing to judge, counts as failed.
    pub strict: bool,
    /// The checks.
    pub verdicts: Vec<Judged>,
}

/// One check, where it is written, and what became of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The check.
    pub check: Check,
    /// Outcome of the check.
    pub outcome: CheckOutcome,
    /// File and line of the check; `None` where it is in no file.
    pub place: Option<(String, usize)>,
}

impl Gate {
    /// Whether a verdict fails the gate.
    #[must_use]
    pub const fn fails(&self, outcome: &CheckOutcome) -> bool {
        outcome.fails(self.strict)
    }

    /// The status of all checks together: the worst of them.
    #[must_use]
    pub fn status(&self) -> CheckStatus {
        let has = |status| self.verdicts.iter().any(|judged| judged.outcome.status == status);
        let worst = [CheckStatus::Fail, CheckStatus::Inconclusive, CheckStatus::NoData];
        worst.into_iter().find(|status| has(*status)).unwrap_or(CheckStatus::Pass)
    }

    /// Whether the gate holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.verdicts.iter().any(|judged| self.fails(&judged.outcome))
    }

    pub(super) fn count(&self, status: CheckStatus) -> usize {
        self.verdicts.iter().filter(|judged| judged.outcome.status == status).count()
    }

    /// `3 checks: 1 pass, 1 fail, 1 inconclusive`.
    pub(super) fn tally(&self) -> String {
        let all = [CheckStatus::Pass, CheckStatus::Fail, CheckStatus::Inconclusive, CheckStatus::NoData];
        let part = |status| match self.count(status) {
            0 => None,
            count => Some(format!("{count} {}", status.name().replace('_', " "))),
        };
        let parts: Vec<String> = all.into_iter().filter_map(part).collect();
        let total = self.verdicts.len();
        let noun = if total == 1 { "check" } else { "checks" };
        format!("{total} {noun}: {}", parts.join(", "))
    }

    /// The basis of the verdicts: `10 runs, 95 % intervals between them · seed 1`.
    pub(super) fn basis(&self) -> String {
        let runs = match self.runs {
            1 => "1 run, which gives no intervals".to_owned(),
            runs => format!("{} runs, 95 % intervals between them", grouped(runs)),
        };
        let stopped = if self.interrupted { " · interrupted: what was finished counts" } else { "" };
        let against = self.baseline.as_ref().map(|name| format!(" · costs against {}", plain(name)));
        format!("{runs} · seed {}{}{stopped}", self.seed, against.unwrap_or_default())
    }

    /// The advice on checks without a verdict; `None` where there is nothing to do.
    pub(super) fn advice(&self) -> Option<String> {
        let unpriced = self.verdicts.iter().filter(|judged| judged.outcome.is_unpriced).count();
        let unsure = self.count(CheckStatus::Inconclusive) - unpriced;
        let word = |count: usize| if count == 1 { "is" } else { "are" };
        let runs = (unsure > 0).then(|| {
            format!(
                "{unsure} {} inconclusive: the interval holds the limit; more runs may tell (--replications {})",
                word(unsure),
                (self.runs * 4).max(10)
            )
        });
        let prices = (unpriced > 0).then(|| {
            format!(
                "{unpriced} {} inconclusive: a price is missing, so the gate does not hold; give it by `[prices]`",
                word(unpriced)
            )
        });
        let parts: Vec<String> = runs.into_iter().chain(prices).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// The finding of a check, with its note.
pub(in crate::report) fn found(outcome: &CheckOutcome) -> String {
    CheckResult::from(outcome).found()
}

/// The checks with their verdicts, for readers.
pub(in crate::report) fn results(gate: &Gate) -> Vec<CheckResult> {
    gate.verdicts.iter().map(|judged| CheckResult::from(&judged.outcome)).collect()
}

/// Everything that a gate says.
#[must_use]
pub fn gate_view(gate: &Gate) -> View {
    let checks = results(gate);
    View {
        kind: "Checks",
        title: gate.scenario.clone(),
        facts: vec![gate.basis()],
        verdict: Verdict {
            status: (!checks.is_empty()).then(|| gate.status()),
            sentence: checks_sentence(&checks),
            notes: gate.advice().iter().map(|advice| sentence_of(advice)).collect(),
            checks,
        },
        ..View::default()
    }
}
