//! Queues in their steady state: one task with c places or c CPU servers under Poisson or evenly spaced arrivals.
//!
//! Half of the cases serve in places (`wait_time`), half on CPU servers (`cpu_time`), so that both stages of the fast
//! path are held to the same theory; layouts of up to 4, up to 16 and more places all occur. K of M/M/c/K counts
//! requests in service, so the waiting room holds K − c.

use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::serving::Routing;
use windtunnel::kernel::traffic::{RateCurve, TrafficPlan};
use windtunnel::kernel::units::{SimDuration, SimTime};

use super::measure::Quantity::{
    Abandoned, Blocked, Delayed, InQueue, InSystem, MeanResponse, MeanTimeInQueue, MeanWait,
    ResponseQuantile, Throughput, Utilization, WaitQuantile, WaitVariance,
};
use super::measure::{CHECKS, Case, Check, Quantity, check};
use crate::workloads;

/// Where a request is served.
#[derive(Clone, Copy)]
pub(super) enum Servers {
    /// In one of so many places, without CPU work.
    Places(u32),
    /// On one of so many CPU servers; places are not limited.
    Cpu(u32),
}

pub(super) fn seconds(value: f64) -> SimDuration {
    SimDuration::from_secs_f64(value)
}

pub(super) fn exponential(mean: f64) -> Distribution {
    Distribution::exponential(seconds(mean)).expect("a mean above zero")
}

/// Whole minutes in which `requests` arrive at `rate`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand minutes")]
pub(super) fn minutes(requests: f64, rate: f64) -> u64 {
    (requests / rate / 60.0).ceil() as u64 * 60
}

/// A case of 100 replications, each with 20 000 requests of warm-up and `requests` that count.
pub(super) fn queue(name: &str, rate: f64, requests: f64, servers: Servers, law: Distribution) -> Case {
    let warm = minutes(20_000.0, rate);
    let horizon = workloads::secs(warm + minutes(requests, rate));
    let mut service = workloads::service(rate, horizon, 1);
    service.name = name.into();
    let count = match servers {
        Servers::Places(count) => {
            service.task.concurrency = Some(count);
            service.request.wait_time = law;
            count
        }
        Servers::Cpu(count) => {
            service.task.concurrency = None;
            service.task.cpu_units = 1024 * count;
            service.request.cpu_time = law;
            count
        }
    };
    Case {
        name: name.into(),
        plan: workloads::plan(service, horizon),
        warm: SimTime::ZERO + workloads::secs(warm),
        servers: f64::from(count),
        on_cpu: matches!(servers, Servers::Cpu(_)),
        replications: 100,
        checks: Vec::new(),
    }
}

impl Case {
    /// Adds what is known: `(quantity, truth, largest standard error as a share of the truth)`.
    pub(super) fn knows(mut self, truths: &[(Quantity, f64, f64)]) -> Self {
        self.checks.extend(truths.iter().map(|(quantity, truth, noise)| Check {
            quantity: *quantity,
            truth: *truth,
            noise: *noise,
            doubt: 0.0,
        }));
        self
    }

    /// Adds what another program has estimated: `(quantity, estimate, its standard error, largest standard error of ours
    /// as a share of the estimate)`.
    pub(super) fn agrees_with(mut self, estimates: &[(Quantity, f64, f64, f64)]) -> Self {
        self.checks.extend(estimates.iter().map(|(quantity, truth, doubt, noise)| Check {
            quantity: *quantity,
            truth: *truth,
            noise: *noise,
            doubt: *doubt,
        }));
        self
    }

    pub(super) fn service(
        mut self,
        change: impl FnOnce(&mut windtunnel::kernel::simulation::ServicePlan),
    ) -> Self {
        change(&mut self.plan.services[0]);
        self
    }

    pub(super) fn with_room(self, room: u32) -> Self {
        self.service(|service| service.task.queue = Some(room))
    }

    pub(super) fn with_patience(self, patience: Distribution) -> Self {
        self.service(|service| service.request.timeout = Some(patience))
    }

    /// One arrival each 1/rate seconds.
    fn evenly_spaced(self, rate: f64) -> Self {
        let horizon = self.plan.horizon.0;
        let curve = RateCurve::constant(rate, horizon).expect("a positive rate");
        self.service(|service| service.traffic = TrafficPlan::EvenlySpaced(curve))
    }

    pub(super) fn on_tasks(mut self, count: u32, routing: Routing) -> Self {
        self.servers *= f64::from(count);
        self.service(|service| {
            (service.scaling.min_capacity, service.scaling.max_capacity, service.desired_count) =
                (count, count, count);
            service.routing.algorithm = routing;
        })
    }
}

