//! Reports on step policies, their alarms, and scheduled actions.

use super::{changes, diagnosed, last, outcomes, range, run, scenario};

/// A step alarm of one minute a datapoint.
fn alarm(metric: &str, periods: u32, comparison: &str, threshold: f64) -> String {
    let comparison = match comparison {
        ">" => "GreaterThanThreshold",
        ">=" => "GreaterThanOrEqualToThreshold",
        "<" => "LessThanThreshold",
        _ => "LessThanOrEqualToThreshold",
    };
    format!(
        "alarm = {{ metric = \"{metric}\", evaluation_periods = {periods}, comparison = \"{comparison}\", threshold = {threshold} }}\n"
    )
}

/// A step policy of one step that changes the capacity by a number of tasks.
fn step(name: &str, alarm: &str, cooldown: &str, steps: &str) -> String {
    format!(
        "[service.s.scaling.step.{name}]\n{alarm}adjustment_type = \"ChangeInCapacity\"\ncooldown = \"{cooldown}\"\nsteps = [{steps}]\n"
    )
}

/// A scale-in step whose only bound is a lower one never acts: the service stays at its maximum although the alarm is in ALARM.
/// With an upper bound it scales in at once.
///
/// Source: bradford-hamilton/terraform-ecs-fargate#14; the same in DFE-Digital/teaching-vacancies#58 and mapbox/ecs-watchbot#187.
#[test]
fn a_low_step_with_a_lower_bound_never_acts() {
    let service = |bound: &str| {
        let down = alarm("CPUUtilization", 2, "<=", 10.0);
        scenario(
            "40m",
            &format!(
                "[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = 2.0 }} }}] }}\nrequest = {{ cpu_time = \"20ms\" }}\n\
                 load_balancer = {{}}\n[service.s.scaling]\nmin_capacity = 3\nmax_capacity = 6\ndesired_count = 6\n{}",
                step("down", &down, "60s", &format!("{{ {bound} = 0, adjustment = -1 }}"))
            ),
        )
    };
    assert!(diagnosed(&service("lower")).contains(&"WT114"));
    assert!(!diagnosed(&service("upper")).contains(&"WT114"));
    let wrong = run(&service("lower"), &[], 1);
    assert_eq!(range(&wrong), (6, 6));
    assert!(outcomes(&wrong, "no_matching_step") > 25);
    // The bound is what matters: the other way round the same service is at its minimum.
    assert_eq!(last(&run(&service("upper"), &[], 1)), 3);
}

/// A step policy that only scales out, with a short cooldown, ends the other policy's scale-in cooldown each time: the service
/// goes out and in again although that cooldown is ten minutes.
///
/// Source: aws/containers-roadmap#2135.
#[test]
fn a_scale_out_ends_the_scale_in_cooldown_of_the_other_policy() {
    let lag = "alarm = { metric = \"CustomizedMetric\", custom_metric = \"lag\", evaluation_periods = 1, comparison = \
               \"GreaterThanThreshold\", threshold = 4000 }\n";
    let quiet = "[service.s]\ntraffic = { arrivals = \"evenly_spaced\", shape = [{ constant = { rate = 10.0 } }] }\n\
                 request = { cpu_time = \"20ms\", wait_time = \"5s\" }\nmetric = { lag = { expression = \"response_time_p95\" } }\n\
                 [service.s.scaling]\nmin_capacity = 1\nmax_capacity = 8\ndesired_count = 6\n\
                 [service.s.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 60\n\
                 scale_in_cooldown = \"600s\"\n";
    let both =
        scenario("2h", &format!("{quiet}{}", step("lag", lag, "60s", "{ lower = 0, adjustment = 1 }")));
    let gaps = |text: &str| -> Vec<f64> {
        let ins: Vec<f64> =
            changes(&run(text, &[], 1)).iter().filter(|c| c.to < c.from).map(|c| c.at).collect();
        ins.windows(2).map(|pair| pair[1] - pair[0]).collect()
    };
    let swinging = gaps(&both);
    assert!(swinging.len() >= 8 && swinging.iter().any(|gap| *gap < 600.0), "{swinging:?}");
    let record = run(&both, &[], 1);
    let ended =
        record.services[0].decisions.iter().filter(|row| row.reason.contains("ends the scale-in cooldown"));
    assert!(ended.count() >= 8);
    // Without the second policy each scale-in waits for the cooldown of the last.
    let alone = gaps(&scenario("2h", quiet));
    assert!(alone.len() >= 2 && alone.iter().all(|gap| *gap >= 600.0), "{alone:?}");
}

