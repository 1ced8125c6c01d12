//! Forms that a trace may have, and the messages about those that it may not.

use std::io::Read;

use jiff::tz::TimeZone;
use windtunnel_kernel::units::NANOS_PER_SEC;

use super::*;
use crate::scenario::import::trace::model::{TraceProblem, Wider};
use crate::scenario::import::trace::series::MOST_COUNTED;
use crate::scenario::language::codes;

fn options(gaps: Gaps, until_s: u64) -> TraceOptions<'static> {
    TraceOptions {
        file: "t.csv",
        column: "requests",
        gaps,
        dates: None,
        decimal: None,
        duplicates: Duplicates::Error,
        zone: const { &TimeZone::UTC },
        is_zone_given: false,
        until: until_s * NANOS_PER_SEC,
    }
}

fn read_text(text: &str, gaps: Gaps, until_s: u64) -> Result<Trace, Vec<TraceProblem>> {
    read(Box::new(std::io::Cursor::new(text.as_bytes().to_vec())), &options(gaps, until_s))
}

fn codes_of(text: &str) -> Vec<(&'static str, usize)> {
    read_text(text, Gaps::Error, 10_000).unwrap_err().iter().map(|p| (p.code, p.line)).collect()
}

#[test]
fn equal_neighbours_are_one_run_and_the_horizon_cuts() {
    let trace = read_text("timestamp,requests\n0,5\n60,5\n120,0\n180,7\n", Gaps::Error, 150).unwrap();
    assert_eq!(
        trace.runs,
        [EqualIntervals { intervals: 2, value: 5.0 }, EqualIntervals { intervals: 1, value: 0.0 }]
    );
    assert_eq!((trace.step, trace.given, trace.zeros, trace.ended), (60 * NANOS_PER_SEC, 3, 1, false));
}

#[test]
fn missing_rows_are_an_error_a_zero_or_the_row_before_as_asked() {
    let text = "\u{feff}timestamp,requests\r\n2026-01-01 00:00:00,4\r\n2026-01-01 00:01:00,6\r\n2026-01-01 00:04:00,1\r\n";
    assert_eq!(codes_of(text), [(codes::TRACE_GAP, 4)]);
    let zero = read_text(text, Gaps::Zero, 10_000).unwrap();
    assert_eq!((zero.given, zero.missing, zero.zeros, zero.runs[2].value), (3, 2, 0, 0.0));
    let hold = read_text(text, Gaps::Hold, 10_000).unwrap();
    assert_eq!(hold.runs[1], EqualIntervals { intervals: 3, value: 6.0 });
    assert!(hold.ended);
}

#[test]
fn times_farther_apart_than_any_clock_counts_are_told_and_never_overflow() {
    // A cell without a value, a row with one, and several such gaps in a row, with a step of a nanosecond.
    let far = |value: &str| {
        format!(
            "timestamp,requests\n-9999999999999999999,1\n-9999999999999999998,1\n9999999999999999999,{value}\n9999999999999999999,3\n"
        )
    };
    for (value, said) in
        [("", "19999999999999999997 intervals are"), ("2", "19999999999999999996 intervals are")]
    {
        let problems = read_text(&far(value), Gaps::Error, 1).unwrap_err();
        assert!(problems[0].message.starts_with(said), "{problems:?}");
        for gaps in [Gaps::Zero, Gaps::Hold] {
            for duplicates in [Duplicates::Error, Duplicates::Sum, Duplicates::Last] {
                let options = TraceOptions { duplicates, ..options(gaps, 1) };
                let trace = read(Box::new(std::io::Cursor::new(far(value).into_bytes())), &options).unwrap();
                assert_eq!((trace.step, trace.given, trace.missing), (1, 2, NANOS_PER_SEC - 2));
            }
        }
    }
    let rows: String =
        (0..20).map(|row| format!("{}.0,\n", -99_999_999_999_i64 + row * 19_000_000_000)).collect();
    let text = format!("time_s,requests\n-99999999999.000000001,1\n{rows}");
    let problems = read_text(&text, Gaps::Error, 1).unwrap_err();
    assert!(problems[0].message.contains("have no value, from this row on"), "{problems:?}");
}

