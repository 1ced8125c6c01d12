//! `windtunnel report`: one HTML page of what commands left in their folders.

use std::path::{Path, PathBuf};

use super::args::ReportRequest;
use super::commands::{fail, print};
use super::exit::Exit;
use super::run::PAGE;
use crate::report::{RunFiles, RunOutput, run_page};
use crate::shell::files::read_bytes;
use crate::shell::output;

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
    let page = match gather(&request.folders).and_then(|outputs| run_page(&outputs)) {
        Ok(page) => page,
        Err(message) => return fail(Exit::Usage, &message),
    };
    match save(&file, page) {
        Ok(()) => print(&format!("{}\n", file.display())),
        Err(message) => fail(Exit::RunFailed, &message),
    }
}

/// Writes the page of some folders to a file.
///
/// # Errors
/// A sentence: a folder has no such results, or the file cannot be written.
pub(super) fn write(folders: &[PathBuf], file: &Path) -> Result<(), String> {
    save(file, run_page(&gather(folders)?)?)
}

fn gather(folders: &[PathBuf]) -> Result<Vec<RunOutput>, String> {
    folders.iter().map(|folder| output_of(folder)).collect()
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
