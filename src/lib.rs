//! windtunnel: a discrete-event autoscaling and cost simulator for AWS ECS/Fargate services.
//!
//! A scenario file goes in; what would have happened comes out: running tasks, response times, the bill, and why the
//! service scaled when it did. Modules are in layers and import from lower ones only; the kernel, a package of its own,
//! is the lowest six.
//!
//! | layer | module | contents |
//! |---|---|---|
//! | 0–5 | [`kernel`] | the pure simulator: a plan and a seed in, facts out |
//! | 6 | [`scenario`] | text → plan, with every problem reported at its place |
//! | 6 | [`record`] | what a run leaves behind |
//! | 7 | [`experiment`] | what is asked of the engine; the only module with threads |
//! | 8 | [`report`] | results → bytes |
//! | 9 | [`shell`] | files, clock, terminal |
//! | 10 | [`cli`] | arguments → calls → exit codes |
//!
//! Start reading at [`experiment::run`], then [`kernel::simulation::simulate`].

pub mod cli;
pub mod experiment;
pub mod record;
pub mod report;
pub mod results;
pub mod scenario;
pub mod shell;

pub use windtunnel_kernel as kernel;
