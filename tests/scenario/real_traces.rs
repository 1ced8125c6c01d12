//! Recorded series of real services, where they are at hand: their gaps, odd grids and sizes.

use std::path::PathBuf;

use windtunnel::scenario::{Loaded, Source, load};

use super::{Folder, MINIMAL, codes, valid};

fn replay(file: &str, overrides: &[&str]) -> Option<Loaded> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/traffic");
    if !folder.join(file).exists() {
        return None;
    }
    let text = MINIMAL
        .replace("horizon = \"1h\"\n", "")
        .replace("shape = [{ constant = { rate = 5.0 } }]", &format!("trace = {{ file = \"{file}\" }}"));
    let source = Source { name: "test.toml".to_owned(), text };
    let mut overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    overrides.push("service.web.scaling.max_capacity=5000".to_owned());
    Some(load(&source, &overrides, None, &mut Folder(folder)))
}

const HOLD: &str = "service.web.traffic.trace.gaps=hold";

#[test]
fn a_series_with_missing_samples_is_refused_until_gaps_are_explained() {
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
    let Some(loaded) = replay("azure_functions_2019_1000fn_1min.csv", &[]) else { return };
    let scenario = valid(loaded);
    assert_eq!(scenario.plan.horizon.0, 86_400_000_000_000);
    let scenario = valid(replay("nasa_http_1995-07_60s.csv", &[]).unwrap());
    assert_eq!(scenario.services[0].trace.as_ref().unwrap().zero_intervals, 162);
}

#[test]
fn a_zipped_series_of_seconds_is_streamed() {
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
