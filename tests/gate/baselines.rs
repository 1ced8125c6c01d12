//! The change of cost against a baseline, wherever that comes from.

use windtunnel::experiment::checks::{Bills, judge_change};
use windtunnel::experiment::{CheckStatus, Figure, Measure, replicate};
use windtunnel::scenario::{Check, Comparator};

use super::{RISING, check};
use crate::cli::folder;
use crate::example::scenario;
use crate::program::windtunnel;

const LIMIT: &str = "\n[checks]\ncost_change = \"<= 5%\"\n";

/// The check of the change, against this baseline.
fn change(folder: &std::path::Path, subject: &str, baseline: &[&str]) -> (String, String, Option<String>) {
    let json = check(folder, &[&[subject, "--format", "json"], baseline].concat()).json();
    let check = &json["checks"][0];
    let text = |key: &str| check[key].as_str().map(str::to_owned);
    (text("status").unwrap(), text("value").unwrap(), text("note"))
}

fn files() -> tempfile::TempDir {
    let dear = RISING.replace("target_value = 60.0", "target_value = 40.0");
    let folder = folder(&[
        ("base.toml", RISING.as_bytes()),
        ("head.toml", format!("{dear}{LIMIT}").as_bytes()),
        ("same.toml", format!("{RISING}{LIMIT}").as_bytes()),
    ]);
    for (scenario, out, runs) in
        [("base.toml", "base", "10"), ("head.toml", "head", "10"), ("base.toml", "few", "4")]
    {
        let arguments = ["run", scenario, "--replications", runs, "--out", out, "-q"];
        windtunnel(folder.path(), &arguments).exits(0);
    }
    windtunnel(folder.path(), &["run", "base.toml", "--out", "one", "-q"]).exits(0);
    folder
}

#[test]
fn scenarios_and_folders_give_the_same_change() {
    let folder = files();
    let wanted = change(folder.path(), "head.toml", &["--baseline", "base.toml"]);
    assert_eq!(
        (wanted.0.as_str(), wanted.2.as_deref()),
        ("fail", Some("if every 40 minutes were like these"))
    );
    assert!(wanted.1.starts_with('+') && wanted.1.contains("% ("), "{}", wanted.1);
    for (subject, baseline) in [("head.toml", "base"), ("head", "base.toml"), ("head", "base")] {
        assert_eq!(change(folder.path(), subject, &["--baseline", baseline]), wanted, "{subject} {baseline}");
    }
    let json = windtunnel(folder.path(), &["compare", "base.toml", "head.toml", "--format", "json", "-q"])
        .exits(0)
        .json();
    assert_eq!(json["variants"][1]["checks"][0]["value"], wanted.1.as_str());
    let relative =
        json["variants"][1]["figures"]["cost_per_month_usd"]["difference"]["relative"].as_f64().unwrap();
    let percent: f64 = wanted.1[1..wanted.1.find(" %").unwrap()].parse().unwrap();
    assert!((relative * 100.0 - percent).abs() < 0.06, "{relative} {}", wanted.1);
}

#[test]
fn nothing_changes_against_itself_whatever_the_noise() {
    let folder = files();
    for seed in ["1", "7"] {
        let found = change(folder.path(), "same.toml", &["--baseline", "base.toml", "--seed", seed]);
        assert_eq!((found.0.as_str(), found.1.as_str()), ("pass", "0 %"));
    }
    let base = windtunnel(folder.path(), &["compare", "same.toml", "head.toml", "--format", "json", "-q"])
        .exits(0)
        .json();
    assert_eq!(base["variants"][0]["checks"][0]["value"], "0 %");
}

#[test]
fn fewer_runs_of_the_baseline_are_said_and_one_gives_no_interval() {
    let folder = files();
    let few = change(folder.path(), "head.toml", &["--baseline", "few"]);
    assert_eq!(few.2.as_deref(), Some("if every 40 minutes were like these; over the 4 runs that both have"));
    let one = change(folder.path(), "head.toml", &["--baseline", "one"]);
    assert_eq!(one.2.as_deref(), Some("if every 40 minutes were like these; over the 1 run that both have"));
    assert!(!one.1.contains('('), "{}", one.1);
}

#[test]
fn without_a_baseline_nothing_passes_and_every_command_says_so() {
    let folder = files();
    for arguments in [&["run", "head.toml", "-q"][..], &["run", "head.toml", "--replications", "3", "-q"]] {
        let ran = windtunnel(folder.path(), arguments).exits(0);
        assert!(ran.stdout.contains("NO DATA  cost_change <= 5%"), "{}", ran.stdout);
        assert!(
            ran.stdout.contains("no baseline; give one with `windtunnel check --baseline`"),
            "{}",
            ran.stdout
        );
        windtunnel(folder.path(), &[arguments, &["--strict"]].concat()).exits(4);
    }
    let idle = windtunnel(folder.path(), &["check", "base.toml", "--baseline", "base.toml"]).exits(2);
    assert!(idle.stderr.contains("has no checks"), "{}", idle.stderr);
}

