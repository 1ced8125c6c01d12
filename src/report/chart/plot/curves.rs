//! A panel of series on two axes: grid, bands, lines, dots with their whiskers and labels, and the axes' texts.

use std::collections::BTreeSet;

use plotters::prelude::DrawingBackend;

use super::super::super::words::plain;
use super::super::ChartError;
use super::super::canvas::{Anchor, Canvas, Colour, GREY, GRID, INK, PixelBounds, TextLook, tint};
use super::labels::Labels;
use super::legend;
use super::ruler::Ruler;
use super::shapes::dot;
use super::spec::{AxisRange, Frame, PlotAxis, PlotPanel, PlotPoint, PlotSeries, SeriesMark};

/// Height of the panel's title \[px\].
const TITLE: f64 = 24.0;
/// Height of the upright axis' name above the data \[px\].
const NAME: f64 = 32.0;
/// Height of the level axis' labels and name below the data \[px\].
const BELOW: f64 = 46.0;
/// Widest label of the upright axis \[px\].
const WIDEST: f64 = 220.0;

/// Height of everything around the data \[px\].
pub(super) fn height_around(series: &[PlotSeries], width: f64) -> f64 {
    TITLE + legend::rows(series, width) as f64 * legend::ROW + NAME + BELOW
}

/// The data's bounds with its axes.
struct Area {
    bounds: PixelBounds,
    x: Ruler,
    y: Ruler,
}

impl Area {
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let b = &self.bounds;
        (b.left + self.x.share(x) * (b.right - b.left), b.bottom - self.y.share(y) * (b.bottom - b.top))
    }
}

/// Draws the panel below its title.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &PlotPanel,
    frame: Frame,
    (x, y, series): (&PlotAxis, &PlotAxis, &[PlotSeries]),
) -> Result<(), ChartError> {
    let top = frame.top + TITLE;
    legend::draw(canvas, series, frame, top)?;
    let top = top + legend::rows(series, frame.right - frame.left) as f64 * legend::ROW;
    let area = area(canvas, frame, top + NAME, panel.height, (x, y, series));
    let look = TextLook::new(12.0, GREY);
    let name = canvas.fitted(&plain(&y.name), look, frame.right - frame.left);
    canvas.text(&name, Anchor::left(frame.left, top + 11.0), look)?;
    for entry in series {
        if let SeriesMark::Band(strength) = entry.mark {
            band(canvas, &area, entry, strength)?;
        }
    }
    grid(canvas, &area, matches!(x.range, AxisRange::Names(_)))?;
    for entry in series {
        draw_series(canvas, &area, entry)?;
    }
    labels(canvas, &area, series)?;
    let bounds = &area.bounds;
    canvas.path(&[(bounds.left, bounds.bottom), (bounds.right, bounds.bottom)], GREY, 0.5)?;
    let has_data = series.iter().any(|entry| entry.spots.iter().any(is_drawable));
    if !has_data {
        nothing(canvas, bounds, &panel.empty)?;
    }
    let name = canvas.fitted(&plain(&x.name), look, frame.right - frame.left);
    let middle = f64::midpoint(bounds.left, bounds.right);
    canvas.text(&name, Anchor::centre(middle, bounds.bottom + 34.0), look)
}

fn is_drawable(spot: &PlotPoint) -> bool {
    spot.x.is_finite() && (spot.y.is_finite() || spot.span.is_some())
}

/// The axes for the data, and its bounds: as far right as the labels of the upright axis need.
fn area<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    frame: Frame,
    top: f64,
    height: f64,
    (x, y, series): (&PlotAxis, &PlotAxis, &[PlotSeries]),
) -> Area {
    let spots = || series.iter().flat_map(|entry| &entry.spots).filter(|spot| is_drawable(spot));
    let ups = spots().flat_map(|spot| {
        let (low, high) = spot.span.unwrap_or((spot.y, spot.y));
        [spot.y, low, high]
    });
    let up = Ruler::new(y, ups, (height / 48.0).clamp(2.0, 8.0));
    let look = TextLook::new(12.0, GREY);
    let labels = up.ticks.iter().map(|(_, text)| canvas.width_of(&plain(text), look));
    let left = frame.left + labels.fold(24.0, f64::max).min(WIDEST) + 10.0;
    // The last label of the level axis may stand out by half its width.
    let right = frame.right - 22.0;
    let level = Ruler::new(x, spots().map(|spot| spot.x), ((right - left) / 110.0).clamp(2.0, 10.0));
    Area { bounds: PixelBounds { left, top, right, bottom: top + height }, x: level, y: up }
}

