//! Distributions of response and waiting times of flows: mixtures of delays, each added to the service time. What a
//! flow does costs one look-up; laws are made once a kind of delay, at the end or when a minute asks. Everything here is
//! an approximation (see [`super::queueing_delay`]) on the grid of [`DiscretizedLaw`].

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::queueing_delay::QueueingDelay;
use crate::random::DiscretizedLaw;
use crate::random::discretized_law::{CELLS, cell_of, cell_start};

/// Probability of waiting below which there is no wait.
const HARDLY_EVER: f64 = 1e-4;
/// Points and weights of the normal law behind a backlog (Gauss and Hermite, five points).
const NORMAL: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_7),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_8),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_8),
    (2.856_970_013_872_806, 0.011_257_411_327_720_7),
];

/// A delay, rounded so that few kinds stand for all: probability and mean keep four binary digits, 3 % at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DelayKind {
    probable: u64,
    mean: u64,
}

impl DelayKind {
    const NONE: Self = Self { probable: 0, mean: 0 };

    fn of(delay: &QueueingDelay) -> Self {
        const DROPPED: u32 = 52 - 4;
        let rounded = |value: f64| (value.to_bits() + (1 << (DROPPED - 1))) >> DROPPED << DROPPED;
        if delay.probable < HARDLY_EVER || delay.mean < 1.0 {
            return Self::NONE;
        }
        Self { probable: rounded(delay.probable), mean: rounded(delay.mean) }
    }

    /// Probability that a delay of this kind is none, and its mean \[ns\] when it is not.
    fn delay(self) -> (f64, f64) {
        (f64::from_bits(self.probable).min(1.0), f64::from_bits(self.mean))
    }
}

/// Delays and their weights \[requests\].
#[derive(Clone, Debug, Default)]
pub struct Mixture {
    kinds: BTreeMap<DelayKind, f64>,
    /// Waits behind a backlog: none, or by cell.
    unmoved: f64,
    waits: Vec<f64>,
    waited: f64,
}

impl Mixture {
    /// `weight` requests meet a delay of chance.
    pub fn meet(&mut self, delay: &QueueingDelay, weight: f64) {
        *self.kinds.entry(DelayKind::of(delay)).or_insert(0.0) += weight;
    }

    /// `weight` requests wait behind a backlog, `mean` \[ns\] with this variance.
    pub fn queue(&mut self, mean: f64, variance: f64, weight: f64) {
        self.waits.resize(CELLS, 0.0);
        self.waited += weight;
        let deviation = libm::sqrt(variance);
        for (point, share) in NORMAL {
            let wait = mean + point * deviation;
            if wait > 0.0 {
                self.waits[cell_of(wait)] += weight * share;
            } else {
                self.unmoved += weight * share;
            }
        }
    }

    /// Adds everything of `other`.
    pub fn add(&mut self, other: &Self) {
        for (kind, weight) in &other.kinds {
            *self.kinds.entry(*kind).or_insert(0.0) += weight;
        }
        if other.waited > 0.0 {
            self.waits.resize(CELLS, 0.0);
            for (mine, theirs) in self.waits.iter_mut().zip(&other.waits) {
                *mine += theirs;
            }
            self.unmoved += other.unmoved;
            self.waited += other.waited;
        }
    }

    /// Everything of both.
    pub fn with(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.add(other);
        both
    }

    /// Sum of all weights \[requests\].
    pub fn weight(&self) -> f64 {
        self.kinds.values().sum::<f64>() + self.waited
    }

    /// Whether nothing was weighed.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.waited <= 0.0
    }

    /// The kind of the mean delay, where nothing waits behind a backlog: kinds of one minute hardly differ then.
    pub fn mean_kind(&self) -> Option<DelayKind> {
        if self.waited > 0.0 {
            return None;
        }
        let (mut total, mut waits, mut times) = (0.0, 0.0, 0.0);
        for (kind, weight) in &self.kinds {
            let (probable, mean) = kind.delay();
            total += weight;
            waits += weight * probable;
            times += weight * probable * mean;
        }
        (total > 0.0).then(|| {
            let mean = if waits > 0.0 { times / waits } else { 0.0 };
            DelayKind::of(&QueueingDelay { probable: waits / total, mean })
        })
    }

    /// One kind of delay alone.
    pub fn of_kind(kind: DelayKind) -> Self {
        Self { kinds: BTreeMap::from([(kind, 1.0)]), ..Self::default() }
    }

    /// The law of `service` with these delays before it; `None` when nothing was weighed.
    pub fn law(&self, service: &DiscretizedLaw) -> Option<DiscretizedLaw> {
        let total = self.weight();
        if total <= 0.0 {
            return None;
        }
        let (mut atom, mut cells) = (0.0, vec![0.0; CELLS]);
        for (kind, weight) in &self.kinds {
            atom += delayed(service, *kind, weight / total, &mut cells);
        }
        if self.waited > 0.0 {
            let share = self.waited / total;
            let masses = self.waits.iter().map(|weight| weight / self.waited).collect();
            let waits = DiscretizedLaw::from_cells(0.0, self.unmoved / self.waited, masses).plus(service);
            atom += waits.atom * share;
            for (cell, mass) in cells.iter_mut().zip(&waits.cells) {
                *cell += mass * share;
            }
        }
        Some(DiscretizedLaw::from_cells(service.shift, atom, cells))
    }
}

