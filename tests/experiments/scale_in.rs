//! The cost at both ends of the range of `tt_scale_in_mode`: the same amounts as runs of their own, and nothing where no
//! target-tracking policy scaled in.

use crate::outputs_of::{
    comparison_json, comparison_markdown, comparison_table, estimates_json, forecast_json, forecast_table,
    replications_table, table,
};
use serde_json::{Value, json};
use windtunnel::experiment::compare::{self, Variant, VariantComparison, compare};
use windtunnel::experiment::forecast::{Expectation, Forecast, ForecastFidelity, forecast};
use windtunnel::experiment::replications::{self, Enough, replications};
use windtunnel::experiment::{Figure, Measure, RunResult, VariedScenario, run};
use windtunnel::report::summary_json;
use windtunnel::scenario::{Files, ForecastSpec, Source};

use crate::example::{NoFiles, scenario};

const GRADUAL: &str = "[assumptions]\ntt_scale_in_mode = { max_fraction = 0.05 }\n";
const BETWEEN: &str = "[assumptions]\ntt_scale_in_mode = { max_fraction = 0.2 }\n";
const PROPORTIONAL: &str = "[assumptions]\ntt_scale_in_mode = \"proportional_ceil\"\n";
const TRACKING: &str = "[service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\n\
                        target_value = 60.0\nscale_in_cooldown = \"60s\"\n";
const STEPS: &str = "[service.web.scaling.step.in]\n\
                     alarm = { metric = \"CPUUtilization\", threshold = 30.0, comparison = \"LessThanThreshold\", evaluation_periods = 2 }\n\
                     adjustment_type = \"ChangeInCapacity\"\nsteps = [{ upper = 0.0, adjustment = -4 }]\n";

/// Forty idle tasks of which a policy needs one or two.
fn idle(policy: &str, assumptions: &str) -> String {
    crate::example::text(2.0, 1, "")
        .replace("horizon = \"30m\"", "horizon = \"3h\"")
        .replace("max_capacity = 1", "max_capacity = 40\ndesired_count = 40")
        + policy
        + assumptions
}

fn cents(result: &RunResult) -> String {
    result
        .record
        .services
        .iter()
        .map(|service| service.invoice.total())
        .sum::<windtunnel::kernel::units::Usd>()
        .to_cents_string()
}

fn ran(policy: &str, assumptions: &str) -> RunResult {
    run(scenario(&idle(policy, assumptions))).unwrap()
}

