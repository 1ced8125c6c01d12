//! A naive engine for what the event path adds: processor sharing, routes that look at load, clients that try again, tasks
//! that stop working for clients who gave up. It looks at every job of every task for whatever comes next, one thing at
//! a time, and keeps each job's work by itself: no virtual time, no heap, no slab.

use windtunnel::kernel::facts::{Attempt, Outcome, Rejection, RequestKey, Visit};
use windtunnel::kernel::random::{Purpose, Rng, Streams};
use windtunnel::kernel::serving::{CpuDiscipline, Jitter, Routing};
use windtunnel::kernel::simulation::ServicePlan;
use windtunnel::kernel::units::SimDuration;

use super::naive::Ask;

/// A unit of work is 2⁻²⁰ ns.
const FINE: u32 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    Waiting,
    InLine,
    /// Work left; on a server of its own, or a share of them.
    Working(u128),
    Blocked(u64),
}

#[derive(Clone, Copy, Debug)]
struct Job {
    origin: RequestKey,
    attempt: u32,
    serial: u64,
    ask: Ask,
    passage: Visit,
    doing: Doing,
    in_vain: bool,
}

/// Everything that was said of the attempts of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) answers: Vec<(RequestKey, Visit)>,
    pub(super) unanswered: Vec<Attempt>,
    pub(super) in_vain: Vec<Visit>,
}

impl Said {
    /// In an order of its own: what happens at one instant may be said in any order.
    pub(super) fn sorted(mut self) -> Self {
        let row = |p: &Visit| (p.arrival, p.start, p.cpu_start, p.cpu_end, p.end);
        self.answers.sort_by_key(|(origin, passage)| (row(passage), origin.first));
        self.unanswered
            .sort_by_key(|end| (end.at, end.visit.arrival, end.key.first, end.visit.start, end.will_retry));
        self.in_vain.sort_by_key(row);
        self
    }
}

struct Engine<'a> {
    plan: &'a ServicePlan,
    tasks: Vec<Vec<Job>>,
    /// When the work of each task's jobs was brought up to date.
    worked: Vec<u64>,
    /// `(instant, sequence, origin, attempt, ask)`.
    retries: Vec<(u64, u64, RequestKey, u32, Ask)>,
    serial: u64,
    failures: u64,
    turn: usize,
    tokens: f64,
    routing: Rng,
    backoff: Rng,
    said: Said,
}

/// What becomes of `asks` on the tasks of `plan`, all of them there from the beginning.
pub(super) fn run(plan: &ServicePlan, asks: &[Ask], streams: Streams) -> Said {
    let count = plan.desired_count as usize;
    let mut engine = Engine {
        plan,
        tasks: vec![Vec::new(); count],
        worked: vec![0; count],
        retries: Vec::new(),
        serial: 0,
        failures: 0,
        turn: 0,
        tokens: plan.request.retry.as_ref().map_or(0.0, |retry| retry.budget_burst),
        routing: streams.stream(Purpose::ROUTING, &plan.name),
        backoff: streams.stream(Purpose::BACKOFF, &plan.name),
        said: Said::default(),
    };
    let mut asks = asks.iter().peekable();
    loop {
        let arrival = asks.peek().map(|ask| ask.arrival);
        let candidates = [engine.next_departure(), engine.next_deadline(), engine.next_retry(), arrival];
        let Some(now) = candidates.iter().flatten().min().copied() else { return engine.said };
        match candidates.iter().position(|at| *at == Some(now)) {
            Some(0) => engine.depart(now),
            Some(1) => engine.lose_patience(now),
            Some(2) => engine.retry(now),
            _ => {
                let ask = *asks.next().expect("there is one");
                if let Some(retry) = &plan.request.retry {
                    engine.tokens = (engine.tokens + retry.budget.unwrap_or(0.0)).min(retry.budget_burst);
                }
                engine.arrive(now, RequestKey::anonymous(now, 0), 1, ask);
            }
        }
    }
}

