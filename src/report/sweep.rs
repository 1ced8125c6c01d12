//! Report of a sweep, as bytes. Rows and points are written piece by piece, so that no sheet is ever in memory; the
//! summary, the table and the pictures are made from the summary.
//!
//! A percentile in a row is its own run's; in a point it is the mean of its replications', with the 95 % interval between
//! them: not the percentile of all their requests. A sweep that lacks rows says so wherever it is shown.

mod pictures;
mod sheets;
mod summary;
mod sweep_view;
mod view;

pub use pictures::pictures;
pub use sheets::{point_line, points_header, run_lines, runs_header};
pub use summary::sweep_result;
pub use sweep_view::sweep_view;
pub use view::SweepView;
