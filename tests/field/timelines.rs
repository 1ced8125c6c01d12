//! Public timelines of desired counts, replayed: the traffic is made from the stated facts, and the mean absolute error of the
//! desired count over time is taken over twenty seeds.

use super::{Change, changes, median, run, scenario};
use windtunnel::kernel::platform::TaskStage;

/// What people saw: seconds from the start, and the desired count from then on. The first row is second 0.
type Seen = [(f64, u32)];

/// The desired count at a time.
fn at(steps: &[(f64, u32)], time: f64) -> u32 {
    steps.iter().rev().find(|(from, _)| *from <= time).map_or(steps[0].1, |(_, count)| *count)
}

/// How the two timelines are laid over each other.
#[derive(Clone, Copy)]
enum Align {
    /// By the clock.
    Clock,
    /// At their first scale-out.
    Out,
    /// At their first scale-in.
    In,
}

/// When the first change in that direction was.
fn first(steps: &[(f64, u32)], out: bool) -> Option<f64> {
    steps
        .windows(2)
        .find(|pair| if out { pair[1].1 > pair[0].1 } else { pair[1].1 < pair[0].1 })
        .map(|pair| pair[1].0)
}

/// The mean over twenty seeds of the mean absolute error of the desired count [tasks], from the beginning (aligned runs: a minute
/// before the first change) to ten minutes after the last change that people saw.
fn error(text: &str, overrides: &[&str], seen: &Seen, align: Align) -> f64 {
    let seeds = 20_u64;
    let total: f64 = (1..=seeds)
        .map(|seed| {
            let moves = changes(&run(text, overrides, seed));
            let mut ours = vec![(0.0, seen[0].1)];
            ours.extend(moves.iter().map(|change: &Change| (change.at, change.to)));
            let (mut shift, mut start) = (0.0, 0.0);
            if !matches!(align, Align::Clock) {
                let out = matches!(align, Align::Out);
                let theirs = first(seen, out).unwrap();
                shift = first(&ours, out).map_or(0.0, |mine| theirs - mine);
                start = theirs - 60.0;
            }
            for step in ours.iter_mut().skip(1) {
                step.0 += shift;
            }
            let end = seen[seen.len() - 1].0 + 600.0;
            let count = ((end - start) / 10.0).ceil();
            let off = |k: u32| {
                let time = start + 10.0 * f64::from(k);
                f64::from(at(&ours, time).abs_diff(at(seen, time)))
            };
            (0_u32..).take_while(|k| f64::from(*k) < count).map(off).sum::<f64>() / count
        })
        .sum();
    total / seeds as f64
}

/// A load test of five minutes against two to four tasks at a CPU target of 50 %: 2 → 4 about five minutes after its start, 4 → 3 → 2
/// some twenty minutes later. No alignment: the first scale-out is a test of the reaction.
///
/// Source: a public write-up of an exam (task 52): `hey -z 5m -c 50` from 03:33:13, activities at about 03:38:30 and 04:04. The time of
/// the middle row is inferred from its text; how much the burst asks of a task is not published.
#[test]
fn timeline_1_a_load_test_of_five_minutes() {
    let text = scenario(
        "75m",
        "[service.s.traffic]\nshape = [{ constant = { rate = 0.05 } }, { spike = { at = \"1993s\", factor = 400.0, hold = \"300s\" } }]\n\
         [service.s.request]\ncpu_time = { lognormal = { mean = \"200ms\", cv = 0.3 } }\ntimeout = \"20s\"\n\
         [service.s.task]\ncpu = 512\nmemory = 1024\nconcurrency = 50\nqueue = 200\nimage_size = \"200MiB\"\n\
         [service.s.startup]\napplication_boot = \"15s\"\n[service.s.load_balancer]\nhealth_check = { interval = \"15s\" }\n\
         [service.s.scaling]\nmin_capacity = 2\nmax_capacity = 4\n\
         [service.s.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 50\n",
    );
    let seen = [(0.0, 2), (2_310.0, 4), (3_480.0, 3), (3_840.0, 2)];
    let error_of = |overrides: &[&str]| error(&text, overrides, &seen, Align::Clock);
    let now = error_of(&[]);
    assert!(now <= 0.06, "{now}");
    // A scale-in of the whole proportional step goes from 4 to 2 at once, which was not seen.
    let whole = error_of(&[
        "assumptions.tt_scale_in_mode=proportional_ceil",
        "assumptions.tt_datapoints=alarm_window",
    ]);
    assert!(whole > now, "{whole} against {now}");
}

