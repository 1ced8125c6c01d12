//! The limit on requests of a run, held against each month of a forecast.

/// The month of a run with the most requests.
#[derive(Debug, Default)]
pub(super) struct Largest {
    /// Requests of that month.
    pub(super) requests: f64,
    /// Name of the month: `2026-12`.
    pub(super) month: String,
}

/// Whether every month of a run keeps to the limit of the scenario.
///
/// # Errors
/// A sentence with the month, the limit and its key.
pub(super) fn within_limit(Largest { requests, month }: Largest, limit: f64) -> Result<(), String> {
    if requests <= limit {
        return Ok(());
    }
    Err(format!(
        "in {month} a run has about {requests:.2e} requests, and `limits.max_requests` is {limit:.2e}: raise it if that is meant \
         (each is simulated by itself), or let them flow with --fidelity fluid"
    ))
}
