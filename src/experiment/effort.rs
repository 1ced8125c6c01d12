//! Effort of a run, estimated before it begins: time, memory and space on the disk grow with the simulated minutes of
//! all services, whatever happens in them.

use crate::kernel::simulation::Fidelity;
use crate::kernel::units::NANOS_PER_MINUTE;
use crate::scenario::Scenario;

/// Length of a row of `timeline.csv` without the service's name, as measured over 2.6 million rows of a constant load,
/// which are shorter than those of a busy day \[B\].
const ROW_BYTES: u64 = 145;
/// Memory of a minute of one service while the run lasts and while its page is made, as measured \[B\].
const MINUTE_MEMORY: u64 = 400;
/// Time of a minute of one service without its requests, written and read back for the page, as measured: from 6 to 8
/// microseconds \[s\].
const MINUTE_SECONDS: f64 = 7e-6;
/// Time of a request, as measured: from 20 to 45 ns, and five times as long where requests share processors \[s\].
const REQUEST_SECONDS: f64 = 40e-9;

/// Effort of a run, by the order of magnitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Simulated minutes of all services together.
    pub minutes: u64,
    /// Requests that are expected one by one.
    pub requests: f64,
    /// Time on one core \[s\].
    pub seconds: f64,
    /// Memory \[B\].
    pub memory: u64,
    /// Files \[B\]. It is less than what they will take: what happens in the minutes comes on top.
    pub output: u64,
}

impl Effort {
    /// The effort of a run of the scenario that keeps its minutes.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        let plan = &scenario.plan;
        let of_each = plan.horizon.0.div_ceil(NANOS_PER_MINUTE);
        let names = |row: u64, name: &str| row.saturating_add(ROW_BYTES).saturating_add(name.len() as u64);
        let row = plan.services.iter().fold(0, |row, service| names(row, &service.name));
        let minutes = of_each.saturating_mul(plan.services.len() as u64);
        let flows = plan.fidelity == Fidelity::Fluid;
        let expected = plan.services.iter().map(|service| service.traffic.expected_requests(plan.horizon));
        let requests = if flows { 0.0 } else { expected.sum() };
        Self {
            minutes,
            requests,
            seconds: minutes as f64 * MINUTE_SECONDS + requests * REQUEST_SECONDS,
            memory: minutes.saturating_mul(MINUTE_MEMORY),
            output: of_each.saturating_mul(row),
        }
    }

    /// Whether it is worth a word: more than a minute, a gigabyte of memory, or a quarter of one on the disk.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.seconds > 60.0 || self.memory > 1 << 30 || self.output > 1 << 28
    }
}