/// M/M/1.
fn single() -> Vec<Case> {
    vec![
        queue("mm1-rho50", 5.0, 1e5, Servers::Places(1), exponential(0.1)).knows(&[
            (MeanWait, 0.1, 0.003),
            (MeanResponse, 0.2, 0.0015),
            (Delayed, 0.5, 0.00075),
            (ResponseQuantile(0.5), 0.138_629_436_111_989_05, 0.0015),
            (ResponseQuantile(0.95), 0.599_146_454_710_798_2, 0.0025),
            (ResponseQuantile(0.99), 0.921_034_037_197_618_2, 0.0035),
            (WaitQuantile(0.95), 0.460_517_018_598_809_1, 0.003),
            (WaitQuantile(0.99), 0.782_404_601_085_629_3, 0.0035),
            (InSystem, 1.0, 0.002),
            (InQueue, 0.5, 0.003),
            (Utilization, 0.5, 0.00065),
        ]),
        queue("mm1-rho80", 80.0, 2e5, Servers::Cpu(1), exponential(0.01)).knows(&[
            (MeanWait, 0.04, 0.0035),
            (MeanResponse, 0.05, 0.003),
            (Delayed, 0.8, 0.0005),
            (ResponseQuantile(0.5), 0.034_657_359_027_997_26, 0.0025),
            (ResponseQuantile(0.95), 0.149_786_613_677_699_55, 0.004),
            (ResponseQuantile(0.99), 0.230_258_509_299_404_56, 0.0055),
            (WaitQuantile(0.95), 0.138_629_436_111_989_05, 0.004),
            (WaitQuantile(0.99), 0.219_101_331_733_694_1, 0.006),
            (InSystem, 4.0, 0.003),
            (InQueue, 3.2, 0.0035),
            (Utilization, 0.8, 0.00045),
        ]),
        queue("mm1-rho95", 95.0, 1e6, Servers::Places(1), exponential(0.01)).knows(&[
            (MeanWait, 0.19, 0.0055),
            (MeanResponse, 0.2, 0.0055),
            (Delayed, 0.95, 0.0002),
            (ResponseQuantile(0.5), 0.138_629_436_111_989_05, 0.0045),
            (ResponseQuantile(0.95), 0.599_146_454_710_798_2, 0.007),
            (ResponseQuantile(0.99), 0.921_034_037_197_618_2, 0.015),
            (WaitQuantile(0.95), 0.588_887_795_833_288_1, 0.007),
            (WaitQuantile(0.99), 0.910_775_378_320_108_1, 0.015),
            (InQueue, 18.05, 0.0055),
            (InSystem, 19.0, 0.0055),
            (Utilization, 0.95, 0.0002),
        ]),
    ]
}

/// M/M/c: Erlang C.
fn several() -> Vec<Case> {
    vec![
        queue("mmc-2-rho75", 15.0, 1e5, Servers::Cpu(2), exponential(0.1)).knows(&[
            (Delayed, 0.642_857_142_857_142_9, 0.0015),
            (MeanWait, 0.128_571_428_571_428_56, 0.006),
            (MeanResponse, 0.228_571_428_571_428_56, 0.0035),
            (InQueue, 1.928_571_428_571_428_6, 0.006),
            (InSystem, 3.428_571_428_571_428_4, 0.004),
            (Utilization, 0.75, 0.0007),
            (WaitQuantile(0.95), 0.510_779_904_254_990_3, 0.0055),
            (WaitQuantile(0.99), 0.832_667_486_741_810_5, 0.009),
            (ResponseQuantile(0.5), 0.168_806_792_290_421_17, 0.003),
            (ResponseQuantile(0.95), 0.647_658_099_896_964_2, 0.006),
            (ResponseQuantile(0.99), 0.970_950_344_178_698, 0.0075),
        ]),
        queue("mmc-10-rho80", 80.0, 2e5, Servers::Places(10), exponential(0.1)).knows(&[
            (Delayed, 0.409_180_150_796_443_54, 0.002),
            (MeanWait, 0.020_459_007_539_822_178, 0.006),
            (MeanResponse, 0.120_459_007_539_822_18, 0.0015),
            (InQueue, 1.636_720_603_185_774_2, 0.006),
            (InSystem, 9.636_720_603_185_774, 0.0015),
            (Utilization, 0.8, 0.00045),
            (WaitQuantile(0.95), 0.105_106_626_006_636_84, 0.0055),
            (WaitQuantile(0.99), 0.185_578_521_628_341_85, 0.0085),
            (ResponseQuantile(0.5), 0.091_214_461_060_697_78, 0.001),
            (ResponseQuantile(0.95), 0.332_827_467_856_012_3, 0.0015),
            (ResponseQuantile(0.99), 0.494_611_132_761_145_3, 0.0015),
        ]),
        queue("mmc-100-rho95", 950.0, 1.5e6, Servers::Places(100), exponential(0.1)).knows(&[
            (Delayed, 0.506_456_853_913_020_6, 0.003),
            (MeanWait, 0.010_129_137_078_260_412, 0.009),
            (MeanResponse, 0.110_129_137_078_260_41, 0.00085),
            (InSystem, 104.622_680_224_347_39, 0.00095),
            (Utilization, 0.95, 0.0002),
            (WaitQuantile(0.95), 0.046_308_322_597_204_79, 0.0085),
            (ResponseQuantile(0.5), 0.080_791_589_737_404_36, 0.0015),
            (ResponseQuantile(0.95), 0.311_494_870_121_193_76, 0.0005),
            (ResponseQuantile(0.99), 0.472_438_704_894_915_24, 0.001),
            (WaitQuantile(0.99), 0.078_497_080_845_886_8, 0.015),
            (InQueue, 9.622_680_224_347_39, 0.009),
        ]),
    ]
}

