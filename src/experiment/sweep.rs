//! Sweeps: a scenario at many points, every point with the same random numbers, one row a point and replication (a
//! *cell*). What a sweep is stands in its [`Head`]; a cell depends on the head and its own number alone, so cells can be
//! run in any order, on any machine, and again after an interruption.
//!
//! What is left out: where rows are kept (the shell's journal) and how they are shown (reports).

mod cell;
mod header;
mod row;
mod shard;
mod survey;
mod validate;

pub use cell::{Runner, guarded};
pub use header::Head;
pub use row::{Done, Failure, FailureKind, Outcome, Row, Verdict};
pub use shard::Shard;
pub use survey::{PointSummary, Survey, summarize};
pub use validate::{Alone, alone};
