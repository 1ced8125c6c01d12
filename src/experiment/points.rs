//! Points of axes: which values meet in which point, from a grid, a Latin hypercube or a file. Sweeps and searches number
//! their settings by it.

mod design;
mod file;

pub use design::{Design, MOST_CELLS, MOST_POINTS, MOST_REPLICATIONS, Points};
pub use file::points_of;
