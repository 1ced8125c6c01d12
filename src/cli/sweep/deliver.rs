//! From rows on disk to final files: point by point in the order of the cells, so that neither who ran a cell nor when
//! can be seen in them, and in the same memory however many there are.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::request::SweepFormat;
use super::shown;
use crate::cli::commands::{fail, print, print_data};
use crate::cli::exit::Exit;
use crate::cli::report::{PAGE, beside};
use crate::experiment::sweep::{Design, Head, Row, Shard, Survey, summarize};
use crate::report::plot::{PlotSpec, plot_png, plot_svg};
use crate::report::sweep::{self as report, SweepView};
use crate::shell::cells::Cells;
use crate::shell::output::{self, Staging};
use crate::shell::terminal::{command_line, note, stdout_colour, table_width};
use crate::shell::wall_clock::{Stopwatch, unix_seconds};

/// Every file that a sweep may leave beside its journal.
pub(super) const FILES: [&str; 13] = [
    "runs.csv",
    "points.csv",
    "summary.json",
    "pareto.png",
    "pareto.svg",
    "lines.png",
    "lines.svg",
    "heatmap.png",
    "heatmap.svg",
    "parallel.png",
    "parallel.svg",
    "manifest.json",
    PAGE,
];

/// Where rows come from: the journals of all shards, or of some.
pub(super) struct Parts {
    parts: Vec<Cells>,
}

impl Parts {
    pub(super) const fn new(parts: Vec<Cells>) -> Self {
        Self { parts }
    }

    fn row(&mut self, cell: u64) -> Result<Option<Row>, String> {
        for part in &mut self.parts {
            if part.shard().local(cell).is_some() {
                return part.row(cell);
            }
        }
        Ok(None)
    }

    /// The rows of a point.
    fn point(&mut self, design: &Design<'_>, point: u64) -> Result<Vec<Option<Row>>, String> {
        let first = point * design.replications();
        (first..first + design.replications()).map(|cell| self.row(cell)).collect()
    }
}

/// What is delivered, and where to.
pub(super) struct Delivery<'a> {
    pub(super) head: &'a Head,
    pub(super) design: &'a Design<'a>,
    pub(super) out: &'a Path,
    pub(super) format: SweepFormat,
    pub(super) no_report: bool,
    pub(super) quiet: bool,
}

/// Writes the final files and prints what was asked for.
pub(super) fn deliver(
    delivery: &Delivery<'_>,
    mut parts: Parts,
    watch: &Stopwatch,
    interrupted: &AtomicBool,
) -> Exit {
    let survey = match delivery.write(&mut parts, watch, interrupted) {
        Ok(Some(survey)) => survey,
        Ok(None) => {
            note(&format!(
                "interrupted: the rows are in {}; --resume makes the results of them\n",
                shown(delivery.out)
            ));
            return Exit::Interrupted;
        }
        Err(message) => return fail(Exit::RunFailed, &message),
    };
    if let Err(message) = beside(delivery.out, delivery.no_report, delivery.quiet) {
        return fail(Exit::RunFailed, &message);
    }
    let printed = delivery.print(&mut parts, &survey);
    if printed != Exit::Ok {
        return printed;
    }
    if !delivery.quiet {
        let (seconds, out) = (watch.elapsed().as_secs_f64(), shown(delivery.out));
        let Survey { finished, requests, .. } = &survey;
        note(&format!("{finished} runs, {requests} requests in {seconds:.2} s; results in {out}\n"));
    }
    match () {
        () if survey.failed_runs() > 0 => Exit::RunFailed,
        // Of part of a sweep it is not known yet.
        () if !delivery.head.checks.is_empty() && survey.passing.is_empty() && survey.is_whole() => {
            Exit::CheckFailed
        }
        () => Exit::Ok,
    }
}

