//! Oracles: what queueing theory, hand arithmetic and AWS's own examples say, against the whole kernel.
//!
//! **The rule of a stochastic check.** Independent replications (never one pinned run) give one figure each, the
//! warm-up left out; the check fails where their mean is further from the truth than Student's t allows, *and* where
//! the standard error is above a stated share of the truth, so that no check can pass by being noisy.
//!
//! **False alarms.** There are at most [`measure::CHECKS`] = 400 stochastic checks, and each may alarm with probability
//! 10⁻⁴ / 400 = 2.5·10⁻⁷, so a correct model fails the suite with probability below 10⁻⁴ whenever its random numbers
//! change (with the seeds as they are it passes or fails for good). Two-sided 4.5 standard errors would be 6.8·10⁻⁶ a
//! check for a normal mean and 1.9·10⁻⁵ for t with 99 degrees of freedom, too much for so many checks; 2.5·10⁻⁷
//! is 5.2 standard errors for a normal mean, 5.5 for t₉₉ and 6.2 for t₃₉. Where the truth is itself an estimate of another program, its
//! standard error counts as well. Student's t is exact for normal figures only; the few skewed
//! ones (dispersion, heavy tails) may alarm some times more often than that.
//!
//! **Bias.** Percentiles are exact nearest ranks of a replication's own requests, not read off a histogram. Their bias is
//! of the order of one over the number of independent requests, well below the standard error at these lengths.
//!
//! **Left out**, because a plan cannot say it: Erlang-2 gaps, batches, MMPP, closed clients, several servers with setups of
//! their own, tandems, fork-join, a number of places that changes (`transient-scaleout` is checked up to its change). `var_wait` is left out for the lognormal and
//! Pareto services, whose sample variance has no finite variance worth the name, `sessions_p99`, a lattice value that
//! `p_sessions_ge_650` covers, `sigma` of D/M/1, which is the share that waits, and `p_in_system_ge_10`, which no fact
//! states. `mean_slowdown` of processor sharing needs the work of each request, which no fact states. The alarm, step and target-tracking tables are tests of the kernel's own files.

mod arrivals;
mod events;
mod exact;
mod families;
mod intervals;
pub(crate) mod measure;
mod snapshots;
mod stationary;
