//! The CSV files. Columns and precision are fixed, so equal runs give equal bytes; a value that does not exist is an
//! empty cell; a text that a spreadsheet would take for a formula gets a leading apostrophe, numbers are left alone.

use std::io::{self, Write};

use super::calendar::RunCalendar;
use super::numbers::{exact_secs, ratio, rounded};
use super::words::cell;
use crate::experiment::RunResult;
use crate::kernel::platform::TaskStage;
use crate::kernel::units::{SimDuration, SimTime};
use crate::record::{
    DecisionKind, DecisionRecord, EvaluationRecord, MinuteRecord, TaskLifetime, failure_name,
};

/// A sheet that is being written.
pub(super) struct Sheet<W: Write>(csv::Writer<W>);

impl<W: Write> Sheet<W> {
    pub(super) fn new(out: W, columns: &[&str]) -> io::Result<Self> {
        let mut sheet = Self(csv::Writer::from_writer(out));
        sheet.row(columns)?;
        Ok(sheet)
    }

    pub(super) fn row<T: AsRef<[u8]>>(&mut self, cells: &[T]) -> io::Result<()> {
        Ok(self.0.write_record(cells)?)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A number with fixed decimals; empty where it does not exist or is not finite.
fn number(value: Option<f64>, decimals: u8) -> String {
    let value = value.and_then(|value| rounded(value, i32::from(decimals)));
    value.map_or_else(String::new, |value| format!("{value:.*}", usize::from(decimals)))
}

/// Nanoseconds as milliseconds with three decimals.
fn millis(nanos: Option<u64>) -> String {
    number(nanos.map(|nanos| SimDuration(nanos).as_millis_f64()), 3)
}

/// `timeline.csv`: one row a service and minute. Rates and shares have six decimals, times three. Where requests flow, a
/// last column says that response times are approximate.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn timeline_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    let approximate = result.scenario.is_approximate();
    let mut columns = vec![
        "time_s",
        "timestamp",
        "service",
        "offered_per_s",
        "served_per_s",
        "rejected",
        "timed_out",
        "failed",
        "desired",
        "pending",
        "running",
        "in_service",
        "draining",
        "cpu_utilization",
        "memory_utilization",
        "queue_length",
        "in_flight",
        "response_time_mean_ms",
        "response_time_p50_ms",
        "response_time_p95_ms",
        "response_time_p99_ms",
        "cost_per_hour_usd",
    ];
    columns.extend(approximate.then_some("approximate_response_times"));
    let mut sheet = Sheet::new(out, &columns)?;
    for service in &result.record.services {
        let name = cell(&service.name);
        for minute in &service.timeline {
            let mut cells = minute_row(minute, &name, &calendar).to_vec();
            cells.extend(approximate.then(|| "true".to_owned()));
            sheet.row(&cells)?;
        }
    }
    sheet.finish()
}

fn minute_row(minute: &MinuteRecord, service: &str, calendar: &RunCalendar) -> [String; 22] {
    let per_s = |count: u64| number(Some(count as f64 / minute.length.as_secs_f64()), 6);
    [
        exact_secs(minute.start.0),
        calendar.iso(minute.start),
        service.to_owned(),
        per_s(minute.offered),
        per_s(minute.served),
        minute.rejected.to_string(),
        minute.timed_out.to_string(),
        minute.failed.to_string(),
        minute.desired.to_string(),
        minute.pending.to_string(),
        minute.running.to_string(),
        minute.in_service.to_string(),
        minute.draining.to_string(),
        number(minute.cpu_utilization, 6),
        number(minute.memory_utilization, 6),
        number(Some(minute.queue_length), 6),
        number(Some(minute.in_flight), 6),
        number(minute.response_time_mean.map(|nanos| nanos / 1e6), 3),
        millis(minute.response_time_p50),
        millis(minute.response_time_p95),
        millis(minute.response_time_p99),
        number(Some(minute.cost_per_hour_usd), 6),
    ]
}

/// `decisions.csv`: one row an alarm transition, policy invocation, capacity change, failed task or fault, by service and
/// then by time. Invocations of a policy in a row that changed nothing for the same cause share a row: `times` says how many,
/// `until_s` when the last was; the numbers and the reason are those of the first.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn decisions_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    let mut sheet = Sheet::new(
        out,
        &[
            "time_s",
            "timestamp",
            "until_s",
            "times",
            "service",
            "kind",
            "policy",
            "alarm_state",
            "metric",
            "value",
            "threshold",
            "datapoints",
            "running",
            "proposed",
            "desired_before",
            "desired_after",
            "outcome",
            "reason",
        ],
    )?;
    for service in &result.record.services {
        let name = cell(&service.name);
        for decision in &service.decisions {
            sheet.row(&decision_row(decision, &name, &calendar))?;
        }
    }
    sheet.finish()
}

