//! The cron samples of the user guide, rates and their anchors, and the days on which clocks change.

use super::*;
use crate::scenario::language::quantity;

const ONCE: ClockChanges = ClockChanges { skipped_runs_later: false, repeated_runs_twice: false };

fn span(start: &str, hours: u64, zone: &str) -> Span {
    Span {
        second_0: quantity::instant(start).unwrap(),
        horizon: hours * 3_600_000_000_000,
        start: None,
        end: None,
        zone: quantity::zone(zone).unwrap(),
        clock_changes: ONCE,
    }
}

/// When `text` is due, in UTC.
fn due(text: &str, span: &Span) -> Vec<String> {
    let occurrences = parse(text).unwrap().occurrences(span);
    let utc = |at: SimTime| {
        let nanos = i128::from(span.second_0) + i128::from(at.0);
        Timestamp::from_nanosecond(nanos).unwrap().strftime("%a %d %H:%M").to_string()
    };
    occurrences.into_iter().map(utc).collect()
}

#[test]
fn cron_samples_of_the_user_guide() {
    // 2026-11-26 is a Thursday.
    let two_days = span("2026-11-26T00:00:00Z", 48, "UTC");
    assert_eq!(due("cron(0 10 * * ? *)", &two_days), ["Thu 26 10:00", "Fri 27 10:00"]);
    assert_eq!(due("cron(15 12 * * ? *)", &two_days), ["Thu 26 12:15", "Fri 27 12:15"]);
    let week = span("2026-11-26T00:00:00Z", 7 * 24, "UTC");
    let weekdays = ["Thu 26 18:00", "Fri 27 18:00", "Mon 30 18:00", "Tue 01 18:00", "Wed 02 18:00"];
    assert_eq!(due("cron(0 18 ? * MON-FRI *)", &week), weekdays);
    assert_eq!(due("cron(0 8 1 * ? *)", &week), ["Tue 01 08:00"]);
    assert_eq!(due("cron(0/15 * * * ? *)", &two_days).len(), 4 * 48 + 1);
    // Five weekdays of six tens an hour.
    assert_eq!(due("cron(0/10 * ? * MON-FRI *)", &week).len(), 5 * 24 * 6 + 1);
    let office = due("cron(0/5 8-17 ? * MON-FRI *)", &two_days);
    assert_eq!(
        (office.len(), office[0].as_str(), office[119].as_str()),
        (240, "Thu 26 08:00", "Thu 26 17:55")
    );
}

#[test]
fn at_is_a_local_time_and_happens_once() {
    let day = span("2026-11-27T00:00:00Z", 24, "Europe/Berlin");
    assert_eq!(due("at(2026-11-27T08:00:00)", &day), ["Fri 27 07:00"]);
    assert!(due("at(2026-11-28T08:00:00)", &day).is_empty());
}

#[test]
fn a_rate_counts_from_second_0_or_from_its_start() {
    let mut day = span("2026-11-27T00:10:00Z", 2, "UTC");
    assert_eq!(
        due("rate(30 minutes)", &day),
        ["Fri 27 00:40", "Fri 27 01:10", "Fri 27 01:40", "Fri 27 02:10"]
    );
    day.start = Some(quantity::instant("2026-11-27T01:00:00Z").unwrap());
    day.end = Some(quantity::instant("2026-11-27T02:00:00Z").unwrap());
    assert_eq!(due("rate(1 hour)", &day), ["Fri 27 01:00", "Fri 27 02:00"]);
    // An anchor before second 0 keeps its beat.
    day.start = Some(quantity::instant("2026-11-26T23:55:00Z").unwrap());
    assert_eq!(due("rate(1 hour)", &day), ["Fri 27 00:55", "Fri 27 01:55"]);
}

#[test]
fn a_recurring_schedule_runs_at_its_start_first_and_not_after_its_end() {
    let mut days = span("2026-11-26T00:00:00Z", 96, "UTC");
    days.start = Some(quantity::instant("2026-11-26T12:00:00Z").unwrap());
    days.end = Some(quantity::instant("2026-11-28T09:59:00Z").unwrap());
    assert_eq!(due("cron(0 10 * * ? *)", &days), ["Thu 26 12:00", "Fri 27 10:00"]);
}

#[test]
fn a_local_time_that_is_skipped_or_repeated_runs_as_the_assumptions_say() {
    // In Berlin 2026-03-29 goes from 02:00 to 03:00 at 01:00 UTC, 2026-10-25 from 03:00 back to 02:00 at 01:00 UTC.
    let with = |start, skipped_runs_later, repeated_runs_twice| Span {
        clock_changes: ClockChanges { skipped_runs_later, repeated_runs_twice },
        ..span(start, 48, "Europe/Berlin")
    };
    let half_past_two = "cron(30 2 * * ? *)";
    let (spring, autumn) = ("2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z");
    assert_eq!(due(half_past_two, &with(spring, false, false)), ["Sat 28 01:30"]);
    assert_eq!(due(half_past_two, &with(spring, true, false)), ["Sat 28 01:30", "Sun 29 01:30"]);
    assert_eq!(due(half_past_two, &with(autumn, false, false)), ["Sat 24 00:30", "Sun 25 00:30"]);
    assert_eq!(
        due(half_past_two, &with(autumn, false, true)),
        ["Sat 24 00:30", "Sun 25 00:30", "Sun 25 01:30"]
    );
    // Eight in the morning is eight in the morning on both sides of the change.
    let eight = due("cron(0 8 * * ? *)", &with(spring, false, false));
    assert_eq!(eight, ["Sat 28 07:00", "Sun 29 06:00"]);
}

#[test]
fn what_is_no_schedule_is_refused_in_words() {
    let table = [
        ("daily", "none of"),
        ("rate(0 minutes)", "`0`"),
        ("rate(5 seconds)", "`seconds`"),
        ("rate(5)", "a whole number and a unit"),
        ("at(2026-11-27 08:00)", "form"),
        ("at(2026-02-30T08:00:00)", "form"),
        ("cron(0 8 * * *)", "five"),
    ];
    for (text, expected) in table {
        let message = parse(text).unwrap_err();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn a_count_is_never_below_the_occurrences() {
    for text in [
        "cron(* * * * ? *)",
        "cron(0/7 3,4 L * ? *)",
        "cron(30 2 ? 3,10 SUN *)",
        "rate(7 minutes)",
        "rate(1 day)",
        "at(2026-03-29T02:30:00)",
    ] {
        for (start, end) in [(None, None), (Some(20), Some(40)), (Some(-400), None), (None, Some(-1))] {
            let whole = span("2026-01-01T00:00:00Z", 300 * 24, "Europe/Berlin");
            let day = |days: i64| whole.second_0 + days * 86_400_000_000_000;
            let span = Span { start: start.map(day), end: end.map(day), ..whole.clone() };
            let (schedule, hour) = (parse(text).unwrap(), 61);
            let found = schedule.occurrences(&span).len() as u64;
            let count = schedule.count(&span);
            assert!(count + hour >= found, "{text}: {count} for {found}");
        }
    }
}
