//! Reports on target tracking: one policy, several, and policies that read the wrong thing.

use super::{changes, diagnosed, last, outcomes, range, run, scenario};

/// A target-tracking policy; cooldowns are AWS's 300 s unless `extra` says others.
fn track(name: &str, metric: &str, target: f64, extra: &str) -> String {
    let metric = match metric {
        "cpu" => "ECSServiceAverageCPUUtilization",
        "memory" => "ECSServiceAverageMemoryUtilization",
        _ => "ALBRequestCountPerTarget",
    };
    format!(
        "[service.s.scaling.target_tracking.{name}]\nmetric = \"{metric}\"\ntarget_value = {target}\n{extra}"
    )
}

/// A service at an even rate behind a load balancer: traffic, request, task, and capacities.
fn service(shapes: &str, cpu_time: &str, task: &str, capacities: (u32, u32, u32)) -> String {
    let (min, max, desired) = capacities;
    format!(
        "[service.s]\ntraffic = {{ arrivals = \"evenly_spaced\", shape = [{shapes}] }}\nrequest = {{ cpu_time = \"{cpu_time}\" }}\n\
         load_balancer = {{}}\ntask = {{ {task} }}\n[service.s.scaling]\nmin_capacity = {min}\nmax_capacity = {max}\n\
         desired_count = {desired}\n"
    )
}

/// A minimum of 0 and a CPU target: the service stays at one task and serves every visitor, because a running container always uses
/// some CPU.
///
/// Source: aws/copilot-cli#3054 and its maintainers' answer.
#[test]
fn a_quiet_service_with_a_minimum_of_zero_keeps_its_last_task() {
    let shapes = "{ constant = { rate = 0.0 } }, { step = { at = \"1h\", rate = 1.0 } }";
    let text = scenario(
        "2h",
        &format!(
            "{}{}",
            service(shapes, "20ms", "cpu = 256, memory = 512", (0, 1, 1)),
            track("cpu", "cpu", 70.0, "")
        ),
    );
    assert!(diagnosed(&text).contains(&"WT117"));
    for seed in 1..=super::SEEDS {
        let record = run(&text, &[], seed);
        let requests = record.services[0].requests;
        assert!(requests.offered > 3_500 && requests.served == requests.offered, "{requests:?}");
        assert_eq!(range(&record), (1, 1));
    }
    // A task that used no CPU at all would be taken away, and nothing would bring it back.
    let idle = run(&text, &["service.s.task.base_cpu=0"], 1);
    assert_eq!((last(&idle), idle.services[0].requests.served), (0, 0));
}

/// A memory target below the memory of an idle task: the service grows to its maximum at 1 % CPU.
///
/// Source: williamcoulter.me, "memory auto scaling is lying to you".
#[test]
fn a_memory_target_below_idle_memory_grows_to_the_maximum() {
    let task = "cpu = 512, memory = 1024, base_memory = \"650MiB\"";
    let text = |target: f64| {
        let both = format!("{}{}", track("memory", "memory", target, ""), track("cpu", "cpu", 60.0, ""));
        scenario(
            "4h",
            &format!("{}{both}", service("{ constant = { rate = 4.0 } }", "20ms", task, (2, 12, 2))),
        )
    };
    assert!(diagnosed(&text(60.0)).contains(&"WT126"));
    let record = run(&text(60.0), &[], 1);
    assert_eq!(last(&record), 12);
    let moves = changes(&record);
    assert!(moves.iter().all(|change| change.policy == "memory" && change.to > change.from), "{moves:?}");
    assert!(outcomes(&record, "not_unanimous") > 10, "the CPU policy wants to scale in and may not");
    // Above what an idle task needs, nothing happens.
    assert_eq!(range(&run(&text(80.0), &[], 1)), (2, 2));
}

/// Memory that grows with the uptime of a task (a page cache) lets a memory policy scale out after hours, without more traffic.
///
/// Source: HHS/simpler-grants-gov#2966 and #3044, and its `infra/modules/service/autoscaling.tf`; they raised the target to 99 %.
#[test]
fn memory_that_grows_with_uptime_scales_out_after_hours() {
    let text = |target: f64, growth: u32, limit: u32| {
        let cooldowns = "scale_out_cooldown = \"5s\"\nscale_in_cooldown = \"300s\"\n";
        let task = format!(
            "cpu = 512, memory = 1024, base_memory = \"300MiB\", memory_growth_per_hour = \"{growth}MiB\", memory_growth_limit = \"{limit}MiB\""
        );
        let policies = format!(
            "{}{}",
            track("memory", "memory", target, cooldowns),
            track("cpu", "cpu", 50.0, cooldowns)
        );
        scenario(
            "8h",
            &format!("{}{policies}", service("{ constant = { rate = 8.0 } }", "20ms", &task, (4, 20, 4))),
        )
    };
    let moves = changes(&run(&text(50.0, 60, 400), &[], 1));
    // From 300 to 512 of 1024 MiB at 60 MiB an hour: 3.5 hours.
    let first = moves.first().unwrap();
    assert!(first.policy == "memory" && (12_600.0..14_400.0).contains(&first.at), "{first:?}");
    // The target that they raised it to, no growth, or one that ends below the target: four tasks all day.
    for (target, growth, limit) in [(99.0, 60, 400), (50.0, 0, 400), (50.0, 60, 100)] {
        assert_eq!(range(&run(&text(target, growth, limit), &[], 1)), (4, 4));
    }
}

