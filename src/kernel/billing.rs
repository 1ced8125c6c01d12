//! The bill: a meter listens to facts, a tariff prices what it measured, an invoice is the sum of its lines.

mod invoice;
mod items;
mod meter;
mod month;
mod tariff;
mod task;

pub use invoice::{Billed, HOURS_A_MONTH, Invoice, InvoiceLine};
pub use items::{BillableItem, FocusFacts, FocusService, ITEMS, ItemFacts, Metering, PriceBookKey};
pub use meter::{LCU_DENOMINATOR, LcuUsage, Meter, MeterReading, billed_seconds};
pub use month::{CalendarMonth, MONTH_DENOMINATOR, months_of_run, months_until};
pub use tariff::{LoadBalancerTariff, Tariff};
pub use task::{CapacityKind, TaskPart, TaskResources};
