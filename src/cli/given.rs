//! Arguments of every command that runs a scenario.

use clap::Args;

/// Arguments of every command that runs a scenario.
#[derive(Args, Debug)]
pub(super) struct Given {
    /// Seed of all randomness, instead of the scenario's (the first one's)
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Override any key of the scenario (of every one), by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    /// Exit with 0 where a verdict is negative or inconclusive, to report without failing
    #[arg(long)]
    pub(super) no_fail: bool,
    /// Print results only: no warnings, no progress, no timing
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// A seed, or what one is.
fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

/// Runs of a scenario that is judged, where nothing else is said.
pub(super) const RUNS: u64 = 10;
