//! View of a run, or of many runs of a scenario: the verdict, what happened, the figures and the bill.

use std::collections::BTreeSet;

use super::numbers::{figure, grouped, percent, span};
use super::proviso::with_proviso;
use super::replications::{estimates_result, remarks};
use super::scale_in::{ends_note, ends_words};
use super::summary::summary;
use super::view::{
    Bill, Block, ResultTable, TableCell, Tile, Verdict, View, checks_sentence, counted, sentence_of, worst,
};
use crate::experiment::replications::Replicated;
use crate::experiment::{Measure, RunResult};
use crate::kernel::units::{SimDuration, SimTime};
use crate::results::{
    EstimatedFigure, Estimates, FidelityName, FigureValue, NO_VALUE, Rounded, RunCalendar, ServiceSummary,
    Summary, TimesSummary, dollars_text, figure_text, half_width_text, maybe_text, money_text, unit_text,
};
use crate::scenario::{MeasureUnit, Scenario};

/// Everything that a run says, of its files or of the memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunStory<'a> {
    /// Summary of the run; of many, of the first.
    pub(super) summary: &'a Summary,
    /// Estimates of many runs.
    pub(super) estimates: Option<&'a Estimates>,
    /// Description by the user.
    pub(super) description: &'a str,
    /// Facts below the title.
    pub(super) facts: &'a [String],
    /// Remarks on the runs themselves.
    pub(super) remarks: &'a [String],
    /// Lengths of cold starts, a list a service \[s\].
    pub(super) cold_starts: &'a [Vec<f64>],
    /// Services whose scenario declares what memory a task uses.
    pub(super) declares_memory: &'a BTreeSet<String>,
}

/// Way in which the start of a run is written.
pub(super) const START_FORMAT: &str = "%-d %B %Y %H:%M";

/// What one run of a scenario says.
#[must_use]
pub fn run_view(result: &RunResult) -> View {
    story(&summary(result), None, &result.scenario, &[])
}

/// What many runs of a scenario say.
#[must_use]
pub fn replications_view(result: &Replicated) -> View {
    let estimates = estimates_result(result);
    story(&summary(&result.first), Some(&estimates), &result.first.scenario, &remarks(result))
}

fn story(summary: &Summary, estimates: Option<&Estimates>, scenario: &Scenario, remarks: &[String]) -> View {
    let calendar = RunCalendar::new(scenario);
    let start = calendar.zoned(SimTime::ZERO).strftime(START_FORMAT).to_string();
    let declared = scenario.plan.services.iter().filter(|plan| {
        let task = &plan.task;
        task.base_memory.0 > 0 || task.memory_per_request.0 > 0
    });
    let story = RunStory {
        summary,
        estimates,
        description: &scenario.description,
        facts: &facts(summary, estimates, (&start, calendar.zone_name())),
        remarks,
        cold_starts: &[],
        declares_memory: &declared.map(|plan| plan.name.clone()).collect(),
    };
    story.view()
}

/// The line below the title, of the start of the run and its time zone.
pub(super) fn facts(
    summary: &Summary,
    estimates: Option<&Estimates>,
    (start, zone): (&str, &str),
) -> Vec<String> {
    let horizon = span(SimDuration::from_secs_f64(summary.scenario.horizon_s.get()));
    let mut facts = vec![
        format!("{horizon} from {start} ({zone})"),
        summary.scenario.region.clone(),
        format!("seed {}", summary.scenario.seed),
    ];
    facts.extend(estimates.map(|estimates| counted(estimates.replications as u64, "run")));
    facts
}

/// Title of what a run costs.
const COST: &str = "Cost";

/// Proviso on the times of flows.
pub(super) const APPROXIMATE: &str =
    "requests flow (fidelity = fluid): response and waiting times are approximate (≈)";

