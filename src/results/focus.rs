//! `cost-focus.csv`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::CellText;
use super::sheet::SheetRow;
use super::values::DecimalText;

/// One row per line of the bill and calendar month, with the column names of FOCUS 1.2 in the order of the specification (by
/// name), then those of windtunnel (`x_…`). A cell that does not exist is empty (null).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct FocusRow {
    /// Charge, in whole cents \[USD\].
    #[schemars(with = "f64")]
    pub billed_cost: DecimalText,
    /// `simulated`.
    pub billing_account_id: String,
    /// Name of the scenario.
    pub billing_account_name: CellText,
    /// Currency of the amounts: `USD`.
    pub billing_currency: String,
    /// End of the billing period, exclusive.
    #[schemars(extend("format" = "date-time"))]
    pub billing_period_end: String,
    /// Start of the billing period.
    #[schemars(extend("format" = "date-time"))]
    pub billing_period_start: String,
    /// Category of the charge: `Usage`.
    pub charge_category: String,
    /// Class of the charge: none, since it corrects no earlier one.
    pub charge_class: Option<String>,
    /// Explanation of the charge.
    pub charge_description: String,
    /// Frequency of the charge: `Usage-Based`.
    pub charge_frequency: String,
    /// End of the simulated time in the month, exclusive.
    #[schemars(extend("format" = "date-time"))]
    pub charge_period_end: String,
    /// Start of the simulated time in the month.
    #[schemars(extend("format" = "date-time"))]
    pub charge_period_start: String,
    /// Quantity that was used.
    #[schemars(with = "f64")]
    pub consumed_quantity: DecimalText,
    /// Unit of the quantity.
    pub consumed_unit: String,
    /// Exact amount \[USD\].
    #[schemars(with = "f64")]
    pub contracted_cost: DecimalText,
    /// Exact amount \[USD\].
    #[schemars(with = "f64")]
    pub effective_cost: DecimalText,
    /// Issuer of the invoice: `AWS`.
    pub invoice_issuer_name: String,
    /// Exact amount at list prices \[USD\].
    #[schemars(with = "f64")]
    pub list_cost: DecimalText,
    /// Price of a unit \[USD\].
    #[schemars(with = "f64")]
    pub list_unit_price: DecimalText,
    /// Category of the price: `Standard`.
    pub pricing_category: String,
    /// Currency of the price: `USD`.
    pub pricing_currency: String,
    /// Quantity that is priced.
    #[schemars(with = "f64")]
    pub pricing_quantity: DecimalText,
    /// Unit of the price.
    pub pricing_unit: String,
    /// Provider of the service: `AWS`.
    pub provider_name: String,
    /// Publisher of the service: `AWS`.
    pub publisher_name: String,
    /// Id of the region.
    pub region_id: String,
    /// Name of the region, such as US East (N. Virginia); its id, where it has no other.
    pub region_name: String,
    /// Id of the service: `service/CLUSTER/NAME`.
    pub resource_id: String,
    /// Name of the service.
    pub resource_name: CellText,
    /// Type of the resource.
    pub resource_type: String,
    /// FOCUS's category of the AWS service.
    pub service_category: String,
    /// Name of the AWS service.
    pub service_name: String,
    /// FOCUS's subcategory of the AWS service.
    pub service_subcategory: String,
    /// `service` with the service's name, as JSON.
    pub tags: String,
    /// Item, as in `invoice.csv`.
    #[serde(rename = "x_Item")]
    pub x_item: String,
    /// Name of the scenario.
    #[serde(rename = "x_Scenario")]
    pub x_scenario: CellText,
}

impl SheetRow for FocusRow {
    const FILE: &'static str = "cost-focus.csv";
}
