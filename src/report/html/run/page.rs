//! The page of runs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{charts, words};

use super::super::chart::ChartPanel;
use super::super::experiment::block_markup;
use super::super::frame::{HtmlPage, Markup, Templates};
use super::super::log::DecisionColumns;
use super::super::plan::PlanSection;
use super::super::reading::Open;
use super::super::reading::Results;
use crate::report::run_view::{RunStory, beside};
use crate::report::view::{Block, Section, Verdict, sentence_of, status_class, status_sign, status_word};
use crate::results::{CheckResult, Manifest};

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
    cost: Vec<Markup>,
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
        let declared = results.declares_memory();
        tiles.push((output.label.clone(), story(&results, &[], &declared).tiles()));
        let label = if several { output.label.as_str() } else { "" };
        parts.push_str(&run(&templates, &results, (number, label), &mut data)?.to_string());
    }
    let title = format!("{} · windtunnel", names.join(", "));
    let beside = beside(&tiles).map(|group| templates.fill("figures.html", &group)).transpose()?;
    let beside = beside.map_or_else(String::new, |table| table.to_string());
    let content = Markup::from_safe_string(beside + &parts);
    HtmlPage { title: &title, content, data: &data }.document(&templates)
}

/// What a run of a folder says.
fn story<'a>(results: &'a Results, facts: &'a [String], declared: &'a BTreeSet<String>) -> RunStory<'a> {
    RunStory {
        summary: &results.summary,
        estimates: results.estimates.as_ref(),
        description: &results.plan.head.description,
        facts,
        remarks: &[],
        cold_starts: &results.cold_starts,
        declares_memory: declared,
    }
}

/// A check as the strip shows it.
#[derive(Serialize)]
struct CheckStrip {
    status: &'static str,
    word: &'static str,
    sign: &'static str,
    figure: String,
    limit: String,
    value: String,
    /// Text behind the value in brackets: an interval, or the service that decided.
    detail: String,
    margin: String,
    note: Option<String>,
}

impl CheckStrip {
    fn new(check: &CheckResult) -> Self {
        let (name, limit) = check.check.split_once(' ').unwrap_or((&check.check, ""));
        let (value, detail) = match check.value.split_once(" (") {
            Some((value, detail)) => (value, detail.strip_suffix(')').unwrap_or(detail)),
            None => (check.value.as_str(), ""),
        };
        Self {
            status: check.status.name(),
            word: status_word(check.status),
            sign: status_sign(Some(check.status)),
            figure: name.replace('_', " "),
            limit: limit.replace("<=", "≤").replace(">=", "≥"),
            value: value.to_owned(),
            detail: detail.to_owned(),
            margin: check.margin_text(),
            note: check.note.clone(),
        }
    }
}

/// The strip of verdicts, with the sentence above it.
#[derive(Serialize)]
struct VerdictStrip<'a> {
    status: &'static str,
    sign: &'static str,
    sentence: &'a str,
    checks: Vec<CheckStrip>,
}

impl<'a> VerdictStrip<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        Self {
            status: status_class(verdict.status),
            sign: status_sign(verdict.status),
            sentence: &verdict.sentence,
            checks: verdict.checks.iter().map(CheckStrip::new).collect(),
        }
    }
}

/// One run; the data of its services is added to `data`.
fn run(
    templates: &Templates,
    results: &Results,
    (number, label): (usize, &str),
    data: &mut Data,
) -> Result<Markup, String> {
    let summary = &results.summary;
    let (mut services, mut contents) = (Vec::new(), Vec::new());
    for index in 0..summary.services.0.len() {
        let id = format!("r{number}s{index}");
        let (view, of_service) = service(results, index, &id)?;
        services.push(templates.fill("service.html", &view)?);
        contents.push((view.id, view.name));
        data.services.push(of_service);
    }
    let (facts, declared) = (words::facts(results), results.declares_memory());
    let said = story(results, &facts, &declared).view();
    let blocks = |wanted: fn(&Block) -> bool| -> Result<Vec<Markup>, String> {
        let all = said.sections.iter().filter(|section: &&Section| !section.title.is_empty());
        let blocks = all.flat_map(|section| &section.blocks).filter(|block| wanted(block));
        blocks.map(|block| block_markup(templates, block)).collect()
    };
    let view = RunView {
        id: format!("r{number}"),
        name: said.title.clone(),
        label: label.to_owned(),
        description: said.description.clone(),
        facts: said.facts.clone(),
        verdict: templates.fill("verdict.html", &VerdictStrip::new(&said.verdict))?,
        tiles: templates.tiles(&said.tiles)?,
        groups: blocks(|block| matches!(block, Block::Table(table) if table.class == "figures"))?,
        intervals: blocks(|block| matches!(block, Block::Table(table) if table.class != "figures"))?,
        cost: blocks(|block| matches!(block, Block::Bill(_)))?,
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
