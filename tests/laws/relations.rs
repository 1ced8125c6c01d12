//! Relations between two runs: what a change of the plan must do to the results, exactly where nothing else is said. No truth is
//! needed for that, so every ingredient may be random.
//!
//! Each relation is tried on [`PLANS`] plans of the fast path and as many with extras, most of which take the event path; those
//! that are the language's on as many texts.
//!
//! What stands elsewhere:
//!
//! - [`super::sameness`]: the same plan twice and on several threads; a policy changes no arrival and no demand; services in
//!   any order and alone; an unused service beside; a longer queue with equal service times.
//! - [`super::monotone`]: a higher `max_capacity`; a longer cooldown; bills of several services add up; a slower dependency.
//! - [`super::events`]: both data planes of single requests agree.
//!
//! Two relations hold in part only:
//!
//! - **Another name of a service** is another key of its random streams, so its run is another sample. Where nothing is drawn
//!   the run is the same. Another name of a policy is another key of its alarms' phases only.
//! - **A longer queue** can refuse more where service times differ (see [`super::sameness`]). A queue that is never full equals
//!   none.

use proptest::prelude::*;
use windtunnel::experiment::replications::{Enough, replications};
use windtunnel::experiment::{RunSample, run, run_replication};
use windtunnel::kernel::billing::{BillableItem, Metering, Tariff};
use windtunnel::kernel::platform::{CheckService, FaultKind, FaultPlan, FirstHealthCheck, ScaleInVictim};
use windtunnel::kernel::random::{Distribution, Rng};
use windtunnel::kernel::scaling::aas::{PolicyKind, PolicyPlan};
use windtunnel::kernel::serving::Routing;
use windtunnel::kernel::simulation::{Plan, ServicePlan};
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{NANOS_PER_MINUTE, SimDuration, SimTime, Usd};
use windtunnel::record::{RunRecord, ServiceRecord, record};

use super::extras::with_extras;
use super::runner;
use super::sameness::{assert_same, assert_same_run};
use super::sketch::sketch;
use crate::example::{scenario, text};
use crate::witness::{Seen, witness};
use crate::workloads::{self, always, secs};

/// Plans a relation is tried on: so many without extras, and so many with them.
const PLANS: u32 = 60;
const DAY_NS: i64 = 86_400_000_000_000;

fn recorded(plan: &Plan) -> RunRecord {
    record(plan, 1, 0).expect("the plan feeds nothing back at one instant")
}

