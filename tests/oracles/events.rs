//! What theory says of the event path: processor sharing, routes that look at load, clients that try again, servers that
//! switch off when they are idle.
//!
//! Where no formula is known the truth is another program's estimate, and its standard error counts. The set-up models are
//! no plan's: they drive the fleet directly, which hangs when it is empty and goes on a set-up after the next arrival.
//! `ps-two-jobs`, `ps-three-on-two-cores` and `ps-mixed` are tests of the kernel's own file.

use windtunnel::kernel::facts::{Attempt, Outcome, Pace, Probe, RequestBatch};
use windtunnel::kernel::random::{Distribution, Purpose, Rng, Streams};
use windtunnel::kernel::replica_set::ReplicaSet;
use windtunnel::kernel::serving::{
    CpuDiscipline, EventPath, EventPathParts, Jitter, RequestPlan, RetryPlan, Routing, RoutingPlan, TaskPlan,
};
use windtunnel::kernel::simulation::Fidelity;
use windtunnel::kernel::traffic::{ArrivalStream, RateCurve, TrafficPlan};
use windtunnel::kernel::units::{NANOS_PER_SEC, ServiceId, SimDuration};

use super::measure::Quantity::{
    AttemptRate, BlockedAttempts, BlockedFirst, Lost, MeanResponse, ResponseQuantile, ResponseVariance,
    Retrying, Utilization,
};
use super::measure::{Case, check, replicate, verdict};
use super::stationary::{Servers, exponential, minutes, queue, seconds};
use crate::workloads::{self, always, secs};

/// Checks of this file that are no cases: two set-up models, and two figures of `retry-const-p`.
const DRIVEN: usize = 4;

/// Stochastic checks in this file.
pub(super) fn checks() -> usize {
    let families = [shared(), farms(), retrying()];
    families.iter().flatten().map(|case| case.checks.len()).sum::<usize>() + DRIVEN
}

fn skewed() -> Distribution {
    Distribution::lognormal_mean_cv(seconds(0.1), 2.0).expect("a mean above zero")
}

impl Case {
    pub(super) fn by_sharing(self) -> Self {
        self.service(|service| service.task.cpu_discipline = CpuDiscipline::ProcessorSharing)
    }

    /// On the event path, whether it needs it or not.
    fn by_events(mut self) -> Self {
        self.plan.fidelity = Fidelity::Events;
        self
    }
}

/// M/G/1-PS and M/G/4-PS: mean response times depend on the mean work only.
fn shared() -> Vec<Case> {
    vec![
        queue("mm1ps-rho80", 8.0, 2e5, Servers::Cpu(1), exponential(0.1))
            .by_sharing()
            .knows(&[(MeanResponse, 0.5, 0.003), (ResponseVariance(0.5), 0.583_333_333_333_333_4, 0.01)])
            .agrees_with(&[
                (ResponseQuantile(0.95), 1.888_694_353_371_399_1, 0.005_551_6, 0.004),
                (ResponseQuantile(0.99), 3.721_590_221_386_614, 0.015_349, 0.0055),
            ]),
        queue("md1ps-rho80", 8.0, 2e5, Servers::Cpu(1), always(seconds(0.1))).by_sharing().knows(&[(
            MeanResponse,
            0.5,
            0.003,
        )]),
        queue("mlogn1ps-rho70", 7.0, 2e5, Servers::Cpu(1), skewed())
            .by_sharing()
            .knows(&[(MeanResponse, 1.0 / 3.0, 0.003)])
            .agrees_with(&[(ResponseQuantile(0.99), 3.415_834_835_153_593_7, 0.011_849, 0.005)]),
        queue("mlogn4ps-rho75", 30.0, 2e5, Servers::Cpu(4), skewed())
            .by_sharing()
            .knows(&[(MeanResponse, 0.150_943_396_226_415_1, 0.003)])
            .agrees_with(&[(ResponseQuantile(0.99), 1.394_585_940_880_319_6, 0.004_922, 0.005)]),
    ]
}

