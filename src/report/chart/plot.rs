//! A plot of values against values, for every experiment: panels of curves, dots, stairs and bands on linear, logarithmic
//! or named axes, and panels of coloured cells. What is drawn is data ([`PlotSpec`]); the same data gives the same bytes.
//!
//! What is left out: interaction, a second vertical axis, and titles that wrap. A name that is too long is cut.

mod curves;
mod heat;
mod labels;
mod legend;
mod ruler;
mod shapes;

use plotters::prelude::DrawingBackend;

use super::super::words::plain;
use super::canvas::{self, Anchor, Canvas, Colour, GREY, INK, TextLook};
use super::render::{self, Drawing};
use super::{ChartError, WIDTH};

/// Left and right margin of the picture \[px\].
const MARGIN: f64 = 24.0;
/// Height of the title, and of the subtitle below it where there is one \[px\].
const TITLE: f64 = 48.0;
const SUBTITLE: f64 = 24.0;
/// Room between panels, each way \[px\].
const GAP: f64 = 28.0;
/// Height of the caption \[px\].
const CAPTION: f64 = 34.0;

/// A picture of one or more panels, 1200 px wide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlotSpec {
    /// The largest line.
    pub title: String,
    /// What there is to say in one sentence; may be empty.
    pub subtitle: String,
    /// Small print at the bottom; may be empty.
    pub caption: String,
    /// Panels beside each other, ≥ 1; further ones go below.
    pub columns: usize,
    /// The panels, row by row.
    pub panels: Vec<PlotPanel>,
}

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotPanel {
    /// What is shown.
    pub title: String,
    /// Height of the data \[px\].
    pub height: f64,
    /// What stands where there is nothing to draw.
    pub empty: String,
    /// The data.
    pub content: Content,
}

/// What a panel holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Series on two axes.
    Curves {
        /// The level axis.
        x: PlotAxis,
        /// The upright axis.
        y: PlotAxis,
        /// Drawn in this order: what matters most comes last.
        series: Vec<Series>,
    },
    /// Cells in rows and columns, coloured by a value.
    Heat(HeatMap),
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotAxis {
    /// What is measured; its unit belongs to the ticks.
    pub name: String,
    /// How ticks are written.
    pub unit: Unit,
    /// What it covers.
    pub range: Range,
}

/// How values are written at the ticks of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Unit {
    /// `7 000`, `0.25`
    #[default]
    Plain,
    /// Milliseconds: `20 ms`, `1.5 s`.
    Millis,
    /// US dollars: `$2.50`.
    Dollars,
    /// A share in 0..=1: `80 %`.
    Share,
    /// A plain number with this behind it: `300 s`.
    Named(String),
}

/// What an axis covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Range {
    /// The data with round ends; logarithmic where values, all above zero, lie more than thirty-fold apart.
    #[default]
    Auto,
    /// The data with round ends, linear.
    Data,
    /// From zero (or below, where the data is) to a round number beyond the data, linear.
    FromZero,
    /// Logarithmic; values that are not above zero are drawn at its lower end.
    Log,
    /// One place a name, from 0 on; long names are cut.
    Names(Vec<String>),
    /// Fixed ends with ticks of its own, such as times.
    Ticks {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// Where ticks stand, and what they say.
        ticks: Vec<(f64, String)>,
    },
}

/// Values that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the legend; without one it is not in the legend.
    pub name: String,
    /// Its colour.
    pub hue: Hue,
    /// How it is drawn.
    pub mark: Mark,
    /// Its values. A value that is not finite breaks a line and is no dot.
    pub spots: Vec<Spot>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// Straight lines from value to value, so wide \[px\].
    Line(f64),
    /// A line of dashes.
    Dashes,
    /// A stair: each value holds until the next.
    Step,
    /// A dot of this radius \[px\]; an upright whisker where a value has a span. Dots that would cover each other wholly
    /// are drawn once.
    Dots(f64),
    /// The area between the ends of each value's span; its strength is in (0, 1].
    Band(f64),
}

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spot {
    /// Where on the level axis.
    pub x: f64,
    /// Where on the upright axis.
    pub y: f64,
    /// The lower and the upper end of its interval, where it has one.
    pub span: Option<(f64, f64)>,
    /// What is written beside it where there is room; may be empty. Earlier values come first.
    pub label: String,
}

impl Spot {
    /// A value without interval and label.
    #[must_use]
    pub const fn at(x: f64, y: f64) -> Self {
        Self { x, y, span: None, label: String::new() }
    }
}

/// Cells in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// What the columns are.
    pub x: String,
    /// What the rows are.
    pub y: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows, from below.
    pub rows: Vec<String>,
    /// How values are written.
    pub unit: Unit,
    /// Row by row from below; `None` is an empty cell.
    pub values: Vec<Option<f64>>,
    /// Cells (index into `values`) that are framed.
    pub framed: Vec<usize>,
}