/// A load test of 10, 100 and 200 requests a second, five minutes each, against 4 to 20 tasks: many requests are refused in the first
/// minutes after a step and none once enough tasks run; at a constant 200 a second the service does not swing afterwards.
///
/// Source: HHS/simpler-grants-gov#1884, #3027 and #2966.
#[test]
fn a_load_test_refuses_until_enough_tasks_run_and_then_holds() {
    let shapes = "{ constant = { rate = 10.0 } }, { step = { at = \"300s\", rate = 90.0 } }, { step = { at = \"600s\", rate = 100.0 } }";
    let cooldowns = "scale_out_cooldown = \"5s\"\nscale_in_cooldown = \"300s\"\n";
    let text = scenario(
        "90m",
        &format!(
            "{}{}{}",
            service(shapes, "40ms", "concurrency = 30, queue = 60, base_memory = \"500MiB\"", (4, 20, 4)),
            track("cpu", "cpu", 50.0, cooldowns),
            track("memory", "memory", 50.0, cooldowns)
        ),
    );
    for seed in 1..=4 {
        let record = run(&text, &[], seed);
        let refused = |from: usize, until: usize| -> u64 {
            record.services[0].timeline[from..until].iter().map(|minute| minute.rejected).sum()
        };
        // 200 requests a second of 40 ms need eight tasks; four can do a hundred.
        assert!(refused(0, 20) > 1_000 && refused(20, 90) == 0, "{} {}", refused(0, 20), refused(20, 90));
        // 17 tasks hold 200 × 40 ms at a target of 50 %; the count stays about there, a task out or in, and never runs to the maximum.
        let moves = changes(&record);
        let steady = moves.iter().filter(|change| change.at > 1_500.0);
        assert!(steady.clone().all(|change| change.from.abs_diff(change.to) == 1), "{moves:?}");
        assert!((16..=18).contains(&last(&record)), "{moves:?}");
    }
}

/// Two policies, of which one never needs a task: under a steady load the service scales in one step each cooldown, to what the other
/// needs, and two scale-ins never fall into one cooldown.
///
/// Source: HHS/simpler-grants-gov#2966 and AWS's "scale-in activities are blocked until the cooldown period has expired".
#[test]
fn two_policies_never_scale_in_twice_within_a_cooldown() {
    let text = scenario(
        "4h",
        &format!(
            "fidelity = \"fluid\"\n{}{}{}",
            service("{ constant = { rate = 200.0 } }", "40ms", "base_memory = \"500MiB\"", (4, 40, 20)),
            track("cpu", "cpu", 50.0, ""),
            track("memory", "memory", 50.0, "")
        ),
    );
    let shortest = |overrides: &[&str], seed: u64| -> (f64, u32) {
        let record = run(&text, overrides, seed);
        let ins: Vec<f64> = changes(&record).iter().filter(|c| c.to < c.from).map(|c| c.at).collect();
        let gaps = ins.windows(2).map(|pair| pair[1] - pair[0]);
        (gaps.fold(f64::INFINITY, f64::min), range(&record).0)
    };
    for seed in 1..=20 {
        let (gap, least) = shortest(&[], seed);
        assert!(gap >= 300.0 && least == 16, "seed {seed}: {gap} s between two scale-ins, least {least}");
    }
    // With a cooldown of its own for each policy, all datapoints and the whole proportional step, it goes too far.
    let old = [
        "assumptions.cooldown_scope=per_policy",
        "assumptions.tt_scale_in_mode=proportional_ceil",
        "assumptions.tt_datapoints=alarm_window",
    ];
    assert!((1..=8).any(|seed| shortest(&old, seed).1 < 16));
}

/// A target meant as 30 requests a second where AWS counts them a minute: two targets of 30 a second each become the maximum of 50.
///
/// Source: aws/aws-cdk#11446.
#[test]
fn a_target_a_second_is_counted_a_minute_and_goes_to_the_maximum() {
    let text = |target: f64| {
        scenario(
            "30m",
            &format!(
                "{}{}",
                service("{ constant = { rate = 60.0 } }", "5ms", "cpu = 1024", (1, 50, 2)),
                track("rps", "requests", target, "")
            ),
        )
    };
    assert!(diagnosed(&text(30.0)).contains(&"WT124"));
    let record = run(&text(30.0), &[], 1);
    assert_eq!(last(&record), 50);
    let first = record.services[0].decisions.iter().find(|row| row.outcome == "scaled_out").unwrap();
    assert_eq!(first.proposed, Some(120));
    // Said a minute, two tasks are what it needs.
    assert!(!diagnosed(&text(1_800.0)).contains(&"WT124"));
    assert_eq!(last(&run(&text(1_800.0), &[], 1)), 2);
}

