//! Reports of a run, as bytes: pure functions from a [`RunResult`](crate::experiment::RunResult) to JSON, CSV, pictures
//! and the terminal's table.
//!
//! Nothing here runs anything, touches the disk, prints, or reads a clock: equal results give equal bytes. Numbers that
//! do not exist are absent (`null`, an empty cell, "no data"), never zero. Money is decimal text, a month is 730 hours.

mod activities;
mod aws;
mod aws_schedule;
mod chart;
mod compare;
mod diff;
mod figures;
mod focus;
mod forecast;
mod gate;
mod html;
mod numbers;
mod optimize;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod proviso;
mod replications;
mod scale_in;
mod sentences;
mod sheets;
mod summary;
pub mod sweep;
mod terminal;
mod why;
mod words;

pub use activities::scaling_activities_json;
pub use aws::{CLUSTER, aws_cli_inputs, terraform};
pub use chart::{ChartError, chart_png, chart_svg, plot};
pub use compare::{
    comparison_csv, comparison_json, comparison_markdown, comparison_plot, comparison_table, cost_plot,
};
pub use diff::{Diff, diff_json, diff_markdown, diff_text};
pub use figures::figure_text;
pub use focus::cost_focus_csv;
pub use forecast::{forecast_csv, forecast_json, forecast_plot, forecast_table};
pub use gate::{Gate, Judged, gate_github, gate_json, gate_junit, gate_markdown, gate_text};
pub use html::{Open, RunOutput, experiment_page, run_page};
pub use numbers::size_text;
pub use optimize::{
    candidates_csv, optimization_json, optimization_plot, optimization_table, what_would_change,
};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetWriteError, parquet_of};
pub use replications::{estimates_json, replications_csv, replications_table};
pub use sentences::{sentences, unfinished_sentence};
pub use sheets::{decisions_csv, evaluations_csv, invoice_csv, response_times_csv, tasks_csv, timeline_csv};
pub use summary::{fingerprint, summary_json};
pub use terminal::table;
pub use why::{WHY_FILES, WhyFiles, WhyQuestion, why};
