//! A law of times as masses on a log-linear grid of 32 cells an octave: what sums, tails and quantiles of response times
//! are computed with where nothing is drawn. A cell is at most 3.2 % wide and its mass is spread evenly over it; sums
//! and tails that do not fall on a cell's edge are interpolated. What is left out: correlation, every sum is of
//! independent times.

use alloc::vec::Vec;

use super::Distribution;
use crate::grid::LogLinear;

/// 32 cells an octave.
type Grid = LogLinear<5>;

/// Octaves of the grid: it reaches to 2⁵⁴ ns, seven months.
const OCTAVES: usize = 44;
/// Cells of the grid.
pub const CELLS: usize = Grid::cells(OCTAVES);
/// Mass that is not worth a cell.
const NEGLIGIBLE_MASS: f64 = 1e-13;

/// The cell of a time \[ns\].
#[inline]
#[must_use]
pub fn cell_of(nanos: f64) -> usize {
    Grid::cell_of_real(nanos).min(CELLS - 1)
}

/// Beginning of a cell \[ns\].
#[inline]
#[must_use]
pub fn cell_start(cell: usize) -> f64 {
    Grid::start(cell)
}

/// A law of times: a shift that always comes first, then nothing with probability `atom`, or a time on the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscretizedLaw {
    /// Added to every time \[ns\].
    pub shift: f64,
    /// Probability of the shift alone.
    pub atom: f64,
    /// Masses of the cells; with the atom they sum to one.
    pub cells: Vec<f64>,
    /// Mass of each cell and all above it; one longer than `cells`.
    above: Vec<f64>,
    /// Integral of the tail beyond each cell's beginning \[ns\]; one longer than `cells`.
    lasting: Vec<f64>,
    mean: f64,
}

impl DiscretizedLaw {
    /// A time of exactly `nanos` \[ns\].
    #[must_use]
    pub fn constant(nanos: f64) -> Self {
        Self::from_cells(nanos, 1.0, Vec::new())
    }

    /// The law of `law` stretched by `factor` (> 0).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a time")]
    pub fn of(law: &Distribution, factor: f64) -> Self {
        if let Some(value) = law.as_constant() {
            return Self::constant(value.0 as f64 * factor);
        }
        let mut cells = alloc::vec![0.0; CELLS];
        if let Some(samples) = law.as_samples() {
            for sample in samples {
                cells[cell_of(*sample as f64 * factor)] += 1.0 / samples.len() as f64;
            }
            return Self::from_cells(0.0, 0.0, cells);
        }
        let at = |cell: usize| law.cdf(cell_start(cell) / factor);
        let mut below = 0.0;
        for octave in 0..OCTAVES {
            let first = Grid::cells(octave);
            let end = at(first + Grid::CELLS_PER_OCTAVE);
            if end - below > NEGLIGIBLE_MASS {
                for (offset, cell) in cells[first..first + Grid::CELLS_PER_OCTAVE].iter_mut().enumerate() {
                    let next = at(first + offset + 1);
                    *cell = next - below;
                    below = next;
                }
            }
        }
        cells[CELLS - 1] += 1.0 - below;
        Self::from_cells(0.0, 0.0, cells)
    }

    /// A law of given masses, which sum to one with the atom; cells that are worth nothing are dropped at the end.
    #[must_use]
    pub fn from_cells(shift: f64, atom: f64, mut cells: Vec<f64>) -> Self {
        let length = cells.iter().rposition(|mass| *mass > NEGLIGIBLE_MASS).map_or(0, |last| last + 1);
        cells.truncate(length);
        let (mut above, mut lasting) = (alloc::vec![0.0; length + 1], alloc::vec![0.0; length + 1]);
        let mut mean = shift;
        for cell in (0..length).rev() {
            let width = cell_start(cell + 1) - cell_start(cell);
            above[cell] = above[cell + 1] + cells[cell];
            lasting[cell] = lasting[cell + 1] + width * (above[cell] + above[cell + 1]) / 2.0;
            mean += cells[cell] * (cell_start(cell) + width / 2.0);
        }
        Self { shift, atom, cells, above, lasting, mean }
    }

