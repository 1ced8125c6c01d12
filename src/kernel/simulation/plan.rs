//! The plan: everything a run needs, resolved. The scenario makes it, the kernel trusts it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::billing::BillableItem::{CloudwatchAlarm, CloudwatchHighResolutionAlarm};
use crate::billing::{BilledResources, Tariff, TaskResources};
use crate::facts::CapacityKind;
use crate::platform::{
    FaultPlan, LaunchBackoff, LaunchLimits, ReplacementPlan, ScaleInVictim, StartupPlan, StoppingPlan,
    TargetGroupPlan, TaskHealthPlan,
};
use crate::scaling::aas::ScalableTargetPlan;
use crate::serving::{RequestPlan, RoutingPlan, TaskPlan, WarmUpPlan};
use crate::telemetry::{MemoryGrowth, MetricRules, MetricsPlan, TaskShape, TelemetryPlan};
use crate::traffic::TrafficPlan;
use crate::units::{Bytes, NANOS_PER_MINUTE, RevisionId, SimDuration, SimTime};

/// Way in which the data plane is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// Every request, one by one.
    Requests,
    /// The same, by way of a calendar of departures in every service, whether it needs one or not: slower, and the same to
    /// the nanosecond. For comparing the two paths.
    Events,
    /// Flows of requests: exact backlogs, utilization, refusals, time-outs and bill in the fluid limit. Start-up times,
    /// health checks and alarm phases stay random; arrivals and demands do not.
    Fluid,
}

/// Limits of a run, at which it is stopped, whatever its scenario is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// `limits.max_requests`: retries of all services together.
    pub retries: u64,
    /// `limits.max_in_flight`: requests of one service that the run has to keep one by one, because they wait, are in service, or
    /// wait to be tried again.
    pub in_flight: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { retries: u64::MAX, in_flight: 5_000_000 }
    }
}

/// One resolved scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Calendar time of second 0 [ns since 1970-01-01T00:00:00Z]; periods and rows end on its whole minutes.
    pub start_unix_ns: i64,
    /// Simulated time of the run \[ns\], > 0 and at most five years.
    pub horizon: SimDuration,
    /// Requests that arrive before this are left out of the request statistics \[ns\], ≤ the horizon.
    pub warmup: SimDuration,
    /// Way in which the data plane is simulated.
    pub fidelity: Fidelity,
    /// Fargate's launch limits; the bucket is shared by all services.
    pub launch_limits: LaunchLimits,
    /// Limits at which it is stopped.
    pub bounds: Bounds,
    /// The services, in the order of the scenario file.
    pub services: Vec<ServicePlan>,
}

/// One service of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct ServicePlan {
    /// Name of the service; part of the key of its random streams.
    pub name: String,
    /// Arrivals of requests.
    pub traffic: TrafficPlan,
    /// Demands of a request.
    pub request: RequestPlan,
    /// Size and CPU discipline of a task.
    pub task: TaskPlan,
    /// Capacity that its tasks run on.
    pub capacity: CapacityKind,
    /// Times that the start of a task takes.
    pub startup: StartupPlan,
    /// Times that the stop of a task takes.
    pub stopping: StoppingPlan,
    /// Slowness of a new task; `None`: it is as fast as an old one.
    pub warm_up: Option<WarmUpPlan>,
    /// Failures of its tasks of their own accord.
    pub task_health: TaskHealthPlan,
    /// Routing of requests to the tasks.
    pub routing: RoutingPlan,
    /// The target group of its load balancer; `None`: there is none, and requests go to every task that runs and has booted.
    pub target_group: Option<TargetGroupPlan>,
    /// Tasks in service at second 0, warm.
    pub desired_count: u32,
    /// Replacement of tasks whose health checks fail.
    pub replacement: ReplacementPlan,
    /// Task that a scale-in stops.
    pub scale_in_victim: ScaleInVictim,
    /// Availability zones its tasks are spread over, ≥ 1.
    pub zones: u32,
    /// Delays of the scheduler after launches that failed.
    pub launch_backoff: LaunchBackoff,
    /// Faults at given times, in order of time.
    pub faults: Vec<FaultPlan>,
    /// Scaling: the scalable target of Application Auto Scaling.
    pub scaling: ScalableTargetPlan,
    /// Metrics that the service publishes besides AWS's minute metrics.
    pub metrics: MetricsPlan,
    /// Delays until metrics can be read.
    pub telemetry: TelemetryPlan,
    /// Prices of the usage.
    pub tariff: Tariff,
    /// Number of its group: services of one group can call each other, and are served together in order of time; `None`: it
    /// neither calls nor is called.
    pub group: Option<u32>,
    /// Age from which a request that is in flight at the horizon counts as not served \[ns\]; `None`: none does.
    pub overdue_after: Option<SimDuration>,
}

impl Plan {
    /// The first whole calendar minute after second 0: where the first period and the first row end.
    #[must_use]
    pub fn first_minute_end(&self) -> SimTime {
        self.first_end(SimDuration(NANOS_PER_MINUTE))
    }