#[test]
fn a_baseline_that_no_check_asks_for_is_not_passed_over_in_silence() {
    let folder =
        folder(&[("web.toml", format!("{RISING}\n[checks]\navailability = \">= 1%\"\n").as_bytes())]);
    let ran = windtunnel(folder.path(), &["check", "web.toml", "--baseline", "web.toml"]).exits(0);
    assert!(ran.stderr.contains("no check compares with the baseline"), "{}", ran.stderr);
}

#[test]
fn a_baseline_that_differs_in_more_than_the_policy_is_said_to() {
    let folder = files();
    let place = folder.path();
    let longer = RISING.replace("40m", "50m").replace("rate = 16.0", "rate = 17.0");
    std::fs::write(place.join("longer.toml"), &longer).unwrap();
    windtunnel(place, &["run", "base.toml", "--seed", "9", "--out", "seed", "-q"]).exits(0);
    windtunnel(place, &["run", "base.toml", "--only-replication", "2", "--out", "second", "-q"]).exits(0);
    let said = |subject: &str, baseline: &str| {
        let arguments = ["check", subject, "--baseline", baseline, "--no-fail"];
        windtunnel(place, &arguments).exits(0).stderr
    };
    let warning = "warning: the baseline differs in more than the policy (";
    for (subject, baseline, what) in [
        ("head.toml", "longer.toml", "`horizon`, `service.web.traffic.shape.1.step.rate`"),
        ("head", "longer.toml", "`horizon`, `service.web.traffic.shape.1.step.rate`"),
        ("head.toml", "seed", "seed 9 instead of 1"),
        ("head", "seed", "seed 9 instead of 1"),
        ("head.toml", "second", "replication 2 instead of 0"),
    ] {
        let found = said(subject, baseline);
        assert!(found.contains(&format!("{warning}{what})")), "{subject} {baseline}: {found}");
    }
    for (subject, baseline) in [("head.toml", "base.toml"), ("head", "base"), ("head.toml", "one")] {
        assert!(!said(subject, baseline).contains(warning), "{subject} {baseline}");
    }
}

#[test]
fn a_warning_that_both_sides_give_word_for_word_is_given_once() {
    let thin = crate::cli::SMALL
        .replace("rate = 5.0", "rate = 150.0")
        .replace("max_capacity = 4", "max_capacity = 40");
    let checks = format!("{thin}[checks]\ncost_change = \"<= 5%\"\n");
    let folder = folder(&[("a.toml", thin.as_bytes()), ("b.toml", checks.as_bytes())]);
    for arguments in [
        &["diff", "a.toml", "b.toml", "--replications", "2"][..],
        &["check", "b.toml", "--baseline", "a.toml", "--replications", "2"],
        &["compare", "a.toml", "b.toml", "--replications", "2"],
    ] {
        let said = windtunnel(folder.path(), arguments).stderr;
        assert_eq!(said.matches("WT102").count(), 1, "{arguments:?}: {said}");
    }
}

#[test]
fn an_amount_and_a_saving_are_judged_as_they_are_written() {
    let folder = files();
    for (limit, status) in
        [("<= 500 USD", "pass"), ("<= 0.01 USD", "fail"), ("<= -1%", "fail"), ("> 1%", "pass")]
    {
        let set = format!("checks.cost_change={limit}");
        let found = change(folder.path(), "head.toml", &["--baseline", "base", "--set", &set]);
        assert_eq!(found.0, status, "{limit}: {}", found.1);
    }
}

/// Pairs of ten runs against ten others.
const PAIRS: usize = 200;

#[test]
fn of_intervals_between_independent_runs_at_least_173_of_200_hold_the_change_that_is_none() {
    let plan = scenario(&RISING.replace("40m", "15m")).plan;
    let cost = Figure { service: None, measure: Measure::CostPerMonth };
    let mut costs = Vec::new();
    for first in (0..PAIRS as u64 * 20).step_by(200) {
        let records = replicate(&plan, 3, first..first + 200).unwrap();
        costs.extend(records.iter().map(|record| cost.value(record, &plan)));
    }
    let check =
        |measure| Check { text: String::new(), measure, comparator: Comparator::LessOrEqual, limit: 0.0 };
    for measure in [Measure::CostChange, Measure::CostChangeShare] {
        let held = costs.chunks(20).filter(|pair| {
            let bills = |costs: &[Option<f64>]| Bills { costs: costs.to_vec(), ..Bills::default() };
            let outcome = judge_change(&check(measure), &bills(&pair[..10]), Some(&bills(&pair[10..])));
            // An interval that holds the truth neither passes nor fails a limit that is the truth, unless it is a point.
            let estimate = outcome.estimate.unwrap();
            let holds = (estimate.low()..=estimate.high()).contains(&0.0);
            assert!(!holds || outcome.status != CheckStatus::Fail, "{outcome:?}");
            holds
        });
        // Of 200 independent intervals that hold with 95 %, fewer than 173 do with a probability below 1e-5.
        let held = held.count();
        assert!((173..=PAIRS).contains(&held), "{measure:?}: {held} of {PAIRS}");
    }
}
