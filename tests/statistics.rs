//! The tests that judge by many runs: laws over random plans, queueing theory, how often intervals hold and searches find,
//! every number of a folder replaced.
//! They take most of the time of all tests, so they are a binary of their own: `cargo test --test statistics`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod coverage;
mod damage;
mod estimates;
mod example;
mod exhaustive;
mod laws;
mod oracles;
mod planted;
#[expect(dead_code, reason = "`suite` asks the program for more")]
mod program;
mod witness;
#[expect(dead_code, reason = "other workloads are of the benchmarks and of `suite`")]
#[path = "../benches/workloads.rs"]
mod workloads;