/// Cooldowns of 0 both ways flap with short spikes; 60 s out and 300 s in, which the report changed to, flap less.
///
/// Source: trade-tariff/trade-tariff-backend#3330.
#[test]
fn cooldowns_of_zero_flap_more_than_those_they_were_changed_to() {
    let spikes: String = (0..5)
        .map(|k| format!(", {{ spike = {{ at = \"{}m\", factor = 3.0, hold = \"5m\" }} }}", 30 + 60 * k))
        .collect();
    let shapes = format!("{{ constant = {{ rate = 40.0 }} }}{spikes}");
    let text = |out: u32, inside: u32| {
        let cooldowns = format!("scale_out_cooldown = \"{out}s\"\nscale_in_cooldown = \"{inside}s\"\n");
        scenario(
            "6h",
            &format!(
                "fidelity = \"fluid\"\n{}{}",
                service(&shapes, "40ms", "concurrency = 20, queue = 100", (2, 12, 2)),
                track("cpu", "cpu", 60.0, &cooldowns)
            ),
        )
    };
    assert!(diagnosed(&text(0, 0)).contains(&"WT105"));
    let count = |out, inside| -> usize {
        (1..=20).map(|seed| changes(&run(&text(out, inside), &[], seed)).len()).sum()
    };
    let (zero, changed) = (count(0, 0), count(60, 300));
    // Out and in again at every spike.
    assert!(zero >= 20 * 10, "{zero}");
    assert!(zero > changed, "{zero} changes with cooldowns of 0, {changed} with 60 and 300 s");
}

/// A silent night, a minimum of 0 and cooldowns of 30 s on requests per target: a service that needs six tasks at its peak does not
/// swing over its whole range of a hundred.
///
/// Source: PRX/Infrastructure, the template of a service in production (target 500 a minute, 0 to 100 tasks, cooldowns of 30 s).
#[test]
fn cooldowns_of_half_a_minute_do_not_swing_over_the_whole_range() {
    let cooldowns = "scale_out_cooldown = \"30s\"\nscale_in_cooldown = \"30s\"\n";
    let text = scenario(
        "24h",
        &format!(
            "fidelity = \"fluid\"\n{}{}",
            service(
                "{ diurnal = { mean = 25.0, amplitude = 25.0, peak_at = \"14:00\" } }",
                "60ms",
                "cpu = 2048, memory = 8192",
                (0, 100, 2)
            ),
            track("requests", "requests", 500.0, cooldowns)
        ),
    );
    let warned = diagnosed(&text);
    assert!(warned.contains(&"WT117") && warned.contains(&"WT105"), "{warned:?}");
    for seed in 1..=20 {
        let (least, most) = range(&run(&text, &[], seed));
        assert!(least >= 1 && (6..=8).contains(&most), "seed {seed}: {least} to {most} tasks");
    }
    // Decisions on datapoints older than the last change, as an alarm's window holds them, add to what was just added.
    let old = ["assumptions.tt_datapoints=alarm_window", "assumptions.cooldown_credit=subtract_added"];
    assert!((1..=5).any(|seed| range(&run(&text, &old, seed)).1 > 8));
}

/// Three policies with AWS's default cooldowns under a steady load: from ten tasks to three, as with the CPU policy alone, and never
/// below.
///
/// Source: the policies of a Copilot service (aws/copilot-cli: CPU 70 %, memory 80 %, requests) and AWS's rule that target tracking
/// scales in only when all policies are ready.
#[test]
fn three_policies_go_no_further_than_the_one_that_needs_most() {
    let start = service(
        "{ constant = { rate = 50.0 } }",
        "10ms",
        "cpu = 256, memory = 512, base_memory = \"150MiB\"",
        (1, 10, 10),
    );
    let cpu = track("cpu", "cpu", 70.0, "");
    let alone = scenario("3h", &format!("fidelity = \"fluid\"\n{start}{cpu}"));
    let all = format!(
        "{alone}{}{}",
        track("memory", "memory", 80.0, ""),
        track("requests", "requests", 10_000.0, "")
    );
    for seed in 1..=20 {
        assert_eq!((range(&run(&alone, &[], seed)).0, range(&run(&all, &[], seed)).0), (3, 3), "seed {seed}");
    }
    let old = [
        "assumptions.cooldown_scope=per_policy",
        "assumptions.tt_scale_in_mode=proportional_ceil",
        "assumptions.tt_datapoints=alarm_window",
    ];
    assert!((1..=8).any(|seed| range(&run(&all, &old, seed)).0 < 3));
}
