//! Text → spanned tree → resolved tree → [`Scenario`] with its kernel plan. Every problem is reported at once, with its
//! place; nothing is guessed; the disk is reached only through [`Files`], which the shell implements.

mod axis;
mod changes;
mod codes;
mod conform;
mod cron;
mod curve;
mod declared;
mod diagnostic;
mod distribution;
mod explain;
mod expression;
mod invisible;
mod json_schema;
mod lints;
mod load;
mod lower;
mod measure;
mod overrides;
mod physics;
mod price_book;
mod quantity;
mod reference;
mod resolved;
mod schedule;
mod schema;
mod scope;
mod templates;
mod trace;
mod tree;
mod unpriced;
mod view;

use std::collections::BTreeMap;

use windtunnel_kernel::world::{Fidelity, Plan};

pub use axis::{Axis, AxisValue, Points, split_outside};
pub use changes::{Change, Part, changes};
pub use codes::{ALL as CODES, Code};
pub use declared::{Declared, declared};
pub use diagnostic::{
    Diagnostic, DiagnosticsReport, Label, Severity, Sources, diagnostics_json, render, unreadable,
};
pub use explain::{KeyNote, explain, explain_topics, key_note};
pub use invisible::{is_deceptive, is_invisible};
pub use json_schema::json_schema;
pub use load::{CheckPlace, Loaded, load, text_sha256};
pub use measure::{Law, Measure, MeasureUnit, MinuteFigure, MinuteLimit, quantile_label};
pub use price_book::{PriceRow, prices};
pub use reference::reference;
pub use templates::{FLASH_SALE, SCHEMA_FILE, Template, templates};
pub use unpriced::{Unpriced, if_every};

/// Longest run \[s\].
pub const LONGEST_RUN_S: u64 = schema::FIVE_YEARS;

/// A duration of a scenario (`800ms`, `1m 30s`) in milliseconds; `None` where the text is none.
#[must_use]
pub fn duration_ms(text: &str) -> Option<f64> {
    quantity::duration(text).ok().map(|span| span.as_millis_f64())
}

/// A text to be read, with the name that diagnostics print.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as the user gave it, or `<built-in flash-sale>`.
    pub name: String,
    /// The text; not yet known to be valid TOML.
    pub text: String,
}

/// The only way from a scenario to files beside it (traces, samples, price books).
pub trait Files {
    /// Opens the file that the scenario names `path`, relative to the scenario's own folder.
    ///
    /// # Errors
    /// The reason in words ("no such file", "permission denied").
    fn open(&mut self, path: &str) -> Result<Box<dyn std::io::Read>, String>;
}

/// A scenario, resolved: everything a run and its report need.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: String,
    /// `region`.
    pub region: String,
    /// `seed`, after any override.
    pub seed: u64,
    /// `limits.max_requests`: most requests that a run may expect one by one.
    pub max_requests: f64,
    /// SHA-256 of the scenario text and the overrides, in hexadecimal.
    pub sha256: String,
    /// What the kernel runs.
    pub plan: Plan,
    /// One a service, in the order of the plan.
    pub services: Vec<ServiceNotes>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// `[sweep]`, where there is one.
    pub sweep: Option<SweepSpec>,
    /// `[optimize]`, where there is one.
    pub search: Option<SearchSpec>,
    /// `[forecast]`, where there is one.
    pub forecast: Option<ForecastSpec>,
    /// The scenario with every default filled in, as TOML that reads back to the same plan.
    pub resolved_toml: String,
    /// Date of the price book.
    pub price_book_date: String,
    /// Most that the files of a command may take together (`limits.max_output`) \[B\].
    pub max_output: windtunnel_kernel::units::Bytes,
    /// What the bill leaves out, in words.
    pub not_priced: Vec<String>,
    /// Time zone of `peak_at` and of times of day in reports (IANA name).
    pub timezone: String,
}

/// What a sweep varies.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepSpec {
    /// The axes, in the order of the file: keys, then choices.
    pub axes: Vec<Axis>,
    /// How points are made of them.
    pub design: Points,
    /// Runs of each point, ≥ 1.
    pub replications: u32,
}

