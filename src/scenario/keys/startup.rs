//! `[service.<name>.startup]`: the cold start, stage by stage.

use windtunnel_kernel::random::Distribution;
use windtunnel_kernel::service::{StartupPlan, WarmUpPlan};
use windtunnel_kernel::units::{Bytes, SimDuration};

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::distribution;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::{codes, quantity};

const DAY: u64 = 86_400;

pub(crate) const STARTUP: TableSpec = TableSpec {
    doc: "The cold start, stage by stage; the defaults are medians of published task timestamps.",
    keys: &[
        Key::new(
            "scheduling",
            Kind::Distribution,
            "From the change of the desired count to the task's creation.",
        )
        .or("\"5s\""),
        Key::new("provisioning", Kind::Distribution, "From creation to the start of the image pull.")
            .or("{ lognormal = { median = \"15s\", p95 = \"24s\" } }"),
        Key::new(
            "image_pull_rate",
            Kind::SizeRate,
            "Compressed bytes a second; `image_size` divided by it is the pull.",
        )
        .or("\"50MiB/s\""),
        Key::new("container_start", Kind::Distribution, "From the end of the pull to RUNNING.")
            .or("{ lognormal = { median = \"2s\", p95 = \"6s\" } }"),
        Key::new("application_boot", Kind::Distribution, "From RUNNING until the application can answer.")
            .or("\"0s\""),
        Key::new(
            "boot_cpu",
            Kind::Number(0.0, 1.0),
            "Share of the task's CPU that its boot uses. CloudWatch counts it, so a boot can invoke a policy.",
        )
        .or("0.5"),
        Key::new(
            "warm_up",
            Kind::Table(&WARM_UP),
            "Slower first requests. Left out: a new task is as fast as an old one.",
        ),
    ],
};

const WARM_UP: TableSpec = TableSpec {
    doc: "Slower first requests of a task that starts after second 0: caches are cold, code is not compiled yet.",
    keys: &[
        Key::new("factor", Kind::Number(1.0, 1000.0), "Factor on the CPU time at first.").required(),
        Key::new(
            "requests",
            Kind::Integer(0, 1_000_000_000),
            "So many first requests take the whole factor.",
        )
        .or("0"),
        Key::new(
            "over",
            Kind::Duration(0, DAY),
            "From entry into service the factor falls in a straight line to 1 over this span.",
        )
        .or("\"0s\""),
    ],
};

pub(crate) fn startup(service: View<'_>, lower: &mut Lower<'_>) -> Option<StartupPlan> {
    let view = service.table("startup")?;
    let scheduling = distribution::read(view, "scheduling", lower);
    let provisioning = distribution::read(view, "provisioning", lower);
    let container_start = distribution::read(view, "container_start", lower);
    let application_boot = distribution::read(view, "application_boot", lower);
    let image = service.table("task")?.size("image_size")?;
    let rate = quantity::size_rate(view.text("image_pull_rate")?).ok()?;
    Some(StartupPlan {
        scheduling: scheduling?,
        provisioning: provisioning?,
        image_pull: Distribution::constant(pull_time(image, rate)),
        container_start: container_start?,
        application_boot: application_boot?,
        boot_cpu: view.number("boot_cpu")?,
        warm_up: if view.is_given("warm_up") { Some(warm_up(view.table("warm_up")?, lower)?) } else { None },
    })
}

fn warm_up(view: View<'_>, lower: &mut Lower<'_>) -> Option<WarmUpPlan> {
    let plan = WarmUpPlan {
        factor: view.number("factor")?,
        requests: u64::from(view.count("requests")?),
        over: view.duration("over")?,
    };
    if plan.requests == 0 && plan.over.0 == 0 {
        lower.report.add(
            Problem::new(codes::MISSING_KEY, "a warm-up needs `requests` or `over`")
                .at(view.place, "neither is given, so it would never be felt")
                .fix("over = \"60s\""),
        );
    }
    Some(plan)
}

/// Size ÷ rate, rounded to the nearest nanosecond.
fn pull_time(image: Bytes, rate: Bytes) -> SimDuration {
    let rate = u128::from(rate.0.max(1));
    let nanos = (u128::from(image.0) * 1_000_000_000 + rate / 2) / rate;
    SimDuration(u64::try_from(nanos).unwrap_or(u64::MAX).min(SimDuration::CAP.0))
}
