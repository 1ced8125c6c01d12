//! The integration tests, in one binary: one module a room or a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod benchmarks;
mod bills;
mod cli;
mod conformance;
mod control;
mod dependencies;
mod differential;
mod experiments;
mod field;
mod fluid;
mod gate;
mod invariants;
mod laws;
mod limits;
mod measurements;
mod oracles;
mod outputs;
mod outside;
mod program;
mod report;
mod scenario;
mod scenarios;
mod statistics;
mod sweep;
mod tidy;
mod tutorial;
mod validation;
mod witness;
#[path = "../benches/workloads.rs"]
mod workloads;
