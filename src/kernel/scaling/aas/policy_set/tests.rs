//! The cases of `docs/aws/scaling-activities.md` and `docs/aws/step-scaling.md#worked-examples`, and the target-tracking
//! oracles.

use super::*;
use crate::scaling::aas::plan::{
    AdjustmentType, DatapointAggregation, ScaleInMode, StepPlan, TargetTrackingPlan,
};
use crate::scaling::aas::step::tests::step_plan;
use crate::telemetry::{Alarm, AlarmQuery, Evaluation, Metric};
use crate::units::NANOS_PER_SEC;

const fn secs(seconds: u64) -> SimTime {
    SimTime(seconds * NANOS_PER_SEC)
}

fn tracking(target_value: f64, out: u64, scale_in: u64) -> PolicyKind {
    PolicyKind::TargetTracking(TargetTrackingPlan {
        metric: Metric::CpuUtilization,
        query: AlarmQuery::of(Metric::CpuUtilization),
        target_value,
        scale_out_cooldown: SimDuration::from_secs(out),
        scale_in_cooldown: SimDuration::from_secs(scale_in),
        disable_scale_in: false,
    })
}

fn step(
    threshold: f64,
    kind: AdjustmentType,
    cooldown: u64,
    steps: &[(Option<f64>, Option<f64>, i32)],
) -> PolicyKind {
    let plan = step_plan(threshold, kind, steps);
    PolicyKind::Step(StepPlan { cooldown: SimDuration::from_secs(cooldown), ..plan })
}

fn policy_set(kinds: &[PolicyKind], rules: PolicyRules) -> PolicySet {
    let policies: Vec<PolicyPlan> = kinds
        .iter()
        .enumerate()
        .map(|(i, kind)| PolicyPlan { name: format!("p{i}"), kind: kind.clone() })
        .collect();
    PolicySet::new(&policies, rules)
}

fn at(seconds: u64, running: u32, desired: u32) -> Context {
    Context {
        now: secs(seconds),
        running,
        desired,
        min: 0,
        max: 1_000,
        deploying: false,
        suspended: Suspended::default(),
    }
}

/// An alarm in `ALARM` whose datapoints are all newer than any change of the desired count.
fn view(policy: u32, is_low: bool, datapoints: &[f64]) -> AlarmView<'_> {
    view_since(policy, is_low, datapoints, &[SimTime::NEVER; 16][..datapoints.len()])
}

/// The same with datapoints of periods that began then.
fn view_since<'a>(policy: u32, is_low: bool, datapoints: &'a [f64], began: &'a [SimTime]) -> AlarmView<'a> {
    AlarmView { policy: PolicyId(policy), is_low, state: AlarmState::Alarm, datapoints, began }
}

/// The rules of the first version, which some cases of the reference are stated under.
fn proportional() -> PolicyRules {
    PolicyRules { tt_scale_in_mode: ScaleInMode::ProportionalCeil, ..PolicyRules::default() }
}

