//! Traces as people have them: their dates against the scenario's calendar, their gaps, and the order of what is said.

use std::io::{Cursor, Read};

use windtunnel::kernel::units::SimTime;
use windtunnel::scenario::{Files, Loaded, Severity, Source, load, render};

use super::{MINIMAL, codes, valid};
use crate::example::NoFiles;

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
    let due = scenario.plan.services[0]
        .scaling
        .schedule
        .actions
        .iter()
        .flat_map(|action| action.occurrences.clone());
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
fn times_without_a_zone_are_those_of_the_zone_that_the_scenario_or_the_trace_says() {
    let zoneless = MARCH.replace("00Z", "00");
    let begin = |overrides: &[&str]| {
        let loaded = replay(&zoneless, overrides);
        let note = loaded.diagnostics[0].clone();
        assert_eq!((loaded.diagnostics.len(), note.code), (1, "WT201"));
        // A start with an offset does not follow the zone, so it is not what the note proposes.
        assert_eq!(note.fix, None);
        (valid(loaded).plan.start_unix_ns, note.help.unwrap())
    };
    let midnight_utc = 1_772_409_600_000_000_000;
    let (utc, help) = begin(&[]);
    assert!(help.contains("read as UTC") && help.contains("timezone = "), "{help}");
    let (berlin, help) = begin(&["timezone=Europe/Berlin"]);
    assert!(help.contains("read in Europe/Berlin"), "{help}");
    let (trace, _) =
        begin(&["service.web.traffic.trace.timezone=America/New_York", "timezone=Europe/Berlin"]);
    let hour = 3_600_000_000_000;
    assert_eq!([utc, berlin, trace], [midnight_utc, midnight_utc - hour, midnight_utc + 5 * hour]);
    // The same instant as `start`, however it is written.
    for start in ["start=2026-03-02T00:00:00+01:00", "start=2026-03-01T23:00:00Z"] {
        let loaded = replay(&zoneless, &["timezone=Europe/Berlin", start]);
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    }
    // Without a zone to follow, a start of another offset has two readings, and the note says so.
    let asks = replay(&zoneless, &["start=2026-03-02T00:00:00-04:00"]);
    assert_eq!(codes(&asks), ["WT202"]);
    assert!(asks.diagnostics[0].help.as_deref().unwrap().contains("where they are local"), "{asks:?}");
    // Offsets and zones are what they say, whatever the zone is.
    assert_eq!(valid(replay(MARCH, &["timezone=Europe/Berlin"])).plan.start_unix_ns, midnight_utc);
    assert!(
        codes(&replay(&zoneless, &["service.web.traffic.trace.timezone=Mars/Olympus"])).contains(&"WT009")
    );
}

/// Requests of a scenario between two hours of its run.
fn between(loaded: Loaded, from: u64, to: u64) -> f64 {
    let scenario = valid(loaded);
    let at = |hours: u64| {
        let span = windtunnel::kernel::units::SimDuration::from_secs(hours * 3600);
        scenario.plan.services[0].traffic.expected_requests(span)
    };
    at(to) - at(from)
}

