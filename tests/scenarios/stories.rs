//! What each shipped scenario announces, as arithmetic on its own inputs.

use std::fs;

use super::ran::{Ran, Row, scenario};
use crate::program::{shipped, windtunnel};

/// Whether `count` lies within five standard deviations of a Poisson variable of that mean.
fn is_poisson(count: f64, mean: f64) -> bool {
    (count - mean).abs() <= 5.0 * mean.sqrt()
}

fn offered(run: &Ran) -> f64 {
    run.service()["requests"]["offered"].as_f64().unwrap()
}

fn started_at(row: &Row) -> f64 {
    row.number("time_s")
}

#[test]
fn steady_api_costs_what_the_price_list_says_and_never_scales() {
    let run = scenario("steady-api");
    let service = run.service();
    let amount = |item: &str| {
        run.invoice.iter().find(|row| row.text("item") == item).unwrap().text("amount_usd").to_owned()
    };
    // 2 × 0.25 vCPU × 730 h × 0.04048 = 14.7752; 2 × 0.5 GB × 730 h × 0.004445 = 3.24485
    assert_eq!((amount("fargate_vcpu"), amount("fargate_memory")), ("14.78".to_owned(), "3.24".to_owned()));
    assert_eq!(service["cost"]["total_usd"], "18.02");
    assert_eq!(service["cost"]["total_usd"], service["cost"]["per_month_usd"]);
    assert_eq!(run.invoice.len(), 2);
    assert_eq!(service["scaling"], serde_json::json!({ "scale_out": 0, "scale_in": 0, "not_scaled": 0 }));
    assert!(run.decisions.is_empty());
    assert!(run.timeline.iter().all(|row| row.text("running") == "2" && row.text("desired") == "2"));
    assert_eq!(service["tasks"]["task_hours"].as_f64(), Some(1460.0));
    assert!(is_poisson(offered(run), 0.5 * 730.0 * 3600.0));
    // 0.5 requests a second × 10 ms of a vCPU, of 2 × 0.25 vCPU, and the 0.005 vCPU that a task uses by itself; five standard
    // errors of an exponential's mean are 0.4 %.
    let cpu = service["utilization"]["cpu_mean"].as_f64().unwrap();
    assert!((cpu / 0.03 - 1.0).abs() < 0.005, "{cpu}");
    // 10 ms of CPU at 98 % of a quarter of a vCPU's speed, 20 ms downstream, and next to no queue: a request meets another one in
    // its task for 0.25/s × 40 ms = 1 % of the time.
    let mean = service["response_time_ms"]["mean"].as_f64().unwrap();
    let alone = 40.0 / 0.98 + 20.0;
    assert!((alone - 0.2..alone * 1.015).contains(&mean), "{mean}");
}

#[test]
fn cpu_70_finds_enough_tasks_for_lunch_and_takes_its_time_to_leave_them() {
    let run = scenario("cpu-70");
    let minutes = |from: f64, to: f64| run.minutes().filter(move |(at, _, _)| (from..to).contains(at));
    // Half a vCPU at 25 ms a request carries 20 a second; at the target 14.
    let (noon, hold_end) = (12.0 * 3600.0, 13.5 * 3600.0);
    let most = run.timeline.iter().map(|row| row.number("desired")).fold(0.0, f64::max);
    let peak = minutes(noon, hold_end).map(|(_, _, row)| row.number("offered_per_s")).fold(0.0, f64::max);
    assert!(most >= (peak / 20.0).ceil() && most <= 20.0, "{most} tasks for {peak}");
    // In its last half hour lunch is under control: no CPU above its ceiling for three minutes running would go unanswered.
    for (at, _, row) in minutes(hold_end - 1800.0, hold_end) {
        assert!(row.number("running") * 20.0 > row.number("offered_per_s"), "at {at}");
        assert!(row.number("cpu_utilization") < 0.85, "at {at}");
    }
    // Every step out had three minutes above 70 %, every step in fifteen below 0.9 × 70 = 63 %.
    let (outs, ins) = (run.changes("scaled_out"), run.changes("scaled_in"));
    assert!(!outs.is_empty() && !ins.is_empty());
    for row in &outs {
        let points = row.numbers("datapoints");
        assert!(points.len() == 3 && points.iter().all(|point| *point > 70.0), "{points:?}");
    }
    for row in &ins {
        let points = row.numbers("datapoints");
        assert!(points.len() == 15 && points.iter().all(|point| *point < 63.0), "{points:?}");
    }
    // What the day wants back is gone by its end: 25 + 15 requests a second at most need three tasks.
    assert!(run.timeline.last().unwrap().number("desired") <= 3.0);
    // Steps of one policy keep its cooldown of 300 s after what came before has finished.
    for pair in ins.windows(2) {
        assert!(started_at(pair[1]) - started_at(pair[0]) >= 300.0);
    }
}

