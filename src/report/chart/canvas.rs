//! A drawing area in the picture's own pixels: shapes, texts and their measure. It hides the two backends' differences
//! and the doubled size; coordinates are clamped, so no value can leave the range a backend can draw.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::{Color, DrawingBackend, RGBColor};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle, register_font};

use super::ChartError;
use crate::report::numbers::{typeset, whole};
use crate::report::palette::Role;

/// The colour of a role on white.
pub(super) const fn role(role: Role) -> Colour {
    let (red, green, blue) = role.look().light;
    RGBColor(red, green, blue)
}

/// The colour on white, as strong as `strength`: an opaque tint, the same on both backends.
pub(super) fn tint(colour: Colour, strength: f64) -> Colour {
    let strength = if strength.is_finite() { strength.clamp(0.0, 1.0) } else { 1.0 };
    let one = |channel: u8| {
        let mixed = 255.0 - (255.0 - f64::from(channel)) * strength;
        u8::try_from(whole(mixed)).unwrap_or(u8::MAX)
    };
    RGBColor(one(colour.0), one(colour.1), one(colour.2))
}

/// Width of the picture \[px\].
pub(super) const WIDTH: u32 = 1200;

/// Drawn pixels a pixel of the picture, each way.
pub(super) const SCALE: u32 = 2;

/// A colour; the palette is Okabe and Ito's, which colour-blind readers can tell apart.
pub(super) type Colour = RGBColor;
/// Text and the most important line.
pub(super) const INK: Colour = RGBColor(33, 37, 41);
/// Secondary text.
pub(super) const GREY: Colour = RGBColor(95, 101, 108);
/// Marks that stand in the background.
pub(super) const SILVER: Colour = RGBColor(148, 155, 163);
/// Grid lines.
pub(super) const GRID: Colour = RGBColor(196, 202, 209);
/// Okabe and Ito's blue.
pub(super) const BLUE: Colour = RGBColor(0, 114, 178);
/// A light tint of the sky blue, for areas.
pub(super) const SKY_TINT: Colour = RGBColor(204, 231, 247);
/// Okabe and Ito's sky blue.
pub(super) const SKY: Colour = RGBColor(86, 180, 233);
/// Okabe and Ito's orange.
pub(super) const ORANGE: Colour = RGBColor(230, 159, 0);
/// Okabe and Ito's vermilion.
pub(super) const VERMILION: Colour = RGBColor(213, 94, 0);
/// Okabe and Ito's bluish green.
pub(super) const GREEN: Colour = RGBColor(0, 158, 115);
/// The bluish green, dark enough for text.
pub(super) const GREEN_INK: Colour = RGBColor(0, 112, 82);
/// Okabe and Ito's reddish purple.
pub(super) const PURPLE: Colour = RGBColor(204, 121, 167);
/// A light tint of the reddish purple, for areas.
pub(super) const PURPLE_TINT: Colour = RGBColor(243, 224, 235);

/// Also the SVG's font list: Verdana is DejaVu Sans's nearest relative.
const FAMILY: &str = "DejaVu Sans, Verdana, Arial, sans-serif";
static REGULAR: &[u8] = include_bytes!("../assets/DejaVuSans-subset.ttf");
static BOLD: &[u8] = include_bytes!("../assets/DejaVuSans-Bold-subset.ttf");

/// Size, colour and weight of a text.
#[derive(Clone, Copy)]
pub(super) struct TextLook {
    size: f64,
    colour: Colour,
    is_bold: bool,
}

impl TextLook {
    pub(super) const fn new(size: f64, colour: Colour) -> Self {
        Self { size, colour, is_bold: false }
    }

    pub(super) const fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    fn style(self) -> TextStyle<'static> {
        let weight = if self.is_bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = self.size * 1.2 * f64::from(SCALE);
        let mut style = TextStyle::from(FontDesc::new(FontFamily::Name(FAMILY), size, weight));
        style.color = self.colour.to_backend_color();
        style
    }
}

