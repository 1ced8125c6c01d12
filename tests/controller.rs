//! A scaling controller of one's own, beside Application Auto Scaling and without an alarm: a loop that looks at CPU every
//! fifteen seconds and asks for as many tasks as keep it at a target, as Kubernetes' HPA does.

use std::cell::RefCell;
use std::rc::Rc;

use crate::workloads::{self, secs};
use windtunnel::kernel::facts::Probe;
use windtunnel::kernel::scaling::{Controller, ControllerDecision, ScalingFact, Timer, TimerPhase, Turn};
use windtunnel::kernel::simulation::{MinuteClosed, Observer, Plan, simulate, simulate_with};
use windtunnel::kernel::telemetry::{AlarmQuery, Metric, MetricStore, Window};
use windtunnel::kernel::units::{ServiceId, SimDuration, SimTime};
use windtunnel::record::{DecisionKind, Detail, Limits, Recorder};

const PERIOD: SimDuration = SimDuration::from_secs(15);
const TARGET: f64 = 60.0;
const LOOK: Timer = Timer { phase: TimerPhase::Evaluation, code: 0, subject: None };
const MOVE: Timer = Timer { phase: TimerPhase::Action, code: 1, subject: Some(7) };

/// Everything that happened to a [`Periodic`] controller.
#[derive(Clone, Debug, Default, PartialEq)]
struct Diary {
    looks: Vec<(SimTime, Option<f64>)>,
    moves: Vec<(SimTime, u32, u32)>,
    settled: Vec<SimTime>,
}

/// Looks every [`PERIOD`], and a second later asks for `ceil(running × CPU ÷ target)` tasks.
#[derive(Debug, Default)]
struct Periodic {
    window: Option<Window>,
    wanted: u32,
    diary: Rc<RefCell<Diary>>,
}

impl Controller for Periodic {
    fn watch(&mut self, metrics: &mut MetricStore) {
        let cpu = Metric::CpuUtilization;
        self.window = Some(metrics.watch(cpu, AlarmQuery::of(cpu), 1));
    }

    fn begin(&mut self, turn: &mut Turn<'_>) -> Option<u32> {
        turn.set_timer(turn.now + PERIOD, LOOK);
        None
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tasks")]
    fn fire(&mut self, timer: Timer, turn: &mut Turn<'_>) -> Option<u32> {
        if timer == MOVE {
            let before = turn.desired;
            self.diary.borrow_mut().moves.push((turn.now, before, self.wanted));
            turn.note(&ScalingFact::Decided(ControllerDecision {
                at: turn.now,
                controller: "periodic",
                reason: "CPU is beyond its target",
                running: turn.running,
                desired_before: before,
                desired_after: self.wanted,
            }));
            return Some(self.wanted);
        }
        assert_eq!(timer, LOOK);
        let mut range = Vec::new();
        turn.metrics.window(&self.window.unwrap(), turn.now, &mut range);
        self.diary.borrow_mut().looks.push((turn.now, range[0]));
        if let Some(cpu) = range[0] {
            let wanted = (f64::from(turn.running) * cpu / TARGET).ceil() as u32;
            self.wanted = wanted.clamp(1, 40);
            if self.wanted != turn.desired {
                turn.set_timer(turn.now + secs(1), MOVE);
            }
        }
        turn.set_timer(turn.now + PERIOD, LOOK);
        None
    }

    fn settled(&mut self, turn: &mut Turn<'_>) {
        assert_eq!(turn.running, turn.desired);
        self.diary.borrow_mut().settled.push(turn.now);
    }
}

/// Keeps what an observer hears.
#[derive(Default)]
struct Listener {
    facts: Vec<(ServiceId, String)>,
    minutes: Vec<(ServiceId, MinuteClosed)>,
}

impl Probe for Listener {}

impl Observer for Listener {
    fn scaling(&mut self, service: ServiceId, fact: &ScalingFact<'_>) {
        self.facts.push((service, format!("{fact:?}")));
    }

