//! The scheduler by itself, without a run around it: a small calendar of its own, and seats that only note what they
//! are told.

use alloc::collections::BTreeMap;

mod replacing;

use super::*;
use crate::facts::{CapacityKind, Retraction, TaskFailed, TaskFailure, TaskMoved, Visit};
use crate::random::{Distribution, Streams};
use crate::replica_set::{ReplicaIndex, ReplicaSet};
use crate::units::{RevisionId, SimDuration, SimTime};
use alloc::vec::Vec;

const LIMITS: LaunchLimits =
    LaunchLimits { burst: 100, refill_per_s: 20.0, efficiency: 1.0, per_service_per_minute: 500 };

fn seconds(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

fn second(second: u64) -> SimTime {
    SimTime(second * 1_000_000_000)
}

fn always(span: u64) -> Distribution {
    Distribution::constant(seconds(span))
}

/// Replicas that hold nothing, or something until they are told to be idle.
#[derive(Debug, Default)]
struct FakeReplicas {
    taken: u32,
    free: Vec<u32>,
    factor: f64,
    unhealthy: Vec<u32>,
    hung: Vec<u32>,
    /// End of what they hold \[ns\].
    idle_from: u64,
    /// Wait of a request \[s\]; `None`: it is refused.
    waits: Option<u64>,
}

impl ReplicaSet for FakeReplicas {
    fn add(&mut self) -> ReplicaIndex {
        ReplicaIndex(self.free.pop().unwrap_or_else(|| {
            self.taken += 1;
            self.taken - 1
        }))
    }

    fn drain(&mut self, _: ReplicaIndex) -> u64 {
        self.idle_from
    }

    fn drained_at(&self, _: ReplicaIndex) -> Option<u64> {
        Some(self.idle_from)
    }

    fn held(&self, _: ReplicaIndex, _: u64, _: impl FnMut(&Visit)) {}

    fn kill(&mut self, _: ReplicaIndex, _: u64, _: impl FnMut(&Retraction)) {}

    fn release(&mut self, slot: ReplicaIndex) {
        self.unhealthy.retain(|other| *other != slot.0);
        self.hung.retain(|other| *other != slot.0);
        self.free.push(slot.0);
    }

    fn hang(&mut self, slot: ReplicaIndex, _: u64) {
        self.hung.push(slot.0);
    }

    fn resume(&mut self, slot: ReplicaIndex, _: u64) {
        self.hung.retain(|other| *other != slot.0);
    }

    fn set_healthy(&mut self, slot: ReplicaIndex, is_healthy: bool) {
        self.unhealthy.retain(|other| *other != slot.0);
        self.unhealthy.extend((!is_healthy).then_some(slot.0));
    }

    fn wait(&mut self, _: ReplicaIndex, _: u64) -> Option<u64> {
        self.waits.map(|wait| seconds(wait).0)
    }

    fn scale_wait_times(&mut self, _: u64, factor: f64) {
        self.factor = factor;
    }
}

/// A scheduler and its calendar. Stages take 5, 5, 5 and 5 s, so a task runs 20 s after it is asked for.
struct SchedulerHarness {
    lifecycle: Lifecycle,
    replicas: FakeReplicas,
    bucket: LaunchBucket,
    calendar: BTreeMap<(SimTime, u64), TaskTimer>,
    numbered: u64,
    moved: Vec<TaskMoved>,
    failed: Vec<TaskFailed>,
}

impl SchedulerHarness {
    fn new(count: u32, health: TaskHealthPlan, balancer: Option<&TargetGroupPlan>, zones: u32) -> Self {
        Self::booting(0, count, health, balancer, zones)
    }

    /// The same with applications that boot for `boot` seconds.
    fn booting(
        boot: u64,
        count: u32,
        health: TaskHealthPlan,
        balancer: Option<&TargetGroupPlan>,
        zones: u32,
    ) -> Self {
        let startup = StartupPlan {
            scheduling: always(5),
            provisioning: always(5),
            image_pull: always(5),
            container_start: always(5),
            application_boot: always(boot),
            boot_cpu: 1.0,
        };
        let replacement = ReplacementPlan { delay: always(0), stop_lag: seconds(0), most_percent: 200 };
        let stopping = StoppingPlan {
            lag: seconds(6),
            exit_after_sigterm: seconds(1),
            stop_timeout: seconds(30),
            deprovisioning: seconds(1),
        };
        let lifecycle = Lifecycle::new(&LifecycleParts {
            revision: RevisionId(0),
            capacity: CapacityKind::Fargate,
            startup: &startup,
            stopping: &stopping,
            target_group: balancer,
            victim: ScaleInVictim::ZoneBalanced,
            replacement: &replacement,
            window: LaunchWindow::new(&LIMITS),
            backoff: LaunchBackoff::default(),
            health: &health,
            zones,
            name: "web",
            streams: Streams::new(1, 0),
        });
        let mut stage = Self {
            lifecycle,
            replicas: FakeReplicas { waits: Some(0), ..FakeReplicas::default() },
            bucket: LaunchBucket::new(&LIMITS),
            calendar: BTreeMap::new(),
            numbered: 0,
            moved: Vec::new(),
            failed: Vec::new(),
        };
        stage.does(|lifecycle, replicas, _, out| lifecycle.begin_warm(count, replicas, out));
        // Checks of warm tasks come at 0, 30, 60 …, so that a person can follow them.
        stage.lifecycle.tasks.iter_mut().for_each(|task| task.check_phase = SimTime::ZERO);
        stage
    }

    fn does<R>(
        &mut self,
        act: impl FnOnce(&mut Lifecycle, &mut FakeReplicas, &mut LaunchBucket, &mut Effects) -> R,
    ) -> R {
        let mut out = Effects::default();
        let result = act(&mut self.lifecycle, &mut self.replicas, &mut self.bucket, &mut out);
        self.moved.append(&mut out.moved);
        self.failed.append(&mut out.failed);
        for due in out.due {
            self.numbered += 1;
            self.calendar.insert((due.at, self.numbered), due);
        }
        result
    }

    fn until(&mut self, end: SimTime) {
        while let Some(first) = self.calendar.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((now, _), due) = first.remove_entry();
            self.does(|lifecycle, replicas, bucket, out| lifecycle.step(now, &due, replicas, bucket, out));
        }
    }

    fn fault(&mut self, now: SimTime, index: usize, kind: &FaultKind) -> usize {
        self.does(|lifecycle, replicas, bucket, out| {
            lifecycle.fault_begins(now, (index, kind), replicas, bucket, out)
        })
    }

    fn fault_ends(&mut self, now: SimTime, index: usize) {
        self.does(|lifecycle, replicas, bucket, out| lifecycle.fault_ends(now, index, replicas, bucket, out));
    }

    /// When tasks came to `stage`, in seconds.
    fn came_to(&self, stage: TaskStage) -> Vec<f64> {
        let moves = self.moved.iter().filter(|moved| moved.to == stage.stated());
        moves.map(|moved| moved.at.as_secs_f64()).collect()
    }

    fn failures(&self) -> Vec<(f64, TaskFailure)> {
        self.failed.iter().map(|failed| (failed.at.as_secs_f64(), failed.failure)).collect()
    }
}