/// Loss systems (Erlang B holds for any service law), and M/M/c/K.
fn bounded() -> Vec<Case> {
    let always = |span| Distribution::constant(seconds(span));
    vec![
        queue("mgcc-10-a8-exp", 80.0, 1e5, Servers::Places(10), exponential(0.1)).with_room(0).knows(&[
            (Blocked, 0.121_661_064_252_951_53, 0.0025),
            (InSystem, 7.026_711_485_976_388, 0.00045),
            (Throughput, 70.267_114_859_763_88, 0.0004),
        ]),
        queue("mgcc-10-a8-det", 80.0, 1e5, Servers::Places(10), always(0.1)).with_room(0).knows(&[
            (Blocked, 0.121_661_064_252_951_53, 0.002),
            (InSystem, 7.026_711_485_976_388, 0.0003),
            (Throughput, 70.267_114_859_763_88, 0.0003),
        ]),
        queue("mgcc-100-a90-exp", 900.0, 2e5, Servers::Places(100), exponential(0.1)).with_room(0).knows(&[
            (Blocked, 0.026_957_380_464_359_235, 0.0065),
            (InSystem, 87.573_835_758_207_68, 0.0003),
            (Throughput, 875.738_357_582_076_7, 0.0003),
        ]),
        queue("mmck-1-5-rho90", 9.0, 1e5, Servers::Places(1), exponential(0.1)).with_room(4).knows(&[
            (Blocked, 0.126_022_549_988_368_6, 0.0025),
            (InSystem, 2.194_782_300_628_095_8, 0.001),
            (Throughput, 7.865_797_050_104_683, 0.00045),
            (MeanWait, 0.179_028_595_150_301_6, 0.0015),
            (MeanResponse, 0.279_028_595_150_301_6, 0.0015),
            (WaitQuantile(0.99), 0.798_728_735_298_396_6, 0.0015),
            (Utilization, 0.786_579_705_010_468_3, 0.0005),
        ]),
        queue("mmck-2-10-rho125", 25.0, 1e5, Servers::Places(2), exponential(0.1)).with_room(8).knows(&[
            (Blocked, 0.221_394_885_318_781_32, 0.0025),
            (InSystem, 7.117_288_455_536_357, 0.00085),
            (Throughput, 19.465_127_867_030_468, 0.00055),
            (MeanWait, 0.265_643_036_313_747_4, 0.0015),
            (MeanResponse, 0.365_643_036_313_747_4, 0.0015),
            (WaitQuantile(0.99), 0.707_025_726_852_365_9, 0.0015),
            (Utilization, 0.973_256_393_351_523_4, 0.0002),
        ]),
        queue("mmck-1-10-rho200", 200.0, 1e5, Servers::Places(1), exponential(0.01)).with_room(9).knows(&[
            (Blocked, 0.500_244_259_892_525_6, 0.0008),
            (InSystem, 9.005_373_717_635_564, 0.00025),
            (Throughput, 99.951_148_021_494_87, 0.0007),
            (MeanWait, 0.080_097_751_710_654_93, 0.0009),
            (MeanResponse, 0.090_097_751_710_654_94, 0.001),
            (WaitQuantile(0.99), 0.166_072_910_973_654_92, 0.0015),
            (Utilization, 0.999_511_480_214_948_7, 0.0001),
        ]),
    ]
}

