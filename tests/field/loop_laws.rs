//! Laws of the control loop as a whole, over random services and many seeds.

use super::{changes, plan, range, run, scenario};
use crate::program::shipped;
use crate::scenario::{load_text, valid};
use rand::{RngExt as _, SeedableRng as _, rngs::Xoshiro256PlusPlus};
use std::fs;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::{Limits, totals};

/// Random services of the law of several policies.
const SERVICES: u64 = 120;

/// A steady service with a random load and a random start above what it needs, and one to three target-tracking policies with AWS's
/// default cooldowns.
fn random_service(random: &mut Xoshiro256PlusPlus) -> (String, Vec<String>) {
    let rate = random.random_range(20.0..200.0);
    let cpu = random.random_range(10..60_u32);
    let memory = random.random_range(200..1_000_u32);
    let start = random.random_range(15..40_u32);
    let head = scenario(
        "7h",
        &format!(
            "fidelity = \"fluid\"\n[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = {rate:.1} }} }}] }}\n\
             request = {{ cpu_time = \"{cpu}ms\" }}\nload_balancer = {{}}\ntask = {{ base_memory = \"{memory}MiB\" }}\n[service.s.scaling]\n\
             min_capacity = 1\nmax_capacity = 60\ndesired_count = {start}\n"
        ),
    );
    let mut policies = Vec::new();
    for (name, metric, target) in [
        ("cpu", "ECSServiceAverageCPUUtilization", random.random_range(30.0..85.0)),
        ("memory", "ECSServiceAverageMemoryUtilization", random.random_range(50.0..95.0)),
        ("requests", "ALBRequestCountPerTarget", random.random_range(0.1..0.9) * 60_000.0 / f64::from(cpu)),
    ] {
        if random.random_bool(0.7) {
            policies.push(format!("[service.s.scaling.target_tracking.{name}]\nmetric = \"{metric}\"\ntarget_value = {target:.1}\n"));
        }
    }
    (head, policies)
}

/// Several target-tracking policies together never take the desired count below what the strictest of them alone would keep: the
/// largest, over the policies, of the least desired count of the same run with that policy only. It holds in every one of the random
/// services; a per-policy cooldown with whole proportional steps on stale datapoints breaks it.
///
/// Targets of requests ask for at most 90 % of a task's CPU. Where a target asks for more than a task can do and no policy looks at
/// the CPU, the service is overloaded, its metric no longer follows its load, and 8 of 1 170 services went one or two tasks lower.
#[test]
fn several_policies_never_go_below_what_the_strictest_alone_would_keep() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(77);
    let mut judged = 0;
    let (mut below, mut below_before) = (Vec::new(), 0);
    let old = [
        "assumptions.cooldown_scope=per_policy",
        "assumptions.tt_scale_in_mode=proportional_ceil",
        "assumptions.tt_datapoints=alarm_window",
    ];
    for seed in 1..=SERVICES {
        let (head, policies) = random_service(&mut random);
        if policies.is_empty() {
            continue;
        }
        let least = |text: &str, overrides: &[&str]| range(&run(text, overrides, seed)).0;
        let floor = |overrides: &[&str]| -> u32 {
            policies.iter().map(|policy| least(&format!("{head}{policy}"), overrides)).max().unwrap()
        };
        let all = format!("{head}{}", policies.concat());
        let (together, kept) = (least(&all, &[]), floor(&[]));
        if together < kept {
            below.push((seed, together, kept, all.clone()));
        }
        below_before += u32::from(policies.len() > 1 && least(&all, &old) < floor(&old));
        judged += 1;
    }
    assert!(judged > 100, "{judged}");
    assert!(below.is_empty(), "{} of {judged}: {:#?}", below.len(), below.first());
    assert!(below_before > 0, "the planted rules break it");
}

/// The flash sale as flows, with this change of its plan.
fn flash_sale(overrides: &[&str]) -> Plan {
    let text = fs::read_to_string(shipped("scenarios/flash-sale.toml")).unwrap();
    let mut all = vec!["fidelity=fluid"];
    all.extend(overrides);
    valid(load_text(&text, &all)).plan
}

/// Refused requests of each of 24 seeds.
fn refusals(plan: &Plan) -> Vec<f64> {
    (1..=24)
        .map(|seed| totals(plan, (seed, 0), Limits::default()).unwrap().services[0].requests.rejected as f64)
        .collect()
}

/// The mean of paired differences and its standard error.
fn paired(before: &[f64], after: &[f64]) -> (f64, f64) {
    let count = before.len() as f64;
    let differences: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
    let mean = differences.iter().sum::<f64>() / count;
    let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (count - 1.0);
    (mean, (variance / count).sqrt())
}