#[test]
fn every_bad_row_is_named_by_its_line() {
    let text = "timestamp,requests\n0,1\n60,2\n60,3\n30,1\n120,-1\n180,-inf\n240,inf\nnoon,1\n250,1\n";
    assert_eq!(
        codes_of(text),
        [
            (codes::TRACE_ORDER, 4),
            (codes::TRACE_ORDER, 5),
            (codes::TRACE_VALUE, 6),
            (codes::TRACE_VALUE, 7),
            (codes::TRACE_VALUE, 8),
            (codes::TRACE_VALUE, 9),
            (codes::TRACE_ORDER, 10)
        ]
    );
}

#[test]
fn a_long_list_of_problems_is_cut_with_a_count() {
    let mut text = "timestamp,requests\n0,1\n60,1\n".to_owned();
    (0..50).for_each(|_| text.push_str("60,1\n"));
    let problems = read_text(&text, Gaps::Error, 10_000).unwrap_err();
    assert_eq!(problems.len(), 21);
    assert_eq!(problems[20].message, "and 30 more rows from this one on");
    // Two good rows and the header stand above the first of fifty, and twenty are listed.
    assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), (4..=24).collect::<Vec<_>>());
}

#[test]
fn endless_empty_lines_and_endless_bad_rows_end_the_reading() {
    let empty = format!("timestamp,requests\n0,1\n{}", "\n".repeat(MOST_COUNTED + 5));
    assert_eq!(codes_of(&empty), [(codes::TRACE_TOO_LARGE, MOST_COUNTED + 3)]);
    let bad = format!("timestamp,requests\n{}", "x\n".repeat(MOST_COUNTED * 2));
    let problems = read_text(&bad, Gaps::Error, 10_000).unwrap_err();
    assert_eq!(
        problems.last().unwrap().message,
        "and 100000 more rows from this one on, where reading stopped"
    );
}

#[test]
fn a_trace_without_its_columns_or_rows_is_refused() {
    assert_eq!(codes_of(""), [(codes::TRACE_HEADER, 0)]);
    assert_eq!(codes_of("when,requests\n0,1\n"), [(codes::TRACE_HEADER, 1)]);
    assert_eq!(codes_of("timestamp,hits\n0,1\n"), [(codes::TRACE_HEADER, 1)]);
    assert_eq!(codes_of("timestamp,requests\n0,1\n"), [(codes::TRACE_HEADER, 0)]);
    assert_eq!(
        codes_of(&format!("timestamp,requests\n0,{}\n", "1".repeat(2 << 20))),
        [(codes::TRACE_TOO_LARGE, 2)]
    );
}

#[test]
fn an_export_of_the_console_is_read_whatever_its_labels() {
    let rows = "2026/03/02 00:00:00,10\n2026/03/02 00:05:00,20\n";
    let read = |text: &str| read_text(text, Gaps::Error, 10_000).unwrap();
    let plain = read(&format!("timestamp,requests\n{}", rows.replace('/', "-")));
    for labels in [
        "Id,m1\nLabel,RequestCount\nFull label,ALB RequestCount\n",
        "\"Label\",\"requests\"\n",
        "Full label,app/web/50dc,\n\nTimestamp,Sum\n",
    ] {
        assert_eq!(read(&format!("{labels}{rows}")), plain, "{labels}");
    }
    let two = "Id,m1,m2\nLabel,p99,requests\n2026/03/02 00:00:00,9,10\n2026/03/02 00:05:00,9,20\n";
    assert_eq!(read(two), plain);
    assert_eq!(codes_of(&two.replace("requests", "Requests")), [(codes::TRACE_HEADER, 1)]);
    assert_eq!(codes_of(&two.replace("p99", "requests")), [(codes::TRACE_HEADER, 1)]);
    assert_eq!(codes_of(&two.replace("9,10", "9,ten")), [(codes::TRACE_VALUE, 3)]);
    assert_eq!(codes_of(&"Label,requests\n".repeat(50)), [(codes::TRACE_HEADER, 1)]);
    assert_eq!(codes_of(rows), [(codes::TRACE_HEADER, 1)]);
}

/// Rows `0,7`, `1,7`, … made as they are read.
struct Rows {
    next: u64,
    last: u64,
    pending: Vec<u8>,
}

impl Read for Rows {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.pending.len() < out.len() && self.next < self.last {
            self.pending.extend_from_slice(format!("{},7\n", self.next).as_bytes());
            self.next += 1;
        }
        let length = self.pending.len().min(out.len());
        out[..length].copy_from_slice(&self.pending[..length]);
        self.pending.drain(..length);
        Ok(length)
    }
}

