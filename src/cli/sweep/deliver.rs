//! From rows on disk to final files: point by point in the order of the cells, so that neither who ran a cell nor when
//! can be seen in them, and in the same memory however many there are.

use std::io::Write;
use std::path::Path;

use super::paths::shown;
use crate::cli::exit::Exit;
use crate::cli::folder::{add, publish};
use crate::cli::formats::{self, OutputFormat, Rendering, fallible, rendering};
use crate::cli::given::VerdictArgs;
use crate::cli::manifest;
use crate::cli::printing::{fail, print, print_in};
use crate::cli::session::Session;
use crate::experiment::points::Design;
use crate::experiment::sweep::{CellRow, Shard, SweepHeader, SweepSummary, summarize};
use crate::report::View;
use crate::report::plot::{PlotSpec, plot_png, plot_svg};
use crate::report::sweep::{self as report, SweepView};
use crate::results::{FolderKind, Manifest, json_text};
use crate::shell::cells::Cells;
use crate::shell::output::{FillError, INTERRUPTED, Staging};
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::note;

/// Sources of rows: the journals of all shards, or of some.
pub(super) struct Parts {
    parts: Vec<Cells>,
}

impl Parts {
    pub(super) const fn new(parts: Vec<Cells>) -> Self {
        Self { parts }
    }

    fn row(&mut self, cell: u64) -> Result<Option<CellRow>, String> {
        for part in &mut self.parts {
            if part.shard().local(cell).is_some() {
                return part.row(cell);
            }
        }
        Ok(None)
    }

    /// The rows of a point.
    fn point(&mut self, design: &Design<'_>, point: u64) -> Result<Vec<Option<CellRow>>, String> {
        let first = point * design.replications();
        (first..first + design.replications()).map(|cell| self.row(cell)).collect()
    }
}

/// Results to deliver, and their destination.
pub(super) struct Delivery<'a> {
    pub(super) folder: &'a mut ResultsWriter,
    pub(super) session: &'a Session,
    pub(super) head: &'a SweepHeader,
    pub(super) design: &'a Design<'a>,
    pub(super) out: &'a Path,
    pub(super) format: OutputFormat,
    pub(super) verdict: VerdictArgs,
    pub(super) no_report: bool,
}

/// Result of a sweep.
pub(super) struct SweepOutcome<'a> {
    /// Points and summary.
    view: &'a SweepView<'a>,
    /// Function that reads the lines of points.csv.
    points: &'a mut dyn FnMut() -> Result<String, String>,
}

/// The formats of a sweep.
pub(super) fn renderings<'a>() -> [Rendering<SweepOutcome<'a>>; 4] {
    [
        formats::text(shown_view),
        formats::markdown(shown_view),
        rendering(OutputFormat::Json, "The content of summary.json", |outcome| {
            json_text(&report::sweep_result(outcome.view))
        }),
        fallible(OutputFormat::Csv, "The content of points.csv", |outcome| (outcome.points)()),
    ]
}

fn shown_view(outcome: SweepOutcome<'_>) -> View {
    let result = report::sweep_result(outcome.view);
    report::sweep_view(&result, result.design.points)
}

/// Writes the final files and prints what was asked for.
pub(super) fn deliver(delivery: &mut Delivery<'_>, mut parts: Parts) -> Exit {
    let summary = match delivery.write(&mut parts) {
        Ok(summary) => summary,
        Err(message) if message == INTERRUPTED => {
            note(&format!(
                "interrupted: the rows are in {}; --resume makes the results of them\n",
                shown(delivery.out)
            ));
            return Exit::Interrupted;
        }
        Err(message) => return fail(Exit::RunFailed, &message),
    };
    let printed = delivery.print(&mut parts, &summary);
    if printed != Exit::Ok {
        return printed;
    }
    if !delivery.session.quiet {
        let (seconds, out) = (delivery.session.watch.elapsed().as_secs_f64(), shown(delivery.out));
        let SweepSummary { finished, requests, .. } = &summary;
        note(&format!("{finished} runs, {requests} requests in {seconds:.2} s; results in {out}\n"));
    }
    if summary.failed_runs() > 0 {
        return Exit::RunFailed;
    }
    delivery.verdict.end(verdict(delivery.head, &summary, delivery.verdict.strict))
}

