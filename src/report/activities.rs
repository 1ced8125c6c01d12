//! `scaling-activities.json`: the decision log in the shape of `aws application-autoscaling describe-scaling-activities
//! --include-not-scaled-activities`, so that what reads the real log reads the simulated one.
//!
//! Fields and texts follow `docs/aws/scheduled-actions.md` and `docs/aws/scaling-activities.md#texts-of-activities`;
//! newest first, as AWS lists them. DIFFERENCE: what AWS calls an activity that did not scale, and one that another
//! overtook or that is still waited for, was found nowhere; `Failed`, `Overridden` and `InProgress` are values of its
//! `StatusCode`, their texts are ours. DIFFERENCE: invocations that AWS does not list (a cooldown, no matching step, a
//! policy that was outvoted) are not listed here either; `decisions.csv` has them. DIFFERENCE: invocations in a row that
//! did not scale for the same cause are one activity, from the first to the last of them.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::experiment::RunResult;
use crate::kernel::units::SimTime;
use crate::record::{DecisionKind, DecisionRecord, ServiceRecord};
use crate::results::{
    ActivityStatus, NotScaledReason, RunCalendar, ScalingActivities, ScalingActivity, json_text,
};

/// Status of an activity, and its time.
struct Status {
    code: ActivityStatus,
    message: String,
    end: Option<SimTime>,
}

/// The activities of all services, the newest first; `cluster` is the cluster's name in resource ids.
///
/// # Errors
/// When it cannot be written to `out`.
pub fn scaling_activities_json(result: &RunResult, cluster: &str, out: &mut dyn Write) -> io::Result<()> {
    let calendar = RunCalendar::new(&result.scenario);
    let mut activities = Vec::new();
    for service in &result.record.services {
        let resource = format!("service/{cluster}/{}", service.name);
        for (index, row) in service.decisions.iter().enumerate() {
            let Some((description, cause, status)) = status_texts(service, index, row) else { continue };
            activities.push((
                row.at,
                ScalingActivity {
                    activity_id: id(result, &service.name, index),
                    service_namespace: "ecs".to_owned(),
                    resource_id: resource.clone(),
                    scalable_dimension: "ecs:service:DesiredCount".to_owned(),
                    description,
                    cause,
                    start_time: calendar.iso(row.at),
                    end_time: status.end.map(|end| calendar.iso(end)),
                    status_code: status.code,
                    status_message: status.message,
                    not_scaled_reasons: not_scaled(row).into_iter().collect(),
                },
            ));
        }
    }
    // Of one instant, what was logged last comes first.
    activities.reverse();
    activities.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let scaling_activities = activities.into_iter().map(|(_, activity)| activity).collect();
    out.write_all(json_text(&ScalingActivities { scaling_activities }).as_bytes())
}

/// Description, cause and status of a row; `None` where AWS lists nothing.
fn status_texts(
    service: &ServiceRecord,
    index: usize,
    row: &DecisionRecord,
) -> Option<(String, String, Status)> {
    if row.desired_after != row.desired_before {
        let description = format!("Setting desired count to {}.", row.desired_after);
        let cause = match row.kind {
            DecisionKind::Policy => alarm_triggered(service, row),
            _ => row.reason.clone(),
        };
        return Some((description, cause, fulfilment(&service.decisions[index..], row.desired_after)));
    }
    match row.kind {
        DecisionKind::Scheduled if matches!(row.outcome, "applied" | "failed") => {
            let (description, cause) = row.reason.split_once("; ").unwrap_or((&row.reason, ""));
            let applied = description.strip_prefix("Setting ").filter(|_| row.outcome == "applied");
            let status = match applied {
                Some(what) => Status {
                    code: ActivityStatus::Successful,
                    message: format!("Successfully set {what}"),
                    end: Some(row.at),
                },
                None => Status {
                    code: ActivityStatus::Failed,
                    message: description.to_owned(),
                    end: Some(row.at),
                },
            };
            Some((description.to_owned(), cause.to_owned(), status))
        }
        DecisionKind::Policy => {
            not_scaled(row)?;
            let message = match row.times {
                1 => row.reason.clone(),
                times => format!("{} ({times} times)", row.reason),
            };
            let status = Status { code: ActivityStatus::Failed, message, end: Some(row.until) };
            Some((
                "Attempting to scale due to alarm triggered".to_owned(),
                alarm_triggered(service, row),
                status,
            ))
        }
        _ => None,
    }
}

/// The alarm that triggered the policy, in AWS's words.
fn alarm_triggered(service: &ServiceRecord, row: &DecisionRecord) -> String {
    let is_its = |alarm: &&crate::record::EvaluationRecord| {
        Some(alarm.threshold) == row.threshold && alarm.metric == row.metric
    };
    match service.evaluations.iter().find(is_its) {
        Some(alarm) => {
            format!(
                "monitor alarm {} in state {} triggered policy {}",
                alarm.alarm, row.alarm_state, row.policy
            )
        }
        None => format!("monitor alarm in state {} triggered policy {}", row.alarm_state, row.policy),
    }
}

/// Whether a change was carried out: `rows` begins with the change itself.
fn fulfilment(rows: &[DecisionRecord], desired: u32) -> Status {
    let set = format!("Successfully set desired count to {desired}.");
    for row in rows.iter().skip(1) {
        if row.desired_after != row.desired_before {
            let message = format!("{set} Overridden by a desired count of {}.", row.desired_after);
            return Status { code: ActivityStatus::Overridden, message, end: Some(row.at) };
        }
        if row.kind == DecisionKind::Capacity && row.outcome == "completed" {
            let message = format!("{set} Change successfully fulfilled by ecs.");
            return Status { code: ActivityStatus::Successful, message, end: Some(row.at) };
        }
    }
    let message = format!("{set} Waiting for change to be fulfilled by ecs.");
    Status { code: ActivityStatus::InProgress, message, end: None }
}

/// The reason why an invocation did not scale, where AWS has a code for it.
fn not_scaled(row: &DecisionRecord) -> Option<NotScaledReason> {
    let desired = Some(row.desired_before);
    let (max, min, current) = match row.outcome {
        "AlreadyAtMaxCapacity" => (desired, None, None),
        "AlreadyAtMinCapacity" => (None, desired, None),
        "AlreadyAtDesiredCapacity"
        | "AutoScalingAnticipatedFlapping"
        | "TargetServicePutResourceAsUnscalable" => (None, None, desired),
        _ => return None,
    };
    Some(NotScaledReason {
        code: row.outcome.to_owned(),
        max_capacity: max,
        min_capacity: min,
        current_capacity: current,
    })
}

/// An id of a UUID's form (version 8: of our own making), equal for equal runs.
fn id(result: &RunResult, service: &str, index: usize) -> String {
    let mut digest = Sha256::new();
    for part in [result.scenario.sha256.as_bytes(), &result.scenario.seed.to_le_bytes(), service.as_bytes()] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.update((index as u64).to_le_bytes());
    let mut hex: Vec<u8> =
        digest.finalize()[..16].iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    hex[12] = b'8';
    hex[16] = b"89ab"[usize::from(hex[16]) % 4];
    let text = String::from_utf8_lossy(&hex);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
