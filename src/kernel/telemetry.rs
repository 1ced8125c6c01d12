//! CloudWatch: facts become late, averaged metrics; metrics become alarm states.

mod alarm;
#[cfg(test)]
mod alarm_tests;
mod expression;
mod growth;
mod metric;
mod plan;
mod shape;
mod sketch;
mod store;
#[cfg(test)]
mod store_tests;
mod tally;
mod usage;

pub use alarm::{Alarm, AlarmPlan, AlarmState, Comparison, Evaluation, TreatMissingData, evaluate};
pub use expression::{CustomMetric, Expression, Term, Variable};
pub use growth::MemoryGrowth;
pub use metric::{AlarmQuery, LowSamples, Metric, Statistic};
pub use plan::{MetricsPlan, TelemetryPlan};
pub use shape::TaskShape;
pub use sketch::{ClosedSketch, Sketch};
pub use store::{CountsAtEnd, LONGEST_DELAY, MetricStore, Window};
pub use tally::{Gauge, OutcomeMeter, Outcomes};
pub use usage::{MetricRules, RcptDenominator, UsageMeter, UsageTotals};
