//! What people reported of their own services, replayed: each test states the public facts as a scenario of its own, asserts
//! what people saw, and where it is quick to show, that another setting or assumption would not give it.
//!
//! Request costs and task sizes are chosen where a report gives none; then the control loop is what counts.

mod loop_laws;
mod steps;
mod table;
mod tasks;
mod timelines;
mod tracking;

use crate::scenario::{codes, load_text, valid};
use windtunnel::kernel::platform::TaskStage;
use windtunnel::kernel::simulation::Plan;
use windtunnel::record::{RunRecord, TaskLifetime, record};

/// Seeds of a test in which chance matters.
const SEEDS: u64 = 8;

/// A scenario of that length with this text behind its head.
fn scenario(horizon: &str, text: &str) -> String {
    format!("schema = 1\nname = \"field\"\nhorizon = \"{horizon}\"\n{text}")
}

/// The plan of a scenario with overrides.
#[track_caller]
fn plan(text: &str, overrides: &[&str]) -> Plan {
    valid(load_text(text, overrides)).plan
}

/// The codes that a scenario gives.
fn diagnosed(text: &str) -> Vec<&'static str> {
    codes(&load_text(text, &[]))
}

/// One run.
#[track_caller]
fn run(text: &str, overrides: &[&str], seed: u64) -> RunRecord {
    record(&plan(text, overrides), seed, 0).unwrap()
}

/// A change of the desired count: when [s], from, to, by which policy.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    at: f64,
    from: u32,
    to: u32,
    policy: String,
}

/// The changes of the first service's desired count.
fn changes(run: &RunRecord) -> Vec<Change> {
    run.services[0]
        .decisions
        .iter()
        .filter(|row| row.desired_before != row.desired_after)
        .map(|row| Change {
            at: row.at.as_secs_f64(),
            from: row.desired_before,
            to: row.desired_after,
            policy: row.policy.clone(),
        })
        .collect()
}

/// How many decisions of the first service ended so.
fn outcomes(run: &RunRecord, outcome: &str) -> u64 {
    run.services[0]
        .decisions
        .iter()
        .filter(|row| row.outcome == outcome)
        .map(|row| u64::from(row.times))
        .sum()
}

/// The least and the most desired tasks of the first service.
fn range(run: &RunRecord) -> (u32, u32) {
    let desired = || run.services[0].timeline.iter().map(|minute| minute.desired);
    (desired().min().unwrap(), desired().max().unwrap())
}

/// The desired count of the first service at the end.
fn last(run: &RunRecord) -> u32 {
    run.services[0].timeline.last().unwrap().desired
}

/// The most tasks of the first service in service at once.
fn most_in_service(run: &RunRecord) -> u32 {
    run.services[0].in_service.iter().map(|(_, count)| *count).max().unwrap()
}

/// Seconds between two stages of a task's life.
fn between(life: &TaskLifetime, from: TaskStage, to: TaskStage) -> Option<f64> {
    Some(life.came_to(to)?.as_secs_f64() - life.came_to(from)?.as_secs_f64())
}

/// The middle of some numbers.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
