//! `run`: what it prints where, what it writes, how it ends.

use std::fs;

use super::{SMALL, folder, small};
use crate::program::{names, windtunnel};

const FILES: [&str; 14] = [
    "cost-focus.csv",
    "decisions.csv",
    "evaluations.csv",
    "invoice.csv",
    "manifest.json",
    "plan.toml",
    "report.html",
    "response_times.csv",
    "scaling-activities.json",
    "summary.json",
    "tasks.csv",
    "timeline.csv",
    "timeline.png",
    "timeline.svg",
];

#[test]
fn results_go_to_a_folder_of_the_scenarios_name_and_nothing_else_is_left() {
    let folder = small();
    let ran = windtunnel(folder.path(), &["run", "small.toml"]).exits(0);
    assert_eq!(names(&folder.path().join("output/small")), FILES);
    assert_eq!(names(folder.path()), ["output", "small.toml"]);
    assert!(
        ran.stdout.starts_with("small\n10 min from 1 January 2026 00:00 (UTC) · us-east-1"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("requests in") && ran.stderr.contains("output/small"), "{}", ran.stderr);
    let picture = fs::read(folder.path().join("output/small/timeline.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n"));
}

#[test]
fn json_on_standard_output_is_the_summary_byte_for_byte() {
    let folder = small();
    let ran = windtunnel(folder.path(), &["run", "small.toml", "--format", "json", "--out", "a"]).exits(0);
    assert_eq!(ran.json()["scenario"]["name"], "small");
    assert_eq!(ran.stdout, fs::read_to_string(folder.path().join("a/summary.json")).unwrap());
    assert!(!ran.stderr.is_empty());
}

#[test]
fn quiet_silences_warnings_and_timing_but_no_error() {
    let folder = small();
    let overload = ["--set", "service.web.traffic.shape.0.constant.rate=500"];
    let loud = windtunnel(folder.path(), &[&["run", "small.toml"], &overload[..]].concat()).exits(0);
    assert!(loud.stderr.contains("warning[WT101]"), "{}", loud.stderr);
    let quiet = windtunnel(folder.path(), &[&["run", "small.toml", "-q"], &overload[..]].concat()).exits(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, loud.stdout);
    let wrong = windtunnel(folder.path(), &["run", "small.toml", "--quiet", "--set", "nonsense=1"]).exits(2);
    assert!(wrong.stderr.contains("WT004") && wrong.stdout.is_empty());
}

#[test]
fn a_check_that_fails_is_exit_code_1_and_the_results_are_there() {
    let folder = small();
    let arguments = ["run", "small.toml", "--set", "checks.p99_response_time=< 1ms", "--format", "json"];
    let ran = windtunnel(folder.path(), &arguments).exits(1);
    assert_eq!(ran.json()["checks"][0]["status"], "fail");
    assert_eq!(names(&folder.path().join("output/small")), FILES);
    let held =
        windtunnel(folder.path(), &["run", "small.toml", "--set", "checks.availability=>= 50%"]).exits(0);
    assert!(held.stdout.contains("PASS"));
}

#[test]
fn a_seed_replaces_that_of_the_scenario_and_changes_the_draw() {
    let folder = small();
    let run = |seed: &str| {
        let ran =
            windtunnel(folder.path(), &["run", "small.toml", "--format", "json", "--seed", seed]).exits(0);
        ran.json()
    };
    let (one, other) = (run("1"), run("18446744073709551615"));
    assert_eq!(other["scenario"]["seed"], u64::MAX);
    assert_ne!(one["fingerprint"], other["fingerprint"]);
    assert_eq!(one["fingerprint"], run("1")["fingerprint"]);
    let plain = windtunnel(folder.path(), &["run", "small.toml", "--format", "json"]).exits(0).json();
    assert_eq!(plain["fingerprint"], one["fingerprint"], "1 is the default");
    for bad in ["-1", "abc", "18446744073709551616", "1.5", ""] {
        let ran = windtunnel(folder.path(), &["run", "small.toml", "--seed", bad]).exits(2);
        assert!(ran.stderr.contains("a seed is a whole number from 0 to"), "{bad}: {}", ran.stderr);
    }
}

#[test]
fn an_override_changes_the_run_and_a_wrong_one_is_pointed_at() {
    let folder = small();
    let ran = windtunnel(
        folder.path(),
        &["run", "small.toml", "--set", "name=other", "--set", "service.web.scaling.min_capacity=3"],
    );
    assert!(ran.exits(0).stdout.contains("3 to 3"));
    assert_eq!(names(&folder.path().join("output")), ["other"]);
    for (text, code, said) in [
        ("service.web.scaling.max_capcity=9", "WT004", "write `max_capacity`"),
        ("service.web.scaling.max_capacity=many", "WT006", "a whole number from 0 to 5000"),
        ("service.web.scaling.max_capacity=-1", "WT007", "a whole number from 0 to 5000"),
        ("horizon=9 parsecs", "WT009", "not a unit of time"),
        ("horizon", "WT012", "no `=`"),
    ] {
        let wrong = windtunnel(folder.path(), &["run", "small.toml", "--set", text]).exits(2);
        assert!(wrong.stderr.contains(code) && wrong.stderr.contains(said), "{text}: {}", wrong.stderr);
        assert!(wrong.stderr.contains("--> --set:1:") && wrong.stdout.is_empty(), "{text}: {}", wrong.stderr);
    }
}

#[test]
fn without_a_scenario_the_built_in_flash_sale_runs() {
    let folder = folder(&[]);
    let ran = windtunnel(folder.path(), &["run", "--set", "horizon=5m", "--format", "json"]).exits(0);
    assert_eq!(ran.json()["scenario"]["name"], "flash-sale");
    assert_eq!(names(&folder.path().join("output")), ["flash-sale"]);
}

#[test]
fn no_escape_sequence_reaches_a_pipe_unless_colour_is_asked_for() {
    let folder = folder(&[("small.toml", SMALL.as_bytes()), ("bad.toml", b"name = 5\n")]);
    for arguments in [
        &["run", "small.toml", "--set", "checks.cpu_mean=> 1%"][..],
        &["run", "bad.toml"],
        &["validate", "bad.toml"],
        &["--help"],
        &["run", "--nonsense"],
        &["explain", "WT001"],
        &["prices"],
    ] {
        let mut command = crate::program::command(folder.path(), arguments);
        command.env_remove("CLICOLOR_FORCE").env("TERM", "xterm-256color");
        let ran = crate::program::finish(&mut command);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{arguments:?}: {ran:?}");
    }
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = crate::program::command(folder.path(), arguments);
        command.env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR").envs(environment.iter().copied());
        crate::program::finish(&mut command).stdout.contains('\u{1b}')
    };
    let run = ["run", "small.toml", "-q"];
    assert!(coloured(&[&run[..], &["--color", "always"]].concat(), &[]));
    assert!(coloured(&run, &[("CLICOLOR_FORCE", "1")]));
    assert!(coloured(&run, &[("WINDTUNNEL_COLOR", "always"), ("NO_COLOR", "1")]));
    assert!(!coloured(&run, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&[&run[..], &["--color=never"]].concat(), &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[&run[..], &["--color", "always", "--format", "json"]].concat(), &[]));
}

