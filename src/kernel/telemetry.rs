//! CloudWatch: facts become late, averaged metrics; metrics become alarm states.

mod alarm;
#[cfg(test)]
mod alarm_tests;
mod metric;
mod usage;

pub use alarm::{Alarm, AlarmPlan, AlarmState, Comparison, Evaluation, TreatMissingData, evaluate};
pub use metric::{Metric, MetricStore};
pub use usage::{MetricRules, PERIOD, RcptDenominator, UsageMeter, UsageTotals};