fn grid<DB: DrawingBackend>(canvas: &mut Canvas<DB>, area: &Area, is_named: bool) -> Result<(), ChartError> {
    let bounds = &area.bounds;
    let look = TextLook::new(12.0, GREY);
    let count = area.x.ticks.len().max(1) as f64;
    let space = if is_named { (bounds.right - bounds.left) / count - 6.0 } else { 160.0 };
    let mut free_from = f64::NEG_INFINITY;
    for (value, text) in &area.x.ticks {
        let (at, _) = area.place(*value, area.y.base());
        // Between names there is nothing to read off a line.
        if !is_named {
            canvas.path(&[(at, bounds.top), (at, bounds.bottom)], GRID, 0.5)?;
        }
        let text = canvas.fitted(&plain(text), look, space);
        let half = canvas.width_of(&text, look) / 2.0;
        if at - half > free_from {
            canvas.text(&text, Anchor::centre(at, bounds.bottom + 14.0), look)?;
            free_from = at + half + 6.0;
        }
    }
    for (value, text) in &area.y.ticks {
        let (_, at) = area.place(0.0, *value);
        canvas.path(&[(bounds.left, at), (bounds.right, at)], GRID, 0.5)?;
        let text = canvas.fitted(&plain(text), look, WIDEST);
        canvas.text(&text, Anchor::right(bounds.left - 8.0, at), look)?;
    }
    Ok(())
}

fn band<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    area: &Area,
    entry: &PlotSeries,
    strength: f64,
) -> Result<(), ChartError> {
    let finite = |spot: &&PlotPoint| spot.span.is_some_and(|(low, high)| low.is_finite() && high.is_finite());
    let ends = |spot: &PlotPoint| spot.span.unwrap_or((spot.y, spot.y));
    let spots = || entry.spots.iter().filter(finite).filter(|spot| spot.x.is_finite());
    let mut outline: Vec<(f64, f64)> = spots().map(|spot| area.place(spot.x, ends(spot).1)).collect();
    let lower: Vec<(f64, f64)> = spots().map(|spot| area.place(spot.x, ends(spot).0)).collect();
    outline.extend(lower.into_iter().rev());
    canvas.polygon(&outline, tint(entry.hue.colour(), strength))
}

fn draw_series<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    area: &Area,
    entry: &PlotSeries,
) -> Result<(), ChartError> {
    let colour = entry.hue.colour();
    match entry.mark {
        SeriesMark::Line(width) => {
            for run in runs(&entry.spots) {
                let points: Vec<_> = run.iter().map(|spot| area.place(spot.x, spot.y)).collect();
                canvas.path(&points, colour, width)?;
            }
            Ok(())
        }
        SeriesMark::Step => {
            for run in runs(&entry.spots) {
                let mut points: Vec<(f64, f64)> = Vec::with_capacity(2 * run.len());
                for spot in run {
                    let (x, y) = area.place(spot.x, spot.y);
                    points.extend(points.last().map(|(_, before)| (x, *before)));
                    points.push((x, y));
                }
                canvas.path(&points, colour, 2.0)?;
            }
            Ok(())
        }
        SeriesMark::Dashes => {
            for run in runs(&entry.spots) {
                for pair in run.windows(2) {
                    dashed(
                        canvas,
                        area.place(pair[0].x, pair[0].y),
                        area.place(pair[1].x, pair[1].y),
                        colour,
                    )?;
                }
            }
            Ok(())
        }
        SeriesMark::Dots(radius) => dots(canvas, area, entry, radius),
        SeriesMark::Band(_) => Ok(()),
    }
}

