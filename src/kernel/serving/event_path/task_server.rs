//! The server of one task: its places, its waiting queue, its CPU and its waits for services downstream.
//!
//! A server does one thing at a time, at the instant that [`TaskServer::due`] names. Whatever falls free goes to the next job
//! of the queue at once. A hung server stands still: its timers keep the time that is left to them, and go on with it.

use super::server_params::ServerParams;
use super::sharing::Shared;
use super::slab::{AttemptDemand, Job, JobQueue, JobStage, Slab};
use super::timers::{NEVER, Timers};
use crate::facts::{DrainingUse, ResourceUse};
use crate::units::SimDuration;

/// One sum of a period: everything from its beginning on, less everything from its end on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Integral {
    count: u64,
    /// Modulo 2⁶⁴: sums of a period are far below, instants need not be.
    sum: u64,
}

impl Integral {
    #[inline]
    fn begin(&mut self, now: u64, count: u32) {
        self.count += u64::from(count);
        self.sum = self.sum.wrapping_sub(now.wrapping_mul(u64::from(count)));
    }

    #[inline]
    fn end(&mut self, now: u64, count: u32) {
        self.count -= u64::from(count);
        self.sum = self.sum.wrapping_add(now.wrapping_mul(u64::from(count)));
    }

    /// The sum up to `now`, from where it was taken last.
    fn take(&mut self, now: u64) -> i128 {
        let open = self.count.wrapping_mul(now);
        let total = self.sum.wrapping_add(open);
        self.sum = open.wrapping_neg();
        i128::from(total)
    }
}

/// State that all task servers of a service share: the jobs, and the sums of the open period.
#[derive(Clone, Debug)]
pub(super) struct ServerPool {
    pub(super) params: ServerParams,
    pub(super) jobs: Slab,
    cpu_busy: Integral,
    occupied: Integral,
    waiting: Integral,
    /// CPU time of draining tasks, a part of `cpu_busy`.
    cpu_leaving: Integral,
    occupied_leaving: Integral,
    /// Factor of the waits that begin now; `None`: as long as they are.
    pub(super) wait_factor: Option<f64>,
}

impl ServerPool {
    pub(super) fn new(params: ServerParams) -> Self {
        Self {
            params,
            jobs: Slab::default(),
            cpu_busy: Integral::default(),
            occupied: Integral::default(),
            waiting: Integral::default(),
            cpu_leaving: Integral::default(),
            occupied_leaving: Integral::default(),
            wait_factor: None,
        }
    }

    /// Takes the usage since it was taken last.
    pub(super) fn take_usage(&mut self, now: u64) -> ResourceUse {
        ResourceUse {
            cpu_busy: self.cpu_busy.take(now),
            occupied: self.occupied.take(now),
            waiting: self.waiting.take(now),
            draining: DrainingUse {
                cpu_busy: self.cpu_leaving.take(now),
                occupied: self.occupied_leaving.take(now),
            },
        }
    }

    /// A pool of its own for a dry run, without jobs.
    fn empty_copy(&self) -> Self {
        Self { wait_factor: self.wait_factor, ..Self::new(self.params.clone()) }
    }
}

/// Outcome of one step of a task server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepResult {
    /// A step without an effect outside the server.
    Nothing,
    /// Departure of a job; the caller removes it from the slab.
    Left(u32),
    /// Memory use beyond the task's limit.
    OutOfMemory,
}

/// State of one task: its jobs and its resources. Instants are ns since second 0.
#[derive(Clone, Debug)]
pub(super) struct TaskServer {
    waiting: JobQueue,
    cpu_queue: JobQueue,
    in_service: u32,
    /// CPU servers taken, first come first served.
    busy_cpus: u32,
    timers: Timers<u64>,
    shared: Shared,
    /// Instant at which the task hung; [`NEVER`]: it does not hang.
    hung_at: u64,
    entered: u64,
    /// Requests that still take the whole factor of the warm-up.
    cold_requests: u64,
    /// Whether it warms up at all.
    is_new: bool,
    /// CPU servers busy and requests in a place when it was followed last; `None`: its task does not drain.
    followed: Option<(u32, u32)>,
    oom_at: u64,
}

