//! Randomness: named streams, and the distributions that draw from them.
//!
//! Every purpose has a stream of its own, keyed by `(seed, replication, purpose, entity)`, so a change of policy
//! never shifts an arrival or a service demand (common random numbers). All mathematics is either exact IEEE
//! arithmetic or the pinned `libm`, so a draw is the same on every platform.

mod cdf;
pub mod discretized_law;
pub mod distribution;
mod math;
mod streams;
mod ziggurat;
mod ziggurat_tables;

pub use discretized_law::DiscretizedLaw;
pub use distribution::{Distribution, DistributionError};
pub use math::{exp_batch, whole};
pub use streams::{Purpose, Rng, Streams};
pub use ziggurat::{exponential, fill_exponential, fill_standard_normal, standard_normal};
