//! Exit codes: one a class of outcome, documented in `--help`.

use std::process::ExitCode;

use crate::experiment::{CheckOutcome, CheckStatus};

/// End of a command, as an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All well.
    Ok,
    /// A verdict is negative: a check failed, or no setting passes.
    CheckFailed,
    /// A check is inconclusive, or has nothing to judge, under `--strict` or for want of a price; or a setting could not be confirmed.
    Inconclusive,
    /// Wrong usage, or an invalid scenario.
    Usage,
    /// Interrupted; what was finished is kept.
    Interrupted,
    /// The run failed: input could not be read, output could not be written, or the program has a bug.
    RunFailed,
}

impl Exit {
    /// The exit code that checks ask for; `strict`: whether one that is inconclusive, or has nothing to judge, counts as failed.
    pub(super) fn of_checks<'a>(checks: impl IntoIterator<Item = &'a CheckOutcome>, strict: bool) -> Self {
        let failing: Vec<CheckStatus> =
            checks.into_iter().filter(|check| check.fails(strict)).map(|check| check.status).collect();
        match failing.as_slice() {
            [] => Self::Ok,
            failing if failing.contains(&CheckStatus::Fail) => Self::CheckFailed,
            _ => Self::Inconclusive,
        }
    }
}

/// The table that `--help` prints.
pub(super) const HELP: &str = "\
Examples:
  windtunnel run                              the built-in flash sale; results in output/flash-sale
  windtunnel init > web.toml                  a scenario to start from
  windtunnel why --at 20:05 output/flash-sale why it scaled then, or did not
  windtunnel validate web.toml                what is wrong with it, all at once
  windtunnel run web.toml --set horizon=2h    run it, with one key changed
  windtunnel sweep web.toml --axis service.web.scaling.min_capacity=1..5:1
                                              many settings on the same requests
  windtunnel compare web.toml --variant 'faster: service.web.scaling.target_tracking.cpu.target_value=50'
                                              two settings, run by run, and whether they differ
  windtunnel check web.toml --format github   what holds, as an exit code and as annotations
  windtunnel diff main/web.toml web.toml      what a change of the policy does to cost and latency
  windtunnel optimize web.toml                the cheapest setting that passes the checks, ready to paste
  windtunnel forecast web.toml --growth 4%/month
                                              the bills of the next twelve months
  windtunnel explain scale_in_cooldown        what a key, a metric or a code means

Exit codes:
  0    success
  1    a check failed, or no setting passes the checks
  2    wrong usage, or an invalid scenario
  3    a run failed (I/O, disk full, a bug in windtunnel)
  4    inconclusive: under --strict, for want of a price, or because a setting was not confirmed
  130  interrupted";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::CheckFailed => 1,
            Exit::Usage => 2,
            Exit::RunFailed => 3,
            Exit::Inconclusive => 4,
            Exit::Interrupted => 130,
        })
    }
}
