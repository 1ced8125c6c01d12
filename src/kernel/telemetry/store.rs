//! The metric store: what a service used and did becomes samples, one a period of the metric's resolution; an alarm reads
//! windows of them, each aggregated to a datapoint by its statistic, and never one that is not due yet.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::expression::Variable;
use super::metric::{AlarmQuery, Metric, Statistic};
use super::plan::{MetricsPlan, TelemetryPlan};
use super::shape::TaskShape;
use super::sketch::ClosedSketch;
use super::tally::{Gauge, Outcomes};
use super::usage::UsageTotals;
use crate::random::{Distribution, Purpose, Rng, Streams};
use crate::units::{NANOS_PER_MINUTE, SimDuration, SimTime};

/// ECS takes a sample of a task's CPU and memory so often \[ns\] (observed SampleCounts:
/// `docs/aws/metrics.md#cpu-and-memory-of-a-service`).
const SAMPLE_INTERVAL: f64 = 20e9;

/// Counts of tasks at the end of a period \[tasks\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountsAtEnd {
    /// Tasks in `RUNNING`.
    pub running: u32,
    /// Desired count.
    pub desired: u32,
    /// Tasks that are asked for and not running yet.
    pub pending: u32,
    /// Tasks that receive requests.
    pub healthy: u32,
}

/// Sample of one metric in one period: everything from which a statistic can be made.
#[derive(Clone, Debug, PartialEq)]
struct Sample {
    mean: f64,
    sum: f64,
    count: f64,
    minimum: f64,
    maximum: f64,
    times: ClosedSketch,
}

impl Sample {
    fn one(value: f64) -> Self {
        Self {
            mean: value,
            sum: value,
            count: 1.0,
            minimum: value,
            maximum: value,
            times: ClosedSketch::default(),
        }
    }

    /// The mean of `count` values that are not told apart.
    fn mean_of(mean: f64, count: f64) -> Self {
        Self { sum: mean * count, count, ..Self::one(mean) }
    }

    /// `count` events, each of which CloudWatch keeps as a one.
    fn events(count: u64) -> Option<Self> {
        (count > 0).then(|| Self { sum: to_f64(count), count: to_f64(count), ..Self::one(1.0) })
    }

    fn gauge(gauge: &Gauge) -> Option<Self> {
        (gauge.length > 0).then(|| Self {
            minimum: to_f64(gauge.least),
            maximum: to_f64(gauge.most),
            ..Self::one(to_f64(gauge.integral) / to_f64(gauge.length))
        })
    }

    /// Response times in seconds.
    fn response_times(outcomes: &Outcomes) -> Option<Self> {
        let count = to_f64(outcomes.served);
        let (_, sum) = mean_response(outcomes)?;
        let edge = |p| outcomes.times.quantile(p).unwrap_or(0.0) / 1e9;
        let (minimum, maximum) = match outcomes.response_range {
            Some((least, most)) => (to_f64(least) / 1e9, to_f64(most) / 1e9),
            None => (edge(0.0), edge(1.0)),
        };
        let times = outcomes.times.clone();
        Some(Self { mean: sum / 1e9 / count, sum: sum / 1e9, count, minimum, maximum, times })
    }
}

/// Mean and sum of the answers' response times \[ns\]; `None` without an answer or where they are not known.
#[expect(clippy::cast_precision_loss, reason = "a mean")]
fn mean_response(outcomes: &Outcomes) -> Option<(f64, f64)> {
    let sum = outcomes.response_sum as f64;
    (outcomes.served > 0 && outcomes.response_sum > 0).then(|| (sum / to_f64(outcomes.served), sum))
}

#[expect(clippy::cast_precision_loss, reason = "counts of one period")]
fn to_f64(value: u64) -> f64 {
    value as f64
}

/// Usage and outcomes in a period of a series that is not over.
#[derive(Clone, Debug, Default)]
struct OpenPeriod {
    usage: UsageTotals,
    outcomes: Outcomes,
}

