//! `windtunnel report`: one HTML page of what commands left in their folders.

use std::path::{Path, PathBuf};

use super::args::ReportRequest;
use super::commands::{fail, print, print_data};
use super::exit::Exit;
use super::folder::is_unfinished_sweep;
use crate::report::{FolderKind, RunFiles, RunOutput, experiment_page, is_manifest, run_page};
use crate::scenario::Files;
use crate::shell::files::{Folder, read_bytes};
use crate::shell::output;
use crate::shell::terminal::note;

/// What a page is called beside the files that it is made of.
pub(super) const PAGE: &str = "report.html";

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
    match save(&file, page) {
        Ok(()) => print(&format!("{}\n", file.display())),
        Err(message) => fail(Exit::RunFailed, &message),
    }
}

/// Writes the page beside the files that it is made of, unless it is not wanted.
///
/// # Errors
/// A sentence: the files cannot be read back, or the page cannot be written.
pub(super) fn beside(out: &Path, no_report: bool, quiet: bool) -> Result<(), String> {
    if no_report {
        if out.join(PAGE).exists() && !quiet {
            note(&format!("note: {PAGE} in {} is of an earlier run\n", out.display()));
        }
        return Ok(());
    }
    let failed = |message: String| format!("cannot make {PAGE}: {message} (--no-report leaves it out)");
    page_of(&[out.to_owned()]).and_then(|page| save(&out.join(PAGE), page)).map_err(failed)
}

/// The page of some folders: of one experiment, or of runs.
fn page_of(folders: &[PathBuf]) -> Result<Vec<u8>, String> {
    let kinds: Vec<FolderKind> = folders.iter().map(|folder| kind_of(folder)).collect::<Result<_, _>>()?;
    let experiment = kinds.iter().zip(folders).find(|(kind, _)| **kind != FolderKind::Run);
    let Some((kind, folder)) = experiment else {
        let outputs: Vec<RunOutput> =
            folders.iter().map(|folder| output_of(folder)).collect::<Result<_, _>>()?;
        let page = run_page(&outputs)?;
        for output in &outputs {
            let place = |message| format!("{}: {message}", output.label);
            output.files.belong_together().map_err(place)?;
        }
        return Ok(page);
    };
    if folders.len() > 1 {
        return Err(format!(
            "`{}` holds what `windtunnel {}` found, which is a page of its own; several folders make one page only where \
             all of them hold runs",
            folder.display(),
            kind.command()
        ));
    }
    let mut files = Folder::of(&folder.join(PAGE));
    let command = kind.command();
    experiment_page(*kind, &mut |name| {
        files.open(name).map_err(|message| {
            let path = folder.join(name);
            let path = path.display();
            format!("`{path}`: {message}; give a folder with everything that `windtunnel {command}` wrote, once it has ended")
        })
    })
}

/// Whose results a folder holds.
fn kind_of(folder: &Path) -> Result<FolderKind, String> {
    if is_unfinished_sweep(folder) {
        return Err(format!(
            "`{}` holds an unfinished sweep; the same `windtunnel sweep` with --resume ends it and makes its page",
            folder.display()
        ));
    }
    let hint = "give the folder that `windtunnel run`, `compare`, `sweep`, `merge`, `optimize` or `forecast` wrote, such as \
                output/flash-sale";
    let manifest =
        read_bytes(&folder.join("manifest.json")).map_err(|message| format!("{message}; {hint}"))?;
    if !is_manifest(&manifest) {
        return Err(format!(
            "{}: `manifest.json` is not what windtunnel writes; make the results again with the command that made them, such \
             as `windtunnel run`",
            folder.display()
        ));
    }
    Ok(FolderKind::of(&manifest))
}

/// The files of a folder that a run left.
fn output_of(folder: &Path) -> Result<RunOutput, String> {
    let mut read = |name: &str| {
        read_bytes(&folder.join(name)).map_err(|message| {
            format!("{message}; give the folder that `windtunnel run` wrote, such as output/flash-sale")
        })
    };
    let files = RunFiles::gather(&mut read)?;
    Ok(RunOutput { label: folder.display().to_string(), files })
}

fn save(file: &Path, page: Vec<u8>) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new(""));
    match file.file_name().and_then(|name| name.to_str()) {
        Some(name) => output::write_all(folder, [(name, page)]).map_err(|error| error.to_string()),
        None => Err(format!("`{}` is no name of a file", file.display())),
    }
}
