//! The cheapest setting that passes the scenario's checks: a race of all candidates on common random numbers, then a
//! confirmation of the first on fresh ones, so that its figures are not flattered by having been selected for them.

mod advice;
mod race;
mod search;

pub use advice::{Alternative, Knob, Level, alternatives, knobs};
pub use race::{Fate, Rules, Runner, Score, race};
pub use search::{CandidatePoint, Confirmed, Found, MOST_CANDIDATES, Search};
