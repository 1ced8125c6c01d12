//! Invariants that need a whole run to be looked at: what a policy may see, and what threads may change.

use crate::workloads;
use windtunnel::experiment::replicate;
use windtunnel::kernel::facts::Probe;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::ScalingFact;
use windtunnel::kernel::simulation::{MinuteClosed, Observer, simulate};
use windtunnel::kernel::units::{ServiceId, SimDuration, SimTime};

/// Keeps every datapoint with the end of its period, and checks what alarms and policies are shown.
#[derive(Default)]
struct Witness {
    periods: Vec<(SimTime, Option<f64>)>,
    delay: SimDuration,
    looks: usize,
}

impl Witness {
    /// `shown` must be the newest datapoints whose periods ended at least the delay before `at`.
    fn check(&mut self, at: SimTime, shown: &[f64]) {
        let due = self.periods.iter().filter(|(end, _)| *end + self.delay <= at);
        let published: Vec<f64> = due.filter_map(|(_, value)| *value).map(|share| 100.0 * share).collect();
        assert!(
            shown.len() <= published.len(),
            "at {at:?}: {} datapoints shown, {} due",
            shown.len(),
            published.len()
        );
        let newest = &published[published.len() - shown.len()..];
        assert_eq!(shown, newest, "at {at:?}");
        self.looks += usize::from(!shown.is_empty());
    }
}

impl Probe for Witness {}

impl Observer for Witness {
    fn scaling(&mut self, _: ServiceId, fact: &ScalingFact<'_>) {
        match fact {
            ScalingFact::AlarmEvaluated(evaluated) if evaluated.evaluation.changed => {
                self.check(evaluated.at, &evaluated.evaluation.datapoints);
            }
            // The action comes 0.2 s after the evaluation whose datapoints it uses.
            ScalingFact::PolicyInvoked(invoked) => {
                self.check(SimTime(invoked.at.0 - 200_000_000), invoked.datapoints);
            }
            _ => {}
        }
    }

    fn period_closed(&mut self, _: ServiceId, period: &MinuteClosed) {
        self.periods.push((period.end, period.cpu_utilization));
    }
}

#[test]
fn a_policy_acts_on_nothing_younger_than_the_metric_delay() {
    for delay in [0, 60, 120, 150] {
        let mut plan = workloads::w3(6, 0.1);
        plan.services[0].telemetry.ecs_metric_delay = Distribution::constant(SimDuration::from_secs(delay));
        let mut witness = Witness { delay: SimDuration::from_secs(delay), ..Witness::default() };
        simulate(&plan, 3, 0, &mut witness).unwrap();
        assert!(witness.looks > 100, "only {} looks at delay {delay}", witness.looks);
    }
}

#[test]
fn any_number_of_threads_gives_the_same_records() {
    let plan = workloads::w3(4, 0.1);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let records = pool.install(|| replicate(&plan, 1, 0..6)).unwrap();
        records.iter().map(|record| format!("{record:?}")).collect::<Vec<_>>()
    };
    let alone = on(1);
    assert!(alone.windows(2).all(|pair| pair[0] != pair[1]), "replications must differ");
    for threads in [2, 7] {
        assert_eq!(alone, on(threads), "{threads} threads");
    }
}

#[test]
fn publication_delay_shifts_the_reaction_by_as_much() {
    // The load is 75 % from the start and the target 60 %: with the same phase, a minute more of delay is a minute more
    // until the first scale-out.
    let first_scale_out = |delay| {
        let mut plan = workloads::w2(1_800);
        plan.services[0].scaling.max_capacity = 100;
        plan.services[0].scaling.policies = vec![workloads::tracking()];
        plan.services[0].telemetry.ecs_metric_delay = Distribution::constant(SimDuration::from_secs(delay));
        plan.services[0].scaling.alarm_rules.phase = Some(SimDuration::from_secs(30));
        let record = windtunnel::record::record(&plan, 1, 0).unwrap();
        let row = record.services[0].decisions.iter().find(|row| row.outcome == "scaled_out").unwrap().at;
        row.0
    };
    // Periods end at 60, 120, 180 s; the third is due at 240 s and read at the next half minute; the action takes 0.2 s.
    assert_eq!(first_scale_out(60), 270_200_000_000);
    assert_eq!(first_scale_out(120) - first_scale_out(60), 60_000_000_000);
}
