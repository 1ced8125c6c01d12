//! The rows of the FOCUS sheet.

use std::io::{self, Write};

use super::super::calendar::Calendar;
use super::super::numbers::ratio;
use super::super::sheets::Sheet;
use super::super::words::cell;
use super::months::{Month, Usage, months};
use super::regions::region_name;
use crate::experiment::RunResult;
use crate::kernel::billing::{InvoiceLine, LineItem};
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

/// What FOCUS wants to know of an item: description, unit in its format, service, category, subcategory, resource type.
const fn facts(item: LineItem) -> [&'static str; 6] {
    const COMPUTE: (&str, &str, &str) = ("Amazon Elastic Container Service", "Compute", "Containers");
    const BALANCER: (&str, &str, &str) = ("Elastic Load Balancing", "Networking", "Application Networking");
    const WATCH: (&str, &str, &str) = ("AmazonCloudWatch", "Management and Governance", "Observability");
    let (what, unit, (service, category, subcategory), resource) = match item {
        LineItem::FargateVcpu => ("Fargate vCPU, on demand", "vCPU-Hours", COMPUTE, "ECS service"),
        LineItem::FargateMemory => ("Fargate memory, on demand", "GB-Hours", COMPUTE, "ECS service"),
        LineItem::FargateEphemeralStorage => {
            ("Fargate ephemeral storage above 20 GB", "GB-Hours", COMPUTE, "ECS service")
        }
        LineItem::AlbHour => ("Application Load Balancer", "Hours", BALANCER, "Load balancer"),
        LineItem::AlbLcu => {
            ("Application Load Balancer capacity units", "LCU-Hours", BALANCER, "Load balancer")
        }
        LineItem::PublicIpv4 => (
            "Public IPv4 addresses in use",
            "Hours",
            ("Amazon Virtual Private Cloud", "Networking", "Network Infrastructure"),
            "IP address",
        ),
        LineItem::CloudwatchAlarm => ("CloudWatch alarms", "Alarm-Months", WATCH, "Alarm"),
        LineItem::CloudwatchHighResolutionAlarm => {
            ("CloudWatch high-resolution alarms", "Alarm-Months", WATCH, "Alarm")
        }
    };
    [what, unit, service, category, subcategory, resource]
}

/// The bill under FOCUS's names; `cluster` is the cluster's name in resource ids.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn cost_focus_csv(result: &RunResult, cluster: &str, out: &mut dyn Write) -> io::Result<()> {
    let scenario = &result.scenario;
    let calendar = Calendar::new(scenario);
    let (start, horizon) = (scenario.plan.start_unix_ns, scenario.plan.horizon);
    let months = months(start, horizon);
    let mut sheet = Sheet::new(out, &COLUMNS)?;
    for (service, plan) in result.record.services.iter().zip(&scenario.plan.services) {
        let usage = Usage::new(service, plan, (start, horizon));
        let resource = format!("service/{cluster}/{}", service.name);
        for line in &service.invoice.lines {
            for month in &months {
                let part = usage.part(line, month.charge);
                row(&mut sheet, &part, month, (scenario, &calendar), (&service.name, &resource))?;
            }
        }
    }
    sheet.finish()
}

/// One line of one month.
fn row<W: Write>(
    sheet: &mut Sheet<W>,
    line: &InvoiceLine,
    month: &Month,
    (scenario, calendar): (&Scenario, &Calendar),
    (service, resource): (&str, &str),
) -> io::Result<()> {
    let [what, unit, service_name, category, subcategory, resource_type] = facts(line.item);
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
        what,
        "Usage-Based",
        &calendar.iso(month.charge.1),
        &calendar.iso(month.charge.0),
        &quantity,
        unit,
        &exact,
        &exact,
        "AWS",
        &exact,
        &rate,
        "Standard",
        "USD",
        &quantity,
        unit,
        "AWS",
        "AWS",
        &scenario.region,
        region_name,
        resource,
        &cell(service),
        resource_type,
        category,
        service_name,
        subcategory,
        &tags,
        line.item.name(),
        &cell(&scenario.name),
    ])
}
