//! Checks: what must hold of a run, and whether it did. A value that is printed never contradicts its verdict: it gets
//! as many digits as it takes. It leaves out confidence: one run is one sample.

use super::replications::CONFIDENCE;
use super::{CheckOutcome, CheckStatus, Estimate, Figure, Sample};
use crate::kernel::units::Usd;
use crate::record::{RequestCounts, RunRecord, ServiceRecord};
use crate::scenario::{Check, Comparator, Quantity, Scenario};

/// The share of requests that were served, of those whose fate is known [share in 0..=1]: served ÷ (offered − in
/// flight). `None` when there was none.
#[must_use]
pub fn availability(requests: &RequestCounts) -> Option<f64> {
    let decided = requests.offered.saturating_sub(requests.in_flight);
    (decided > 0).then(|| requests.served as f64 / decided as f64)
}

/// What a million offered requests cost \[USD\]. The bill never leaves out the warm-up, so its requests count here too.
/// `None` when nothing was offered.
#[must_use]
pub fn per_million_requests<'a>(services: impl IntoIterator<Item = &'a ServiceRecord>) -> Option<Usd> {
    let (mut cost, mut offered) = (Usd::ZERO, 0_u64);
    for service in services {
        cost += service.invoice.exact_total();
        offered = offered.saturating_add(service.requests.offered).saturating_add(service.warmup_requests);
    }
    (offered > 0).then(|| Usd::from_ratio(cost.0.saturating_mul(1_000_000), i128::from(offered)))
}

/// The verdict of every check, in the order of the scenario.
///
/// With several services a check holds when it holds for each of them, and the value that decided is given with its
/// service; cost checks are for the sum. A service that was offered requests but has nothing to judge leaves a check
/// without a verdict, unless another service fails it.
#[must_use]
pub fn evaluate(scenario: &Scenario, record: &RunRecord) -> Vec<CheckOutcome> {
    scenario.checks.iter().map(|check| marked(check, scenario, judge(check, scenario, record))).collect()
}

/// The outcome, its value marked where it is an approximate time: `≈612ms`.
fn marked(check: &Check, scenario: &Scenario, mut outcome: CheckOutcome) -> CheckOutcome {
    if scenario.is_approximate() && check.quantity.is_time() && outcome.status != CheckStatus::NoData {
        outcome.value.insert(0, '≈');
    }
    outcome
}

/// The verdict of every check over many runs: it holds where the whole interval of its figure does, fails where none of
/// it does, and is inconclusive between. With several services the verdict of the worst decides.
#[must_use]
pub fn evaluate_sample(scenario: &Scenario, sample: &Sample) -> Vec<CheckOutcome> {
    evaluate_sample_at(scenario, sample, CONFIDENCE)
}

/// The same, with intervals of this confidence in (0, 1).
#[must_use]
pub fn evaluate_sample_at(scenario: &Scenario, sample: &Sample, confidence: f64) -> Vec<CheckOutcome> {
    let judged = |check| marked(check, scenario, judge_sample(check, scenario, sample, confidence));
    scenario.checks.iter().map(judged).collect()
}

/// The verdict on one estimate.
#[must_use]
pub fn verdict(check: &Check, estimate: &Estimate) -> CheckStatus {
    let (low, high) = ends(check, estimate);
    match (holds(check, low), holds(check, high)) {
        (true, true) => CheckStatus::Pass,
        (false, false) => CheckStatus::Fail,
        _ => CheckStatus::Inconclusive,
    }
}

/// The ends of an interval, as far as its figure can reach: none that is checked is below zero, and no share is above one.
fn ends(check: &Check, estimate: &Estimate) -> (f64, f64) {
    let most = match check.quantity {
        Quantity::Availability | Quantity::CpuMean => 1.0,
        _ => f64::INFINITY,
    };
    // Never beyond the value itself, whatever rounding did to it.
    let (least, most) = (estimate.value.min(0.0), estimate.value.max(most));
    (estimate.low().max(least), estimate.high().min(most))
}

