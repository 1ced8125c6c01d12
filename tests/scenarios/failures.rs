//! The shipped scenarios in which something fails, as arithmetic on their own inputs.

use serde_json::Value;

use super::ran::{Ran, scenario};
use crate::program::shipped;
use crate::program::windtunnel;

/// Sum of a column over the minutes that begin in [from, to) seconds.
fn sum(run: &Ran, column: &str, (from, to): (f64, f64)) -> f64 {
    let minutes = run.timeline.iter().filter(|row| (from..to).contains(&row.number("time_s")));
    minutes.map(|row| row.number(column)).sum()
}

fn mean(run: &Ran, column: &str, (from, to): (f64, f64)) -> f64 {
    sum(run, column, (from, to)) / ((to - from) / 60.0)
}

const HOUR: f64 = 3_600.0;

#[test]
fn crash_loop_goes_round_unthrottled_until_the_setting_is_put_right() {
    let run = scenario("crash-loop");
    let crashes: Vec<f64> = run
        .decisions
        .iter()
        .filter(|row| row.text("outcome") == "crashed")
        .map(|row| row.number("time_s"))
        .collect();
    // Half of six die at once. Each place then goes round every 25 s of life and some 26 s of start (5 s to schedule, 15 s
    // to provision, 3 s to pull, 2 s to start), without any backoff: forty minutes are some 47 rounds a place, of three
    // places at first and up to six, since the policy adds tasks; what runs when the setting is put right lives out its 25 s.
    assert_eq!(crashes.iter().filter(|at| **at <= HOUR).count(), 3);
    assert!(crashes.iter().all(|at| (HOUR..HOUR + 2_400.0 + 25.0).contains(at)), "{crashes:?}");
    let rounds = 2_400.0 / (25.0 + 26.0);
    let count = crashes.len() as f64;
    assert!(count > 0.85 * 3.0 * rounds && count < 1.15 * 6.0 * rounds, "{count} crashes");
    // Three sound tasks carry 100 of the 110 requests a second; the short-lived ones some of the rest.
    assert!(sum(run, "rejected", (0.0, HOUR - 60.0)) + sum(run, "failed", (0.0, HOUR - 60.0)) < 0.5);
    assert!(sum(run, "rejected", (HOUR, HOUR + 2_400.0)) > 1_000.0);
    assert!(sum(run, "failed", (HOUR, HOUR + 2_400.0)) > 3.0 * 40.0);
    let after = (HOUR + 2_400.0 + 120.0, 3.0 * HOUR);
    assert!(sum(run, "rejected", after) + sum(run, "failed", after) < 0.5);
    // Every short life is billed for a minute at least: from its pull to its exit it lasts half of that.
    let vcpu = run.invoice.iter().find(|row| row.text("item") == "fargate_vcpu").unwrap();
    let hours = run.service()["tasks"]["task_hours"].as_f64().unwrap();
    assert!(vcpu.number("quantity") > hours + count * 20.0 / 3_600.0, "{hours}");
}

#[test]
fn slow_dependency_fills_the_places_while_cpu_falls_and_the_policy_removes_a_task() {
    let run = scenario("slow-dependency");
    // A task has 12 places, and a request holds one for 25 ms + 120 ms, then for 25 ms + 1.2 s: four tasks carry 331 a
    // second before (and 160 by CPU), and 39 while it is slow, of 80 that come.
    let slow = (HOUR + 120.0, 1.5 * HOUR);
    let (before, after) = ((0.0, HOUR - 60.0), (1.5 * HOUR + 300.0, 3.0 * HOUR));
    let served = |when| mean(run, "served_per_s", when);
    let carried = 12.0 * mean(run, "in_service", slow) / 1.225;
    assert!((served(slow) / carried - 1.0).abs() < 0.03, "{} of {carried}", served(slow));
    let cpu = |when| mean(run, "cpu_utilization", when);
    assert!(
        cpu(before) > 0.47 && cpu(slow) < 0.3 && cpu(after) > 0.45,
        "{} {} {}",
        cpu(before),
        cpu(slow),
        cpu(after)
    );
    assert!(sum(run, "rejected", before) + sum(run, "rejected", after) < 0.5);
    assert!(mean(run, "queue_length", slow) > 100.0);
    let moves: Vec<(f64, f64, f64)> = run
        .decisions
        .iter()
        .map(|row| (row.number("time_s"), row.number("desired_before"), row.number("desired_after")))
        .filter(|(_, from, to)| (from - to).abs() > 0.5)
        .collect();
    assert!(moves[0].0 > HOUR && moves[0].0 < 1.5 * HOUR && moves[0].2 < moves[0].1, "{moves:?}");
    assert!(moves[1].0 > 1.5 * HOUR && moves[1].2 > moves[1].1, "{moves:?}");
}