/// A metric without datapoints while nothing is to be done, missing data `notBreaching`, 1 of 1: the alarm reads further back and
/// stays in ALARM, and one busy minute adds tasks more than once.
///
/// Source: CMSgov/beneficiary-fhir-data#1943.
#[test]
fn a_sparse_metric_keeps_its_alarm_and_one_busy_minute_acts_more_than_once() {
    let text = |extra: &str| {
        scenario(
            "40m",
            &format!(
                "[assumptions]\n{extra}[service.s]\ntraffic = {{ arrivals = \"evenly_spaced\", shape = [{{ constant = {{ rate = 4.0 }} }}, \
                 {{ spike = {{ at = \"15m\", factor = 12.0, hold = \"1m\" }} }}] }}\nrequest = {{ cpu_time = \"5ms\" }}\n\
                 metric = {{ busy = {{ expression = \"requests / min(1, max(0, requests - 800))\" }} }}\n\
                 [service.s.scaling]\nmin_capacity = 3\nmax_capacity = 30\n{}",
                step(
                    "out",
                    "alarm = { metric = \"CustomizedMetric\", custom_metric = \"busy\", evaluation_periods = 1, comparison = \
                     \"GreaterThanOrEqualToThreshold\", threshold = 1, treat_missing_data = \"notBreaching\" }\n",
                    "0s",
                    "{ lower = 0, adjustment = 3 }"
                )
            ),
        )
    };
    // The alarm reads its own point and two more: three evaluations see the busy minute.
    let counts: Vec<u32> = changes(&run(&text(""), &[], 1)).iter().map(|change| change.to).collect();
    assert_eq!(counts, [6, 9, 12]);
    // An alarm that read no further than its own point would act once, as the authors expected.
    let counts: Vec<u32> =
        changes(&run(&text("alarm_range_points = 0\n"), &[], 1)).iter().map(|change| change.to).collect();
    assert_eq!(counts, [6]);
}

/// One threshold for both directions: the service never settles.
///
/// Source: the policies of aws/containers-roadmap#525 (+1 at CPU ≥ 99, −1 at ≤ 99, 6 to 24 tasks).
#[test]
fn one_threshold_for_both_directions_never_settles() {
    let text = |low: f64| {
        let up = step("up", &alarm("CPUUtilization", 1, ">=", 99.0), "60s", "{ lower = 0, adjustment = 1 }");
        let down =
            step("down", &alarm("CPUUtilization", 1, "<=", low), "60s", "{ upper = 0, adjustment = -1 }");
        scenario(
            "3h",
            &format!(
                "[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = 80.0 }} }}] }}\n\
                 request = {{ cpu_time = \"100ms\", timeout = \"30s\" }}\n[service.s.task]\nconcurrency = 10\nqueue = 40\n\
                 [service.s.load_balancer]\n[service.s.scaling]\nmin_capacity = 6\nmax_capacity = 24\n{up}{down}"
            ),
        )
    };
    assert!(diagnosed(&text(99.0)).contains(&"WT115"));
    let swinging = changes(&run(&text(99.0), &[], 1));
    assert!(swinging.len() > 40, "{}", swinging.len());
    // With a band between them, the same load is answered once and for all.
    assert!(!diagnosed(&text(30.0)).contains(&"WT115"));
    let settled = changes(&run(&text(30.0), &[], 1));
    assert!(settled.len() <= 8 && settled.iter().all(|change| change.to > change.from), "{settled:?}");
}

