//! Scheduled actions and suspensions: schedules become instants here, so that the kernel needs no calendar.

use windtunnel_kernel::scaling::aas::{SchedulePlan, ScheduledPlan, Suspended, SuspensionPlan};
use windtunnel_kernel::units::{SimDuration, SimTime};

use crate::scenario::import::schedule::{self, Span};
use crate::scenario::keys::budget::BudgetItem;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::limits::{CAPACITY, SINCE_START};
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::Entry;
use crate::scenario::language::{codes, quantity};

pub(crate) const SCHEDULED: TableSpec = TableSpec {
    doc: "A scheduled action: it sets `min_capacity`, `max_capacity` or both, and the desired count moves within them at once.",
    keys: &[
        Key::new(
            "schedule",
            Kind::Text,
            "\"at(2026-11-27T08:00:00)\", \"rate(5 minutes)\" or \"cron(0 8 ? * MON-FRI *)\": minute, hour, day of month, month, \
             day of week, year, with L, W, #, ?, lists, ranges and steps.",
        )
        .required(),
        Key::new("timezone", Kind::Zone, "Time zone of `at` and `cron`.").or("\"UTC\""),
        Key::new("start", Kind::Instant, "StartTime: a recurring action runs then first, and by its schedule afterwards."),
        Key::new("end", Kind::Instant, "EndTime: it does not run afterwards. Nothing is reverted."),
        Key::new("min_capacity", CAPACITY, "New `min_capacity`. Left out: it stays."),
        Key::new("max_capacity", CAPACITY, "New `max_capacity`. Left out: it stays."),
    ],
};

pub(crate) const SUSPENDED: TableSpec = TableSpec {
    doc: "A time in which something is suspended. Windows may overlap.",
    keys: &[
        Key::new("from", SINCE_START, "Its beginning, from second 0.").or("\"0s\""),
        Key::new("until", SINCE_START, "Its end, from second 0. Left out: it lasts to the end of the run."),
        Key::new("dynamic_scaling_in", Kind::Bool, "DynamicScalingInSuspended: policies do not scale in.")
            .or("false"),
        Key::new("dynamic_scaling_out", Kind::Bool, "DynamicScalingOutSuspended: policies do not scale out.")
            .or("false"),
        Key::new(
            "scheduled_scaling",
            Kind::Bool,
            "ScheduledScalingSuspended: occurrences of scheduled actions are skipped.",
        )
        .or("false"),
    ],
};

/// A scheduled action's time as the scenario writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleText {
    /// `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule: String,
    /// Time zone of the schedule.
    pub timezone: String,
    /// `StartTime`.
    pub start: Option<String>,
    /// `EndTime`.
    pub end: Option<String>,
}

/// The scheduled actions and suspensions of a service; `None` when one is wrong.
pub(crate) fn read(context: &ServiceContext<'_>, builder: &mut Builder<'_>) -> Option<SchedulePlan> {
    let scaling = context.service.table("scaling")?;
    let mut actions = Vec::new();
    for (entry, view) in scaling.table("scheduled")?.tables() {
        actions.push(action(entry, view, context, builder));
    }
    let mut suspensions = Vec::new();
    for view in scaling.list("suspended") {
        suspensions.push(suspension(view, context.horizon, builder));
    }
    Some(SchedulePlan {
        actions: actions.into_iter().collect::<Option<_>>()?,
        suspensions: suspensions.into_iter().collect::<Option<_>>()?,
        jitter: context.assumptions?.schedule_jitter,
    })
}

/// The actions' schedules as they are written.
pub(crate) fn texts(service: TableReader<'_>) -> Option<Vec<ScheduleText>> {
    let text = |view: TableReader<'_>, key: &str| view.text(key).map(str::to_owned);
    let written = |view: TableReader<'_>| {
        Some(ScheduleText {
            schedule: text(view, "schedule")?,
            timezone: text(view, "timezone")?,
            start: text(view, "start"),
            end: text(view, "end"),
        })
    };
    service.table("scaling")?.table("scheduled")?.tables().map(|(_, view)| written(view)).collect()
}

