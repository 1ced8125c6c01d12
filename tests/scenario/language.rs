//! What the language says: defaults, overrides, the shipped scenarios, and the pages made from the key table.

use std::fs;
use std::path::PathBuf;

use windtunnel::kernel::billing::{BillableItem, Invoice};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::PolicyRules;
use windtunnel::kernel::serving::{CpuDiscipline, Jitter, Routing, WarmUpPlan};
use windtunnel::kernel::simulation::{Fidelity, NoObserver, simulate};
use windtunnel::kernel::traffic::TrafficPlan;
use windtunnel::kernel::units::{SimDuration, Usd};
use windtunnel::scenario::{Scenario, json_schema, load, prices, reference, templates};

use super::{Folder, MINIMAL, codes, load_text, scenarios, valid};

fn shipped() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(scenarios())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

fn requests(scenario: &Scenario) -> f64 {
    scenario.plan.services[0].traffic.expected_requests(scenario.plan.horizon)
}

#[test]
fn every_shipped_scenario_is_valid_opens_with_a_comment_and_warns_of_nothing() {
    assert!(shipped().len() >= 6);
    for (name, text) in shipped() {
        assert!(text.starts_with("# "), "{name}");
        let loaded = load_text(&text, &[]);
        assert!(loaded.diagnostics.is_empty(), "{name}: {:?}", loaded.diagnostics);
        assert_eq!(valid(loaded).name, name);
    }
}

#[test]
fn every_plan_written_out_reads_back_to_the_same_plan() {
    let mut all = shipped();
    all.push(("minimal".to_owned(), MINIMAL.to_owned()));
    for (name, text) in all {
        let first = valid(load_text(&text, &[]));
        let second = valid(load_text(&first.resolved_toml, &[]));
        assert_eq!(first.plan, second.plan, "{name}");
        assert_eq!(first.checks, second.checks, "{name}");
        assert_eq!(first.resolved_toml, second.resolved_toml, "{name}");
    }
}

#[test]
fn every_assumption_written_out_reads_back() {
    let overrides = [
        "assumptions.tt_scale_in_mode={ max_fraction = 0.25 }",
        "assumptions.tt_scale_in_max_step=3",
        "assumptions.alarm_phase=17s",
        "assumptions.scale_in_victim=oldest",
        "assumptions.launch_bucket.burst=7",
        "service.web.task.queue=5",
        "service.web.request.timeout={ weibull = { shape = 1.5, scale = \"3s\" } }",
    ];
    let first = valid(load_text(MINIMAL, &overrides));
    let second = valid(load_text(&first.resolved_toml, &[]));
    assert_eq!(first.plan, second.plan);
    assert_eq!(second.plan.launch_limits.burst, 7);
    assert_eq!(second.plan.services[0].scaling.alarm_rules.phase, Some(SimDuration::from_secs(17)));
}

#[test]
fn the_defaults_are_those_that_are_published_or_observed() {
    let scenario = valid(load_text(MINIMAL, &[]));
    let service = &scenario.plan.services[0];
    assert_eq!(service.scaling.rules, PolicyRules::default());
    assert_eq!(service.startup.scheduling, Distribution::constant(SimDuration::from_secs(5)));
    let provisioning =
        Distribution::lognormal_median_p95(SimDuration::from_secs(15), SimDuration::from_secs(24));
    assert_eq!(service.startup.provisioning, provisioning.unwrap());
    // 150 MiB at 50 MiB/s
    assert_eq!(service.startup.image_pull, Distribution::constant(SimDuration::from_secs(3)));
    // 45 s − 6 s − 23 s
    assert_eq!(service.stopping.exit_after_sigterm, SimDuration::from_secs(16));
    assert_eq!((service.desired_count, scenario.seed), (2, 1));
    let delay = Distribution::triangular(
        SimDuration::from_secs(60),
        SimDuration::from_secs(150),
        SimDuration::from_secs(150),
    );
    assert_eq!(service.telemetry.ecs_metric_delay, delay.unwrap());
    assert!(
        service.target_group.is_none() && service.task.concurrency.is_none() && service.task.queue.is_none()
    );
}

#[test]
fn a_container_that_exits_slowly_is_killed_at_its_stop_timeout() {
    let scenario = valid(load_text(
        MINIMAL,
        &["assumptions.task_stop_seconds=200s", "service.web.task.stop_timeout=10s"],
    ));
    assert_eq!(scenario.plan.services[0].stopping.exit_after_sigterm, SimDuration::from_secs(10));
}