/// What separate runs of the two ends cost.
fn ends(policy: &str) -> [String; 2] {
    [GRADUAL, PROPORTIONAL].map(|rule| cents(&ran(policy, rule)))
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn both_ends_cost_what_runs_of_their_own_cost() {
    let [gradual, proportional] = ends(TRACKING);
    assert_ne!(gradual, proportional);
    let default = cents(&ran(TRACKING, ""));
    assert_eq!(default, gradual);
    for rule in ["", GRADUAL, PROPORTIONAL, BETWEEN, "[assumptions]\ntt_scale_in_mode = \"one_at_a_time\"\n"]
    {
        let result = ran(TRACKING, rule);
        let cost = &json_of(&summary_json(&result))["cost"];
        let wanted = json!({ "gradual_usd": gradual, "proportional_usd": proportional });
        assert_eq!(cost["scale_in_range"], wanted, "{rule}");
        let text = table(&result, 100, false);
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = format!(
            "{gradual} USD with gradual scale-in, {proportional} USD with proportional (assumptions.tt_scale_in_mode)"
        );
        assert_eq!(joined.matches(&words).count(), 1, "{text}");
    }
}

#[test]
fn a_rule_between_the_ends_gives_three_figures() {
    let [gradual, proportional] = ends(TRACKING);
    let between = cents(&ran(TRACKING, BETWEEN));
    let dollars = |text: &str| text.parse::<f64>().unwrap();
    assert!(dollars(&proportional) < dollars(&between) && dollars(&between) < dollars(&gradual), "{between}");
}

#[test]
fn nothing_is_said_where_no_target_tracking_policy_scaled_in() {
    // Steps scale in, and nobody doubts by how much; a policy that may not scale in does not.
    let stays = TRACKING.to_owned() + "disable_scale_in = true\n";
    for (policy, scaled_in) in [(STEPS, true), (stays.as_str(), false), ("", false)] {
        let result = ran(policy, "");
        assert_eq!(result.record.services[0].scaling.scale_in > 0, scaled_in, "{policy}");
        assert_eq!(result.scale_in, None, "{policy}");
        assert_eq!(json_of(&summary_json(&result))["cost"]["scale_in_range"], Value::Null);
        assert!(!table(&result, 100, false).contains("tt_scale_in_mode"));
    }
}

#[test]
fn the_second_runs_change_nothing_else() {
    let with = ran(TRACKING, "");
    let mut without = with.clone();
    without.scale_in = None;
    let (mut with_json, without_json) = (json_of(&summary_json(&with)), json_of(&summary_json(&without)));
    with_json["cost"]["scale_in_range"] = Value::Null;
    assert_eq!(with_json, without_json);
    // On one thread as on all.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one.install(|| ran(TRACKING, "")).scale_in, with.scale_in);
}

#[test]
fn many_runs_say_the_mean_of_both_ends() {
    let many = |rule: &str| {
        replications(scenario(&idle(TRACKING, rule)), Enough::Runs(3), None, &mut |_| ()).unwrap()
    };
    let mean = |rule: &str| {
        let figure = Figure { service: None, measure: Measure::Cost };
        many(rule).sample.pseudo(&figure).unwrap().whole
    };
    let mut result = many(BETWEEN);
    assert_eq!(json_of(&estimates_json(&result))["scale_in_range"], Value::Null);
    let mut heard = Vec::new();
    replications::add_scale_in_range(&mut result, None, &mut |done, of| heard.push((done, of))).unwrap();
    assert_eq!(heard, (1..=6).map(|done| (done, 6)).collect::<Vec<_>>());
    let [gradual, proportional] = [GRADUAL, PROPORTIONAL].map(|rule| format!("{:.4}", mean(rule)));
    let found = &json_of(&estimates_json(&result))["scale_in_range"];
    assert_eq!(*found, json!({ "gradual_usd": gradual, "proportional_usd": proportional }));
    assert_eq!(result.first.scale_in, ran(TRACKING, BETWEEN).scale_in);
    let text = replications_table(&result);
    assert!(text.contains("USD with gradual scale-in"), "{text}");
}

/// Variants of idle tasks, compared.
fn compared(variants: &[(&str, String)]) -> VariantComparison {
    let variant =
        |(name, text): &(&str, String)| Variant { name: (*name).to_owned(), scenario: scenario(text) };
    let mut result = compare(variants.iter().map(variant).collect(), 1, 2, None, &mut |_| ()).unwrap();
    compare::add_scale_in_range(&mut result, None, &mut |_, _| ()).unwrap();
    result
}

/// The service with so many tasks and no policy.
fn fixed(tasks: u32) -> String {
    crate::example::text(2.0, tasks, "").replace("horizon = \"30m\"", "horizon = \"3h\"")
}

#[test]
fn a_comparison_says_both_ends_of_each_variant_and_where_they_change_places() {
    let month = |comparison: &VariantComparison, index: usize| {
        comparison.variants[index].estimate(None, Measure::CostPerMonth).unwrap().value
    };
    let of_rule = |rule: &str| month(&compared(&[("a", idle(TRACKING, rule)), ("b", fixed(1))]), 0);
    let (gradual, proportional) = (of_rule(GRADUAL), of_rule(PROPORTIONAL));
    // As many tasks as cost something between the two.
    let tasks = (1..40).find(|tasks| {
        let cost = month(&compared(&[("a", fixed(*tasks)), ("b", fixed(1))]), 0);
        cost > proportional * 1.05 && cost < gradual * 0.95
    });
    let result = compared(&[("tracking", idle(TRACKING, BETWEEN)), ("fixed", fixed(tasks.unwrap()))]);
    let found = json_of(&comparison_json(&result));
    let wanted = json!({
        "gradual_per_month_usd": format!("{gradual:.4}"), "proportional_per_month_usd": format!("{proportional:.4}"),
    });
    assert_eq!(found["variants"][0]["scale_in_range"], wanted);
    assert_eq!(found["variants"][1]["scale_in_range"], Value::Null);
    let orders = json!({ "gradual": ["fixed", "tracking"], "proportional": ["tracking", "fixed"] });
    assert_eq!(found["order_by_cost_at_scale_in_ends"], orders);
    let sentence =
        "from the cheapest on, fixed, tracking with gradual scale-in; tracking, fixed with proportional";
    for text in [comparison_table(&result), comparison_markdown(&result)] {
        let joined = text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(sentence), "{text}");
        assert_eq!(joined.matches("USD with gradual scale-in").count(), 1, "{text}");
    }
    // One that costs less at both ends changes no places.
    let result = compared(&[("tracking", idle(TRACKING, "")), ("fixed", fixed(1))]);
    assert_eq!(result.orders_at_scale_in_ends(), None);
    assert!(!comparison_table(&result).contains("which variant is cheaper"));
}

fn forecasted(text: &str) -> Forecast {
    let source = Source { name: "web.toml".to_owned(), text: text.to_owned() };
    let files = || Box::new(NoFiles) as Box<dyn Files>;
    let base = VariedScenario { source: &source, overrides: &[], seed: None, files: &files };
    let scenario = base.load(&[]).scenario.expect("a scenario");
    let spec =
        ForecastSpec { from: Some((2027, 1)), months: 2, runs: 3, price_cv: 0.1, ..ForecastSpec::default() };
    forecast(
        &base,
        &scenario,
        Expectation { spec: &spec, fidelity: ForecastFidelity::Fluid },
        None,
        &mut |_| (),
    )
    .expect("a forecast")
}

#[test]
fn a_forecast_says_both_ends_of_all_its_months() {
    let total = |rule: &str| forecasted(&idle(TRACKING, rule)).months[1].cumulative.mean;
    let (gradual, proportional) = (total(GRADUAL), total(PROPORTIONAL));
    assert!(gradual > proportional * 1.001, "{gradual} {proportional}");
    for rule in ["", BETWEEN] {
        let result = forecasted(&idle(TRACKING, rule));
        let wanted = json!({
            "gradual_usd": format!("{gradual:.4}"), "proportional_usd": format!("{proportional:.4}"),
        });
        assert_eq!(json_of(&forecast_json(&result, &[]))["scale_in_range"], wanted);
        let text = forecast_table(&result, &[]);
        assert!(text.contains("→ On average ") && text.contains("USD with gradual"), "{text}");
    }
    let result = forecasted(&fixed(2));
    assert_eq!(json_of(&forecast_json(&result, &[]))["scale_in_range"], Value::Null);
    assert!(!forecast_table(&result, &[]).contains("tt_scale_in_mode"));
}
