//! Simulated time: whole nanoseconds since second 0 of the run. Integers make ties and sums exact.

use core::ops::{Add, AddAssign, Sub};

/// Nanoseconds in a second.
pub const NANOS_PER_SEC: u64 = 1_000_000_000;
/// Nanoseconds in a minute; the period of ECS and load-balancer metrics (`docs/aws/metrics.md`) and the unit of timelines.
pub const NANOS_PER_MINUTE: u64 = 60 * NANOS_PER_SEC;
/// Nanoseconds in an hour.
pub const NANOS_PER_HOUR: u64 = 60 * NANOS_PER_MINUTE;
/// Nanoseconds in a millisecond.
pub const NANOS_PER_MILLI: u64 = 1_000_000;

/// An instant of simulated time [ns since second 0].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct SimTime(pub u64);

/// A span of simulated time \[ns\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct SimDuration(pub u64);

impl SimTime {
    /// Second 0 of the run.
    pub const ZERO: Self = Self(0);
    /// Later than every horizon: what never happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// The span since `earlier`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since second 0 \[s\], for display.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        SimDuration(self.0).as_secs_f64()
    }
}

impl SimDuration {
    /// The empty span.
    pub const ZERO: Self = Self(0);
    /// Longer than every run: a draw beyond it saturates here and counts as "after the horizon" (about 31 years).
    pub const CAP: Self = Self(1_000_000_000 * NANOS_PER_SEC);

    /// A span of whole seconds \[s\]; saturates at [`SimDuration::CAP`].
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        let nanos = secs.saturating_mul(NANOS_PER_SEC);
        if nanos > Self::CAP.0 { Self::CAP } else { Self(nanos) }
    }

    /// A span of whole milliseconds \[ms\]; saturates at [`SimDuration::CAP`].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        let nanos = millis.saturating_mul(NANOS_PER_MILLI);
        if nanos > Self::CAP.0 { Self::CAP } else { Self(nanos) }
    }

    /// The span of `nanos` \[ns\], rounded to the nearest nanosecond; negative and NaN become zero, and what is
    /// longer than [`SimDuration::CAP`] saturates there.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the range is checked on the line before the cast"
    )]
    pub fn from_nanos_f64(nanos: f64) -> Self {
        if nanos >= Self::CAP.0 as f64 {
            Self::CAP
        } else if nanos > 0.0 {
            Self((nanos + 0.5) as u64)
        } else {
            Self::ZERO
        }
    }

    /// The span of `secs` \[s\], rounded to the nearest nanosecond, with the limits of
    /// [`SimDuration::from_nanos_f64`].
    #[must_use]
    pub fn from_secs_f64(secs: f64) -> Self {
        Self::from_nanos_f64(secs * 1e9)
    }

    /// Seconds \[s\], for display and statistics.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display and statistics only")]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Milliseconds \[ms\], for display and statistics.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "display and statistics only")]
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    /// Saturates at [`SimTime::NEVER`]: nothing that late is ever reached.
    fn add(self, span: SimDuration) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, span: SimDuration) {
        *self = *self + span;
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for SimDuration {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