/// Longest publication delay of a datapoint: an hour. What a law draws beyond it counts as an hour.
pub const LONGEST_DELAY: SimDuration = SimDuration::from_secs(3_600);

/// Delay of a metric's datapoints: a law, and the stream of its draws.
#[derive(Clone, Debug)]
struct Publication {
    /// Delay from the end of a period until its datapoint can be read \[ns\].
    delay: Distribution,
    /// One draw a datapoint.
    rng: Rng,
}

impl Publication {
    /// Instant at which the datapoint of a period that ended at `end` can be read, the one before it from `before` on:
    /// datapoints never overtake one another.
    fn visible(&mut self, end: SimTime, before: SimTime) -> SimTime {
        (end + self.delay.draw(&mut self.rng).min(LONGEST_DELAY)).max(before)
    }

    /// The longest that a datapoint can take \[ns\].
    fn longest(&self) -> SimDuration {
        self.delay.as_constant().unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY)
    }
}

/// Sample of one metric in one period, with its instants.
#[derive(Clone, Debug)]
struct Datapoint {
    /// End of the period.
    end: SimTime,
    /// Instant from which on it can be read.
    visible: SimTime,
    /// `None`: there is no datapoint.
    sample: Option<Sample>,
}

/// One metric at its resolution.
#[derive(Clone, Debug)]
struct Series {
    metric: Metric,
    resolution: u64,
    keep: usize,
    open: OpenPeriod,
    publication: Publication,
    points: VecDeque<Datapoint>,
}

/// Window of an alarm: the series that it reads, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    series: usize,
    /// Periods of the metric in a period of the alarm.
    per_datapoint: usize,
    query: AlarmQuery,
    /// Datapoints of the evaluation range.
    pub range: usize,
}

/// The series of one service that its scaling controller reads.
#[derive(Clone, Debug)]
pub struct MetricStore {
    plan: MetricsPlan,
    telemetry: TelemetryPlan,
    shape: TaskShape,
    /// Name of the service: part of the key of its delays.
    service: String,
    streams: Streams,
    series: Vec<Series>,
}

impl MetricStore {
    /// A store of the service with this name, which is not read yet.
    #[must_use]
    pub fn new(
        (plan, telemetry): (&MetricsPlan, &TelemetryPlan),
        shape: TaskShape,
        (service, streams): (&str, Streams),
    ) -> Self {
        Self {
            plan: plan.clone(),
            telemetry: telemetry.clone(),
            shape,
            service: service.into(),
            streams,
            series: Vec::new(),
        }
    }

    /// Keeps what is needed to read `metric` so, `range` datapoints back. A metric has one series and one stream of
    /// publication delays, however many read it.
    #[expect(clippy::cast_possible_truncation, reason = "periods of days")]
    pub fn watch(&mut self, metric: Metric, query: AlarmQuery, range: usize) -> Window {
        let resolution = self.plan.resolution(metric).0.max(1);
        let per_datapoint = (query.period.0 / resolution).max(1) as usize;
        let known = self.series.iter().position(|series| series.metric == metric);
        let series = known.unwrap_or_else(|| {
            let publication = self.publication(metric);
            let open = OpenPeriod::default();
            let points = VecDeque::new();
            self.series.push(Series { metric, resolution, keep: 0, open, publication, points });
            self.series.len() - 1
        });
        let series_read = &mut self.series[series];
        let late = series_read.publication.longest().0.div_ceil(resolution) as usize;
        series_read.keep = series_read.keep.max(per_datapoint * range + late + 2);
        Window { series, per_datapoint, query, range }
    }

    /// Delay of a metric's datapoints (`docs/aws/alarms.md#publication-delay`).
    fn publication(&self, metric: Metric) -> Publication {
        let key = alloc::format!("{}/{}", self.service, self.plan.name(metric));
        let rng = self.streams.stream(Purpose::METRIC_DELAY, &key);
        Publication { delay: self.telemetry.delay(&self.plan, metric), rng }
    }

