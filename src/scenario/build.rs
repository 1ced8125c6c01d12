//! From the resolved tree to the kernel's plan, with every check that concerns more than one key. All of them run, so
//! that all problems are reported at once: a part that cannot be built is `None`, and the parts meet at the end.

use windtunnel_kernel::units::{Bytes, SimDuration};
use windtunnel_kernel::world::{Bounds, Fidelity, Plan, ServicePlan};

use crate::scenario::keys::builder::Lower;
use crate::scenario::keys::checks::{self, Check};
use crate::scenario::keys::context::Parts;
use crate::scenario::keys::experiments::{self, SearchSpec, SweepSpec};
use crate::scenario::keys::forecast::{self, ForecastSpec};
use crate::scenario::keys::prices::{self, Prices};
use crate::scenario::keys::service::{self, ServiceNotes};
use crate::scenario::keys::traffic::table::Source;
use crate::scenario::keys::{assumptions, faults, fluid_limits, limits, metrics, start_time, traffic};
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::table_reader::View;
use crate::scenario::language::{codes, quantity};
use crate::scenario::{lints, plausibility};

/// What a resolved tree says.
pub(crate) struct Lowered {
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

impl Lower<'_> {
    /// Builds the plan; `None` only after an error was reported.
    pub(crate) fn scenario(&mut self, root: View<'_>) -> Option<Lowered> {
        let assumptions = root.table("assumptions").and_then(|view| assumptions::read(view, self));
        let prices = prices::prices(root, self);
        let checks = root.table("checks").map(|view| checks::read(view, self));
        let sweep = experiments::sweep(root, self);
        let search = experiments::search(root, self);
        let forecast = forecast::read(root, self);
        let services: Vec<_> = root.table("service").map(|view| view.tables().collect()).unwrap_or_default();
        let sources: Vec<Option<Source>> =
            services.iter().map(|(_, service)| traffic::table::source(root, *service, self)).collect();
        let (calendar, start) = start_time::calendar(root, &sources, self).unzip();
        let horizon = self.horizon(root, &sources);
        let warmup = self.warmup(root, horizon);

        let mut plans = Vec::new();
        let mut complete = faults::review(root, horizon, self);
        for ((entry, service), source) in services.iter().zip(&sources) {
            let parts = Parts {
                name: &entry.key,
                root,
                service: *service,
                horizon,
                calendar: calendar.as_ref(),
                assumptions: assumptions.as_ref(),
            };
            match self.service(&parts, source.as_ref(), prices.as_ref()) {
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
        Some(Lowered {
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
        parts: &Parts<'_>,
        source: Option<&Source>,
        prices: Option<&Prices>,
    ) -> Option<(ServicePlan, ServiceNotes)> {
        let errors = self.report.errors();
        let (plan, notes) = service::plan(parts, source, prices, self)?;
        let (view, horizon) = (parts.service, parts.horizon?);
        plausibility::lint(&plan, view, horizon, self.report);
        let second_0 = parts.calendar?.start_unix_ns;
        // A policy that AWS refuses is not worth a warning.
        if self.report.errors() == errors {
            lints::check(&lints::Service { plan: &plan, view, horizon, second_0 }, self.report);
        }
        Some((plan, notes))
    }

    fn horizon(&mut self, root: View<'_>, sources: &[Option<Source>]) -> Option<SimDuration> {
        if root.is_given("horizon") {
            return root.duration("horizon");
        }
        let longest = sources.iter().flatten().filter_map(Source::trace_length).max();
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

    fn warmup(&mut self, root: View<'_>, horizon: Option<SimDuration>) -> Option<SimDuration> {
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

    /// How requests are simulated, as the scenario says or as their number suggests.
    fn fidelity(
        &mut self,
        root: View<'_>,
        horizon: Option<SimDuration>,
        plans: &[(ServicePlan, ServiceNotes)],
    ) -> Option<Fidelity> {
        let (horizon, limits) = (horizon?, root.table("limits")?);
        let expected: f64 = plans.iter().map(|(plan, _)| plan.traffic.expected_requests(horizon)).sum();
        let unflowing =
            plans.iter().find_map(|(plan, _)| fluid_limits::obstacle(plan).map(|key| (plan, key)));
        let fault = plans.iter().find_map(|(plan, _)| faults::not_a_flow(plan));
        let timed = plans.iter().position(|(plan, _)| metrics::reads_response_times(plan));
        let is_flow = unflowing.is_none() && fault.is_none() && timed.is_none();
        let fidelity = match root.text("fidelity")? {
            "fluid" => Fidelity::Fluid,
            "auto" if is_flow && expected > limits.number("fluid_above")? => Fidelity::Fluid,
            _ => Fidelity::Requests,
        };
        if let (Fidelity::Fluid, Some(kind)) = (fidelity, fault) {
            faults::refuse_flow(root, kind, self);
        }
        match (fidelity, unflowing) {
            (Fidelity::Fluid, unflowing) => {
                if let Some((plan, obstacle)) = unflowing {
                    let problem = fluid_limits::refusal(root, &plan.name, &obstacle);
                    self.report.add(problem);
                }
                if let Some(index) = timed {
                    self.no_times_in_a_flow(root, &plans[index].0.name);
                }
            }
            (Fidelity::Requests | Fidelity::Events, _) => {
                let attempts = |plan: &ServicePlan| {
                    let most = plan.request.retry.as_ref().map_or(1, |retry| retry.max_attempts);
                    plan.traffic.expected_requests(horizon) * f64::from(most)
                };
                let attempts = plans.iter().map(|(plan, _)| attempts(plan)).sum();
                self.request_limit(root, limits, (expected, attempts));
            }
        }
        Some(fidelity)
    }

    fn no_times_in_a_flow(&mut self, root: View<'_>, service: &str) {
        let table = root.table("service").and_then(|services| services.table(service));
        let Some(scaling) = table.and_then(|service| service.table("scaling")) else { return };
        self.report.add(
            Problem::new(codes::NOT_A_FLOW, "a policy reads response times, which a flow does not have")
                .at(scaling.place, "by TargetResponseTime or a custom metric")
                .also(&root.place("fidelity"), "asked for here")
                .help("`fidelity = \"requests\"` simulates each request with a response time of its own"),
        );
    }

    /// Refuses a run of more requests than the limit before it begins. That they are tried again counts in the run, where it is
    /// known how often they are; here it is said how many attempts there may be.
    fn request_limit(
        &mut self,
        root: View<'_>,
        limits: View<'_>,
        (expected, attempts): (f64, f64),
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

/// What stops a run early.
fn bounds(root: View<'_>) -> Option<Bounds> {
    let limit = |key: &str| u64::try_from(root.table("limits")?.integer(key)?).ok();
    Some(Bounds { retries: limit("max_requests")?, in_flight: limit("max_in_flight")? })
}
