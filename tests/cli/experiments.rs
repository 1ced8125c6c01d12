//! `run --replications`, `compare`, `optimize` and `forecast` as their users run them: the files they leave, the same bytes
//! on any number of threads, and what a mistake is answered with.

use std::fs;
use std::path::Path;

use super::{SMALL, folder, small};
use crate::program::{Ran, command, finish, names, windtunnel};

/// Runs a command on so many threads.
fn on(threads: &str, folder: &Path, arguments: &[&str]) -> Ran {
    finish(command(folder, arguments).env("RAYON_NUM_THREADS", threads))
}

/// The files of two folders, apart from the manifest, are the same bytes.
#[track_caller]
fn same(folder: &Path, a: &str, b: &str) {
    let (a, b) = (folder.join(a), folder.join(b));
    assert_eq!(names(&a), names(&b));
    for name in names(&a).iter().filter(|name| *name != "manifest.json") {
        assert!(fs::read(a.join(name)).unwrap() == fs::read(b.join(name)).unwrap(), "{name} differs");
    }
}

const TARGET: &str = "service.web.scaling.max_capacity";

#[test]
fn every_experiment_gives_the_same_bytes_on_one_two_and_seven_threads() {
    let folder = small();
    let checked = ["--set", "checks.p99_response_time=< 500ms"];
    let commands: [&[&str]; 4] = [
        &["run", "small.toml", "--replications", "7"],
        &[
            "compare",
            "small.toml",
            "--replications",
            "3",
            "--variant",
            "slow: service.web.request.cpu_time=30ms",
        ],
        &[
            "optimize",
            "small.toml",
            "--axis",
            "service.web.scaling.min_capacity=1,2,3",
            "--replications",
            "4",
        ],
        &["forecast", "small.toml", "--months", "2", "--replications", "3", "--growth", "10%/month"],
    ];
    for (index, arguments) in commands.iter().enumerate() {
        let mut printed = Vec::new();
        for threads in ["1", "2", "7"] {
            let out = format!("{index}-{threads}");
            let all = [arguments, &checked[..], &["--out", &out, "-q"]].concat();
            printed.push(on(threads, folder.path(), &all).exits(0).stdout);
        }
        assert!(printed[0] == printed[1] && printed[1] == printed[2], "{arguments:?}");
        same(folder.path(), &format!("{index}-1"), &format!("{index}-2"));
        same(folder.path(), &format!("{index}-1"), &format!("{index}-7"));
        let table = &printed[0];
        assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    }
}

#[test]
fn replications_leave_the_first_run_and_the_estimates_beside_it() {
    let folder = small();
    windtunnel(folder.path(), &["run", "small.toml", "--out", "plain", "-q"]).exits(0);
    let ran = windtunnel(
        folder.path(),
        &["run", "small.toml", "--replications", "4", "--out", "many", "--format", "json"],
    )
    .exits(0);
    let json = ran.json();
    assert_eq!(json["replications"], 4);
    assert!(json["figures"]["web.response_time_p99_ms"]["half_width"].is_number(), "{json}");
    assert!(json["figures"]["cost_per_month_usd"]["value"].is_string());
    for name in ["summary.json", "timeline.csv", "plan.toml"] {
        let (a, b) = (folder.path().join("plain").join(name), folder.path().join("many").join(name));
        assert_eq!(fs::read(a).unwrap(), fs::read(b).unwrap(), "{name}");
    }
    let rows = fs::read_to_string(folder.path().join("many/replications.csv")).unwrap();
    assert_eq!(rows.lines().count(), 5);
    let columns = rows.lines().next().unwrap().split(',').count();
    assert!(rows.lines().all(|row| row.split(',').count() == columns));
}

#[test]
fn a_wish_for_precision_is_read_and_its_mistakes_are_explained() {
    let folder = small();
    let ran = windtunnel(folder.path(), &["run", "small.toml", "--until", "mean_response_time ±20%", "-q"])
        .exits(0);
    assert!(ran.stdout.contains("is within ±20 %"), "{}", ran.stdout);
    let arguments =
        ["run", "small.toml", "--until", "p99_response_time +-0.0001%", "--max-replications", "10", "-q"];
    let never = windtunnel(folder.path(), &arguments).exits(0);
    assert!(never.stdout.contains("was not reached"), "{}", never.stdout);
    for (wish, said) in
        [("p99", "write a figure"), ("p98_response_time ±2%", "not a figure"), ("cost ±0%", "above 0")]
    {
        let wrong = windtunnel(folder.path(), &["run", "small.toml", "--until", wish]).exits(2);
        assert!(wrong.stderr.contains(said), "{wish}: {}", wrong.stderr);
    }
    for count in ["0", "-1", "1e9", "x", "100001"] {
        windtunnel(folder.path(), &["run", "small.toml", "--replications", count]).exits(2);
    }
}

