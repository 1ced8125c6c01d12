//! `response_times.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellMillis, CellNumber, CellText};
use super::sheet::SheetRow;
use crate::record::Histogram;

/// Histogram of the response times of each service, without its empty buckets. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResponseTimeRow {
    /// Name of the service.
    pub service: CellText,
    /// Lower end of the bucket \[ms\].
    pub lower_ms: CellMillis,
    /// Upper end of the bucket \[ms\].
    pub upper_ms: CellMillis,
    /// Requests in the bucket.
    pub count: u64,
    /// Requests in this bucket and those below it, as a share of all.
    pub cumulative_share: Option<CellNumber<6>>,
    /// `true`, where response times are approximate because traffic flows; a column of such runs only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<bool>,
}

impl SheetRow for ResponseTimeRow {
    const FILE: &'static str = "response_times.csv";
    const OPTIONAL: &'static [&'static str] = &["approximate"];
}

impl ResponseTimeRow {
    /// The rows of a histogram.
    pub fn all<'a>(
        service: &'a CellText,
        histogram: &'a Histogram,
        is_approximate: bool,
    ) -> impl Iterator<Item = Self> + 'a {
        let mut below = 0_u64;
        histogram.buckets().map(move |(lower, upper, count)| {
            below += count;
            Self {
                service: service.clone(),
                lower_ms: CellMillis(lower),
                upper_ms: CellMillis(upper),
                count,
                cumulative_share: CellNumber::new(below as f64 / histogram.total() as f64),
                approximate: is_approximate.then_some(true),
            }
        })
    }
}