impl Engine<'_> {
    fn is_shared(&self) -> bool {
        self.plan.task.cpu_discipline == CpuDiscipline::ProcessorSharing && !self.has_no_work()
    }

    fn has_no_work(&self) -> bool {
        self.plan.request.cpu_time.as_constant() == Some(SimDuration::ZERO)
    }

    fn servers(&self) -> u128 {
        if self.has_no_work() { u128::MAX >> 64 } else { u128::from(self.plan.task.cpu_servers()) }
    }

    fn working(&self, task: usize) -> u128 {
        self.tasks[task].iter().filter(|job| matches!(job.doing, Doing::Working(_))).count() as u128
    }

    /// Work that each job does in `span` ns.
    fn progress(&self, task: usize, span: u64) -> u128 {
        let (count, servers) = (self.working(task), self.servers());
        let whole = u128::from(span) << FINE;
        if self.is_shared() && count > servers { whole * servers / count } else { whole }
    }

    /// Brings the work of the jobs of `task` up to date; called whenever the number of working jobs changes.
    fn work_until(&mut self, task: usize, now: u64) {
        let done = self.progress(task, now - self.worked[task]);
        self.worked[task] = now;
        for job in &mut self.tasks[task] {
            if let Doing::Working(left) = &mut job.doing {
                *left = left.saturating_sub(done);
            }
        }
    }

    /// When `job` of `task` leaves the CPU or its wait.
    fn ends(&self, task: usize, job: &Job) -> Option<u64> {
        let (count, servers) = (self.working(task), self.servers());
        match job.doing {
            Doing::Waiting | Doing::InLine => None,
            Doing::Blocked(until) => Some(until),
            Doing::Working(left) => {
                let span = if self.is_shared() && count > servers {
                    (left * count).div_ceil(servers << FINE)
                } else {
                    left.div_ceil(1 << FINE)
                };
                Some(self.worked[task] + u64::try_from(span).expect("a span of the run"))
            }
        }
    }

    fn next_departure(&self) -> Option<u64> {
        let of_task = |task: usize| self.tasks[task].iter().filter_map(move |job| self.ends(task, job)).min();
        (0..self.tasks.len()).filter_map(of_task).min()
    }

    fn deadline(job: &Job) -> Option<(u64, u64)> {
        let patience = job.ask.patience.filter(|_| !job.in_vain)?;
        Some((job.passage.arrival + patience, job.serial))
    }

    fn next_deadline(&self) -> Option<u64> {
        self.tasks.iter().flatten().filter_map(Self::deadline).min().map(|(at, _)| at)
    }

    fn next_retry(&self) -> Option<u64> {
        self.retries.iter().map(|retry| retry.0).min()
    }

    fn depart(&mut self, now: u64) {
        let found = (0..self.tasks.len()).find_map(|task| {
            let job = self.tasks[task].iter().position(|job| self.ends(task, job) == Some(now))?;
            Some((task, job))
        });
        let (task, index) = found.expect("something departs");
        if matches!(self.tasks[task][index].doing, Doing::Working(_)) {
            self.work_until(task, now);
            let wait = self.tasks[task][index].ask.wait;
            let job = &mut self.tasks[task][index];
            job.passage.cpu_end = now;
            job.doing = Doing::Blocked(now + wait);
            self.fill(task, now);
        } else {
            let mut job = self.tasks[task].remove(index);
            job.passage.end = now;
            if job.in_vain {
                self.said.in_vain.push(job.passage);
            } else {
                self.said.answers.push((job.origin, job.passage));
            }
            self.fill(task, now);
        }
    }

    /// Gives free places and free servers to those who have waited longest.
    fn fill(&mut self, task: usize, now: u64) {
        let places = self.plan.task.concurrency.map_or(usize::MAX, |places| places as usize);
        loop {
            self.tasks[task].sort_by_key(|job| job.serial);
            let held = self.tasks[task].iter().filter(|job| job.doing != Doing::Waiting).count();
            let first = self.tasks[task].iter().position(|job| job.doing == Doing::Waiting);
            match first {
                Some(index) if held < places => {
                    let job = &mut self.tasks[task][index];
                    (job.passage.start, job.passage.cpu_start) = (now, now);
                    job.doing = Doing::InLine;
                }
                _ => break,
            }
        }
        while self.is_shared() || self.working(task) < self.servers() {
            let Some(index) = self.tasks[task].iter().position(|job| job.doing == Doing::InLine) else {
                break;
            };
            self.work_until(task, now);
            let job = &mut self.tasks[task][index];
            job.passage.cpu_start = now;
            job.doing = Doing::Working(u128::from(job.ask.cpu) << FINE);
        }
    }

    fn lose_patience(&mut self, now: u64) {
        let first = self.tasks.iter().flatten().filter_map(Self::deadline).min().expect("somebody does");
        let (task, index) = (0..self.tasks.len())
            .find_map(|task| {
                let index = self.tasks[task].iter().position(|job| Self::deadline(job) == Some(first))?;
                Some((task, index))
            })
            .expect("it is in a task");
        let job = self.tasks[task][index];
        let start = (job.doing != Doing::Waiting).then_some(job.passage.start);
        self.tasks[task][index].in_vain = true;
        let outcome = if start.is_none() { Outcome::TimedOutWaiting } else { Outcome::TimedOutInService };
        self.fail(now, (job.origin, job.attempt, job.ask), (job.passage.arrival, start), outcome);
        if start.is_none() || self.plan.request.cancel_timed_out {
            if matches!(job.doing, Doing::Working(_)) {
                self.work_until(task, now);
            }
            self.tasks[task].remove(index);
            self.fill(task, now);
        }
    }

    fn retry(&mut self, now: u64) {
        let index =
            (0..self.retries.len()).min_by_key(|index| (self.retries[*index].0, self.retries[*index].1));
        let (_, _, origin, attempt, ask) = self.retries.remove(index.expect("there is one"));
        self.arrive(now, origin, attempt, ask);
    }

    fn route(&mut self) -> usize {
        let count = self.tasks.len();
        let mut draw =
            |bound: usize| usize::try_from(self.routing.below(bound as u64)).expect("a small number");
        match self.plan.routing.algorithm {
            Routing::RoundRobin => {
                self.turn += 1;
                (self.turn - 1) % count
            }
            Routing::Random | Routing::WeightedRandom => draw(count),
            Routing::TwoRandomChoices => {
                let first = draw(count);
                if count == 1 {
                    return 0;
                }
                let others: Vec<usize> = (0..count).filter(|task| *task != first).collect();
                let second = others[draw(count - 1)];
                if self.tasks[second].len() < self.tasks[first].len() { second } else { first }
            }
            Routing::LeastOutstandingRequests => {
                let least = self.tasks.iter().map(Vec::len).min().expect("there are tasks");
                let emptiest: Vec<usize> =
                    (0..count).filter(|task| self.tasks[*task].len() == least).collect();
                if emptiest.len() > 1 { emptiest[draw(emptiest.len())] } else { emptiest[0] }
            }
        }
    }

    fn arrive(&mut self, now: u64, origin: RequestKey, attempt: u32, ask: Ask) {
        let task = self.route();
        let size = |limit: Option<u32>| limit.map_or(usize::MAX, |limit| limit as usize);
        let waiting = self.tasks[task].iter().filter(|job| job.doing == Doing::Waiting).count();
        let held = self.tasks[task].len() - waiting;
        if held >= size(self.plan.task.concurrency) && waiting >= size(self.plan.task.queue) {
            let outcome = Outcome::Rejected(Rejection::QueueFull);
            return self.fail(now, (origin, attempt, ask), (now, None), outcome);
        }
        self.serial += 1;
        let passage = Visit { arrival: now, start: 0, cpu_start: 0, cpu_end: 0, end: 0 };
        let (serial, doing) = (self.serial, Doing::Waiting);
        self.tasks[task].push(Job { origin, attempt, serial, ask, passage, doing, in_vain: false });
        self.fill(task, now);
    }

    fn fail(
        &mut self,
        at: u64,
        (origin, attempt, ask): (RequestKey, u32, Ask),
        (arrival, start): (u64, Option<u64>),
        outcome: Outcome,
    ) {
        let will_retry = self.tries_again(at, origin, attempt, ask);
        let visit = Visit { start: start.unwrap_or(at), ..Visit::waiting(arrival, at) };
        self.said.unanswered.push(Attempt { key: origin, visit, at, outcome, will_retry });
    }

    fn tries_again(&mut self, now: u64, origin: RequestKey, attempt: u32, ask: Ask) -> bool {
        let Some(retry) = &self.plan.request.retry else { return false };
        if attempt >= retry.max_attempts {
            return false;
        }
        if retry.budget.is_some() {
            if self.tokens < 1.0 {
                return false;
            }
            self.tokens -= 1.0;
        }
        let power = retry.multiplier.powi(i32::try_from(attempt).expect("a small number") - 1);
        let wait = SimDuration::from_nanos_f64(retry.backoff.0 as f64 * power).min(retry.max_backoff);
        let wait = match retry.jitter {
            Jitter::Full => SimDuration::from_nanos_f64(wait.0 as f64 * self.backoff.open_unit()),
            _ => wait,
        };
        self.failures += 1;
        self.retries.push((now + wait.0, self.failures, origin, attempt + 1, ask));
        true
    }
}