fn balancer(grace: u64) -> TargetGroupPlan {
    TargetGroupPlan {
        registration: always(0),
        health_check: HealthCheckPlan {
            interval: seconds(30),
            initial_healthy_count: 1,
            first_check: FirstHealthCheck::AtOnce,
            timeout: seconds(5),
            unhealthy_threshold: 2,
            healthy_threshold: 5,
            grace_period: seconds(grace),
            served: CheckService::Queued,
            healthy_lag: seconds(0),
        },
        deregistration_delay: seconds(300),
        deregistration_end: DeregistrationEnd::AfterDelay,
    }
}

#[test]
fn a_task_that_was_chosen_to_stop_keeps_the_service_unsettled_although_it_still_runs() {
    let mut stage = SchedulerHarness::new(10, TaskHealthPlan::default(), None, 2);
    assert!(stage.lifecycle.is_settled());
    // 10 → 8 → 10 within the stop lag: ten run and ten are desired, but two of them are about to leave.
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(SimTime(1), 8, bucket, out));
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(SimTime(2), 10, bucket, out));
    assert_eq!((stage.lifecycle.counts().running, stage.lifecycle.desired()), (10, 10));
    assert!(!stage.lifecycle.is_settled());
}

#[test]
fn a_crash_after_running_is_replaced_at_once_however_often() {
    let health = TaskHealthPlan { time_to_crash: Some(always(30)), ..TaskHealthPlan::default() };
    let mut stage = SchedulerHarness::new(1, health, None, 1);
    stage.until(second(170));
    // It runs for 30 s, and the next one needs 20 s to run: 30, 80, 130, …
    assert_eq!(stage.failures(), [30.0, 80.0, 130.0].map(|at| (at, TaskFailure::Crashed)));
    assert_eq!(stage.came_to(TaskStage::Scheduled), [30.0, 80.0, 130.0]);
    assert_eq!(stage.came_to(TaskStage::InService)[1..], [50.0, 100.0, 150.0]);
}

