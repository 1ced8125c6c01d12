//! What fails: of its own accord, and at given times.

use windtunnel_kernel::service::{ContainerCheckPlan, Extent, FaultKind, FaultPlan, TaskHealthPlan};
use windtunnel_kernel::units::{SimDuration, SimTime};
use windtunnel_kernel::world::ServicePlan;

use crate::scenario::build::{Lower, Parts};
use crate::scenario::keys::distribution;
use crate::scenario::keys::schema::failing::FAULT_KINDS;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;

/// What fails in a task of its own accord, and its container's check.
pub(crate) fn health(service: View<'_>, lower: &mut Lower<'_>) -> Option<TaskHealthPlan> {
    let (task, failure) = (service.table("task")?, service.table("failure")?);
    let container_check = match task.table("container_health_check") {
        Some(check) if task.is_given("container_health_check") => Some(ContainerCheckPlan {
            interval: check.duration("interval")?,
            timeout: check.duration("timeout")?,
            retries: check.count("retries")?,
            start_period: check.duration("start_period")?,
        }),
        _ => None,
    };
    let time_to_crash = if failure.is_given("time_to_crash") {
        Some(distribution::read(failure, "time_to_crash", lower)?)
    } else {
        None
    };
    Some(TaskHealthPlan {
        memory_growth: task.size("memory_growth_per_hour")?,
        memory_growth_limit: task.size("memory_growth_limit"),
        kills_out_of_memory: task.text("out_of_memory")? == "kill",
        time_to_crash,
        launch_failure: failure.number("launch_failure_probability")?,
        container_check,
    })
}

/// The faults of the scenario that concern a service, in order of time; `None` where one is wrong.
pub(crate) fn of_service(parts: &Parts<'_>, zones: u32, lower: &mut Lower<'_>) -> Option<Vec<FaultPlan>> {
    let horizon = parts.horizon?;
    let mut faults = Vec::new();
    let mut sound = true;
    for view in parts.root.list("fault") {
        if view.texts("services").is_some_and(|services| services.iter().all(|name| name != parts.name)) {
            continue;
        }
        match fault(view, (parts.name, zones), horizon, lower) {
            Some(fault) => faults.push(fault),
            None => sound = false,
        }
    }
    faults.sort_by_key(|fault| fault.at);
    sound.then_some(faults)
}

/// Reports what is wrong with the faults themselves, once, whatever services they concern.
pub(crate) fn review(root: View<'_>, horizon: Option<SimDuration>, lower: &mut Lower<'_>) -> bool {
    let mut sound = true;
    for view in root.list("fault") {
        let given: Vec<&str> = FAULT_KINDS.into_iter().filter(|kind| view.is_given(kind)).collect();
        if given.len() != 1 {
            sound = false;
            let found = if given.is_empty() { "none is given".to_owned() } else { given.join(" and ") };
            lower.report.add(
                Problem::new(codes::ONE_OF, "a fault is of exactly one kind")
                    .at(view.place, found)
                    .expected(format!("one of {}", FAULT_KINDS.join(", "))),
            );
        }
        for kind in given.iter().filter(|kind| ["crash", "hang", "failing_health_check"].contains(*kind)) {
            let Some(extent) = view.table(kind) else { continue };
            if extent.is_given("share") == extent.is_given("zone") {
                sound = false;
                lower.report.add(
                    Problem::new(codes::ONE_OF, format!("`{kind}` needs either `share` or `zone`"))
                        .at(&view.place(kind), "")
                        .fix(format!("{kind} = {{ share = 0.5 }}")),
                );
            }
        }
        let services = root.table("service");
        for name in view.texts("services").unwrap_or_default() {
            if services.is_some_and(|services| services.table(&name).is_none()) {
                sound = false;
                lower.report.add(
                    Problem::new(codes::BAD_FAULT, format!("there is no service `{name}`"))
                        .at(&view.place("services"), "named here"),
                );
            }
        }
        if view.is_given("crash") && view.is_given("duration") {
            lower.report.add(
                Problem::new(codes::NO_EFFECT, "a crash happens in an instant, whatever its duration")
                    .at(&view.place("duration"), "not used")
                    .help("tasks that crash for a while are a fault of kind `crash_loop`"),
            );
        }
        if let (Some(at), Some(horizon)) = (view.duration("at"), horizon)
            && at >= horizon
        {
            lower.report.add(
                Problem::new(
                    codes::NEVER_HAPPENS,
                    "this fault begins after the horizon, so it never happens",
                )
                .at(&view.place("at"), ""),
            );
        }
    }
    sound
}