impl TaskServer {
    pub(super) fn new(params: &ServerParams) -> Self {
        Self {
            waiting: JobQueue::EMPTY,
            cpu_queue: JobQueue::EMPTY,
            in_service: 0,
            busy_cpus: 0,
            timers: Timers::new(),
            shared: Shared::new(params.servers),
            hung_at: NEVER,
            entered: 0,
            cold_requests: 0,
            is_new: false,
            followed: None,
            oom_at: NEVER,
        }
    }

    /// A task takes the server at `now`; it holds nothing.
    pub(super) fn enter(&mut self, params: &ServerParams, now: u64, is_new: bool) {
        (self.hung_at, self.entered, self.followed) = (NEVER, now, None);
        self.is_new = is_new && params.warm_up.is_some();
        self.cold_requests = params.warm_up.filter(|_| is_new).map_or(0, |warm_up| warm_up.requests);
        self.watch_memory(params, now);
    }

    /// Begins to drain the task at `now`: its usage is summed up apart too.
    pub(super) fn close(&mut self, server_pool: &mut ServerPool, now: u64) {
        self.followed = self.followed.or(Some((0, 0)));
        self.follow(server_pool, now);
    }

    /// Follows a change at `now`: the usage of a draining task is summed up apart.
    #[inline]
    pub(super) fn follow(&mut self, server_pool: &mut ServerPool, now: u64) {
        if let Some(before) = self.followed {
            self.follow_from(before, server_pool, now);
        }
    }

    #[cold]
    fn follow_from(&mut self, (busy, places): (u32, u32), server_pool: &mut ServerPool, now: u64) {
        let busy_now = if self.hung_at == NEVER { self.busy_cpus + self.shared.busy() } else { 0 };
        server_pool.cpu_leaving.end(now, busy);
        server_pool.cpu_leaving.begin(now, busy_now);
        server_pool.occupied_leaving.end(now, places);
        server_pool.occupied_leaving.begin(now, self.in_service);
        self.followed = Some((busy_now, self.in_service));
    }

    /// Requests it holds, waiting or in a place.
    #[inline]
    pub(super) fn outstanding(&self) -> u32 {
        self.in_service + self.waiting.length
    }

    /// Instant of the next step of this server.
    #[inline]
    pub(super) fn due(&self) -> u64 {
        let work = if self.hung_at == NEVER { self.next_work() } else { NEVER };
        work.min(self.oom_at)
    }

    #[inline]
    fn next_work(&self) -> u64 {
        self.timers.first().map_or(NEVER, |(at, _)| at).min(self.shared.next)
    }

    /// Instant at which its timers stand.
    #[inline]
    fn clock(&self, now: u64) -> u64 {
        now.min(self.hung_at)
    }

    /// Takes a job that [`TaskServer::can_admit`] admits.
    #[inline]
    pub(super) fn arrive(&mut self, server_pool: &mut ServerPool, now: u64, id: u32) {
        if self.in_service < server_pool.params.places {
            self.begin(server_pool, now, id);
        } else {
            server_pool.waiting.begin(now, 1);
            self.waiting.push(&mut server_pool.jobs, id);
        }
    }

    /// Whether a job that arrives now gets in.
    #[inline]
    pub(super) fn can_admit(&self, params: &ServerParams) -> bool {
        self.in_service < params.places || self.waiting.length < params.room
    }

    /// A job gets a place.
    #[inline]
    fn begin(&mut self, server_pool: &mut ServerPool, now: u64, id: u32) {
        self.in_service += 1;
        server_pool.occupied.begin(now, 1);
        if server_pool.params.memory.is_some() {
            self.watch_memory(&server_pool.params, now);
        }
        let work = if self.is_new {
            self.warmed_up(server_pool, now, id)
        } else {
            server_pool.jobs.get(id).demand.cpu
        };
        let job = server_pool.jobs.get_mut(id);
        (job.start, job.cpu_start) = (now, now);
        if server_pool.params.is_shared {
            job.stage = JobStage::OnCpu;
            let before = self.shared.busy();
            self.shared.join(self.clock(now), id, work);
            self.servers_changed(server_pool, now, before);
        } else if self.busy_cpus < server_pool.params.servers {
            self.take_server(server_pool, now, (id, work));
        } else {
            job.stage = JobStage::WaitingForCpu;
            job.cpu_end = work;
            self.cpu_queue.push(&mut server_pool.jobs, id);
        }
    }

