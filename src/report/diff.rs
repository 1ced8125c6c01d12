//! Report of a change of a scenario: a sentence and tables for its reviewers, and JSON for programs.

mod json;
mod text;

pub(super) use json::changed_key;
pub use json::diff_json;
pub use text::{Diff, diff_view};