#[test]
fn step_70_30_adds_five_after_three_minutes_above_70_and_takes_five_after_ten_below_30() {
    let run = scenario("step-70-30");
    let cpu: Vec<f64> = run.timeline.iter().map(|row| row.number("cpu_utilization") * 100.0).collect();
    // A minute's datapoint can be read 120 s after its end, so three minutes that begin at t show at t + 180 + 120.
    let hot = cpu.windows(3).position(|minutes| minutes.iter().all(|value| *value > 70.0)).unwrap();
    let first_out = started_at(run.changes("scaled_out")[0]);
    let earliest = hot as f64 * 60.0 + 180.0 + 120.0;
    assert!(first_out >= earliest && first_out <= earliest + 61.0, "{first_out} and {earliest}");
    let first_in = started_at(run.changes("scaled_in")[0]);
    let hold = 6 * 60;
    let cold = hold + cpu[hold..].windows(10).position(|ten| ten.iter().all(|value| *value < 30.0)).unwrap();
    let earliest = cold as f64 * 60.0 + 600.0 + 120.0;
    assert!(first_in >= earliest && first_in <= earliest + 61.0, "{first_in} and {earliest}");
    for (outcome, change) in [("scaled_out", 5.0), ("scaled_in", -5.0)] {
        for row in run.changes(outcome) {
            let by = row.number("desired_after") - row.number("desired_before");
            assert!((by - change).abs() < 0.5, "{}", row.text("reason"));
        }
    }
    // 600 a second × 30 ms are 18 vCPU: of 10, 15, 20, … tasks 30 are the first that do it below 70 %.
    let most = run.timeline.iter().map(|row| row.number("desired")).fold(0.0, f64::max);
    assert!((30.0..=35.0).contains(&most), "{most}");
    // 75 a second are 2.25 vCPU, below 30 % even of ten tasks: the night ends where it began.
    assert_eq!(run.timeline.last().unwrap().text("desired"), "10");
}

#[test]
fn requests_per_target_reads_requests_a_minute_and_task() {
    let run = scenario("requests-per-target");
    // 100 a second over six tasks are 1000 a minute and task; afterwards 400 a second are 4000 of as many tasks.
    let step = 3.0 * 3600.0;
    for row in run.decisions.iter().filter(|row| row.text("kind") == "alarm") {
        let points = row.numbers("datapoints");
        // A datapoint is a Poisson count of 6000 ÷ 6.
        let is_quiet = points.iter().all(|point| is_poisson(point * 6.0, 6000.0));
        assert!(started_at(row) > step || is_quiet, "{points:?}");
    }
    assert!(run.policies().filter(|row| started_at(row) < step).all(|row| {
        // ceil(6 × 1000 / 1500) is 4 or 5, less than the six that are the least.
        row.text("outcome") == "AlreadyAtMinCapacity"
    }));
    let first = run.changes("scaled_out")[0];
    let points = first.numbers("datapoints");
    assert!(points.len() == 3 && points.iter().all(|point| is_poisson(point * 6.0, 24_000.0)), "{points:?}");
    // ceil(6 × 4000 / 1500) = 16, give or take one for the draw.
    assert!((16.0..=17.0).contains(&first.number("proposed")), "{}", first.text("reason"));
    // The step shows in three whole minutes, each read 60 s after its end at the earliest.
    assert!(started_at(first) >= step + 180.0 + 60.0 && started_at(first) <= step + 420.0);
    // For three hours every minute and task has its thousand.
    for (at, _, row) in run.minutes().filter(|(at, _, _)| *at < step) {
        assert!(is_poisson(row.number("offered_per_s") * 60.0, 6000.0), "at {at}");
    }
    assert!(run.timeline.iter().all(|row| row.number("desired") <= 40.0));
}

