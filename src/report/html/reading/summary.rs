//! The shape of `summary.json`, as far as a page shows it. Keys that a later minor version adds are passed over.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::experiment::Measure;
use crate::experiment::scale_in::Ends;
use crate::kernel::units::SimDuration;
use crate::record::RequestCounts;
use crate::report::html::amounts::money;
use crate::report::proviso::{proviso, with_proviso};
use crate::scenario::Unpriced;

/// `summary.json`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct Summary {
    pub(in crate::report) schema_version: String,
    pub(in crate::report) scenario: ScenarioHead,
    pub(in crate::report) services: Ordered<ServiceSummary>,
    pub(in crate::report) cost: TotalCost,
    pub(in crate::report) checks: Vec<CheckRow>,
    pub(in crate::report) fingerprint: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct ScenarioHead {
    pub(in crate::report) name: String,
    pub(in crate::report) sha256: String,
    pub(in crate::report) seed: u64,
    #[serde(default)]
    pub(in crate::report) region: String,
    pub(in crate::report) horizon_s: f64,
    pub(in crate::report) fidelity: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct ServiceSummary {
    pub(in crate::report) requests: Requests,
    pub(in crate::report) warmup_requests: u64,
    pub(in crate::report) response_time_ms: Times,
    pub(in crate::report) waiting_time_ms: Times,
    pub(in crate::report) tasks: Tasks,
    pub(in crate::report) utilization: Utilization,
    pub(in crate::report) scaling: Scaling,
    pub(in crate::report) cost: ServiceCost,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::report) struct Requests {
    pub(in crate::report) offered: u64,
    pub(in crate::report) served: u64,
    pub(in crate::report) rejected: u64,
    pub(in crate::report) timed_out: u64,
    pub(in crate::report) failed: u64,
    pub(in crate::report) in_flight: u64,
    pub(in crate::report) overdue: u64,
}

impl Requests {
    /// The same as the recorder counts them.
    pub(in crate::report) fn counts(&self) -> RequestCounts {
        let Self { offered, served, rejected, timed_out, failed, in_flight, overdue } = *self;
        RequestCounts { offered, served, rejected, timed_out, failed, in_flight, overdue }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::report) struct Times {
    pub(in crate::report) mean: Option<f64>,
    pub(in crate::report) p50: Option<f64>,
    pub(in crate::report) p90: Option<f64>,
    pub(in crate::report) p95: Option<f64>,
    pub(in crate::report) p99: Option<f64>,
    pub(in crate::report) p99_9: Option<f64>,
    pub(in crate::report) max: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::report) struct Tasks {
    pub(in crate::report) running_mean: Option<f64>,
    pub(in crate::report) running_min: u32,
    pub(in crate::report) running_max: u32,
    pub(in crate::report) started: u64,
    pub(in crate::report) stopped: u64,
    pub(in crate::report) task_hours: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::report) struct Utilization {
    pub(in crate::report) cpu_mean: Option<f64>,
    pub(in crate::report) memory_mean: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::report) struct Scaling {
    pub(in crate::report) scale_out: u64,
    pub(in crate::report) scale_in: u64,
    pub(in crate::report) not_scaled: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct ServiceCost {
    pub(in crate::report) total_usd: String,
    pub(in crate::report) per_month_usd: String,
    pub(in crate::report) per_million_requests_usd: Option<String>,
    #[serde(default)]
    pub(in crate::report) unpriced: Vec<String>,
    pub(in crate::report) lines: Vec<CostLine>,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct CostLine {
    pub(in crate::report) item: String,
    pub(in crate::report) quantity: String,
    pub(in crate::report) unit: String,
    pub(in crate::report) rate_usd: String,
    pub(in crate::report) amount_usd: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct TotalCost {
    pub(in crate::report) total_usd: String,
    pub(in crate::report) per_month_usd: String,
    #[serde(default)]
    pub(in crate::report) unpriced: Vec<String>,
    pub(in crate::report) not_priced: Vec<String>,
    #[serde(default)]
    pub(in crate::report) scale_in_range: Option<ScaleInRange>,
}

/// The total at both ends of the range of `assumptions.tt_scale_in_mode`.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct ScaleInRange {
    pub(in crate::report) gradual_usd: String,
    pub(in crate::report) proportional_usd: String,
}

impl ScaleInRange {
    /// Both amounts as `print` writes them.
    pub(in crate::report) fn printed(&self, print: impl Fn(&str) -> String) -> Ends<String> {
        Ends { gradual: print(&self.gradual_usd), proportional: print(&self.proportional_usd) }
    }
}

impl Summary {
    /// The proviso on an amount that leaves out these items.
    pub(in crate::report) fn proviso(&self, measure: Measure, items: &[String]) -> Option<String> {
        let unpriced = Unpriced { items: items.to_vec(), region: self.scenario.region.clone() };
        proviso(measure, &unpriced, SimDuration::from_secs_f64(self.scenario.horizon_s))
    }

    /// The total at both ends of the range of `tt_scale_in_mode`, as it is printed.
    pub(in crate::report) fn ends(&self) -> Option<Ends<String>> {
        self.cost.scale_in_range.as_ref().map(|range| range.printed(money))
    }

    /// The total with what has to be said beside it.
    pub(in crate::report) fn total(&self) -> String {
        let proviso = self.proviso(Measure::Cost, &self.cost.unpriced);
        with_proviso(&format!("{} USD", money(&self.cost.total_usd)), proviso.as_deref())
    }
}

/// A check and its verdict.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::report) struct CheckRow {
    pub(in crate::report) check: String,
    pub(in crate::report) value: String,
    pub(in crate::report) status: String,
    /// Note beside the value.
    #[serde(default)]
    pub(in crate::report) note: Option<String>,
}

/// The entries of an object in the order of the file.
#[derive(Clone, Debug)]
pub(in crate::report) struct Ordered<T>(pub(in super::super) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = Ordered<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered(entries))
    }
}
