//! Traffic: traces and shapes, onto the kernel's rate curve or its exact counts.

use jiff::tz::TimeZone;
use windtunnel_kernel::traffic::{CountInterval, RateCurve, Segment, TrafficPlan};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::import::trace::{
    self, DateOrder, Decimal, Duplicates, Gaps, Growth, Trace, TraceOptions,
};
use crate::scenario::keys::budget::BudgetItem;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::limits::LONGEST_RUN;
use crate::scenario::keys::traffic::arrivals::{ARRIVALS, Arrivals, with_curve};
use crate::scenario::language::choices::choices;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;
use crate::scenario::language::{codes, quantity};

/// Most pieces of a curve, or intervals with exact counts, that are held.
const MOST_PIECES: u64 = 4_000_000;

choices! {
    /// Whether a trace holds counts an interval, and not rates.
    UNITS = bool { "count" => true, "rate" => false }
}
choices! { GAPS: Gaps { "error" => Error, "zero" => Zero, "hold" => Hold } }
choices! { DUPLICATES: Duplicates { "error" => Error, "sum" => Sum, "first" => First, "last" => Last } }
choices! { DATE_ORDERS: DateOrder { "day_first" => DayFirst, "month_first" => MonthFirst } }
choices! { DECIMALS: Decimal { "point" => Point, "comma" => Comma } }

pub(crate) const TRACE: TableSpec = TableSpec {
    doc: "A trace: CSV, plain or gzip, with a time column `timestamp`, `time`, `datetime` or `date` in any case (ISO 8601, a date \
          as spreadsheets write it, seconds, or milli-, micro- or nanoseconds since 1970) or `time_s`; or a CSV of the CloudWatch console, with its lines of \
          labels. Commas, semicolons or tabs part the cells. Second 0 is its first interval; within an interval the rate is \
          constant.",
    keys: &[
        Key::new("file", Kind::Name, "Path relative to the scenario's folder.").required(),
        Key::new("column", Kind::Name, "The value column.").or("\"requests\""),
        Key::new(
            "unit",
            Kind::Choice(UNITS.words),
            "Whether values are requests an interval or requests a second.",
        )
        .or("\"count\""),
        Key::new("scale", Kind::Number(0.0, 1e9), "Every value is multiplied by this.").or("1.0"),
        Key::new("repeat", Kind::Bool, "Whether the trace begins again where it ends.").or("false"),
        Key::new(
            "gaps",
            Kind::Choice(GAPS.words),
            "What a missing row, or a cell that is empty, `null`, `NaN`, `N/A` or `-`, is: an error, no requests, or the value \
             before it.",
        )
        .or("\"error\""),
        Key::new(
            "duplicates",
            Kind::Choice(DUPLICATES.words),
            "What rows of one time that follow one another are: an error, their sum, the first or the last of them.",
        )
        .or("\"error\""),
        Key::new(
            "timezone",
            Kind::Zone,
            "Time zone of times that say none; changes of clocks are followed. Left out: the scenario's `timezone`.",
        ),
        Key::new(
            "dates",
            Kind::Choice(DATE_ORDERS.words),
            "What `03/04/2026` is: 3 April, or March 4. Left out, a date of the first rows whose day is above 12 tells; where \
             none does, it is an error.",
        ),
        Key::new(
            "decimal",
            Kind::Choice(DECIMALS.words),
            "Whether `1,234` is 1234 or 1.234. Left out, a number of the first rows that can be read in one way tells, then a \
             comma between cells (point); where nothing does, it is an error.",
        ),
    ],
};

/// A missing sample, a zero and the end of a trace are three different things.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceCounts {
    /// The file as the scenario names it.
    pub file: String,
    /// Length of an interval \[ns\].
    pub interval_ns: u64,
    /// Intervals within the horizon that the file gives.
    pub intervals: u64,
    /// Of these, intervals whose value is zero.
    pub zero_intervals: u64,
    /// Intervals within the horizon that the file leaves out, filled as `gaps` says.
    pub missing_intervals: u64,
    /// End of the trace, where that is before the horizon [ns since second 0]; no requests arrive after it.
    pub ended_at_ns: Option<u64>,
    /// Times the trace was begun again because of `repeat`.
    pub repeats: u64,
}

/// A trace that was read, and how its values count.
pub(crate) struct TraceSource {
    pub(crate) trace: Box<Trace>,
    pub(crate) file: String,
    pub(crate) is_count: bool,
    pub(crate) scale: f64,
    pub(crate) repeat: bool,
    pub(crate) place: SourceSpan,
    /// The zone in which times without one were read, where the scenario says it.
    pub(crate) zone: Option<String>,
}

