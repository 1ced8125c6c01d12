//! The naive engine: one calendar, one event for everything that happens, queues that are really queues. It knows
//! nothing of free instants or of what lies ahead, so it shares neither idea nor code with the fast path.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use windtunnel::kernel::facts::Visit;

use crate::witness::Fate;

/// What one request asks for [ns], and the task it is sent to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub(super) arrival: u64,
    pub(super) task: usize,
    pub(super) cpu: u64,
    pub(super) wait: u64,
    pub(super) patience: Option<u64>,
}

/// What happens, in the order in which it happens at one instant: what ends gives way, then clients lose patience,
/// then arrivals find what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    LeavesCpu,
    LeavesPlace,
    LosesPatience,
    Arrives,
}

/// A task: how much of it is free, and who waits for what.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) free_places: usize,
    pub(super) free_servers: usize,
    pub(super) room: usize,
    pub(super) for_place: VecDeque<usize>,
    pub(super) for_cpu: VecDeque<usize>,
}

struct Engine<'a> {
    asks: &'a [Ask],
    tasks: Vec<Task>,
    calendar: BinaryHeap<Reverse<(u64, What, usize)>>,
    passages: Vec<Visit>,
    fates: Vec<Option<Fate>>,
}

/// What becomes of each request on `count` tasks like `task`.
pub(super) fn run(asks: &[Ask], task: &Task, count: usize) -> Vec<(Fate, Option<Visit>)> {
    let blank = |ask: &Ask| Visit { arrival: ask.arrival, start: 0, cpu_start: 0, cpu_end: 0, end: 0 };
    let mut engine = Engine {
        asks,
        tasks: vec![task.clone(); count],
        calendar: asks
            .iter()
            .enumerate()
            .map(|(id, ask)| Reverse((ask.arrival, What::Arrives, id)))
            .collect(),
        passages: asks.iter().map(blank).collect(),
        fates: vec![None; asks.len()],
    };
    while let Some(Reverse((now, what, id))) = engine.calendar.pop() {
        engine.happens(now, what, id);
    }
    let has_place = |fate: Fate| matches!(fate, Fate::Served | Fate::GaveUpInService(_));
    let fates = engine.fates.into_iter().map(|fate| fate.expect("every request has a fate"));
    fates.zip(engine.passages).map(|(fate, passage)| (fate, has_place(fate).then_some(passage))).collect()
}

impl Engine<'_> {
    fn happens(&mut self, now: u64, what: What, id: usize) {
        let ask = self.asks[id];
        let task = &mut self.tasks[ask.task];
        match what {
            What::Arrives if task.free_places > 0 => self.take_place(now, id),
            What::Arrives if task.for_place.len() >= task.room => self.fates[id] = Some(Fate::QueueFull),
            What::Arrives => task.for_place.push_back(id),
            What::LosesPatience if task.for_place.contains(&id) => {
                task.for_place.retain(|other| *other != id);
                self.fates[id] = Some(Fate::GaveUpWaiting(now));
            }
            What::LosesPatience => self.fates[id] = self.fates[id].or(Some(Fate::GaveUpInService(now))),
            What::LeavesCpu => {
                task.free_servers += 1;
                self.passages[id].cpu_end = now;
                self.calendar.push(Reverse((now + ask.wait, What::LeavesPlace, id)));
                if let Some(next) = self.tasks[ask.task].for_cpu.pop_front() {
                    self.take_cpu(now, next);
                }
            }
            What::LeavesPlace => {
                task.free_places += 1;
                self.passages[id].end = now;
                self.fates[id] = self.fates[id].or(Some(Fate::Served));
                if let Some(next) = self.tasks[ask.task].for_place.pop_front() {
                    self.take_place(now, next);
                }
            }
        }
        if let (What::Arrives, Some(patience)) = (what, ask.patience) {
            self.calendar.push(Reverse((now + patience, What::LosesPatience, id)));
        }
    }

    fn take_place(&mut self, now: u64, id: usize) {
        let task = &mut self.tasks[self.asks[id].task];
        task.free_places -= 1;
        self.passages[id].start = now;
        if task.free_servers > 0 { self.take_cpu(now, id) } else { task.for_cpu.push_back(id) }
    }

    fn take_cpu(&mut self, now: u64, id: usize) {
        self.tasks[self.asks[id].task].free_servers -= 1;
        self.passages[id].cpu_start = now;
        self.calendar.push(Reverse((now + self.asks[id].cpu, What::LeavesCpu, id)));
    }
}
