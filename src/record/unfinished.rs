//! Flows near the horizon: what arrives there may be in flight when the run ends, and then has no response time. The run's
//! response times are those of requests that are served before, as with single requests.
//!
//! What arrives is put into classes by how much time is left, and each class keeps the part of its law that ends in time.

use std::collections::BTreeMap;

use windtunnel_kernel::random::DiscretizedLaw;
use windtunnel_kernel::random::discretized_law::{CELLS, cell_of, cell_start};
use windtunnel_kernel::serving::{Mixture, quantile};
use windtunnel_kernel::units::SimDuration;

/// Share of service times that are longer than usual.
const NEGLIGIBLE_SHARE: f64 = 0.01;
/// Share of a span of arrivals that may still be in flight at the horizon and count as served: of the last minute of a run,
/// those of its last three seconds.
const LATE_SHARE: f64 = 0.05;
/// Points of a span of arrivals at which its share is looked at.
const POINTS: u32 = 8;

/// Arrivals near the horizon.
#[derive(Clone, Debug)]
pub(super) struct Unfinished {
    horizon: u64,
    /// Service times longer than this are negligibly few \[ns\].
    usual: f64,
    /// Queueing delays of those that will be served, by the cell of the time that is left.
    classes: BTreeMap<usize, Mixture>,
}

impl Unfinished {
    /// Nothing has arrived; requests stay by the law of `service` when nothing delays them.
    pub(super) fn new(horizon: SimDuration, service: &DiscretizedLaw) -> Self {
        Self {
            horizon: horizon.0,
            usual: quantile(service, 1.0 - NEGLIGIBLE_SHARE),
            classes: BTreeMap::new(),
        }
    }

    /// Share of what arrives evenly between two instants [ns since second 0] and waits for `wait` \[ns\] that is served before
    /// the horizon; `None` where it is all of it, or nearly so. `meet` gives the delays of that share, of so many parts of all
    /// that arrives, to the class that it belongs to.
    pub(super) fn served(
        &mut self,
        (from, to): (u64, u64),
        wait: f64,
        service: &DiscretizedLaw,
        mut meet: impl FnMut(&mut Mixture, f64),
    ) -> Option<f64> {
        let left = |at: u64| self.horizon.saturating_sub(at) as f64;
        let late = wait + self.usual - left(to);
        if late <= 0.0 || late <= LATE_SHARE * (left(from) - left(to)) {
            return None;
        }
        let (first, step) = (left(to), (left(from) - left(to)) / f64::from(POINTS));
        let mut sum = 0.0;
        for point in 0..POINTS {
            let left = first + (f64::from(point) + 0.5) * step;
            let in_time = if left > wait { 1.0 - service.beyond(left - wait) } else { 0.0 };
            let share = in_time / f64::from(POINTS);
            sum += share;
            if share > 0.0 {
                meet(self.classes.entry(cell_of(left)).or_default(), share);
            }
        }
        Some(sum)
    }

    /// A law of this weight together with those of the classes, each without what would end after the horizon.
    pub(super) fn with(
        &self,
        law: Option<DiscretizedLaw>,
        weight: f64,
        service: &DiscretizedLaw,
    ) -> Option<DiscretizedLaw> {
        let total = weight + self.classes.values().map(Mixture::weight).sum::<f64>();
        if self.classes.is_empty() || total <= 0.0 {
            return law;
        }
        let (mut atom, mut cells) = (0.0, vec![0.0; CELLS]);
        let mut add = |law: &DiscretizedLaw, share: f64| {
            atom += law.atom * share;
            for (cell, mass) in cells.iter_mut().zip(&law.cells) {
                *cell += mass * share;
            }
        };
        if let Some(law) = &law {
            add(law, weight / total);
        }
        for (left, mixture) in &self.classes {
            let share = mixture.weight() / total;
            if let Some(law) = mixture.law(service).filter(|_| share > 0.0) {
                add(&cut(law, (cell_start(*left), cell_start(left + 1))), share);
            }
        }
        Some(DiscretizedLaw::from_cells(service.shift, atom, cells))
    }
}

/// A law under the condition that its time is at most one that lies evenly between two \[ns\]; the law itself where it never
/// is.
fn cut(law: DiscretizedLaw, (least, most): (f64, f64)) -> DiscretizedLaw {
    let kept = |(index, mass): (usize, &f64)| {
        let middle = law.shift + (cell_start(index) + cell_start(index + 1)) / 2.0;
        mass * ((most - middle) / (most - least)).clamp(0.0, 1.0)
    };
    let cells: Vec<f64> = law.cells.iter().enumerate().map(kept).collect();
    let total = law.atom + cells.iter().sum::<f64>();
    if total <= 0.0 {
        return law;
    }
    DiscretizedLaw::from_cells(law.shift, law.atom / total, cells.iter().map(|mass| mass / total).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use windtunnel_kernel::random::Distribution;
    use windtunnel_kernel::serving::QueueingDelay;

    #[test]
    fn what_arrives_with_less_time_left_than_it_takes_is_not_served() {
        let service = DiscretizedLaw::constant(1e9);
        let mut unfinished = Unfinished::new(SimDuration::from_secs(100), &service);
        let second = |at: u64| (at * 1_000_000_000, (at + 1) * 1_000_000_000);
        let mut served = |at, wait| unfinished.served(second(at), wait, &service, |_, _| {});
        assert_eq!(served(50, 30e9), None);
        assert_eq!(served(70, 30e9), Some(0.0));
        assert_eq!(served(68, 30.5e9), Some(0.5));
    }

    #[test]
    fn the_law_of_those_who_are_served_ends_with_the_time_that_is_left() {
        // Sessions of 60 s on average of which all arrive 60 s before the end: those served took 60 s at most, and
        // 60 s · (1 − 2/e) ÷ (1 − 1/e) = 25.1 s on average.
        let service =
            DiscretizedLaw::of(&Distribution::exponential(SimDuration::from_secs(60)).unwrap(), 1.0);
        let mut unfinished = Unfinished::new(SimDuration::from_secs(100), &service);
        let at = 40_000_000_000;
        let share = unfinished.served((at, at + 1), 0.0, &service, |class, share| {
            class.meet(&QueueingDelay::default(), share);
        });
        assert!((share.unwrap() - (1.0 - libm::exp(-1.0))).abs() < 0.01, "{share:?}");
        let law = unfinished.with(None, 0.0, &service).unwrap();
        assert!((law.mean() / 25.1e9 - 1.0).abs() < 0.03, "{}", law.mean());
        assert!(quantile(&law, 1.0) < 62e9);
    }
}