fn fault(
    view: View<'_>,
    (service, zones): (&str, u32),
    horizon: SimDuration,
    lower: &mut Lower<'_>,
) -> Option<FaultPlan> {
    let kind = FAULT_KINDS.into_iter().find(|kind| view.is_given(kind))?;
    let table = view.table(kind)?;
    let extent = || {
        if table.is_given("zone") {
            zone(table).map(Extent::Zone)
        } else {
            table.number("share").map(Extent::Share)
        }
    };
    let kind = match kind {
        "crash" => FaultKind::Crash(extent()?),
        "hang" => FaultKind::Hang(extent()?),
        "failing_health_check" => FaultKind::FailingHealthCheck(extent()?),
        "crash_loop" => FaultKind::CrashLoop(table.duration("after")?),
        "slow_dependency" => FaultKind::SlowDependency(table.number("factor")?),
        "launch_failure" => FaultKind::LaunchFailure(table.number("probability")?),
        _ => FaultKind::ZoneOutage(zone(table)?),
    };
    if let FaultKind::ZoneOutage(zone)
    | FaultKind::Crash(Extent::Zone(zone))
    | FaultKind::Hang(Extent::Zone(zone))
    | FaultKind::FailingHealthCheck(Extent::Zone(zone)) = kind
        && zone >= zones
    {
        lower.report.add(
            Problem::new(codes::BAD_FAULT, format!("`{service}` has {zones} availability zones, and this is another one"))
                .at(&table.place("zone"), "beyond them")
                .help("`availability_zones` of the service says how many it has; `services` says which services a fault concerns"),
        );
        return None;
    }
    let at = view.duration("at")?;
    let duration = if view.is_given("duration") { view.duration("duration")? } else { horizon };
    Some(FaultPlan { at: SimTime(at.0), duration, kind })
}

fn zone(table: View<'_>) -> Option<u32> {
    let letter = table.text("zone")?.bytes().next()?;
    Some(u32::from(letter.saturating_sub(b'a')))
}

/// Warns of a slow dependency that no request waits for.
pub(crate) fn review_waits<'p>(
    root: View<'_>,
    plans: impl Iterator<Item = &'p ServicePlan> + Clone,
    lower: &mut Lower<'_>,
) {
    for view in root.list("fault").into_iter().filter(|view| view.is_given("slow_dependency")) {
        let services = view.texts("services");
        let mut concerned = plans
            .clone()
            .filter(|plan| services.as_ref().is_none_or(|services| services.contains(&plan.name)));
        if concerned.all(|plan| plan.request.mean_nanos().1 <= 0.0) {
            lower.report.add(
                Problem::new(codes::NO_EFFECT, "no request waits for a dependency, so it cannot be slow")
                    .at(&view.place("slow_dependency"), "it multiplies `wait_time`, which is zero")
                    .fix("wait_time = \"40ms\""),
            );
        }
    }
}

/// Reports that a fault of this kind stops single requests, which flows do not know.
pub(crate) fn refuse_flow(root: View<'_>, kind: &str, lower: &mut Lower<'_>) {
    for view in root.list("fault").into_iter().filter(|view| view.is_given(kind)) {
        lower.report.add(
            Problem::new(codes::NOT_A_FLOW, format!("the fluid plane cannot show a fault of kind `{kind}`"))
                .at(&view.place(kind), "it concerns single requests")
                .also(&root.place("fidelity"), "asked for here")
                .fix("fidelity = \"requests\"".to_owned()),
        );
    }
}

/// Which key of a service asks for what flows cannot show, if any.
pub(crate) fn not_a_flow(plan: &ServicePlan) -> Option<&'static str> {
    plan.faults.iter().find_map(|fault| match fault.kind {
        FaultKind::Crash(_) => Some("crash"),
        FaultKind::Hang(_) => Some("hang"),
        FaultKind::CrashLoop(_) => Some("crash_loop"),
        FaultKind::SlowDependency(_) => Some("slow_dependency"),
        FaultKind::ZoneOutage(_) => Some("zone_outage"),
        FaultKind::FailingHealthCheck(_) => Some("failing_health_check"),
        FaultKind::LaunchFailure(_) => None,
    })
}
