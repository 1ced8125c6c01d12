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
    // Half of six die at once. Each place then goes round every 25 s of life and some 34 s of start (7 s to schedule, 20 s
    // to provision, 3 s to pull, 3 s to start), without any backoff: forty minutes are some 40 rounds a place, of three or
    // four places; what runs when the setting is put right lives out its 25 s.
    assert_eq!(crashes.iter().filter(|at| **at <= HOUR).count(), 3);
    assert!(crashes.iter().all(|at| (HOUR..HOUR + 2_400.0 + 25.0).contains(at)), "{crashes:?}");
    let rounds = 2_400.0 / (25.0 + 34.0);
    let count = crashes.len() as f64;
    assert!(count > 0.85 * 3.0 * rounds && count < 1.15 * 4.0 * rounds, "{count} crashes");
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