/// The stretches of finite values.
fn runs(spots: &[PlotPoint]) -> impl Iterator<Item = &[PlotPoint]> {
    spots.split(|spot| !(spot.x.is_finite() && spot.y.is_finite())).filter(|run| !run.is_empty())
}

/// A straight dashed line.
fn dashed<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    from: (f64, f64),
    to: (f64, f64),
    colour: Colour,
) -> Result<(), ChartError> {
    const PERIOD: f64 = 8.0;
    let length = ((to.0 - from.0) * (to.0 - from.0) + (to.1 - from.1) * (to.1 - from.1)).sqrt();
    let at = |s: f64| {
        let share = (s / length.max(1e-9)).min(1.0);
        (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
    };
    let mut s = 0.0;
    while s < length {
        canvas.path(&[at(s), at(s + 5.0)], colour, 1.5)?;
        s += PERIOD;
    }
    Ok(())
}

fn dots<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    area: &Area,
    entry: &PlotSeries,
    radius: f64,
) -> Result<(), ChartError> {
    let colour = entry.hue.colour();
    let radius = if radius.is_finite() { radius.clamp(1.0, 12.0) } else { 3.0 };
    let mut drawn = BTreeSet::new();
    for spot in entry.spots.iter().filter(|spot| spot.x.is_finite() && spot.y.is_finite()) {
        let at = area.place(spot.x, spot.y);
        if let Some((low, high)) = spot.span.filter(|(low, high)| low.is_finite() && high.is_finite()) {
            let (x, bottom) = area.place(spot.x, low);
            let (_, top) = area.place(spot.x, high);
            canvas.path(&[(x, bottom), (x, top)], colour, 1.0)?;
            for y in [bottom, top] {
                canvas.path(&[(x - 3.0, y), (x + 3.0, y)], colour, 1.0)?;
            }
        }
        // A cloud of a million dots has no more to show than its pixels.
        let pixel = super::super::super::numbers::whole;
        if drawn.insert((pixel(at.0), pixel(at.1))) {
            dot(canvas, at, radius, colour)?;
        }
    }
    Ok(())
}

fn labels<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    area: &Area,
    series: &[PlotSeries],
) -> Result<(), ChartError> {
    let look = TextLook::new(11.0, INK);
    let spots = || series.iter().flat_map(|entry| &entry.spots);
    if spots().all(|spot| spot.label.is_empty()) {
        return Ok(());
    }
    let places = spots().filter(|spot| spot.x.is_finite() && spot.y.is_finite());
    let mut labels = Labels::new(area.bounds, places.map(|spot| area.place(spot.x, spot.y)).collect());
    for entry in series.iter().filter(|entry| matches!(entry.mark, SeriesMark::Line(_) | SeriesMark::Dashes))
    {
        for run in runs(&entry.spots) {
            let line: Vec<(f64, f64)> = run.iter().map(|spot| area.place(spot.x, spot.y)).collect();
            labels.avoid(&line);
        }
    }
    for spot in spots().filter(|spot| !spot.label.is_empty() && spot.x.is_finite() && spot.y.is_finite()) {
        let text = canvas.fitted(&plain(&spot.label), look, 260.0);
        let width = canvas.width_of(&text, look);
        if let Some((left, middle)) = labels.place(area.place(spot.x, spot.y), width) {
            canvas.text(&text, Anchor::left(left, middle), look)?;
        }
    }
    Ok(())
}

/// Writes the words of an empty panel in its middle.
pub(super) fn nothing<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    bounds: &PixelBounds,
    text: &str,
) -> Result<(), ChartError> {
    let look = TextLook::new(14.0, GREY);
    let text = canvas.fitted(&plain(text), look, bounds.right - bounds.left - 24.0);
    let (x, y) = (f64::midpoint(bounds.left, bounds.right), f64::midpoint(bounds.top, bounds.bottom));
    let half = canvas.width_of(&text, look) / 2.0 + 8.0;
    // Grid lines would run through the words.
    let behind = PixelBounds { left: x - half, top: y - 11.0, right: x + half, bottom: y + 11.0 };
    canvas.rect(behind, plotters::style::WHITE, 1.0)?;
    canvas.text(&text, Anchor::centre(x, y), look)
}
