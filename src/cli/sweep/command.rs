//! `windtunnel sweep`: many points of one scenario, row by row into a journal that survives whatever ends the program,
//! and from the journal the final files.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::deliver::{Delivery, Parts, deliver};
use super::plan::{self, Planned};
use super::request::SweepRequest;
use crate::cli::exit::Exit;
use crate::cli::folder::{self, folder_name};
use crate::cli::printing::fail;
use crate::cli::session::Session;
use crate::experiment::points::Design;
use crate::experiment::sweep::{CellOutcome, CellRunner, Shard, SweepHeader};
use crate::record::Limits;
use crate::results::FolderKind;
use crate::shell::cells::Cells;
use crate::shell::progress::Progress;
use crate::shell::results::ResultsWriter;
use crate::shell::terminal::note;
use crate::shell::wall_clock::Stopwatch;

/// Runs the request.
pub(in crate::cli) fn sweep(request: &SweepRequest) -> Exit {
    let watch = Stopwatch::start();
    let session = match Session::listen(watch, request.given.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let interrupted = &session.interrupted;
    let planned = match plan::plan(request, interrupted) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let usual = || Path::new("output").join(format!("{}-sweep", folder_name(&planned.head.scenario)));
    let out = request.out.clone().unwrap_or_else(usual);
    let mut folder = match folder::take(&out, FolderKind::Sweep) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let mut cells = match open(request, &planned.head, &out, &mut folder) {
        Ok(cells) => cells,
        Err(exit) => return exit,
    };
    let seed = planned.head.seed;
    let design = Design::new(&planned.head.axes, &planned.head.points, planned.head.replications, seed);
    if let Err(message) = run(request, &planned, &design, &mut cells, interrupted) {
        let kept = format!(
            "{} of {} rows are kept; once it is put right, --resume goes on",
            cells.finished(),
            cells.planned()
        );
        return fail(Exit::RunFailed, &format!("{message}; {kept}"));
    }
    if interrupted.load(Ordering::Relaxed) && cells.finished() < cells.planned() {
        let (finished, planned) = (cells.finished(), cells.planned());
        note(&format!(
            "interrupted: partial {finished}/{planned} rows in {}; --resume goes on\n",
            out.display()
        ));
        return Exit::Interrupted;
    }
    let mut delivery = Delivery {
        folder: &mut folder,
        session: &session,
        head: &planned.head,
        design: &design,
        out: &out,
        format: request.format,
        verdict: request.verdict,
        no_report: request.no_report,
    };
    let shard = cells.shard();
    let parts = Parts::new(vec![cells]);
    if shard.count > 1 { delivery.shard(shard, parts) } else { deliver(&mut delivery, parts) }
}

/// The rows of the folder: those that are there to go on with, or none.
fn open(
    request: &SweepRequest,
    head: &SweepHeader,
    out: &Path,
    folder: &mut ResultsWriter,
) -> Result<Cells, Exit> {
    let shard = request.shard.unwrap_or(Shard::WHOLE);
    let path = Cells::path(out);
    let refuse = |message: String| fail(Exit::Usage, &message);
    let exists = path.symlink_metadata().is_ok();
    if !exists || request.overwrite {
        // Results of another sweep must not stand beside the rows of this one.
        let removed = folder.clear().map_err(|error| error.to_string());
        let created = removed.and_then(|()| Cells::create(out, head, shard, head.cells()?));
        return created.map_err(|message| fail(Exit::RunFailed, &message));
    }
    let opened = Cells::open(out, request.resume);
    let (cells, old, torn) =
        opened.map_err(|message| refuse(format!("{message}; --overwrite starts over")))?;
    if !request.resume {
        let (finished, planned) = (cells.finished(), cells.planned());
        let state = if finished == planned { "a finished sweep" } else { "an unfinished sweep" };
        return Err(refuse(format!(
            "`{}` holds {state} ({finished} of {planned} rows); use --resume to continue, --overwrite to start over, or --out to choose another directory",
            out.display()
        )));
    }
    let differences = old.differences(head);
    if !differences.is_empty() {
        return Err(refuse(format!(
            "the sweep in `{}` cannot be resumed, for it differs in {}; --overwrite starts over",
            out.display(),
            differences.join(", ")
        )));
    }
    if cells.shard() != shard {
        let there = cells.shard();
        return Err(refuse(format!(
            "`{}` holds shard {there}, not {shard}; --overwrite starts over",
            out.display()
        )));
    }
    if cells.finished() < cells.planned() {
        // Results of some of the rows are stale once there are more.
        folder.clear().map_err(|error| fail(Exit::RunFailed, &error.to_string()))?;
    }
    if torn > 0 && !request.given.quiet {
        note(&format!("note: discarded an incomplete last row ({torn} bytes); it will be re-run\n"));
    }
    Ok(cells)
}

/// Runs what is missing; the message of what could not be written.
fn run(
    request: &SweepRequest,
    planned: &Planned,
    design: &Design<'_>,
    cells: &mut Cells,
    interrupted: &Arc<AtomicBool>,
) -> Result<(), String> {
    let head = &planned.head;
    let missing = cells.missing();
    let limits = Limits { requests: head.budget, interrupted: Some(interrupted) };
    let files = || crate::shell::shelf::Shelf::files(&planned.shelf);
    let base = planned.base(&files);
    let runner = CellRunner::new(base, design, head, limits);
    let mut progress = Progress::start("cells", cells.planned(), cells.finished(), request.given.quiet);
    let mut result = Ok(());
    let cell =
        |number: u64| usize::try_from(number).ok().and_then(|n| missing.get(n)).copied().unwrap_or(u64::MAX);
    runner.run(missing.len() as u64, cell, |row| {
        // Nothing else is waiting to be written: what was written is brought to the disk.
        let Some(row) = row else {
            result = cells.sync();
            return if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        };
        let requests = match &row.outcome {
            CellOutcome::CellFigures(done) => done.requests,
            CellOutcome::Failed(_) => 0,
        };
        if let Err(message) = cells.append(&row) {
            result = Err(message);
            return ControlFlow::Break(());
        }
        progress.advance(requests);
        // The flag is looked at here too: rows that are finished meanwhile are kept, none is begun.
        ControlFlow::Continue(())
    });
    progress.finish();
    result.and(cells.sync())
}
