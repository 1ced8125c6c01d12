//! The simulation of the months of a forecast, and what its runs come to.

use std::sync::atomic::AtomicBool;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::inputs::{Draw, Input, draw};
use super::limit::{Largest, within_limit};
use super::months::{Month, Pattern, months};
use super::savings::{Commitment, CommitmentTerm, Hour, TaskRate, best, task_rate};
use super::spread::RunSpread;
use crate::experiment::fidelity::{FluidError, fluid_error};
use crate::experiment::figures::largest_p99;
use crate::experiment::interruption::was_interrupted;
use crate::experiment::pool;
use crate::experiment::scale_in::{self, Ends};
use crate::experiment::varied_scenario::VariedScenario;
use crate::kernel::billing::PriceLevel;
use crate::kernel::simulation::{Fidelity, Plan, RunError, ServicePlan};
use crate::kernel::traffic::TrafficPlan;
use crate::kernel::units::SimDuration;
use crate::record::{self, Limits, RunRecord};
use crate::scenario::{ForecastSpec, Scenario, Unpriced, savings_plan_prices};

/// A month in one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MonthRun {
    /// Bill of the month \[USD\].
    pub cost: f64,
    /// Requests offered.
    pub requests: f64,
    /// Requests served.
    pub served: f64,
    /// Running tasks, mean, of all services.
    pub tasks: f64,
    /// The largest of the services' own p99 response times \[ms\]; `None` where nothing was served.
    pub p99: Option<f64>,
    /// served ÷ decided, of all services; `None` where nothing was decided.
    pub availability: Option<f64>,
    /// Whether a service ran as many tasks as it may.
    pub at_maximum: bool,
    /// Compute on demand and at each plan's rates, an entry an hour, for each of [`CommitmentTerm::ALL`] whose rates are known.
    pub hours: Vec<Vec<Hour>>,
    /// Bill of the month at both ends of the range of `tt_scale_in_mode` \[USD\].
    pub ends: Ends<f64>,
    /// Whether a target-tracking policy scaled in.
    pub scaled_in: bool,
}

/// One month of a forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthForecast {
    /// The month.
    pub month: Month,
    /// Bill of the month over the runs \[USD\].
    pub cost: RunSpread,
    /// All bills up to and with this month \[USD\].
    pub cumulative: RunSpread,
    /// Requests offered.
    pub requests: RunSpread,
    /// Cost of a million served requests \[USD\]; `None` where some run served none.
    pub per_million: Option<RunSpread>,
    /// Running tasks, mean.
    pub tasks: RunSpread,
    /// The largest of the services' own p99 response times \[ms\].
    pub p99: Option<RunSpread>,
    /// served ÷ decided.
    pub availability: Option<RunSpread>,
    /// The share of runs in which a service ran as many tasks as it may, in this month or one before, in [0, 1].
    pub at_maximum_by_now: f64,
}

/// Choice of the plane that simulates the months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForecastFidelity {
    /// As flows where that is within [`COST_BOUND`] of single requests, or as single requests where they are few.
    Auto,
    /// One by one.
    Requests,
    /// As flows.
    Fluid,
}

/// Requests of all runs together up to which [`ForecastFidelity::Auto`] simulates each: half a minute on one core.
const FEW_REQUESTS: f64 = 1e9;

/// Requests of a month at most: what the sums of a run hold with a wide margin, on any machine in any time.
const MOST_REQUESTS: f64 = 1e15;

/// The error of the bill up to which [`ForecastFidelity::Auto`] lets requests flow, on the busiest day of the first month.
pub const COST_BOUND: f64 = 0.02;

/// Runs whose hours a commitment is sized on: a few hundred thousand hours tell its best to a percent, and more would
/// take memory only.
const SIZED_ON: usize = 200;