/// M/G/1 (Pollaczek–Khinchine) and M/D/c (Crommelin).
fn general() -> Vec<Case> {
    let mean = seconds(0.1);
    let gamma = |shape| Distribution::gamma(shape, mean).expect("a shape above zero");
    let lognormal = Distribution::lognormal_mean_cv(mean, 2.0).expect("a mean above zero");
    // Pareto I with mean 0.1 s and α = 3.5 has its minimum at 0.1·2.5/3.5.
    let pareto = Distribution::pareto(3.5, seconds(0.1 * 2.5 / 3.5)).expect("a minimum above zero");
    vec![
        queue("md1-rho80", 8.0, 1e5, Servers::Cpu(1), Distribution::constant(mean)).knows(&[
            (MeanWait, 0.2, 0.004),
            (MeanResponse, 0.3, 0.0025),
            (Delayed, 0.8, 0.00055),
            (InSystem, 2.4, 0.003),
            (WaitVariance(0.2), 0.053_333_333_333_333_34, 0.015),
            (WaitQuantile(0.95), 0.662_032_499_684_072_4, 0.005),
            (WaitQuantile(0.99), 1.035_588_679_199_495_3, 0.0075),
        ]),
        queue("mg1-logn-cv2-rho70", 7.0, 4e5, Servers::Cpu(1), lognormal).knows(&[
            (MeanWait, 0.583_333_333_333_333_5, 0.007),
            (MeanResponse, 0.683_333_333_333_333_5, 0.006),
            (Delayed, 0.7, 0.0006),
            (InSystem, 4.783_333_333_333_334, 0.006),
            (WaitQuantile(0.95), 2.522_532_664_023_440_2, 0.0065),
            (ResponseQuantile(0.95), 2.657_140_863_892_318_6, 0.006),
            (WaitQuantile(0.99), 5.132_066_518_499_299_5, 0.015),
            (ResponseQuantile(0.99), 5.268_833_414_656_764, 0.015),
        ]),
        queue("mg1-gamma05-rho75", 7.5, 2e5, Servers::Places(1), gamma(0.5)).knows(&[
            (MeanWait, 0.45, 0.0035),
            (MeanResponse, 0.55, 0.003),
            (Delayed, 0.75, 0.00055),
            (InSystem, 4.125, 0.003),
            (WaitVariance(0.45), 0.352_5, 0.015),
        ]),
        queue("mg1-erlang2-rho80", 8.0, 1e5, Servers::Places(1), gamma(2.0)).knows(&[
            (MeanWait, 0.3, 0.0045),
            (MeanResponse, 0.4, 0.0035),
            (Delayed, 0.8, 0.0007),
            (InSystem, 3.2, 0.004),
            (WaitVariance(0.3), 0.13, 0.015),
            (WaitQuantile(0.95), 1.024_275_652_797_825, 0.0055),
            (WaitQuantile(0.99), 1.613_058_319_230_499_5, 0.0085),
        ]),
        queue("mg1-pareto35-rho60", 6.0, 2e5, Servers::Cpu(1), pareto).knows(&[
            (MeanWait, 0.089_285_714_285_714_3, 0.002),
            (MeanResponse, 0.189_285_714_285_714_3, 0.00095),
            (Delayed, 0.6, 0.00045),
            (InSystem, 1.135_714_285_714_286, 0.0015),
        ]),
        queue("mdc-4-rho90", 36.0, 2e5, Servers::Cpu(4), Distribution::constant(mean)).knows(&[
            (MeanWait, 0.099_996_588_562_949_5, 0.006),
            (Delayed, 0.775_436_586_267_421_1, 0.00095),
            (MeanResponse, 0.199_996_588_562_949_5, 0.003),
            (WaitQuantile(0.95), 0.339_698_630_558_544_55, 0.0065),
            (WaitQuantile(0.99), 0.533_937_720_903_165_5, 0.01),
        ]),
    ]
}

