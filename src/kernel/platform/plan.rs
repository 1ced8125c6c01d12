//! The resolved description of a task's life: how it starts, is checked, fails, is replaced and stops.

use crate::random::Distribution;
use crate::units::{SimDuration, SimTime};

/// Failures of a task of its own accord, and the check of its container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskHealthPlan {
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
    /// Time after which a check that is not answered has failed \[ns\]; 2 s to 60 s, default 5 s.
    pub timeout: SimDuration,
    /// Failed checks in a row that make the task unhealthy; 1 to 10, default 3.
    pub retries: u32,
    /// Failures that do not count, from `RUNNING` on \[ns\]; 0 s to 300 s.
    pub start_period: SimDuration,
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
}

impl StartupPlan {
    /// A start of these stages, each of a constant length: scheduling, provisioning, image pull, container start, boot. Its
    /// boot uses no CPU.
    #[must_use]
    pub fn constant(
        [scheduling, provisioning, image_pull, container_start, application_boot]: [SimDuration; 5],
    ) -> Self {
        Self {
            scheduling: Distribution::constant(scheduling),
            provisioning: Distribution::constant(provisioning),
            image_pull: Distribution::constant(image_pull),
            container_start: Distribution::constant(container_start),
            application_boot: Distribution::constant(application_boot),
            boot_cpu: 0.0,
        }
    }
}

/// Time of a newly registered target's first check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstHealthCheck {
    /// At a random point of the first interval, drawn from the service's own stream.
    RandomPhase,
    /// At the moment of registration.
    AtOnce,
    /// One full interval after registration.
    AfterInterval,
}

/// Way in which a task serves the load balancer's health checks.
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
    /// Way in which a task serves the check.
    pub served: CheckService,
    /// Time between checks \[ns\].
    pub interval: SimDuration,
    /// Passing checks a new target needs, ≥ 1.
    pub initial_healthy_count: u32,
    /// Time of the first check.
    pub first_check: FirstHealthCheck,
    /// From the last check that a new target needs until requests are sent to it \[ns\] (measured from registration on: 1.7 s
    /// to 2.7 s with the first check at once, `docs/aws/health-checks.md#first-check-of-a-new-target`).
    pub healthy_lag: SimDuration,
    /// Time after which a check that is not answered has failed \[ns\]; 2 s to 120 s, default 5 s.
    pub timeout: SimDuration,
    /// Failed checks in a row that make a healthy target unhealthy; 2 to 10, default 2.
    pub unhealthy_threshold: u32,
    /// Passed checks in a row that make an unhealthy target healthy again; 2 to 10, default 5.
    pub healthy_threshold: u32,
    /// `healthCheckGracePeriodSeconds`: so long after `RUNNING` ECS ignores failed checks \[ns\]; default 0.
    pub grace_period: SimDuration,
}

impl Default for HealthCheckPlan {
    /// The defaults of a target group, and a first check at registration that one pass satisfies.
    fn default() -> Self {
        Self {
            served: CheckService::Apart,
            interval: SimDuration::from_secs(30),
            initial_healthy_count: 1,
            first_check: FirstHealthCheck::AtOnce,
            healthy_lag: SimDuration::ZERO,
            timeout: SimDuration::from_secs(5),
            unhealthy_threshold: 2,
            healthy_threshold: 5,
            grace_period: SimDuration::ZERO,
        }
    }
}

/// Time at which ECS stops the task of a deregistered target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeregistrationEnd {
    /// The end of the deregistration delay, idle or not: the target's state stays `draining` until then, and ECS waits for
    /// `unused` (documented and observed: `docs/aws/load-balancer.md#deregistration-delay`).
    AfterDelay,
    /// As soon as its last request has ended, as the load balancer's guide could be read.
    WhenIdle,
}

/// The target group of the load balancer in front of the tasks: registration, health check, deregistration.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroupPlan {
    /// From `RUNNING` until the target is registered \[ns\].
    pub registration: Distribution,
    /// Health check of the target group.
    pub health_check: HealthCheckPlan,
    /// Span in which a deregistered target may finish its requests \[ns\].
    pub deregistration_delay: SimDuration,
    /// Time at which the task of a deregistered target is stopped.
    pub deregistration_end: DeregistrationEnd,
}

impl Default for TargetGroupPlan {
    /// Registration at once, and the defaults of a target group.
    fn default() -> Self {
        Self {
            registration: Distribution::constant(SimDuration::ZERO),
            health_check: HealthCheckPlan::default(),
            deregistration_delay: SimDuration::from_secs(300),
            deregistration_end: DeregistrationEnd::AfterDelay,
        }
    }
}

/// Times that the stop of a task takes.
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

impl Default for StoppingPlan {
    /// An idle task that is gone at once, with the 30 s between SIGTERM and SIGKILL that are the default of ECS.
    fn default() -> Self {
        Self {
            lag: SimDuration::ZERO,
            exit_after_sigterm: SimDuration::ZERO,
            stop_timeout: SimDuration::from_secs(30),
            deprovisioning: SimDuration::ZERO,
        }
    }
}

/// Replacement of tasks whose health checks fail (`docs/aws/health-checks.md#replacement-of-unhealthy-tasks`, nine
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

impl Default for ReplacementPlan {
    /// At once, with at most twice the desired count.
    fn default() -> Self {
        let delay = Distribution::constant(SimDuration::ZERO);
        Self { delay, stop_lag: SimDuration::ZERO, most_percent: 200 }
    }
}

/// Running task that a scale-in stops. Tasks that do not run yet always go first, newest first.
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

/// Delays of the scheduler after tasks that never reached `RUNNING` (`docs/aws/task-lifecycle.md#failing-tasks`; the
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
    /// Beginning of the fault.
    pub at: SimTime,
    /// Length of the fault \[ns\]; what happens in an instant does not look at it.
    pub duration: SimDuration,
    /// Effect of the fault.
    pub kind: FaultKind,
}

/// Effect of a fault.
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

/// Running tasks that a fault hits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Extent {
    /// This share of them, rounded up, in (0, 1]; drawn from the service's own stream.
    Share(f64),
    /// The tasks of this availability zone, counted from 0.
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
