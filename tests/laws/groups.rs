//! Services of one group are served in order of time: where none calls another, each has what it would have alone.

use windtunnel::kernel::simulation::{Fidelity, Plan};
use windtunnel::record::{RunRecord, record};

use super::failures::plans as failing_plans;
use super::sameness::assert_same;
use super::{in_every_plan, some_plans};

fn recorded(plan: &Plan) -> RunRecord {
    record(plan, 1, 0).expect("the plan feeds nothing back at one instant")
}

/// The services of some plans side by side, with the horizon of the first.
fn side_by_side(plans: &[Plan]) -> Plan {
    let mut plan = plans[0].clone();
    plan.services = plans.iter().flat_map(|plan| plan.services.clone()).collect();
    for (index, service) in plan.services.iter_mut().enumerate() {
        service.name = format!("{}-{index}", service.name);
        service.faults.retain(|fault| fault.at.0 < plan.horizon.0);
    }
    plan.fidelity = Fidelity::Events;
    plan
}

#[test]
fn a_service_of_a_group_has_what_it_would_have_alone() {
    let plans: Vec<Plan> = some_plans(120, 77).into_iter().chain(failing_plans(80, 79)).collect();
    for pair in plans.chunks(2) {
        let apart = side_by_side(pair);
        let mut grouped = apart.clone();
        grouped.services.iter_mut().for_each(|service| service.group = Some(3));
        let (apart, grouped) = (recorded(&apart), recorded(&grouped));
        assert_eq!(apart.services.len(), grouped.services.len());
        apart.services.iter().zip(&grouped.services).for_each(|(a, b)| assert_same(a, b));
    }
}

#[test]
fn a_group_of_one_is_the_run_that_it_is_without_a_group() {
    in_every_plan(78, |plan| {
        let mut alone = plan.clone();
        alone.fidelity = Fidelity::Events;
        let mut grouped = alone.clone();
        (0..).zip(&mut grouped.services).for_each(|(number, service)| service.group = Some(number));
        let (alone, grouped) = (recorded(&alone), recorded(&grouped));
        alone.services.iter().zip(&grouped.services).for_each(|(a, b)| assert_same(a, b));
    });
}
