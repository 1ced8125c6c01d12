//! Recorded series of real services, where they are at hand: their gaps, odd grids and sizes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use windtunnel::scenario::{Loaded, Source, load};

use super::{Folder, MINIMAL, codes, valid};

/// The file of a folder as the traffic of a scenario.
fn replay_in(folder: &Path, file: &str, overrides: &[&str]) -> Loaded {
    let text = MINIMAL
        .replace("horizon = \"1h\"\n", "")
        .replace("shape = [{ constant = { rate = 5.0 } }]", &format!("trace = {{ file = \"{file}\" }}"));
    let source = Source { name: "test.toml".to_owned(), text };
    let mut overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    overrides.push("service.web.scaling.max_capacity=5000".to_owned());
    load(&source, &overrides, None, &mut Folder(folder.to_owned()))
}

/// The recorded series of that name, where it is at hand, as the traffic of a scenario.
fn replay(file: &str, overrides: &[&str]) -> Option<Loaded> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/traffic");
    folder.join(file).exists().then(|| replay_in(&folder, file, overrides))
}

/// A series of this shape: rows so many seconds apart from an instant on, some of which are missing.
struct Series {
    start: &'static str,
    step_s: i64,
    rows: usize,
    /// Every so many rows one is missing.
    gap_every: usize,
}

impl Series {
    /// The series as a scenario's traffic.
    fn replay(&self, overrides: &[&str]) -> Loaded {
        let start: jiff::Timestamp = self.start.parse().unwrap();
        let mut text = String::from("timestamp,requests\n");
        for row in 0..self.rows {
            if row % self.gap_every == self.gap_every - 1 {
                continue;
            }
            let at = start + jiff::SignedDuration::from_secs(self.step_s * row as i64);
            writeln!(text, "{at},{}", 50 + row * 7 % 90).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t.csv"), text).unwrap();
        replay_in(folder.path(), "t.csv", overrides)
    }
}

const HOLD: &str = "service.web.traffic.trace.gaps=hold";

#[test]
fn a_series_with_missing_samples_is_refused_until_gaps_are_explained() {
    let series = Series { start: "2014-04-10T00:04:00Z", step_s: 300, rows: 700, gap_every: 300 };
    let refused = series.replay(&[]);
    assert_eq!((codes(&refused), refused.diagnostics.len()), (vec!["WT044"], 2));
    let held = series.replay(&[HOLD]);
    assert_eq!(codes(&held), ["WT113", "WT201"]);
    let scenario = valid(held);
    assert_eq!(scenario.plan.start_unix_ns, 1_397_088_240_000_000_000);
    let counts = scenario.services[0].trace.as_ref().unwrap();
    assert_eq!((counts.intervals, counts.missing_intervals, counts.interval_ns), (698, 2, 300_000_000_000));
    let file = "aws_elb_request_count_5min.csv";
    let Some(refused) = replay(file, &[]) else { return };
    assert_eq!(codes(&refused), ["WT044"]);
    assert_eq!(refused.diagnostics.len(), 8);
    let held = replay(file, &[HOLD]).unwrap();
    // What is filled is counted once, and the first date of the file is the start: 2014-04-10 00:04 UTC.
    assert_eq!(codes(&held), ["WT113", "WT201"]);
    let scenario = valid(held);
    assert_eq!(scenario.plan.start_unix_ns, 1_397_088_240_000_000_000);
    let counts = scenario.services[0].trace.as_ref().unwrap();
    assert_eq!((counts.intervals, counts.missing_intervals, counts.interval_ns), (4032, 8, 300_000_000_000));
}

#[test]
fn five_years_of_hours_need_a_horizon_and_their_gaps_explained() {
    let series = Series { start: "2015-03-26T14:00:00Z", step_s: 3_600, rows: 44_026, gap_every: 5_000 };
    assert_eq!(codes(&series.replay(&[])), ["WT044"]);
    assert_eq!(codes(&series.replay(&[HOLD])), ["WT047", "WT113", "WT201"]);
    let year = valid(series.replay(&[HOLD, "horizon=365d"]));
    assert_eq!(year.services[0].trace.as_ref().unwrap().intervals, 365 * 24 - 1);
    let file = "app_server_cluster_hourly_2015-2020.csv";
    let Some(refused) = replay(file, &[]) else { return };
    assert_eq!(codes(&refused), ["WT044"]);
    // The fourteenth gap of the file lies beyond the five years that a run may last.
    assert_eq!(refused.diagnostics.len(), 13);
    assert_eq!(codes(&replay(file, &[HOLD]).unwrap()), ["WT047", "WT113", "WT201"]);
    let scenario = valid(replay(file, &[HOLD, "horizon=365d"]).unwrap());
    assert_eq!(scenario.services[0].trace.as_ref().unwrap().intervals, 365 * 24 - 1);
}

#[test]
fn offsets_in_seconds_and_whole_minutes_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..1440).map(|minute| format!("{},{}\n", minute * 60, minute % 7)).collect();
    std::fs::write(folder.path().join("t.csv"), format!("timestamp,requests\n{rows}")).unwrap();
    let scenario = valid(replay_in(folder.path(), "t.csv", &[]));
    assert_eq!(scenario.plan.horizon.0, 86_400_000_000_000);
    assert_eq!(scenario.services[0].trace.as_ref().unwrap().zero_intervals, 1440 / 7 + 1);
    let Some(loaded) = replay("azure_functions_2019_1000fn_1min.csv", &[]) else { return };
    let scenario = valid(loaded);
    assert_eq!(scenario.plan.horizon.0, 86_400_000_000_000);
    let scenario = valid(replay("nasa_http_1995-07_60s.csv", &[]).unwrap());
    assert_eq!(scenario.services[0].trace.as_ref().unwrap().zero_intervals, 162);
}

#[test]
fn a_zipped_series_of_seconds_is_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..200_000).map(|second| format!("{second},{}\n", second % 3)).collect();
    let out = std::fs::File::create(folder.path().join("t.csv.gz")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, format!("timestamp,requests\n{rows}").as_bytes()).unwrap();
    packed.finish().unwrap();
    let scenario = valid(replay_in(folder.path(), "t.csv.gz", &[]));
    let counts = scenario.services[0].trace.as_ref().unwrap();
    assert_eq!((counts.intervals, counts.zero_intervals), (200_000, 66_667));
    let expected = scenario.plan.services[0].traffic.expected_requests(scenario.plan.horizon);
    assert!((expected - 199_999.0).abs() < 0.5, "{expected}");
    let file = "nasa_http_1995-07_1s.csv.gz";
    let Some(loaded) = replay(file, &[]) else { return };
    let scenario = valid(loaded);
    let counts = scenario.services[0].trace.as_ref().unwrap();
    assert_eq!((counts.intervals, counts.zero_intervals), (1_382_399, 700_536));
    let exact = valid(replay(file, &["service.web.traffic.arrivals=exact_counts"]).unwrap());
    let expected = exact.plan.services[0].traffic.expected_requests(exact.plan.horizon);
    assert!(
        (expected - scenario.plan.services[0].traffic.expected_requests(scenario.plan.horizon)).abs() < 0.5
    );
}
