//! Experiments with the engine: one run with its checks, or many replications on all cores. It neither touches the disk
//! nor renders, and it is the only module with threads.

pub mod checks;
pub mod compare;
mod effort;
mod estimate;
mod fidelity;
mod figures;
pub mod forecast;
mod interruption;
mod minutes;
pub mod optimize;
mod outcome;
pub mod pareto;
pub mod points;
pub mod pool;
pub mod replications;
mod run;
mod sample;
mod saved_run;
pub mod scale_in;
mod scale_in_means;
mod student;
pub mod sweep;
pub mod threads;
mod varied_scenario;
pub mod warmup;

pub use effort::Effort;
pub use estimate::{CONFIDENCE, Estimate, Pseudo, of_means, of_ratios, of_sections, quantile_of};
pub use fidelity::{COMPARED_REQUESTS, FluidError, compared, fluid_error};
pub use figures::{Aggregation, Figure, Measure, Share, largest_p99, per_million_served};
pub use minutes::{Longest, longest_shortfall, minutes_over};
pub use outcome::{CheckOutcome, CheckStatus};
pub use run::{RunResult, replicate, run, run_replication};
pub use sample::RunSample;
pub use saved_run::{SavedFiles, SavedRun, checked_horizon};
pub use student::{normal_quantile, student_t_quantile};
pub use varied_scenario::VariedScenario;
