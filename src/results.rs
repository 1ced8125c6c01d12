//! Types of everything that windtunnel writes for programs: one struct per file or document, which is written, read back and
//! described (JSON Schema) by its declaration alone. Decimals, units and the apostrophe before formulas are properties of the
//! values, so a result that is read from a file equals the one in memory.

mod calendar;
mod cells;
mod decimals;
mod display;
mod document;
pub(crate) mod numbers;
mod sheet;
mod text;
mod values;

mod activities;
mod check;
mod check_report;
mod comparison;
mod comparison_row;
mod decisions;
mod diff;
mod estimates;
mod evaluations;
mod focus;
mod forecast;
mod forecast_row;
mod invoice;
mod manifest;
mod optimization;
mod response_times;
mod schemas;
mod summary;
mod sweep;
mod tasks;
mod timeline;
mod wide;

pub use activities::{ActivityStatus, NotScaledReason, ScalingActivities, ScalingActivity};
pub use calendar::RunCalendar;
pub use cells::{CellMillis, CellNumber, CellNumbers, CellSeconds, CellShort, CellText};
pub use check::{CheckResult, CheckStatus, FidelityName, ScaleInRange};
pub use check_report::{
    CheckLocation, CheckReport, CheckSubject, Completion, GateState, JudgedCheck, StatusCounts, StrictStatus,
};
pub use comparison::{
    ComparedFigure, Comparison, FigureDifference, ScaleInRangePerMonth, VariantOrders, VariantResult,
    VariantScenario,
};
pub use comparison_row::ComparisonRow;
pub use decimals::{exact_secs, ratio, rounded, trimmed};
pub use decisions::DecisionRow;
pub use diff::{
    ChangeLists, ChangedKey, DiffDifference, DiffFigure, DiffReport, DiffSide, ServicePresence, SideFigure,
    Significance,
};
pub use display::{
    NO_VALUE, change_half_text, change_text, dollars_text, figure_text, half_width_text, interval_text,
    maybe_text, money_text, precise_text, relative_text, size_of_change, unit_text,
};
pub use document::{Document, json_text, read_document};
pub use estimates::{EstimatedFigure, Estimates, EstimatesScenario, PrecisionSummary};
pub use evaluations::EvaluationRow;
pub use focus::FocusRow;
pub use forecast::{
    BacktestResult, FluidErrorResult, ForecastResult, MonthResult, SavingSpread, SavingsPlanResult,
    SpreadResult,
};
pub use forecast_row::{ForecastRow, ResponseTimesKind};
pub use invoice::InvoiceRow;
pub use manifest::{FolderKind, MANIFEST, Manifest, ManifestFault, OtherScenario, OutputFile, PAGE};
pub use numbers::size_text;
pub use optimization::{
    AxisResult, ConfirmedResult, FrontSetting, LevelResult, MarginResult, NotRunResult, Optimization,
    SavingResult,
};
pub use response_times::ResponseTimeRow;
pub use schemas::{output_names, output_schema};
pub use sheet::{ReadError, SheetRow, SheetWriter, columns, each_row, line_bytes, read_sheet, sheet_bytes};
pub use summary::{
    AttemptsSummary, ClassSummary, ClassTimes, CostLine, RequestSummary, ScalingSummary, ScenarioSummary,
    ServiceCost, ServiceSummary, Summary, TaskSummary, TimesSummary, TotalCost, TraceSummary,
    UtilizationSummary,
};
pub use sweep::{
    DesignKind, RequestTotal, SweepAxis, SweepCells, SweepDesign, SweepFailure, SweepPoint, SweepResult,
    SweepScenario,
};
pub use tasks::TaskRow;
pub use text::{cell, unquoted};
pub use timeline::TimelineRow;
pub use values::{DecimalText, FigureValue, Numeric, Ordered, Rounded, Seconds, Version};
pub use wide::{CandidateRow, PointRow, ReplicationRow, RunRow, ScenarioCell};
