//! The control loop through whole runs: periods of 20 s, statistics of response times, scheduled actions, suspensions, and
//! that every evaluation of an alarm can be seen.

use crate::workloads::{self, always, secs};
use windtunnel::kernel::facts::Probe;
use windtunnel::kernel::scaling::ScalingFact;
use windtunnel::kernel::scaling::aas::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, ScheduledPlan, StepAggregation, StepPlan, Suspended,
    SuspensionPlan, Verdict,
};
use windtunnel::kernel::simulation::{MinuteClosed, Observer, Plan, simulate};
use windtunnel::kernel::telemetry::{
    AlarmPlan, AlarmQuery, AlarmState, Comparison, CustomMetric, Expression, Metric, Statistic, Term,
    Variable,
};
use windtunnel::kernel::units::{ServiceId, SimDuration, SimTime};
use windtunnel::record::{DecisionKind, record};

/// An evaluation as it was told.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: f64,
    pub(crate) alarm: String,
    pub(crate) state: AlarmState,
    pub(crate) range: Vec<Option<f64>>,
    pub(crate) newest: Option<SimTime>,
}

/// Keeps what the control loop says of the only service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listener {
    pub(crate) evaluations: Vec<Seen>,
    pub(crate) invoked: Vec<(f64, Verdict, u32)>,
    pub(crate) scheduled: Vec<(f64, f64, String, u32, u32)>,
    pub(crate) suspensions: Vec<(f64, Suspended)>,
    pub(crate) completed: Vec<(f64, u32)>,
    pub(crate) minutes: Vec<MinuteClosed>,
}

impl Probe for Listener {}

impl Observer for Listener {
    fn scaling(&mut self, _: ServiceId, fact: &ScalingFact<'_>) {
        match fact {
            ScalingFact::AlarmEvaluated(evaluated) => {
                let (before, after) = (evaluated.before, evaluated.evaluation.state);
                assert_eq!(evaluated.evaluation.changed, before != after);
                self.evaluations.push(Seen {
                    at: evaluated.at.as_secs_f64(),
                    alarm: evaluated.alarm.name.clone(),
                    state: after,
                    range: evaluated.range.to_vec(),
                    newest: evaluated.newest,
                });
            }
            ScalingFact::PolicyInvoked(invoked) => {
                let decision = invoked.decision;
                self.invoked.push((invoked.at.as_secs_f64(), decision.verdict, decision.desired_after));
            }
            ScalingFact::ScheduledActionRan(ran) => {
                let (at, due) = (ran.at.as_secs_f64(), ran.due.as_secs_f64());
                self.scheduled.push((at, due, ran.name.to_owned(), ran.desired_before, ran.desired_after));
            }
            ScalingFact::SuspensionChanged(change) => {
                self.suspensions.push((change.at.as_secs_f64(), change.after));
            }
            ScalingFact::ActivityCompleted { at, desired } => {
                self.completed.push((at.as_secs_f64(), *desired));
            }
            ScalingFact::DesiredClamped { .. } => {}
            ScalingFact::Decided(decision) => panic!("{decision:?} of a service with policies"),
        }
    }

    fn period_closed(&mut self, _: ServiceId, period: &MinuteClosed) {
        self.minutes.push(*period);
    }
}

pub(crate) fn listen(plan: &Plan, replication: u64) -> Listener {
    let mut listener = Listener::default();
    simulate(plan, 1, replication, &mut listener).unwrap();
    listener
}

/// A step policy of one step that answers `metric` beyond `threshold`, one period of one.
fn step(
    metric: Metric,
    query: AlarmQuery,
    above: Option<f64>,
    below: Option<f64>,
    change: i32,
) -> PolicyPlan {
    let (comparison, threshold) = match (above, below) {
        (Some(threshold), _) => (Comparison::GreaterThanThreshold, threshold),
        (None, threshold) => (Comparison::LessThanThreshold, threshold.unwrap_or(0.0)),
    };
    let bounds = if above.is_some() { (Some(0.0), None) } else { (None, Some(0.0)) };
    PolicyPlan {
        name: format!("step-{change}"),
        kind: PolicyKind::Step(StepPlan {
            alarm: AlarmPlan {
                query,
                ..AlarmPlan::new(&format!("alarm-{change}"), metric, comparison, threshold)
            },
            adjustment_type: AdjustmentType::ChangeInCapacity,
            min_adjustment_magnitude: 0,
            metric_aggregation_type: StepAggregation::Average,
            cooldown: secs(300),
            steps: vec![Adjustment { lower: bounds.0, upper: bounds.1, adjustment: change }],
        }),
    }
}

