//! Error of flows for a plan: its busiest day in both planes, one beside the other. A command that shows figures of
//! flows can measure it before, and report it.
//!
//! What is compared is one run of each plane. Both share start-up times and alarm phases, but the arrivals of single
//! requests are random, so a part of the difference is chance; the more requests, the less.

use crate::kernel::simulation::{Fidelity, Plan, RunError};
use crate::kernel::traffic::RateCursor;
use crate::kernel::units::{NANOS_PER_HOUR, NANOS_PER_MINUTE, SimDuration};
use crate::record::{Detail, Limits, RunRecord, record_within, totals};

/// Longest stretch that is compared \[ns\].
const DAY: u64 = 24 * NANOS_PER_HOUR;
/// Most requests that are simulated one by one for a comparison: seconds on one core. A busier day is cut short around its
/// peak.
pub const COMPARED_REQUESTS: f64 = 1e8;

/// The figures of flows against those of single requests, over the same stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FluidError {
    /// Beginning of the compared stretch [ns since second 0 of the plan].
    pub from: u64,
    /// Length of the compared stretch \[ns\].
    pub length: u64,
    /// Cost of the flows ÷ cost of the requests, less one; likewise the others. `None` without a value to compare.
    pub cost: Option<f64>,
    /// Task-hours of all services.
    pub task_hours: Option<f64>,
    /// 95th percentile of response times, of the service where it is worst.
    pub p95: Option<f64>,
    /// 99th percentile of response times, of the service where it is worst.
    pub p99: Option<f64>,
    /// Availability of the flows less that of the requests [share in 0..=1], of the service where it is worst.
    pub availability: Option<f64>,
}

/// Runs the day of `plan` that its busiest hour lies in (or all of it, where it is shorter) in both planes with the streams of `seed`, and
/// compares. Its tasks are, at the beginning, as many as flows through the whole plan would have at that time. Each run ends
/// within `limits`.
///
/// # Errors
/// When a run was stopped; see [`RunError`].
pub fn fluid_error(plan: &Plan, seed: u64, limits: Limits<'_>) -> Result<FluidError, RunError> {
    let (from, length) = busiest(plan);
    let mut part = plan.clone();
    if (from, length) != (0, plan.horizon.0) {
        let flows = Plan { fidelity: Fidelity::Fluid, ..plan.clone() };
        let before = record_within(&flows, (seed, 0), Detail::Minutes, limits)?;
        cut(&mut part, &before, from, length);
    }
    part.fidelity = Fidelity::Requests;
    let requests = totals(&part, (seed, 0), limits)?;
    part.fidelity = Fidelity::Fluid;
    let flows = totals(&part, (seed, 0), limits)?;
    Ok(FluidError { from, length, ..compared(&flows, &requests) })
}

/// The errors of one record of flows against one of requests.
#[must_use]
pub fn compared(flows: &RunRecord, requests: &RunRecord) -> FluidError {
    let relative = |flows: f64, requests: f64| {
        let error = flows / requests - 1.0;
        error.is_finite().then_some(error)
    };
    let cost = |run: &RunRecord| run.services.iter().map(|s| s.invoice.exact_total().as_f64()).sum::<f64>();
    let hours = |run: &RunRecord| run.services.iter().map(|s| s.tasks.running_time as f64).sum::<f64>();
    let pairs = || flows.services.iter().zip(&requests.services);
    let worst = |errors: &mut dyn Iterator<Item = f64>| {
        errors.reduce(|worst, error| if error.abs() > worst.abs() { error } else { worst })
    };
    let quantile = |q: f64| {
        worst(&mut pairs().filter_map(|(flow, request)| {
            relative(flow.response_time.quantile_ms(q)?, request.response_time.quantile_ms(q)?)
        }))
    };
    FluidError {
        from: 0,
        length: 0,
        cost: relative(cost(flows), cost(requests)),
        task_hours: relative(hours(flows), hours(requests)),
        p95: quantile(0.95),
        p99: quantile(0.99),
        availability: worst(&mut pairs().filter_map(|(flow, request)| {
            Some(flow.requests.availability()? - request.requests.availability()?)
        })),
    }
}

/// The day of a plan that its busiest hour lies in, in whole days from its beginning, cut short around that hour where it
/// has too many requests: `(from, length)` \[ns\].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a day")]
fn busiest(plan: &Plan) -> (u64, u64) {
    let horizon = plan.horizon.0;
    let hours = hourly(plan);
    let busiest = (0..hours.len()).fold(0, |best, hour| if hours[hour] > hours[best] { hour } else { best });
    let day = DAY.min(horizon);
    // The last day begins early enough to be whole.
    let from = (busiest as u64 / 24 * DAY).min(horizon - day) / NANOS_PER_MINUTE * NANOS_PER_MINUTE;
    let first = (from / NANOS_PER_HOUR) as usize;
    let count: f64 = hours.iter().skip(first).take(24).sum();
    if count <= COMPARED_REQUESTS {
        return (from, day);
    }
    let length = ((day as f64 * COMPARED_REQUESTS / count) as u64).max(NANOS_PER_MINUTE).min(day);
    let middle = busiest as u64 * NANOS_PER_HOUR + NANOS_PER_HOUR / 2;
    let begin = middle.saturating_sub(length / 2).clamp(from, from + day - length);
    (begin / NANOS_PER_MINUTE * NANOS_PER_MINUTE, length)
}

/// Expected requests of all services by the hour.
fn hourly(plan: &Plan) -> Vec<f64> {
    let horizon = plan.horizon.0;
    let mut hours = vec![0.0; usize::try_from(horizon.div_ceil(NANOS_PER_HOUR)).unwrap_or(0).max(1)];
    for service in &plan.services {
        let mut walk = RateCursor::new(&service.traffic);
        for (hour, sum) in (0..).zip(&mut hours) {
            let (mut at, end) = (hour * NANOS_PER_HOUR, ((hour + 1) * NANOS_PER_HOUR).min(horizon));
            while at < end {
                let stretch = walk.stretch(at);
                let next = stretch.end.min(end);
                let length = (next - at) as f64;
                *sum += (stretch.rate + stretch.slope * length / 2.0) * length / 1e9;
                at = next;
            }
        }
    }
    hours
}

/// Makes `plan` the stretch of itself from `from` on, which `before` has been through.
fn cut(plan: &mut Plan, before: &RunRecord, from: u64, length: u64) {
    plan.start_unix_ns += i64::try_from(from).unwrap_or(i64::MAX);
    plan.horizon = SimDuration(length);
    plan.warmup = SimDuration(plan.warmup.0.saturating_sub(from).min(length));
    for (service, record) in plan.services.iter_mut().zip(&before.services) {
        let row = record.timeline.iter().find(|row| row.start.0 >= from);
        service.desired_count = row.map_or(service.desired_count, |row| row.desired);
        service.traffic = service.traffic.window(from, length);
    }
}
