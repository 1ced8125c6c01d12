//! `[assumptions]`: onto the kernel's rules.

use windtunnel_kernel::policy::{
    CooldownCredit, CooldownScope, CooldownStart, DatapointAggregation, PolicyRules, ScaleInMode, StepBase,
    StepWindow, TrackedDatapoints,
};
use windtunnel_kernel::service::{
    DeregistrationEnd, FirstHealthCheck, LaunchBackoff, LaunchLimits, ReplacementPlan, ScaleInVictim,
};
use windtunnel_kernel::telemetry::{MetricRules, RcptDenominator};
use windtunnel_kernel::units::SimDuration;
use windtunnel_kernel::world::TelemetryPlan;

use crate::scenario::build::Lower;
use crate::scenario::import::schedule::ClockChanges;
use crate::scenario::keys::distribution;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::{Place, Value};

/// What the assumptions say, resolved.
pub(crate) struct Assumptions {
    pub(crate) policy_rules: PolicyRules,
    pub(crate) telemetry: TelemetryPlan,
    pub(crate) launch_limits: LaunchLimits,
    pub(crate) launch_backoff: LaunchBackoff,
    pub(crate) scale_in_victim: ScaleInVictim,
    pub(crate) replacement: ReplacementPlan,
    pub(crate) first_health_check: FirstHealthCheck,
    /// From the last check that a new target needs until requests are sent to it \[ns\].
    pub(crate) healthy_lag: SimDuration,
    /// Whether a new target needs as many passing checks as an unhealthy one, and not one.
    pub(crate) needs_all_checks: bool,
    pub(crate) deregistration_end: DeregistrationEnd,
    /// From the decision to stop a task until its target is deregistered \[ns\].
    pub(crate) deregistration_lag: SimDuration,
    pub(crate) requests_per_connection: u32,
    pub(crate) bill_deprovisioning: bool,
    /// From the change of the desired count to SIGTERM \[ns\].
    pub(crate) stop_lag: SimDuration,
    /// From SIGTERM to the container's exit, before `stop_timeout` \[ns\].
    pub(crate) exit_after_sigterm: SimDuration,
    pub(crate) deprovisioning: SimDuration,
    pub(crate) custom_metric_delay: SimDuration,
    pub(crate) schedule_jitter: SimDuration,
    pub(crate) clock_changes: ClockChanges,
}

pub(crate) fn read(view: View<'_>, lower: &mut Lower<'_>) -> Option<Assumptions> {
    if let Some(speed) = view.number("arm64_speed")
        && (speed - 1.0).abs() > 0.0
    {
        lower.report.add(
            Problem::new(codes::NOT_BUILT, "`assumptions.arm64_speed` other than 1.0 is not built yet")
                .at(&view.place("arm64_speed"), "this version cannot simulate it")
                .help("divide `request.cpu_time` by the speed instead"),
        );
        return None;
    }
    let exit_after_sigterm = exit_time(view, lower);
    let telemetry = telemetry(view, lower);
    let replacement_delay = distribution::read(view, "unhealthy_replacement", lower);
    let launch = view.table("launch_bucket")?;
    Some(Assumptions {
        policy_rules: policy_rules(view)?,
        telemetry: telemetry?,
        launch_limits: LaunchLimits {
            burst: launch.count("burst")?,
            refill_per_s: launch.number("refill_per_s")?,
            efficiency: view.number("launch_efficiency")?,
            per_service_per_minute: launch.count("per_service_per_minute")?,
        },
        launch_backoff: LaunchBackoff {
            first: view.table("throttle_backoff")?.duration("first")?,
            longest: view.table("throttle_backoff")?.duration("longest")?,
        },
        scale_in_victim: match view.text("scale_in_victim")? {
            "oldest" => ScaleInVictim::Oldest,
            "random" => ScaleInVictim::Random,
            "az_balanced" => ScaleInVictim::ZoneBalanced,
            _ => ScaleInVictim::Newest,
        },
        replacement: ReplacementPlan {
            delay: replacement_delay?,
            stop_lag: view.duration("replaced_stop")?,
            most_percent: view.count("replacement_max_percent")?,
        },
        first_health_check: match view.text("first_health_check")? {
            "random_phase" => FirstHealthCheck::RandomPhase,
            "after_interval" => FirstHealthCheck::AfterInterval,
            _ => FirstHealthCheck::AtOnce,
        },
        healthy_lag: view.duration("healthy_lag")?,
        needs_all_checks: view.text("initial_health_checks")? == "healthy_threshold",
        deregistration_end: match view.text("deregistration_end")? {
            "when_idle" => DeregistrationEnd::WhenIdle,
            _ => DeregistrationEnd::AfterDelay,
        },
        deregistration_lag: view.duration("deregistration_lag")?,
        requests_per_connection: view.count("requests_per_connection")?,
        bill_deprovisioning: view.flag("bill_deprovisioning")?,
        stop_lag: view.duration("task_stop_lag")?,
        exit_after_sigterm: exit_after_sigterm?,
        deprovisioning: view.duration("deprovisioning")?,
        custom_metric_delay: view.duration("custom_metric_delay")?,
        schedule_jitter: view.duration("schedule_jitter")?,
        clock_changes: ClockChanges {
            skipped_runs_later: view.text("schedule_skipped_time")? == "later",
            repeated_runs_twice: view.text("schedule_repeated_time")? == "twice",
        },
    })
}

