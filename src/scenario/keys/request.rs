//! Demands of a request, its classes, and the retries of its client.

use windtunnel_kernel::random::DiscretizedLaw;
use windtunnel_kernel::serving::{ClassPlan, Jitter, RequestPlan, RetryPlan, TaskPlan};
use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::distribution;
use crate::scenario::language::choices::choices;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::TableReader;

const DAY: u64 = 86_400;
const TIB: u64 = 1 << 40;

pub(crate) const REQUEST: TableSpec = TableSpec {
    doc: "What a request needs: a place in a task, then CPU, then time downstream. At least one of the two times.",
    keys: &[
        Key::new("cpu_time", distribution::TIMES, "vCPU time it consumes.").or("\"0ms\""),
        Key::new(
            "wait_time",
            distribution::TIMES,
            "Time it is then blocked on something downstream, without CPU.",
        )
        .or("\"0ms\""),
        Key::new(
            "timeout",
            distribution::TIMES,
            "The client gives up so long after arrival. Left out: never.",
        ),
        Key::new(
            "overdue_after",
            Kind::Either(&Kind::Choice(NEVER.words), &OVERDUE),
            "A request that is in flight at the horizon and has been for longer than this counts as not served; \"never\": it is left \
             out of availability. Left out: 60 s, after which a load balancer answers 504, or the 99.9th percentile of the service \
             time where that is longer. With a `timeout` clients decide.",
        ),
        Key::new(
            "bytes",
            Kind::Size(0, TIB),
            "Request and response together, for the load balancer's bill. Left out: not billed.",
        ),
        Key::new("class", Kind::Map(&CLASS), "Classes of requests with demands of their own, by name.")
            .or("{}"),
        Key::new("retry", Kind::Table(&RETRY), "When clients try again. Left out: they try once."),
        Key::new(
            "cancel_timed_out",
            Kind::Bool,
            "Whether a task stops working on a request whose client has given up; else it does the work in vain.",
        )
        .or("false"),
    ],
};

choices! { NEVER = Option<SimDuration> { "never" => None } }
choices! { JITTERS: Jitter { "none" => None, "full" => Full, "equal" => Equal, "exponential" => Exponential } }

const OVERDUE: Kind = Kind::DurationAbove(DAY * 365);

const CLASS: TableSpec = TableSpec {
    doc: "A class of requests. What is left out is as the table above it says for all requests.",
    keys: &[
        Key::new(
            "weight",
            Kind::NumberAbove(0.0, 1e9),
            "Its share of the requests, relative to the weights of the other classes.",
        )
        .required(),
        Key::new("cpu_time", distribution::TIMES, "vCPU time it consumes."),
        Key::new("wait_time", distribution::TIMES, "Time it is then blocked, without CPU."),
        Key::new("timeout", distribution::TIMES, "The client gives up so long after arrival."),
    ],
};

const RETRY: TableSpec = TableSpec {
    doc: "When clients try again: after a 503, a time-out, or the death of the task that held the attempt. The defaults \
          are those of AWS's SDKs in their standard mode, but for the budget, which is off.",
    keys: &[
        Key::new(
            "max_attempts",
            Kind::Integer(2, 1_000),
            "Attempts at most, the first one included; at most 100 where clients try again at once (`backoff` or `max_backoff` \
             of 0 s).",
        )
        .or("3"),
        Key::new("backoff", Kind::Duration(0, 3600), "Wait before the second attempt.").or("\"1s\""),
        Key::new("multiplier", Kind::Number(1.0, 100.0), "Each further wait is the last one times this.")
            .or("2.0"),
        Key::new("max_backoff", Kind::Duration(0, DAY), "Longest wait before jitter.").or("\"20s\""),
        Key::new(
            "jitter",
            Kind::Choice(JITTERS.words),
            "How chance changes a wait: not at all; uniform from zero to it; half of it and uniform up to it; or \
             exponential with it as the mean.",
        )
        .or("\"full\""),
        Key::new(
            "budget",
            Kind::Number(0.0, 1000.0),
            "Retries allowed as a share of requests, all clients together. Left out: no limit.",
        ),
        Key::new(
            "budget_burst",
            Kind::Number(1.0, 1e9),
            "Retries that the budget has saved up at most, and at second 0.",
        )
        .or("10.0"),
    ],
};

pub(crate) fn request(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<RequestPlan> {
    let written = |view: TableReader<'_>| {
        let has = |key: &str| view.node(key).is_some_and(|node| node.place.0.is_some());
        has("cpu_time") || has("wait_time")
    };
    let classes = view.table("class");
    let by_class = classes.is_some_and(|classes| {
        classes.tables().next().is_some() && classes.tables().all(|(_, class)| written(class))
    });
    if !written(view) && !by_class {
        builder.report.add(
            Problem::new(codes::MISSING_KEY, "a request needs `cpu_time` or `wait_time`")
                .at(view.place, "neither is given")
                .fix("cpu_time = \"40ms\""),
        );
    }
    let cpu_time = distribution::read(view, "cpu_time", builder);
    let wait_time = distribution::read(view, "wait_time", builder);
    let timeout = view.is_given("timeout").then(|| distribution::read(view, "timeout", builder));
    let mut request = RequestPlan::new(cpu_time?, wait_time?);
    if let Some(timeout) = timeout {
        request.timeout = Some(timeout?);
    }
    request.bytes = view.size("bytes");
    request.cancel_timed_out = view.flag("cancel_timed_out")?;
    let classes: Vec<Option<ClassPlan>> =
        classes?.tables().map(|(entry, view)| class(&entry.key, view, &request, builder)).collect();
    request.classes = classes.into_iter().collect::<Option<_>>()?;
    if view.is_given("retry") {
        request.retry = Some(retry(view.table("retry")?, builder)?);
    }
    Some(request)
}

