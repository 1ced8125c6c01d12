//! `comparison.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellShort, CellText};
use super::sheet::{SheetRow, present};

/// One row per variant and figure. Differences are variant less base; their intervals hold together. A cell that does not exist is
/// empty (null).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComparisonRow {
    /// Name of the variant.
    pub variant: CellText,
    /// Name of the figure; those of a service begin with its name and a point.
    pub figure: String,
    /// Estimate of the figure.
    pub value: Option<CellShort<6>>,
    /// Half the width of the 95 % interval.
    pub half_width: Option<CellShort<6>>,
    /// Difference from the base, run by run.
    pub difference: Option<CellShort<6>>,
    /// Half the width of the interval of the difference.
    pub difference_half_width: Option<CellShort<6>>,
    /// Difference relative to the base.
    pub relative_difference: Option<CellShort<6>>,
    /// Whether the interval of the difference leaves out zero.
    pub significant: Option<bool>,
    /// Items without a price that the amounts leave out, with a space between; a column of such files only.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub unpriced: Option<String>,
}

impl SheetRow for ComparisonRow {
    const FILE: &'static str = "comparison.csv";
    const OPTIONAL: &'static [&'static str] = &["unpriced"];
}