#[test]
fn trace_replay_offers_each_minute_exactly_what_its_trace_says() {
    let run = scenario("trace-replay");
    let trace = fs::read_to_string(shipped("scenarios/traces/shop-day.csv")).unwrap();
    let counts: Vec<u64> =
        trace.lines().skip(1).map(|line| line.split_once(',').unwrap().1.parse().unwrap()).collect();
    assert_eq!(counts.len(), run.timeline.len());
    for (count, row) in counts.iter().zip(&run.timeline) {
        let offered = row.number("offered_per_s") * 60.0;
        assert!((offered - *count as f64).abs() < 1e-3, "at {}", row.text("time_s"));
    }
    assert_eq!(run.service()["requests"]["offered"].as_u64().unwrap(), counts.iter().sum::<u64>());
    let traffic = &run.service()["traffic"];
    assert_eq!(traffic["intervals"], 1440);
    assert_eq!(traffic["missing_intervals"], 0);
}

#[test]
fn a_month_with_one_flash_sale_costs_what_the_readme_says() {
    let place = tempfile::tempdir().unwrap();
    let total = |out: &str, change: &str| {
        let ran = windtunnel(place.path(), &["run", "--quiet", "--set", change, "--out", out]);
        assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.stderr);
        let text = fs::read_to_string(place.path().join(out).join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        summary["cost"]["total_usd"].as_str().unwrap().parse::<f64>().unwrap()
    };
    let usual = "[{ diurnal = { mean = 300.0, amplitude = 60.0, peak_at = \"14:00\" } }]";
    let ordinary = total("ordinary", &format!("service.orchestrator.traffic.shape={usual}"));
    let (sale, with_the_day_after) = (total("sale", "horizon=24h"), total("two", "horizon=48h"));
    // The tasks leave a few at a time, so the morning after is part of what the sale costs.
    let month = ordinary * 730.0 / 24.0 + with_the_day_after - 2.0 * ordinary;
    let readme = fs::read_to_string(shipped("README.md")).unwrap();
    for words in [
        format!("its day costs {sale:.2} USD and an ordinary one {ordinary:.2} USD"),
        format!("sale costs about {month:.0} USD, and the {:.0} USD", sale * 730.0 / 24.0),
    ] {
        assert!(readme.contains(&words), "{words}");
    }
}

#[test]
fn flash_sale_runs_short_in_the_rise_and_recovers_before_the_sale_is_over() {
    let run = scenario("flash-sale");
    let (rise, top, hold_end) = (20.0 * 3600.0, 20.0 * 3600.0 + 300.0, 21.0 * 3600.0 + 300.0);
    // ∫ 300 + 60 cos over a day is 300 × 86400; the spike adds nine times what would have come in its hour, and half of
    // that in its flanks, of a rate that falls from 300 towards 240 a second.
    let usual = 300.0 * 86_400.0;
    let least = usual + 9.0 * 240.0 * 3600.0;
    let most = usual + 9.0 * 300.0 * (3600.0 + 150.0 + 300.0);
    assert!((least..most).contains(&offered(run)), "{}", offered(run));
    // One vCPU at 20 ms a request does 50 a second.
    let lost = |row: &Row| row.number("rejected") + row.number("timed_out");
    let before: f64 = run.minutes().filter(|(at, _, _)| *at < rise).map(|(_, _, row)| lost(row)).sum();
    assert!(before < 0.5, "{before} lost before the sale");
    let (first, _, _) = run.minutes().find(|(_, _, row)| lost(row) > 0.0).unwrap();
    assert!((rise..top).contains(&first), "{first}");
    let short = run.minute_at(first);
    assert!(
        short.number("offered_per_s") > 0.8 * 50.0 * short.number("in_service"),
        "{}",
        short.text("time_s")
    );
    // Measured CPU stops at 100 %, so no step proposes more than ceil(running × 100 / 60).
    for row in run.changes("scaled_out") {
        let limit = (row.number("running") * 100.0 / 60.0).ceil();
        assert!(row.number("proposed") <= limit + 0.5, "{}", row.text("reason"));
    }
    // The last half hour of the sale loses nothing, and has the 60 tasks that 3000 × 20 ms take.
    for (at, _, row) in run.minutes().filter(|(at, _, _)| (hold_end - 1800.0..hold_end).contains(at)) {
        assert!(lost(row) < 0.5 && row.number("running") * 50.0 > row.number("offered_per_s"), "at {at}");
    }
    // After the sale the tasks stay for fifteen minutes below 54 % at least, and then cost less.
    let back = run.changes("scaled_in").into_iter().map(started_at).find(|at| *at > hold_end).unwrap();
    assert!(back >= hold_end + 900.0, "{back}");
    let last = run.timeline.last().unwrap();
    assert!(last.number("cost_per_hour_usd") < 0.5 * run.minute_at(hold_end).number("cost_per_hour_usd"));
}

