//! The folder of a run gives the verdicts of the scenario, without running again.

use std::path::Path;

use serde_json::Value;

use super::{CHECKS, RISING, check, rising};
use crate::cli::folder;
use crate::program::{shipped, windtunnel};

/// Check, status and value of every verdict.
fn verdicts(folder: &Path, arguments: &[&str]) -> Vec<[String; 3]> {
    let json = check(folder, &[arguments, &["--format", "json"]].concat()).json();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks = json["checks"].as_array().unwrap();
    checks.iter().map(|check| ["check", "status", "value"].map(|key| text(check, key))).collect()
}

/// A limit for every figure that can be checked.
const ALL: [(&str, &str); 22] = [
    ("p50_response_time", "< 45ms"),
    ("p90_response_time", "< 5s"),
    ("p95_response_time", "< 1ms"),
    ("p99_response_time", "< 29s"),
    ("p99_9_response_time", "< 31s"),
    ("mean_response_time", "< 1s"),
    ("max_response_time", "<= 29.9s"),
    ("p50_waiting_time", "< 1us"),
    ("p90_waiting_time", "< 1s"),
    ("p95_waiting_time", "< 1s"),
    ("p99_waiting_time", "< 1s"),
    ("p99_9_waiting_time", "< 1s"),
    ("mean_waiting_time", "< 1s"),
    ("max_waiting_time", "< 1s"),
    ("availability", ">= 99.99%"),
    ("cost", "< 1 USD"),
    ("cost_per_month", "< 70 USD"),
    ("cost_per_million_requests", "< 2 USD"),
    ("running_max", "<= 6 tasks"),
    ("cpu_mean", "< 65%"),
    ("time_to_capacity", "< 8m"),
    ("minutes_over_limit", "<= 9.6 with p99_response_time > 1s"),
];

#[test]
fn a_folder_gives_the_verdicts_of_its_scenario_word_for_word() {
    let lines: String = ALL.iter().map(|(key, limit)| format!("{key} = \"{limit}\"\n")).collect();
    let folder = folder(&[("web.toml", format!("{RISING}\n[checks]\n{lines}").as_bytes())]);
    windtunnel(folder.path(), &["run", "web.toml", "--replications", "10", "--out", "many", "-q"]);
    windtunnel(folder.path(), &["run", "web.toml", "--out", "one", "-q"]);
    let many = verdicts(folder.path(), &["web.toml"]);
    assert_eq!(many.len(), ALL.len());
    assert_eq!(verdicts(folder.path(), &["many"]), many);
    // A single run judges its own value, and so do many runs of which there is one.
    let one = verdicts(folder.path(), &["one"]);
    let alone = verdicts(folder.path(), &["web.toml", "--replications", "1"]);
    let differ: Vec<_> = one.iter().zip(&alone).filter(|(a, b)| a[1] != b[1]).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn figures_in_the_files_judge_checks_that_the_run_did_not_have() {
    let lines: String = ALL.iter().map(|(key, limit)| format!("{key} = \"{limit}\"\n")).collect();
    let other = format!("name = \"other\"\n[checks]\n{lines}");
    let folder = folder(&[("web.toml", RISING.as_bytes()), ("other.toml", other.as_bytes())]);
    windtunnel(folder.path(), &["run", "web.toml", "--out", "one", "-q"]).exits(0);
    windtunnel(folder.path(), &["run", "web.toml", "--replications", "10", "--out", "many", "-q"]).exits(0);
    for (subject, scenario) in [("one", &["web.toml", "--replications", "1"][..]), ("many", &["web.toml"])] {
        let wanted = verdicts(folder.path(), &[scenario, &["--checks", "other.toml"]].concat());
        let found = verdicts(folder.path(), &[subject, "--checks", "other.toml"]);
        let mut told = 0;
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found[0], wanted[0]);
            // What a folder does not hold it says so of, and never guesses.
            if found[1] == "no_data" {
                continue;
            }
            told += 1;
            assert_eq!(found[1], wanted[1], "{subject}: {found:?} {wanted:?}");
        }
        // All but the time to capacity of one run; of many runs neither that, nor the minutes, nor four rare quantiles.
        assert_eq!(told, if subject == "one" { 21 } else { 17 }, "{subject}: {found:?}");
    }
    let text = check(folder.path(), &["many", "--checks", "other.toml"]).stdout;
    assert!(text.contains("this figure was not saved with the run; check the scenario instead"), "{text}");
}

#[test]
fn shipped_scenarios_pass_and_fail_alike_from_their_folders() {
    let folder = folder(&[]);
    for name in ["web", "flash-sale", "month-fluid"] {
        let file = shipped(&format!("scenarios/{name}.toml"));
        let file = file.to_str().unwrap();
        let set = ["--set", "horizon=3h"];
        windtunnel(
            folder.path(),
            &[&["run", file, "--replications", "3", "--out", name, "-q"][..], &set].concat(),
        );
        let wanted = verdicts(folder.path(), &[&[file, "--replications", "3"][..], &set].concat());
        assert_eq!(verdicts(folder.path(), &[name]), wanted, "{name}");
    }
}

#[test]
fn estimates_of_an_older_run_in_the_same_folder_are_not_taken_for_this_ones() {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    windtunnel(folder.path(), &["run", "web.toml", "--replications", "4", "--out", "out", "-q"]).exits(1);
    windtunnel(folder.path(), &["run", "web.toml", "--seed", "9", "--out", "out", "-q"]).exits(1);
    let json = check(folder.path(), &["out", "--format", "json"]).exits(1).json();
    assert_eq!((&json["replications"], &json["scenario"]["seed"]), (&1.into(), &9.into()));
}

#[test]
fn a_folder_that_was_carried_away_from_its_trace_is_judged_all_the_same() {
    let trace = "time_s,requests\n0,300\n60,600\n120,300\n";
    let replay = crate::cli::REPLAY.to_owned() + "[checks]\navailability = \">= 99%\"\n";
    let folder = folder(&[("t.csv", trace.as_bytes()), ("replay.toml", replay.as_bytes())]);
    windtunnel(folder.path(), &["run", "replay.toml", "--out", "out", "-q"]).exits(0);
    std::fs::remove_file(folder.path().join("t.csv")).unwrap();
    check(folder.path(), &["out"]).exits(0);
}

#[test]
fn files_that_no_run_wrote_are_named() {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    for (name, content) in [
        ("summary.json", "{"),
        ("summary.json", "[]"),
        ("plan.toml", "name = ["),
        ("estimates.json", "nonsense"),
    ] {
        windtunnel(folder.path(), &["run", "web.toml", "--replications", "2", "--out", "out", "-q"]).exits(1);
        std::fs::write(folder.path().join("out").join(name), content).unwrap();
        let ran = check(folder.path(), &["out"]).exits(2);
        assert!(ran.stderr.contains(name), "{}", ran.stderr);
    }
}
