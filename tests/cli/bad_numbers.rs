//! Every number, duration and size of a scenario, replaced by every kind of bad one: an error that points at it, or a
//! legal run in which all requests are accounted for; never a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use toml::{Table, Value};
use windtunnel::scenario::{Loaded, Severity, render};

use crate::scenario::{load_text, valid};

/// A scenario with as many keys as can stand in one.
const RICH: &str = r#"
schema = 1
name = "rich"
horizon = "4m"
warmup = "30s"
limits = { max_requests = 200000 }
[service.web.traffic]
shape = [
  { constant = { rate = 5.0 } }, { diurnal = { mean = 5.0, amplitude = 2.0, peak_at = "14:00" } },
  { weekly = { mean = 3.0, weekend_factor = 0.5 } }, { ramp = { start = "10s", end = "60s", from = 0.0, to = 4.0 } },
  { step = { at = "70s", rate = 6.0 } }, { spike = { at = "90s", factor = 3.0, rise = "5s", hold = "20s", fall = "5s" } },
]
[service.web.request]
cpu_time = { lognormal = { mean = "20ms", cv = 1.0 } }
wait_time = { gamma = { shape = 2.0, mean = "25ms" } }
timeout = "2s"
bytes = "12KiB"
[service.web.task]
cpu = 512
memory = 1024
concurrency = 4
queue = 8
base_memory = "100MiB"
memory_per_request = "1MiB"
image_size = "50MiB"
stop_timeout = "3s"
[service.web.startup]
scheduling = { uniform = { min = "1s", max = "2s" } }
provisioning = { lognormal = { median = "4s", p95 = "6s" } }
container_start = { weibull = { shape = 1.5, scale = "1s" } }
application_boot = { pareto = { alpha = 3.0, minimum = "1s" } }
[service.web.load_balancer]
deregistration_delay = "10s"
health_check = { interval = "5s", initial_healthy_count = 2 }
[service.web.scaling]
min_capacity = 1
max_capacity = 6
desired_count = 2
[service.web.scaling.target_tracking.cpu]
metric = "ECSServiceAverageCPUUtilization"
target_value = 40.0
scale_out_cooldown = "30s"
scale_in_cooldown = "30s"
[service.web.scaling.step.burst]
alarm = { metric = "CPUUtilization", evaluation_periods = 1, comparison = "GreaterThanThreshold", threshold = 50.0 }
adjustment_type = "PercentChangeInCapacity"
min_adjustment_magnitude = 1
cooldown = "20s"
steps = [{ lower = 0.0, upper = 20.0, adjustment = 20 }, { lower = 20.0, adjustment = 50 }]
[assumptions]
ecs_metric_delay_60s = "20s"
[checks]
p99_response_time = "< 800ms"
availability = ">= 99%"
cost_per_month = "< 2000 USD"
"#;

const NUMBERS: &[&str] = &[
    "nan",
    "inf",
    "-inf",
    "-1",
    "-0.0",
    "0",
    "1",
    "0.5",
    "1e300",
    "-1e300",
    "1e-300",
    "1000000000",
    "9223372036854775807",
    "18446744073709551616",
    "100000000000000000000000000000000000000000",
    "1e999",
    "\"7\"",
    "true",
    "[]",
    "{}",
];

const TEXTS: &[&str] = &[
    "0s",
    "1ns",
    "-1s",
    "-0s",
    "nans",
    "infs",
    "1e300s",
    "36500d",
    "584y",
    "18446744073709551616ns",
    "0.0000000001s",
    "99999999999999999999999999999999999999999999h",
    "0B",
    "1B",
    "-1MiB",
    "1e300GiB",
    "16777216TiB",
    "0B/s",
    "1B/s",
    "5",
    "",
    " ",
    "\u{0}",
    "< 0ms",
    "< -1ms",
    ">= nan%",
    "< 1e300 USD",
    "\u{202e}5s",
];

/// The paths of all values that are no tables, with whether they are numbers.
fn leaves(prefix: &str, value: &Value, found: &mut Vec<(String, bool)>) {
    let below = |key: &str| if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
    match value {
        Value::Table(table) => table.iter().for_each(|(key, value)| leaves(&below(key), value, found)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| leaves(&below(&index.to_string()), value, found));
        }
        Value::Integer(_) | Value::Float(_) => found.push((prefix.to_owned(), true)),
        _ => found.push((prefix.to_owned(), false)),
    }
}

/// What is wrong with how a value was answered, if anything.
fn fault(text: &str, set: &str) -> Option<String> {
    let answer = catch_unwind(AssertUnwindSafe(|| {
        let loaded = load_text(text, &[set]);
        let Loaded { scenario: Some(scenario), .. } = loaded else { return is_pointed_at(&loaded) };
        let result = match windtunnel::experiment::run(scenario) {
            Ok(result) => result,
            Err(error) => return Some(format!("a valid scenario was not run: {error}")),
        };
        let summary = windtunnel::report::summary_json(&result);
        serde_json::from_str::<serde_json::Value>(&summary).unwrap();
        let _ = windtunnel::report::run_view(&result).terminal_text(100, false);
        let _ = windtunnel::report::timeline_csv(&result, &mut std::io::sink());
        result.record.services.iter().find_map(|service| {
            let r = &service.requests;
            let sum = r.served + r.rejected + r.timed_out + r.failed + r.in_flight;
            (r.offered != sum).then(|| format!("{r:?} do not add up"))
        })
    }));
    answer.unwrap_or_else(|_| Some("it panicked".to_owned()))
}

/// An error must have a label on the override that caused it.
fn is_pointed_at(loaded: &Loaded) -> Option<String> {
    let rendered = render(&loaded.diagnostics, &loaded.sources, false);
    let mut errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let is_there = errors.any(|d| d.primary.iter().chain(&d.secondary).any(|label| label.source == "--set"));
    (!is_there || rendered.contains('\u{202e}') || rendered.len() > 20_000)
        .then(|| format!("no error points at the override:\n{rendered}"))
}

#[test]
fn every_value_of_a_scenario_replaced_by_a_bad_one_is_an_error_or_a_legal_run() {
    let resolved = valid(load_text(RICH, &[])).resolved_toml;
    let mut keys = Vec::new();
    leaves("", &Value::Table(resolved.parse::<Table>().unwrap()), &mut keys);
    assert!(keys.len() > 80, "{}", keys.len());
    let mut faults = Vec::new();
    for (key, is_number) in &keys {
        for value in if *is_number { NUMBERS } else { TEXTS } {
            let set = format!("{key}={value}");
            faults.extend(fault(&resolved, &set).map(|what| format!("{set}: {what}")));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(120)].join("\n"));
}
