//! Laws of times: a mean that follows from parameters has the limit of one that is given, wherever a law may stand, and
//! within it every law runs in every plane.

use windtunnel::record::record;
use windtunnel::scenario::Loaded;

use super::{MINIMAL, codes, load_text, valid};

/// Laws whose mean is above a year, by what is said of it.
const ENDLESS: [(&str, &str); 4] = [
    ("{ weibull = { shape = 0.01, scale = \"1ms\" } }", "fix: shape = 0.0"),
    ("{ lognormal = { median = \"1ns\", p95 = \"365d\" } }", "fix: p95 = \"1ms\""),
    ("{ pareto = { alpha = 1.0001, minimum = \"1d\" } }", "fix: alpha = 1.003"),
    ("{ weibull = { shape = 0.000002, scale = \"1ns\" } }", "is infinite"),
];

/// Laws that are as extreme as they may be.
const EXTREME: [&str; 9] = [
    "\"365d\"",
    "\"1ns\"",
    "{ exponential = { mean = \"365d\" } }",
    "{ lognormal = { mean = \"365d\", cv = 1000.0 } }",
    "{ lognormal = { median = \"1ns\", p95 = \"1ms\" } }",
    "{ weibull = { shape = 0.08, scale = \"1ns\" } }",
    "{ pareto = { alpha = 1.004, minimum = \"1d\" } }",
    "{ gamma = { shape = 0.00001, mean = \"365d\" } }",
    "{ uniform = { min = \"0s\", max = \"365d\" } }",
];

fn with(key: &str, law: &str, more: &[&str]) -> Loaded {
    let set = format!("{key}={law}");
    load_text(MINIMAL, &[&[set.as_str()], more].concat())
}

#[test]
fn a_mean_that_follows_has_the_limit_of_one_that_is_given() {
    for key in [
        "service.web.request.cpu_time",
        "service.web.request.wait_time",
        "service.web.request.timeout",
        "service.web.request.class.slow.wait_time",
        "service.web.startup.application_boot",
        "service.web.failure.time_to_crash",
        "assumptions.alb_metric_delay",
    ] {
        for (law, said) in ENDLESS {
            let loaded = with(key, law, &["service.web.request.class.slow.share=0.5"]);
            let text = windtunnel::scenario::render(&loaded.diagnostics, &loaded.sources, false);
            assert!(codes(&loaded).contains(&"WT028") && text.contains(said), "{key} = {law}: {text}");
            assert!(text.contains("at most 365d") || said == "is infinite", "{text}");
        }
    }
}

#[test]
fn laws_within_the_limit_run_in_every_plane() {
    for key in
        ["service.web.request.cpu_time", "service.web.request.wait_time", "service.web.request.timeout"]
    {
        for law in EXTREME {
            for more in [
                &["fidelity=fluid"][..],
                &["fidelity=requests"],
                &["fidelity=requests", "service.web.task.cpu_discipline=processor_sharing"],
                &["fidelity=requests", "service.web.request.retry={}"],
            ] {
                let short = ["horizon=20m", "service.web.scaling.max_capacity=3"];
                let loaded = with(key, law, &[more, &short].concat());
                let varies = codes(&loaded).contains(&"WT060");
                if varies && loaded.scenario.is_none() {
                    continue;
                }
                let record = record(&valid(loaded).plan, 1, 0).unwrap();
                for row in &record.services[0].timeline {
                    assert!(
                        row.cpu_utilization.is_none_or(|cpu| cpu <= 1.0 + 1e-9),
                        "{key} = {law} {more:?}: {row:?}"
                    );
                }
            }
        }
    }
}