/// A forecast.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Forecasts of the months, in order.
    pub months: Vec<MonthForecast>,
    /// Runs.
    pub runs: u64,
    /// The best commitment of each kind of plan whose rates are known.
    pub commitments: Vec<Commitment>,
    /// The kinds of plan whose rates are known.
    pub known_terms: Vec<CommitmentTerm>,
    /// The inputs that differ between runs, besides chance within a run.
    pub varied: Vec<Input>,
    /// Billable items without a price, which the bills leave out.
    pub unpriced: Unpriced,
    /// Whether requests flowed: then response times are approximate.
    pub is_approximate: bool,
    /// The error of flows against single requests, on the busiest day of the first month, where it was measured.
    pub fluid_error: Option<FluidError>,
    /// Remarks on how the forecast was made, as sentences.
    pub remarks: Vec<String>,
    /// The mean of the bills of all months together at both ends of the range of `tt_scale_in_mode` \[USD\]; `None` where no
    /// target-tracking policy scaled in.
    pub scale_in: Option<Ends<f64>>,
    /// Whether the forecast was interrupted; what was finished by then counts.
    pub interrupted: bool,
}

/// Reason why there is no forecast.
#[derive(Debug)]
pub enum ForecastError {
    /// The scenario does not hold for the forecast's months; its diagnostics say why.
    Scenario(Box<crate::scenario::Loaded>),
    /// Something about the forecast itself, in words.
    Words(String),
    /// A run was stopped.
    Run(RunError),
}

/// Progress of a forecast.
#[derive(Clone, Copy, Debug)]
pub enum ForecastProgress {
    /// Before the first run: requests of all runs together that are simulated one by one.
    OneByOne(f64),
    /// So many months of runs are simulated.
    Done(u64),
}

/// Expectation to forecast by, and the plane to simulate it in.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// Months, growth, and how sure they are.
    pub spec: &'a ForecastSpec,
    /// Choice of the plane that simulates the months.
    pub fidelity: ForecastFidelity,
}

/// Forecasts `base`, which is `scenario`. `progress` hears how it gets on.
///
/// # Errors
/// See [`ForecastError`].
pub fn forecast(
    base: &VariedScenario<'_>,
    scenario: &Scenario,
    expected: Expectation<'_>,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(ForecastProgress),
) -> Result<Forecast, ForecastError> {
    let Expectation { spec, fidelity } = expected;
    let mut prepared = Prepared::new(base, scenario, spec)?;
    let (expected, largest) = prepared.expected_requests(spec).map_err(ForecastError::Words)?;
    let limits = Limits { requests: None, interrupted };
    prepared.choose(fidelity, expected, limits).map_err(ForecastError::Run)?;
    if prepared.plans.iter().any(|plan| plan.fidelity != Fidelity::Fluid) {
        within_limit(largest, scenario.max_requests).map_err(ForecastError::Words)?;
        progress(ForecastProgress::OneByOne(expected));
    }
    let count = prepared.plans.len() as u64;
    let mut runs: Vec<Vec<MonthRun>> = Vec::new();
    let mut row = Vec::new();
    let job = |number: u64| prepared.simulate(spec, number / count, number % count, limits);
    let stopped = pool::until_error(0..u64::from(spec.runs) * count, job, |number, month: MonthRun| {
        let mut month = month;
        if runs.len() >= SIZED_ON {
            month.hours.iter_mut().for_each(|hours| *hours = Vec::new());
        }
        row.push(month);
        if row.len() as u64 == count {
            runs.push(std::mem::take(&mut row));
        }
        progress(ForecastProgress::Done(number + 1));
    });
    let interrupted = was_interrupted(stopped, !runs.is_empty()).map_err(ForecastError::Run)?;
    Ok(prepared.summary(&runs, interrupted))
}

/// Everything that the runs share.
struct Prepared {
    seed: u64,
    months: Vec<Month>,
    plans: Vec<Plan>,
    /// Rates of each service's task, for each kind of plan whose rates are known for all services.
    rates: Vec<(CommitmentTerm, Vec<TaskRate>)>,
    remarks: Vec<String>,
    varied: Vec<Input>,
    unpriced: Unpriced,
    fluid_error: Option<FluidError>,
}

