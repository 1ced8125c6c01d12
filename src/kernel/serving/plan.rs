//! The resolved description of requests, of tasks as they serve them, and of routing: what a scenario says, with every
//! default filled in.

use alloc::string::String;
use alloc::vec::Vec;

use crate::random::Distribution;
use crate::units::{Bytes, SimDuration};

/// Demands of one request on a task.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestPlan {
    /// vCPU time a request consumes [vCPU·ns].
    pub cpu_time: Distribution,
    /// Time a request then spends blocked on something downstream, using no CPU but keeping its place \[ns\].
    pub wait_time: Distribution,
    /// The client's patience \[ns\]: it gives up that long after it arrived. `None`: it waits for ever.
    pub timeout: Option<Distribution>,
    /// Bytes of one request and its response together \[B\], for the load balancer's bill. `None`: not declared.
    pub bytes: Option<Bytes>,
    /// Classes of requests with demands of their own; empty: all requests are alike.
    pub classes: Vec<ClassPlan>,
    /// Retries of a client whose attempt failed; `None`: it gives up.
    pub retry: Option<RetryPlan>,
    /// Whether a task stops working on a request whose client has given up; else it does all the work in vain.
    pub cancel_timed_out: bool,
}

impl RequestPlan {
    /// Requests that are all alike, of clients who wait for ever and try once.
    #[must_use]
    pub const fn new(cpu_time: Distribution, wait_time: Distribution) -> Self {
        Self {
            cpu_time,
            wait_time,
            timeout: None,
            bytes: None,
            classes: Vec::new(),
            retry: None,
            cancel_timed_out: false,
        }
    }
}

impl RequestPlan {
    /// Whether some request needs CPU time.
    #[must_use]
    pub fn needs_cpu(&self) -> bool {
        let works = |law: &Distribution| law.as_constant() != Some(SimDuration::ZERO);
        if self.classes.is_empty() {
            works(&self.cpu_time)
        } else {
            self.classes.iter().any(|class| works(&class.cpu_time))
        }
    }

    /// Mean CPU time [vCPU·ns] and mean wait time \[ns\] of an attempt, over all classes by their weights.
    #[must_use]
    pub fn mean_nanos(&self) -> (f64, f64) {
        if self.classes.is_empty() {
            return (self.cpu_time.mean_nanos(), self.wait_time.mean_nanos());
        }
        let total: f64 = self.classes.iter().map(|class| class.weight).sum();
        let mean = |of: fn(&ClassPlan) -> f64| {
            self.classes.iter().map(|class| class.weight * of(class)).sum::<f64>() / total
        };
        (mean(|class| class.cpu_time.mean_nanos()), mean(|class| class.wait_time.mean_nanos()))
    }
}

/// One class of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassPlan {
    /// Name of the class; part of the key of its random streams.
    pub name: String,
    /// Share of the requests, relative to the weights of the others; > 0.
    pub weight: f64,
    /// CPU time, as [`RequestPlan::cpu_time`].
    pub cpu_time: Distribution,
    /// Wait time, as [`RequestPlan::wait_time`].
    pub wait_time: Distribution,
    /// Timeout, as [`RequestPlan::timeout`].
    pub timeout: Option<Distribution>,
}

/// Retries of clients. An attempt fails when it is refused, when it times out or when its task dies.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPlan {
    /// Attempts of one request at most, the first one included; at least 2.
    pub max_attempts: u32,
    /// Wait before the second attempt \[ns\].
    pub backoff: SimDuration,
    /// Each further wait is the last one times this, ≥ 1.
    pub multiplier: f64,
    /// Longest wait before jitter \[ns\].
    pub max_backoff: SimDuration,
    /// Jitter of a wait.
    pub jitter: Jitter,
    /// Retries allowed as a share of requests, all clients together: each request adds so many tokens, each retry takes
    /// one. `None`: no budget.
    pub budget: Option<f64>,
    /// Tokens the budget holds at most, and at second 0; ≥ 1.
    pub budget_burst: f64,
}

/// Jitter of the wait before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Uniform between zero and the wait.
    Full,
    /// Half the wait, and uniform between zero and the other half.
    Equal,
    /// Exponential with the wait as its mean.
    Exponential,
}

/// Discipline by which a task's CPU is shared among its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuDiscipline {
    /// CPU work is served in order of arrival.
    Fcfs,
    /// CPU work is shared equally among the requests that need it, none of which gets more than one server's speed.
    ProcessorSharing,
}

/// One task: its size and how many requests it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskPlan {
    /// CPU units of the task [1024 = 1 vCPU], in 1..=32768.
    pub cpu_units: u32,
    /// Memory of the task \[MiB\], ≥ 1.
    pub memory_mib: u32,
    /// Speed of one of its vCPUs, relative to the vCPU on which the CPU time of requests was measured, > 0.
    pub vcpu_speed: f64,
    /// Discipline by which its CPU is shared.
    pub cpu_discipline: CpuDiscipline,
    /// Requests in service at once; `None`: unlimited. At least 1, at most 65 536.
    pub concurrency: Option<u32>,
    /// Requests that may wait before a 503; `None`: unlimited. At most 10 000 000.
    pub queue: Option<u32>,
    /// CPU that the task uses whatever its requests do: runtime, agents, sidecars [thousandths of a CPU unit], less than
    /// `cpu_units`. Requests get the rest.
    pub base_cpu: u32,
    /// Memory the idle task uses \[B\].
    pub base_memory: Bytes,
    /// Memory each request in service adds \[B\].
    pub memory_per_request: Bytes,
    /// Share of the memory of the most requests that a task has had in service which stays with it, in [0, 1]: a heap that
    /// does not shrink.
    pub memory_retained: f64,
    /// Memory that a running task gains every hour: a leak, a cache that fills \[B/h\].
    pub memory_growth: Bytes,
    /// Largest growth \[B\]; `None`: no limit, a leak.
    pub memory_growth_limit: Option<Bytes>,
    /// Whether a task whose memory is exceeded is killed; else utilization goes beyond 1.
    pub kills_out_of_memory: bool,
}

