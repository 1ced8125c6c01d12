//! Reports of a run, as bytes: pure functions from a [`RunResult`](crate::experiment::RunResult) to JSON, CSV, pictures
//! and the terminal's table.
//!
//! Nothing here runs anything, touches the disk, prints, or reads a clock: equal results give equal bytes. Numbers that
//! do not exist are absent (`null`, an empty cell, "no data"), never zero. Money is decimal text, a month is 730 hours.

mod activities;
mod assumed;
mod aws;
mod aws_schedule;
mod chart;
mod compare;
mod diff;
mod focus;
mod forecast;
mod gate;
mod html;

mod optimize;
mod palette;
#[cfg(feature = "parquet")]
mod parquet;
mod proviso;
mod replications;
mod run_view;
mod scale_in;
mod sentences;
mod sheets;
mod summary;
mod summary_words;
pub mod sweep;
mod view;
mod why;
mod words;

use crate::results::numbers;

pub use crate::results::size_text;
pub use activities::scaling_activities_json;
pub use aws::{CLUSTER, aws_cli_inputs, terraform};
pub use chart::{ChartError, chart_png, chart_svg, plot};
pub use compare::{comparison_csv, comparison_plot, comparison_result, comparison_view, cost_plot};
pub use diff::{Diff, diff_json, diff_view};
pub use focus::cost_focus_csv;
pub use forecast::{ForecastFiles, forecast_csv, forecast_plot, forecast_result, forecast_view};
pub use gate::{Gate, Judged, gate_github, gate_json, gate_junit, gate_view};
pub use html::{Open, RunOutput, experiment_page, run_page};
pub use optimize::{
    OptimizationFiles, candidates_csv, optimization_plot, optimization_result, optimization_view,
    what_would_change,
};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetWriteError, parquet_of};
pub use replications::{estimates_result, replications_csv};
pub use run_view::{replications_view, run_view};
pub use sentences::{sentences, unfinished_sentence};
pub use sheets::{decisions_csv, evaluations_csv, invoice_csv, response_times_csv, tasks_csv, timeline_csv};
pub use summary::{fingerprint, summary, summary_json};
pub use view::View;
pub use why::{WHY_FILES, WhyFiles, WhyQuestion, why};
