//! Saved runs: the files that a run left, judged by checks without running again.

mod run;
mod sheets;

pub use run::{SavedFiles, SavedRun, checked_horizon};
