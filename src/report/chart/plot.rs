//! A plot of values against values, for every experiment: panels of curves, dots, stairs and bands on linear, logarithmic
//! or named axes, and panels of coloured cells. What is drawn is data ([`PlotSpec`]); the same data gives the same bytes.
//!
//! What is left out: interaction, a second vertical axis, and titles that wrap. A name that is too long is cut.

mod curves;
mod draw;
mod heat;
mod labels;
mod legend;
mod ruler;
mod shapes;
mod spec;

pub use draw::{plot_png, plot_svg};
pub use spec::{
    AxisRange, HeatMap, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark,
    Unit,
};
