//! Reports: the contract of every output file, and that no result, however odd, makes one fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot build its case has failed")]

mod experiments;
mod extremes;
mod fixture;
mod pages;
mod pictures;
mod plots;
mod policies;

use serde_json::Value;
use windtunnel::experiment::checks::evaluate;
use windtunnel::experiment::{CheckStatus, RunResult};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::simulation::ServicePlan;
use windtunnel::kernel::units::SimDuration;
use windtunnel::report::{
    decisions_csv, invoice_csv, response_times_csv, sentences, summary_json, timeline_csv,
    unfinished_sentence,
};
use windtunnel::scenario::{Comparator, Measure};
use windtunnel::shell::output::{prepare, write_all};

use crate::outputs_of::table;
use crate::program::bytes;

use fixture::{check, idle, poisoned, result, scenario, service_plan, sketch, spike_day, two_services};

/// The rows of a CSV, the header first.
fn rows(csv: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn summary(result: &RunResult) -> Value {
    serde_json::from_str(&summary_json(result)).unwrap()
}

#[test]
fn the_summary_accounts_for_every_request_and_every_cent() {
    let result = two_services();
    let summary = summary(&result);
    let mut cents = 0_u64;
    for (_, service) in summary["services"].as_object().unwrap() {
        let requests = &service["requests"];
        let count = |key: &str| requests[key].as_u64().unwrap();
        let ended = ["served", "rejected", "timed_out", "failed", "in_flight"].map(count).iter().sum::<u64>();
        assert_eq!(count("offered"), ended);
        let in_cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<u64>().unwrap();
        let lines = service["cost"]["lines"].as_array().unwrap();
        let total = lines.iter().map(|line| in_cents(&line["amount_usd"])).sum::<u64>();
        assert_eq!(in_cents(&service["cost"]["total_usd"]), total);
        cents += total;
    }
    assert_eq!(summary["cost"]["total_usd"].as_str().unwrap().replace('.', ""), cents.to_string());
}

/// The keys of a summary of one service with a trace, as they follow each other; of the invoice only the first line.
const KEYS: &str = "schema_version scenario name sha256 seed region horizon_s services orchestrator story
    requests offered served rejected timed_out failed in_flight warmup_requests warmup_served
    response_time_ms mean p50 p90 p95 p99 p99_9 max waiting_time_ms mean p50 p90 p95 p99 p99_9 max
    tasks running_mean running_min running_max started stopped task_hours utilization cpu_mean memory_mean
    scaling scale_out scale_in not_scaled cost total_usd per_month_usd per_million_requests_usd unpriced
    lines item quantity unit rate_usd amount_usd exact_usd
    traffic trace interval_s intervals zero_intervals missing_intervals ended_at_s repeats
    cost total_usd per_month_usd unpriced not_priced scale_in_range checks check value status fingerprint control_events";

#[test]
fn the_summary_has_the_keys_of_its_contract_in_their_order() {
    let mut result = spike_day();
    result.scenario.services[0].trace = Some(fixture::trace_counts());
    let text = summary_json(&result);
    let mut from = 0;
    for key in KEYS.split_whitespace() {
        let place = text[from..].find(&format!("\"{key}\":"));
        from += place.unwrap_or_else(|| panic!("`{key}` is missing, or out of order"));
    }
    let summary = summary(&result);
    let service = &summary["services"]["orchestrator"];
    assert_eq!(summary["schema_version"], "1.4");
    assert_eq!(summary["scenario"]["horizon_s"], 86_400);
    assert_eq!(summary["fingerprint"], "0123456789abcdef");
    assert_eq!(service["traffic"]["ended_at_s"], 84_000);
    assert_eq!(service["traffic"]["missing_intervals"], 3);
    assert_eq!(service["cost"]["lines"][0]["rate_usd"], "0.04048");
    let line = &service["cost"]["lines"][0];
    let product = line["quantity"].as_str().unwrap().parse::<f64>().unwrap() * 0.04048;
    assert!((product - line["exact_usd"].as_str().unwrap().parse::<f64>().unwrap()).abs() < 1e-6);
}

#[test]
fn what_does_not_exist_is_null_in_the_summary() {
    let summary = summary(&fixture::empty());
    let service = &summary["services"]["web"];
    for key in ["mean", "p50", "p99_9", "max"] {
        assert!(service["response_time_ms"][key].is_null(), "{key}");
        assert!(service["waiting_time_ms"][key].is_null(), "{key}");
    }
    assert!(service["utilization"]["cpu_mean"].is_null());
    assert!(service["cost"]["per_million_requests_usd"].is_null());
    assert_eq!(service["cost"]["total_usd"], "0.00");
    assert!(service.get("traffic").is_none());
}

#[test]
fn every_sheet_has_the_columns_of_its_contract() {
    let result = spike_day();
    let header = |csv: Vec<u8>| rows(&csv)[0].join(", ");
    assert_eq!(
        header(bytes(|out| timeline_csv(&result, out))),
        "time_s, timestamp, service, offered_per_s, served_per_s, rejected, timed_out, failed, desired, pending, \
         running, in_service, draining, cpu_utilization, memory_utilization, queue_length, in_flight, \
         response_time_mean_ms, response_time_p50_ms, response_time_p95_ms, response_time_p99_ms, cost_per_hour_usd"
    );
    assert_eq!(
        header(bytes(|out| decisions_csv(&result, out))),
        "time_s, timestamp, until_s, times, service, kind, policy, alarm_state, metric, value, threshold, datapoints, running, \
         proposed, desired_before, desired_after, outcome, reason"
    );
    assert_eq!(
        header(bytes(|out| invoice_csv(&result, out))),
        "service, item, quantity, unit, rate_usd, amount_usd, exact_usd"
    );
    assert_eq!(
        header(bytes(|out| response_times_csv(&result, out))),
        "service, lower_ms, upper_ms, count, cumulative_share"
    );
}

#[test]
fn rows_carry_iso_instants_and_fixed_decimals() {
    let result = spike_day();
    let timeline = rows(&bytes(|out| timeline_csv(&result, out)));
    assert_eq!(timeline.len(), 1441);
    assert_eq!(timeline[61][..3], ["3600", "2026-11-27T01:00:00Z", "orchestrator"]);
    let decisions = rows(&bytes(|out| decisions_csv(&result, out)));
    assert_eq!(decisions.len(), 1 + result.record.services[0].decisions.len());
    assert_eq!(decisions[1][11], "81.200000 83.000000 85.100000");
    let histogram = rows(&bytes(|out| response_times_csv(&result, out)));
    assert_eq!(histogram.last().unwrap()[4], "1.000000");
    let counted: u64 = histogram[1..].iter().map(|row| row[3].parse::<u64>().unwrap()).sum();
    assert_eq!(counted, result.record.services[0].response_time.count());
}

#[test]
fn no_output_ever_says_nan_or_infinity() {
    for result in [poisoned(), fixture::empty(), spike_day()] {
        let mut texts = vec![summary_json(&result), table(&result, 100, false)];
        for csv in [
            bytes(|out| timeline_csv(&result, out)),
            bytes(|out| decisions_csv(&result, out)),
            bytes(|out| invoice_csv(&result, out)),
            bytes(|out| response_times_csv(&result, out)),
        ] {
            texts.push(String::from_utf8(csv).unwrap());
        }
        for text in texts {
            let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
            for word in words {
                assert!(!["nan", "inf", "infinity"].contains(&word.as_str()), "{text}");
            }
        }
        serde_json::from_str::<Value>(&summary_json(&result)).unwrap();
    }
}

#[test]
fn a_text_cannot_become_a_formula_and_a_number_stays_a_number() {
    let mut result = spike_day();
    let service = &mut result.record.services[0];
    service.name = "=cmd|' /C calc'!A0".to_owned();
    service.decisions.truncate(1);
    service.decisions[0].policy = "+evil".to_owned();
    service.decisions[0].reason = "@SUM(1)".to_owned();
    service.decisions[0].proposed = Some(-3);
    let decisions = rows(&bytes(|out| decisions_csv(&result, out)));
    assert_eq!(decisions[1][4], "'=cmd|' /C calc'!A0");
    assert_eq!(decisions[1][6], "'+evil");
    assert_eq!(decisions[1][17], "'@SUM(1)");
    assert_eq!(decisions[1][13], "-3");
    for csv in [
        bytes(|out| timeline_csv(&result, out)),
        bytes(|out| invoice_csv(&result, out)),
        bytes(|out| response_times_csv(&result, out)),
    ] {
        assert!(rows(&csv)[1].iter().any(|cell| cell.starts_with("'=")));
    }
}

#[test]
fn the_table_never_wraps_and_is_colourless_unless_asked() {
    let mut long = two_services();
    long.scenario.name = "日本語 🚀 ".repeat(40);
    long.scenario.not_priced =
        (0..40).map(|index| format!("thing number {index} that is not priced")).collect();
    for result in [spike_day(), fixture::empty(), poisoned(), long] {
        for width in [0, 40, 80, 100, 500] {
            let text = table(&result, width, false);
            assert!(!text.contains('\u{1b}'));
            for line in text.lines() {
                // Wide characters take two columns; counting them once would let a line of them wrap.
                let columns: usize = line.chars().map(|c| if u32::from(c) > 0x2e80 { 2 } else { 1 }).sum();
                assert!(columns <= width.clamp(40, 100), "{columns} columns at {width}: {line}");
            }
        }
    }
    let plain = table(&spike_day(), 100, false);
    let coloured = table(&spike_day(), 100, true);
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some(start) = rest.find('\u{1b}') {
        stripped.push_str(&rest[..start]);
        rest = &rest[start + rest[start..].find('m').unwrap() + 1..];
    }
    stripped.push_str(rest);
    assert!(coloured.len() > plain.len());
    let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&stripped), trimmed(&plain));
}

