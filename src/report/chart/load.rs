//! The first panel: what was offered, and the tasks that were asked for, ran, and received requests. Where the plan says
//! what a task can carry, the two axes are aligned: a task line is then as high as the load its tasks can carry.

use plotters::prelude::DrawingBackend;

use super::super::capacity::{capacity_per_task, offered_per_s};
use super::super::numbers::{THIN, figure};
use super::ChartError;
use super::axis::{Scale, count_label};
use super::block::{Block, LANE};
use super::canvas::{BLUE, Bounds, Canvas, GREEN, GREY, INK, ORANGE, Place, SKY_TINT, TextLook, VERMILION};
use super::panel::{HEADING, LEFT, Panel, RIGHT, Swatch, triangle};
use super::series::{most, points};
use crate::record::{DecisionRecord, ServiceRecord};

/// Opacity of the shade between the tasks asked for and those in service.
const WAITING_OPACITY: f64 = 0.35;

/// Draws the panel between `top` and `bottom` \[px\].
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &Block<'_>,
    top: f64,
    bottom: f64,
) -> Result<(), ChartError> {
    let timeline = &block.service.timeline;
    let series = |value: fn(&crate::record::MinuteRecord) -> f64| {
        points(timeline, block.per_column, move |minute| Some(value(minute)))
    };
    let offered = series(offered_per_s);
    let desired = series(|minute| f64::from(minute.desired));
    let running = series(|minute| f64::from(minute.running));
    let in_service = series(|minute| f64::from(minute.in_service));
    let most_offered = most(&offered).unwrap_or(0.0);
    let most_tasks =
        [&desired, &running, &in_service].into_iter().filter_map(|s| most(s)).fold(0.0, f64::max);
    let (left, right, aligned) = scales(block, most_offered, most_tasks);
    heading(canvas, top, aligned)?;
    let panel = Panel::new(&block.time, left, top + HEADING + LANE, bottom);
    units(canvas, panel.bounds.top - LANE + 2.0)?;
    panel.area(canvas, &offered, SKY_TINT)?;
    panel.grid(canvas, count_label)?;
    panel.right_axis(canvas, &right, count_label)?;
    panel.stair(canvas, &offered, &panel.scale, (BLUE, 1.0))?;
    waiting(canvas, &panel, &right, block)?;
    // Three nested lines show where they part; where columns are shared, thick ones would only show themselves.
    let thinner = if block.per_column > 1 { 0.5 } else { 1.0 };
    panel.stair(canvas, &desired, &right, (ORANGE, 4.0 * thinner))?;
    panel.stair(canvas, &running, &right, (GREEN, 2.5 * thinner))?;
    panel.stair(canvas, &in_service, &right, (INK, thinner))?;
    if timeline.is_empty() {
        panel.nothing(canvas, "no minute was simulated")?;
    }
    events(canvas, &panel, block.service)?;
    panel.base(canvas)
}

/// The two axes, and what one task carries where they are aligned [requests/s].
fn scales(block: &Block<'_>, most_offered: f64, most_tasks: f64) -> (Scale, Scale, Option<f64>) {
    if let Some(capacity) = block.plan.and_then(capacity_per_task) {
        let carried = most_tasks * capacity;
        // Further apart than this, one of the two would be squashed at the bottom.
        if most_offered > 0.0 && carried > 0.2 * most_offered && carried < 2.5 * most_offered {
            let left = Scale::linear(most_offered.max(carried) * 1.03, 5.0);
            let right = Scale::aligned(left.high() / capacity, 5.0);
            return (left, right, Some(capacity));
        }
    }
    let right = Scale::linear((most_tasks * 1.05).max(1.0), 5.0);
    let right = Scale::aligned(right.high(), 5.0);
    (Scale::linear(most_offered * 1.03, 5.0), right, None)
}

fn heading<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    top: f64,
    aligned: Option<f64>,
) -> Result<(), ChartError> {
    let entries = [
        (Swatch::Area(SKY_TINT), "offered"),
        (Swatch::Line(ORANGE, 4.0), "desired"),
        (Swatch::Line(GREEN, 2.5), "running"),
        (Swatch::Line(INK, 1.0), "in service"),
        (Swatch::Area(ORANGE_TINT), "waiting for capacity"),
        (Swatch::Triangle(VERMILION, true), "scale-out"),
        (Swatch::Triangle(GREY, false), "scale-in"),
    ];
    Panel::heading(canvas, top, "Load and tasks", &entries)?;
    let Some(rate) = aligned else { return Ok(()) };
    let note = format!("axes aligned: a task carries {}/s", figure(rate, THIN));
    canvas.text(&note, Place::right(1176.0, top + 10.0), TextLook::new(11.0, GREY))
}