fn action(
    entry: &Entry,
    view: TableReader<'_>,
    context: &ServiceContext<'_>,
    builder: &mut Builder<'_>,
) -> Option<ScheduledPlan> {
    let text = view.text("schedule")?;
    let parsed = schedule::parse(text).map_err(|why| {
        builder.report.add(
            Problem::new(
                codes::BAD_SCHEDULE,
                format!("the schedule of `{}` cannot be read: {why}", entry.key),
            )
            .at(&view.place("schedule"), why)
            .expected("at(2026-11-27T08:00:00), rate(5 minutes) or cron(0 8 ? * MON-FRI *)"),
        );
    });
    let (min, max) = (view.count("min_capacity"), view.count("max_capacity"));
    match (min, max) {
        (None, None) if !view.is_given("min_capacity") && !view.is_given("max_capacity") => {
            builder.report.add(
                Problem::new(
                    codes::MISSING_KEY,
                    "a scheduled action needs `min_capacity`, `max_capacity` or both",
                )
                .at(view.place, "it would change nothing")
                .fix("min_capacity = 10"),
            )
        }
        (Some(min), Some(max)) if min > max => builder.report.add(
            Problem::new(
                codes::CAPACITY_ORDER,
                format!("`min_capacity` = {min} is more than `max_capacity` = {max}"),
            )
            .at(&view.place("min_capacity"), format!("more than {max}"))
            .also(&view.place("max_capacity"), format!("less than {min}"))
            .expected("min_capacity ≤ max_capacity"),
        ),
        _ => {}
    }
    let instant = |key: &str| view.text(key).and_then(|text| quantity::instant(text).ok());
    let (start, end) = (instant("start"), instant("end"));
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        builder.report.add(
            Problem::new(codes::TIME_ORDER, "the action ends before it starts")
                .at(&view.place("end"), "before its start")
                .also(&view.place("start"), "its start"),
        );
    }
    let span = Span {
        second_0: context.calendar?.start_unix_ns,
        horizon: context.horizon?.0,
        start,
        end,
        zone: quantity::zone(view.text("timezone")?).ok()?,
        clock_changes: context.assumptions?.clock_changes,
    };
    let schedule = parsed.ok()?;
    if !builder.budget.take(BudgetItem::Occurrences, schedule.count(&span), &view.place("schedule")) {
        return None;
    }
    let occurrences = schedule.occurrences(&span);
    if occurrences.is_empty() {
        builder.report.add(
            Problem::new(
                codes::NEVER_HAPPENS,
                format!("the action `{}` is never due in this run", entry.key),
            )
            .at(&view.place("schedule"), "never due")
            .help("the run lasts from `start` for `horizon`; a schedule's times are those of its `timezone`"),
        );
    }
    Some(ScheduledPlan { name: entry.key.clone(), min_capacity: min, max_capacity: max, occurrences })
}

fn suspension(
    view: TableReader<'_>,
    horizon: Option<SimDuration>,
    builder: &mut Builder<'_>,
) -> Option<SuspensionPlan> {
    let from = view.duration("from")?;
    if horizon.is_some_and(|horizon| from >= horizon) {
        builder.report.add(
            Problem::new(
                codes::NEVER_HAPPENS,
                "the suspension begins after the horizon, so it never happens",
            )
            .at(&view.place("from"), ""),
        );
    }
    let until = view.duration("until");
    if let Some(until) = until
        && until <= from
    {
        builder.report.add(
            Problem::new(codes::TIME_ORDER, "the suspension ends before it begins")
                .at(&view.place("until"), "not after its beginning")
                .also(&view.place("from"), "its beginning"),
        );
    }
    let suspended = Suspended {
        dynamic_scaling_in: view.flag("dynamic_scaling_in")?,
        dynamic_scaling_out: view.flag("dynamic_scaling_out")?,
        scheduled_scaling: view.flag("scheduled_scaling")?,
    };
    if suspended == Suspended::default() {
        builder.report.add(
            Problem::new(codes::MISSING_KEY, "a suspension that suspends nothing")
                .at(view.place, "nothing is true here")
                .expected("dynamic_scaling_in, dynamic_scaling_out or scheduled_scaling = true"),
        );
    }
    let at = |span: SimDuration| SimTime(span.0);
    Some(SuspensionPlan { from: at(from), until: until.map(at), suspended })
}