fn judge_sample(check: &Check, scenario: &Scenario, sample: &Sample, confidence: f64) -> CheckOutcome {
    let plan = &scenario.plan;
    let figures = Figure::of_check(check.quantity, plan);
    let rank = |status| match status {
        CheckStatus::Pass => 0,
        CheckStatus::NoData => 1,
        CheckStatus::Inconclusive => 2,
        CheckStatus::Fail => 3,
    };
    let mut worst: Option<(CheckStatus, String)> = None;
    for figure in &figures {
        let service = figure.service.and_then(|index| plan.services.get(index));
        let (status, mut value) = match sample.pseudo(figure) {
            Some(pseudo) => {
                let estimate = pseudo.estimate(confidence);
                (verdict(check, &estimate), shown_estimate(check, &estimate))
            }
            None => {
                let offered = Figure { service: figure.service, measure: super::Measure::Offered };
                let idle = sample.values(&offered).iter().all(|count| count.is_none_or(|count| count <= 0.0));
                // A service without a single request has nothing to fail by.
                if idle && figures.len() > 1 {
                    continue;
                }
                (CheckStatus::NoData, "no data".to_owned())
            }
        };
        if let (Some(service), true) = (service, figures.len() > 1) {
            value = format!("{value} ({})", service.name);
        }
        if worst.as_ref().is_none_or(|(so_far, _)| rank(status) > rank(*so_far)) {
            worst = Some((status, value));
        }
    }
    let (status, value) = worst.unwrap_or((CheckStatus::NoData, "no data".to_owned()));
    CheckOutcome { check: check.text.clone(), value, status }
}