#[test]
fn the_steady_service_costs_what_the_hand_calculation_says() {
    let (_, text) = shipped().into_iter().find(|(name, _)| name == "steady-api").unwrap();
    let scenario = valid(load_text(&text, &[]));
    let price = |item| scenario.plan.services[0].tariff.prices[item].unwrap().0;
    let hours = 730;
    // 2 × 0.25 vCPU and 2 × 0.5 GB
    assert_eq!(Usd::from_ratio(price(BillableItem::FargateVcpu) * hours, 2).to_cents_string(), "14.78");
    assert_eq!(Usd(price(BillableItem::FargateMemory) * hours).to_cents_string(), "3.24");
    assert_eq!(Invoice::default().total(), Usd::ZERO);
}

#[test]
fn overrides_reach_any_key_and_obey_the_same_rules() {
    let scenario = valid(load_text(
        MINIMAL,
        &[
            "service.web.traffic.shape.0.constant.rate=50",
            "name=other",
            "service.web.scaling.max_capacity = 9",
        ],
    ));
    assert_eq!((scenario.name.as_str(), scenario.plan.services[0].scaling.max_capacity), ("other", 9));
    assert!((requests(&scenario) - 50.0 * 3600.0).abs() < 1e-6);
    for (text, code) in [
        ("horizon", "WT012"),
        ("=5", "WT012"),
        ("service.web.traffic.shape.7.constant.rate=1", "WT012"),
        ("name.first=x", "WT012"),
        ("service.web.scaling.max_capcity=9", "WT004"),
        ("service.web.scaling.max_capacity=many", "WT006"),
        ("service.web.scaling.max_capacity=-1", "WT007"),
    ] {
        let loaded = load_text(MINIMAL, &[text]);
        assert!(codes(&loaded).contains(&code), "{text}: {:?}", loaded.diagnostics);
        let place = loaded.diagnostics.iter().find(|d| d.code == code).unwrap().primary.as_ref().unwrap();
        assert_eq!(place.source, "--set", "{text}");
    }
}

#[test]
fn a_seed_given_apart_replaces_that_of_the_scenario() {
    let source = windtunnel::scenario::Source { name: "x".to_owned(), text: MINIMAL.to_owned() };
    let scenario = load(&source, &[], Some(u64::MAX), &mut crate::example::NoFiles).scenario.unwrap();
    assert_eq!(scenario.seed, u64::MAX);
    assert_eq!(valid(load_text(&scenario.resolved_toml, &[])).seed, u64::MAX);
}

#[test]
fn all_problems_are_reported_at_once() {
    let text = MINIMAL.replace("\"1h\"", "24").replace("\"20ms\"", "\"20 parsecs\"") + "desired_cuont = 3\n";
    let loaded = load_text(&text, &["region=us-east-9", "service.web.task.memory=513"]);
    let mut found = codes(&loaded);
    found.sort_unstable();
    assert_eq!(found, ["WT004", "WT006", "WT009", "WT020", "WT034"], "{:?}", loaded.diagnostics);
}

#[test]
fn odd_numbers_are_refused_or_taken_for_what_they_are() {
    let one = |key: &str, value: &str| codes(&load_text(MINIMAL, &[&format!("{key}={value}")]));
    let rate = "service.web.traffic.shape.0.constant.rate";
    for value in ["nan", "inf", "-inf", "-1", "1e300", "1e999"] {
        assert_eq!(one(rate, value), ["WT007"], "{value}");
    }
    assert_eq!(one(rate, "-0.0"), [] as [&str; 0]);
    assert_eq!(one(rate, "0"), [] as [&str; 0]);
    assert_eq!(one("service.web.scaling.min_capacity", "0"), [] as [&str; 0]);
    assert_eq!(one("service.web.scaling.max_capacity", "1000000000"), ["WT007"]);
    assert_eq!(one("horizon", "876000h"), ["WT007"]);
    assert_eq!(one("horizon", "0s"), ["WT007"]);
    assert_eq!(one("limits.max_requests", "10"), ["WT031"]);
    assert_eq!(one("seed", "-1"), ["WT007"]);
    assert_eq!(one("seed", "18446744073709551616"), ["WT007"]);
    assert_eq!(one("service.web.request.cpu_time.mean", "1"), ["WT012"]);
    let both =
        load_text(MINIMAL, &["service.web.scaling.min_capacity=0", "service.web.scaling.max_capacity=0"]);
    assert_eq!(codes(&both), ["WT101"], "no capacity is legal, and overload says so");
}

