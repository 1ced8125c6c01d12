//! The first panel: what was offered, and the tasks that were asked for, ran, and received requests. Where the plan says
//! what a task can carry, the two axes are aligned: a task line is then as high as the load its tasks can carry. Load is
//! known by the minute, task counts by the instant.

use plotters::prelude::DrawingBackend;

use super::super::numbers::figure;
use super::ChartError;
use super::axis::{Scale, count_label};
use super::canvas::{Anchor, Canvas, GREY, SKY_TINT, TextLook, role, tint};
use super::marks::{self, LANE};
use super::panel::{HEADING, LEFT, Panel, RIGHT, Swatch, TimeAxis};
use super::series::{most, points};
use super::service_view::ServiceView;
use crate::kernel::simulation::ServicePlan;
use crate::record::MinuteRecord;
use crate::record::shortfall::offered_per_s;
use crate::report::palette::Role;

/// Opacity of the shade between the tasks asked for and those in service.
const WAITING_OPACITY: f64 = 0.35;

/// A stretch of a run, with its own time axis.
pub(super) struct LoadView<'a> {
    /// Title of the panel.
    pub(super) title: &'a str,
    /// Note at the right of the heading; the whole run has a legend and a word on its axes instead.
    pub(super) note: Option<&'a str>,
    pub(super) time: &'a TimeAxis,
    /// The minutes of the stretch.
    pub(super) minutes: &'a [MinuteRecord],
    /// Number of minutes that share a column.
    pub(super) per_column: usize,
}

/// Draws the panel of the whole run between `top` and `bottom` \[px\].
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &ServiceView<'_>,
    top: f64,
    bottom: f64,
) -> Result<(), ChartError> {
    let view = LoadView {
        title: "Load and tasks",
        note: None,
        time: &block.time,
        minutes: &block.service.timeline,
        per_column: block.per_column,
    };
    draw_view(canvas, block, &view, (top, bottom))
}

/// Draws load and tasks of a stretch between `top` and `bottom` \[px\].
pub(super) fn draw_view<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &ServiceView<'_>,
    view: &LoadView<'_>,
    (top, bottom): (f64, f64),
) -> Result<(), ChartError> {
    let offered = points(view.minutes, view.per_column, |minute| Some(offered_per_s(minute)));
    let stairs = &block.stairs;
    let axes = Axes::new(block, most(&offered).unwrap_or(0.0), stairs.most(view.time));
    heading(canvas, top, view, &axes)?;
    let right = axes.right;
    let panel = Panel::new(view.time, axes.left, top + HEADING + LANE, bottom);
    units(canvas, panel.bounds.top - 13.0)?;
    panel.area(canvas, &offered, SKY_TINT)?;
    panel.grid(canvas, count_label)?;
    panel.right_axis(canvas, &right, count_label)?;
    panel.stair(canvas, &offered, &panel.scale, (role(Role::Load), 1.0))?;
    for gap in stairs.gaps(view.time, &right, &panel.bounds) {
        canvas.rect(gap, role(Role::Desired), WAITING_OPACITY)?;
    }
    // Three nested lines show where they part; where columns are shared, thick ones would only show themselves.
    let thinner = if view.per_column > 1 { 0.5 } else { 1.0 };
    let lines = [
        (&stairs.desired, role(Role::Desired), Role::Desired.look().width * thinner),
        (&stairs.running, role(Role::Running), Role::Running.look().width * thinner),
        (&stairs.in_service, role(Role::InService), Role::InService.look().width * thinner),
    ];
    for (stair, colour, width) in lines {
        canvas.path(&stair.path(view.time, &right, &panel.bounds), colour, width)?;
    }
    if view.minutes.is_empty() {
        panel.nothing(canvas, "no minute was simulated")?;
    }
    marks::draw(canvas, &panel, block.service)?;
    panel.base(canvas)
}

/// The two axes of the panel.
struct Axes {
    left: Scale,
    right: Scale,
    /// Load that one task carries \[requests/s\]; `None` where that is not known.
    capacity: Option<f64>,
    /// Whether a task line is as high as the load its tasks carry.
    are_aligned: bool,
}

impl Axes {
    fn new(block: &ServiceView<'_>, most_offered: f64, most_tasks: f64) -> Self {
        let capacity = block.plan.and_then(ServicePlan::capacity_per_task);
        if let Some(rate) = capacity {
            let carried = most_tasks * rate;
            // Further apart than this, one of the two would be squashed at the bottom.
            if most_offered > 0.0 && carried > 0.2 * most_offered && carried < 2.5 * most_offered {
                let left = Scale::linear(most_offered.max(carried) * 1.03, 5.0);
                let right = Scale::aligned(left.high() / rate, 5.0);
                return Self { left, right, capacity, are_aligned: true };
            }
        }
        let right = Scale::linear((most_tasks * 1.05).max(1.0), 5.0);
        let right = Scale::aligned(right.high(), 5.0);
        Self { left: Scale::linear(most_offered * 1.03, 5.0), right, capacity, are_aligned: false }
    }

    /// The words of the heading about the axes; nothing where it is not known what a task carries.
    fn note(&self) -> Option<String> {
        let rate = figure(self.capacity?);
        let are = if self.are_aligned { "aligned" } else { "not aligned" };
        Some(format!("axes {are}: a task carries {rate}/s"))
    }
}

fn heading<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    top: f64,
    view: &LoadView<'_>,
    axes: &Axes,
) -> Result<(), ChartError> {
    let entries = [
        (Swatch::Area(SKY_TINT), "offered"),
        (Swatch::Line(role(Role::Desired), 4.0), "desired"),
        (Swatch::Line(role(Role::Running), 2.5), "running"),
        (Swatch::Line(role(Role::InService), 1.0), "in service"),
        (Swatch::Area(tint(role(Role::Desired), WAITING_OPACITY)), "waiting for capacity"),
        (Swatch::Triangle(role(Role::ScaleOut), true), "scale-out"),
        (Swatch::Triangle(role(Role::ScaleIn), false), "scale-in"),
    ];
    // The closer look is right below its legend.
    let entries = if view.note.is_some() { &[] } else { entries.as_slice() };
    Panel::heading(canvas, top, view.title, entries)?;
    let notes: Vec<String> = view.note.map(str::to_owned).into_iter().chain(axes.note()).collect();
    let look = TextLook::new(11.0, GREY);
    canvas.text(&notes.join("  ·  "), Anchor::right(1176.0, top + 10.0), look)
}

fn units<DB: DrawingBackend>(canvas: &mut Canvas<DB>, y: f64) -> Result<(), ChartError> {
    let look = TextLook::new(11.0, GREY);
    canvas.text("requests/s", Anchor::right(LEFT - 8.0, y), look)?;
    canvas.text("tasks", Anchor::left(RIGHT + 8.0, y), look)
}
