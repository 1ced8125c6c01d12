//! Arguments that commands share: what is run, how often, and how it is judged.

use clap::builder::{RangedI64ValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::exit::Exit;
use crate::experiment::CheckOutcome;
use crate::experiment::points::MOST_REPLICATIONS;

/// Arguments of every command that runs a scenario.
#[derive(Args, Debug)]
pub(super) struct Given {
    /// Seed of all randomness, instead of the scenario's (the first one's)
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Override any key of the scenario (of every one), by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// How requests are simulated [default: the scenario's `fidelity`; forecast: auto]
    #[arg(long, value_enum, value_name = "FIDELITY")]
    pub(super) fidelity: Option<Fidelity>,
    /// Print results only: no warnings, no progress, no timing
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl Given {
    /// All overrides (`KEY=VALUE`): `--fidelity` as one of its key, then those of `--set`, which hold over it.
    pub(super) fn overrides(&self) -> Vec<String> {
        let fidelity = self.fidelity.and_then(|fidelity| fidelity.to_possible_value());
        let fidelity = fidelity.map(|value| format!("fidelity={}", value.get_name()));
        fidelity.into_iter().chain(self.set.iter().cloned()).collect()
    }
}

/// Way in which requests are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Fidelity {
    /// One by one
    Requests,
    /// As flows, with approximate response times
    Fluid,
    /// As flows where there are many, one by one where there are few
    Auto,
}

/// Arguments of every command that judges.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct VerdictArgs {
    /// A check that is inconclusive, or has nothing to judge, ends the command with exit code 4
    #[arg(long)]
    pub(super) strict: bool,
    /// Exit with 0 where a verdict is negative or inconclusive, to report without failing
    #[arg(long)]
    no_fail: bool,
}

impl VerdictArgs {
    /// The exit code that checks ask for.
    pub(super) fn of_checks<'a>(self, checks: impl IntoIterator<Item = &'a CheckOutcome>) -> Exit {
        self.end(Exit::of_checks(checks, self.strict))
    }

    /// The exit code of a verdict.
    pub(super) const fn end(self, exit: Exit) -> Exit {
        match exit {
            Exit::CheckFailed | Exit::Inconclusive if self.no_fail => Exit::Ok,
            other => other,
        }
    }
}

/// A seed, or what one is.
fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

/// Runs of a scenario that is judged, where nothing else is said.
pub(super) const RUNS: u32 = 10;

/// Parser of a number of replications from `least` on: the same limit for every command.
pub(super) fn replication_count(least: u32) -> impl TypedValueParser<Value = u32> {
    RangedI64ValueParser::<u32>::new().range(i64::from(least)..=i64::from(MOST_REPLICATIONS))
}
