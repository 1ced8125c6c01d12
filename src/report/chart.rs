//! The picture of a run, as PNG and as SVG from the same drawing code: load and capacity, utilization, latency and cost
//! on one time axis, a block a service, with a closer look at the worst stretch of a long run. It is drawn at twice its
//! size: the PNG is then averaged down, which smooths its edges, and the SVG keeps half pixels.
//!
//! What is left out: services beyond the sixth, and the picture says so; every service is in `timeline.csv`.

mod axis;
mod block;
mod canvas;
mod cost;
mod error;
mod latency;
mod load;
mod marks;
mod panel;
mod picture;
pub mod plot;
mod png;
mod render;
mod series;
mod service_view;
mod stairs;
mod utilization;
mod zoom;

pub(super) use axis::time_ticks;
pub use error::ChartError;
pub use picture::{chart_png, chart_svg};
