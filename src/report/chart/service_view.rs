//! Source of the panels of one service.

use super::panel::{LEFT, RIGHT, TimeAxis};
use super::series::rows_per_column;
use super::stairs::Stairs;
use crate::experiment::RunResult;
use crate::kernel::simulation::ServicePlan;
use crate::record::ServiceRecord;
use crate::results::RunCalendar;
use crate::scenario::Scenario;

/// A service of a run, with the axis and the steps that its panels share.
pub(super) struct ServiceView<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) service: &'a ServiceRecord,
    pub(super) plan: Option<&'a ServicePlan>,
    pub(super) time: TimeAxis,
    /// Minutes that share a column of the picture.
    pub(super) per_column: usize,
    pub(super) stairs: Stairs,
}

impl<'a> ServiceView<'a> {
    /// The view of `service`.
    pub(super) fn new(result: &'a RunResult, service: &'a ServiceRecord, calendar: &RunCalendar) -> Self {
        let scenario = &result.scenario;
        let columns = super::super::numbers::whole((RIGHT - LEFT) * f64::from(super::canvas::SCALE));
        Self {
            scenario,
            service,
            plan: scenario.plan.services.iter().find(|plan| plan.name == service.name),
            time: TimeAxis::new(calendar, 0.0, scenario.plan.horizon.as_secs_f64()),
            per_column: rows_per_column(service.timeline.len(), usize::try_from(columns).unwrap_or(1)),
            stairs: Stairs::new(service),
        }
    }
}
