//! Shape of a task for its utilization: its size, and what it uses whatever its requests do.

use super::growth::MemoryGrowth;
use super::usage::UsageTotals;

/// The size of a task and what it uses by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskShape {
    /// CPU servers of a task.
    pub cpu_servers: usize,
    /// Share of the CPU that a running task uses whatever its requests do, in [0, 1).
    pub base_cpu: f64,
    /// Share of the CPU that a task uses while its application boots, in [0, 1].
    pub boot_cpu: f64,
    /// Memory of an idle task \[B\].
    pub base_memory: u64,
    /// Memory of a request in a place \[B\].
    pub memory_per_request: u64,
    /// Memory of a task \[B\].
    pub memory: u64,
    /// Change of a task's memory with its age and its past.
    pub growth: MemoryGrowth,
}

impl TaskShape {
    /// CPU used ÷ CPU reserved, in [0, 1]; `None` where nothing was reserved
    /// (`docs/aws/metrics.md#cpu-and-memory-of-a-service`). What requests use is a share of what `base_cpu` leaves.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn cpu(&self, usage: &UsageTotals) -> Option<f64> {
        let reserved = usage.reserved as f64;
        let busy = usage.counted_cpu() as f64 / (reserved * self.cpu_servers as f64);
        let boots = usage.booting as f64 / reserved;
        let share = busy * (1.0 - self.base_cpu) + self.base_cpu * (1.0 - boots) + self.boot_cpu * boots;
        (usage.reserved > 0).then_some(share)
    }

    /// Memory used ÷ memory reserved; `None` where nothing was reserved.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn memory(&self, usage: &UsageTotals) -> Option<f64> {
        let reserved = usage.reserved as f64;
        let requests = usage.counted_places() as f64 + usage.retained as f64;
        let used =
            self.base_memory as f64 * reserved + self.memory_per_request as f64 * requests + usage.grown;
        (usage.reserved > 0).then(|| used / (self.memory as f64 * reserved))
    }
}
