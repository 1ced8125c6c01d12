//! Folders of results: whose they are, before anything in them is read for something else or written over.

use std::path::Path;

use super::commands::fail;
use super::exit::Exit;
use crate::report::{FolderKind, is_manifest};
use crate::shell::cells::Cells;
use crate::shell::files::{is_file, read_bytes};
use crate::shell::output;

/// What tells whose results a folder holds.
const MANIFEST: &str = "manifest.json";

/// Whose results the folder holds; `None` where it holds none.
fn kind_of(folder: &Path) -> Option<FolderKind> {
    if let Ok(manifest) = read_bytes(&folder.join(MANIFEST)) {
        return Some(FolderKind::of(&manifest));
    }
    is_unfinished_sweep(folder).then_some(FolderKind::Sweep)
}

/// Whether there are rows of a sweep, and no results of them yet.
pub(super) fn is_unfinished_sweep(folder: &Path) -> bool {
    is_file(&Cells::path(folder)) && !is_file(&folder.join(MANIFEST))
}

/// Makes sure that the results of a command can be written into a folder, and that they replace nothing but older results
/// of the same command: experiments share the names of some files, and half of one beside half of another is neither.
///
/// # Errors
/// The exit code, once the reason was printed.
pub(super) fn prepare(out: &Path, kind: FolderKind) -> Result<(), Exit> {
    let shown = out.display();
    let is_foreign = |manifest: Vec<u8>| !is_manifest(&manifest);
    if read_bytes(&out.join(MANIFEST)).is_ok_and(is_foreign) {
        return Err(fail(
            Exit::Usage,
            &format!(
                "`{MANIFEST}` in `{shown}` is not one that windtunnel wrote, and would be replaced; choose another folder with \
                 --out"
            ),
        ));
    }
    let other = kind_of(out).filter(|other| *other != kind);
    if let Some(other) = other {
        let (there, mine) = (other.command(), kind.command());
        return Err(fail(
            Exit::Usage,
            &format!(
                "`{shown}` holds what `windtunnel {there}` found, and `{mine}` would replace some of its files; choose another \
                 folder with --out, or remove this one first"
            ),
        ));
    }
    output::prepare(out)
        .map_err(|error| fail(Exit::RunFailed, &format!("{error}; choose another folder with --out")))
}

/// Refuses a folder with the results of another command where those of a run are wanted.
///
/// # Errors
/// A sentence that says whose they are and what reads them.
pub(super) fn expect_run(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    let run = "give the folder that `windtunnel run` wrote, such as output/flash-sale";
    if is_unfinished_sweep(folder) {
        return Err(format!(
            "`{shown}` holds an unfinished sweep, not a run; the same `windtunnel sweep` with --resume ends it; {run}"
        ));
    }
    match kind_of(folder) {
        None | Some(FolderKind::Run) => Ok(()),
        Some(other) => {
            let plan = folder.join("plan.toml");
            let setting = match other {
                FolderKind::Optimize if is_file(&plan) => {
                    format!("; the setting that it chose is the scenario `{}`", plan.display())
                }
                _ => String::new(),
            };
            Err(format!(
                "`{shown}` holds what `windtunnel {}` found, not a run; `windtunnel report {shown}` makes its page{setting}; {run}",
                other.command()
            ))
        }
    }
}
