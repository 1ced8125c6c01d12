//! Report of a search: its view, its picture, JSON, and every candidate as a row.

mod picture;
mod result;
mod view;

pub use picture::optimization_plot;
pub use result::{candidates_csv, optimization_result, what_would_change};
pub use view::{OptimizationFiles, optimization_view};
