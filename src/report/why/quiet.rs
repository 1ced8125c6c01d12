//! Reason why nothing was scaled around a moment.

use super::moment::RunClock;
use super::service::ServiceLog;
use super::story::{StoryText, alarm_in_words, number, wrong};
use crate::record::DecisionKind;
use crate::results::{CellNumber, DecisionRow, EvaluationRow};

/// Length of time on each side of a moment that counts as "around" it \[s\].
const AROUND_S: f64 = 600.0;

/// Tells why nothing was scaled around `at`, or ever.
pub(super) fn tell(service: &ServiceLog, at: Option<f64>, clock: &RunClock, page: &mut StoryText) {
    let Some(at) = at else {
        page.title(&format!("{}: the desired count never changed", service.name));
        let end = service.minutes.last().map_or(0.0, |minute| minute.time_s.get());
        alarms(service, end, clock, page);
        refusals(service, (0.0, f64::INFINITY), clock, page);
        return;
    };
    page.title(&format!("{} around {}: nothing was scaled", service.name, clock.full(at)));
    if let Some(minute) = service.minute_at(at) {
        let cpu = minute
            .cpu_utilization
            .map_or_else(String::new, |cpu| format!(", CPU at {} %", number(100.0 * cpu.get())));
        let p95 = minute
            .response_time_p95_ms
            .map_or_else(String::new, |p95| format!(", p95 {} ms", number(p95.get())));
        page.line(&format!(
            "{} requests/s on {} of {} desired tasks{cpu}{p95}; {} waited for a place.",
            number(minute.offered_per_s.get()),
            minute.in_service,
            minute.desired,
            number(minute.queue_length.map_or(0.0, CellNumber::get)),
        ));
    }
    let (before, after) = neighbours(service, at);
    let told = |row: &DecisionRow| {
        format!("{} → {} at {}", row.desired_before, row.desired_after, clock.second(row.time_s.get()))
    };
    let before =
        before.map_or_else(|| "none before".to_owned(), |row| format!("the last before was {}", told(row)));
    let after =
        after.map_or_else(|| "none after".to_owned(), |row| format!("the next after was {}", told(row)));
    page.line(&format!("No change within ten minutes; {before}, {after}."));
    let around = (at - AROUND_S, at + AROUND_S);
    if service.rows.iter().any(|row| {
        matches!(row.kind, DecisionKind::Task | DecisionKind::Fault)
            && row.time_s.get() >= around.0
            && row.time_s.get() <= around.1
    }) {
        page.heading("What went wrong");
        wrong(service, around, clock, page);
    }
    alarms(service, at, clock, page);
    refusals(service, (at - AROUND_S, at + AROUND_S), clock, page);
}

fn neighbours(service: &ServiceLog, at: f64) -> (Option<&DecisionRow>, Option<&DecisionRow>) {
    let moves = || service.rows.iter().filter(|row| row.desired_before != row.desired_after);
    (moves().rfind(|row| row.time_s.get() <= at), moves().find(|row| row.time_s.get() > at))
}

/// Writes the state of each alarm.
fn alarms(service: &ServiceLog, at: f64, clock: &RunClock, page: &mut StoryText) {
    page.heading("Alarms");
    let standing = service.standing(at);
    if standing.is_empty() {
        page.line(if service.seen.is_empty() {
            "The service has no alarm, so no policy can be invoked."
        } else {
            "None had been evaluated yet."
        });
    }
    for seen in standing {
        page.item(&clock.second(seen.time_s.get()), &stands(seen, clock));
    }
}

fn stands(seen: &EvaluationRow, clock: &RunClock) -> String {
    let since = if seen.until_s.get() > seen.time_s.get() {
        format!(" and found the same until {}", clock.second(seen.until_s.get()))
    } else {
        String::new()
    };
    format!("{}{since}", alarm_in_words(seen))
}

/// Invocations that changed nothing, those with the same outcome together.
fn refusals(service: &ServiceLog, (from, to): (f64, f64), clock: &RunClock, page: &mut StoryText) {
    let mut groups: Vec<(&DecisionRow, u64, f64)> = Vec::new();
    let is_within = |row: &&DecisionRow| {
        row.kind == DecisionKind::Policy && row.until_s.get() >= from && row.time_s.get() <= to
    };
    for row in service.rows.iter().filter(is_within) {
        match groups.last_mut() {
            Some((first, count, until)) if first.policy == row.policy && first.outcome == row.outcome => {
                *count = count.saturating_add(row.times);
                *until = row.until_s.get();
            }
            _ => groups.push((row, row.times, row.until_s.get())),
        }
    }
    page.heading("Policies that were invoked");
    if groups.is_empty() {
        page.line("None: no alarm was in ALARM.");
    }
    for (row, count, until) in groups {
        let times = if count > 1 {
            format!(" ({count} times, until {})", clock.second(until))
        } else {
            String::new()
        };
        page.item(
            &clock.second(row.time_s.get()),
            &format!("{}: {}{times}: {}", row.policy, row.outcome, row.reason),
        );
    }
}
