//! Points of axes: which values meet in which point, from a grid, a Latin hypercube or a file. Sweeps and searches number
//! their settings by it.

mod design;
mod file;
mod loaded;

pub use design::{Design, MOST_CELLS, MOST_POINTS, MOST_REPLICATIONS, short_name};
pub use file::points_of;
pub(super) use loaded::LoadedPoints;

pub use crate::scenario::Points;
