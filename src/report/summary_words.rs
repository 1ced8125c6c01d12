//! Amounts of a summary in words.

use crate::experiment::Measure;
use crate::experiment::scale_in::Ends;
use crate::kernel::units::SimDuration;
use crate::report::proviso::{proviso, with_proviso};
use crate::results::{DecimalText, ScaleInRange, Summary, money_text};
use crate::scenario::Unpriced;

impl ScaleInRange {
    /// Both amounts as `print` writes them.
    pub(in crate::report) fn printed(&self, print: impl Fn(&DecimalText) -> String) -> Ends<String> {
        Ends { gradual: print(&self.gradual_usd), proportional: print(&self.proportional_usd) }
    }
}

impl Summary {
    /// The proviso on an amount that leaves out these items.
    pub(in crate::report) fn proviso(&self, measure: Measure, items: &[String]) -> Option<String> {
        let unpriced = Unpriced { items: items.to_vec(), region: self.scenario.region.clone() };
        proviso(measure, &unpriced, SimDuration::from_secs_f64(self.scenario.horizon_s.get()))
    }

    /// The total at both ends of the range of `tt_scale_in_mode`, as it is printed.
    pub(in crate::report) fn ends(&self) -> Option<Ends<String>> {
        self.cost.scale_in_range.as_ref().map(|range| range.printed(|amount| money_text(amount)))
    }

    /// The total with what has to be said beside it.
    pub(in crate::report) fn total(&self) -> String {
        let proviso = self.proviso(Measure::Cost, &self.cost.unpriced);
        with_proviso(&format!("{} USD", money_text(&self.cost.total_usd)), proviso.as_deref())
    }
}
