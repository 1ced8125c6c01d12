//! The bill under FOCUS's names says what the invoice says.

use std::fs;

use super::results;
use crate::program::windtunnel;

/// Columns that FOCUS 1.2 calls mandatory.
const MANDATORY: [&str; 21] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
];

fn columns(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let place =
        |name: &&str| head.iter().position(|column| column == *name).unwrap_or_else(|| panic!("no {name}"));
    let places: Vec<usize> = names.iter().map(place).collect();
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| places.iter().map(|at| row[*at].to_owned()).collect())
        .collect()
}

#[test]
fn every_line_of_the_bill_is_a_row_with_the_mandatory_columns() {
    for run in ["flash-sale", "rough-day", "step-70-30"] {
        let read = |name: &str| fs::read_to_string(results().join(run).join(name)).unwrap();
        let (focus, invoice) = (read("cost-focus.csv"), read("invoice.csv"));
        columns(&focus, &MANDATORY);
        let names =
            ["ResourceName", "x_Item", "PricingQuantity", "ListUnitPrice", "BilledCost", "EffectiveCost"];
        let ours = ["service", "item", "quantity", "rate_usd", "amount_usd", "exact_usd"];
        assert_eq!(columns(&focus, &names), columns(&invoice, &ours), "{run}");
        for row in columns(&focus, &["ListCost", "ListUnitPrice", "PricingQuantity"]) {
            let [cost, price, quantity] = [0, 1, 2].map(|at: usize| row[at].parse::<f64>().unwrap());
            // The quantity has six decimals.
            assert!((cost - price * quantity).abs() <= price * 5.1e-7 + 1e-12, "{row:?}");
        }
    }
}

#[test]
fn a_billing_period_is_the_calendar_month_of_the_run_or_the_months_that_it_touches() {
    let folder = super::super::cli::small();
    let names = ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"];
    let cases = [
        (
            "2026-11-30T23:50:00Z",
            ["2026-11-30T23:50:00Z", "2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"],
        ),
        (
            "2026-12-31T23:55:00Z",
            ["2026-12-31T23:55:00Z", "2027-01-01T00:05:00Z", "2026-12-01T00:00:00Z", "2027-02-01T00:00:00Z"],
        ),
    ];
    for (start, expected) in cases {
        let set = format!("start={start}");
        windtunnel(folder.path(), &["run", "small.toml", "--set", &set, "--quiet", "--out", "out"]).exits(0);
        let text = fs::read_to_string(folder.path().join("out/cost-focus.csv")).unwrap();
        for row in columns(&text, &names) {
            assert_eq!(row, expected);
        }
    }
}