    #[inline]
    fn take_server(&mut self, server_pool: &mut ServerPool, now: u64, (id, work): (u32, u64)) {
        self.busy_cpus += 1;
        if self.hung_at == NEVER {
            server_pool.cpu_busy.begin(now, 1);
        }
        let job = server_pool.jobs.get_mut(id);
        (job.stage, job.cpu_start) = (JobStage::OnCpu, now);
        self.timers.push(self.clock(now) + work, id);
    }

    #[inline]
    fn give_server_back(&mut self, server_pool: &mut ServerPool, now: u64) {
        self.busy_cpus -= 1;
        if self.hung_at == NEVER {
            server_pool.cpu_busy.end(now, 1);
        }
        if let Some(next) = self.cpu_queue.pop(&mut server_pool.jobs) {
            // The queue keeps the work of a job where its end will be.
            let work = server_pool.jobs.get(next).cpu_end;
            self.take_server(server_pool, now, (next, work));
        }
    }

    /// Begins the service of a job that has waited, as [`TaskServer::begin`]: seldom enough to be kept out of the way of the
    /// others.
    #[inline(never)]
    fn begin_waiting(&mut self, server_pool: &mut ServerPool, now: u64, id: u32) {
        server_pool.waiting.end(now, 1);
        self.begin(server_pool, now, id);
    }

    /// The number of jobs that share the CPU was such that `before` servers were busy.
    fn servers_changed(&self, server_pool: &mut ServerPool, now: u64, before: u32) {
        let after = self.shared.busy();
        if self.hung_at != NEVER || before == after {
        } else if after > before {
            server_pool.cpu_busy.begin(now, after - before);
        } else {
            server_pool.cpu_busy.end(now, before - after);
        }
    }

    /// Lets what is due at `now` happen: one thing at a time.
    #[inline]
    pub(super) fn fire(&mut self, server_pool: &mut ServerPool, now: u64) -> StepResult {
        if self.hung_at != NEVER || self.next_work() > now {
            if self.oom_at > now {
                return StepResult::Nothing;
            }
            self.oom_at = NEVER;
            return StepResult::OutOfMemory;
        }
        if self.shared.next <= now {
            let before = self.shared.busy();
            let Some(id) = self.shared.leave(now) else { return StepResult::Nothing };
            self.servers_changed(server_pool, now, before);
            return self.off_cpu(server_pool, now, id);
        }
        let Some((_, id)) = self.timers.pop() else { return StepResult::Nothing };
        if server_pool.jobs.get(id).stage == JobStage::OnCpu {
            self.give_server_back(server_pool, now);
            return self.off_cpu(server_pool, now, id);
        }
        self.free_place(server_pool, now);
        StepResult::Left(id)
    }

    /// Ends a job's CPU work: the job waits, or leaves.
    #[inline]
    fn off_cpu(&mut self, server_pool: &mut ServerPool, now: u64, id: u32) -> StepResult {
        let factor = server_pool.wait_factor;
        let job = server_pool.jobs.get_mut(id);
        job.cpu_end = now;
        if job.demand.wait == 0 {
            self.free_place(server_pool, now);
            return StepResult::Left(id);
        }
        job.stage = JobStage::Blocked;
        let wait = factor.map_or(job.demand.wait, |factor| stretched(job.demand.wait, factor));
        self.timers.push(now + wait, id);
        StepResult::Nothing
    }

    /// A job has left its place: the next one takes it.
    #[inline]
    fn free_place(&mut self, server_pool: &mut ServerPool, now: u64) {
        self.in_service -= 1;
        server_pool.occupied.end(now, 1);
        if let Some(next) = self.waiting.pop(&mut server_pool.jobs) {
            self.begin_waiting(server_pool, now, next);
        } else if server_pool.params.memory.is_some() {
            self.watch_memory(&server_pool.params, now);
        }
    }

