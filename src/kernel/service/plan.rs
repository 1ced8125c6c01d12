//! The resolved description of one service's data plane: what a scenario says, with every default filled in.

use crate::random::Distribution;
use crate::units::{Bytes, SimDuration};

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
}

/// How a task's CPU is shared among its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuDiscipline {
    /// CPU work is served in order of arrival.
    Fcfs,
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
    /// Memory the idle task uses \[B\].
    pub base_memory: Bytes,
    /// Memory each request in service adds \[B\].
    pub memory_per_request: Bytes,
}

impl TaskPlan {
    /// CPU servers of a task: `max(1, cpu/1024)`.
    #[must_use]
    pub const fn cpu_servers(&self) -> u32 {
        let whole = self.cpu_units / 1024;
        if whole == 0 { 1 } else { whole }
    }

    /// Speed of one CPU server \[vCPU\], as a fraction `(numerator, denominator)`: `min(1, cpu/1024)`.
    #[must_use]
    pub const fn cpu_speed(&self) -> (u32, u32) {
        if self.cpu_units >= 1024 { (1, 1) } else { (self.cpu_units, 1024) }
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

/// The target group's health check, as far as a healthy task's way into service goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheckPlan {
    /// Time between checks \[ns\].
    pub interval: SimDuration,
    /// Passing checks a new target needs, ≥ 1.
    pub initial_healthy_count: u32,
    /// When the first check comes.
    pub first_check: FirstHealthCheck,
}

/// How the load balancer chooses a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// One after the other, over the tasks in service.
    RoundRobin,
    /// Uniformly at random.
    Random,
}

/// The Application Load Balancer in front of the tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerPlan {
    /// How it chooses a task.
    pub routing: Routing,
    /// From the end of the boot until the target is registered \[ns\].
    pub registration: Distribution,
    /// Its health check.
    pub health_check: HealthCheckPlan,
    /// How long a deregistered target may finish its requests \[ns\].
    pub deregistration_delay: SimDuration,
}

/// How a task stops.
#[derive(Clone, Debug, PartialEq)]
pub struct StoppingPlan {
    /// From the decision to the moment the task leaves `RUNNING` and the load balancer lets go of it \[ns\].
    pub lag: SimDuration,
    /// From SIGTERM to the exit of an idle container \[ns\].
    pub exit_after_sigterm: SimDuration,
    /// From SIGTERM to SIGKILL \[ns\].
    pub stop_timeout: SimDuration,
    /// From the container's exit until the task is gone \[ns\].
    pub deprovisioning: SimDuration,
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
}

/// Fargate's launch limits (`aws-platform.md` §1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaunchLimits {
    /// Tasks the account's token bucket holds, ≥ 1 (documented: 100).
    pub burst: u32,
    /// Tokens it gains a second [1/s], ≥ 1 (documented: 20).
    pub refill_per_s: u32,
    /// Tasks the scheduler launches for one service in any minute, ≥ 1 (documented: 500).
    pub per_service_per_minute: u32,
}
