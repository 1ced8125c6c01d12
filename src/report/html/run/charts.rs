//! The charts of one service: demand against tasks, utilization against targets and thresholds, response times against
//! their limits, cost; and what alarms saw of other metrics. Each comes with a sentence for those who cannot see it.

mod ground;
mod metrics;
mod panel;

pub(super) use ground::ChartText;
pub(super) use panel::panel;
