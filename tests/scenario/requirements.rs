//! Every row of the table of requirements, by an example: flows refuse what they cannot carry, `auto` keeps to requests,
//! and the event path is taken where the table says so. A row without an example fails.

use windtunnel::kernel::simulation::{Fidelity, Needs, NoObserver, REQUIREMENTS, RunError, simulate};

use super::{MINIMAL, codes, load_text, valid};

/// Settings that bring about one feature, by its table and key.
const EXAMPLES: &[(&str, &str, &[&str])] = &[
    ("request", "timeout", &["service.web.request.timeout={ exponential = { mean = \"9s\" } }"]),
    ("request", "class", &["service.web.request.class.a={ weight = 1 }"]),
    ("request", "retry", &["service.web.request.retry={}"]),
    (
        "request",
        "cancel_timed_out",
        &["service.web.request.timeout=9s", "service.web.request.cancel_timed_out=true"],
    ),
    ("task", "cpu_discipline", &["service.web.task.cpu_discipline=processor_sharing"]),
    ("task", "out_of_memory", &["service.web.task.memory_growth_per_hour=10MiB"]),
    ("failure", "time_to_crash", &["service.web.failure.time_to_crash=5m"]),
    ("startup", "warm_up", &["service.web.startup.warm_up={ factor = 3.0, requests = 5 }"]),
    (
        "load_balancer",
        "algorithm",
        &["service.web.load_balancer={ algorithm = \"least_outstanding_requests\" }"],
    ),
    ("load_balancer", "slow_start", &["service.web.load_balancer={ slow_start = \"30s\" }"]),
    ("fault", "crash", &["fault=[{ at = \"9m\", crash = { share = 0.5 } }]"]),
    ("fault", "hang", &["fault=[{ at = \"9m\", duration = \"1m\", hang = { share = 0.5 } }]"]),
    ("fault", "crash_loop", &["fault=[{ at = \"9m\", duration = \"1m\", crash_loop = { after = \"5s\" } }]"]),
    (
        "fault",
        "slow_dependency",
        &[
            "service.web.request.wait_time=40ms",
            "fault=[{ at = \"9m\", duration = \"1m\", slow_dependency = { factor = 2.0 } }]",
        ],
    ),
    ("fault", "zone_outage", &["fault=[{ at = \"9m\", duration = \"1m\", zone_outage = { zone = \"a\" } }]"]),
    (
        "fault",
        "failing_health_check",
        &[
            "service.web.load_balancer={}",
            "fault=[{ at = \"9m\", duration = \"1m\", failing_health_check = { share = 0.5 } }]",
        ],
    ),
    (
        "fault",
        "launch_failure",
        &["fault=[{ at = \"9m\", duration = \"1m\", launch_failure = { probability = 0.5 } }]"],
    ),
    (
        "scaling",
        "metric",
        &[
            "service.web.load_balancer={}",
            "service.web.scaling.step.a={ alarm = { metric = \"TargetResponseTime\", comparison = \"GreaterThanThreshold\", threshold = 1.0, \
             evaluation_periods = 1 }, adjustment_type = \"ChangeInCapacity\", steps = [{ lower = 0.0, adjustment = 1 }] }",
        ],
    ),
];

#[test]
fn every_requirement_keeps_a_service_from_the_planes_that_cannot_carry_it() {
    for row in REQUIREMENTS.iter().filter(|row| row.table != "service") {
        let name = format!("{}.{}", row.table, row.key);
        let found = EXAMPLES.iter().find(|(table, key, _)| (*table, *key) == (row.table, row.key));
        let (_, _, settings) = found.unwrap_or_else(|| panic!("`{name}` has no example"));
        let load = |more: &[&'static str]| {
            let all: Vec<&str> = settings.iter().copied().chain(more.iter().copied()).collect();
            load_text(MINIMAL, &all)
        };
        let service = &valid(load(&[])).plan.services[0];
        assert!(service.requirements().any(|other| other.key == row.key), "{name} is not seen");
        let carried = row.needs == Needs::EventsOrFlows;
        assert_eq!(service.can_flow(), carried, "{name}");
        assert_eq!(codes(&load(&["fidelity=fluid"])).contains(&"WT060"), !carried, "{name}");
        let auto = valid(load(&["fidelity=auto", "limits.fluid_above=1"]));
        let expected = if carried { Fidelity::Fluid } else { Fidelity::Requests };
        assert_eq!(auto.plan.fidelity, expected, "{name}");
        if row.needs != Needs::SingleRequests && row.key != "cpu_discipline" {
            assert!(service.needs_events(), "{name}");
        }
    }
    assert!(valid(load_text(MINIMAL, &[])).plan.services[0].requirements().next().is_none());
}

#[test]
fn a_plan_made_by_hand_is_refused_by_the_plane_that_cannot_carry_it() {
    let mut plan = valid(load_text(MINIMAL, &["fidelity=fluid"])).plan;
    assert!(simulate(&plan, 1, 0, &mut NoObserver).is_ok());
    plan.services[0].group = Some(0);
    let refused = simulate(&plan, 1, 0, &mut NoObserver).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`web` cannot be simulated as flows because of its `service.group`: the fluid plane knows services that do not call \
         each other only"
    );
    assert!(plan.services[0].needs_events());
    plan.services[0].group = None;
    plan.services[0].request.cancel_timed_out = true;
    assert!(matches!(simulate(&plan, 1, 0, &mut NoObserver), Err(RunError::CannotFlow { .. })));
    plan.fidelity = Fidelity::Requests;
    assert!(simulate(&plan, 1, 0, &mut NoObserver).is_ok());
}
