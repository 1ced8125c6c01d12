//! The arguments, as typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::exit::HELP;

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
    Run(RunRequest),
    /// Check scenarios without running them
    Validate(ValidateRequest),
    /// Print the JSON Schema of scenario files
    Schema,
    /// Write a scenario to start from to standard output
    Init(InitRequest),
    /// Explain a code (WT004), a metric, a figure of the summary or a key of the scenario
    Explain {
        /// `WT004`, `CPUUtilization`, `response_time_ms`, `service.NAME.task.cpu`, …
        topic: String,
    },
    /// List the built-in price book
    Prices {
        /// Only this region
        #[arg(long, value_name = "REGION")]
        region: Option<String>,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel run\n  windtunnel run web.toml --set service.web.scaling.max_capacity=40\n  \
                        windtunnel run web.toml --format json --quiet | jq .cost.per_month_usd\n  \
                        windtunnel run web.toml --replications 30\n  \
                        windtunnel run web.toml --until 'p99_response_time ±2%'"
)]
pub(super) struct RunRequest {
    /// Scenario file [default: the built-in flash sale]
    pub(super) scenario: Option<PathBuf>,
    /// Seed of all randomness, instead of the scenario's
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Override any key of the scenario, by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    /// Run it N times, each with its own random numbers, and give every figure with its interval
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000), conflicts_with = "until")]
    pub(super) replications: Option<u64>,
    /// Run it until the 95 % interval of a figure is narrow enough, such as 'p99_response_time ±2%'
    #[arg(long, value_name = "FIGURE ±N%", value_parser = super::until::parse)]
    pub(super) until: Option<super::until::Until>,
    /// Runs after which --until gives up
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "until", value_parser = clap::value_parser!(u64).range(10..=100_000))]
    pub(super) max_replications: u64,
    /// Leave out the start of every run, for as long as pilot runs need to forget it (for steady states)
    #[arg(long, value_name = "auto")]
    pub(super) warmup: Option<WarmupWish>,
    /// A check that is inconclusive counts as failed
    #[arg(long)]
    pub(super) strict: bool,
    /// Folder for the results [default: output/NAME]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = RunFormat::Table)]
    pub(super) format: RunFormat,
    /// Print results only: no warnings, no timing
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// A seed, or what one is.
fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WarmupWish {
    /// As long as MSER-5 says
    Auto,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RunFormat {
    /// A table for people
    Table,
    /// The content of summary.json
    Json,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel validate web.toml\n  windtunnel validate *.toml --format json | jq .diagnostics"
)]
pub(super) struct ValidateRequest {
    /// Scenario files
    #[arg(required = true)]
    pub(super) scenarios: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub(super) format: ValidateFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ValidateFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel init > web.toml\n  windtunnel init --template trace --out demo && windtunnel run \
                        demo/trace.toml"
)]
pub(super) struct InitRequest {
    /// Which template: web, steady, step or trace
    #[arg(long, value_name = "NAME", default_value = "web")]
    pub(super) template: String,
    /// Write NAME.toml and the files it needs into this folder instead; nothing is overwritten
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}