#[test]
fn launches_that_fail_are_tried_again_after_ten_seconds_and_then_twice_as_long_up_to_27_minutes() {
    let health = TaskHealthPlan { launch_failure: 1.0, ..TaskHealthPlan::default() };
    let mut stage = SchedulerHarness::new(0, health, None, 1);
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(0), 1, bucket, out));
    stage.until(second(7_000));
    let failed: Vec<f64> = stage.failures().iter().map(|(at, _)| *at).collect();
    let waits: Vec<f64> = failed.windows(2).map(|pair| pair[1] - pair[0] - 20.0).collect();
    assert_eq!(failed[..1], [20.0]);
    assert_eq!(waits, [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1_280.0, 1_620.0, 1_620.0]);
    assert!(stage.failures().iter().all(|(_, failure)| *failure == TaskFailure::LaunchFailed));
    assert_eq!(stage.lifecycle.counts().running, 0);
}

#[test]
fn tasks_that_are_launched_together_fail_together_and_one_success_ends_the_waiting() {
    let mut stage = SchedulerHarness::new(0, TaskHealthPlan::default(), None, 1);
    stage.fault(second(0), 0, &FaultKind::LaunchFailure(1.0));
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(0), 3, bucket, out));
    stage.until(second(25));
    stage.fault_ends(second(25), 0);
    stage.until(second(200));
    assert_eq!(stage.failures().len(), 3);
    // 20 s to fail, 10 s to wait, and then all three run.
    assert_eq!(stage.came_to(TaskStage::InService), [50.0; 3]);
}

#[test]
fn a_hung_target_is_found_by_two_checks_and_stopped_when_another_has_taken_its_place() {
    let mut stage = SchedulerHarness::new(2, TaskHealthPlan::default(), Some(&balancer(0)), 2);
    // Checks at 0, 30, 60, 90 …: the first that finds it hung is that of second 120, the second that of 150, and 5 s
    // later it is unanswered. The replacement runs 20 s later and is healthy at its first check.
    assert_eq!(stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(0.5))), 1);
    stage.until(second(154));
    assert_eq!(stage.lifecycle.counts().in_service, 2);
    stage.until(second(155));
    assert_eq!(stage.failures(), [(155.0, TaskFailure::UnhealthyTarget)]);
    assert_eq!(stage.replicas.unhealthy.len(), 1);
    assert_eq!((stage.lifecycle.counts().running, stage.lifecycle.counts().in_service), (2, 1));
    stage.until(second(190));
    assert_eq!(stage.came_to(TaskStage::InService)[2..], [175.0]);
    assert_eq!(stage.came_to(TaskStage::Draining), [181.0]);
    assert!(stage.lifecycle.awaiting_replacement.is_empty() && stage.lifecycle.is_settled());
}

#[test]
fn a_hang_that_ends_before_the_second_check_is_not_noticed() {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), Some(&balancer(0)), 1);
    stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(154));
    stage.fault_ends(second(154), 0);
    stage.until(second(600));
    assert_eq!(stage.failures(), []);
    assert!(stage.replicas.hung.is_empty());
}

#[test]
fn within_the_grace_period_an_unhealthy_target_is_left_alone_and_may_come_back() {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), Some(&balancer(500)), 1);
    stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(200));
    stage.fault_ends(second(200), 0);
    stage.until(second(600));
    assert_eq!(stage.failures(), []);
    // Out at 155; checks pass at 210, 240, 270, 300 and 330.
    assert_eq!(stage.came_to(TaskStage::Unhealthy), [155.0]);
    assert_eq!(stage.came_to(TaskStage::InService)[1..], [330.0]);
    assert!(stage.replicas.unhealthy.is_empty());
    // One that hangs beyond the period is replaced when it is over.
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), Some(&balancer(500)), 1);
    stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(600));
    assert_eq!(stage.failures(), [(500.0, TaskFailure::UnhealthyTarget)]);
}