/// A scale-in cooldown of an hour does not hold back a scale-out.
///
/// Source: aws/containers-roadmap#290, where the maintainers say that the scale-out is immediate.
#[test]
fn a_scale_in_cooldown_does_not_delay_a_scale_out() {
    let text = |out_cooldown_of_in: &str| {
        let inside = step(
            "in",
            &alarm("CPUUtilization", 2, "<", 30.0),
            out_cooldown_of_in,
            "{ upper = 0, adjustment = -4 }",
        );
        let out =
            step("out", &alarm("CPUUtilization", 2, ">", 70.0), "300s", "{ lower = 0, adjustment = 4 }");
        scenario(
            "50m",
            &format!(
                "[service.s]\ntraffic = {{ arrivals = \"evenly_spaced\", shape = [{{ constant = {{ rate = 10.0 }} }}, {{ step = {{ at = \
                 \"20m\", rate = 80.0 }} }}] }}\nrequest = {{ cpu_time = \"40ms\" }}\nload_balancer = {{}}\n\
                 [service.s.scaling]\nmin_capacity = 4\nmax_capacity = 20\ndesired_count = 8\n{inside}{out}"
            ),
        )
    };
    for seed in 1..=super::SEEDS {
        let moves = changes(&run(&text("1h"), &[], seed));
        assert_eq!((moves[0].policy.as_str(), moves[0].to), ("in", 4), "{moves:?}");
        let out = &moves[1];
        // Two minutes, a publication delay of one to two and a half, and the phase; far from an hour.
        assert!(out.policy == "out" && (1_200.0 + 120.0..1_200.0 + 420.0).contains(&out.at), "{out:?}");
        // The length of the scale-in cooldown does not enter.
        assert_eq!(changes(&run(&text("5m"), &[], seed))[1].at.to_bits(), out.at.to_bits());
    }
}

/// One task less for each 20 minutes without a request: RequestCount has no datapoint then. With missing data as breaching the
/// alarm is in ALARM without a value, with missing data as missing it is INSUFFICIENT_DATA: neither ever scales in.
///
/// Source: developmentseed/segment-anything-services#20, aws/copilot-cli#5854.
#[test]
fn a_request_count_without_requests_never_scales_in() {
    let text = |missing: &str| {
        let low = format!(
            "alarm = {{ metric = \"RequestCount\", evaluation_periods = 1, period = \"20m\", comparison = \
             \"LessThanOrEqualToThreshold\", threshold = 0, treat_missing_data = \"{missing}\" }}\n"
        );
        scenario(
            "3h",
            &format!(
                "[service.s]\ntraffic = {{ shape = [{{ constant = {{ rate = 2.0 }} }}, {{ spike = {{ at = \"30m\", factor = 0.0, hold = \"3h\" \
                 }} }}] }}\nrequest = {{ cpu_time = \"50ms\" }}\nload_balancer = {{}}\n\
                 [service.s.scaling]\nmin_capacity = 0\nmax_capacity = 4\ndesired_count = 4\n{}",
                step("in", &low, "20m", "{ upper = 0, adjustment = -1 }")
            ),
        )
    };
    let breaching = run(&text("breaching"), &[], 1);
    assert_eq!(range(&breaching), (4, 4));
    let rows: Vec<_> =
        breaching.services[0].decisions.iter().filter(|row| row.outcome == "no_matching_step").collect();
    assert!(
        outcomes(&breaching, "no_matching_step") > 60
            && rows.iter().all(|row| row.reason.contains("without a datapoint")),
        "{:?}",
        rows[0]
    );
    let missing = run(&text("missing"), &[], 1);
    assert_eq!((range(&missing), outcomes(&missing, "no_matching_step")), ((4, 4), 0));
    assert!(outcomes(&missing, "INSUFFICIENT_DATA") >= 1);
}