    fn period_closed(&mut self, service: ServiceId, period: &MinuteClosed) {
        self.minutes.push((service, *period));
    }
}

/// Two services alike for an hour, with target tracking on CPU; both have too few tasks.
fn two_services() -> Plan {
    let mut plan = workloads::w3(1, 0.5);
    let mut other = plan.services[0].clone();
    plan.services[0].desired_count = 5;
    other.name = "jobs".to_owned();
    other.desired_count = 5;
    plan.services.push(other);
    plan
}

/// Runs the plan with a periodic controller for the second service.
fn run(plan: &Plan) -> (Listener, Diary, u64) {
    let diary = Rc::new(RefCell::new(Diary::default()));
    let mut listener = Listener::default();
    let outcome = simulate_with(plan, (1, 0), &mut listener, |service| {
        let periodic = Periodic { diary: diary.clone(), ..Periodic::default() };
        (service == ServiceId(1)).then(|| Box::new(periodic) as Box<dyn Controller>)
    });
    let diary = diary.borrow().clone();
    (listener, diary, outcome.unwrap().fingerprint)
}

#[test]
fn a_controller_without_alarms_scales_a_service_by_its_own_timers() {
    let plan = two_services();
    let (listener, diary, _) = run(&plan);
    // Every 15 s through the hour, in time.
    let looks: Vec<u64> = diary.looks.iter().map(|(at, _)| at.0 / 1_000_000_000).collect();
    assert_eq!(looks, (1..=240).map(|index| 15 * index).collect::<Vec<u64>>());
    // It never sees a minute before its datapoint can be read: 120 s after its end.
    let first = diary.looks.iter().find(|(_, cpu)| cpu.is_some()).unwrap();
    assert_eq!(first.0, SimTime(180_000_000_000));
    let cpu_of = |end: u64| {
        let minutes = listener.minutes.iter();
        let minute =
            minutes.filter(|(id, minute)| *id == ServiceId(1) && minute.end.0 / 1_000_000_000 == end);
        minute.map(|(_, minute)| minute.cpu_utilization.map(|share| 100.0 * share)).next().unwrap()
    };
    for (at, cpu) in diary.looks.iter().filter(|(at, _)| at.0 >= 180_000_000_000) {
        let newest = (at.0 / 1_000_000_000 - 120) / 60 * 60;
        assert_eq!(*cpu, cpu_of(newest), "at {at:?}");
    }
    // What it asks for is what the service gets.
    assert!(diary.moves.len() > 3 && diary.moves[0].1 == 5, "{:?}", diary.moves);
    for pair in diary.moves.windows(2) {
        assert_eq!(pair[0].2, pair[1].1, "the desired count is the last one asked for");
    }
    let last = listener.minutes.iter().rev().find(|(id, _)| *id == ServiceId(1)).unwrap();
    assert_eq!(last.1.desired, diary.moves.last().unwrap().2);
    assert!(last.1.counts.running > 5 && !diary.settled.is_empty());
    // The observer hears its decisions, and of nothing that only Application Auto Scaling has.
    let facts: Vec<&String> =
        listener.facts.iter().filter(|(id, _)| id.0 == 1).map(|(_, fact)| fact).collect();
    assert_eq!(facts.len(), diary.moves.len());
    assert!(facts.iter().all(|fact| fact.starts_with("Decided")));
}

#[test]
fn a_service_beside_it_is_scaled_as_if_it_were_alone_and_a_run_repeats_itself() {
    let plan = two_services();
    let (listener, diary, fingerprint) = run(&plan);
    let (again, same_diary, same_fingerprint) = run(&plan);
    assert_eq!((&diary, fingerprint), (&same_diary, same_fingerprint));
    assert_eq!(listener.facts, again.facts);
    let mut alone = Listener::default();
    let both = simulate(&plan, 1, 0, &mut alone).unwrap();
    assert_ne!(both.fingerprint, fingerprint);
    let of_first = |listener: &Listener| {
        let facts: Vec<String> =
            listener.facts.iter().filter(|(id, _)| id.0 == 0).map(|(_, fact)| fact.clone()).collect();
        let minutes: Vec<MinuteClosed> =
            listener.minutes.iter().filter(|(id, _)| id.0 == 0).map(|(_, minute)| *minute).collect();
        (facts, minutes)
    };
    assert_eq!(of_first(&listener), of_first(&alone));
    assert!(of_first(&listener).0.iter().any(|fact| fact.contains("ScaledOut")));
}

#[test]
fn its_decisions_are_in_the_decision_log() {
    let plan = two_services();
    let mut recorder = Recorder::new(&plan, Detail::Everything, Limits::default());
    let outcome = simulate_with(&plan, (1, 0), &mut recorder, |service| {
        (service == ServiceId(1)).then(|| Box::<Periodic>::default() as Box<dyn Controller>)
    });
    let record = recorder.finish(outcome.unwrap());
    let rows = &record.services[1].decisions;
    let first = &rows[0];
    assert_eq!((first.kind, first.policy.as_str()), (DecisionKind::Capacity, "periodic"));
    assert_eq!((first.outcome, first.desired_before), ("scaled_out", 5));
    assert_eq!(first.reason, "CPU is beyond its target");
    assert!(rows.iter().all(|row| row.policy == "periodic"), "{rows:?}");
    let scaling = record.services[1].scaling;
    assert_eq!(scaling.scale_out + scaling.scale_in, rows.len() as u64);
}
