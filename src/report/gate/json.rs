//! The verdicts for programs. Money is decimal text; a status and what it does are words.

use super::{Gate, Judged};
use crate::experiment::CONFIDENCE;
use crate::experiment::{CheckStatus, checks};
use crate::results::{
    CheckLocation, CheckReport, CheckSubject, Completion, DecimalText, FigureValue, GateState, JudgedCheck,
    Rounded, StatusCounts, StrictStatus, Version, json_text,
};
use crate::scenario::Check;

/// The verdicts as JSON, ending with a line feed.
#[must_use]
pub fn gate_json(gate: &Gate) -> String {
    json_text(&check_report(gate))
}

/// The verdicts, to stand alone or within another document.
pub(in crate::report) fn check_report(gate: &Gate) -> CheckReport {
    let counts = |status| gate.verdicts.iter().filter(|judged| judged.outcome.status == status).count();
    CheckReport {
        baseline: gate.baseline.clone(),
        checks: gate.verdicts.iter().map(judged_check).collect(),
        confidence: CONFIDENCE,
        counts: StatusCounts {
            fail: counts(CheckStatus::Fail),
            inconclusive: counts(CheckStatus::Inconclusive),
            no_data: counts(CheckStatus::NoData),
            pass: counts(CheckStatus::Pass),
        },
        gate: if gate.holds() { GateState::Open } else { GateState::Closed },
        inconclusive_counts_as: if gate.strict { StrictStatus::Fail } else { StrictStatus::Pass },
        replications: gate.runs,
        runs: if gate.interrupted { Completion::Interrupted } else { Completion::Complete },
        scenario: CheckSubject {
            name: gate.scenario.clone(),
            seed: gate.seed,
            subject: gate.subject.clone(),
        },
        schema_version: Version,
        status: gate.status(),
    }
}

fn judged_check(judged: &Judged) -> JudgedCheck {
    let Judged { check, outcome, place } = judged;
    let estimate = outcome.estimate.as_ref();
    let (low, high) = estimate.map(|estimate| checks::ends(check, estimate)).unzip();
    let known = |value: Option<f64>| number(check, value?);
    let has_interval = estimate.is_some_and(|estimate| estimate.half_width.is_some());
    JudgedCheck {
        check: outcome.check.clone(),
        estimate: known(estimate.map(|estimate| estimate.value)),
        high: known(high.filter(|_| has_interval)),
        limit: number(check, check.limit),
        low: known(low.filter(|_| has_interval)),
        note: outcome.note.clone(),
        place: place.clone().map(|(file, line)| CheckLocation { file, line }),
        service: outcome.service.clone(),
        status: outcome.status,
        unit: check.measure.unit().name().to_owned(),
        value: outcome.value.clone(),
    }
}

fn number(check: &Check, value: f64) -> Option<FigureValue> {
    match check.measure.unit().name() {
        "USD" if value.is_finite() => DecimalText::with_decimals(value, 4).map(FigureValue::Money),
        _ => Rounded::new(value).map(FigureValue::Number),
    }
}