#[test]
fn changes_of_clocks_are_followed_and_no_hour_is_lost_or_doubled() {
    let berlin = "timezone=Europe/Berlin";
    let autumn = "timestamp,requests\n2025-10-26 01:00,10\n2025-10-26 02:00,20\n2025-10-26 02:00,30\n2025-10-26 03:00,40\n\
                  2025-10-26 04:00,50\n";
    let read = || replay(autumn, &[berlin]);
    assert_eq!(codes(&read()), ["WT201"]);
    let hours: Vec<f64> = (0..5).map(|hour| between(read(), hour, hour + 1).round()).collect();
    assert_eq!(hours, [10.0, 20.0, 30.0, 40.0, 50.0]);
    // The zone is not known: what is wrong and what would read it are said, not "sort".
    let refused = replay(autumn, &[]);
    assert!(codes(&refused).iter().all(|code| *code == "WT043"), "{refused:?}");
    let half = autumn.replace("02:00,30", "01:30,30");
    let help = replay(&half, &[]).diagnostics[0].help.clone().unwrap();
    assert!(help.contains("timezone = \"Europe/Berlin\""), "{help}");
    // An export that has the hour once: a gap that is named, and not an hour off from there on.
    let once = autumn.replace("2025-10-26 02:00,30\n", "");
    let refused = replay(&once, &[berlin]);
    assert_eq!(codes(&refused), ["WT044"]);
    assert!(refused.diagnostics[0].help.as_deref().unwrap().contains("repeated hour once"));
    let kept = replay(&once, &[berlin, "service.web.traffic.trace.gaps=zero"]);
    assert!((between(kept, 3, 4) - 40.0).abs() < 1e-6);
    // In spring an hour is not there, and a row in it is refused.
    let spring = "timestamp,requests\n2026-03-29 01:00,10\n2026-03-29 03:00,20\n2026-03-29 04:00,30\n";
    assert!((between(replay(spring, &[berlin]), 1, 2) - 20.0).abs() < 1e-6);
    let skipped = spring.replace("03:00", "02:30");
    assert_eq!(codes(&replay(&skipped, &[berlin]))[0], "WT049");
    // A first row within the repeated hour has two readings, and both are said.
    let first = autumn.replace("2025-10-26 01:00,10\n", "");
    let asks = replay(&first, &[berlin]);
    assert_eq!(codes(&asks)[0], "WT049");
    let message = &asks.diagnostics[0].message;
    assert!(
        message.contains("2025-10-26T00:00:00Z") && message.contains("2025-10-26T01:00:00Z"),
        "{message}"
    );
    // Days across the change are 25 hours once.
    let days = "timestamp,requests\n2025-10-24,1\n2025-10-25,1\n2025-10-26,1\n2025-10-27,1\n";
    let refused = replay(days, &[berlin]);
    assert_eq!(codes(&refused), ["WT043"]);
    assert!(refused.diagnostics[0].help.as_deref().unwrap().contains("timezone = \"UTC\""));
    assert_eq!(codes(&replay(days, &[berlin, "service.web.traffic.trace.timezone=UTC"])), ["WT201"]);
}

#[test]
fn files_that_are_no_series_are_named_with_what_to_do() {
    let alb = "https 2026-03-02T09:05:00.186641Z app/web/50dc 192.0.2.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 \"GET \
               https://x:443/ HTTP/1.1\" \"curl\"\n";
    let wide = format!(
        "function,{}\nf,{}\n",
        (1..=60).map(|i| i.to_string()).collect::<Vec<_>>().join(","),
        ["7"; 60].join(",")
    );
    let k6 = "metric_name,timestamp,metric_value\nhttp_reqs,1772409600,1\nhttp_req_duration,1772409600,114\nhttp_reqs,1772409601,1\n\
              http_req_duration,1772409601,98\n";
    for (content, what, help) in [
        (
            "{\n  \"Label\": \"x\",\n  \"Datapoints\": [\n    {\"Timestamp\": 1}\n  ]\n}\n",
            "get-metric-statistics",
            "jq",
        ),
        ("{\"MetricDataResults\": [{\"Timestamps\": []}]}", "get-metric-data", "transpose"),
        ("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\"}}", "Prometheus", "jq"),
        ("{\"type\":\"Point\",\"metric\":\"http_reqs\"}\n", "k6", "http_reqs"),
        (
            "{\"version\": 6, \"nginx_version\": \"1.9.4\", \"timestamp\": 1}\n",
            "status of nginx",
            "difference",
        ),
        ("[\n  {\"a\": 1}\n]\n", "is JSON", "write a CSV"),
        (alb, "an access log of an Application Load Balancer", "by minute"),
        (
            "192.0.2.4 - - [22/Jan/2010:19:34:21 +0300] \"GET / HTTP/1.1\" 200 110 \"-\" \"x\"\n",
            "nginx, Apache",
            "by minute",
        ),
        ("#Software: IIS\n#Fields: date time\n2022-01-22 00:00:01 10.0.0.2\n", "W3C", "by minute"),
        (&wide, "a column for each interval (`1` to `60`)", "transpose"),
        (
            "timestamp,url,duration\n0,/a,5\n1,/b,7\n3,/a,2\n",
            "a row for each request (column `url`",
            "by minute",
        ),
        (
            k6,
            "several series: its column `metric_name` is `http_reqs`, `http_req_duration`",
            "keep the rows of one",
        ),
    ] {
        let loaded = replay(content, &[]);
        assert_eq!(codes(&loaded), ["WT048"], "{what}: {:?}", loaded.diagnostics);
        assert_eq!(loaded.diagnostics.len(), 1, "{what}");
        let said = &loaded.diagnostics[0];
        assert!(said.message.contains(what), "{what}: {}", said.message);
        assert!(said.help.as_deref().unwrap().contains(help), "{what}: {:?}", said.help);
    }
    // The same with its value column named.
    let loaded = replay(k6, &["service.web.traffic.trace.column=metric_value"]);
    assert_eq!(codes(&loaded), ["WT048"]);
}

