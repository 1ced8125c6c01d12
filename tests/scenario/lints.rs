//! Warnings before a run: policies, bounds and health checks that do something else than was meant. Each test has the case
//! that warns, with its numbers, and its neighbour that does not.

use windtunnel::scenario::{Diagnostic, Loaded, Source, load};

use super::{MINIMAL, codes};
use crate::example::NoFiles;

/// The minimal scenario with a load balancer, memory, and this text behind it.
fn with(text: &str, overrides: &[&str]) -> Loaded {
    let text = format!(
        "{MINIMAL}\n[service.web.load_balancer]\n[service.web.task]\nbase_memory = \"400MiB\"\n{text}"
    );
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    load(&Source { name: "lints.toml".to_owned(), text }, &overrides, None, &mut NoFiles)
}

/// A step policy.
fn step(name: &str, metric: &str, condition: (&str, f64), steps: &str) -> String {
    let (comparison, threshold) = condition;
    let comparison = match comparison {
        ">" => "GreaterThanThreshold",
        ">=" => "GreaterThanOrEqualToThreshold",
        "<" => "LessThanThreshold",
        _ => "LessThanOrEqualToThreshold",
    };
    format!(
        "[service.web.scaling.step.{name}]\nalarm = {{ metric = \"{metric}\", evaluation_periods = 2, comparison = \"{comparison}\", \
         threshold = {threshold} }}\nadjustment_type = \"ChangeInCapacity\"\nsteps = [{steps}]\n"
    )
}

fn track(name: &str, metric: &str, target: f64) -> String {
    format!("[service.web.scaling.target_tracking.{name}]\nmetric = \"{metric}\"\ntarget_value = {target}\n")
}

const CPU: &str = "ECSServiceAverageCPUUtilization";
const MEMORY: &str = "ECSServiceAverageMemoryUtilization";
const REQUESTS: &str = "ALBRequestCountPerTarget";
const NONE: [&str; 0] = [];

/// The only diagnostic, which has this code.
#[track_caller]
fn only(loaded: &Loaded, code: &str) -> Diagnostic {
    assert_eq!(codes(loaded), [code], "{:?}", loaded.diagnostics);
    assert_eq!(loaded.diagnostics.len(), 1, "{:?}", loaded.diagnostics);
    loaded.diagnostics[0].clone()
}

