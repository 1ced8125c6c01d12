//! The legend of a panel: its entries in rows above the data, never over it.

use plotters::prelude::DrawingBackend;

use super::super::super::words::{columns, plain};
use super::super::ChartError;
use super::super::canvas::{Anchor, Canvas, GREY, PixelBounds, TextLook};
use super::spec::{Frame, PlotSeries, SeriesMark};

/// Height of a row \[px\].
pub(super) const ROW: f64 = 20.0;
/// Space of a swatch with its gap \[px\].
const SWATCH: f64 = 28.0;
/// Space between entries \[px\].
const GAP: f64 = 20.0;
/// Widest name \[px\].
const WIDEST: f64 = 340.0;

/// Rows of a legend in a frame so wide, by an estimate of the names' widths that does not need a canvas.
pub(super) fn rows(series: &[PlotSeries], width: f64) -> usize {
    let mut rows = 0_usize;
    let mut x = f64::INFINITY;
    for entry in series.iter().filter(|entry| !entry.name.is_empty()) {
        let space = entry_width(&entry.name);
        if x + space > width {
            (rows, x) = (rows + 1, 0.0);
        }
        x += space;
    }
    rows
}

/// Space that is set aside for an entry \[px\]: 7.4 px a column of a 12 px text is its width, somewhat more.
fn entry_width(name: &str) -> f64 {
    (columns(&plain(name)) as f64 * 7.4).min(WIDEST) + SWATCH + GAP
}

/// Draws the legend in rows from `top` on.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    series: &[PlotSeries],
    frame: Frame,
    top: f64,
) -> Result<(), ChartError> {
    let look = TextLook::new(12.0, GREY);
    let (mut x, mut y) = (frame.left, top + ROW / 2.0);
    for entry in series.iter().filter(|entry| !entry.name.is_empty()) {
        let space = entry_width(&entry.name);
        if x > frame.left && x + space > frame.right {
            (x, y) = (frame.left, y + ROW);
        }
        swatch(canvas, entry, x, y)?;
        let name = canvas.fitted(&plain(&entry.name), look, space - SWATCH - GAP * 0.5);
        canvas.text(&name, Anchor::left(x + SWATCH, y), look)?;
        x += SWATCH + canvas.width_of(&name, look) + GAP;
    }
    Ok(())
}

fn swatch<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    entry: &PlotSeries,
    x: f64,
    y: f64,
) -> Result<(), ChartError> {
    let colour = entry.hue.colour();
    match entry.mark {
        SeriesMark::Line(width) => canvas.path(&[(x, y), (x + 20.0, y)], colour, width.max(1.5)),
        SeriesMark::Step => canvas.path(&[(x, y), (x + 20.0, y)], colour, 2.0),
        SeriesMark::Dashes => canvas.dashes((x, x + 20.0), y, colour, (5.0, 3.0)),
        SeriesMark::Dots(radius) => super::shapes::dot(canvas, (x + 10.0, y), radius.clamp(3.0, 5.0), colour),
        SeriesMark::Band(strength) => {
            let bounds = PixelBounds { left: x, top: y - 5.0, right: x + 20.0, bottom: y + 5.0 };
            canvas.rect(bounds, super::super::canvas::tint(colour, strength), 1.0)
        }
    }
}
