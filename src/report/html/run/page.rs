//! The page of runs.

use super::{charts, words};
use serde::Serialize;

use super::super::amounts::sentence_of;
use super::super::bill::Bill;
use super::super::chart::ChartPanel;
use super::super::checks::Verdicts;
use super::super::figures::{self, FigureGroup};
use super::super::frame::{HtmlPage, Markup, Templates};
use super::super::log::DecisionColumns;
use super::super::plan::PlanSection;
use super::super::reading::Open;
use super::super::reading::Results;
use crate::kernel::units::SimDuration;
use crate::report::numbers::span;
use crate::results::Manifest;

/// The files of one run, and what to call it among others.
pub struct RunOutput<'a> {
    /// The folder, as the user named it; shown where a page has several runs.
    pub label: String,
    /// Manifest of the results.
    pub manifest: Manifest,
    /// Opens one of them.
    pub open: Box<Open<'a>>,
}

impl std::fmt::Debug for RunOutput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunOutput").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Data for the scripts.
#[derive(Serialize)]
struct Data {
    services: Vec<ServiceData>,
}

/// Data of one service for the scripts.
#[derive(Serialize)]
struct ServiceData {
    /// The element that holds the service.
    id: String,
    panel: ChartPanel,
    log: DecisionColumns,
}

/// Data of a service for its template.
#[derive(Serialize)]
struct ServiceSection {
    id: String,
    name: String,
    is_only: bool,
    /// Plain-language summary, as sentences.
    story: Vec<String>,
    charts: Vec<charts::ChartText>,
    decisions: usize,
    /// Reason why there is no decision; empty where there are some.
    why_none: String,
    /// Reason why there is nothing to draw; empty where there is something.
    no_minutes: &'static str,
    thinned: String,
    zone: String,
}

/// Data of a run for its template.
#[derive(Serialize)]
struct RunView {
    id: String,
    name: String,
    label: String,
    description: String,
    facts: Vec<String>,
    verdict: Markup,
    tiles: Markup,
    groups: Vec<Markup>,
    intervals: Vec<Markup>,
    bill: Markup,
    services: Vec<Markup>,
    /// Links to the services, where there are several.
    contents: Vec<(String, String)>,
    plan: Markup,
    origins: Markup,
}

/// The page of one run, or of several.
///
/// # Errors
/// A sentence that names the file that is damaged, or of another version, and what to do.
pub fn run_page(outputs: &mut [RunOutput<'_>]) -> Result<Vec<u8>, String> {
    let templates = Templates::new()?;
    let several = outputs.len() > 1;
    let mut data = Data { services: Vec::new() };
    let (mut parts, mut names, mut tiles) = (String::new(), Vec::new(), Vec::new());
    for (number, output) in outputs.iter_mut().enumerate() {
        let label = output.label.clone();
        let within = |message: String| if several { format!("{label}: {message}") } else { message };
        let results = Results::read(&output.manifest, &mut *output.open).map_err(within)?;
        names.push(results.summary.scenario.name.clone());
        tiles.push((output.label.clone(), figures::tiles(&results, &horizon(&results))));
        let label = if several { output.label.as_str() } else { "" };
        parts.push_str(&run(&templates, &results, (number, label), &mut data)?.to_string());
    }
    let title = format!("{} · windtunnel", names.join(", "));
    let beside = figures::beside(&tiles).map(|group| templates.fill("figures.html", &group)).transpose()?;
    let beside = beside.map_or_else(String::new, |table| table.to_string());
    let content = Markup::from_safe_string(beside + &parts);
    HtmlPage { title: &title, content, data: &data }.document(&templates)
}

/// The length of a run, in words.
fn horizon(results: &Results) -> String {
    span(SimDuration::from_secs_f64(results.summary.scenario.horizon_s.get()))
}

/// One run; the data of its services is added to `data`.
fn run(
    templates: &Templates,
    results: &Results,
    (number, label): (usize, &str),
    data: &mut Data,
) -> Result<Markup, String> {
    let summary = &results.summary;
    let horizon = horizon(results);
    let checks = results.estimates.as_ref().map_or(&summary.checks, |estimates| &estimates.checks);
    let (mut services, mut contents) = (Vec::new(), Vec::new());
    for index in 0..summary.services.0.len() {
        let id = format!("r{number}s{index}");
        let (view, of_service) = service(results, index, &id)?;
        services.push(templates.fill("service.html", &view)?);
        contents.push((view.id, view.name));
        data.services.push(of_service);
    }
    let table = |group: FigureGroup| templates.fill("figures.html", &group);
    let intervals =
        results.estimates.as_ref().map(|estimates| figures::intervals(&results.summary, estimates));
    let view = RunView {
        id: format!("r{number}"),
        name: summary.scenario.name.clone(),
        label: label.to_owned(),
        description: results.plan.head.description.clone(),
        facts: words::facts(results, &horizon),
        verdict: templates.fill("verdict.html", &Verdicts::new(checks))?,
        tiles: templates.tiles(&figures::tiles(results, &horizon))?,
        groups: figures::groups(results).into_iter().map(table).collect::<Result<_, _>>()?,
        intervals: intervals.into_iter().map(table).collect::<Result<_, _>>()?,
        bill: templates.fill("bill.html", &Bill::new(summary, &horizon))?,
        services,
        contents: if contents.len() > 1 { contents } else { Vec::new() },
        plan: templates.fill("plan.html", &PlanSection::new(results))?,
        origins: templates.origins(&words::origins(results))?,
    };
    templates.fill("run.html", &view)
}

fn service(results: &Results, index: usize, id: &str) -> Result<(ServiceSection, ServiceData), String> {
    let nothing = || "a service has no rows".to_owned();
    let (name, summary) = results.summary.services.0.get(index).ok_or_else(nothing)?;
    let decisions = results.decisions.get(index).ok_or_else(nothing)?;
    let timeline = results.timelines.get(index).ok_or_else(nothing)?;
    let (panel, texts) = charts::panel(results, index, id)?;
    let view = ServiceSection {
        id: id.to_owned(),
        name: name.clone(),
        is_only: results.summary.services.0.len() == 1,
        story: summary.story.iter().map(|text| sentence_of(text)).collect(),
        charts: texts,
        decisions: decisions.len(),
        why_none: if decisions.is_empty() { words::why_no_decision(results, index) } else { String::new() },
        no_minutes: if timeline.times.is_empty() {
            "There is nothing to draw: the run has no minute of this service."
        } else {
            ""
        },
        thinned: words::thinned(panel.thinned, timeline.times.len()),
        zone: panel.zone.clone(),
    };
    debug_assert_eq!(panel.charts.len(), view.charts.len(), "{name}: a chart and its words come together");
    Ok((view, ServiceData { id: id.to_owned(), panel, log: DecisionColumns::new(decisions) }))
}
