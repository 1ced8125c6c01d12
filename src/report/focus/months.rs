//! The calendar months (UTC) that a run touches, as FOCUS writes them.

use jiff::Timestamp;

use crate::kernel::billing::{CalendarMonth, months_of_run};
use crate::kernel::units::{SimDuration, SimTime};

/// A calendar month, as far as the run touches it.
pub(super) struct BillingMonth {
    /// First instants of the month and of the next one.
    pub(super) billing: (String, String),
    /// Part of the month that the run covers.
    pub(super) charge: (SimTime, SimTime),
}

/// The months that a run touches, in order.
pub(super) fn months(start_unix_ns: i64, horizon: SimDuration) -> Vec<BillingMonth> {
    let text = |unix_ns: i128| {
        Timestamp::from_nanosecond(unix_ns).map_or_else(|_| String::new(), |instant| instant.to_string())
    };
    let month = |(month, from, until): (CalendarMonth, SimTime, SimTime)| BillingMonth {
        billing: (text(month.begin), text(month.end)),
        charge: (from, until),
    };
    months_of_run(start_unix_ns, horizon).map(month).collect()
}