impl Delivery<'_> {
    /// Writes everything, or nothing; nothing too when it was interrupted.
    fn write(
        &self,
        parts: &mut Parts,
        watch: &Stopwatch,
        interrupted: &AtomicBool,
    ) -> Result<Option<Survey>, String> {
        let Self { head, design, out, .. } = self;
        let is_interrupted = || interrupted.load(Ordering::Relaxed);
        let mut files = Staging::new(out);
        let mut survey = Survey::new(design);
        files.file("runs.csv", |write| {
            write(&report::runs_header(head))?;
            for point in (0..design.points()).take_while(|_| !is_interrupted()) {
                let rows = parts.point(design, point)?;
                write(&report::run_lines(head, design, point, &rows))?;
                survey.add(point, &rows, &summarize(head, &rows));
            }
            Ok(())
        })?;
        let survey = survey.close();
        files.file("points.csv", |write| self.points(parts, &survey, interrupted, write))?;
        if is_interrupted() {
            return Ok(None);
        }
        let view = SweepView { head, design, survey: &survey };
        files.file("summary.json", |write| write(report::summary_json(&view).as_bytes()))?;
        let pictures = report::pictures(&view);
        for (stem, plot) in &pictures {
            picture(&mut files, stem, plot)?;
        }
        files.file("manifest.json", |write| write(self.manifest(Shard::WHOLE, watch).as_bytes()))?;
        files.commit().map_err(|error| error.to_string())?;
        // An older merge into this folder may have had other pictures.
        let is_drawn = |file: &str| pictures.iter().any(|(stem, _)| file.starts_with(stem));
        let is_picture = |file: &str| file.ends_with(".png") || file.ends_with(".svg");
        let stale: Vec<&str> = FILES.into_iter().filter(|file| is_picture(file) && !is_drawn(file)).collect();
        output::remove_all(out, &stale).map_err(|error| error.to_string())?;
        Ok(Some(survey))
    }

    fn points(
        &self,
        parts: &mut Parts,
        survey: &Survey,
        interrupted: &AtomicBool,
        write: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        write(&report::points_header(self.head))?;
        for point in (0..self.design.points()).take_while(|_| !interrupted.load(Ordering::Relaxed)) {
            let summary = summarize(self.head, &parts.point(self.design, point)?);
            write(&report::point_line((self.head, self.design), survey, point, &summary))?;
        }
        Ok(())
    }

    fn print(&self, parts: &mut Parts, survey: &Survey) -> Exit {
        let view = SweepView { head: self.head, design: self.design, survey };
        match self.format {
            SweepFormat::Table => print(&report::table(&view, table_width(), stdout_colour())),
            SweepFormat::Json => print_data(&report::summary_json(&view)),
            SweepFormat::Csv => {
                let mut printed = Exit::Ok;
                let mut write = |bytes: &[u8]| {
                    if printed == Exit::Ok {
                        printed = print_data(&String::from_utf8_lossy(bytes));
                    }
                    Ok(())
                };
                match self.points(parts, survey, &AtomicBool::new(false), &mut write) {
                    Ok(()) => printed,
                    Err(message) => fail(Exit::RunFailed, &message),
                }
            }
        }
    }

    /// What ends a shard: its rows are for `merge`.
    pub(super) fn shard(&self, shard: Shard, parts: Parts, watch: &Stopwatch) -> Exit {
        let manifest = self.manifest(shard, watch).into_bytes();
        if let Err(error) = output::write_all(self.out, [("manifest.json", manifest)]) {
            return fail(Exit::RunFailed, &error.to_string());
        }
        let rows: u64 = parts.parts.iter().map(Cells::finished).sum();
        print(&format!(
            "shard {shard}: {rows} rows in {}; `windtunnel merge` puts shards together\n",
            shown(self.out)
        ))
    }

    /// `manifest.json`: the only file that may differ between equal sweeps.
    fn manifest(&self, shard: Shard, watch: &Stopwatch) -> String {
        let manifest = json!({
            "schema_version": "1.0",
            "windtunnel_version": self.head.windtunnel_version,
            "command_line": command_line(),
            "scenario": self.head.scenario,
            "scenario_sha256": self.head.scenario_sha256,
            "sweep_sha256": self.head.hash(),
            "files": self.head.files.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "seed": self.head.seed,
            "shard": shard.to_string(),
            "finished_unix_s": unix_seconds(),
            "wall_time_s": watch.elapsed().as_secs_f64(),
        });
        serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n"
    }
}

fn picture(files: &mut Staging, stem: &str, plot: &PlotSpec) -> Result<(), String> {
    let drawn = |error: crate::report::ChartError| format!("cannot draw {stem}: {error}");
    let (png, svg) = (plot_png(plot).map_err(drawn)?, plot_svg(plot).map_err(drawn)?);
    files.file(&format!("{stem}.png"), |write| write(&png))?;
    files.file(&format!("{stem}.svg"), |write| write(svg.as_bytes()))
}
