//! What holds of any run: requests, task time, dollars and decisions add up, from the files alone.

use super::ran::{NAMES, Ran, Row, scenario};

/// The scenarios, each with its name for messages.
fn all() -> impl Iterator<Item = (&'static str, &'static Ran)> {
    NAMES.into_iter().map(|name| (name, scenario(name)))
}

/// An amount with its decimals dropped [cents]: exact, unlike a float.
fn cents(amount: &str) -> i64 {
    let (dollars, cents) = amount.split_once('.').unwrap();
    assert_eq!(cents.len(), 2, "{amount}");
    dollars.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
}

#[test]
fn every_request_is_accounted_for() {
    for (name, run) in all() {
        let count = |outcome: &str| run.service()["requests"][outcome].as_u64().unwrap();
        let outcomes = ["served", "rejected", "timed_out", "failed", "in_flight"];
        assert!(count("offered") > 0, "{name}");
        assert_eq!(count("offered"), outcomes.into_iter().map(count).sum::<u64>(), "{name}");
    }
}

#[test]
fn the_minutes_of_the_timeline_add_up_to_the_totals() {
    for (name, run) in all() {
        let total = |outcome: &str| run.service()["requests"][outcome].as_f64().unwrap();
        for (outcome, per_second) in [("offered", "offered_per_s"), ("served", "served_per_s")] {
            // Six decimals of a rate are within 3e-5 of a request a minute: each minute rounds to a whole number.
            let sum: f64 =
                run.minutes().map(|(_, length, row)| (row.number(per_second) * length).round()).sum();
            assert!((sum - total(outcome)).abs() < 0.5, "{outcome} of {name}: {sum} and {}", total(outcome));
        }
        for outcome in ["rejected", "timed_out", "failed"] {
            let sum: f64 = run.minutes().map(|(_, _, row)| row.number(outcome)).sum();
            assert!((sum - total(outcome)).abs() < 0.5, "{outcome} of {name}: {sum} and {}", total(outcome));
        }
    }
}

#[test]
fn the_timeline_has_every_minute_once() {
    for (name, run) in all() {
        let mut next = 0.0;
        for (start, length, _) in run.minutes() {
            assert!((start - next).abs() < 1e-6 && length > 0.0 && length <= 60.0, "{name} at {start}");
            next = start + length;
        }
        assert!((next - run.horizon()).abs() < 1e-6, "{name}");
    }
}

#[test]
fn shares_are_shares_and_tasks_stay_between_their_limits() {
    for (name, run) in all() {
        let plan = &run.plan["service"].as_table().unwrap().values().next().unwrap()["scaling"];
        let limit = |key: &str| plan[key].as_integer().unwrap() as f64;
        for (start, _, row) in run.minutes() {
            let cpu = row.number("cpu_utilization");
            assert!((0.0..=1.0 + 1e-6).contains(&cpu), "{name} at {start}: {cpu}");
            let desired = row.number("desired");
            assert!(
                desired >= limit("min_capacity") && desired <= limit("max_capacity"),
                "{name} at {start}: {desired}"
            );
            // What runs and what is awaited is never less than what is desired: a surplus is draining.
            assert!(row.number("running") + row.number("pending") + 0.5 >= desired, "{name} at {start}");
            assert!(row.number("in_service") <= row.number("running"), "{name} at {start}");
        }
    }
}

#[test]
fn the_bill_is_the_sum_of_its_lines_and_each_line_its_quantity_times_its_rate() {
    for (name, run) in all() {
        let cost = &run.service()["cost"];
        let lines = cost["lines"].as_array().unwrap();
        let sum: i64 = lines.iter().map(|line| cents(line["amount_usd"].as_str().unwrap())).sum();
        assert_eq!(sum, cents(cost["total_usd"].as_str().unwrap()), "{name}");
        assert_eq!(run.summary["cost"]["total_usd"], cost["total_usd"], "{name}");
        assert_eq!(lines.len(), run.invoice.len(), "{name}");
        for row in &run.invoice {
            let (quantity, rate, exact) =
                (row.number("quantity"), row.number("rate_usd"), row.number("exact_usd"));
            // The quantity is printed with six decimals.
            let slack = 1e-6 * rate + 1e-9;
            assert!((quantity * rate - exact).abs() <= slack, "{} of {name}", row.text("item"));
            let amount = cents(row.text("amount_usd")) as f64 / 100.0;
            assert!((amount - exact).abs() <= 0.005 + 1e-9, "{} of {name}", row.text("item"));
        }
        let month = cents(cost["per_month_usd"].as_str().unwrap()) as f64 / 100.0;
        let exact: f64 = run.invoice.iter().map(|row| row.number("exact_usd")).sum();
        let scaled = exact * 730.0 * 3600.0 / run.horizon();
        assert!((month - scaled).abs() <= 0.01 * lines.len() as f64, "{name}: {month} and {scaled}");
    }
}