    /// The longest period of which a minute and the periods of all metrics that are read are multiples \[ns\].
    #[must_use]
    pub fn finest_period(&self) -> SimDuration {
        let common = |mut a: u64, mut b: u64| {
            while b > 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let periods = self.series.iter().map(|series| series.resolution);
        SimDuration(periods.fold(NANOS_PER_MINUTE, common))
    }

    /// Whether a metric that is read needs the outcomes of requests or the health of targets.
    #[must_use]
    pub fn needs_outcomes(&self) -> bool {
        self.series.iter().any(|series| self.plan.needs_outcomes(series.metric))
    }

    /// A period of the usage meter ended at `end`, `boundary` \[ns\] past a whole minute of the calendar; `last`: nothing
    /// follows. Each series whose own period ends there gets its sample.
    pub fn period(
        &mut self,
        (end, boundary, last): (SimTime, u64, bool),
        usage: &UsageTotals,
        outcomes: Option<&Outcomes>,
        counts: CountsAtEnd,
    ) {
        let Self { plan, shape, series, .. } = self;
        for series in series {
            series.open.usage.add(usage);
            if let Some(outcomes) = outcomes {
                series.open.outcomes.add(outcomes);
            }
            if boundary % series.resolution == 0 || last {
                let bucket = core::mem::take(&mut series.open);
                let before = series.points.back().map_or(SimTime::ZERO, |point| point.visible);
                let visible = series.publication.visible(end, before);
                let sample = bucket.sample(series.metric, plan, shape, counts);
                series.points.push_back(Datapoint { end, visible, sample });
                if series.points.len() > series.keep {
                    series.points.pop_front();
                }
            }
        }
    }

    /// End of the newest period whose datapoint can be read at `now`, and how long after that end it could first be read.
    #[must_use]
    pub fn newest(&self, window: &Window, now: SimTime) -> Option<(SimTime, SimDuration)> {
        let points = &self.series[window.series].points;
        let end = points.partition_point(|point| point.visible <= now);
        let newest = end.checked_sub(1).and_then(|index| points.get(index));
        newest.map(|point| (point.end, point.visible.since(point.end)))
    }

    /// The datapoints of the evaluation range, oldest first: the newest ends at the newest period that can be read at `now`,
    /// each before it where the next one begins. What lies before the first period is missing: a new service has no history.
    /// Returns whether the newest has enough samples for its statistic.
    pub fn window(&self, window: &Window, now: SimTime, out: &mut Vec<Option<f64>>) -> bool {
        out.clear();
        let points = &self.series[window.series].points;
        let end = points.partition_point(|point| point.visible <= now);
        let mut enough = true;
        if window.per_datapoint == 1 && window.query.statistic == Statistic::Average {
            // The usual case: a datapoint is one sample, and one sample is enough for an average.
            let first = end.saturating_sub(window.range);
            out.resize(window.range - (end - first), None);
            out.extend(points.range(first..end).map(|point| point.sample.as_ref().map(|sample| sample.mean)));
            let newest = end.checked_sub(1).and_then(|index| points[index].sample.as_ref());
            return newest.is_none_or(|sample| sample.count >= window.query.statistic.samples_needed());
        }
        for back in (0..window.range).rev() {
            let last = end.saturating_sub(back * window.per_datapoint);
            let first = end.saturating_sub((back + 1) * window.per_datapoint);
            let samples = points.range(first..last).filter_map(|point| point.sample.as_ref());
            let datapoint = aggregate(samples, window.query.statistic);
            enough = datapoint.is_none_or(|(_, count)| count >= window.query.statistic.samples_needed());
            out.push(datapoint.map(|(value, _)| value));
        }
        enough
    }
}

/// A statistic of samples, and of how many values it is; `None` without any.
fn aggregate<'a>(
    samples: impl Iterator<Item = &'a Sample> + Clone,
    statistic: Statistic,
) -> Option<(f64, f64)> {
    let first = samples.clone().next()?;
    let count: f64 = samples.clone().map(|sample| sample.count).sum();
    let sum = || samples.clone().map(|sample| sample.sum).sum::<f64>();
    let value = match statistic {
        Statistic::Average if samples.clone().count() == 1 => first.mean,
        Statistic::Average => sum() / count,
        Statistic::Sum => sum(),
        Statistic::Minimum => {
            samples.map(|s| s.minimum).fold(first.minimum, |a, b| if b < a { b } else { a })
        }
        Statistic::Maximum => {
            samples.map(|s| s.maximum).fold(first.maximum, |a, b| if b > a { b } else { a })
        }
        Statistic::SampleCount => libm::round(count).max(1.0),
        Statistic::Percentile(p) => {
            let mut times = ClosedSketch::default();
            samples.for_each(|sample| times.add(&sample.times));
            times.quantile(f64::from(p) / 100_000.0)? / 1e9
        }
    };
    Some((value, count))
}

