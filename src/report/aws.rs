//! The scaling of a scenario in AWS's own words: inputs for its command line, and Terraform. What a simulation cannot know
//! (the cluster, the load balancer's resource label) stands there as a word in capitals, to be replaced.

use serde_json::{Value, json};

use crate::kernel::scaling::aas::{PolicyKind, PolicyPlan, StepPlan, TargetTrackingPlan};
use crate::kernel::simulation::ServicePlan;
use crate::kernel::telemetry::{AlarmQuery, Metric, Statistic};
use crate::kernel::units::SimDuration;
use crate::results::json_text;
use crate::scenario::{Scenario, Word, predefined_metric};

/// Stands for the name of the cluster, which a simulation cannot know.
pub const CLUSTER: &str = "CLUSTER";

/// Stands for the label of a load balancer and target group, which `ALBRequestCountPerTarget` needs.
const LABEL: &str = "app/LOAD_BALANCER/ID/targetgroup/TARGET_GROUP/ID";

/// Stands for the namespace of metrics of the user's own.
const NAMESPACE: &str = "NAMESPACE";

/// Files for `aws application-autoscaling … --cli-input-json file://NAME`, by name: one to register each service, one
/// for each policy (`put-scaling-policy`), and one for each alarm of a step policy (`aws cloudwatch put-metric-alarm`,
/// whose action is the ARN that `put-scaling-policy` returned).
#[must_use]
pub fn aws_cli_inputs(scenario: &Scenario, cluster: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for service in &scenario.plan.services {
        let target = json!({
            "ServiceNamespace": "ecs",
            "ResourceId": format!("service/{cluster}/{}", service.name),
            "ScalableDimension": "ecs:service:DesiredCount",
        });
        let mut register = target.clone();
        register["MinCapacity"] = json!(service.scaling.min_capacity);
        register["MaxCapacity"] = json!(service.scaling.max_capacity);
        files.push((format!("register-scalable-target.{}.json", service.name), pretty(&register)));
        for policy in &service.scaling.policies {
            let mut input = target.clone();
            input["PolicyName"] = json!(policy.name);
            match &policy.kind {
                PolicyKind::TargetTracking(plan) => {
                    input["PolicyType"] = json!("TargetTrackingScaling");
                    input["TargetTrackingScalingPolicyConfiguration"] = target_tracking(service, plan);
                }
                PolicyKind::Step(plan) => {
                    input["PolicyType"] = json!("StepScaling");
                    input["StepScalingPolicyConfiguration"] = step(plan);
                    let name = format!("put-metric-alarm.{}.{}.json", service.name, policy.name);
                    files.push((name, pretty(&alarm(service, policy, plan, cluster))));
                }
            }
            files.push((format!("put-scaling-policy.{}.{}.json", service.name, policy.name), pretty(&input)));
        }
        files.extend(super::aws_schedule::cli_inputs(scenario, service, &target));
    }
    files
}

fn pretty(value: &Value) -> Vec<u8> {
    json_text(value).into_bytes()
}

/// A cooldown as AWS takes it, in whole seconds: a part of a second counts as one.
fn seconds(span: SimDuration) -> u64 {
    span.0.div_ceil(1_000_000_000)
}

fn target_tracking(service: &ServicePlan, plan: &TargetTrackingPlan) -> Value {
    let mut object = json!({
        "TargetValue": plan.target_value,
        "ScaleOutCooldown": seconds(plan.scale_out_cooldown),
        "ScaleInCooldown": seconds(plan.scale_in_cooldown),
        "DisableScaleIn": plan.disable_scale_in,
    });
    if matches!(plan.metric, Metric::Custom(_)) {
        object["CustomizedMetricSpecification"] = json!({
            "MetricName": service.metrics.name(plan.metric),
            "Namespace": NAMESPACE,
            "Statistic": statistic(plan.query.statistic),
        });
        return object;
    }
    let mut metric = json!({
        "PredefinedMetricType": predefined_metric(plan.metric, plan.query.is_high_resolution()),
    });
    if plan.metric.is_load_balancer() {
        metric["ResourceLabel"] = json!(LABEL);
    }
    object["PredefinedMetricSpecification"] = metric;
    object
}

/// `Average`, `p99.9`.
fn statistic(statistic: Statistic) -> String {
    match statistic {
        Statistic::Average => "Average".to_owned(),
        Statistic::Sum => "Sum".to_owned(),
        Statistic::Minimum => "Minimum".to_owned(),
        Statistic::Maximum => "Maximum".to_owned(),
        Statistic::SampleCount => "SampleCount".to_owned(),
        Statistic::Percentile(thousandths) => format!("p{}", f64::from(thousandths) / 1000.0),
    }
}

