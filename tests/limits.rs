//! Runs at the edges of what is legal: backlogs of millions, rooms of millions, launches by the thousand.

use std::cell::Cell;
use windtunnel::kernel::billing::BillableItem;
use windtunnel::kernel::facts::Probe;

use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan,
};
use windtunnel::kernel::serving::{CpuDiscipline, Jitter, RetryPlan};
use windtunnel::kernel::simulation::{
    Bounds, Fidelity, Observer, Plan, RunError, ServicePlan, Stop, simulate,
};
use windtunnel::kernel::telemetry::{AlarmPlan, AlarmQuery, Comparison, Metric, TreatMissingData};
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::{RunRecord, record};

use crate::workloads::{self, always, secs};

fn run(plan: &Plan) -> RunRecord {
    let bounds = Bounds { in_flight: u64::MAX, ..plan.bounds };
    let record = record(&Plan { bounds, ..plan.clone() }, 1, 0).unwrap();
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

/// Plans in which `rate` requests a second of 100 ms come to one task that does 10 a second, on the fast path and on the
/// event path.
fn overloaded(rate: f64) -> [Plan; 2] {
    let mut service = workloads::service(rate, secs(3_600), 1);
    service.task.cpu_units = 1024;
    service.request.cpu_time = always(SimDuration::from_millis(100));
    let fast = workloads::plan(service, secs(3_600));
    let mut shared = fast.clone();
    shared.services[0].task.cpu_discipline = CpuDiscipline::ProcessorSharing;
    shared.services[0].task.concurrency = None;
    [fast, shared]
}

#[test]
fn a_run_ends_where_more_requests_wait_than_it_may_keep() {
    for mut plan in overloaded(10_000.0) {
        plan.bounds.in_flight = 1_000_000;
        let error = record(&plan, 1, 0).unwrap_err();
        let RunError::TooManyInFlight { at, service, count, limit } = &error else { panic!("{error:?}") };
        // 10 000 a second come in and next to nothing leaves: a million after 100 s. The fast path looks whether they are over
        // each time a quarter has come to what it keeps.
        assert!((99.0..130.0).contains(&at.as_secs_f64()), "{error}");
        assert_eq!((service.as_str(), *limit), ("web", 1_000_000));
        assert!((1_000_000..1_300_000).contains(count));
        let said = error.to_string();
        assert!(said.contains("`limits.max_in_flight`") && said.contains("`task.queue`"), "{said}");
    }
    for mut plan in overloaded(300.0) {
        // 1.05 million at the end, and nothing below it is in the way.
        plan.bounds.in_flight = 1_100_000;
        assert!(record(&plan, 1, 0).is_ok());
    }
}

#[test]
fn a_run_ends_where_clients_try_again_more_often_than_it_may_simulate() {
    let mut service = workloads::service(50.0, secs(3_600), 1);
    service.task.cpu_units = 1024;
    service.task.queue = Some(0);
    service.request.cpu_time = always(SimDuration::from_millis(400));
    service.request.timeout = Some(always(SimDuration::from_millis(10)));
    service.request.retry = Some(RetryPlan {
        max_attempts: 1_000,
        backoff: SimDuration::from_millis(1),
        multiplier: 1.0,
        max_backoff: SimDuration::from_millis(1),
        jitter: Jitter::None,
        budget: None,
        budget_burst: 1.0,
    });
    let mut plan = workloads::plan(service, secs(3_600));
    plan.bounds.retries = 1_000_000;
    let error = record(&plan, 1, 0).unwrap_err();
    let RunError::TooManyRetries { retries, .. } = &error else { panic!("{error:?}") };
    assert!((1_000_000..1_010_000).contains(retries), "{error}");
    assert!(error.to_string().contains("`retry.max_attempts`"), "{error}");
}

#[test]
fn a_load_balancer_without_a_target_is_billed_for_the_connections_that_it_refuses() {
    // 100 new connections a second are four LCUs, whoever answers them.
    for count in [0, 20] {
        let mut service = workloads::service(100.0, secs(3_600), count);
        service.request.wait_time = always(SimDuration::from_millis(1));
        let plan = workloads::plan(service, secs(3_600));
        for fidelity in [Fidelity::Requests, Fidelity::Events, Fidelity::Fluid] {
            let record = record(&Plan { fidelity, ..plan.clone() }, 1, 0).unwrap();
            let web = &record.services[0];
            let line = web.invoice.lines.iter().find(|line| line.item == BillableItem::AlbLcu).unwrap();
            let lcus = line.quantity_numerator as f64 / line.quantity_denominator as f64;
            let expected = web.requests.offered as f64 / 3_600.0 / 25.0;
            assert!((lcus - expected).abs() < 1e-9 && lcus > 3.9, "{count} tasks, {fidelity:?}: {lcus}");
            // The hours of the rows cost what the invoice says.
            let row = web.timeline[30].cost_per_hour_usd;
            assert!((web.timeline[30].offered == 0) != (row > 0.03), "{row}");
        }
    }
}

/// Is asked so often whether it wants the run, and then no longer does.
struct Impatient {
    asked: Cell<u32>,
}

impl Probe for Impatient {}

impl Observer for Impatient {
    fn is_wanted(&self) -> bool {
        self.asked.set(self.asked.get() + 1);
        self.asked.get() < 10
    }
}

#[test]
fn nobody_has_to_wait_for_the_end_of_a_minute_to_stop_a_run() {
    let mut service = workloads::service(1e6, secs(3_600), 50);
    service.request.wait_time = always(SimDuration::from_millis(1));
    service.task.concurrency = None;
    let plain = workloads::plan(service.clone(), secs(3_600));
    let events = Plan { fidelity: Fidelity::Events, ..plain.clone() };
    service.request.retry = Some(RetryPlan {
        max_attempts: 1_000,
        backoff: SimDuration::from_millis(1),
        multiplier: 1.0,
        max_backoff: SimDuration::from_millis(1),
        jitter: Jitter::None,
        budget: None,
        budget_burst: 1.0,
    });
    service.request.timeout = Some(always(SimDuration(1)));
    service.traffic = TrafficPlan::Poisson(RateCurve::constant(10_000.0, 3_600_000_000_000).unwrap());
    let storm = workloads::plan(service.clone(), secs(3_600));
    service.desired_count = 0;
    (service.scaling.min_capacity, service.request.retry, service.request.timeout) = (0, None, None);
    service.traffic = TrafficPlan::Poisson(RateCurve::constant(1e6, 3_600_000_000_000).unwrap());
    let refused = workloads::plan(service, secs(3_600));
    for (name, plan) in [("fast", plain), ("events", events), ("storm", storm), ("refused", refused)] {
        let mut observer = Impatient { asked: Cell::new(0) };
        let error = simulate(&plan, 1, 0, &mut observer).unwrap_err();
        let RunError::Stopped { at, why: Stop::Interrupted } = error else { panic!("{name}: {error:?}") };
        // Ten times a hundred thousand requests, or a thousand retries: a fraction of a second of work each.
        assert!(at.as_secs_f64() < 5.0, "{name}: {error}");
    }
}

/// A service that an alarm on its requests sends to `count` tasks at once.
fn jumping(name: &str, count: i32) -> ServicePlan {
    let mut service = workloads::service(10.0, secs(1_200), 1);
    service.name = name.into();
    (service.scaling.min_capacity, service.scaling.max_capacity) = (1, 5_000);
    service.scaling.alarm_rules.phase = Some(secs(0));
    service.scaling.policies = vec![PolicyPlan {
        name: "jump".into(),
        kind: PolicyKind::Step(StepPlan {
            alarm: AlarmPlan {
                name: "load".into(),
                metric: Metric::RequestCount,
                query: AlarmQuery::of(Metric::RequestCount),
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
        plan.services[0].scaling.alarm_rules.reinvoke = SimDuration::from_secs(every);
        let record = run(&plan);
        let rows = record.services[0]
            .decisions
            .iter()
            .filter(|row| row.kind == windtunnel::record::DecisionKind::Policy);
        // Invocations that share a row lie as far apart as its ends and its count say.
        rows.flat_map(|row| {
            let apart = (row.until.0 - row.at.0) / u64::from((row.times - 1).max(1));
            (0..u64::from(row.times)).map(move |index| row.at.0 + index * apart)
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
    plan.services[0].scaling.alarm_rules.phase = Some(secs(10));
    let record = run(&plan);
    let alarm = &record.services[0].decisions[0];
    // Second 0 is half past the minute, so ten past the minute is second 40 of every minute.
    assert_eq!(alarm.at.0 % 60_000_000_000, 40_000_000_000);
}

#[test]
fn what_a_run_takes_is_told_before_it_begins_and_bounded() {
    let text = "schema = 1\nname = \"long\"\nhorizon = \"20000h\"\nfidelity = \"fluid\"\n[service.a.traffic]\nshape = [{ constant = \
                { rate = 1.0 } }]\n[service.a.request]\ncpu_time = \"10ms\"\n[service.a.scaling]\nmin_capacity = 1\nmax_capacity = 2\n";
    let folder = crate::cli::folder(&[("long.toml", text.as_bytes())]);
    let run = |more: &[&str]| {
        crate::program::windtunnel(folder.path(), &[&["run", "long.toml", "--out", "out"], more].concat())
    };
    let said = run(&["--set", "limits.max_output=100MiB"]).exits(2).stderr;
    assert!(said.contains("at least 167 MiB") && said.contains("`limits.max_output` is 100 MiB"), "{said}");
    assert!(!folder.path().join("out").exists(), "nothing was begun");
    // What happens in the minutes comes on top: then writing ends, and nothing is left of it.
    let said = run(&["--set", "horizon=115h", "--set", "limits.max_output=1MiB"]).exits(3).stderr;
    assert!(said.contains("the files take more than `limits.max_output` allows; raise it"), "{said}");
    assert!(crate::program::names(&folder.path().join("out")).is_empty());
}
