//! The figures of a run, one list for every experiment: what replications average, variants differ in, sweeps write in
//! columns and searches minimize. Each knows its law: a mean of runs, a ratio of sums, or a quantile of all requests.

use super::minutes::{longest_shortfall, minutes_over};
use crate::kernel::units::Usd;
use crate::kernel::world::Plan;
use crate::record::{RunRecord, ServiceRecord};
use crate::scenario::{MinuteLimit, Quantity};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Requests that arrived after the warm-up.
    Offered,
    /// Requests that were answered.
    Served,
    /// Requests that were refused.
    Rejected,
    /// Requests whose client gave up.
    TimedOut,
    /// Requests that were lost with their task.
    Failed,
    /// served ÷ (offered − in flight + overdue) [share in 0..=1].
    Availability,
    /// Mean response time \[ms\].
    ResponseMean,
    /// Quantile of response times \[ms\].
    ResponseQuantile(f64),
    /// Largest response time \[ms\].
    ResponseMax,
    /// Mean waiting time \[ms\].
    WaitingMean,
    /// Quantile of waiting times \[ms\].
    WaitingQuantile(f64),
    /// Largest waiting time \[ms\].
    WaitingMax,
    /// Time average of running tasks.
    RunningMean,
    /// Largest number of running tasks.
    RunningMax,
    /// Tasks that were started.
    Started,
    /// Integral of the running count [task·h].
    TaskHours,
    /// Mean CPU utilization [share in 0..=1].
    CpuMean,
    /// Mean memory utilization [share in 0..=1].
    MemoryMean,
    /// Scale-outs.
    ScaleOut,
    /// Scale-ins.
    ScaleIn,
    /// The total that the bill of the run prints: the sum of its lines, each rounded once to a cent \[USD\]. A user holds a
    /// limit of `cost` against that bill, so one run and many, checks and columns all mean this and no other sum.
    Cost,
    /// Cost scaled to 730 hours \[USD\]: each line scaled, then rounded to a cent, as the bill of such a month has them.
    CostPerMonth,
    /// Cost of a million served requests \[USD\], from the lines before their rounding, which scaling would multiply.
    CostPerMillion,
    /// The longest stretch in which capacity was short \[s\]; of runs that were recorded by the minute only.
    TimeToCapacity,
    /// Whether that stretch was not over at the horizon, 0 or 1.
    ShortAtTheEnd,
    /// Minutes in which a figure of the minute was over a limit; of runs that were recorded by the minute only.
    MinutesOver(MinuteLimit),
}

/// How a figure of many runs is made from them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// The mean of the runs' values.
    Mean,
    /// The sum of numerators over the sum of denominators.
    Ratio,
    /// The quantile of all requests of all runs.
    Quantile(f64),
}

/// One figure of a run: of one service, or of all together (costs only).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Index of the service in the plan; `None`: all together.
    pub service: Option<usize>,
    /// What is measured.
    pub measure: Measure,
}

/// A run's share of a figure: numerator and denominator. A plain value has the denominator 1.
pub type Share = (f64, f64);

impl Measure {
    /// Whether it is made of response or waiting times.
    #[must_use]
    pub fn is_time(self) -> bool {
        match self {
            Self::ResponseMean
            | Self::ResponseQuantile(_)
            | Self::ResponseMax
            | Self::WaitingMean
            | Self::WaitingQuantile(_)
            | Self::WaitingMax => true,
            Self::MinutesOver(limit) => limit.figure.is_time(),
            _ => false,
        }
    }

    /// Whether it is a cost, of which checks judge the sum of all services.
    #[must_use]
    pub const fn is_cost(self) -> bool {
        matches!(self, Self::Cost | Self::CostPerMonth | Self::CostPerMillion)
    }

