//! The shipped scenarios, run as a user runs them: what they print is pinned byte for byte, obeys the laws of every run,
//! and tells the story that its file announces. `WINDTUNNEL_BLESS=1` rewrites what is pinned; the laws and stories are
//! arithmetic and cannot be rewritten.

mod control_stories;
mod failures;
mod laws;
mod ran;
mod same_bytes;
mod stories;

use std::fs;

use crate::program::shipped;
pub(crate) use ran::NAMES;
use ran::scenario;

#[test]
fn every_shipped_scenario_gives_the_summary_that_is_pinned() {
    let mut changed = Vec::new();
    for name in NAMES {
        let path = shipped(&format!("scenarios/expected/{name}.json"));
        let summary = &scenario(name).summary_text;
        #[expect(clippy::disallowed_methods, reason = "a switch of the test, not of the program")]
        if std::env::var("WINDTUNNEL_BLESS").is_ok() {
            fs::write(&path, summary).unwrap();
        }
        if fs::read_to_string(&path).unwrap_or_default() != *summary {
            changed.push(name);
        }
    }
    assert!(
        changed.is_empty(),
        "the summaries of {changed:?} are not those in scenarios/expected; where that is meant, WINDTUNNEL_BLESS=1 \
         cargo test rewrites them"
    );
}

#[test]
fn every_shipped_scenario_has_a_pinned_summary_and_every_pinned_summary_a_scenario() {
    let stems = |folder: &str, extension: &str| -> Vec<String> {
        let mut stems: Vec<String> = crate::program::names(&shipped(folder))
            .iter()
            .filter_map(|name| name.strip_suffix(extension).map(str::to_owned))
            .collect();
        stems.sort();
        stems
    };
    assert_eq!(stems("scenarios", ".toml"), NAMES);
    assert_eq!(stems("scenarios/expected", ".json"), NAMES);
}
