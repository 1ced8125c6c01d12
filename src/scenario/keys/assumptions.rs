//! `[assumptions]`: onto the kernel's rules.

use windtunnel_kernel::platform::{
    DeregistrationEnd, FirstHealthCheck, LaunchBackoff, LaunchLimits, ReplacementPlan, ScaleInVictim,
};
use windtunnel_kernel::scaling::aas::{
    AlarmRules, CooldownCredit, CooldownScope, CooldownStart, DatapointAggregation, PolicyRules, ScaleInMode,
    StepBase, StepWindow, TrackedDatapoints,
};
use windtunnel_kernel::telemetry::{MetricRules, RcptDenominator, TelemetryPlan};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::import::schedule::ClockChanges;
use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::distribution;
use crate::scenario::keys::limits::MOST_TASKS;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::tree::SourceSpan;

const POINTS: Kind = Kind::Integer(1, 1440);
const DELAY: Kind = Kind::Duration(0, 3600);

choices! { SCALE_IN_MODES = ScaleInMode {
    "proportional_ceil" => ScaleInMode::ProportionalCeil,
    "one_at_a_time" => ScaleInMode::OneAtATime,
} }
const MAX_FRACTION: TableSpec = TableSpec {
    doc: "Proportional, but limited.",
    keys: &[Key::new(
        "max_fraction",
        Kind::NumberAbove(0.0, 1.0),
        "Largest share of the running tasks, at least one.",
    )
    .required()],
};
choices! { NO_LIMIT = Option<u32> { "none" => None } }
choices! { RANDOM_PHASE = Option<SimDuration> { "random" => None } }
const TASKS: Kind = Kind::Integer(1, MOST_TASKS);
const PHASE: Kind = Kind::Duration(0, 59);
choices! { VICTIMS: ScaleInVictim {
    "newest" => Newest,
    "oldest" => Oldest,
    "random" => Random,
    "az_balanced" => ZoneBalanced,
} }
choices! { AGGREGATIONS: DatapointAggregation {
    "mean_of_eval_window" => MeanOfEvalWindow,
    "last" => Last,
    "max" => Max,
} }
choices! { TRACKED_DATAPOINTS: TrackedDatapoints {
    "since_last_activity" => SinceLastActivity,
    "alarm_window" => AlarmWindow,
} }
choices! { STEP_WINDOWS: StepWindow { "evaluated_points" => EvaluatedPoints, "last_point" => LastPoint } }
choices! { STEP_BASES: StepBase { "running" => Running, "desired" => Desired } }
choices! { COOLDOWN_STARTS: CooldownStart {
    "activity_completed" => ActivityCompleted,
    "activity_start" => ActivityStart,
} }
choices! { COOLDOWN_SCOPES: CooldownScope {
    "scale_in_per_target" => ScaleInPerTarget,
    "per_policy" => PerPolicy,
    "per_target" => PerTarget,
} }
choices! { COOLDOWN_CREDITS: CooldownCredit {
    "base_before_activity" => BaseBeforeActivity,
    "subtract_added" => SubtractAdded,
} }
choices! { DENOMINATORS: RcptDenominator { "healthy" => Healthy, "registered" => Registered } }
choices! { DEREGISTRATION_ENDS: DeregistrationEnd { "after_delay" => AfterDelay, "when_idle" => WhenIdle } }
choices! { FIRST_HEALTH_CHECKS: FirstHealthCheck {
    "at_once" => AtOnce,
    "random_phase" => RandomPhase,
    "after_interval" => AfterInterval,
} }
choices! {
    /// Whether a new target needs as many passing checks as the healthy threshold says.
    INITIAL_HEALTH_CHECKS = bool { "one" => false, "healthy_threshold" => true }
}
choices! {
    /// Whether a local time that the change of clocks skips runs later.
    SKIPPED_TIMES = bool { "skip" => false, "later" => true }
}
choices! {
    /// Whether a local time that the change of clocks repeats runs twice.
    REPEATED_TIMES = bool { "once" => false, "twice" => true }
}

