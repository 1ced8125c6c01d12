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
    /// Judge the checks of a scenario or of a finished run: pass, fail or inconclusive, as an exit code
    Check(super::check::CheckRequest),
    /// Run variants of a scenario on the same requests and say how they differ
    Compare(CompareRequest),
    /// Say what a change of a scenario does, for whoever reviews it
    Diff(super::diff::DiffRequest),
    /// Find the cheapest setting that passes the scenario's checks
    Optimize(OptimizeRequest),
    /// Run a scenario at many points; what is finished is kept, whatever happens
    Sweep(super::sweep::SweepRequest),
    /// Put the shards of a sweep together
    Merge(super::sweep::MergeRequest),
    /// Say what the next months will cost, and how sure that is
    Forecast(ForecastRequest),
    /// Tell the story around a moment of a run: why it scaled then, or why it did not
    Why(WhyRequest),
    /// Make one HTML page of results: it opens from disk, without a network
    Report(ReportRequest),
    /// Turn the CSV files of results into Parquet files beside them
    Parquet(ParquetRequest),
    /// Check scenarios without running them
    Validate(ValidateRequest),
    /// Print the JSON Schema of scenario files, or of an output
    Schema {
        /// `summary.json`, `timeline.csv`, …: every file that a command writes and that programs read (of a CSV: a row)
        #[arg(value_name = "OUTPUT")]
        output: Option<String>,
    },
    /// Write a scenario to start from to standard output
    Init(InitRequest),
    /// Explain a code (WT004), a metric, a figure of the summary, a key of the scenario, or what is not simulated
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
    /// Write the manual pages, one a command
    Man {
        /// Folder for windtunnel.1, windtunnel-run.1, … [default: print windtunnel.1]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
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
    #[command(flatten)]
    pub(super) given: Given,
    /// Run it N times, each with its own random numbers, and give every figure with its interval
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000), conflicts_with = "until")]
    pub(super) replications: Option<u64>,
    /// Run the one replication of that number, from 0 on, alone: a row of a sweep or of --replications in full
    #[arg(long, value_name = "K", conflicts_with_all = ["replications", "until", "warmup"], value_parser = clap::value_parser!(u64).range(..1_000_000))]
    pub(super) replication: Option<u64>,
    /// Run it until the 95 % interval of a figure is narrow enough, such as 'p99_response_time ±2%'
    #[arg(long, value_name = "FIGURE ±N%", value_parser = super::until::parse)]
    pub(super) until: Option<super::until::Until>,
    /// Runs after which --until gives up
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "until", value_parser = clap::value_parser!(u64).range(10..=100_000))]
    pub(super) max_replications: u64,
    /// Leave out the start of every run, for as long as pilot runs need to forget it (for steady states)
    #[arg(long, value_name = "auto")]
    pub(super) warmup: Option<WarmupWish>,
    /// A check that is inconclusive, or has nothing to judge, counts as failed
    #[arg(long)]
    pub(super) strict: bool,
    /// Folder for the results [default: output/NAME]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = RunFormat::Table)]
    pub(super) format: RunFormat,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel report output/flash-sale\n  windtunnel report output/monday output/tuesday --html \
                        week.html\n  windtunnel report output/web-sweep\n\n`run`, `compare`, `sweep`, `merge`, `optimize` and `forecast` \
                        leave the same page as report.html. It is made of\nthe files of the folder alone, so equal files give \
                        equal bytes."
)]
pub(super) struct ReportRequest {
    /// Folder with the results of an experiment, or folders with the results of runs
    #[arg(value_name = "OUTPUT_DIR", required = true)]
    pub(super) folders: Vec<PathBuf>,
    /// File to write, or - for standard output [default: report.html in the folder; several folders need a name]
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel why output/flash-sale\n  windtunnel why --at 20:05 output/flash-sale\n  \
                        windtunnel why --at '9h 54m' --service web output/shop\n\nIt reads timeline.csv, decisions.csv, \
                        evaluations.csv, tasks.csv and plan.toml, as `windtunnel run` left them."
)]
pub(super) struct WhyRequest {
    /// Folder with the results of a run
    #[arg(value_name = "OUTPUT_DIR")]
    pub(super) folder: PathBuf,
    /// A time of day in the scenario's zone (09:54), a date and time, or a time since the start ('9h 54m')
    /// [default: the largest scale-out]
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// The service, where there are several
    #[arg(long, value_name = "NAME")]
    pub(super) service: Option<String>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel parquet output/flash-sale\n  duckdb -c \"select max(running) from \
                        'output/flash-sale/timeline.parquet'\"\n\nIt is in builds made with `--features parquet`."
)]
pub(super) struct ParquetRequest {
    /// Folders with results
    #[arg(value_name = "OUTPUT_DIR", required = true)]
    pub(super) folders: Vec<PathBuf>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel compare web.toml other.toml\n  windtunnel compare web.toml --replications 20 \
    --variant 'faster: service.web.scaling.target_tracking.cpu.target_value=50'\n  windtunnel compare web.toml --format markdown \
    --variant 'big: service.web.task.cpu=2048; service.web.task.memory=4096'\n\nThe first scenario is the base; its seed holds for \
    all. Exit code 1: every variant fails a check."
)]
pub(super) struct CompareRequest {
    /// The base, then other scenarios to compare with it
    #[arg(required = true)]
    pub(super) scenarios: Vec<PathBuf>,
    /// The base with other values of some keys; may be repeated
    #[arg(long = "variant", value_name = "NAME: KEY=VALUE; …", value_parser = super::variant::parse)]
    pub(super) variants: Vec<super::variant::VariantWish>,
    /// Runs of each variant, each with its own random numbers
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) replications: u64,
    #[command(flatten)]
    pub(super) given: Given,
    /// A check that is inconclusive, or has nothing to judge, counts as failed
    #[arg(long)]
    pub(super) strict: bool,
    /// Folder for the results [default: output/NAME-compare]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = CompareFormat::Table)]
    pub(super) format: CompareFormat,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel optimize web.toml --axis service.web.scaling.target_tracking.cpu.target_value=30..80:5 \
    \\\n    --axis service.web.scaling.min_capacity=2,3,4\n\nWritten beside the report: scaling.tf, and put-scaling-policy.SERVICE.POLICY.json \
    for\n`aws application-autoscaling put-scaling-policy --cli-input-json file://…`. Exit code 1: no setting was confirmed."
)]
pub(super) struct OptimizeRequest {
    /// Scenario file; its checks say what is good enough, its optimize table what may be chosen
    pub(super) scenario: PathBuf,
    /// A key that may be chosen, with its values; replaces the axes of the scenario; may be repeated
    #[arg(long = "axis", value_name = "KEY=A..B:STEP | KEY=A,B,…", value_parser = crate::scenario::Axis::parse)]
    pub(super) axes: Vec<crate::scenario::Axis>,
    /// Confidence with which the recommended setting must pass every check
    #[arg(long, value_name = "SHARE", value_parser = confidence)]
    pub(super) confidence: Option<f64>,
    /// Fresh runs that confirm the recommended setting
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub(super) replications: Option<u32>,
    /// The cluster's name in what is written for AWS
    #[arg(long, value_name = "NAME", default_value = crate::report::CLUSTER, value_parser = cluster)]
    pub(super) cluster: String,
    #[command(flatten)]
    pub(super) given: Given,
    /// Folder for the results [default: output/NAME-optimize]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = OptimizeFormat::Table)]
    pub(super) format: OptimizeFormat,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel forecast web.toml --months 12 --growth 4%/month\n  windtunnel forecast web.toml --from \
    2026-01 --months 6 --actuals bills.csv\n\nHow sure growth, service times and prices are, and the seasons: the [forecast] table \
    of the scenario."
)]
pub(super) struct ForecastRequest {
    /// Scenario file; its traffic is the pattern of the months
    pub(super) scenario: PathBuf,
    /// Months of the forecast [default: the scenario's, else 12]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(super) months: Option<u32>,
    /// First month [default: the scenario's, else the month in which it starts]
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(super) from: Option<(i16, i8)>,
    /// Growth of the traffic, such as 4%/month or 60%/year
    #[arg(long, value_name = "SHARE/PERIOD", allow_hyphen_values = true, value_parser = crate::scenario::growth_of)]
    pub(super) growth: Option<f64>,
    /// How months are simulated
    #[arg(long, value_enum, default_value_t = FidelityWish::Auto)]
    pub(super) fidelity: FidelityWish,
    /// Bills that came in: CSV with the columns month (2026-12) and usd
    #[arg(long, value_name = "FILE")]
    pub(super) actuals: Option<PathBuf>,
    /// Runs, each with growth, service times and prices of its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) replications: Option<u32>,
    #[command(flatten)]
    pub(super) given: Given,
    /// Folder for the results [default: output/NAME-forecast]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, value_enum, default_value_t = ForecastFormat::Table)]
    pub(super) format: ForecastFormat,
}