#[test]
fn retry_storm_goes_on_after_the_spike_until_there_are_tasks_for_all_attempts_and_a_budget_ends_it() {
    let run = scenario("retry-storm");
    // Four tasks do 25 a second each; 80 a second come, and 160 for three minutes.
    let (spike_end, minutes) = (1_800.0 + 180.0, |count: f64| 60.0 * count);
    let timed_out = |when| sum(run, "timed_out", when);
    assert!(timed_out((0.0, 1_800.0)) < 0.5);
    // A quarter of an hour after the spike nearly every request of 80 a second still times out.
    let later = (spike_end + minutes(5.0), spike_end + minutes(15.0));
    assert!(timed_out(later) > 0.9 * 80.0 * minutes(10.0), "{}", timed_out(later));
    // It ends when there are tasks for four attempts a request, less those that are still waiting for their backoff.
    let served = |row: &super::ran::Row| row.number("served_per_s") / row.number("offered_per_s") > 0.9;
    let over = run.timeline.iter().find(|row| row.number("time_s") > spike_end && served(row)).unwrap();
    let tasks = over.number("in_service");
    assert!(tasks * 25.0 > 2.5 * 80.0 && tasks * 25.0 < 4.5 * 80.0, "{tasks} tasks");
    assert!(timed_out((over.number("time_s") + 120.0, 7_200.0)) < 0.5);
    let attempts = &run.service()["attempts"];
    let (all, retries) = (attempts["offered"].as_f64().unwrap(), attempts["retries"].as_f64().unwrap());
    assert!((all - retries - run.service()["requests"]["offered"].as_f64().unwrap()).abs() < 0.5);
    // With one retry for ten requests the queue of a spike is worked off in a minute.
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("budget").display().to_string();
    let path = shipped("scenarios/retry-storm.toml").display().to_string();
    let set = "service.api.request.retry.budget=0.1";
    let arguments = ["run", path.as_str(), "--set", set, "--quiet", "--format", "json", "--out", &out];
    let summary: Value = windtunnel(folder.path(), &arguments).exits(0).json();
    let lost = |service: &Value| service["requests"]["timed_out"].as_f64().unwrap();
    let (with, without) = (lost(&summary["services"]["api"]), lost(run.service()));
    assert!(with < 0.3 * without && with < 1.2 * 160.0 * 180.0, "{with} and {without}");
}

#[test]
fn rough_day_has_every_failure_and_its_books_balance() {
    let run = scenario("rough-day");
    let outcomes: Vec<&str> = run.decisions.iter().map(|row| row.text("outcome")).collect();
    for outcome in [
        "crashed",
        "out_of_memory",
        "unhealthy_target",
        "launch_failed",
        "zone_lost",
        "fault_begins",
        "fault_ends",
        "suspended",
        "resumed",
    ] {
        assert!(outcomes.contains(&outcome), "no {outcome}");
    }
    // A task leaks 300 MiB an hour above its 600 MiB of 2048: it lives less than five hours.
    assert!(outcomes.iter().filter(|outcome| **outcome == "out_of_memory").count() >= 2);
    // Nine of ten requests browse; each class has its own counts, and together they are all.
    let classes = run.service()["classes"].as_object().unwrap();
    let offered = |class: &str| classes[class]["requests"]["offered"].as_f64().unwrap();
    let all = run.service()["requests"]["offered"].as_f64().unwrap();
    assert!((offered("browse") + offered("checkout") - all).abs() < 0.5);
    assert!((offered("browse") / all - 0.9).abs() < 5.0 * (0.09 / all).sqrt());
    // The budget: a tenth of a retry a request, and fifty to begin with.
    let retries = run.service()["attempts"]["retries"].as_f64().unwrap();
    assert!(retries > 100.0 && retries < 50.0 + 0.1 * all, "{retries}");
    // 07:00 in Berlin on the day the clocks went back is 06:00 UTC, the sixth hour of the run.
    let opening = run.decisions.iter().find(|row| row.text("policy") == "opening").unwrap();
    assert!((opening.number("time_s") - 6.0 * HOUR).abs() < 4.0, "{}", opening.number("time_s"));
}

/// Keys of failures, of the event path and of the control loop: each is shown by a scenario that ships.
#[test]
fn every_key_of_failures_and_of_the_control_loop_is_shown_by_a_shipped_scenario() {
    let texts: String = super::ran::NAMES
        .iter()
        .map(|name| std::fs::read_to_string(shipped(&format!("scenarios/{name}.toml"))).unwrap())
        .collect();
    for key in [
        "availability_zones",
        "memory_growth_per_hour",
        "out_of_memory",
        "container_health_check",
        "start_period",
        "retries",
        "unhealthy_threshold",
        "healthy_threshold",
        "health_check_grace_period",
        "time_to_crash",
        "launch_failure_probability",
        "throttle_backoff",
        "az_balanced",
        "[[fault]]",
        "services",
        "crash ",
        "hang ",
        "crash_loop",
        "slow_dependency",
        "launch_failure ",
        "zone_outage",
        "share",
        "zone = ",
        "processor_sharing",
        "least_outstanding_requests",
        "slow_start",
        "warm_up",
        "request.class.",
        "weight",
        "request.retry",
        "max_attempts",
        "backoff",
        "multiplier",
        "max_backoff",
        "jitter",
        "budget",
        "budget_burst",
        "cancel_timed_out",
        "monitoring",
        "cpu_utilization",
        "memory_utilization",
        "expression",
        "resolution",
        "custom_metric",
        "evaluate_low_sample_count_percentile",
        "statistic",
        "period",
        "scaling.scheduled.",
        "cron(",
        "rate(",
        "start ",
        "end ",
        "suspended",
        "until",
        "dynamic_scaling_in",
        "dynamic_scaling_out",
        "scheduled_scaling",
        "ecs_metric_delay_20s",
        "custom_metric_delay",
        "schedule_jitter",
        "schedule_skipped_time",
        "schedule_repeated_time",
    ] {
        assert!(texts.contains(key), "no shipped scenario shows `{key}`");
    }
}
