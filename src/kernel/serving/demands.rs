//! Demands of each request, drawn in batches: one draw an arrival from each stream, whatever becomes of the
//! request, so that request number n has the same demands under every policy (common random numbers).

use alloc::vec::Vec;

use super::plan::{RequestPlan, TaskPlan};
use crate::random::{Distribution, Purpose, Rng, Streams};
use crate::units::SimDuration;

/// Requests whose demands are drawn at once.
pub(super) const CHUNK: usize = 128;

/// The streams of demands of one service, and the chunk drawn last.
#[derive(Clone, Debug)]
pub struct Demands {
    cpu: Column,
    wait: Column,
    patience: Column,
}

#[derive(Clone, Debug)]
struct Column {
    law: Distribution,
    rng: Rng,
    values: Vec<u64>,
}

impl Column {
    fn new(law: Distribution, rng: Rng) -> Self {
        let mut column = Self { law, rng, values: alloc::vec![0; CHUNK] };
        if let Some(value) = column.law.as_constant() {
            column.values.fill(value.0);
        }
        column
    }

    /// Draws `count` values; a constant stays where it is.
    fn draw(&mut self, count: usize) {
        if self.law.as_constant().is_none() {
            self.law.fill(&mut self.rng, &mut self.values[..count]);
        }
    }
}

/// The law of the wall time that vCPU time takes on one CPU server of a task.
fn on_a_server(cpu_time: &Distribution, task: &TaskPlan) -> Distribution {
    let speed = task.cpu_speed();
    let stretched = if (speed - 1.0).abs() > 0.0 { cpu_time.scaled(1.0 / speed) } else { None };
    stretched.unwrap_or_else(|| cpu_time.clone())
}

impl Demands {
    /// The demands of service `name`.
    #[must_use]
    pub fn new(request: &RequestPlan, task: &TaskPlan, streams: Streams, name: &str) -> Self {
        let column = |law: &Distribution, purpose| Column::new(law.clone(), streams.stream(purpose, name));
        let for_ever = Distribution::constant(SimDuration::CAP);
        Self {
            cpu: column(&on_a_server(&request.cpu_time, task), Purpose::CPU_TIME),
            wait: column(&request.wait_time, Purpose::WAIT_TIME),
            patience: column(request.timeout.as_ref().unwrap_or(&for_ever), Purpose::PATIENCE),
        }
    }

    /// Draws the demands of the next `count` requests, at most [`CHUNK`].
    pub(super) fn draw(&mut self, count: usize) {
        self.cpu.draw(count);
        self.wait.draw(count);
        self.patience.draw(count);
    }

    /// Wall time on a CPU server \[ns\], by request of the chunk.
    #[inline]
    pub(super) fn cpu(&self) -> &[u64] {
        &self.cpu.values
    }

    /// Wait time \[ns\], by request of the chunk.
    #[inline]
    pub(super) fn wait(&self) -> &[u64] {
        &self.wait.values
    }

    /// Patience \[ns\], by request of the chunk.
    #[inline]
    pub(super) fn patience(&self) -> &[u64] {
        &self.patience.values
    }
}
