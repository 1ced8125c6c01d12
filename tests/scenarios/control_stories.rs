//! What the scenarios about the control loop announce, as arithmetic on their own inputs.

use std::collections::BTreeMap;

use super::ran::{Row, scenario};

fn at(row: &Row) -> f64 {
    row.number("time_s")
}

#[test]
fn weekday_schedule_has_eight_tasks_at_half_past_seven_in_berlin_on_both_sides_of_the_change_of_clocks() {
    let run = scenario("weekday-schedule");
    let hour = 3_600.0;
    let scheduled: Vec<&Row> = run.decisions.iter().filter(|row| row.text("kind") == "scheduled").collect();
    let applied: Vec<&&Row> = scheduled.iter().filter(|row| row.text("outcome") == "applied").collect();
    // Friday 06:30 and 18:00 UTC; Monday, 72 h later and in summer time, 05:30 and 17:00 UTC. No weekend.
    let due = [6.5 * hour, 18.0 * hour, 77.5 * hour, 89.0 * hour];
    assert_eq!(applied.len(), due.len());
    for (row, due) in applied.iter().zip(due) {
        // Late by less than the twenty seconds of `schedule_jitter`.
        assert!((due..due + 20.0).contains(&at(row)), "{} and {due}", at(row));
    }
    let morning = "Setting min capacity to 8; scheduled action name morning was triggered";
    assert_eq!(applied[2].text("reason"), morning);
    let moved: Vec<&&Row> = scheduled.iter().filter(|row| row.text("outcome") == "scaled_out").collect();
    assert!(moved.len() == 2 && moved.iter().all(|row| row.text("desired_after") == "8"));
    for (start, length, row) in run.minutes() {
        let in_hours = |from: f64, to: f64| start >= from + 60.0 && start + length <= to;
        if in_hours(due[0], due[1]) || in_hours(due[2], due[3]) {
            assert!(row.number("desired") >= 8.0, "at {start}");
        }
        // Work begins half an hour later; by then all of them serve.
        if in_hours(due[0] + 1_800.0, due[1]) || in_hours(due[2] + 1_800.0, due[3]) {
            assert!(row.number("in_service") >= 8.0, "at {start}");
        }
    }
    // In the small hours two tasks are enough: 10 a second × 40 ms are 0.4 vCPU.
    assert_eq!(run.minute_at(30.0 * hour).text("desired"), "2");
    let requests = &run.service()["requests"];
    assert_eq!(
        (&requests["rejected"], &requests["timed_out"]),
        (&serde_json::json!(0), &serde_json::json!(0))
    );
}

#[test]
fn high_resolution_scales_out_after_a_minute_and_a_half_and_in_after_ten() {
    let run = scenario("high-resolution");
    let (up, down) = (3_600.0, 3_600.0 + 2.0 * 3_600.0);
    let first = run.changes("scaled_out").into_iter().find(|row| at(row) > up).unwrap();
    // The rest of a bucket of 20 s, three buckets, the delay of 10 s, a phase within 10 s, 0.2 s of latency.
    assert!((up + 70.2..up + 101.3).contains(&at(first)), "{}", at(first));
    let points = first.numbers("datapoints");
    assert!(points.len() == 3 && points.iter().all(|point| *point > 60.0), "{points:?}");
    let back = run.changes("scaled_in").into_iter().find(|row| at(row) > down).unwrap();
    assert!((down + 600.0..down + 700.0).contains(&at(back)), "{}", at(back));
    let points = back.numbers("datapoints");
    assert!(points.len() == 30 && points.iter().all(|point| *point < 54.0), "{points:?}");
    // Two alarms for five of the 720 hours of September, at three times the price of ordinary ones.
    let line = run.invoice.iter().find(|row| row.text("item") == "cloudwatch_high_resolution_alarm").unwrap();
    assert!((line.number("quantity") - 2.0 * 5.0 / 720.0).abs() < 1e-6);
    assert!((line.number("rate_usd") - 0.3).abs() < 1e-12);
    assert!(run.invoice.iter().all(|row| row.text("item") != "cloudwatch_alarm"));
}

#[test]
fn two_policies_scale_out_alone_and_in_together() {
    let run = scenario("two-policies");
    let mut states: BTreeMap<String, String> = BTreeMap::new();
    let (mut vetoes, mut ins) = (0, 0);
    for row in &run.decisions {
        match (row.text("kind"), row.text("outcome")) {
            ("alarm", state) => {
                let (alarm, _) = row.text("reason").split_once(": ").unwrap();
                states.insert(alarm.to_owned(), state.to_owned());
            }
            ("policy", "scaled_in") => {
                ins += 1;
                for policy in ["cpu", "in-flight"] {
                    let low = states.get(&format!("{policy}-AlarmLow"));
                    assert_eq!(low.map(String::as_str), Some("ALARM"), "{policy} at {}", at(row));
                }
            }
            ("policy", "scaled_out") => assert_eq!(row.text("policy"), "in-flight", "at {}", at(row)),
            ("policy", "not_unanimous") => {
                vetoes += row.text("times").parse::<u64>().unwrap();
                assert_eq!(row.text("policy"), "cpu");
            }
            _ => {}
        }
    }
    assert!(vetoes > 10 && ins >= 2, "{vetoes} vetoes, {ins} scale-ins");
    // 360 requests a second of 362 ms are 130 in flight; at eight a task that takes 17.
    let most = run.timeline.iter().map(|row| row.number("desired")).fold(0.0, f64::max);
    assert!((16.0..=20.0).contains(&most), "{most}");
    let metric = run.changes("scaled_out")[0].text("metric");
    assert_eq!(metric, "in-flight-per-task");
}
