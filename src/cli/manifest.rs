//! Origin of the results, for `manifest.json`.

use crate::results::{FolderKind, Manifest, OtherScenario};
use crate::scenario::Scenario;
use crate::shell::terminal::command_line;
use crate::shell::wall_clock::{Stopwatch, unix_seconds};

/// A manifest of `kind` at this moment, without its files.
pub(super) fn now(kind: FolderKind, watch: &Stopwatch) -> Manifest {
    Manifest {
        command_line: command_line(),
        finished_unix_s: unix_seconds(),
        wall_time_s: watch.elapsed().as_secs_f64(),
        ..Manifest::of(kind)
    }
}

/// The manifest of results that were made of these scenarios, the base first.
pub(super) fn of(kind: FolderKind, scenarios: &[&Scenario], seed: u64, watch: &Stopwatch) -> Manifest {
    let Some((base, others)) = scenarios.split_first() else { return now(kind, watch) };
    let other = |scenario: &&Scenario| OtherScenario {
        scenario: scenario.name.clone(),
        scenario_sha256: scenario.sha256.clone(),
    };
    Manifest {
        scenario: base.name.clone(),
        scenario_sha256: base.sha256.clone(),
        others: others.iter().map(other).collect(),
        seed,
        price_book_date: base.price_book_date.clone(),
        ..now(kind, watch)
    }
}
