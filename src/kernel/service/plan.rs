//! The resolved description of one service's data plane: what a scenario says, with every default filled in.

use alloc::string::String;
use alloc::vec::Vec;

use crate::random::Distribution;
use crate::units::{Bytes, SimDuration, SimTime};

/// What one request asks of a task.
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
    /// What clients do about an attempt that failed; `None`: they give up.
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
    /// Its name; part of the key of its random streams.
    pub name: String,
    /// Its share of the requests, relative to the weights of the others; > 0.
    pub weight: f64,
    /// As [`RequestPlan::cpu_time`].
    pub cpu_time: Distribution,
    /// As [`RequestPlan::wait_time`].
    pub wait_time: Distribution,
    /// As [`RequestPlan::timeout`].
    pub timeout: Option<Distribution>,
}

/// When clients try again. An attempt fails when it is refused, when it times out or when its task dies.
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
    /// How chance changes a wait.
    pub jitter: Jitter,
    /// Retries allowed as a share of requests, all clients together: each request adds so many tokens, each retry takes
    /// one. `None`: no budget.
    pub budget: Option<f64>,
    /// Tokens the budget holds at most, and at second 0; ≥ 1.
    pub budget_burst: f64,
}

/// How chance changes the wait before a retry.
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

/// How a task's CPU is shared among its requests.
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
    /// How its CPU is shared.
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
    /// What fails in a task of its own accord, and what finds a hung one.
    pub health: TaskHealthPlan,
}

/// What fails in a task, and the check of its container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskHealthPlan {
    /// Memory that a running task gains every hour: a leak, a cache that fills \[B/h\].
    pub memory_growth: Bytes,
    /// What it gains at most \[B\]; `None`: no limit, a leak.
    pub memory_growth_limit: Option<Bytes>,
    /// Whether a task whose memory is exceeded is killed; else utilization goes beyond 1.
    pub kills_out_of_memory: bool,
    /// From `RUNNING` to a crash of its own accord \[ns\], drawn for each task; `None`: never.
    pub time_to_crash: Option<Distribution>,
    /// Probability that a task fails before it is `RUNNING`, in [0, 1].
    pub launch_failure: f64,
    /// The container's own health check; `None`: it has none.
    pub container_check: Option<ContainerCheckPlan>,
}

/// The health check of the task definition (`docs/aws/health-checks.md#container-health-checks`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerCheckPlan {
    /// Time between checks \[ns\]; 5 s to 300 s, default 30 s.
    pub interval: SimDuration,
    /// When a check that is not answered has failed \[ns\]; 2 s to 60 s, default 5 s.
    pub timeout: SimDuration,
    /// Failed checks in a row that make the task unhealthy; 1 to 10, default 3.
    pub retries: u32,
    /// Failures that do not count, from `RUNNING` on \[ns\]; 0 s to 300 s.
    pub start_period: SimDuration,
}

impl TaskPlan {
    /// CPU servers of a task: `max(1, cpu/1024)`.
    #[must_use]
    pub const fn cpu_servers(&self) -> u32 {
        let whole = self.cpu_units / 1024;
        if whole == 0 { 1 } else { whole }
    }

    /// Whether requests share its CPU servers: where everybody in a place has a server of its own there is nothing to
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
        self.health.kills_out_of_memory
            && (self.health.memory_growth.0 > 0 || self.memory_per_request.0.saturating_mul(most) > room)
            && self.health.memory_growth_limit.is_none_or(|limit| {
                limit.0.saturating_add(self.memory_per_request.0.saturating_mul(most)) > room
            })
    }

    /// Speed of one CPU server for requests \[vCPU\], in (0, 1]: `min(1, cpu/1024)` times the share of the CPU that `base_cpu`
    /// leaves.
    #[must_use]
    pub fn cpu_speed(&self) -> f64 {
        let whole = if self.cpu_units >= 1024 { 1.0 } else { f64::from(self.cpu_units.max(1)) / 1024.0 };
        whole * (1.0 - self.base_share())
    }

    /// Share of the task's CPU that `base_cpu` takes, in [0, 0.99].
    #[must_use]
    pub fn base_share(&self) -> f64 {
        (f64::from(self.base_cpu) / (1_000.0 * f64::from(self.cpu_units.max(1)))).min(0.99)
    }
}