/// A month, or what one is.
fn month(text: &str) -> Result<(i16, i8), String> {
    crate::scenario::month_of(text)
        .ok_or_else(|| "a month has the form 2026-12, from 1970-01 to 2200-12".to_owned())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FidelityWish {
    /// As flows where these are close enough, one by one where requests are few
    Auto,
    /// Every request one by one
    Requests,
    /// As flows, with approximate response times
    Fluid,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ForecastFormat {
    /// A table for people
    Table,
    /// The content of forecast.json
    Json,
    /// The content of forecast.csv
    Csv,
}

/// A confidence, or what one is.
fn confidence(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.trim().strip_suffix('%') {
        Some(percent) => (percent.trim(), 100.0),
        None => (text.trim(), 1.0),
    };
    let share = number.parse::<f64>().ok().map(|value| value / scale);
    share
        .filter(|share| (0.5..=0.9999).contains(share))
        .ok_or_else(|| "a confidence is a share from 0.5 to 0.9999, such as 0.95".to_owned())
}

/// A name that AWS takes for a cluster.
fn cluster(text: &str) -> Result<String, String> {
    let sound = (1..=255).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if sound {
        Ok(text.to_owned())
    } else {
        Err("a cluster's name is 1 to 255 of A-Z a-z 0-9 _ -".to_owned())
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum OptimizeFormat {
    /// A table for people
    Table,
    /// The content of optimization.json
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CompareFormat {
    /// A table for people
    Table,
    /// The content of comparison.json
    Json,
    /// The content of comparison.csv
    Csv,
    /// The content of comparison.md
    Markdown,
}

/// What every command that runs a scenario takes.
#[derive(Args, Debug)]
pub(super) struct Given {
    /// Seed of all randomness, instead of the scenario's (the first one's)
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Override any key of the scenario (of every one), by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    /// Print results only: no warnings, no progress, no timing
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
    after_help = "Examples:\n  windtunnel validate web.toml\n  windtunnel validate web.toml --set service.web.scaling.max_capacity=40\n  windtunnel validate *.toml --format json | jq .diagnostics"
)]
pub(super) struct ValidateRequest {
    /// Scenario files
    #[arg(required = true)]
    pub(super) scenarios: Vec<PathBuf>,
    /// Override any key of the scenario (of every one), by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
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
