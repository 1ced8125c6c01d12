//! Text → spanned tree → resolved tree → [`Scenario`] with its kernel plan. Every problem is reported at once, with its
//! place; nothing is guessed; the disk is reached only through [`Files`], which the shell implements.

mod build;
mod built;
mod help;
mod import;
mod keys;
mod language;
mod lints;
mod load;
mod measure;
mod outline;
mod plausibility;
mod prices;

pub use built::Scenario;
pub use help::{explain, explain_topics, json_schema, key_note, reference};
pub use keys::checks::{Check, CheckPlace, Comparator};
pub use keys::experiments::{SearchSpec, SweepSpec};
pub use keys::forecast::{ForecastSpec, growth as growth_of, month as month_of};
pub use keys::scaling::scheduled::ScheduleText;
pub use keys::scaling::target_tracking::predefined_metric;
pub use keys::service::ServiceNotes;
pub use keys::traffic::trace::TraceCounts;
pub use language::axis::{Axis, AxisValue, Points, split_outside};
pub use language::changes::{Change, Part, changes};
pub use language::choices::Word;
pub use language::codes::{ALL as CODES, Code, Severity};
pub use language::diagnostic::{
    Diagnostic, DiagnosticsReport, Label, Sources, diagnostics_json, render, unreadable,
};
pub use language::explain::KeyNote;
pub use language::invisible::{is_deceptive, is_invisible};
pub use language::quantity::{LONGEST_RUN_S, duration as duration_of, duration_ms};
pub use language::source::{Files, Source};
pub use language::templates::{FLASH_SALE, SCHEMA_FILE, Template, templates};
pub use load::{Loaded, load, text_sha256};
pub use measure::{Aggregation, Measure, MeasureUnit, MinuteFigure, MinuteLimit, quantile_label};
pub use outline::{Outline, outline};
pub use prices::price_book::{PriceRow, prices, savings_plan_prices};
pub use prices::unpriced::{Unpriced, if_every};
