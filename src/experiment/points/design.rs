//! Design of a sweep: the values that meet in each point. Points are made when they are asked for: a grid is
//! arithmetic, a Latin hypercube one shuffled list an axis, a list what it was given.

use crate::kernel::random::{Purpose, Streams};
use crate::scenario::{Axis, Points};

/// Streams of Latin hypercubes: which values of an axis meet in a point, a stream an axis.
const STRATA: Purpose = Purpose::new("design");

/// Most cells of a sweep.
pub const MOST_CELLS: u64 = 1_000_000_000;
/// Most points of a Latin hypercube or of a list.
pub const MOST_POINTS: u64 = 1_000_000;
/// Most runs of a point.
pub const MOST_REPLICATIONS: u32 = 100_000;
/// Most axes.
const MOST_AXES: usize = 1_000;
/// Most numbers that a Latin hypercube or a list of points holds: points × axes.
const MOST_NUMBERS: u128 = 100_000_000;

/// The points of a sweep.
#[derive(Clone, Debug)]
pub struct Design<'a> {
    axes: &'a [Axis],
    points: &'a Points,
    count: u64,
    replications: u64,
    /// For a Latin hypercube and each axis: the stratum of every point.
    strata: Vec<Vec<u32>>,
}

impl<'a> Design<'a> {
    /// Cells (point × replication) of such a sweep, before any is made; a grid's can be astronomical.
    #[must_use]
    pub fn estimate(axes: &[Axis], points: &Points, replications: u32) -> u128 {
        let points = match points {
            Points::Grid => {
                axes.iter().fold(1_u128, |product, axis| product.saturating_mul(axis.values.len() as u128))
            }
            Points::LatinHypercube { points } => u128::from(*points),
            Points::List { rows } => rows.len() as u128,
        };
        points.saturating_mul(u128::from(replications))
    }

    /// The number of cells of a sweep that can be run: what is not, is told before anything of its size is made.
    ///
    /// # Errors
    /// What is wrong, as a clause.
    pub fn check(axes: &[Axis], points: &Points, replications: u32) -> Result<u64, String> {
        let count = Self::estimate(axes, points, 1);
        let numbers = count.saturating_mul(axes.len() as u128);
        match points {
            _ if !(1..=MOST_REPLICATIONS).contains(&replications) => {
                return Err(format!(
                    "a point has {replications} replications, and 1 to {MOST_REPLICATIONS} are possible"
                ));
            }
            _ if axes.is_empty() || axes.len() > MOST_AXES => {
                return Err(format!("there are {} axes, and 1 to {MOST_AXES} are possible", axes.len()));
            }
            Points::LatinHypercube { .. } | Points::List { .. }
                if !(1..=u128::from(MOST_POINTS)).contains(&count) =>
            {
                return Err(format!("there are {count} points, and 1 to {MOST_POINTS} are possible"));
            }
            Points::LatinHypercube { .. } | Points::List { .. } if numbers > MOST_NUMBERS => {
                return Err(format!(
                    "{count} points on {} axes are {numbers} values, and at most {MOST_NUMBERS} are possible",
                    axes.len()
                ));
            }
            _ => {}
        }
        if let Some(axis) = axes.iter().find(|axis| axis.values.is_empty()) {
            return Err(format!("the axis `{}` has no values", axis.name));
        }
        if let Points::List { rows } = points {
            let fits =
                |(value, axis): (&u32, &Axis)| usize::try_from(*value).is_ok_and(|v| v < axis.values.len());
            let is_sound = |row: &Vec<u32>| row.len() == axes.len() && row.iter().zip(axes).all(fits);
            if let Some(at) = rows.iter().position(|row| !is_sound(row)) {
                return Err(format!(
                    "point {at} does not have one known value on each of the {} axes",
                    axes.len()
                ));
            }
        }
        let cells = Self::estimate(axes, points, replications);
        u64::try_from(cells).ok().filter(|cells| *cells <= MOST_CELLS).ok_or_else(|| {
            format!("it has {cells} runs (points × replications), and at most {MOST_CELLS} are possible")
        })
    }

