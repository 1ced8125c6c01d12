//! Whatever the text, loading ends with a scenario or with errors that point into the text; it never panics.

use proptest::prelude::*;
use windtunnel::scenario::{FLASH_SALE, Loaded, Severity, Source, load, render};

use super::MINIMAL;
use crate::example::NoFiles;

fn load_any(text: &str, overrides: &[String]) -> Loaded {
    load(&Source { name: "fuzz.toml".to_owned(), text: text.to_owned() }, overrides, None, &mut NoFiles)
}

fn is_sound(loaded: &Loaded, text: &str) {
    let failed = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(loaded.scenario.is_none(), failed);
    for diagnostic in &loaded.diagnostics {
        for label in diagnostic.primary.iter().chain(&diagnostic.secondary) {
            assert!(label.line >= 1 && label.column >= 1 && label.span.start <= label.span.end);
            if label.source == "fuzz.toml" {
                assert!(label.span.end <= text.len());
            }
            assert!(label.excerpt.get(label.excerpt_span.clone()).is_some(), "{label:?}");
        }
    }
    let _ = render(&loaded.diagnostics, &loaded.sources, false);
}

const KEYS: &[&str] = &[
    "schema",
    "name",
    "region",
    "start",
    "timezone",
    "horizon",
    "warmup",
    "seed",
    "service",
    "service.web",
    "service.web.traffic",
    "service.web.traffic.arrivals",
    "service.web.traffic.shape",
    "service.web.traffic.shape.0",
    "service.web.traffic.shape.0.constant.rate",
    "service.web.traffic.trace",
    "service.web.request.cpu_time",
    "service.web.request.wait_time",
    "service.web.request.timeout",
    "service.web.task.cpu",
    "service.web.task.memory",
    "service.web.task.concurrency",
    "service.web.task.queue",
    "service.web.task.image_size",
    "service.web.startup.provisioning",
    "service.web.startup.image_pull_rate",
    "service.web.load_balancer",
    "service.web.load_balancer.health_check",
    "service.web.scaling.min_capacity",
    "service.web.scaling.max_capacity",
    "service.web.scaling.desired_count",
    "service.web.scaling.target_tracking.a",
    "service.web.scaling.step.b",
    "assumptions.alarm_phase",
    "assumptions.tt_scale_in_mode",
    "assumptions.tt_scale_in_max_step",
    "assumptions.task_stop_seconds",
    "assumptions.launch_bucket",
    "prices.fargate_vcpu",
    "checks.availability",
    "checks.cost",
    "limits.max_requests",
];

const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "1024",
    "1e300",
    "nan",
    "inf",
    "-inf",
    "99999999999999999999999999999999999999999999",
    "\"\"",
    "\"0s\"",
    "\"5m\"",
    "\"1h\"",
    "\"30 days\"",
    "\"584y\"",
    "\"18446744073709551615ns\"",
    "true",
    "[]",
    "{}",
    "[{}]",
    "[[1]]",
    "{ a = 1 }",
    "\"random\"",
    "\"\\u0000\"",
    "\"999999999TiB\"",
    "\"0B/s\"",
    "1979-05-27T07:32:00Z",
    "{ lognormal = { mean = \"1s\", cv = 1000 } }",
    "{ lognormal = { median = \"5s\", p95 = \"1s\" } }",
    "{ pareto = { alpha = 1e-9, minimum = \"1ns\" } }",
    "{ uniform = { min = \"9s\", max = \"1s\" } }",
    "{ gamma = { shape = 999999, mean = \"365d\" } }",
    "{ max_fraction = 0.5 }",
    "[{ spike = { at = \"0s\", factor = 1e6 } }]",
    "[{ ramp = { end = \"1ns\", to = 1 } }, { diurnal = { mean = 1, amplitude = 1, peak_at = \"23:59\" } }]",
    "[{ weekly = { mean = 1e7, weekend_factor = 0 } }]",
    "[{ step = { at = \"59m\", rate = 0 } }]",
    "\"< 5\"",
    "\">= 99%\"",
    "é",
    "\"é\u{202e}\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edited_scenarios_never_panic(
        edits in prop::collection::vec((0_usize..4000, 0_usize..4, any::<char>(), 0_usize..40), 1..6),
    ) {
        let mut text: Vec<char> = FLASH_SALE.chars().collect();
        for (at, kind, with, length) in edits {
            let at = at % text.len().max(1);
            match kind {
                0 => text.insert(at, with),
                1 => { text.drain(at..(at + length).min(text.len())); }
                2 => { if let Some(place) = text.get_mut(at) { *place = with; } }
                _ => {
                    let copy: Vec<char> = text[at..(at + length).min(text.len())].to_vec();
                    text.splice(at..at, copy);
                }
            }
        }
        let text: String = text.into_iter().collect();
        is_sound(&load_any(&text, &[]), &text);
    }

    #[test]
    fn any_value_in_any_key_never_panics(
        changes in prop::collection::vec((0..KEYS.len(), 0..VALUES.len()), 1..5),
    ) {
        let overrides: Vec<String> =
            changes.iter().map(|(key, value)| format!("{}={}", KEYS[*key], VALUES[*value])).collect();
        is_sound(&load_any(MINIMAL, &overrides), MINIMAL);
    }

    #[test]
    fn any_text_and_any_override_never_panic(text in ".{0,200}", change in ".{0,60}") {
        is_sound(&load_any(&text, std::slice::from_ref(&change)), &text);
        is_sound(&load_any(MINIMAL, &[change]), MINIMAL);
    }
}
