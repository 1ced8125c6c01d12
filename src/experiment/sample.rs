//! A sample: what the replications of one plan leave, in memory that does not grow with the length of a run. Each run
//! leaves its share of every figure; times of requests are kept as histograms, merged by section.

use super::estimate::{self, Pseudo};
use super::figures::{Aggregation, Figure, Measure, Share};
use super::scale_in;
use crate::kernel::simulation::Plan;
use crate::record::{Histogram, RunRecord};

/// Sections in which histograms are kept. Beyond so many runs several share one: the intervals of quantiles then have
/// this many degrees of freedom, which is as good as all.
const SECTIONS: usize = 100;

/// The replications of one plan, in their order.
#[derive(Clone, Debug)]
pub struct RunSample {
    figures: Vec<Figure>,
    shares: Vec<Vec<Option<Share>>>,
    sections: Vec<Section>,
    scaled_in: bool,
}

/// The times of the requests of some runs.
#[derive(Clone, Debug, Default)]
struct Section {
    runs: u64,
    /// Response and waiting times of each service.
    times: Vec<[Histogram; 2]>,
}

impl Section {
    fn add(&mut self, record: &RunRecord) {
        self.runs += 1;
        self.times.resize_with(record.services.len(), Default::default);
        for (times, service) in self.times.iter_mut().zip(&record.services) {
            times[0].merge(&service.response_time.histogram);
            times[1].merge(&service.waiting_time.histogram);
        }
    }
}

/// The share of a run in each of some figures.
pub(super) fn shares_of(figures: &[Figure], record: &RunRecord, plan: &Plan) -> Vec<Option<Share>> {
    figures.iter().map(|figure| figure.share(record, plan)).collect()
}

impl RunSample {
    /// An empty sample of a plan.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        Self::of(plan, &[])
    }

    /// An empty sample of a plan that keeps what these quantities need beside the figures of every run.
    #[must_use]
    pub fn of(plan: &Plan, quantities: &[Measure]) -> Self {
        let mut figures = Figure::all(plan);
        figures.extend(Figure::beyond(quantities, plan));
        Self { figures, shares: Vec::new(), sections: Vec::new(), scaled_in: false }
    }

    /// Adds the next replication.
    pub fn push(&mut self, record: &RunRecord, plan: &Plan) {
        let shares = shares_of(&self.figures, record, plan);
        self.push_shares(record, shares);
    }

    /// Adds the next replication, whose shares were taken by [`shares_of`] while its minutes were still there.
    pub(super) fn push_shares(&mut self, record: &RunRecord, shares: Vec<Option<Share>>) {
        let section = self.shares.len() % SECTIONS;
        if self.sections.len() <= section {
            self.sections.push(Section::default());
        }
        self.sections[section].add(record);
        self.shares.push(shares);
        self.scaled_in |= scale_in::happened(record);
    }

    /// Whether a target-tracking policy scaled in, in one of the replications.
    #[must_use]
    pub const fn scaled_in_by_tracking(&self) -> bool {
        self.scaled_in
    }

    /// Replications so far.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.shares.len()
    }

    /// The figures that are kept, in order.
    #[must_use]
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Whether a figure is read off minutes, which its runs must keep.
    #[must_use]
    pub fn needs_minutes(&self) -> bool {
        self.figures.iter().any(|figure| figure.measure.needs_minutes())
    }

    /// The value of a figure in each replication; for a quantile, that of the replication's own requests.
    #[must_use]
    pub fn values(&self, figure: &Figure) -> Vec<Option<f64>> {
        let value = |share: Option<Share>| share.map(|(above, below)| above / below);
        self.shares_of(figure).into_iter().map(value).collect()
    }

    fn shares_of(&self, figure: &Figure) -> Vec<Option<Share>> {
        let index = self.figures.iter().position(|known| known == figure);
        self.shares.iter().map(|shares| index.and_then(|index| shares[index])).collect()
    }

    /// A figure with its pseudo-values; `None` where no replication has anything to say of it.
    #[must_use]
    pub fn pseudo(&self, figure: &Figure) -> Option<Pseudo> {
        match figure.measure.law() {
            Aggregation::Mean => estimate::of_means(&self.values(figure)),
            Aggregation::Ratio => estimate::of_ratios(&self.shares_of(figure)),
            Aggregation::Quantile(q) => self.quantile(figure, q),
        }
    }

    /// A quantile of the requests of all replications, with what it is without each section.
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a request as milliseconds")]
    fn quantile(&self, figure: &Figure, q: f64) -> Option<Pseudo> {
        let which = usize::from(matches!(figure.measure, Measure::WaitingQuantile(_)));
        let service = figure.service?;
        let times = |section: &Section| section.times.get(service).map(|times| times[which].clone());
        let sections: Vec<Histogram> = self.sections.iter().filter_map(times).collect();
        let mut all = Histogram::default();
        sections.iter().for_each(|section| all.merge(section));
        let millis = |nanos: u64| nanos as f64 / 1e6;
        let whole = millis(all.quantile(q)?);
        let without = |section: &Histogram| {
            let mut rest = all.clone();
            rest.take_away(section);
            // Where one section holds every request there is nothing to compare it with.
            (section.total() > 0).then(|| rest.quantile(q).map_or(whole, millis))
        };
        let without: Vec<Option<f64>> = sections.iter().map(without).collect();
        let sizes: Vec<u64> = self.sections.iter().map(|section| section.runs).collect();
        Some(estimate::of_sections(whole, &without, &sizes))
    }
}
