//! The language of metrics, alarms, schedules and suspensions: what CloudWatch and Application Auto Scaling accept is accepted,
//! what they refuse is refused with its code.

use super::{MINIMAL, codes};
use crate::example::NoFiles;
use windtunnel::kernel::scaling::aas::PolicyKind;
use windtunnel::kernel::telemetry::{AlarmQuery, LowSamples, Metric, Statistic};
use windtunnel::kernel::units::{SimDuration, SimTime};
use windtunnel::scenario::{Loaded, Scenario, Source, load};

/// The minimal scenario with a load balancer and this text behind it.
fn with(text: &str, overrides: &[&str]) -> Loaded {
    let text = format!("{MINIMAL}\n[service.web.load_balancer]\n{text}");
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    load(&Source { name: "control.toml".to_owned(), text }, &overrides, None, &mut NoFiles)
}

#[track_caller]
fn valid(text: &str) -> Scenario {
    let loaded = with(text, &[]);
    assert_eq!(codes(&loaded), [] as [&str; 0], "{:?}", loaded.diagnostics);
    loaded.scenario.unwrap()
}

/// An alarm of a step policy with these keys besides the usual ones.
fn alarm(keys: &str) -> String {
    format!(
        "[service.web.scaling.step.out]\nalarm = {{ {keys}, comparison = \"GreaterThanThreshold\", threshold = 1.0 }}\n\
         adjustment_type = \"ChangeInCapacity\"\ncooldown = \"1d\"\nsteps = [{{ lower = 0.0, adjustment = 1 }}]\n"
    )
}

fn read(keys: &str) -> (Metric, AlarmQuery) {
    let scenario = valid(&alarm(keys));
    let PolicyKind::Step(plan) = &scenario.plan.services[0].scaling.policies[0].kind else {
        panic!("a step policy")
    };
    (plan.alarm.metric, plan.alarm.query)
}

fn query(keys: &str) -> AlarmQuery {
    read(keys).1
}

#[test]
fn statistics_and_periods_are_what_cloudwatch_has_for_the_metric() {
    let minute = SimDuration::from_secs(60);
    let of = |metric: &str| read(&format!("metric = \"{metric}\", evaluation_periods = 1"));
    for (metric, statistic) in [
        ("CPUUtilization", Statistic::Average),
        ("RequestCount", Statistic::Sum),
        ("RequestCountPerTarget", Statistic::Sum),
        ("HTTPCode_Target_5XX_Count", Statistic::Sum),
        ("HTTPCode_ELB_5XX_Count", Statistic::Sum),
        ("TargetResponseTime", Statistic::Average),
        ("HealthyHostCount", Statistic::Average),
        ("UnHealthyHostCount", Statistic::Average),
    ] {
        let (found, query) = of(metric);
        assert_eq!(found.name(), metric);
        assert_eq!(found.is_count(), statistic == Statistic::Sum, "{found:?}");
        assert_eq!((query.statistic, query.period), (statistic, minute), "{metric}");
    }
    let p999 = query(
        "metric = \"TargetResponseTime\", statistic = \"p99.9\", period = \"5m\", evaluation_periods = 288, \
         evaluate_low_sample_count_percentile = \"ignore\"",
    );
    assert_eq!((p999.statistic, p999.low_samples), (Statistic::Percentile(99_900), LowSamples::Ignore));
    let refused = [
        ("metric = \"CPUUtilization\", statistic = \"p90\", evaluation_periods = 1", "WT070"),
        ("metric = \"MemoryUtilization\", statistic = \"Minimum\", evaluation_periods = 1", "WT070"),
        ("metric = \"RequestCountPerTarget\", statistic = \"Average\", evaluation_periods = 1", "WT070"),
        ("metric = \"TargetResponseTime\", statistic = \"p100\", evaluation_periods = 1", "WT070"),
        ("metric = \"TargetResponseTime\", statistic = \"p0\", evaluation_periods = 1", "WT070"),
        ("metric = \"TargetResponseTime\", statistic = \"Mean\", evaluation_periods = 1", "WT070"),
        ("metric = \"CPUUtilization\", period = \"45s\", evaluation_periods = 1", "WT071"),
        ("metric = \"CPUUtilization\", period = \"90s\", evaluation_periods = 1", "WT071"),
        ("metric = \"RequestCount\", period = \"30s\", evaluation_periods = 1", "WT071"),
        ("metric = \"CPUUtilization\", period = \"5m\", evaluation_periods = 289", "WT026"),
        ("metric = \"CPUUtilization\", period = \"1h\", evaluation_periods = 169", "WT026"),
        ("metric = \"CPUUtilization\", custom_metric = \"x\", evaluation_periods = 1", "WT074"),
        ("metric = \"CustomizedMetric\", evaluation_periods = 1", "WT074"),
    ];
    for (keys, code) in refused {
        assert_eq!(codes(&with(&alarm(keys), &[])), [code], "{keys}");
    }
    // A week of hours is the longest.
    query("metric = \"CPUUtilization\", period = \"1h\", evaluation_periods = 168");
}