/// Clients that give up waiting. Once in service they count as served, whenever their patience ends.
fn impatient() -> Vec<Case> {
    let tenth = Distribution::constant(seconds(0.1));
    vec![
        queue("erlangA-100-rho100", 100.0, 2e5, Servers::Places(100), exponential(1.0))
            .with_patience(exponential(2.0))
            .knows(&[
                (Abandoned, 0.033_030_152_528_288_15, 0.0075),
                (MeanTimeInQueue, 0.066_060_305_056_576_3, 0.008),
                (Delayed, 0.596_703_138_019_572_9, 0.0045),
                (InQueue, 6.606_030_505_657_63, 0.008),
                (Utilization, 0.966_969_847_471_711_9, 0.0003),
            ]),
        queue("erlangA-10-rho120", 12.0, 1e5, Servers::Places(10), exponential(1.0))
            .with_patience(exponential(0.5))
            .knows(&[
                (Abandoned, 0.232_906_086_816_922_4, 0.002),
                (MeanTimeInQueue, 0.116_453_043_408_461_2, 0.002),
                (Delayed, 0.658_135_172_593_083_1, 0.0015),
                (InQueue, 1.397_436_520_901_534_5, 0.0025),
                (Utilization, 0.920_512_695_819_693_1, 0.0003),
            ]),
        queue("mmcD-20-rho110", 220.0, 1e5, Servers::Places(20), exponential(0.1))
            .with_patience(tenth)
            .knows(&[
                (Abandoned, 0.098_437_727_801_999_91, 0.0055),
                (Delayed, 0.949_594_028_089_476_7, 0.0008),
                (MeanTimeInQueue, 0.065_723_685_567_826_08, 0.0025),
                (MeanWait, 0.061_981_201_422_050_86, 0.0025),
            ]),
    ]
}

/// D/M/c, and farms of M servers behind a load balancer.
fn spaced_and_spread() -> Vec<Case> {
    vec![
        queue("dm1-rho80", 8.0, 1e5, Servers::Places(1), exponential(0.1)).evenly_spaced(8.0).knows(&[
            (Delayed, 0.628_629_796_496_946_7, 0.0015),
            (MeanWait, 0.169_273_083_991_989_73, 0.005),
            (MeanResponse, 0.269_273_083_991_989_74, 0.0035),
            (ResponseQuantile(0.99), 1.240_048_378_288_978_4, 0.0065),
            (WaitQuantile(0.99), 1.115_048_378_288_978_4, 0.0075),
        ]),
        queue("dm4-rho90", 36.0, 2e5, Servers::Cpu(4), exponential(0.1)).evenly_spaced(36.0).knows(&[
            (Delayed, 0.665_174_669_686_114_9, 0.0015),
            (MeanWait, 0.086_117_826_763_326_09, 0.0065),
            (MeanResponse, 0.186_117_826_763_326_1, 0.003),
        ]),
        queue("pool-rr4", 32.0, 1e5, Servers::Places(1), exponential(0.1))
            .on_tasks(4, Routing::RoundRobin)
            .knows(&[
                (MeanResponse, 0.326_738_361_031_936_15, 0.004),
                (ResponseQuantile(0.95), 0.978_820_653_151_506_8, 0.005),
                (ResponseQuantile(0.99), 1.504_685_758_842_885_5, 0.007),
            ]),
        queue("pool-rand4", 32.0, 2e5, Servers::Cpu(1), exponential(0.1)).on_tasks(4, Routing::Random).knows(
            &[
                (MeanResponse, 0.5, 0.003),
                (ResponseQuantile(0.95), 1.497_866_136_776_995_4, 0.004),
                (ResponseQuantile(0.99), std::f64::consts::LN_10, 0.005),
            ],
        ),
    ]
}

#[test]
fn markovian_queues_wait_as_erlang_c_says() {
    check(&single());
    check(&several());
}

#[test]
fn loss_systems_and_bounded_queues_refuse_as_erlang_b_says() {
    check(&bounded());
}

#[test]
fn single_servers_with_any_service_law_wait_as_pollaczek_and_khinchine_say() {
    check(&general());
}

#[test]
fn impatient_clients_give_up_as_erlang_a_says() {
    check(&impatient());
}

#[test]
fn even_arrivals_and_farms_wait_as_theory_says() {
    check(&spaced_and_spread());
}

#[test]
fn the_suite_makes_no_more_stochastic_checks_than_its_alarm_rate_allows() {
    let families = [single(), several(), bounded(), general(), impatient(), spaced_and_spread()];
    let stationary: usize = families.iter().flatten().map(|case| case.checks.len()).sum();
    let elsewhere = [
        super::snapshots::CHECKS,
        super::arrivals::CHECKS,
        super::exact::STOCHASTIC_CHECKS,
        super::intervals::CHECKS,
        super::events::checks(),
        super::families::checks(),
    ];
    let all = stationary + elsewhere.iter().sum::<usize>();
    assert!((320..=CHECKS).contains(&all), "{all} checks");
}
