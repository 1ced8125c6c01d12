//! `windtunnel report`: one HTML page of what commands left in their folders.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::folder::{add, is_unfinished_sweep};
use super::printing::{fail, print, print_data};
use crate::report::{RunOutput, experiment_page, run_page};
use crate::results::{FolderKind, MANIFEST, PAGE};
use crate::shell::files::is_file;
use crate::shell::output;
use crate::shell::results::{Refused, ResultsReader, ResultsWriter};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel report output/flash-sale\n  windtunnel report output/monday output/tuesday --out \
                        week.html\n  windtunnel report output/web-sweep\n\n`run`, `compare`, `sweep`, `merge`, `optimize` and `forecast` \
                        leave the same page as report.html. It is made of\nthe files of the folder alone, so equal files give \
                        equal bytes."
)]
pub(super) struct ReportRequest {
    /// Folder with the results of an experiment, or folders with the results of runs
    #[arg(value_name = "OUTPUT_DIR", required = true)]
    pub(super) folders: Vec<PathBuf>,
    /// File to write, or - for standard output [default: report.html in the folder; several folders need a name]
    #[arg(long, short, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Argument of `--out` that stands for standard output.
const STDOUT: &str = "-";

/// Runs the request; the name of the file goes to standard output.
pub(super) fn run(request: &ReportRequest) -> Exit {
    let file = match (&request.out, request.folders.as_slice()) {
        (Some(file), _) => file.clone(),
        (None, [only]) => only.join(PAGE),
        (None, _) => {
            return fail(
                Exit::Usage,
                "several folders make one page; name it with --out, such as --out report.html",
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
        let message = format!("`{}` is there and is no plain file; name another with --out", file.display());
        return fail(Exit::Usage, &message);
    }
    match save(&file, &page) {
        Ok(()) => print(&format!("{}\n", file.display())),
        Err(message) => fail(Exit::RunFailed, &message),
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
