//! The plain-language summary of a run in three sentences: how high the peak was, how long capacity took to catch up with it, and
//! what became of the requests.

use super::numbers::{figure, grouped, percent, span};
use crate::experiment::checks::{NO_CAPACITY, sound_task_proviso};
use crate::kernel::simulation::ServicePlan;
use crate::kernel::units::SimDuration;
use crate::record::shortfall::{Ending, offered_per_s, peak, shortfalls};
use crate::record::{RequestCounts, ServiceRecord};
use crate::results::RunCalendar;
use crate::scenario::Scenario;

/// Three sentences about one service, in the time of day of the scenario's zone.
///
/// "Short of capacity" is a stretch of minutes in which more arrived than the tasks in service can carry (see
/// [`ServicePlan::capacity_per_task`]); of several stretches the longest is told, and how many there were.
#[must_use]
pub fn sentences(service: &ServiceRecord, scenario: &Scenario) -> Vec<String> {
    let calendar = RunCalendar::new(scenario);
    let plan = scenario.plan.services.iter().find(|plan| plan.name == service.name);
    vec![
        peak_sentence(service, &calendar),
        plan.map_or_else(
            || "capacity is not known".to_owned(),
            |plan| capacity_sentence(service, plan, &calendar),
        ),
        fate_sentence(&service.requests, service.warmup_requests),
    ]
}

/// Share of requests in flight at the horizon from which a mean of the others is said to leave them out.
const MANY_UNFINISHED: f64 = 0.01;

/// The sentence on what a mean of response times leaves out: requests in flight at the horizon, which tend to be the
/// long ones. `None` where they are few.
///
/// By Little's law the integral of what is in flight is the time that all who were let in have spent in the service by the
/// horizon, so that over their number it is a lower bound of their mean. It is one only where no client gives up, whose work goes on, and
/// none tries again, who is not in flight between.
#[must_use]
pub fn unfinished_sentence(service: &ServiceRecord) -> Option<String> {
    let requests = &service.requests;
    let finished = requests.served + requests.rejected + requests.timed_out + requests.failed;
    let share = requests.in_flight as f64 / (finished + requests.in_flight).max(1) as f64;
    let mean = service.response_time.mean_ms().filter(|_| share > MANY_UNFINISHED)?;
    let text = format!(
        "response times leave out those in flight at the end, {} of the requests",
        percent(requests.in_flight, finished + requests.in_flight)
    );
    let entered = service.warmup_requests + requests.offered.saturating_sub(requests.rejected);
    if requests.timed_out > 0 || service.attempts.is_some() || entered == 0 {
        return Some(text);
    }
    let seconds: f64 = service.timeline.iter().map(|row| row.in_flight * row.length.as_secs_f64()).sum();
    let spent = seconds / entered as f64;
    let length = |seconds: f64| span(SimDuration::from_secs_f64(seconds));
    Some(if spent > mean / 1e3 {
        format!("{text}: with them the mean is not {} but {} or more", length(mean / 1e3), length(spent))
    } else {
        text
    })
}

fn peak_sentence(service: &ServiceRecord, calendar: &RunCalendar) -> String {
    match peak(&service.timeline) {
        Some(minute) => {
            format!("peak {}/s at {}", figure(offered_per_s(minute)), calendar.clock(minute.start))
        }
        None => "no request arrived".to_owned(),
    }
}

fn capacity_sentence(service: &ServiceRecord, plan: &ServicePlan, calendar: &RunCalendar) -> String {
    let Some(capacity) = plan.capacity_per_task() else {
        return NO_CAPACITY.to_owned();
    };
    let found = shortfalls(&service.timeline, &service.in_service, capacity);
    // The first of equally long ones, so that the sentence does not depend on the order of a sort.
    let longest = found.iter().rev().max_by_key(|shortfall| shortfall.length());
    let proviso = sound_task_proviso(plan).map_or(String::new(), |proviso| format!(", {proviso}"));
    let Some(longest) = longest else { return format!("capacity was never short{proviso}") };
    let (start, length) = (calendar.clock(longest.start), span(longest.length()));
    let mut text = match longest.ending {
        Ending::CapacityCame => format!("capacity fell short at {start} and caught up {length} later"),
        Ending::LoadFell => {
            format!("capacity fell short at {start} and stayed so for {length}, until the load fell")
        }
        Ending::RunEnded => format!("capacity fell short at {start} and never caught up"),
    };
    text.push_str(&proviso);
    if found.len() > 1 {
        text.push_str(&format!(" (the longest of {} shortfalls)", grouped(found.len() as u64)));
    }
    text
}

fn fate_sentence(requests: &RequestCounts, warmup_requests: u64) -> String {
    if requests.offered == 0 {
        return if warmup_requests > 0 {
            "no request arrived after the warm-up".to_owned()
        } else {
            "there was nothing to serve".to_owned()
        };
    }
    let fates = [
        (requests.rejected, "refused"),
        (requests.timed_out, "timed out"),
        (requests.failed, "lost with their task"),
    ];
    let lost: Vec<String> = fates
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, fate)| format!("{} {fate}", percent(*count, requests.offered)))
        .collect();
    let mut text = match lost.as_slice() {
        [] if requests.overdue > 0 => {
            format!(
                "{} of requests had not been answered in time by the end",
                percent(requests.overdue, requests.offered)
            )
        }
        [] if requests.served == 0 => "no request had been served by the end".to_owned(),
        [] if requests.in_flight > 0 => "every request that ended was served".to_owned(),
        [] => "every request was served".to_owned(),
        // One fate reads as a sentence, several as a list of shares.
        [_] if requests.rejected > 0 => {
            format!("{} of requests were refused", percent(requests.rejected, requests.offered))
        }
        [_] if requests.timed_out > 0 => {
            format!("{} of requests timed out", percent(requests.timed_out, requests.offered))
        }
        [_] => {
            format!("{} of requests were lost with their task", percent(requests.failed, requests.offered))
        }
        several => format!("of all requests {}", several.join(", ")),
    };
    if requests.in_flight > 0 {
        text.push_str(&format!("; {} had not finished at the end", grouped(requests.in_flight)));
    }
    if requests.overdue > 0 {
        text.push_str(&format!(
            ", {} of them overdue: availability counts those as not served",
            grouped(requests.overdue)
        ));
    }
    text
}
