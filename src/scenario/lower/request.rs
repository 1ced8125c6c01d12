//! What a request asks for, its classes, and when its client tries again.

use windtunnel_kernel::service::{ClassPlan, Jitter, RequestPlan, RetryPlan};

use super::Lower;
use crate::scenario::diagnostic::Problem;
use crate::scenario::view::View;
use crate::scenario::{codes, distribution};

pub(super) fn request(view: View<'_>, lower: &mut Lower<'_>) -> Option<RequestPlan> {
    let written = |view: View<'_>| {
        let has = |key: &str| view.node(key).is_some_and(|node| node.place.0.is_some());
        has("cpu_time") || has("wait_time")
    };
    let classes = view.table("class");
    let by_class = classes.is_some_and(|classes| {
        classes.tables().next().is_some() && classes.tables().all(|(_, class)| written(class))
    });
    if !written(view) && !by_class {
        lower.report.add(
            Problem::new(codes::MISSING_KEY, "a request needs `cpu_time` or `wait_time`")
                .at(view.place, "neither is given")
                .fix("cpu_time = \"40ms\""),
        );
    }
    let cpu_time = distribution::read(view, "cpu_time", lower);
    let wait_time = distribution::read(view, "wait_time", lower);
    let timeout = view.is_given("timeout").then(|| distribution::read(view, "timeout", lower));
    let mut request = RequestPlan::new(cpu_time?, wait_time?);
    if let Some(timeout) = timeout {
        request.timeout = Some(timeout?);
    }
    request.bytes = view.size("bytes");
    request.cancel_timed_out = view.flag("cancel_timed_out")?;
    let classes: Vec<Option<ClassPlan>> =
        classes?.tables().map(|(entry, view)| class(&entry.key, view, &request, lower)).collect();
    request.classes = classes.into_iter().collect::<Option<_>>()?;
    if view.is_given("retry") {
        request.retry = Some(retry(view.table("retry")?, lower)?);
    }
    Some(request)
}

/// A class; what it does not say is as for all requests.
fn class(name: &str, view: View<'_>, all: &RequestPlan, lower: &mut Lower<'_>) -> Option<ClassPlan> {
    let mut own = |key: &str| view.is_given(key).then(|| distribution::read(view, key, lower));
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

fn retry(view: View<'_>, lower: &mut Lower<'_>) -> Option<RetryPlan> {
    let (backoff, max_backoff) = (view.duration("backoff"), view.duration("max_backoff"));
    if let (Some(backoff), Some(max_backoff)) = (backoff, max_backoff)
        && max_backoff < backoff
    {
        lower.report.add(
            Problem::new(codes::TIME_ORDER, "`max_backoff` is shorter than `backoff`")
                .at(&view.place("max_backoff"), "the longest wait")
                .also(&view.place("backoff"), "the first wait")
                .expected("at least `backoff`"),
        );
    }
    Some(RetryPlan {
        max_attempts: view.count("max_attempts")?,
        backoff: backoff?,
        multiplier: view.number("multiplier")?,
        max_backoff: max_backoff?,
        jitter: match view.text("jitter")? {
            "none" => Jitter::None,
            "equal" => Jitter::Equal,
            "exponential" => Jitter::Exponential,
            _ => Jitter::Full,
        },
        budget: view.number("budget"),
        budget_burst: view.number("budget_burst")?,
    })
}
