//! The CSV files of a run, from its result: which rows a file has, in which order. The rows are types of `results`.

use std::io::{self, Write};

use crate::experiment::RunResult;
use crate::record::ServiceRecord;
use crate::results::{
    CellText, DecisionRow, EvaluationRow, InvoiceRow, ResponseTimeRow, RunCalendar, SheetRow, SheetWriter,
    TaskRow, TimelineRow,
};

type Sheet<'a> = SheetWriter<&'a mut dyn Write>;

/// Writes a sheet of rows of type `R`, service by service.
fn by_service<'a, R: SheetRow>(
    result: &RunResult,
    out: &'a mut dyn Write,
    write: impl Fn(&mut Sheet<'a>, &CellText, &ServiceRecord) -> io::Result<()>,
) -> io::Result<()> {
    let mut sheet = SheetWriter::of::<R>(out, result.scenario.is_approximate())?;
    for service in &result.record.services {
        write(&mut sheet, &service.name.as_str().into(), service)?;
    }
    sheet.finish()
}

/// `timeline.csv`: one row per service and minute.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn timeline_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    let is_approximate = result.scenario.is_approximate();
    by_service::<TimelineRow>(result, out, |sheet, name, service| {
        let row = |minute| TimelineRow::new(name, minute, &calendar, is_approximate);
        service.timeline.iter().try_for_each(|minute| sheet.row(&row(minute)))
    })
}

/// `decisions.csv`: one row per alarm transition, policy invocation, capacity change, failed task or fault, by service and
/// then by time. Invocations of a policy in a row that changed nothing for the same cause share a row: `times` says how many,
/// `until_s` when the last was; the numbers and the reason are those of the first.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn decisions_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    by_service::<DecisionRow>(result, out, |sheet, name, service| {
        service.decisions.iter().try_for_each(|record| sheet.row(&DecisionRow::new(name, record, &calendar)))
    })
}

/// `evaluations.csv`: one row per evaluation of an alarm, by service and then by time. Evaluations in a row that found
/// the same (state, breaching and seen datapoints) share a row: `evaluations` says how many, `until_s` when the last was.
/// Values in between lie from `lowest` to `highest`.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn evaluations_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    by_service::<EvaluationRow>(result, out, |sheet, name, service| {
        let plan = result.scenario.plan.services.iter().find(|plan| plan.name == service.name);
        service.evaluations.iter().try_for_each(|record| {
            let policy = plan.and_then(|plan| plan.scaling.policies.get(record.policy.index()));
            let policy = policy.map_or("", |policy| policy.name.as_str());
            sheet.row(&EvaluationRow::new((name, policy), record, &calendar))
        })
    })
}

/// `tasks.csv`: one row per task, with the second at which it first came to each stage and what ended it, if it failed.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn tasks_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    by_service::<TaskRow>(result, out, |sheet, name, service| {
        service.task_lifetimes.iter().try_for_each(|life| sheet.row(&TaskRow::new(name, life)))
    })
}

/// `invoice.csv`: one row per service and item; `amount_usd` is what is charged, `exact_usd` the amount before its
/// rounding to a cent.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn invoice_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    by_service::<InvoiceRow>(result, out, |sheet, name, service| {
        service.invoice.lines.iter().try_for_each(|line| sheet.row(&InvoiceRow::new(name, line)))
    })
}

/// `response_times.csv`: the histogram of each service, its empty buckets left out.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn response_times_csv(result: &RunResult, out: &mut dyn Write) -> io::Result<()> {
    let is_approximate = result.scenario.is_approximate();
    by_service::<ResponseTimeRow>(result, out, |sheet, name, service| {
        let mut rows = ResponseTimeRow::all(name, &service.response_time.histogram, is_approximate);
        rows.try_for_each(|row| sheet.row(&row))
    })
}
