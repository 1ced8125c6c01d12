//! Bills that were really paid or publicly printed, to the cent: each is rebuilt as a scenario, and every line that the
//! model bills has to come out as it was printed.

use windtunnel::experiment::forecast::CommitmentTerm;
use windtunnel::experiment::{CheckStatus, RunResult, run};
use windtunnel::kernel::billing::{BillableItem, ITEMS, ItemFacts};
use windtunnel::kernel::units::Usd;
use windtunnel::scenario::{explain, explain_topics, json_schema, prices, reference, savings_plan_prices};

use crate::example::scenario;
use crate::program::windtunnel;

/// A service of one task that is never scaled, with what `more` adds to it.
fn one(name: &str, rate: f64, (cpu, memory): (u32, u32), more: &str) -> String {
    format!(
        "[service.{name}]\n{more}\n\
         [service.{name}.traffic]\nshape = [{{ constant = {{ rate = {rate:?} }} }}]\narrivals = \"evenly_spaced\"\n\
         [service.{name}.request]\ncpu_time = \"1ms\"\n\
         [service.{name}.task]\ncpu = {cpu}\nmemory = {memory}\n\
         [service.{name}.scaling]\nmin_capacity = 1\nmax_capacity = 1\n"
    )
}

/// A scenario in `region` over `hours`, with these services.
fn text(region: &str, hours: f64, services: &str) -> String {
    format!(
        "schema = 1\nname = \"bill\"\nregion = \"{region}\"\nhorizon = \"{}s\"\nfidelity = \"fluid\"\n{services}",
        hours * 3600.0
    )
}

fn billed(text: &str) -> RunResult {
    run(scenario(text)).unwrap()
}

/// The amounts of a service's bill, as they are printed.
fn amounts(result: &RunResult, service: usize) -> Vec<(BillableItem, String)> {
    let lines = &result.record.services[service].invoice.lines;
    lines.iter().map(|line| (line.item, line.amount.to_cents_string())).collect()
}

#[track_caller]
fn assert_bill(result: &RunResult, service: usize, expected: &[(BillableItem, &str)]) {
    let expected: Vec<(BillableItem, String)> =
        expected.iter().map(|(item, amount)| (*item, (*amount).to_owned())).collect();
    assert_eq!(amounts(result, service), expected);
}

use BillableItem::{
    AlbHour, AlbLcu, CloudwatchAlarm, FargateEphemeralStorage, FargateMemory, FargateVcpu, PublicIpv4,
};

#[test]
fn one_task_of_december_2025_in_us_east_1() {
    // A bill that was paid: 23.524 vCPU-hours 0.95, 47.049 GB-hours 0.21.
    let result = billed(&text("us-east-1", 94.096_111_111_111_1, &one("api", 0.1, (256, 512), "")));
    assert_bill(&result, 0, &[(FargateVcpu, "0.95"), (FargateMemory, "0.21")]);
}

#[test]
fn a_month_of_720_hours_behind_a_balancer_of_one_lcu() {
    // The projection of the same author for the time after the free tier.
    let result = billed(&text("us-east-1", 720.0, &one("api", 25.0, (256, 512), "load_balancer = {}")));
    assert_bill(
        &result,
        0,
        &[
            (FargateVcpu, "7.29"),
            (FargateMemory, "1.60"),
            (AlbHour, "16.20"),
            (AlbLcu, "5.76"),
            (PublicIpv4, "7.20"),
        ],
    );
}

#[test]
fn three_services_of_eu_west_1_behind_one_balancer() {
    // A published analysis, of Fargate 36.04 in all. It takes the balancer's price of us-east-1, 16.43; Infracost prints
    // 18.40 for eu-west-1, and half an LCU all month is 2.92.
    let services = [
        one("backend", 12.5, (512, 1024), "load_balancer = { public_ipv4 = 0 }"),
        one("admin", 0.1, (256, 512), ""),
        one("client", 0.1, (256, 512), ""),
    ];
    let result = billed(&text("eu-west-1", 730.0, &services.concat()));
    let fargate = [(FargateVcpu, "14.78"), (FargateMemory, "3.24")];
    assert_bill(&result, 0, &[&fargate[..], &[(AlbHour, "18.40"), (AlbLcu, "2.92")]].concat());
    let (small, mut total) = ([(FargateVcpu, "7.39"), (FargateMemory, "1.62")], Usd::ZERO);
    assert_bill(&result, 1, &small);
    assert_bill(&result, 2, &small);
    for service in &result.record.services {
        total += service.invoice.lines.iter().take(2).map(|line| line.amount).sum();
    }
    assert_eq!(total.to_cents_string(), "36.04");
}

