//! Requests in service: each leaves a time after its start that follows the law of the service time. Short stays leave
//! in proportion to what is there, which is exact in the long run and late by about a stay after a jump. Stays of a
//! magnitude that control events can see are followed by the law itself, from a history of what was started.

use alloc::collections::VecDeque;

use super::fluid_queue::FluidQueue;

/// Mean stay from which the law is followed \[s\].
///
/// Below it a jump of the rate is forgotten within the shortest period of a metric (20 s in a service), and the active
/// connections, which stays decide, are far from being what a load balancer is billed for: that takes 120 s at one request
/// a connection (`docs/aws/billing.md#load-balancer`).
const LONG_STAY: f64 = 10.0;
/// Parts of a mean stay in which what is in service counts as linear.
const PARTS: f64 = 8.0;
/// Parts of a step at most.
const MOST_PARTS: u64 = 64;
/// Entries of the history beyond which old ones are joined.
const LONG_HISTORY: usize = 256;
/// Length of an old entry at most, as a share of its age.
const COARSE: f64 = 0.05;

/// Requests that were started in a span of time, evenly.
#[derive(Clone, Copy, Debug)]
struct Started {
    /// Beginning and end of the span [ns since second 0].
    from: u64,
    to: u64,
    /// Requests.
    amount: f64,
}

/// Requests in service of all tasks.
#[derive(Clone, Debug)]
pub(super) struct Residence {
    /// Requests in service.
    content: f64,
    /// Requests that were started, the oldest first; `None` where stays are short.
    history: Option<VecDeque<Started>>,
    /// A remembered argument of the decay \[s\], and its value.
    decay: (f64, f64),
}

/// Result of a step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stayed {
    /// Requests that finished.
    pub(super) finished: f64,
    /// Integral of what is in service [request·s].
    pub(super) occupied: f64,
}

impl Residence {
    /// Nothing is in service.
    pub(super) fn new(fluid_queue: &FluidQueue) -> Self {
        let history = (fluid_queue.stay >= LONG_STAY).then(VecDeque::new);
        Self { content: 0.0, history, decay: (0.0, 1.0) }
    }

    /// Requests in service.
    pub(super) const fn content(&self) -> f64 {
        self.content
    }

    /// So many of what is in service are lost.
    pub(super) fn lose(&mut self, lost: f64) {
        let left = (self.content - lost).max(0.0);
        if let (Some(history), true) = (&mut self.history, self.content > 0.0) {
            let share = left / self.content;
            history.iter_mut().for_each(|entry| entry.amount *= share);
        }
        self.content = left;
    }

    /// Share of a content that leaves in proportion to itself and is still there after `span` \[s\].
    #[expect(clippy::float_cmp, reason = "a remembered argument")]
    pub(super) fn kept(&mut self, span: f64, fluid_queue: &FluidQueue) -> f64 {
        if self.decay.0 != span {
            let age = span / fluid_queue.stay;
            self.decay = (span, if age < 60.0 { libm::exp(-age) } else { 0.0 });
        }
        self.decay.1
    }

    /// `started` requests enter service evenly between two instants [ns since second 0].
    #[expect(clippy::cast_precision_loss, reason = "spans")]
    pub(super) fn pass(&mut self, started: f64, (from, to): (u64, u64), fluid_queue: &FluidQueue) -> Stayed {
        let span = to.saturating_sub(from) as f64 / 1e9;
        if self.history.is_none() || span <= 0.0 {
            let kept = self.kept(span, fluid_queue);
            let finished = stay(&mut self.content, started, fluid_queue.stay, (span, kept));
            return Stayed { finished, occupied: finished * fluid_queue.stay };
        }
        let before = self.content;
        self.note(Started { from, to, amount: started });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
        let parts = (libm::ceil(span / fluid_queue.stay * PARTS) as u64).clamp(1, MOST_PARTS);
        let (mut last, mut occupied) = (before, 0.0);
        for part in 1..=parts {
            let at = from + (to - from) / parts * part;
            let content = self.at(if part == parts { to } else { at }, fluid_queue);
            occupied += (last + content) / 2.0 * span / parts as f64;
            last = content;
        }
        self.content = last;
        self.forget(to, fluid_queue);
        Stayed { finished: (started + before - last).max(0.0), occupied }
    }

    /// Requests in service at an instant: of those started `age` ago the share whose stay is longer.
    #[expect(clippy::cast_precision_loss, reason = "ages")]
    fn at(&self, at: u64, fluid_queue: &FluidQueue) -> f64 {
        let left = |entry: &Started| {
            // What of the entry was started by then, evenly over its span.
            let (end, length) = (entry.to.min(at), (entry.to - entry.from) as f64);
            let (youngest, oldest) = ((at - end) as f64, at.saturating_sub(entry.from) as f64);
            let lasting =
                fluid_queue.service.lasts_beyond(youngest) - fluid_queue.service.lasts_beyond(oldest);
            entry.amount * fluid_queue.stay * 1e9 / length * lasting
        };
        let entries = self.history.iter().flatten().filter(|entry| entry.from < at);
        entries.map(left).sum::<f64>().max(0.0)
    }

