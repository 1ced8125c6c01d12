//! `summary.json` of a sweep: what was swept, how much of it there is, the front, and the cheapest point that passes.

use std::collections::BTreeMap;

use super::SweepView;
use super::sheets::replay;
use crate::experiment::points::Points;
use crate::experiment::sweep::{CellOutcome, CellRow, FailureKind};
use crate::results::{
    DecimalText, DesignKind, Rounded, SweepAxis, SweepCells, SweepDesign, SweepFailure, SweepPoint,
    SweepResult, SweepScenario, Version,
};
use crate::scenario::Axis;

/// The content of `summary.json`.
#[must_use]
pub fn sweep_result(view: &SweepView<'_>) -> SweepResult {
    let SweepView { head, design, summary } = view;
    let by_kind = FailureKind::ALL
        .into_iter()
        .map(|kind| (kind.name().to_owned(), summary.failed.get(&kind).copied().unwrap_or(0)));
    let has_checks = !head.checks.is_empty();
    SweepResult {
        assumptions: head.assumptions.clone(),
        cells: SweepCells {
            failed: summary.failures(),
            failed_by_kind: by_kind.collect(),
            finished: summary.finished,
            planned: summary.planned,
        },
        cells_with_approximate_times: summary.approximate,
        cheapest_that_passes: summary.cheapest().map(|point| sweep_point(view, point)),
        checks: head.checks.clone(),
        checks_not_judged: head.unjudged.clone(),
        design: SweepDesign {
            axes: head.axes.iter().map(sweep_axis).collect(),
            budget_requests: head.budget,
            kind: match &head.points {
                Points::Grid => DesignKind::Grid,
                Points::LatinHypercube { .. } => DesignKind::LatinHypercube,
                Points::List { .. } => DesignKind::List,
            },
            points: design.points(),
            replications: design.replications(),
        },
        failures: summary.failures.iter().filter_map(|row| sweep_failure(view, row)).collect(),
        horizon_s: head.horizon_s,
        not_priced: head.not_priced.clone(),
        pareto_front: summary.front.iter().map(|point| sweep_point(view, *point)).collect(),
        partial: !summary.is_whole(),
        points_that_pass: has_checks.then_some(summary.passing.len()),
        region: head.region.clone(),
        requests: summary.requests.into(),
        scenario: SweepScenario {
            name: head.scenario.clone(),
            seed: head.seed,
            sha256: head.scenario_sha256.clone(),
        },
        schema_version: Version,
        sweep_sha256: head.hash(),
        unpriced: head.unpriced.clone(),
    }
}

fn sweep_axis(axis: &Axis) -> SweepAxis {
    let values = axis.values.iter().map(|value| value.label.clone()).collect();
    SweepAxis { name: axis.name.clone(), values }
}

fn values_of(view: &SweepView<'_>, point: u64) -> BTreeMap<String, String> {
    let labels = view.design.labels(point);
    let pairs = view.design.axes().iter().zip(labels);
    pairs.map(|(axis, label)| (axis.name.clone(), label.to_owned())).collect()
}

fn sweep_point(view: &SweepView<'_>, point: u64) -> SweepPoint {
    let place = view.summary.at(point);
    let has_checks = !view.head.checks.is_empty();
    SweepPoint {
        cost_per_month_usd: Rounded::<2>::new(place.cost)
            .and_then(|cost| DecimalText::with_decimals(cost.get(), 2)),
        passes_checks: has_checks.then(|| view.summary.passes(point)),
        point,
        response_time_p99_ms: Rounded::new(place.p99),
        set: view.design.overrides(point),
        values: values_of(view, point),
    }
}

fn sweep_failure(view: &SweepView<'_>, row: &CellRow) -> Option<SweepFailure> {
    let (point, replication) = view.design.split(row.cell);
    let CellOutcome::Failed(failure) = &row.outcome else { return None };
    Some(SweepFailure {
        kind: failure.kind.name().to_owned(),
        message: failure.message.clone(),
        point,
        replay: replay(view.head, view.design, row),
        replication,
        seed: row.seed,
        values: values_of(view, point),
    })
}
