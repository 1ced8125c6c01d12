//! What a random plan may have beyond what the fast path knows: sharing, routes that look at load, slow start, warm-up,
//! classes, retries, tasks that run out of memory.

use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::{collection, option};
use windtunnel::kernel::serving::{ClassPlan, CpuDiscipline, Jitter, RetryPlan, Routing, WarmUpPlan};
use windtunnel::kernel::simulation::{Plan, ServicePlan};
use windtunnel::kernel::units::{Bytes, SimDuration};

use super::sketch::{Sketch, law, sketch};
use crate::workloads::secs;

/// A random plan whose services have extras; the last ones are those of all further services.
#[derive(Clone, Debug)]
pub(super) struct Crowded {
    sketch: Sketch,
    extras: Vec<Extras>,
}

#[derive(Clone, Debug)]
struct Extras {
    shares: bool,
    routing: Routing,
    slow_start: u64,
    warm_up: Option<(u8, u64, u64)>,
    classes: Vec<(u8, u64, Option<u64>)>,
    retry: Option<(u32, u64, u8, Option<u8>)>,
    cancels: bool,
    /// MiB a request, MiB of growth an hour.
    memory: Option<(u64, u64)>,
}

fn extras() -> impl Strategy<Value = Extras> {
    let routing = select(vec![
        Routing::RoundRobin,
        Routing::Random,
        Routing::WeightedRandom,
        Routing::LeastOutstandingRequests,
        Routing::TwoRandomChoices,
    ]);
    let warm_up = option::of((1..5_u8, 0..50_u64, 0..120_u64));
    let classes = collection::vec((0..6_u8, 1..400_u64, option::of(1..5_000_u64)), 0..3);
    let retry = option::of((2..5_u32, 0..2_000_u64, 0..4_u8, option::of(0..8_u8)));
    let memory = option::of((0..900_u64, 0..40_000_u64));
    (any::<bool>(), routing, 0..90_u64, warm_up, classes, retry, any::<bool>(), memory).prop_map(
        |(shares, routing, slow_start, warm_up, classes, retry, cancels, memory)| Extras {
            shares,
            routing,
            slow_start,
            warm_up,
            classes,
            retry,
            cancels,
            memory,
        },
    )
}

/// Any plan of one to three services, with extras.
pub(super) fn with_extras() -> impl Strategy<Value = Crowded> {
    (sketch(), collection::vec(extras(), 3)).prop_map(|(sketch, extras)| Crowded { sketch, extras })
}

impl Crowded {
    /// The kernel's plan.
    pub(super) fn plan(&self) -> Plan {
        let mut plan = self.sketch.plan();
        plan.services.iter_mut().zip(&self.extras).for_each(|(service, extras)| extras.apply(service));
        plan
    }
}

impl Extras {
    fn apply(&self, plan: &mut ServicePlan) {
        if self.shares {
            plan.task.cpu_discipline = CpuDiscipline::ProcessorSharing;
        }
        if plan.target_group.is_some() {
            plan.routing.algorithm = self.routing;
            let by_load =
                matches!(self.routing, Routing::LeastOutstandingRequests | Routing::TwoRandomChoices);
            plan.routing.slow_start = if by_load { SimDuration::ZERO } else { secs(self.slow_start) };
        }
        plan.warm_up = self.warm_up.map(|(factor, requests, over)| WarmUpPlan {
            factor: f64::from(factor),
            requests,
            over: secs(over),
        });
        let class = |(index, (kind, mean, timeout)): (usize, &(u8, u64, Option<u64>))| ClassPlan {
            name: format!("class-{index}"),
            weight: 1.0 + index as f64,
            cpu_time: law((*kind, *mean)),
            wait_time: plan.request.wait_time.clone(),
            timeout: timeout.map(|timeout| law((5, timeout))),
        };
        plan.request.classes = self.classes.iter().enumerate().map(class).collect();
        plan.request.retry = self.retry.map(|(max_attempts, backoff, jitter, budget)| RetryPlan {
            max_attempts,
            backoff: SimDuration::from_millis(backoff),
            multiplier: 2.0,
            max_backoff: secs(5),
            jitter: [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Exponential][usize::from(jitter)],
            budget: budget.map(|eighths| f64::from(eighths) / 8.0),
            budget_burst: 5.0,
        });
        plan.request.cancel_timed_out = self.cancels;
        if let Some((per_request, growth)) = self.memory {
            plan.task.kills_out_of_memory = true;
            plan.task.memory_per_request = Bytes(per_request * Bytes::MIB);
            plan.task.memory_growth = Bytes(growth * Bytes::MIB);
        }
    }
}
