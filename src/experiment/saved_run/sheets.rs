//! The sheets of a run, read back as far as checks need them.

use serde::Deserialize;

use crate::experiment::minutes_over as over;
use crate::kernel::units::{NANOS_PER_MINUTE, SimDuration, SimTime};
use crate::record::MinuteRecord;
use crate::results::{CellNumber, TimelineRow, read_sheet};
use crate::scenario::{MinuteLimit, Outline};

/// A row of `replications.csv`.
#[derive(Debug, Deserialize)]
struct ReplicationRow {
    cost_per_month_usd: Option<f64>,
}

/// The cost of each run \[USD a month\], by `replications.csv`.
pub(super) fn costs(bytes: &[u8]) -> Result<Vec<Option<f64>>, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let rows = reader.deserialize().map(|row| row.map(|row: ReplicationRow| row.cost_per_month_usd));
    rows.collect::<Result<_, csv::Error>>()
        .map_err(|error| format!("`replications.csv` is malformed: {error}"))
}

/// Minutes over a limit \[min\], by `timeline.csv`; `None` where it cannot be read or says nothing of the service.
pub(super) fn minutes_over(
    bytes: &[u8],
    service: &str,
    declared: &Outline,
    limit: &MinuteLimit,
) -> Option<f64> {
    let rows = read_sheet::<TimelineRow>(bytes).ok()?;
    let rows: Vec<&TimelineRow> = rows.iter().filter(|row| row.service == service).collect();
    let minute = |(index, row): (usize, &&TimelineRow)| {
        let start = row.time_s.nanos();
        let end = rows.get(index + 1).map_or(declared.horizon.0, |next| next.time_s.nanos());
        let millis = |value: Option<CellNumber<3>>| value.map(|millis| nanos(millis.get() * 1e6));
        MinuteRecord {
            start: SimTime(start),
            length: SimDuration(end.saturating_sub(start)),
            rejected: row.rejected,
            timed_out: row.timed_out,
            failed: row.failed,
            cpu_utilization: row.cpu_utilization.map(CellNumber::get),
            memory_utilization: row.memory_utilization.map(CellNumber::get),
            response_time_mean: row.response_time_mean_ms.map(|millis| millis.get() * 1e6),
            response_time_p50: millis(row.response_time_p50_ms),
            response_time_p95: millis(row.response_time_p95_ms),
            response_time_p99: millis(row.response_time_p99_ms),
            ..MinuteRecord::default()
        }
    };
    let minutes: Vec<MinuteRecord> = rows.iter().enumerate().map(minute).collect();
    // A row is a minute at most: a longer one means that rows are missing, and a file that was cut short proves nothing.
    let is_whole = minutes.iter().all(|minute| minute.length.0 <= NANOS_PER_MINUTE + 1_000_000);
    is_whole.then(|| over(&minutes, declared.warmup, limit)).flatten()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a time, which is never negative"
)]
fn nanos(value: f64) -> u64 {
    value.round() as u64
}
