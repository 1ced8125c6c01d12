//! The arguments of `run`, as typed, and the scenario that they ask for.

use std::path::PathBuf;

use clap::Args;

use super::until::{self, Until};
use crate::cli::exit::Exit;
use crate::cli::formats::{self, OutputFormat, Rendering, rendering};
use crate::cli::given::{Given, VerdictArgs, replication_count};
use crate::cli::loading::accept;
use crate::cli::printing::fail;
use crate::experiment::RunResult;
use crate::experiment::replications::Replicated;
use crate::report::{self, View};
use crate::results::json_text;
use crate::scenario::{self, FLASH_SALE, Loaded, Scenario, Source};
use crate::shell::files::{Folder, read_scenario};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel run\n  windtunnel run web.toml --set service.web.scaling.max_capacity=40\n  \
                        windtunnel run web.toml --format json --quiet | jq .cost.per_month_usd\n  \
                        windtunnel run web.toml --replications 30\n  \
                        windtunnel run web.toml --until p99_response_time=2%"
)]
pub(in crate::cli) struct RunRequest {
    /// Scenario file [default: the built-in flash sale]
    pub(super) scenario: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) given: Given,
    /// Run it N times, each with its own random numbers, and give every figure with its interval [default: once]
    #[arg(long, value_name = "N", value_parser = replication_count(1), conflicts_with = "until")]
    pub(super) replications: Option<u32>,
    /// Run the one replication of that number, from 0 on, alone: a row of a sweep or of --replications in full
    #[arg(long = "only-replication", value_name = "K", conflicts_with_all = ["replications", "until", "discard_warmup"], value_parser = clap::value_parser!(u64).range(..1_000_000))]
    pub(super) replication: Option<u64>,
    /// Run it until the 95 % interval of a figure is narrow enough, such as p99_response_time=2%
    #[arg(long, value_name = "FIGURE=N%", value_parser = until::parse)]
    pub(super) until: Option<Until>,
    /// Runs after which --until gives up
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "until", value_parser = replication_count(10))]
    pub(super) max_replications: u32,
    /// Leave out the start of every run, for as long as pilot runs need to forget it (for steady states)
    #[arg(long)]
    pub(super) discard_warmup: bool,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// Folder for the results [default: output/NAME]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// Result of the command.
#[derive(Clone, Copy, Debug)]
pub(super) enum RunOutcome<'a> {
    /// Of one run.
    Once(&'a RunResult),
    /// Of many.
    Replicated(&'a Replicated),
}

/// The formats of a result.
pub(super) fn renderings<'a>() -> [Rendering<RunOutcome<'a>>; 3] {
    [
        formats::text(view),
        formats::markdown(view),
        rendering(
            OutputFormat::Json,
            "The content of summary.json, or of estimates.json where there are many runs",
            |result| match result {
                RunOutcome::Once(result) => report::summary_json(result),
                RunOutcome::Replicated(result) => json_text(&report::estimates_result(result)),
            },
        ),
    ]
}

fn view(result: RunOutcome<'_>) -> View {
    match result {
        RunOutcome::Once(result) => report::run_view(result),
        RunOutcome::Replicated(result) => report::replications_view(result),
    }
}

/// The scenario of the request with these overrides, once its diagnostics are printed.
///
/// # Errors
/// The exit code, once everything that is wrong was printed.
pub(super) fn ready(request: &RunRequest, overrides: &[String]) -> Result<Scenario, Exit> {
    let loaded = load(request, overrides).map_err(|message| fail(Exit::Usage, &message))?;
    accept(loaded, !request.given.quiet)
}

fn load(request: &RunRequest, overrides: &[String]) -> Result<Loaded, String> {
    let (source, mut files) = match &request.scenario {
        Some(path) => (read_scenario(path)?, Folder::of(path)),
        None => {
            let source = Source { name: "<built-in flash-sale>".to_owned(), text: FLASH_SALE.to_owned() };
            (source, Folder::working())
        }
    };
    Ok(scenario::load(&source, overrides, request.given.seed, &mut files))
}
