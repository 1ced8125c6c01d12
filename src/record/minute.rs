//! Requests by the minute in which they end.

mod minutes;
mod realized;

pub(super) use minutes::{ClosedMinute, Minutes, OutcomeCounts};