#[test]
fn a_period_is_a_multiple_of_what_the_service_publishes() {
    let every = |resolution: &str, period: &str| {
        let text = format!(
            "[service.web.metric.backlog]\nexpression = \"queue_length / running\"\nresolution = \"{resolution}\"\n{}",
            alarm(&format!(
                "metric = \"CustomizedMetric\", custom_metric = \"backlog\", period = \"{period}\", evaluation_periods = 3"
            ))
        );
        codes(&with(&text, &[]))
    };
    for (resolution, period) in
        [("10s", "10s"), ("10s", "30s"), ("20s", "20s"), ("30s", "60s"), ("60s", "2m")]
    {
        assert_eq!(every(resolution, period), [] as [&str; 0], "{period} of {resolution}");
    }
    for (resolution, period) in [("20s", "10s"), ("20s", "30s"), ("30s", "20s"), ("60s", "20s")] {
        assert_eq!(every(resolution, period), ["WT071"], "{period} of {resolution}");
    }
    let cpu = alarm("metric = \"CPUUtilization\", period = \"20s\", evaluation_periods = 3");
    assert_eq!(codes(&with(&cpu, &["service.web.monitoring.cpu_utilization=20s"])), [] as [&str; 0]);
}

#[test]
fn a_predefined_metric_takes_no_statistic_and_a_high_resolution_one_stands_beside_the_usual_one() {
    let track = |name: &str, metric: &str, more: &str| {
        format!(
            "[service.web.scaling.target_tracking.{name}]\nmetric = \"{metric}\"\ntarget_value = 60.0\n{more}"
        )
    };
    let cpu = "ECSServiceAverageCPUUtilization";
    assert_eq!(codes(&with(&track("a", cpu, "statistic = \"Sum\"\n"), &[])), ["WT070"]);
    let fine = format!("{cpu}HighResolution");
    let both = format!("{}{}", track("a", cpu, ""), track("b", &fine, ""));
    assert_eq!(codes(&with(&both, &["service.web.monitoring.cpu_utilization=20s"])), [] as [&str; 0]);
    assert_eq!(codes(&with(&both, &[])), ["WT072"]);
    let twice = format!("{}{}", track("a", &fine, ""), track("b", &fine, ""));
    assert_eq!(codes(&with(&twice, &["service.web.monitoring.cpu_utilization=20s"])), ["WT023"]);
}

#[test]
fn response_times_need_single_requests_and_auto_sees_to_it() {
    let text = alarm("metric = \"TargetResponseTime\", evaluation_periods = 1");
    assert_eq!(codes(&with(&text, &["fidelity=fluid"])), ["WT060"]);
    let auto = with(&text, &["fidelity=auto", "limits.fluid_above=1"]);
    assert_eq!(auto.scenario.unwrap().fidelity(), "requests");
    let counts = alarm("metric = \"HTTPCode_Target_5XX_Count\", evaluation_periods = 1");
    assert_eq!(codes(&with(&counts, &["fidelity=fluid"])), [] as [&str; 0]);
}

#[test]
fn a_flow_refuses_tasks_that_die_and_auto_sees_to_it() {
    for key in ["service.web.failure.time_to_crash=5m", "service.web.task.memory_growth_per_hour=10MiB"] {
        assert_eq!(codes(&with("", &[key, "fidelity=fluid"])), ["WT060"], "{key}");
        let auto = with("", &[key, "fidelity=auto", "limits.fluid_above=1"]);
        assert_eq!(auto.scenario.unwrap().fidelity(), "requests");
    }
}

#[test]
fn schedules_become_instants_and_wrong_ones_are_refused() {
    let action = |keys: &str| format!("[service.web.scaling.scheduled.it]\n{keys}\n");
    let every = "schedule = \"rate(10 minutes)\"\nmin_capacity = 1";
    let scenario = valid(&action(every));
    let clock = &scenario.plan.services[0].scaling.schedule;
    assert_eq!(clock.actions[0].occurrences[..2], [SimTime(600_000_000_000), SimTime(1_200_000_000_000)]);
    assert_eq!(clock.jitter, SimDuration::from_secs(20));
    for (keys, code) in [
        ("schedule = \"rate(10 minutes)\"", "WT005"),
        ("min_capacity = 1", "WT005"),
        ("schedule = \"rate(10 minutes)\"\nmin_capacity = 3\nmax_capacity = 2", "WT021"),
        ("schedule = \"rate(10 min)\"\nmin_capacity = 1", "WT075"),
        ("schedule = \"at(1999-01-01T00:00:00)\"\nmin_capacity = 1", "WT108"),
        ("schedule = \"rate(1 day)\"\nmin_capacity = 1\ntimezone = \"Mars/Olympus\"", "WT009"),
        (
            "schedule = \"rate(10 minutes)\"\nmin_capacity = 1\nstart = \"2026-02-01T00:00:00Z\"\nend = \"2026-01-01T00:00:00Z\"",
            "WT027",
        ),
    ] {
        let found = codes(&with(&action(keys), &[]));
        assert!(found.contains(&code), "{keys}: {found:?}");
    }
}

