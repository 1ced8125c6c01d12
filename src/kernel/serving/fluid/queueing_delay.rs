//! The waiting that chance causes, for the fluid plane: how likely a request waits and how long, from the rate at one
//! task. An approximation, and marked as one wherever it is shown.
//!
//! A task is two queues in a row, as in the request model: its CPU servers and its places. Each is a GI/G/c queue.
//! Round robin over n tasks gives each task every n-th arrival of a load balancer node, so the gaps between them have a
//! squared coefficient of variation of 1/n, not 1: the single most important thing about waiting behind a load balancer. The
//! nodes keep their turns apart, so a task sees the superposition of one such stream a node: even over many arrivals, and by
//! chance over few ([`QueueingDelays::gap_variation`]). The mean wait is
//! Allen and Cunneen's (1978) with the factor of Krämer and Langenbach-Belz (1976), and so is the probability of
//! waiting, both carried over from one server to c by Erlang's formula; a wait, once there is one, is exponential.
//! What is left out: how a queue comes to its stationary state; above [`MOST_UTILIZED`] the backlog of the flow decides.

use alloc::vec::Vec;

use crate::random::DiscretizedLaw;
use crate::serving::plan::{RequestPlan, Routing, RoutingPlan, TaskPlan};
use crate::traffic::TrafficPlan;

/// Utilization that the formulas are asked for at most: nearer to one a queue needs longer to become stationary than a
/// control loop lets it be.
const MOST_UTILIZED: f64 = 0.97;
/// Points of the table of Erlang's formula, between utilizations 0 and 1.
const POINTS: usize = 256;
/// Servers above which Erlang's formula is replaced by its limit for many servers (Halfin and Whitt 1981).
const MANY: u32 = 500;

/// A wait: with probability `probable` it is exponential with this mean \[ns\], else there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct QueueingDelay {
    /// Probability of a wait, in [0, 1].
    pub probable: f64,
    /// Mean of a wait that there is \[ns\].
    pub mean: f64,
}

impl QueueingDelay {
    /// The mean over all requests \[ns\].
    #[must_use]
    pub fn overall(&self) -> f64 {
        self.probable * self.mean
    }

    /// Both waits one after the other, as a wait of the same probability and mean.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        let probable = 1.0 - (1.0 - self.probable) * (1.0 - other.probable);
        let overall = self.overall() + other.overall();
        Self { probable, mean: if probable > 0.0 { overall / probable } else { 0.0 } }
    }
}

/// Servers with a queue.
#[derive(Clone, Debug)]
struct Station {
    servers: f64,
    /// Mean time that a server is busy with a request \[ns\], and its squared coefficient of variation.
    busy: f64,
    variation: f64,
    /// Probability that all servers are busy under Poisson arrivals and exponential times, by utilization.
    all_busy: Vec<f64>,
}

/// The waits of one service's requests.
#[derive(Clone, Debug)]
pub struct QueueingDelays {
    cpu: Option<Station>,
    places: Option<Station>,
    routing: Routing,
    /// Load balancer nodes, each with its own turn.
    nodes: f64,
    evenly_spaced: bool,
    /// Longest wait that the waiting queue allows \[ns\].
    longest: f64,
    /// Variance of the wait behind a backlog ÷ its mean \[ns\].
    pub dispersion: f64,
}

impl Station {
    fn new(servers: u32, busy: f64, variation: f64) -> Option<Self> {
        let point = |index: usize| index as f64 / POINTS as f64;
        let all_busy = (0..POINTS).map(|index| all_busy(servers, point(index))).chain([1.0]).collect();
        (busy > 0.0).then(|| Self { servers: f64::from(servers), busy, variation, all_busy })
    }

    /// Share of the servers that are busy when requests arrive at `rate` [requests/s] and stay `more` \[ns\] longer
    /// than of their own, within what the formulas are asked for.
    fn utilization(&self, rate: f64, more: f64) -> f64 {
        (rate * (self.busy + more) / 1e9 / self.servers).min(MOST_UTILIZED)
    }

    /// Arrivals that a wait depends on, in order of magnitude: as many as are in an M/M/1 queue, ρ/(1 − ρ), and one for each
    /// further server.
    fn horizon(&self, rate: f64, more: f64) -> f64 {
        let idle = 1.0 - self.utilization(rate, more);
        (1.0 - idle) / idle + self.servers - 1.0
    }

