//! `invoice.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::CellText;
use super::sheet::SheetRow;
use super::values::DecimalText;
use crate::kernel::billing::InvoiceLine;

/// One row per service and item. A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvoiceRow {
    /// Name of the service.
    pub service: CellText,
    /// Item that is charged for.
    pub item: String,
    /// Quantity of the item.
    #[schemars(with = "f64")]
    pub quantity: DecimalText,
    /// Unit of the quantity.
    pub unit: String,
    /// Price of a unit \[USD\].
    #[schemars(with = "f64")]
    pub rate_usd: DecimalText,
    /// Charge, rounded once to a cent \[USD\].
    #[schemars(with = "f64")]
    pub amount_usd: DecimalText,
    /// Amount before rounding \[USD\].
    #[schemars(with = "f64")]
    pub exact_usd: DecimalText,
}

impl SheetRow for InvoiceRow {
    const FILE: &'static str = "invoice.csv";
}

impl InvoiceRow {
    /// The row of a line of a service's bill.
    #[must_use]
    pub fn new(service: &CellText, line: &InvoiceLine) -> Self {
        Self {
            service: service.clone(),
            item: line.item.name().to_owned(),
            quantity: DecimalText::ratio(line.quantity_numerator, line.quantity_denominator),
            unit: line.item.unit().to_owned(),
            rate_usd: line.rate.into(),
            amount_usd: DecimalText::cents(line.amount),
            exact_usd: line.exact.into(),
        }
    }
}
