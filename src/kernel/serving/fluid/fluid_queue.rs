//! One task as a queue of a flow: how fast it empties, how much it holds, how long a request stays, and what becomes of its
//! backlog in a step of constant inflow, in closed form.

use crate::random::DiscretizedLaw;
use crate::serving::plan::{RequestPlan, TaskPlan};

/// Parameters of the queue of every task of a service.
#[derive(Clone, Debug)]
pub(super) struct FluidQueue {
    /// Requests a task can start in a second [requests/s]; infinite where nothing limits it.
    pub(super) capacity: f64,
    /// Backlog that waits for the CPU while it holds a place, before anything waits for a place \[requests\].
    pub(super) headroom: f64,
    /// Requests that may wait for a place \[requests\].
    room: f64,
    /// The client's patience \[s\]; infinite where it has no end.
    pub(super) patience: f64,
    /// Mean time on a CPU server [server·ns].
    pub(super) cpu_work: f64,
    /// Mean time from the place to the end, without any waiting \[s\].
    pub(super) stay: f64,
    /// The law of that time.
    pub(super) service: DiscretizedLaw,
}

/// Result of one step of one task; amounts in requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Advanced {
    pub(super) admitted: f64,
    pub(super) rejected: f64,
    /// Never get a place: their clients give up waiting.
    pub(super) gives_up: f64,
    pub(super) started: f64,
    /// Backlog at the end.
    pub(super) backlog: f64,
    /// Integral of the backlog [request·s], and of what of it waits for a place.
    pub(super) backlog_time: f64,
    pub(super) room_time: f64,
}

impl FluidQueue {
    /// The queue of `task` for `request`, of which it can start `capacity` a second (`None`: any number).
    pub(super) fn new(request: &RequestPlan, task: &TaskPlan, capacity: Option<f64>) -> Self {
        let slowness = 1.0 / task.cpu_speed();
        let cpu_work = request.cpu_time.mean_nanos() * slowness;
        let stay = (cpu_work + request.wait_time.mean_nanos()) / 1e9;
        let patience = request.timeout.as_ref().map_or(f64::INFINITY, |law| law.mean_nanos() / 1e9);
        let capacity = capacity.unwrap_or(f64::INFINITY);
        // A task at its capacity keeps capacity × stay places busy; what is left of them holds requests in want of CPU.
        let spare = |places: u32| (f64::from(places) - capacity * stay).max(0.0);
        Self {
            capacity,
            headroom: task.concurrency.map_or(f64::INFINITY, spare),
            room: task.queue.map_or(f64::INFINITY, f64::from),
            patience,
            cpu_work,
            stay,
            service: DiscretizedLaw::of(&request.cpu_time, slowness)
                .plus(&DiscretizedLaw::of(&request.wait_time, 1.0)),
        }
    }

    /// The largest backlog: a full waiting queue, or a wait for a place that ends every client's patience.
    pub(super) fn max_backlog(&self) -> f64 {
        self.headroom + self.room.min(self.capacity * self.patience)
    }

    /// Whether the largest backlog means a full waiting queue, rather than clients that have lost patience.
    pub(super) fn refuses(&self) -> bool {
        self.room.is_finite() && self.room <= self.capacity * self.patience
    }

    /// Share of those who start after a wait of `wait` \[s\] whose clients give up before they are answered.
    pub(super) fn late_share(&self, wait: f64) -> f64 {
        if self.patience.is_infinite() { 0.0 } else { self.service.beyond((self.patience - wait) * 1e9) }
    }

    /// A task with `backlog` takes `rate` requests a second for `span` \[s\].
    pub(super) fn pass(&self, backlog: f64, rate: f64, span: f64) -> Advanced {
        let inflow = rate * span;
        if self.capacity.is_infinite() || (backlog <= 0.0 && rate <= self.capacity) {
            return Advanced { admitted: inflow, started: inflow, ..Advanced::default() };
        }
        let (slope, max_backlog) = (rate - self.capacity, self.max_backlog());
        // How long the backlog moves before it stands at one of its two ends.
        let moving = if slope < 0.0 {
            (backlog / -slope).min(span)
        } else if slope > 0.0 {
            ((max_backlog - backlog) / slope).min(span)
        } else {
            span
        };
        let end = if moving < span {
            if slope < 0.0 { 0.0 } else { max_backlog }
        } else {
            (backlog + slope * span).clamp(0.0, max_backlog)
        };
        let standing = span - moving;
        let backlog_time = (backlog + end) / 2.0 * moving + end * standing;
        let room_time = above(backlog, end, self.headroom, moving)
            + if end > self.headroom { (end - self.headroom) * standing } else { 0.0 };
        let excess = if slope > 0.0 { slope * standing } else { 0.0 };
        let gives_up = excess.min(self.impatient_rate() * standing);
        let admitted = inflow - excess;
        Advanced {
            admitted,
            rejected: excess - gives_up,
            gives_up,
            // Not what came in less what is left, whose difference has few digits where a backlog is large.
            started: if slope < 0.0 {
                self.capacity * moving + rate * standing
            } else {
                self.capacity * span
            },
            backlog: end,
            backlog_time,
            room_time,
        }
    }

