//! The fluid plane: what arrives is a rate, what a task holds is an amount. Beside it the queueing theory from which the
//! response times of flows are made, which know no single request.

mod fluid_queue;
mod mixture;
mod path;
mod queueing_delay;
mod residence;
mod rounding;

pub use mixture::{DelayKind, Mixture, quantile};
pub use path::Fluid;
pub use queueing_delay::{QueueingDelay, QueueingDelays};