    /// The law of the sum of two independent times.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let shift = self.shift + other.shift;
        let mut cells = alloc::vec![0.0; CELLS];
        for (mine, theirs) in [(self, other.atom), (other, self.atom)] {
            for (cell, mass) in cells.iter_mut().zip(&mine.cells) {
                *cell += theirs * mass;
            }
        }
        let middle = |cell: usize| (cell_start(cell) + cell_start(cell + 1)) / 2.0;
        let others: Vec<(f64, f64)> = other
            .cells
            .iter()
            .enumerate()
            .filter(|(_, mass)| **mass > NEGLIGIBLE_MASS)
            .map(|(c, m)| (middle(c), *m))
            .collect();
        for (cell, mass) in self.cells.iter().enumerate().filter(|(_, mass)| **mass > NEGLIGIBLE_MASS) {
            let time = middle(cell);
            for (other_time, other_mass) in &others {
                cells[cell_of(time + other_time)] += mass * other_mass;
            }
        }
        Self::from_cells(shift, self.atom * other.atom, cells)
    }

    /// The mean \[ns\].
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Variance ÷ mean²; zero for a time of nothing.
    #[must_use]
    pub fn squared_variation(&self) -> f64 {
        let mean = self.mean();
        if mean <= 0.0 {
            return 0.0;
        }
        let variable = mean - self.shift;
        (self.moment(|time| time * time) - variable * variable).max(0.0) / (mean * mean)
    }

    fn moment(&self, power: impl Fn(f64) -> f64) -> f64 {
        let weighed =
            |(cell, mass): (usize, &f64)| mass * power((cell_start(cell) + cell_start(cell + 1)) / 2.0);
        self.cells.iter().enumerate().map(weighed).sum()
    }

    /// Mass of a cell and all above it.
    #[must_use]
    pub fn mass_from(&self, cell: usize) -> f64 {
        self.above.get(cell).copied().unwrap_or(0.0)
    }

    /// Probability of a time longer than `nanos` \[ns\].
    #[must_use]
    pub fn beyond(&self, nanos: f64) -> f64 {
        let rest = nanos - self.shift;
        if rest < 0.0 {
            return 1.0;
        }
        let cell = cell_of(rest);
        if cell >= self.cells.len() {
            return 0.0;
        }
        let (low, high) = (if cell == 0 { 0.0 } else { cell_start(cell) }, cell_start(cell + 1));
        self.above[cell + 1] + self.cells[cell] * ((high - rest) / (high - low)).clamp(0.0, 1.0)
    }

    /// Share of what is in progress now, in the long run, that goes on for more than `nanos` \[ns\] (the residual life
    /// of renewal theory): the tail beyond, integrated, ÷ the mean. Zero for a time of nothing.
    #[must_use]
    pub fn lasts_beyond(&self, nanos: f64) -> f64 {
        if self.mean <= 0.0 {
            return 0.0;
        }
        let (rest, first) = (nanos - self.shift, cell_start(0));
        let integral = if rest <= first {
            // Everything on the grid is longer than its first edge.
            let all = 1.0 - self.atom;
            (-rest).max(0.0) + all * (first - rest.max(0.0)) + self.lasting[0]
        } else {
            let cell = cell_of(rest);
            match self.cells.get(cell) {
                None => 0.0,
                Some(mass) => {
                    let (low, high) = (cell_start(cell), cell_start(cell + 1));
                    let left = high - rest;
                    self.lasting[cell + 1]
                        + left * (self.above[cell + 1] + mass * left / (2.0 * (high - low)))
                }
            }
        };
        (integral / self.mean).min(1.0)
    }

    /// No time is longer \[ns\].
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.shift + if self.cells.is_empty() { 0.0 } else { cell_start(self.cells.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    fn exponential(millis: u64) -> Distribution {
        Distribution::exponential(SimDuration::from_millis(millis)).unwrap()
    }

    #[test]
    fn a_spread_has_the_moments_and_tails_of_its_law() {
        let discretized_law = DiscretizedLaw::of(&exponential(40), 2.0);
        assert!((discretized_law.mean() / 80e6 - 1.0).abs() < 1e-3, "{}", discretized_law.mean());
        assert!((discretized_law.squared_variation() - 1.0).abs() < 5e-3);
        for millis in [1.0, 50.0, 400.0] {
            let tail = libm::exp(-millis / 80.0);
            assert!((discretized_law.beyond(millis * 1e6) / tail - 1.0).abs() < 2e-3, "{millis}");
            // An exponential time has no memory.
            assert!((discretized_law.lasts_beyond(millis * 1e6) / tail - 1.0).abs() < 5e-3, "{millis}");
        }
    }

    #[test]
    fn sums_add_means_and_variances_and_keep_constants_exact() {
        let constant = DiscretizedLaw::of(&Distribution::constant(SimDuration::from_millis(30)), 1.0);
        let sum = DiscretizedLaw::of(&exponential(40), 1.0)
            .plus(&DiscretizedLaw::of(&exponential(40), 1.0))
            .plus(&constant);
        assert!((sum.mean() / 110e6 - 1.0).abs() < 1e-3);
        // Two exponentials make an Erlang law: variance 2·40², and P(> t) = (1 + t/40)·e^(−t/40).
        assert!((sum.squared_variation() / (2.0 * 1_600.0 / 12_100.0) - 1.0).abs() < 1e-2);
        let tail = (1.0 + 5.0) * libm::exp(-5.0);
        assert!((sum.beyond(230e6) / tail - 1.0).abs() < 1e-2);
        assert!((sum.beyond(29.9e6) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_constant_lasts_for_a_uniform_rest() {
        let discretized_law = DiscretizedLaw::constant(100.0);
        assert!((discretized_law.lasts_beyond(25.0) - 0.75).abs() < 1e-12);
        assert_eq!(
            (
                discretized_law.lasts_beyond(100.0),
                discretized_law.beyond(100.0),
                discretized_law.beyond(99.0)
            ),
            (0.0, 0.0, 1.0)
        );
        assert!(DiscretizedLaw::constant(0.0).lasts_beyond(0.0).abs() < 1e-12);
    }

    #[test]
    fn cells_follow_each_other() {
        for cell in 0..CELLS - 1 {
            assert_eq!(cell_of(cell_start(cell)), cell);
            assert!(cell_start(cell + 1) / cell_start(cell) <= 1.0 + 1.0 / 32.0 + 1e-12);
        }
        assert_eq!(cell_of(0.0), 0);
    }
}