/// Four to twenty tasks with next to nothing to do.
fn idle(horizon: u64) -> Plan {
    let mut service = workloads::service(4.0, secs(horizon), 4);
    service.request.cpu_time = always(SimDuration::from_millis(10));
    (service.scaling.min_capacity, service.scaling.max_capacity) = (2, 20);
    workloads::plan(service, secs(horizon))
}

fn action(name: &str, min: Option<u32>, max: Option<u32>, seconds: &[u64]) -> ScheduledPlan {
    ScheduledPlan {
        name: name.to_owned(),
        min_capacity: min,
        max_capacity: max,
        occurrences: seconds.iter().map(|s| SimTime(s * 1_000_000_000)).collect(),
    }
}

/// What is desired at these seconds.
fn desired_at(plan: &Plan, seconds: &[f64]) -> Vec<u32> {
    let record = record(plan, 1, 0).unwrap();
    let first = plan.services[0].desired_count;
    let rows = &record.services[0].decisions;
    seconds
        .iter()
        .map(|at| {
            let before = rows.iter().rev().find(|row| row.at.as_secs_f64() <= *at);
            before.map_or(first, |row| row.desired_after)
        })
        .collect()
}

#[test]
fn oracle_sched_min_raise() {
    let mut plan = idle(7_300);
    let service = &mut plan.services[0];
    service.scaling.schedule.actions =
        vec![action("up", Some(10), None, &[3_600]), action("down", Some(2), None, &[7_200])];
    let cpu = Metric::CpuUtilization;
    service.scaling.policies = vec![step(cpu, AlarmQuery::of(cpu), None, Some(50.0), -2)];
    // The policy may not act until 7259.8 s; on resuming its alarm is in ALARM, and 0.2 s later it acts.
    let suspended = Suspended { dynamic_scaling_in: true, ..Suspended::default() };
    let until = Some(SimTime(7_259_800_000_000));
    service.scaling.schedule.suspensions = vec![SuspensionPlan { from: SimTime::ZERO, until, suspended }];
    assert_eq!(desired_at(&plan, &[0.0, 3_599.9, 3_600.0, 7_200.0, 7_259.9, 7_260.0]), [4, 4, 10, 10, 10, 8]);
    let listener = listen(&plan, 0);
    let before = listener.invoked.iter().filter(|(at, ..)| *at < 7_259.9);
    assert!(
        before.clone().count() > 60 && before.clone().all(|(_, verdict, _)| *verdict == Verdict::Suspended)
    );
}

#[test]
fn a_scheduled_action_clamps_the_desired_count_ignores_cooldowns_and_starts_none() {
    let mut plan = idle(3_600);
    let service = &mut plan.services[0];
    let cpu = Metric::CpuUtilization;
    service.scaling.policies = vec![step(cpu, AlarmQuery::of(cpu), None, Some(50.0), -1)];
    service.scaling.alarm_rules.phase = Some(secs(0));
    // The policy takes one task at 180.2 s; its cooldown runs when the action comes at 240 s.
    service.scaling.schedule.actions = vec![
        action("up", Some(9), None, &[240]),
        action("inside", Some(3), Some(15), &[1_000]),
        action("down", Some(2), Some(5), &[1_200]),
    ];
    let listener = listen(&plan, 0);
    let moves: Vec<_> =
        listener.scheduled.iter().map(|(at, _, name, from, to)| (*at, name.as_str(), *from, *to)).collect();
    assert_eq!(moves[0], (240.0, "up", 3, 9));
    assert!(moves[1].2 == moves[1].3, "inside the bounds nothing changes: {moves:?}");
    assert_eq!((moves[2].0, moves[2].3), (1_200.0, 5));
    // The policy's own cooldown ends 300 s after its activity, which the action neither ends nor renews.
    let first_in = listener.invoked.iter().find(|(_, verdict, _)| *verdict == Verdict::ScaledIn).unwrap().0;
    assert!((first_in - 180.2).abs() < 1e-6, "{first_in}");
}

