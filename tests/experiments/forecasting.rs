//! Forecasts whose arithmetic can be done by hand.

use crate::outputs_of::{forecast_json, forecast_table};
use windtunnel::experiment::VariedScenario;
use windtunnel::experiment::forecast::{
    Expectation, Forecast, ForecastError, ForecastFidelity, draw, forecast,
};
use windtunnel::report::forecast_csv;
use windtunnel::scenario::{Files, ForecastSpec, Source};

use crate::example::{NoFiles, text};

fn of(text: &str, spec: &ForecastSpec, choice: ForecastFidelity) -> Forecast {
    let source = Source { name: "web.toml".to_owned(), text: text.to_owned() };
    let files = || Box::new(NoFiles) as Box<dyn Files>;
    let base = VariedScenario { source: &source, overrides: &[], seed: None, files: &files };
    let scenario = base.load(&[]).scenario.expect("a scenario");
    forecast(&base, &scenario, Expectation { spec, fidelity: choice }, None, &mut |_| ()).expect("a forecast")
}

fn spec() -> ForecastSpec {
    ForecastSpec { from: Some((2027, 1)), months: 4, growth: 0.1, runs: 3, ..ForecastSpec::default() }
}

#[test]
fn fixed_tasks_cost_their_hours_and_traffic_grows_by_its_rate() {
    let forecast = of(&text(2.0, 3, ""), &spec(), ForecastFidelity::Fluid);
    let days = [31.0, 28.0, 31.0, 30.0];
    for (index, month) in forecast.months.iter().enumerate() {
        let hours = days[index] * 24.0;
        // Three tasks of ¼ vCPU and ½ GB, each with a public address.
        let task = 0.25 * 0.04048 + 0.5 * 0.004445;
        let least = 3.0 * hours * task;
        assert!(
            (month.cost.mean - least).abs() < 0.35 * least && month.cost.mean >= least - 0.01,
            "{month:?}"
        );
        assert!((month.cost.p90 - month.cost.p10).abs() < 0.011, "{month:?}");
        let requests = 2.0 * hours * 3600.0 * 1.1_f64.powi(i32::try_from(index).unwrap());
        assert!((month.requests.mean / requests - 1.0).abs() < 1e-4, "{index}: {}", month.requests.mean);
    }
    let ratio = forecast.months[1].cost.mean / forecast.months[0].cost.mean;
    assert!((ratio - 28.0 / 31.0).abs() < 1e-3, "{ratio}");
    let sum: f64 = forecast.months.iter().map(|month| month.cost.mean).sum();
    assert!((forecast.months[3].cumulative.mean - sum).abs() < 1e-6);
    // A level load is committed whole, and saves what the plan's rates say: 20 % and 45 % of compute.
    let [year, three] = forecast.commitments.as_slice() else { panic!("two plans") };
    assert!((year.coverage - 1.0).abs() < 0.01 && (year.utilization - 1.0).abs() < 0.01, "{year:?}");
    let compute = 3.0 * 730.0 * (0.25 * 0.04048 + 0.5 * 0.004445);
    assert!((year.saving / compute - 0.2).abs() < 0.003, "{year:?}");
    assert!((three.saving / compute - 0.45).abs() < 0.003, "{three:?}");
}

#[test]
fn the_limit_of_the_scenario_holds_for_every_month() {
    let source = Source { name: "web.toml".to_owned(), text: text(2.0, 3, "") };
    let files = || Box::new(NoFiles) as Box<dyn Files>;
    // A month of 31 days has 5.4 million requests, grown by half in the second.
    let refused = |limit: u64, choice: ForecastFidelity| {
        let overrides = [format!("limits.max_requests={limit}")];
        let base = VariedScenario { source: &source, overrides: &overrides, seed: None, files: &files };
        let scenario = base.load(&[]).scenario.expect("a scenario");
        let spec = ForecastSpec { months: 2, growth: 0.5, growth_sd: 0.0, runs: 1, ..spec() };
        forecast(&base, &scenario, Expectation { spec: &spec, fidelity: choice }, None, &mut |_| ())
            .err()
            .map(|error| format!("{error:?}"))
    };
    let said = refused(6_000_000, ForecastFidelity::Requests).expect("the second month is beyond it");
    assert!(said.contains("`limits.max_requests` is 6.00e6") && said.contains("in 20"), "{said}");
    assert_eq!(refused(6_000_000, ForecastFidelity::Fluid), None, "flows have no limit");
    assert_eq!(refused(9_000_000, ForecastFidelity::Requests), None);
}

