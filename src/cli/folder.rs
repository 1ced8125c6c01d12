//! Folders of results: taken before anything is run, given their files together, and read as what their manifest says.

use std::path::Path;

use super::commands::fail;
use super::exit::Exit;
use super::report::page_of_staged;
use crate::report::{FolderKind, MANIFEST, Manifest, PAGE};
use crate::shell::cells::Cells;
use crate::shell::files::is_file;
use crate::shell::output::{INTERRUPTED, Staging};
use crate::shell::results::{Refused, ResultsReader, ResultsWriter};
use crate::shell::terminal::note;

/// What may be done about a folder that holds no run.
pub(super) const RUN_HINT: &str = "give the folder that `windtunnel run` wrote, such as output/flash-sale";

/// Takes a folder for the results of a command. They replace nothing but older results of the same command: experiments
/// share the names of some files, and half of one beside half of another is neither.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn take(out: &Path, kind: FolderKind) -> Result<ResultsWriter, Exit> {
    ResultsWriter::take(out, kind).map_err(|refused| match refused {
        Refused::Taken(message) => fail(Exit::Usage, &message),
        Refused::Broken(message) => fail(Exit::RunFailed, &message),
    })
}

/// Gives the files of a command their names, with the page that is made of them unless it is not wanted.
///
/// # Errors
/// A sentence: something could not be written, or the page could not be made; without it the files are there all the same.
pub(super) fn publish(
    writer: &mut ResultsWriter,
    mut files: Staging,
    manifest: Manifest,
    with_page: bool,
) -> Result<(), String> {
    let page = if with_page {
        let listed = Manifest { outputs: files.files().to_vec(), ..manifest.clone() };
        page_of_staged(&listed, &files)
            .and_then(|page| files.file(PAGE, |file| Ok(std::io::Write::write_all(file, &page)?)))
            .map_err(|message| format!("cannot make {PAGE}: {message} (--no-report leaves it out)"))
    } else {
        Ok(())
    };
    if page.is_err() {
        if files.is_interrupted() {
            return Err(INTERRUPTED.to_owned());
        }
        files.forget(PAGE);
    }
    writer.publish(files, manifest).map_err(|error| error.to_string())?;
    page
}

/// Says why results were not written.
pub(super) fn unwritten(message: &str) -> Exit {
    if message == INTERRUPTED {
        note("interrupted; nothing was written\n");
        return Exit::Interrupted;
    }
    fail(Exit::RunFailed, message)
}

/// Adds a file whose content is at hand.
///
/// # Errors
/// A sentence: it cannot be written.
pub(super) fn add(files: &mut Staging, name: &str, content: &[u8]) -> Result<(), String> {
    files.file(name, |file| Ok(std::io::Write::write_all(file, content)?))
}

/// Whether there are rows of a sweep, and no results of them yet.
pub(super) fn is_unfinished_sweep(folder: &Path) -> bool {
    is_file(&Cells::path(folder)) && !is_file(&folder.join(MANIFEST))
}

/// The results of a run.
///
/// # Errors
/// A sentence that says whose they are and what reads them, or what is wrong with them.
pub(super) fn open_run(folder: &Path) -> Result<ResultsReader, String> {
    let shown = folder.display();
    if is_unfinished_sweep(folder) {
        return Err(format!(
            "`{shown}` holds an unfinished sweep, not a run; the same `windtunnel sweep` with --resume ends it; {RUN_HINT}"
        ));
    }
    let reader = ResultsReader::open(folder, RUN_HINT)?;
    match reader.kind() {
        FolderKind::Run => Ok(reader),
        other => {
            let plan = folder.join("plan.toml");
            let setting = match other {
                FolderKind::Optimize if is_file(&plan) => {
                    format!("; the setting that it chose is the scenario `{}`", plan.display())
                }
                _ => String::new(),
            };
            Err(format!(
                "`{shown}` holds what `windtunnel {}` found, not a run; `windtunnel report {shown}` makes its page{setting}; \
                 {RUN_HINT}",
                other.command()
            ))
        }
    }
}