/// The shade as it looks on white.
const ORANGE_TINT: super::canvas::Colour = plotters::prelude::RGBColor(246, 221, 166);

fn units<DB: DrawingBackend>(canvas: &mut Canvas<DB>, y: f64) -> Result<(), ChartError> {
    let look = TextLook::new(11.0, GREY);
    canvas.text("requests/s", Place::right(LEFT - 8.0, y), look)?;
    canvas.text("tasks", Place::left(RIGHT + 8.0, y), look)
}

/// Shades what was asked for and not yet in service.
fn waiting<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &Panel<'_>,
    scale: &Scale,
    block: &Block<'_>,
) -> Result<(), ChartError> {
    let mut open: Option<(Bounds, (u32, u32))> = None;
    for group in block.service.timeline.chunks(block.per_column) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let widest =
            group.iter().filter(|m| m.desired > m.in_service).max_by_key(|m| m.desired - m.in_service);
        let Some(minute) = widest else { continue };
        let left = panel.time.x(first.start.as_secs_f64());
        let right = panel.time.x((last.start + last.length).as_secs_f64());
        let counts = (minute.in_service, minute.desired);
        match &mut open {
            Some((bounds, same)) if *same == counts && (bounds.right - left).abs() < 0.01 => {
                bounds.right = right
            }
            _ => {
                if let Some((bounds, _)) = open {
                    canvas.rect(bounds, ORANGE, WAITING_OPACITY)?;
                }
                let y = |count: u32| scale.y(f64::from(count), &panel.bounds);
                let bounds = Bounds { left, top: y(minute.desired), right, bottom: y(minute.in_service) };
                open = Some((bounds, counts));
            }
        }
    }
    open.map_or(Ok(()), |(bounds, _)| canvas.rect(bounds, ORANGE, WAITING_OPACITY))
}

/// Whether a row of the decision log changed the desired count.
fn is_change(decision: &DecisionRecord) -> bool {
    matches!(decision.outcome, "scaled_out" | "scaled_in")
        && decision.desired_after != decision.desired_before
}

/// More marks than this would run into each other as triangles.
const MOST_TRIANGLES: usize = 100;

/// The changes of the desired count, each once: the policy's row and the capacity's row of one change are one event.
fn changes(service: &ServiceRecord) -> Vec<&DecisionRecord> {
    let mut found: Vec<&DecisionRecord> =
        service.decisions.iter().filter(|decision| is_change(decision)).collect();
    found.dedup_by_key(|change| (change.at, change.desired_before, change.desired_after));
    found
}

/// Scale-outs and scale-ins in the lane above the data: triangles with the number of tasks where there is room for it,
/// or strokes (outs in the upper half, ins in the lower) where there are too many for triangles.
fn events<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &Panel<'_>,
    service: &ServiceRecord,
) -> Result<(), ChartError> {
    let y = panel.bounds.top - LANE + 2.0;
    let look = TextLook::new(11.0, GREY);
    let changes = changes(service);
    for (index, change) in changes.iter().enumerate() {
        let is_out = change.desired_after > change.desired_before;
        let colour = if is_out { VERMILION } else { GREY };
        let x = panel.time.x(change.at.as_secs_f64());
        if changes.len() > MOST_TRIANGLES {
            let (top, bottom) = if is_out { (y - 7.0, y - 0.5) } else { (y + 0.5, y + 7.0) };
            canvas.rect(Bounds { left: x - 0.5, top, right: x + 0.5, bottom }, colour, 1.0)?;
            continue;
        }
        triangle(canvas, (x, y), colour, is_out)?;
        let text = match change.desired_after.checked_sub(change.desired_before) {
            Some(more) => format!("+{more}"),
            None => format!("−{}", change.desired_before - change.desired_after),
        };
        let room_until =
            changes.get(index + 1).map_or(RIGHT, |next| panel.time.x(next.at.as_secs_f64()) - 8.0);
        if x + 8.0 + canvas.width_of(&text, look) <= room_until {
            canvas.text(&text, Place::left(x + 7.0, y), look)?;
        }
    }
    Ok(())
}
