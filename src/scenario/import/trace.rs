//! Traces: a CSV of counts or rates, streamed. Only the intervals within the horizon are kept, equal neighbours merged,
//! so a file of any size needs bounded memory. Every row that is out of step is reported with its line and its cell. How
//! the file writes times and numbers is found out from its beginning; what could be read in two ways is not guessed.

mod cells;
mod clock;
mod head;
mod instant;
mod kinds;
mod lines;
mod model;
mod number;
mod row;
mod series;
#[cfg(test)]
mod tests;
mod utf16;

pub(crate) use instant::DateOrder;
pub(crate) use model::{Duplicates, EqualIntervals, FirstTime, Gaps, Growth, Trace, TraceOptions};
pub(crate) use number::Decimal;
pub(crate) use series::read;
