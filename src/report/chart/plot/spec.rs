//! Specification of a plot, as data.

use super::super::canvas::{self, Colour};

/// A picture of one or more panels, 1200 px wide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlotSpec {
    /// The largest line.
    pub title: String,
    /// Remark in one sentence; may be empty.
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
    /// Title of the panel.
    pub title: String,
    /// Height of the data \[px\].
    pub height: f64,
    /// Text where there is nothing to draw.
    pub empty: String,
    /// The data.
    pub content: PanelContent,
}

/// Content of a panel.
#[derive(Clone, Debug, PartialEq)]
pub enum PanelContent {
    /// Series on two axes.
    Curves {
        /// The level axis.
        x: PlotAxis,
        /// The upright axis.
        y: PlotAxis,
        /// Drawn in this order: what matters most comes last.
        series: Vec<PlotSeries>,
    },
    /// Cells in rows and columns, coloured by a value.
    Heat(HeatMap),
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotAxis {
    /// Name of the quantity; its unit belongs to the ticks.
    pub name: String,
    /// Way in which ticks are written.
    pub unit: Unit,
    /// Range of the axis.
    pub range: AxisRange,
}

/// Way in which values are written at the ticks of an axis.
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

/// Range of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum AxisRange {
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
        /// Positions and texts of the ticks.
        ticks: Vec<(f64, String)>,
    },
}

/// Values that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotSeries {
    /// Name in the legend; without one it is not in the legend.
    pub name: String,
    /// Colour of the series.
    pub hue: Hue,
    /// Mark of the series.
    pub mark: SeriesMark,
    /// Values of the series. A value that is not finite breaks a line and is no dot.
    pub spots: Vec<PlotPoint>,
}

/// Way in which a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SeriesMark {
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
pub struct PlotPoint {
    /// Position on the level axis.
    pub x: f64,
    /// Position on the upright axis.
    pub y: f64,
    /// The lower and the upper end of its interval, where it has one.
    pub span: Option<(f64, f64)>,
    /// Text beside the point where there is space for it; may be empty. Earlier values come first.
    pub label: String,
}

impl PlotPoint {
    /// A value without interval and label.
    #[must_use]
    pub const fn at(x: f64, y: f64) -> Self {
        Self { x, y, span: None, label: String::new() }
    }
}

/// Cells in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// Name of the quantity of the columns.
    pub x: String,
    /// Name of the quantity of the rows.
    pub y: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows, from below.
    pub rows: Vec<String>,
    /// Way in which values are written.
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

    pub(super) const fn colour(self) -> Colour {
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

/// Frame of a panel: its left and right end and its top \[px\].
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
}
