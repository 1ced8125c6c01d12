//! The resolved description of a service's scaling policies. Field names are AWS's own, in snake case.

use alloc::string::String;
use alloc::vec::Vec;

use super::scheduled::SchedulePlan;
use crate::telemetry::{AlarmPlan, AlarmQuery, Metric};
use crate::units::SimDuration;

/// A scalable target: the bounds of a service, its policies and its schedule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScalableTargetPlan {
    /// `min_capacity` \[tasks\].
    pub min_capacity: u32,
    /// `max_capacity` \[tasks\], ≥ `min_capacity`.
    pub max_capacity: u32,
    /// Scaling policies, in the order of the scenario file.
    pub policies: Vec<PolicyPlan>,
    /// Scheduled actions and suspensions.
    pub schedule: SchedulePlan,
    /// Assumptions about policies, for what AWS does not publish.
    pub rules: PolicyRules,
    /// Assumptions about alarms, for what AWS does not publish.
    pub alarm_rules: AlarmRules,
}

impl ScalableTargetPlan {
    /// A scalable target with these bounds \[tasks\], without policies and schedule.
    #[must_use]
    pub fn new(min_capacity: u32, max_capacity: u32) -> Self {
        Self { min_capacity, max_capacity, ..Self::default() }
    }
}

/// Assumptions for what AWS does not publish about alarms and their actions (`docs/aws/alarms.md`): each field is an
/// `[assumptions]` key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmRules {
    /// `alarm_phase`: seconds past the calendar minute at which alarms are evaluated; `None`: drawn from U[0, 60 s) for
    /// each alarm. Of an alarm that is evaluated every 10 s the part within 10 s counts.
    pub phase: Option<SimDuration>,
    /// `alarm_range_points`: points read beyond `evaluation_periods` (observed: 2).
    pub range_extra: u32,
    /// `alarm_range_high_resolution`: how far an alarm of periods below a minute reads beyond its N \[ns\] (observed: 60 s).
    pub range_high_resolution: SimDuration,
    /// `alarm_reinvoke`: how often the action is invoked again while the alarm stays in ALARM \[ns\]; documented 60 s.
    pub reinvoke: SimDuration,
    /// `aas_action_latency`: from the evaluation to the action \[ns\].
    pub action_latency: SimDuration,
}

impl Default for AlarmRules {
    /// The defaults that `docs/model.md` gives reasons for.
    fn default() -> Self {
        Self {
            phase: None,
            range_extra: 2,
            range_high_resolution: SimDuration::from_secs(60),
            reinvoke: SimDuration::from_secs(60),
            action_latency: SimDuration::from_millis(200),
        }
    }
}

/// One policy of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyPlan {
    /// The user's name for it.
    pub name: String,
    /// Kind of the policy, with its parameters.
    pub kind: PolicyKind,
}

/// The kinds of policy that are built.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyKind {
    /// Keeps a metric near a target.
    TargetTracking(TargetTrackingPlan),
    /// Answers an alarm with a table of steps.
    Step(StepPlan),
}

/// A target-tracking policy (`docs/aws/target-tracking.md`).
#[derive(Clone, Debug, PartialEq)]
pub struct TargetTrackingPlan {
    /// Tracked metric.
    pub metric: Metric,
    /// Query of its alarms: 20 s for a high-resolution metric, else 60 s.
    pub query: AlarmQuery,
    /// The value to stay near [% or the metric's own unit], > 0.
    pub target_value: f64,
    /// Default 300 s.
    pub scale_out_cooldown: SimDuration,
    /// Default 300 s.
    pub scale_in_cooldown: SimDuration,
    /// Whether it never removes tasks.
    pub disable_scale_in: bool,
}

/// A step-scaling policy and the alarm that invokes it (`docs/aws/step-scaling.md`).
#[derive(Clone, Debug, PartialEq)]
pub struct StepPlan {
    /// The user's alarm.
    pub alarm: AlarmPlan,
    /// Meaning of the adjustments.
    pub adjustment_type: AdjustmentType,
    /// Percent policies change capacity by at least this many tasks; 0: no minimum.
    pub min_adjustment_magnitude: u32,
    /// Aggregation of the alarm's recent datapoints to one number.
    pub metric_aggregation_type: StepAggregation,
    /// Default 300 s.
    pub cooldown: SimDuration,
    /// 1 to 20 steps; ranges neither overlap nor leave a gap (checked by the scenario).
    pub steps: Vec<Adjustment>,
}

/// Meaning of a step's adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjustmentType {
    /// Add (or remove) so many tasks.
    ChangeInCapacity,
    /// Add (or remove) so many percent.
    PercentChangeInCapacity,
    /// Set the count.
    ExactCapacity,
}

/// One step: a range of differences from the alarm's threshold and what to do there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adjustment {
    /// `metric_interval_lower_bound`, a difference from the threshold; `None`: −∞.
    pub lower: Option<f64>,
    /// `metric_interval_upper_bound`; `None`: +∞.
    pub upper: Option<f64>,
    /// `scaling_adjustment`, in −1 000 000..=1 000 000.
    pub adjustment: i32,
}

/// Aggregation of recent datapoints by a step policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepAggregation {
    /// Mean of the datapoints.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
}