    /// Clients a second who can stand in the waiting queue until their patience ends, beside those who will get a place, when
    /// the wait is as long as their patience [requests/s]; more are refused.
    fn impatient_rate(&self) -> f64 {
        if self.patience.is_infinite() || self.headroom.is_infinite() {
            0.0
        } else {
            (self.room / self.patience - self.capacity).max(0.0)
        }
    }
}

/// Integral of the part above `floor` of a straight line from `from` to `to` over `span`.
fn above(from: f64, to: f64, floor: f64, span: f64) -> f64 {
    let (low, high) = (from.min(to) - floor, from.max(to) - floor);
    if high <= 0.0 {
        0.0
    } else if low >= 0.0 {
        (low + high) / 2.0 * span
    } else {
        high * high / (2.0 * (high - low)) * span
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Distribution;
    use crate::units::SimDuration;

    fn fluid_queue(capacity: f64, places: u32, queue: Option<u32>, patience: Option<u64>) -> FluidQueue {
        let request = RequestPlan {
            cpu_time: Distribution::constant(SimDuration::from_millis(10)),
            wait_time: Distribution::constant(SimDuration::ZERO),
            timeout: patience.map(|seconds| Distribution::constant(SimDuration::from_secs(seconds))),
            bytes: None,
            classes: alloc::vec::Vec::new(),
            retry: None,
            cancel_timed_out: false,
        };
        let task = TaskPlan { concurrency: Some(places), queue, ..TaskPlan::new(1024, 2048) };
        FluidQueue::new(&request, &task, Some(capacity))
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} instead of {expected}");
    }

    #[test]
    fn oracle_fluid_backlog_a_queue_of_2400_builds_in_two_minutes_and_drains_in_one() {
        // λ = 100/s, capacity 80/s until 120 s, then 140/s: 20/s · 120 s = 2400, drained at 40/s in 60 s; the delay is the
        // area of the triangle, 2400 · 180 / 2 = 216 000 request·s. In steps of a second, as the plane takes them.
        let (mut backlog, mut delay, mut peak) = (0.0, 0.0, 0.0_f64);
        let mut queue = Vec::new();
        for second in 0..200 {
            let capacity = if second < 120 { 80.0 } else { 140.0 };
            let passed = fluid_queue(capacity, 1, None, None).pass(backlog, 100.0, 1.0);
            close(100.0, passed.started + passed.backlog - backlog);
            backlog = passed.backlog;
            delay += passed.backlog_time;
            peak = peak.max(backlog);
            queue.push(backlog);
        }
        close(queue[119], 2_400.0);
        close(queue[179], 0.0);
        close(peak, 2_400.0);
        close(delay, 216_000.0);
    }

    #[test]
    fn a_step_does_not_depend_on_how_it_is_cut() {
        let fluid_queue = fluid_queue(100.0, 5, Some(40), None);
        for (backlog, rate) in [(0.0, 130.0), (30.0, 20.0), (44.0, 300.0), (2.0, 100.0)] {
            let whole = fluid_queue.pass(backlog, rate, 1.0);
            let mut parts = Advanced { backlog, ..Advanced::default() };
            for _ in 0..1_000 {
                let part = fluid_queue.pass(parts.backlog, rate, 1e-3);
                parts.backlog = part.backlog;
                parts.rejected += part.rejected;
                parts.started += part.started;
                parts.backlog_time += part.backlog_time;
                parts.room_time += part.room_time;
            }
            for (one, other) in [
                (whole.rejected, parts.rejected),
                (whole.started, parts.started),
                (whole.backlog, parts.backlog),
                (whole.backlog_time, parts.backlog_time),
                (whole.room_time, parts.room_time),
            ] {
                assert!((one - other).abs() < 1e-6, "{backlog}, {rate}: {one} and {other}");
            }
        }
    }

    #[test]
    fn a_full_room_refuses_what_the_task_cannot_start() {
        // 5 places of 10 ms of one CPU: one is busy at 100/s, four hold requests in want of CPU, 40 wait.
        let fluid_queue = fluid_queue(100.0, 5, Some(40), None);
        close(fluid_queue.max_backlog(), 44.0);
        let passed = fluid_queue.pass(44.0, 250.0, 2.0);
        close(passed.rejected, (250.0 - 100.0) * 2.0);
        close(passed.started, 200.0);
        close(passed.room_time, 40.0 * 2.0);
    }

    #[test]
    fn impatient_clients_stand_in_the_room_as_long_as_it_holds_them() {
        // At a wait of 2 s the waiting queue holds 200 who will start; 300 places are left for those who will not, 150 a
        // second.
        let fluid_queue = fluid_queue(100.0, 1, Some(500), Some(2));
        let passed = fluid_queue.pass(fluid_queue.max_backlog(), 400.0, 1.0);
        close(passed.started, 100.0);
        close(passed.gives_up, 150.0);
        close(passed.rejected, 150.0);
        close(fluid_queue.late_share(1.0), 0.0);
        close(fluid_queue.late_share(1.995), 1.0);
    }
}
