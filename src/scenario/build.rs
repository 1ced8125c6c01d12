//! From the resolved tree to the kernel's plan, with every check that concerns more than one key. All of them run, so
//! that all problems are reported at once: a part that cannot be built is `None`, and the parts meet at the end.

use windtunnel_kernel::simulation::{Bounds, Fidelity, Plan, ServicePlan};
use windtunnel_kernel::units::{Bytes, SimDuration};

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::checks::{self, Check};
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::experiments::{self, SearchSpec, SweepSpec};
use crate::scenario::keys::forecast::{self, ForecastSpec};
use crate::scenario::keys::prices::{self, Prices};
use crate::scenario::keys::root::{FIDELITIES, FidelityChoice};
use crate::scenario::keys::service::{self, ServiceNotes};
use crate::scenario::keys::traffic::table::TrafficSource;
use crate::scenario::keys::{assumptions, faults, fluid_limits, limits, start_time, traffic};
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::{codes, quantity};
use crate::scenario::{lints, plausibility};

/// A scenario, built from its resolved tree.
pub(crate) struct BuiltScenario {
    pub(crate) plan: Plan,
    pub(crate) services: Vec<ServiceNotes>,
    pub(crate) checks: Vec<Check>,
    pub(crate) sweep: Option<SweepSpec>,
    pub(crate) search: Option<SearchSpec>,
    pub(crate) forecast: Option<ForecastSpec>,
    pub(crate) max_output: Bytes,
    pub(crate) price_book_date: String,
    pub(crate) not_priced: Vec<String>,
    /// The start that a trace gave.
    pub(crate) start: Option<String>,
}

