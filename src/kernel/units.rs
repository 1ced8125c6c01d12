//! Time, money, sizes and ids as newtypes. Ranges are checked once, where a value is made; below that border the
//! kernel trusts its inputs.

mod bytes;
mod ids;
mod money;
mod time;

pub use bytes::Bytes;
pub use ids::{AlarmId, PolicyId, RevisionId, ServiceId, TaskId};
pub use money::{CENT, PICO_PER_USD, Usd, div_half_away};
pub use time::{NANOS_PER_HOUR, NANOS_PER_MILLI, NANOS_PER_MINUTE, NANOS_PER_SEC, SimDuration, SimTime};