/// After how long an Application Load Balancer answers 504 where a target does not (documented default of its idle timeout:
/// `docs/aws/load-balancer.md#errors`).
const IDLE_TIMEOUT: SimDuration = SimDuration::from_secs(60);

/// Age above which a request in flight at the horizon counts as not served \[ns\]; the inner `None`: no such age.
#[expect(clippy::option_option, reason = "wrong and unlimited are two different things here")]
pub(crate) fn overdue_after(
    view: TableReader<'_>,
    request: &RequestPlan,
    task: &TaskPlan,
) -> Option<Option<SimDuration>> {
    if view.is_given("overdue_after") {
        return match view.choice("overdue_after", &NEVER) {
            Some(never) => Some(never),
            None => view.duration("overdue_after").map(Some),
        };
    }
    // Clients who give up have an outcome of their own.
    if request.timeout.is_some() {
        return Some(None);
    }
    let law = |cpu_time, wait_time| {
        DiscretizedLaw::of(cpu_time, 1.0 / task.cpu_speed()).plus(&DiscretizedLaw::of(wait_time, 1.0))
    };
    let mut laws: Vec<DiscretizedLaw> =
        request.classes.iter().map(|class| law(&class.cpu_time, &class.wait_time)).collect();
    if laws.is_empty() {
        laws.push(law(&request.cpu_time, &request.wait_time));
    }
    let longest = laws.iter().map(slowest).max().unwrap_or(IDLE_TIMEOUT);
    Some(Some(longest.max(IDLE_TIMEOUT)))
}

/// The time that one in a thousand exceeds.
fn slowest(law: &DiscretizedLaw) -> SimDuration {
    let (mut low, mut high) = (0.0, SimDuration::CAP.as_secs_f64() * 1e9);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if law.beyond(middle) > 0.001 { low = middle } else { high = middle }
    }
    SimDuration::from_nanos_f64(high)
}

/// A class; what it does not say is as for all requests.
fn class(
    name: &str,
    view: TableReader<'_>,
    all: &RequestPlan,
    builder: &mut Builder<'_>,
) -> Option<ClassPlan> {
    let mut own = |key: &str| view.is_given(key).then(|| distribution::read(view, key, builder));
    let (cpu_time, wait_time, timeout) = (own("cpu_time"), own("wait_time"), own("timeout"));
    Some(ClassPlan {
        name: name.to_owned(),
        weight: view.number("weight")?,
        cpu_time: cpu_time.unwrap_or_else(|| Some(all.cpu_time.clone()))?,
        wait_time: wait_time.unwrap_or_else(|| Some(all.wait_time.clone()))?,
        timeout: match timeout {
            Some(timeout) => Some(timeout?),
            None => all.timeout.clone(),
        },
    })
}

/// Attempts at most where clients do not wait between them: a storm of them takes no simulated time.
const MOST_AT_ONCE: u32 = 100;

fn retry(view: TableReader<'_>, builder: &mut Builder<'_>) -> Option<RetryPlan> {
    let (backoff, max_backoff) = (view.duration("backoff"), view.duration("max_backoff"));
    if let (Some(backoff), Some(max_backoff)) = (backoff, max_backoff)
        && max_backoff < backoff
    {
        builder.report.add(
            Problem::new(codes::TIME_ORDER, "`max_backoff` is shorter than `backoff`")
                .at(&view.place("max_backoff"), "the longest wait")
                .also(&view.place("backoff"), "the first wait")
                .expected("at least `backoff`"),
        );
    }
    let at_once = [backoff?, max_backoff?].contains(&SimDuration::ZERO);
    let max_attempts = view.count("max_attempts")?;
    if at_once && max_attempts > MOST_AT_ONCE {
        let key = if backoff == Some(SimDuration::ZERO) { "backoff" } else { "max_backoff" };
        builder.report.add(
            Problem::new(
                codes::OUT_OF_RANGE,
                format!("clients try again at once, up to {max_attempts} times"),
            )
            .at(&view.place("max_attempts"), "attempts")
            .also(&view.place(key), "without a wait between them")
            .expected(format!("at most {MOST_AT_ONCE} attempts where there is no wait between them"))
            .fix(format!("{key} = \"100ms\", or max_attempts = {MOST_AT_ONCE}")),
        );
    }
    Some(RetryPlan {
        max_attempts,
        backoff: backoff?,
        multiplier: view.number("multiplier")?,
        max_backoff: max_backoff?,
        jitter: view.choice("jitter", &JITTERS)?,
        budget: view.number("budget"),
        budget_burst: view.number("budget_burst")?,
    })
}