/// Asserts that refusals do not fall from one setting to the next (paired over 24 seeds, flows, two standard errors, about one false
/// alarm in forty a pair where two settings do the same), and rise by more than that from the first to the last.
#[track_caller]
fn rise(settings: &[(String, Plan)]) {
    let refused: Vec<Vec<f64>> = settings.iter().map(|(_, plan)| refusals(plan)).collect();
    for (index, pair) in refused.windows(2).enumerate() {
        let (mean, error) = paired(&pair[0], &pair[1]);
        let (from, to) = (&settings[index].0, &settings[index + 1].0);
        assert!(mean >= -2.0 * error, "{from} → {to}: {mean:.0} refusals, standard error {error:.0}");
    }
    let (mean, error) = paired(&refused[0], &refused[settings.len() - 1]);
    assert!(mean > 2.0 * error, "the first against the last: {mean:.0}, standard error {error:.0}");
}

/// On the flash sale refusals do not fall as the metric can be read later.
#[test]
fn refusals_do_not_fall_as_the_metric_gets_later() {
    let settings: Vec<(String, Plan)> = [60, 90, 120, 150]
        .map(|seconds| {
            let mut plan = flash_sale(&[]);
            plan.services[0].telemetry.ecs_metric_delay =
                Distribution::constant(SimDuration::from_secs(seconds));
            (format!("{seconds} s"), plan)
        })
        .into();
    rise(&settings);
}

/// On the flash sale refusals do not rise as a new task is found healthy sooner: by its registration, and by the interval of its checks
/// where three of them must pass. Registrations are after the boot of 8 s: an earlier one has its first check failed and is found
/// healthy a whole interval later, and so later than one of 10 s.
#[test]
fn refusals_do_not_rise_as_a_new_task_is_found_healthy_sooner() {
    let registered: Vec<(String, Plan)> = ["10s", "20s", "30s", "60s"]
        .map(|time| {
            (
                time.to_owned(),
                flash_sale(&[&format!("service.orchestrator.load_balancer.registration={time}")]),
            )
        })
        .into();
    rise(&registered);
    let checked: Vec<(String, Plan)> = ["5s", "10s", "30s", "60s"]
        .map(|time| {
            let registration = "service.orchestrator.load_balancer.registration=10s";
            let interval = format!("service.orchestrator.load_balancer.health_check.interval={time}");
            let three = "service.orchestrator.load_balancer.health_check.initial_healthy_count=3";
            (time.to_owned(), flash_sale(&[registration, &interval, three]))
        })
        .into();
    rise(&checked);
}

/// With a metric that never changes no second activity of a policy starts within its cooldown; step scaling and target tracking, out
/// and in, whole runs.
#[test]
fn a_constant_metric_starts_no_second_activity_within_a_cooldown() {
    let service = |start: u32, policy: &str| {
        scenario(
            "2h",
            &format!(
                "[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = 1.0 }} }}] }}\nrequest = {{ cpu_time = \"5ms\" }}\n\
                 metric = {{ always = {{ expression = \"100\" }} }}\n[service.s.scaling]\nmin_capacity = 1\nmax_capacity = 400\n\
                 desired_count = {start}\n{policy}"
            ),
        )
    };
    let step = |cooldown: u32, change: i32| {
        let (comparison, bound, start) = if change > 0 {
            ("GreaterThanThreshold", "lower", 2)
        } else {
            ("LessThanThreshold", "upper", 60)
        };
        let threshold = if change > 0 { 50 } else { 150 };
        service(
            start,
            &format!(
                "[service.s.scaling.step.p]\nalarm = {{ metric = \"CustomizedMetric\", custom_metric = \"always\", evaluation_periods = 1, \
                 comparison = \"{comparison}\", threshold = {threshold} }}\nadjustment_type = \"ChangeInCapacity\"\ncooldown = \"{cooldown}s\"\n\
                 steps = [{{ {bound} = 0, adjustment = {change} }}]\n"
            ),
        )
    };
    let track = |cooldown: u32, target: u32, start: u32| {
        service(
            start,
            &format!(
                "[service.s.scaling.target_tracking.p]\nmetric = \"CustomizedMetric\"\ncustom_metric = \"always\"\ntarget_value = {target}\n\
                 scale_out_cooldown = \"{cooldown}s\"\nscale_in_cooldown = \"{cooldown}s\"\n"
            ),
        )
    };
    for cooldown in [60, 180, 300, 600] {
        for text in [step(cooldown, 2), step(cooldown, -1), track(cooldown, 80, 4), track(cooldown, 200, 60)]
        {
            let plan = plan(&text, &[]);
            for seed in 1..=10 {
                let record = windtunnel::record::record(&plan, seed, 0).unwrap();
                let moves = changes(&record);
                let least =
                    moves.windows(2).map(|pair| pair[1].at - pair[0].at).fold(f64::INFINITY, f64::min);
                assert!(moves.len() >= 3, "{moves:?} in\n{text}");
                assert!(least >= f64::from(cooldown), "{least} s of {cooldown} s in\n{text}");
            }
        }
    }
    // Capacity counted again each minute is what broke it: a cooldown that subtracts only what already runs.
    let old = ["assumptions.cooldown_credit=subtract_added", "assumptions.tt_datapoints=alarm_window"];
    let broken = (1..=10).any(|seed| {
        let moves = changes(&run(&track(300, 80, 4), &old, seed));
        moves.windows(2).any(|pair| pair[1].at - pair[0].at < 300.0)
    });
    assert!(broken, "the planted rule breaks it");
}
