//! Place of second 0 in the calendar: at `start`, where the scenario gives one; else at the first time of the traces, where
//! they have dates; else at the default. Schedules, times of day and the months of a bill follow from it.

use jiff::Timestamp;

use crate::scenario::import::curve::Calendar;
use crate::scenario::import::trace::FirstTime;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::traffic::table::TrafficSource;
use crate::scenario::keys::traffic::trace::TraceSource;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;
use crate::scenario::language::{codes, quantity};

/// The first time of a trace: in which file, where the scenario names it.
struct Dated<'a> {
    file: &'a str,
    place: &'a SourceSpan,
    first: FirstTime,
    text: String,
    /// The zone in which its times were read, where they have none and the scenario says one.
    zone: Option<&'a str>,
}

/// The calendar, and the text of a start that was taken from a trace.
pub(crate) fn calendar(
    root: TableReader<'_>,
    sources: &[Option<TrafficSource>],
    builder: &mut Builder<'_>,
) -> Option<(Calendar, Option<String>)> {
    let zone = quantity::zone(root.text("timezone")?).ok()?;
    let is_given = root.node("start").is_some_and(|node| node.place.0.is_some());
    let given = root.text("start")?;
    let dated: Vec<Dated<'_>> = sources.iter().flatten().filter_map(dated).collect();
    let earliest = dated.iter().min_by_key(|dated| dated.first.unix_ns).filter(|_| !is_given);
    let (start, taken) = match earliest {
        Some(first) => (first.text.clone(), Some(first)),
        None => (given.to_owned(), None),
    };
    let start_unix_ns = quantity::instant(&start).ok()?;
    let calendar = Calendar { start_unix_ns, zone };
    if let Some(first) = taken {
        builder.report.add(taken_note(first));
    }
    let is_other = |dated: &&Dated<'_>| dated.first.unix_ns != i128::from(calendar.start_unix_ns);
    if let Some(other) = dated.iter().find(is_other) {
        let mut note = Problem::new(
            codes::OTHER_DATES,
            format!("the run starts at {start}, and the first time of `{}` is {}", other.file, other.text),
        )
        .at(other.place, "laid on second 0");
        note = match taken {
            Some(first) => note.also(first.place, "the trace that gives the start"),
            None => note.also(&root.place("start"), "second 0").help(format!(
                "times of day and schedules follow `start`; leave it out to take the dates of the trace{}",
                if other.first.has_zone { String::new() } else { format!("; {}", reading(other)) }
            )),
        };
        builder.report.add(note);
    }
    let taken = taken.map(|first| first.text.clone());
    Some((calendar, taken))
}

/// The trace of a source, where it has dates that a scenario can start at.
fn dated(source: &TrafficSource) -> Option<Dated<'_>> {
    let TrafficSource::Trace(TraceSource { trace, file, place, zone, .. }) = source else { return None };
    let first = trace.first?;
    let text = Timestamp::from_nanosecond(first.unix_ns).ok()?.to_string();
    quantity::instant(&text).ok()?;
    Some(Dated { file, place, first, text, zone: zone.as_deref() })
}

fn taken_note(first: &Dated<'_>) -> Problem {
    let note = Problem::new(
        codes::START_OF_TRACE,
        format!("the run starts at {}, the first time of `{}`", first.text, first.file),
    )
    .at(first.place, "gives the start");
    if first.first.has_zone {
        return note.fix(format!("start = \"{}\"", first.text));
    }
    note.help(reading(first))
}

/// The zone in which times without one were read, and the key that changes it.
fn reading(dated: &Dated<'_>) -> String {
    match dated.zone {
        Some(zone) => {
            format!("its times have no zone and are read in {zone}; `timezone` in the trace's table says another")
        }
        None => "its times have no zone and are read as UTC; where they are local, write their zone in the trace's table: \
                 timezone = \"Europe/Berlin\""
            .to_owned(),
    }
}
