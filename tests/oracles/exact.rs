//! Oracles without chance: deterministic queues, bills to the picodollar, and one timeline done by hand.

use windtunnel::kernel::billing::{
    BillableItem, BilledResources, Invoice, ItemCounts, LCU_DENOMINATOR, Meter, MeterReading, Tariff,
    TaskResources, billed_seconds,
};
use windtunnel::kernel::event_queue::EventQueue;
use windtunnel::kernel::facts::CapacityKind;
use windtunnel::kernel::platform::{
    Effects, LaunchBucket, LaunchWindow, Lifecycle, LifecycleParts, ScaleInVictim, StartupPlan, StoppingPlan,
    TaskHealthPlan, TaskTimer,
};
use windtunnel::kernel::random::{Distribution, Purpose, Rng, Streams};
use windtunnel::kernel::serving::{Fleet, RoutingPlan, TaskPlan};
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{
    Bytes, NANOS_PER_MILLI, NANOS_PER_SEC, RevisionId, ServiceId, SimDuration, SimTime, Usd,
};

use super::measure::{replicate, verdict};
use crate::witness::{Ending, witness};
use crate::workloads::{self, always, secs};

/// Stochastic checks in this file: bill-exp45.
pub(super) const STOCHASTIC_CHECKS: usize = 1;

/// Arrivals at 1, 2, … 8 s: nothing for half a second, then one each second, half a second into each.
fn eight_arrivals(places: u32, service: SimDuration) -> Plan {
    let pieces = [
        Segment { end: 500 * NANOS_PER_MILLI, rate_start: 0.0, rate_end: 0.0 },
        Segment { end: 8_500 * NANOS_PER_MILLI, rate_start: 1.0, rate_end: 1.0 },
    ];
    let mut plan = workloads::service(1.0, secs(60), 1);
    plan.traffic = TrafficPlan::EvenlySpaced(RateCurve::new(&pieces).expect("pieces that ascend"));
    plan.request.wait_time = always(service);
    plan.task.concurrency = Some(places);
    workloads::plan(plan, secs(60))
}

/// Starts and ends [ms].
fn starts_and_ends(plan: &Plan) -> Vec<(u64, u64)> {
    let (witness, _) = witness(plan, 1, 0);
    let passages = witness.services[0].requests.iter().filter_map(|request| request.passage);
    passages.map(|p| (p.start / NANOS_PER_MILLI, p.end / NANOS_PER_MILLI)).collect()
}

#[test]
fn one_server_that_is_too_slow_falls_behind_by_half_a_second_a_request() {
    // dd1-overload: service 1.5 s.
    let truth = [
        (1_000, 2_500),
        (2_500, 4_000),
        (4_000, 5_500),
        (5_500, 7_000),
        (7_000, 8_500),
        (8_500, 10_000),
        (10_000, 11_500),
        (11_500, 13_000),
    ];
    assert_eq!(starts_and_ends(&eight_arrivals(1, SimDuration::from_millis(1_500))), truth);
}

#[test]
fn two_servers_take_turns() {
    // dd2: service 2.5 s.
    let truth = [
        (1_000, 3_500),
        (2_000, 4_500),
        (3_500, 6_000),
        (4_500, 7_000),
        (6_000, 8_500),
        (7_000, 9_500),
        (8_500, 11_000),
        (9_500, 12_000),
    ];
    assert_eq!(starts_and_ends(&eight_arrivals(2, SimDuration::from_millis(2_500))), truth);
}

#[test]
fn a_place_that_falls_free_at_an_instant_is_free_for_an_arrival_at_that_instant() {
    // tie-departure-first: service 1 s, no queue.
    let mut plan = eight_arrivals(1, secs(1));
    plan.services[0].task.queue = Some(0);
    let (witness, _) = witness(&plan, 1, 0);
    let endings: Vec<Ending> =
        witness.services[0].requests.iter().map(|r| r.ending(plan.horizon.0)).collect();
    let truth: Vec<Ending> = (2..=9).map(|second| Ending::Served(second * NANOS_PER_SEC)).collect();
    assert_eq!(endings, truth);
}

/// x86 prices of the oracle, or arm's.
fn tariff(arm: bool, extra_storage: u32) -> Tariff {
    let mut tariff = workloads::tariff();
    tariff.prices[BillableItem::FargateVcpu] = Some(Usd(if arm { 32_380_000_000 } else { 40_480_000_000 }));
    tariff.prices[BillableItem::FargateMemory] = Some(Usd(if arm { 3_560_000_000 } else { 4_445_000_000 }));
    Tariff { extra_ephemeral_gb: extra_storage, resources: ItemCounts::default(), ..tariff }
}