    /// The points of these axes; a Latin hypercube is drawn from named streams of `seed`. The caller has made sure by
    /// [`Self::check`] that there can be so many.
    #[must_use]
    pub fn new(axes: &'a [Axis], points: &'a Points, replications: u32, seed: u64) -> Self {
        let replications = u64::from(replications.max(1));
        let count = u64::try_from(Self::estimate(axes, points, 1)).unwrap_or(u64::MAX);
        let strata = match points {
            Points::LatinHypercube { points } => {
                axes.iter().map(|axis| shuffled(axis, *points, seed)).collect()
            }
            _ => Vec::new(),
        };
        Self { axes, points, count, replications, strata }
    }

    /// Every combination of these axes, once each.
    #[must_use]
    pub fn grid(axes: &'a [Axis]) -> Self {
        Self::new(axes, &Points::Grid, 1, 0)
    }

    /// Number of points.
    #[must_use]
    pub const fn points(&self) -> u64 {
        self.count
    }

    /// Runs of each point.
    #[must_use]
    pub const fn replications(&self) -> u64 {
        self.replications
    }

    /// Number of cells.
    #[must_use]
    pub const fn cells(&self) -> u64 {
        self.count.saturating_mul(self.replications)
    }

    /// The point and the replication of a cell: the replications of a point follow each other.
    #[must_use]
    pub const fn split(&self, cell: u64) -> (u64, u64) {
        (cell / self.replications, cell % self.replications)
    }

    /// The axes.
    #[must_use]
    pub const fn axes(&self) -> &'a [Axis] {
        self.axes
    }

    /// The index of the value of each axis in a point.
    #[must_use]
    pub fn choice(&self, point: u64) -> Vec<usize> {
        let axes = self.axes;
        match self.points {
            Points::Grid => {
                let (mut rest, mut choice) = (point, vec![0; axes.len()]);
                for (slot, axis) in choice.iter_mut().zip(axes).rev() {
                    let count = axis.values.len().max(1) as u64;
                    *slot = index(rest % count);
                    rest /= count;
                }
                choice
            }
            Points::LatinHypercube { points } => {
                let value = |(strata, axis): (&Vec<u32>, &Axis)| {
                    let stratum = strata.get(index(point)).map_or(0, |stratum| u64::from(*stratum));
                    // Strata in order are dealt to the values in order, each as often as the others, give or take one.
                    index(stratum * axis.values.len() as u64 / (*points).max(1))
                };
                self.strata.iter().zip(axes).map(value).collect()
            }
            Points::List { rows } => rows.get(index(point)).map_or_else(Vec::new, |row| {
                row.iter().map(|value| usize::try_from(*value).unwrap_or(usize::MAX)).collect()
            }),
        }
    }

    /// The values of a point as reports write them, one an axis.
    #[must_use]
    pub fn labels(&self, point: u64) -> Vec<&'a str> {
        let label =
            |(axis, value): (&'a Axis, usize)| axis.values.get(value).map_or("", |v| v.label.as_str());
        self.axes.iter().zip(self.choice(point)).map(label).collect()
    }

    /// A point in words: `target_value 55, cpu 1024`.
    #[must_use]
    pub fn name(&self, point: u64) -> String {
        let values = self.axes.iter().zip(self.labels(point));
        let parts: Vec<String> =
            values.map(|(axis, label)| format!("{} {label}", short_name(&axis.name))).collect();
        parts.join(", ")
    }

    /// The overrides of a point, each `KEY=VALUE`.
    #[must_use]
    pub fn overrides(&self, point: u64) -> Vec<String> {
        let values = self.axes.iter().zip(self.choice(point));
        values.filter_map(|(axis, value)| axis.values.get(value)).flat_map(|v| v.overrides.clone()).collect()
    }
}

/// The last part of the name of an axis: `target_value` of a key's path.
#[must_use]
pub fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The numbers from 0 in random order, from the axis' own stream: another axis changes nothing here.
fn shuffled(axis: &Axis, points: u64, seed: u64) -> Vec<u32> {
    let mut rng = Streams::new(seed, 0).stream(STRATA, &axis.name);
    let mut order: Vec<u32> = (0..u32::try_from(points).unwrap_or(u32::MAX)).collect();
    for place in (1..order.len()).rev() {
        order.swap(place, index(rng.below(place as u64 + 1)));
    }
    order
}