impl Prepared {
    fn new(
        base: &VariedScenario<'_>,
        scenario: &Scenario,
        spec: &ForecastSpec,
    ) -> Result<Self, ForecastError> {
        let words = |text: &str| ForecastError::Words(text.to_owned());
        let zone = TimeZone::get(&scenario.timezone).unwrap_or(TimeZone::UTC);
        let first = first_day(scenario, spec, &zone)
            .ok_or_else(|| words("the first month is beyond the calendar"))?;
        let months =
            months(first, spec.months, &zone).ok_or_else(|| words("a month is beyond the calendar"))?;
        let mut remarks = Vec::new();
        let whole = calendar_run(base, scenario, &months)?;
        let mut patterns = Vec::new();
        for (plan, notes) in scenario.plan.services.iter().zip(&scenario.services) {
            if notes.trace.is_none() {
                patterns.push(None);
                continue;
            }
            let length = scenario.plan.horizon.0;
            let pattern = Pattern::of(&plan.traffic, scenario.plan.start_unix_ns, length, &zone);
            let Some(pattern) = pattern else {
                let text = format!(
                    "the trace of `{}` does not cover one whole local day (it begins at `start`, {}); a month cannot be made of it",
                    plan.name, scenario.timezone
                );
                return Err(ForecastError::Words(text));
            };
            if pattern.days() < 7 {
                let days = match pattern.days() {
                    1 => "one whole day".to_owned(),
                    days => format!("{days} whole days"),
                };
                remarks
                    .push(format!("the trace of {} has {days}: weekdays and weekends look alike", plan.name));
            }
            patterns.push(Some(pattern));
        }
        let mut plans = Vec::new();
        let mut begin = 0;
        for month in &months {
            plans.push(month_plan(&whole, &patterns, month, begin));
            begin += month.length;
        }
        let rates = CommitmentTerm::ALL.into_iter().filter_map(|term| Some((term, rates(scenario, term)?)));
        let rates: Vec<_> = rates.collect();
        let unknown =
            CommitmentTerm::ALL.into_iter().filter(|term| rates.iter().all(|(known, _)| known != term));
        let unknown: Vec<&str> = unknown.map(CommitmentTerm::name).collect();
        if !unknown.is_empty() {
            remarks.push(format!(
                "no Savings Plan rates ({}) are known for {}: no such commitment is sized",
                unknown.join("; "),
                scenario.region
            ));
        }
        let (seed, varied, unpriced) = (scenario.seed, Input::varied(spec), scenario.unpriced());
        Ok(Self { seed, months, plans, rates, remarks, varied, unpriced, fluid_error: None })
    }

    /// The factor on the traffic of a month in a run that grows like `draw`.
    #[expect(clippy::cast_precision_loss, reason = "a number of months")]
    fn level(&self, spec: &ForecastSpec, draw: &Draw, month: usize) -> f64 {
        let season = spec.seasonality[usize::from(self.months[month].month.unsigned_abs().clamp(1, 12)) - 1];
        libm::pow(1.0 + draw.growth, month as f64) * season
    }

    /// Requests of all months of all runs together, grown as each run draws it, and of the largest month of a run.
    ///
    /// # Errors
    /// The first month in which a run has more than can be counted, in words.
    fn expected_requests(&self, spec: &ForecastSpec) -> Result<(f64, Largest), String> {
        let of = |plan: &Plan| -> f64 {
            plan.services.iter().map(|s| s.traffic.expected_requests(plan.horizon)).sum()
        };
        let first: Vec<f64> = self.plans.iter().map(of).collect();
        let draws: Vec<Draw> = (0..u64::from(spec.runs)).map(|run| draw(spec, self.seed, run)).collect();
        let (mut sum, mut largest) = (0.0, Largest::default());
        for (month, requests) in first.iter().enumerate() {
            for draw in &draws {
                let grown = requests * self.level(spec, draw, month);
                if grown.is_nan() || grown > MOST_REQUESTS {
                    return Err(format!(
                        "in {} there would be {grown:.2e} requests, grown by {:.1} % a month; a month holds {MOST_REQUESTS:.0e} \
                         at most: forecast fewer months, or less growth",
                        self.months[month].name(),
                        draw.growth * 100.0
                    ));
                }
                sum += grown;
                if grown > largest.requests {
                    largest = Largest { requests: grown, month: self.months[month].name() };
                }
            }
        }
        Ok((sum, largest))
    }