/// The alarm's keys of its statistic, period and few samples: name in the API, name in Terraform, value.
fn query(query: &AlarmQuery) -> Vec<(&'static str, &'static str, Value)> {
    let is_percentile = matches!(query.statistic, Statistic::Percentile(_));
    let names =
        if is_percentile { ("ExtendedStatistic", "extended_statistic") } else { ("Statistic", "statistic") };
    let mut keys = vec![(names.0, names.1, json!(statistic(query.statistic)))];
    keys.push(("Period", "period", json!(seconds(query.period))));
    if is_percentile {
        let (api, terraform) = ("EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles");
        keys.push((api, terraform, json!(query.low_samples.word())));
    }
    keys
}

fn step(plan: &StepPlan) -> Value {
    let steps: Vec<Value> = plan
        .steps
        .iter()
        .map(|step| {
            let mut object = json!({ "ScalingAdjustment": step.adjustment });
            if let Some(lower) = step.lower {
                object["MetricIntervalLowerBound"] = json!(lower);
            }
            if let Some(upper) = step.upper {
                object["MetricIntervalUpperBound"] = json!(upper);
            }
            object
        })
        .collect();
    let mut object = json!({
        "AdjustmentType": plan.adjustment_type.word(),
        "StepAdjustments": steps,
        "Cooldown": seconds(plan.cooldown),
        "MetricAggregationType": plan.metric_aggregation_type.word(),
    });
    if plan.min_adjustment_magnitude > 0 {
        object["MinAdjustmentMagnitude"] = json!(plan.min_adjustment_magnitude);
    }
    object
}

fn namespace(metric: Metric) -> &'static str {
    match metric {
        Metric::Custom(_) => NAMESPACE,
        metric if metric.is_load_balancer() => "AWS/ApplicationELB",
        _ => "AWS/ECS",
    }
}

/// The dimensions of a metric: name and value.
fn dimensions(metric: Metric, service: &ServicePlan, cluster: &str) -> Vec<(&'static str, String)> {
    if matches!(metric, Metric::Custom(_)) {
        Vec::new()
    } else if metric.is_load_balancer() {
        vec![
            ("LoadBalancer", "app/LOAD_BALANCER/ID".to_owned()),
            ("TargetGroup", "targetgroup/TARGET_GROUP/ID".to_owned()),
        ]
    } else {
        vec![("ClusterName", cluster.to_owned()), ("ServiceName", service.name.clone())]
    }
}

fn alarm(service: &ServicePlan, policy: &PolicyPlan, plan: &StepPlan, cluster: &str) -> Value {
    let alarm = &plan.alarm;
    let dimensions: Vec<Value> = dimensions(alarm.metric, service, cluster)
        .into_iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let mut object = json!({
        "AlarmName": format!("{}.{}", service.name, policy.name),
        "Namespace": namespace(alarm.metric),
        "MetricName": service.metrics.name(alarm.metric),
        "Dimensions": dimensions,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "Threshold": alarm.threshold,
        "ComparisonOperator": alarm.comparison.word(),
        "TreatMissingData": alarm.treat_missing_data.word(),
        "AlarmActions": ["ARN_OF_THE_SCALING_POLICY"],
    });
    for (key, _, value) in query(&alarm.query) {
        object[key] = value;
    }
    object
}

/// The scaling of every service as Terraform, for the `hashicorp/aws` provider.
#[must_use]
pub fn terraform(scenario: &Scenario, cluster: &str) -> String {
    let mut text = String::new();
    for service in &scenario.plan.services {
        let id = identifier(&service.name);
        let (cpu, memory) = (service.task.cpu_units, service.task.memory_mib);
        text.push_str(&format!(
            "# The task definition of {} has cpu = {cpu} and memory = {memory}.\n",
            service.name
        ));
        text.push_str(&format!(
            "resource \"aws_appautoscaling_target\" \"{id}\" {{\n  service_namespace  = \"ecs\"\n  resource_id        = \
             \"service/{cluster}/{}\"\n  scalable_dimension = \"ecs:service:DesiredCount\"\n  min_capacity       = {}\n  \
             max_capacity       = {}\n}}\n\n",
            service.name, service.scaling.min_capacity, service.scaling.max_capacity
        ));
        for policy in &service.scaling.policies {
            text.push_str(&policy_block(service, policy, cluster));
        }
        text.push_str(&super::aws_schedule::terraform(scenario, service, &id));
    }
    text
}

/// A name as Terraform takes it: it cannot begin with a digit or a dash.
fn identifier(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.to_owned()
    } else {
        format!("_{name}")
    }
}

