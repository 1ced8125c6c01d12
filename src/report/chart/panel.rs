//! Parts of every panel: its frame, its heading with a legend beside it (never over the data), grid, tick labels,
//! reference lines with their names in the right margin, and the ways a series is drawn.

use plotters::prelude::DrawingBackend;

use super::ChartError;
use super::axis::{Scale, time_ticks};
use super::canvas::{Anchor, Canvas, Colour, GREY, GRID, INK, PixelBounds, TextLook};
use super::series::ValueSpan;
use crate::results::RunCalendar;

/// Space left of a panel's data, for tick labels \[px\].
pub(super) const LEFT: f64 = 86.0;
/// Right end of a panel's data; the margin beyond it holds a second axis or the names of reference lines \[px\].
pub(super) const RIGHT: f64 = 1200.0 - 136.0;
/// Height of a panel's heading \[px\].
pub(super) const HEADING: f64 = 34.0;

/// Look of a legend's entry.
#[derive(Clone, Copy)]
pub(super) enum Swatch {
    /// A line of this width.
    Line(Colour, f64),
    /// A filled area.
    Area(Colour),
    /// A triangle that points up or down.
    Triangle(Colour, bool),
}

/// A level line with a name of one line or more in the right margin.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) value: f64,
    pub(super) name: String,
    pub(super) colour: Colour,
}

/// A time axis that panels share: where it begins and ends \[s since second 0\], and its ticks.
#[derive(Clone, Debug)]
pub(super) struct TimeAxis {
    pub(super) start_s: f64,
    pub(super) end_s: f64,
    pub(super) ticks: Vec<(f64, String)>,
}

impl TimeAxis {
    /// The position of a second \[px\].
    pub(super) fn x(&self, second: f64) -> f64 {
        let length_s = (self.end_s - self.start_s).max(1e-9);
        LEFT + ((second - self.start_s) / length_s).clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// The axis of a stretch of a run.
    pub(super) fn new(calendar: &RunCalendar, start_s: f64, end_s: f64) -> Self {
        Self { start_s, end_s, ticks: time_ticks(calendar, start_s, end_s) }
    }

    /// The labels of the ticks, their middle at `y` \[px\].
    pub(super) fn labels<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        y: f64,
    ) -> Result<(), ChartError> {
        for (second, label) in &self.ticks {
            canvas.text(label, Anchor::centre(self.x(*second), y), TextLook::new(12.0, GREY))?;
        }
        Ok(())
    }
}

/// A panel: its data's bounds and its axes.
pub(super) struct Panel<'a> {
    pub(super) bounds: PixelBounds,
    pub(super) time: &'a TimeAxis,
    pub(super) scale: Scale,
}

impl<'a> Panel<'a> {
    /// A panel whose data lies between `top` and `bottom` \[px\].
    pub(super) fn new(time: &'a TimeAxis, scale: Scale, top: f64, bottom: f64) -> Self {
        Self { bounds: PixelBounds { left: LEFT, top, right: RIGHT, bottom }, time, scale }
    }

    /// The title and the legend, on one line that ends `HEADING` below `top`.
    pub(super) fn heading<DB: DrawingBackend>(
        canvas: &mut Canvas<DB>,
        top: f64,
        title: &str,
        entries: &[(Swatch, &str)],
    ) -> Result<(), ChartError> {
        let y = top + 10.0;
        let bold = TextLook::new(14.0, INK).bold();
        let look = TextLook::new(12.0, GREY);
        canvas.text(title, Anchor::left(24.0, y), bold)?;
        let mut x = 24.0 + canvas.width_of(title, bold) + 26.0;
        for (swatch, name) in entries {
            draw_swatch(canvas, *swatch, x, y)?;
            canvas.text(name, Anchor::left(x + 24.0, y), look)?;
            x += 24.0 + canvas.width_of(name, look) + 18.0;
        }
        Ok(())
    }

