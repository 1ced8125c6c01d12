//! The figures of a run, one list for every experiment: what replications average, variants differ in, sweeps write in
//! columns and searches minimize. The table of [`Measure`] says what each is; here is how its value is read from a record, or
//! from the `summary.json` of a finished run.

use super::minutes::{longest_shortfall, minutes_over};
use crate::kernel::simulation::Plan;
use crate::kernel::units::Usd;
use crate::record::{RunRecord, ServiceRecord};
use crate::results::{Rounded, Summary};
pub use crate::scenario::{Aggregation, Measure};

/// One figure of a run: of one service, or of all together (costs only).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Index of the service in the plan; `None`: all together.
    pub service: Option<usize>,
    /// Measure of the figure.
    pub measure: Measure,
}

/// A run's share of a figure: numerator and denominator. A plain value has the denominator 1.
pub type Share = (f64, f64);

impl Figure {
    /// Every figure of a plan: those of the bill as a whole, then those of each service.
    #[must_use]
    pub fn all(plan: &Plan) -> Vec<Self> {
        let whole = Measure::OF_BILL.into_iter().map(|measure| Self { service: None, measure });
        let mut figures: Vec<Self> = whole.collect();
        for service in 0..plan.services.len() {
            figures.extend(Measure::OF_SERVICE.map(|measure| Self { service: Some(service), measure }));
        }
        figures
    }

    /// The name of the figure as a column of a sheet: `cost_per_month_usd`, `web.response_time_p99_ms`.
    #[must_use]
    pub fn name(&self, plan: &Plan) -> String {
        let service = self.service.and_then(|index| plan.services.get(index));
        match service {
            Some(service) => format!("{}.{}", service.name, self.measure.name()),
            None => self.measure.name(),
        }
    }

    /// The figures that a check limits: one a service, or one for all where it is a cost.
    #[must_use]
    pub fn of_check(limited: Measure, plan: &Plan) -> Vec<Self> {
        let measure = limited.in_one_run();
        if measure.is_cost() {
            return vec![Self { service: None, measure }];
        }
        (0..plan.services.len()).map(|index| Self { service: Some(index), measure }).collect()
    }

    /// The figures that some checks need beyond those of every run: they are read off minutes, which cost memory and
    /// time, so they are made where a check asks for them only.
    #[must_use]
    pub fn beyond(limited: &[Measure], plan: &Plan) -> Vec<Self> {
        let mut figures: Vec<Self> = Vec::new();
        for measure in limited.iter().filter(|measure| measure.needs_minutes()) {
            for figure in Self::of_check(*measure, plan) {
                if !figures.contains(&figure) {
                    figures.push(figure);
                    figures.extend(figure.measure.shortfall_mark().map(|measure| Self { measure, ..figure }));
                }
            }
        }
        figures
    }

    /// The share of one run in the figure; `None` where the run has nothing to say (no request was served, no task
    /// ran).
    #[must_use]
    pub fn share(&self, record: &RunRecord, plan: &Plan) -> Option<Share> {
        match self.service {
            Some(index) => of_services(self.measure, std::slice::from_ref(record.services.get(index)?), plan),
            None => of_services(self.measure, &record.services, plan),
        }
    }

    /// The value of the figure in one run.
    #[must_use]
    pub fn value(&self, record: &RunRecord, plan: &Plan) -> Option<f64> {
        let (numerator, denominator) = self.share(record, plan)?;
        let value = numerator / denominator;
        value.is_finite().then_some(value)
    }
}

fn usd(services: &[ServiceRecord], amount: impl Fn(&ServiceRecord) -> Usd) -> f64 {
    services.iter().map(amount).sum::<Usd>().as_f64()
}

/// The bills of some services before their rounding, and the requests that they served, the warm-up's included: the bill never
/// leaves it out.
fn cost_and_served<'a>(services: impl IntoIterator<Item = &'a ServiceRecord>) -> (Usd, u64) {
    services.into_iter().fold((Usd::ZERO, 0), |(cost, served), service| {
        (cost + service.invoice.exact_total(), served.saturating_add(service.all_served()))
    })
}

/// Cost of a million served requests \[USD\]: refusing work makes none of the rest cheaper. `None` when nothing was served.
#[must_use]
pub fn per_million_served<'a>(services: impl IntoIterator<Item = &'a ServiceRecord>) -> Option<Usd> {
    let (cost, served) = cost_and_served(services);
    (served > 0).then(|| Usd::from_ratio(cost.0.saturating_mul(1_000_000), i128::from(served)))
}

/// The largest of some values; `None` without any.
#[must_use]
pub(super) fn largest(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    values.into_iter().reduce(f64::max)
}

/// The largest of the services' own 99th percentiles of response times \[ms\]; `None` where nothing was served.
#[must_use]
pub fn largest_p99(record: &RunRecord) -> Option<f64> {
    largest(record.services.iter().filter_map(|service| service.response_time.quantile_ms(0.99)))
}