impl Builder<'_> {
    /// Builds the plan; `None` only after an error was reported.
    pub(crate) fn scenario(&mut self, root: TableReader<'_>) -> Option<BuiltScenario> {
        let assumptions = root.table("assumptions").and_then(|view| assumptions::read(view, self));
        let prices = prices::prices(root, self);
        let checks = root.table("checks").map(|view| checks::read(view, self));
        let sweep = experiments::sweep(root, self);
        let search = experiments::search(root, self);
        let forecast = forecast::read(root, self);
        let services: Vec<_> = root.table("service").map(|view| view.tables().collect()).unwrap_or_default();
        let sources: Vec<Option<TrafficSource>> =
            services.iter().map(|(_, service)| traffic::table::source(root, *service, self)).collect();
        let (calendar, start) = start_time::calendar(root, &sources, self).unzip();
        let horizon = self.horizon(root, &sources);
        let warmup = self.warmup(root, horizon);

        let mut plans = Vec::new();
        let mut complete = faults::review(root, horizon, self);
        for ((entry, service), source) in services.iter().zip(&sources) {
            let context = ServiceContext {
                name: &entry.key,
                root,
                service: *service,
                horizon,
                calendar: calendar.as_ref(),
                assumptions: assumptions.as_ref(),
            };
            match self.service(&context, source.as_ref(), prices.as_ref()) {
                Some(plan) => plans.push(plan),
                None => complete = false,
            }
        }
        if complete {
            faults::review_waits(root, plans.iter().map(|(plan, _)| plan), self);
        }
        for problem in self.budget.problems() {
            self.report.add(problem);
        }
        let fidelity = self.fidelity(root, horizon, &plans);
        let (horizon, warmup, prices) = (horizon?, warmup?, prices?);
        let (calendar, assumptions) = (calendar?, assumptions?);
        if !complete || plans.is_empty() {
            return None;
        }
        let not_priced = prices.not_priced(plans.iter().map(|(plan, _)| plan), self.report, root);
        let (services, notes) = plans.into_iter().unzip();
        Some(BuiltScenario {
            plan: Plan {
                start_unix_ns: calendar.start_unix_ns,
                horizon,
                warmup,
                fidelity: fidelity?,
                launch_limits: assumptions.launch_limits,
                bounds: bounds(root)?,
                services,
            },
            services: notes,
            checks: checks?,
            sweep,
            search,
            forecast,
            price_book_date: prices.date(),
            not_priced,
            max_output: root.table("limits")?.size("max_output")?,
            start: start?,
        })
    }

    /// The plan of a service, after what is unlikely in it was warned of.
    fn service(
        &mut self,
        context: &ServiceContext<'_>,
        source: Option<&TrafficSource>,
        prices: Option<&Prices>,
    ) -> Option<(ServicePlan, ServiceNotes)> {
        let errors = self.report.errors();
        let (plan, notes) = service::plan(context, source, prices, self)?;
        let (view, horizon) = (context.service, context.horizon?);
        plausibility::lint(&plan, view, horizon, self.report);
        let second_0 = context.calendar?.start_unix_ns;
        // A policy that AWS refuses is not worth a warning.
        if self.report.errors() == errors {
            lints::check(&lints::Service { plan: &plan, view, horizon, second_0 }, self.report);
        }
        Some((plan, notes))
    }

    fn horizon(&mut self, root: TableReader<'_>, sources: &[Option<TrafficSource>]) -> Option<SimDuration> {
        if root.is_given("horizon") {
            return root.duration("horizon");
        }
        let longest = sources.iter().flatten().filter_map(TrafficSource::trace_length).max();
        let problem = match longest {
            Some(length) if length <= limits::LONGEST_RUN => return Some(SimDuration(length)),
            Some(_) => Problem::new(
                codes::NO_HORIZON,
                "the trace is longer than five years, so it needs a `horizon`",
            ),
            // A source that could not be read might have been the trace that gives the horizon.
            None if sources.is_empty() || sources.iter().any(Option::is_none) => return None,
            None => Problem::new(codes::NO_HORIZON, "`horizon` is missing, and there is no trace to give it"),
        };
        self.report.add(problem.at(root.place, "needed here").fix("horizon = \"24h\""));
        None
    }

    fn warmup(&mut self, root: TableReader<'_>, horizon: Option<SimDuration>) -> Option<SimDuration> {
        let warmup = root.duration("warmup")?;
        if let Some(horizon) = horizon
            && warmup >= horizon
        {
            self.report.add(
                Problem::new(
                    codes::TIME_ORDER,
                    format!("a warm-up of {} leaves nothing of the run", quantity::duration_text(warmup)),
                )
                .at(&root.place("warmup"), "not before the horizon")
                .also(&root.place("horizon"), format!("the horizon is {}", quantity::duration_text(horizon)))
                .expected("less than the horizon"),
            );
            return None;
        }
        Some(warmup)
    }

    /// The simulation of requests, as the scenario asks for it or as their number suggests.
    fn fidelity(
        &mut self,
        root: TableReader<'_>,
        horizon: Option<SimDuration>,
        plans: &[(ServicePlan, ServiceNotes)],
    ) -> Option<Fidelity> {
        let (horizon, limits) = (horizon?, root.table("limits")?);
        let expected: f64 = plans.iter().map(|(plan, _)| plan.traffic.expected_requests(horizon)).sum();
        let is_flow = plans.iter().all(|(plan, _)| plan.can_flow());
        let fidelity = match root.choice("fidelity", &FIDELITIES)? {
            FidelityChoice::Fluid => Fidelity::Fluid,
            FidelityChoice::Auto if is_flow && expected > limits.number("fluid_above")? => Fidelity::Fluid,
            FidelityChoice::Auto | FidelityChoice::Requests => Fidelity::Requests,
        };
        match fidelity {
            Fidelity::Fluid => fluid_limits::refuse(root, plans.iter().map(|(plan, _)| plan), self),
            Fidelity::Requests | Fidelity::Events => {
                let attempts = |plan: &ServicePlan| {
                    let most = plan.request.retry.as_ref().map_or(1, |retry| retry.max_attempts);
                    plan.traffic.expected_requests(horizon) * f64::from(most)
                };
                let attempts = plans.iter().map(|(plan, _)| attempts(plan)).sum();
                self.request_limit(root, limits, expected, attempts);
            }
        }
        Some(fidelity)
    }

    /// Refuses a run of more requests than the limit before it begins. That they are tried again counts in the run, where it is
    /// known how often they are; here it is said how many attempts there may be.
    fn request_limit(
        &mut self,
        root: TableReader<'_>,
        limits: TableReader<'_>,
        expected: f64,
        attempts: f64,
    ) -> Option<()> {
        let limit = limits.number("max_requests")?;
        if expected > limit {
            let services = root.table("service")?;
            self.report.add(
                Problem::new(
                    codes::TOO_MANY_REQUESTS,
                    format!(
                        "the traffic asks for about {} requests{}, and the limit is {}",
                        quantity::grouped(expected),
                        if attempts > expected {
                            format!(" (with retries up to {} attempts)", quantity::grouped(attempts))
                        } else {
                            String::new()
                        },
                        quantity::grouped(limit)
                    ),
                )
                .at(&services.tables().next()?.1.place("traffic"), "this traffic")
                .also(&limits.node("max_requests")?.place, "the limit")
                .help(
                    "if it is meant, raise `limits.max_requests`, or let them flow: `fidelity = \"fluid\"`",
                ),
            );
        }
        Some(())
    }
}

/// Bounds at which a run stops early.
fn bounds(root: TableReader<'_>) -> Option<Bounds> {
    let limit = |key: &str| u64::try_from(root.table("limits")?.integer(key)?).ok();
    Some(Bounds { retries: limit("max_requests")?, in_flight: limit("max_in_flight")? })
}