/// Single-server tasks behind a load balancer.
fn farms() -> Vec<Case> {
    let farm = |name, rate, tasks, routing| {
        queue(name, rate, 2e5, Servers::Cpu(1), exponential(0.1)).on_tasks(tasks, routing)
    };
    use Routing::{LeastOutstandingRequests as Least, TwoRandomChoices as Two};
    vec![
        farm("farm-rr4", 32.0, 4, Routing::RoundRobin).by_events().knows(&[
            (MeanResponse, 0.326_738_361_031_936_15, 0.004),
            (ResponseQuantile(0.95), 0.978_820_653_151_506_8, 0.005),
            (ResponseQuantile(0.99), 1.504_685_758_842_885_5, 0.007),
        ]),
        farm("farm-rand4", 32.0, 4, Routing::Random).by_events().knows(&[
            (MeanResponse, 0.5, 0.003),
            (ResponseQuantile(0.95), 1.497_866_136_776_995_4, 0.004),
            (ResponseQuantile(0.99), std::f64::consts::LN_10, 0.0055),
        ]),
        farm("farm-jsq2", 16.0, 2, Least)
            .knows(&[(MeanResponse, 0.295_573_661_766_986_3, 0.003)])
            .agrees_with(&[(ResponseQuantile(0.99), 1.308_946_608_063_85, 0.006_076, 0.006)]),
        farm("farm-jsq4", 36.0, 4, Least)
            .knows(&[(MeanResponse, 0.324_083_835_581_185_7, 0.0055)])
            .agrees_with(&[(ResponseQuantile(0.99), 1.394_744_586_424_714_5, 0.012_012, 0.01)]),
        farm("farm-p2c4", 32.0, 4, Two)
            .knows(&[(MeanResponse, 0.233_015_759_495_203_87, 0.003)])
            .agrees_with(&[(ResponseQuantile(0.99), 0.938_906_560_068_430_9, 0.003_068, 0.0045)]),
        farm("farm-p2c10", 90.0, 10, Two).agrees_with(&[
            (MeanResponse, 0.298_018_689_325_513_45, 0.000_843, 0.004),
            (ResponseQuantile(0.95), 0.749_829_196_266_948_5, 0.002_24, 0.004),
            (ResponseQuantile(0.99), 1.041_302_517_483_118_8, 0.003_502, 0.005),
        ]),
        queue("farm-jsq10-ps-logn", 80.0, 1e5, Servers::Cpu(1), skewed())
            .on_tasks(10, Least)
            .by_sharing()
            .agrees_with(&[
                (MeanResponse, 0.136_351_666_841_617_8, 0.000_403, 0.004),
                (ResponseQuantile(0.95), 0.504_588_310_877_421, 0.001_597, 0.0045),
                (ResponseQuantile(0.99), 1.225_965_921_884_053, 0.005_04, 0.006),
            ]),
    ]
}

/// Waits for a retry that are exponential with this mean [s], whatever attempt it is.
fn patiently(max_attempts: u32, backoff: f64) -> RetryPlan {
    RetryPlan {
        max_attempts,
        backoff: seconds(backoff),
        multiplier: 1.0,
        max_backoff: seconds(backoff),
        jitter: Jitter::Exponential,
        budget: None,
        budget_burst: 1.0,
    }
}

/// Retries: the fixed point of Erlang's B, and the M/M/1 retrial queue.
fn retrying() -> Vec<Case> {
    let fixed_point = {
        let mut case = queue("retry-fixedpoint-20", 18.0, 4e5, Servers::Places(20), exponential(1.0))
            .with_room(0)
            .service(|service| service.request.retry = Some(patiently(4, 500.0)));
        let (warm, counted) = (minutes(2e5, 18.0), minutes(4e5, 18.0));
        let horizon = secs(warm + counted);
        case.plan.horizon = horizon;
        case.plan.services[0].traffic =
            TrafficPlan::Poisson(RateCurve::constant(18.0, horizon.0).expect("a positive rate"));
        case.warm.0 = secs(warm).0;
        Case { replications: 40, ..case }
    };
    vec![
        // Exact for endless backoff only; the standard errors of the other program's crosscheck count as doubt.
        fixed_point.agrees_with(&[
            (AttemptRate, 24.436_263_115_430_73, 0.025_379, 0.0015),
            (BlockedAttempts, 0.267_141_300_292_474_9, 0.000_639, 0.0035),
            (Lost, 0.005_092_888_195_248_867, 0.000_048, 0.013),
        ]),
        queue("retrial-mm1", 0.7, 2e5, Servers::Places(1), exponential(1.0))
            .with_room(0)
            .service(|service| service.request.retry = Some(patiently(1_000_000, 0.5)))
            .knows(&[(Retrying, 2.45, 0.006), (Utilization, 0.7, 0.001), (BlockedFirst, 0.7, 0.001)]),
    ]
}

#[test]
fn shared_processors_answer_as_insensitivity_says() {
    check(&shared());
}

#[test]
fn farms_answer_as_fast_as_their_routing_lets_them() {
    check(&farms());
}

#[test]
fn clients_that_try_again_bring_about_the_load_that_theory_says() {
    check(&retrying());
}

/// Response times after the warm-up, and outcomes.
#[derive(Debug, Default)]
struct Heard {
    warm: u64,
    sum: u64,
    answers: u64,
    failures: u64,
    attempts: u64,
}

impl Probe for Heard {
    fn requests(&mut self, _: ServiceId, batch: &RequestBatch<'_>) {
        self.attempts += batch.routed;
        let ended = |attempt: &&Attempt| attempt.outcome != Outcome::Wasted && !attempt.will_retry;
        self.failures += batch.attempts.iter().filter(ended).count() as u64;
        for p in batch.served.iter().flat_map(|served| served.iter()).filter(|p| p.arrival >= self.warm) {
            self.sum += p.end - p.arrival;
            self.answers += 1;
        }
    }
}

impl Pace for Heard {}