/// What remains of the whole way to STOPPED for the container's exit.
fn exit_time(view: View<'_>, lower: &mut Lower<'_>) -> Option<SimDuration> {
    let whole = view.duration("task_stop_seconds")?;
    let parts = view.duration("task_stop_lag")? + view.duration("deprovisioning")?;
    if whole.0 < parts.0 {
        let written = |key: &str| view.node(key).map_or_else(Place::nowhere, |node| node.place.clone());
        lower.report.add(
            Problem::new(
                codes::STOPPING_TIMES,
                "`task_stop_seconds` is less than `task_stop_lag` and `deprovisioning` together",
            )
            .at(&view.place("task_stop_seconds"), "the whole")
            .also(&written("task_stop_lag"), "a part")
            .also(&written("deprovisioning"), "a part")
            .expected(format!("at least {}", crate::scenario::language::quantity::duration_text(parts))),
        );
        return None;
    }
    Some(whole - parts)
}

fn policy_rules(view: View<'_>) -> Option<PolicyRules> {
    Some(PolicyRules {
        tt_high_points: view.count("tt_high_points")?,
        tt_low_points: view.count("tt_low_points")?,
        tt_high_points_20s: view.count("tt_high_points_20s")?,
        tt_low_points_20s: view.count("tt_low_points_20s")?,
        tt_low_ratio: view.number("tt_low_ratio")?,
        tt_metric_aggregation: match view.text("tt_metric_aggregation")? {
            "last" => DatapointAggregation::Last,
            "max" => DatapointAggregation::Max,
            _ => DatapointAggregation::MeanOfEvalWindow,
        },
        tt_scale_in_mode: match &view.node("tt_scale_in_mode")?.value {
            Value::Text(word) if word == "one_at_a_time" => ScaleInMode::OneAtATime,
            Value::Text(_) => ScaleInMode::ProportionalCeil,
            _ => ScaleInMode::MaxFraction(view.table("tt_scale_in_mode")?.number("max_fraction")?),
        },
        tt_scale_in_max_step: match &view.node("tt_scale_in_max_step")?.value {
            Value::Text(_) => None,
            _ => Some(view.count("tt_scale_in_max_step")?),
        },
        tt_flapping_guard: view.flag("tt_flapping_guard")?,
        tt_datapoints: match view.text("tt_datapoints")? {
            "alarm_window" => TrackedDatapoints::AlarmWindow,
            _ => TrackedDatapoints::SinceLastActivity,
        },
        step_metric_window: match view.text("step_metric_window")? {
            "last_point" => StepWindow::LastPoint,
            _ => StepWindow::EvaluatedPoints,
        },
        step_base: match view.text("step_base")? {
            "desired" => StepBase::Desired,
            _ => StepBase::Running,
        },
        cooldown_start: match view.text("cooldown_start")? {
            "activity_start" => CooldownStart::ActivityStart,
            _ => CooldownStart::ActivityCompleted,
        },
        cooldown_scope: match view.text("cooldown_scope")? {
            "per_target" => CooldownScope::PerTarget,
            "per_policy" => CooldownScope::PerPolicy,
            _ => CooldownScope::ScaleInPerTarget,
        },
        cooldown_credit: match view.text("cooldown_credit")? {
            "subtract_added" => CooldownCredit::SubtractAdded,
            _ => CooldownCredit::BaseBeforeActivity,
        },
        block_in_during_out_cooldown: view.flag("block_in_during_out_cooldown")?,
    })
}

fn telemetry(view: View<'_>, lower: &mut Lower<'_>) -> Option<TelemetryPlan> {
    let ecs_metric_delay = distribution::read(view, "ecs_metric_delay_60s", lower);
    let ecs_metric_delay_20s = distribution::read(view, "ecs_metric_delay_20s", lower);
    let alb_metric_delay = distribution::read(view, "alb_metric_delay", lower);
    Some(TelemetryPlan {
        ecs_metric_delay: ecs_metric_delay?,
        ecs_metric_delay_20s: ecs_metric_delay_20s?,
        alb_metric_delay: alb_metric_delay?,
        alarm_phase: match view.text("alarm_phase")? {
            "random" => None,
            _ => Some(view.duration("alarm_phase")?),
        },
        alarm_range_extra: view.count("alarm_range_points")?,
        alarm_range_high_resolution: view.duration("alarm_range_high_resolution")?,
        alarm_reinvoke: view.duration("alarm_reinvoke")?,
        aas_action_latency: view.duration("aas_action_latency")?,
        rules: MetricRules {
            rcpt_denominator: match view.text("rcpt_denominator")? {
                "registered" => RcptDenominator::Registered,
                _ => RcptDenominator::Healthy,
            },
            counts_draining: view.flag("metric_counts_draining")?,
        },
    })
}
