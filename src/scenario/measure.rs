//! The figures that are measured of a run, in one table: what checks and columns call each, how its limit is written, its unit,
//! and the statistic that many runs make of it. How its value is read from a result stands in `experiment::figures`.

/// A figure of a run, of one service or of all together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Requests that arrived after the warm-up.
    Offered,
    /// Requests that were answered.
    Served,
    /// Requests that were refused.
    Rejected,
    /// Requests whose client gave up.
    TimedOut,
    /// Requests that were lost with their task.
    Failed,
    /// served ÷ (offered − in flight + overdue) [share in 0..=1].
    Availability,
    /// Mean response time \[ms\].
    ResponseMean,
    /// Quantile (in [0, 1]) of response times \[ms\].
    ResponseQuantile(f64),
    /// Largest response time \[ms\].
    ResponseMax,
    /// Mean waiting time \[ms\].
    WaitingMean,
    /// Quantile (in [0, 1]) of waiting times \[ms\].
    WaitingQuantile(f64),
    /// Largest waiting time \[ms\].
    WaitingMax,
    /// Time average of running tasks.
    RunningMean,
    /// Largest number of running tasks.
    RunningMax,
    /// Tasks that were started.
    Started,
    /// Integral of the running count [task·h].
    TaskHours,
    /// Mean CPU utilization [share in 0..=1].
    CpuMean,
    /// Mean memory utilization [share in 0..=1].
    MemoryMean,
    /// Scale-outs.
    ScaleOut,
    /// Scale-ins.
    ScaleIn,
    /// The total that the bill of the run prints: the sum of its lines, each rounded once to a cent \[USD\]. A user holds a
    /// limit of `cost` against that bill, so one run and many, checks and columns all mean this and no other sum.
    Cost,
    /// Cost scaled to 730 hours \[USD\]: each line scaled, then rounded to a cent, as the bill of such a month has them.
    CostPerMonth,
    /// Cost of a million served requests \[USD\], from the lines before their rounding, which scaling would multiply.
    CostPerMillion,
    /// The longest stretch of the run in which the load needed more tasks than were in service \[s\].
    TimeToCapacity,
    /// Whether that stretch was not over at the horizon, 0 or 1.
    ShortAtTheEnd,
    /// Minutes in which a figure of the minute was over a limit.
    MinutesOver(MinuteLimit),
    /// Cost scaled to 730 hours, less the baseline's \[USD\].
    CostChange,
    /// The same, divided by the baseline's \[share\].
    CostChangeShare,
}

/// Statistic that many runs make of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregation {
    /// The mean of the runs' values.
    Mean,
    /// The sum of numerators over the sum of denominators.
    Ratio,
    /// The quantile of all requests of all runs.
    Quantile(f64),
}

/// Unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureUnit {
    /// A number of requests, tasks, changes or marks.
    Count,
    /// Tasks.
    Tasks,
    /// Milliseconds of requests.
    Millis,
    /// Seconds of a run.
    Seconds,
    /// Minutes of a run.
    Minutes,
    /// Share of requests, in 0..=1.
    ServedShare,
    /// Share of what is reserved, in 0..=1.
    Utilization,
    /// US dollars.
    Usd,
    /// A difference in US dollars, of either sign.
    UsdChange,
    /// A relative difference, of either sign.
    ShareChange,
}

impl MeasureUnit {
    /// What programs read it as: `ms`, `share`, `USD`, …; empty for a plain count.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Tasks => "tasks",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Minutes => "min",
            Self::ServedShare | Self::Utilization | Self::ShareChange => "share",
            Self::Usd | Self::UsdChange => "USD",
        }
    }
}

/// Way in which a check writes the limit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// A duration, in milliseconds.
    Duration,
    /// A duration, in seconds.
    LongDuration,
    /// A share.
    Share,
    /// An amount.
    Amount,
    /// A count.
    Count,
    /// A share of the baseline's cost, or an amount, each with a sign.
    Change,
    /// A number of minutes, and the condition that they are counted by.
    Minutes,
}