#[test]
fn a_time_column_is_known_in_any_case_and_a_missing_value_column_lists_the_others() {
    for name in
        ["timestamp", "Timestamp", "TIMESTAMP", "Time", "time", "DateTime", "Date", "@timestamp", "TIME_S"]
    {
        let loaded = replay(&format!("{name},requests\n0,50\n60,60\n"), &[]);
        assert!(loaded.diagnostics.is_empty(), "{name}: {:?}", loaded.diagnostics);
    }
    // Where there are several, the surest is taken: `Time` here is no time of the calendar.
    let both = replay("Time,timestamp,requests\n7,0,50\n7,60,60\n", &[]);
    assert!(both.diagnostics.is_empty(), "{both:?}");
    let apart = replay("Date,Time,requests\n2026-03-02,09:05,50\n2026-03-02,09:06,50\n", &[]);
    assert_eq!(codes(&apart), ["WT041"]);
    assert!(apart.diagnostics[0].message.contains("two columns"), "{apart:?}");
    let missing = replay("Time,p99,hits\n0,1,50\n60,1,60\n", &[]);
    assert_eq!((codes(&missing), missing.diagnostics.len()), (vec!["WT041"], 1));
    let said = &missing.diagnostics[0];
    assert!(said.message.contains("the file has `p99`, `hits`"), "{}", said.message);
    assert_eq!(said.help.as_deref(), Some("name the column with the counts or rates: `column = \"p99\"`"));
}

#[test]
fn words_for_a_missing_value_are_gaps_and_a_header_in_between_is_none() {
    let words =
        "Time;Requests\n0;1\n60;null\n120;NaN\n180;N/A\n240;-\n300;\n360;7\n\"Time\";\"Requests\"\n420;8\n";
    let column = "service.web.traffic.trace.column=Requests";
    assert_eq!(codes(&replay(words, &[column])), ["WT044"]);
    let held = replay(words, &[column, "service.web.traffic.trace.gaps=hold"]);
    assert_eq!(codes(&held), ["WT113"]);
    let scenario = valid(held);
    let counts = scenario.services[0].trace.clone().unwrap();
    assert_eq!((counts.intervals, counts.missing_intervals), (3, 5));
    // Six times the first value, and the two others.
    assert!((scenario.plan.services[0].traffic.expected_requests(scenario.plan.horizon) - 21.0).abs() < 1e-9);
}

#[test]
fn rows_of_one_time_are_what_duplicates_says() {
    let twice = "timestamp,requests\n0,1\n60,2\n60,5\n60,\n120,3\n120,4\n";
    let refused = replay(twice, &[]);
    assert_eq!(codes(&refused), ["WT043"]);
    assert!(refused.diagnostics[0].help.as_deref().unwrap().contains("duplicates = \"sum\""));
    let total = |word: &str| {
        let scenario = valid(replay(twice, &[&format!("service.web.traffic.trace.duplicates={word}")]));
        assert_eq!(scenario.services[0].trace.as_ref().unwrap().intervals, 3);
        scenario.plan.services[0].traffic.expected_requests(scenario.plan.horizon).round()
    };
    assert_eq!((total("sum"), total("first"), total("last")), (15.0, 6.0, 10.0));
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
