//! The second panel of a long run that scaled out: the same load and tasks around the longest shortfall, or around the
//! largest scale-out where capacity never fell short. A pixel of a day is a minute and a half; here alarm delay and cold
//! start have a width.

use plotters::prelude::DrawingBackend;

use super::ChartError;
use super::canvas::Canvas;
use super::load::{LoadView, draw_view};
use super::panel::TimeAxis;
use super::service_view::ServiceView;
use super::stairs::changes;
use crate::kernel::simulation::ServicePlan;
use crate::kernel::units::SimTime;
use crate::record::ServiceRecord;
use crate::record::shortfall::shortfalls;
use crate::results::RunCalendar;

/// Runs up to this long show it already \[s\].
const LONG_RUN: f64 = 6.0 * 3600.0;
/// Shown before what the panel is about \[s\].
const BEFORE: f64 = 10.0 * 60.0;
/// Shown after it \[s\].
const AFTER: f64 = 15.0 * 60.0;
/// The panel shows at least this \[s\].
const LEAST: f64 = 45.0 * 60.0;
/// And at most this, from the beginning of what it is about \[s\].
const MOST: f64 = 3.0 * 3600.0;

/// A stretch of a run that deserves a closer look.
pub(super) struct Zoom {
    title: &'static str,
    note: String,
    time: TimeAxis,
}

impl Zoom {
    /// The stretch of a service's run to look at closely; `None` where it is short or nothing was scaled out.
    pub(super) fn new(
        service: &ServiceRecord,
        plan: Option<&ServicePlan>,
        calendar: &RunCalendar,
        horizon_s: f64,
    ) -> Option<Self> {
        if horizon_s <= LONG_RUN {
            return None;
        }
        // Moving into the bounds at second 0 is no reaction to load.
        let outs = changes(service)
            .into_iter()
            .filter(|change| change.at > SimTime::ZERO && change.desired_after > change.desired_before);
        // The first of equally large ones, here and below.
        let largest = outs.rev().max_by_key(|change| change.desired_after - change.desired_before)?;
        let found = plan
            .and_then(ServicePlan::capacity_per_task)
            .map_or_else(Vec::new, |capacity| shortfalls(&service.timeline, &service.in_service, capacity));
        let longest = found.iter().rev().max_by_key(|shortfall| shortfall.length());
        let (title, from, to) = match longest {
            Some(shortfall) => {
                let start = shortfall.start.as_secs_f64();
                ("Around the longest shortfall", start, start + shortfall.length().as_secs_f64())
            }
            None => ("Around the largest scale-out", largest.at.as_secs_f64(), largest.at.as_secs_f64()),
        };
        let (start_s, end_s) = window(from, to, horizon_s);
        let time = TimeAxis::new(calendar, start_s, end_s);
        let clock = |second: f64, format: &str| {
            let at = SimTime(super::super::numbers::whole(second * 1e9));
            calendar.zoned(at).strftime(format).to_string()
        };
        let note = format!("{} to {}", clock(start_s, "%-d %b %H:%M"), clock(end_s, "%H:%M"));
        Some(Self { title, note, time })
    }

    /// Draws the panel between `top` and `bottom` \[px\].
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        block: &ServiceView<'_>,
        (top, bottom): (f64, f64),
    ) -> Result<(), ChartError> {
        let timeline = &block.service.timeline;
        let first = timeline.partition_point(|m| (m.start + m.length).as_secs_f64() <= self.time.start_s);
        let beyond = timeline.partition_point(|m| m.start.as_secs_f64() < self.time.end_s).max(first);
        let view = LoadView {
            title: self.title,
            note: Some(&self.note),
            time: &self.time,
            minutes: &timeline[first..beyond],
            per_column: 1,
        };
        draw_view(canvas, block, &view, (top, bottom))?;
        self.time.labels(canvas, bottom + 16.0)
    }
}

/// The whole minutes to show of what lasted `from` one second `to` another, within the run.
fn window(from: f64, to: f64, horizon_s: f64) -> (f64, f64) {
    let (start, end) = (from - BEFORE, (to + AFTER).min(from - BEFORE + MOST));
    let missing = (LEAST - (end - start)).max(0.0) / 2.0;
    let minutes = |second: f64| second / 60.0;
    let (start, end) = (minutes(start - missing).floor() * 60.0, minutes(end + missing).ceil() * 60.0);
    // At an end of the run the other side shows more instead.
    let shift = (-start).max(0.0) - (end - horizon_s).max(0.0);
    ((start + shift).max(0.0), (end + shift).min(horizon_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_at_least_three_quarters_of_an_hour_and_at_most_three_hours() {
        assert_eq!(window(36_000.0, 37_008.0, 86_400.0), (35_280.0, 38_040.0));
        assert_eq!(window(36_000.0, 40_000.0, 86_400.0), (35_400.0, 40_920.0));
        assert_eq!(window(36_000.0, 86_400.0, 86_400.0), (35_400.0, 46_200.0));
    }

    #[test]
    fn a_window_stays_within_the_run() {
        assert_eq!(window(0.0, 60.0, 86_400.0), (0.0, 2_760.0));
        assert_eq!(window(86_340.0, 86_400.0, 86_400.0), (83_640.0, 86_400.0));
    }
}
