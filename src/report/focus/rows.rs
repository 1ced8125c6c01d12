//! The rows of the FOCUS sheet.

use std::io::{self, Write};

use super::months::{BillingMonth, months};
use super::regions::region_name;
use crate::experiment::RunResult;
use crate::kernel::billing::InvoiceLine;
use crate::results::{DecimalText, FocusRow, RunCalendar, SheetWriter};
use crate::scenario::Scenario;

/// The bill under FOCUS's names; `cluster` is the cluster's name in resource ids.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn cost_focus_csv(result: &RunResult, cluster: &str, out: &mut dyn Write) -> io::Result<()> {
    let scenario = &result.scenario;
    let calendar = RunCalendar::new(scenario);
    let (start, horizon) = (scenario.plan.start_unix_ns, scenario.plan.horizon);
    let months = months(start, horizon);
    let mut sheet = SheetWriter::of::<FocusRow>(out, false)?;
    for service in &result.record.services {
        let resource = format!("service/{cluster}/{}", service.name);
        for line in &service.invoice.lines {
            let parts = line.by_month(service.metered.months(line.item));
            for (part, month) in parts.iter().zip(&months) {
                sheet.row(&row(part, month, (scenario, &calendar), (&service.name, &resource)))?;
            }
        }
    }
    sheet.finish()
}

/// One line of one month.
fn row(
    line: &InvoiceLine,
    month: &BillingMonth,
    (scenario, calendar): (&Scenario, &RunCalendar),
    (service, resource): (&str, &str),
) -> FocusRow {
    let facts = &line.item.facts().focus;
    let quantity = DecimalText::ratio(line.quantity_numerator, line.quantity_denominator);
    let exact = DecimalText::from(line.exact);
    // FOCUS wants a name wherever there is an id; a region of a price file of one's own has no other.
    let region_name = region_name(&scenario.region).unwrap_or(&scenario.region);
    let text = |text: &str| text.to_owned();
    FocusRow {
        billed_cost: DecimalText::cents(line.amount),
        billing_account_id: text("simulated"),
        billing_account_name: scenario.name.as_str().into(),
        billing_currency: text("USD"),
        billing_period_end: month.billing.1.clone(),
        billing_period_start: month.billing.0.clone(),
        charge_category: text("Usage"),
        charge_class: None,
        charge_description: text(facts.description),
        charge_frequency: text("Usage-Based"),
        charge_period_end: calendar.iso(month.charge.1),
        charge_period_start: calendar.iso(month.charge.0),
        consumed_quantity: quantity.clone(),
        consumed_unit: text(facts.unit),
        contracted_cost: exact.clone(),
        effective_cost: exact.clone(),
        invoice_issuer_name: text("AWS"),
        list_cost: exact,
        list_unit_price: line.rate.into(),
        pricing_category: text("Standard"),
        pricing_currency: text("USD"),
        pricing_quantity: quantity,
        pricing_unit: text(facts.unit),
        provider_name: text("AWS"),
        publisher_name: text("AWS"),
        region_id: scenario.region.clone(),
        region_name: text(region_name),
        resource_id: text(resource),
        resource_name: service.into(),
        resource_type: text(facts.resource_type),
        service_category: text(facts.service.category),
        service_name: text(facts.service.name),
        service_subcategory: text(facts.service.subcategory),
        tags: serde_json::json!({ "service": service }).to_string(),
        x_item: text(line.item.name()),
        x_scenario: scenario.name.as_str().into(),
    }
}
