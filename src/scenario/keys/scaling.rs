//! `[service.<name>.scaling]`: capacities, policies, scheduled actions and suspensions. Names are AWS's own, in snake case.

pub(crate) mod alarm;
pub(crate) mod scheduled;
pub(crate) mod step;
pub(crate) mod table;
pub(crate) mod target_tracking;
