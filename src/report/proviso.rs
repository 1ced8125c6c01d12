//! Provisos on an amount of money: what it leaves out because a price is missing, and what scaling it to a month
//! assumes. One wording for every output.

use crate::experiment::Measure;
use crate::kernel::units::SimDuration;
use crate::scenario::{Scenario, Unpriced, if_every};

/// `if every day were like this one; without alb_hour in eu-south-1`; `None` where nothing has to be said.
pub(super) fn proviso(measure: Measure, unpriced: &Unpriced, horizon: SimDuration) -> Option<String> {
    if !measure.is_cost() {
        return None;
    }
    let scaled = if_every(horizon).filter(|_| measure == Measure::CostPerMonth);
    let parts: Vec<String> = scaled.into_iter().chain(unpriced.words()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The same of a scenario: of one of its services, or of all together.
pub(super) fn proviso_of(scenario: &Scenario, service: Option<&str>, measure: Measure) -> Option<String> {
    let unpriced = service.map_or_else(|| scenario.unpriced(), |service| scenario.unpriced_of(service));
    proviso(measure, &unpriced, scenario.plan.horizon)
}

/// A text with what has to be said beside it: `9.01 USD (without alb_hour in eu-south-1)`.
pub(super) fn with_proviso(text: &str, proviso: Option<&str>) -> String {
    proviso.map_or_else(|| text.to_owned(), |proviso| format!("{text} ({proviso})"))
}

/// Terms of the bills in a JSON file; files from before there were these keys have none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    /// Region of the prices.
    pub(super) region: &'a str,
    /// Items that the bills leave out.
    pub(super) unpriced: &'a [String],
    /// Simulated time of a run \[s\].
    pub(super) horizon_s: Option<f64>,
}

impl Terms<'_> {
    /// The proviso on a figure.
    pub(super) fn proviso(&self, measure: Measure) -> Option<String> {
        let unpriced = Unpriced { items: self.unpriced.to_vec(), region: self.region.to_owned() };
        let horizon = self.horizon_s.map_or(SimDuration(u64::MAX), SimDuration::from_secs_f64);
        proviso(measure, &unpriced, horizon)
    }
}