fn try_on<S: Strategy>(cases: u32, seed: u64, random: &S, relation: impl Fn(S::Value)) {
    let result = runner(cases, seed).run(random, |value| {
        relation(value);
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}

/// Tries `relation` on random plans, each with a source of more chance.
fn in_plans(seed: u64, relation: impl Fn(&Plan, &mut Rng)) {
    let more = || any::<u64>().prop_map(Rng::from_key);
    try_on(PLANS, seed, &(sketch(), more()), |(sketch, mut more)| relation(&sketch.plan(), &mut more));
    try_on(PLANS, seed, &(with_extras(), more()), |(crowded, mut more)| relation(&crowded.plan(), &mut more));
}

fn changed(plan: &Plan, change: impl Fn(&mut ServicePlan)) -> Plan {
    let mut plan = plan.clone();
    plan.services.iter_mut().for_each(change);
    plan
}

/// Without what prices decide.
fn free(record: &ServiceRecord) -> ServiceRecord {
    let mut record = record.clone();
    record.invoice.lines.clear();
    record.timeline.iter_mut().for_each(|row| row.cost_per_hour_usd = 0.0);
    record
}

/// Every figure but those that prices decide.
fn assert_same_but_bill(a: &RunRecord, b: &RunRecord) {
    assert_eq!((a.fingerprint, a.services.len()), (b.fingerprint, b.services.len()));
    a.services.iter().zip(&b.services).for_each(|(a, b)| assert_same(&free(a), &free(b)));
}

/// What requests and tasks did, as their clients and their owner see it, and the bill.
fn assert_same_service(a: &ServiceRecord, b: &ServiceRecord) {
    assert_eq!((a.requests, a.tasks, a.scaling), (b.requests, b.tasks, b.scaling));
    let times = |record: &ServiceRecord| (record.response_time.sum, record.response_time.max);
    assert_eq!((times(a), a.waiting_time.sum), (times(b), b.waiting_time.sum));
    assert_eq!((&a.timeline, &a.invoice), (&b.timeline, &b.invoice));
}

fn assert_same_services(a: &RunRecord, b: &RunRecord) {
    a.services.iter().zip(&b.services).for_each(|(a, b)| assert_same_service(a, b));
}

/// Applies `change` to every price.
fn reprice(tariff: &mut Tariff, mut change: impl FnMut(&mut Usd)) {
    for item in BillableItem::all() {
        if let Some(price) = &mut tariff.prices[item] {
            change(price);
        }
    }
}

#[test]
fn doubling_every_price_doubles_every_exact_amount_and_nothing_else() {
    in_plans(61, |plan, _| {
        let dear = changed(plan, |service| reprice(&mut service.tariff, |price| *price = Usd(2 * price.0)));
        let (once, twice) = (recorded(plan), recorded(&dear));
        assert_same_but_bill(&once, &twice);
        for (once, twice) in once.services.iter().zip(&twice.services) {
            assert_eq!(once.invoice.lines.len(), twice.invoice.lines.len());
            for (once, twice) in once.invoice.lines.iter().zip(&twice.invoice.lines) {
                let quantity = |line: &windtunnel::kernel::billing::InvoiceLine| {
                    (line.item, line.quantity_numerator, line.quantity_denominator)
                };
                assert_eq!((quantity(once), 2 * once.rate.0), (quantity(twice), twice.rate.0));
                // Each is rounded to a picodollar once.
                assert!((twice.exact.0 - 2 * once.exact.0).abs() <= 1, "{once:?} {twice:?}");
            }
            for (once, twice) in once.timeline.iter().zip(&twice.timeline) {
                let apart = twice.cost_per_hour_usd - 2.0 * once.cost_per_hour_usd;
                assert!(apart.abs() <= 1e-12 * twice.cost_per_hour_usd, "{once:?} {twice:?}");
            }
        }
    });
}

#[test]
fn a_higher_price_never_lowers_a_line_of_the_bill() {
    in_plans(62, |plan, more| {
        let mut dear = plan.clone();
        for service in &mut dear.services {
            reprice(&mut service.tariff, |price| price.0 += i128::from(more.below(3) * 7_654_321_987));
        }
        let (cheap, dear) = (recorded(plan), recorded(&dear));
        assert_same_but_bill(&cheap, &dear);
        for (cheap, dear) in cheap.services.iter().zip(&dear.services) {
            let lines = cheap.invoice.lines.iter().zip(&dear.invoice.lines);
            lines.for_each(|(cheap, dear)| assert!(dear.exact >= cheap.exact && dear.amount >= cheap.amount));
            assert!(dear.invoice.total() >= cheap.invoice.total());
        }
    });
}

/// The same plan with nothing left to chance.
fn without_chance(plan: &Plan) -> Plan {
    let fixed = |law: &mut Distribution| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of seconds")]
        let mean = SimDuration(law.mean_nanos() as u64);
        *law = always(mean);
    };
    changed(plan, |service| {
        let horizon = plan.horizon.0;
        let curve = RateCurve::constant(3.0, horizon).expect("a positive rate");
        service.traffic = TrafficPlan::EvenlySpaced(curve);
        let request = &mut service.request;
        [&mut request.cpu_time, &mut request.wait_time].into_iter().for_each(fixed);
        request.timeout.iter_mut().for_each(fixed);
        let startup = &mut service.startup;
        let stages = [
            &mut startup.scheduling,
            &mut startup.provisioning,
            &mut startup.image_pull,
            &mut startup.container_start,
            &mut startup.application_boot,
        ];
        stages.into_iter().for_each(fixed);
        let telemetry = &mut service.telemetry;
        [&mut telemetry.ecs_metric_delay, &mut telemetry.alb_metric_delay].into_iter().for_each(fixed);
        service.scaling.alarm_rules.phase = Some(secs(7));
        if service.scale_in_victim == ScaleInVictim::Random {
            service.scale_in_victim = ScaleInVictim::Oldest;
        }
        if let Some(group) = &mut service.target_group {
            (service.routing.algorithm, service.routing.nodes) = (Routing::RoundRobin, 1);
            group.health_check.first_check = FirstHealthCheck::AfterInterval;
            // The phase of the checks of a task that is warm at second 0 is always drawn.
            group.health_check.served = CheckService::Apart;
        }
    })
}

#[test]
fn another_name_of_a_service_changes_names_only_where_nothing_is_drawn() {
    try_on(2 * PLANS, 63, &sketch(), |sketch| {
        let plan = without_chance(&sketch.plan());
        let renamed = changed(&plan, |service| service.name = format!("another-{}", service.name));
        let (ours, mut theirs) = (recorded(&plan), recorded(&renamed));
        for (ours, theirs) in ours.services.iter().zip(&mut theirs.services) {
            assert_eq!(theirs.name, format!("another-{}", ours.name));
            theirs.name.clone_from(&ours.name);
            assert_same_service(ours, theirs);
        }
    });
}

#[test]
fn another_name_of_a_policy_changes_names_only_where_the_phase_of_alarms_is_given() {
    in_plans(64, |plan, _| {
        let plan = changed(plan, |service| service.scaling.alarm_rules.phase = Some(secs(11)));
        let renamed = changed(&plan, |service| {
            for policy in &mut service.scaling.policies {
                policy.name = format!("another-{}", policy.name);
            }
        });
        assert_same_services(&recorded(&plan), &recorded(&renamed));
    });
}

#[test]
fn a_longer_run_begins_with_the_shorter_one() {
    in_plans(65, |plan, more| {
        let horizon = SimDuration(1 + plan.horizon.0 / 8 * (1 + more.below(7)));
        let shorter = Plan { horizon, warmup: SimDuration::ZERO, ..plan.clone() };
        let longer = Plan { warmup: SimDuration::ZERO, ..plan.clone() };
        let (short, long) = (recorded(&shorter), recorded(&longer));
        for (short, long) in short.services.iter().zip(&long.services) {
            let is_whole = |row: &windtunnel::record::MinuteRecord| {
                row.length.0 == NANOS_PER_MINUTE && row.start.0 + NANOS_PER_MINUTE < horizon.0
            };
            let whole = short.timeline.iter().rposition(is_whole).map_or(0, |last| last + 1);
            assert_eq!(short.timeline[..whole], long.timeline[..whole]);
            for (short, long) in short.decisions.iter().zip(&long.decisions) {
                let mut begun = long.clone();
                // A row of invocations alike goes on where the shorter run has ended.
                if long.until >= SimTime(horizon.0) {
                    (begun.until, begun.times) = (short.until, short.times);
                }
                assert_eq!(*short, begun);
            }
            assert!(long.decisions.len() >= short.decisions.len());
        }
    });
}

#[test]
fn a_start_some_whole_days_later_changes_no_figure_without_items_of_a_month() {
    in_plans(66, |plan, more| {
        let plan = changed(plan, |service| {
            let monthly = |item: &BillableItem| item.facts().metering == Metering::CalendarMonths;
            BillableItem::all().filter(monthly).for_each(|item| service.tariff.prices[item] = None);
        });
        let days = 1 + i64::try_from(more.below(400)).expect("hundreds");
        let later = Plan { start_unix_ns: plan.start_unix_ns + days * DAY_NS, ..plan.clone() };
        assert_same_run(&recorded(&plan), &recorded(&later));
    });
}

/// Tasks that serve in places, without a control loop.
fn uncontrolled(rate: f64, law: Distribution, places: u32, queue: Option<u32>, horizon: SimDuration) -> Plan {
    let mut service = workloads::service(rate, horizon, 3);
    service.task.concurrency = Some(places);
    service.task.queue = queue;
    service.request.wait_time = law;
    workloads::plan(service, horizon)
}

/// Rounding to whole nanoseconds, of arrivals and of demands, is all that may differ: a microsecond a request.
#[test]
fn a_queue_without_a_control_loop_on_a_slower_clock_is_as_much_slower() {
    let queue = proptest::option::of(0..20_u32);
    let random = (1.0..60.0_f64, 1..6_u32, queue, 1..900_u64, 2..9_u64, any::<u64>(), 0..4_u8);
    try_on(2 * PLANS, 67, &random, |(rate, places, queue, millis, factor, seed, law)| {
        let law = |scale: u64| super::sketch::law((law, millis * scale));
        let plan = |scale: u64| {
            let rate = rate / scale as f64;
            let mut plan = uncontrolled(rate, law(scale), places, queue, secs(120 * scale));
            let timeout = millis.is_multiple_of(2).then(|| SimDuration::from_millis(3 * millis * scale));
            plan.services[0].request.timeout = timeout.map(always);
            plan
        };
        let of = |scale: u64| record(&plan(scale), seed, 0).expect("a queue runs").services.remove(0);
        let (fast, slow) = (of(1), of(factor));
        assert_eq!(fast.requests, slow.requests);
        for (fast, slow) in
            [(&fast.response_time, &slow.response_time), (&fast.waiting_time, &slow.waiting_time)]
        {
            let apart = slow.sum.abs_diff(u128::from(factor) * fast.sum);
            let most = 1_000 * u128::from(fast.histogram.total());
            assert!(apart <= most, "{apart} ns apart, at most {most}");
        }
    });
}

/// A piece counts its time from its own beginning, so an arrival may be rounded to another nanosecond.
#[test]
fn a_constant_rate_in_pieces_of_the_same_rate_brings_the_same_requests() {
    in_plans(68, |plan, more| {
        let horizon = plan.horizon.0;
        let rate = 0.25 * more.below(80) as f64;
        let cut = 1 + more.below(horizon - 1);
        let evenly = more.below(2) == 0;
        let flat = |end| Segment { end, rate_start: rate, rate_end: rate };
        let arrivals = |pieces: &[Segment]| -> Vec<Vec<u64>> {
            let curve = RateCurve::new(pieces).expect("pieces that ascend");
            let plan = changed(plan, |service| {
                let curve = curve.clone();
                service.request.retry = None;
                service.traffic =
                    if evenly { TrafficPlan::EvenlySpaced(curve) } else { TrafficPlan::Poisson(curve) };
            });
            let (seen, _) = witness(&plan, 1, 0);
            let of = |seen: &Seen| seen.requests.iter().map(|request| request.arrival).collect();
            seen.services.iter().map(of).collect()
        };
        let (whole, pieces) = (arrivals(&[flat(horizon)]), arrivals(&[flat(cut), flat(horizon)]));
        for (whole, pieces) in whole.iter().zip(&pieces) {
            // One that falls on the horizon may be rounded beyond it.
            assert!(whole.len().abs_diff(pieces.len()) <= 1, "{} and {}", whole.len(), pieces.len());
            for (whole, piece) in whole.iter().zip(pieces) {
                assert!(whole.abs_diff(*piece) <= 2, "{whole} and {piece} ns");
            }
        }
    });
}

/// A policy whose alarm is never in breach.
fn idle_policy() -> PolicyPlan {
    let mut policy = workloads::tracking();
    if let PolicyKind::TargetTracking(tracking) = &mut policy.kind {
        (tracking.target_value, tracking.disable_scale_in) = (1e9, true);
    }
    policy
}

#[test]
fn a_policy_that_never_acts_equals_none_but_for_its_alarms() {
    in_plans(69, |plan, more| {
        let count = u32::try_from(more.below(6)).expect("a few");
        let fixed = changed(plan, |service| {
            (service.scaling.min_capacity, service.scaling.max_capacity, service.desired_count) =
                (count, count, count);
            service.scaling.policies.clear();
        });
        let idle = changed(&fixed, |service| {
            service.scaling.max_capacity += 5;
            service.scaling.policies = vec![idle_policy()];
        });
        let (fixed, idle) = (recorded(&fixed), recorded(&idle));
        for (fixed, idle) in fixed.services.iter().zip(&idle.services) {
            assert_eq!(idle.scaling.scale_out + idle.scaling.scale_in, 0);
            let (fixed, mut idle) = (free(fixed), free(idle));
            idle.scaling = fixed.scaling;
            assert_same_service(&fixed, &idle);
        }
    });
}

/// The end of the warm-up is an event, so the fingerprint is another.
#[test]
fn a_warm_up_leaves_the_timeline_the_decisions_and_the_bill_alone() {
    in_plans(70, |plan, more| {
        let cold = Plan { warmup: SimDuration::ZERO, ..plan.clone() };
        let warm = Plan { warmup: SimDuration(more.below(plan.horizon.0)), ..plan.clone() };
        let (cold, warm) = (recorded(&cold), recorded(&warm));
        for (cold, warm) in cold.services.iter().zip(&warm.services) {
            assert_eq!((&cold.timeline, &cold.decisions), (&warm.timeline, &warm.decisions));
            assert_eq!((&cold.invoice, cold.tasks), (&warm.invoice, warm.tasks));
            assert_eq!(cold.requests.offered, warm.requests.offered + warm.warmup_requests);
            assert_eq!(cold.all_served(), warm.all_served());
        }
    });
}

#[test]
fn limits_that_are_never_reached_equal_none() {
    in_plans(71, |plan, _| {
        let never = SimDuration(plan.horizon.0 + 1_000_000_000);
        let none = changed(plan, |service| {
            service.request.timeout = None;
            service.request.classes.iter_mut().for_each(|class| class.timeout = None);
            (service.task.queue, service.task.concurrency) = (None, service.task.concurrency.or(Some(9)));
        });
        let wide = changed(&none, |service| {
            service.request.timeout = Some(always(never));
            service.task.queue = Some(1_000_000_000);
        });
        assert_same_services(&recorded(&none), &recorded(&wide));
    });
}

#[test]
fn a_fault_that_begins_at_the_end_changes_nothing_and_one_of_factor_one_neither() {
    in_plans(72, |plan, more| {
        let kind = match more.below(3) {
            0 => FaultKind::CrashLoop(secs(1)),
            1 => FaultKind::LaunchFailure(0.5),
            _ => FaultKind::SlowDependency(9.0),
        };
        let late = changed(plan, |service| {
            let at = SimTime(plan.horizon.0);
            service.faults = vec![FaultPlan { at, duration: secs(60), kind: kind.clone() }];
        });
        let (before, after) = (recorded(plan), recorded(&late));
        assert_same_services(&before, &after);
        let harmless = changed(plan, |service| {
            let kind = FaultKind::SlowDependency(1.0);
            let at = SimTime(plan.horizon.0 / 3);
            service.faults = vec![FaultPlan { at, duration: secs(60), kind }];
        });
        assert_same_services(&before, &recorded(&harmless));
    });
}

/// A random text of one service.
fn texts() -> impl Strategy<Value = String> {
    (1..80_u32, 1..5_u32, 0..3_u8).prop_map(|(rate, tasks, more)| {
        let more = [
            "",
            "[service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization\"\ntarget_value = 50.0\n",
            "[service.web.load_balancer]\nderegistration_delay = \"10s\"\n",
        ][usize::from(more)];
        text(f64::from(rate) / 4.0, tasks, more)
    })
}

#[test]
fn a_check_changes_no_figure() {
    try_on(PLANS, 73, &(texts(), 1..2_000_u32), |(text, limit)| {
        let checks = format!(
            "[checks]\navailability = \">= 99%\"\np99_response_time = \"< {limit}ms\"\ncost = \"< 5\"\n"
        );
        let (bare, checked) = (run(scenario(&text)), run(scenario(&format!("{text}{checks}"))));
        let (bare, checked) = (bare.expect("it runs"), checked.expect("it runs"));
        assert_eq!((bare.checks.len(), checked.checks.len()), (0, 3));
        assert_same_run(&bare.record, &checked.record);
    });
}

#[test]
fn auto_fidelity_below_its_bound_equals_requests() {
    try_on(PLANS, 74, &texts(), |text| {
        let with = |fidelity: &str| scenario(&format!("fidelity = \"{fidelity}\"\n{text}"));
        let (auto, requests) = (with("auto"), with("requests"));
        assert_eq!(auto.plan, requests.plan);
        assert_same_run(&recorded(&auto.plan), &recorded(&requests.plan));
    });
}

#[test]
fn shapes_that_add_up_to_a_constant_equal_it() {
    try_on(PLANS, 75, &(texts(), 1..40_u32, 1..29_u32), |(text, quarters, minute)| {
        let rate = f64::from(quarters) / 4.0;
        let from = text.find("shape = ").expect("the text has a shape");
        let to = from + text[from..].find('\n').expect("a line");
        let with = |shape: &str| scenario(&format!("{}shape = [{shape}]{}", &text[..from], &text[to..])).plan;
        let whole = with(&format!("{{ constant = {{ rate = {:?} }} }}", 2.0 * rate));
        let parts = [
            format!("{{ constant = {{ rate = {rate:?} }} }}, {{ constant = {{ rate = {rate:?} }} }}"),
            format!(
                "{{ constant = {{ rate = {:?} }} }}, {{ step = {{ at = \"{minute}m\", rate = 0.0 }} }}",
                2.0 * rate
            ),
        ];
        let whole = recorded(&whole);
        parts.iter().for_each(|shape| assert_same_run(&whole, &recorded(&with(shape))));
    });
}

#[test]
fn services_may_stand_in_the_file_in_any_order() {
    try_on(PLANS, 77, &(texts(), texts()), |(one, other)| {
        let parts = |text: &str| {
            let (head, service) = text.split_at(text.find("[service.").expect("the text has a service"));
            (head.to_owned(), service.to_owned())
        };
        let ((head, web), (_, api)) = (parts(&one), parts(&other));
        let api = api.replace("service.web.", "service.api.");
        let run = |services: [&str; 2]| {
            let plan = scenario(&format!("{head}{}{}", services[0], services[1])).plan;
            let mut services = recorded(&plan).services;
            services.sort_by(|one, other| one.name.cmp(&other.name));
            services
        };
        let (ours, theirs) = (run([&web, &api]), run([&api, &web]));
        assert_eq!((ours.len(), theirs.len()), (2, 2));
        ours.iter().zip(&theirs).for_each(|(ours, theirs)| assert_same(ours, theirs));
    });
}

#[test]
fn a_replication_alone_is_what_its_row_among_many_says() {
    try_on(PLANS, 76, &(texts(), 2..5_u64, any::<u32>()), |(text, runs, seed)| {
        let with = || scenario(&format!("seed = {seed}\n{text}"));
        let many = replications(with(), Enough::Runs(runs), None, &mut |_| {}).expect("they run");
        for replication in 0..runs {
            let alone = run_replication(with(), replication, None).expect("it runs");
            let mut sample = RunSample::of(&alone.scenario.plan, &[]);
            sample.push(&alone.record, &alone.scenario.plan);
            assert_eq!(sample.figures(), many.sample.figures());
            for figure in sample.figures() {
                let row = usize::try_from(replication).expect("a few");
                assert_eq!(sample.values(figure)[0], many.sample.values(figure)[row], "{figure:?}");
            }
        }
    });
}
