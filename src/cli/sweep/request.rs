//! The arguments of `sweep` and `merge`, as typed.

use std::path::PathBuf;

use clap::Args;

use super::deliver::renderings;
use crate::cli::formats::{self, OutputFormat};
use crate::cli::given::{Given, VerdictArgs, replication_count};
use crate::experiment::points::{MOST_CELLS, MOST_POINTS};
use crate::experiment::sweep::Shard;
use crate::scenario::Axis;

const SWEEP_HELP: &str = "\
Examples:
  windtunnel sweep web.toml --axis service.web.scaling.target_tracking.cpu.target_value=40..80:5
  windtunnel sweep web.toml --axis service.web.scaling.min_capacity=2..6:1 --replications 3
  windtunnel sweep web.toml --points settings.csv --out sizes
  windtunnel sweep web.toml --points settings.csv --out sizes --resume
  windtunnel sweep web.toml --points settings.csv --out part-2 --shard 2/3
  windtunnel merge part-1 part-2 part-3 --out sizes

Rows are kept as they are finished: after Ctrl-C, a kill or a full disk, the same command with
--resume goes on and ends with the same bytes. A percentile in runs.csv is that run's own; in
points.csv it is the mean of the point's runs. docs/scale-out.md has recipes for many machines.

Exit codes:
  0    every row is there; a point whose values do not go together is a row with its error
  1    the scenario has checks, and no point passes them
  2    wrong usage, an invalid scenario, or a folder that another sweep has
  3    a run failed (over its budget, a bug), or a file could not be written
  130  interrupted";

#[derive(Args, Debug)]
#[command(after_help = SWEEP_HELP)]
pub(in crate::cli) struct SweepRequest {
    /// Scenario file; its sweep table says what is varied, unless --axis or --points does
    pub(super) scenario: PathBuf,
    /// A key that is varied, with its values; replaces the axes of the scenario; may be repeated
    #[arg(long = "axis", value_name = "KEY=A..B:STEP | KEY=A,B,…", value_parser = Axis::parse)]
    pub(super) axes: Vec<Axis>,
    /// N points in which every value of every axis comes up equally often, instead of every combination
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_POINTS), conflicts_with = "points")]
    pub(super) latin_hypercube: Option<u64>,
    /// Points from a CSV: its header names keys, each row is a point
    #[arg(long, value_name = "FILE", conflicts_with = "axes")]
    pub(super) points: Option<PathBuf>,
    /// Runs of each point, each with its own random numbers, the same for all points
    /// [default: the scenario's, else 1]
    #[arg(long, value_name = "N", value_parser = replication_count(1))]
    pub(super) replications: Option<u32>,
    #[command(flatten)]
    pub(super) given: Given,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// Continue the sweep that was begun in the folder
    #[arg(long, conflicts_with = "overwrite")]
    pub(super) resume: bool,
    /// Start over, whatever is in the folder
    #[arg(long)]
    pub(super) overwrite: bool,
    /// Run only the I-th of N shares; `merge` puts them together
    #[arg(long, value_name = "I/N", value_parser = Shard::parse)]
    pub(super) shard: Option<Shard>,
    /// Most requests of one run; a run with more is a row with its error
    #[arg(long, value_name = "REQUESTS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_requests: Option<u64>,
    /// Most runs that are begun; a larger sweep is refused
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=MOST_CELLS))]
    pub(super) max_points: u64,
    /// Folder for the results [default: output/NAME-sweep]
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel merge part-1 part-2 part-3 --out sizes\n  windtunnel merge part-* --allow-missing --out so-far\n\n\
    The files are those of a sweep on one machine, byte for byte. Exit codes as those of `sweep`."
)]
pub(in crate::cli) struct MergeRequest {
    /// Folders of the shards, in any order
    #[arg(required = true)]
    pub(super) parts: Vec<PathBuf>,
    /// Folder for the results
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Continue when shards are missing; results are marked partial
    #[arg(long)]
    pub(super) allow_missing: bool,
    /// Most runs of a sweep that is put together; a larger one is refused
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=MOST_CELLS))]
    pub(super) max_points: u64,
    /// Leave out report.html
    #[arg(long)]
    pub(super) no_report: bool,
    /// What to print on standard output
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
    #[command(flatten)]
    pub(super) verdict: VerdictArgs,
    /// Print results only
    #[arg(long, short)]
    pub(super) quiet: bool,
}