#[test]
fn a_container_check_finds_a_hung_task_behind_no_load_balancer() {
    let check = ContainerCheckPlan {
        interval: seconds(30),
        timeout: seconds(5),
        retries: 3,
        start_period: seconds(0),
    };
    let health = TaskHealthPlan { container_check: Some(check), ..TaskHealthPlan::default() };
    let mut stage = SchedulerHarness::new(1, health, None, 1);
    stage.fault(second(31), 0, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(400));
    // Checks at 60, 90 and 120 fail, the last one at 125: 94 s, as the reference says (90 s to 95 s and the phase).
    assert_eq!(stage.failures(), [(125.0, TaskFailure::UnhealthyContainer)]);
    assert_eq!(stage.came_to(TaskStage::InService)[1..], [145.0]);
    assert_eq!(stage.came_to(TaskStage::Stopping), [151.0]);
}

#[test]
fn a_lost_zone_takes_its_tasks_and_gets_no_others_until_it_is_back() {
    let mut stage = SchedulerHarness::new(6, TaskHealthPlan::default(), None, 3);
    let zones = |stage: &SchedulerHarness, from: f64| -> Vec<u32> {
        let moved = stage.moved.iter().filter(|moved| moved.to.is_in_service());
        moved.filter(|moved| moved.at.as_secs_f64() >= from).map(|moved| moved.zone).collect()
    };
    assert_eq!(zones(&stage, 0.0), [0, 1, 2, 0, 1, 2]);
    assert_eq!(stage.fault(second(10), 0, &FaultKind::ZoneOutage(1)), 2);
    stage.until(second(100));
    assert_eq!(stage.failures(), [(10.0, TaskFailure::ZoneLost); 2]);
    assert_eq!(zones(&stage, 1.0), [0, 2]);
    stage.fault_ends(second(100), 0);
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(100), 8, bucket, out));
    stage.until(second(200));
    assert_eq!(zones(&stage, 100.0), [1, 1]);
    // With every zone lost nothing is launched, and all is launched when one is back.
    for zone in 0..3 {
        stage.fault(second(300), 1 + zone as usize, &FaultKind::ZoneOutage(zone));
    }
    stage.until(second(400));
    assert_eq!((stage.lifecycle.counts().running, stage.lifecycle.counts().pending), (0, 8));
    stage.fault_ends(second(400), 2);
    stage.until(second(500));
    assert_eq!(zones(&stage, 300.0), [1; 8]);
}

#[test]
fn a_zone_balanced_scale_in_takes_from_the_fullest_zone() {
    let mut stage = SchedulerHarness::new(7, TaskHealthPlan::default(), None, 3);
    for desired in (0..7).rev() {
        stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(1), desired, bucket, out));
        let zones = &stage.lifecycle.by_zone;
        assert!(zones.iter().max().unwrap() - zones.iter().min().unwrap() <= 1, "{zones:?}");
    }
}

#[test]
fn slow_dependencies_multiply_while_they_last() {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), None, 1);
    stage.fault(second(1), 0, &FaultKind::SlowDependency(4.0));
    stage.fault(second(2), 1, &FaultKind::SlowDependency(2.5));
    assert!((stage.replicas.factor - 10.0).abs() < 1e-12);
    stage.fault_ends(second(3), 0);
    assert!((stage.replicas.factor - 2.5).abs() < 1e-12);
    stage.fault_ends(second(4), 1);
    assert!((stage.replicas.factor - 1.0).abs() < 1e-12);
}

#[test]
fn a_share_of_the_tasks_is_rounded_up_and_a_crash_loop_takes_what_starts_while_it_lasts() {
    let mut stage = SchedulerHarness::new(10, TaskHealthPlan::default(), None, 2);
    assert_eq!(stage.fault(second(10), 0, &FaultKind::Crash(Extent::Share(0.31))), 4);
    assert_eq!(stage.failures().len(), 4);
    stage.fault(second(11), 1, &FaultKind::CrashLoop(seconds(7)));
    stage.until(second(60));
    // The four that run at 30 end at 37, and those that replace them run at 57.
    assert_eq!(stage.failures()[4..], [(37.0, TaskFailure::Crashed); 4]);
    stage.fault_ends(second(58), 1);
    stage.until(second(200));
    assert_eq!(stage.failures().len(), 12);
    assert_eq!(stage.lifecycle.counts().in_service, 10);
}

