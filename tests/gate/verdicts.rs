//! What a gate ends with, and what the kinds of checks that read minutes find.

use std::fs;

use windtunnel::experiment::Figure;
use windtunnel::record::{Detail, Limits, RunRecord, record_within};

use super::{CHECKS, RISING, check, rising};
use crate::cli::folder;
use crate::program::{names, windtunnel};

/// The verdict of one check, as status and value.
fn one(text: &str, checks: &str, more: &[&str]) -> (String, String, serde_json::Value) {
    let folder = folder(&[("web.toml", format!("{text}\n[checks]\n{checks}\n").as_bytes())]);
    let json = check(folder.path(), &[&["web.toml", "--format", "json"], more].concat()).json();
    let check = json["checks"][0].clone();
    (check["status"].as_str().unwrap().to_owned(), check["value"].as_str().unwrap().to_owned(), check)
}

#[test]
fn the_exit_code_follows_the_verdicts_and_the_two_options() {
    let pass = "[checks]\navailability = \">= 50%\"\n";
    let fail = "[checks]\ncost_per_month = \"< 1 USD\"\n";
    let unsure = "[checks]\nminutes_over_limit = \"<= 8 with p99_response_time > 1s\"\n";
    let nothing = "[checks]\ncost_change = \"<= 5%\"\n";
    let files = [("pass", pass), ("fail", fail), ("unsure", unsure), ("nothing", nothing)];
    let texts: Vec<(String, String)> =
        files.iter().map(|(name, checks)| (format!("{name}.toml"), rising(name, checks))).collect();
    let files: Vec<(&str, &[u8])> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let folder = folder(&files);
    for (name, plain, strict) in [("pass", 0, 0), ("fail", 1, 1), ("unsure", 0, 4), ("nothing", 0, 4)] {
        let file = format!("{name}.toml");
        for format in ["text", "json", "junit", "github", "markdown"] {
            check(folder.path(), &[&file, "--format", format]).exits(plain);
        }
        check(folder.path(), &[&file, "--strict"]).exits(strict);
        check(folder.path(), &[&file, "--strict", "--no-fail"]).exits(0);
    }
    assert_eq!(names(folder.path()).len(), 4, "a check writes nothing");
    let loud = windtunnel(folder.path(), &["check", "nothing.toml"]).exits(0);
    assert!(loud.stderr.contains("was not judged: no baseline; give one with"), "{}", loud.stderr);
}