#[test]
fn web_follows_its_day_without_losing_a_request() {
    let run = scenario("web");
    // A whole period of the cosine leaves the mean: 118 requests a second for a day.
    assert!(is_poisson(offered(run), 118.0 * 86_400.0));
    let requests = &run.service()["requests"];
    assert_eq!((&requests["rejected"], &requests["failed"]), (&serde_json::json!(0), &serde_json::json!(0)));
    // At the peak 200/s · 25 ms = 5 vCPU, at 60 % nine tasks; in the trough 40/s need two, and three is the minimum.
    let desired = || run.timeline.iter().map(|row| row.number("desired"));
    let (least, most) = (desired().fold(f64::INFINITY, f64::min), desired().fold(0.0, f64::max));
    assert!(((least - 3.0).abs(), (8.0..=10.0).contains(&most)) == (0.0, true), "{least} to {most}");
}

#[test]
fn month_fluid_offers_exactly_its_rate_and_only_the_newsletter_hurts() {
    let run = scenario("month-fluid");
    assert_eq!(run.summary["scenario"]["fidelity"], "fluid");
    assert_eq!(run.service()["response_time_ms"]["approximate"], true);
    // 400 on average by the day, 150 by the week: 22 weekdays and 8 weekend days of 1.6 times that. On Wednesday the 17th
    // the newsletter adds three times what would have come, for 20 minutes whole and for 62 on average half.
    let usual = 400.0 * 30.0 * 86_400.0 + 150.0 * (22.0 + 8.0 * 1.6) * 86_400.0;
    // At noon the cosine that peaks at 20:00 has cos(8 h) = −½: 400 − 125 + 150 a second, and 100 more within the hour.
    let extra = offered(run) - usual;
    let slots = 3.0 * (1_200.0 + 31.0 * 60.0);
    assert!((425.0 * slots..525.0 * slots).contains(&extra), "{extra}");
    // A flow has no chance in it: what is lost is lost on that day, within the first minutes.
    let at = (16.0 * 24.0 + 12.0) * 3600.0;
    let losses: Vec<f64> = run
        .minutes()
        .filter(|(_, _, row)| row.number("rejected") + row.number("timed_out") > 0.0)
        .map(|(start, _, _)| start)
        .collect();
    assert!(
        !losses.is_empty() && losses.iter().all(|start| (at..at + 1_200.0).contains(start)),
        "{losses:?}"
    );
    // At the target a task of 50 a second takes 30: on an ordinary day the tasks are never short, and never more than the
    // largest rate of the last hours asks for. They leave one at a time, so they follow a falling load by hours.
    let rates: Vec<f64> = run.minutes().map(|(_, _, row)| row.number("offered_per_s")).collect();
    for (index, (start, _, row)) in run.minutes().enumerate().filter(|(_, (start, _, _))| *start < at) {
        let running = row.number("running");
        let recent = rates[index.saturating_sub(240)..=index].iter().copied().fold(0.0, f64::max);
        assert!(running * 50.0 > rates[index], "at {start}: {running}");
        assert!(running <= (recent / 30.0 / 0.8).max(12.0) + 1.0, "at {start}: {running}");
    }
    // What is busy: rate × 20 ms, exactly, over the tasks that ran (draining ones count).
    let busy = run.minutes().filter(|(start, _, _)| *start < at).map(|(_, length, row)| {
        let cpu = row.number("cpu_utilization") * (row.number("running") + row.number("draining"));
        (cpu * length, row.number("offered_per_s") * 0.02 * length)
    });
    let (used, asked) = busy.fold((0.0, 0.0), |sum, minute| (sum.0 + minute.0, sum.1 + minute.1));
    assert!((used / asked - 1.0).abs() < 0.02, "{used} and {asked}");
}