    /// Chooses how requests are simulated, where all runs together have as many as `expected`, and says why.
    fn choose(
        &mut self,
        choice: ForecastFidelity,
        expected: f64,
        limits: Limits<'_>,
    ) -> Result<(), RunError> {
        let services = || self.plans.iter().flat_map(|plan| &plan.services);
        let can_flow = services().all(ServicePlan::can_flow);
        let varies_only = services().flat_map(ServicePlan::flow_blockers).all(|row| row.key == "timeout");
        let fidelity = match choice {
            ForecastFidelity::Requests => Fidelity::Requests,
            ForecastFidelity::Auto if expected <= FEW_REQUESTS => Fidelity::Requests,
            _ if !can_flow => {
                let why = if varies_only {
                    "clients' patience varies"
                } else {
                    "flows cannot follow all that the plan asks for"
                };
                self.remarks
                    .push(format!("{why}, so every request is simulated by itself, which takes its time"));
                Fidelity::Requests
            }
            ForecastFidelity::Auto | ForecastFidelity::Fluid => {
                let first = self.plans.first();
                let error = first.map(|plan| fluid_error(plan, self.seed, limits)).transpose()?;
                self.fluid_error = error;
                let is_good = error.and_then(|error| error.cost).is_some_and(|cost| cost.abs() <= COST_BOUND);
                self.remarks.push(words_of(error.as_ref(), is_good || choice == ForecastFidelity::Fluid));
                if is_good || choice == ForecastFidelity::Fluid {
                    Fidelity::Fluid
                } else {
                    Fidelity::Requests
                }
            }
        };
        for plan in &mut self.plans {
            plan.fidelity = fidelity;
        }
        Ok(())
    }