#[test]
fn the_warmup_of_pilot_runs_is_said_and_kept() {
    let queue = SMALL.replace("\"20ms\"", "{ exponential = { mean = \"80ms\" } }").replace("10m", "2h");
    let folder = folder(&[("q.toml", queue.replace("min_capacity = 2", "min_capacity = 1").as_bytes())]);
    let set = [
        "--set",
        "service.web.scaling.max_capacity=1",
        "--set",
        "service.web.traffic.shape.0.constant.rate=11",
    ];
    let arguments =
        [&["run", "q.toml", "--discard-warmup", "--replications", "3", "-q", "--out", "o"], &set[..]]
            .concat();
    windtunnel(folder.path(), &arguments).exits(0);
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("o/estimates.json")).unwrap()).unwrap();
    let plan = fs::read_to_string(folder.path().join("o/plan.toml")).unwrap();
    let warmup = json["warmup_s"].as_f64().unwrap();
    assert!(warmup >= 0.0 && plan.contains("warmup = "), "{warmup}");
    windtunnel(folder.path(), &["run", "q.toml", "--warmup", "5m"]).exits(2);
}

#[test]
fn a_comparison_leaves_its_files_and_marks_the_cheapest_that_passes() {
    let folder = small();
    let arguments = [
        "compare",
        "small.toml",
        "--variant",
        "big: service.web.task.cpu=1024; service.web.task.memory=2048",
        "--set",
        "checks.p99_response_time=< 50ms",
        "--set",
        "service.web.task.cpu=256",
        "--set",
        "service.web.task.memory=512",
        "--format",
        "markdown",
        "-q",
        "--replications",
        "3",
    ];
    let ran = windtunnel(folder.path(), &arguments).exits(0);
    assert!(
        ran.stdout.starts_with("## small against big\n")
            && ran.stdout.contains("**✓ big is the cheapest that passes its checks: "),
        "{}",
        ran.stdout
    );
    let files = [
        "comparison.csv",
        "comparison.json",
        "comparison.md",
        "comparison.png",
        "comparison.svg",
        "cost-p99.png",
        "cost-p99.svg",
        "manifest.json",
        "report.html",
    ];
    assert_eq!(names(&folder.path().join("output/small-compare")), files);
    let fails = windtunnel(
        folder.path(),
        &["compare", "small.toml", "--variant", "b: name=b", "--set", "checks.p99_response_time=< 1ms", "-q"],
    )
    .exits(1);
    assert!(fails.stdout.contains("No variant passes"), "{}", fails.stdout);
}

