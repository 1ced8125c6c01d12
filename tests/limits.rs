//! Runs at the edges of what is legal: backlogs of millions, rooms of millions, launches by the thousand.

use windtunnel::kernel::policy::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan,
};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::telemetry::{AlarmPlan, Comparison, Metric, Reading, TreatMissingData};
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::SimDuration;
use windtunnel::kernel::world::{Plan, ServicePlan};
use windtunnel::record::{RunRecord, record};

use crate::workloads::{self, always, secs};

fn run(plan: &Plan) -> RunRecord {
    let record = record(plan, 1, 0).unwrap();
    for service in &record.services {
        let r = &service.requests;
        assert_eq!(r.offered, r.served + r.rejected + r.timed_out + r.failed + r.in_flight);
    }
    record
}

#[test]
fn a_backlog_of_millions_is_a_number_like_any_other() {
    // 5000/s onto one task that does 40/s, without patience or a bound: 18 million requests wait after an hour.
    let mut service = workloads::service(5_000.0, secs(3_700), 1);
    service.request.cpu_time = always(SimDuration::from_millis(100));
    let record = run(&workloads::plan(service, secs(3_700)));
    let last = record.services[0].timeline.last().unwrap();
    assert!(last.in_flight > 17e6, "{}", last.in_flight);
}

#[test]
fn an_hour_of_waiting_times_millions_does_not_overflow() {
    let mut service = workloads::service(100_000.0, secs(60), 1);
    service.request.wait_time = always(secs(3_600));
    service.task.concurrency = None;
    let mut plan = workloads::plan(service, secs(3_700));
    let pieces = [Segment { end: 60_000_000_000, rate_start: 100_000.0, rate_end: 100_000.0 }];
    plan.services[0].traffic = TrafficPlan::Poisson(RateCurve::new(&pieces).unwrap());
    let record = run(&plan);
    assert!(record.services[0].requests.served > 5_900_000);
    assert_eq!(record.services[0].response_time.max, 3_600_000_000_000);
}

#[test]
fn a_large_waiting_room_with_random_patience_is_no_slower_than_it_is_large() {
    let mut service = workloads::service(2_000.0, secs(1_800), 1);
    service.request.cpu_time = always(SimDuration::from_millis(100));
    service.request.timeout = Some(Distribution::exponential(secs(600)).unwrap());
    service.task.queue = Some(10_000_000);
    let record = run(&workloads::plan(service, secs(1_800)));
    assert!(record.services[0].requests.timed_out > 1_000_000);
}

/// A service that an alarm on its requests sends to `count` tasks at once.
fn jumping(name: &str, count: i32) -> ServicePlan {
    let mut service = workloads::service(10.0, secs(1_200), 1);
    service.name = name.into();
    (service.min_capacity, service.max_capacity) = (1, 5_000);
    service.telemetry.alarm_phase = Some(secs(0));
    service.policies = vec![PolicyPlan {
        name: "jump".into(),
        kind: PolicyKind::Step(StepPlan {
            alarm: AlarmPlan {
                name: "load".into(),
                metric: Metric::RequestCount,
                reading: Reading::of(Metric::RequestCount),
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                comparison: Comparison::GreaterThanThreshold,
                threshold: 1.0,
                treat_missing_data: TreatMissingData::Missing,
            },
            adjustment_type: AdjustmentType::ExactCapacity,
            min_adjustment_magnitude: 0,
            metric_aggregation_type: StepAggregation::Average,
            cooldown: secs(300),
            steps: vec![Adjustment { lower: Some(0.0), upper: None, adjustment: count }],
        }),
    }];
    service
}

#[test]
fn a_service_that_launches_thousands_does_not_keep_another_from_launching_two() {
    // Both scale out at 120.2 s. The bucket holds 100; behind it tokens come twenty a second and the two take turns,
    // so two tasks wait for a few tokens, not for three thousand launches.
    let mut plan = workloads::plan(jumping("large", 3_000), secs(1_200));
    plan.services.push(jumping("small", 3));
    let record = run(&plan);
    let small = &record.services[1];
    let enough = small.in_service.iter().find(|(_, count)| *count == 3).unwrap().0;
    assert!(enough.as_secs_f64() < 120.2 + 31.0, "{enough:?}");
    // The large one is held to 500 launches a minute: 2999 take the better part of six minutes.
    let large = &record.services[0];
    let done = large.in_service.iter().find(|(_, count)| *count == 3_000).unwrap().0.as_secs_f64();
    assert!((420.0..520.0).contains(&done), "{done}");
    let busiest = large.timeline.windows(2).map(|rows| rows[1].running.saturating_sub(rows[0].running)).max();
    assert!(busiest <= Some(500), "{busiest:?}");
}

#[test]
fn billing_the_deprovisioning_never_makes_a_bill_smaller() {
    let bill = |bill_deprovisioning| {
        let mut plan = workloads::w3(1, 0.1);
        plan.services[0].tariff.bill_deprovisioning = bill_deprovisioning;
        plan.services[0].stopping.deprovisioning = secs(3_000);
        run(&plan).services[0].invoice.lines[0].exact
    };
    assert!(bill(true) > bill(false));
}

#[test]
fn an_action_is_repeated_as_often_as_the_plan_says() {
    let actions = |every: u64| {
        let mut plan = workloads::plan(jumping("web", 1), secs(1_200));
        plan.services[0].telemetry.alarm_reinvoke = SimDuration::from_secs(every);
        let record = run(&plan);
        let rows = record.services[0]
            .decisions
            .iter()
            .filter(|row| row.kind == windtunnel::record::DecisionKind::Policy);
        // Invocations that share a row lie as far apart as its ends and its count say.
        rows.flat_map(|row| {
            let apart = (row.until.0 - row.at.0) / (row.times - 1).max(1);
            (0..row.times).map(move |index| row.at.0 + index * apart)
        })
        .collect::<Vec<u64>>()
    };
    for every in [30, 60, 90] {
        let times = actions(every);
        assert!(times.len() > 10);
        assert!(
            times.windows(2).all(|pair| pair[1] - pair[0] == every * 1_000_000_000),
            "every {every} s: {times:?}"
        );
    }
}

#[test]
fn evaluations_stand_at_their_phase_of_the_calendar_minute() {
    let mut plan = workloads::plan(jumping("web", 1), secs(1_200));
    plan.start_unix_ns += 30_000_000_000;
    plan.services[0].telemetry.alarm_phase = Some(secs(10));
    let record = run(&plan);
    let alarm = &record.services[0].decisions[0];
    // Second 0 is half past the minute, so ten past the minute is second 40 of every minute.
    assert_eq!(alarm.at.0 % 60_000_000_000, 40_000_000_000);
}
