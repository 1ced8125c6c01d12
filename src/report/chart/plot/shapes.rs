//! Dots and tints of plots.

use plotters::prelude::DrawingBackend;

use super::super::ChartError;
use super::super::canvas::{Canvas, Colour};

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