#[test]
fn a_vcpu_of_arm64_is_as_fast_as_the_assumption_says_and_that_of_x86_64_is_not_touched() {
    let run = |settings: &[&'static str]| {
        let scenario = valid(load_text(MINIMAL, settings));
        simulate(&scenario.plan, 1, 0, &mut NoObserver).unwrap().fingerprint
    };
    let (cpu, half) = ("service.web.request.cpu_time=40ms", "service.web.request.cpu_time=20ms");
    let arm64 = "service.web.task.architecture=arm64";
    // Half the CPU time is what a vCPU of twice the speed makes of it.
    assert_eq!(run(&[cpu, arm64, "assumptions.arm64_speed=2"]), run(&[half, arm64]));
    assert_eq!(
        run(&[cpu, arm64, "assumptions.arm64_speed=0.5"]),
        run(&["service.web.request.cpu_time=80ms"])
    );
    assert_eq!(run(&[cpu, "assumptions.arm64_speed=2"]), run(&[cpu]));
    assert_ne!(run(&[cpu]), run(&[half]));
}

#[test]
fn what_is_not_built_is_refused_and_neutral_values_of_it_are_not() {
    let one = |text: &str| codes(&load_text(MINIMAL, &["service.web.load_balancer={}", text]));
    for text in ["service.web.scaling.predictive.daily.target_value=60", "assumptions.forecaster=x"] {
        assert_eq!(one(text), ["WT010"], "{text}");
    }
    assert_eq!(one("service.web.load_balancer.slow_start=0s"), [] as [&str; 0]);
    for text in ["assumptions.fargate_start=25s", "assumptions.alb_register_to_healthy=5s"] {
        assert_eq!(one(text), ["WT011"], "{text}");
    }
}

#[test]
fn the_keys_of_the_event_path_become_a_plan() {
    let scenario = valid(load_text(
        MINIMAL,
        &[
            "service.web.task.cpu_discipline=processor_sharing",
            "service.web.load_balancer={ algorithm = \"weighted_random\", slow_start = \"30s\" }",
            "service.web.startup.warm_up={ factor = 3.0, requests = 5, over = \"1m\" }",
            "service.web.request.timeout=2s",
            "service.web.request.cancel_timed_out=true",
            "service.web.request.retry={ max_attempts = 4, budget = 0.1 }",
            "service.web.request.class.small={ weight = 3 }",
            "service.web.request.class.big={ weight = 1, cpu_time = \"1s\", timeout = \"9s\" }",
        ],
    ));
    let service = &scenario.plan.services[0];
    assert!(service.needs_events());
    assert_eq!(service.task.cpu_discipline, CpuDiscipline::ProcessorSharing);
    assert_eq!(service.routing.algorithm, Routing::WeightedRandom);
    assert_eq!(service.routing.slow_start, SimDuration::from_secs(30));
    let warm_up = WarmUpPlan { factor: 3.0, requests: 5, over: SimDuration::from_secs(60) };
    assert_eq!(service.warm_up, Some(warm_up));
    let request = &service.request;
    assert!(request.cancel_timed_out);
    let retry = request.retry.as_ref().unwrap();
    assert_eq!((retry.max_attempts, retry.budget, retry.jitter), (4, Some(0.1), Jitter::Full));
    assert_eq!((retry.backoff, retry.max_backoff), (SimDuration::from_secs(1), SimDuration::from_secs(20)));
    let (small, big) = (&request.classes[0], &request.classes[1]);
    assert_eq!((small.name.as_str(), big.name.as_str()), ("small", "big"));
    assert_eq!((&small.cpu_time, &small.timeout), (&request.cpu_time, &request.timeout));
    assert_eq!(big.cpu_time.as_constant(), Some(SimDuration::from_secs(1)));
    assert_eq!(big.timeout.as_ref().and_then(|t| t.as_constant()), Some(SimDuration::from_secs(9)));
}

#[test]
fn relations_between_the_keys_of_the_event_path_are_checked() {
    let one = |text: &str| codes(&load_text(MINIMAL, &["service.web.load_balancer={}", text]));
    assert_eq!(one("service.web.load_balancer.slow_start=29s"), ["WT061"]);
    let by_load = "service.web.load_balancer={ algorithm = \"two_random_choices\", slow_start = \"60s\" }";
    assert_eq!(codes(&load_text(MINIMAL, &[by_load])), ["WT061"]);
    assert_eq!(one("service.web.startup.warm_up={ factor = 2.0 }"), ["WT005"]);
    assert_eq!(one("service.web.request.retry={ backoff = \"30s\" }"), ["WT027"]);
    assert_eq!(one("service.web.request.retry={ max_attempts = 1 }"), ["WT007"]);
    assert_eq!(one("service.web.request.class.a={}"), ["WT005"]);
}