#[test]
fn task_hours_are_the_running_count_over_time() {
    for (name, run) in all() {
        let tasks = &run.service()["tasks"];
        let hours = tasks["task_hours"].as_f64().unwrap();
        let mean = tasks["running_mean"].as_f64().unwrap();
        // Both have six decimals.
        assert!(
            (mean * run.horizon() / 3600.0 - hours).abs() < 1e-6 * (1.0 + run.horizon() / 3600.0),
            "{name}"
        );
        // The timeline knows the count at the end of each minute: a task that starts or stops within one is off by
        // at most that minute.
        let sum: f64 = run.minutes().map(|(_, length, row)| row.number("running") * length / 3600.0).sum();
        let changes = tasks["started"].as_f64().unwrap() + tasks["stopped"].as_f64().unwrap();
        assert!((sum - hours).abs() <= changes / 60.0 + 1e-5, "{name}: {sum} and {hours}");
    }
}

#[test]
fn fargate_bills_every_task_from_its_image_pull_to_its_exit() {
    for (name, run) in all() {
        let task = &run.plan["service"].as_table().unwrap().values().next().unwrap()["task"];
        let per_task = |key: &str| task[key].as_integer().unwrap() as f64 / 1024.0;
        let tasks = &run.service()["tasks"];
        let count = |key: &str| tasks[key].as_f64().unwrap();
        let line =
            |item: &str| run.invoice.iter().find(|row| row.text("item") == item).unwrap().number("quantity");
        let billed = line("fargate_vcpu") / per_task("cpu");
        assert!((line("fargate_memory") / per_task("memory") - billed).abs() < 1e-4, "{name}");
        // Longer than it runs, by the pull and start before and the exit after, and by the rounding to a second.
        let most = (count("started") + count("stopped") + count("running_max")) * 180.0 / 3600.0;
        let extra = billed - count("task_hours");
        assert!((-1e-4..=most).contains(&extra), "{name}: {billed} billed, {} run", count("task_hours"));
    }
}

#[test]
fn the_decision_log_is_a_chain_that_ends_at_the_desired_count() {
    for (name, run) in all() {
        let mut desired = None;
        for row in &run.decisions {
            let at = format!("{name} at {}", row.text("time_s"));
            let (before, after) = (row.number("desired_before"), row.number("desired_after"));
            assert!(desired.is_none_or(|desired: f64| (desired - before).abs() < 0.5), "{at}");
            let is_change = (before - after).abs() > 0.5;
            match row.text("outcome") {
                "scaled_out" => assert!(after > before, "{at}"),
                "scaled_in" => assert!(after < before, "{at}"),
                _ => assert!(!is_change, "{at}"),
            }
            desired = Some(after);
        }
        if let Some(desired) = desired {
            let last = run.timeline.last().unwrap().number("desired");
            assert!((desired - last).abs() < 0.5, "{name}");
        }
        let scaling = &run.service()["scaling"];
        for (key, outcome) in [("scale_out", "scaled_out"), ("scale_in", "scaled_in")] {
            // Policies' activities and those of scheduled actions.
            let changes = run.decisions.iter().filter(|row| row.text("outcome") == outcome).count();
            assert_eq!(scaling[key].as_u64().unwrap(), changes as u64, "{name}");
        }
    }
}

/// `a`, `b`, `c` and `d` of "ceil(a × b / c) = d".
fn ceiling(reason: &str) -> Option<[f64; 4]> {
    let (product, rest) = reason.strip_prefix("ceil(")?.split_once(')')?;
    let (count, quotient) = product.split_once(" × ")?;
    let (value, target) = quotient.split_once(" / ")?;
    let result = rest.strip_prefix(" = ")?.split([';', ',', '(']).next()?;
    Some([count, value, target, result].map(|number| number.trim().parse().unwrap()))
}

/// The count that a scale-in proposes where it takes less than the formula: "of which a scale-in takes 1 at once: 9".
fn limited(reason: &str) -> Option<f64> {
    let (_, rest) = reason.split_once(" at once: ")?;
    rest.split([';', ' ']).next()?.parse().ok()
}