#[test]
fn an_action_whose_minimum_would_be_above_the_maximum_fails_and_is_used_up() {
    let mut plan = idle(1_200);
    plan.services[0].scaling.schedule.actions =
        vec![action("too-much", Some(30), None, &[300]), action("fine", Some(6), None, &[600])];
    let record = record(&plan, 1, 0).unwrap();
    let rows: Vec<_> =
        record.services[0].decisions.iter().filter(|row| row.kind == DecisionKind::Scheduled).collect();
    assert_eq!(rows.iter().map(|row| row.outcome).collect::<Vec<_>>(), ["failed", "applied", "scaled_out"]);
    assert!(rows[0].reason.contains("min capacity 30 would be above max capacity 20"), "{}", rows[0].reason);
    assert_eq!(rows[1].reason, "Setting min capacity to 6; scheduled action name fine was triggered");
    assert_eq!(rows[2].reason, "minimum capacity was set to 6");
    assert_eq!((rows[2].desired_before, rows[2].desired_after), (4, 6));
    assert_eq!(record.services[0].scaling.scale_out, 1);
}

#[test]
fn actions_are_late_by_less_than_the_jitter_and_keep_their_order() {
    let mut plan = idle(7_200);
    let times: Vec<u64> = (1..100).map(|k| 60 * k).collect();
    plan.services[0].scaling.schedule.actions =
        vec![action("first", Some(3), None, &times), action("second", Some(4), None, &times)];
    plan.services[0].scaling.schedule.jitter = secs(5);
    let listener = listen(&plan, 0);
    assert_eq!(listener.scheduled.len(), 198);
    let late: Vec<f64> = listener.scheduled.iter().map(|(at, due, ..)| at - due).collect();
    assert!(late.iter().all(|late| (0.0..5.0).contains(late)));
    // The mean of the larger of two uniforms and one of them: (2/3 + 1/2) / 2 × 5 s = 2.9; 198 draws, standard error 0.1.
    let mean = late.iter().sum::<f64>() / 198.0;
    assert!((mean - 2.92).abs() < 0.5, "{mean}");
    for pair in listener.scheduled.chunks(2) {
        assert!(pair[0].2 == "first" && pair[1].2 == "second" && pair[0].0 <= pair[1].0, "{pair:?}");
    }
}

#[test]
fn what_is_due_while_scheduled_scaling_is_suspended_is_skipped() {
    let mut plan = idle(1_200);
    let service = &mut plan.services[0];
    service.scaling.schedule.actions = vec![action("up", Some(9), None, &[300])];
    let suspended = Suspended { scheduled_scaling: true, ..Suspended::default() };
    let until = Some(SimTime(301_000_000_000));
    service.scaling.schedule.suspensions =
        vec![SuspensionPlan { from: SimTime(299_000_000_000), until, suspended }];
    assert_eq!(desired_at(&plan, &[1_199.0]), [4]);
    let listener = listen(&plan, 0);
    assert_eq!(listener.suspensions, [(299.0, suspended), (301.0, Suspended::default())]);
    // At the end of the window the next one runs.
    let service = &mut plan.services[0];
    service.scaling.schedule.actions = vec![action("up", Some(9), None, &[301])];
    assert_eq!(desired_at(&plan, &[1_199.0]), [9]);
}

#[test]
fn overlapping_suspensions_add_up_and_scale_out_can_be_suspended_alone() {
    let mut plan = workloads::w2(1_800);
    plan.services[0].scaling.max_capacity = 100;
    plan.services[0].scaling.policies = vec![workloads::tracking()];
    let at = |seconds: u64| SimTime(seconds * 1_000_000_000);
    let out = Suspended { dynamic_scaling_out: true, ..Suspended::default() };
    let window = |from, until| SuspensionPlan { from: at(from), until: Some(at(until)), suspended: out };
    plan.services[0].scaling.schedule.suspensions = vec![window(100, 600), window(500, 900)];
    let listener = listen(&plan, 0);
    assert_eq!(listener.suspensions, [(100.0, out), (900.0, Suspended::default())]);
    let first_out = listener.invoked.iter().find(|(_, verdict, _)| *verdict == Verdict::ScaledOut).unwrap().0;
    assert!((first_out - 900.2).abs() < 1e-6, "{first_out}");
    assert!(listener.invoked.iter().any(|(_, verdict, _)| *verdict == Verdict::Suspended));
}

#[test]
fn minutes_meter_and_bill_are_the_same_whether_the_service_is_measured_every_60_or_every_20_seconds() {
    let of = |resolution: u64| {
        let mut plan = workloads::w2(1_230);
        plan.start_unix_ns += 17_000_000_000;
        let service = &mut plan.services[0];
        service.metrics.cpu_resolution = secs(resolution);
        let cpu = Metric::CpuUtilization;
        service.scaling.policies = vec![step(cpu, AlarmQuery::of(cpu), Some(1e9), None, 1)];
        let record = record(&plan, 1, 0).unwrap().services.remove(0);
        (record.timeline, record.invoice, record.requests)
    };
    assert_eq!(of(60), of(20));
}

