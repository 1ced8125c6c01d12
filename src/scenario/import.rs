//! Imports of a scenario: traces, schedules in AWS's notation, and the rate curves made of shapes.

pub(crate) mod cron;
pub(crate) mod curve;
pub(crate) mod schedule;
pub(crate) mod trace;