/// A task of so many CPU units and MiB, and its service, which has nothing else.
fn of_size(tariff: &Tariff, (cpu_units, memory_mib): (u32, u32)) -> BilledResources {
    let extra_ephemeral_gb = tariff.extra_ephemeral_gb;
    let task = TaskResources {
        capacity: CapacityKind::Fargate,
        cpu_units,
        memory_mib,
        extra_ephemeral_gb,
        public_ipv4: 0,
    };
    BilledResources { task, standing: tariff.resources }
}

/// Billed seconds of tasks that are all alike.
fn task_seconds(reading: &MeterReading, task: &TaskResources) -> u64 {
    let vcpu_seconds = reading.quantity(BillableItem::FargateVcpu);
    u64::try_from(vcpu_seconds / i128::from(task.cpu_units)).expect("a few years")
}

/// Asserts that `total`, whose lines were rounded to a picodollar each, is numerator/denominator dollars.
fn assert_dollars(name: &str, invoice: &Invoice, (numerator, denominator): (i128, i128)) {
    let exact = Usd::from_ratio(numerator * 1_000_000_000_000, denominator);
    let lines = i128::try_from(invoice.lines.len()).expect("a few lines");
    let apart = (invoice.exact_total().0 - exact.0).abs();
    assert!(apart <= lines, "{name}: {} instead of {exact}", invoice.exact_total());
}

#[test]
fn every_billing_oracle_is_met_to_the_picodollar() {
    let (x86, arm, storage) = (tariff(false, 0), tariff(true, 0), tariff(false, 80));
    // (case, tariff, (CPU units, MiB), life [µs], tasks, billed seconds a task, cost as a ratio [USD]).
    let cases = [
        ("bill-42s-min", &x86, (256, 512), 42_000_000, 1, 60, (4_937, 24_000_000)),
        ("bill-60s-exact", &x86, (256, 512), 60_000_000, 1, 60, (4_937, 24_000_000)),
        ("bill-60s-plus-1us", &x86, (256, 512), 60_000_001, 1, 61, (301_157, 1_440_000_000)),
        ("bill-61.2s", &x86, (512, 1_024), 61_200_000, 1, 62, (153_047, 360_000_000)),
        ("bill-1h-arm", &arm, (1_024, 2_048), 3_600_000_000, 1, 3_600, (79, 2_000)),
        ("bill-2h-eph100", &storage, (4_096, 16_384), 7_200_000_000, 1, 7_200, (1_512, 3_125)),
        ("bill-1000x30s", &x86, (256, 512), 30_000_000, 1_000, 60, (4_937, 24_000)),
        ("bill-730h", &x86, (2_048, 4_096), 2_628_000_000_000, 1, 2_628_000, (360_401, 5_000)),
    ];
    for (name, tariff, size, micros, tasks, seconds, dollars) in cases {
        let resources = of_size(tariff, size);
        let mut meter = Meter::new(tariff, &resources, 0);
        (0..tasks).for_each(|_| meter.bill(SimTime::ZERO, SimDuration(micros * 1_000), &resources.task));
        let reading = meter.finish(SimTime(0), std::iter::empty());
        assert_eq!(task_seconds(&reading, &resources.task), tasks * seconds, "{name}");
        assert_dollars(name, &Invoice::of(&reading, &tariff.prices), dollars);
    }
}

#[test]
fn exponential_lives_of_45_s_are_billed_as_72_s_on_average() {
    // bill-exp45: E[max(60, ⌈X⌉)] = 60 + Σ P(X > k) over k ≥ 60.
    let law = Distribution::exponential(secs(45)).expect("a mean above zero");
    let figures = replicate(100, |replication| {
        let mut rng = Streams::new(1, replication).stream(Purpose::STARTUP, "bill-exp45");
        let mut lives = vec![0; 10_000];
        law.fill(&mut rng, &mut lives);
        let seconds: u64 = lives.iter().map(|life| billed_seconds(SimDuration(*life), secs(60))).sum();
        seconds as f64 / lives.len() as f64
    });
    assert_eq!(verdict("bill-exp45", &figures, 71.994_157_923_096_31, 0.001), None);
}

/// A lifecycle with its own little calendar, without the rest of the world.
struct Stage {
    lifecycle: Lifecycle,
    fleet: Fleet,
    bucket: LaunchBucket,
    meter: Meter,
    task: TaskResources,
    calendar: EventQueue<TaskTimer>,
}