/// A step policy of −1 with a cooldown of 300 s on an alarm of ten minutes without a request, without a load balancer: 4 → 3 → 2 → 1,
/// each about six minutes after the last. Aligned on the first.
///
/// Source: a public activity log of an ECS service on Fargate (07:45:56, 07:52:08, 07:58:14).
#[test]
fn timeline_2_three_scale_ins_six_minutes_apart() {
    let text = scenario(
        "75m",
        "[service.s]\ntraffic = { shape = [{ constant = { rate = 5.0 } }, { spike = { at = \"33m\", factor = 0.0, hold = \"2h\" } }] }\n\
         request = { cpu_time = \"5ms\" }\ntask = { cpu = 256, memory = 512 }\nmetric = { incoming = { expression = \"requests\" } }\n\
         [service.s.scaling]\nmin_capacity = 1\nmax_capacity = 4\ndesired_count = 4\n[service.s.scaling.step.in]\n\
         alarm = { metric = \"CustomizedMetric\", custom_metric = \"incoming\", statistic = \"Sum\", evaluation_periods = 10, \
         comparison = \"LessThanThreshold\", threshold = 1.0 }\nadjustment_type = \"ChangeInCapacity\"\ncooldown = \"300s\"\n\
         steps = [{ upper = 0.0, adjustment = -1 }]\n",
    );
    let seen = [(0.0, 4), (2_756.0, 3), (3_128.0, 2), (3_494.0, 1)];
    let now = error(&text, &[], &seen, Align::In);
    assert!(now <= 0.05, "{now}");
    // A cooldown that started with the decision would be over one evaluation sooner.
    let early = error(&text, &["assumptions.cooldown_start=activity_start"], &seen, Align::In);
    assert!(early > now, "{early} against {now}");
}

/// Target tracking at 70 %, cooldowns of 60 and 120 s: 1 → 2 at 09:51, 2 → 3 at 09:54, 3 → 2 at 10:12 at 1.1 % CPU. Aligned on the
/// first scale-out.
///
/// Source: a public note on ECS service auto scaling; the traffic (nine minutes of a load that saturates three tasks) is made.
#[test]
fn timeline_3_out_twice_and_in_once_at_one_percent() {
    let text = scenario(
        "60m",
        "[service.s.traffic]\nshape = [{ constant = { rate = 0.2 } }, { spike = { at = \"930s\", factor = 100.0, hold = \"540s\" } }]\n\
         [service.s.request]\ncpu_time = { lognormal = { mean = \"100ms\", cv = 0.5 } }\ntimeout = \"30s\"\n\
         [service.s.task]\nconcurrency = 50\nqueue = 200\n[service.s.startup]\napplication_boot = \"5s\"\n[service.s.load_balancer]\n\
         [service.s.scaling]\nmin_capacity = 1\nmax_capacity = 5\n[service.s.scaling.target_tracking.cpu]\n\
         metric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 70\nscale_out_cooldown = \"60s\"\nscale_in_cooldown = \"120s\"\n",
    );
    let seen = [(0.0, 1), (1_260.0, 2), (1_440.0, 3), (2_520.0, 2)];
    let now = error(&text, &[], &seen, Align::Out);
    assert!(now <= 0.95, "{now}");
    // 3 → 2 at 1.1 %: the proportional rule would go to 1 at once.
    for seed in 1..=20 {
        let ins: Vec<Change> =
            changes(&run(&text, &[], seed)).into_iter().filter(|c| c.to < c.from).collect();
        assert!(ins.iter().all(|change| change.from - change.to == 1), "{ins:?}");
    }
    let whole = ["assumptions.tt_scale_in_mode=proportional_ceil"];
    assert!((1..=20).any(|seed| changes(&run(&text, &whole, seed)).iter().any(|c| c.from > c.to + 1)));
}

/// Two tasks behind a load balancer, one hangs: a replacement serves 52 to 81 s later (five runs: 77, 64, 52, 81 and 78 s), and the
/// hung target is found in 11 to 14 s.
///
/// Source: a public experiment on ECS in us-east-1 of 2026 (M1-P1; checks every 5 s, 2 to fail).
#[test]
fn timeline_6_a_hung_task_is_replaced_within_a_minute_and_a_quarter() {
    let text = scenario(
        "8m",
        "[service.s]\ntraffic = { shape = [{ constant = { rate = 40.0 } }] }\n\
         request = { cpu_time = \"5ms\", wait_time = \"60ms\", timeout = \"5s\" }\ntask = { cpu = 512, memory = 1024 }\n\
         [service.s.load_balancer]\nderegistration_delay = \"30s\"\n\
         health_check = { interval = \"5s\", timeout = \"4s\", unhealthy_threshold = 2 }\n\
         [service.s.scaling]\nmin_capacity = 2\nmax_capacity = 2\n[[fault]]\nat = \"2m\"\nhang = { share = 0.5 }\n",
    );
    let (mut found, mut serving) = (Vec::new(), Vec::new());
    for seed in 1..=40 {
        let record = run(&text, &[], seed);
        let task_lifetimes = &record.services[0].task_lifetimes;
        let when =
            |stage, index: usize| task_lifetimes[index].came_to(stage).map(|at| at.as_secs_f64() - 120.0);
        found.push((0..2).find_map(|index| when(TaskStage::Unhealthy, index)).unwrap());
        serving.push(when(TaskStage::InService, 2).unwrap());
    }
    let (found, serving) = (median(&mut found), median(&mut serving));
    assert!((11.0..=14.5).contains(&found), "{found}");
    assert!((52.0..=78.0).contains(&serving), "{serving}");
    // A replacement without the observed 3 to 44 s of delay comes half a minute too soon.
    let mut soon: Vec<f64> = (1..=20)
        .map(|seed| {
            let record = run(&text, &["assumptions.unhealthy_replacement=\"0s\""], seed);
            record.services[0].task_lifetimes[2].came_to(TaskStage::InService).unwrap().as_secs_f64() - 120.0
        })
        .collect();
    assert!(median(&mut soon) < 52.0);
}
