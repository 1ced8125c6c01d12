//! The integration tests, in one binary: one module a room or a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod benchmarks;
mod invariants;
mod report;
mod scenario;
mod tidy;
#[path = "../benches/workloads.rs"]
mod workloads;