/// Adds `share` of the law of `service` behind a delay of `kind` to `cells`; returns what belongs to the atom. In one pass: what has begun
/// below an edge and waits beyond it falls by a factor from edge to edge.
#[expect(clippy::float_cmp, reason = "a remembered argument")]
fn delayed(service: &DiscretizedLaw, kind: DelayKind, share: f64, cells: &mut [f64]) -> f64 {
    let (probable, mean) = kind.delay();
    let delayed_share = if kind == DelayKind::NONE { 0.0 } else { probable * share };
    for (cell, mass) in cells.iter_mut().zip(&service.cells) {
        *cell += (share - delayed_share) * mass;
    }
    if delayed_share > 0.0 {
        let (mut waiting, mut beyond) = (service.atom, 1.0);
        // Cells of an octave are equally wide, so the factors change with the octave only.
        let (mut last, mut kept, mut share_of_cell) = (0.0, 1.0, 0.0);
        for (index, cell) in cells.iter_mut().enumerate() {
            let low = if index == 0 { 0.0 } else { cell_start(index) };
            let width = cell_start(index + 1) - low;
            let mass = service.cells.get(index).copied().unwrap_or(0.0);
            if width != last {
                (last, kept) = (width, libm::exp(-width / mean));
                share_of_cell = (1.0 - kept) * mean / width;
            }
            waiting = waiting * kept + mass * share_of_cell;
            let next = service.mass_from(index + 1) + waiting;
            *cell += delayed_share * (beyond - next);
            beyond = next;
            if beyond < 1e-12 {
                break;
            }
        }
    }
    (share - delayed_share) * service.atom
}

/// The value at quantile `q` of a law \[ns\], within a cell by its share.
pub fn quantile(law: &DiscretizedLaw, q: f64) -> f64 {
    let mut below = law.atom;
    if below >= q {
        return law.shift;
    }
    for (index, mass) in law.cells.iter().enumerate() {
        if below + mass >= q && *mass > 0.0 {
            let low = if index == 0 { 0.0 } else { cell_start(index) };
            return law.shift + low + (cell_start(index + 1) - low) * (q - below) / mass;
        }
        below += mass;
    }
    law.longest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Distribution;
    use crate::units::SimDuration;

    fn exponential(millis: u64) -> DiscretizedLaw {
        DiscretizedLaw::of(&Distribution::exponential(SimDuration::from_millis(millis)).unwrap(), 1.0)
    }

    #[test]
    fn the_response_times_of_an_m_m_1_queue_are_exponential_again() {
        // At 80 % the response time is exponential with mean 10/(1 − 0.8) = 50 ms: P(wait) = 0.8 and a wait of mean 50 ms.
        let mut mixture = Mixture::default();
        mixture.meet(&QueueingDelay { probable: 0.8, mean: 50e6 }, 7.0);
        let law = mixture.law(&exponential(10)).unwrap();
        for (q, times) in [(0.5, core::f64::consts::LN_2), (0.95, 2.995_732), (0.99, 4.605_170)] {
            let exact = times * 50e6;
            assert!((quantile(&law, q) / exact - 1.0).abs() < 0.04, "{q}: {}", quantile(&law, q));
        }
        assert!((law.mean() / 50e6 - 1.0).abs() < 0.04);
    }

    #[test]
    fn a_backlog_shifts_everything_behind_it() {
        let mut mixture = Mixture::default();
        mixture.queue(400e6, 0.0, 1.0);
        mixture.meet(&QueueingDelay::default(), 3.0);
        let law = mixture.law(&DiscretizedLaw::constant(20e6)).unwrap();
        assert!((law.atom - 0.75).abs() < 1e-9);
        assert!((quantile(&law, 0.7) - 20e6).abs() < 1.0);
        assert!((quantile(&law, 0.9) / 420e6 - 1.0).abs() < 0.04);
    }
}
