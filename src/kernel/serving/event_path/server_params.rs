//! Parameters that all tasks of a service have in common: places, CPU servers, memory.

use super::timers::NEVER;
use crate::serving::plan::{TaskPlan, WarmUpPlan};
use crate::units::{Bytes, NANOS_PER_HOUR};

/// Parameters of every task of a service.
#[derive(Clone, Debug)]
pub(super) struct ServerParams {
    /// Requests in service at once; `u32::MAX`: no limit.
    pub(super) places: u32,
    /// Requests that may wait; `u32::MAX`: no limit.
    pub(super) room: u32,
    /// CPU servers of a task; without CPU work there is no limit.
    pub(super) servers: u32,
    pub(super) is_shared: bool,
    pub(super) cancels: bool,
    pub(super) warm_up: Option<WarmUpPlan>,
    pub(super) memory: Option<Memory>,
}

/// Parameters of a task's memory, from which follows when it is exceeded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Size less what the idle task uses \[B\].
    room: i128,
    per_request: i128,
    /// \[B/h\].
    growth: i128,
    /// Growth at most \[B\].
    limit: i128,
}

impl Memory {
    /// Instant from which on a task that entered service at `entered` and holds `count` requests uses more than it has.
    pub(super) fn oom_at(&self, entered: u64, count: u32) -> u64 {
        let left = self.room - self.per_request * i128::from(count);
        if left < 0 {
            0
        } else if self.growth == 0 || left >= self.limit {
            NEVER
        } else {
            u64::try_from(i128::from(entered) + left * i128::from(NANOS_PER_HOUR) / self.growth + 1)
                .unwrap_or(NEVER)
        }
    }
}

impl ServerParams {
    pub(super) fn new(
        task: &TaskPlan,
        has_cpu_work: bool,
        cancels: bool,
        warm_up: Option<WarmUpPlan>,
    ) -> Self {
        let room = i128::from(task.memory_mib) * i128::from(Bytes::MIB) - i128::from(task.base_memory.0);
        let memory = Memory {
            room,
            per_request: i128::from(task.memory_per_request.0),
            growth: i128::from(task.memory_growth.0),
            limit: task.memory_growth_limit.map_or(i128::MAX, |limit| i128::from(limit.0)),
        };
        Self {
            places: task.concurrency.unwrap_or(u32::MAX),
            room: task.queue.unwrap_or(u32::MAX),
            servers: if has_cpu_work { task.cpu_servers() } else { u32::MAX },
            is_shared: has_cpu_work && task.shares_cpu(),
            cancels,
            warm_up,
            memory: task.runs_out_of_memory().then_some(memory),
        }
    }
}