    /// Adds an entry: to the last one where the rate goes on.
    #[expect(clippy::cast_precision_loss, reason = "spans")]
    fn note(&mut self, entry: Started) {
        let Some(history) = &mut self.history else { return };
        let rate = |entry: &Started| entry.amount / (entry.to - entry.from) as f64;
        match history.back_mut() {
            Some(last)
                if last.to == entry.from && (rate(last) - rate(&entry)).abs() <= 1e-9 * rate(&entry) =>
            {
                last.to = entry.to;
                last.amount += entry.amount;
            }
            _ => history.push_back(entry),
        }
    }

    /// Drops what is over for good, and joins old entries where there are many.
    #[expect(clippy::cast_precision_loss, reason = "ages")]
    fn forget(&mut self, now: u64, fluid_queue: &FluidQueue) {
        let Some(history) = &mut self.history else { return };
        let longest = fluid_queue.service.longest();
        while history.front().is_some_and(|entry| (now - entry.to) as f64 > longest) {
            history.pop_front();
        }
        if history.len() <= LONG_HISTORY {
            return;
        }
        let mut joined: VecDeque<Started> = VecDeque::with_capacity(history.len());
        for entry in history.drain(..) {
            match joined.back_mut() {
                Some(last) if (entry.to - last.from) as f64 <= COARSE * (now - entry.to) as f64 => {
                    last.to = entry.to;
                    last.amount += entry.amount;
                }
                _ => joined.push_back(entry),
            }
        }
        *history = joined;
    }
}

/// Advances a step in which requests that start stay for a mean time of `mean` \[s\]: updates `content` and returns what
/// finishes. The content of the places leaves in proportion to itself, `kept` of it stays over `span` \[s\]; its long-run mean
/// is exact by Little's law.
pub(super) fn stay(content: &mut f64, started: f64, mean: f64, (span, kept): (f64, f64)) -> f64 {
    if mean <= 0.0 || span <= 0.0 {
        return started;
    }
    let before = *content;
    *content = before * kept + started / span * mean * (1.0 - kept);
    (started + before - *content).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Distribution;
    use crate::serving::plan::{RequestPlan, TaskPlan};
    use crate::units::SimDuration;

    const SECOND: u64 = 1_000_000_000;

    fn fluid_queue(wait: Distribution) -> FluidQueue {
        let task = TaskPlan { concurrency: None, queue: None, ..TaskPlan::new(1024, 2048) };
        let request = RequestPlan::new(Distribution::constant(SimDuration::ZERO), wait);
        FluidQueue::new(&request, &task, None)
    }

    #[test]
    fn a_constant_stay_fills_like_a_pipe() {
        // 300 s at 20/s: 20 × t are in service until 300 s, 6000 from then on; nothing finishes before.
        let fluid_queue = fluid_queue(Distribution::constant(SimDuration::from_secs(300)));
        let mut residence = Residence::new(&fluid_queue);
        let (mut finished, mut occupied) = (0.0, 0.0);
        for minute in 0..10 {
            let step =
                residence.pass(20.0 * 60.0, (minute * 60 * SECOND, (minute + 1) * 60 * SECOND), &fluid_queue);
            finished += step.finished;
            occupied += step.occupied;
            let expected = (20.0 * 60.0 * (minute + 1) as f64).min(6_000.0);
            assert!((residence.content() - expected).abs() < 1.0, "{minute}: {}", residence.content());
        }
        assert!((finished - 300.0 * 20.0).abs() < 1.0, "{finished}");
        // The triangle of the first 300 s, then 300 s of 6000.
        assert!((occupied / (300.0 * 6_000.0 * 1.5) - 1.0).abs() < 1e-3, "{occupied}");
    }

    #[test]
    fn a_long_history_is_joined_and_nothing_is_lost() {
        let law = Distribution::exponential(SimDuration::from_secs(120)).unwrap();
        let fluid_queue = fluid_queue(law);
        let mut residence = Residence::new(&fluid_queue);
        let (mut started, mut finished) = (0.0, 0.0);
        for second in 0..7_200_u64 {
            let amount = 10.0 + (second % 17) as f64;
            started += amount;
            finished +=
                residence.pass(amount, (second * SECOND, (second + 1) * SECOND), &fluid_queue).finished;
        }
        let history = residence.history.as_ref().map_or(0, VecDeque::len);
        assert!(history <= 2 * LONG_HISTORY, "{history}");
        assert!((started - finished - residence.content()).abs() < 1e-3 * started);
        // Eighteen a second on average for 120 s.
        assert!((residence.content() / (18.0 * 120.0) - 1.0).abs() < 0.01, "{}", residence.content());
        residence.lose(residence.content() / 2.0);
        let half = residence.content();
        residence.pass(0.0, (7_200 * SECOND, 7_201 * SECOND), &fluid_queue);
        assert!((residence.content() / half - libm::exp(-1.0 / 120.0)).abs() < 1e-3);
    }
}
