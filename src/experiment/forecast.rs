//! Forecast of the cost of the next months: calendar months of real length, traffic that grows, inputs that are not
//! known exactly drawn anew for every run, and the commitment that such months are worth.
//!
//! A month is simulated by itself, from its first local midnight, with `desired_count` warm tasks. Shapes follow the
//! calendar (`at`, `start` and `end` of spikes, steps and ramps count from the first month's midnight, so that an event
//! happens once); a trace is laid over the months by weekday and local clock. Growth moves the level from month to month,
//! not within one.

mod actuals;
mod inputs;
mod limit;
mod months;
mod savings;
mod simulation;
mod spread;

pub use actuals::{Actual, Backtest, Pair, backtest, is_month, read_actuals};
pub use inputs::{Draw, Input, draw};
pub use months::{Month, Pattern, months};
pub use savings::{Commitment, CommitmentTerm, Hour, TaskRate, best, task_rate};
pub use simulation::{
    COST_BOUND, Expectation, Forecast, ForecastError, ForecastFidelity, ForecastProgress, MonthForecast,
    MonthRun, forecast,
};
pub use spread::RunSpread;