#[test]
fn every_evaluation_is_told_every_minute_or_every_ten_seconds_at_a_phase_of_its_own() {
    let mut plan = workloads::w2(3_600);
    let service = &mut plan.services[0];
    service.metrics.cpu_resolution = secs(20);
    let cpu = Metric::CpuUtilization;
    let fine = AlarmQuery::of(cpu).every(secs(20));
    service.scaling.policies =
        vec![step(cpu, AlarmQuery::of(cpu), Some(90.0), None, 1), step(cpu, fine, Some(90.0), None, 2)];
    let listener = listen(&plan, 0);
    for (name, interval, evaluations, range) in [("alarm-1", 60.0, 60, 1 + 2), ("alarm-2", 10.0, 360, 1 + 3)]
    {
        let mine: Vec<&Seen> = listener.evaluations.iter().filter(|seen| seen.alarm == name).collect();
        assert_eq!(mine.len(), evaluations, "{name}");
        assert!(mine.windows(2).all(|pair| (pair[1].at - pair[0].at - interval).abs() < 1e-9), "{name}");
        assert!(mine.iter().all(|seen| seen.range.len() == range), "{name}");
        for seen in &mine {
            // What can be read ended at least the delay of 10 s ago, and there is nothing newer that did.
            let due = ((seen.at - 10.0) / 20.0).floor() * 20.0;
            let newest = seen.newest.map_or(0.0, |end| end.as_secs_f64());
            assert!((newest - due.max(0.0)).abs() < 1e-9, "{name} at {}: {newest}", seen.at);
        }
    }
}

/// Minutes of a metric as an alarm of one period saw them, by the end of the period [s].
fn datapoints(plan: &Plan) -> Vec<(f64, f64)> {
    let seen = listen(plan, 0).evaluations;
    let mut points: Vec<(f64, f64)> = Vec::new();
    for seen in &seen {
        if let (Some(end), Some(Some(value))) = (seen.newest, seen.range.last())
            && points.last().is_none_or(|(last, _)| *last < end.as_secs_f64())
        {
            points.push((end.as_secs_f64(), *value));
        }
    }
    points
}

/// An overloaded service that loses requests by every way: refusals, time-outs, and tasks that are killed.
fn lossy() -> Plan {
    let mut plan = workloads::w2(3_600);
    let service = &mut plan.services[0];
    service.task.queue = Some(6);
    service.request.timeout = Some(always(SimDuration::from_millis(450)));
    service.request.wait_time =
        windtunnel::kernel::random::Distribution::exponential(SimDuration::from_millis(80)).unwrap();
    (service.scaling.min_capacity, service.scaling.max_capacity) = (10, 60);
    if let Some(group) = &mut service.target_group {
        group.deregistration_delay = SimDuration::from_millis(50);
    }
    service.stopping.exit_after_sigterm = secs(0);
    service.scaling.schedule.actions =
        (1..20)
            .map(|k| action(&format!("a{k}"), None, Some(if k % 2 == 0 { 60 } else { 20 }), &[150 * k]))
            .chain((1..20).map(|k| {
                action(&format!("b{k}"), Some(if k % 2 == 0 { 55 } else { 10 }), None, &[150 * k + 1])
            }))
            .collect();
    plan
}

#[test]
fn response_times_and_errors_of_a_metric_are_those_of_the_timeline() {
    let mut plan = lossy();
    let timeline = record(&plan, 1, 0).unwrap().services.remove(0).timeline;
    let failed: u64 = timeline.iter().map(|row| row.failed).sum();
    assert!(
        failed > 20 && timeline.iter().any(|row| row.rejected > 0 && row.timed_out > 0),
        "{failed} failed"
    );
    let sets: [(Metric, Statistic, f64); 5] = [
        (Metric::TargetResponseTime, Statistic::Average, 1e-9),
        (Metric::TargetResponseTime, Statistic::SampleCount, 0.0),
        (Metric::TargetResponseTime, Statistic::Percentile(95_000), 0.03),
        (Metric::Target5xxCount, Statistic::Sum, 0.0),
        (Metric::Elb5xxCount, Statistic::Sum, 0.0),
    ];
    for (metric, statistic, tolerance) in sets {
        let query = AlarmQuery { statistic, ..AlarmQuery::of(metric) };
        plan.services[0].scaling.policies = vec![step(metric, query, Some(1e12), None, 1)];
        let points = datapoints(&plan);
        assert!(!points.is_empty(), "{metric:?} {statistic:?}");
        for (end, value) in points {
            let row = timeline
                .iter()
                .find(|row| ((row.start + row.length).as_secs_f64() - end).abs() < 1e-6)
                .unwrap();
            let expected = match (metric, statistic) {
                (Metric::TargetResponseTime, Statistic::Average) => row.response_time_mean.unwrap() / 1e9,
                (Metric::TargetResponseTime, Statistic::SampleCount) => row.served as f64,
                (Metric::TargetResponseTime, _) => row.response_time_p95.unwrap() as f64 / 1e9,
                (Metric::Target5xxCount, _) => row.rejected as f64,
                _ => row.failed as f64,
            };
            assert!(
                (value - expected).abs() <= tolerance * expected + 1e-12,
                "{metric:?} {statistic:?} at {end}: {value}, {expected}"
            );
        }
    }
}