#[test]
fn growth_beyond_what_can_be_counted_is_refused_in_words() {
    let source = Source { name: "web.toml".to_owned(), text: text(2.0, 3, "") };
    let files = || Box::new(NoFiles) as Box<dyn Files>;
    let base = VariedScenario { source: &source, overrides: &[], seed: None, files: &files };
    let scenario = base.load(&[]).scenario.expect("a scenario");
    for spec in [
        ForecastSpec { months: 60, growth: 10.0, ..spec() },
        ForecastSpec { months: 60, growth: 0.0, growth_sd: 1.0, runs: 100, ..spec() },
    ] {
        let refused = forecast(
            &base,
            &scenario,
            Expectation { spec: &spec, fidelity: ForecastFidelity::Auto },
            None,
            &mut |_| (),
        )
        .unwrap_err();
        let ForecastError::Words(words) = refused else { panic!("{refused:?}") };
        assert!(words.contains("a month holds 1e15"), "{words}");
    }
}

#[test]
fn requests_one_by_one_and_flows_agree_on_a_small_service() {
    let spec = ForecastSpec { months: 1, runs: 1, growth: 0.0, ..spec() };
    let (single, flow) = (
        of(&text(0.5, 2, ""), &spec, ForecastFidelity::Requests),
        of(&text(0.5, 2, ""), &spec, ForecastFidelity::Fluid),
    );
    assert!(!single.is_approximate && flow.is_approximate);
    assert!((single.months[0].cost.mean / flow.months[0].cost.mean - 1.0).abs() < 1e-3);
    assert!((single.months[0].requests.mean / flow.months[0].requests.mean - 1.0).abs() < 0.005);
    assert!(forecast_json(&flow, &[]).contains("\"response_times_approximate\": true"));
    assert!(flow.remarks.iter().any(|remark| remark.contains("approximate")));
    // Few requests: the automatic choice takes them one by one.
    assert!(!of(&text(0.5, 2, ""), &spec, ForecastFidelity::Auto).is_approximate);
}

#[test]
fn unsure_inputs_spread_the_bill_as_their_laws_say() {
    let spec = ForecastSpec { months: 2, runs: 400, price_cv: 0.1, growth_sd: 0.02, ..spec() };
    let forecast = of(&text(0.1, 1, ""), &spec, ForecastFidelity::Fluid);
    let first = forecast.months[0].cost;
    // Lognormal of mean 1 and cv 0.1: sigma² = ln 1.01, P10 and P90 at e^(∓1.2816 σ − σ²/2).
    let sigma = 1.01_f64.ln().sqrt();
    let at = |z: f64| (z * sigma - sigma * sigma / 2.0).exp();
    // 400 draws: quantile estimates within 4 standard errors (each 0.0085 of the mean).
    assert!((first.p10 / first.mean - at(-1.2816)).abs() < 0.035, "{first:?}");
    assert!((first.p90 / first.mean - at(1.2816)).abs() < 0.035, "{first:?}");
    let growth: Vec<f64> = (0..400).map(|run| draw(&spec, 1, run).growth).collect();
    let mean = growth.iter().sum::<f64>() / 400.0;
    assert!((mean - 0.1).abs() < 0.004, "{mean}");
    // Adding one unsure input does not change the draws of another.
    let more = ForecastSpec { service_time_cv: 0.3, ..spec.clone() };
    assert!((draw(&more, 1, 7).price.0 - draw(&spec, 1, 7).price.0).abs() < 1e-15);
}

#[test]
fn seasons_and_the_month_of_the_maximum() {
    let scaled = text(
        5.0,
        1,
        "[service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 50.0\n",
    )
    .replace("max_capacity = 1", "max_capacity = 3\ndesired_count = 1");
    let mut seasonality = [1.0; 12];
    seasonality[2] = 3.0;
    let spec = ForecastSpec { seasonality, growth: 0.0, runs: 2, ..spec() };
    let forecast = of(&scaled, &spec, ForecastFidelity::Fluid);
    let shares: Vec<f64> = forecast.months.iter().map(|month| month.at_maximum_by_now).collect();
    assert_eq!(shares, [0.0, 0.0, 1.0, 1.0]);
    let ratio = forecast.months[2].requests.mean / forecast.months[0].requests.mean;
    assert!((ratio - 3.0).abs() < 1e-3, "{ratio}");
    let json: serde_json::Value = serde_json::from_str(&forecast_json(&forecast, &[])).unwrap();
    assert_eq!(json["max_capacity_first_reached"], "2027-03");
    let table = forecast_table(&forecast, &[]);
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert_eq!(String::from_utf8(forecast_csv(&forecast, &[])).unwrap().lines().count(), 5);
}