#[test]
fn a_long_trace_is_streamed_and_nothing_beyond_the_horizon_is_read() {
    let rows = |last| Rows { next: 0, last, pending: b"timestamp,requests\n".to_vec() };
    let whole = read(Box::new(rows(1_000_000)), &options(Gaps::Error, 2_000_000)).unwrap();
    assert_eq!(whole.runs, [EqualIntervals { intervals: 1_000_000, value: 7.0 }]);
    let endless = read(Box::new(rows(u64::MAX)), &options(Gaps::Error, 3600)).unwrap();
    assert_eq!((endless.given, endless.ended), (3600, false));
}

#[test]
fn gzip_is_read_and_a_broken_one_is_an_error() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"time_s,requests\n0,1\n1,2\n").unwrap();
    let bytes = encoder.finish().unwrap();
    let whole = read(Box::new(std::io::Cursor::new(bytes.clone())), &options(Gaps::Error, 100)).unwrap();
    assert_eq!(whole.step, NANOS_PER_SEC);
    let broken = bytes[..bytes.len() - 12].to_vec();
    let problems = read(Box::new(std::io::Cursor::new(broken)), &options(Gaps::Error, 100)).unwrap_err();
    assert_eq!(problems[0].code, codes::FILE_UNREADABLE);
}

fn problems_of(text: &str) -> Vec<TraceProblem> {
    read_text(text, Gaps::Error, 1_000_000).unwrap_err()
}

/// The values of all intervals.
fn values(trace: &Trace) -> Vec<f64> {
    trace.runs.iter().flat_map(|run| vec![run.value; usize::try_from(run.intervals).unwrap()]).collect()
}

#[test]
fn milliseconds_and_smaller_units_are_the_same_trace_as_seconds() {
    let plain = read_text("timestamp,requests\n1772409600,4\n1772409660,6\n", Gaps::Error, 1000).unwrap();
    assert_eq!(plain.first, Some(FirstTime { unix_ns: 1_772_409_600_000_000_000, has_zone: true }));
    for unit in ["000", "000000", "000000000"] {
        let text = format!("timestamp,requests\n1772409600{unit},4\n1772409660{unit},6\n");
        assert_eq!(read_text(&text, Gaps::Error, 1000).unwrap(), plain, "{unit}");
    }
    assert_eq!(plain.step, 60 * NANOS_PER_SEC);
    let problems = problems_of("time_s,requests\n1772409600000,4\n1772409660000,6\n");
    assert_eq!((problems[0].code, problems[0].line, &problems[0].span), (codes::TRACE_VALUE, 2, &(0..13)));
    assert!(problems[0].message.contains("too large for seconds"), "{problems:?}");
    let offsets = read_text("timestamp,requests\n0,4\n60,6\n", Gaps::Error, 1000).unwrap();
    assert_eq!(offsets.first, None);
}

#[test]
fn empty_cells_are_missing_intervals_in_their_place() {
    let text = "Id,m1,m2\nLabel,requests,p99\n2026/03/02 00:00:00,,1\n2026/03/02 00:05:00,8,\n\
                2026/03/02 00:10:00,,2\n2026/03/02 00:15:00,\"\",\n2026/03/02 00:25:00,9,\n2026/03/02 00:30:00,,3\n";
    let zero = read_text(text, Gaps::Zero, 10_000).unwrap();
    assert_eq!(values(&zero), [0.0, 8.0, 0.0, 0.0, 0.0, 9.0, 0.0]);
    assert_eq!((zero.given, zero.missing, zero.zeros, zero.first_missing), (2, 5, 0, 3));
    let problems = problems_of(text);
    let said: Vec<_> = problems.iter().map(|p| (p.code, p.line, p.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (codes::TRACE_GAP, 3, "the row has no value"),
            (codes::TRACE_GAP, 5, "3 intervals have no value, from this row on"),
            (codes::TRACE_GAP, 8, "the row has no value"),
        ]
    );
    let leading = read_text(text, Gaps::Hold, 10_000).unwrap_err();
    assert_eq!((leading.len(), leading[0].line), (1, 3));
    let held = read_text(&text.replace("00:00:00,,1", "00:00:00,7,1"), Gaps::Hold, 10_000).unwrap();
    assert_eq!(values(&held), [7.0, 8.0, 8.0, 8.0, 8.0, 9.0, 9.0]);
}