/// Reads the trace of a service's traffic.
pub(crate) fn trace_source(
    root: TableReader<'_>,
    traffic: TableReader<'_>,
    builder: &mut Builder<'_>,
) -> Option<TraceSource> {
    let view = traffic.table("trace")?;
    let is_count = view.choice("unit", &UNITS)?;
    if traffic.choice("arrivals", &ARRIVALS) == Some(Arrivals::ExactCounts) && !is_count {
        builder.report.add(
            Problem::new(
                codes::TRAFFIC_SOURCE,
                "`exact_counts` needs a trace of counts, and this one holds rates",
            )
            .at(&traffic.place("arrivals"), "exact counts")
            .also(&view.place("unit"), "rates"),
        );
        return None;
    }
    let (zone, zone_name) = zone(root, view)?;
    let options = trace_options(root, view, &zone, zone_name.is_some())?;
    let file = options.file;
    let (scale, repeat) = (view.number("scale")?, view.flag("repeat")?);
    let place = view.place("file");
    // Of one trace more there could be no plan.
    if !builder.budget.has_room(BudgetItem::TraceIntervals) {
        return None;
    }
    let reader = builder.open(file, &place)?;
    match trace::read(reader, &options) {
        Ok(trace) => {
            if !builder.budget.take(BudgetItem::TraceIntervals, trace.runs.len() as u64, &place) {
                return None;
            }
            if trace.missing > 0 {
                builder.report.add(filled(&trace, &options, &view.place("gaps")));
            }
            if is_count && let Some(growth) = trace.growth() {
                builder.report.add(running_total(&growth, &options, &view.place("column"), &place));
            }
            Some(TraceSource {
                trace: Box::new(trace),
                file: options.file.to_owned(),
                is_count,
                scale,
                repeat,
                place,
                zone: zone_name,
            })
        }
        Err(problems) => {
            for found in problems {
                let mut problem = Problem::new(found.code, format!("`{file}`: {}", found.message));
                problem = if found.line > 0 {
                    problem.at_line(file, found.line, &found.content, found.span)
                } else {
                    problem.at(&place, "this trace")
                };
                if let Some(help) = found.help {
                    problem = problem.help(help);
                }
                builder.report.add(problem);
            }
            None
        }
    }
}

/// The zone of times that say none: the trace's, else the scenario's; and its name, where one of them is given.
pub(crate) fn zone(root: TableReader<'_>, view: TableReader<'_>) -> Option<(TimeZone, Option<String>)> {
    let is_given = root.node("timezone").is_some_and(|node| node.place.0.is_some());
    let (name, is_given) = match view.text("timezone") {
        Some(name) => (name, true),
        None => (root.text("timezone")?, is_given),
    };
    Some((quantity::zone(name).ok()?, is_given.then(|| name.to_owned())))
}

/// The options with which the trace is read.
fn trace_options<'a>(
    root: TableReader<'_>,
    view: TableReader<'a>,
    zone: &'a TimeZone,
    is_zone_given: bool,
) -> Option<TraceOptions<'a>> {
    let until = match root.duration("horizon") {
        Some(horizon) => horizon.0,
        None => LONGEST_RUN + 1,
    };
    // What a wrong word would have decided cannot be judged.
    if ["dates", "decimal", "timezone", "duplicates"]
        .into_iter()
        .any(|key| view.is_given(key) && view.text(key).is_none())
    {
        return None;
    }
    Some(TraceOptions {
        file: view.text("file")?,
        column: view.text("column")?,
        gaps: view.choice("gaps", &GAPS)?,
        dates: view.choice("dates", &DATE_ORDERS),
        decimal: view.choice("decimal", &DECIMALS),
        duplicates: view.choice("duplicates", &DUPLICATES)?,
        zone,
        is_zone_given,
        until,
    })
}

/// Says that a column only grows, and what it would be as a running total.
fn running_total(
    growth: &Growth,
    options: &TraceOptions<'_>,
    column: &SourceSpan,
    file: &SourceSpan,
) -> Problem {
    let Growth { first, last, sum, intervals } = *growth;
    Problem::new(
        codes::RUNNING_TOTAL,
        format!(
            "`{}`: column `{}` only grows, from {first} to {last} in {intervals} intervals: read as counts it is {} requests, as a \
             running total {}",
            options.file,
            options.column,
            quantity::grouped(sum),
            quantity::grouped(last - first)
        ),
    )
    .at(if column.0.is_some() { column } else { file }, "a counter?")
    .help("of a running total, write the difference of each row to the one before, or take the column that has it")
}

/// Says how many intervals of a trace were filled.
fn filled(trace: &Trace, options: &TraceOptions<'_>, place: &SourceSpan) -> Problem {
    let (missing, all, line) = (trace.missing, trace.intervals(), trace.first_missing);
    let value = if options.gaps == Gaps::Hold { "the value before" } else { "no requests" };
    let problem = Problem::new(
        codes::TRACE_FILLED,
        format!(
            "`{}`: {missing} of {all} intervals are missing, the first at line {line}; taken as {value}",
            options.file
        ),
    )
    .at(place, "says so");
    let Some(wider) = trace.wider else { return problem };
    let apart = SimDuration(trace.step.saturating_mul(wider.steps));
    problem.help(format!(
        "from line {} on rows lie {} apart, at first {}; where a row there stands for all of that time, the file has \
         two resolutions and has to be brought to one",
        wider.line,
        quantity::duration_text(apart),
        quantity::duration_text(SimDuration(trace.step))
    ))
}

