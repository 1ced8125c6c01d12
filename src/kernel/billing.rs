//! The bill: a meter listens to facts, a tariff prices what it measured, an invoice is the sum of its lines.

mod invoice;
mod tariff;

pub use invoice::{Invoice, InvoiceLine, LineItem};
pub use tariff::{LoadBalancerTariff, Tariff};