fn decision_row(decision: &DecisionRecord, service: &str, calendar: &RunCalendar) -> [String; 18] {
    let kind = match decision.kind {
        DecisionKind::Alarm => "alarm",
        DecisionKind::Policy => "policy",
        DecisionKind::Capacity => "capacity",
        DecisionKind::Task => "task",
        DecisionKind::Fault => "fault",
        DecisionKind::Scheduled => "scheduled",
    };
    let datapoints: Vec<String> = decision.datapoints.iter().map(|value| number(Some(*value), 6)).collect();
    [
        exact_secs(decision.at.0),
        calendar.iso(decision.at),
        exact_secs(decision.until.0),
        decision.times.to_string(),
        service.to_owned(),
        kind.to_owned(),
        cell(&decision.policy),
        cell(decision.alarm_state),
        cell(&decision.metric),
        number(decision.value, 6),
        number(decision.threshold, 6),
        datapoints.join(" "),
        decision.running.to_string(),
        decision.proposed.map_or_else(String::new, |proposed| proposed.to_string()),
        decision.desired_before.to_string(),
        decision.desired_after.to_string(),
        cell(decision.outcome),
        cell(&decision.reason),
    ]
}

/// `evaluations.csv`: one row an evaluation of an alarm, by service and then by time. Evaluations in a row that found
/// the same (state, breaching and seen datapoints) share a row: `evaluations` says how many, `until_s` when the last was.
/// Values in between lie from `lowest` to `highest`.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn evaluations_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    let mut sheet = Sheet::new(
        out,
        &[
            "time_s",
            "timestamp",
            "until_s",
            "evaluations",
            "service",
            "policy",
            "alarm",
            "metric",
            "state_before",
            "state_after",
            "period_s",
            "newest_period_end_s",
            "publication_delay_s",
            "newest",
            "lowest",
            "highest",
            "threshold",
            "breaching",
            "seen",
            "datapoints_to_alarm",
            "evaluation_periods",
            "datapoints",
            "running",
            "desired",
        ],
    )?;
    for service in &result.record.services {
        let plan = result.scenario.plan.services.iter().find(|plan| plan.name == service.name);
        for row in &service.evaluations {
            let policy = plan.and_then(|plan| plan.scaling.policies.get(row.policy.index()));
            let policy = policy.map_or("", |policy| policy.name.as_str());
            sheet.row(&evaluation_row(row, (&service.name, policy), &calendar))?;
        }
    }
    sheet.finish()
}

fn evaluation_row(
    row: &EvaluationRecord,
    (service, policy): (&str, &str),
    calendar: &RunCalendar,
) -> [String; 24] {
    let datapoints: Vec<String> = row.datapoints.iter().map(|value| number(Some(*value), 6)).collect();
    [
        exact_secs(row.at.0),
        calendar.iso(row.at),
        exact_secs(row.until.0),
        row.evaluations.to_string(),
        cell(service),
        cell(policy),
        cell(&row.alarm),
        cell(&row.metric),
        row.before.name().to_owned(),
        row.after.name().to_owned(),
        exact_secs(row.period.0),
        row.newest_end.map_or_else(String::new, |end| exact_secs(end.0)),
        exact_secs(row.delay.0),
        number(row.newest, 6),
        number(row.spread.map(|(low, _)| low), 6),
        number(row.spread.map(|(_, high)| high), 6),
        number(Some(row.threshold), 6),
        row.breaching.to_string(),
        row.seen.to_string(),
        row.needed.to_string(),
        row.periods.to_string(),
        datapoints.join(" "),
        row.running.to_string(),
        row.desired.to_string(),
    ]
}

