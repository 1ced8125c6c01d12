//! Every metric that a policy looks at can be seen on the page of a run, with its targets and thresholds.

use std::fs;

use serde_json::Value;

use crate::cli::folder;
use crate::program::windtunnel;

/// A policy on requests for each target, one on a metric of one's own that falls below zero, one on memory.
const POLICIES: &str = r#"schema = 1
name = "policies"
horizon = "2h"
[service.web.traffic]
shape = [{ constant = { rate = 20.0 } }, { step = { at = "20m", rate = 60.0 } }]
[service.web.request]
cpu_time = "30ms"
wait_time = "500ms"
[service.web.task]
cpu = 1024
memory = 2048
concurrency = 8
base_memory = "300MiB"
memory_per_request = "40MiB"
[service.web.load_balancer]
[service.web.metric.spare]
expression = "running * 8 - in_flight - 20"
[service.web.scaling]
min_capacity = 2
max_capacity = 12
[service.web.scaling.target_tracking.requests]
metric = "ALBRequestCountPerTarget"
target_value = 500.0
[service.web.scaling.target_tracking.memory]
metric = "ECSServiceAverageMemoryUtilization"
target_value = 25.0
[service.web.scaling.step.spare]
alarm = { metric = "CustomizedMetric", custom_metric = "spare", statistic = "Average", period = "60s", evaluation_periods = 2, datapoints_to_alarm = 2, comparison = "LessThanThreshold", threshold = 0.0 }
adjustment_type = "ChangeInCapacity"
cooldown = "120s"
steps = [{ upper = 0.0, adjustment = 1 }]
"#;

#[test]
fn every_metric_of_a_policy_has_its_chart_with_its_lines() {
    let folder = folder(&[("policies.toml", POLICIES.as_bytes())]);
    windtunnel(folder.path(), &["run", "policies.toml", "--quiet", "--out", "out"]).exits(0);
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let page = read("report.html");
    let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: Value = serde_json::from_str(data).unwrap();
    let charts = data["services"][0]["panel"]["charts"].as_array().unwrap();
    let ids: Vec<&str> = charts.iter().map(|chart| chart["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["r0s0-demand", "r0s0-cpu", "r0s0-metric0", "r0s0-metric1", "r0s0-latency", "r0s0-cost"]);
    for title in ["<h3>RequestCountPerTarget</h3>", "<h3>spare</h3>"] {
        assert!(page.contains(title), "{title}");
    }
    let lines = |chart: &Value| -> Vec<String> {
        chart["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["label"].as_str().unwrap().to_owned())
            .collect()
    };
    // Memory is drawn at once, since a policy looks at it.
    assert_eq!(charts[1]["series"][1]["shown"], true);
    assert!(
        lines(&charts[1]).iter().any(|line| line.contains("25 % target of memory")),
        "{:?}",
        lines(&charts[1])
    );
    let find = |metric: &str| {
        let chart = charts[2..4]
            .iter()
            .find(|chart| chart["series"][0]["label"].as_str().unwrap().starts_with(metric));
        chart.unwrap_or_else(|| panic!("{metric} has a chart"))
    };
    let requests = lines(find("RequestCountPerTarget"));
    assert!(requests.iter().any(|line| line.starts_with("500 target of requests")), "{requests:?}");
    // The lower alarm of target tracking stands at nine tenths of the target.
    assert!(requests.iter().any(|line| line.starts_with("450 ")), "{requests:?}");
    assert!(lines(find("spare")).iter().any(|line| line.starts_with("0 ")), "{:?}", lines(find("spare")));
    // The chart has the lowest and the highest datapoint that an alarm ever saw.
    for (metric, policy) in [("RequestCountPerTarget", "requests"), ("spare", "spare")] {
        let mut reader = csv::Reader::from_path(folder.path().join("out/evaluations.csv")).unwrap();
        let head = reader.headers().unwrap().clone();
        let at = |name: &str| head.iter().position(|column| column == name).unwrap();
        let rows: Vec<csv::StringRecord> =
            reader.records().map(|row| row.unwrap()).filter(|row| row[at("policy")] == *policy).collect();
        let numbers =
            |name: &str| -> Vec<f64> { rows.iter().filter_map(|row| row[at(name)].parse().ok()).collect() };
        let drawn: Vec<f64> = find(metric)["series"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|series| series["values"].as_array().unwrap())
            .filter_map(Value::as_f64)
            .collect();
        let (low, high) = (numbers("lowest"), numbers("highest"));
        let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |all: &[f64]| all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(drawn.len() > 100, "{metric}");
        assert!(least(&drawn) >= least(&low) - 1e-3 && most(&drawn) <= most(&high) + 1e-3, "{metric}");
        // Nine tenths of what was seen is drawn: only ranges that two alarms narrow are smaller.
        assert!(most(&drawn) - least(&drawn) >= 0.9 * (most(&high) - least(&low)), "{metric}");
    }
}