    /// What a check limits; for a change of cost, what changes.
    #[must_use]
    pub fn of_check(quantity: Quantity) -> Self {
        match quantity {
            Quantity::ResponseTimeQuantile(q) => Self::ResponseQuantile(q),
            Quantity::ResponseTimeMean => Self::ResponseMean,
            Quantity::ResponseTimeMax => Self::ResponseMax,
            Quantity::WaitingTimeQuantile(q) if q >= 1.0 => Self::WaitingMax,
            Quantity::WaitingTimeQuantile(q) => Self::WaitingQuantile(q),
            Quantity::WaitingTimeMean => Self::WaitingMean,
            Quantity::Availability => Self::Availability,
            Quantity::CostTotal => Self::Cost,
            Quantity::CostPerMonth | Quantity::CostChange | Quantity::CostChangeShare => Self::CostPerMonth,
            Quantity::CostPerMillionRequests => Self::CostPerMillion,
            Quantity::RunningMax => Self::RunningMax,
            Quantity::CpuMean => Self::CpuMean,
            Quantity::TimeToCapacity => Self::TimeToCapacity,
            Quantity::MinutesOver(limit) => Self::MinutesOver(limit),
        }
    }

    /// What is measured of each service, in the order of reports.
    pub const OF_SERVICE: [Self; 27] = [
        Self::Cost,
        Self::CostPerMonth,
        Self::CostPerMillion,
        Self::Availability,
        Self::ResponseMean,
        Self::ResponseQuantile(0.5),
        Self::ResponseQuantile(0.9),
        Self::ResponseQuantile(0.95),
        Self::ResponseQuantile(0.99),
        Self::ResponseQuantile(0.999),
        Self::ResponseMax,
        Self::WaitingMean,
        Self::WaitingQuantile(0.95),
        Self::WaitingQuantile(0.99),
        Self::WaitingMax,
        Self::Offered,
        Self::Served,
        Self::Rejected,
        Self::TimedOut,
        Self::Failed,
        Self::RunningMean,
        Self::RunningMax,
        Self::Started,
        Self::TaskHours,
        Self::CpuMean,
        Self::ScaleOut,
        Self::ScaleIn,
    ];

    /// Its name with its unit, as in the columns of a sheet: `response_time_p99_ms`.
    #[must_use]
    pub fn name(self) -> String {
        let quantile = |q: f64| match () {
            () if (q - 0.999).abs() < 1e-9 => "p99_9".to_owned(),
            () => format!("p{:.0}", q * 100.0),
        };
        match self {
            Self::Offered => "offered".to_owned(),
            Self::Served => "served".to_owned(),
            Self::Rejected => "rejected".to_owned(),
            Self::TimedOut => "timed_out".to_owned(),
            Self::Failed => "failed".to_owned(),
            Self::Availability => "availability".to_owned(),
            Self::ResponseMean => "response_time_mean_ms".to_owned(),
            Self::ResponseQuantile(q) => format!("response_time_{}_ms", quantile(q)),
            Self::ResponseMax => "response_time_max_ms".to_owned(),
            Self::WaitingMean => "waiting_time_mean_ms".to_owned(),
            Self::WaitingQuantile(q) => format!("waiting_time_{}_ms", quantile(q)),
            Self::WaitingMax => "waiting_time_max_ms".to_owned(),
            Self::RunningMean => "running_mean".to_owned(),
            Self::RunningMax => "running_max".to_owned(),
            Self::Started => "started".to_owned(),
            Self::TaskHours => "task_hours".to_owned(),
            Self::CpuMean => "cpu_mean".to_owned(),
            Self::MemoryMean => "memory_mean".to_owned(),
            Self::ScaleOut => "scale_out".to_owned(),
            Self::ScaleIn => "scale_in".to_owned(),
            Self::Cost => "cost_usd".to_owned(),
            Self::CostPerMonth => "cost_per_month_usd".to_owned(),
            Self::CostPerMillion => "cost_per_million_requests_usd".to_owned(),
            Self::TimeToCapacity => "time_to_capacity_s".to_owned(),
            Self::ShortAtTheEnd => "short_of_capacity_at_the_end".to_owned(),
            Self::MinutesOver(limit) => minutes_name(&limit),
        }
    }

