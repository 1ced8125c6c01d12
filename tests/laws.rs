//! Laws: what holds in every run, of whatever plan. Each is tried on hundreds of random plans with policies, kills, load
//! balancers or none, timeouts, bounded queues, warm-ups, several services and start times off the minute.
//!
//! The judge is the witness of [`crate::witness`], which draws its own conclusions from the bare facts; the recorder,
//! the usage meter and the bill must come to the same. The seeds are fixed, so a law holds or fails for good; a plan
//! that breaks one is shrunk before it is shown.

mod accounts;
mod events;
mod extras;
mod failures;
mod flows;
mod groups;
mod monotone;
mod relations;
mod sameness;
mod sketch;
mod tasks;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use windtunnel::kernel::simulation::{Plan, RunOutcome};
use windtunnel::record::{RunRecord, ServiceRecord, record};

use crate::witness::{Ending, Seen, Witness, witness};

/// Random plans a law is tried on.
const PLANS: u32 = 600;

/// One run, heard twice: by the witness and by the recorder.
struct Run {
    witness: Witness,
    outcome: RunOutcome,
    record: RunRecord,
}

fn run(plan: &Plan) -> Run {
    let (witness, outcome) = witness(plan, 1, 0);
    let record = record(plan, 1, 0).expect("the witness saw this run end");
    assert_eq!(record.fingerprint, outcome.fingerprint, "an observer changes nothing");
    Run { witness, outcome, record }
}

fn runner(cases: u32, seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    })
}

/// Tries `law`, which panics where it is broken, on random plans.
fn in_every_plan(seed: u64, law: impl Fn(&Plan)) {
    let result = runner(PLANS, seed).run(&sketch::sketch(), |sketch| {
        law(&sketch.plan());
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}

/// `count` random plans.
fn some_plans(count: usize, seed: u64) -> Vec<Plan> {
    let mut runner = runner(1, seed);
    let mut plan = || sketch::sketch().new_tree(&mut runner).expect("nothing is filtered").current().plan();
    (0..count).map(|_| plan()).collect()
}

/// The random plans must reach what the laws are about, or they prove nothing.
#[test]
fn the_random_plans_bring_about_every_outcome_and_many_scalings_and_kills() {
    let (mut endings, mut scalings, mut losses, mut hours_without_tasks) = ([0_u64; 5], [0_u64; 2], 0, 0);
    for plan in some_plans(300, 1) {
        let run = run(&plan);
        for (seen, record) in run.witness.services.iter().zip(&run.record.services) {
            for request in &seen.requests {
                endings[match request.ending(plan.horizon.0) {
                    Ending::Served(_) => 0,
                    Ending::Rejected(_) => 1,
                    Ending::TimedOut(_) => 2,
                    Ending::Failed(_) => 3,
                    Ending::InFlight => 4,
                }] += 1;
            }
            losses += seen.losses.len();
            hours_without_tasks += usize::from(record.tasks.running_min == 0 && record.tasks.running_max > 0);
            scalings[0] += record.scaling.scale_out;
            scalings[1] += record.scaling.scale_in;
        }
    }
    let reached = endings.iter().all(|count| *count > 1_000) && scalings.iter().all(|count| *count > 200);
    let all =
        format!("endings {endings:?} scalings {scalings:?} losses {losses} empty {hours_without_tasks}");
    assert!(reached && losses > 1_000 && hours_without_tasks > 20, "{all}");
}

/// The services of a run with what was seen and recorded of each.
fn services(run: &Run) -> impl Iterator<Item = (&Seen, &ServiceRecord)> {
    run.witness.services.iter().zip(&run.record.services)
}
