//! Runs of any length, from a millisecond to five years: each is a result or an error that says what to change.

use windtunnel::record::{Detail, Limits, record_within};
use windtunnel::scenario::{Source, load, render};

use crate::example::{NoFiles, text};

const LENGTHS: [&str; 13] =
    ["1ns", "1us", "1ms", "999ms", "1s", "59s", "60s", "61s", "1h", "30d", "365d", "1826d", "36525d"];

#[test]
fn a_run_of_any_length_is_a_result_or_an_error_that_says_what_to_change() {
    for horizon in LENGTHS {
        for rate in ["0.0", "0.000001", "5.0", "100000.0"] {
            for fidelity in ["requests", "fluid"] {
                // A few million requests at most: what is simulated one by one takes its time.
                let is_long = horizon.ends_with('d');
                if fidelity == "requests" && (rate == "100000.0" || is_long && rate == "5.0") {
                    continue;
                }
                // Years of flows by the second take minutes; the rate makes no difference to a month.
                if fidelity == "fluid" && matches!(horizon, "365d" | "1826d") && rate != "0.0" {
                    continue;
                }
                let overrides = [
                    format!("horizon={horizon}"),
                    format!("fidelity={fidelity}"),
                    format!("service.web.traffic.shape.0.constant.rate={rate}"),
                    "service.web.load_balancer={}".to_owned(),
                    "service.web.scaling.max_capacity=4".to_owned(),
                    "service.web.scaling.target_tracking.cpu={ metric = \"ECSServiceAverageCPUUtilization\", target_value = 50.0 }".to_owned(),
                ];
                let source = Source { name: "web.toml".to_owned(), text: text(5.0, 2, "") };
                let loaded = load(&source, &overrides, None, &mut NoFiles);
                let case = format!("{horizon} of {rate}/s as {fidelity}");
                let said = render(&loaded.diagnostics, &loaded.sources, false);
                let Some(scenario) = loaded.scenario else {
                    assert!(horizon == "36525d" && said.contains("WT00"), "{case}: {said}");
                    continue;
                };
                let record =
                    record_within(&scenario.plan, (1, 0), Detail::Totals, Limits::default()).unwrap();
                let requests = &record.services[0].requests;
                let ended = requests.served + requests.rejected + requests.timed_out + requests.failed;
                assert_eq!(requests.offered, ended + requests.in_flight, "{case}");
                let cpu = record.services[0].cpu_utilization;
                assert!(cpu.is_none_or(|cpu| (0.0..=1.0 + 1e-9).contains(&cpu)), "{case}: {cpu:?}");
            }
        }
    }
}