impl RunStory<'_> {
    /// The length of a run, in words.
    pub(super) fn horizon(&self) -> String {
        span(SimDuration::from_secs_f64(self.summary.scenario.horizon_s.get()))
    }

    /// `≈` where response times are approximate.
    fn mark(&self) -> &'static str {
        if self.summary.scenario.fidelity == FidelityName::Requests { "" } else { "≈" }
    }

    /// The view.
    pub(super) fn view(&self) -> View {
        let summary = self.summary;
        let checks = self.estimates.map_or(&summary.checks, |estimates| &estimates.checks);
        let many = summary.services.0.len() > 1;
        let story = summary.services.0.iter().flat_map(|(name, service)| {
            let of = if many { format!("{name}: ") } else { String::new() };
            service
                .story
                .iter()
                .map(move |text| if many { format!("{of}{text}.") } else { sentence_of(text) })
        });
        let approximate = (!self.mark().is_empty()).then(|| sentence_of(APPROXIMATE));
        let first = self
            .estimates
            .map(|_| "Figures and story of the first run; checks rest on all of them.".to_owned());
        let mut view = View {
            title: summary.scenario.name.clone(),
            description: self.description.to_owned(),
            facts: self.facts.to_vec(),
            verdict: Verdict {
                status: worst(checks),
                sentence: checks_sentence(checks),
                checks: checks.clone(),
                notes: story.chain(approximate).chain(first).collect(),
            },
            // The figures of one of many runs would stand beside those of all of them.
            tiles: if self.estimates.is_some() { Vec::new() } else { self.tiles() },
            ..View::default()
        };
        if let Some(estimates) = self.estimates {
            let [shown, all] = intervals(summary, estimates);
            view.section(shown.title.clone()).table(shown).list(self.remarks.to_vec()).add(Block::Table(all));
        }
        for group in self.groups() {
            // Of one service the bill below says the same.
            let is_said = group.title == COST && !many;
            view.section_of(is_said || self.estimates.is_some(), group.title.clone()).table(group);
        }
        let bill = Bill::new(summary, &self.horizon());
        view.section_of(self.estimates.is_some(), COST).text(bill.caption()).add(Block::Bill(bill));
        if !summary.cost.not_priced.is_empty() {
            view.section("").text(format!("not priced: {}", summary.cost.not_priced.join(", ")));
        }
        view
    }

    /// The figures in large type, of the first run.
    pub(super) fn tiles(&self) -> Vec<Tile> {
        let (summary, horizon) = (self.summary, self.horizon());
        let services = &summary.services.0;
        // Each count fits 64 bits; what all services have together need not.
        let sum = |pick: fn(&ServiceSummary) -> u64| -> u128 {
            services.iter().map(|(_, service)| u128::from(pick(service))).sum()
        };
        let (served, decided) = (sum(|s| s.requests.served), sum(|s| s.requests.counts().decided()));
        let proviso = summary.proviso(Measure::CostPerMonth, &summary.cost.unpriced);
        let total = format!("{} USD for {horizon}", money_text(&summary.cost.total_usd));
        let ends = summary.ends().map(|ends| ends_note(&ends));
        let note: Vec<String> = proviso.clone().into_iter().chain([total]).chain(ends).collect();
        let month = format!("{} USD", money_text(&summary.cost.per_month_usd));
        let mut tiles = vec![Tile { proviso, ..Tile::new("Cost a month", month, note.join(" · ")) }];
        // The slowest service speaks for all: no user experiences an average over services.
        let slowest = services
            .iter()
            .filter_map(|(name, service)| {
                service.response_time_ms.p95.map(|p95| (name, p95.get(), service.response_time_ms))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((name, p95, times)) = slowest {
            let of = if services.len() > 1 { format!(" · {name}") } else { String::new() };
            let note = times
                .p99
                .map_or_else(String::new, |p99| format!("p99 {}{}{of}", self.mark(), millis_text(p99.get())));
            let value = format!("{}{}", self.mark(), millis_text(p95));
            tiles.push(Tile::new("p95 response time", value, note));
        }
        let note = match decided.saturating_sub(served) {
            0 => format!("all {}", grouped(decided)),
            lost => format!("{} of {} were not", grouped(lost), grouped(decided)),
        };
        tiles.push(Tile::new("Requests served", availability(served, decided), note));
        let mean: f64 =
            services.iter().filter_map(|(_, service)| service.tasks.running_mean).map(Rounded::get).sum();
        let most = sum(|s| u64::from(s.tasks.running_max));
        let range = match services.as_slice() {
            [(_, only)] => format!("{} to {most}", only.tasks.running_min),
            _ => format!("in {} services", services.len()),
        };
        tiles.push(Tile::new("Running tasks, mean", figure(mean), range));
        let (out, back) = (sum(|s| s.scaling.scale_out), sum(|s| s.scaling.scale_in));
        let note = format!("{} decisions changed nothing", grouped(sum(|s| s.scaling.not_scaled)));
        tiles.push(Tile::new("Scaled", format!("{out} out, {back} in"), note));
        tiles
    }

    /// All figures of the summary: a column a service.
    pub(super) fn groups(&self) -> Vec<ResultTable> {
        let services = &self.summary.services.0;
        let columns: Vec<String> = services.iter().map(|(name, _)| name.clone()).collect();
        let group = |title: &str, rows: Vec<Row>| figures_table(title, &columns, rows);
        let row = |name: &str, cell: &dyn Fn(&ServiceSummary) -> String| -> Row {
            (name.to_owned(), services.iter().map(|(_, service)| cell(service)).collect())
        };
        let count = |value: u64| grouped(value);
        let opt = |value: Option<f64>| value.map_or_else(|| NO_VALUE.to_owned(), figure);
        let mut requests = vec![
            row("Offered", &|s| count(s.requests.offered)),
            row("Served", &|s| with_share(s.requests.served, s.requests.offered)),
            row("Rejected", &|s| with_share(s.requests.rejected, s.requests.offered)),
            row("Timed out", &|s| with_share(s.requests.timed_out, s.requests.offered)),
            row("Failed", &|s| with_share(s.requests.failed, s.requests.offered)),
            row("In flight at the end", &|s| count(s.requests.in_flight)),
        ];
        if services.iter().any(|(_, service)| service.requests.overdue > 0) {
            requests.push(row("Of these overdue, not served", &|s| {
                with_share(s.requests.overdue, s.requests.offered)
            }));
        }
        if services.iter().any(|(_, service)| service.warmup_requests > 0) {
            requests.push(row("Left out as warm-up", &|s| count(s.warmup_requests)));
        }
        let mut tasks = vec![
            row("Running, mean", &|s| opt(s.tasks.running_mean.map(Rounded::get))),
            row("Running, least to most", &|s| format!("{} to {}", s.tasks.running_min, s.tasks.running_max)),
            row("Started, stopped", &|s| format!("{}, {}", count(s.tasks.started), count(s.tasks.stopped))),
            row("Task-hours", &|s| opt(s.tasks.task_hours.map(Rounded::get))),
            row("CPU, mean", &|s| share(s.utilization.cpu_mean.map(Rounded::get))),
            self.memory(),
            row("Scaled out, in", &|s| {
                format!("{}, {}", count(s.scaling.scale_out), count(s.scaling.scale_in))
            }),
            row("Decisions without a change", &|s| count(s.scaling.not_scaled)),
        ];
        if !self.cold_starts.is_empty() {
            tasks.insert(4, self.cold_starts());
        }
        let usd = |measure: Measure, service: &ServiceSummary, amount: Option<&str>| {
            let Some(amount) = amount else { return NO_VALUE.to_owned() };
            let proviso = self.summary.proviso(measure, &service.cost.unpriced);
            with_proviso(&format!("{} USD", money_text(amount)), proviso.as_deref())
        };
        let cost = vec![
            row("Total", &|s| usd(Measure::Cost, s, Some(&s.cost.total_usd))),
            row("A month of 730 h", &|s| usd(Measure::CostPerMonth, s, Some(&s.cost.per_month_usd))),
            row("A million served requests", &|s| {
                usd(Measure::CostPerMillion, s, s.cost.per_million_requests_usd.as_deref())
            }),
        ];
        let mut groups = vec![group("Requests", requests), group(COST, cost)];
        groups.extend(self.times());
        groups.push(group("Tasks and scaling", tasks));
        groups
    }

    /// Response and waiting times: beside each other where there is one service, else a table each.
    fn times(&self) -> Vec<ResultTable> {
        let services = &self.summary.services.0;
        let quantiles: [(&str, Quantile); 7] = [
            ("Mean", |t| t.mean),
            ("p50", |t| t.p50),
            ("p90", |t| t.p90),
            ("p95", |t| t.p95),
            ("p99", |t| t.p99),
            ("p99.9", |t| t.p99_9),
            ("Most", |t| t.max),
        ];
        let text = |value: Option<Rounded<3>>| {
            value.map_or_else(
                || NO_VALUE.to_owned(),
                |value| format!("{}{}", self.mark(), millis_text(value.get())),
            )
        };
        let table = |title: &str, columns: Vec<String>, of: Vec<&TimesSummary>| {
            let row = |(name, quantile): &(&str, Quantile)| {
                ((*name).to_owned(), of.iter().map(|times| text(quantile(times))).collect())
            };
            figures_table(title, &columns, quantiles.iter().map(row).collect())
        };
        if let [(_, only)] = services.as_slice() {
            let columns = vec!["Response".to_owned(), "Waiting".to_owned()];
            return vec![table("Times", columns, vec![&only.response_time_ms, &only.waiting_time_ms])];
        }
        let names = || services.iter().map(|(name, _)| name.clone()).collect();
        vec![
            table("Response time", names(), services.iter().map(|(_, s)| &s.response_time_ms).collect()),
            table("Waiting time", names(), services.iter().map(|(_, s)| &s.waiting_time_ms).collect()),
        ]
    }

    /// The usual and a slow cold start of each service: from the request for a task until it could serve.
    fn cold_starts(&self) -> Row {
        let cell = |list: &Vec<f64>| {
            let mut seconds = list.clone();
            seconds.sort_by(f64::total_cmp);
            let at = |share: usize| {
                seconds.get((seconds.len() * share / 100).min(seconds.len().saturating_sub(1)))
            };
            match (at(50), at(95)) {
                (Some(usual), Some(slow)) => format!("{} s, {} s", figure(*usual), figure(*slow)),
                _ => NO_VALUE.to_owned(),
            }
        };
        ("Cold start, median and p95".to_owned(), self.cold_starts.iter().map(cell).collect())
    }

    /// The row of mean memory; "not declared" where the scenario says nothing of it.
    fn memory(&self) -> Row {
        let cell = |(name, service): &(String, ServiceSummary)| match self.declares_memory.contains(name) {
            true => share(service.utilization.memory_mean.map(Rounded::get)),
            false => "not declared".to_owned(),
        };
        ("Memory, mean".to_owned(), self.summary.services.0.iter().map(cell).collect())
    }
}

/// The figures in large type of several runs beside each other; empty where there is one.
pub(super) fn beside(runs: &[(String, Vec<Tile>)]) -> Option<ResultTable> {
    let (_, first) = runs.first().filter(|_| runs.len() > 1)?;
    let row = |tile: &Tile| {
        let cell = |(_, tiles): &(String, Vec<Tile>)| {
            let same = tiles.iter().find(|other| other.name == tile.name);
            let text = |tile: &Tile| with_proviso(&tile.value, tile.proviso.as_deref());
            same.map_or_else(|| NO_VALUE.to_owned(), text)
        };
        (tile.name.to_owned(), runs.iter().map(cell).collect())
    };
    let labels: Vec<String> = runs.iter().map(|(label, _)| label.clone()).collect();
    Some(figures_table(&format!("{} runs", runs.len()), &labels, first.iter().map(row).collect()))
}

/// Measures of each service that are shown; the others are folded away.
const SHOWN: [Measure; 15] = [
    Measure::Availability,
    Measure::ResponseMean,
    Measure::ResponseQuantile(0.5),
    Measure::ResponseQuantile(0.95),
    Measure::ResponseQuantile(0.99),
    Measure::ResponseQuantile(0.999),
    Measure::ResponseMax,
    Measure::WaitingMean,
    Measure::WaitingQuantile(0.99),
    Measure::Offered,
    Measure::RunningMean,
    Measure::RunningMax,
    Measure::TaskHours,
    Measure::CpuMean,
    Measure::ScaleOut,
];

/// The figures of many runs with their intervals: those that are shown, and all of them, folded away.
fn intervals(summary: &Summary, estimates: &Estimates) -> [ResultTable; 2] {
    let title = format!("Over {}", counted(estimates.replications as u64, "run"));
    let interval = format!("#{} % interval", figure(estimates.confidence * 100.0));
    let columns = ["Figure", "#Mean", &interval, "#P10", "#P50", "#P90"];
    let mut shown = ResultTable::new(title, &columns);
    let count = counted(estimates.figures.len() as u64, "figure");
    let mut all = ResultTable::new(format!("All {count}"), &columns).folded(format!("All {count}"));
    let many = summary.services.0.len() > 1;
    let mut add = |name: String, of: Option<&str>, measure: Measure, is_shown: bool| {
        let Some(estimated) = estimates.figures.get(&name) else { return };
        let of_service = of.filter(|_| many).map_or_else(String::new, |service| format!("{service}: "));
        let label = format!("{of_service}{}", measure.label());
        let cells = interval_cells((summary, estimates), (of, measure), label, estimated.as_ref());
        if is_shown {
            shown.row(cells.clone());
        }
        all.row(cells);
    };
    for measure in Measure::OF_BILL {
        add(measure.name(), None, measure, true);
    }
    for (service, _) in &summary.services.0 {
        for measure in SHOWN {
            add(format!("{service}.{}", measure.name()), Some(service), measure, true);
        }
        for measure in Measure::OF_SERVICE.into_iter().filter(|measure| !SHOWN.contains(measure)) {
            add(format!("{service}.{}", measure.name()), Some(service), measure, false);
        }
    }
    [shown, all]
}

fn interval_cells(
    (summary, estimates): (&Summary, &Estimates),
    (service, measure): (Option<&str>, Measure),
    label: String,
    estimated: Option<&EstimatedFigure>,
) -> Vec<TableCell> {
    let unpriced =
        service.and_then(|service| summary.services.get(service)).map(|service| &service.cost.unpriced);
    let proviso = summary.proviso(measure, unpriced.unwrap_or(&summary.cost.unpriced));
    let is_total = service.is_none() && measure == Measure::Cost;
    let ends = estimates.scale_in_range.as_ref().filter(|_| is_total);
    let ends = ends.map(|range| ends_words(&range.printed(|amount| dollars_text(amount.get()))));
    let notes: Vec<String> = proviso.into_iter().chain(ends).collect();
    let name = TableCell::text(label).note(notes.join("; "));
    let Some(EstimatedFigure { value, half_width, p10, p50, p90, approximate, .. }) = estimated else {
        return vec![name, TableCell::number("no data")];
    };
    let number = |value: &Option<FigureValue>| value.as_ref().map(FigureValue::get);
    let mark = if approximate.is_some() { "≈" } else { "" };
    let unit = measure.unit();
    let mean = format!("{mark}{}", maybe_text(unit, number(value)));
    let spread = [p10, p50, p90].map(|value| TableCell::value(unit, number(value)));
    let half = half_width_text(unit, number(half_width));
    [name, TableCell::number(mean), TableCell::number(half)].into_iter().chain(spread).collect()
}

/// A name with its cells.
type Row = (String, Vec<String>);

/// Picks one of the times.
type Quantile = fn(&TimesSummary) -> Option<Rounded<3>>;

/// A table of figures that belong together.
fn figures_table(title: &str, columns: &[String], rows: Vec<Row>) -> ResultTable {
    // One column needs no heading: the title says what it is.
    let heads: Vec<String> = match columns {
        [_] => vec![String::new(), "#".to_owned()],
        several => [String::new()].into_iter().chain(several.iter().map(|name| format!("#{name}"))).collect(),
    };
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = ResultTable { class: "figures", ..ResultTable::new(title, &heads) };
    for (name, cells) in rows {
        let cells = cells.into_iter().map(TableCell::number);
        table.row([TableCell::text(name)].into_iter().chain(cells).collect());
    }
    table
}

fn millis_text(value: f64) -> String {
    unit_text(MeasureUnit::Millis, value)
}

/// The share that was served, with the digits that checks judge it by.
fn availability(served: u128, decided: u128) -> String {
    if decided == 0 {
        return "no data".to_owned();
    }
    figure_text(Measure::Availability, served as f64 / decided as f64)
}

fn with_share(part: u64, total: u64) -> String {
    if part == 0 || total == 0 {
        return grouped(part);
    }
    format!("{} ({})", grouped(part), percent(part, total))
}

fn share(value: Option<f64>) -> String {
    maybe_text(MeasureUnit::Utilization, value)
}