#[test]
fn names_cannot_steer_the_terminal() {
    let mut result = spike_day();
    result.scenario.name = "a\u{1b}[2Jb\nc\u{202e}d".to_owned();
    result.record.services[0].name = "x\u{1b}]0;title\u{7}y".to_owned();
    let text = table(&result, 100, false);
    assert!(text.starts_with("ab cd\n"), "{text}");
    let mut result = two_services();
    result.record.services[0].name = "x\u{1b}]0;title\u{7}y".to_owned();
    let text = table(&result, 100, false);
    assert!(text.contains("→ xy: ") && !text.contains("title"), "{text}");
}

#[test]
fn the_verdict_comes_first_with_value_and_check() {
    let text = table(&spike_day(), 100, false);
    let verdicts: Vec<&str> = text.lines().skip(5).take(3).collect();
    assert!(
        verdicts[0].starts_with("PASS") && verdicts[0].contains("p99_response_time < 800ms"),
        "{verdicts:?}"
    );
    assert!(verdicts[1].starts_with("FAIL") && verdicts[1].contains("96.42 %"), "{verdicts:?}");
    assert!(table(&fixture::empty(), 100, false).contains("No checks declared"));
}

#[test]
fn a_colleague_would_say_it_in_three_sentences() {
    let mut result = spike_day();
    let said = |result: &RunResult| sentences(&result.record.services[0], &result.scenario);
    let spoken = said(&result);
    assert_eq!(spoken[0], "peak 3 018/s at 20:08");
    assert_eq!(spoken[1], "capacity fell short at 20:01 and caught up 18 min later");
    assert_eq!(spoken[2], "3.6 % of requests were refused");
    result.scenario.timezone = "America/New_York".to_owned();
    assert_eq!(said(&result)[0], "peak 3 018/s at 15:08");
    result.scenario.timezone = "Mars/Olympus".to_owned();
    assert_eq!(said(&result)[0], "peak 3 018/s at 20:08");
    assert_eq!(
        said(&fixture::empty()),
        ["no request arrived", "capacity was never short", "there was nothing to serve"]
    );
}

