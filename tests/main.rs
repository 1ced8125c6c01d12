//! The integration tests that answer soon: one module for each module of the library or each subject. Those that judge by many runs are in
//! `statistics`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod benchmarks;
mod bills;
mod cli;
mod conformance;
mod control;
mod controller;
mod damage;
mod dependencies;
mod differential;
mod example;
mod experiments;
mod field;
mod fluid;
mod gate;
mod invariants;
mod limits;
mod measurements;
mod outputs;
mod outputs_of;
mod outside;
mod program;
mod report;
mod scenario;
mod scenarios;
mod sweep;
mod tidy;
mod tutorial;
mod validation;
#[expect(dead_code, reason = "the laws of `statistics` ask the witness for more")]
mod witness;
#[path = "../benches/workloads.rs"]
mod workloads;
