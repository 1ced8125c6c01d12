//! The row of a cell, and its text in the journal: one line, floats in the shortest decimal that reads back to the same
//! bits.

use serde::{Deserialize, Serialize};

/// Row of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellRow {
    /// Number of the cell.
    pub cell: u64,
    /// Seed it ran with.
    pub seed: u64,
    /// Outcome of the cell.
    pub outcome: CellOutcome,
}

/// Outcome of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellOutcome {
    /// With figures.
    CellFigures(CellFigures),
    /// Without.
    Failed(CellFailure),
}

/// Figures of a cell that ran to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct CellFigures {
    /// Requests that were offered, the warm-up's included.
    pub requests: u64,
    /// Fingerprint of the run.
    pub fingerprint: u64,
    /// Whether requests flowed, so that its times are approximate.
    pub approximate: bool,
    /// The checks of the scenario.
    pub verdict: CellVerdict,
    /// The figures, in the order of the head; `None` where the run has nothing to say.
    pub figures: Vec<Option<f64>>,
}

/// Verdict of all checks of a run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellVerdict {
    /// There are none.
    NoChecks,
    /// All held.
    Pass,
    /// One did not.
    Fail,
    /// None failed, but one had nothing to judge.
    NoData,
    /// None failed, but a cost lacks a price.
    Inconclusive,
}

/// Reason why a cell has no figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFailure {
    /// Kind of failure.
    pub kind: FailureKind,
    /// Message of the failure, in words.
    pub message: String,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The values of the point do not go together: it is no scenario.
    Invalid,
    /// The cell had more requests than a cell may have.
    OverBudget,
    /// The engine stopped it.
    Stopped,
    /// The program has a bug, which this cell met.
    Panicked,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Invalid, Self::OverBudget, Self::Stopped, Self::Panicked];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::OverBudget => "over_budget",
            Self::Stopped => "stopped",
            Self::Panicked => "panicked",
        }
    }
}

impl CellVerdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [Self::NoChecks, Self::Pass, Self::Fail, Self::NoData, Self::Inconclusive];

    /// The name in files; empty where there are no checks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoChecks => "",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NoData => "no_data",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl CellRow {
    /// The row as one line of text.
    #[must_use]
    pub fn encode(&self) -> String {
        let Self { cell, seed, outcome } = self;
        match outcome {
            CellOutcome::CellFigures(done) => {
                let figure = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v}"));
                let figures: Vec<String> = done.figures.iter().map(figure).collect();
                let (requests, fingerprint, verdict) = (done.requests, done.fingerprint, done.verdict.name());
                let ok = if done.approximate { "flow" } else { "ok" };
                format!(
                    "{cell}\t{seed}\t{ok}\t{requests}\t{fingerprint:016x}\t{verdict}\t{}",
                    figures.join(" ")
                )
            }
            CellOutcome::Failed(failure) => {
                let message = serde_json::to_string(&failure.message).unwrap_or_default();
                format!("{cell}\t{seed}\t{}\t{message}", failure.kind.name())
            }
        }
    }

    /// The row of a line; `None` when it is none.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.split('\t');
        let cell = parts.next()?.parse().ok()?;
        let seed = parts.next()?.parse().ok()?;
        let outcome = match parts.next()? {
            ok @ ("ok" | "flow") => {
                let approximate = ok == "flow";
                let requests = parts.next()?.parse().ok()?;
                let fingerprint = u64::from_str_radix(parts.next()?, 16).ok()?;
                let name = parts.next()?;
                let verdict = CellVerdict::ALL.into_iter().find(|verdict| verdict.name() == name)?;
                let figure = |text: &str| match text {
                    "-" => Some(None),
                    text => text.parse().ok().map(Some),
                };
                let figures = parts.next()?.split(' ').map(figure).collect::<Option<Vec<_>>>()?;
                CellOutcome::CellFigures(CellFigures { requests, fingerprint, approximate, verdict, figures })
            }
            kind => {
                let kind = FailureKind::ALL.into_iter().find(|known| known.name() == kind)?;
                CellOutcome::Failed(CellFailure { kind, message: serde_json::from_str(parts.next()?).ok()? })
            }
        };
        parts.next().is_none().then_some(Self { cell, seed, outcome })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_back_to_the_same_bits() {
        let figures =
            vec![Some(0.1 + 0.2), None, Some(1e300), Some(-0.0), Some(f64::MIN_POSITIVE), Some(3.0)];
        let done = CellFigures {
            requests: u64::MAX,
            fingerprint: 7,
            approximate: true,
            verdict: CellVerdict::NoData,
            figures,
        };
        let failure =
            CellFailure { kind: FailureKind::Panicked, message: "tab\t\n\"quote\" ü \u{1b}".to_owned() };
        for outcome in [CellOutcome::CellFigures(done), CellOutcome::Failed(failure)] {
            let row = CellRow { cell: 12, seed: u64::MAX, outcome };
            let text = row.encode();
            assert!(!text.contains('\n'));
            assert_eq!(CellRow::decode(&text), Some(row));
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for text in
            ["", "1", "1\t1\tok", "x\t1\tinvalid\t\"a\"", "1\t1\tinvalid\t\"a\"\tmore", "1\t1\todd\t\"a\""]
        {
            assert_eq!(CellRow::decode(text), None, "{text}");
        }
    }
}
