//! Traces as people have them: their dates against the scenario's calendar, their gaps, and the order of what is said.

use std::io::{Cursor, Read};

use windtunnel::kernel::units::SimTime;
use windtunnel::scenario::{Files, Loaded, Severity, Source, load, render};

use super::{MINIMAL, NoFiles, codes, valid};

/// One file, under every name.
struct One(String);

impl Files for One {
    fn open(&mut self, _: &str) -> Result<Box<dyn Read>, String> {
        Ok(Box::new(Cursor::new(self.0.clone().into_bytes())))
    }
}

/// The minimal scenario with a trace of that content.
fn replay(content: &str, overrides: &[&str]) -> Loaded {
    let text = MINIMAL
        .replace("horizon = \"1h\"\n", "")
        .replace("shape = [{ constant = { rate = 5.0 } }]", "trace = { file = \"t.csv\" }");
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    let source = Source { name: "test.toml".to_owned(), text };
    load(&source, &overrides, None, &mut One(content.to_owned()))
}

const MARCH: &str = "timestamp,requests\n2026-03-02T00:00:00Z,50\n2026-03-02T12:00:00Z,60\n";

#[test]
fn a_scenario_without_a_start_begins_where_its_trace_does() {
    let loaded = replay(MARCH, &[]);
    assert_eq!(codes(&loaded), ["WT201"]);
    let note = &loaded.diagnostics[0];
    assert_eq!(note.severity, Severity::Note);
    assert_eq!(note.fix.as_deref(), Some("start = \"2026-03-02T00:00:00Z\""));
    let scenario = valid(loaded);
    // 2026-03-02 00:00 UTC.
    assert_eq!(scenario.plan.start_unix_ns, 1_772_409_600_000_000_000);
    assert!(
        scenario.resolved_toml.contains("start = \"2026-03-02T00:00:00Z\""),
        "{}",
        scenario.resolved_toml
    );
}

#[test]
fn schedules_follow_the_dates_of_the_trace() {
    // The second of March 2026 is a Monday; the first of January, the default start, is a Thursday.
    let monday =
        r#"service.web.scaling.scheduled={ noon = { schedule = "cron(0 12 ? * MON *)", min_capacity = 3 } }"#;
    let scenario = valid(replay(MARCH, &[monday]));
    let due = scenario.plan.services[0].clock.actions.iter().flat_map(|action| action.occurrences.clone());
    assert_eq!(due.collect::<Vec<_>>(), [SimTime(12 * 3_600_000_000_000)]);
}

#[test]
fn a_start_of_the_scenario_stands_and_a_trace_of_another_date_is_told_once() {
    let start = "start=2026-11-27T00:00:00Z";
    let loaded = replay(MARCH, &[start]);
    assert_eq!(codes(&loaded), ["WT202"]);
    assert_eq!(loaded.diagnostics.len(), 1);
    assert!(loaded.diagnostics[0].message.contains("2026-03-02T00:00:00Z"), "{:?}", loaded.diagnostics);
    assert_eq!(valid(loaded).plan.start_unix_ns, 1_795_737_600_000_000_000);
    assert!(replay(MARCH, &["start=2026-03-02T00:00:00Z"]).diagnostics.is_empty());
    assert!(replay(MARCH, &["start=2026-03-02T01:00:00+01:00"]).diagnostics.is_empty());
    let offsets = "timestamp,requests\n0,50\n60,60\n";
    assert!(replay(offsets, &[]).diagnostics.is_empty());
    assert!(replay(offsets, &[start]).diagnostics.is_empty());
}

#[test]
fn times_without_a_zone_are_utc_and_the_note_says_how_to_say_otherwise() {
    let zoneless = MARCH.replace("00Z", "00");
    let loaded = replay(&zoneless, &["timezone=Europe/Berlin"]);
    let note = loaded.diagnostics[0].help.clone().unwrap();
    assert!(note.contains("start = \"2026-03-02T00:00:00+01:00\""), "{note}");
    assert_eq!(valid(loaded).plan.start_unix_ns, 1_772_409_600_000_000_000);
    // What the note proposes is then taken without another word.
    let local = replay(&zoneless, &["timezone=Europe/Berlin", "start=2026-03-02T00:00:00+01:00"]);
    assert!(local.diagnostics.is_empty(), "{:?}", local.diagnostics);
    let utc = replay(&zoneless, &["timezone=Europe/Berlin", "start=2026-03-01T23:00:00Z"]);
    assert!(utc.diagnostics.is_empty(), "{:?}", utc.diagnostics);
}