#[test]
fn a_custom_metric_is_its_expression_of_what_the_timeline_shows() {
    let mut plan = lossy();
    let timeline = record(&plan, 1, 0).unwrap().services.remove(0).timeline;
    use Term::{Add, Divide, Variable as Of};
    let terms = [Of(Variable::QueueLength), Of(Variable::TimedOut), Add, Of(Variable::Running), Divide];
    plan.services[0].metrics.custom = vec![CustomMetric {
        name: "pain".to_owned(),
        expression: Expression(terms.to_vec()),
        resolution: secs(60),
        delay: secs(5),
    }];
    let metric = Metric::Custom(0);
    plan.services[0].scaling.policies = vec![step(metric, AlarmQuery::of(metric), Some(1e12), None, 1)];
    let points = datapoints(&plan);
    assert!(points.len() > 50);
    for (end, value) in points {
        let row =
            timeline.iter().find(|row| ((row.start + row.length).as_secs_f64() - end).abs() < 1e-6).unwrap();
        let expected = (row.queue_length + row.timed_out as f64) / f64::from(row.running);
        assert!((value - expected).abs() <= 1e-9 * expected.max(1.0), "at {end}: {value} and {expected}");
    }
}

#[test]
fn a_metric_that_reads_outcomes_changes_nothing_but_its_own_alarm() {
    let with = |metric: Metric| {
        let mut plan = lossy();
        plan.services[0].scaling.policies = vec![step(metric, AlarmQuery::of(metric), Some(1e12), None, 1)];
        let record = record(&plan, 1, 0).unwrap();
        (record.services[0].timeline.clone(), record.services[0].requests, record.fingerprint)
    };
    assert_eq!(with(Metric::CpuUtilization), with(Metric::TargetResponseTime));
}

#[test]
fn answers_of_a_policy_that_change_nothing_share_a_row_until_something_else_happens() {
    let mut plan = idle(86_400);
    plan.services[0].scaling.policies =
        vec![step(Metric::CpuUtilization, AlarmQuery::of(Metric::CpuUtilization), None, Some(40.0), -1)];
    let service = record(&plan, 1, 0).unwrap().services.remove(0);
    let invocations = service.decisions.iter().filter(|row| row.kind == DecisionKind::Policy);
    let (changes, refusals): (Vec<_>, Vec<_>) =
        invocations.partition(|row| row.desired_before != row.desired_after);
    // From four tasks to two, and then a day at the minimum with the alarm in ALARM.
    assert_eq!(changes.len() as u64, service.scaling.scale_in);
    assert_eq!(refusals.iter().map(|row| u64::from(row.times)).sum::<u64>(), service.scaling.not_scaled);
    let last = refusals.last().unwrap();
    assert_eq!((last.outcome, last.desired_after), ("AlreadyAtMinCapacity", 2));
    assert!(last.times > 1_400 && last.until.0 > 86_300_000_000_000, "{last:?}");
    assert!(service.decisions.len() < 30, "{} rows", service.decisions.len());
    // A scheduled action in between ends the row: what was logged before it stays before it.
    plan.services[0].scaling.schedule.actions = vec![action("noon", Some(2), None, &[43_200])];
    let service = record(&plan, 1, 0).unwrap().services.remove(0);
    let noon = service.decisions.iter().position(|row| row.kind == DecisionKind::Scheduled).unwrap();
    let at = service.decisions[noon].at;
    assert!(service.decisions[..noon].iter().all(|row| row.until <= at));
    assert!(service.decisions[noon + 1..].iter().any(|row| row.outcome == "AlreadyAtMinCapacity"));
    assert!(service.decisions.is_sorted_by_key(|row| row.at));
}
