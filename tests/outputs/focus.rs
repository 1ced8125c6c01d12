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

/// A run over two ends of months: a load balancer with a public address, tasks that come and go, alarms.
const MONTHS: &str = r#"schema = 1
name = "months"
start = "2026-01-31T22:30:00Z"
horizon = "29d"
fidelity = "fluid"
[service.web.traffic]
shape = [{ diurnal = { mean = 60.0, amplitude = 55.0, peak_at = "23:30" } }]
[service.web.request]
cpu_time = "40ms"
[service.web.task]
cpu = 512
memory = 1024
[service.web.load_balancer]
[service.web.scaling]
min_capacity = 2
max_capacity = 20
[service.web.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 60.0
[assumptions]
bill_deprovisioning = true
"#;

/// Picodollars of a decimal with at most twelve places.
fn pico(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<12}").parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn every_row_lies_in_one_calendar_month_of_the_run() {
    let folder = super::super::cli::small();
    let names = ["ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"];
    let month = |first: &str, last: &str| [first, last].map(|month| format!("{month}-01T00:00:00Z")).to_vec();
    let cases: [(&str, Vec<Vec<String>>); 2] = [
        (
            "2026-11-30T23:50:00Z",
            vec![
                [
                    vec!["2026-11-30T23:50:00Z".to_owned(), "2026-12-01T00:00:00Z".to_owned()],
                    month("2026-11", "2026-12"),
                ]
                .concat(),
            ],
        ),
        (
            "2026-12-31T23:55:00Z",
            vec![
                [
                    vec!["2026-12-31T23:55:00Z".to_owned(), "2027-01-01T00:00:00Z".to_owned()],
                    month("2026-12", "2027-01"),
                ]
                .concat(),
                [
                    vec!["2027-01-01T00:00:00Z".to_owned(), "2027-01-01T00:05:00Z".to_owned()],
                    month("2027-01", "2027-02"),
                ]
                .concat(),
            ],
        ),
    ];
    for (start, expected) in cases {
        let set = format!("start={start}");
        windtunnel(folder.path(), &["run", "small.toml", "--set", &set, "--quiet", "--out", "out"]).exits(0);
        let text = fs::read_to_string(folder.path().join("out/cost-focus.csv")).unwrap();
        let rows = columns(&text, &names);
        assert!(rows.len().is_multiple_of(expected.len()) && !rows.is_empty());
        for (row, expected) in rows.iter().zip(expected.iter().cycle()) {
            assert_eq!(row, expected);
        }
        // Two warm tasks all the time: both halves of the second run have used as much.
        let quantities = columns(&text, &["x_Item", "PricingQuantity"]);
        let vcpu: Vec<&str> =
            quantities.iter().filter(|row| row[0] == "fargate_vcpu").map(|row| row[1].as_str()).collect();
        assert!(vcpu.iter().all(|quantity| *quantity == vcpu[0]), "{vcpu:?}");
    }
}

#[test]
fn the_months_of_a_line_add_up_to_the_line_exactly() {
    let folder = super::super::cli::folder(&[("months.toml", MONTHS.as_bytes())]);
    windtunnel(folder.path(), &["run", "months.toml", "--quiet", "--out", "out"]).exits(0);
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let (focus, invoice) = (read("cost-focus.csv"), read("invoice.csv"));
    let parts = columns(
        &focus,
        &["x_Item", "BillingPeriodStart", "PricingQuantity", "EffectiveCost", "BilledCost", "RegionName"],
    );
    let lines = columns(&invoice, &["item", "quantity", "exact_usd", "amount_usd"]);
    assert_eq!(parts.len(), 3 * lines.len());
    assert!(
        lines.iter().any(|line| line[0] == "alb_lcu") && lines.iter().any(|line| line[0] == "public_ipv4")
    );
    for line in &lines {
        let parts: Vec<&Vec<String>> = parts.iter().filter(|part| part[0] == line[0]).collect();
        let months: Vec<&str> = parts.iter().map(|part| &part[1][..7]).collect();
        assert_eq!(months, ["2026-01", "2026-02", "2026-03"]);
        let sum = |at: usize| parts.iter().map(|part| pico(&part[at])).sum::<i128>();
        assert_eq!(sum(3), pico(&line[2]), "{line:?}");
        assert_eq!(sum(4), pico(&line[3]), "{line:?}");
        // Quantities are printed with six places each.
        assert!((sum(2) - pico(&line[1])).abs() <= 2_000_000, "{line:?}");
        assert!(parts.iter().all(|part| part[5] == "US East (N. Virginia)"), "{parts:?}");
    }
    let quantity = |item: &str, month: usize| {
        let part = parts.iter().filter(|part| part[0] == item).nth(month).unwrap();
        part[2].parse::<f64>().unwrap()
    };
    // An hour and a half before February, of which two hours of the load balancer were begun.
    assert!((quantity("alb_hour", 0) - 2.0).abs() < 1e-9 && (quantity("alb_hour", 1) - 672.0).abs() < 1e-9);
    // Two alarms of target tracking: 1.5 hours of January, and all of February.
    assert!((quantity("cloudwatch_alarm", 0) - 2.0 * 1.5 / 744.0).abs() < 1e-6);
    assert!((quantity("cloudwatch_alarm", 1) - 2.0).abs() < 1e-9);
    // The peak of the day is at half past eleven, so these hours have more LCUs than the hours of February on average.
    assert!(quantity("alb_lcu", 0) / 1.5 > 1.5 * quantity("alb_lcu", 1) / 672.0);
    assert!(quantity("fargate_vcpu", 0) / 1.5 > 1.2 * quantity("fargate_vcpu", 1) / 672.0);
}