impl OpenPeriod {
    fn sample(
        &self,
        metric: Metric,
        plan: &MetricsPlan,
        shape: &TaskShape,
        counts: CountsAtEnd,
    ) -> Option<Sample> {
        #[expect(clippy::cast_precision_loss, reason = "a number of samples")]
        let samples = self.usage.reserved as f64 / SAMPLE_INTERVAL;
        let outcomes = &self.outcomes;
        match metric {
            Metric::CpuUtilization => Some(Sample::mean_of(self.cpu(shape)?, samples)),
            Metric::MemoryUtilization => Some(Sample::mean_of(self.memory(shape)?, samples)),
            Metric::RequestCountPerTarget => Some(Sample::one(self.usage.request_count_per_target())),
            Metric::RequestCount => Sample::events(self.usage.routed),
            Metric::TargetResponseTime => Sample::response_times(outcomes),
            Metric::Target5xxCount => Sample::events(outcomes.rejected_by_target),
            Metric::Elb5xxCount => Sample::events(outcomes.rejected_by_balancer + outcomes.failed),
            Metric::HealthyHostCount => Sample::gauge(&outcomes.healthy),
            Metric::UnHealthyHostCount => Sample::gauge(&outcomes.unhealthy),
            Metric::Custom(index) => {
                let custom = plan.custom.get(usize::from(index))?;
                custom.expression.evaluate(|variable| self.variable(variable, shape, counts)).map(Sample::one)
            }
        }
    }

    fn cpu(&self, shape: &TaskShape) -> Option<f64> {
        shape.cpu(&self.usage).map(|share| 100.0 * share)
    }

    fn memory(&self, shape: &TaskShape) -> Option<f64> {
        shape.memory(&self.usage).map(|share| 100.0 * share)
    }

    #[expect(clippy::cast_precision_loss, reason = "averages")]
    fn variable(&self, variable: Variable, shape: &TaskShape, counts: CountsAtEnd) -> Option<f64> {
        let outcomes = &self.outcomes;
        let average = |integral: i128| integral as f64 / to_f64(self.usage.length.max(1));
        Some(match variable {
            Variable::QueueLength => average(self.usage.waiting),
            Variable::InFlight => average(self.usage.waiting + self.usage.occupied),
            Variable::InService => average(self.usage.occupied),
            Variable::Running => f64::from(counts.running),
            Variable::Desired => f64::from(counts.desired),
            Variable::Pending => f64::from(counts.pending),
            Variable::Healthy => f64::from(counts.healthy),
            Variable::Requests => to_f64(outcomes.offered),
            Variable::Rejected => to_f64(outcomes.rejected_by_balancer + outcomes.rejected_by_target),
            Variable::Failed => to_f64(outcomes.failed),
            Variable::TimedOut => to_f64(outcomes.timed_out),
            Variable::CpuUtilization => self.cpu(shape)?,
            Variable::MemoryUtilization => self.memory(shape)?,
            Variable::ResponseTimeMean => mean_response(outcomes)?.0 / 1e6,
            Variable::ResponseTimePercentile(p) => outcomes.times.quantile(f64::from(p) / 100_000.0)? / 1e6,
        })
    }
}