#[test]
fn a_filled_trace_says_once_how_much_was_filled() {
    let content = "Id,m1\nLabel,requests\n2026/03/02 00:00:00,\"1,000\"\n2026/03/02 00:05:00,\n\
                   2026/03/02 00:10:00,7\n2026/03/02 00:25:00,8\n";
    let refused = replay(content, &[]);
    assert_eq!(codes(&refused), ["WT044"]);
    let lines: Vec<usize> = refused.diagnostics.iter().map(|d| d.primary.as_ref().unwrap().line).collect();
    assert_eq!(lines, [4, 6]);
    let start = "start=2026-03-02T00:00:00Z";
    let loaded = replay(content, &[start, "service.web.traffic.trace.gaps=zero"]);
    assert_eq!(codes(&loaded), ["WT113"]);
    assert_eq!(
        loaded.diagnostics[0].message,
        "`t.csv`: 3 of 6 intervals are missing, the first at line 4; taken as no requests"
    );
    let counts = valid(loaded).services[0].trace.clone().unwrap();
    assert_eq!((counts.intervals, counts.missing_intervals), (3, 3));
}

#[test]
fn the_count_of_further_rows_stands_behind_the_rows_that_are_listed() {
    let bad: String = (0..30).map(|i| format!("{},-1\n", i * 60)).collect();
    let loaded = replay(&format!("timestamp,requests\n{bad}"), &[]);
    let lines: Vec<usize> = loaded.diagnostics.iter().map(|d| d.primary.as_ref().unwrap().line).collect();
    assert_eq!(lines, (2..=22).collect::<Vec<_>>());
    let text = render(&loaded.diagnostics, &loaded.sources, false);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}\n{text}"));
    // The twenty that are listed are one kind, told once; all are there for programs.
    assert!(at("t.csv:2:3") < at("the same 19 times more: t.csv:3 (-1), t.csv:4 (-1)"), "{text}");
    assert!(at("t.csv:12 (-1), …") < at("and 10 more rows"), "{text}");
    assert_eq!(text.matches("is negative").count(), 1, "{text}");
}

#[test]
fn an_ambiguous_date_is_an_error_with_the_key_that_decides() {
    let content = "timestamp;requests\n03/04/2026 00:00;1,5\n03/04/2026 00:05;2\n";
    let refused = replay(content, &[]);
    assert_eq!(codes(&refused), ["WT042"]);
    assert!(refused.diagnostics[0].help.as_deref().unwrap().contains("dates = \"day_first\""));
    let scenario = valid(replay(content, &["service.web.traffic.trace.dates=day_first"]));
    // 2026-04-03 00:00 UTC.
    assert_eq!(scenario.plan.start_unix_ns, 1_775_174_400_000_000_000);
    let scenario = valid(replay(content, &["service.web.traffic.trace.dates=month_first"]));
    // 2026-03-04 00:00 UTC.
    assert_eq!(scenario.plan.start_unix_ns, 1_772_582_400_000_000_000);
    let wrong = replay(content, &["service.web.traffic.trace.dates=year_first"]);
    assert_eq!(codes(&wrong), ["WT008"]);
    let text =
        replay("timestamp;requests\n0;1.500\n60;2.500\n", &["service.web.traffic.trace.decimal=comma"]);
    let counts = valid(text);
    assert!((counts.plan.services[0].traffic.expected_requests(counts.plan.horizon) - 4000.0).abs() < 1e-6);
}

#[test]
fn a_trace_that_cannot_be_read_says_nothing_of_its_dates() {
    let source = Source {
        name: "test.toml".to_owned(),
        text: MINIMAL.replace("shape = [{ constant = { rate = 5.0 } }]", "trace = { file = \"t.csv\" }"),
    };
    assert_eq!(codes(&load(&source, &[], None, &mut NoFiles)), ["WT040"]);
}