#[test]
fn a_gap_behind_the_first_row_does_not_make_the_step_longer() {
    let text = "timestamp,requests\n0,1\n600,2\n900,3\n1200,4\n1800,5\n2100,6\n";
    assert_eq!(codes_of(text), [(codes::TRACE_GAP, 3), (codes::TRACE_GAP, 6)]);
    let zero = read_text(text, Gaps::Zero, 10_000).unwrap();
    assert_eq!(values(&zero), [1.0, 0.0, 2.0, 3.0, 4.0, 0.0, 5.0, 6.0]);
    assert_eq!(zero.step, 300 * NANOS_PER_SEC);
}

#[test]
fn a_file_of_two_resolutions_is_noticed() {
    let coarse: String = (0..20).map(|i| format!("{},5\n", i * 300)).collect();
    let fine: String = (1..20).map(|i| format!("{},1\n", 5700 + i * 60)).collect();
    let problems = problems_of(&format!("timestamp,requests\n{coarse}{fine}"));
    assert_eq!((problems[0].code, problems[0].line), (codes::TRACE_ORDER, 22));
    assert!(problems[0].help.as_deref().unwrap().contains("two resolutions"), "{problems:?}");
    let fine: String = (0..20).map(|i| format!("{},1\n", i * 60)).collect();
    let coarse: String = (1..20).map(|i| format!("{},5\n", 1140 + i * 300)).collect();
    let filled = read_text(&format!("timestamp,requests\n{fine}{coarse}"), Gaps::Zero, 10_000).unwrap();
    assert_eq!(filled.wider, Some(Wider { line: 22, steps: 5 }));
}

#[test]
fn thousands_in_quotes_are_numbers_and_without_quotes_too_many_columns() {
    let trace = read_text("timestamp,requests\n0,\"8,644\"\n300,\"1,009,008\"\n", Gaps::Error, 1000).unwrap();
    assert_eq!(values(&trace), [8644.0, 1_009_008.0]);
    let problems = problems_of("timestamp,requests\n0,8,644\n300,9,008\n");
    assert_eq!((problems.len(), problems[0].line, &problems[0].span), (2, 2, &(4..7)));
    assert!(problems[0].help.as_deref().unwrap().contains("quotes"), "{problems:?}");
}

#[test]
fn semicolons_tabs_and_decimal_commas_are_read() {
    let plain = read_text("timestamp,requests\n0,1234.5\n60,7\n", Gaps::Error, 1000).unwrap();
    for text in [
        "timestamp;requests\n0;1234,5\n60;7\n",
        "timestamp;requests\n0;1.234,5\n60;7\n",
        "sep=;\ntimestamp;requests\n0;1234.5\n60;7\n",
        "timestamp\trequests\n0\t1,234.5\n60\t7\n",
        "timestamp;requests;p99\r\n0;1 234,5;0,1\r\n60;7;0,2\r\n",
    ] {
        assert_eq!(read_text(text, Gaps::Error, 1000).unwrap(), plain, "{text}");
    }
    let labels = "Id;m1\nLabel;requests\n02.03.2026 00:00;1234,5\n02.03.2026 00:01;7\n";
    assert_eq!(values(&read_text(labels, Gaps::Error, 1000).unwrap()), [1234.5, 7.0]);
    let swappable = "Id;m1\nLabel;requests\n03/04/2026 00:00;12,5\n03/04/2026 00:01;7\n";
    let options = TraceOptions { dates: Some(DateOrder::DayFirst), ..options(Gaps::Error, 1000) };
    let found = read(Box::new(std::io::Cursor::new(swappable.as_bytes().to_vec())), &options).unwrap();
    assert_eq!(values(&found), [12.5, 7.0]);
    assert_eq!(codes_of(swappable), [(codes::TRACE_VALUE, 3)]);
}

#[test]
fn a_number_or_a_date_with_two_readings_is_told_once_with_the_key_that_decides() {
    let text = "timestamp;requests\n0;1.234\n60;2.345\n120;many\n";
    let problems = problems_of(text);
    assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 4]);
    assert!(problems[0].message.contains("1.234 or 1234"), "{problems:?}");
    let asked = |decimal| {
        let text = text.replace("120;many\n", "");
        let options = TraceOptions { decimal: Some(decimal), ..options(Gaps::Error, 1000) };
        values(&read(Box::new(std::io::Cursor::new(text.into_bytes())), &options).unwrap())
    };
    assert_eq!(asked(Decimal::Comma), [1234.0, 2345.0]);
    assert_eq!(asked(Decimal::Point), [1.234, 2.345]);

    let text = "timestamp,requests\n03/04/2026 10:00,1\n03/04/2026 10:05,2\n03/04/2026 10:10,-2\n";
    let problems = problems_of(text);
    assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [2, 4]);
    assert!(problems[0].help.as_deref().unwrap().contains("dates = \"day_first\""), "{problems:?}");
    let asked = |dates| {
        let text = text.replace("-2", "2");
        let options = TraceOptions { dates: Some(dates), ..options(Gaps::Error, 1000) };
        read(Box::new(std::io::Cursor::new(text.into_bytes())), &options).unwrap().first.unwrap().unix_ns
    };
    // 3 April 2026 and 4 March 2026, 10:00 UTC.
    assert_eq!(asked(DateOrder::DayFirst), 1_775_210_400_000_000_000);
    assert_eq!(asked(DateOrder::MonthFirst), 1_772_618_400_000_000_000);
}