/// The cold start, stage by stage, from the change of the desired count to a task that can serve.
#[derive(Clone, Debug, PartialEq)]
pub struct StartupPlan {
    /// From the change of the desired count to the task's creation (`PROVISIONING`) \[ns\].
    pub scheduling: Distribution,
    /// From creation to the start of the image pull (network interface, host) \[ns\].
    pub provisioning: Distribution,
    /// Image pull: compressed size ÷ pull rate \[ns\]. The bill starts when it starts.
    pub image_pull: Distribution,
    /// From the end of the pull to `RUNNING` \[ns\].
    pub container_start: Distribution,
    /// From `RUNNING` until the application can answer \[ns\].
    pub application_boot: Distribution,
    /// Share of the task's CPU that its boot uses, in [0, 1]; CloudWatch counts it from `RUNNING` on.
    pub boot_cpu: f64,
    /// Slower first requests; `None`: a new task is as fast as an old one.
    pub warm_up: Option<WarmUpPlan>,
}

/// A new task works more slowly at first: caches are cold, code is not compiled yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUpPlan {
    /// Factor on the CPU time at first, ≥ 1.
    pub factor: f64,
    /// So many first requests take the whole factor.
    pub requests: u64,
    /// From entry into service the factor falls in a straight line to 1 over this span \[ns\].
    pub over: SimDuration,
}

/// When a newly registered target is first checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstHealthCheck {
    /// At a random point of the first interval, drawn from the service's own stream.
    RandomPhase,
    /// At the moment of registration.
    AtOnce,
    /// One full interval after registration.
    AfterInterval,
}

/// How a task serves the load balancer's health checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckService {
    /// Like a request: it waits for a place and for the CPU, and is refused when the task's queue is full. Its own work is
    /// taken as none.
    Queued,
    /// Apart from the requests: it passes unless the task hangs or boots.
    Apart,
}

/// The target group's health check (`docs/aws/health-checks.md#checks-of-targets`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheckPlan {
    /// How a task serves it.
    pub served: CheckService,
    /// Time between checks \[ns\].
    pub interval: SimDuration,
    /// Passing checks a new target needs, ≥ 1.
    pub initial_healthy_count: u32,
    /// When the first check comes.
    pub first_check: FirstHealthCheck,
    /// From the last check that a new target needs until requests are sent to it \[ns\] (measured from registration on: 1.7 s
    /// to 2.7 s with the first check at once, `docs/aws/health-checks.md#first-check-of-a-new-target`).
    pub healthy_lag: SimDuration,
    /// When a check that is not answered has failed \[ns\]; 2 s to 120 s, default 5 s.
    pub timeout: SimDuration,
    /// Failed checks in a row that make a healthy target unhealthy; 2 to 10, default 2.
    pub unhealthy_threshold: u32,
    /// Passed checks in a row that make an unhealthy target healthy again; 2 to 10, default 5.
    pub healthy_threshold: u32,
    /// `healthCheckGracePeriodSeconds`: so long after `RUNNING` ECS ignores failed checks \[ns\]; default 0.
    pub grace_period: SimDuration,
}

/// How the load balancer chooses a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// One after the other, over the tasks in service.
    RoundRobin,
    /// Uniformly at random.
    Random,
    /// To the task with the fewest requests in it; which of several is a random one of them.
    LeastOutstandingRequests,
    /// At random, by the targets' weights: all equal but for those that `slow_start` still holds back.
    WeightedRandom,
    /// To the one with fewer requests of two different tasks drawn at random.
    TwoRandomChoices,
}

impl Routing {
    /// Whether it depends on what the tasks hold.
    #[must_use]
    pub const fn looks_at_load(self) -> bool {
        matches!(self, Self::LeastOutstandingRequests | Self::TwoRandomChoices)
    }
}

/// When ECS stops the task of a deregistered target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeregistrationEnd {
    /// When the deregistration delay is over, idle or not: the target's state stays `draining` until then, and ECS waits for
    /// `unused` (documented and observed: `docs/aws/load-balancer.md#deregistration-delay`).
    AfterDelay,
    /// As soon as its last request has ended, as the load balancer's guide could be read.
    WhenIdle,
}

/// The Application Load Balancer in front of the tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerPlan {
    /// How it chooses a task.
    pub routing: Routing,
    /// Its nodes, ≥ 1: one an availability zone, each with a turn of its own (`docs/aws/load-balancer.md#nodes`).
    pub nodes: u32,
    /// From `RUNNING` until the target is registered \[ns\].
    pub registration: Distribution,
    /// Its health check.
    pub health_check: HealthCheckPlan,
    /// How long a deregistered target may finish its requests \[ns\].
    pub deregistration_delay: SimDuration,
    /// When the task of a deregistered target is stopped.
    pub deregistration_end: DeregistrationEnd,
    /// How long the share of a new target rises in a straight line; 0: it has its full share at once \[ns\].
    pub slow_start: SimDuration,
}