/// Colours that colour-blind readers can tell apart (Okabe and Ito).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// Blue.
    Blue,
    /// Vermilion.
    Vermilion,
    /// Bluish green.
    Green,
    /// Orange.
    Orange,
    /// Reddish purple.
    Purple,
    /// Sky blue.
    Sky,
    /// Nearly black.
    Ink,
    /// For what stands in the background.
    Grey,
}

impl Hue {
    /// The colour of the `index`-th of several equals; they repeat after seven.
    #[must_use]
    pub const fn nth(index: usize) -> Self {
        const ORDER: [Hue; 7] =
            [Hue::Blue, Hue::Vermilion, Hue::Green, Hue::Purple, Hue::Orange, Hue::Sky, Hue::Ink];
        ORDER[index % ORDER.len()]
    }

    const fn colour(self) -> Colour {
        match self {
            Self::Blue => canvas::BLUE,
            Self::Vermilion => canvas::VERMILION,
            Self::Green => canvas::GREEN,
            Self::Orange => canvas::ORANGE,
            Self::Purple => canvas::PURPLE,
            Self::Sky => canvas::SKY,
            Self::Ink => canvas::INK,
            Self::Grey => canvas::SILVER,
        }
    }
}

/// The picture as PNG, 1200 px wide.
///
/// # Errors
/// When the drawing library refuses; no data is known that makes it do so.
pub fn plot_png(spec: &PlotSpec) -> Result<Vec<u8>, ChartError> {
    render::to_png(spec)
}

/// The picture as SVG, 1200 px wide.
///
/// # Errors
/// When the drawing library refuses; no data is known that makes it do so.
pub fn plot_svg(spec: &PlotSpec) -> Result<String, ChartError> {
    render::to_svg(spec)
}

/// Where a panel stands: its left and right end and its top \[px\].
#[derive(Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
}

impl PlotPanel {
    /// Height with title, legend and axis labels in a frame so wide \[px\].
    fn height_in(&self, width: f64) -> f64 {
        match &self.content {
            Content::Curves { series, .. } => curves::height_around(series, width) + self.height,
            Content::Heat(_) => heat::HEIGHT_AROUND + self.height,
        }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, frame: Frame) -> Result<(), ChartError> {
        let look = TextLook::new(15.0, INK).bold();
        let title = canvas.fitted(&plain(&self.title), look, frame.right - frame.left);
        canvas.text(&title, Anchor::left(frame.left, frame.top + 10.0), look)?;
        match &self.content {
            Content::Curves { x, y, series } => curves::draw(canvas, self, frame, (x, y, series)),
            Content::Heat(map) => heat::draw(canvas, self, frame, map),
        }
    }
}

impl PlotSpec {
    fn head(&self) -> f64 {
        if self.subtitle.is_empty() { TITLE } else { TITLE + SUBTITLE }
    }

    fn foot(&self) -> f64 {
        if self.caption.is_empty() { 12.0 } else { CAPTION }
    }

    /// Every panel with its frame, and the height of all \[px\].
    fn layout(&self) -> (Vec<(&PlotPanel, Frame)>, f64) {
        let columns = self.columns.clamp(1, 4).min(self.panels.len().max(1));
        let count = columns as f64;
        let width = (f64::from(WIDTH) - 2.0 * MARGIN - GAP * (count - 1.0)) / count;
        let mut top = self.head() + 8.0;
        let mut placed = Vec::new();
        for row in self.panels.chunks(columns) {
            for (index, panel) in row.iter().enumerate() {
                let left = MARGIN + index as f64 * (width + GAP);
                placed.push((panel, Frame { left, right: left + width, top }));
            }
            top += row.iter().map(|panel| panel.height_in(width)).fold(0.0, f64::max) + GAP;
        }
        (placed, top - GAP * 0.5 + self.foot())
    }
}

impl Drawing for PlotSpec {
    fn size(&self) -> (u32, u32) {
        let height = super::super::numbers::whole(self.layout().1.clamp(1.0, 20_000.0));
        (WIDTH, u32::try_from(height).unwrap_or(WIDTH))
    }

    fn title(&self) -> String {
        plain(&self.title)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        canvas.background()?;
        let room = f64::from(WIDTH) - 2.0 * MARGIN;
        let look = TextLook::new(24.0, INK).bold();
        let title = canvas.fitted(&plain(&self.title), look, room);
        canvas.text(&title, Anchor::left(MARGIN, 28.0), look)?;
        let look = TextLook::new(14.0, GREY);
        let subtitle = canvas.fitted(&plain(&self.subtitle), look, room);
        canvas.text(&subtitle, Anchor::left(MARGIN, 56.0), look)?;
        let (panels, height) = self.layout();
        for (panel, frame) in panels {
            panel.draw(canvas, frame)?;
        }
        let look = TextLook::new(12.0, GREY);
        let caption = canvas.fitted(&plain(&self.caption), look, room);
        canvas.text(&caption, Anchor::left(MARGIN, height - 16.0), look)
    }
}
