//! What the scheduler asks of a data plane, whether it replays requests or lets them flow.

use super::fleet::Slot;
use crate::facts::{Retraction, Visit};

/// The seats of tasks in a data plane. Instants are ns since second 0.
pub trait Seats {
    /// Takes a slot for a task and puts it into service, empty.
    fn enter(&mut self) -> Slot;

    /// Stops the flow of requests to `slot`; returns when its last request leaves it \[ns\], 0 when it holds none.
    fn close(&mut self, slot: Slot) -> u64;

    /// When the last request leaves `slot`, which is closed, as it looks now \[ns\]: 0 when it holds none. `None` where
    /// nothing can have changed since [`Seats::close`] said it.
    fn idle_from(&self, slot: Slot) -> Option<u64> {
        let _ = slot;
        None
    }

    /// Reports what `slot`, which is closed at `at` \[ns\], still holds, where the plane has stated it already and whoever sums up
    /// what tasks use must know it. A plane that states what was used tells it apart by itself.
    fn held(&self, slot: Slot, at: u64, report: impl FnMut(&Visit)) {
        let _ = (slot, at, report);
    }

    /// Kills what `slot` still holds at `at` \[ns\]. A plane that knows single requests reports each that is lost; one of
    /// flows counts them itself.
    fn kill(&mut self, slot: Slot, at: u64, report: impl FnMut(&Retraction));

    /// Gives the slot back; its task holds nothing any more.
    fn leave(&mut self, slot: Slot);

    /// Stops all work in `slot` from `at` \[ns\] on: requests still go to it, none is answered. Only a plane whose tasks
    /// can fail does it; the world gives every service with faults one.
    fn hang(&mut self, slot: Slot, at: u64) {
        let _ = (slot, at);
    }

    /// Lets the work in `slot` go on at `at` \[ns\] where it stopped.
    fn resume(&mut self, slot: Slot, at: u64) {
        let _ = (slot, at);
    }

    /// Takes `slot` out of the load balancer's rotation, or puts it back. While every slot is out, requests go to all of
    /// them: the load balancer fails open (`docs/aws/load-balancer.md#fail-open`).
    fn set_healthy(&mut self, slot: Slot, is_healthy: bool);

    /// How long a request that comes to `slot` at `now` \[ns\] waits until its CPU work begins \[ns\]; `None`: it is refused.
    fn wait(&mut self, slot: Slot, now: u64) -> Option<u64>;

    /// Waits that begin from `at` \[ns\] on take `factor` times as long; 1 ends it.
    fn slow_down_waits(&mut self, at: u64, factor: f64) {
        let _ = (at, factor);
    }
}

/// A task that died of what happened in the data plane: its memory was exceeded. The plane has stopped at that instant
/// and waits for the scheduler to take the task away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When [ns since second 0].
    pub at: u64,
    /// Whose task.
    pub slot: Slot,
}
