//! Variants side by side: a table and sentences for the terminal, Markdown for a review, CSV and JSON for programs. The
//! words follow the intervals: a difference that its interval does not tell from zero is called none.

mod markdown;
mod picture;
mod sheets;
mod text;

pub use markdown::comparison_markdown;
pub use picture::{comparison_plot, cost_plot};
pub use sheets::{comparison_csv, comparison_json};
pub use text::comparison_table;
pub(super) use text::{
    ComparisonRow, basis, difference_text, is_real, lines, nothing_of, scale_in_words, sentences, title,
    value_text,
};
