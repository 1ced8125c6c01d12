//! The integration tests, as one binary: what the pieces do together, and what theory says they must do.

#[allow(dead_code, unreachable_pub, reason = "the benchmark's plans, of which tests use some")]
#[path = "../benches/workloads.rs"]
mod workloads;

mod differential;
mod laws;
mod oracles;
mod report;
mod statistics;
mod witness;
