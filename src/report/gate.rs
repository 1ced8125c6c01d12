//! The verdicts of a gate, in the language of the reader: people, a program, a test reporter, GitHub. Texts that came
//! from outside are escaped for each of them; a status is a word, never a bare true or false.

mod github;
mod json;
mod junit;
mod text;

pub use github::gate_github;
pub(super) use json::check_report;
pub use json::gate_json;
pub use junit::gate_junit;
pub use text::{Gate, Judged, gate_view};
pub(super) use text::{found, results};