/// How a task stops.
#[derive(Clone, Debug, PartialEq)]
pub struct StoppingPlan {
    /// From the decision to the moment the task leaves `RUNNING` and the load balancer lets go of it \[ns\]: about 6 s
    /// without a load balancer, 10 s until a target is deregistered (`docs/aws/task-lifecycle.md#stopping`).
    pub lag: SimDuration,
    /// From SIGTERM to the exit of an idle container \[ns\].
    pub exit_after_sigterm: SimDuration,
    /// From SIGTERM to SIGKILL \[ns\].
    pub stop_timeout: SimDuration,
    /// From the container's exit until the task is gone \[ns\].
    pub deprovisioning: SimDuration,
}

/// How ECS replaces a task whose health checks fail (`docs/aws/health-checks.md#replacement-of-unhealthy-tasks`, nine
/// replacements observed).
#[derive(Clone, Debug, PartialEq)]
pub struct ReplacementPlan {
    /// From the finding to the start of another task \[ns\]: 3 s to 44 s.
    pub delay: Distribution,
    /// From the moment at which the other one is healthy until the old one is told to stop \[ns\]: 7 s.
    pub stop_lag: SimDuration,
    /// Tasks that may run meanwhile, as a share of the desired count [%], ≥ 100: `maximumPercent`.
    pub most_percent: u32,
}

/// Which running task a scale-in stops. Tasks that do not run yet always go first, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleInVictim {
    /// The one that was asked for last.
    Newest,
    /// The one that was asked for first.
    Oldest,
    /// Any, from the service's own stream.
    Random,
    /// One of the availability zone with the most running tasks; which of them, from the service's own stream.
    ZoneBalanced,
}

/// How the scheduler holds back after tasks that never reached `RUNNING` (`docs/aws/task-lifecycle.md#failing-tasks`; the
/// curve is not published): after k of them in a row it waits `first × 2^(k − 1)`, at most `longest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchBackoff {
    /// Wait after the first failure \[ns\].
    pub first: SimDuration,
    /// Longest wait \[ns\]; documented as 27 minutes (ECS developer guide, "Amazon ECS service throttle logic").
    pub longest: SimDuration,
}

impl Default for LaunchBackoff {
    /// 10 s, doubled up to 27 minutes.
    fn default() -> Self {
        Self { first: SimDuration::from_secs(10), longest: SimDuration::from_secs(1_620) }
    }
}

/// Something that goes wrong at a time the scenario gives.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultPlan {
    /// When it begins.
    pub at: SimTime,
    /// How long it lasts \[ns\]; what happens in an instant does not look at it.
    pub duration: SimDuration,
    /// What.
    pub kind: FaultKind,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Running tasks exit at once.
    Crash(Extent),
    /// Running tasks accept requests and answer none while the fault lasts.
    Hang(Extent),
    /// Tasks that reach `RUNNING` while the fault lasts exit so long after it \[ns\].
    CrashLoop(SimDuration),
    /// Waits that begin while the fault lasts take so many times as long.
    SlowDependency(f64),
    /// Tasks launched while the fault lasts fail before `RUNNING` with this probability.
    LaunchFailure(f64),
    /// The targets of these tasks fail their health checks while the fault lasts, whatever they answer to requests; tasks that
    /// start meanwhile are hit with the same share, or in the same zone.
    FailingHealthCheck(Extent),
    /// All tasks of an availability zone are lost at once, and none is placed there while the fault lasts.
    ZoneOutage(u32),
}

impl FaultKind {
    /// Whether it lasts, or happens in an instant.
    #[must_use]
    pub const fn lasts(&self) -> bool {
        !matches!(self, Self::Crash(_))
    }
}

/// Which of the running tasks a fault hits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    /// This share of them, rounded up, in (0, 1]; drawn from the service's own stream.
    Share(f64),
    /// Those of this availability zone, counted from 0.
    Zone(u32),
}

/// Fargate's launch limits (`docs/aws/launch-limits.md`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaunchLimits {
    /// Tasks the account's token bucket holds, ≥ 1 (documented: 100).
    pub burst: u32,
    /// Tokens it gains a second [1/s], > 0 (documented: 20).
    pub refill_per_s: f64,
    /// Share of that rate which mass launches reach, in (0, 1]. The documented rate is a limit; 3 500 tasks of five services
    /// took about 270 s, where it alone would allow 170 s (`docs/aws/launch-limits.md#mass-launches`).
    pub efficiency: f64,
    /// Tasks the scheduler launches for one service in any minute, ≥ 1 (documented: 500).
    pub per_service_per_minute: u32,
}