    /// The wait when requests arrive at `rate` [requests/s] in gaps of this squared variation and stay `more` \[ns\]
    /// longer than of their own.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index of the table")]
    fn delay(&self, rate: f64, gaps: f64, more: f64) -> QueueingDelay {
        let busy = self.busy + more;
        let utilization = self.utilization(rate, more);
        if utilization <= 0.0 {
            return QueueingDelay::default();
        }
        let place = utilization * POINTS as f64;
        let (index, share) = (place as usize, place - (place as usize) as f64);
        let erlang = self.all_busy[index] * (1.0 - share) + self.all_busy[index + 1] * share;
        let times = self.variation * (self.busy / busy) * (self.busy / busy);
        let both = gaps + times;
        if erlang <= 0.0 || both <= 0.0 {
            return QueueingDelay::default();
        }
        let idle = 1.0 - utilization;
        let calm = (1.0 - gaps) * (1.0 - gaps);
        let evenness = libm::exp(-2.0 * idle * calm / (3.0 * utilization * both));
        let waits = utilization
            + (gaps - 1.0) * utilization * idle * (1.0 + gaps + utilization * times)
                / (1.0 + utilization * (times - 1.0) + utilization * utilization * (4.0 * gaps + times));
        let probable = (erlang * waits / utilization).clamp(0.0, 1.0);
        let overall = erlang * busy / (self.servers * idle) * both / 2.0 * evenness;
        if probable <= 0.0 {
            QueueingDelay::default()
        } else {
            QueueingDelay { probable, mean: overall / probable }
        }
    }
}

/// Erlang's C: the probability that all of `servers` are busy at this utilization.
fn all_busy(servers: u32, utilization: f64) -> f64 {
    if servers > MANY {
        let room = (1.0 - utilization) * libm::sqrt(f64::from(servers));
        let below = 0.5 * libm::erfc(-room * core::f64::consts::FRAC_1_SQRT_2);
        let ratio = libm::sqrt(core::f64::consts::TAU) * room * below * libm::exp(room * room / 2.0);
        return 1.0 / (1.0 + ratio);
    }
    let load = utilization * f64::from(servers);
    let blocked = (1..=servers).fold(1.0, |blocked, k| load * blocked / (f64::from(k) + load * blocked));
    blocked / (1.0 - utilization * (1.0 - blocked))
}

impl QueueingDelays {
    /// The waits of a service with this plan of `(request, task, routing)` and traffic, of which one task finishes `capacity`
    /// requests a second, as far as it is limited. Requests stay in their place by the law of `service` when nothing delays them.
    #[must_use]
    pub fn new(
        (request, task, routing): (&RequestPlan, &TaskPlan, &RoutingPlan),
        traffic: &TrafficPlan,
        capacity: Option<f64>,
        service: &DiscretizedLaw,
    ) -> Self {
        let cpu = DiscretizedLaw::of(&request.cpu_time, 1.0 / task.cpu_speed());
        let servers = task.cpu_servers();
        let is_direct = task.concurrency.is_some_and(|places| servers >= places);
        let capacity = capacity.unwrap_or(f64::INFINITY);
        let holds = task.concurrency.and_then(|places| Some(f64::from(places) + f64::from(task.queue?)));
        let by_cpu = f64::from(servers) / cpu.mean() <= capacity / 1e9 * (1.0 + 1e-9);
        let variation = if by_cpu { cpu.squared_variation() } else { service.squared_variation() };
        Self {
            cpu: if is_direct { None } else { Station::new(servers, cpu.mean(), cpu.squared_variation()) },
            places: task
                .concurrency
                .and_then(|places| Station::new(places, service.mean(), service.squared_variation())),
            routing: routing.algorithm,
            nodes: f64::from(routing.nodes),
            evenly_spaced: matches!(traffic, TrafficPlan::EvenlySpaced(_)),
            longest: holds.map_or(f64::INFINITY, |holds| holds / capacity * 1e9),
            dispersion: if capacity.is_finite() { variation * 1e9 / capacity } else { 0.0 },
        }
    }

    /// The waits for the CPU and for a place when one of `tasks` takes `rate` requests a second.
    pub fn at(&self, rate: f64, tasks: usize) -> (QueueingDelay, QueueingDelay) {
        let within =
            |delay: QueueingDelay| QueueingDelay { mean: delay.mean.min(self.longest / 2.0), ..delay };
        let wait = |station: &Station, more: f64| {
            let gaps = self.gap_variation(station.horizon(rate, more), tasks);
            within(station.delay(rate, gaps, more))
        };
        let cpu = self.cpu.as_ref().map_or_else(QueueingDelay::default, |cpu| wait(cpu, 0.0));
        let place = |places: &Station| wait(places, cpu.overall());
        (cpu, self.places.as_ref().map_or_else(QueueingDelay::default, place))
    }