/// Twice as many tasks at 60 requests a minute, fewer at 75 or less: between the two both act, and the service swings.
///
/// Source: azavea/nyc-trees#1706.
#[test]
fn thresholds_that_overlap_swing_between_the_bounds() {
    let text = |low: f64| {
        let up = format!(
            "[service.s.scaling.step.up]\n{}adjustment_type = \"PercentChangeInCapacity\"\nsteps = [{{ lower = 0, adjustment = 100 }}]\n",
            alarm("RequestCount", 2, ">=", 60.0)
        );
        let down =
            step("down", &alarm("RequestCount", 10, "<=", low), "300s", "{ upper = 0, adjustment = -1 }");
        scenario(
            "4h",
            &format!(
                "[service.s]\ntraffic = {{ arrivals = \"evenly_spaced\", shape = [{{ constant = {{ rate = 1.12 }} }}] }}\n\
                 request = {{ cpu_time = \"50ms\" }}\nload_balancer = {{}}\n\
                 [service.s.scaling]\nmin_capacity = 2\nmax_capacity = 8\n{up}{down}"
            ),
        )
    };
    assert!(diagnosed(&text(75.0)).contains(&"WT115"));
    let swinging = changes(&run(&text(75.0), &[], 1));
    let (out, inside) = (
        swinging.iter().filter(|change| change.to > change.from).count(),
        swinging.iter().filter(|change| change.to < change.from).count(),
    );
    assert!(out >= 5 && inside >= 5, "{swinging:?}");
    // Apart from each other, the load of 67 a minute goes to the maximum and stays.
    let settled = changes(&run(&text(50.0), &[], 1));
    assert!(settled.len() == 2 && settled[1].to == 8, "{settled:?}");
}

/// A minimum raised ahead of known peaks: one task more within seconds of its time; after the minimum falls, target tracking takes it
/// back and the maximum never moves.
///
/// Source: trade-tariff/trade-tariff-backend#3347 and #3353.
#[test]
fn a_minimum_raised_for_known_peaks_acts_at_once_and_is_taken_back_by_tracking() {
    let text = scenario(
        "6h",
        "start = \"2026-07-02T22:00:00Z\"\n[service.s]\ntraffic = { arrivals = \"evenly_spaced\", shape = [{ constant = { rate = 24.0 } }, { spike = { \
         at = \"2h\", factor = 1.9, rise = \"2m\", hold = \"20m\", fall = \"2m\" } }] }\nrequest = { cpu_time = \"40ms\" }\n\
         load_balancer = {}\n[service.s.scaling]\nmin_capacity = 3\nmax_capacity = 10\n\
         [service.s.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 60\n\
         [service.s.scaling.scheduled.up]\nschedule = \"cron(50 23 * * ? *)\"\nmin_capacity = 4\n\
         [service.s.scaling.scheduled.down]\nschedule = \"cron(30 0 * * ? *)\"\nmin_capacity = 3\n",
    );
    let (up, down) = (6_600.0, 9_000.0);
    for seed in 1..=super::SEEDS {
        let moves = changes(&run(&text, &[], seed));
        let [first, second] = moves.as_slice() else { panic!("{moves:?}") };
        assert!(first.policy == "up" && first.to == 4 && (up..up + 20.0).contains(&first.at), "{first:?}");
        // The low alarm needs a quarter of an hour below 54 %, counted from the end of the peak at 02:24 of the run.
        assert!(
            second.policy == "cpu" && second.to == 3 && (down..down + 1_200.0).contains(&second.at),
            "{second:?}"
        );
    }
    // Without the second action the raised minimum stays.
    let kept = text.replace(
        "[service.s.scaling.scheduled.down]\nschedule = \"cron(30 0 * * ? *)\"\nmin_capacity = 3\n",
        "",
    );
    assert_eq!(last(&run(&kept, &[], 1)), 4);
}