/// A service of one task that begins to drain at 106, and is foreseen to be idle at 120.
fn leaving(balancer: Option<&TargetGroupPlan>) -> SchedulerHarness {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), balancer, 1);
    stage.replicas.idle_from = second(120).0;
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(100), 0, bucket, out));
    stage.until(second(110));
    stage
}

#[test]
fn a_draining_task_that_is_not_idle_when_it_was_foreseen_goes_on_until_it_is_or_its_time_is_up() {
    let mut stage = leaving(Some(&when_idle()));
    stage.replicas.idle_from = second(200).0;
    stage.until(second(1_000));
    assert_eq!(stage.came_to(TaskStage::Draining), [106.0]);
    assert_eq!(stage.came_to(TaskStage::Stopping), [200.0]);
    let mut stage = leaving(Some(&when_idle()));
    stage.replicas.idle_from = u64::MAX;
    stage.until(second(1_000));
    assert_eq!(stage.came_to(TaskStage::Stopping), [406.0]);
    // Behind no load balancer it has the 30 s from SIGTERM to SIGKILL.
    for (idle, exit) in [(125, 125.0), (200, 136.0)] {
        let mut stage = leaving(None);
        stage.replicas.idle_from = second(idle).0;
        stage.until(second(1_000));
        assert_eq!(stage.came_to(TaskStage::Deprovisioning), [exit]);
    }
}

#[test]
fn a_draining_task_leaves_sooner_when_its_dependency_recovers() {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), Some(&when_idle()), 1);
    stage.fault(second(50), 0, &FaultKind::SlowDependency(10.0));
    stage.replicas.idle_from = second(300).0;
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(100), 0, bucket, out));
    stage.until(second(120));
    stage.replicas.idle_from = second(150).0;
    stage.fault_ends(second(120), 0);
    stage.until(second(1_000));
    assert_eq!(stage.came_to(TaskStage::Stopping), [150.0]);
}

#[test]
fn a_scale_in_stops_the_unhealthy_task_whose_replacement_it_takes_away() {
    let mut stage = SchedulerHarness::new(2, TaskHealthPlan::default(), Some(&balancer(0)), 1);
    stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(0.5)));
    stage.until(second(155));
    assert_eq!(stage.failures(), [(155.0, TaskFailure::UnhealthyTarget)]);
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(156), 1, bucket, out));
    stage.until(second(600));
    assert_eq!(stage.came_to(TaskStage::Draining), [162.0]);
    assert_eq!((stage.lifecycle.counts().running, stage.lifecycle.counts().in_service), (1, 1));
}

#[test]
fn a_target_that_hangs_again_while_it_recovers_begins_to_count_anew() {
    let mut stage = SchedulerHarness::new(1, TaskHealthPlan::default(), Some(&balancer(900)), 1);
    stage.fault(second(100), 0, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(200));
    stage.fault_ends(second(200), 0);
    stage.until(second(220));
    stage.fault(second(220), 1, &FaultKind::Hang(Extent::Share(1.0)));
    stage.until(second(321));
    stage.fault_ends(second(321), 1);
    stage.until(second(800));
    // Five checks from 210 on would have been passed at 330; it passes those of 330, 360, 390, 420 and 450.
    assert_eq!(stage.came_to(TaskStage::InService)[1..], [450.0]);
}

fn when_idle() -> TargetGroupPlan {
    TargetGroupPlan { deregistration_end: DeregistrationEnd::WhenIdle, ..balancer(0) }
}

#[test]
fn a_target_drains_for_the_whole_delay_whether_or_not_it_holds_requests() {
    // It leaves RUNNING at 106 and is idle at 120; the delay is 300 s.
    let mut stage = leaving(Some(&balancer(0)));
    stage.until(second(1_000));
    assert_eq!(stage.came_to(TaskStage::Draining), [106.0]);
    assert_eq!(stage.came_to(TaskStage::Stopping), [406.0]);
}

/// A load balancer that checks every 10 s, two failures of which make a target unhealthy.
fn quick(grace: u64) -> TargetGroupPlan {
    let mut plan = balancer(grace);
    plan.health_check.interval = seconds(10);
    plan
}

