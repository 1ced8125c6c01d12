//! MSER-5 on two series whose answer was computed independently, and what it does for a queue that starts empty.

use windtunnel::experiment::replications::{Enough, replications};
use windtunnel::experiment::warmup::{mser5, pilot};
use windtunnel::experiment::{Figure, Measure};

use crate::example::{scenario, text};

fn series(text: &str) -> Vec<f64> {
    text.lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn the_cut_is_where_an_independent_computation_puts_it() {
    let falling = mser5(&series(include_str!("mser5.txt"))).unwrap();
    assert_eq!(falling.observations, 45);
    assert!((falling.mser - 0.005_958_662_062_679_926).abs() < 1e-9 && !falling.is_too_short, "{falling:?}");
    let level = mser5(&series(include_str!("mser5-stationary.txt"))).unwrap();
    assert_eq!(level.observations, 0);
    assert!((level.mser - 0.003_654_234_759_249_853_7).abs() < 1e-9, "{level:?}");
}

#[test]
fn leaving_out_the_start_takes_away_the_bias_of_a_loaded_queue() {
    // M/M/1 with mean service 80 ms at 92 % load: the mean response is 1/(12.5 − 11.5) = 1 s; runs of an hour that start
    // empty come out too low.
    let text = text(11.5, 1, "").replace("concurrency = 8", "concurrency = 1").replace("\"30m\"", "\"1h\"");
    let found = pilot(&scenario(&text), None).unwrap();
    assert!(!found.is_too_short && found.length.0 > 0, "{found:?}");
    let secs = found.length.0 / 1_000_000_000;
    let mean = |warmup: u64| {
        let scenario = scenario(
            &text.replace("[service.web.traffic]", &format!("warmup = \"{warmup}s\"\n[service.web.traffic]")),
        );
        let many = replications(scenario, Enough::Runs(1600), None, &mut |_| ()).unwrap();
        let figure = Figure { service: Some(0), measure: Measure::ResponseMean };
        many.sample.pseudo(&figure).unwrap().estimate(0.95)
    };
    let (with, without) = (mean(secs), mean(0));
    assert!(without.high() < 1000.0, "{without:?}");
    assert!((with.value - 1000.0).abs() < (without.value - 1000.0).abs(), "{with:?} {without:?}, {secs} s");
}
