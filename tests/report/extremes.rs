//! What a writer may write, every reader reads: rows at the ends of their types, and a run whose policy proposes less than
//! no tasks.

use std::fs;

use windtunnel::experiment::RunResult;
use windtunnel::kernel::facts::TaskFailure;
use windtunnel::kernel::platform::TaskStage;
use windtunnel::kernel::telemetry::AlarmState;
use windtunnel::kernel::units::{PolicyId, SimDuration, SimTime, TaskId};
use windtunnel::record::{DecisionKind, DecisionRecord, EvaluationRecord, MinuteRecord, TaskLifetime};
use windtunnel::report::{
    WhyFiles, WhyQuestion, decisions_csv, evaluations_csv, tasks_csv, timeline_csv, why,
};

use super::fixture::spike_day;
use super::pages::{files_of, page_of};
use crate::cli::folder;
use crate::program::{bytes, windtunnel};

/// A policy that takes two tasks away where one runs.
const TAKES_TWO: &str = r#"schema = 1
name = "takes-two"
horizon = "10m"
[service.web.traffic]
shape = [{ constant = { rate = 5.0 } }]
[service.web.request]
cpu_time = "10ms"
[service.web.scaling]
min_capacity = 1
max_capacity = 10
[service.web.scaling.step.in]
alarm = { metric = "CPUUtilization", evaluation_periods = 1, comparison = "LessThanThreshold", threshold = 30.0 }
adjustment_type = "ChangeInCapacity"
steps = [{ upper = 0.0, adjustment = -2 }]
[checks]
p99_response_time = "< 1s"
"#;

/// A minute with the largest value of every column.
fn largest_minute(start: SimTime) -> MinuteRecord {
    MinuteRecord {
        start,
        length: SimDuration(1),
        offered: u64::MAX,
        served: u64::MAX,
        rejected: u64::MAX,
        timed_out: u64::MAX,
        failed: u64::MAX,
        desired: u32::MAX,
        pending: u32::MAX,
        running: u32::MAX,
        in_service: u32::MAX,
        draining: u32::MAX,
        cpu_utilization: Some(f64::MAX),
        memory_utilization: Some(f64::MIN_POSITIVE),
        queue_length: f64::MAX,
        in_flight: f64::MAX,
        response_time_mean: Some(f64::MAX),
        response_time_p50: Some(u64::MAX),
        response_time_p95: Some(u64::MAX),
        response_time_p99: Some(u64::MAX),
        cost_per_hour_usd: f64::MAX,
    }
}

/// A result in which each sheet has a row with the largest value of every column and one with the smallest.
fn extremes() -> RunResult {
    let mut result = spike_day();
    let service = &mut result.record.services[0];
    let latest = SimTime(86_400_000_000_000);
    service.timeline.pop();
    service.timeline.push(largest_minute(SimTime(86_340_000_000_000)));
    for (proposed, value, count) in [(i64::MIN, f64::MIN, 0), (-1, 0.0, 1), (i64::MAX, f64::MAX, u32::MAX)] {
        service.decisions.push(DecisionRecord {
            at: latest,
            until: SimTime(u64::MAX),
            times: u32::MAX,
            kind: DecisionKind::Policy,
            policy: "tracker".to_owned(),
            alarm_state: "ALARM",
            metric: "CPUUtilization".to_owned(),
            value: Some(value),
            threshold: Some(value),
            datapoints: vec![value, -value],
            running: count,
            proposed: Some(proposed),
            desired_before: count,
            desired_after: count,
            outcome: "AlreadyAtMinCapacity",
            reason: String::new(),
        });
        service.evaluations.push(EvaluationRecord {
            at: latest,
            until: latest,
            evaluations: u32::MAX,
            policy: PolicyId(0),
            alarm: "tracker-AlarmLow".to_owned(),
            metric: "queue_length".to_owned(),
            threshold: value,
            needed: u32::MAX,
            periods: u32::MAX,
            before: AlarmState::Ok,
            after: AlarmState::Alarm,
            period: SimDuration(u64::MAX),
            newest_end: Some(latest),
            delay: SimDuration(u64::MAX),
            newest: Some(value),
            spread: Some((value, -value)),
            breaching: u32::MAX,
            seen: u32::MAX,
            datapoints: vec![value],
            running: count,
            desired: count,
        });
    }
    service.task_lifetimes.push(TaskLifetime {
        task: TaskId(u32::MAX),
        zone: u32::MAX,
        came_to: [Some(SimTime(u64::MAX)); TaskStage::ALL.len()],
        failure: Some((SimTime(u64::MAX), TaskFailure::ZoneLost)),
    });
    result
}

#[test]
fn every_reader_takes_the_rows_at_the_ends_of_their_types() {
    let result = extremes();
    let page = page_of(files_of(&result)).unwrap();
    assert!(!page.is_empty());
    let files = WhyFiles {
        timeline: bytes(|out| timeline_csv(&result, out)),
        decisions: bytes(|out| decisions_csv(&result, out)),
        evaluations: bytes(|out| evaluations_csv(&result, out)),
        tasks: bytes(|out| tasks_csv(&result, out)),
        plan: b"start = \"2026-11-27T00:00:00Z\"\ntimezone = \"UTC\"\n".to_vec(),
    };
    let story = why(&files, &WhyQuestion { at: Some("23:59"), service: None }, 100).unwrap();
    assert!(story.contains("orchestrator"), "{story}");
    #[cfg(feature = "parquet")]
    for (name, csv) in [
        ("decisions.csv", &files.decisions),
        ("evaluations.csv", &files.evaluations),
        ("tasks.csv", &files.tasks),
    ] {
        windtunnel::report::parquet_of(name, csv).unwrap();
    }
}

#[test]
fn a_policy_that_proposes_less_than_no_tasks_is_read_by_every_command() {
    let folder = folder(&[("two.toml", TAKES_TWO.as_bytes())]);
    let place = folder.path();
    windtunnel(place, &["run", "two.toml", "--out", "out", "--quiet"]).exits(0);
    let rows = super::rows(&fs::read(place.join("out/decisions.csv")).unwrap());
    assert!(rows.iter().any(|row| row[13] == "-1" && row[16] == "AlreadyAtMinCapacity"), "{rows:?}");
    for arguments in [&["report", "out"][..], &["why", "--at", "8m", "out"], &["check", "out"]] {
        windtunnel(place, arguments).exits(0);
    }
    #[cfg(feature = "parquet")]
    windtunnel(place, &["parquet", "out"]).exits(0);
}
