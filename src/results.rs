//! Types of everything that windtunnel writes for programs: one struct per file or document, which is written, read back and
//! described (JSON Schema) by its declaration alone. Decimals, units and the apostrophe before formulas are properties of the
//! values, so a result that is read from a file equals the one in memory.

mod calendar;
mod cells;
mod decimals;
mod sheet;
mod text;

mod decisions;
mod evaluations;
mod focus;
mod invoice;
mod response_times;
mod tasks;
mod timeline;

pub use calendar::RunCalendar;
pub use cells::{CellDecimal, CellMillis, CellNumber, CellNumbers, CellSeconds, CellText};
pub use decimals::{exact_secs, ratio, rounded, trimmed};
pub use decisions::DecisionRow;
pub use evaluations::EvaluationRow;
pub use focus::FocusRow;
pub use invoice::InvoiceRow;
pub use response_times::ResponseTimeRow;
pub use sheet::{ReadError, SheetRow, SheetWriter, columns, each_row, read_sheet};
pub use tasks::TaskRow;
pub use text::{cell, unquoted};
pub use timeline::TimelineRow;