#[test]
fn half_a_vcpu_for_a_month() {
    // The source prints 14.60 + 3.20 for 0.5 × 0.04048 × 730 and 0.004445 × 730, which are 14.775 and 3.245.
    let result = billed(&text("us-east-1", 730.0, &one("portal", 0.01, (512, 1024), "")));
    assert_bill(&result, 0, &[(FargateVcpu, "14.78"), (FargateMemory, "3.24")]);
}

#[test]
fn eight_services_for_a_month() {
    let services: String = (0..8).map(|number| one(&format!("s{number}"), 0.01, (512, 1024), "")).collect();
    let result = billed(&text("us-east-1", 730.0, &services));
    let total: Usd = result.record.services.iter().map(|service| service.invoice.total()).sum();
    assert_eq!(total.to_cents_string(), "144.16");
}

#[test]
fn twenty_five_tasks_with_storage_as_the_calculator_prices_them() {
    // An export of AWS's calculator: 50 tasks a day of 180 minutes, 4 vCPU, 16 GB, 200 GB of storage, us-west-2.
    let more = one("batch", 0.0, (4096, 16_384), "")
        .replace("memory = 16384", "memory = 16384\nephemeral_storage = \"200GiB\"")
        .replace("_capacity = 1", "_capacity = 25");
    let result = billed(&text("us-west-2", 182.5, &more));
    assert_bill(
        &result,
        0,
        &[(FargateVcpu, "738.76"), (FargateMemory, "324.49"), (FargateEphemeralStorage, "91.16")],
    );
}

/// Five target-tracking policies, which have ten alarms.
fn ten_alarms() -> String {
    let mut policies = one("web", 0.01, (256, 512), "load_balancer = {}");
    for metric in ["a", "b", "c", "d"] {
        policies.push_str(&format!(
            "[service.web.metric.{metric}]\nexpression = \"requests / max(1, running)\"\n\
             [service.web.scaling.target_tracking.{metric}]\nmetric = \"CustomizedMetric\"\n\
             custom_metric = \"{metric}\"\ntarget_value = 1000.0\n"
        ));
    }
    policies.push_str(
        "[service.web.scaling.target_tracking.cpu]\n\
         metric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 70.0\n",
    );
    policies
}

fn from(start: &str, text: &str) -> String {
    format!("start = \"{start}\"\n{text}")
}

#[test]
fn ten_alarms_cost_the_same_in_every_month() {
    // A real bill has 13 alarms for an hour of September as 0.0180555556 alarm-months, 13 ÷ 720.
    for (start, hours) in [("2026-02-01", 672.0), ("2024-09-01", 720.0), ("2024-10-01", 744.0)] {
        let result = billed(&from(&format!("{start}T00:00:00Z"), &text("us-east-1", hours, &ten_alarms())));
        let line = *result.record.services[0].invoice.lines.last().unwrap();
        assert_eq!((line.item, line.exact.to_string().as_str()), (CloudwatchAlarm, "1"), "{start}");
    }
    let hour = billed(&from("2024-09-17T08:00:00Z", &text("us-east-1", 1.0, &ten_alarms())));
    let line = *hour.record.services[0].invoice.lines.last().unwrap();
    assert_eq!(line.quantity_numerator * 720, line.quantity_denominator * 10);
    // One zone east of Greenwich October begins two hours earlier, and the bill's does not.
    let zoned = "timezone = \"Europe/Berlin\"\n".to_owned() + &text("us-east-1", 720.0, &ten_alarms());
    let result = billed(&from("2024-09-01T00:00:00Z", &zoned));
    assert_eq!(result.record.services[0].invoice.lines.last().unwrap().exact.to_string(), "1");
}

#[test]
fn a_balancer_of_730_hours_costs_16_43_and_no_total_contradicts_it() {
    let more = "load_balancer = { public_ipv4 = 0 }";
    let result = billed(&text("us-east-1", 730.0, &one("web", 0.0, (256, 512), more)));
    assert_bill(
        &result,
        0,
        &[(FargateVcpu, "7.39"), (FargateMemory, "1.62"), (AlbHour, "16.43"), (AlbLcu, "0.00")],
    );
    let invoice = &result.record.services[0].invoice;
    assert_eq!(invoice.total().to_cents_string(), "25.44");
    assert_eq!(invoice.per_month(result.scenario.plan.horizon), invoice.total());
}

