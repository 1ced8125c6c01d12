//! The choice of a task for a request.

pub(super) mod departures;
pub(super) mod load_aware;
pub(super) mod outstanding;
pub(super) mod rotation;
