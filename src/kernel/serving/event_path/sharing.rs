//! Egalitarian processor sharing in virtual time.
//!
//! With n jobs on c servers each job gets min(1, c/n) of a server. Attained work is one number for all of them: a job
//! that joins when it stands at v leaves when it stands at v + work, so that an arrival or a departure changes one
//! number and not n. Work is counted in units of 2⁻²⁰ ns. Between two changes the number grows by
//! ⌊span · c · 2²⁰ / n⌋, and a job leaves at the first whole nanosecond at which it has attained its work: all
//! integers, the same on every machine, and exact while n ≤ c.

use super::timers::{NEVER, Timers};

/// Units of work in a nanosecond: 2 to this power.
const FINE: u32 = 20;

/// The jobs that share the CPU of one task.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// Jobs by the attained work at which each leaves [2⁻²⁰ ns].
    targets: Timers<u128>,
    attained: u128,
    /// Instant to which `attained` belongs \[ns\].
    at: u64,
    servers: u32,
    /// Instant at which the next job leaves \[ns\].
    pub(super) next: u64,
}

impl Shared {
    pub(super) const fn new(servers: u32) -> Self {
        Self { targets: Timers::new(), attained: 0, at: 0, servers, next: NEVER }
    }

    /// Servers at work.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "memory ends long before 2³² jobs")]
    pub(super) fn busy(&self) -> u32 {
        (self.targets.len() as u32).min(self.servers)
    }

    /// Brings the attained work up to `now`.
    fn advance(&mut self, now: u64) {
        let span = now - self.at;
        self.at = now;
        let (count, servers) = (self.targets.len() as u64, u64::from(self.servers));
        if count == 0 {
            self.attained = 0;
        } else if count <= servers {
            self.attained += u128::from(span) << FINE;
        } else if span < 1 << 38 {
            // A span below 2³⁸ ns (274 s) times at most 32 servers: the product fits.
            self.attained += u128::from(((span * servers) << FINE) / count);
        } else {
            self.attained += ((u128::from(span) * u128::from(servers)) << FINE) / u128::from(count);
        }
    }

    /// Finds out when the next job leaves.
    #[expect(clippy::cast_possible_truncation, reason = "compared with the longest span before the cast")]
    fn look_ahead(&mut self) {
        let Some((target, _)) = self.targets.first() else {
            self.next = NEVER;
            return;
        };
        let rest = target.saturating_sub(self.attained);
        let (count, servers) = (self.targets.len() as u128, u128::from(self.servers));
        let span = if count <= servers {
            (rest + ((1 << FINE) - 1)) >> FINE
        } else if self.servers == 1 {
            (rest * count + ((1 << FINE) - 1)) >> FINE
        } else if rest * count < 1 << 63 {
            let (work, divisor) = ((rest * count) as u64, u64::from(self.servers) << FINE);
            u128::from(work.div_ceil(divisor))
        } else {
            (rest * count).div_ceil(servers << FINE)
        };
        self.next = if span < u128::from(NEVER - self.at) { self.at + span as u64 } else { NEVER - 1 };
    }

    /// `job` joins at `now` with `work` \[ns\] of one server.
    pub(super) fn join(&mut self, now: u64, job: u32, work: u64) {
        self.advance(now);
        self.targets.push(self.attained + (u128::from(work) << FINE), job);
        self.look_ahead();
    }

    /// The next job that has attained its work by `now` leaves.
    pub(super) fn leave(&mut self, now: u64) -> Option<u32> {
        self.advance(now);
        let ready = self.targets.first().is_some_and(|(target, _)| target <= self.attained);
        let job = if ready { self.targets.pop().map(|(_, job)| job) } else { None };
        self.look_ahead();
        job
    }

    /// `job` leaves at `now` without having attained its work.
    pub(super) fn cancel(&mut self, now: u64, job: u32) {
        self.advance(now);
        self.targets.remove(job);
        self.look_ahead();
    }

    /// Work stops at `now`.
    pub(super) fn stop(&mut self, now: u64) {
        self.advance(now);
    }

    /// Work goes on at `now`.
    pub(super) fn go_on(&mut self, now: u64) {
        self.at = now;
        self.look_ahead();
    }

    /// The jobs and the work each still has to attain [2⁻²⁰ ns above `attained`].
    pub(super) fn jobs(&self) -> impl Iterator<Item = (u128, u32)> + '_ {
        self.targets.jobs()
    }

    /// The same state with other names for its jobs.
    pub(super) fn renamed(&self, mut name: impl FnMut(u32) -> u32) -> Self {
        let mut copy = Self { targets: Timers::new(), ..*self };
        self.targets.jobs().for_each(|(target, job)| copy.targets.push(target, name(job)));
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(arrival, work)` of each job [s]; when each leaves [s].
    fn completions(jobs: &[(f64, f64)], servers: u32) -> std::vec::Vec<f64> {
        let nanos = |seconds: f64| crate::units::SimDuration::from_secs_f64(seconds).0;
        let mut shared = Shared::new(servers);
        let mut ends = std::vec![0.0; jobs.len()];
        let mut arrivals = jobs.iter().enumerate().peekable();
        loop {
            let arrival = arrivals.peek().map_or(NEVER, |(_, job)| nanos(job.0));
            if shared.next <= arrival && shared.next != NEVER {
                let now = shared.next;
                let job = shared.leave(now).unwrap();
                ends[job as usize] = now as f64 / 1e9;
            } else if let Some((index, job)) = arrivals.next() {
                shared.join(arrival, u32::try_from(index).unwrap(), nanos(job.1));
            } else {
                return ends;
            }
        }
    }

    fn close(ends: &[f64], truth: &[f64]) -> bool {
        ends.iter().zip(truth).all(|(end, truth)| (end - truth).abs() <= 1.5e-9)
    }

    #[test]
    fn two_jobs_share_one_core() {
        // oracle `ps-two-jobs`: (0, 3) and (1, 1): alone until 1, then half each: the second has its 1 at 3, the first
        // has 1 + 1 then and ends alone at 4.
        assert!(close(&completions(&[(0.0, 3.0), (1.0, 1.0)], 1), &[4.0, 3.0]));
    }

    #[test]
    fn three_jobs_share_two_cores_and_none_gets_more_than_one() {
        // oracle `ps-three-on-two-cores`: three of 2 s at once: 2/3 of a core each.
        assert!(close(&completions(&[(0.0, 2.0), (0.0, 2.0), (0.0, 2.0)], 2), &[3.0, 3.0, 3.0]));
    }

    #[test]
    fn four_jobs_that_come_one_after_the_other_share_one_core() {
        // oracle `ps-mixed`.
        let jobs = [(0.0, 4.0), (1.0, 2.0), (2.0, 1.0), (2.5, 0.5)];
        assert!(close(&completions(&jobs, 1), &[7.5, 6.5, 5.5, 4.5]));
    }
}