    /// Level grid lines with their labels, and upright ones at the ticks of the time axis.
    pub(super) fn grid<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        label: impl Fn(f64) -> String,
    ) -> Result<(), ChartError> {
        let bounds = &self.bounds;
        for (second, _) in &self.time.ticks {
            let x = self.time.x(*second);
            canvas.path(&[(x, bounds.top), (x, bounds.bottom)], GRID, 0.5)?;
        }
        for tick in &self.scale.ticks {
            let y = self.scale.y(*tick, bounds);
            canvas.path(&[(LEFT, y), (RIGHT, y)], GRID, 0.5)?;
            canvas.text(&label(*tick), Anchor::right(LEFT - 8.0, y), TextLook::new(12.0, GREY))?;
        }
        Ok(())
    }

    /// The base line; drawn last, over the data.
    pub(super) fn base<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        canvas.path(&[(LEFT, self.bounds.bottom), (RIGHT, self.bounds.bottom)], GREY, 0.5)
    }

    /// Writes the words of an empty panel.
    pub(super) fn nothing<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        text: &str,
    ) -> Result<(), ChartError> {
        let look = TextLook::new(13.0, GREY);
        let (x, y) = (f64::midpoint(LEFT, RIGHT), f64::midpoint(self.bounds.top, self.bounds.bottom));
        let half = canvas.width_of(text, look) / 2.0 + 8.0;
        // Grid and reference lines would run through the words.
        let behind = PixelBounds { left: x - half, top: y - 11.0, right: x + half, bottom: y + 11.0 };
        canvas.rect(behind, plotters::style::WHITE, 1.0)?;
        canvas.text(text, Anchor::centre(x, y), look)
    }

    /// A stair: the value holds through its minute.
    pub(super) fn stair<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        series: &[ValueSpan],
        scale: &Scale,
        (colour, width): (Colour, f64),
    ) -> Result<(), ChartError> {
        for run in runs(series) {
            let path: Vec<(f64, f64)> = run
                .iter()
                .flat_map(|(start, end, value)| {
                    let y = scale.y(*value, &self.bounds);
                    [(self.time.x(*start), y), (self.time.x(*end), y)]
                })
                .collect();
            canvas.path(&path, colour, width)?;
        }
        Ok(())
    }

    /// The area under a stair, in an opaque tint; grid lines are drawn after it.
    pub(super) fn area<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        series: &[ValueSpan],
        tint: Colour,
    ) -> Result<(), ChartError> {
        for run in runs(series) {
            let columns: Vec<(f64, f64, f64)> = run
                .iter()
                .map(|(start, end, value)| {
                    (self.time.x(*start), self.time.x(*end), self.scale.y(*value, &self.bounds))
                })
                .collect();
            canvas.stair_area(&columns, self.bounds.bottom, tint)?;
        }
        Ok(())
    }

    /// A line through the middles of the minutes; a value without neighbours is a level stroke.
    pub(super) fn line<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        series: &[ValueSpan],
        (colour, width): (Colour, f64),
    ) -> Result<(), ChartError> {
        for run in runs(series) {
            let path: Vec<(f64, f64)> = match run.as_slice() {
                [(start, end, value)] => {
                    let y = self.scale.y(*value, &self.bounds);
                    let (left, right) = (self.time.x(*start), self.time.x(*end));
                    vec![(left, y), (right.max(left + 1.5), y)]
                }
                several => several
                    .iter()
                    .map(|(start, end, value)| {
                        (self.time.x(f64::midpoint(*start, *end)), self.scale.y(*value, &self.bounds))
                    })
                    .collect(),
            };
            canvas.path(&path, colour, width)?;
        }
        Ok(())
    }

    /// Dashed reference lines, their names in the right margin, moved apart where they would overlap.
    pub(super) fn references<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        references: &[Reference],
    ) -> Result<(), ChartError> {
        const ROW: f64 = 14.0;
        let height = |reference: &Reference| reference.name.lines().count() as f64 * ROW;
        let mut sorted: Vec<(f64, &Reference)> = references
            .iter()
            .map(|reference| (self.scale.y(reference.value, &self.bounds), reference))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        // What still follows must fit above the bottom, if there is space for all at all.
        let mut following: f64 = sorted.iter().map(|(_, reference)| height(reference)).sum();
        let mut next_free = self.bounds.top - 4.0;
        for (y, reference) in &sorted {
            canvas.dashes((LEFT, RIGHT), *y, reference.colour, (6.0, 4.0))?;
            let latest = self.bounds.bottom + 6.0 + ROW - following;
            following -= height(reference);
            // The middle of all lines is beside the line they name.
            let middle_of_first = y - (height(reference) - ROW) / 2.0;
            let mut label_y = middle_of_first.max(next_free).min(latest.max(next_free));
            let look = TextLook::new(11.0, reference.colour);
            for line in reference.name.lines() {
                let line = canvas.fitted(line, look, 1200.0 - RIGHT - 12.0);
                canvas.text(&line, Anchor::left(RIGHT + 6.0, label_y), look)?;
                label_y += ROW;
            }
            next_free = label_y;
        }
        Ok(())
    }

    /// The labels of a second axis, on the right.
    pub(super) fn right_axis<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        scale: &Scale,
        label: impl Fn(f64) -> String,
    ) -> Result<(), ChartError> {
        for tick in &scale.ticks {
            let y = scale.y(*tick, &self.bounds);
            canvas.path(&[(RIGHT, y), (RIGHT + 4.0, y)], GREY, 0.5)?;
            canvas.text(&label(*tick), Anchor::left(RIGHT + 8.0, y), TextLook::new(12.0, GREY))?;
        }
        Ok(())
    }
}

/// The runs of a series without gaps: `(start, end, value)`.
fn runs(series: &[ValueSpan]) -> Vec<Vec<(f64, f64, f64)>> {
    let mut out: Vec<Vec<(f64, f64, f64)>> = Vec::new();
    let mut is_open = false;
    for point in series {
        match point.value {
            Some(value) => {
                if !is_open {
                    out.push(Vec::new());
                    is_open = true;
                }
                if let Some(run) = out.last_mut() {
                    run.push((point.start, point.end, value));
                }
            }
            None => is_open = false,
        }
    }
    out
}

/// A triangle of the event lane, its middle at (x, y).
pub(super) fn triangle<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    (x, y): (f64, f64),
    colour: Colour,
    points_up: bool,
) -> Result<(), ChartError> {
    let tip = if points_up { -5.0 } else { 5.0 };
    canvas.polygon(&[(x - 5.0, y - tip * 0.8), (x + 5.0, y - tip * 0.8), (x, y + tip)], colour)
}

fn draw_swatch<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    swatch: Swatch,
    x: f64,
    y: f64,
) -> Result<(), ChartError> {
    match swatch {
        Swatch::Line(colour, width) => canvas.path(&[(x, y), (x + 18.0, y)], colour, width),
        Swatch::Area(colour) => {
            canvas.rect(PixelBounds { left: x, top: y - 5.0, right: x + 18.0, bottom: y + 5.0 }, colour, 1.0)
        }
        Swatch::Triangle(colour, points_up) => triangle(canvas, (x + 9.0, y), colour, points_up),
    }
}