#[test]
fn a_shortage_that_lasts_to_the_end_is_said_to() {
    let plans = || vec![service_plan("web")];
    let hour = SimDuration::from_secs(3600);
    let mut overloaded = result(scenario("over", plans(), hour), vec![sketch("web", 60, 10, |_| 20_000.0)]);
    let requests = &mut overloaded.record.services[0].requests;
    (requests.timed_out, requests.in_flight) = (requests.rejected / 2, 1234);
    let spoken = sentences(&overloaded.record.services[0], &overloaded.scenario);
    assert_eq!(spoken[1], "capacity fell short at 00:00 and never caught up");
    assert!(spoken[2].starts_with("of all requests ") && spoken[2].contains("timed out"), "{spoken:?}");
    assert!(spoken[2].ends_with("; 1 234 had not finished at the end"), "{spoken:?}");
    let requests = &mut overloaded.record.services[0].requests;
    (requests.timed_out, requests.rejected) = (0, 0);
    let spoken = sentences(&overloaded.record.services[0], &overloaded.scenario);
    assert_eq!(spoken[2], "every request that ended was served; 1 234 had not finished at the end");
    assert_eq!(unfinished_sentence(&overloaded.record.services[0]), None, "a thousandth is in flight");
    let calm = result(scenario("calm", plans(), hour), vec![sketch("web", 60, 10, |_| 100.0)]);
    let spoken = sentences(&calm.record.services[0], &calm.scenario);
    assert_eq!(spoken[1..], ["capacity was never short", "every request was served"]);
}