pub(crate) const ASSUMPTIONS: TableSpec = TableSpec {
    doc: "What AWS does not publish. Defaults are observations of others or choices; vary them to see what depends on them.",
    keys: &[
        Key::new("tt_high_points", POINTS, "Points of a target-tracking policy's high alarm (observed: 3 of 3).").or("3"),
        Key::new("tt_low_points", POINTS, "Points of its low alarm (observed: 15 of 15).").or("15"),
        Key::new("tt_high_points_20s", POINTS, "Points of the high alarm of a high-resolution metric, of 20 s each (observed: 3 of 3).")
            .or("3"),
        Key::new("tt_low_points_20s", POINTS, "Points of its low alarm (observed: 30 of 30).").or("30"),
        Key::new("tt_low_ratio", Kind::NumberAbove(0.0, 1.0), "Threshold of the low alarm ÷ target (observed: 0.9).")
            .or("0.9"),
        Key::new(
            "tt_metric_aggregation",
            Kind::Choice(AGGREGATIONS.words),
            "Which number of the alarm's window enters the formula.",
        )
        .or("\"mean_of_eval_window\""),
        Key::new(
            "tt_scale_in_mode",
            Kind::Either(&Kind::Choice(SCALE_IN_MODES.words), &Kind::OneOf(&MAX_FRACTION)),
            "How far a target-tracking policy scales in at once. AWS says \"more gradually\" than out and publishes no rule; the \
             range is this default to \"proportional_ceil\", and `run`, `compare` and `forecast` show the cost at both ends beside the \
             total.",
        )
        .or("{ max_fraction = 0.05 }"),
        Key::new("tt_scale_in_max_step", Kind::Either(&Kind::Choice(NO_LIMIT.words), &TASKS), "Tasks that one scale-in removes at most.")
            .or("\"none\""),
        Key::new("tt_flapping_guard", Kind::Bool, "No scale-in whose predicted metric is above the target.").or("true"),
        Key::new(
            "tt_datapoints",
            Kind::Choice(TRACKED_DATAPOINTS.words),
            "Which datapoints a target-tracking policy decides on: those of periods that began since the desired count was \
             changed last (until there is one, scale-in waits, and scale-out starts from the count before that change), or all \
             that the alarm evaluated, however old.",
        )
        .or("\"since_last_activity\""),
        Key::new(
            "step_metric_window",
            Kind::Choice(STEP_WINDOWS.words),
            "Which datapoints a step policy aggregates.",
        )
        .or("\"evaluated_points\""),
        Key::new("step_base", Kind::Choice(STEP_BASES.words), "The capacity a step policy starts from.")
            .or("\"running\""),
        Key::new(
            "cooldown_start",
            Kind::Choice(COOLDOWN_STARTS.words),
            "When a cooldown's clock starts (documented: when the activity has completed).",
        )
        .or("\"activity_completed\""),
        Key::new(
            "cooldown_scope",
            Kind::Choice(COOLDOWN_SCOPES.words),
            "Whose cooldown counts: a scale-in of any policy blocks every scale-in of the service, and a scale-out delays its own \
             policy only; each policy's own; or the service's last activity, whichever policy made it.",
        )
        .or("\"scale_in_per_target\""),
        Key::new(
            "cooldown_credit",
            Kind::Choice(COOLDOWN_CREDITS.words),
            "How capacity that the activity in cooldown added counts against a larger scale-out: the proposal starts from the \
             count before that activity, or what runs of it is subtracted from a proposal that starts from the running count.",
        )
        .or("\"base_before_activity\""),
        Key::new("block_in_during_out_cooldown", Kind::Bool, "Whether a scale-out's cooldown blocks a scale-in.")
            .or("false"),
        Key::new(
            "ecs_metric_delay_60s",
            distribution::TIMES,
            "From the end of a period until its ECS datapoint can be read, drawn for each datapoint; datapoints do not overtake one \
             another, and more than an hour counts as an hour. Range: \"60s\" to \"150s\".",
        )
        .or("{ triangular = { min = \"60s\", mode = \"150s\", max = \"150s\" } }"),
        Key::new(
            "ecs_metric_delay_20s",
            distribution::TIMES,
            "The same for an ECS metric that is published every 20 s. Range: \"5s\" to \"20s\".",
        )
        .or("{ triangular = { min = \"8s\", mode = \"12s\", max = \"20s\" } }"),
        Key::new(
            "alb_metric_delay",
            distribution::TIMES,
            "The same for a load balancer's datapoint. Range: \"60s\" to \"190s\".",
        )
        .or("{ triangular = { min = \"60s\", mode = \"110s\", max = \"190s\" } }"),
        Key::new("custom_metric_delay", DELAY, "The same for custom metrics that do not say their own.").or("\"60s\""),
        Key::new("metric_counts_draining", Kind::Bool, "Whether ECS averages include tasks that drain or stop.").or("true"),
        Key::new(
            "rcpt_denominator",
            Kind::Choice(DENOMINATORS.words),
            "Which targets RequestCountPerTarget divides by.",
        )
        .or("\"healthy\""),
        Key::new(
            "alarm_phase",
            Kind::Either(&Kind::Choice(RANDOM_PHASE.words), &PHASE),
            "Seconds past the minute at which alarms are evaluated; \"random\": drawn for each alarm. Alarms of periods below a \
             minute are evaluated every 10 s.",
        )
        .or("\"random\""),
        Key::new("alarm_range_points", Kind::Integer(0, 100), "Points that an alarm reads beyond its N (observed: 2).")
            .or("2"),
        Key::new(
            "alarm_range_high_resolution",
            Kind::Duration(0, 3600),
            "How far an alarm of periods below a minute reads beyond its N periods (observed: 60 s).",
        )
        .or("\"60s\""),
        Key::new("alarm_reinvoke", Kind::Duration(1, 3600), "How often an alarm that stays in ALARM acts again (documented: 60 s).")
            .or("\"60s\""),
        Key::new("aas_action_latency", Kind::Duration(0, 60), "From the evaluation to the action.").or("\"200ms\""),
        Key::new("scale_in_victim", Kind::Choice(VICTIMS.words), "Which running task a scale-in stops.").or("\"newest\""),
        Key::new(
            "task_stop_seconds",
            Kind::Duration(0, 3600),
            "From the decision to STOPPED without a load balancer, all stages together.",
        )
        .or("\"45s\""),
        Key::new("task_stop_lag", Kind::Duration(0, 3600), "Of these, until the task leaves RUNNING.").or("\"6s\""),
        Key::new(
            "deregistration_lag",
            Kind::Duration(0, 3600),
            "With a load balancer: from the decision to stop a task until its target is deregistered. Range: \"5s\" to \"15s\".",
        )
        .or("\"10s\""),
        Key::new(
            "deregistration_end",
            Kind::Choice(DEREGISTRATION_ENDS.words),
            "When ECS stops the task of a deregistered target: when the whole deregistration delay is over, or as soon as its last \
             request has ended.",
        )
        .or("\"after_delay\""),
        Key::new(
            "unhealthy_replacement",
            distribution::TIMES,
            "From the moment at which a task is found unhealthy until ECS starts another (observed: 3 s to 44 s).",
        )
        .or("{ uniform = { min = \"3s\", max = \"44s\" } }"),
        Key::new(
            "replaced_stop",
            Kind::Duration(0, 3600),
            "From the moment at which that one is healthy until the unhealthy task is told to stop (observed: 7 s).",
        )
        .or("\"7s\""),
        Key::new(
            "replacement_max_percent",
            Kind::Integer(100, 1000),
            "Replacements and the unhealthy tasks that they replace together, as a share of the desired count [%]; ECS's default of \
             `maximumPercent`.",
        )
        .or("200"),
        Key::new("deprovisioning", Kind::Duration(0, 3600), "From the container's exit to STOPPED.").or("\"23s\""),
        Key::new("bill_deprovisioning", Kind::Bool, "Whether the time after the container's exit is billed.").or("false"),
        Key::new(
            "first_health_check",
            Kind::Choice(FIRST_HEALTH_CHECKS.words),
            "When a new target is first checked.",
        )
        .or("\"at_once\""),
        Key::new(
            "healthy_lag",
            Kind::Duration(0, 300),
            "From the last check that a new target needs until requests are sent to it (measured: 1.7 s to 2.7 s).",
        )
        .or("\"2s\""),
        Key::new(
            "initial_health_checks",
            Kind::Choice(INITIAL_HEALTH_CHECKS.words),
            "Passing checks that a new target needs where `health_check.initial_healthy_count` does not say: AWS's pages say one, and \
             as many as the healthy threshold.",
        )
        .or("\"one\""),
        Key::new("requests_per_connection", Kind::Integer(1, 100_000), "Requests over one client connection.").or("1"),
        Key::new(
            "arm64_speed",
            Kind::Number(0.01, 100.0),
            "Speed of a vCPU of tasks with `architecture = \"arm64\"`, where the one that `request.cpu_time` was measured on has 1. \
             Published comparisons give 0.6 to 1.25.",
        )
        .or("1.0"),
        Key::new(
            "launch_efficiency",
            Kind::NumberAbove(0.0, 1.0),
            "Share of the documented refill rate that mass launches reach: 3 500 tasks of five services took about 270 s. Range: \
             0.5 to 1.",
        )
        .or("0.7"),
        Key::new("launch_bucket", Kind::Table(&LAUNCH_BUCKET), "Fargate's launch limits (documented).").or("{}"),
        Key::new("schedule_jitter", DELAY, "Scheduled actions are late by up to this, evenly (documented: seconds; observed: 16.5 s).").or("\"20s\""),
        Key::new(
            "schedule_skipped_time",
            Kind::Choice(SKIPPED_TIMES.words),
            "A schedule's local time that the change of clocks skips: it does not run, or it runs as much later as clocks jump.",
        )
        .or("\"skip\""),
        Key::new(
            "schedule_repeated_time",
            Kind::Choice(REPEATED_TIMES.words),
            "A schedule's local time that the change of clocks repeats: it runs the first time, or both times.",
        )
        .or("\"once\""),
        Key::new("throttle_backoff", Kind::Table(&THROTTLE), "How the scheduler holds back after tasks that never ran.")
            .or("{}"),
    ],
};

