//! The metrics that a service publishes, when their datapoints can be read, and how facts become datapoints.

use alloc::vec::Vec;

use super::expression::{CustomMetric, Variable};
use super::metric::Metric;
use super::usage::MetricRules;
use crate::random::Distribution;
use crate::units::{NANOS_PER_MINUTE, SimDuration};

/// Metrics that a service publishes besides AWS's minute metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsPlan {
    /// Resolution of `CPUUtilization` \[ns\]: 20 or 60 s.
    pub cpu_resolution: SimDuration,
    /// Resolution of `MemoryUtilization` \[ns\]: 20 or 60 s.
    pub memory_resolution: SimDuration,
    /// Metrics of the user's own.
    pub custom: Vec<CustomMetric>,
}

impl Default for MetricsPlan {
    fn default() -> Self {
        let minute = SimDuration(NANOS_PER_MINUTE);
        Self { cpu_resolution: minute, memory_resolution: minute, custom: Vec::new() }
    }
}

impl MetricsPlan {
    /// Length of the metric's periods \[ns\]; a custom metric that does not exist has minutes.
    #[must_use]
    pub fn resolution(&self, metric: Metric) -> SimDuration {
        match metric {
            Metric::CpuUtilization => self.cpu_resolution,
            Metric::MemoryUtilization => self.memory_resolution,
            Metric::Custom(index) => self
                .custom
                .get(usize::from(index))
                .map_or(SimDuration(NANOS_PER_MINUTE), |custom| custom.resolution),
            _ => SimDuration(NANOS_PER_MINUTE),
        }
    }

    /// The name of a metric: CloudWatch's or the user's.
    #[must_use]
    pub fn name(&self, metric: Metric) -> &str {
        match metric {
            Metric::Custom(index) => {
                self.custom.get(usize::from(index)).map_or(metric.name(), |custom| custom.name.as_str())
            }
            _ => metric.name(),
        }
    }

    /// Whether the metric needs the outcomes of requests or the health of targets.
    #[must_use]
    pub fn needs_outcomes(&self, metric: Metric) -> bool {
        match metric {
            Metric::Custom(index) => self
                .custom
                .get(usize::from(index))
                .is_some_and(|custom| custom.expression.variables().any(Variable::needs_outcomes)),
            _ => metric.needs_outcomes(),
        }
    }
}

/// Publication of metrics (`docs/aws/alarms.md#publication-delay`).
#[derive(Clone, Debug, PartialEq)]
pub struct TelemetryPlan {
    /// `ecs_metric_delay_60s`: from the end of a period until its ECS datapoint can be read \[ns\], drawn for each datapoint; at
    /// most [`super::LONGEST_DELAY`] counts.
    pub ecs_metric_delay: Distribution,
    /// `ecs_metric_delay_20s`: the same for an ECS metric that is published every 20 s \[ns\].
    pub ecs_metric_delay_20s: Distribution,
    /// `alb_metric_delay`: the same for the load balancer's metrics \[ns\].
    pub alb_metric_delay: Distribution,
    /// Assumptions about how facts become datapoints.
    pub rules: MetricRules,
}

impl TelemetryPlan {
    /// Datapoints that can be read so long after their periods \[ns\]: of ECS, of ECS every 20 s, of the load balancer.
    #[must_use]
    pub fn constant([ecs, ecs_20s, alb]: [SimDuration; 3], rules: MetricRules) -> Self {
        Self {
            ecs_metric_delay: Distribution::constant(ecs),
            ecs_metric_delay_20s: Distribution::constant(ecs_20s),
            alb_metric_delay: Distribution::constant(alb),
            rules,
        }
    }

    /// Delay from the end of a period of `metric` until its datapoint can be read \[ns\]
    /// (`docs/aws/alarms.md#publication-delay`).
    #[must_use]
    pub fn delay(&self, metrics: &MetricsPlan, metric: Metric) -> Distribution {
        match metric {
            Metric::Custom(index) => match metrics.custom.get(usize::from(index)) {
                Some(custom) => Distribution::constant(custom.delay),
                None => self.ecs_metric_delay.clone(),
            },
            metric if metric.is_load_balancer() => self.alb_metric_delay.clone(),
            metric if metrics.resolution(metric).0 < NANOS_PER_MINUTE => self.ecs_metric_delay_20s.clone(),
            _ => self.ecs_metric_delay.clone(),
        }
    }
}
