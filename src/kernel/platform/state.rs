//! The tasks of one service and the state of their scheduler: what every operation of the platform reads and changes.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::active_faults::ActiveFaults;
use super::effects::{Effects, TaskCounts};
use super::launch_limits::LaunchWindow;
use super::launch_throttle::LaunchThrottle;
use super::plan::{
    LaunchBackoff, ReplacementPlan, ScaleInVictim, StartupPlan, StoppingPlan, TargetGroupPlan, TaskHealthPlan,
};
use super::stages::TaskStage;
use crate::facts::{BilledTask, CapacityKind, TaskFailure, TaskMoved};
use crate::random::{Purpose, Rng, Streams};
use crate::replica_set::ReplicaIndex;
use crate::units::{RevisionId, SimTime, TaskId};

#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub(super) stage: TaskStage,
    /// Revision of the task definition that it was created from.
    pub(super) revision: RevisionId,
    /// Capacity that it runs on.
    pub(super) capacity: CapacityKind,
    /// Chosen to stop; it goes on until the lag is over.
    pub(super) stop_requested: bool,
    pub(super) slot: Option<ReplicaIndex>,
    pub(super) billed_since: Option<SimTime>,
    /// End of its last request, as far as it was foreseen when it was closed \[ns\].
    pub(super) last_end: u64,
    /// The span in which its present stage on the way out ends: not before, and not after.
    pub(super) leaves_within: (SimTime, SimTime),
    /// Availability zone of the task, once it is launched.
    pub(super) zone: Option<u32>,
    /// Whether the launch goes wrong: the task never reaches `RUNNING`.
    pub(super) launch_will_fail: bool,
    /// Time at which it reached `RUNNING`.
    pub(super) running_since: SimTime,
    /// Whether its application boots.
    pub(super) boots: bool,
    /// Time at which its target was, or will be, registered.
    pub(super) registered_at: SimTime,
    /// The instant of one of its target's checks; the others lie whole intervals from it.
    pub(super) check_phase: SimTime,
    pub(super) checks: Checks,
    /// Since when it hangs.
    pub(super) hung_since: Option<SimTime>,
    /// Time at which ECS replaces it for what a check has found, and that finding.
    pub(super) replace: Option<(SimTime, TaskFailure)>,
}

/// The checks of a target, as far as they are followed: those of a calm target pass, and are not put on the calendar.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Checks {
    /// Failed in a row.
    pub(super) failed: u32,
    /// Passed in a row.
    pub(super) passed: u32,
    /// The next one is on the calendar.
    pub(super) is_due: bool,
    /// Time at which a check that is not answered now will have failed.
    pub(super) times_out_at: Option<SimTime>,
}

/// The scheduler of one service and its tasks.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    revision: RevisionId,
    capacity: CapacityKind,
    pub(super) startup: StartupPlan,
    pub(super) stopping: StoppingPlan,
    pub(super) target_group: Option<TargetGroupPlan>,
    pub(super) victim: ScaleInVictim,
    pub(super) replacement: ReplacementPlan,
    pub(super) name: String,
    pub(super) streams: Streams,
    pub(super) victim_rng: Rng,
    pub(super) window: LaunchWindow,
    /// Whether requests wait, so that checks may: those of all targets are followed.
    pub(super) is_strained: bool,
    /// Tasks that are asked for and not launched yet, oldest first.
    pub(super) unlaunched: VecDeque<TaskId>,
    /// Reason for which it waits, and the end of the wait.
    pub(super) waiting: Option<(Waiting, SimTime)>,
    /// Tasks in `RUNNING` that were chosen to stop.
    pub(super) stop_requested_running: u32,
    pub(super) tasks: Vec<Task>,
    /// Tasks that are neither stopping nor stopped, oldest first.
    pub(super) active: Vec<TaskId>,
    pub(super) desired: u32,
    pub(super) counts: TaskCounts,
    pub(super) health: TaskHealthPlan,
    pub(super) throttle: LaunchThrottle,
    pub(super) active_faults: ActiveFaults,
    /// Active tasks in each availability zone.
    pub(super) by_zone: Vec<u32>,
    /// Unhealthy tasks that run until others have taken their places, oldest first.
    pub(super) awaiting_replacement: VecDeque<TaskId>,
}

/// Reason for which the scheduler waits before it launches the next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// The account's bucket: the token is taken and good at the instant the scheduler wakes.
    Token,
    /// The service's own rate.
    Window,
    /// Tasks failed before they ran: it holds back.
    LaunchThrottle,
    /// Every availability zone is lost.
    Zone,
}

