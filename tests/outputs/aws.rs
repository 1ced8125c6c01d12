//! The decision log in the shape of `describe-scaling-activities`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::{json, results};

fn activities(run: &str) -> Vec<Value> {
    let whole = json(&results().join(run).join("scaling-activities.json"));
    whole["ScalingActivities"].as_array().unwrap().clone()
}

fn text<'a>(activity: &'a Value, key: &str) -> &'a str {
    activity[key].as_str().unwrap()
}

/// Rows of the decision log: time, kind, desired count before and after, outcome.
fn decisions(run: &str) -> Vec<[String; 5]> {
    let mut reader = csv::Reader::from_path(results().join(run).join("decisions.csv")).unwrap();
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| [1, 5, 14, 15, 16].map(|at| row[at].to_owned()))
        .collect()
}

#[test]
fn every_change_of_the_desired_count_and_every_coded_refusal_is_an_activity_newest_first() {
    for run in ["flash-sale", "weekday-schedule", "step-70-30", "rough-day"] {
        let listed = activities(run);
        let starts: Vec<&str> = listed.iter().map(|activity| text(activity, "StartTime")).collect();
        let instants: Vec<jiff::Timestamp> = starts.iter().map(|start| start.parse().unwrap()).collect();
        assert!(instants.is_sorted_by(|a, b| a >= b), "{run}");
        let ids: BTreeSet<&str> = listed.iter().map(|activity| text(activity, "ActivityId")).collect();
        assert_eq!(ids.len(), listed.len(), "{run}");
        let rows = decisions(run);
        let changes: Vec<String> = rows
            .iter()
            .filter(|[_, _, before, after, _]| before != after)
            .map(|[at, _, _, after, _]| format!("{at} Setting desired count to {after}."))
            .collect();
        let mut told: Vec<String> = listed
            .iter()
            .filter(|activity| text(activity, "Description").starts_with("Setting desired count"))
            .map(|activity| format!("{} {}", text(activity, "StartTime"), text(activity, "Description")))
            .collect();
        told.reverse();
        assert_eq!(told, changes, "{run}");
        let coded = rows
            .iter()
            .filter(|row| row[4].starts_with("Already") || row[4].starts_with("AutoScaling"))
            .count();
        let reasons = listed.iter().filter(|activity| activity.get("NotScaledReasons").is_some()).count();
        assert_eq!(reasons, coded, "{run}");
    }
}

#[test]
fn an_activity_is_successful_when_the_running_count_gets_there_and_overridden_when_another_comes_first() {
    let listed = activities("flash-sale");
    let mut known = BTreeSet::new();
    for (index, activity) in listed.iter().enumerate() {
        let status = text(activity, "StatusCode");
        known.insert(status);
        if !text(activity, "Description").starts_with("Setting desired count") {
            continue;
        }
        let end = activity.get("EndTime").map(|end| end.as_str().unwrap());
        let next = listed[..index]
            .iter()
            .rev()
            .find(|other| text(other, "Description").starts_with("Setting desired"));
        match status {
            "Successful" => {
                assert!(text(activity, "StatusMessage").ends_with("Change successfully fulfilled by ecs."))
            }
            "Overridden" => assert_eq!(end, next.map(|other| text(other, "StartTime"))),
            "InProgress" => assert!(end.is_none() && next.is_none()),
            other => panic!("{other}"),
        }
    }
    assert!(known.contains("Successful") && known.contains("Failed"), "{known:?}");
}

/// The texts of AWS's own example (`docs/aws/scaling-activities.md#texts-of-activities`).
#[test]
fn the_texts_are_those_of_aws() {
    let listed = activities("flash-sale");
    let first =
        listed.iter().rev().find(|activity| text(activity, "Description").starts_with("Setting")).unwrap();
    assert_eq!(text(first, "Cause"), "monitor alarm cpu-AlarmHigh in state ALARM triggered policy cpu");
    assert_eq!(text(first, "ResourceId"), "service/CLUSTER/orchestrator");
    let desired =
        text(first, "Description").trim_start_matches("Setting desired count to ").trim_end_matches('.');
    let expected =
        format!("Successfully set desired count to {desired}. Change successfully fulfilled by ecs.");
    assert_eq!(text(first, "StatusMessage"), expected);
    let scheduled = activities("weekday-schedule");
    let morning = scheduled
        .iter()
        .find(|activity| text(activity, "Description") == "Setting min capacity to 8")
        .unwrap();
    assert_eq!(text(morning, "Cause"), "scheduled action name morning was triggered");
    assert!(scheduled.iter().any(|activity| text(activity, "Cause") == "minimum capacity was set to 8"));
}

#[test]
fn equal_runs_have_equal_ids_and_other_seeds_other_ones() {
    let folder = tempfile::tempdir().unwrap();
    let web = crate::program::shipped("scenarios/web.toml").display().to_string();
    let read = |out: &str, seed: &str| {
        let arguments = ["run", &web, "--set", "horizon=4h", "--seed", seed, "--quiet", "--out", out];
        crate::program::windtunnel(folder.path(), &arguments).exits(0);
        fs::read(folder.path().join(out).join("scaling-activities.json")).unwrap()
    };
    let (one, two, other) = (read("one", "1"), read("two", "1"), read("other", "2"));
    assert!(String::from_utf8_lossy(&one).contains("ActivityId"));
    assert_eq!(one, two);
    assert_ne!(one, other);
}
