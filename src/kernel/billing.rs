//! The bill: a meter listens to facts, a tariff prices what it measured, an invoice is the sum of its lines.

mod by_item;
mod invoice;
mod items;
mod meter;
mod month;
mod rate;
mod resources;
mod tariff;
mod task;

pub use by_item::{ByItem, ItemCounts, PriceList};
pub use invoice::{HOURS_A_MONTH, Invoice, InvoiceLine};
pub use items::{BillableItem, FocusFacts, FocusService, ITEMS, ItemFacts, Metering, PriceBookKey};
pub use meter::{LCU_DENOMINATOR, LcuUsage, Meter, MeterReading, MeteredItem, billed_seconds};
pub use month::{CalendarMonth, MONTH_DENOMINATOR, months_of_run, months_until};
pub use rate::{HourlyRate, PriceLevel, savings_plan_hour};
pub use resources::BilledResources;
pub use tariff::{LcuParameters, Tariff};
pub use task::{TaskPart, TaskResources};
