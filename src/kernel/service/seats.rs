//! What the scheduler asks of a data plane, whether it replays requests or lets them flow.

use super::fleet::Slot;
use crate::facts::Loss;

/// The seats of tasks in a data plane. Instants are ns since second 0.
pub trait Seats {
    /// Takes a slot for a task and puts it into service, empty.
    fn enter(&mut self) -> Slot;

    /// Stops the flow of requests to `slot`; returns when its last request leaves it \[ns\], 0 when it holds none.
    fn close(&mut self, slot: Slot) -> u64;

    /// Kills what `slot` still holds at `at` \[ns\]. A plane that knows single requests reports each that is lost; one of
    /// flows counts them itself.
    fn kill(&mut self, slot: Slot, at: u64, report: impl FnMut(&Loss));

    /// Gives the slot back; its task holds nothing any more.
    fn leave(&mut self, slot: Slot);
}