/// One invocation of the first alarm of `views`.
fn invoke(policy_set: &mut PolicySet, context: &Context, views: &[AlarmView<'_>]) -> Decision {
    let mut decisions = Vec::new();
    policy_set.decide(context, &[AlarmId(0)], views, &mut decisions);
    decisions[0]
}

#[test]
fn case_s6_a_larger_step_within_the_cooldown_adds_only_the_difference() {
    let steps = [(Some(0.0), Some(10.0), 2), (Some(10.0), None, 3)];
    for running_later in [12, 10] {
        let mut policy_set =
            policy_set(&[step(50.0, AdjustmentType::ChangeInCapacity, 300, &steps)], PolicyRules::default());
        let first = invoke(&mut policy_set, &at(0, 10, 10), &[view(0, false, &[55.0])]);
        assert_eq!((first.verdict, first.desired_after), (Verdict::ScaledOut, 12));
        // Whether or not the first two tasks run already, three are wanted and two were added.
        let second = invoke(&mut policy_set, &at(60, running_later, 12), &[view(0, false, &[65.0])]);
        assert_eq!(
            (second.verdict, second.desired_after),
            (Verdict::ScaledOut, 13),
            "running {running_later}"
        );
    }
}

#[test]
fn case_s7_the_larger_of_two_policies_wins() {
    let kinds = [
        step(50.0, AdjustmentType::ChangeInCapacity, 300, &[(Some(0.0), None, 3)]),
        step(50.0, AdjustmentType::PercentChangeInCapacity, 300, &[(Some(0.0), None, 200)]),
    ];
    let views = [view(0, false, &[60.0]), view(1, false, &[60.0])];
    for order in [[AlarmId(0), AlarmId(1)], [AlarmId(1), AlarmId(0)]] {
        let mut policy_set = policy_set(&kinds, PolicyRules::default());
        let mut decisions = Vec::new();
        policy_set.decide(&at(0, 10, 10), &order, &views, &mut decisions);
        let winner = decisions.iter().find(|d| d.verdict == Verdict::ScaledOut).unwrap();
        assert_eq!(winner.desired_after, 30);
        assert_eq!(decisions.iter().filter(|d| d.verdict == Verdict::Outvoted).count(), 1);
    }
}

#[test]
fn policies_of_two_that_scale_in_at_once_the_larger_result_wins() {
    let kinds = [-3, -1]
        .map(|change| step(50.0, AdjustmentType::ChangeInCapacity, 300, &[(None, Some(0.0), change)]));
    let views = [view(0, false, &[40.0]), view(1, false, &[40.0])];
    let mut policy_set = policy_set(&kinds, PolicyRules::default());
    let mut decisions = Vec::new();
    policy_set.decide(&at(0, 10, 10), &[AlarmId(0), AlarmId(1)], &views, &mut decisions);
    assert_eq!(decisions.iter().map(|d| d.desired_after).min(), Some(9));
}

#[test]
fn case_s10_no_compounding_then_credit_then_a_full_step_at_the_end_of_the_cooldown() {
    let steps = [(Some(0.0), Some(10.0), 1), (Some(10.0), None, 2)];
    let mut policy_set =
        policy_set(&[step(50.0, AdjustmentType::ChangeInCapacity, 300, &steps)], PolicyRules::default());
    let ask = |policy_set: &mut PolicySet, t, running, desired, metric: f64| {
        invoke(policy_set, &at(t, running, desired), &[view(0, false, &[metric])]).desired_after
    };
    assert_eq!(ask(&mut policy_set, 0, 1, 1, 55.0), 2);
    assert_eq!(ask(&mut policy_set, 10, 1, 2, 55.0), 2);
    policy_set.complete(secs(20));
    assert_eq!(ask(&mut policy_set, 21, 2, 2, 65.0), 3);
    policy_set.complete(secs(30));
    for t in [31, 32, 329] {
        assert_eq!(ask(&mut policy_set, t, 3, 3, 65.0), 3, "at {t} s");
    }
    assert_eq!(ask(&mut policy_set, 330, 3, 3, 65.0), 5);
}

#[test]
fn case_s11_a_deployment_blocks_scale_in_only() {
    for (rules, left) in [(proportional(), 3), (PolicyRules::default(), 5)] {
        deployment_blocks_scale_in(rules, left);
    }
}

fn deployment_blocks_scale_in(rules: PolicyRules, left: u32) {
    let mut policy_set = policy_set(&[tracking(50.0, 300, 300)], rules);
    let deploying = |t, running| Context { deploying: true, ..at(t, running, running) };
    let low = invoke(&mut policy_set, &deploying(0, 4), &[view(0, true, &[25.0])]);
    assert_eq!((low.verdict, low.desired_after), (Verdict::TargetServicePutResourceAsUnscalable, 4));
    let high = invoke(&mut policy_set, &deploying(60, 4), &[view(0, false, &[75.0])]);
    assert_eq!((high.verdict, high.desired_after), (Verdict::ScaledOut, 6));
    policy_set.complete(secs(70));
    let over = invoke(&mut policy_set, &at(120, 6, 6), &[view(0, true, &[25.0])]);
    assert_eq!((over.verdict, over.desired_after), (Verdict::ScaledIn, left));
}

#[test]
fn scale_in_waits_for_its_cooldown_and_a_scale_out_cancels_it() {
    let mut policy_set = policy_set(&[tracking(50.0, 0, 300)], PolicyRules::default());
    let low = |policy_set: &mut PolicySet, t, n| invoke(policy_set, &at(t, n, n), &[view(0, true, &[20.0])]);
    let high =
        |policy_set: &mut PolicySet, t, n| invoke(policy_set, &at(t, n, n), &[view(0, false, &[75.0])]);
    assert_eq!(low(&mut policy_set, 0, 10).verdict, Verdict::ScaledIn);
    policy_set.complete(secs(10));
    assert_eq!(low(&mut policy_set, 309, 9).verdict, Verdict::CoolingDown);
    assert_eq!(high(&mut policy_set, 100, 9).desired_after, 14);
    policy_set.complete(secs(110));
    assert_eq!(low(&mut policy_set, 111, 14).verdict, Verdict::ScaledIn);
}

#[test]
fn scale_in_during_a_scale_out_cooldown_is_an_assumption() {
    for (block, verdict) in [(false, Verdict::ScaledIn), (true, Verdict::CoolingDown)] {
        let rules = PolicyRules { block_in_during_out_cooldown: block, ..PolicyRules::default() };
        let mut policy_set = policy_set(&[tracking(50.0, 300, 300)], rules);
        invoke(&mut policy_set, &at(0, 4, 4), &[view(0, false, &[75.0])]);
        policy_set.complete(secs(10));
        assert_eq!(invoke(&mut policy_set, &at(60, 6, 6), &[view(0, true, &[20.0])]).verdict, verdict);
    }
}

#[test]
fn policies_target_tracking_scales_in_only_when_all_are_ready_and_then_to_the_largest() {
    let kinds = [tracking(50.0, 300, 300), tracking(60.0, 300, 300)];
    let not_ready = AlarmView { state: AlarmState::InsufficientData, ..view(1, true, &[]) };
    let mut alone = policy_set(&kinds, proportional());
    let decision = invoke(&mut alone, &at(0, 10, 10), &[view(0, true, &[10.0]), not_ready]);
    assert_eq!((decision.verdict, decision.desired_after), (Verdict::NotUnanimous, 10));
    // ceil(10 · 10 / 50) = 2 and ceil(10 · 40 / 60) = 7.
    let both = [view(0, true, &[10.0]), view(1, true, &[40.0])];
    assert_eq!(invoke(&mut alone, &at(60, 10, 10), &both).desired_after, 7);
}

#[test]
fn the_flapping_guard_keeps_two_tasks_at_fifty_percent_of_sixty() {
    let mut policy_set = policy_set(&[tracking(60.0, 300, 300)], PolicyRules::default());
    let decision = invoke(&mut policy_set, &at(0, 2, 2), &[view(0, true, &[50.0])]);
    assert_eq!((decision.verdict, decision.desired_after), (Verdict::AutoScalingAnticipatedFlapping, 2));
}

/// Decision of a high or low metric for `running` tasks between 5 and 20, with a target of 50.
fn clamped(running: u32, low: bool, metric: f64) -> (Verdict, u32) {
    let context = Context { min: 5, max: 20, ..at(0, running, running) };
    let mut policy_set = policy_set(&[tracking(50.0, 300, 300)], proportional());
    let decision = invoke(&mut policy_set, &context, &[view(0, low, &[metric])]);
    assert_eq!((decision.min, decision.max), (5, 20));
    (decision.verdict, decision.desired_after)
}

#[test]
fn clamp_below_the_minimum_a_scale_out_raises_to_it_at_least() {
    assert_eq!(clamped(1, false, 75.0), (Verdict::ScaledOut, 5));
}

#[test]
fn clamp_below_the_minimum_a_scale_in_changes_nothing() {
    assert_eq!(clamped(3, true, 10.0), (Verdict::AlreadyAtMinCapacity, 3));
}

#[test]
fn clamp_above_the_maximum_a_scale_in_lowers_to_it_at_least() {
    assert_eq!(clamped(30, true, 40.0), (Verdict::ScaledIn, 20));
}

#[test]
fn clamp_above_the_maximum_a_scale_out_changes_nothing() {
    assert_eq!(clamped(30, false, 75.0), (Verdict::AlreadyAtMaxCapacity, 30));
}

#[test]
fn clamp_at_a_limit_nothing_changes_and_the_code_says_so() {
    assert_eq!(clamped(20, false, 75.0), (Verdict::AlreadyAtMaxCapacity, 20));
    assert_eq!(clamped(5, true, 10.0), (Verdict::AlreadyAtMinCapacity, 5));
    // Half-way the result is cut off at the limit.
    assert_eq!(clamped(16, false, 75.0), (Verdict::ScaledOut, 20));
}

#[test]
fn policies_any_one_of_them_scales_out() {
    let kinds = [tracking(50.0, 300, 300), tracking(60.0, 300, 300)];
    let ok = AlarmView { state: AlarmState::Ok, ..view(1, false, &[30.0]) };
    let mut policy_set = policy_set(&kinds, PolicyRules::default());
    let decision = invoke(&mut policy_set, &at(0, 10, 10), &[view(0, false, &[75.0]), ok]);
    assert_eq!((decision.verdict, decision.desired_after), (Verdict::ScaledOut, 15));
}

#[test]
fn policies_one_without_data_vetoes_the_scale_in_of_the_others() {
    let kinds = [tracking(50.0, 300, 300), tracking(60.0, 300, 300)];
    let blind = AlarmView { state: AlarmState::InsufficientData, ..view(1, true, &[]) };
    let mut policy_set = policy_set(&kinds, PolicyRules::default());
    let decision = invoke(&mut policy_set, &at(0, 10, 10), &[view(0, true, &[10.0]), blind]);
    assert_eq!((decision.verdict, decision.desired_after), (Verdict::NotUnanimous, 10));
}

#[test]
fn policies_a_step_policy_scales_in_whatever_target_tracking_says() {
    let kinds = [
        step(50.0, AdjustmentType::ChangeInCapacity, 300, &[(None, Some(0.0), -2)]),
        tracking(60.0, 300, 300),
    ];
    let busy = AlarmView { state: AlarmState::Ok, ..view(1, true, &[58.0]) };
    let mut policy_set = policy_set(&kinds, PolicyRules::default());
    let decision = invoke(&mut policy_set, &at(0, 10, 10), &[view(0, false, &[40.0]), busy]);
    assert_eq!((decision.verdict, decision.desired_after), (Verdict::ScaledIn, 8));
}

#[test]
fn a_suspended_direction_is_said_and_the_other_goes_on() {
    let mut policy_set = policy_set(&[tracking(50.0, 0, 0)], proportional());
    let suspended = Suspended { dynamic_scaling_in: true, ..Suspended::default() };
    let context = Context { suspended, ..at(0, 10, 10) };
    let low = invoke(&mut policy_set, &context, &[view(0, true, &[20.0])]);
    assert_eq!((low.verdict, low.desired_after, low.proposed), (Verdict::Suspended, 10, Some(4)));
    assert_eq!(invoke(&mut policy_set, &context, &[view(0, false, &[75.0])]).verdict, Verdict::ScaledOut);
}

#[test]
fn a_decision_says_which_cooldown_runs_until_when_and_what_it_credited() {
    let rules = PolicyRules { cooldown_credit: CooldownCredit::SubtractAdded, ..PolicyRules::default() };
    let mut policy_set = policy_set(&[tracking(50.0, 300, 300)], rules);
    let high = [view(0, false, &[75.0])];
    assert_eq!(invoke(&mut policy_set, &at(0, 4, 4), &high).cooldown, None);
    let pending = invoke(&mut policy_set, &at(60, 4, 6), &high).cooldown.unwrap();
    assert_eq!((pending.until, pending.credit, pending.activity.policy), (None, 0, PolicyId(0)));
    policy_set.complete(secs(70));
    // Six run of which two are new: ceil(6 × 75 / 50) = 9, less the two.
    let running = invoke(&mut policy_set, &at(120, 6, 6), &high);
    let cooldown = running.cooldown.unwrap();
    assert_eq!((cooldown.until, cooldown.credit, cooldown.activity.to), (Some(secs(370)), 2, 6));
    assert_eq!((running.proposed, running.credited, running.desired_after), (Some(9), Some(7), 7));
}

/// Drives one target-tracking policy with a given series, as the oracles do: datapoint m is visible at 60 (m + 1) s,
/// alarms are evaluated then, and an activity is complete at once.
fn drive(
    series: &[f64],
    target: f64,
    bounds: (u32, u32),
    start: u32,
    cooldowns: (u64, u64),
) -> Vec<(u64, u32)> {
    let rules = PolicyRules { tt_metric_aggregation: DatapointAggregation::Last, ..proportional() };
    let kind = tracking(target, cooldowns.0, cooldowns.1);
    let PolicyKind::TargetTracking(plan) = &kind else { unreachable!() };
    let (high, low) = plan.alarms("p0", &rules);
    let mut alarms = [Alarm::new(high), Alarm::new(low.unwrap())];
    let mut policy_set = policy_set(std::slice::from_ref(&kind), rules);
    let (mut count, mut events) = (start, Vec::new());
    for (minute, _) in series.iter().enumerate() {
        let now = 60 * (minute as u64 + 1);
        let mut evaluations = [Evaluation::default(), Evaluation::default()];
        for (alarm, evaluation) in alarms.iter_mut().zip(&mut evaluations) {
            let range = alarm.plan.evaluation_periods as usize + 2;
            let mut window: Vec<Option<f64>> = vec![None; range];
            window.extend(series[..=minute].iter().copied().map(Some));
            alarm.observe(&window[window.len() - range..], secs(now), evaluation);
        }
        for index in 0..2_usize {
            if evaluations[index].state != AlarmState::Alarm {
                continue;
            }
            let views: Vec<AlarmView<'_>> = evaluations
                .iter()
                .enumerate()
                .map(|(i, e)| AlarmView {
                    policy: PolicyId(0),
                    is_low: i == 1,
                    state: e.state,
                    datapoints: &e.datapoints,
                    began: &e.began,
                })
                .collect();
            let context = Context { min: bounds.0, max: bounds.1, ..at(now, count, count) };
            let mut decisions = Vec::new();
            policy_set.decide(&context, &[AlarmId(u32::try_from(index).unwrap())], &views, &mut decisions);
            if decisions[0].desired_after != count {
                count = decisions[0].desired_after;
                events.push((now, count));
                policy_set.complete(secs(now));
            }
        }
    }
    events
}

#[test]
fn oracle_tt_nocooldown() {
    let mut series = vec![40.0, 45.0, 60.0, 75.0, 80.0, 70.0, 52.0, 49.0];
    series.extend([44.0; 20]);
    // The series runs to minute 28; at 1500 s the last step was made: 9 · 44 / 50 = 7.92 → 8.
    let events = drive(&series[..25], 50.0, (2, 20), 4, (0, 0));
    assert_eq!(events, [(300, 7), (360, 10), (420, 11), (1380, 10), (1440, 9), (1500, 8)]);
}

#[test]
fn oracle_tt_constant_overload() {
    let events = drive(&[75.0; 13], 50.0, (1, 20), 4, (180, 300));
    assert_eq!(events, [(180, 6), (360, 9), (540, 14), (720, 20)]);
}

#[test]
fn oracle_tt_larger_inside_cooldown() {
    let series = [50.0, 70.0, 72.0, 75.0, 90.0, 66.0, 66.0, 66.0, 66.0];
    assert_eq!(drive(&series, 60.0, (2, 30), 6, (180, 300)), [(240, 8), (300, 9), (480, 10)]);
}

#[test]
fn oracle_tt_threshold_equality() {
    let series = [100.0, 100.0, 100.0, 30.0, 100.0, 100.0, 99.9, 100.1, 100.1, 100.1];
    assert_eq!(drive(&series, 100.0, (1, 50), 10, (0, 0)), [(600, 11)]);
}

/// Asks at `t` seconds with `running` tasks, of which `desired` are wanted, and completes what it set at once.
fn ask(policy_set: &mut PolicySet, t: u64, count: u32, views: &[AlarmView<'_>]) -> (Verdict, u32) {
    let decision = invoke(policy_set, &at(t, count, count), views);
    if decision.desired_after != count {
        policy_set.complete(secs(t));
    }
    (decision.verdict, decision.desired_after)
}

#[test]
fn a_repeated_breach_of_the_same_height_adds_once_a_cooldown() {
    // +50 % of 10 is 5 and then, of 15, 7.
    let half = step(50.0, AdjustmentType::PercentChangeInCapacity, 300, &[(Some(0.0), None, 50)]);
    let mut steps = policy_set(&[half], PolicyRules::default());
    let breach = [view(0, false, &[60.0])];
    assert_eq!(ask(&mut steps, 0, 10, &breach), (Verdict::ScaledOut, 15));
    for t in (60..300).step_by(60) {
        assert_eq!(ask(&mut steps, t, 15, &breach), (Verdict::CoolingDown, 15), "at {t} s");
    }
    assert_eq!(ask(&mut steps, 300, 15, &breach), (Verdict::ScaledOut, 22));
    // Target tracking at twice its target, with a metric that does not move.
    let mut tracked = policy_set(&[tracking(50.0, 300, 300)], PolicyRules::default());
    let twice = [view(0, false, &[100.0])];
    assert_eq!(ask(&mut tracked, 0, 2, &twice), (Verdict::ScaledOut, 4));
    for t in (60..300).step_by(60) {
        assert_eq!(ask(&mut tracked, t, 4, &twice), (Verdict::CoolingDown, 4), "at {t} s");
    }
    assert_eq!(ask(&mut tracked, 300, 4, &twice), (Verdict::ScaledOut, 8));
}

#[test]
fn a_scale_in_of_one_policy_blocks_those_of_all_and_the_longer_cooldown_counts() {
    let kinds = [tracking(50.0, 300, 300), tracking(60.0, 300, 600)];
    let low = [view(0, true, &[20.0]), view(1, true, &[20.0])];
    let one = |policy_set: &mut PolicySet, alarm: u32, t, count| {
        let mut decisions = Vec::new();
        policy_set.decide(&at(t, count, count), &[AlarmId(alarm)], &low, &mut decisions);
        policy_set.complete(secs(t));
        (decisions[0].verdict, decisions[0].desired_after)
    };
    let mut both = policy_set(&kinds, PolicyRules::default());
    assert_eq!(one(&mut both, 0, 0, 10), (Verdict::ScaledIn, 9));
    assert_eq!(one(&mut both, 1, 60, 9), (Verdict::CoolingDown, 9));
    // The second policy waits for its own 600 s, the first one for 300 s.
    assert_eq!(one(&mut both, 1, 599, 9), (Verdict::CoolingDown, 9));
    assert_eq!(one(&mut both, 0, 300, 9), (Verdict::ScaledIn, 8));
    // Under the older reading each policy waits for itself; one in its cooldown proposes nothing, so the other cannot act.
    let rules = PolicyRules { cooldown_scope: CooldownScope::PerPolicy, ..PolicyRules::default() };
    let mut apart = policy_set(&kinds, rules);
    assert_eq!(one(&mut apart, 0, 0, 10), (Verdict::ScaledIn, 9));
    assert_eq!(one(&mut apart, 1, 60, 9), (Verdict::NotUnanimous, 9));
    assert_eq!(one(&mut apart, 1, 300, 9), (Verdict::ScaledIn, 8));
}

#[test]
fn a_second_activity_is_decided_on_datapoints_since_the_first() {
    let mut quick = policy_set(&[tracking(50.0, 0, 0)], PolicyRules::default());
    let began = [secs(0), secs(60), secs(120)];
    assert_eq!(ask(&mut quick, 200, 4, &[view_since(0, false, &[90.0; 3], &began)]), (Verdict::ScaledOut, 8));
    // The same datapoints, measured on four tasks: eight are what they ask for, and nothing is added.
    let again = ask(&mut quick, 260, 8, &[view_since(0, false, &[90.0; 3], &began)]);
    assert_eq!(again, (Verdict::AwaitingDatapoint, 8));
    // Old datapoints with a larger breach add the difference, still from the four: ceil(4 × 110 / 50) = 9.
    let more = ask(&mut quick, 320, 8, &[view_since(0, false, &[110.0; 3], &began)]);
    assert_eq!(more, (Verdict::ScaledOut, 9));
    // A scale-in never rests on old ones.
    let low = ask(&mut quick, 380, 9, &[view_since(0, true, &[10.0; 3], &began)]);
    assert_eq!(low, (Verdict::AwaitingDatapoint, 9));
    // One newer datapoint decides alone, from the count that runs: ceil(9 × 60 / 50) = 11.
    let began = [secs(60), secs(120), secs(360)];
    let newer = ask(&mut quick, 440, 9, &[view_since(0, false, &[90.0, 90.0, 60.0], &began)]);
    assert_eq!(newer, (Verdict::ScaledOut, 11));
}

#[test]
fn what_a_schedule_has_added_is_not_added_again_on_an_older_metric() {
    let mut scheduled = policy_set(&[tracking(50.0, 300, 300)], PolicyRules::default());
    scheduled.note_change(secs(100), 4);
    let began = [secs(40)];
    let old = [view_since(0, false, &[100.0], &began)];
    assert_eq!(ask(&mut scheduled, 160, 10, &old), (Verdict::AwaitingDatapoint, 10));
    let rules = PolicyRules { tt_datapoints: TrackedDatapoints::AlarmWindow, ..PolicyRules::default() };
    let mut naive = policy_set(&[tracking(50.0, 300, 300)], rules);
    naive.note_change(secs(100), 4);
    assert_eq!(ask(&mut naive, 160, 10, &old), (Verdict::ScaledOut, 20));
}

#[test]
fn a_gradual_scale_in_takes_a_twentieth_and_at_least_one() {
    for (running, left) in [(2, 1), (6, 5), (39, 38), (40, 38), (100, 95)] {
        let mut gradual = policy_set(&[tracking(50.0, 300, 300)], PolicyRules::default());
        let decision = invoke(&mut gradual, &at(0, running, running), &[view(0, true, &[1.0])]);
        assert_eq!(decision.desired_after, left, "of {running}");
    }
}