/// Anchor of a text: its vertical middle at `y`, its left end, middle or right end at `x`.
#[derive(Clone, Copy)]
pub(super) struct Anchor {
    x: f64,
    y: f64,
    anchor: HPos,
}

impl Anchor {
    pub(super) const fn left(x: f64, y: f64) -> Self {
        Self { x, y, anchor: HPos::Left }
    }

    pub(super) const fn centre(x: f64, y: f64) -> Self {
        Self { x, y, anchor: HPos::Center }
    }

    pub(super) const fn right(x: f64, y: f64) -> Self {
        Self { x, y, anchor: HPos::Right }
    }
}

/// A rectangle of the picture \[px\]: `left..right`, `top..bottom`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PixelBounds {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// The area that is drawn on.
pub(super) struct Canvas<DB: DrawingBackend> {
    area: DrawingArea<DB, Shift>,
    is_vector: bool,
}

impl<DB: DrawingBackend> Canvas<DB> {
    /// A canvas on a backend of the doubled size.
    pub(super) fn new(area: DrawingArea<DB, Shift>, is_vector: bool) -> Result<Self, ChartError> {
        if fonts_are_there() { Ok(Self { area, is_vector }) } else { Err(ChartError::Font) }
    }

    pub(super) fn background(&mut self) -> Result<(), ChartError> {
        self.area.fill(&plotters::style::WHITE).map_err(refused)
    }

    pub(super) fn finish(self) -> Result<(), ChartError> {
        self.area.present().map_err(refused)
    }

    /// A filled rectangle.
    pub(super) fn rect(
        &mut self,
        bounds: PixelBounds,
        colour: Colour,
        opacity: f64,
    ) -> Result<(), ChartError> {
        let (mut left, mut top) = device(bounds.left, bounds.top);
        let (mut right, mut bottom) = device(bounds.right, bounds.bottom);
        if left > right {
            (left, right) = (right, left);
        }
        if top > bottom {
            (top, bottom) = (bottom, top);
        }
        if left == right || top == bottom {
            return Ok(());
        }
        let style = ShapeStyle { color: colour.mix(opacity), filled: true, stroke_width: 0 };
        self.area.draw(&Rectangle::new([(left, top), (right, bottom)], style)).map_err(refused)
    }

