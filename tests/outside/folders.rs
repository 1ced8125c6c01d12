//! Folders of runs in which a number is one that no run writes: a sentence or a verdict, never a panic, and no memory
//! that a number asked for.

use std::fs;

use serde_json::Value;

use crate::damage::{ends_in_words, put, replace, runs};
use crate::program::windtunnel;

#[test]
fn a_horizon_that_no_run_has_is_refused_by_its_key() {
    let folder = runs();
    for bad in ["1e300", "-5", "0", "157788001"] {
        put(&folder.path().join("one/summary.json"), "/scenario/horizon_s", &bad.parse().unwrap());
        for arguments in [&["report", "one"][..], &["check", "one", "-q"]] {
            let ran = windtunnel(folder.path(), arguments).exits(2);
            assert!(ran.stderr.contains("`horizon_s`") && ran.stderr.contains("157788000"), "{}", ran.stderr);
        }
    }
}

#[test]
fn counts_that_together_are_more_than_64_bits_are_judged_and_shown() {
    let folder = runs();
    let file = folder.path().join("one/summary.json");
    for (table, key) in [("scaling", "scale_out"), ("scaling", "scale_in"), ("tasks", "started")] {
        put(&file, &format!("/services/web/{table}/{key}"), &Value::from(u64::MAX));
    }
    windtunnel(folder.path(), &["check", "one", "-q"]).exits(1);
    windtunnel(folder.path(), &["report", "one"]).exits(0);
    let page = fs::read_to_string(folder.path().join("one/report.html")).unwrap();
    assert!(page.contains("18446744073709551615 out"), "the tile of what scaled");
}

#[test]
fn a_number_of_runs_asks_for_no_memory() {
    let folder = runs();
    let file = folder.path().join("many/estimates.json");
    for (name, share) in [("web.time_to_capacity_s", 0.5), ("web.short_of_capacity_at_the_end", 0.25)] {
        let mut document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let figure = document["figures"].as_object_mut().unwrap();
        let has = figure.keys().cloned().collect::<Vec<_>>();
        let place = figure.get_mut(name).unwrap_or_else(|| panic!("{name} is none of {has:?}"));
        *place = serde_json::json!({ "value": share, "half_width": 0.1, "runs": 1_000_000_000_000_u64 });
        replace(&file, document.to_string());
    }
    // Another check than the run had, so that the figure is judged and not the run's own verdict repeated.
    fs::write(folder.path().join("more.toml"), "[checks]\ntime_to_capacity = \"< 20m\"\n").unwrap();
    let ran = windtunnel(folder.path(), &["check", "many", "-q", "--checks", "more.toml"]);
    ends_in_words(&ran, "many");
    assert!(ran.stdout.contains("in 250000000000 of 1000000000000 runs"), "{}", ran.stdout);
}
