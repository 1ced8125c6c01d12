//! A panel of cells coloured by a value, from light to dark; the value is written where it fits, and a scale beside the
//! cells says what the colours mean.

use plotters::prelude::DrawingBackend;

use super::super::super::words::plain;
use super::super::ChartError;
use super::super::canvas::{Anchor, Canvas, Colour, GREY, GRID, INK, PixelBounds, TextLook, VERMILION};
use super::curves::nothing;
use super::ruler::text;
use super::spec::{Frame, HeatMap, PlotPanel, Unit};
use crate::report::numbers::whole;
use crate::report::palette::{HEAT, is_logarithmic};

/// Height of title, row axis' name, column labels and their name around the cells \[px\].
pub(super) const HEIGHT_AROUND: f64 = 92.0;
const ABOVE: f64 = 46.0;
/// Space of the scale on the right \[px\].
const SCALE_WIDTH: f64 = 84.0;
/// Widest row label \[px\].
const WIDEST: f64 = 150.0;
/// Steps of colour.
const SHADES: usize = 64;

fn shade(share: f64) -> Colour {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let at = share * (HEAT.len() - 1) as f64;
    let index = usize::try_from(whole(at.floor())).unwrap_or(0).min(HEAT.len() - 2);
    let (low, high) = (HEAT[index], HEAT[index + 1]);
    let part = at - index as f64;
    let one = |low: u8, high: u8| {
        let mixed = f64::from(low) + (f64::from(high) - f64::from(low)) * part;
        u8::try_from(whole(mixed)).unwrap_or(u8::MAX)
    };
    plotters::style::RGBColor(one(low.0, high.0), one(low.1, high.1), one(low.2, high.2))
}

/// From a value to its share of the colours: logarithmic where values lie more than thirty-fold apart.
#[derive(Clone, Copy, Debug)]
struct Colours {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Colours {
    fn new(values: &[Option<f64>]) -> Option<Self> {
        let finite = || values.iter().flatten().copied().filter(|value| value.is_finite());
        let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
        Some(Self { low, high, is_log: is_logarithmic(low, high) })
    }

    fn share(&self, value: f64) -> f64 {
        if self.high <= self.low {
            return 0.35;
        }
        if self.is_log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    fn at(&self, share: f64) -> f64 {
        if self.is_log {
            self.low * libm::pow(self.high / self.low, share)
        } else {
            self.low + (self.high - self.low) * share
        }
    }
}

/// Draws the panel below its title.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &PlotPanel,
    frame: Frame,
    map: &HeatMap,
) -> Result<(), ChartError> {
    let look = TextLook::new(12.0, GREY);
    let widths = map.rows.iter().map(|row| canvas.width_of(&plain(row), look));
    let left = frame.left + widths.fold(24.0, f64::max).min(WIDEST) + 10.0;
    let top = frame.top + ABOVE;
    let bounds = PixelBounds { left, top, right: frame.right - SCALE_WIDTH, bottom: top + panel.height };
    let name = canvas.fitted(&plain(&map.y), look, frame.right - frame.left);
    canvas.text(&name, Anchor::left(frame.left, top - 12.0), look)?;
    let Some(colours) = Colours::new(&map.values) else {
        return nothing(canvas, &bounds, &panel.empty);
    };
    cells(canvas, &bounds, map, colours)?;
    names(canvas, frame, &bounds, map)?;
    scale(canvas, &bounds, map, colours)
}

/// The bounds of a cell \[px\].
fn cell(bounds: &PixelBounds, map: &HeatMap, index: usize) -> PixelBounds {
    let columns = map.columns.len().max(1);
    let (row, column) = (index / columns, index % columns);
    let width = (bounds.right - bounds.left) / columns as f64;
    let height = (bounds.bottom - bounds.top) / map.rows.len().max(1) as f64;
    let (left, bottom) = (bounds.left + column as f64 * width, bounds.bottom - row as f64 * height);
    PixelBounds { left, top: bottom - height, right: left + width, bottom }
}

fn cells<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    bounds: &PixelBounds,
    map: &HeatMap,
    colours: Colours,
) -> Result<(), ChartError> {
    let written = |value: f64| short(value, colours, map);
    let values = || map.values.iter().flatten().copied();
    let look = TextLook::new(11.0, INK);
    let widest = values().map(|value| canvas.width_of(&written(value), look)).fold(0.0, f64::max);
    let size = cell(bounds, map, 0);
    let has_room = size.right - size.left > widest + 6.0 && size.bottom - size.top > 15.0;
    for (index, value) in map.values.iter().enumerate() {
        let place = cell(bounds, map, index);
        let (x, y) = (f64::midpoint(place.left, place.right), f64::midpoint(place.top, place.bottom));
        let Some(value) = value.filter(|value| value.is_finite()) else {
            // No value is a bare cell with a stroke: not the colour of a low one.
            canvas.path(&[(x - 5.0, y), (x + 5.0, y)], GREY, 1.0)?;
            continue;
        };
        let share = colours.share(value);
        canvas.rect(place, shade(share), 1.0)?;
        if has_room {
            let ink = if share > 0.55 { plotters::style::WHITE } else { INK };
            canvas.text(&written(value), Anchor::centre(x, y), TextLook::new(11.0, ink))?;
        }
    }
    for index in &map.framed {
        let place = cell(bounds, map, *index);
        let (left, right) = (place.left + 1.0, place.right - 1.0);
        let (top, bottom) = (place.top + 1.0, place.bottom - 1.0);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        canvas.path(&corners, VERMILION, 2.0)?;
    }
    Ok(())
}