/// Definition of a figure: its row of the table. `{p}` in a name stands for the name of a quantile.
struct Definition {
    /// Name in `[checks]` and the way in which its limit is written; `None` where no check limits it.
    check: Option<(&'static str, Grammar)>,
    /// Name in columns, with the unit.
    column: &'static str,
    /// Name in tables for people.
    label: &'static str,
    unit: MeasureUnit,
    law: Aggregation,
}

/// A row of the table.
const fn row(column: &'static str, label: &'static str, unit: MeasureUnit, law: Aggregation) -> Definition {
    Definition { check: None, column, label, unit, law }
}

impl Definition {
    /// The same, limited by checks of that name.
    const fn checked(mut self, name: &'static str, grammar: Grammar) -> Self {
        self.check = Some((name, grammar));
        self
    }
}

/// Quantiles of times that checks can limit.
const QUANTILES: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];

/// Other figures that checks can limit; the limit of the minutes is any.
const CHECKED: [Measure; 14] = [
    Measure::ResponseMean,
    Measure::ResponseMax,
    Measure::WaitingMean,
    Measure::WaitingMax,
    Measure::Availability,
    Measure::Cost,
    Measure::CostPerMonth,
    Measure::CostPerMillion,
    Measure::RunningMax,
    Measure::CpuMean,
    Measure::TimeToCapacity,
    Measure::MinutesOver(MinuteLimit { figure: MinuteFigure::ResponseTimeP99, or_equal: false, limit: 0.0 }),
    Measure::CostChange,
    Measure::CostChangeShare,
];

impl Measure {
    /// 99th percentile of response times \[ms\].
    pub const P99: Self = Self::ResponseQuantile(0.99);

    /// Measures of the bill as a whole, in the order of reports.
    pub const OF_BILL: [Self; 3] = [Self::Cost, Self::CostPerMonth, Self::CostPerMillion];

    /// Measures of each service, in the order of reports.
    pub const OF_SERVICE: [Self; 27] = [
        Self::Cost,
        Self::CostPerMonth,
        Self::CostPerMillion,
        Self::Availability,
        Self::ResponseMean,
        Self::ResponseQuantile(0.5),
        Self::ResponseQuantile(0.9),
        Self::ResponseQuantile(0.95),
        Self::P99,
        Self::ResponseQuantile(0.999),
        Self::ResponseMax,
        Self::WaitingMean,
        Self::WaitingQuantile(0.95),
        Self::WaitingQuantile(0.99),
        Self::WaitingMax,
        Self::Offered,
        Self::Served,
        Self::Rejected,
        Self::TimedOut,
        Self::Failed,
        Self::RunningMean,
        Self::RunningMax,
        Self::Started,
        Self::TaskHours,
        Self::CpuMean,
        Self::ScaleOut,
        Self::ScaleIn,
    ];

    /// The table.
    const fn definition(self) -> Definition {
        use Aggregation::{Mean, Quantile, Ratio};
        use Grammar as G;
        use MeasureUnit as U;
        match self {
            Self::Offered => row("offered", "requests offered", U::Count, Mean),
            Self::Served => row("served", "requests served", U::Count, Mean),
            Self::Rejected => row("rejected", "requests rejected", U::Count, Mean),
            Self::TimedOut => row("timed_out", "requests timed out", U::Count, Mean),
            Self::Failed => row("failed", "requests failed", U::Count, Mean),
            Self::Availability => {
                row("availability", "availability", U::ServedShare, Ratio).checked("availability", G::Share)
            }
            Self::ResponseMean => row("response_time_mean_ms", "response mean", U::Millis, Ratio)
                .checked("mean_response_time", G::Duration),
            Self::ResponseQuantile(q) => row("response_time_{p}_ms", "response {p}", U::Millis, Quantile(q))
                .checked("{p}_response_time", G::Duration),
            Self::ResponseMax => row("response_time_max_ms", "response max, a run", U::Millis, Mean)
                .checked("max_response_time", G::Duration),
            Self::WaitingMean => row("waiting_time_mean_ms", "waiting mean", U::Millis, Ratio)
                .checked("mean_waiting_time", G::Duration),
            Self::WaitingQuantile(q) => row("waiting_time_{p}_ms", "waiting {p}", U::Millis, Quantile(q))
                .checked("{p}_waiting_time", G::Duration),
            Self::WaitingMax => row("waiting_time_max_ms", "waiting max, a run", U::Millis, Mean)
                .checked("max_waiting_time", G::Duration),
            Self::RunningMean => row("running_mean", "tasks, mean", U::Tasks, Mean),
            Self::RunningMax => {
                row("running_max", "tasks, most", U::Tasks, Mean).checked("running_max", G::Count)
            }
            Self::Started => row("started", "tasks started", U::Tasks, Mean),
            Self::TaskHours => row("task_hours", "task-hours", U::Count, Mean),
            Self::CpuMean => row("cpu_mean", "CPU", U::Utilization, Mean).checked("cpu_mean", G::Share),
            Self::MemoryMean => row("memory_mean", "memory", U::Utilization, Mean),
            Self::ScaleOut => row("scale_out", "scale-outs", U::Count, Mean),
            Self::ScaleIn => row("scale_in", "scale-ins", U::Count, Mean),
            Self::Cost => row("cost_usd", "cost of the run", U::Usd, Mean).checked("cost", G::Amount),
            Self::CostPerMonth => {
                row("cost_per_month_usd", "cost a month", U::Usd, Mean).checked("cost_per_month", G::Amount)
            }
            Self::CostPerMillion => {
                row("cost_per_million_requests_usd", "cost a million served", U::Usd, Ratio)
                    .checked("cost_per_million_requests", G::Amount)
            }
            Self::TimeToCapacity => row("time_to_capacity_s", "time to capacity", U::Seconds, Mean)
                .checked("time_to_capacity", G::LongDuration),
            Self::ShortAtTheEnd => row("short_of_capacity_at_the_end", "short at the end", U::Count, Mean),
            // Its column says what it counts: see `name`.
            Self::MinutesOver(_) => row("minutes_over_limit", "minutes over limit", U::Minutes, Mean)
                .checked("minutes_over_limit", G::Minutes),
            Self::CostChange => row("cost_change_usd", "change of cost a month", U::UsdChange, Mean)
                .checked("cost_change", G::Change),
            Self::CostChangeShare => {
                row("cost_change", "change of cost", U::ShareChange, Ratio).checked("cost_change", G::Change)
            }
        }
    }

