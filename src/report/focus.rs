//! `cost-focus.csv`: the bill with the column names of FOCUS 1.2 (FinOps Open Cost and Usage Specification), for tools that
//! read bills. All columns that FOCUS calls mandatory are there, and those of its conditional ones that a simulation knows.
//!
//! One row a line of the invoice and calendar month (UTC), so that a row lies in one billing period as FOCUS demands; the rows
//! of a line add up to the line exactly (`InvoiceLine::by_month`). Amounts are on-demand list prices, so `ListCost`, `ContractedCost` and
//! `EffectiveCost` are the exact amount, and `BilledCost` is what the invoice charges, in whole cents.

mod months;
mod regions;
mod rows;

pub use rows::cost_focus_csv;
