//! Cost of the next months: its view, its picture, JSON and CSV. Means come with the span in which eight of ten runs lie; what
//! the runs leave out is said beside them.

mod picture;
mod result;
mod view;
mod words;

pub use picture::forecast_plot;
pub use result::{forecast_csv, forecast_result};
pub use view::{ForecastFiles, forecast_view};
