//! What a sweep says, as bytes. Rows and points are written piece by piece, so that no sheet is ever in memory; the
//! summary, the table and the pictures are made from the survey.
//!
//! A percentile in a row is its own run's; in a point it is the mean of its replications', with the 95 % interval between
//! them: not the percentile of all their requests. A sweep that lacks rows says so wherever it is shown.

mod pictures;
mod sheets;
mod summary;
mod table;

pub use pictures::pictures;
pub use sheets::{point_line, points_header, run_lines, runs_header};
pub use summary::summary_json;
pub use table::table;

use super::proviso::proviso;
use crate::experiment::Measure;
use crate::experiment::points::Design;
use crate::experiment::sweep::{Head, Survey};
use crate::kernel::units::SimDuration;
use crate::scenario::{Axis, Unpriced};

/// Everything that is shown of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepView<'a> {
    /// What it is.
    pub head: &'a Head,
    /// Its points.
    pub design: &'a Design<'a>,
    /// What its rows say.
    pub survey: &'a Survey,
}

impl SweepView<'_> {
    /// `partial 713/1000`; nothing of a sweep that has all its rows.
    fn partial(&self) -> Option<String> {
        let Survey { finished, planned, .. } = self.survey;
        (!self.survey.is_whole()).then(|| format!("partial {finished}/{planned}"))
    }

    /// What has to be said beside a cost of a month.
    fn proviso(&self) -> Option<String> {
        let unpriced = Unpriced { items: self.head.unpriced.clone(), region: self.head.region.clone() };
        let horizon = self.head.horizon_s.map_or(SimDuration(u64::MAX), SimDuration::from_secs_f64);
        proviso(Measure::CostPerMonth, &unpriced, horizon)
    }

    /// The names of axes, as short as they are still told apart.
    fn short_names(&self) -> Vec<String> {
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
    fn name_of(&self, names: &[String], point: u64) -> String {
        let labels = self.design.labels(point);
        let pairs = names.iter().zip(labels).map(|(name, label)| format!("{name} {label}"));
        pairs.collect::<Vec<_>>().join(", ")
    }
}
