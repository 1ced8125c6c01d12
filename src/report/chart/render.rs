//! From drawing code to bytes: the same drawing as PNG and as SVG, at twice its size so that edges are smooth.

use plotters::prelude::{BitMapBackend, DrawingBackend, IntoDrawingArea, SVGBackend};

use super::canvas::{Canvas, SCALE};
use super::{ChartError, png};

/// Something that can be drawn.
pub(super) trait Drawing {
    /// Width and height \[px\].
    fn size(&self) -> (u32, u32);

    /// The description for a reader who cannot see the picture, in one line.
    fn title(&self) -> String;

    /// Draws it.
    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError>;
}

/// The drawing as PNG.
pub(super) fn to_png(drawing: &impl Drawing) -> Result<Vec<u8>, ChartError> {
    let (width, height) = drawing.size();
    let (width, height) = (width * SCALE, height * SCALE);
    let mut pixels = vec![255_u8; width as usize * height as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        let mut canvas = Canvas::new(area, false)?;
        drawing.draw(&mut canvas)?;
        canvas.finish()?;
    }
    Ok(png::encode_halved(&pixels, width as usize, height as usize)?)
}

/// The drawing as SVG. Texts are escaped, and name their font's usual relatives for viewers without it.
pub(super) fn to_svg(drawing: &impl Drawing) -> Result<String, ChartError> {
    let (width, height) = drawing.size();
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (width * SCALE, height * SCALE)).into_drawing_area();
        let mut canvas = Canvas::new(area, true)?;
        drawing.draw(&mut canvas)?;
        canvas.finish()?;
    }
    // The view box stays at the drawn size, so the picture is shown at half of it.
    let drawn = format!("width=\"{}\" height=\"{}\"", width * SCALE, height * SCALE);
    let text = text.replacen(&drawn, &format!("width=\"{width}\" height=\"{height}\" role=\"img\""), 1);
    Ok(text.replacen(">\n", &format!(">\n<title>{}</title>\n", escaped(&drawing.title())), 1))
}

/// The text as the content of an XML element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
