//! The verdicts of a gate, in the language of the reader: a terminal, a program, a test reporter, GitHub. Texts that came
//! from outside are escaped for each of them; a status is a word, never a bare true or false.

mod github;
mod json;
mod junit;
mod markdown;
mod text;

pub use github::gate_github;
pub(super) use json::check_report;
pub use json::gate_json;
pub use junit::gate_junit;
pub use markdown::gate_markdown;
pub(super) use markdown::table;
pub(super) use text::found;
pub use text::{Gate, Judged, gate_text};
