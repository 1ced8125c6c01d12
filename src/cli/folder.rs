//! Folders of results: taken before anything is run, given their files together, and read as what their manifest says.

use std::path::Path;

use super::exit::Exit;
use super::printing::fail;
use crate::report::{RunOutput, experiment_page, run_page};
use crate::results::{FolderKind, MANIFEST, Manifest, PAGE};
use crate::scenario;
use crate::shell::cells::Cells;
use crate::shell::files::is_file;
use crate::shell::output::{INTERRUPTED, Staging};
use crate::shell::results::{Refused, ResultsReader, ResultsWriter};
use crate::shell::terminal::note;

/// Hint for a folder that holds no run.
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

/// The page of files that have not got their names yet.
///
/// # Errors
/// A sentence.
fn page_of_staged(manifest: &Manifest, files: &Staging) -> Result<Vec<u8>, String> {
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

/// A scenario's name as the name of a folder: nothing in it can lead elsewhere or be special to a file system, letters and
/// digits of every script stay, and names that differ in what does not stay have folders of their own.
pub(super) fn folder_name(name: &str) -> String {
    /// Longest name \[B\]: file systems take 255, and commands add endings.
    const LONGEST: usize = 150;
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (mut kept, mut is_told_apart) = (String::new(), true);
    for c in name.chars() {
        if kept.len() + c.len_utf8() > LONGEST {
            is_told_apart = false;
            break;
        }
        is_told_apart &= is_plain(c) || c.is_ascii();
        kept.push(if is_plain(c) { c } else { '-' });
    }
    let mut kept = kept.trim_matches(['.', '-']).to_owned();
    if !is_told_apart || kept.is_empty() {
        let hash = scenario::text_sha256(name);
        kept = format!("{kept}-{}", hash.get(..8).unwrap_or(&hash)).trim_matches('-').to_owned();
    }
    let reserved = ["con", "prn", "aux", "nul"];
    let stem = kept.split('.').next().unwrap_or("").to_ascii_lowercase();
    let is_port = (stem.starts_with("com") || stem.starts_with("lpt")) && stem.chars().count() == 4;
    let has_letters = name.chars().any(char::is_alphanumeric);
    if reserved.contains(&stem.as_str()) || is_port || !has_letters {
        format!("scenario-{kept}")
    } else {
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_become_paths() {
        for (name, folder) in [
            ("flash-sale", "flash-sale"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b\\c:d", "a-b-c-d"),
            ("CON", "scenario-CON"),
            ("lpt1.txt", "scenario-lpt1.txt"),
            ("東京", "東京"),
            ("大阪", "大阪"),
            ("…", "scenario-b4935894"),
            ("..", "scenario-5ec1f7e7"),
        ] {
            assert_eq!(folder_name(name), folder);
        }
        assert_ne!(folder_name(&("x".repeat(200) + "1")), folder_name(&("x".repeat(200) + "2")));
        assert!(folder_name(&"東".repeat(300)).len() < 200);
    }
}