#[test]
fn an_application_that_boots_longer_than_its_checks_wait_never_serves_without_a_grace_period() {
    // RUNNING after 20 s, and checks at 0 s and 10 s after that fail: found at 30 s, stopped, and so on for ever.
    let mut stage = SchedulerHarness::booting(25, 0, TaskHealthPlan::default(), Some(&quick(0)), 1);
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(0), 1, bucket, out));
    stage.until(second(299));
    let never: Vec<(f64, TaskFailure)> =
        (1..10).map(|k| (30.0 * f64::from(k), TaskFailure::NeverHealthy)).collect();
    assert_eq!(stage.failures(), never);
    assert_eq!(stage.came_to(TaskStage::InService), []);
    // It leaves RUNNING 6 s after the finding, and its target drains.
    assert_eq!(stage.came_to(TaskStage::Draining).first(), Some(&36.0));
}

#[test]
fn a_grace_period_lets_a_slow_application_come_up_as_an_unhealthy_target_does() {
    // Unhealthy at 30; it answers at 45, so the checks of 50, 60, 70, 80 and 90 make it healthy.
    let mut stage = SchedulerHarness::booting(25, 0, TaskHealthPlan::default(), Some(&quick(120)), 1);
    stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(0), 1, bucket, out));
    stage.until(second(500));
    assert_eq!(stage.failures(), []);
    assert_eq!(stage.came_to(TaskStage::Unhealthy), [30.0]);
    assert_eq!(stage.came_to(TaskStage::InService), [90.0]);
}

#[test]
fn a_quick_application_is_healthy_at_its_first_check_that_passes_and_the_lag_of_the_load_balancer() {
    for (boot, needed, healthy) in [(0, 1, 22.0), (5, 1, 32.0), (0, 3, 42.0)] {
        let mut plan = quick(0);
        (plan.health_check.healthy_lag, plan.health_check.initial_healthy_count) = (seconds(2), needed);
        let mut stage = SchedulerHarness::booting(boot, 0, TaskHealthPlan::default(), Some(&plan), 1);
        stage.does(|lifecycle, _, bucket, out| lifecycle.set_desired(second(0), 1, bucket, out));
        stage.until(second(100));
        assert_eq!(stage.came_to(TaskStage::InService), [healthy], "boot {boot} s, {needed} checks");
    }
}

#[test]
fn an_overloaded_task_fails_its_checks_and_is_replaced_while_one_that_is_served_apart_is_not() {
    for (waits, served, fails) in [
        (Some(6), CheckService::Queued, Some(155.0)),
        (None, CheckService::Queued, Some(150.0)),
        (Some(5), CheckService::Queued, None),
        (None, CheckService::Apart, None),
    ] {
        let mut plan = balancer(0);
        plan.health_check.served = served;
        let mut stage = SchedulerHarness::new(2, TaskHealthPlan::default(), Some(&plan), 1);
        stage.replicas.waits = waits;
        stage.does(|lifecycle, _, _, out| lifecycle.strain(second(100), true, out));
        // Checks of 120 and 150; what has to wait is found when its 5 s are over.
        stage.until(second(160));
        let expected: Vec<_> =
            fails.into_iter().flat_map(|at| [(at, TaskFailure::UnhealthyTarget); 2]).collect();
        assert_eq!(stage.failures(), expected, "{waits:?} {served:?}");
    }
}

#[test]
fn applications_that_boot_are_told_until_they_answer_or_end() {
    let mut stage = SchedulerHarness::booting(25, 0, TaskHealthPlan::default(), None, 1);
    let mut boots = 0_i32;
    let mut out = Effects::default();
    stage.lifecycle.set_desired(second(0), 2, &mut stage.bucket, &mut out);
    let mut calendar: BTreeMap<(SimTime, u64), TaskTimer> = BTreeMap::new();
    let mut numbered = 0;
    let mut seen = Vec::new();
    loop {
        for due in out.due.drain(..) {
            numbered += 1;
            calendar.insert((due.at, numbered), due);
        }
        for (at, begins) in out.boots.drain(..) {
            boots += if begins { 1 } else { -1 };
            seen.push((at.as_secs_f64(), boots));
        }
        let Some(((now, _), due)) = calendar.pop_first() else { break };
        stage.lifecycle.step(now, &due, &mut stage.replicas, &mut stage.bucket, &mut out);
    }
    assert_eq!(seen, [(20.0, 1), (20.0, 2), (45.0, 1), (45.0, 0)]);
}
