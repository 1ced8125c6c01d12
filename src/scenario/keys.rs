//! The tables of a scenario: their keys, and what is built from each.

pub(crate) mod assumptions;
pub(crate) mod budget;
pub(crate) mod builder;
pub(crate) mod checks;
pub(crate) mod context;
pub(crate) mod distribution;
pub(crate) mod experiments;
pub(crate) mod expression;
pub(crate) mod failure;
pub(crate) mod faults;
pub(crate) mod fluid_limits;
pub(crate) mod forecast;
pub(crate) mod limits;
pub(crate) mod load_balancer;
pub(crate) mod metrics;
pub(crate) mod prices;
pub(crate) mod request;
pub(crate) mod root;
pub(crate) mod scaling;
pub(crate) mod service;
pub(crate) mod start_time;
pub(crate) mod startup;
pub(crate) mod task;
pub(crate) mod task_size;
pub(crate) mod traffic;
