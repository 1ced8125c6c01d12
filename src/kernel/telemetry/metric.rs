//! The metrics a service publishes, and how an alarm reads one: statistic, period, and what few samples mean.

use crate::units::{NANOS_PER_MINUTE, SimDuration};

/// A CloudWatch metric of a service (`docs/aws/metrics.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// `AWS/ECS CPUUtilization` [%].
    CpuUtilization,
    /// `AWS/ECS MemoryUtilization` [%].
    MemoryUtilization,
    /// `AWS/ApplicationELB RequestCountPerTarget` [requests a target].
    RequestCountPerTarget,
    /// `AWS/ApplicationELB RequestCount` \[requests\].
    RequestCount,
    /// `AWS/ApplicationELB TargetResponseTime`, of answered requests \[s\].
    TargetResponseTime,
    /// `AWS/ApplicationELB HTTPCode_Target_5XX_Count`: a task's queue was full \[responses\].
    Target5xxCount,
    /// `AWS/ApplicationELB HTTPCode_ELB_5XX_Count`: no target, or the target died \[responses\].
    Elb5xxCount,
    /// `AWS/ApplicationELB HealthyHostCount` \[targets\].
    HealthyHostCount,
    /// `AWS/ApplicationELB UnHealthyHostCount` \[targets\].
    UnHealthyHostCount,
    /// A metric of the user's own: the expression of that index in [`super::MetricsPlan::custom`].
    Custom(u16),
}

impl Metric {
    /// The metrics of AWS.
    pub const ALL: [Self; 9] = [
        Self::CpuUtilization,
        Self::MemoryUtilization,
        Self::RequestCountPerTarget,
        Self::RequestCount,
        Self::TargetResponseTime,
        Self::Target5xxCount,
        Self::Elb5xxCount,
        Self::HealthyHostCount,
        Self::UnHealthyHostCount,
    ];

    /// CloudWatch's name; a custom metric's own name is in its plan.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::RequestCount => "RequestCount",
            Self::TargetResponseTime => "TargetResponseTime",
            Self::Target5xxCount => "HTTPCode_Target_5XX_Count",
            Self::Elb5xxCount => "HTTPCode_ELB_5XX_Count",
            Self::HealthyHostCount => "HealthyHostCount",
            Self::UnHealthyHostCount => "UnHealthyHostCount",
            Self::Custom(_) => "CustomizedMetric",
        }
    }

    /// The statistic that is meant where none is said.
    #[must_use]
    pub fn usual_statistic(self) -> Statistic {
        if self.is_count() { Statistic::Sum } else { Statistic::Average }
    }

    /// Whether it counts requests or responses.
    #[must_use]
    pub const fn is_count(self) -> bool {
        matches!(
            self,
            Self::RequestCountPerTarget | Self::RequestCount | Self::Target5xxCount | Self::Elb5xxCount
        )
    }

    /// Whether the metric has this statistic here.
    ///
    /// `RequestCountPerTarget` has none but Sum (documented: `docs/aws/metrics.md#request-count-per-target`).
    /// `DIFFERENCE:` Minimum and Maximum of utilizations are over tasks on AWS; here the tasks' shares are not told
    /// apart. Percentiles need the single values.
    #[must_use]
    pub const fn has(self, statistic: Statistic) -> bool {
        match (self, statistic) {
            (Self::RequestCountPerTarget, statistic) => matches!(statistic, Statistic::Sum),
            (Self::TargetResponseTime, _) => true,
            (_, Statistic::Percentile(_)) => false,
            (Self::CpuUtilization | Self::MemoryUtilization, statistic) => {
                !matches!(statistic, Statistic::Minimum | Statistic::Maximum)
            }
            _ => true,
        }
    }

    /// Whether the load balancer publishes it.
    #[must_use]
    pub const fn is_load_balancer(self) -> bool {
        !matches!(self, Self::CpuUtilization | Self::MemoryUtilization | Self::Custom(_))
    }

    /// Whether it needs more than what a task uses: outcomes of requests, or the health of targets.
    #[must_use]
    pub const fn needs_outcomes(self) -> bool {
        matches!(
            self,
            Self::TargetResponseTime
                | Self::Target5xxCount
                | Self::Elb5xxCount
                | Self::HealthyHostCount
                | Self::UnHealthyHostCount
        )
    }
}

/// `Statistic` or `ExtendedStatistic` (`docs/aws/metrics.md#statistics`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statistic {
    /// `Average`.
    Average,
    /// `Sum`.
    Sum,
    /// `Minimum`.
    Minimum,
    /// `Maximum`.
    Maximum,
    /// `SampleCount`.
    SampleCount,
    /// `pNN.N`, in thousandths of a percent: 99 900 is p99.9. Above 0 and below 100 000.
    Percentile(u32),
}

impl Statistic {
    /// Samples below which a percentile says little: 10 ÷ (1 − p) from the median up, 10 ÷ p below it (documented:
    /// `docs/aws/alarms.md#percentiles-of-few-samples`); 0 for other statistics.
    ///
    /// Example: p99 needs 10 ÷ 0.01 = 1000 samples.
    #[must_use]
    pub fn samples_needed(self) -> f64 {
        match self {
            Self::Percentile(p) => {
                1e6 / f64::from(if p >= 50_000 { 100_000 - p.min(99_999) } else { p.max(1) })
            }
            _ => 0.0,
        }
    }
}

/// `EvaluateLowSampleCountPercentile` (`docs/aws/alarms.md#percentiles-of-few-samples`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowSamples {
    /// `evaluate` (the default): a percentile of few samples is a datapoint like any other.
    Evaluate,
    /// `ignore`: while the newest datapoint has too few samples, the alarm's state stays.
    Ignore,
}

/// Query by which an alarm reads its metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmQuery {
    /// Statistic of the samples of a period that is the datapoint.
    pub statistic: Statistic,
    /// Length of a datapoint's period \[ns\]: 10, 20 or 30 s, or whole minutes; a multiple of the metric's resolution.
    pub period: SimDuration,
    /// Treatment of a percentile of few samples.
    pub low_samples: LowSamples,
}

impl AlarmQuery {
    /// A minute of the metric's usual statistic.
    #[must_use]
    pub fn of(metric: Metric) -> Self {
        Self {
            statistic: metric.usual_statistic(),
            period: SimDuration(NANOS_PER_MINUTE),
            low_samples: LowSamples::Evaluate,
        }
    }

    /// The same over another period.
    #[must_use]
    pub const fn every(mut self, period: SimDuration) -> Self {
        self.period = period;
        self
    }

    /// Whether an alarm that reads so is a high-resolution one: it has periods below a minute, is evaluated every 10 s and
    /// has a price of its own (`docs/aws/alarms.md#evaluation`).
    #[must_use]
    pub const fn is_high_resolution(&self) -> bool {
        self.period.0 < NANOS_PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_summed_and_levels_averaged_unless_something_else_is_said() {
        let sums = Metric::ALL.map(|metric| metric.usual_statistic() == Statistic::Sum);
        assert_eq!(sums, [false, false, true, true, false, true, true, false, false]);
        // What is usual for a metric is a statistic that it has.
        assert!(Metric::ALL.iter().all(|metric| metric.has(metric.usual_statistic())));
    }
}
