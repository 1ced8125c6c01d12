//! The refusal of a fluid run: each feature of the scenario that flows cannot follow, at its place. Which those are, the
//! kernel's table of requirements says.

use windtunnel_kernel::simulation::{Needs, REQUIREMENTS, Requirement, ServicePlan};

use crate::scenario::keys::builder::Builder;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::TableReader;

/// Reports the first feature of a service that flows cannot follow, and every fault and policy that they cannot.
pub(crate) fn refuse<'p>(
    root: TableReader<'_>,
    plans: impl Iterator<Item = &'p ServicePlan> + Clone,
    builder: &mut Builder<'_>,
) {
    let blockers = || plans.clone().flat_map(|plan| plan.flow_blockers().map(move |row| (plan, row)));
    let is_fault = |row: &&Requirement| row.table == "fault" && row.needs != Needs::EventsOrFlows;
    for row in REQUIREMENTS.iter().filter(is_fault) {
        if plans.clone().any(|plan| row.is_present(plan)) {
            refuse_fault(root, row, builder);
        }
    }
    let is_key = |row: &Requirement| row.table != "fault" && row.table != "scaling";
    if let Some((plan, row)) = blockers().find(|(_, row)| is_key(row)) {
        builder.report.add(refusal(root, &plan.name, row));
    }
    if let Some((plan, row)) = blockers().find(|(_, row)| row.table == "scaling") {
        refuse_policy(root, &plan.name, row, builder);
    }
}

fn refuse_fault(root: TableReader<'_>, row: &Requirement, builder: &mut Builder<'_>) {
    for view in root.list("fault").into_iter().filter(|view| view.is_given(row.key)) {
        builder.report.add(
            Problem::new(
                codes::NOT_A_FLOW,
                format!("the fluid plane cannot show a fault of kind `{}`", row.key),
            )
            .at(&view.place(row.key), "it concerns single requests")
            .also(&root.place("fidelity"), "asked for here")
            .fix("fidelity = \"requests\"".to_owned()),
        );
    }
}

fn refuse_policy(root: TableReader<'_>, service: &str, row: &Requirement, builder: &mut Builder<'_>) {
    let table = root.table("service").and_then(|services| services.table(service));
    let Some(scaling) = table.and_then(|service| service.table(row.table)) else { return };
    builder.report.add(
        Problem::new(codes::NOT_A_FLOW, "a policy reads response times, which a flow does not have")
            .at(scaling.place, "by TargetResponseTime or a custom metric")
            .also(&root.place("fidelity"), "asked for here")
            .help("`fidelity = \"requests\"` simulates each request with a response time of its own"),
    );
}

/// The error that names the key.
fn refusal(root: TableReader<'_>, service: &str, row: &Requirement) -> Problem {
    let problem = Problem::new(codes::NOT_A_FLOW, format!("the fluid plane knows {} only", row.why));
    let table = root.table("service").and_then(|services| services.table(service));
    let problem = match table.and_then(|service| service.table(row.table)) {
        Some(table) => problem.at(&table.place(row.key), "this asks for more"),
        None => problem,
    };
    problem
        .also(&root.place("fidelity"), "asked for here")
        .expected(row.instead)
        .help("`fidelity = \"requests\"` simulates each request on its own")
}
