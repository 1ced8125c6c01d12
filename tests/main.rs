//! The integration tests, in one binary: one module a room or a subject.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod cli;
mod program;
mod report;
mod scenario;
mod scenarios;
