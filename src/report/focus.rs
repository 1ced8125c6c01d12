//! `cost-focus.csv`: the bill with the column names of FOCUS 1.2 (FinOps Open Cost and Usage Specification), for tools that
//! read bills. All columns that FOCUS calls mandatory are there, and those of its conditional ones that a simulation knows.
//!
//! One row a line of the invoice, over the whole simulated time. DIFFERENCE: a FOCUS row lies in one billing period; a
//! simulated time that touches several months has one billing period from the first day of the first to the last day of
//! the last. Amounts are on-demand list prices, so `ListCost`, `ContractedCost` and `EffectiveCost` are the exact amount,
//! and `BilledCost` is what the invoice charges, in whole cents.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::calendar::Calendar;
use super::numbers::ratio;
use super::sheets::Sheet;
use super::words::cell;
use crate::experiment::RunResult;
use crate::kernel::billing::LineItem;
use crate::kernel::units::SimTime;

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
#[must_use]
pub fn cost_focus_csv(result: &RunResult, cluster: &str) -> Vec<u8> {
    let scenario = &result.scenario;
    let calendar = Calendar::new(scenario);
    let (start, end) = (SimTime::ZERO, SimTime(scenario.plan.horizon.0));
    let (first, last) = (calendar.timestamp(start), calendar.timestamp(end));
    let month = |date: Date| format!("{}T00:00:00Z", date.first_of_month());
    let utc = |instant: jiff::Timestamp| instant.to_zoned(TimeZone::UTC).date();
    // The end is exclusive: a run that ends at a midnight has nothing of the day that begins then.
    let last_day = utc(last.checked_sub(jiff::Span::new().nanoseconds(1)).unwrap_or(last));
    let after = last_day.last_of_month().tomorrow().unwrap_or(last_day);
    let (period_start, period_end) = (month(utc(first)), month(after));
    let (charge_start, charge_end) = (calendar.iso(start), calendar.iso(end));
    let mut sheet = Sheet::new(&COLUMNS);
    for service in &result.record.services {
        let name = cell(&service.name);
        let resource = format!("service/{cluster}/{}", service.name);
        let tags = serde_json::json!({ "service": service.name }).to_string();
        for line in &service.invoice.lines {
            let [what, unit, service_name, category, subcategory, resource_type] = facts(line.item);
            let quantity = ratio(line.quantity_numerator, line.quantity_denominator);
            let (exact, rate) = (line.exact.to_string(), line.rate.to_string());
            sheet.row(&[
                &line.amount.to_cents_string(),
                "simulated",
                &cell(&scenario.name),
                "USD",
                &period_end,
                &period_start,
                "Usage",
                "",
                what,
                "Usage-Based",
                &charge_end,
                &charge_start,
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
                &scenario.region,
                &resource,
                &name,
                resource_type,
                category,
                service_name,
                subcategory,
                &tags,
                line.item.name(),
                &cell(&scenario.name),
            ]);
        }
    }
    sheet.finish()
}
