//! Reports: the contract of every output file, and that no result, however odd, makes one fail.

mod fixture;

use serde_json::Value;
use windtunnel::experiment::RunResult;
use windtunnel::kernel::units::SimDuration;
use windtunnel::report::{
    chart_png, chart_svg, decisions_csv, invoice_csv, response_times_csv, sentences, summary_json, table, timeline_csv,
};

use fixture::{flash_sale, idle, result, scenario, service_plan, sketch, spike_day};

/// Writes the pictures where `WINDTUNNEL_PICTURES` says, for people to look at.
#[test]
fn pictures() {
    let dir = std::path::PathBuf::from("/tmp/pictures");
    std::fs::create_dir_all(&dir).unwrap();
    for (name, result) in gallery() {
        std::fs::write(dir.join(format!("{name}.png")), chart_png(&result).unwrap()).unwrap();
        std::fs::write(dir.join(format!("{name}.svg")), chart_svg(&result).unwrap()).unwrap();
        std::fs::write(dir.join(format!("{name}.txt")), table(&result, 100, false)).unwrap();
        std::fs::write(dir.join(format!("{name}.json")), summary_json(&result)).unwrap();
    }
}

/// Results of every kind, by name.
fn gallery() -> Vec<(&'static str, RunResult)> {
    let month = || {
        let weekly = |minute: u64| flash_sale(minute % 1440) * if (minute / 1440 + 5) % 7 < 2 { 0.4 } else { 1.0 };
        let scenario = scenario("a month", vec![service_plan("web")], SimDuration::from_secs(30 * 86_400));
        result(scenario, vec![sketch("web", 30 * 1440, 20, weekly)])
    };
    let two = || {
        let mut plans = vec![service_plan("orchestrator"), service_plan("worker")];
        plans[1].policies = vec![
            fixture::tracking(windtunnel::kernel::telemetry::Metric::RequestCountPerTarget, 1000.0),
            fixture::tracking(windtunnel::kernel::telemetry::Metric::MemoryUtilization, 20.0),
        ];
        let scenario = scenario("two services", plans, SimDuration::from_secs(86_400));
        result(scenario, vec![sketch("orchestrator", 1440, 20, flash_sale), sketch("worker", 1440, 5, |m| 40.0 + (m % 60) as f64)])
    };
    let odd_names = || {
        let name = "<b>&\"it's\" 🚀 \u{1b}[31mred\u{1b}[0m \u{202e}=1+1";
        let mut scenario = scenario(name, vec![service_plan(name)], SimDuration::from_secs(3600));
        scenario.timezone = "Europe/Berlin".to_owned();
        result(scenario, vec![sketch(name, 60, 10, |_| 100.0)])
    };
    let one = |name: &'static str, minutes: u64, tasks: u32, rate: f64| {
        let scenario = scenario(name, vec![service_plan("web")], SimDuration::from_secs(minutes * 60));
        (name, result(scenario, vec![sketch("web", minutes, tasks, move |_| rate)]))
    };
    vec![
        ("spike", spike_day()),
        ("empty", fixture::empty()),
        ("month", month()),
        ("two", two()),
        ("odd-names", odd_names()),
        one("one-minute", 1, 10, 120.0),
        one("million", 240, 300, 1e6),
        one("year", 365 * 1440, 20, 300.0),
        ("idle", result(scenario("idle", vec![service_plan("web")], SimDuration::from_secs(7200)), vec![idle("web", 120)])),
    ]
}