#[test]
fn what_cannot_be_judged_is_a_mistake_of_usage() {
    let invalid = RISING.replace("min_capacity = 2", "min_capacity = 30");
    let odd = format!("{RISING}[checks]\nminutes_over_limit = \"<= 5\"\n");
    let folder = folder(&[
        ("none.toml", RISING.as_bytes()),
        ("invalid.toml", invalid.as_bytes()),
        ("odd.toml", odd.as_bytes()),
        ("good.toml", rising("good", CHECKS).as_bytes()),
    ]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let none = check(folder.path(), &["none.toml"]).exits(2);
    assert!(none.stdout.is_empty() && none.stderr.contains("has no checks"), "{}", none.stderr);
    // The lines that it proposes are a scenario's.
    let lines: String =
        none.stderr.lines().skip_while(|line| *line != "[checks]").take(4).collect::<Vec<_>>().join("\n");
    fs::write(folder.path().join("more.toml"), format!("{RISING}{lines}\n")).unwrap();
    windtunnel(folder.path(), &["validate", "more.toml"]).exits(0);
    for (arguments, said) in [
        (&["invalid.toml"][..], "WT021"),
        (&["odd.toml"], "<= 5 with p99_response_time > 500ms"),
        (&["gone.toml"], "no such file"),
        (&["empty"], "give the folder that `windtunnel run` wrote"),
        (&["good.toml", "--baseline", "gone"], "no such file"),
        (&["good.toml", "--baseline", "empty"], "manifest.json"),
        (
            &["good.toml", "--checks", "odd.toml"],
            "odd.toml:19: the check `minutes_over_limit` cannot be read",
        ),
        (&["good.toml", "--checks", "none.toml"], "`none.toml` has no checks"),
        (&["good.toml", "--replications", "0"], "0"),
        (&["good.toml", "--format", "xml"], "xml"),
    ] {
        let ran = check(folder.path(), arguments).exits(2);
        assert!(ran.stdout.is_empty() && ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_folder_of_a_run_is_judged_as_it_is_and_wishes_for_runs_are_refused() {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    windtunnel(folder.path(), &["run", "web.toml", "--out", "out", "-q"]).exits(1);
    for wish in [&["--replications", "4"][..], &["--seed", "2"], &["--set", "horizon=20m"]] {
        let ran = check(folder.path(), &[&["out"], wish].concat()).exits(2);
        assert!(ran.stderr.contains("is judged as it is") && ran.stderr.contains(wish[0]), "{}", ran.stderr);
    }
}

#[test]
fn the_time_to_capacity_is_the_one_that_the_run_tells_in_words() {
    let limits = "\n[checks]\ntime_to_capacity = \"< 1s\"\n";
    let folder = folder(&[("web.toml", format!("{RISING}{limits}").as_bytes())]);
    let table = windtunnel(folder.path(), &["run", "web.toml", "-q"]).exits(1).stdout;
    let line = table.lines().find(|line| line.contains("Capacity fell short")).unwrap();
    let words: Vec<&str> = line.split(" up ").nth(1).unwrap().split_whitespace().collect();
    let (minutes, seconds): (u64, u64) = (words[0].parse().unwrap(), words[2].parse().unwrap());
    assert_eq!((words[1], words[3], words[4]), ("min", "s", "later."), "{line}");
    let verdict = table.lines().find(|line| line.starts_with("FAIL")).unwrap();
    assert!(verdict.contains(&format!("{minutes} min {seconds} s")), "{line}\n{verdict}");
}

#[test]
fn capacity_that_never_comes_counts_to_the_horizon_and_is_said_to() {
    let few = RISING.replace("max_capacity = 20", "max_capacity = 2");
    let (status, value, check) = one(&few, "time_to_capacity = \"<= 29m\"", &["--replications", "4"]);
    assert_eq!((status.as_str(), value.as_str()), ("fail", "30 min"));
    assert_eq!(check["note"], "in 4 of 4 runs it was not over when the run ended");
    let (status, value, check) = one(&few, "time_to_capacity = \"<= 29m\"", &["--replications", "1"]);
    assert_eq!((status.as_str(), value.as_str()), ("fail", "30 min"));
    assert_eq!(check["note"], "not over when the run ended");
    // Enough from the start: nothing is short, and zero is a figure.
    let many = RISING.replace("min_capacity = 2", "min_capacity = 12");
    let (status, value, check) = one(&many, "time_to_capacity = \"<= 0s\"", &["--replications", "4"]);
    assert_eq!((status.as_str(), value.as_str(), &check["note"]), ("pass", "0 s", &serde_json::Value::Null));
}

#[test]
fn minutes_over_a_limit_are_those_that_the_timeline_shows() {
    for condition in ["p99_response_time > 1s", "mean_response_time >= 250ms", "cpu_utilization > 80%"] {
        let limits = format!("\n[checks]\nminutes_over_limit = \"<= 100 with {condition}\"\n");
        let folder = folder(&[("web.toml", format!("{RISING}{limits}").as_bytes())]);
        let json = windtunnel(folder.path(), &["run", "web.toml", "-q", "--format", "json", "--out", "out"])
            .exits(0)
            .json();
        let (column, limit) = match condition.split_once(' ').unwrap().0 {
            "p99_response_time" => ("response_time_p99_ms", 1000.0),
            "mean_response_time" => ("response_time_mean_ms", 250.0),
            _ => ("cpu_utilization", 0.8),
        };
        let mut reader = csv::Reader::from_path(folder.path().join("out/timeline.csv")).unwrap();
        let index = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
        let lost: Vec<usize> = ["rejected", "timed_out", "failed"]
            .iter()
            .map(|name| reader.headers().unwrap().iter().position(|known| known == *name).unwrap())
            .collect();
        // A minute without an answer has no time, and is over where requests were lost in it.
        let over = reader.records().filter(|row| {
            let row = row.as_ref().unwrap();
            let is_lost = lost.iter().any(|index| &row[*index] != "0");
            row[index].parse::<f64>().map_or(is_lost, |value| value > limit)
        });
        let over = over.count();
        assert!((1..40).contains(&over), "{condition}: {over}");
        assert_eq!(json["checks"][0]["value"], format!("{over} min"), "{condition}");
    }
}

#[test]
fn a_service_of_which_nobody_is_answered_does_not_pass_by_having_no_times() {
    // Tasks that need two minutes for a request whose client waits for one second.
    let dead =
        RISING.replace("mean = \"30ms\"", "mean = \"120s\"").replace("timeout = \"30s\"", "timeout = \"1s\"");
    let dead = format!("{dead}[limits]\nmax_requests = 100000\n");
    let (status, value, _) =
        one(&dead, "minutes_over_limit = \"<= 5 with p99_response_time > 500ms\"", &["--replications", "2"]);
    assert_eq!(status, "fail", "{value}");
}

#[test]
fn the_warm_up_is_left_out_of_minutes_and_of_capacity() {
    let warm = RISING.replace("horizon = \"40m\"", "horizon = \"40m\"\nwarmup = \"35m\"");
    let (status, value, _) = one(&warm, "minutes_over_limit = \"<= 2 with p99_response_time > 1s\"", &[]);
    assert_eq!(status, "pass", "{value}");
    let (status, value, _) = one(&warm, "time_to_capacity = \"< 6m\"", &[]);
    assert_eq!(status, "pass", "{value}");
}

#[test]
fn with_several_services_the_worst_decides_and_is_named() {
    let second = RISING.split_once("[service").unwrap().1.replace("service.web", "service.idle");
    let second = format!("[service{second}")
        .replace(".web.", ".idle.")
        .replace("rate = 4.0", "rate = 1.0")
        .replace("rate = 16.0", "rate = 0.0");
    let two = format!("{RISING}{second}");
    let (_, value, check) = one(&two, "time_to_capacity = \"< 1s\"", &["--replications", "3"]);
    assert!(value.ends_with("(web)"), "{value}");
    assert_eq!((&check["service"], &check["status"]), (&"web".into(), &"fail".into()));
}

#[test]
fn many_runs_keep_the_figures_of_minutes_in_their_files() {
    let folder = folder(&[("web.toml", rising("web", CHECKS).as_bytes())]);
    let json = windtunnel(
        folder.path(),
        &["run", "web.toml", "--replications", "5", "--out", "out", "--format", "json", "-q"],
    )
    .exits(1)
    .json();
    let figures = &json["figures"];
    assert!(figures["web.time_to_capacity_s"]["half_width"].is_number(), "{figures}");
    assert_eq!(figures["web.short_of_capacity_at_the_end"]["value"], 0.0);
    assert!(figures["web.minutes_with_p99_response_time_over_1000_ms"]["value"].is_number(), "{figures}");
    let header = fs::read_to_string(folder.path().join("out/replications.csv")).unwrap();
    assert!(header.lines().next().unwrap().ends_with("web.minutes_with_p99_response_time_over_1000_ms"));
}

#[test]
fn searches_and_sweeps_take_the_new_checks_and_refuse_what_they_cannot_judge() {
    let limits = "\n[checks]\ntime_to_capacity = \"< 1m\"\n";
    let folder = folder(&[("web.toml", format!("{RISING}{limits}").as_bytes())]);
    let axis = ["--axis", "service.web.scaling.min_capacity=2,12", "-q"];
    windtunnel(folder.path(), &[&["sweep", "web.toml", "--out", "swept"], &axis[..]].concat()).exits(0);
    let mut reader = csv::Reader::from_path(folder.path().join("swept/runs.csv")).unwrap();
    let column = reader.headers().unwrap().iter().position(|name| name == "checks").unwrap();
    let verdicts: Vec<String> = reader.records().map(|row| row.unwrap()[column].to_owned()).collect();
    assert_eq!(verdicts, ["fail", "pass"]);
    let found =
        windtunnel(folder.path(), &[&["optimize", "web.toml", "--format", "json"], &axis[..]].concat())
            .exits(0);
    assert!(found.stdout.contains("min_capacity 12"), "{}", found.stdout);
}

#[test]
fn without_a_baseline_sweeps_and_searches_judge_the_other_checks() {
    let change = "cost_change = \"<= 5%\"\n";
    let limits = "\n[checks]\ntime_to_capacity = \"< 7m\"\n";
    let folder = folder(&[
        ("web.toml", format!("{RISING}{limits}").as_bytes()),
        ("both.toml", format!("{RISING}{limits}{change}").as_bytes()),
        ("cost.toml", format!("{RISING}\n[checks]\n{change}").as_bytes()),
    ]);
    let axis = ["--axis", "service.web.scaling.min_capacity=2,12"];
    // The verdicts are those of the other check alone, and the check without one is told wherever checks are.
    for (command, told) in [("sweep", "a sweep has no baseline"), ("optimize", "a search has no baseline")] {
        let go = |file: &str, out: &str, more: &[&str]| {
            let arguments = [&[command, file, "--out", out, "--format", "json"], &axis[..], more].concat();
            windtunnel(folder.path(), &arguments)
        };
        let alone = go("web.toml", &format!("{command}-web"), &["-q"]).exits(0).json();
        let ran = go("both.toml", &format!("{command}-both"), &[]).exits(0);
        assert!(
            ran.stderr.contains(&format!("warning: `cost_change <= 5%` was not judged: {told}")),
            "{}",
            ran.stderr
        );
        let both = ran.json();
        assert_eq!(both["checks_not_judged"], serde_json::json!(["cost_change <= 5%"]));
        assert_eq!(alone["checks_not_judged"], serde_json::json!([]));
        for key in ["points_that_pass", "base_checks", "margins", "checks"] {
            assert_eq!(both[key], alone[key], "{command} {key}");
        }
        assert_eq!(both["recommended"]["name"], alone["recommended"]["name"]);
        let page = fs::read_to_string(folder.path().join(format!("{command}-both/report.html"))).unwrap();
        assert!(page.to_lowercase().contains("not judged, "), "{command}");
        let table = windtunnel(
            folder.path(),
            &[&[command, "both.toml", "--out", &format!("{command}-table"), "-q"], &axis[..]].concat(),
        )
        .exits(0)
        .stdout;
        assert!(
            table.to_lowercase().contains("not judged,") && table.contains("cost_change <= 5%"),
            "{table}"
        );
    }
    windtunnel(folder.path(), &[&["sweep", "cost.toml", "--out", "only-sweep", "-q"], &axis[..]].concat())
        .exits(0);
    let only = windtunnel(folder.path(), &[&["optimize", "cost.toml", "-q"], &axis[..]].concat()).exits(2);
    assert!(only.stderr.contains("`cost_change <= 5%` compares with a baseline"), "{}", only.stderr);
}

#[test]
fn faults_that_capacity_does_not_see_are_said_beside_it() {
    let hung = format!("{RISING}[[fault]]\nat = \"20m\"\nduration = \"2m\"\nhang = {{ share = 0.4 }}\n");
    let (_, _, check) = one(&hung, "time_to_capacity = \"< 30m\"", &["--replications", "2"]);
    assert!(
        check["note"].as_str().is_some_and(|note| note.contains("by what a sound task carries")),
        "{check}"
    );
}

#[test]
fn what_is_kept_of_a_run_changes_none_of_its_figures() {
    let scenario =
        crate::example::scenario(&RISING.replace("horizon = \"40m\"", "horizon = \"40m\"\nwarmup = \"5m\""));
    let plan = &scenario.plan;
    let [everything, minutes, totals] = [Detail::Everything, Detail::Minutes, Detail::Totals]
        .map(|keep| record_within(plan, (1, 0), keep, Limits::default()).unwrap());
    for figure in Figure::all(plan) {
        let value = figure.value(&everything, plan);
        assert_eq!(figure.value(&minutes, plan), value, "{figure:?}");
        assert_eq!(figure.value(&totals, plan), value, "{figure:?}");
    }
    let service = |record: &RunRecord| record.services[0].clone();
    let (whole, part, least) = (service(&everything), service(&minutes), service(&totals));
    assert_eq!((&part.timeline, &part.in_service), (&whole.timeline, &whole.in_service));
    assert!(part.decisions.is_empty() && part.evaluations.is_empty() && part.task_lifetimes.is_empty());
    assert!(least.timeline.is_empty() && least.in_service.is_empty() && !whole.decisions.is_empty());
    assert_eq!(minutes.fingerprint, everything.fingerprint);
}