#[test]
fn what_needs_single_requests_is_no_flow_and_auto_keeps_to_requests() {
    for text in [
        "service.web.task.cpu_discipline=processor_sharing",
        "service.web.load_balancer={ algorithm = \"least_outstanding_requests\" }",
        "service.web.load_balancer={ slow_start = \"30s\" }",
        "service.web.startup.warm_up={ factor = 3.0, requests = 5 }",
        "service.web.request.timeout=9s; service.web.request.cancel_timed_out=true",
        "service.web.request.retry={}",
        "service.web.request.class.a={ weight = 1 }",
    ] {
        let with =
            |more: &[&'static str]| -> Vec<&str> { text.split("; ").chain(more.iter().copied()).collect() };
        assert_eq!(codes(&load_text(MINIMAL, &with(&["fidelity=fluid"]))), ["WT060"], "{text}");
        let auto = valid(load_text(MINIMAL, &with(&["fidelity=auto", "limits.fluid_above=1"])));
        assert_eq!(auto.plan.fidelity, Fidelity::Requests, "{text}");
    }
}

#[test]
fn step_policies_follow_the_rules_of_aws() {
    let with = |steps: &str, kind: &str| {
        let policy = format!(
            "service.web.scaling.step.s={{ alarm = {{ metric = \"CPUUtilization\", evaluation_periods = 3, comparison = \
             \"GreaterThanThreshold\", threshold = 70 }}, adjustment_type = \"{kind}\", steps = {steps} }}"
        );
        codes(&load_text(MINIMAL, &[&policy]))
    };
    let change = "ChangeInCapacity";
    assert_eq!(
        with("[{ lower = 0, upper = 15, adjustment = 5 }, { lower = 15, adjustment = 10 }]", change),
        [] as [&str; 0]
    );
    assert_eq!(
        with("[{ upper = -10, adjustment = -2 }, { lower = -10, upper = 0, adjustment = -1 }]", change),
        ["WT114"],
        "AWS takes steps below the threshold of a high alarm, and never takes one of them"
    );
    for steps in [
        "[]",
        "[{ adjustment = 1 }]",
        "[{ lower = 5, upper = 5, adjustment = 1 }, { lower = 5, adjustment = 2 }]",
        "[{ lower = 0, upper = 10, adjustment = 1 }]",
        "[{ lower = -10, upper = 0, adjustment = 1 }]",
        "[{ lower = 0, upper = 12, adjustment = 1 }, { lower = 10, adjustment = 2 }]",
        "[{ lower = 0, adjustment = 1 }, { lower = 10, adjustment = 2 }]",
    ] {
        assert_eq!(with(steps, change), ["WT022"], "{steps}");
    }
    assert_eq!(with("[{ lower = 0, adjustment = -1 }]", "ExactCapacity"), ["WT022"]);
}

#[test]
fn two_policies_of_a_service_cannot_share_a_name() {
    let tracking = "service.web.scaling.target_tracking.a={ metric = \"ECSServiceAverageCPUUtilization\", target_value = 60 }";
    let step = "service.web.scaling.step.a={ alarm = { metric = \"CPUUtilization\", evaluation_periods = 3, comparison = \
                \"GreaterThanThreshold\", threshold = 70 }, adjustment_type = \"ChangeInCapacity\", steps = [{ lower = 0, \
                adjustment = 1 }] }";
    assert_eq!(codes(&load_text(MINIMAL, &[tracking, step])), ["WT013"]);
}

#[test]
fn other_languages_are_refused_by_name() {
    let source = windtunnel::scenario::Source { name: "x.yaml".to_owned(), text: "schema: 1\n".to_owned() };
    assert_eq!(codes(&load(&source, &[], None, &mut crate::example::NoFiles)), ["WT010"]);
}

#[test]
fn a_trace_gives_the_horizon_and_its_counts() {
    let (_, text) = shipped().into_iter().find(|(name, _)| name == "trace-replay").unwrap();
    let scenario = valid(load_text(&text, &[]));
    assert_eq!(scenario.plan.horizon, SimDuration::from_secs(86_400));
    let counts = scenario.services[0].trace.clone().unwrap();
    assert_eq!(
        (counts.intervals, counts.zero_intervals, counts.missing_intervals, counts.repeats),
        (1440, 0, 0, 0)
    );
    let repeated = valid(load_text(&text, &["horizon=60h", "service.shop.traffic.trace.repeat=true"]));
    assert_eq!(repeated.services[0].trace.as_ref().unwrap().repeats, 2);
    let halved = valid(load_text(&text, &["service.shop.traffic.trace.scale=0.5"]));
    assert!((requests(&halved) - requests(&scenario) / 2.0).abs() <= 0.5);
    let TrafficPlan::ExactCounts(intervals) = &scenario.plan.services[0].traffic else { panic!("no counts") };
    assert_eq!(intervals.len(), 1440);
}

#[test]
fn the_shipped_trace_is_what_its_formula_says() {
    let text = fs::read_to_string(scenarios().join("traces/shop-day.csv")).unwrap();
    let tau = std::f64::consts::TAU;
    for (minute, line) in text.lines().skip(1).enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a minute of a day")]
        let m = minute as f64;
        let base = 40.0 + 30.0 * ((m - 870.0) / 1440.0 * tau).cos() + 8.0 * ((m - 600.0) / 360.0 * tau).cos();
        let expected = 60.0 * base * (0.9 + 0.2 * (0.618_033_988_7 * m).fract());
        let given: f64 = line.split_once(',').unwrap().1.parse().unwrap();
        assert!((given - (expected - 0.5)).abs() <= 0.5 + 1e-6, "minute {minute}: {given} and {expected}");
    }
}