pub(crate) fn trace_plan(
    source: &TraceSource,
    arrivals: Arrivals,
    horizon: SimDuration,
    builder: &mut Builder<'_>,
) -> Option<(TrafficPlan, Option<TraceCounts>)> {
    let TraceSource { trace, file, is_count, scale, repeat, place, .. } = source;
    let wanted = horizon.0.div_ceil(trace.step.max(1));
    let once = trace.intervals().max(1);
    let repeats = if *repeat { wanted.div_ceil(once).saturating_sub(1) } else { 0 };
    let exact = arrivals == Arrivals::ExactCounts;
    let pieces =
        if exact { wanted.min(once * (repeats + 1)) } else { trace.runs.len() as u64 * (repeats + 1) };
    if pieces > MOST_PIECES {
        builder.report.add(
            Problem::new(
                codes::TRACE_TOO_LARGE,
                format!("the trace makes {pieces} pieces within the horizon, more than 4 000 000"),
            )
            .at(place, "this trace")
            .help("shorten the horizon, aggregate the trace, or draw arrivals as \"poisson\""),
        );
        return None;
    }
    if !builder.budget.take(BudgetItem::Pieces, pieces, place) {
        return None;
    }
    let ended = !*repeat && trace.ended && trace.length() < horizon.0;
    if ended {
        builder.report.add(
            Problem::new(
                codes::TRACE_ENDS,
                format!(
                    "the trace ends after {}, and the run lasts {}",
                    quantity::duration_text(SimDuration(trace.length())),
                    quantity::duration_text(horizon)
                ),
            )
            .at(place, "no requests arrive after its end")
            .help("shorten the horizon or set `repeat = true`"),
        );
    }
    let counts = TraceCounts {
        file: file.clone(),
        interval_ns: trace.step,
        intervals: trace.given,
        zero_intervals: trace.zeros,
        missing_intervals: trace.missing,
        ended_at_ns: ended.then(|| trace.length()),
        repeats,
    };
    let runs = trace.runs.iter().cycle().take(trace.runs.len() * usize::try_from(repeats + 1).ok()?);
    let plan = if exact {
        TrafficPlan::ExactCounts(exact_counts(runs, trace.step, *scale, horizon.0))
    } else {
        let factor = if *is_count { scale / SimDuration(trace.step).as_secs_f64() } else { *scale };
        with_curve(arrivals, rates(runs, trace.step, factor, horizon.0).ok()?)
    };
    Some((plan, Some(counts)))
}

/// The curve of a trace, constant within each interval and cut at the horizon.
fn rates<'a>(
    runs: impl Iterator<Item = &'a trace::EqualIntervals>,
    step: u64,
    factor: f64,
    horizon: u64,
) -> Result<RateCurve, windtunnel_kernel::traffic::CurveError> {
    let mut pieces = Vec::new();
    let mut at = 0_u64;
    for run in runs {
        if at >= horizon {
            break;
        }
        at = at.saturating_add(run.intervals.saturating_mul(step)).min(horizon);
        let rate = run.value * factor;
        pieces.push(Segment { end: at, rate_start: rate, rate_end: rate });
    }
    RateCurve::new(&pieces)
}

/// The counts of a trace. Scaled counts are rounded so that every partial sum is right to within a half.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of numbers that are not negative; a count beyond u64 saturates and the request limit refuses it"
)]
fn exact_counts<'a>(
    runs: impl Iterator<Item = &'a trace::EqualIntervals>,
    step: u64,
    scale: f64,
    horizon: u64,
) -> Vec<CountInterval> {
    let mut intervals = Vec::new();
    let (mut at, mut sum, mut placed) = (0_u64, 0.0_f64, 0_u64);
    for run in runs {
        for _ in 0..run.intervals {
            if at >= horizon {
                return intervals;
            }
            sum += run.value * scale;
            let total = sum.round() as u64;
            let end = at.saturating_add(step);
            if total > placed {
                intervals.push(CountInterval { start: at, end, count: total - placed });
                placed = total;
            }
            at = end;
        }
    }
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaled_counts_keep_their_total() {
        let runs = [
            trace::EqualIntervals { intervals: 7, value: 1.0 },
            trace::EqualIntervals { intervals: 3, value: 0.0 },
        ];
        let counts = exact_counts(runs.iter(), 10, 0.5, 1000);
        // 7 · 0.5 = 3.5, which rounds to 4.
        assert_eq!(counts.iter().map(|interval| interval.count).sum::<u64>(), 4);
        assert!(counts.iter().all(|interval| interval.count == 1 && interval.end - interval.start == 10));
    }

    #[test]
    fn a_curve_of_counts_has_their_sum_as_its_integral() {
        let runs = [
            trace::EqualIntervals { intervals: 2, value: 30.0 },
            trace::EqualIntervals { intervals: 1, value: 0.0 },
        ];
        let step = 60_000_000_000;
        let curve = rates(runs.iter(), step, 1.0 / 60.0, 2 * step + 1).unwrap();
        assert!((curve.integral(3 * step) - 60.0).abs() < 1e-9);
    }
}