#[test]
fn names_of_any_kind_stay_in_the_output_folder_and_are_escaped_where_they_are_shown() {
    let folder = small();
    let long = "x".repeat(200);
    for name in [
        "../../escape",
        "/etc/passwd",
        "=cmd()",
        "<img src=x onerror=alert(1)>",
        "🚀 🚀",
        &long,
        "CON",
        "-rf",
        ".",
    ] {
        let set = format!("name={name}");
        windtunnel(folder.path(), &["run", "small.toml", "--set", &set]).exits(0);
    }
    assert_eq!(names(folder.path()), ["output", "small.toml"]);
    let picture = folder.path().join("output/img-src-x-onerror-alert-1/timeline.svg");
    assert!(!fs::read_to_string(picture).unwrap().contains("<img"));
    for (name, why) in [("a\nb", "WT013"), ("\u{1b}[31m", "WT013"), (&*"x".repeat(201), "WT013")] {
        let ran =
            windtunnel(folder.path(), &["run", "small.toml", "--set", &format!("name={name}")]).exits(2);
        assert!(ran.stderr.contains(why) && !ran.stderr.contains('\u{1b}'), "{name}: {}", ran.stderr);
    }
}

#[test]
fn no_capacity_is_a_legal_run_in_which_everything_is_refused() {
    let folder = small();
    let none = ["--set", "service.web.scaling.min_capacity=0", "--set", "service.web.scaling.max_capacity=0"];
    let ran = windtunnel(folder.path(), &[&["run", "small.toml", "--format", "json"], &none[..]].concat());
    let requests = ran.exits(0).json()["services"]["web"]["requests"].clone();
    assert_eq!(requests["offered"], requests["rejected"]);
    assert!(requests["offered"].as_u64().unwrap() > 2000);
}

#[test]
fn no_traffic_is_a_legal_run_whose_percentiles_do_not_exist() {
    let folder = small();
    let arguments =
        ["run", "small.toml", "--format", "json", "--set", "service.web.traffic.shape.0.constant.rate=0"];
    let summary = windtunnel(folder.path(), &arguments).exits(0).json();
    let web = &summary["services"]["web"];
    assert_eq!(web["requests"]["offered"], 0);
    assert!(web["response_time_ms"]["p99"].is_null() && web["cost"]["per_million_requests_usd"].is_null());
}