#[test]
fn one_date_that_leaves_no_choice_decides_for_the_file() {
    let read = |text: &str| read_text(text, Gaps::Error, 1_000_000).unwrap();
    let day_first = read("timestamp,requests\n12/03/2026 23:55,1\n13/03/2026 00:00,2\n");
    assert_eq!((day_first.step, day_first.given), (300 * NANOS_PER_SEC, 2));
    let month_first = read("timestamp,requests\n3/12/2026 11:55 PM,1\n3/13/2026 12:00 AM,2\n");
    assert_eq!(month_first, day_first);
}

#[test]
fn sixteen_bit_texts_are_read_and_workbooks_are_named() {
    let text = "\u{feff}timestamp\trequests\r\n2026-03-02 00:00\t4\r\n2026-03-02 00:05\t5\r\n";
    let read_bytes =
        |bytes: Vec<u8>| read(Box::new(std::io::Cursor::new(bytes)), &options(Gaps::Error, 1000));
    let plain = read_bytes(text.as_bytes().to_vec()).unwrap();
    assert_eq!(values(&plain), [4.0, 5.0]);
    assert_eq!(read_bytes(text.encode_utf16().flat_map(u16::to_le_bytes).collect()), Ok(plain.clone()));
    assert_eq!(read_bytes(text.encode_utf16().flat_map(u16::to_be_bytes).collect()), Ok(plain));
    let unmarked = text.encode_utf16().skip(1).flat_map(u16::to_le_bytes).collect();
    assert!(read_bytes(unmarked).unwrap_err()[0].message.contains("UTF-16"));
    let workbook = read_bytes(b"PK\x03\x04rest".to_vec()).unwrap_err();
    assert_eq!(workbook[0].code, codes::FILE_UNREADABLE);
    assert!(workbook[0].message.contains("workbook"), "{workbook:?}");
}

#[test]
fn a_file_that_runs_backwards_is_told_in_one_sentence() {
    let rows: String = (0..50).rev().map(|i| format!("{},1\n", i * 60)).collect();
    let problems = problems_of(&format!("timestamp,requests\n{rows}"));
    assert_eq!((problems.len(), problems[0].code, problems[0].line), (1, codes::TRACE_ORDER, 3));
    assert!(problems[0].message.contains("latest"), "{problems:?}");
    let mixed = problems_of("timestamp,requests\n0,1\n120,1\n60,1\n60,2\n180,1\n");
    let said: Vec<_> = mixed.iter().map(|p| (p.code, p.line)).collect();
    // Where its row stands too late, an interval is missing in its place.
    assert_eq!(said, [(codes::TRACE_GAP, 3), (codes::TRACE_ORDER, 4), (codes::TRACE_ORDER, 5)]);
}

#[test]
fn a_problem_points_at_its_cell() {
    let problems = problems_of("timestamp,p99,requests\n0,1,2\n60,1, many\nnoon,1,2\n120,1,2\n");
    let said: Vec<_> = problems.iter().map(|p| (p.line, p.span.clone())).collect();
    assert_eq!(said, [(3, 6..10), (4, 0..4)]);
    assert!(problems[0].message.contains("column `requests`"));
    assert!(problems[1].help.as_deref().unwrap().contains("2026-03-02T09:05:00Z"));
    let header = problems_of("2026-03-02 00:00,1\n2026-03-02 00:05,1\n");
    assert!(header[0].help.as_deref().unwrap().contains("`timestamp,requests`"), "{header:?}");
    let returns = problems_of("timestamp,requests\r0,1\r60,2\r");
    assert!(returns[0].message.contains("carriage return"), "{returns:?}");
    let compact = problems_of("timestamp,requests\n20260302,1\n20260303,1\n");
    assert!(compact[0].help.as_deref().unwrap().contains("2026-03-02"), "{compact:?}");
}
