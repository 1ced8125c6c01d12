//! The story around a moment of a run, in plain sentences, from the files that the run left: when the load changed, when
//! the metric showed it, when the alarm fired, what was decided, when tasks could serve, and how the minutes split
//! between these causes. Where nothing was scaled it says why not.

mod moment;
mod moves;
mod quiet;
mod read;
mod service;
mod story;
mod tell;

pub use read::{WHY_FILES, WhyFiles};
pub use tell::{WhyQuestion, why};
