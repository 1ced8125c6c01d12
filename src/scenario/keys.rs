//! The tables of a scenario: their keys, and what is built from each.

pub(crate) mod assumptions;
pub(crate) mod budget;
pub(crate) mod checks;
pub(crate) mod distribution;
pub(crate) mod experiments;
pub(crate) mod expression;
pub(crate) mod faults;
pub(crate) mod fluid_limits;
pub(crate) mod forecast;
pub(crate) mod limits;
pub(crate) mod metrics;
pub(crate) mod policies;
pub(crate) mod prices;
pub(crate) mod request;
pub(crate) mod scheduled;
pub(crate) mod schema;
pub(crate) mod service;
pub(crate) mod start_time;
pub(crate) mod task_size;
pub(crate) mod traffic;