const THROTTLE: TableSpec = TableSpec {
    doc: "After k tasks in a row that never reached RUNNING the scheduler waits `first` × 2^(k − 1), at most `longest`. \
          ECS publishes the longest wait only: 27 minutes.",
    keys: &[
        Key::new("first", Kind::DurationAbove(3600), "Wait after the first failure.").or("\"10s\""),
        Key::new("longest", Kind::DurationAbove(86_400), "Longest wait.").or("\"1620s\""),
    ],
};

const LAUNCH_BUCKET: TableSpec = TableSpec {
    doc: "The account's token bucket, shared by all services, and the scheduler's limit a service.",
    keys: &[
        Key::new("burst", Kind::Integer(1, 1_000_000), "Tasks the bucket holds.").or("100"),
        Key::new("refill_per_s", Kind::NumberAbove(0.0, 1_000_000.0), "Tokens it gains a second.").or("20"),
        Key::new(
            "per_service_per_minute",
            Kind::Integer(1, 1_000_000),
            "Tasks launched for a service in any minute.",
        )
        .or("500"),
    ],
};

/// `[assumptions]`, resolved.
pub(crate) struct Assumptions {
    pub(crate) policy_rules: PolicyRules,
    pub(crate) alarm_rules: AlarmRules,
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
    pub(crate) arm64_speed: f64,
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

pub(crate) fn read(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<Assumptions> {
    let exit_after_sigterm = exit_time(view, builder);
    let telemetry = telemetry(view, builder);
    let replacement_delay = distribution::read(view, "unhealthy_replacement", builder);
    let launch = view.table("launch_bucket")?;
    Some(Assumptions {
        policy_rules: policy_rules(view)?,
        alarm_rules: alarm_rules(view)?,
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
        scale_in_victim: view.choice("scale_in_victim", &VICTIMS)?,
        replacement: ReplacementPlan {
            delay: replacement_delay?,
            stop_lag: view.duration("replaced_stop")?,
            most_percent: view.count("replacement_max_percent")?,
        },
        first_health_check: view.choice("first_health_check", &FIRST_HEALTH_CHECKS)?,
        healthy_lag: view.duration("healthy_lag")?,
        needs_all_checks: view.choice("initial_health_checks", &INITIAL_HEALTH_CHECKS)?,
        deregistration_end: view.choice("deregistration_end", &DEREGISTRATION_ENDS)?,
        deregistration_lag: view.duration("deregistration_lag")?,
        arm64_speed: view.number("arm64_speed")?,
        requests_per_connection: view.count("requests_per_connection")?,
        bill_deprovisioning: view.flag("bill_deprovisioning")?,
        stop_lag: view.duration("task_stop_lag")?,
        exit_after_sigterm: exit_after_sigterm?,
        deprovisioning: view.duration("deprovisioning")?,
        custom_metric_delay: view.duration("custom_metric_delay")?,
        schedule_jitter: view.duration("schedule_jitter")?,
        clock_changes: ClockChanges {
            skipped_runs_later: view.choice("schedule_skipped_time", &SKIPPED_TIMES)?,
            repeated_runs_twice: view.choice("schedule_repeated_time", &REPEATED_TIMES)?,
        },
    })
}

/// Time from SIGTERM to the exit of the container: the rest of the whole way to STOPPED \[ns\].
fn exit_time(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<SimDuration> {
    let whole = view.duration("task_stop_seconds")?;
    let parts = view.duration("task_stop_lag")? + view.duration("deprovisioning")?;
    if whole.0 < parts.0 {
        let written = |key: &str| view.node(key).map_or_else(SourceSpan::nowhere, |node| node.place.clone());
        builder.report.add(
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

fn policy_rules(view: TableReader<'_>) -> Option<PolicyRules> {
    Some(PolicyRules {
        tt_high_points: view.count("tt_high_points")?,
        tt_low_points: view.count("tt_low_points")?,
        tt_high_points_20s: view.count("tt_high_points_20s")?,
        tt_low_points_20s: view.count("tt_low_points_20s")?,
        tt_low_ratio: view.number("tt_low_ratio")?,
        tt_metric_aggregation: view.choice("tt_metric_aggregation", &AGGREGATIONS)?,
        tt_scale_in_mode: match view.choice("tt_scale_in_mode", &SCALE_IN_MODES) {
            Some(mode) => mode,
            None => ScaleInMode::MaxFraction(view.table("tt_scale_in_mode")?.number("max_fraction")?),
        },
        tt_scale_in_max_step: match view.choice("tt_scale_in_max_step", &NO_LIMIT) {
            Some(limit) => limit,
            None => Some(view.count("tt_scale_in_max_step")?),
        },
        tt_flapping_guard: view.flag("tt_flapping_guard")?,
        tt_datapoints: view.choice("tt_datapoints", &TRACKED_DATAPOINTS)?,
        step_metric_window: view.choice("step_metric_window", &STEP_WINDOWS)?,
        step_base: view.choice("step_base", &STEP_BASES)?,
        cooldown_start: view.choice("cooldown_start", &COOLDOWN_STARTS)?,
        cooldown_scope: view.choice("cooldown_scope", &COOLDOWN_SCOPES)?,
        cooldown_credit: view.choice("cooldown_credit", &COOLDOWN_CREDITS)?,
        block_in_during_out_cooldown: view.flag("block_in_during_out_cooldown")?,
    })
}

fn alarm_rules(view: TableReader<'_>) -> Option<AlarmRules> {
    Some(AlarmRules {
        phase: match view.choice("alarm_phase", &RANDOM_PHASE) {
            Some(phase) => phase,
            None => Some(view.duration("alarm_phase")?),
        },
        range_extra: view.count("alarm_range_points")?,
        range_high_resolution: view.duration("alarm_range_high_resolution")?,
        reinvoke: view.duration("alarm_reinvoke")?,
        action_latency: view.duration("aas_action_latency")?,
    })
}

fn telemetry(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<TelemetryPlan> {
    let ecs_metric_delay = distribution::read(view, "ecs_metric_delay_60s", builder);
    let ecs_metric_delay_20s = distribution::read(view, "ecs_metric_delay_20s", builder);
    let alb_metric_delay = distribution::read(view, "alb_metric_delay", builder);
    Some(TelemetryPlan {
        ecs_metric_delay: ecs_metric_delay?,
        ecs_metric_delay_20s: ecs_metric_delay_20s?,
        alb_metric_delay: alb_metric_delay?,
        rules: MetricRules {
            rcpt_denominator: view.choice("rcpt_denominator", &DENOMINATORS)?,
            counts_draining: view.flag("metric_counts_draining")?,
        },
    })
}
