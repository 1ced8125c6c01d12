//! The jobs that tasks hold, in one slab with a free list, and the queues they stand in: doubly linked through the slab, so
//! that a client who loses patience leaves a queue of any length at once.

use alloc::vec::Vec;

use crate::facts::{RequestKey, Visit};

/// No job.
pub(super) const NONE: u32 = u32::MAX;

/// Demands of an attempt; a retry has those of its request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AttemptDemand {
    pub(super) key: RequestKey,
    /// Attempts so far, this one included.
    pub(super) attempt: u32,
    /// Wall time on a CPU server \[ns\].
    pub(super) cpu: u64,
    /// Wait time \[ns\].
    pub(super) wait: u64,
    /// Patience with one attempt \[ns\].
    pub(super) patience: u64,
}

/// Stage of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum JobStage {
    /// Waiting for a place.
    #[default]
    Waiting,
    /// In a place, waiting for a CPU server.
    WaitingForCpu,
    /// On a CPU server, or on its share of them.
    OnCpu,
    /// Waiting for something downstream.
    Blocked,
}

/// One attempt in a task. Instants are ns since second 0.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Job {
    pub(super) demand: AttemptDemand,
    pub(super) arrival: u64,
    pub(super) start: u64,
    pub(super) cpu_start: u64,
    pub(super) cpu_end: u64,
    /// Number that tells this job from those that had its index in the slab before.
    pub(super) serial: u64,
    pub(super) replica: u32,
    pub(super) next: u32,
    pub(super) previous: u32,
    pub(super) stage: JobStage,
    /// Whether its client has given up.
    pub(super) abandoned: bool,
}

impl Job {
    /// The job's visit, once it leaves at `end`.
    pub(super) fn visit(&self, end: u64) -> Visit {
        Visit {
            arrival: self.arrival,
            start: self.start,
            cpu_start: self.cpu_start,
            cpu_end: self.cpu_end,
            end,
        }
    }

    /// The job's visit as far as it has come at `at`, without an answer.
    pub(super) fn visit_until(&self, at: u64) -> Visit {
        if self.stage == JobStage::Waiting {
            Visit::waiting(self.arrival, at)
        } else {
            Visit { start: self.start, ..Visit::waiting(self.arrival, at) }
        }
    }
}

/// All jobs of a service.
#[derive(Clone, Debug, Default)]
pub(super) struct Slab {
    jobs: Vec<Job>,
    free: Vec<u32>,
    serial: u64,
}

impl Slab {
    #[expect(clippy::cast_possible_truncation, reason = "memory ends long before 2³² jobs")]
    pub(super) fn insert(&mut self, mut job: Job) -> u32 {
        self.serial += 1;
        (job.serial, job.next, job.previous) = (self.serial, NONE, NONE);
        if let Some(id) = self.free.pop() {
            self.jobs[id as usize] = job;
            return id;
        }
        self.jobs.push(job);
        (self.jobs.len() - 1) as u32
    }

    /// Allocates a job for an attempt that arrives. Fields that its stages write before they are read are left as they are.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "memory ends long before 2³² jobs")]
    pub(super) fn allocate(&mut self, demand: &AttemptDemand, arrival: u64, replica: u32) -> u32 {
        self.serial += 1;
        let id = self.free.pop().unwrap_or_else(|| {
            self.jobs.push(Job::default());
            (self.jobs.len() - 1) as u32
        });
        let job = &mut self.jobs[id as usize];
        (job.demand, job.arrival, job.replica, job.serial) = (*demand, arrival, replica, self.serial);
        (job.stage, job.abandoned) = (JobStage::Waiting, false);
        id
    }

    /// Frees the index; what still points at it finds another serial there.
    #[inline]
    pub(super) fn remove(&mut self, id: u32) {
        self.jobs[id as usize].serial = 0;
        self.free.push(id);
    }

    /// Count of the jobs in the slab.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.jobs.len() - self.free.len()
    }

    /// All jobs in the slab.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.serial != 0)
    }

    #[inline]
    pub(super) fn get(&self, id: u32) -> &Job {
        &self.jobs[id as usize]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, id: u32) -> &mut Job {
        &mut self.jobs[id as usize]
    }
}

/// A queue of jobs, first come first served.
#[derive(Clone, Copy, Debug)]
pub(super) struct JobQueue {
    first: u32,
    last: u32,
    pub(super) length: u32,
}

impl JobQueue {
    pub(super) const EMPTY: Self = Self { first: NONE, last: NONE, length: 0 };

    pub(super) fn push(&mut self, jobs: &mut Slab, id: u32) {
        (jobs.get_mut(id).next, jobs.get_mut(id).previous) = (NONE, self.last);
        if self.last == NONE {
            self.first = id;
        } else {
            jobs.get_mut(self.last).next = id;
        }
        self.last = id;
        self.length += 1;
    }

    #[inline]
    pub(super) fn pop(&mut self, jobs: &mut Slab) -> Option<u32> {
        if self.first == NONE {
            return None;
        }
        let id = self.first;
        self.unlink(jobs, id);
        Some(id)
    }

    /// Takes `id`, which stands in this queue, out of it.
    pub(super) fn unlink(&mut self, jobs: &mut Slab, id: u32) {
        let Job { next, previous, .. } = *jobs.get(id);
        if previous == NONE {
            self.first = next;
        } else {
            jobs.get_mut(previous).next = next;
        }
        if next == NONE {
            self.last = previous;
        } else {
            jobs.get_mut(next).previous = previous;
        }
        self.length -= 1;
    }

    /// The jobs of the queue, first to last.
    pub(super) fn iter<'a>(&self, jobs: &'a Slab) -> impl Iterator<Item = u32> + 'a {
        let some = |id: u32| (id != NONE).then_some(id);
        core::iter::successors(some(self.first), move |id| some(jobs.get(*id).next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_order_when_one_leaves_from_its_middle() {
        let (mut jobs, mut line) = (Slab::default(), JobQueue::EMPTY);
        let ids: Vec<u32> = (0..5).map(|_| jobs.insert(Job::default())).collect();
        ids.iter().for_each(|id| line.push(&mut jobs, *id));
        for gone in [ids[2], ids[0], ids[4]] {
            line.unlink(&mut jobs, gone);
        }
        assert_eq!(line.iter(&jobs).collect::<Vec<_>>(), [ids[1], ids[3]]);
        assert_eq!(
            (line.pop(&mut jobs), line.pop(&mut jobs), line.pop(&mut jobs)),
            (Some(ids[1]), Some(ids[3]), None)
        );
        assert_eq!(line.length, 0);
    }
}