/// Assumptions for what AWS does not publish about its policies (`docs/aws/README.md#what-aws-does-not-publish`): each field is
/// an `[assumptions]` key.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRules {
    /// `tt_high_points`: points of the high alarm, all of which must breach (observed: 3).
    pub tt_high_points: u32,
    /// `tt_low_points`: points of the low alarm (observed: 15).
    pub tt_low_points: u32,
    /// `tt_high_points_20s`: points of the high alarm of a high-resolution metric (observed: 3).
    pub tt_high_points_20s: u32,
    /// `tt_low_points_20s`: points of its low alarm (observed: 30).
    pub tt_low_points_20s: u32,
    /// `tt_low_ratio`: low threshold ÷ target (observed: 0.9).
    pub tt_low_ratio: f64,
    /// `tt_metric_aggregation`: which number of the alarm's window enters the formula.
    pub tt_metric_aggregation: DatapointAggregation,
    /// `tt_scale_in_mode`.
    pub tt_scale_in_mode: ScaleInMode,
    /// `tt_scale_in_max_step`: tasks one scale-in removes at most; `None`: no limit.
    pub tt_scale_in_max_step: Option<u32>,
    /// `tt_flapping_guard`: no scale-in whose predicted metric is above the target.
    pub tt_flapping_guard: bool,
    /// `tt_datapoints`: which datapoints a second activity is decided on.
    pub tt_datapoints: TrackedDatapoints,
    /// `step_metric_window`.
    pub step_metric_window: StepWindow,
    /// `step_base`.
    pub step_base: StepBase,
    /// `cooldown_start`.
    pub cooldown_start: CooldownStart,
    /// `cooldown_scope`.
    pub cooldown_scope: CooldownScope,
    /// `cooldown_credit`: how capacity added in a running cooldown counts.
    pub cooldown_credit: CooldownCredit,
    /// `block_in_during_out_cooldown`.
    pub block_in_during_out_cooldown: bool,
}

/// Number that a target-tracking policy takes from the alarm's datapoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatapointAggregation {
    /// `mean_of_eval_window`.
    MeanOfEvalWindow,
    /// `last`.
    Last,
    /// `max`.
    Max,
}

/// Datapoints of its alarm on which a target-tracking policy decides after an activity of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackedDatapoints {
    /// `since_last_activity`: those of periods that began since the desired count was changed last. Until there is one, a
    /// scale-in waits, and a scale-out is computed from the count before that change, as in a cooldown.
    SinceLastActivity,
    /// `alarm_window`: all that the alarm evaluated, however old.
    AlarmWindow,
}

/// Largest scale-in of a target-tracking policy at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScaleInMode {
    /// `proportional_ceil`: to `ceil(running × metric / target)`.
    ProportionalCeil,
    /// `one_at_a_time`.
    OneAtATime,
    /// `{ max_fraction = f }`: proportional, but at most this share of the running tasks, in (0, 1], rounded down, and at
    /// least one task: 5 % of up to 39 tasks is one, of 100 five.
    MaxFraction(f64),
}

impl ScaleInMode {
    /// A twentieth of the running tasks at once at most, and at least one.
    ///
    /// AWS publishes no rule: its guide says that target tracking "scales in more gradually" than out, its containers blog
    /// gives 5 % of the group as the limit of another service's target tracking, and public activity logs of services of up to
    /// 6 tasks go down one at a time, about 360 s apart (`docs/aws/target-tracking.md#gradual-scale-in`). Evidence to the
    /// other side: one log goes 5 → 2 and one lab transcript 4 → 2 at once. Range: 0.05 to the proportional rule; the
    /// default is the end at which the bill is higher.
    pub const GRADUAL: Self = Self::MaxFraction(0.05);
}

/// Datapoints that a step policy aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepWindow {
    /// `evaluated_points`: those the alarm evaluated.
    EvaluatedPoints,
    /// `last_point`.
    LastPoint,
}

/// The capacity a step policy starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepBase {
    /// `running`.
    Running,
    /// `desired`.
    Desired,
}

/// Start of a cooldown's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CooldownStart {
    /// `activity_completed`: when the running count has reached the desired count (documented).
    ActivityCompleted,
    /// `activity_start`: when the desired count was changed.
    ActivityStart,
}

/// Owner of the cooldown that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CooldownScope {
    /// `scale_in_per_target`: a scale-in of one policy blocks scale-ins of all, and a scale-out delays the policy that
    /// made it only (documented for `ScaleInCooldown`: "before another scale-in activity can start",
    /// `docs/aws/scaling-activities.md#cooldowns`).
    ScaleInPerTarget,
    /// `per_policy`: each policy waits for its own activities only.
    PerPolicy,
    /// `per_target`: the service's last activity counts for every policy.
    PerTarget,
}

/// Credit for capacity that the activity in cooldown already added, against a larger scale-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CooldownCredit {
    /// `base_before_activity`: the proposal is computed anew from the count before the activity, so that a repeated breach of
    /// the same height adds nothing (documented: "a larger scale out", `docs/aws/scaling-activities.md#larger-scale-outs`).
    BaseBeforeActivity,
    /// `subtract_added`: what already runs of it is subtracted from a proposal that starts from the grown running count.
    SubtractAdded,
}

impl Default for PolicyRules {
    /// The defaults that `docs/model.md` gives reasons for.
    fn default() -> Self {
        Self {
            tt_high_points: 3,
            tt_low_points: 15,
            tt_high_points_20s: 3,
            tt_low_points_20s: 30,
            tt_low_ratio: 0.9,
            tt_metric_aggregation: DatapointAggregation::MeanOfEvalWindow,
            tt_scale_in_mode: ScaleInMode::GRADUAL,
            tt_scale_in_max_step: None,
            tt_flapping_guard: true,
            tt_datapoints: TrackedDatapoints::SinceLastActivity,
            step_metric_window: StepWindow::EvaluatedPoints,
            step_base: StepBase::Running,
            cooldown_start: CooldownStart::ActivityCompleted,
            cooldown_scope: CooldownScope::ScaleInPerTarget,
            cooldown_credit: CooldownCredit::BaseBeforeActivity,
            block_in_during_out_cooldown: false,
        }
    }
}