/// A value in as few characters as tell it from its neighbours.
fn short(value: f64, colours: Colours, map: &HeatMap) -> String {
    let spread = colours.high - colours.low;
    // Three digits of the value itself where the colours are logarithmic or all the same.
    let least = if colours.is_log || spread <= 0.0 { value.abs() } else { spread };
    let step = libm::pow(10.0, libm::log10((least / 100.0).max(1e-9)).floor());
    // Amounts are written with cents or without: never with a cent that was rounded to zero.
    let is_part = map.unit == Unit::Dollars && (0.01..1.0).contains(&step);
    let step = if is_part { 0.01 } else { step };
    text((value / step).round() * step, step, &map.unit)
}

fn names<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    frame: Frame,
    bounds: &PixelBounds,
    map: &HeatMap,
) -> Result<(), ChartError> {
    let look = TextLook::new(12.0, GREY);
    let size = cell(bounds, map, 0);
    let (width, height) = (size.right - size.left, size.bottom - size.top);
    // Every n-th name, so that those that are written stand at even distances.
    let fitted = |column: &String| canvas.fitted(&plain(column), look, width.max(60.0) - 4.0);
    let widest = map.columns.iter().map(|column| canvas.width_of(&fitted(column), look)).fold(0.0, f64::max);
    let every = whole(((widest + 6.0) / width).ceil()).max(1);
    let every = usize::try_from(every).unwrap_or(usize::MAX);
    for (index, column) in map.columns.iter().enumerate().step_by(every) {
        let x = size.left + (index as f64 + 0.5) * width;
        let column = canvas.fitted(&plain(column), look, width.max(60.0) - 4.0);
        canvas.text(&column, Anchor::centre(x, bounds.bottom + 14.0), look)?;
    }
    let every = whole((16.0 / height).ceil()).max(1);
    let every = usize::try_from(every).unwrap_or(usize::MAX);
    for (index, row) in map.rows.iter().enumerate().step_by(every) {
        let y = size.bottom - (index as f64 + 0.5) * height;
        let row = canvas.fitted(&plain(row), look, WIDEST);
        canvas.text(&row, Anchor::right(bounds.left - 8.0, y), look)?;
    }
    let name = canvas.fitted(&plain(&map.x), look, frame.right - frame.left);
    let middle = f64::midpoint(bounds.left, bounds.right);
    canvas.text(&name, Anchor::centre(middle, bounds.bottom + 34.0), look)
}

/// The colours with the values they mean.
fn scale<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    bounds: &PixelBounds,
    map: &HeatMap,
    colours: Colours,
) -> Result<(), ChartError> {
    let (left, right) = (bounds.right + 14.0, bounds.right + 26.0);
    let look = TextLook::new(11.0, GREY);
    if colours.high <= colours.low {
        return Ok(());
    }
    let height = bounds.bottom - bounds.top;
    for step in 0..SHADES {
        let (from, to) = (step as f64 / SHADES as f64, (step + 1) as f64 / SHADES as f64);
        let strip = PixelBounds {
            left,
            top: bounds.bottom - to * height,
            right,
            bottom: bounds.bottom - from * height,
        };
        canvas.rect(strip, shade(f64::midpoint(from, to)), 1.0)?;
    }
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = bounds.bottom - share * height;
        canvas.path(&[(right, y), (right + 4.0, y)], GRID, 1.0)?;
        let text = short(colours.at(share), colours, map);
        canvas.text(
            &text,
            Anchor::left(right + 7.0, y.clamp(bounds.top + 6.0, bounds.bottom - 6.0)),
            look,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_darken_as_values_rise() {
        let light = |share| {
            let colour = shade(share);
            u32::from(colour.0) + u32::from(colour.1) + u32::from(colour.2)
        };
        for step in 0..20 {
            assert!(light(f64::from(step) / 20.0) > light(f64::from(step + 1) / 20.0));
        }
    }

    #[test]
    fn a_wide_range_of_values_is_coloured_logarithmically() {
        let colours = Colours::new(&[Some(1.0), None, Some(100.0), Some(f64::NAN)]).unwrap();
        assert!((colours.share(10.0) - 0.5).abs() < 1e-9 && (colours.at(0.5) - 10.0).abs() < 1e-9);
        assert!(Colours::new(&[None]).is_none());
    }
}