#[test]
fn mistakes_in_a_comparison_are_all_answered_before_anything_runs() {
    let folder = small();
    for (arguments, said) in [
        (vec!["compare", "small.toml"], "nothing to compare"),
        (vec!["compare", "small.toml", "nowhere.toml"], "nowhere.toml"),
        (vec!["compare", "small.toml", "--variant", "x"], "name"),
        (vec!["compare", "small.toml", "--variant", "x: service.web.scaling.max_capcity=3"], "max_capacity"),
        (vec!["compare", "small.toml", "--variant", "x: name=a", "--variant", "x: name=b"], "two variants"),
        (vec!["compare", "small.toml", "--variant", "small: name=a"], "two variants"),
        (vec!["compare", "small.toml", "--variant", "x: seed=2"], "a seed of its own"),
    ] {
        let ran = windtunnel(folder.path(), &arguments).exits(2);
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(names(folder.path()), ["small.toml"]);
}

#[test]
fn a_search_leaves_what_can_be_pasted() {
    let tracking = format!(
        "{SMALL}[service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 60.0\n\
         [service.web.scaling.step.burst]\nalarm = {{ metric = \"CPUUtilization\", threshold = 80.0, comparison = \
         \"GreaterThanOrEqualToThreshold\", evaluation_periods = 1 }}\nadjustment_type = \"ChangeInCapacity\"\nsteps = [ {{ lower = 0.0, \
         adjustment = 1 }} ]\n[checks]\np99_response_time = \"< 500ms\"\n"
    );
    let folder = folder(&[("small.toml", tracking.as_bytes())]);
    let axis = "service.web.scaling.target_tracking.cpu.target_value=40..60:10";
    let arguments = [
        "optimize",
        "small.toml",
        "--axis",
        axis,
        "--cluster",
        "prod",
        "-q",
        "--replications",
        "3",
        "--out",
        "o",
    ];
    let ran = windtunnel(folder.path(), &arguments).exits(0);
    assert!(ran.stdout.contains("PASS  target_value 4"), "{}", ran.stdout);
    let read = |name: &str| fs::read_to_string(folder.path().join("o").join(name)).unwrap();
    let policy: serde_json::Value = serde_json::from_str(&read("put-scaling-policy.web.cpu.json")).unwrap();
    assert_eq!(policy["ResourceId"], "service/prod/web");
    assert_eq!(policy["PolicyType"], "TargetTrackingScaling");
    let tracking = &policy["TargetTrackingScalingPolicyConfiguration"];
    assert_eq!(
        tracking["PredefinedMetricSpecification"]["PredefinedMetricType"],
        "ECSServiceAverageCPUUtilization"
    );
    assert!(tracking["TargetValue"].as_f64().unwrap() >= 40.0 && tracking["ScaleInCooldown"] == 300);
    let step: serde_json::Value = serde_json::from_str(&read("put-scaling-policy.web.burst.json")).unwrap();
    assert_eq!(step["StepScalingPolicyConfiguration"]["StepAdjustments"][0]["ScalingAdjustment"], 1);
    let alarm: serde_json::Value = serde_json::from_str(&read("put-metric-alarm.web.burst.json")).unwrap();
    assert_eq!((alarm["Namespace"].as_str(), alarm["Period"].as_i64()), (Some("AWS/ECS"), Some(60)));
    let terraform = read("scaling.tf");
    assert_eq!(terraform.matches('{').count(), terraform.matches('}').count());
    for block in [
        "aws_appautoscaling_target\" \"web\"",
        "aws_appautoscaling_policy\" \"web__cpu\"",
        "aws_cloudwatch_metric_alarm\" \"web__burst\"",
    ] {
        assert!(terraform.contains(block), "{terraform}");
    }
    let rows = read("candidates.csv");
    assert_eq!(rows.lines().count(), 4);
    // The plan that is written is the recommended one: it runs.
    fs::write(folder.path().join("best.toml"), read("plan.toml")).unwrap();
    windtunnel(folder.path(), &["run", "best.toml", "-q"]).exits(0);
}

#[test]
fn mistakes_in_a_search_or_a_forecast_are_answered_in_words() {
    let folder = small();
    let check = "checks.p99_response_time=< 500ms";
    let bills = "month,usd\n2026-01,1\n2026-14,2\n2026-01,x\n";
    fs::write(folder.path().join("bills.csv"), bills).unwrap();
    for (arguments, said) in [
        (vec!["optimize", "small.toml", "--set", check], "nothing may be chosen"),
        (vec!["optimize", "small.toml", "--axis", "service.web.scaling.max_capacity=2,3"], "no [checks]"),
        (
            vec!["optimize", "small.toml", "--set", check, "--axis", "service.web.scaling.max_capcity=2,3"],
            "max_capacity",
        ),
        (vec!["optimize", "small.toml", "--set", check, "--axis", "a=1..99999:1"], "a search takes at most"),
        (
            vec!["optimize", "small.toml", "--set", check, "--axis", "name=a,b", "--axis", "name=c"],
            "two axes",
        ),
        (
            vec!["optimize", "small.toml", "--set", check, "--axis", "name=a,b", "--cluster", "a/b"],
            "cluster's name",
        ),
        (
            vec!["optimize", "small.toml", "--set", check, "--axis", "name=a,b", "--confidence", "2"],
            "a confidence",
        ),
        (vec!["optimize", "small.toml", "--set", check, "--axis", "seed=1,2"], "`seed` cannot be chosen"),
        (vec!["forecast", "small.toml", "--growth", "4%"], "not a growth"),
        (vec!["forecast", "small.toml", "--from", "2026-13"], "2026-12"),
        (vec!["forecast", "small.toml", "--months", "61"], "60"),
        (vec!["forecast", "small.toml", "--actuals", "nowhere.csv"], "nowhere.csv"),
        (vec!["forecast", "small.toml", "--actuals", "bills.csv"], "line 3"),
        (vec!["forecast", "nowhere.toml"], "nowhere.toml"),
    ] {
        let ran = windtunnel(folder.path(), &arguments).exits(2);
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{arguments:?}: {}", ran.stderr);
    }
    let both = windtunnel(folder.path(), &["forecast", "small.toml", "--actuals", "bills.csv"]).exits(2);
    assert!(both.stderr.contains("line 4"), "{}", both.stderr);
    assert_eq!(names(folder.path()), ["bills.csv", "small.toml"]);
    let steep = ["forecast", "small.toml", "--months", "60", "--growth", "900%/month"];
    assert!(windtunnel(folder.path(), &steep).exits(2).stderr.contains("a month holds"));
    let text = format!("{TARGET}=2,3");
    let invalid = ["optimize", "small.toml", "--set", check, "--axis", &text, "--set", "horizon=0s"];
    windtunnel(folder.path(), &invalid).exits(2);
}

#[test]
fn a_forecast_is_held_against_its_bills() {
    let folder = small();
    fs::write(folder.path().join("bills.csv"), "month,usd\n2026-02,20\n2026-03,30\n").unwrap();
    let arguments = [
        "forecast",
        "small.toml",
        "--months",
        "2",
        "--replications",
        "2",
        "--actuals",
        "bills.csv",
        "--format",
        "json",
        "-q",
        "--out",
        "o",
    ];
    let json = windtunnel(folder.path(), &arguments).exits(0).json();
    assert_eq!(json["backtest"]["months"], 2);
    let mean =
        |month: usize| json["months"][month]["cost_usd"]["mean"].as_str().unwrap().parse::<f64>().unwrap();
    let bias = ((mean(0) - 20.0) / 20.0 + (mean(1) - 30.0) / 30.0) / 2.0;
    assert!((json["backtest"]["bias"].as_f64().unwrap() - bias).abs() < 1e-3);
    let files = [
        "forecast.csv",
        "forecast.json",
        "forecast.png",
        "forecast.svg",
        "manifest.json",
        "plan.toml",
        "report.html",
    ];
    assert_eq!(names(&folder.path().join("o")), files);
}

/// Waits until a process listens to SIGTERM, as far as the system tells: on a busy machine its start may take a while.
#[cfg(unix)]
fn wait_until_it_listens(process: u32) {
    const SIGTERM: u64 = 1 << 14;
    for _ in 0..600 {
        let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { return };
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        if caught.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap_or(0) & SIGTERM != 0) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Starts the command, asks it to stop a second after it listens, and gives its exit code and standard error.
#[cfg(unix)]
fn interrupted(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    use std::process::{Command, Stdio};
    let child = command(folder, arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until_it_listens(child.id());
    std::thread::sleep(std::time::Duration::from_secs(1));
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
#[cfg(unix)]
fn an_interrupted_experiment_keeps_what_was_finished_and_says_so() {
    let folder = small();
    let (code, _) =
        interrupted(folder.path(), &["run", "small.toml", "--replications", "100000", "--out", "runs"]);
    assert_eq!(code, Some(130));
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let estimates = read("runs/estimates.json");
    let runs = estimates["replications"].as_u64().unwrap();
    assert!(estimates["interrupted"] == true && (1..100_000).contains(&runs), "{runs}");
    // What was kept is what so many replications give.
    let again = windtunnel(
        folder.path(),
        &["run", "small.toml", "--replications", &runs.to_string(), "--out", "again", "-q"],
    );
    again.exits(0);
    let rows = |name: &str| fs::read(folder.path().join(name).join("replications.csv")).unwrap();
    assert!(rows("runs") == rows("again"));
    let variant = ["--variant", "b: service.web.scaling.max_capacity=3", "--replications", "100000"];
    let compare = [&["compare", "small.toml", "--out", "compared"], &variant[..]].concat();
    assert_eq!(interrupted(folder.path(), &compare).0, Some(130));
    assert_eq!(read("compared/comparison.json")["interrupted"], true);
    let checked =
        ["check", "small.toml", "--replications", "100000", "--set", "checks.availability=>= 1%", "-q"];
    assert_eq!(interrupted(folder.path(), &checked).0, Some(130));
    let diffed = ["diff", "small.toml", "small.toml", "--replications", "100000", "-q"];
    assert_eq!(interrupted(folder.path(), &diffed).0, Some(130));
    // The folder of runs that were interrupted once is judged like any other, and says so.
    let kept = ["check", "runs", "--checks", "limits.toml", "-q"];
    fs::write(folder.path().join("limits.toml"), "[checks]\navailability = \">= 1%\"\n").unwrap();
    let kept = windtunnel(folder.path(), &kept).exits(0).stdout;
    assert!(kept.contains("interrupted: what was finished counts"), "{kept}");
    // A search that was interrupted recommends nothing.
    let check = "checks.p99_response_time=< 500ms";
    let axis = "service.web.scaling.max_capacity=2..9000:1";
    let search = ["optimize", "small.toml", "--set", check, "--axis", axis, "--out", "searched"];
    assert_eq!(interrupted(folder.path(), &search).0, Some(130));
    assert!(read("searched/optimization.json")["recommended"].is_null());
}
