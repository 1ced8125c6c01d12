//! The interface between the platform, which starts and stops replicas, and the plane that serves requests on them.

use crate::facts::{Retraction, Visit};

/// Index of a replica in the arrays of a plane; it is used again when its replica is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaIndex(pub(crate) u32);

impl ReplicaIndex {
    /// Returns the number of the replica.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0
    }
}

/// The replicas of a service in a plane. Instants are ns since second 0.
pub trait ReplicaSet {
    /// Puts a replica into service, empty.
    fn add(&mut self) -> ReplicaIndex;

    /// Stops the flow of requests to a replica; returns when its last request leaves it \[ns\], 0 when it holds none.
    fn drain(&mut self, replica: ReplicaIndex) -> u64;

    /// Instant at which the last request leaves a replica that drains, as far as is known now \[ns\]: 0 when it holds none.
    /// `None` where nothing can have changed since [`ReplicaSet::drain`] said it.
    fn drained_at(&self, replica: ReplicaIndex) -> Option<u64>;

    /// Reports what a replica that drains since `at` \[ns\] still holds, where the plane has stated it already and the listener
    /// that sums up what replicas use must know it. A plane that measures what is used tells it apart by itself.
    fn held(&self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Visit));

    /// Kills what a replica still holds at `at` \[ns\]. A plane that states outcomes in advance reports each that it takes back.
    fn kill(&mut self, replica: ReplicaIndex, at: u64, report: impl FnMut(&Retraction));

    /// Gives the index back; its replica holds nothing any more.
    fn release(&mut self, replica: ReplicaIndex);

    /// Stops all work in a replica from `at` \[ns\] on: requests still go to it, none is answered.
    fn hang(&mut self, replica: ReplicaIndex, at: u64);

    /// Lets the work in a replica go on at `at` \[ns\] where it stopped.
    fn resume(&mut self, replica: ReplicaIndex, at: u64);

    /// Takes a replica out of the load balancer's rotation, or puts it back. While every replica is out, requests go to all
    /// of them: the load balancer fails open (`docs/aws/load-balancer.md#fail-open`).
    fn set_healthy(&mut self, replica: ReplicaIndex, is_healthy: bool);

    /// Waiting time of a request that comes to a replica at `now` \[ns\] until its CPU work begins \[ns\]; `None`: it is
    /// rejected.
    fn wait(&mut self, replica: ReplicaIndex, now: u64) -> Option<u64>;

    /// Multiplies waits that begin from `at` \[ns\] on by `factor`; 1 ends it.
    fn scale_wait_times(&mut self, at: u64, factor: f64);
}

/// A task that died of what happened in the data plane: its memory was exceeded. The plane has stopped at that instant
/// and waits for the scheduler to take the task away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Time of the incident [ns since second 0].
    pub at: u64,
    /// Replica in which it happens.
    pub replica: ReplicaIndex,
}