/// Parts of a lifecycle.
#[derive(Clone, Debug)]
pub struct LifecycleParts<'a> {
    /// Revision of the task definition that new tasks are created from.
    pub revision: RevisionId,
    /// Capacity that new tasks run on.
    pub capacity: CapacityKind,
    /// Times that the start of a task takes.
    pub startup: &'a StartupPlan,
    /// Times that the stop of a task takes.
    pub stopping: &'a StoppingPlan,
    /// The load balancer, if any.
    pub target_group: Option<&'a TargetGroupPlan>,
    /// Task that a scale-in stops.
    pub victim: ScaleInVictim,
    /// Replacement of tasks whose checks fail.
    pub replacement: &'a ReplacementPlan,
    /// The scheduler's rate.
    pub window: LaunchWindow,
    /// Delays after launches that failed.
    pub backoff: LaunchBackoff,
    /// Failures of a task of its own accord.
    pub health: &'a TaskHealthPlan,
    /// Availability zones, ≥ 1.
    pub zones: u32,
    /// The service's name, part of the key of its streams.
    pub name: &'a str,
    /// The source of its streams.
    pub streams: Streams,
}

impl Lifecycle {
    /// A service without tasks.
    #[must_use]
    pub fn new(parts: &LifecycleParts<'_>) -> Self {
        Self {
            revision: parts.revision,
            capacity: parts.capacity,
            startup: parts.startup.clone(),
            stopping: parts.stopping.clone(),
            target_group: parts.target_group.cloned(),
            victim: parts.victim,
            replacement: parts.replacement.clone(),
            is_strained: false,
            name: parts.name.into(),
            streams: parts.streams,
            victim_rng: parts.streams.stream(Purpose::VICTIM, parts.name),
            window: parts.window.clone(),
            unlaunched: VecDeque::new(),
            waiting: None,
            stop_requested_running: 0,
            tasks: Vec::new(),
            active: Vec::new(),
            desired: 0,
            counts: TaskCounts::default(),
            health: parts.health.clone(),
            throttle: LaunchThrottle::new(parts.backoff),
            active_faults: ActiveFaults::default(),
            by_zone: alloc::vec![0; parts.zones.max(1) as usize],
            awaiting_replacement: VecDeque::new(),
        }
    }

    /// Desired count.
    #[must_use]
    pub fn desired(&self) -> u32 {
        self.desired
    }

    /// Tasks by kind.
    #[must_use]
    pub fn counts(&self) -> TaskCounts {
        self.counts
    }

    #[expect(clippy::cast_possible_truncation, reason = "a run launches far fewer than 2³² tasks")]
    pub(super) fn push_task(&mut self, stage: TaskStage) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        self.tasks.push(Task {
            stage,
            revision: self.revision,
            capacity: self.capacity,
            stop_requested: false,
            slot: None,
            billed_since: None,
            last_end: 0,
            leaves_within: (SimTime::ZERO, SimTime::ZERO),
            zone: None,
            launch_will_fail: false,
            running_since: SimTime::ZERO,
            boots: false,
            registered_at: SimTime::ZERO,
            check_phase: SimTime::ZERO,
            checks: Checks::default(),
            hung_since: None,
            replace: None,
        });
        self.active.push(task);
        task
    }

    pub(super) fn move_to(&mut self, now: SimTime, task: TaskId, to: TaskStage, out: &mut Effects) {
        let from = self.tasks[task.index()].stage;
        self.tasks[task.index()].stage = to;
        self.note(now, task, Some(from), to, out);
    }

    /// States the move and keeps the counts.
    pub(super) fn note(
        &mut self,
        at: SimTime,
        task: TaskId,
        from: Option<TaskStage>,
        to: TaskStage,
        out: &mut Effects,
    ) {
        let changed = |count: u32, belongs: fn(TaskStage) -> bool| {
            count + u32::from(belongs(to)) - u32::from(from.is_some_and(belongs))
        };
        let counts = self.counts;
        self.counts = TaskCounts {
            pending: changed(counts.pending, TaskStage::is_pending),
            running: changed(counts.running, TaskStage::is_running),
            registered: changed(counts.registered, TaskStage::is_running),
            in_service: changed(counts.in_service, |stage| stage == TaskStage::InService),
            draining: changed(counts.draining, TaskStage::is_draining),
        };
        let Task { revision, capacity, billed_since, zone, .. } = self.tasks[task.index()];
        out.moved.push(TaskMoved {
            at,
            task,
            revision,
            capacity,
            from: from.map(TaskStage::stated),
            to: to.stated(),
            billed_since,
            zone: zone.unwrap_or(0),
        });
    }

    /// Tasks that are billed now, in the order of their ids: for the bill at the horizon.
    /// `deprovisioning`: whether tasks whose container has exited are still billed.
    pub fn billed(&self, deprovisioning: bool) -> impl Iterator<Item = BilledTask> + '_ {
        let is_billed = move |stage: TaskStage| {
            stage.is_billed() || (deprovisioning && stage == TaskStage::Deprovisioning)
        };
        self.tasks.iter().filter(move |task| is_billed(task.stage)).filter_map(|task| {
            let Task { revision, capacity, .. } = *task;
            Some(BilledTask { since: task.billed_since?, revision, capacity })
        })
    }
}