#[test]
fn a_task_carries_what_its_cpu_or_its_places_allow() {
    let close = |plan: &ServicePlan, rate: f64| (plan.capacity_per_task().unwrap() - rate).abs() < 1e-9;
    let mut plan = service_plan("web");
    // One vCPU ÷ 40 ms = 25/s; 16 places ÷ 100 ms = 160/s.
    assert!(close(&plan, 25.0));
    plan.task.cpu_units = 4096;
    assert!(close(&plan, 100.0));
    // A quarter of a vCPU: 0.25 ÷ 40 ms = 6.25/s; one place ÷ (40 ms ÷ 0.25 + 60 ms) = 1 ÷ 220 ms.
    plan.task.cpu_units = 256;
    assert!(close(&plan, 6.25));
    plan.task.concurrency = Some(1);
    assert!(close(&plan, 1.0 / 0.22));
    plan.request.cpu_time = Distribution::constant(SimDuration::ZERO);
    assert!(close(&plan, 1.0 / 0.06));
    plan.task.concurrency = None;
    assert_eq!(plan.capacity_per_task(), None);
}

#[test]
fn a_check_holds_when_it_holds_for_every_service_and_names_the_worst() {
    let mut result = two_services();
    result.scenario.checks = vec![
        check("availability >= 90%", Measure::Availability, Comparator::GreaterOrEqual, 0.9),
        check("max_tasks <= 100", Measure::RunningMax, Comparator::LessOrEqual, 100.0),
        check("cost_total < 40 USD", Measure::Cost, Comparator::Less, 40.0),
    ];
    let outcomes = evaluate(&result.scenario, &result.record);
    assert_eq!(outcomes[0].status, CheckStatus::Pass);
    assert_eq!(outcomes[0].value, "96.42 % (orchestrator)");
    assert_eq!(outcomes[1].status, CheckStatus::Fail);
    assert!(outcomes[1].value.ends_with("tasks (orchestrator)"), "{}", outcomes[1].value);
    let total: f64 = result.record.services.iter().map(|s| s.invoice.total().as_f64()).sum();
    assert_eq!(outcomes[2].value, format!("{total:.2} USD"));
}

#[test]
fn a_check_without_anything_to_judge_has_no_verdict() {
    let mut silent = result(
        scenario("idle", vec![service_plan("a"), service_plan("b")], SimDuration::from_secs(3600)),
        vec![idle("a", 60), sketch("b", 60, 10, |_| 100.0)],
    );
    // A service that was offered nothing does not stand in the way of a verdict; one that served nothing does.
    assert_eq!(silent.checks[0].status, CheckStatus::Pass);
    silent.record.services[0].requests.offered = 10;
    silent.record.services[0].requests.rejected = 10;
    let outcomes = evaluate(&silent.scenario, &silent.record);
    assert_eq!((outcomes[0].status, outcomes[0].value.as_str()), (CheckStatus::NoData, "no data"));
    assert_eq!((outcomes[1].status, outcomes[1].value.as_str()), (CheckStatus::Fail, "0 % (a)"));
}

#[test]
fn files_are_written_whole_and_a_bad_folder_is_named_before_the_run() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("output").join("flash-sale");
    let result = spike_day();
    prepare(&dir).unwrap();
    let files = [
        ("summary.json", summary_json(&result).into_bytes()),
        ("timeline.csv", bytes(|out| timeline_csv(&result, out))),
    ];
    write_all(&dir, files.clone()).unwrap();
    for (name, content) in &files {
        assert_eq!(&std::fs::read(dir.join(name)).unwrap(), content);
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), files.len());
    let below_a_file = dir.join("summary.json").join("deeper");
    for error in [prepare(&below_a_file).unwrap_err(), write_all(&below_a_file, files.clone()).unwrap_err()] {
        assert!(error.to_string().contains("summary.json"), "{error}");
    }
}

#[test]
fn equal_results_give_equal_bytes() {
    let (one, two) = (two_services(), two_services());
    assert_eq!(summary_json(&one), summary_json(&two));
    assert_eq!(bytes(|out| timeline_csv(&one, out)), bytes(|out| timeline_csv(&two, out)));
    assert_eq!(table(&one, 100, true), table(&two, 100, true));
}
