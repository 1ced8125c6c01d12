//! The arguments, as typed.

use clap::{Parser, Subcommand};

use super::exit::HELP;
use super::{
    check, compare, completions, diff, explain, forecast, init, man, optimize, parquet, prices, report, run,
    schema, sweep, validate, why,
};

/// Replays a traffic curve, request by request, against an autoscaled AWS ECS/Fargate service: running tasks, latency,
/// cost, and why it scaled.
#[derive(Debug, Parser)]
#[command(name = "windtunnel", version, after_help = HELP, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a scenario and write its results
    Run(run::RunRequest),
    /// Judge the checks of a scenario or of a finished run: pass, fail or inconclusive, as an exit code
    Check(check::CheckRequest),
    /// Run variants of a scenario on the same requests and say how they differ
    Compare(compare::CompareRequest),
    /// Say what a change of a scenario does, for whoever reviews it
    Diff(diff::DiffRequest),
    /// Find the cheapest setting that passes the scenario's checks
    Optimize(optimize::OptimizeRequest),
    /// Run a scenario at many points; what is finished is kept, whatever happens
    Sweep(sweep::SweepRequest),
    /// Put the shards of a sweep together
    Merge(sweep::MergeRequest),
    /// Say what the next months will cost, and how sure that is
    Forecast(forecast::ForecastRequest),
    /// Tell the story around a moment of a run: why it scaled then, or why it did not
    Why(why::WhyRequest),
    /// Make one HTML page of results: it opens from disk, without a network
    Report(report::ReportRequest),
    /// Turn the CSV files of results into Parquet files beside them
    Parquet(parquet::ParquetRequest),
    /// Check scenarios without running them
    Validate(validate::ValidateRequest),
    /// Print the JSON Schema of scenario files, or of an output
    Schema(schema::SchemaRequest),
    /// Write a scenario to start from to standard output
    Init(init::InitRequest),
    /// Explain a code (WT004), a metric, a figure of the summary, a key of the scenario, or what is not simulated
    Explain(explain::ExplainRequest),
    /// List the built-in price book
    Prices(prices::PricesRequest),
    /// Write the manual pages, one a command
    Man(man::ManRequest),
    /// Print completions for a shell
    Completions(completions::CompletionsRequest),
}