/// What a search may choose.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpec {
    /// The axes, in the order of the file: keys, then choices.
    pub axes: Vec<Axis>,
    /// Confidence with which the winner must pass every check, in [0.5, 1).
    pub confidence: f64,
    /// Runs of the winner on fresh random numbers, ≥ 2.
    pub replications: u32,
    /// Runs of every candidate before the first are dropped, ≥ 2.
    pub first_round: u32,
}

/// What a forecast expects.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastSpec {
    /// The first month, as year and number; `None`: the first that begins when the scenario's run is over or later.
    pub from: Option<(i16, i8)>,
    /// Months, in 1..=60.
    pub months: u32,
    /// Growth a month: 0.04 is 4 %; above −1.
    pub growth: f64,
    /// Standard deviation of the monthly growth between runs, ≥ 0.
    pub growth_sd: f64,
    /// Coefficient of variation of the factor on times of requests, ≥ 0.
    pub service_time_cv: f64,
    /// Coefficient of variation of the factor on prices, ≥ 0.
    pub price_cv: f64,
    /// Factors by calendar month, January first, each > 0.
    pub seasonality: [f64; 12],
    /// Runs, ≥ 1.
    pub runs: u32,
}

impl Default for ForecastSpec {
    fn default() -> Self {
        Self {
            from: None,
            months: 12,
            growth: 0.0,
            growth_sd: 0.0,
            service_time_cv: 0.0,
            price_cv: 0.0,
            seasonality: [1.0; 12],
            runs: 100,
        }
    }
}

impl Scenario {
    /// Whether response and waiting times are approximate, because requests flow instead of being told apart.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        self.plan.fidelity == Fidelity::Fluid
    }

    /// `[assumptions]` with every default filled in, by key.
    #[must_use]
    pub fn assumptions(&self) -> BTreeMap<String, serde_json::Value> {
        resolved::assumptions(&self.resolved_toml)
    }

    /// `requests` or `fluid`: which of the two was used.
    #[must_use]
    pub fn fidelity(&self) -> &'static str {
        match self.plan.fidelity {
            Fidelity::Requests | Fidelity::Events => "requests",
            Fidelity::Fluid => "fluid",
        }
    }
}

/// The length of time that a text such as `9h 54m` says.
///
/// # Errors
/// What is wrong with it, in words.
pub fn duration_of(text: &str) -> Result<windtunnel_kernel::units::SimDuration, String> {
    quantity::duration(text)
}

/// The growth of a month that a text such as `4%/month` or `60%/year` says.
///
/// # Errors
/// What is wrong with it, in words.
pub fn growth_of(text: &str) -> Result<f64, String> {
    lower::forecast::growth(text)
}

/// The month that a text such as `2026-12` says, as year and number.
#[must_use]
pub fn month_of(text: &str) -> Option<(i16, i8)> {
    lower::forecast::month(text)
}

/// What a report says of a service beyond the kernel's plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceNotes {
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// The trace it replays, if any.
    pub trace: Option<TraceCounts>,
    /// Its scheduled actions as they are written, in the order of the plan.
    pub schedules: Vec<ScheduleText>,
}

/// A scheduled action's time as the scenario writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleText {
    /// `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule: String,
    /// Its zone.
    pub timezone: String,
    /// `StartTime`.
    pub start: Option<String>,
    /// `EndTime`.
    pub end: Option<String>,
}

/// A missing sample, a zero and the end of a trace are three different things.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceCounts {
    /// The file as the scenario names it.
    pub file: String,
    /// Length of an interval \[ns\].
    pub interval_ns: u64,
    /// Intervals within the horizon that the file gives.
    pub intervals: u64,
    /// Of these, intervals whose value is zero.
    pub zero_intervals: u64,
    /// Intervals within the horizon that the file leaves out, filled as `gaps` says.
    pub missing_intervals: u64,
    /// Where the trace ended before the horizon [ns since second 0]; no requests arrive after it.
    pub ended_at_ns: Option<u64>,
    /// Times the trace was begun again because of `repeat`.
    pub repeats: u64,
}

/// How a check compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// One line of `[checks]`. Where there are several services it holds for each of them; cost checks are for their sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// As reports print it: `p99_response_time < 800ms`.
    pub text: String,
    /// What is limited.
    pub measure: Measure,
    /// How.
    pub comparator: Comparator,
    /// The limit, in the unit of the figure.
    pub limit: f64,
}
