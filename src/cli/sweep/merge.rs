//! `windtunnel merge`: the journals of shards into the files of one sweep. Parts that do not belong together, are missing
//! or are there twice are named.

use std::path::{Path, PathBuf};

use super::deliver::{Delivery, Parts, deliver};
use super::paths::{same, shown};
use super::request::MergeRequest;
use crate::cli::exit::Exit;
use crate::cli::folder::take;
use crate::cli::printing::fail;
use crate::cli::session::Session;
use crate::experiment::points::Design;
use crate::experiment::sweep::{Shard, SweepHeader};
use crate::results::FolderKind;
use crate::shell::cells::Cells;
use crate::shell::wall_clock::Stopwatch;

/// Runs the request.
pub(in crate::cli) fn merge(request: &MergeRequest) -> Exit {
    let watch = Stopwatch::start();
    let session = match Session::listen(watch, request.quiet) {
        Ok(session) => session,
        Err(exit) => return exit,
    };
    let (head, parts) = match gather(request) {
        Ok(gathered) => gathered,
        Err(faults) => {
            for fault in faults {
                fail(Exit::Usage, &fault);
            }
            return Exit::Usage;
        }
    };
    let mut folder = match take(&request.out, FolderKind::Sweep) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    // Results of these shards must not stand beside the rows of another sweep.
    let is_part = request.parts.iter().any(|part| same(part, &request.out));
    if !is_part && Cells::path(&request.out).symlink_metadata().is_ok() {
        let out = shown(&request.out);
        return fail(Exit::Usage, &format!("`{out}` holds another sweep; choose another folder with --out"));
    }
    let design = Design::new(&head.axes, &head.points, head.replications, head.seed);
    let mut delivery = Delivery {
        folder: &mut folder,
        session: &session,
        head: &head,
        design: &design,
        out: &request.out,
        format: request.format,
        verdict: request.verdict,
        no_report: request.no_report,
    };
    deliver(&mut delivery, Parts::new(parts))
}

/// The parts with their common head, or everything that is wrong with them.
fn gather(request: &MergeRequest) -> Result<(SweepHeader, Vec<Cells>), Vec<String>> {
    let mut faults = Vec::new();
    let mut opened: Vec<(&PathBuf, Cells, SweepHeader)> = Vec::new();
    for (index, path) in request.parts.iter().enumerate() {
        if request.parts[..index].iter().any(|earlier| same(earlier, path)) {
            faults.push(format!("`{}` is given twice", shown(path)));
            continue;
        }
        match Cells::open(path, false) {
            Ok((cells, head, _)) => {
                // Every point of the plan is a line of the results, whether it was run or not.
                let planned = head.cells().unwrap_or(u64::MAX);
                if planned > request.max_points {
                    faults.push(format!(
                        "`{}` is of a sweep of {planned} runs, and results of at most {} are made; raise --max-points",
                        shown(path),
                        request.max_points
                    ));
                }
                opened.push((path, cells, head));
            }
            Err(message) => faults.push(message),
        }
    }
    let Some((first, base, head)) = opened.first() else { return Err(faults) };
    let (head, count) = (head.clone(), base.shard().count);
    for (path, cells, other) in opened.iter().skip(1) {
        let differences = other.differences(&head);
        if !differences.is_empty() {
            let what = differences.join(", ");
            faults.push(format!(
                "`{}` belongs to another sweep than `{}`: it differs in {what}",
                shown(path),
                shown(first)
            ));
        } else if cells.shard().count != count {
            let (mine, theirs) = (cells.shard(), base.shard());
            faults.push(format!("`{}` is shard {mine}, but `{}` is {theirs}", shown(path), shown(first)));
        }
    }
    if faults.is_empty() {
        faults.extend(coverage(&opened, count, request.allow_missing));
    }
    if faults.is_empty() {
        Ok((head, opened.into_iter().map(|(_, cells, _)| cells).collect()))
    } else {
        Err(faults)
    }
}

/// Shards that are there twice or lack rows, and (unless part of a sweep will do) shards that are missing.
fn coverage(opened: &[(&PathBuf, Cells, SweepHeader)], count: u64, partial: bool) -> Vec<String> {
    const MOST: usize = 20;
    let mut faults = Vec::new();
    let of = |index: u64| opened.iter().filter(move |(_, cells, _)| cells.shard().index == index);
    let name = |path: &Path| format!("`{}`", shown(path));
    let mut missing = Vec::new();
    for index in 0..count {
        let paths: Vec<String> = of(index).map(|(path, ..)| name(path)).collect();
        let shard = Shard { index, count };
        match paths.len() {
            0 => missing.push(shard.to_string()),
            1 => {}
            _ => faults.push(format!("shard {shard} is there more than once: {}", paths.join(", "))),
        }
    }
    if partial {
        return faults;
    }
    if !missing.is_empty() {
        let more = missing.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let listed = missing.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
        faults.push(format!("shard {listed}{more} is missing; --allow-missing makes do without"));
    }
    for (path, cells, _) in opened.iter().filter(|(_, cells, _)| cells.finished() < cells.planned()) {
        faults.push(format!(
            "{} (shard {}) has {} of {} rows; finish it with `sweep --resume`, or make do with --allow-missing",
            name(path),
            cells.shard(),
            cells.finished(),
            cells.planned()
        ));
    }
    faults
}