    /// The first whole multiple of `period` of the calendar after second 0; `period` divides a minute.
    #[must_use]
    pub fn first_end(&self, period: SimDuration) -> SimTime {
        let past =
            self.start_unix_ns.rem_euclid(NANOS_PER_MINUTE.cast_signed()).unsigned_abs() % period.0.max(1);
        SimTime(period.0 - past)
    }

    /// Nanoseconds of the calendar minute that are over at `at`.
    #[must_use]
    pub fn past_minute(&self, at: SimTime) -> u64 {
        (self.start_unix_ns.rem_euclid(NANOS_PER_MINUTE.cast_signed()).unsigned_abs()
            + at.0 % NANOS_PER_MINUTE)
            % NANOS_PER_MINUTE
    }
}

impl ServicePlan {
    /// A service of `count` warm tasks that stays as it is: tasks start and stop at once, nothing fails, nothing scales, and
    /// nothing but the tasks is billed, at no price. Everything else is set from there.
    #[must_use]
    pub fn new(name: &str, traffic: TrafficPlan, request: RequestPlan, task: TaskPlan, count: u32) -> Self {
        Self {
            name: name.into(),
            traffic,
            request,
            task,
            capacity: CapacityKind::Fargate,
            startup: StartupPlan::constant([SimDuration::ZERO; 5]),
            stopping: StoppingPlan::default(),
            warm_up: None,
            task_health: TaskHealthPlan::default(),
            routing: RoutingPlan::default(),
            target_group: None,
            desired_count: count,
            replacement: ReplacementPlan::default(),
            scale_in_victim: ScaleInVictim::Newest,
            zones: 2,
            launch_backoff: LaunchBackoff::default(),
            faults: Vec::new(),
            scaling: ScalableTargetPlan::new(count, count),
            metrics: MetricsPlan::default(),
            telemetry: TelemetryPlan::constant([SimDuration::ZERO; 3], MetricRules::default()),
            tariff: Tariff::default(),
            group: None,
            overdue_after: None,
        }
    }

    /// Requests a second that one warm task can finish \[requests/s\]: what its CPU allows or what its places allow,
    /// whichever is less. `None`: nothing limits it, or a law has no mean.
    #[must_use]
    pub fn capacity_per_task(&self) -> Option<f64> {
        let speed = self.task.cpu_speed();
        let (cpu_nanos, wait_nanos) = self.request.mean_nanos();
        let (cpu_secs, wait_secs) = (cpu_nanos / 1e9, wait_nanos / 1e9);
        let by_cpu = f64::from(self.task.cpu_servers()) * speed / cpu_secs;
        let service_secs = cpu_secs / speed + wait_secs;
        let by_places =
            self.task.concurrency.map_or(f64::INFINITY, |places| f64::from(places) / service_secs);
        let capacity = if by_cpu < by_places { by_cpu } else { by_places };
        (capacity.is_finite() && capacity > 0.0).then_some(capacity)
    }

    /// The first revision, and the only one until a deployment brings another.
    pub const FIRST_REVISION: RevisionId = RevisionId(0);

    /// The task definition of a revision. A service has one.
    #[must_use]
    pub const fn revision(&self, _revision: RevisionId) -> &TaskPlan {
        &self.task
    }

    /// Resources that a task of this revision reserves on this capacity, as far as they are billed.
    #[must_use]
    pub fn billed_task(&self, revision: RevisionId, capacity: CapacityKind) -> TaskResources {
        let task = self.revision(revision);
        TaskResources {
            capacity,
            cpu_units: task.cpu_units,
            memory_mib: task.memory_mib,
            extra_ephemeral_gb: self.tariff.extra_ephemeral_gb,
            public_ipv4: u32::from(self.tariff.public_ip_per_task),
        }
    }

    /// What it is billed for: its tasks, and what exists as long as it does, with the CloudWatch alarms of its policies.
    #[must_use]
    pub fn billed_resources(&self) -> BilledResources {
        let mut standing = self.tariff.resources;
        let (standard, high_resolution) = self.scaling.alarms();
        standing[CloudwatchAlarm] += standard;
        standing[CloudwatchHighResolutionAlarm] += high_resolution;
        BilledResources { task: self.billed_task(Self::FIRST_REVISION, self.capacity), standing }
    }

    /// What turns the use of its tasks into utilization.
    #[must_use]
    pub fn shape(&self) -> TaskShape {
        let task = &self.task;
        TaskShape {
            cpu_servers: task.cpu_servers() as usize,
            base_cpu: task.base_share(),
            boot_cpu: self.startup.boot_cpu,
            base_memory: task.base_memory.0,
            memory_per_request: task.memory_per_request.0,
            memory: u64::from(task.memory_mib) * Bytes::MIB,
            growth: MemoryGrowth {
                per_hour: task.memory_growth.0,
                limit: task.memory_growth_limit.map(|limit| limit.0),
                retained: task.memory_retained,
            },
        }
    }
}
