//! The files of a run, read back for a page. What is not what a run writes is an error that names the file, the line
//! where there is one, and what to do.

mod open;
mod results;
mod sheets;

pub use open::Open;
pub(super) use results::Results;
pub(super) use sheets::{Timeline, is_utilization};