    /// The squared coefficient of variation of the gaps between one task's arrivals, as a station feels it whose wait
    /// depends on so many arrivals before.
    ///
    /// The count of one node's stream over a while has a variance of 1/n of its mean and 1/6 more (a renewal process of
    /// Erlang gaps; Cox 1962, "Renewal Theory", §4.5), and those of the m nodes add up: so over k arrivals the streams
    /// together are m/(6k) less even than 1/n, and never less than chance. Against single requests at one server it is within
    /// 8 % of the mean wait at utilizations of 40 to 90 %, for 1 to 3 nodes and 2 to 20 tasks; the hybrid of the Queueing
    /// Network Analyzer (Whitt 1983, eq. 29) is up to 100 % above it there.
    fn gap_variation(&self, horizon: f64, tasks: usize) -> f64 {
        let share = 1.0 / tasks.max(1) as f64;
        // A node's arrivals are drawn by chance from all.
        let of_node = if self.evenly_spaced { 1.0 - 1.0 / self.nodes } else { 1.0 };
        match (self.routing, self.evenly_spaced) {
            (Routing::RoundRobin, _) => {
                let even = share * of_node;
                let others = self.nodes - 1.0;
                even + (1.0 - even) * others / (others + 6.0 * horizon)
            }
            // Routing by load is not told apart from chance: it makes these waits shorter than stated.
            (_, false) => 1.0,
            (_, true) => 1.0 - share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_arrivals_and_exponential_times_are_exact() {
        // M/M/1 at 80 %: P(wait) = 0.8, mean wait of those who wait = 10 ms / (1 − 0.8).
        let one = Station::new(1, 10e6, 1.0).unwrap().delay(80.0, 1.0, 0.0);
        assert!((one.probable - 0.8).abs() < 1e-9 && (one.mean / 50e6 - 1.0).abs() < 1e-9, "{one:?}");
        // M/M/2 at 75 %: Erlang's C is 2ρ²/(1 + ρ) = 0.642857; a wait has mean s/(2(1 − ρ)).
        let two = Station::new(2, 10e6, 1.0).unwrap().delay(150.0, 1.0, 0.0);
        assert!((two.probable - 2.0 * 0.5625 / 1.75).abs() < 1e-4, "{two:?}");
        assert!((two.mean / 20e6 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn many_servers_go_over_into_their_limit() {
        for utilization in [0.9, 0.95, 0.99] {
            let (exact, limit) = (all_busy(MANY, utilization), all_busy(MANY + 1, utilization));
            assert!((exact - limit).abs() < 0.02, "{utilization}: {exact} and {limit}");
        }
    }

    #[test]
    fn several_nodes_that_take_turns_wait_as_single_requests_do() {
        // Lindley's recursion for one of `tasks` behind nodes that each send every n-th arrival to it; exponential times. The
        // mean wait of 400 000 requests has a standard error below 2 %, and the formula is within 10 % of the truth.
        let mut rng = crate::random::Rng::from_key(11);
        let mut exponential = || -libm::log(1.0 - rng.open_unit());
        let mut chance = crate::random::Rng::from_key(12);
        for (nodes, tasks) in [(1, 4_usize), (2, 2), (2, 10), (3, 3), (3, 20)] {
            for utilization in [0.5, 0.7] {
                let mut turns = alloc::vec![0; nodes];
                let (mut since, mut wait, mut service, mut sum, mut count) = (0.0, 0.0_f64, 0.0, 0.0, 0);
                while count < 400_000 {
                    since += exponential() / (utilization * tasks as f64);
                    let turn = &mut turns[usize::try_from(chance.below(nodes as u64)).unwrap()];
                    *turn = (*turn + 1) % tasks;
                    if *turn == 0 {
                        wait = (wait + service - since).max(0.0);
                        (since, service) = (0.0, exponential());
                        sum += wait;
                        count += 1;
                    }
                }
                let delays = QueueingDelays {
                    cpu: Station::new(1, 1e6, 1.0),
                    places: None,
                    routing: Routing::RoundRobin,
                    nodes: nodes as f64,
                    evenly_spaced: false,
                    longest: f64::INFINITY,
                    dispersion: 0.0,
                };
                let found = delays.at(1_000.0 * utilization, tasks).0.overall() / 1e6;
                let error = found / (sum / f64::from(count)) - 1.0;
                assert!(error.abs() < 0.12, "{nodes} nodes, {tasks} tasks at {utilization}: {error:+.3}");
            }
        }
    }

    #[test]
    fn every_nth_arrival_of_a_poisson_process_waits_as_an_erlang_queue_does() {
        // E_k/M/1: P(wait) is the root σ of σ = (kρ⁻¹ / (kρ⁻¹ + 1 − σ))^k with the gap's Erlang transform, and the mean
        // wait is σ/(1 − σ) of a service. The approximation stays within 12 % of both from 50 % utilization on.
        for tasks in [2_i32, 5, 10] {
            for utilization in [0.5, 0.7, 0.9] {
                let k = f64::from(tasks);
                let mut sigma = 0.5;
                for _ in 0..500 {
                    let base = k * utilization / (k * utilization + 1.0 - sigma);
                    sigma = libm::pow(base, k);
                }
                let delay = Station::new(1, 1e6, 1.0).unwrap().delay(1_000.0 * utilization, 1.0 / k, 0.0);
                let overall = sigma / (1.0 - sigma) * 1e6;
                assert!(
                    (delay.probable / sigma - 1.0).abs() < 0.12,
                    "{tasks} at {utilization}: {delay:?}, {sigma}"
                );
                assert!((delay.overall() / overall - 1.0).abs() < 0.12, "{tasks} at {utilization}");
            }
        }
    }
}
