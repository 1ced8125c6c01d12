//! Equal runs give equal bytes, wherever and in whatever environment they are made.

use std::fs;
use std::path::Path;

use crate::program::{command, finish, names, shipped};

/// Every file but the manifest, which alone may tell two equal runs apart.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    names(folder)
        .into_iter()
        .filter(|name| name != "manifest.json")
        .map(|name| {
            let bytes = fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

/// Runs the copy of a scenario from `folder`, with those variables set.
fn results(scenario: &str, folder: &Path, variables: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let file = shipped(scenario);
    let mut command = command(
        folder,
        &["run".as_ref(), file.as_os_str(), "--set=horizon=2h".as_ref(), "--out=out".as_ref()],
    );
    command.envs(variables.iter().copied());
    finish(&mut command).exits(0);
    files(&folder.join("out"))
}

#[test]
fn two_runs_of_any_scenario_leave_the_same_files() {
    for name in super::ran::NAMES {
        let scenario = format!("scenarios/{name}.toml");
        let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let first = results(&scenario, first.path(), &[]);
        assert_eq!(first.len(), 13, "{name}");
        for (one, other) in first.iter().zip(results(&scenario, second.path(), &[])) {
            assert!(*one == other, "{} of {name} differs between two equal runs", one.0);
        }
    }
}

#[test]
fn language_time_zone_colours_and_threads_change_no_file() {
    let scenario = "scenarios/flash-sale.toml";
    let folder = tempfile::tempdir().unwrap();
    let plain = results(scenario, folder.path(), &[]);
    let other = tempfile::tempdir().unwrap();
    let variables = [
        ("LANG", "de_DE.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Asia/Kathmandu"),
        ("NO_COLOR", "1"),
        ("CLICOLOR_FORCE", "1"),
        ("FORCE_COLOR", "1"),
        ("COLUMNS", "40"),
        ("TERM", "xterm-256color"),
        ("RAYON_NUM_THREADS", "3"),
        ("SOURCE_DATE_EPOCH", "1"),
        ("HOME", "/nowhere"),
        ("TMPDIR", "/nowhere"),
    ];
    assert!(plain == results(scenario, other.path(), &variables));
}

#[test]
fn a_run_again_over_its_own_results_replaces_them() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "scenarios/trace-replay.toml";
    let first = results(scenario, folder.path(), &[]);
    fs::write(folder.path().join("out/summary.json"), "older").unwrap();
    assert!(first == results(scenario, folder.path(), &[]));
}