/// Exit code of a sweep without failed runs; `strict`: whether a check with nothing to judge keeps it from passing.
fn verdict(head: &SweepHeader, summary: &SweepSummary, strict: bool) -> Exit {
    let (is_judged, passes) = (!head.checks.is_empty(), !summary.passing.is_empty());
    match () {
        () if is_judged && !passes && summary.is_whole() => Exit::CheckFailed,
        // Of part of a sweep it is not known yet.
        () if strict && is_judged && !passes => Exit::Inconclusive,
        () if strict && !head.unjudged.is_empty() => Exit::Inconclusive,
        () => Exit::Ok,
    }
}

impl Delivery<'_> {
    /// Writes everything, or nothing; nothing too when it was interrupted.
    fn write(&mut self, parts: &mut Parts) -> Result<SweepSummary, String> {
        let (head, design) = (self.head, self.design);
        let mut files = self.folder.stage(Some(&self.session.interrupted));
        let mut summary = SweepSummary::new(design);
        files.file("runs.csv", |file| {
            file.write_all(&report::runs_header(head))?;
            for point in 0..design.points() {
                let rows = parts.point(design, point)?;
                file.write_all(&report::run_lines(head, design, point, &rows))?;
                summary.add(point, &rows, &summarize(head, &rows));
            }
            Ok(())
        })?;
        let summary = summary.close();
        files.file("points.csv", |file| self.points(parts, &summary, file))?;
        let view = SweepView { head, design, summary: &summary };
        add(&mut files, "summary.json", json_text(&report::sweep_result(&view)).as_bytes())?;
        for (stem, plot) in &report::pictures(&view) {
            picture(&mut files, stem, plot)?;
        }
        publish(self.folder, files, self.manifest(Shard::WHOLE), !self.no_report)?;
        Ok(summary)
    }

    fn points(
        &self,
        parts: &mut Parts,
        summary: &SweepSummary,
        out: &mut dyn Write,
    ) -> Result<(), FillError> {
        out.write_all(&report::points_header(self.head))?;
        for point in 0..self.design.points() {
            let of_point = summarize(self.head, &parts.point(self.design, point)?);
            out.write_all(&report::point_line((self.head, self.design), summary, point, &of_point))?;
        }
        Ok(())
    }

    fn print(&self, parts: &mut Parts, summary: &SweepSummary) -> Exit {
        let view = SweepView { head: self.head, design: self.design, summary };
        let mut points = || {
            let mut text = Vec::new();
            self.points(parts, summary, &mut text).map_err(|error| error.to_string())?;
            Ok(String::from_utf8_lossy(&text).into_owned())
        };
        let outcome = SweepOutcome { view: &view, points: &mut points };
        print_in(self.format, renderings(), outcome)
    }

    /// Ends a shard: its rows are for `merge`.
    pub(super) fn shard(&mut self, shard: Shard, parts: Parts) -> Exit {
        let manifest = self.manifest(shard);
        let files = self.folder.stage(None);
        if let Err(error) = self.folder.publish(files, manifest) {
            return fail(Exit::RunFailed, &error.to_string());
        }
        let rows: u64 = parts.parts.iter().map(Cells::finished).sum();
        print(&format!(
            "shard {shard}: {rows} rows in {}; `windtunnel merge` puts shards together\n",
            shown(self.out)
        ))
    }

    /// `manifest.json`, without its files.
    fn manifest(&self, shard: Shard) -> Manifest {
        Manifest {
            windtunnel_version: self.head.windtunnel_version.clone(),
            scenario: self.head.scenario.clone(),
            scenario_sha256: self.head.scenario_sha256.clone(),
            sweep_sha256: Some(self.head.hash()),
            inputs: self.head.files.iter().cloned().collect(),
            seed: self.head.seed,
            shard: Some(shard.to_string()),
            ..manifest::now(FolderKind::Sweep, &self.session.watch)
        }
    }
}

fn picture(files: &mut Staging, stem: &str, plot: &PlotSpec) -> Result<(), String> {
    let drawn = |error: crate::report::ChartError| format!("cannot draw {stem}: {error}");
    let (png, svg) = (plot_png(plot).map_err(drawn)?, plot_svg(plot).map_err(drawn)?);
    add(files, &format!("{stem}.png"), &png)?;
    add(files, &format!("{stem}.svg"), svg.as_bytes())
}