#[test]
fn the_band_says_which_inputs_it_holds_and_which_it_does_not() {
    let text = text(2.0, 1, "");
    let short = ForecastSpec { months: 1, runs: 2, growth: 0.0, ..spec() };
    let said = |spec: &ForecastSpec| {
        let forecast = of(&text, spec, ForecastFidelity::Fluid);
        let table = forecast_table(&forecast, &[]);
        let table = table.split_whitespace().collect::<Vec<_>>().join(" ");
        let json: serde_json::Value = serde_json::from_str(&forecast_json(&forecast, &[])).unwrap();
        (table, json["inputs_varied"].clone())
    };
    let (table, varied) = said(&short);
    assert_eq!(varied, serde_json::json!([]));
    assert!(table.contains("Runs differ only by the chance of"), "{table}");
    assert!(table.contains("growth, service times and prices are taken as known"), "{table}");
    let (table, varied) = said(&ForecastSpec { growth_sd: 0.01, price_cv: 0.05, ..short.clone() });
    assert_eq!(varied, serde_json::json!(["growth", "prices"]));
    assert!(table.contains("Runs differ by growth and prices of their own"), "{table}");
    assert!(table.contains("service times are taken as known"), "{table}");
    let all = ForecastSpec { growth_sd: 0.01, service_time_cv: 0.1, price_cv: 0.05, ..short };
    let (table, varied) = said(&all);
    assert_eq!(varied, serde_json::json!(["growth", "service times", "prices"]));
    assert!(!table.contains("taken as known"), "{table}");
}

#[test]
fn where_no_savings_plan_rates_are_known_nothing_is_said_of_what_they_save() {
    let text = |region: &str| {
        text(2.0, 1, "").replace("name = \"web\"", &format!("name = \"web\"\nregion = \"{region}\""))
    };
    let short = ForecastSpec { months: 1, runs: 1, ..spec() };
    let of = |region: &str| {
        let forecast = of(&text(region), &short, ForecastFidelity::Fluid);
        let json: serde_json::Value = serde_json::from_str(&forecast_json(&forecast, &[])).unwrap();
        (json["savings_plans_with_known_rates"].clone(), forecast.remarks.join("; "))
    };
    let (known, remarks) = of("us-east-1");
    assert_eq!(known, serde_json::json!(["1 year, no upfront", "3 years, no upfront"]));
    assert!(!remarks.contains("Savings Plan"), "{remarks}");
    let (known, remarks) = of("ap-south-1");
    assert_eq!(known, serde_json::json!(["3 years, no upfront"]));
    assert!(
        remarks.contains("no Savings Plan rates (1 year, no upfront) are known for ap-south-1"),
        "{remarks}"
    );
    let (known, remarks) = of("eu-west-1");
    assert_eq!(known, serde_json::json!([]));
    assert!(
        remarks.contains("(1 year, no upfront; 3 years, no upfront) are known for eu-west-1"),
        "{remarks}"
    );
}

#[test]
fn the_first_month_is_the_one_after_the_run() {
    let first = |start: &str, horizon: &str, zone: &str| {
        let text = text(0.1, 1, "").replace(
            "horizon = \"30m\"",
            &format!("horizon = \"{horizon}\"\nstart = \"{start}\"\ntimezone = \"{zone}\""),
        );
        of(&text, &ForecastSpec { from: None, months: 1, runs: 1, ..spec() }, ForecastFidelity::Fluid).months
            [0]
        .month
        .name()
    };
    assert_eq!(first("2026-11-27T00:00:00Z", "1d", "UTC"), "2026-12");
    assert_eq!(first("2026-11-27T00:00:00Z", "7d", "UTC"), "2027-01");
    // A run that ends with a month is followed by the next one; in Berlin that month began an hour before.
    assert_eq!(first("2026-11-01T00:00:00Z", "30d", "UTC"), "2026-12");
    assert_eq!(first("2026-11-01T00:00:00Z", "30d", "Europe/Berlin"), "2027-01");
    assert_eq!(first("2026-10-31T23:00:00Z", "30d", "Europe/Berlin"), "2026-12");
}
