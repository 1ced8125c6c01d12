//! Sweeps: a scenario at many points, every point with the same random numbers, one row a point and replication (a
//! *cell*). What a sweep is stands in its [`SweepHeader`]; a cell depends on the head and its own number alone, so cells can be
//! run in any order, on any machine, and again after an interruption.
//!
//! What is left out: where rows are kept (the shell's journal) and how they are shown (reports).

mod cell;
mod header;
mod row;
mod shard;
mod summary;
mod validate;

pub use cell::{CellRunner, guarded};
pub use header::SweepHeader;
pub use row::{CellFailure, CellFigures, CellOutcome, CellRow, CellVerdict, FailureKind};
pub use shard::Shard;
pub use summary::{PointSummary, SweepSummary, summarize};
pub use validate::{SingleValues, single_values};
