//! Variants on the same requests: what they share cancels, and the words follow the intervals.

use crate::outputs_of::{comparison_json, comparison_markdown, comparison_table, estimates_json};
use windtunnel::experiment::compare::{Variant, compare};
use windtunnel::experiment::replications::{Enough, replications};
use windtunnel::experiment::{CheckStatus, Figure, Measure};
use windtunnel::report::comparison_csv;

use crate::example::{scenario, text};

fn variant(name: &str, text: &str) -> Variant {
    Variant { name: name.to_owned(), scenario: scenario(text) }
}

#[test]
fn a_variant_that_changes_nothing_differs_by_nothing_at_all() {
    let text = text(20.0, 4, "");
    let result = compare(vec![variant("a", &text), variant("b", &text)], 1, 4, None, &mut |_| ()).unwrap();
    for measure in Measure::OF_SERVICE {
        let Some(difference) = result.difference(1, Some("web"), measure) else { continue };
        assert!(difference.absolute.value.abs() < 1e-12, "{measure:?}");
        assert!(difference.absolute.half_width.is_none_or(|half| half < 1e-12), "{measure:?}");
    }
    let table = comparison_table(&result);
    assert!(
        table.contains("the same scenario; nothing that a run reads differs")
            && table.lines().all(|line| line.chars().count() <= 100),
        "{table}"
    );
}

#[test]
fn common_random_numbers_make_a_difference_many_times_more_certain() {
    let more = text(20.0, 4, "").replace("mean = \"20ms\"", "mean = \"19ms\"");
    let variants = vec![variant("base", &text(20.0, 4, "")), variant("quicker", &more)];
    let result = compare(variants, 1, 10, None, &mut |_| ()).unwrap();
    let mean = Measure::ResponseMean;
    let difference = result.difference(1, Some("web"), mean).unwrap().absolute;
    // 5 % less work: 80 ms of service become 76, and the wait shrinks too.
    assert!(difference.is_significant() && difference.value < -4.0, "{difference:?}");
    let alone: f64 =
        result.variants.iter().map(|v| v.estimate(Some("web"), mean).unwrap().half_width.unwrap()).sum();
    assert!(difference.half_width.unwrap() * 4.0 < alone, "{difference:?} against {alone}");
    assert_eq!(result.unlike(1), ["`web` has other requests"]);
}

#[test]
fn a_difference_within_the_noise_is_called_none() {
    // Another seed's worth of noise and no other difference: the start-up law of tasks that never start.
    let slow = text(20.0, 4, "[service.web.startup]\napplication_boot = \"60s\"\n");
    let result =
        compare(vec![variant("a", &text(20.0, 4, "")), variant("b", &slow)], 1, 3, None, &mut |_| ())
            .unwrap();
    let markdown = comparison_markdown(&result);
    assert!(markdown.contains("its cost a month is the same;"), "{markdown}");
    // With noise of its own (random routing) there is a difference, and it is called insignificant or small.
    let random = text(20.0, 4, "[service.web.load_balancer]\nalgorithm = \"random\"\n");
    let robin = text(20.0, 4, "[service.web.load_balancer]\n");
    let result =
        compare(vec![variant("robin", &robin), variant("random", &random)], 1, 6, None, &mut |_| ()).unwrap();
    assert!(result.difference(1, Some("web"), Measure::ResponseMean).unwrap().absolute.is_significant());
    let cost = result.difference(1, None, Measure::CostPerMonth).unwrap().absolute;
    assert!(cost.value.abs() < 1e-9);
}

#[test]
fn the_intervals_of_many_variants_are_wider_so_that_they_hold_together() {
    let base = text(20.0, 4, "");
    let names = ["a", "b", "c", "d", "e"];
    let variants = names.map(|name| variant(name, &base)).to_vec();
    let result = compare(variants, 1, 2, None, &mut |_| ()).unwrap();
    assert!((result.joint_confidence() - (1.0 - 0.05 / 4.0)).abs() < 1e-12);
}

#[test]
fn the_cheapest_that_passes_is_not_the_cheapest() {
    let of = |tasks| text(40.0, tasks, "[checks]\np95_response_time = \"< 400ms\"\n");
    let variants = vec![variant("three", &of(3)), variant("nine", &of(9)), variant("fourteen", &of(14))];
    let result = compare(variants, 1, 5, None, &mut |_| ()).unwrap();
    assert_eq!(result.cheapest, Some(1));
    assert_eq!(result.variants[0].checks[0].status, CheckStatus::Fail);
    let json: serde_json::Value = serde_json::from_str(&comparison_json(&result)).unwrap();
    assert_eq!(json["cheapest_that_passes"], "nine");
    assert_eq!(json["variants"][2]["checks"][0]["status"], "pass");
    let csv = String::from_utf8(comparison_csv(&result)).unwrap();
    assert!(csv.contains("fourteen,web.response_time_p95_ms,"), "{csv}");
}

