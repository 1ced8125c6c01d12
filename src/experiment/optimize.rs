//! The cheapest setting that passes the scenario's checks: a race of all candidates on common random numbers, then a
//! confirmation of the first on fresh ones, so that its figures are not flattered by having been selected for them.

mod advice;
mod race;
mod search;

pub use advice::{Alternative, AxisEffect, Level, alternatives, axis_effects};
pub use race::{Elimination, RaceRules, RacedCandidate, Score, race};
pub use search::{CandidatePoint, Confirmed, MOST_CANDIDATES, Search, SearchResult};