#[test]
fn every_region_of_the_book_can_be_used_and_says_what_it_lacks() {
    let mut regions: Vec<String> =
        prices(None).into_iter().map(|row| row.region).filter(|r| r != "all").collect();
    regions.sort();
    regions.dedup();
    assert_eq!(regions.len(), 36);
    for region in regions {
        let loaded = load_text(MINIMAL, &[&format!("region={region}"), "service.web.load_balancer={}"]);
        let warned = codes(&loaded).contains(&"WT106");
        let scenario = valid(loaded);
        let has = prices(Some(&region)).iter().any(|row| row.item == "alb_hour");
        let unpriced = scenario.unpriced();
        assert_eq!(!unpriced.items.iter().any(|item| item == "alb_hour"), has, "{region}");
        assert!(!unpriced.items.iter().any(|item| item == "public_ipv4"), "{region}");
        assert_eq!(unpriced.is_nothing(), !warned, "{region}");
        assert!(scenario.not_priced.iter().any(|text| text.contains("NAT")), "{region}");
        assert_eq!(has, !scenario.not_priced.iter().any(|text| text.starts_with("alb_hour")), "{region}");
    }
    let given = valid(load_text(MINIMAL, &["region=eu-west-1", "prices.fargate_vcpu=\"0.05\""]));
    let price = given.plan.services[0].tariff.prices[BillableItem::FargateVcpu];
    assert_eq!(price, Some(Usd(50_000_000_000)));
}

#[test]
fn the_json_schema_is_closed_and_knows_every_required_key() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], serde_json::json!(["schema", "name", "service"]));
    let service = &schema["properties"]["service"]["additionalProperties"];
    assert_eq!(service["properties"]["scaling"]["properties"]["max_capacity"]["maximum"], 5000);
}

#[test]
fn every_template_is_valid() {
    for template in templates() {
        valid(load_text(template.text, &[]));
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_tolerated() {
    let text = format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"));
    assert_eq!(valid(load_text(&text, &[])).plan, valid(load_text(MINIMAL, &[])).plan);
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    #[expect(clippy::disallowed_methods, reason = "a switch of the test, not of the program")]
    if std::env::var("WINDTUNNEL_BLESS").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, reference()).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap();
    assert!(
        page == reference(),
        "docs/scenario.md is out of date; WINDTUNNEL_BLESS=1 cargo test rewrites it"
    );
}

#[test]
fn equal_texts_have_equal_digests_and_overrides_change_them() {
    let digest = |overrides: &[&str]| valid(load_text(MINIMAL, overrides)).sha256;
    assert_eq!(digest(&[]), digest(&[]));
    assert_ne!(digest(&[]), digest(&["name=minimal"]));
    assert_eq!(digest(&[]).len(), 64);
}

#[test]
fn a_scenario_beside_other_files_opens_them_by_its_own_folder() {
    let source = windtunnel::scenario::Source {
        name: "t".to_owned(),
        text: fs::read_to_string(scenarios().join("trace-replay.toml")).unwrap(),
    };
    assert_eq!(codes(&load(&source, &[], None, &mut crate::example::NoFiles)), ["WT040"]);
    assert!(load(&source, &[], None, &mut Folder(scenarios())).scenario.is_some());
}