    /// How it is made of many runs.
    #[must_use]
    pub const fn law(self) -> Law {
        match self {
            Self::Availability | Self::ResponseMean | Self::WaitingMean | Self::CostPerMillion => Law::Ratio,
            Self::ResponseQuantile(q) | Self::WaitingQuantile(q) => Law::Quantile(q),
            _ => Law::Mean,
        }
    }
}

/// `minutes_with_p99_response_time_over_500_ms`: the condition is part of the name, so that a column says what it counts.
fn minutes_name(limit: &MinuteLimit) -> String {
    let (figure, over) = (limit.figure.name(), if limit.or_equal { "at_least" } else { "over" });
    let unit = if limit.figure.is_time() { "_ms" } else { "" };
    format!("minutes_with_{figure}_{over}_{}{unit}", limit.limit)
}

impl Figure {
    /// Every figure of a plan: those of the bill as a whole, then those of each service.
    #[must_use]
    pub fn all(plan: &Plan) -> Vec<Self> {
        let whole = [Measure::Cost, Measure::CostPerMonth, Measure::CostPerMillion];
        let mut figures: Vec<Self> = whole.iter().map(|m| Self { service: None, measure: *m }).collect();
        for service in 0..plan.services.len() {
            figures.extend(Measure::OF_SERVICE.map(|measure| Self { service: Some(service), measure }));
        }
        figures
    }

    /// Its name as a column of a sheet: `cost_per_month_usd`, `web.response_time_p99_ms`.
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
    pub fn of_check(quantity: Quantity, plan: &Plan) -> Vec<Self> {
        let measure = Measure::of_check(quantity);
        if measure.is_cost() {
            return vec![Self { service: None, measure }];
        }
        (0..plan.services.len()).map(|index| Self { service: Some(index), measure }).collect()
    }

    /// The figures that some quantities need beyond those of every run: they are read off minutes, which cost memory and
    /// time, so they are made where a check asks for them only.
    #[must_use]
    pub fn beyond(quantities: &[Quantity], plan: &Plan) -> Vec<Self> {
        let mut figures: Vec<Self> = Vec::new();
        for quantity in quantities.iter().filter(|quantity| quantity.needs_minutes()) {
            for figure in Self::of_check(*quantity, plan) {
                if !figures.contains(&figure) {
                    figures.push(figure);
                    let is_capacity = figure.measure == Measure::TimeToCapacity;
                    figures.extend(is_capacity.then_some(Self { measure: Measure::ShortAtTheEnd, ..figure }));
                }
            }
        }
        figures
    }

    /// What one run says of it; `None` where the run has nothing to say (no request was served, no task ran).
    #[must_use]
    pub fn share(&self, record: &RunRecord, plan: &Plan) -> Option<Share> {
        match self.service {
            Some(index) => of_services(self.measure, std::slice::from_ref(record.services.get(index)?), plan),
            None => of_services(self.measure, &record.services, plan),
        }
    }

    /// Its value in one run.
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

#[expect(clippy::cast_precision_loss, reason = "counts and times as statistics")]
fn of_services(measure: Measure, services: &[ServiceRecord], plan: &Plan) -> Option<Share> {
    let plain = |value: f64| Some((value, 1.0));
    match measure {
        Measure::Cost => return plain(usd(services, |s| s.invoice.total())),
        Measure::CostPerMonth => return plain(usd(services, |s| s.invoice.per_month(plan.horizon))),
        Measure::CostPerMillion => {
            let served: u64 = services.iter().map(ServiceRecord::all_served).fold(0, u64::saturating_add);
            let millions = served as f64 / 1e6;
            return (served > 0).then(|| (usd(services, |s| s.invoice.exact_total()), millions));
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
        Measure::Cost | Measure::CostPerMonth | Measure::CostPerMillion => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums as statistics")]
fn mean(times: &crate::record::LatencySummary) -> Option<Share> {
    (times.count() > 0).then(|| (times.sum as f64 / 1e6, times.count() as f64))
}
