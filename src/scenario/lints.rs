//! Lints of scaling: policies, bounds and health checks that are accepted by AWS and do something else than was meant, as far
//! as the scenario alone tells. Each says it in numbers, with what to write instead. What only a run can tell is not here.

mod all;
mod capacity;
mod range;
mod signals;
mod startup;
mod steps;
mod subject;
mod thresholds;

pub(crate) use all::check;
pub(crate) use subject::Service;
