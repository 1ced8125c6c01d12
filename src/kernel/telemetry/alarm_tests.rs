//! AWS's own missing-data tables, the M-of-N oracles and the premature-alarm rule (`docs/aws/alarms.md#missing-data`).

use super::alarm::{Alarm, AlarmPlan, AlarmState, Comparison, Evaluation, TreatMissingData, evaluate};
use super::metric::{AlarmQuery, Metric};
use crate::units::SimTime;

fn alarm(n: u32, m: u32, comparison: Comparison, threshold: f64, missing: TreatMissingData) -> AlarmPlan {
    AlarmPlan {
        name: "alarm".into(),
        metric: Metric::CpuUtilization,
        query: AlarmQuery::of(Metric::CpuUtilization),
        evaluation_periods: n,
        datapoints_to_alarm: m,
        comparison,
        threshold,
        treat_missing_data: missing,
    }
}

/// `-` missing, `X` breaching, `0` not.
fn points(text: &str) -> Vec<Option<f64>> {
    let point = |c| match c {
        'X' => Some(90.0),
        '0' => Some(10.0),
        _ => None,
    };
    text.chars().map(point).collect()
}

fn row(n: u32, m: u32, data: &str, [missing, ignore, breaching, not_breaching]: [&str; 4]) {
    let kinds = [
        (TreatMissingData::Missing, missing),
        (TreatMissingData::Ignore, ignore),
        (TreatMissingData::Breaching, breaching),
        (TreatMissingData::NotBreaching, not_breaching),
    ];
    for (kind, expected) in kinds {
        let plan = alarm(n, m, Comparison::GreaterThanThreshold, 50.0, kind);
        for before in [AlarmState::InsufficientData, AlarmState::Ok, AlarmState::Alarm] {
            let expected = match expected {
                "ALARM" => AlarmState::Alarm,
                "OK" => AlarmState::Ok,
                "INSUFFICIENT" => AlarmState::InsufficientData,
                _ => before,
            };
            assert_eq!(
                evaluate(&plan, &points(data), before),
                expected,
                "{data} {m} of {n} {kind:?} from {before:?}"
            );
        }
    }
}

#[test]
fn missing_data_row_1_of_3_of_3() {
    row(3, 3, "0-X-X", ["OK", "OK", "OK", "OK"]);
}

#[test]
fn missing_data_row_2_of_3_of_3() {
    row(3, 3, "0----", ["OK", "OK", "OK", "OK"]);
}

#[test]
fn missing_data_row_3_of_3_of_3() {
    row(3, 3, "-----", ["INSUFFICIENT", "keep", "ALARM", "OK"]);
}

#[test]
fn missing_data_row_4_of_3_of_3() {
    row(3, 3, "0XX-X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
}

#[test]
fn missing_data_row_5_of_3_of_3() {
    row(3, 3, "--X--", ["ALARM", "keep", "ALARM", "OK"]);
}

#[test]
fn missing_data_row_1_of_2_of_3() {
    row(3, 2, "0-X-X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
}

#[test]
fn missing_data_row_2_of_2_of_3() {
    row(3, 2, "00X0X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
}

#[test]
fn missing_data_row_3_of_2_of_3() {
    row(3, 2, "0-X--", ["OK", "OK", "ALARM", "OK"]);
}

#[test]
fn missing_data_row_4_of_2_of_3() {
    row(3, 2, "----0", ["OK", "OK", "ALARM", "OK"]);
}

#[test]
fn missing_data_row_5_of_2_of_3() {
    row(3, 2, "---X-", ["ALARM", "keep", "ALARM", "OK"]);
}

#[test]
fn the_premature_alarm_rule() {
    let plan = alarm(3, 3, Comparison::GreaterThanThreshold, 50.0, TreatMissingData::Missing);
    for (data, state) in [("----X", AlarmState::Ok), ("---X-", AlarmState::Ok), ("--X--", AlarmState::Alarm)]
    {
        assert_eq!(evaluate(&plan, &points(data), AlarmState::Ok), state, "{data}");
    }
}

#[test]
fn an_all_breaching_history_stays_insufficient_until_there_are_n_points() {
    let plan = alarm(15, 15, Comparison::LessThanThreshold, 50.0, TreatMissingData::Missing);
    let mut alarm = Alarm::new(plan);
    let mut evaluation = Evaluation::default();
    for known in 1..=15_usize {
        let mut range = vec![None; 17 - known];
        range.extend(std::iter::repeat_n(Some(1.0), known));
        alarm.observe(&range, SimTime(0), &mut evaluation);
        let expected = if known < 15 { AlarmState::InsufficientData } else { AlarmState::Alarm };
        assert_eq!(evaluation.state, expected, "{known} points");
    }
}

/// States after each datapoint of `series`, with three fine points before it.
fn states(plan: &AlarmPlan, series: &[f64]) -> Vec<&'static str> {
    let mut alarm = Alarm::new(plan.clone());
    let mut evaluation = Evaluation::default();
    let mut all = vec![Some(0.0); 5];
    let mut states = Vec::new();
    for value in series {
        all.push(Some(*value));
        alarm.observe(&all[all.len() - 5..], SimTime(0), &mut evaluation);
        states.push(evaluation.state.name());
    }
    states
}

#[test]
fn oracle_alarm_2of3() {
    let plan = alarm(3, 2, Comparison::GreaterThanThreshold, 70.0, TreatMissingData::Missing);
    let series = [50.0, 80.0, 60.0, 75.0, 90.0, 65.0, 60.0, 72.0, 71.0, 70.0, 50.0, 50.0];
    let expected = ["OK", "OK", "OK", "ALARM", "ALARM", "ALARM", "OK", "OK", "ALARM", "ALARM", "OK", "OK"];
    assert_eq!(states(&plan, &series), expected);
}

#[test]
fn oracle_alarm_3of3_gte() {
    let plan = alarm(3, 3, Comparison::GreaterThanOrEqualToThreshold, 70.0, TreatMissingData::Missing);
    let series = [70.0, 70.0, 70.0, 69.999, 71.0, 72.0, 73.0, 70.0];
    assert_eq!(states(&plan, &series), ["OK", "OK", "ALARM", "OK", "OK", "OK", "ALARM", "ALARM"]);
}
