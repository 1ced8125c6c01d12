//! Time, money, sizes and ids as newtypes. Ranges are checked once, where a value is made; below that border the
//! kernel trusts its inputs.

mod ids;
mod money;
mod time;

pub use ids::{AlarmId, PolicyId, ServiceId, TaskId};
pub use money::{CENT, PICO_PER_USD, Usd, div_half_away};
pub use time::{NANOS_PER_HOUR, NANOS_PER_MILLI, NANOS_PER_MINUTE, NANOS_PER_SEC, SimDuration, SimTime};

/// A size in bytes \[B\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// One kibibyte \[B\].
    pub const KIB: u64 = 1 << 10;
    /// One mebibyte \[B\].
    pub const MIB: u64 = 1 << 20;
    /// One gibibyte \[B\].
    pub const GIB: u64 = 1 << 30;
}