    /// Takes a job away whose client has given up; it has not left yet.
    pub(super) fn withdraw(&mut self, server_pool: &mut ServerPool, now: u64, id: u32) {
        match server_pool.jobs.get(id).stage {
            JobStage::Waiting => {
                self.waiting.unlink(&mut server_pool.jobs, id);
                server_pool.waiting.end(now, 1);
                return;
            }
            JobStage::WaitingForCpu => self.cpu_queue.unlink(&mut server_pool.jobs, id),
            JobStage::OnCpu if server_pool.params.is_shared => {
                let before = self.shared.busy();
                self.shared.cancel(self.clock(now), id);
                self.servers_changed(server_pool, now, before);
            }
            JobStage::OnCpu => {
                self.timers.remove(id);
                self.give_server_back(server_pool, now);
            }
            JobStage::Blocked => self.timers.remove(id),
        }
        self.free_place(server_pool, now);
        self.follow(server_pool, now);
    }

    /// The task dies at `now`; returns the jobs it held, oldest first. The caller removes them from the slab.
    pub(super) fn clear(&mut self, server_pool: &mut ServerPool, now: u64) -> alloc::vec::Vec<u32> {
        let jobs = self.held(&server_pool.jobs);
        server_pool.waiting.end(now, self.waiting.length);
        server_pool.occupied.end(now, self.in_service);
        if self.hung_at == NEVER {
            server_pool.cpu_busy.end(now, self.busy_cpus + self.shared.busy());
        }
        *self = Self { entered: self.entered, followed: self.followed, ..Self::new(&server_pool.params) };
        self.follow(server_pool, now);
        jobs
    }

    /// The jobs it holds, oldest first.
    fn held(&self, jobs: &Slab) -> alloc::vec::Vec<u32> {
        let working = self.timers.jobs().map(|cell| cell.1).chain(self.shared.jobs().map(|cell| cell.1));
        let mut held: alloc::vec::Vec<u32> =
            self.waiting.iter(jobs).chain(self.cpu_queue.iter(jobs)).chain(working).collect();
        held.sort_unstable_by_key(|id| jobs.get(*id).serial);
        held
    }

    /// Everything stands still from `now` on.
    pub(super) fn hang(&mut self, server_pool: &mut ServerPool, now: u64) {
        if self.hung_at == NEVER {
            server_pool.cpu_busy.end(now, self.busy_cpus + self.shared.busy());
            self.shared.stop(now);
            self.hung_at = now;
            self.follow(server_pool, now);
        }
    }

    /// Everything goes on at `now`.
    pub(super) fn resume(&mut self, server_pool: &mut ServerPool, now: u64) {
        if self.hung_at != NEVER {
            let lost = now - self.hung_at;
            self.hung_at = NEVER;
            self.timers.map(|at| at + lost);
            self.shared.go_on(now);
            server_pool.cpu_busy.begin(now, self.busy_cpus + self.shared.busy());
            self.follow(server_pool, now);
        }
    }

    fn watch_memory(&mut self, params: &ServerParams, now: u64) {
        if let Some(memory) = &params.memory {
            self.oom_at = memory.oom_at(self.entered, self.in_service).max(now);
        }
    }

    /// The CPU work of a job that gets its place at `now`, in a task that may be warming up: the larger of the two factors.
    #[expect(clippy::cast_precision_loss, reason = "a share of a span")]
    fn warmed_up(&mut self, server_pool: &ServerPool, now: u64, id: u32) -> u64 {
        let work = server_pool.jobs.get(id).demand.cpu;
        let Some(plan) = &server_pool.params.warm_up else { return work };
        let age = now - self.entered;
        let mut factor = 1.0;
        if age < plan.over.0 {
            factor = plan.factor - (plan.factor - 1.0) * (age as f64 / plan.over.0 as f64);
        }
        if self.cold_requests > 0 {
            self.cold_requests -= 1;
            factor = plan.factor;
        } else if age >= plan.over.0 {
            self.is_new = false;
            return work;
        }
        stretched(work, factor)
    }

    /// Instant at which its last job leaves if nothing more arrives and nothing else goes wrong \[ns\]; 0 when it holds none. A
    /// copy of it runs to its end, so this is not for every request.
    pub(super) fn empty_at(&self, server_pool: &ServerPool, now: u64) -> u64 {
        if self.outstanding() == 0 {
            return 0;
        }
        if self.hung_at != NEVER {
            return NEVER;
        }
        self.runs_on_until(server_pool, now, |task_server, _| task_server.outstanding() == 0)
    }