    /// Its name as a column of a sheet, with its unit: `response_time_p99_ms`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::MinutesOver(limit) => limit.column(),
            _ => self.filled(self.definition().column, "p99_9"),
        }
    }

    /// Its name in tables for people: `response p99.9`.
    #[must_use]
    pub fn label(self) -> String {
        self.filled(self.definition().label, "p99.9")
    }

    /// A name with that of the quantile put in, its point written as in the example.
    fn filled(self, name: &str, example: &str) -> String {
        let quantile = match self {
            Self::ResponseQuantile(q) | Self::WaitingQuantile(q) => quantile_label(q),
            _ => return name.to_owned(),
        };
        let quantile = if example.contains('_') { quantile.replace('.', "_") } else { quantile };
        name.replace("{p}", &quantile)
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> MeasureUnit {
        self.definition().unit
    }

    /// The statistic that many runs make of it.
    #[must_use]
    pub const fn law(self) -> Aggregation {
        self.definition().law
    }

    /// The figure that a check of this name limits: `p99_response_time`, `availability`, `cost`, … `None` too where the name
    /// alone does not say it, as with `minutes_over_limit`.
    #[must_use]
    pub fn of_check(name: &str) -> Option<Self> {
        let (measure, grammar) = Self::checked_by(name)?;
        (!matches!(grammar, Grammar::Change | Grammar::Minutes)).then_some(measure)
    }

    /// The figure of a service, or of all together, whose column has this name: `response_time_p99_ms`.
    #[must_use]
    pub fn of_column(name: &str) -> Option<Self> {
        Self::OF_SERVICE.into_iter().find(|measure| measure.name() == name)
    }

    /// How the limit of a check of this name is written; `None` where there is no such check.
    pub(crate) fn grammar_of(name: &str) -> Option<Grammar> {
        Self::checked_by(name).map(|(_, grammar)| grammar)
    }

    fn checked_by(name: &str) -> Option<(Self, Grammar)> {
        let quantiles =
            QUANTILES.into_iter().flat_map(|q| [Self::ResponseQuantile(q), Self::WaitingQuantile(q)]);
        quantiles.chain(CHECKED).find_map(|measure| {
            let (known, grammar) = measure.definition().check?;
            (measure.filled(known, "p99_9") == name).then_some((measure, grammar))
        })
    }

    /// Whether it is made of response or waiting times, which are approximate where requests flow.
    #[must_use]
    pub fn is_time(self) -> bool {
        match self {
            Self::MinutesOver(limit) => limit.figure.is_time(),
            _ => self.unit() == MeasureUnit::Millis,
        }
    }

    /// Whether it is a cost or a change of one, of which checks judge the sum of all services.
    #[must_use]
    pub const fn is_cost(self) -> bool {
        matches!(self.unit(), MeasureUnit::Usd | MeasureUnit::UsdChange | MeasureUnit::ShareChange)
    }

    /// Whether it compares with a baseline.
    #[must_use]
    pub const fn needs_baseline(self) -> bool {
        matches!(self.unit(), MeasureUnit::UsdChange | MeasureUnit::ShareChange)
    }

    /// Whether it is read off the minutes of a run, which have to be recorded.
    #[must_use]
    pub const fn needs_minutes(self) -> bool {
        matches!(self, Self::TimeToCapacity | Self::ShortAtTheEnd | Self::MinutesOver(_))
    }

    /// The mark that says whether the shortfall of capacity that it measures was not over at the horizon; `None` where it
    /// measures no shortfall.
    #[must_use]
    pub const fn shortfall_mark(self) -> Option<Self> {
        match self {
            Self::TimeToCapacity => Some(Self::ShortAtTheEnd),
            _ => None,
        }
    }

    /// What is measured of a run for it: of a change of cost, what changes.
    #[must_use]
    pub const fn in_one_run(self) -> Self {
        match self {
            Self::CostChange | Self::CostChangeShare => Self::CostPerMonth,
            other => other,
        }
    }
}

