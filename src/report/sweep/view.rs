//! Everything that is shown of a sweep.

use super::super::proviso::proviso;
use crate::experiment::Measure;
use crate::experiment::points::Design;
use crate::experiment::sweep::{SweepHeader, SweepSummary};
use crate::kernel::units::SimDuration;
use crate::scenario::{Axis, Unpriced};

/// Everything that is shown of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepView<'a> {
    /// Header of the sweep.
    pub head: &'a SweepHeader,
    /// Points of the sweep.
    pub design: &'a Design<'a>,
    /// Summary of its rows.
    pub summary: &'a SweepSummary,
}

impl SweepView<'_> {
    /// `partial 713/1000`; nothing of a sweep that has all its rows.
    pub(super) fn partial(&self) -> Option<String> {
        let SweepSummary { finished, planned, .. } = self.summary;
        (!self.summary.is_whole()).then(|| format!("partial {finished}/{planned}"))
    }

    /// The proviso on a cost of a month.
    pub(super) fn proviso(&self) -> Option<String> {
        let unpriced = Unpriced { items: self.head.unpriced.clone(), region: self.head.region.clone() };
        let horizon = self.head.horizon_s.map_or(SimDuration(u64::MAX), SimDuration::from_secs_f64);
        proviso(Measure::CostPerMonth, &unpriced, horizon)
    }

    /// The names of axes, as short as they are still told apart.
    pub(super) fn short_names(&self) -> Vec<String> {
        let axes = self.design.axes();
        let tail = |axis: &Axis, parts: usize| {
            let all: Vec<&str> = axis.name.split('.').collect();
            all[all.len().saturating_sub(parts)..].join(".")
        };
        let short = |axis: &Axis| {
            (1..12)
                .map(|parts| tail(axis, parts))
                .find(|name| {
                    let same = |other: &&Axis| *other != axis && other.name.ends_with(name.as_str());
                    axes.iter().find(same).is_none()
                })
                .unwrap_or_else(|| axis.name.clone())
        };
        axes.iter().map(short).collect()
    }

    /// A point in one line: `target_value 55, max_capacity 40`.
    pub(super) fn name_of(&self, names: &[String], point: u64) -> String {
        let labels = self.design.labels(point);
        let pairs = names.iter().zip(labels).map(|(name, label)| format!("{name} {label}"));
        pairs.collect::<Vec<_>>().join(", ")
    }
}