    /// Waiting time of a job that arrives at `now` \[ns\], until its CPU work begins \[ns\]; `None`: it is refused. Like
    /// [`TaskServer::empty_at`] not for every request.
    pub(super) fn wait(&self, server_pool: &ServerPool, now: u64) -> Option<u64> {
        let params = &server_pool.params;
        if !self.can_admit(params) {
            return None;
        }
        let is_next = |task_server: &Self, params: &ServerParams| {
            let has_place = task_server.in_service < params.places && task_server.waiting.length == 0;
            has_place
                && (params.is_shared
                    || (task_server.busy_cpus < params.servers && task_server.cpu_queue.length == 0))
        };
        if self.hung_at != NEVER {
            return Some(NEVER - now);
        }
        if is_next(self, params) {
            return Some(0);
        }
        Some(
            self.runs_on_until(server_pool, now, |task_server, server_pool| {
                is_next(task_server, &server_pool.params)
            }) - now,
        )
    }

    /// Instant at which `is_over` first holds of a copy of it that runs on from `now` without arrivals \[ns\]; [`NEVER`]: it
    /// never does.
    fn runs_on_until(
        &self,
        server_pool: &ServerPool,
        now: u64,
        is_over: impl Fn(&Self, &ServerPool) -> bool,
    ) -> u64 {
        let (mut task_server, mut server_pool) = self.copied(server_pool, now);
        let mut deadlines: alloc::vec::Vec<(u64, u64, u32)> = task_server
            .held(&server_pool.jobs)
            .iter()
            .map(|id| (deadline(server_pool.jobs.get(*id)), server_pool.jobs.get(*id).serial, *id))
            .collect();
        deadlines.sort_unstable_by(|one, other| other.cmp(one));
        let mut last = now;
        while !is_over(&task_server, &server_pool) {
            let (work, patience) = (task_server.next_work(), deadlines.last().map_or(NEVER, |entry| entry.0));
            if work.min(patience) == NEVER {
                return NEVER;
            }
            last = work.min(patience);
            if work <= patience {
                if let StepResult::Left(id) = task_server.fire(&mut server_pool, work) {
                    server_pool.jobs.remove(id);
                }
            } else if let Some((_, serial, id)) = deadlines.pop() {
                let job = server_pool.jobs.get(id);
                if job.serial == serial && (job.stage == JobStage::Waiting || server_pool.params.cancels) {
                    task_server.withdraw(&mut server_pool, patience, id);
                    server_pool.jobs.remove(id);
                }
            }
        }
        last
    }

    /// A copy that can run on without touching the rest of the service.
    fn copied(&self, server_pool: &ServerPool, now: u64) -> (Self, ServerPool) {
        let mut own = server_pool.empty_copy();
        own.waiting.begin(now, self.waiting.length);
        own.occupied.begin(now, self.in_service);
        own.cpu_busy.begin(now, self.busy_cpus + self.shared.busy());
        let mut task_server = Self::new(&server_pool.params);
        (task_server.in_service, task_server.busy_cpus, task_server.entered) =
            (self.in_service, self.busy_cpus, self.entered);
        (task_server.cold_requests, task_server.is_new) = (self.cold_requests, self.is_new);
        let bring = |id: u32, own: &mut ServerPool| own.jobs.insert(*server_pool.jobs.get(id));
        for id in self.waiting.iter(&server_pool.jobs) {
            let id = bring(id, &mut own);
            task_server.waiting.push(&mut own.jobs, id);
        }
        for id in self.cpu_queue.iter(&server_pool.jobs) {
            let id = bring(id, &mut own);
            task_server.cpu_queue.push(&mut own.jobs, id);
        }
        self.timers.jobs().for_each(|(at, id)| task_server.timers.push(at, bring(id, &mut own)));
        task_server.shared = self.shared.renamed(|id| bring(id, &mut own));
        (task_server, own)
    }
}

/// Instant at which the client of `job` gives up; [`NEVER`] when it has done so already.
fn deadline(job: &Job) -> u64 {
    let AttemptDemand { patience, .. } = job.demand;
    if job.abandoned { NEVER } else { job.arrival.saturating_add(patience) }
}

/// A span times a factor \[ns\].
#[expect(
    clippy::cast_precision_loss,
    reason = "a span that is stretched by a factor is not exact in any case"
)]
fn stretched(span: u64, factor: f64) -> u64 {
    SimDuration::from_nanos_f64(span as f64 * factor).0
}
