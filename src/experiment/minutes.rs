//! Figures read from the minutes of a run: the longest time in which capacity was short, and the number of minutes over
//! a limit. Minutes that begin in the warm-up are left out, as its requests are.

use crate::kernel::simulation::Plan;
use crate::kernel::units::SimDuration;
use crate::record::shortfall::{Ending, shortfalls};
use crate::record::{MinuteRecord, ServiceRecord};
use crate::scenario::{MinuteFigure, MinuteLimit};

/// The longest stretch in which capacity was short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Longest {
    /// Length of the stretch \[s\].
    pub seconds: f64,
    /// Whether it was not over when the run ended: it is at least so long.
    pub is_open: bool,
}

/// The longest stretch of a run in which more was offered to a service than its tasks in service could carry, zero where
/// there was none; the last of equals. `None` where there is nothing to judge: no limit of a task is known, no request was
/// offered after the warm-up, or the run was not recorded by the minute.
#[must_use]
pub fn longest_shortfall(service: &ServiceRecord, plan: &Plan) -> Option<Longest> {
    let capacity = plan.services.iter().find(|known| known.name == service.name)?.capacity_per_task()?;
    let minutes = after_warmup(&service.timeline, plan.warmup);
    if service.requests.offered == 0 || minutes.is_empty() {
        return None;
    }
    let found = shortfalls(minutes, &service.in_service, capacity);
    let longest = found.iter().max_by_key(|shortfall| shortfall.length());
    Some(longest.map_or(Longest { seconds: 0.0, is_open: false }, |longest| Longest {
        seconds: longest.length().as_secs_f64(),
        is_open: longest.ending == Ending::RunEnded,
    }))
}

/// Minutes in which the figure was over the limit \[min\]; rows shorter than a minute count as what they are. A row in
/// which requests were lost and none was answered has no response time, and is over every limit of one. `None` where no
/// row says anything.
#[must_use]
pub fn minutes_over(timeline: &[MinuteRecord], warmup: SimDuration, limit: &MinuteLimit) -> Option<f64> {
    let (mut any, mut over) = (false, 0_u128);
    for minute in after_warmup(timeline, warmup) {
        let Some(is_over) = is_over(minute, limit) else { continue };
        any = true;
        if is_over {
            over += u128::from(minute.length.0);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "minutes as a statistic")]
    any.then_some(over as f64 / 60e9)
}

/// The rows that begin after the warm-up.
fn after_warmup(timeline: &[MinuteRecord], warmup: SimDuration) -> &[MinuteRecord] {
    &timeline[timeline.partition_point(|minute| minute.start.0 < warmup.0)..]
}

fn is_over(minute: &MinuteRecord, limit: &MinuteLimit) -> Option<bool> {
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a request as milliseconds")]
    let millis = |nanos: Option<u64>| nanos.map(|nanos| nanos as f64 / 1e6);
    let value = match limit.figure {
        MinuteFigure::ResponseTimeMean => minute.response_time_mean.map(|nanos| nanos / 1e6),
        MinuteFigure::ResponseTimeP50 => millis(minute.response_time_p50),
        MinuteFigure::ResponseTimeP95 => millis(minute.response_time_p95),
        MinuteFigure::ResponseTimeP99 => millis(minute.response_time_p99),
        MinuteFigure::CpuUtilization => minute.cpu_utilization,
        // Where no memory is declared its utilization is zero all the time: that is no data.
        MinuteFigure::MemoryUtilization => minute.memory_utilization.filter(|share| *share > 0.0),
    };
    let is_lost = limit.figure.is_time() && minute.rejected + minute.timed_out + minute.failed > 0;
    match value {
        Some(value) => Some(value > limit.limit || (limit.or_equal && value >= limit.limit)),
        None => is_lost.then_some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p99(limit: f64, or_equal: bool) -> MinuteLimit {
        MinuteLimit { figure: MinuteFigure::ResponseTimeP99, or_equal, limit }
    }

    /// The `index`-th minute, with this 99th percentile \[ms\].
    fn row(index: u64, millis: Option<u64>) -> MinuteRecord {
        let nanos = millis.map(|millis| millis * 1_000_000);
        MinuteRecord { response_time_p99: nanos, ..MinuteRecord::quiet(index) }
    }

    #[test]
    fn minutes_over_a_limit_are_counted_and_the_limit_itself_only_where_asked() {
        let rows = [row(0, Some(400)), row(1, Some(500)), row(2, Some(501)), row(3, None)];
        assert_eq!(minutes_over(&rows, SimDuration(0), &p99(500.0, false)), Some(1.0));
        assert_eq!(minutes_over(&rows, SimDuration(0), &p99(500.0, true)), Some(2.0));
        // The first two rows begin before the warm-up of 61 s is over.
        assert_eq!(minutes_over(&rows, SimDuration::from_secs(61), &p99(300.0, true)), Some(1.0));
        assert_eq!(minutes_over(&rows[3..], SimDuration(0), &p99(500.0, true)), None);
    }

    #[test]
    fn memory_that_is_not_declared_is_no_data() {
        let limit = MinuteLimit { figure: MinuteFigure::MemoryUtilization, or_equal: false, limit: 0.9 };
        let rows = |share| [MinuteRecord { memory_utilization: Some(share), ..MinuteRecord::quiet(0) }];
        assert_eq!(minutes_over(&rows(0.0), SimDuration(0), &limit), None);
        assert_eq!(minutes_over(&rows(0.5), SimDuration(0), &limit), Some(0.0));
        assert_eq!(minutes_over(&rows(0.95), SimDuration(0), &limit), Some(1.0));
    }

    #[test]
    fn a_row_of_half_a_minute_counts_half() {
        let mut rows = [row(0, Some(600)), row(1, Some(600))];
        rows[1].length = SimDuration::from_secs(30);
        assert_eq!(minutes_over(&rows, SimDuration(0), &p99(500.0, false)), Some(1.5));
    }

    #[test]
    fn a_minute_in_which_nobody_was_answered_is_over_every_limit_of_times_and_none_of_cpu() {
        let lost = MinuteRecord { timed_out: 3, cpu_utilization: Some(0.2), ..row(0, None) };
        assert_eq!(minutes_over(std::slice::from_ref(&lost), SimDuration(0), &p99(1e9, false)), Some(1.0));
        let cpu = MinuteLimit { figure: MinuteFigure::CpuUtilization, or_equal: false, limit: 0.9 };
        assert_eq!(minutes_over(&[lost], SimDuration(0), &cpu), Some(0.0));
    }
}
