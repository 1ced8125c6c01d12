//! Families of queues whose parameters nobody chose: each is drawn from a fixed seed and held against its closed form.
//!
//! The cases beside this file have parameters that are published, and a model can be tuned to those. Here the load, the number
//! of servers, the mean and the shape of every law are drawn, and the truth is computed by the formula.
//!
//! **False alarms.** Every figure is judged by the rule of [`super`], so each alarms with probability at most
//! 10⁻⁴ / [`CHECKS`] = 2.5·10⁻⁷: the whole file, with at most 130 figures, with probability below 3.3·10⁻⁵ whenever its
//! random numbers change. A replication has 60 000 requests after 20 000 of warm-up, and there are 40 of them; a figure counts
//! only where its standard error is below 2 % of the truth for shares and rates, 3 % for times and lengths, 6 % for variances.

use windtunnel::kernel::random::{Distribution, Rng};
use windtunnel::kernel::serving::Routing;

use super::measure::Quantity::{
    Abandoned, Blocked, Delayed, InSystem, MeanResponse, MeanTimeInQueue, MeanWait, ResponseQuantile,
    Throughput, Utilization, WaitQuantile, WaitVariance,
};
use super::measure::{CHECKS, Case, Quantity, check};
use super::stationary::{Servers, exponential, queue, seconds};

/// The seed of all parameters; each family adds its number.
const SEED: u64 = 0x5EED_FA11;
/// Most figures of this file; its false-alarm rate is this many of [`CHECKS`] shares of 10⁻⁴.
const FIGURES: usize = 130;

/// Where parameters come from.
struct Draw(Rng);

impl Draw {
    fn of(family: u64) -> Self {
        Self(Rng::from_key(SEED + family))
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.open_unit()
    }

    fn whole(&mut self, low: u32, high: u32) -> u32 {
        low + u32::try_from(self.0.below(u64::from(high - low + 1))).expect("below a u32")
    }

    /// A mean service time from 5 to 500 ms, each order of magnitude as likely [s].
    fn mean(&mut self) -> f64 {
        0.005 * 100.0_f64.powf(self.0.open_unit())
    }
}

/// A law of service times with the moments that the formulas need.
struct Service {
    law: Distribution,
    /// E[S], E[S²], E[S³] [s, s², s³].
    moments: [f64; 3],
}

impl Service {
    fn constant(mean: f64) -> Self {
        Self { law: Distribution::constant(seconds(mean)), moments: [mean, mean.powi(2), mean.powi(3)] }
    }

    fn exponential(mean: f64) -> Self {
        Self { law: exponential(mean), moments: [mean, 2.0 * mean.powi(2), 6.0 * mean.powi(3)] }
    }

    fn gamma(mean: f64, shape: f64) -> Self {
        let second = 1.0 + 1.0 / shape;
        let law = Distribution::gamma(shape, seconds(mean)).expect("a shape above zero");
        Self { law, moments: [mean, mean.powi(2) * second, mean.powi(3) * second * (1.0 + 2.0 / shape)] }
    }

    fn weibull(scale: f64, shape: f64) -> Self {
        let moment = |order: i32| scale.powi(order) * libm::tgamma(1.0 + f64::from(order) / shape);
        let law = Distribution::weibull(shape, seconds(scale)).expect("a shape above zero");
        Self { law, moments: [moment(1), moment(2), moment(3)] }
    }

    fn lognormal(mean: f64, cv: f64) -> Self {
        let second = 1.0 + cv * cv;
        let law = Distribution::lognormal_mean_cv(seconds(mean), cv).expect("a mean above zero");
        Self { law, moments: [mean, mean.powi(2) * second, mean.powi(3) * second.powi(3)] }
    }
}

/// Erlang's B: the share refused by `servers` without a waiting room, offered `load` Erlangs.
fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, n| load * blocked / (f64::from(n) + load * blocked))
}

