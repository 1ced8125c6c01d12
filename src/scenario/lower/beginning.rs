//! Where second 0 lies in the calendar: at `start`, where the scenario gives one; else at the first time of the traces, where
//! they have dates; else at the default. Schedules, times of day and the months of a bill follow from it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::traffic::Source;
use super::{Lower, View};
use crate::scenario::curve::Calendar;
use crate::scenario::diagnostic::Problem;
use crate::scenario::trace::FirstTime;
use crate::scenario::tree::Place;
use crate::scenario::{codes, quantity};

/// The first time of a trace: in which file, where the scenario names it.
struct Dated<'a> {
    file: &'a str,
    place: &'a Place,
    first: FirstTime,
    text: String,
}

/// The calendar, and the text of a start that was taken from a trace.
pub(super) fn calendar(
    root: View<'_>,
    sources: &[Option<Source>],
    lower: &mut Lower<'_>,
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
        lower.report.add(taken_note(first, &calendar.zone));
    }
    let is_other = |dated: &&Dated<'_>| !is_same(dated.first, &start, &calendar);
    if let Some(other) = dated.iter().find(is_other) {
        let mut note = Problem::new(
            codes::OTHER_DATES,
            format!("the run starts at {start}, and the first time of `{}` is {}", other.file, other.text),
        )
        .at(other.place, "laid on second 0");
        note = match taken {
            Some(first) => note.also(first.place, "the trace that gives the start"),
            None => note.also(&root.place("start"), "second 0").help(
                "times of day and schedules follow `start`; leave it out to take the dates of the trace",
            ),
        };
        lower.report.add(note);
    }
    let taken = taken.map(|first| first.text.clone());
    Some((calendar, taken))
}

/// The trace of a source, where it has dates that a scenario can start at.
fn dated(source: &Source) -> Option<Dated<'_>> {
    let Source::Trace { trace, file, place, .. } = source else { return None };
    let first = trace.first?;
    let text = Timestamp::from_nanosecond(first.unix_ns).ok()?.to_string();
    quantity::instant(&text).ok()?;
    Some(Dated { file, place, first, text })
}

fn taken_note(first: &Dated<'_>, zone: &TimeZone) -> Problem {
    let note = Problem::new(
        codes::START_OF_TRACE,
        format!("the run starts at {}, the first time of `{}`", first.text, first.file),
    )
    .at(first.place, "gives the start")
    .fix(format!("start = \"{}\"", first.text));
    if first.first.has_zone {
        return note;
    }
    // What the same text says in the zone of the scenario.
    let local = Timestamp::from_nanosecond(first.first.unix_ns)
        .ok()
        .map(|at| at.to_zoned(TimeZone::UTC).datetime())
        .and_then(|civil| civil.to_zoned(zone.clone()).ok())
        .map(|zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .filter(|text| !text.ends_with("+00:00"));
    note.help(match local {
        Some(local) => format!("its times have no zone and are read as UTC; where they are local, start = \"{local}\""),
        None => "its times have no zone and are read as UTC; where they are local, write `start` with their offset"
            .to_owned(),
    })
}

/// Whether a trace begins at the start; times without a zone may be those of the start's offset or of the scenario's zone.
fn is_same(first: FirstTime, start: &str, calendar: &Calendar) -> bool {
    let start_ns = i128::from(calendar.start_unix_ns);
    if first.unix_ns == start_ns {
        return true;
    }
    let (Ok(at), Ok(begin)) =
        (Timestamp::from_nanosecond(first.unix_ns), Timestamp::from_nanosecond(start_ns))
    else {
        return false;
    };
    let written = at.to_zoned(TimeZone::UTC).datetime();
    let as_written = start.get(..19).and_then(|text| text.parse::<DateTime>().ok());
    let local = begin.to_zoned(calendar.zone.clone()).datetime();
    !first.has_zone && (as_written == Some(written) || local == written)
}