/// A quantile in [0, 1] by its percentile: `p99`, `p99.9`.
#[must_use]
pub fn quantile_label(q: f64) -> String {
    let percent = format!("{:.4}", q * 100.0);
    format!("p{}", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// A figure of a minute and where it is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteLimit {
    /// The figure.
    pub figure: MinuteFigure,
    /// Whether the limit itself is over: `>=` where it is, `>` where it is not.
    pub or_equal: bool,
    /// The limit, in ms for times and as a share for utilizations.
    pub limit: f64,
}

impl MinuteLimit {
    /// `minutes_with_p99_response_time_over_500_ms`: the condition is part of the name, so that a column says what it counts.
    fn column(&self) -> String {
        let (figure, over) = (self.figure.name(), if self.or_equal { "at_least" } else { "over" });
        let unit = if self.figure.is_time() { "_ms" } else { "" };
        format!("minutes_with_{figure}_{over}_{}{unit}", self.limit)
    }
}

/// Figure of the record of a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MinuteFigure {
    /// Mean response time.
    ResponseTimeMean,
    /// Median response time.
    ResponseTimeP50,
    /// 95th percentile of response times.
    ResponseTimeP95,
    /// 99th percentile of response times.
    ResponseTimeP99,
    /// CPU used ÷ reserved.
    CpuUtilization,
    /// Memory used ÷ reserved.
    MemoryUtilization,
}

impl MinuteFigure {
    /// Every figure, with its name in checks.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::ResponseTimeMean, "mean_response_time"),
        (Self::ResponseTimeP50, "p50_response_time"),
        (Self::ResponseTimeP95, "p95_response_time"),
        (Self::ResponseTimeP99, "p99_response_time"),
        (Self::CpuUtilization, "cpu_utilization"),
        (Self::MemoryUtilization, "memory_utilization"),
    ];

    /// Whether it is a response time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        !matches!(self, Self::CpuUtilization | Self::MemoryUtilization)
    }

    /// Its name in checks.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(figure, _)| *figure == self).map_or("", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_one_name_in_checks_and_one_in_columns() {
        let p99_9 = Measure::ResponseQuantile(0.999);
        assert_eq!(
            (p99_9.name().as_str(), p99_9.label().as_str()),
            ("response_time_p99_9_ms", "response p99.9")
        );
        assert_eq!(Measure::of_check("p99_9_response_time"), Some(p99_9));
        assert_eq!(Measure::of_check("max_waiting_time"), Some(Measure::WaitingMax));
        for name in ["p98_response_time", "minutes_over_limit", "cost_change", "offered", "{p}_response_time"]
        {
            assert_eq!(Measure::of_check(name), None, "{name}");
        }
        assert_eq!(Measure::grammar_of("cost_change"), Some(Grammar::Change));
        let minutes = MinuteLimit { figure: MinuteFigure::ResponseTimeP99, or_equal: true, limit: 500.0 };
        assert_eq!(Measure::MinutesOver(minutes).name(), "minutes_with_p99_response_time_at_least_500_ms");
    }

    #[test]
    fn names_of_columns_tell_all_figures_of_a_run_apart() {
        let mut names: Vec<String> = Measure::OF_SERVICE.map(Measure::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Measure::OF_SERVICE.len());
    }
}