/// `tasks.csv`: one row a task, with the second at which it first came to each stage and what ended it, if it failed.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn tasks_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet::new(
        out,
        &[
            "service",
            "task",
            "zone",
            "asked_for_s",
            "provisioning_s",
            "pull_s",
            "start_s",
            "running_s",
            "registering_s",
            "in_service_s",
            "unhealthy_s",
            "draining_s",
            "stopping_s",
            "exited_s",
            "stopped_s",
            "failed_s",
            "failure",
        ],
    )?;
    for service in &result.record.services {
        for life in &service.task_lifetimes {
            sheet.row(&life_row(life, &service.name))?;
        }
    }
    sheet.finish()
}

fn life_row(life: &TaskLifetime, service: &str) -> Vec<String> {
    let second = |at: Option<SimTime>| at.map_or_else(String::new, |at| exact_secs(at.0));
    let zone = char::from(b'a' + u8::try_from(life.zone).unwrap_or(0).min(25));
    // A task that is placed has a zone; one that was never launched has none.
    let is_placed = TaskStage::ALL[1..]
        .iter()
        .any(|stage| *stage != TaskStage::Stopped && life.came_to(*stage).is_some());
    let mut cells = vec![
        cell(service),
        life.task.0.to_string(),
        if is_placed { zone.to_string() } else { String::new() },
    ];
    cells.extend(life.came_to.iter().map(|at| second(*at)));
    cells.push(second(life.failure.map(|(at, _)| at)));
    cells.push(life.failure.map_or_else(String::new, |(_, failure)| failure_name(failure).to_owned()));
    cells
}

/// `invoice.csv`: one row a service and item; `amount_usd` is what is charged, `exact_usd` the amount before its
/// rounding to a cent.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn invoice_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet =
        Sheet::new(out, &["service", "item", "quantity", "unit", "rate_usd", "amount_usd", "exact_usd"])?;
    for service in &result.record.services {
        for line in &service.invoice.lines {
            sheet.row(&[
                cell(&service.name),
                line.item.name().to_owned(),
                ratio(line.quantity_numerator, line.quantity_denominator),
                line.item.unit().to_owned(),
                line.rate.to_string(),
                line.amount.to_cents_string(),
                line.exact.to_string(),
            ])?;
        }
    }
    sheet.finish()
}

/// `response_times.csv`: the histogram of each service, its empty buckets left out. Bounds are whole nanoseconds, so six
/// decimals of a millisecond are exact. Where requests flow, a last column says that times are approximate.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn response_times_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let approximate = result.scenario.is_approximate();
    let mut columns = vec!["service", "lower_ms", "upper_ms", "count", "cumulative_share"];
    columns.extend(approximate.then_some("approximate"));
    let mut sheet = Sheet::new(out, &columns)?;
    for service in &result.record.services {
        let histogram = &service.response_time.histogram;
        let mut below = 0_u64;
        for (lower, upper, count) in histogram.buckets() {
            below += count;
            let mut cells = vec![
                cell(&service.name),
                exact_millis(lower),
                exact_millis(upper),
                count.to_string(),
                number(Some(below as f64 / histogram.total() as f64), 6),
            ];
            cells.extend(approximate.then(|| "true".to_owned()));
            sheet.row(&cells)?;
        }
    }
    sheet.finish()
}

fn exact_millis(nanos: u64) -> String {
    format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_do_not_exist_are_empty_cells() {
        assert_eq!(number(None, 3), "");
        assert_eq!(number(Some(f64::NAN), 3), "");
        assert_eq!(number(Some(f64::INFINITY), 3), "");
        assert_eq!(number(Some(-0.000_01), 3), "0.000");
        assert_eq!(number(Some(1.0 / 3.0), 6), "0.333333");
    }

    #[test]
    fn whole_nanoseconds_are_written_exactly() {
        assert_eq!(exact_secs(90_500_000_000), "90.5");
        assert_eq!(exact_millis(1_024), "0.001024");
    }
}
