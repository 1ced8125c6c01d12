//! `windtunnel report`: one HTML page of what commands left in their folders.

use std::path::{Path, PathBuf};

use super::args::ReportRequest;
use super::commands::{fail, print, print_data};
use super::exit::Exit;
use super::folder::{add, is_unfinished_sweep};
use crate::report::{FolderKind, MANIFEST, Manifest, PAGE, RunOutput, experiment_page, run_page};
use crate::shell::files::is_file;
use crate::shell::output::{self, Staging};
use crate::shell::results::{Refused, ResultsReader, ResultsWriter};

/// What `--html` calls standard output.
const STDOUT: &str = "-";

/// Runs the request; the name of the file goes to standard output.
pub(super) fn run(request: &ReportRequest) -> Exit {
    let file = match (&request.html, request.folders.as_slice()) {
        (Some(file), _) => file.clone(),
        (None, [only]) => only.join(PAGE),
        (None, _) => {
            return fail(
                Exit::Usage,
                "several folders make one page; name it with --html, such as --html report.html",
            );
        }
    };
    let page = match page_of(&request.folders) {
        Ok(page) => page,
        Err(message) => return fail(Exit::Usage, &message),
    };
    if file == Path::new(STDOUT) {
        return print_data(&String::from_utf8_lossy(&page));
    }
    if !output::is_replaceable(&file) {
        let message = format!("`{}` is there and is no plain file; name another with --html", file.display());
        return fail(Exit::Usage, &message);
    }
    match save(&file, &page) {
        Ok(()) => print(&format!("{}\n", file.display())),
        Err(message) => fail(Exit::RunFailed, &message),
    }
}

/// The page of files that have not got their names yet.
///
/// # Errors
/// A sentence.
pub(super) fn page_of_staged(manifest: &Manifest, files: &Staging) -> Result<Vec<u8>, String> {
    let mut open = |name: &str| files.open(name);
    match manifest.command {
        FolderKind::Run => run_page(&mut [RunOutput {
            label: String::new(),
            manifest: manifest.clone(),
            open: Box::new(open),
        }]),
        _ => experiment_page(manifest, &mut open),
    }
}

/// The page of some folders: of one experiment, or of runs.
fn page_of(folders: &[PathBuf]) -> Result<Vec<u8>, String> {
    let readers: Vec<ResultsReader> = folders.iter().map(|folder| open(folder)).collect::<Result<_, _>>()?;
    let mut experiments = readers.iter().zip(folders).filter(|(reader, _)| reader.kind() != FolderKind::Run);
    let Some((reader, folder)) = experiments.next() else {
        let output = |(reader, folder): (&'_ ResultsReader, &PathBuf)| {
            let reader = reader.clone();
            RunOutput {
                label: folder.display().to_string(),
                manifest: reader.manifest().clone(),
                open: Box::new(move |name: &str| reader.stream(name)),
            }
        };
        let mut outputs: Vec<RunOutput<'_>> = readers.iter().zip(folders).map(output).collect();
        return run_page(&mut outputs);
    };
    let command = reader.kind().command();
    if folders.len() > 1 {
        return Err(format!(
            "`{}` holds what `windtunnel {command}` found, which is a page of its own; several folders make one page only where \
             all of them hold runs",
            folder.display(),
        ));
    }
    experiment_page(reader.manifest(), &mut |name| reader.stream(name))
}

/// The results of a folder, whichever command left them.
fn open(folder: &Path) -> Result<ResultsReader, String> {
    if is_unfinished_sweep(folder) {
        return Err(format!(
            "`{}` holds an unfinished sweep; the same `windtunnel sweep` with --resume ends it and makes its page",
            folder.display()
        ));
    }
    let hint = "give the folder that `windtunnel run`, `compare`, `sweep`, `merge`, `optimize` or `forecast` wrote, such as \
                output/flash-sale";
    let results = ResultsReader::open_to_make_the_page(folder, hint)?;
    match &results.manifest().shard {
        Some(shard) if results.manifest().output("summary.json").is_none() => Err(format!(
            "`{}` holds shard {shard} of a sweep, which has no page of its own; `windtunnel merge` puts all shards together",
            folder.display()
        )),
        _ => Ok(results),
    }
}

/// Saves the page; in a folder of results it becomes one of them.
fn save(file: &Path, page: &[u8]) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Err(format!("`{}` is no name of a file", file.display()));
    };
    let is_among_results = name == PAGE && is_file(&folder.join(MANIFEST));
    if !is_among_results {
        return output::write_all(folder, [(name, page.to_vec())]).map_err(|error| error.to_string());
    }
    let mut writer = ResultsWriter::open(folder).map_err(Refused::into_message)?;
    let mut files = writer.stage(None);
    add(&mut files, name, page)?;
    writer.add(files).map_err(|error| error.to_string())
}
