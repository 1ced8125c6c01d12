//! Detail of a recorder: how much of a run it keeps.

/// Detail of the record of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Everything, the timeline and the decision log included: memory grows with the simulated time.
    Everything,
    /// The timeline and the in-service changes beside the totals; neither decision log nor evaluations nor task lifetimes.
    Minutes,
    /// Counts, histograms and the bill only: the same memory however long the run. Timeline, in-service changes and
    /// decision log stay empty.
    Totals,
}
