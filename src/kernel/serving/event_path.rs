//! The event path: every request as a job that leaves when it leaves, for plans in which a start or a route depends on the
//! departures of others.

mod arrival_buffer;
mod completions;
mod path;
mod retries;
mod router;
mod server_params;
mod sharing;
mod slab;
mod task_server;
mod timers;

pub use path::{EventPath, EventPathParts, Reach};