#[test]
fn the_course_of_a_long_run_is_kept_in_a_thousand_moments() {
    let day = text(2.0, 1, "").replace("30m", "24h");
    let long = compare(vec![variant("a", &day), variant("b", &day)], 1, 1, None, &mut |_| ()).unwrap();
    let record = windtunnel::experiment::run(scenario(&day)).unwrap().record;
    let minutes = &record.services[0].timeline;
    let trajectory = &long.variants[1].first[0];
    assert_eq!((minutes.len(), trajectory.points.len(), trajectory.service.as_str()), (1440, 720, "web"));
    for (pair, point) in minutes.chunks(2).zip(&trajectory.points) {
        assert_eq!(pair[0].start, point.start);
        assert_eq!(pair.iter().filter_map(|minute| minute.response_time_p99).max(), point.p99);
        assert_eq!(pair.iter().map(|minute| minute.running).max(), Some(point.running));
    }
}

#[test]
fn an_idle_service_does_not_keep_a_wish_for_precision_from_being_met() {
    let mut two = text(30.0, 4, "");
    two.push_str(
        &two.split_once("[service.web.traffic]")
            .unwrap()
            .1
            .replace("rate = 30.0", "rate = 1e-9")
            .replace(".web", ".idle"),
    );
    let two = two.replacen(
        "shape = [{ constant = { rate = 1e-9 } }]",
        "[service.idle.traffic]\nshape = [{ constant = { rate = 1e-9 } }]",
        1,
    );
    let enough = Enough::Narrow { measure: Measure::ResponseMean, relative: 0.5, at_most: 100 };
    let easy = replications(scenario(&two), enough, None, &mut |_| ()).unwrap();
    assert_eq!((easy.sample.runs(), easy.precision.unwrap().is_met), (10, true));
}

#[test]
fn more_replications_append_and_the_first_run_is_the_plain_run() {
    let of = |runs: u64| {
        replications(scenario(&text(30.0, 4, "")), Enough::Runs(runs), None, &mut |_| ()).unwrap()
    };
    let (few, more) = (of(6), of(15));
    let figure = Figure { service: Some(0), measure: Measure::ResponseMean };
    assert_eq!(few.sample.values(&figure)[..6], more.sample.values(&figure)[..6]);
    let plain = windtunnel::experiment::run(scenario(&text(30.0, 4, ""))).unwrap();
    assert_eq!(plain.record.fingerprint, more.first.record.fingerprint);
    let json: serde_json::Value = serde_json::from_str(&estimates_json(&more)).unwrap();
    assert_eq!(json["replications"], 15);
}

#[test]
fn runs_go_on_until_the_interval_is_narrow_enough_and_say_so_when_it_never_is() {
    let narrow = |relative: f64, at_most: u64| {
        let enough = Enough::Narrow { measure: Measure::ResponseMean, relative, at_most };
        replications(scenario(&text(30.0, 4, "")), enough, None, &mut |_| ()).unwrap()
    };
    let easy = narrow(0.5, 100);
    assert_eq!(easy.sample.runs(), 10);
    assert!(easy.precision.unwrap().is_met);
    let hard = narrow(0.005, 400);
    let precision = hard.precision.unwrap();
    assert!(precision.is_met && hard.sample.runs() > 10, "{} {precision:?}", hard.sample.runs());
    let never = narrow(0.000_01, 15);
    assert_eq!(never.sample.runs(), 15);
    assert!(!never.precision.unwrap().is_met);
}

#[test]
fn a_check_near_its_limit_is_inconclusive_with_few_runs() {
    let probe = replications(scenario(&text(30.0, 4, "")), Enough::Runs(5), None, &mut |_| ()).unwrap();
    let figure = Figure { service: Some(0), measure: Measure::ResponseMean };
    let mean = probe.sample.pseudo(&figure).unwrap().whole;
    let limit = format!("[checks]\nmean_response_time = \"< {mean:.3}ms\"\n");
    let judged = replications(scenario(&text(30.0, 4, &limit)), Enough::Runs(5), None, &mut |_| ()).unwrap();
    assert_eq!(judged.checks[0].status, CheckStatus::Inconclusive);
}