#[test]
fn a_suspension_ends_after_it_begins_and_suspends_something() {
    let window = |keys: &str| codes(&with(&format!("[[service.web.scaling.suspended]]\n{keys}\n"), &[]));
    assert_eq!(window("from = \"1m\"\nuntil = \"5m\"\ndynamic_scaling_in = true"), [] as [&str; 0]);
    assert_eq!(window("scheduled_scaling = true"), [] as [&str; 0]);
    assert_eq!(window("from = \"1000d\"\ndynamic_scaling_in = true"), ["WT108"]);
    assert_eq!(window("from = \"5m\"\nuntil = \"5m\"\ndynamic_scaling_out = true"), ["WT027"]);
    assert_eq!(window("from = \"5m\""), ["WT005"]);
}

#[test]
fn what_is_exported_to_aws_says_the_same() {
    let text = format!(
        "[service.web.monitoring]\nmemory_utilization = \"20s\"\n[service.web.metric.backlog]\nexpression = \"queue_length / running\"\n\
         [service.web.scaling.target_tracking.memory]\nmetric = \"ECSServiceAverageMemoryUtilizationHighResolution\"\ntarget_value = \
         60.0\n[service.web.scaling.target_tracking.backlog]\nmetric = \"CustomizedMetric\"\ncustom_metric = \"backlog\"\nstatistic = \
         \"Maximum\"\ntarget_value = 5.0\n[service.web.scaling.scheduled.morning]\nschedule = \"cron(0/5 8 ? * MON-FRI *)\"\ntimezone = \
         \"Europe/Berlin\"\nstart = \"2026-01-01T00:00:00Z\"\nmax_capacity = 9\n{}",
        alarm(
            "metric = \"TargetResponseTime\", statistic = \"p99.9\", period = \"2m\", evaluation_periods = 2"
        )
    );
    let loaded = with(&text, &["limits.max_requests=1000000000"]);
    let scenario = loaded.scenario.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let files = windtunnel::report::aws_cli_inputs(&scenario, "main");
    let file = |name: &str| -> serde_json::Value {
        let found = files.iter().find(|(file, _)| file == name);
        serde_json::from_slice(&found.unwrap_or_else(|| panic!("no {name}")).1).unwrap()
    };
    let alarm = file("put-metric-alarm.web.out.json");
    assert_eq!((&alarm["ExtendedStatistic"], &alarm["Period"]), (&"p99.9".into(), &120.into()));
    assert!(alarm.get("Statistic").is_none() && alarm["EvaluateLowSampleCountPercentile"] == "evaluate");
    let memory = &file("put-scaling-policy.web.memory.json")["TargetTrackingScalingPolicyConfiguration"];
    let kind = &memory["PredefinedMetricSpecification"]["PredefinedMetricType"];
    assert_eq!(kind, "ECSServiceAverageMemoryUtilizationHighResolution");
    let backlog = &file("put-scaling-policy.web.backlog.json")["TargetTrackingScalingPolicyConfiguration"];
    let custom = &backlog["CustomizedMetricSpecification"];
    assert_eq!((&custom["MetricName"], &custom["Statistic"]), (&"backlog".into(), &"Maximum".into()));
    let scheduled = file("put-scheduled-action.web.morning.json");
    assert_eq!(scheduled["Schedule"], "cron(0/5 8 ? * MON-FRI *)");
    assert_eq!(scheduled["ScalableTargetAction"], serde_json::json!({ "MaxCapacity": 9 }));
    assert_eq!(scheduled["StartTime"], "2026-01-01T00:00:00Z");
    let terraform = windtunnel::report::terraform(&scenario, "main");
    for part in [
        "extended_statistic",
        "customized_metric_specification",
        "\"aws_appautoscaling_scheduled_action\" \"web__morning\"",
        "schedule           = \"cron(0/5 8 ? * MON-FRI *)\"",
        "max_capacity = 9",
    ] {
        assert!(terraform.contains(part), "no {part} in\n{terraform}");
    }
}
