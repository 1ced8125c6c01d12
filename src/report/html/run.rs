//! The page of `windtunnel run`: verdict, figures, bill, charts with the decision log, assumptions, origin. Of several
//! runs, one after the other.

mod charts;
mod page;
mod words;

pub use page::{RunOutput, run_page};
