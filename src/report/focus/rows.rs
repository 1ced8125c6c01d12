//! The rows of the FOCUS sheet.

use std::io::{self, Write};

use super::super::calendar::RunCalendar;
use super::super::numbers::ratio;
use super::super::sheets::Sheet;
use super::super::words::cell;
use super::months::{BillingMonth, months};
use super::regions::region_name;
use crate::experiment::RunResult;
use crate::kernel::billing::InvoiceLine;
use crate::scenario::Scenario;

/// The columns, in the order of the specification (by name), then those of our own (`x_…`).
const COLUMNS: [&str; 36] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "Tags",
    "x_Item",
    "x_Scenario",
];

/// The bill under FOCUS's names; `cluster` is the cluster's name in resource ids.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn cost_focus_csv(result: &RunResult, cluster: &str, out: &mut dyn Write) -> io::Result<()> {
    let scenario = &result.scenario;
    let calendar = RunCalendar::new(scenario);
    let (start, horizon) = (scenario.plan.start_unix_ns, scenario.plan.horizon);
    let months = months(start, horizon);
    let mut sheet = Sheet::new(out, &COLUMNS)?;
    for service in &result.record.services {
        let resource = format!("service/{cluster}/{}", service.name);
        for line in &service.invoice.lines {
            let parts = line.by_month(service.metered.months(line.item));
            for (part, month) in parts.iter().zip(&months) {
                row(&mut sheet, part, month, (scenario, &calendar), (&service.name, &resource))?;
            }
        }
    }
    sheet.finish()
}

/// One line of one month.
fn row<W: Write>(
    sheet: &mut Sheet<W>,
    line: &InvoiceLine,
    month: &BillingMonth,
    (scenario, calendar): (&Scenario, &RunCalendar),
    (service, resource): (&str, &str),
) -> io::Result<()> {
    let facts = &line.item.facts().focus;
    let quantity = ratio(line.quantity_numerator, line.quantity_denominator);
    let (exact, rate) = (line.exact.to_string(), line.rate.to_string());
    let tags = serde_json::json!({ "service": service }).to_string();
    // FOCUS wants a name wherever there is an id; a region of a price file of one's own has no other.
    let region_name = region_name(&scenario.region).unwrap_or(&scenario.region);
    sheet.row(&[
        &line.amount.to_cents_string(),
        "simulated",
        &cell(&scenario.name),
        "USD",
        &month.billing.1,
        &month.billing.0,
        "Usage",
        "",
        facts.description,
        "Usage-Based",
        &calendar.iso(month.charge.1),
        &calendar.iso(month.charge.0),
        &quantity,
        facts.unit,
        &exact,
        &exact,
        "AWS",
        &exact,
        &rate,
        "Standard",
        "USD",
        &quantity,
        facts.unit,
        "AWS",
        "AWS",
        &scenario.region,
        region_name,
        resource,
        &cell(service),
        facts.resource_type,
        facts.service.category,
        facts.service.name,
        facts.service.subcategory,
        &tags,
        line.item.name(),
        &cell(&scenario.name),
    ])
}