#[test]
fn every_target_tracking_decision_can_be_checked_by_hand() {
    let mut checked = 0;
    for (name, run) in all() {
        for row in run.policies().filter(|row| row.text("reason").starts_with("ceil(")) {
            let at = format!("{name} at {}: {}", row.text("time_s"), row.text("reason"));
            let [count, value, target, result] = ceiling(row.text("reason")).unwrap();
            assert!(((count * value / target).ceil() - result).abs() < 0.5, "{at}");
            let proposed = limited(row.text("reason")).unwrap_or(result);
            assert!((row.number("proposed") - proposed).abs() < 0.5, "{at}");
            // A scale-in takes a twentieth at once, and one task at least.
            let step = (count / 20.0).floor().max(1.0);
            assert!(proposed <= result || (count - proposed - step).abs() < 0.5, "{at}");
            // Within a cooldown, and on datapoints from before the last change, it starts from the count before.
            let starts_before =
                ["cooldown", "no datapoint since", "+"].map(|text| row.text("reason").contains(text));
            assert!((row.number("running") - count).abs() < 0.5 || starts_before.contains(&true), "{at}");
            assert!((row.number("value") - value).abs() <= 5e-4 + 1e-6, "{at}");
            is_mean_of_its_datapoints(row, &at);
            ends_with_its_change(row, &at);
            checked += 1;
        }
    }
    assert!(checked > 500, "{checked}");
}

fn is_mean_of_its_datapoints(row: &Row, at: &str) {
    let points = row.numbers("datapoints");
    // Of all that the alarm evaluated, or of the newest of them: those since the last change.
    let newest =
        row.text("reason").split_once("(of the newest ").map(|(_, rest)| rest.split(' ').next().unwrap());
    let used = newest.map_or(points.len(), |count| count.parse().unwrap());
    let mean = points[points.len() - used..].iter().sum::<f64>() / used as f64;
    assert!((mean - row.number("value")).abs() < 2e-6, "{at}: {mean}");
}

/// A change is told at the end of its sentence: `+4`, `−2`.
fn ends_with_its_change(row: &Row, at: &str) {
    let change = row.number("desired_after") - row.number("desired_before");
    if change.abs() > 0.5 {
        let told = row.text("reason").rsplit("; ").next().unwrap().replace('−', "-");
        assert!((told.parse::<f64>().unwrap() - change).abs() < 0.5, "{at}");
    }
}

#[test]
fn every_step_decision_can_be_checked_by_hand() {
    let mut checked = 0;
    for row in scenario("step-70-30").policies() {
        let reason = row.text("reason").replace('−', "-");
        let at = format!("{}: {reason}", row.text("time_s"));
        let (value, rest) = reason.split_once(" is ").unwrap();
        let (excess, rest) = rest.split_once(" from the threshold ").unwrap();
        let value: f64 = value.parse().unwrap();
        let threshold = row.number("threshold");
        assert!((value - row.number("value")).abs() <= 5e-4 + 1e-6, "{at}");
        assert!((value - threshold - excess.parse::<f64>().unwrap()).abs() <= 1e-3 + 1e-9, "{at}");
        is_mean_of_its_datapoints(row, &at);
        ends_with_its_change(row, &at);
        let Some((_, sum)) = rest.split_once(": ") else { continue };
        let (terms, result) = sum.split(';').next().unwrap().split_once(" = ").unwrap();
        let terms = terms.replace("+ ", "+").replace("- ", "-");
        let terms: f64 = terms.split_whitespace().map(|term| term.parse::<f64>().unwrap()).sum();
        assert!((terms - result.parse::<f64>().unwrap()).abs() < 0.5, "{at}");
        checked += 1;
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn every_alarm_follows_from_its_datapoints() {
    for (name, run) in all() {
        for row in run.decisions.iter().filter(|row| row.text("kind") == "alarm") {
            let at = format!("{name} at {}: {}", row.text("time_s"), row.text("reason"));
            let points = row.numbers("datapoints");
            let (_alarm, reason) = row.text("reason").split_once(": ").unwrap();
            let (counts, rest) = reason.split_once(" datapoints ").unwrap();
            let (breaching, seen) = counts.split_once(" of ").unwrap();
            let (is_above, rest) = match rest.split_once(' ').unwrap() {
                ("above", rest) => (true, rest),
                ("below", rest) => (false, rest),
                other => panic!("{at}: {other:?}"),
            };
            let (threshold, needed) = rest.split_once("; ").unwrap();
            let threshold: f64 = threshold.parse().unwrap();
            assert!((threshold - row.number("threshold")).abs() < 1e-3, "{at}");
            let beyond = points
                .iter()
                .filter(|point| if is_above { **point > threshold } else { **point < threshold });
            let beyond = beyond.count();
            assert_eq!(
                (beyond.to_string(), points.len().to_string()),
                (breaching.into(), seen.into()),
                "{at}"
            );
            let needed: usize = needed.split_once(" of ").unwrap().0.parse().unwrap();
            let state = if beyond >= needed { "ALARM" } else { "OK" };
            assert_eq!(row.text("alarm_state"), state, "{at}");
        }
    }
}
