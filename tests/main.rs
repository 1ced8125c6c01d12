//! The integration tests, in one binary: one module a room or a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod benchmarks;
mod cli;
mod differential;
mod experiments;
mod fluid;
mod invariants;
mod laws;
mod limits;
mod oracles;
mod program;
mod report;
mod scenario;
mod scenarios;
mod statistics;
mod tidy;
mod witness;
#[path = "../benches/workloads.rs"]
mod workloads;