#[track_caller]
fn says(diagnostic: &Diagnostic, parts: &[&str]) {
    let text = format!("{diagnostic:?}");
    for part in parts {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn steps_on_the_wrong_side_of_their_threshold_are_told_with_both_ranges() {
    let low = |steps: &str| with(&step("down", "CPUUtilization", ("<=", 10.0), steps), &[]);
    let missed = only(&low("{ lower = 0, adjustment = -1 }"), "WT114");
    says(&missed, &["0 to 10 %", "10 % and more", "steps = [{ upper = 0, adjustment = -1 }]"]);
    assert_eq!(codes(&low("{ upper = 0, adjustment = -1 }")), NONE);
    let high = |steps: &str| with(&step("up", "CPUUtilization", (">", 70.0), steps), &[]);
    says(&only(&high("{ upper = 0, adjustment = 1 }"), "WT114"), &["70 to 100 %", "70 % and less"]);
    assert_eq!(codes(&high("{ lower = 0, adjustment = 1 }")), NONE);
    // What is covered from some distance on only.
    says(&only(&high("{ lower = 5, adjustment = 1 }"), "WT114"), &["70 to 75 %", "does nothing"]);
    says(&only(&low("{ upper = -4, adjustment = -1 }"), "WT114"), &["6 to 10 %"]);
    // A single value is covered or not.
    let zero = |steps: &str| with(&step("in", "RequestCount", ("<=", 0.0), steps), &[]);
    assert_eq!(codes(&zero("{ upper = 0, adjustment = -1 }")), NONE);
    assert_eq!(codes(&zero("{ upper = -1, adjustment = -1 }")), ["WT114"]);
}

#[test]
fn thresholds_that_overlap_or_meet_are_told_with_the_range() {
    let pair = |out: (&str, f64), into: (&str, f64), metric: &str| {
        let text = step("up", metric, out, "{ lower = 0, adjustment = 1 }")
            + &step("down", metric, into, "{ upper = 0, adjustment = -1 }");
        with(&text, &[])
    };
    let met = only(&pair((">=", 99.0), ("<=", 99.0), "CPUUtilization"), "WT115");
    // Two tasks at 99 % become three at 66 %.
    says(&met, &["the thresholds meet", "≥ 99", "≤ 99", "`down` below 66"]);
    says(
        &only(&pair((">=", 60.0), ("<=", 75.0), "RequestCount"), "WT115"),
        &["from 60 to 75 both act", "`up` adds tasks at RequestCount ≥ 60"],
    );
    assert_eq!(codes(&pair((">=", 75.0), ("<=", 60.0), "RequestCount")), NONE);
    // Different metrics have nothing to do with each other.
    let text = step("up", "CPUUtilization", (">=", 50.0), "{ lower = 0, adjustment = 1 }")
        + &step("down", "RequestCount", ("<=", 60.0), "{ upper = 0, adjustment = -1 }");
    assert_eq!(codes(&with(&text, &[])), NONE);
    // Where the first step does nothing, the policy acts from the second on.
    let text = step(
        "up",
        "CPUUtilization",
        (">=", 40.0),
        "{ lower = 0, upper = 40, adjustment = 0 }, { lower = 40, adjustment = 1 }",
    ) + &step("down", "CPUUtilization", ("<=", 45.0), "{ upper = 0, adjustment = -1 }");
    assert_eq!(codes(&with(&text, &[])), NONE);
}

#[test]
fn sums_are_compared_by_the_minute() {
    let down = step("down", "RequestCount", ("<=", 300.0), "{ upper = 0, adjustment = -1 }")
        .replace("evaluation_periods", "period = \"5m\", evaluation_periods")
        .replace("\"ChangeInCapacity\"", "\"ChangeInCapacity\"\ncooldown = \"10m\"");
    let up = |threshold: f64| step("up", "RequestCount", (">=", threshold), "{ lower = 0, adjustment = 1 }");
    // 300 in five minutes are 60 in one.
    assert_eq!(codes(&with(&(up(60.0) + &down), &[])), ["WT115"]);
    assert_eq!(codes(&with(&(up(61.0) + &down), &[])), NONE);
}

#[test]
fn a_band_that_one_step_crosses_is_told_with_the_counts_of_tasks() {
    let pair = |threshold: f64| {
        let text = step("up", "CPUUtilization", (">=", 75.0), "{ lower = 0, adjustment = 1 }")
            + &step("down", "CPUUtilization", ("<=", threshold), "{ upper = 0, adjustment = -1 }");
        with(&text, &[])
    };
    // Two tasks at 75 % become three at 50 %, which is where the other policy begins.
    says(&only(&pair(50.0), "WT115"), &["2 tasks at 75 % become 3 at 50 %, and those 2 again"]);
    assert_eq!(codes(&pair(49.0)), NONE);
    // The first count at which it happens: three at 75 % become four at 56.25 %.
    let text = step("up", "CPUUtilization", (">=", 75.0), "{ lower = 0, adjustment = 2 }")
        + &step("down", "CPUUtilization", ("<=", 40.0), "{ upper = 0, adjustment = -1 }");
    // Two become four at 37.5 %, and one less is three, not two.
    assert_eq!(codes(&with(&text, &[])), NONE);
}

#[test]
fn a_step_policy_is_held_against_the_alarms_of_target_tracking() {
    let beside = |condition: (&str, f64), steps: &str| {
        with(&(track("cpu", CPU, 60.0) + &step("own", "CPUUtilization", condition, steps)), &[])
    };
    // Target tracking scales out above 60 and in below 54.
    let clash = beside(("<", 65.0), "{ upper = 0, adjustment = -1 }");
    says(&only(&clash, "WT115"), &["from 60 to 65 both act"]);
    let clash = beside((">", 50.0), "{ lower = 0, adjustment = 1 }");
    says(&only(&clash, "WT115"), &["from 50 to 54 both act", "`own` adds tasks"]);
    assert_eq!(codes(&beside((">", 85.0), "{ lower = 0, adjustment = 1 }")), NONE);
    assert_eq!(codes(&beside(("<", 20.0), "{ upper = 0, adjustment = -1 }")), NONE);
    let never_in = (track("cpu", CPU, 60.0) + "disable_scale_in = true\n")
        + &step("own", "CPUUtilization", (">", 50.0), "{ lower = 0, adjustment = 1 }");
    assert_eq!(codes(&with(&never_in, &[])), NONE);
}

#[test]
fn what_no_metric_can_reach_is_told_for_every_kind_of_policy() {
    let up =
        |metric: &str, condition: (&str, f64), steps: &str| with(&step("up", metric, condition, steps), &[]);
    let one = "{ lower = 0, adjustment = 1 }";
    says(&only(&up("CPUUtilization", (">", 100.0), one), "WT111"), &["at most 100 %", "(> 100)"]);
    assert_eq!(codes(&up("CPUUtilization", (">=", 100.0), one)), NONE);
    says(
        &only(&up("CPUUtilization", ("<", 0.0), "{ upper = 0, adjustment = -1 }"), "WT111"),
        &["at least 0 %"],
    );
    let steps = "{ lower = 0, upper = 31, adjustment = 1 }, { lower = 31, adjustment = 2 }";
    says(
        &only(&up("CPUUtilization", (">=", 70.0), steps), "WT111"),
        &["step 1", "from 101 %", "at most 100 %"],
    );
    assert_eq!(codes(&up("CPUUtilization", (">=", 69.0), steps)), NONE);
    // 400 of 2048 MiB, whatever arrives: 19.53 %.
    says(&only(&up("MemoryUtilization", (">", 50.0), one), "WT111"), &["at most 19.5312 %"]);
    says(
        &only(&with(&track("memory", MEMORY, 60.0), &[]), "WT111"),
        &["at most 19.5312 %", "never passes 60"],
    );
    let each = "service.web.task.memory_per_request=10MiB";
    assert_eq!(codes(&with(&track("memory", MEMORY, 60.0), &[each])), NONE);
    // With 40 places full tasks use 800 MiB: 39.06 %.
    let places = "service.web.task.concurrency=40";
    says(&only(&with(&track("memory", MEMORY, 60.0), &[each, places]), "WT111"), &["at most 39.0625 %"]);
    says(&only(&with(&track("cpu", CPU, 100.0), &[]), "WT111"), &["never passes 100"]);
    assert_eq!(codes(&with(&track("cpu", CPU, 99.0), &[])), NONE);
    // The sum over a period is not limited by 100.
    let sum = step("up", "CPUUtilization", (">", 500.0), one)
        .replace("evaluation_periods", "statistic = \"Sum\", evaluation_periods");
    assert_eq!(codes(&with(&sum, &[])), NONE);
}

#[test]
fn what_a_metric_always_passes_is_told() {
    let idle = "service.web.task.base_memory=1300MiB";
    let each = "service.web.task.memory_per_request=1MiB";
    // 1300 of 2048 MiB.
    let always = with(&track("memory", MEMORY, 60.0), &[idle, each]);
    says(&only(&always, "WT126"), &["at least 63.4766 %", "above the target of 60"]);
    assert_eq!(codes(&with(&track("memory", MEMORY, 64.0), &[idle, each])), NONE);
    let low = step("in", "CPUUtilization", ("<=", 100.0), "{ upper = 0, adjustment = -1 }");
    says(&only(&with(&low, &[]), "WT126"), &["always in ALARM", "at most 100 %"]);
}

#[test]
fn a_memory_policy_needs_memory() {
    let none = "service.web.task.base_memory=0MiB";
    let read = |overrides: &[&str]| with(&track("memory", MEMORY, 60.0), overrides);
    says(&only(&read(&[none]), "WT116"), &["base_memory", "0 % for ever"]);
    assert_eq!(codes(&read(&[none, "service.web.task.memory_per_request=1MiB"])), NONE);
    let custom = "[service.web.metric.m]\nexpression = \"memory_utilization / 2\"\n[service.web.scaling.target_tracking.m]\nmetric = \
                  \"CustomizedMetric\"\ncustom_metric = \"m\"\ntarget_value = 60\n";
    assert_eq!(codes(&with(custom, &[none])), ["WT116"]);
}

#[test]
fn a_minimum_of_zero_needs_something_that_wakes_the_service() {
    let zero = ["service.web.scaling.min_capacity=0", "service.web.scaling.desired_count=1"];
    let sleeps = |text: &str| codes(&with(text, &zero));
    let cpu = only(&with(&track("cpu", CPU, 60.0), &zero), "WT117");
    says(&cpu, &["`cpu` reads CPUUtilization, which has no datapoints without tasks", "min_capacity = 1"]);
    assert_eq!(sleeps(&track("requests", REQUESTS, 500.0)), ["WT117"]);
    let backlog = |expression: &str| {
        format!(
            "[service.web.metric.m]\nexpression = \"{expression}\"\n[service.web.scaling.target_tracking.m]\nmetric = \
             \"CustomizedMetric\"\ncustom_metric = \"m\"\ntarget_value = 60\n"
        )
    };
    assert_eq!(sleeps(&backlog("requests / running")), ["WT117"]);
    assert_eq!(sleeps(&backlog("requests / max(running, 1)")), NONE);
    // A step policy that counts requests without a target wakes it, and so does the clock.
    let wakes = step("wake", "HTTPCode_ELB_5XX_Count", (">", 0.0), "{ lower = 0, adjustment = 1 }");
    assert_eq!(sleeps(&(track("cpu", CPU, 60.0) + &wakes)), NONE);
    let clock =
        "[service.web.scaling.scheduled.morning]\nschedule = \"rate(10 minutes)\"\nmin_capacity = 1\n";
    assert_eq!(sleeps(&(track("cpu", CPU, 60.0) + clock)), NONE);
    // Percent of no task is no task.
    let percent = wakes.replace("ChangeInCapacity", "PercentChangeInCapacity");
    assert_eq!(sleeps(&(track("cpu", CPU, 60.0) + &percent)), ["WT117"]);
    // What never scales in never gets there.
    assert_eq!(sleeps(&(track("cpu", CPU, 60.0) + "disable_scale_in = true\n")), NONE);
    assert_eq!(codes(&with(&track("cpu", CPU, 60.0), &[])), NONE);
}

#[test]
fn scheduled_actions_are_held_against_the_bounds_that_hold_when_they_are_due() {
    let at = |name: &str, minute: u32, bound: &str| {
        format!(
            "[service.web.scaling.scheduled.{name}]\nschedule = \"at(2026-01-01T00:{minute:02}:00)\"\n{bound}\n"
        )
    };
    // Two to four tasks.
    let alone = only(&with(&at("peak", 10, "min_capacity = 6"), &[]), "WT118");
    says(&alone, &["2026-01-01T00:10:00Z", "`peak` would make the minimum 6 and the maximum 4"]);
    let raised = at("room", 5, "max_capacity = 10") + &at("peak", 10, "min_capacity = 6");
    assert_eq!(codes(&with(&raised, &[])), NONE);
    let late = at("room", 15, "max_capacity = 10") + &at("peak", 10, "min_capacity = 6");
    assert_eq!(codes(&with(&late, &[])), ["WT118"]);
    // In the order of time and not of the file; lowering the maximum below the raised minimum fails too.
    let lowered = at("less", 20, "max_capacity = 5") + &raised;
    says(&only(&with(&lowered, &[]), "WT118"), &["`less` would make the minimum 6 and the maximum 5"]);
    // What failed changed nothing.
    let after = at("peak", 10, "min_capacity = 6") + &at("small", 20, "max_capacity = 3");
    assert_eq!(with(&after, &[]).diagnostics.len(), 1);
    let repeated =
        "[service.web.scaling.scheduled.peak]\nschedule = \"rate(10 minutes)\"\nmin_capacity = 6\n";
    says(&only(&with(repeated, &[]), "WT118"), &["6 of its 6 occurrences fail"]);
    let suspended = "[[service.web.scaling.suspended]]\nuntil = \"35m\"\nscheduled_scaling = true\n";
    says(&only(&with(&format!("{repeated}{suspended}"), &[]), "WT118"), &["00:40:00Z", "3 of its 6"]);
}

#[test]
fn a_cooldown_is_held_against_the_age_of_its_metric() {
    let out = |policy: String, cooldown: &str| {
        with(&(policy + &format!("scale_out_cooldown = \"{cooldown}\"\n")), &[])
    };
    // 120 s until it can be read, 60 s of its period, 60 s until the next evaluation.
    let short = only(&out(track("cpu", CPU, 60.0), "239s"), "WT105");
    says(&short, &["is 239 s, and its metric may be 240 s old", "scale_out_cooldown = \\\"4m\\\""]);
    assert_eq!(codes(&out(track("cpu", CPU, 60.0), "240s")), NONE);
    // The load balancer's datapoints as late as is said here: 20 + 60 + 60.
    let delay = "assumptions.alb_metric_delay=20s";
    let requests = |cooldown: &str| {
        codes(&with(
            &(track("r", REQUESTS, 500.0) + &format!("scale_out_cooldown = \"{cooldown}\"\n")),
            &[delay],
        ))
    };
    assert_eq!((requests("139s"), requests("140s")), (vec!["WT105"], vec![]));
    // Metrics every 20 s are evaluated every 10 s: 40/3 + 20 + 10.
    let fine = |cooldown: &str| {
        let text = track("cpu", &format!("{CPU}HighResolution"), 60.0);
        let text = text + &format!("scale_out_cooldown = \"{cooldown}\"\n");
        codes(&with(&text, &["service.web.monitoring.cpu_utilization=20s"]))
    };
    assert_eq!((fine("43s"), fine("44s")), (vec!["WT105"], vec![]));
    let steps =
        step("up", "CPUUtilization", (">", 70.0), "{ lower = 0, adjustment = 1 }") + "cooldown = \"60s\"\n";
    says(&only(&with(&steps, &[]), "WT105"), &["`cooldown` of `up` is 60 s"]);
}

#[test]
fn an_application_that_boots_longer_than_health_checks_wait_is_told_in_numbers() {
    let boot = |boot: &str, grace: &str| {
        let health = "service.web.load_balancer.health_check={ interval = \"10s\", timeout = \"5s\", unhealthy_threshold = 2 }";
        let boot = format!("service.web.startup.application_boot={boot}");
        let grace = format!("service.web.load_balancer.health_check_grace_period={grace}");
        with("", &[health, &boot, &grace])
    };
    let cut = only(&boot("30s", "0s"), "WT119");
    says(
        &cut,
        &["boots in 30 s", "2 failed health checks every 10s", "after 15s", "grace_period = \\\"95s\\\""],
    );
    assert_eq!(codes(&boot("15s", "0s")), NONE);
    assert_eq!(codes(&boot("16s", "0s")), ["WT119"]);
    assert_eq!(codes(&boot("30s", "80s")), NONE);
    assert_eq!(codes(&boot("30s", "79s")), ["WT119"]);
    assert_eq!(
        codes(&load(
            &Source { name: "x.toml".to_owned(), text: MINIMAL.to_owned() },
            &["service.web.startup.application_boot=30s".to_owned()],
            None,
            &mut NoFiles,
        )),
        NONE
    );
}

#[test]
fn units_that_are_slips_are_told_with_the_value_that_is_meant() {
    says(&only(&with(&track("cpu", CPU, 0.5), &[]), "WT123"), &["measured in percent", "target_value = 50"]);
    assert_eq!(codes(&with(&track("cpu", CPU, 1.0), &[])), NONE);
    // 5 requests a second, at most 4 tasks.
    let requests = only(&with(&track("r", REQUESTS, 30.0), &[]), "WT124");
    says(
        &requests,
        &["asks for 10 tasks (5 × 60 s ÷ 30)", "at most 4", "target_value = 1800, if 30 a second"],
    );
    assert_eq!(codes(&with(&track("r", REQUESTS, 75.0), &[])), NONE);
    // A task does one request of 2 s in 2 s; milliseconds would do.
    let cpu = only(&with("", &["service.web.request.cpu_time=2s"]), "WT125");
    says(&cpu, &["2.000 s of CPU", "5.0 requests a second", "4 tasks can do 2.0", "cpu_time = \\\"2ms\\\""]);
    assert_eq!(codes(&with("", &["service.web.request.cpu_time=900ms"])), ["WT101"]);
}

#[test]
fn without_a_load_balancer_only_what_misleads_is_told() {
    let load = |text: &str, overrides: &[&str]| super::load_text(&format!("{MINIMAL}\n{text}"), overrides);
    let backlog = "[service.web.metric.backlog]\nexpression = \"queue_length / running\"\n[service.web.scaling.target_tracking.b]\n\
                   metric = \"CustomizedMetric\"\ncustom_metric = \"backlog\"\ntarget_value = 3\n";
    says(&only(&load(backlog, &[]), "WT122"), &["waits there", "take nothing of a backlog"]);
    assert_eq!(codes(&load(&track("cpu", CPU, 60.0), &[])), NONE);
    let job = ["service.web.request.wait_time=60s"];
    assert_eq!(codes(&load(&track("cpu", CPU, 60.0), &job)), ["WT122"]);
    assert_eq!(codes(&with(backlog, &[])), NONE);
}