    /// A line through `points`, `width` wide \[px\].
    pub(super) fn path(
        &mut self,
        points: &[(f64, f64)],
        colour: Colour,
        width: f64,
    ) -> Result<(), ChartError> {
        let points = simplified(points);
        let (stroke_width, _) = device_unsigned(width);
        let style = ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width };
        if points.len() < 2 {
            return Ok(());
        }
        if self.is_vector {
            return self.area.draw(&PathElement::new(points, style)).map_err(refused);
        }
        // A wide bitmap path becomes one polygon, which a zigzag turns inside out; its pieces cannot.
        for piece in points.windows(2) {
            self.piece([piece[0], piece[1]], style)?;
        }
        Ok(())
    }

    /// One straight piece of a bitmap path. Level and upright pieces are rectangles with square ends, so that corners
    /// close.
    fn piece(&mut self, [from, to]: [(i32, i32); 2], style: ShapeStyle) -> Result<(), ChartError> {
        let width = i32::try_from(style.stroke_width.max(1)).unwrap_or(1);
        if from.0 == to.0 || from.1 == to.1 {
            let (before, after) = (width / 2, width - width / 2);
            let corners = [
                (from.0.min(to.0) - before, from.1.min(to.1) - before),
                (from.0.max(to.0) + after, from.1.max(to.1) + after),
            ];
            return self.area.draw(&Rectangle::new(corners, style.filled())).map_err(refused);
        }
        self.area.draw(&PathElement::new(vec![from, to], style)).map_err(refused)
    }

    /// A level dashed line from `left` to `right` at `y`.
    pub(super) fn dashes(
        &mut self,
        span: (f64, f64),
        y: f64,
        colour: Colour,
        dash: (f64, f64),
    ) -> Result<(), ChartError> {
        let mut x = span.0;
        while x < span.1 {
            self.path(&[(x, y), ((x + dash.0).min(span.1), y)], colour, 1.0)?;
            x += dash.0 + dash.1;
        }
        Ok(())
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], colour: Colour) -> Result<(), ChartError> {
        let points = simplified(points);
        if points.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(points, colour)).map_err(refused)
    }

    /// The area between a stair of `(left, right, top)` columns and `base`, in an opaque tint.
    pub(super) fn stair_area(
        &mut self,
        columns: &[(f64, f64, f64)],
        base: f64,
        tint: Colour,
    ) -> Result<(), ChartError> {
        if self.is_vector {
            let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return Ok(()) };
            let mut outline = vec![(first.0, base)];
            outline.extend(columns.iter().flat_map(|(left, right, top)| [(*left, *top), (*right, *top)]));
            outline.push((last.1, base));
            return self.polygon(&outline, tint);
        }
        for (left, right, top) in columns {
            self.rect(PixelBounds { left: *left, top: *top, right: *right, bottom: base }, tint, 1.0)?;
        }
        Ok(())
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str, place: Anchor, look: TextLook) -> Result<(), ChartError> {
        if text.is_empty() {
            return Ok(());
        }
        let style = look.style().pos(Pos::new(place.anchor, VPos::Center));
        self.area.draw_text(&typeset(text), &style, device(place.x, place.y)).map_err(refused)
    }

    /// The width of a text \[px\].
    pub(super) fn width_of(&self, text: &str, look: TextLook) -> f64 {
        let size = self.area.estimate_text_size(&typeset(text), &look.style());
        size.map_or(0.0, |(width, _)| f64::from(width) / f64::from(SCALE))
    }

    /// The text, cut with an ellipsis to what fits into `width` \[px\].
    pub(super) fn fitted(&self, text: &str, look: TextLook, width: f64) -> String {
        if self.width_of(text, look) <= width {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().take(400).collect();
        while !kept.is_empty() {
            kept.pop();
            let candidate: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
            if self.width_of(&candidate, look) <= width {
                return candidate;
            }
        }
        String::new()
    }
}

/// Registers the two fonts, once a process.
fn fonts_are_there() -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FAMILY, FontStyle::Bold, BOLD).is_ok()
    })
}

fn refused<E: std::error::Error + Send + Sync>(
    error: plotters::drawing::DrawingAreaErrorKind<E>,
) -> ChartError {
    ChartError::Draw(error.to_string())
}

/// Drawn coordinates; clamped to what every backend can draw, NaN becomes 0.
#[expect(clippy::cast_possible_truncation, reason = "clamped on the same line")]
fn device(x: f64, y: f64) -> (i32, i32) {
    let one = |value: f64| (value * f64::from(SCALE)).round().clamp(-4096.0, 65_536.0) as i32;
    (one(x), one(y))
}

fn device_unsigned(width: f64) -> (u32, i32) {
    let (width, _) = device(width.max(0.5), 0.0);
    (width.unsigned_abs(), width)
}

/// Drawn points without repetitions and without the middle of level or upright runs.
fn simplified(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    let mut out: Vec<(i32, i32)> = Vec::with_capacity(points.len());
    for (x, y) in points {
        let point = device(*x, *y);
        if out.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = out.as_slice() {
            let is_level =
                before.1 == last.1 && last.1 == point.1 && (last.0 - before.0) * (point.0 - last.0) > 0;
            let is_upright =
                before.0 == last.0 && last.0 == point.0 && (last.1 - before.1) * (point.1 - last.1) > 0;
            if is_level || is_upright {
                out.pop();
            }
        }
        out.push(point);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_that_are_no_numbers_stay_drawable() {
        assert_eq!(device(f64::NAN, f64::INFINITY), (0, 65_536));
        assert_eq!(device(-1e300, 10.25), (-4096, 21));
    }

    #[test]
    fn a_level_run_keeps_only_its_ends() {
        let points = [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 1.0), (2.0, 5.0)];
        assert_eq!(simplified(&points), [(0, 2), (4, 2), (4, 10)]);
    }
}