#[expect(clippy::cast_precision_loss, reason = "counts and times as statistics")]
fn of_services(measure: Measure, services: &[ServiceRecord], plan: &Plan) -> Option<Share> {
    let plain = |value: f64| Some((value, 1.0));
    match measure {
        Measure::Cost => return plain(usd(services, |s| s.invoice.total())),
        Measure::CostPerMonth => return plain(usd(services, |s| s.invoice.per_month(plan.horizon))),
        Measure::CostPerMillion => {
            let (cost, served) = cost_and_served(services);
            return (served > 0).then(|| (cost.as_f64(), served as f64 / 1e6));
        }
        _ => {}
    }
    let [service] = services else { return None };
    let (requests, tasks) = (&service.requests, &service.tasks);
    match measure {
        Measure::Offered => plain(requests.offered as f64),
        Measure::Served => plain(requests.served as f64),
        Measure::Rejected => plain(requests.rejected as f64),
        Measure::TimedOut => plain(requests.timed_out as f64),
        Measure::Failed => plain(requests.failed as f64),
        Measure::Availability => {
            let decided = requests.decided();
            (decided > 0).then_some((requests.served as f64, decided as f64))
        }
        Measure::ResponseMean => mean(&service.response_time),
        Measure::ResponseQuantile(q) => plain(service.response_time.quantile_ms(q)?),
        Measure::ResponseMax => plain(service.response_time.max_ms()?),
        Measure::WaitingMean => mean(&service.waiting_time),
        Measure::WaitingQuantile(q) => plain(service.waiting_time.quantile_ms(q)?),
        Measure::WaitingMax => plain(service.waiting_time.max_ms()?),
        Measure::RunningMean => plain(tasks.running_mean),
        Measure::RunningMax => plain(f64::from(tasks.running_max)),
        Measure::Started => plain(tasks.started as f64),
        Measure::TaskHours => plain(tasks.running_time as f64 / 3.6e12),
        Measure::CpuMean => plain(service.cpu_utilization?),
        Measure::MemoryMean => plain(service.memory_utilization?),
        Measure::ScaleOut => plain(service.scaling.scale_out as f64),
        Measure::ScaleIn => plain(service.scaling.scale_in as f64),
        Measure::TimeToCapacity => plain(longest_shortfall(service, plan)?.seconds),
        Measure::ShortAtTheEnd => plain(f64::from(u8::from(longest_shortfall(service, plan)?.is_open))),
        Measure::MinutesOver(limit) => plain(minutes_over(&service.timeline, plan.warmup, &limit)?),
        Measure::Cost
        | Measure::CostPerMonth
        | Measure::CostPerMillion
        | Measure::CostChange
        | Measure::CostChangeShare => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums as statistics")]
fn mean(times: &crate::record::LatencySummary) -> Option<Share> {
    (times.count() > 0).then(|| (times.sum as f64 / 1e6, times.count() as f64))
}

/// A figure of a run as its `summary.json` has it, of a service or of the whole bill; `None` where it has none.
#[must_use]
pub(super) fn in_summary(measure: Measure, service: Option<&str>, summary: &Summary) -> Option<f64> {
    let Some(service) = service else {
        return match measure {
            Measure::Cost => Some(summary.cost.total_usd.get()),
            Measure::CostPerMonth => Some(summary.cost.per_month_usd.get()),
            Measure::CostPerMillion => per_million_in(summary),
            _ => None,
        };
    };
    let of = summary.services.get(service)?;
    match measure {
        Measure::ResponseQuantile(q) => of.response_time_ms.quantile(q),
        Measure::ResponseMean => of.response_time_ms.mean.map(Rounded::get),
        Measure::ResponseMax => of.response_time_ms.max.map(Rounded::get),
        Measure::WaitingQuantile(q) => of.waiting_time_ms.quantile(q),
        Measure::WaitingMean => of.waiting_time_ms.mean.map(Rounded::get),
        Measure::WaitingMax => of.waiting_time_ms.max.map(Rounded::get),
        Measure::Availability => of.requests.counts().availability(),
        Measure::RunningMax => Some(of.tasks.running_max.into()),
        Measure::CpuMean => of.utilization.cpu_mean.map(Rounded::get),
        _ => None,
    }
}

/// Cost of a million served requests, of all services together \[USD\].
#[expect(clippy::cast_precision_loss, reason = "counts as statistics")]
fn per_million_in(summary: &Summary) -> Option<f64> {
    let (mut cost, mut served) = (0.0, 0.0);
    for (_, service) in &summary.services.0 {
        cost += service.cost.lines.iter().map(|line| line.exact_usd.get()).sum::<f64>();
        // Files of before there was this key tell it where there was no warm-up.
        let warm = service.warmup_served.or((service.warmup_requests == 0).then_some(0))?;
        served += service.requests.served as f64 + warm as f64;
    }
    (served > 0.0).then_some(cost / served * 1e6)
}

#[cfg(test)]
mod tests {
    use crate::record::RequestCounts;

    #[test]
    fn availability_leaves_out_what_is_still_in_flight() {
        let counts =
            RequestCounts { offered: 10, served: 8, rejected: 1, in_flight: 1, ..RequestCounts::default() };
        assert_eq!(counts.availability(), Some(8.0 / 9.0));
        let counts =
            RequestCounts { offered: 10, served: 8, in_flight: 2, overdue: 1, ..RequestCounts::default() };
        assert_eq!((counts.decided(), counts.availability()), (9, Some(8.0 / 9.0)));
        assert_eq!(
            RequestCounts { offered: 2, in_flight: 2, ..RequestCounts::default() }.availability(),
            None
        );
    }
}
