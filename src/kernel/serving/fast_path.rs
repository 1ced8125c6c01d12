//! The fast path: the way of a request is computed when it arrives, where no start depends on what comes after it.

mod fast_fleet;
mod free_times;
mod path;
mod waiting_queue;

pub use fast_fleet::FastFleet;
