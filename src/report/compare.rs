//! Variants side by side: what the comparison says, its pictures, CSV and JSON. The words follow the intervals: a difference
//! that its interval does not tell from zero is called none.

mod picture;
mod sheets;
mod text;
mod view;

pub use picture::{comparison_plot, cost_plot};
pub use sheets::{comparison_csv, comparison_result};
pub(super) use text::{basis, lines, title, value_text};
pub use view::comparison_view;
pub(super) use view::number;
