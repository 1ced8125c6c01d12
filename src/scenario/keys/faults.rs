//! What fails: of its own accord, and at given times.

use windtunnel_kernel::service::{Extent, FaultKind, FaultPlan};
use windtunnel_kernel::units::{SimDuration, SimTime};
use windtunnel_kernel::world::ServicePlan;

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::context::Parts;
use crate::scenario::keys::limits::LONGEST_RUN_S;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Choice, Key, Kind, TableSpec, word};
use crate::scenario::language::table_reader::View;

const ZONES: &[Choice] = &[word("a"), word("b"), word("c"), word("d"), word("e"), word("f")];
const ZONE: Key =
    Key::new("zone", Kind::Choice(ZONES), "Availability zone, the first of a service is \"a\".");

/// The kinds of a fault, by key; exactly one of them is given.
pub(crate) const FAULT_KINDS: [&str; 7] = [
    "crash",
    "hang",
    "crash_loop",
    "slow_dependency",
    "launch_failure",
    "failing_health_check",
    "zone_outage",
];

pub(crate) const FAULT: TableSpec = TableSpec {
    doc: "Something that goes wrong at a given time: one of `crash`, `hang`, `crash_loop`, `slow_dependency`, \
          `launch_failure`, `failing_health_check`, `zone_outage`.",
    keys: &[
        Key::new("at", Kind::Duration(0, LONGEST_RUN_S), "When it begins, from second 0.").required(),
        Key::new(
            "duration",
            Kind::DurationAbove(LONGEST_RUN_S),
            "How long it lasts. Left out: to the end of the run. A crash happens in an instant.",
        ),
        Key::new("services", Kind::Texts, "The services it concerns. Left out: all."),
        Key::new("crash", Kind::Table(&EXTENT), "Running tasks exit at once; ECS replaces them at once."),
        Key::new(
            "hang",
            Kind::Table(&EXTENT),
            "Tasks in service accept requests and answer none, health checks included; what they were doing goes on \
             when the fault is over, if they live that long.",
        ),
        Key::new("crash_loop", Kind::Table(&CRASH_LOOP), "Tasks that start while it lasts crash soon after."),
        Key::new("slow_dependency", Kind::Table(&SLOW), "Waits that begin while it lasts take longer."),
        Key::new("launch_failure", Kind::Table(&LAUNCH), "Tasks launched while it lasts may never run."),
        Key::new(
            "failing_health_check",
            Kind::Table(&EXTENT),
            "The targets of tasks fail their health checks while it lasts, whatever they answer to requests: a wrong path or a \
             wrong expected status. Tasks that start meanwhile fail with the same share, or in the same zone.",
        ),
        Key::new(
            "zone_outage",
            Kind::Table(&OUTAGE),
            "All tasks of a zone are lost at once, and none is placed there while it lasts.",
        ),
    ],
};

const EXTENT: TableSpec = TableSpec {
    doc: "Which tasks it hits: a share of them, or those of one zone.",
    keys: &[
        Key::new(
            "share",
            Kind::NumberAbove(0.0, 1.0),
            "Share of the tasks, rounded up; which ones, chance decides.",
        ),
        ZONE,
    ],
};
const CRASH_LOOP: TableSpec = TableSpec {
    doc: "Tasks that crash soon after they start: a bad configuration.",
    keys: &[Key::new("after", Kind::Duration(0, 86_400), "From RUNNING to the crash.").required()],
};
const SLOW: TableSpec = TableSpec {
    doc: "A downstream service that answers slowly.",
    keys: &[Key::new("factor", Kind::Number(0.0, 10_000.0), "Factor on `request.wait_time`.").required()],
};
const LAUNCH: TableSpec = TableSpec {
    doc: "Launches that fail.",
    keys: &[Key::new(
        "probability",
        Kind::NumberAbove(0.0, 1.0),
        "Probability that a task stops before it is RUNNING.",
    )
    .or("1.0")],
};
const OUTAGE: TableSpec = TableSpec { doc: "The loss of an availability zone.", keys: &[ZONE.required()] };

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