/// The value with its interval: `612ms (603ms to 621ms)`.
fn shown_estimate(check: &Check, estimate: &Estimate) -> String {
    let value = shown(check, estimate.value);
    let (low, high) = ends(check, estimate);
    let (low, high) = (shown(check, low), shown(check, high));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

fn judge(check: &Check, scenario: &Scenario, record: &RunRecord) -> CheckOutcome {
    let outcome = |value, status| CheckOutcome { check: check.text.clone(), value, status };
    let passed = |holds| if holds { CheckStatus::Pass } else { CheckStatus::Fail };
    if let Some(cost) = cost_of(check.quantity, scenario, record) {
        return match cost {
            Some(value) => outcome(shown(check, value), passed(holds(check, value))),
            None => outcome("no data".to_owned(), CheckStatus::NoData),
        };
    }
    let mut worst: Option<(f64, &ServiceRecord)> = None;
    let mut unjudged = false;
    for service in &record.services {
        match value_of(check.quantity, service) {
            Some(value) => {
                let is_worse = worst.is_none_or(|(so_far, _)| match check.comparator {
                    Comparator::Less | Comparator::LessOrEqual => value > so_far,
                    Comparator::Greater | Comparator::GreaterOrEqual => value < so_far,
                });
                if is_worse {
                    worst = Some((value, service));
                }
            }
            None => unjudged |= service.requests.offered > 0,
        }
    }
    match worst {
        Some((value, service)) if !unjudged || !holds(check, value) => {
            let mut text = shown(check, value);
            if record.services.len() > 1 {
                text = format!("{text} ({})", service.name);
            }
            outcome(text, passed(holds(check, value)))
        }
        _ => outcome("no data".to_owned(), CheckStatus::NoData),
    }
}

/// The value of a quantity that is a cost of all services together \[USD\]; the outer `None` where it is not a cost.
fn cost_of(quantity: Quantity, scenario: &Scenario, record: &RunRecord) -> Option<Option<f64>> {
    let services = &record.services;
    match quantity {
        Quantity::CostTotal => Some(Some(services.iter().map(|s| s.invoice.total()).sum::<Usd>().as_f64())),
        Quantity::CostPerMonth => {
            let horizon = scenario.plan.horizon;
            Some(Some(services.iter().map(|s| s.invoice.per_month(horizon)).sum::<Usd>().as_f64()))
        }
        Quantity::CostPerMillionRequests => Some(per_million_requests(services).map(Usd::as_f64)),
        _ => None,
    }
}

/// The value of a quantity of one service, in the quantity's unit.
fn value_of(quantity: Quantity, service: &ServiceRecord) -> Option<f64> {
    match quantity {
        Quantity::ResponseTimeQuantile(q) => service.response_time.quantile_ms(q),
        Quantity::ResponseTimeMean => service.response_time.mean_ms(),
        Quantity::ResponseTimeMax => service.response_time.max_ms(),
        Quantity::WaitingTimeQuantile(q) => service.waiting_time.quantile_ms(q),
        Quantity::WaitingTimeMean => service.waiting_time.mean_ms(),
        Quantity::Availability => availability(&service.requests),
        Quantity::RunningMax => Some(f64::from(service.tasks.running_max)),
        Quantity::CpuMean => service.cpu_utilization,
        Quantity::CostTotal | Quantity::CostPerMonth | Quantity::CostPerMillionRequests => None,
    }
    .filter(|value| value.is_finite())
}

/// Whether a value keeps to the limit.
#[must_use]
pub fn holds(check: &Check, value: f64) -> bool {
    compare(check.comparator, value, check.limit)
}

fn compare(comparator: Comparator, value: f64, limit: f64) -> bool {
    match comparator {
        Comparator::Less => value < limit,
        Comparator::LessOrEqual => value <= limit,
        Comparator::Greater => value > limit,
        Comparator::GreaterOrEqual => value >= limit,
    }
}

/// The value with its unit, in the fewest digits (from a sensible number of them on) whose comparison with the limit
/// comes out as the value's own does.
fn shown(check: &Check, value: f64) -> String {
    let (scale, unit, least) = match check.quantity {
        Quantity::ResponseTimeQuantile(_)
        | Quantity::ResponseTimeMean
        | Quantity::ResponseTimeMax
        | Quantity::WaitingTimeQuantile(_)
        | Quantity::WaitingTimeMean => (1.0, "ms", if value >= 100.0 { 0 } else { 2 }),
        Quantity::Availability => (100.0, "%", 2),
        Quantity::CpuMean => (100.0, "%", 1),
        Quantity::CostTotal | Quantity::CostPerMonth | Quantity::CostPerMillionRequests => (1.0, " USD", 2),
        Quantity::RunningMax => (1.0, " tasks", 0),
    };
    let verdict = holds(check, value);
    let is_money = unit == " USD";
    for decimals in least..12 {
        let text = format!("{:.decimals$}", value * scale);
        let printed = text.parse::<f64>().unwrap_or(f64::NAN);
        if compare(check.comparator, printed, check.limit * scale) == verdict {
            let is_padded = text.contains('.') && !is_money;
            let digits = if is_padded { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            return format!("{digits}{unit}");
        }
    }
    format!("{}{unit}", value * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(quantity: Quantity, comparator: Comparator, limit: f64) -> Check {
        Check { text: String::new(), quantity, comparator, limit }
    }

    #[test]
    fn a_printed_value_never_contradicts_its_verdict() {
        let p99 = check(Quantity::ResponseTimeQuantile(0.99), Comparator::Less, 800.0);
        assert_eq!(shown(&p99, 612.3), "612ms");
        assert_eq!(shown(&p99, 799.96), "799.96ms");
        assert_eq!(shown(&p99, 800.0), "800ms");
        assert_eq!(shown(&p99, 0.5), "0.5ms");
        let availability = check(Quantity::Availability, Comparator::GreaterOrEqual, 0.999);
        assert_eq!(shown(&availability, 0.998_999_9), "99.89999%");
        assert_eq!(shown(&availability, 0.9995), "99.95%");
        let cost = check(Quantity::CostPerMonth, Comparator::Less, 2000.0);
        assert_eq!(shown(&cost, 1234.5), "1234.50 USD");
    }

    #[test]
    fn an_interval_ends_where_its_figure_does() {
        let p99 = check(Quantity::ResponseTimeQuantile(0.99), Comparator::Less, 1000.0);
        let wide = Estimate { value: 825.0, half_width: Some(1835.0), runs: 2 };
        assert_eq!(shown_estimate(&p99, &wide), "825ms (0ms to 2660ms)");
        assert_eq!(verdict(&p99, &wide), CheckStatus::Inconclusive);
        let share = check(Quantity::Availability, Comparator::LessOrEqual, 1.0);
        let estimate = Estimate { value: 0.999, half_width: Some(0.01), runs: 3 };
        assert_eq!(shown_estimate(&share, &estimate), "99.9% (98.9% to 100%)");
        assert_eq!(verdict(&share, &estimate), CheckStatus::Pass);
    }

    #[test]
    fn availability_leaves_out_what_is_still_in_flight() {
        let counts =
            RequestCounts { offered: 10, served: 8, rejected: 1, in_flight: 1, ..RequestCounts::default() };
        assert_eq!(availability(&counts), Some(8.0 / 9.0));
        assert_eq!(
            availability(&RequestCounts { offered: 2, in_flight: 2, ..RequestCounts::default() }),
            None
        );
    }
}