fn policy_block(service: &ServicePlan, policy: &PolicyPlan, cluster: &str) -> String {
    let target = identifier(&service.name);
    // Two underscores, so that `a_b` of `c` and `b_c` of `a` stay apart.
    let id = format!("{target}__{}", policy.name);
    let kind = match &policy.kind {
        PolicyKind::TargetTracking(_) => "TargetTrackingScaling",
        PolicyKind::Step(_) => "StepScaling",
    };
    let mut text = format!(
        "resource \"aws_appautoscaling_policy\" \"{id}\" {{\n  name               = \"{}\"\n  policy_type        = \"{kind}\"\n",
        policy.name
    );
    for key in ["service_namespace", "resource_id", "scalable_dimension"] {
        text.push_str(&format!("  {key:<18} = aws_appautoscaling_target.{target}.{key}\n"));
    }
    match &policy.kind {
        PolicyKind::TargetTracking(plan) => text.push_str(&target_tracking_block(service, plan)),
        PolicyKind::Step(plan) => text.push_str(&step_block(plan)),
    }
    text.push_str("}\n\n");
    if let PolicyKind::Step(plan) = &policy.kind {
        text.push_str(&alarm_block(service, policy, plan, (&id, cluster)));
    }
    text
}

fn target_tracking_block(service: &ServicePlan, plan: &TargetTrackingPlan) -> String {
    let metric = if matches!(plan.metric, Metric::Custom(_)) {
        format!(
            "    customized_metric_specification {{\n      metric_name = \"{}\"\n      namespace   = \"{NAMESPACE}\"\n      \
             statistic   = \"{}\"\n    }}\n",
            service.metrics.name(plan.metric),
            statistic(plan.query.statistic)
        )
    } else {
        let label = if plan.metric.is_load_balancer() {
            format!("      resource_label         = \"{LABEL}\"\n")
        } else {
            String::new()
        };
        format!(
            "    predefined_metric_specification {{\n      predefined_metric_type = \"{}\"\n{label}    }}\n",
            predefined_metric(plan.metric, plan.query.is_high_resolution()).unwrap_or_default()
        )
    };
    format!(
        "\n  target_tracking_scaling_policy_configuration {{\n    target_value       = {}\n    scale_out_cooldown = {}\n    \
         scale_in_cooldown  = {}\n    disable_scale_in   = {}\n\n{metric}  }}\n",
        plan.target_value,
        seconds(plan.scale_out_cooldown),
        seconds(plan.scale_in_cooldown),
        plan.disable_scale_in,
    )
}

fn step_block(plan: &StepPlan) -> String {
    let mut text = format!(
        "\n  step_scaling_policy_configuration {{\n    adjustment_type         = \"{}\"\n    cooldown                = {}\n    \
         metric_aggregation_type = \"{}\"\n",
        plan.adjustment_type.word(),
        seconds(plan.cooldown),
        plan.metric_aggregation_type.word()
    );
    if plan.min_adjustment_magnitude > 0 {
        text.push_str(&format!("    min_adjustment_magnitude = {}\n", plan.min_adjustment_magnitude));
    }
    for step in &plan.steps {
        text.push_str("\n    step_adjustment {\n");
        for (key, bound) in
            [("metric_interval_lower_bound", step.lower), ("metric_interval_upper_bound", step.upper)]
        {
            if let Some(bound) = bound {
                text.push_str(&format!("      {key} = {bound}\n"));
            }
        }
        text.push_str(&format!("      scaling_adjustment          = {}\n    }}\n", step.adjustment));
    }
    text.push_str("  }\n");
    text
}

fn alarm_block(
    service: &ServicePlan,
    policy: &PolicyPlan,
    plan: &StepPlan,
    (id, cluster): (&str, &str),
) -> String {
    let alarm = &plan.alarm;
    let dimensions: String = dimensions(alarm.metric, service, cluster)
        .iter()
        .map(|(name, value)| format!("    {name} = \"{value}\"\n"))
        .collect();
    let query: String =
        query(&alarm.query).iter().map(|(_, key, value)| format!("  {key:<19} = {value}\n")).collect();
    format!(
        "resource \"aws_cloudwatch_metric_alarm\" \"{id}\" {{\n  alarm_name          = \"{}.{}\"\n  namespace           = \"{}\"\n  \
         metric_name         = \"{}\"\n{query}  evaluation_periods  = {}\n  \
         datapoints_to_alarm = {}\n  threshold           = {}\n  comparison_operator = \"{}\"\n  treat_missing_data  = \"{}\"\n  \
         alarm_actions       = [aws_appautoscaling_policy.{id}.arn]\n\n  dimensions = {{\n{dimensions}  }}\n}}\n\n",
        service.name,
        policy.name,
        namespace(alarm.metric),
        service.metrics.name(alarm.metric),
        alarm.evaluation_periods,
        alarm.datapoints_to_alarm,
        alarm.threshold,
        alarm.comparison.word(),
        alarm.treat_missing_data.word()
    )
}
