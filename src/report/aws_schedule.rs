//! Scheduled actions in AWS's own words: inputs for `put-scheduled-action`, and Terraform. The schedules stand as they were
//! written; suspensions are moments of a simulation and have no place here.

use serde_json::{Value, json};

use crate::kernel::scaling::aas::ScheduledPlan;
use crate::kernel::simulation::ServicePlan;
use crate::results::json_text;
use crate::scenario::{Scenario, ScheduleText};

/// The actions of a service as they are written, with their effects.
fn actions<'a>(
    scenario: &'a Scenario,
    service: &'a ServicePlan,
) -> impl Iterator<Item = (&'a ScheduledPlan, &'a ScheduleText)> {
    let index = scenario.plan.services.iter().position(|other| other.name == service.name);
    let texts =
        index.and_then(|index| scenario.services.get(index)).map_or(&[][..], |notes| &notes.schedules);
    service.scaling.schedule.actions.iter().zip(texts)
}

/// Files for `aws application-autoscaling put-scheduled-action`, by name.
pub(super) fn cli_inputs(
    scenario: &Scenario,
    service: &ServicePlan,
    target: &Value,
) -> Vec<(String, Vec<u8>)> {
    let file = |(action, text): (&ScheduledPlan, &ScheduleText)| {
        let mut input = target.clone();
        input["ScheduledActionName"] = json!(action.name);
        input["Schedule"] = json!(text.schedule);
        input["Timezone"] = json!(text.timezone);
        for (key, value) in [("StartTime", &text.start), ("EndTime", &text.end)] {
            if let Some(value) = value {
                input[key] = json!(value);
            }
        }
        let mut bounds = json!({});
        for (key, value) in [("MinCapacity", action.min_capacity), ("MaxCapacity", action.max_capacity)] {
            if let Some(value) = value {
                bounds[key] = json!(value);
            }
        }
        input["ScalableTargetAction"] = bounds;
        let bytes = json_text(&input).into_bytes();
        (format!("put-scheduled-action.{}.{}.json", service.name, action.name), bytes)
    };
    actions(scenario, service).map(file).collect()
}

/// The actions of a service as Terraform; `target` is the identifier of its scalable target.
pub(super) fn terraform(scenario: &Scenario, service: &ServicePlan, target: &str) -> String {
    let mut all = String::new();
    for (action, text) in actions(scenario, service) {
        all.push_str(&format!(
            "resource \"aws_appautoscaling_scheduled_action\" \"{target}__{}\" {{\n  name               = \"{}\"\n",
            action.name, action.name
        ));
        for key in ["service_namespace", "resource_id", "scalable_dimension"] {
            all.push_str(&format!("  {key:<18} = aws_appautoscaling_target.{target}.{key}\n"));
        }
        all.push_str(&format!(
            "  schedule           = \"{}\"\n  timezone           = \"{}\"\n",
            text.schedule, text.timezone
        ));
        for (key, value) in [("start_time", &text.start), ("end_time", &text.end)] {
            if let Some(value) = value {
                all.push_str(&format!("  {key:<18} = \"{value}\"\n"));
            }
        }
        all.push_str("\n  scalable_target_action {\n");
        for (key, value) in [("min_capacity", action.min_capacity), ("max_capacity", action.max_capacity)] {
            if let Some(value) = value {
                all.push_str(&format!("    {key} = {value}\n"));
            }
        }
        all.push_str("  }\n}\n\n");
    }
    all
}