impl TaskPlan {
    /// A task of this size [1024 = 1 vCPU; MiB] that takes in whatever comes, first come first served; its memory is used by
    /// nothing.
    #[must_use]
    pub const fn new(cpu_units: u32, memory_mib: u32) -> Self {
        Self {
            cpu_units,
            memory_mib,
            vcpu_speed: 1.0,
            cpu_discipline: CpuDiscipline::Fcfs,
            concurrency: None,
            queue: None,
            base_cpu: 0,
            base_memory: Bytes(0),
            memory_per_request: Bytes(0),
            memory_retained: 0.0,
            memory_growth: Bytes(0),
            memory_growth_limit: None,
            kills_out_of_memory: false,
        }
    }

    /// CPU servers of a task: `max(1, cpu/1024)`.
    #[must_use]
    pub const fn cpu_servers(&self) -> u32 {
        let whole = self.cpu_units / 1024;
        if whole == 0 { 1 } else { whole }
    }

    /// Whether requests share its CPU servers: where every request in a place has a server of its own there is nothing to
    /// share.
    #[must_use]
    pub fn shares_cpu(&self) -> bool {
        self.cpu_discipline == CpuDiscipline::ProcessorSharing
            && self.concurrency.is_none_or(|places| places > self.cpu_servers())
    }

    /// Whether its memory can be exceeded, and it is killed then: by a leak, or by as many requests as it takes in.
    #[must_use]
    pub fn runs_out_of_memory(&self) -> bool {
        let room = (u64::from(self.memory_mib) * Bytes::MIB).saturating_sub(self.base_memory.0);
        let most = self.concurrency.map_or(u64::MAX, u64::from);
        self.kills_out_of_memory
            && (self.memory_growth.0 > 0 || self.memory_per_request.0.saturating_mul(most) > room)
            && self.memory_growth_limit.is_none_or(|limit| {
                limit.0.saturating_add(self.memory_per_request.0.saturating_mul(most)) > room
            })
    }

    /// Speed of one CPU server for requests \[vCPU\], > 0: `min(1, cpu/1024)` times the share of the CPU that `base_cpu`
    /// leaves, times the speed of a vCPU.
    #[must_use]
    pub fn cpu_speed(&self) -> f64 {
        let whole = if self.cpu_units >= 1024 { 1.0 } else { f64::from(self.cpu_units.max(1)) / 1024.0 };
        whole * (1.0 - self.base_share()) * self.vcpu_speed
    }

    /// Share of the task's CPU that `base_cpu` takes, in [0, 0.99].
    #[must_use]
    pub fn base_share(&self) -> f64 {
        (f64::from(self.base_cpu) / (1_000.0 * f64::from(self.cpu_units.max(1)))).min(0.99)
    }
}

/// A new task works more slowly at first: caches are cold, code is not compiled yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUpPlan {
    /// Factor on the CPU time at first, ≥ 1.
    pub factor: f64,
    /// So many first requests take the whole factor.
    pub requests: u64,
    /// Span after entry into service over which the factor falls in a straight line to 1 \[ns\].
    pub over: SimDuration,
}

/// Routing algorithm of the load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// One after the other, over the tasks in service.
    RoundRobin,
    /// Uniformly at random.
    Random,
    /// The task with the fewest requests in it; of several a random one.
    LeastOutstandingRequests,
    /// A random task, by the targets' weights: all equal but for those that `slow_start` still holds back.
    WeightedRandom,
    /// The one with fewer requests of two different tasks drawn at random.
    TwoRandomChoices,
}

impl Routing {
    /// Whether it depends on what the tasks hold.
    #[must_use]
    pub const fn looks_at_load(self) -> bool {
        matches!(self, Self::LeastOutstandingRequests | Self::TwoRandomChoices)
    }
}

/// Distribution of requests over tasks. The default is that of a service without a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutingPlan {
    /// Choice of a task.
    pub algorithm: Routing,
    /// Nodes of the load balancer, ≥ 1: one an availability zone, each with a turn of its own
    /// (`docs/aws/load-balancer.md#nodes`).
    pub nodes: u32,
    /// Span in which the share of a new target rises in a straight line; 0: it has its full share at once \[ns\].
    pub slow_start: SimDuration,
}

impl RoutingPlan {
    /// An algorithm on one node, without slow start.
    #[must_use]
    pub const fn new(algorithm: Routing) -> Self {
        Self { algorithm, nodes: 1, slow_start: SimDuration::ZERO }
    }
}

impl Default for RoutingPlan {
    fn default() -> Self {
        Self::new(Routing::RoundRobin)
    }
}
