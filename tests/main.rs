//! The integration tests, in one binary: one module a room or a subject.

mod benchmarks;
mod invariants;
mod report;
mod scenario;
mod tidy;
