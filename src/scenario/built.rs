//! A scenario that was read: the plan of the kernel, and what reports and searches need beside it.

use std::collections::BTreeMap;

use windtunnel_kernel::units::Bytes;
use windtunnel_kernel::world::{Fidelity, Plan};

use crate::scenario::keys::checks::Check;
use crate::scenario::keys::experiments::{SearchSpec, SweepSpec};
use crate::scenario::keys::forecast::ForecastSpec;
use crate::scenario::keys::service::ServiceNotes;
use crate::scenario::language::resolved;

/// A scenario, resolved: everything a run and its report need.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: String,
    /// `region`.
    pub region: String,
    /// `seed`, after any override.
    pub seed: u64,
    /// `limits.max_requests`: most requests that a run may expect one by one.
    pub max_requests: f64,
    /// SHA-256 of the scenario text and the overrides, in hexadecimal.
    pub sha256: String,
    /// What the kernel runs.
    pub plan: Plan,
    /// One a service, in the order of the plan.
    pub services: Vec<ServiceNotes>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// `[sweep]`, where there is one.
    pub sweep: Option<SweepSpec>,
    /// `[optimize]`, where there is one.
    pub search: Option<SearchSpec>,
    /// `[forecast]`, where there is one.
    pub forecast: Option<ForecastSpec>,
    /// The scenario with every default filled in, as TOML that reads back to the same plan.
    pub resolved_toml: String,
    /// Date of the price book.
    pub price_book_date: String,
    /// Most that the files of a command may take together (`limits.max_output`) \[B\].
    pub max_output: Bytes,
    /// What the bill leaves out, in words.
    pub not_priced: Vec<String>,
    /// Time zone of `peak_at` and of times of day in reports (IANA name).
    pub timezone: String,
}

impl Scenario {
    /// Whether response and waiting times are approximate, because requests flow instead of being told apart.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        self.plan.fidelity == Fidelity::Fluid
    }

    /// `[assumptions]` with every default filled in, by key.
    #[must_use]
    pub fn assumptions(&self) -> BTreeMap<String, serde_json::Value> {
        resolved::assumptions(&self.resolved_toml)
    }

    /// `requests` or `fluid`: which of the two was used.
    #[must_use]
    pub fn fidelity(&self) -> &'static str {
        match self.plan.fidelity {
            Fidelity::Requests | Fidelity::Events => "requests",
            Fidelity::Fluid => "fluid",
        }
    }
}
