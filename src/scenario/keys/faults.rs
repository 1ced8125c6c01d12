//! Failures: of a task's own accord, and at given times.

use windtunnel_kernel::platform::{Extent, FaultKind, FaultPlan};
use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::units::{SimDuration, SimTime};

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::quantity::LONGEST_RUN_S;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;

choices! {
    /// Number of an availability zone, from 0.
    ZONES = u32 { "a" => 0, "b" => 1, "c" => 2, "d" => 3, "e" => 4, "f" => 5 }
}
const ZONE: Key =
    Key::new("zone", Kind::Choice(ZONES.words), "Availability zone, the first of a service is \"a\".");

/// The tables of a fault, of which exactly one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultTable {
    Crash,
    Hang,
    CrashLoop,
    SlowDependency,
    LaunchFailure,
    FailingHealthCheck,
    ZoneOutage,
}

choices! { FAULT_TABLES: FaultTable {
    "crash" => Crash,
    "hang" => Hang,
    "crash_loop" => CrashLoop,
    "slow_dependency" => SlowDependency,
    "launch_failure" => LaunchFailure,
    "failing_health_check" => FailingHealthCheck,
    "zone_outage" => ZoneOutage,
} }

/// The keys of these tables that a fault gives.
fn given_tables(view: TableReader<'_>) -> Vec<&'static str> {
    FAULT_TABLES.words.iter().map(|choice| choice.word).filter(|key| view.is_given(key)).collect()
}

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
pub(crate) fn of_service(
    context: &ServiceContext<'_>,
    zones: u32,
    builder: &mut Builder<'_>,
) -> Option<Vec<FaultPlan>> {
    let horizon = context.horizon?;
    let mut faults = Vec::new();
    let mut sound = true;
    for view in context.root.list("fault") {
        if view.texts("services").is_some_and(|services| services.iter().all(|name| name != context.name)) {
            continue;
        }
        match fault(view, context.name, zones, horizon, builder) {
            Some(fault) => faults.push(fault),
            None => sound = false,
        }
    }
    faults.sort_by_key(|fault| fault.at);
    sound.then_some(faults)
}

/// Reports what is wrong with the faults themselves, once, whatever services they concern.
pub(crate) fn review(root: TableReader<'_>, horizon: Option<SimDuration>, builder: &mut Builder<'_>) -> bool {
    let mut sound = true;
    for view in root.list("fault") {
        let given = given_tables(view);
        if given.len() != 1 {
            sound = false;
            let found = if given.is_empty() { "none is given".to_owned() } else { given.join(" and ") };
            builder.report.add(
                Problem::new(codes::ONE_OF, "a fault is of exactly one kind").at(view.place, found).expected(
                    format!(
                        "one of {}",
                        FAULT_TABLES.words.iter().map(|choice| choice.word).collect::<Vec<_>>().join(", ")
                    ),
                ),
            );
        }
        for kind in given.iter().filter(|kind| ["crash", "hang", "failing_health_check"].contains(*kind)) {
            let Some(extent) = view.table(kind) else { continue };
            if extent.is_given("share") == extent.is_given("zone") {
                sound = false;
                builder.report.add(
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
                builder.report.add(
                    Problem::new(codes::BAD_FAULT, format!("there is no service `{name}`"))
                        .at(&view.place("services"), "named here"),
                );
            }
        }
        if view.is_given("crash") && view.is_given("duration") {
            builder.report.add(
                Problem::new(codes::NO_EFFECT, "a crash happens in an instant, whatever its duration")
                    .at(&view.place("duration"), "not used")
                    .help("tasks that crash for a while are a fault of kind `crash_loop`"),
            );
        }
        if let (Some(at), Some(horizon)) = (view.duration("at"), horizon)
            && at >= horizon
        {
            builder.report.add(
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
    view: TableReader<'_>,
    service: &str,
    zones: u32,
    horizon: SimDuration,
    builder: &mut Builder<'_>,
) -> Option<FaultPlan> {
    let kind = *given_tables(view).first()?;
    let table = view.table(kind)?;
    let extent = || {
        if table.is_given("zone") {
            zone(table).map(Extent::Zone)
        } else {
            table.number("share").map(Extent::Share)
        }
    };
    let kind = match FAULT_TABLES.value(kind)? {
        FaultTable::Crash => FaultKind::Crash(extent()?),
        FaultTable::Hang => FaultKind::Hang(extent()?),
        FaultTable::FailingHealthCheck => FaultKind::FailingHealthCheck(extent()?),
        FaultTable::CrashLoop => FaultKind::CrashLoop(table.duration("after")?),
        FaultTable::SlowDependency => FaultKind::SlowDependency(table.number("factor")?),
        FaultTable::LaunchFailure => FaultKind::LaunchFailure(table.number("probability")?),
        FaultTable::ZoneOutage => FaultKind::ZoneOutage(zone(table)?),
    };
    if let FaultKind::ZoneOutage(zone)
    | FaultKind::Crash(Extent::Zone(zone))
    | FaultKind::Hang(Extent::Zone(zone))
    | FaultKind::FailingHealthCheck(Extent::Zone(zone)) = kind
        && zone >= zones
    {
        builder.report.add(
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

fn zone(table: TableReader<'_>) -> Option<u32> {
    table.choice("zone", &ZONES)
}

/// Warns of a slow dependency that no request waits for.
pub(crate) fn review_waits<'p>(
    root: TableReader<'_>,
    plans: impl Iterator<Item = &'p ServicePlan> + Clone,
    builder: &mut Builder<'_>,
) {
    for view in root.list("fault").into_iter().filter(|view| view.is_given("slow_dependency")) {
        let services = view.texts("services");
        let mut concerned = plans
            .clone()
            .filter(|plan| services.as_ref().is_none_or(|services| services.contains(&plan.name)));
        if concerned.all(|plan| plan.request.mean_nanos().1 <= 0.0) {
            builder.report.add(
                Problem::new(codes::NO_EFFECT, "no request waits for a dependency, so it cannot be slow")
                    .at(&view.place("slow_dependency"), "it multiplies `wait_time`, which is zero")
                    .fix("wait_time = \"40ms\""),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_a_fault_is_bound() {
        let tables = FAULT.keys.iter().filter(|key| matches!(key.kind, Kind::Table(_)));
        let tables: Vec<&str> = tables.map(|key| key.name).collect();
        let words: Vec<&str> = FAULT_TABLES.words.iter().map(|choice| choice.word).collect();
        assert_eq!(tables, words);
        assert_eq!(ZONES.words.len(), usize::try_from(crate::scenario::keys::limits::MOST_ZONES).unwrap());
    }
}