    /// One month of one run.
    fn simulate(
        &self,
        spec: &ForecastSpec,
        run: u64,
        month: u64,
        limits: Limits<'_>,
    ) -> Result<MonthRun, RunError> {
        let draw = draw(spec, self.seed, run);
        let index = usize::try_from(month).unwrap_or(0);
        let mut plan = self.plans[index].clone();
        let level = self.level(spec, &draw, index);
        for service in &mut plan.services {
            if let TrafficPlan::Poisson(curve) | TrafficPlan::EvenlySpaced(curve) = &mut service.traffic {
                *curve = curve.scaled(level);
            }
            for time in [&mut service.request.cpu_time, &mut service.request.wait_time] {
                if let Some(scaled) = time.scaled(draw.service_time) {
                    *time = scaled;
                }
            }
        }
        let record = record::totals(&plan, (self.seed, run), limits)?;
        let ends = scale_in::of_job(&plan, (self.seed, run), &record, limits)?;
        let ends = ends.map(|bill| draw.price.of(bill.as_f64()));
        Ok(MonthRun {
            ends,
            scaled_in: scale_in::happened(&record),
            ..self.month_run(&plan, &record, draw.price)
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and times as statistics")]
    fn month_run(&self, plan: &Plan, record: &RunRecord, price: PriceLevel) -> MonthRun {
        let services = &record.services;
        let sum = |of: &dyn Fn(&crate::record::ServiceRecord) -> f64| services.iter().map(of).sum::<f64>();
        let decided = sum(&|s| s.requests.decided() as f64);
        let hours = self.rates.iter().map(|(_, rates)| {
            let length = services.iter().map(|service| service.hourly_billed.len()).max().unwrap_or(0);
            let hour = |index: usize| {
                services.iter().zip(rates).fold((0.0, 0.0), |(on_demand, committed), (service, rate)| {
                    let tasks =
                        service.hourly_billed.get(index).map_or(0.0, |billed| *billed as f64 / 3.6e12);
                    (
                        on_demand + price.of_tasks(tasks, rate.on_demand),
                        committed + price.of_tasks(tasks, rate.plan),
                    )
                })
            };
            (0..length).map(hour).collect()
        });
        MonthRun {
            cost: price.of(sum(&|s| s.invoice.total().as_f64())),
            requests: sum(&|s| s.requests.offered.saturating_add(s.warmup_requests) as f64),
            served: sum(&|s| s.all_served() as f64),
            tasks: sum(&|s| s.tasks.running_mean),
            p99: largest_p99(record),
            availability: (decided > 0.0).then(|| sum(&|s| s.requests.served as f64) / decided),
            at_maximum: services.iter().zip(&plan.services).any(|(record, plan)| {
                plan.scaling.max_capacity > plan.scaling.min_capacity
                    && record.tasks.running_max >= plan.scaling.max_capacity
            }),
            hours: hours.collect(),
            ends: Ends::default(),
            scaled_in: false,
        }
    }

    fn summary(&self, runs: &[Vec<MonthRun>], interrupted: bool) -> Forecast {
        let mut months = Vec::new();
        let mut so_far = vec![0.0; runs.len()];
        let mut reached = vec![false; runs.len()];
        for (index, month) in self.months.iter().enumerate() {
            let of = |value: &dyn Fn(&MonthRun) -> f64| -> Vec<f64> {
                runs.iter().map(|run| value(&run[index])).collect()
            };
            let some = |value: &dyn Fn(&MonthRun) -> Option<f64>| -> Option<RunSpread> {
                let values: Option<Vec<f64>> = runs.iter().map(|run| value(&run[index])).collect();
                RunSpread::of(&values?)
            };
            let costs = of(&|month| month.cost);
            so_far.iter_mut().zip(&costs).for_each(|(sum, cost)| *sum += cost);
            for (reached, run) in reached.iter_mut().zip(runs) {
                *reached |= run[index].at_maximum;
            }
            #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
            let share = reached.iter().filter(|reached| **reached).count() as f64 / runs.len() as f64;
            let spreads = (
                RunSpread::of(&costs),
                RunSpread::of(&so_far),
                RunSpread::of(&of(&|m| m.requests)),
                RunSpread::of(&of(&|m| m.tasks)),
            );
            let (Some(cost), Some(cumulative), Some(requests), Some(tasks)) = spreads else { continue };
            months.push(MonthForecast {
                month: *month,
                cost,
                cumulative,
                requests,
                per_million: some(&|m| (m.served > 0.0).then(|| m.cost / m.served * 1e6)),
                tasks,
                p99: some(&|month| month.p99),
                availability: some(&|month| month.availability),
                at_maximum_by_now: share,
            });
        }
        let commitments = self.rates.iter().enumerate().filter_map(|(index, (term, _))| {
            let hours: Vec<Vec<Hour>> = runs
                .iter()
                .take(SIZED_ON)
                .map(|run| run.iter().flat_map(|month| month.hours[index].clone()).collect())
                .collect();
            best(*term, &hours)
        });
        Forecast {
            months,
            runs: runs.len() as u64,
            commitments: commitments.collect(),
            known_terms: self.rates.iter().map(|(term, _)| *term).collect(),
            varied: self.varied.clone(),
            unpriced: self.unpriced.clone(),
            is_approximate: self.plans.iter().any(|plan| plan.fidelity == Fidelity::Fluid),
            fluid_error: self.fluid_error,
            remarks: self.remarks.clone(),
            scale_in: ends_of(runs),
            interrupted,
        }
    }
}

/// The mean of the runs' bills of all months at both ends; `None` where no target-tracking policy scaled in.
fn ends_of(runs: &[Vec<MonthRun>]) -> Option<Ends<f64>> {
    runs.iter().flatten().any(|month| month.scaled_in).then_some(())?;
    let mean = |of: fn(&MonthRun) -> f64| {
        let totals: Vec<f64> = runs.iter().map(|run| run.iter().map(of).sum()).collect();
        RunSpread::of(&totals).map(|spread| spread.mean)
    };
    Some(Ends {
        gradual: mean(|month| month.ends.gradual)?,
        proportional: mean(|month| month.ends.proportional)?,
    })
}

/// The error of flows, in words.
fn words_of(error: Option<&FluidError>, is_used: bool) -> String {
    let percent = |error: Option<f64>| {
        error.map_or_else(|| "no data".to_owned(), |error| format!("{:+.1} %", error * 100.0))
    };
    let (cost, p99) = (percent(error.and_then(|e| e.cost)), percent(error.and_then(|e| e.p99)));
    let measured = format!("on the busiest day of the first month the bill is {cost} off and p99 {p99}");
    if is_used {
        format!("requests flow, response times are approximate: {measured}")
    } else {
        format!("flows are too far off ({measured}), so every request is simulated")
    }
}

/// The first day of the first month: as declared, or the first local month that begins when the scenario's run is over or
/// later. The run is what is known, so that the month after it is the first to be forecast; the wall clock has no say.
fn first_day(scenario: &Scenario, spec: &ForecastSpec, zone: &TimeZone) -> Option<Date> {
    match spec.from {
        Some((year, month)) => Date::new(year, month, 1).ok(),
        None => {
            let end = i128::from(scenario.plan.start_unix_ns) + i128::from(scenario.plan.horizon.0);
            let end = Timestamp::from_nanosecond(end).ok()?.to_zoned(zone.clone());
            let first = end.date().first_of_month();
            let midnight = zone.to_zoned(first.at(0, 0, 0, 0)).ok()?;
            if midnight.timestamp() == end.timestamp() {
                Some(first)
            } else {
                first.last_of_month().tomorrow().ok()
            }
        }
    }
}

/// The scenario over all months at once, from the first midnight: its shapes follow the calendar.
fn calendar_run(
    base: &VariedScenario<'_>,
    scenario: &Scenario,
    months: &[Month],
) -> Result<Plan, ForecastError> {
    let (Some(first), length) = (months.first(), months.iter().map(|month| month.length).sum::<u64>()) else {
        return Err(ForecastError::Words("a forecast needs at least one month".to_owned()));
    };
    let start = Timestamp::from_nanosecond(i128::from(first.start_unix_ns))
        .map(|at| Zoned::new(at, TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default();
    let overrides = [
        format!("start=\"{start}\""),
        format!("horizon={}s", length / 1_000_000_000),
        "warmup=0s".to_owned(),
        // The limit guards a run; here it is a month that is run, not all of them: each is held against the limit on its own.
        "limits.max_requests=1000000000000000".to_owned(),
    ];
    let loaded = base.load(&overrides);
    match loaded.scenario {
        Some(whole) if whole.plan.services.len() == scenario.plan.services.len() => Ok(whole.plan),
        _ => Err(ForecastError::Scenario(Box::new(loaded))),
    }
}

/// The plan of one month: the traffic of its own days, from its first midnight.
fn month_plan(whole: &Plan, patterns: &[Option<Pattern>], month: &Month, begin: u64) -> Plan {
    let mut plan = whole.clone();
    plan.start_unix_ns = month.start_unix_ns;
    plan.horizon = SimDuration(month.length);
    plan.warmup = SimDuration::ZERO;
    for (service, pattern) in plan.services.iter_mut().zip(patterns) {
        let evenly = matches!(service.traffic, TrafficPlan::EvenlySpaced(_));
        let curve = match (pattern, &service.traffic) {
            (Some(pattern), _) => pattern.over(month),
            (None, TrafficPlan::Poisson(curve) | TrafficPlan::EvenlySpaced(curve)) => {
                curve.slice(begin, begin + month.length)
            }
            // Counts come from traces only, and those have a pattern.
            (None, TrafficPlan::ExactCounts(_)) => continue,
        };
        service.traffic = if evenly { TrafficPlan::EvenlySpaced(curve) } else { TrafficPlan::Poisson(curve) };
    }
    plan
}

/// The rates of every service's task; `None` where a plan's are not known for one of them.
fn rates(scenario: &Scenario, term: CommitmentTerm) -> Option<Vec<TaskRate>> {
    let services = scenario.plan.services.iter().zip(&scenario.services);
    let rate = |service: &ServicePlan, architecture: &str| {
        task_rate(service, &savings_plan_prices(&scenario.region, architecture, term.word()))
    };
    services.map(|(service, notes)| rate(service, &notes.architecture)).collect()
}