fn fleet<'p>(
    traffic: &'p TrafficPlan,
    request: &RequestPlan,
    task: &TaskPlan,
    routing: Routing,
    streams: Streams,
) -> EventPath<'p> {
    let parts = EventPathParts {
        service: ServiceId(0),
        request,
        task,
        warm_up: None,
        routing: RoutingPlan::new(routing),
        name: "web",
        streams,
    };
    EventPath::new(ArrivalStream::new(traffic, streams.stream(Purpose::ARRIVALS, "web")), &parts)
}

/// Mean response time [s] of one server that switches off when it is empty and needs `setup` to come back.
fn with_setup(rate: f64, mean: f64, setup: &Distribution, replication: u64) -> f64 {
    let (warm, counted) = (20_000.0 / rate, 200_000.0 / rate);
    let horizon = seconds(warm + counted).0;
    let traffic = TrafficPlan::Poisson(RateCurve::constant(rate, horizon).expect("a positive rate"));
    let streams = Streams::new(1, replication);
    let request = RequestPlan::new(exponential(mean), always(SimDuration::ZERO));
    let mut task = workloads::service(1.0, secs(1), 1).task;
    (task.cpu_units, task.concurrency) = (1024, None);
    let mut jobs = fleet(&traffic, &request, &task, Routing::RoundRobin, streams);
    let slot = jobs.add();
    let mut arrivals = ArrivalStream::new(&traffic, streams.stream(Purpose::ARRIVALS, "web"));
    let mut setups: Rng = streams.stream(Purpose::STARTUP, "web");
    let mut heard = Heard { warm: seconds(warm).0, ..Heard::default() };
    let mut back_at = None;
    while let Some(arrival) = arrivals.take_before(horizon, 1).first().copied() {
        if let Some(at) = back_at.filter(|at| *at <= arrival) {
            jobs.serve(at, &mut heard);
            jobs.resume(slot, at);
            back_at = None;
        }
        // What arrives before this instant has been served; this request has not arrived yet.
        jobs.serve(arrival, &mut heard);
        if jobs.outstanding(slot) == 0 {
            jobs.hang(slot, arrival);
            back_at = Some(arrival + setup.draw(&mut setups).0);
        }
    }
    let at = back_at.unwrap_or(horizon);
    jobs.serve(at, &mut heard);
    jobs.resume(slot, at);
    jobs.serve(at + 1_000_000 * NANOS_PER_SEC, &mut heard);
    heard.sum as f64 / heard.answers as f64 / 1e9
}

#[test]
fn servers_that_switch_off_make_the_first_ones_wait_for_their_setup() {
    let slow = exponential(10.0);
    let one = replicate(100, |replication| with_setup(0.5, 1.0, &slow, replication));
    let fixed = always(secs(30));
    let other = replicate(100, |replication| with_setup(5.0, 0.1, &fixed, replication));
    let wrong: Vec<String> = [
        verdict("setup-k1 MeanResponse", &one, 12.0, 0.004),
        verdict("mg1setup-exp-det30 MeanResponse", &other, 15.299_337_748_344_37, 0.002),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Attempts a request and its probability of success where one of ten tasks is full for ever and the others are always
/// free: an attempt fails with probability a tenth, whatever the load.
fn one_of_ten_is_stuck(replication: u64) -> [f64; 2] {
    const REQUESTS: u64 = 200_000;
    let traffic = TrafficPlan::EvenlySpaced(
        RateCurve::constant(1_000.0, REQUESTS / 1_000 * NANOS_PER_SEC).expect("a positive rate"),
    );
    let mut request = RequestPlan::new(always(SimDuration::ZERO), always(SimDuration::ZERO));
    request.retry = Some(RetryPlan { jitter: Jitter::None, ..patiently(4, 0.0015) });
    let mut task = workloads::service(1.0, secs(1), 1).task;
    (task.concurrency, task.queue) = (Some(1), Some(0));
    let mut jobs = fleet(&traffic, &request, &task, Routing::Random, Streams::new(1, replication));
    let slots: Vec<_> = (0..10).map(|_| jobs.add()).collect();
    jobs.hang(slots[0], 0);
    let mut heard = Heard::default();
    jobs.serve(secs(REQUESTS / 1_000 + 60).0, &mut heard);
    // One request holds the only place of the stuck task for ever: it is no sample.
    let requests = (REQUESTS - 1) as f64;
    [(heard.attempts - 1) as f64 / requests, heard.answers as f64 / requests]
}

#[test]
fn failures_that_do_not_depend_on_load_multiply_attempts_by_the_geometric_sum() {
    let rows = replicate(100, one_of_ten_is_stuck);
    let column = |index: usize| rows.iter().map(|row| row[index]).collect::<Vec<f64>>();
    let wrong: Vec<String> = [
        verdict("retry-const-p attempts_per_request", &column(0), 1.111, 0.0001),
        verdict("retry-const-p success_rate", &column(1), 0.9999, 0.00001),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