impl Stage {
    /// timeline-cost-1: 5 s of placement, 40 s of image pull and start, 30 s of drain, newest tasks removed first.
    fn new(tariff: &Tariff) -> Self {
        let startup = StartupPlan::constant([5, 0, 40, 0, 0].map(secs));
        let stopping = StoppingPlan {
            lag: SimDuration::ZERO,
            exit_after_sigterm: secs(30),
            stop_timeout: secs(30),
            deprovisioning: secs(1),
        };
        let limits = workloads::w1(60).launch_limits;
        let task =
            TaskPlan { cpu_units: 512, memory_mib: 1_024, ..workloads::service(1.0, secs(60), 1).task };
        let replacement = workloads::service(1.0, secs(60), 1).replacement;
        let parts = LifecycleParts {
            revision: RevisionId(0),
            capacity: CapacityKind::Fargate,
            replacement: &replacement,
            startup: &startup,
            stopping: &stopping,
            target_group: None,
            victim: ScaleInVictim::Newest,
            window: LaunchWindow::new(&limits),
            backoff: windtunnel::kernel::platform::LaunchBackoff::default(),
            health: &TaskHealthPlan::default(),
            zones: 1,
            name: "web",
            streams: Streams::new(1, 0),
        };
        let resources = of_size(tariff, (512, 1_024));
        Self {
            lifecycle: Lifecycle::new(&parts),
            fleet: Fleet::new(
                ServiceId(0),
                &task,
                false,
                false,
                (RoutingPlan::default(), Rng::from_key(1)),
                secs(30),
            ),
            bucket: LaunchBucket::new(&limits),
            meter: Meter::new(tariff, &resources, 0),
            task: resources.task,
            calendar: EventQueue::default(),
        }
    }

    fn settle(&mut self, outcome: &mut Effects) {
        outcome.moved.drain(..).for_each(|moved| self.meter.task_moved(&moved, &self.task));
        outcome.due.drain(..).for_each(|due| self.calendar.schedule(due.at, 0, due));
    }

    fn set_desired(&mut self, second: u64, desired: u32) {
        let mut outcome = Effects::default();
        let (now, bucket) = (SimTime(secs(second).0), &mut self.bucket);
        self.lifecycle.set_desired(now, desired, bucket, &mut outcome);
        self.settle(&mut outcome);
    }

    /// Lets everything happen that falls due up to `milli` [ms]; returns the running count then.
    fn run_to(&mut self, milli: u64) -> u32 {
        let mut later = Vec::new();
        while let Some((now, due)) = self.calendar.pop() {
            if now.0 > milli * NANOS_PER_MILLI {
                later.push((now, due));
                continue;
            }
            let mut outcome = Effects::default();
            self.lifecycle.step(now, &due, &mut self.fleet, &mut self.bucket, &mut outcome);
            self.settle(&mut outcome);
        }
        later.into_iter().for_each(|(at, due)| self.calendar.schedule(at, 0, due));
        self.lifecycle.counts().running
    }
}

#[test]
fn the_timeline_done_by_hand_has_its_counts_its_lives_and_its_cost() {
    let tariff = tariff(false, 0);
    let mut stage = Stage::new(&tariff);
    stage.set_desired(0, 2);
    assert_eq!(stage.run_to(44_999), 0);
    assert_eq!(stage.run_to(45_000), 2);
    assert_eq!(stage.run_to(600_000), 2);
    stage.set_desired(600, 5);
    assert_eq!(stage.run_to(644_999), 2);
    assert_eq!(stage.run_to(645_000), 5);
    assert_eq!(stage.run_to(1_799_000), 5);
    stage.set_desired(1_800, 3);
    assert_eq!(stage.run_to(1_800_000), 3);
    assert_eq!(stage.run_to(3_599_000), 3);
    let horizon = SimTime(secs(3_600).0);
    let ages: Vec<u64> =
        stage.lifecycle.billed(false).map(|task| horizon.since(task.since).0 / NANOS_PER_SEC).collect();
    assert_eq!(ages, [3_595, 3_595, 2_995]);
    let task = stage.task;
    let reading =
        stage.meter.finish(horizon, stage.lifecycle.billed(false).map(|billed| (billed.since, task)));
    assert_eq!(task_seconds(&reading, &task), 3_595 + 3_595 + 2_995 + 1_225 + 1_225);
    assert_dollars("timeline-cost-1", &Invoice::of(&reading, &tariff.prices), (12_475_799, 144_000_000));
}

#[test]
fn a_hundred_new_connections_a_second_are_four_lcus() {
    // alb-lcu-1 as a whole hour's run: 100 connections/s over 15 rules, 5000 active at most, below 3 GB.
    let mut service = workloads::service(1.0, secs(3_600), 1);
    service.traffic =
        TrafficPlan::EvenlySpaced(RateCurve::constant(100.0, secs(3_600).0).expect("a positive rate"));
    service.request.wait_time = always(secs(50));
    service.request.bytes = Some(Bytes(8_333));
    service.task.concurrency = None;
    service.tariff.lcu.rules = 15;
    let (witness, outcome) = witness(&workloads::plan(service, secs(3_600)), 1, 0);
    assert_eq!(witness.services[0].offered, 360_000);
    let lcu_hours = outcome.services[0].reading.quantity(BillableItem::AlbLcu);
    assert_eq!(lcu_hours.unsigned_abs(), 4 * LCU_DENOMINATOR);
}