#[test]
fn a_limit_of_20_usd_is_broken_by_the_balancer_of_eu_west_1() {
    // A task 9.01, the balancer 18.40, two addresses 7.30.
    let checks = "[checks]\ncost_per_month = \"< 20 USD\"\n";
    let text = text("eu-west-1", 730.0, &one("web", 0.0, (256, 512), "load_balancer = {}")) + checks;
    let result = billed(&text);
    assert_eq!(result.record.services[0].invoice.total().to_cents_string(), "34.71");
    assert_eq!(result.checks[0].status, CheckStatus::Fail);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bill.toml"), text).unwrap();
    let ran = windtunnel(folder.path(), &["check", "bill.toml", "--quiet"]);
    assert_ne!(ran.code, Some(0));
}

#[test]
fn infracost_prints_18_40_for_a_balancer_of_eu_west_1_and_5_84_for_an_lcu() {
    let more = "load_balancer = { public_ipv4 = 0 }";
    let result = billed(&text("eu-west-1", 730.0, &one("web", 25.0, (256, 512), more)));
    assert_bill(
        &result,
        0,
        &[(FargateVcpu, "7.39"), (FargateMemory, "1.62"), (AlbHour, "18.40"), (AlbLcu, "5.84")],
    );
}

#[test]
fn refusing_work_makes_a_million_requests_no_cheaper() {
    // One task that can do 50 a second: offered 100, it serves half of them for the same money.
    let price = |rate: f64, warmup: &str| {
        let service = one("web", rate, (1024, 2048), "")
            .replace("cpu_time = \"1ms\"", "cpu_time = \"20ms\"")
            .replace("memory = 2048", "memory = 2048\nbase_cpu = 0\nconcurrency = 1\nqueue = 0");
        let text = format!("warmup = \"{warmup}\"\n{}", text("us-east-1", 1.0, &service));
        billed(&text.replace("fidelity = \"fluid\"", "fidelity = \"requests\""))
    };
    for warmup in ["0s", "10m"] {
        let (all, half) = (price(40.0, warmup), price(100.0, warmup));
        let per_million =
            |result: &RunResult| windtunnel::experiment::per_million_served(&result.record.services).unwrap();
        assert_eq!(all.record.services[0].invoice.total(), half.record.services[0].invoice.total());
        // 0.04937 USD an hour for 144 000 and for 180 000 served requests; offered were 360 000.
        let (served, most) = (all.record.services[0].all_served(), half.record.services[0].all_served());
        assert!(
            (served as f64 / 144_000.0 - 1.0).abs() < 0.001 && (most as f64 / 180_000.0 - 1.0).abs() < 0.01
        );
        for (result, served) in [(&all, served), (&half, most)] {
            let usd = per_million(result).as_f64();
            assert!((usd - 0.04937 / served as f64 * 1e6).abs() < 1e-6, "{usd} for {served}");
        }
    }
    let nothing = billed(&text("us-east-1", 1.0, &one("web", 0.0, (256, 512), "")));
    assert_eq!(windtunnel::experiment::per_million_served(&nothing.record.services), None);
}

/// Every item can be priced, replaced in a scenario, explained and found in the reference, under the same name.
#[test]
fn every_billable_item_has_a_price_a_key_and_an_explanation() {
    let book = prices(None);
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let keys = schema["properties"]["prices"]["properties"].as_object().unwrap();
    let reference = reference();
    for facts in &ITEMS {
        let name = facts.name;
        assert!(book.iter().any(|row| row.item == name), "{name} has a price in no region");
        assert!(keys.contains_key(name), "`prices` has no key {name}");
        assert!(reference.contains(&format!("| `{name}` | a price ")), "the reference has no key {name}");
        let explained = explain(name).unwrap_or_else(|| panic!("{name} is not explained"));
        assert!(explained.contains(facts.explanation) && explained.contains(facts.price), "{explained}");
        assert!(explain_topics().iter().any(|topic| topic == name), "{name} is no topic");
    }
    assert_eq!(keys.len(), ITEMS.len() + 1, "`file` and each item: {keys:?}");
    // What else the book has are the rates of Savings Plans.
    for row in &book {
        let is_item = BillableItem::named(&row.item).is_some();
        assert!(is_item || row.item.starts_with("savings_plan_"), "nothing reads {row:?}");
    }
    for term in CommitmentTerm::ALL {
        let rates = savings_plan_prices("us-east-1", "x86_64", term.word());
        let known = |facts: &&ItemFacts| rates[facts.item].is_some();
        let covered: Vec<&str> = ITEMS.iter().filter(known).map(|facts| facts.name).collect();
        assert_eq!(covered, ["fargate_vcpu", "fargate_memory"], "{term:?}");
    }
}
