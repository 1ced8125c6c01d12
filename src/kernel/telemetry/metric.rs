//! The metrics a service publishes, and the store that lets a reader see a datapoint only when it is due.

use alloc::collections::VecDeque;

use crate::units::SimTime;

/// A CloudWatch metric of a service, at 60 s periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// `AWS/ECS CPUUtilization`, Average [%].
    CpuUtilization,
    /// `AWS/ECS MemoryUtilization`, Average [%].
    MemoryUtilization,
    /// `AWS/ApplicationELB RequestCountPerTarget`, Sum [requests a target and minute].
    RequestCountPerTarget,
    /// `AWS/ApplicationELB RequestCount`, Sum [requests a minute].
    RequestCount,
}

impl Metric {
    /// All metrics, in the order of the store.
    pub const ALL: [Self; 4] =
        [Self::CpuUtilization, Self::MemoryUtilization, Self::RequestCountPerTarget, Self::RequestCount];

    /// CloudWatch's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuUtilization => "CPUUtilization",
            Self::MemoryUtilization => "MemoryUtilization",
            Self::RequestCountPerTarget => "RequestCountPerTarget",
            Self::RequestCount => "RequestCount",
        }
    }

    /// The only statistic the model publishes for it.
    #[must_use]
    pub const fn statistic(self) -> &'static str {
        match self {
            Self::CpuUtilization | Self::MemoryUtilization => "Average",
            Self::RequestCountPerTarget | Self::RequestCount => "Sum",
        }
    }

    /// Whether the load balancer publishes it (else ECS does).
    #[must_use]
    pub const fn is_load_balancer(self) -> bool {
        matches!(self, Self::RequestCountPerTarget | Self::RequestCount)
    }

    const fn index(self) -> usize {
        match self {
            Self::CpuUtilization => 0,
            Self::MemoryUtilization => 1,
            Self::RequestCountPerTarget => 2,
            Self::RequestCount => 3,
        }
    }
}

/// The datapoints of one service: newest last, each with the end of its period. `None` is a missing datapoint.
#[derive(Clone, Debug)]
pub struct MetricStore {
    points: VecDeque<(SimTime, [Option<f64>; 4])>,
    keep: usize,
}

impl MetricStore {
    /// An empty store that keeps the newest `keep` periods.
    #[must_use]
    pub fn new(keep: usize) -> Self {
        Self { points: VecDeque::with_capacity(keep + 1), keep }
    }

    /// Adds the datapoints of the period that ended at `period_end`, one a metric in the order of [`Metric::ALL`].
    pub fn push(&mut self, period_end: SimTime, values: [Option<f64>; 4]) {
        self.points.push_back((period_end, values));
        if self.points.len() > self.keep {
            self.points.pop_front();
        }
    }

    /// End of the newest period that ended at or before `due`.
    #[must_use]
    pub fn newest(&self, due: SimTime) -> Option<SimTime> {
        let end = self.points.partition_point(|(period_end, _)| *period_end <= due);
        end.checked_sub(1).and_then(|index| self.points.get(index)).map(|(period_end, _)| *period_end)
    }

    /// The newest `count` datapoints of `metric` whose periods ended at or before `due`, oldest first. Periods before
    /// the first one are missing datapoints: a new service has no history.
    pub fn window(&self, metric: Metric, due: SimTime, count: usize, out: &mut alloc::vec::Vec<Option<f64>>) {
        out.clear();
        let end = self.points.partition_point(|(period_end, _)| *period_end <= due);
        let start = end.saturating_sub(count);
        out.resize(count - (end - start), None);
        out.extend(self.points.range(start..end).map(|(_, values)| values[metric.index()]));
    }
}
