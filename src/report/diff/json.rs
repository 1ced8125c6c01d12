//! The difference for programs.

use super::text::Diff;
use crate::experiment::compare::Difference;
use crate::experiment::{CONFIDENCE, Estimate, Measure};
use crate::report::compare::lines;
use crate::report::gate::check_report;
use crate::results::{
    ChangeLists, ChangedKey, Completion, DiffDifference, DiffFigure, DiffReport, DiffSide, FigureValue,
    Rounded, SideFigure, Significance, Version, json_text,
};
use crate::scenario::{Change, Part};

/// The difference as JSON, ending with a line feed.
#[must_use]
pub fn diff_json(diff: &Diff) -> String {
    let comparison = &diff.comparison;
    let side = |index: usize| {
        let scenario = &comparison.variants.get(index)?.variant.scenario;
        Some(DiffSide {
            name: scenario.name.clone(),
            region: scenario.region.clone(),
            sha256: scenario.sha256.clone(),
            subject: diff.subjects[index].clone(),
            unpriced: scenario.unpriced().items,
        })
    };
    let figure = |(service, measure): (Option<&str>, Measure)| {
        let at = |index: usize| {
            let estimate = comparison.variants.get(index)?.estimate(service, measure)?;
            Some(side_figure(measure, &estimate))
        };
        let name = service.map_or_else(|| measure.name(), |service| format!("{service}.{}", measure.name()));
        let difference = comparison.difference(1, service, measure);
        let difference = difference.map(|difference| diff_difference(measure, &difference));
        (name, DiffFigure { after: at(1), before: at(0), difference })
    };
    let presence = |service: &str| (service.to_owned(), diff.presence(service));
    let part = |part: Part| diff.of(part).into_iter().cloned().map(changed_key).collect();
    json_text(&DiffReport {
        base: side(0),
        bill_not_comparable: comparison.unlike_bills(1, None),
        changes: ChangeLists {
            checks: part(Part::Checks),
            other: part(Part::Other),
            other_in_words: diff.unlike(),
            policy: part(Part::Policy),
            without_effect: part(Part::Aside),
        },
        checks: check_report(&diff.gate),
        confidence: CONFIDENCE,
        figures: lines(comparison).into_iter().map(figure).collect(),
        head: side(1),
        replications: diff.gate.runs,
        runs: if comparison.interrupted { Completion::Interrupted } else { Completion::Complete },
        schema_version: Version,
        seed: comparison.seed,
        services: comparison.services().into_iter().map(presence).collect(),
        verdict: diff.verdict(),
    })
}

fn side_figure(measure: Measure, estimate: &Estimate) -> SideFigure {
    let number = |value: f64| FigureValue::new(measure, value);
    SideFigure { half_width: estimate.half_width.and_then(number), value: number(estimate.value) }
}

fn diff_difference(measure: Measure, difference: &Difference) -> DiffDifference {
    let Difference { absolute, relative } = difference;
    let SideFigure { half_width, value } = side_figure(measure, absolute);
    let verdict = match absolute.half_width {
        None => Significance::OneRun,
        Some(_) if absolute.is_significant() => Significance::Significant,
        Some(_) => Significance::NotSignificant,
    };
    DiffDifference { half_width, relative: relative.and_then(Rounded::new), value, verdict }
}

pub(in crate::report) fn changed_key(change: Change) -> ChangedKey {
    let Change { key, before, after, .. } = change;
    ChangedKey { after, before, key }
}