/// Erlang's C: the share that waits.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let (blocked, servers) = (erlang_b(servers, load), f64::from(servers));
    servers * blocked / (servers - load * (1.0 - blocked))
}

/// Probabilities of 0, 1, … `most` requests in a birth–death system with this ratio of birth n−1 → n to death n.
fn birth_death(most: u32, ratio: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut weights = vec![1.0];
    (1..=most).for_each(|n| weights.push(weights[n as usize - 1] * ratio(n)));
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Mean number that wait for one of `servers`.
fn waiting(states: &[f64], servers: u32) -> f64 {
    states.iter().enumerate().map(|(n, p)| (n as f64 - f64::from(servers)).max(0.0) * p).sum()
}

/// The largest standard error, as a share of the truth.
fn noise(quantity: Quantity) -> f64 {
    match quantity {
        WaitVariance(_) => 0.06,
        MeanWait | MeanTimeInQueue | MeanResponse | WaitQuantile(_) | ResponseQuantile(_) | InSystem => 0.03,
        _ => 0.02,
    }
}

/// A queue of this family, its name made of what was drawn.
fn member(family: &str, rate: f64, servers: Servers, law: &Distribution) -> Case {
    let name = format!("{family} at {rate:.4}/s of {law:?}");
    Case { replications: 40, ..queue(&name, rate, 6e4, servers, law.clone()) }
}

impl Case {
    fn has(self, truths: &[(Quantity, f64)]) -> Self {
        let known: Vec<_> = truths.iter().map(|(q, truth)| (*q, *truth, noise(*q))).collect();
        self.knows(&known)
    }
}

/// M/M/c: Erlang C; c = 1 for the first three.
fn waiting_markovian() -> Vec<Case> {
    let mut draw = Draw::of(1);
    let mut case = |servers: u32| {
        let (mean, load) = (draw.mean(), draw.between(0.4, 0.85) * f64::from(servers));
        let (rate, delayed) = (load / mean, erlang_c(servers, load));
        let drain = f64::from(servers) / mean - rate;
        let quantile = draw.between(1.0 - 0.5 * delayed, 1.0 - 0.1 * delayed);
        member(&format!("M/M/{servers}"), rate, Servers::Places(servers), &exponential(mean)).has(&[
            (Delayed, delayed),
            (MeanWait, delayed / drain),
            (MeanResponse, delayed / drain + mean),
            (WaitQuantile(quantile), (delayed / (1.0 - quantile)).ln() / drain),
        ])
    };
    let mut cases: Vec<Case> = (0..3).map(|_| case(1)).collect();
    let mut sizes = Draw::of(2);
    cases.extend((0..3).map(|_| case(sizes.whole(2, 24))));
    cases
}

/// M/M/c/K: K − c may wait.
fn bounded() -> Vec<Case> {
    let mut draw = Draw::of(3);
    let case = |_| {
        let (servers, room, mean) = (draw.whole(1, 8), draw.whole(1, 10), draw.mean());
        let load = draw.between(0.7, 1.4) * f64::from(servers);
        let rate = load / mean;
        let states = birth_death(servers + room, |n| load / f64::from(n.min(servers)));
        let blocked = states[states.len() - 1];
        let admitted = rate * (1.0 - blocked);
        let name = format!("M/M/{servers}/{}", servers + room);
        member(&name, rate, Servers::Places(servers), &exponential(mean)).with_room(room).has(&[
            (Blocked, blocked),
            (MeanWait, waiting(&states, servers) / admitted),
            (Throughput, admitted),
        ])
    };
    (0..4).map(case).collect()
}

/// M/G/c/c: Erlang B for any law; the last two as c tasks of one place behind a route to the least outstanding requests.
fn lossy() -> Vec<Case> {
    let mut draw = Draw::of(4);
    let mut case = |by_tasks: bool| {
        let (servers, mean, cv) = (draw.whole(2, 16), draw.mean(), draw.between(0.5, 1.8));
        let load = draw.between(0.7, 1.3) * f64::from(servers);
        let (rate, blocked) = (load / mean, erlang_b(servers, load));
        let law = Service::lognormal(mean, cv).law;
        let name = format!("M/G/{servers}/{servers} by tasks: {by_tasks}");
        let case = if by_tasks {
            let farm = member(&name, rate, Servers::Places(1), &law);
            farm.on_tasks(servers, Routing::LeastOutstandingRequests)
        } else {
            member(&name, rate, Servers::Places(servers), &law)
        };
        case.with_room(0).has(&[(Blocked, blocked), (InSystem, load * (1.0 - blocked))])
    };
    [false, false, true, true].map(&mut case).into()
}

/// M/G/1: Pollaczek–Khinchine, for constant, gamma, Weibull and lognormal service; the laws take turns in a place and on a CPU.
fn single() -> Vec<Case> {
    let mut draw = Draw::of(5);
    let mut cases = Vec::new();
    for index in 0..8_u32 {
        let (mean, shape) = (draw.mean(), draw.between(0.6, 3.0));
        let service = match index / 2 {
            0 => Service::constant(mean),
            1 => Service::gamma(mean, shape),
            2 => Service::weibull(mean, shape),
            _ => Service::lognormal(mean, draw.between(0.4, 1.6)),
        };
        let [first, second, third] = service.moments;
        let load = draw.between(0.4, 0.8);
        let rate = load / first;
        let wait = rate * second / 2.0 / (1.0 - load);
        let servers = if index.is_multiple_of(2) { Servers::Places(1) } else { Servers::Cpu(1) };
        let case = member("M/G/1", rate, servers, &service.law);
        let case = case.has(&[(Delayed, load), (MeanWait, wait), (MeanResponse, wait + first)]);
        // The lognormal's sample variance of waits depends on its fourth moment, and is too noisy to count.
        let variance = wait * wait + rate * third / 3.0 / (1.0 - load);
        cases.push(if index < 6 { case.has(&[(WaitVariance(wait), variance)]) } else { case });
    }
    cases
}

/// M/G/∞: no limit of places, and so the mean number depends on the mean service time only.
fn unlimited() -> Vec<Case> {
    let mut draw = Draw::of(6);
    let laws = [Service::exponential, |mean| Service::gamma(mean, 0.7), |mean| Service::lognormal(mean, 1.4)];
    let case = |service: fn(f64) -> Service| {
        let (service, load) = (service(draw.mean()), draw.between(2.0, 40.0));
        let mean = service.moments[0];
        let case = member("M/G/inf", load / mean, Servers::Places(1), &service.law);
        case.service(|service| service.task.concurrency = None).has(&[(InSystem, load), (MeanResponse, mean)])
    };
    laws.map(case).into()
}

/// M/M/1 whose clients wait a constant time at most, and M/M/c whose clients wait an exponential one.
///
/// With a constant patience D the work found by an arrival has density λp₀e^(−(μ−λ)x) up to D and falls as e^(−μx) beyond
/// (level crossings); who finds more than D gives up.
fn impatient() -> Vec<Case> {
    let mut draw = Draw::of(7);
    let mut cases = Vec::new();
    for _ in 0..3 {
        let (mean, load) = (draw.mean(), draw.between(0.6, 0.95));
        let patience = mean * draw.between(0.5, 3.0);
        let (rate, gap) = (load / mean, (1.0 - load) / mean);
        let beyond = (-gap * patience).exp();
        let idle = 1.0 / (1.0 + rate * (1.0 - beyond) / gap + load * beyond);
        let abandoned = idle * load * beyond;
        let waited = idle * rate * (1.0 - beyond * (1.0 + gap * patience)) / gap.powi(2);
        let case = member("M/M/1+D", rate, Servers::Places(1), &exponential(mean));
        cases.push(case.with_patience(Distribution::constant(seconds(patience))).has(&[
            (Abandoned, abandoned),
            (Delayed, 1.0 - idle),
            (MeanWait, waited / (1.0 - abandoned)),
            (MeanTimeInQueue, waited + abandoned * patience),
        ]));
    }
    for _ in 0..3 {
        let (servers, mean) = (draw.whole(2, 12), draw.mean());
        let load = draw.between(0.8, 1.2) * f64::from(servers);
        let patience = mean * draw.between(0.5, 4.0);
        let rate = load / mean;
        let deaths =
            |n: u32| f64::from(n.min(servers)) + f64::from(n.saturating_sub(servers)) * mean / patience;
        let states = birth_death(servers * 40, |n| load / deaths(n));
        let waiting = waiting(&states, servers);
        let case = member(&format!("M/M/{servers}+M"), rate, Servers::Places(servers), &exponential(mean));
        cases.push(case.with_patience(exponential(patience)).has(&[
            (Abandoned, waiting / patience / rate),
            (Delayed, states[servers as usize..].iter().sum()),
            (MeanTimeInQueue, waiting / rate),
        ]));
    }
    cases
}

/// M/G/1-PS: the mean response time is that of M/M/1, whatever the law.
fn shared() -> Vec<Case> {
    let mut draw = Draw::of(8);
    let laws = [
        Service::exponential,
        Service::constant,
        |mean| Service::weibull(mean, 0.8),
        |mean| Service::lognormal(mean, 1.3),
    ];
    let case = |service: fn(f64) -> Service| {
        let (service, load) = (service(draw.mean()), draw.between(0.4, 0.75));
        let mean = service.moments[0];
        member("M/G/1-PS", load / mean, Servers::Cpu(1), &service.law).by_sharing().has(&[
            (MeanResponse, mean / (1.0 - load)),
            (InSystem, load / (1.0 - load)),
            (Utilization, load),
        ])
    };
    laws.map(case).into()
}

/// A random split over tasks of one place: each is an M/M/1.
fn split() -> Vec<Case> {
    let mut draw = Draw::of(9);
    let case = |_| {
        let (tasks, mean, load) = (draw.whole(2, 12), draw.mean(), draw.between(0.4, 0.8));
        let response = mean / (1.0 - load);
        let quantile = draw.between(0.5, 0.97);
        let farm = member("split", load / mean * f64::from(tasks), Servers::Places(1), &exponential(mean));
        farm.on_tasks(tasks, Routing::Random).has(&[
            (Delayed, load),
            (MeanResponse, response),
            (ResponseQuantile(quantile), -(1.0 - quantile).ln() * response),
        ])
    };
    (0..3).map(case).collect()
}

/// Figures of this file.
pub(super) fn checks() -> usize {
    let families =
        [waiting_markovian(), bounded(), lossy(), single(), unlimited(), impatient(), shared(), split()];
    families.iter().flatten().map(|case| case.checks.len()).sum()
}

#[test]
fn the_families_alarm_falsely_less_than_once_in_ten_thousand() {
    let figures = checks();
    assert!((80..=FIGURES).contains(&figures) && FIGURES < CHECKS, "{figures} figures");
}

#[test]
fn drawn_markovian_queues_wait_as_erlang_c_says() {
    check(&waiting_markovian());
}

#[test]
fn drawn_bounded_queues_refuse_and_wait_as_their_states_say() {
    check(&bounded());
}

#[test]
fn drawn_loss_systems_refuse_as_erlang_b_says_whatever_the_law() {
    check(&lossy());
}

#[test]
fn drawn_single_servers_wait_as_pollaczek_and_khinchine_say() {
    check(&single());
}

#[test]
fn drawn_services_without_a_limit_hold_their_load_whatever_the_law() {
    check(&unlimited());
}

#[test]
fn drawn_impatient_clients_give_up_as_theory_says() {
    check(&impatient());
}

#[test]
fn drawn_shared_processors_answer_on_average_as_insensitivity_says() {
    check(&shared());
}

#[test]
fn drawn_random_splits_answer_as_single_queues_do() {
    check(&split());
}
