//! Effect of a change of a scenario, for its reviewers: one sentence, cost and times before and after, the checks, and
//! the keys that changed. The words follow the intervals, and what is not the policy's doing is not called that.

mod json;
mod markdown;
mod text;

pub use json::diff_json;
pub use markdown::diff_markdown;
pub use text::{Diff, diff_text};
