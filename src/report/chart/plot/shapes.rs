//! Dots and tints of plots.

use plotters::prelude::DrawingBackend;

use super::super::ChartError;
use super::super::canvas::{Canvas, Colour};

/// The colour on white, as strong as `strength`: an opaque tint, the same on both backends.
pub(super) fn tint(colour: Colour, strength: f64) -> Colour {
    let strength = if strength.is_finite() { strength.clamp(0.0, 1.0) } else { 1.0 };
    let one = |channel: u8| {
        let mixed = 255.0 - (255.0 - f64::from(channel)) * strength;
        u8::try_from(super::super::super::numbers::whole(mixed)).unwrap_or(u8::MAX)
    };
    plotters::style::RGBColor(one(colour.0), one(colour.1), one(colour.2))
}

/// A dot: a polygon of twelve corners with a white rim, so that neighbours stay apart.
pub(super) fn dot<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    (x, y): (f64, f64),
    radius: f64,
    colour: Colour,
) -> Result<(), ChartError> {
    let circle = |radius: f64| -> Vec<(f64, f64)> {
        (0..16)
            .map(|corner| {
                let angle = f64::from(corner) * core::f64::consts::TAU / 16.0;
                (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
            })
            .collect()
    };
    if radius >= 3.0 {
        canvas.polygon(&circle(radius + 1.0), plotters::style::WHITE)?;
    }
    canvas.polygon(&circle(radius), colour)
}
