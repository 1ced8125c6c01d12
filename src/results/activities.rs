//! `scaling-activities.json`, in the shape of `aws application-autoscaling describe-scaling-activities`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::Document;

/// Decision log in the shape of `aws application-autoscaling describe-scaling-activities --include-not-scaled-activities`; its keys
/// are AWS's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingActivities {
    /// Activities, the newest first.
    pub scaling_activities: Vec<ScalingActivity>,
}

impl Document for ScalingActivities {
    const NAME: &'static str = "scaling-activities.json";
}

/// Activity of a scaling policy or a scheduled action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingActivity {
    /// Id of a UUID's form, equal for equal runs.
    pub activity_id: String,
    /// Namespace of the service: `ecs`.
    pub service_namespace: String,
    /// Id of the service: `service/CLUSTER/NAME`.
    pub resource_id: String,
    /// Dimension that is scaled: `ecs:service:DesiredCount`.
    pub scalable_dimension: String,
    /// Description of the activity.
    pub description: String,
    /// Cause of the activity.
    pub cause: String,
    /// Beginning of the activity, ISO 8601 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub start_time: String,
    /// End of the activity, ISO 8601 in UTC; absent while it is in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// Status of the activity.
    pub status_code: ActivityStatus,
    /// Status of the activity in words.
    pub status_message: String,
    /// Reasons why nothing was scaled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_scaled_reasons: Vec<NotScaledReason>,
}

/// Status of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum ActivityStatus {
    /// The tasks do not all run yet.
    InProgress,
    /// The change was carried out.
    Successful,
    /// Another change overtook it.
    Overridden,
    /// Nothing was scaled.
    Failed,
}

/// Reason why nothing was scaled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct NotScaledReason {
    /// AWS's code of the reason, such as `AlreadyAtMaxCapacity`.
    pub code: String,
    /// Maximum of the capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<u32>,
    /// Minimum of the capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<u32>,
    /// Current capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_capacity: Option<u32>,
}
