//! Folders of results. A folder holds what its `manifest.json` lists, each file with its SHA-256: one command at a time
//! writes into it, and every reader of a file makes sure that it is the one that was written.
//!
//! Files get their names in this order: a manifest that vouches for nothing, the files, the manifest that lists them. What an
//! earlier command left there and this one does not write is removed in between. Whenever the program is killed, the folder
//! holds the earlier results, the new ones, or a manifest that says that it holds neither.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sha2::{Digest, Sha256};

use super::cells::JOURNAL;
use super::files::open_plain;
use super::lock::FolderLock;
pub use super::lock::Refused;
use super::output::{self, OutputError, Staging, in_hex, is_plain_name, named};
use crate::report::size_text;
use crate::results::{FolderKind, MANIFEST, Manifest, ManifestFault, OutputFile, PAGE};

/// Longest sheet that is read \[B\]: memory follows it. No command writes a longer one (`limits.max_output`).
const LONGEST_SHEET: u64 = 4 << 30;
/// Longest other file that is read \[B\].
const LONGEST_DOCUMENT: u64 = 256 << 20;

/// A folder that this command alone writes into, until it is dropped.
#[derive(Debug)]
pub struct ResultsWriter {
    dir: PathBuf,
    /// Manifest that the folder already holds.
    before: Option<Manifest>,
    _lock: FolderLock,
}

impl ResultsWriter {
    /// Takes a folder for results of `kind`; it is created where it does not exist. Results of the same command will be
    /// replaced, whatever else has a `manifest.json` is left alone.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn take(dir: &Path, kind: FolderKind) -> Result<Self, Refused> {
        let dir = named(dir);
        // Before anything is created or touched.
        standing(dir, kind)?;
        fs::create_dir_all(dir).map_err(|cause| OutputError::new("create the folder", dir, cause))?;
        let lock = FolderLock::take(dir)?;
        output::prepare(dir)?;
        output::remove_temporaries(dir)?;
        // Another command may have ended meanwhile.
        let before = standing(dir, kind)?;
        Ok(Self { dir: dir.to_owned(), before, _lock: lock })
    }

    /// An existing folder of results, to add a file to.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn open(dir: &Path) -> Result<Self, Refused> {
        let dir = named(dir);
        let lock = FolderLock::take(dir)?;
        let reader = ResultsReader::open_to_make_the_page(dir, "").map_err(Refused::Broken)?;
        output::remove_temporaries(dir)?;
        Ok(Self { dir: dir.to_owned(), before: Some(reader.manifest), _lock: lock })
    }

    /// New files for the folder; see [`Staging::new`].
    #[must_use]
    pub fn stage(&self, interrupted: Option<&Arc<AtomicBool>>) -> Staging {
        Staging::new(&self.dir, interrupted)
    }

    /// Replaces what stands there by these files and this manifest, which gets the list of them.
    ///
    /// # Errors
    /// When something cannot be written, renamed or removed.
    pub fn publish(&mut self, staging: Staging, mut manifest: Manifest) -> Result<(), OutputError> {
        let mut outputs = staging.files().to_vec();
        let journal = self.dir.join(JOURNAL);
        if manifest.command == FolderKind::Sweep && journal.is_file() {
            let listed = listed(&journal).map_err(|cause| OutputError::new("read", &journal, cause))?;
            outputs.push(OutputFile { file: JOURNAL.to_owned(), ..listed });
        }
        let new: BTreeSet<&str> = outputs.iter().map(|output| output.file.as_str()).collect();
        let old = self.known();
        self.vouch_for_nothing(&manifest, old.iter().map(String::as_str).chain(new.iter().copied()))?;
        let stale: Vec<&str> = old.iter().map(String::as_str).filter(|name| !new.contains(name)).collect();
        output::remove_all(&self.dir, &stale)?;
        staging.commit()?;
        manifest.outputs = outputs;
        self.set(manifest)
    }

    /// Adds files to the results that stand there, or replaces some of them; the others stay.
    ///
    /// # Errors
    /// When something cannot be written or renamed.
    pub fn add(&mut self, staging: Staging) -> Result<(), OutputError> {
        let Some(mut manifest) = self.before.clone() else { return staging.commit() };
        let added = staging.files().to_vec();
        manifest.outputs.retain(|output| added.iter().all(|new| new.file != output.file));
        let known = manifest.unfinished.iter().cloned();
        manifest.unfinished = known.chain(added.iter().map(|new| new.file.clone())).collect();
        self.set(manifest.clone())?;
        staging.commit()?;
        manifest.unfinished.retain(|name| added.iter().all(|new| new.file != *name));
        manifest.outputs.extend(added);
        self.set(manifest)
    }

    /// Removes the results that stand there, and leaves what is no result.
    ///
    /// # Errors
    /// When something cannot be written or removed.
    pub fn clear(&mut self) -> Result<(), OutputError> {
        let Some(manifest) = self.before.clone() else { return Ok(()) };
        let known = self.known();
        self.vouch_for_nothing(&manifest, known.iter().map(String::as_str))?;
        let stale: Vec<&str> = known.iter().map(String::as_str).filter(|name| *name != JOURNAL).collect();
        output::remove_all(&self.dir, &stale)?;
        output::remove_all(&self.dir, &[MANIFEST])?;
        self.before = None;
        Ok(())
    }

    /// Names of files that earlier commands left there.
    fn known(&self) -> Vec<String> {
        let Some(before) = &self.before else { return Vec::new() };
        let listed = before.outputs.iter().map(|output| &output.file).chain(&before.unfinished);
        // A manifest can come from anywhere: what it lists is removed only from its own folder, and only files.
        let is_ours = |name: &&String| {
            is_plain_name(name)
                && *name != MANIFEST
                && self.dir.join(name).symlink_metadata().is_ok_and(|found| found.is_file())
        };
        listed.filter(is_ours).cloned().collect()
    }

    fn vouch_for_nothing<'n>(
        &mut self,
        manifest: &Manifest,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), OutputError> {
        let names: BTreeSet<&str> = names.collect();
        let unfinished = names.into_iter().map(str::to_owned).collect();
        self.set(Manifest { outputs: Vec::new(), unfinished, ..manifest.clone() })
    }

    fn set(&mut self, manifest: Manifest) -> Result<(), OutputError> {
        output::write_all(&self.dir, [(MANIFEST, manifest.text())])?;
        self.before = Some(manifest);
        Ok(())
    }
}

/// The manifest that stands in a folder where results of `kind` are to be written.
fn standing(dir: &Path, kind: FolderKind) -> Result<Option<Manifest>, Refused> {
    let shown = dir.display();
    let path = dir.join(MANIFEST);
    if path.symlink_metadata().is_err() {
        let is_sweep = kind == FolderKind::Sweep || !dir.join(JOURNAL).is_file();
        return if is_sweep {
            Ok(None)
        } else {
            Err(Refused::Taken(of_another(dir, FolderKind::Sweep, kind)))
        };
    }
    let bytes = read_to_end(&path).map_err(|cause| OutputError::new("read", &path, cause))?;
    match Manifest::read(&bytes) {
        Ok(manifest) if manifest.command != kind => {
            Err(Refused::Taken(of_another(dir, manifest.command, kind)))
        }
        Ok(manifest) => Ok(Some(manifest)),
        Err(ManifestFault::Foreign) => Err(Refused::Taken(format!(
            "`{MANIFEST}` in `{shown}` is not one that windtunnel wrote, and would be replaced; choose another folder with --out"
        ))),
        Err(ManifestFault::OtherVersion | ManifestFault::Damaged) => Err(Refused::Taken(format!(
            "`{MANIFEST}` in `{shown}` is of another version of windtunnel, or damaged, so that it is not known which files \
             there are results; choose another folder with --out, or remove this one first"
        ))),
    }
}

fn of_another(dir: &Path, there: FolderKind, mine: FolderKind) -> String {
    format!(
        "`{}` holds what `windtunnel {}` found, and `{}` would replace some of its files; choose another folder with --out, or \
         remove this one first",
        dir.display(),
        there.command(),
        mine.command()
    )
}

fn read_to_end(path: &Path) -> io::Result<Vec<u8>> {
    /// Longer than any manifest \[B\].
    const LONGEST: u64 = 64 << 20;
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Length and SHA-256 of a file, without its name.
fn listed(path: &Path) -> io::Result<OutputFile> {
    let mut reader = Checked::new(File::open(path)?, None, String::new());
    io::copy(&mut reader, &mut io::sink())?;
    Ok(OutputFile { file: String::new(), bytes: reader.bytes, sha256: in_hex(reader.exact) })
}

/// A folder of results that is read.
#[derive(Clone, Debug)]
pub struct ResultsReader {
    dir: PathBuf,
    manifest: Manifest,
}

impl ResultsReader {
    /// Opens a folder of results, and makes sure that every file that it should hold is there; only the page, which can be
    /// made of the others, may be missing. `hint`: what to do about a folder that holds no results.
    ///
    /// # Errors
    /// A sentence: it holds none, or not all of them.
    pub fn open(dir: &Path, hint: &str) -> Result<Self, String> {
        let reader = Self::open_to_make_the_page(dir, hint)?;
        let page = reader.manifest.output(PAGE).filter(|_| reader.dir.join(PAGE).symlink_metadata().is_ok());
        page.map_or(Ok(()), |page| reader.is_there(page))?;
        Ok(reader)
    }

    /// The same, whatever became of the page.
    ///
    /// # Errors
    /// As [`ResultsReader::open`].
    pub fn open_to_make_the_page(dir: &Path, hint: &str) -> Result<Self, String> {
        let dir = named(dir);
        let (shown, path) = (dir.display(), dir.join(MANIFEST));
        let file = open_plain(&path)
            .map_err(|reason| format!("cannot read `{}`: {reason}; {hint}", path.display()))?;
        drop(file);
        let bytes = read_to_end(&path)
            .map_err(|cause| format!("{}; {hint}", OutputError::new("read", &path, cause)))?;
        let manifest = Manifest::read(&bytes).map_err(|fault| match fault {
            ManifestFault::Foreign | ManifestFault::Damaged => format!(
                "{shown}: `{MANIFEST}` is not what windtunnel writes; make the results again with the command that made them, \
                 such as `windtunnel run`"
            ),
            ManifestFault::OtherVersion => format!(
                "{shown}: `{MANIFEST}` is of another version of windtunnel, which this one cannot hold the files against; read \
                 the folder with that version, or make the results again"
            ),
        })?;
        let command = manifest.command.command();
        if !manifest.is_complete() {
            return Err(format!(
                "`{shown}` does not hold all results: the `windtunnel {command}` that wrote them was stopped before its end; run \
                 it again"
            ));
        }
        let reader = Self { dir: dir.to_owned(), manifest };
        let others = reader.manifest.outputs.iter().filter(|output| output.file != PAGE);
        others.clone().try_for_each(|output| reader.is_there(output))?;
        Ok(reader)
    }

    fn is_there(&self, output: &OutputFile) -> Result<(), String> {
        let found = self.dir.join(&output.file).metadata();
        match found {
            Ok(found) if !found.is_file() => Err(self.wrong(&output.file, "is no file")),
            Ok(found) if found.len() == output.bytes => Ok(()),
            // The ends of its lines may have been converted: its content tells.
            Ok(_) => {
                let mut file = self.stream(&output.file)?;
                let read = io::copy(&mut file, &mut io::sink());
                read.map(|_| ()).map_err(|error| error.to_string())
            }
            Err(_) => Err(self.wrong(&output.file, "is missing")),
        }
    }

    fn wrong(&self, name: &str, what: &str) -> String {
        wrong(&self.dir, name, what, self.kind())
    }

    /// The command that made the results.
    #[must_use]
    pub fn kind(&self) -> FolderKind {
        self.manifest.command
    }

    /// The manifest of the results.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Opens a file of the results. Its last byte comes only where the file is the one that was written; otherwise reading
    /// ends with a sentence that says so.
    ///
    /// # Errors
    /// A sentence: it is not among them, cannot be opened, or is too long.
    pub fn stream(&self, name: &str) -> Result<Box<dyn Read>, String> {
        let output = self.manifest.output(name);
        let output = output.ok_or_else(|| {
            let said = if self.manifest.unfinished.iter().any(|known| known == name) {
                "was not written to its end"
            } else {
                "is not among the results"
            };
            self.wrong(name, said)
        })?;
        if !is_plain_name(name) {
            return Err(self.wrong(name, "is no plain name of a file"));
        }
        let path = self.dir.join(name);
        let file =
            open_plain(&path).map_err(|reason| format!("cannot read `{}`: {reason}", path.display()))?;
        let is_sheet = path.extension().is_some_and(|extension| extension == "csv");
        let longest = if is_sheet { LONGEST_SHEET } else { LONGEST_DOCUMENT };
        if file.metadata().is_ok_and(|found| found.len() > longest) {
            let most = size_text(longest);
            return Err(format!("cannot read `{}`: it is longer than {most}", path.display()));
        }
        let fault = self.wrong(
            name,
            "is not the file that the command wrote: it was changed since, or is of other results",
        );
        // It may grow while it is read.
        Ok(Box::new(Checked::new(file.take(longest + 1), Some(output.clone()), fault)))
    }

    /// The content of a file of the results.
    ///
    /// # Errors
    /// A sentence: it is not among them, is not the one that was written, or cannot be read.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut file = self.stream(name)?;
        file.read_to_end(&mut bytes).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => error.to_string(),
            _ => OutputError::new("read", &self.dir.join(name), error).to_string(),
        })?;
        Ok(bytes)
    }
}

fn wrong(dir: &Path, name: &str, what: &str, kind: FolderKind) -> String {
    format!(
        "{}: `{name}` {what}, by `{MANIFEST}`; a folder holds the files of one `windtunnel {command}`: copy all of them together, or \
         make them again with `windtunnel {command}`",
        dir.display(),
        command = kind.command()
    )
}

/// A file whose content is held against its SHA-256 when its end is reached. A text whose line ends were converted to those
/// of Windows is the same text.
#[derive(Debug)]
struct Checked<R> {
    inner: R,
    wanted: Option<OutputFile>,
    fault: String,
    exact: Sha256,
    /// The digest without the carriage returns of line ends, and whether the last byte was one that is not counted yet.
    plain: Sha256,
    held: bool,
    bytes: u64,
}

impl<R: Read> Checked<R> {
    fn new(inner: R, wanted: Option<OutputFile>, fault: String) -> Self {
        Self { inner, wanted, fault, exact: Sha256::new(), plain: Sha256::new(), held: false, bytes: 0 }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.exact.update(bytes);
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.held) && rest.first() != Some(&b'\n') {
                self.plain.update(b"\r");
            }
            let at = rest.iter().position(|byte| *byte == b'\r').unwrap_or(rest.len());
            let (before, after) = rest.split_at(at);
            self.plain.update(before);
            self.held = !after.is_empty();
            rest = after.get(1..).unwrap_or_default();
        }
    }

    fn is_sound(&mut self) -> bool {
        let Some(wanted) = &self.wanted else { return true };
        if std::mem::take(&mut self.held) {
            self.plain.update(b"\r");
        }
        in_hex(self.exact.clone()) == wanted.sha256 || in_hex(self.plain.clone()) == wanted.sha256
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        if read == 0 {
            return if self.is_sound() {
                Ok(0)
            } else {
                Err(io::Error::new(io::ErrorKind::InvalidData, self.fault.clone()))
            };
        }
        self.count(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, files: &[(&str, &str)]) -> ResultsWriter {
        let mut writer = ResultsWriter::take(dir, FolderKind::Run).unwrap();
        let mut staging = writer.stage(None);
        for (name, content) in files {
            staging.file(name, |file| Ok(io::Write::write_all(file, content.as_bytes())?)).unwrap();
        }
        writer.publish(staging, Manifest::of(FolderKind::Run)).unwrap();
        writer
    }

    #[test]
    fn a_folder_holds_what_the_last_command_wrote_and_what_is_not_its_own() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("notes.txt"), "mine").unwrap();
        drop(write(root.path(), &[("a.csv", "1\n"), ("b.csv", "2\n")]));
        fs::write(root.path().join(".b.csv.12.tmp"), "left by a killed command").unwrap();
        drop(write(root.path(), &[("a.csv", "3\n")]));
        let mut names: Vec<_> = fs::read_dir(root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["a.csv", "manifest.json", "notes.txt"]);
        let reader = ResultsReader::open(root.path(), "").unwrap();
        assert_eq!(reader.read("a.csv").unwrap(), b"3\n");
        assert!(reader.read("b.csv").unwrap_err().contains("is not among the results"));
    }

    #[test]
    fn a_folder_whose_files_got_half_of_their_names_says_so_and_the_next_command_cleans_up() {
        let root = tempfile::tempdir().unwrap();
        drop(write(root.path(), &[("a.csv", "1\n"), ("b.csv", "1\n"), ("old.csv", "1\n")]));
        let mut writer = ResultsWriter::take(root.path(), FolderKind::Run).unwrap();
        let mut staging = writer.stage(None);
        for name in ["a.csv", "b.csv"] {
            staging.file(name, |file| Ok(io::Write::write_all(file, b"2\n")?)).unwrap();
        }
        // The second name cannot be given: as if the program were killed between the two.
        fs::remove_file(root.path().join("b.csv")).unwrap();
        fs::create_dir(root.path().join("b.csv")).unwrap();
        writer.publish(staging, Manifest::of(FolderKind::Run)).unwrap_err();
        drop(writer);
        assert_eq!(fs::read(root.path().join("a.csv")).unwrap(), b"2\n");
        let said = ResultsReader::open(root.path(), "").unwrap_err();
        assert!(said.contains("was stopped before its end"), "{said}");
        fs::remove_dir(root.path().join("b.csv")).unwrap();
        drop(write(root.path(), &[("a.csv", "3\n")]));
        assert_eq!(ResultsReader::open(root.path(), "").unwrap().read("a.csv").unwrap(), b"3\n");
        assert!(!root.path().join("old.csv").exists());
    }

    #[test]
    fn two_commands_never_write_into_one_folder_at_once() {
        let root = tempfile::tempdir().unwrap();
        let first = write(root.path(), &[("a.csv", "1\n")]);
        let Err(Refused::Taken(message)) = ResultsWriter::take(root.path(), FolderKind::Run) else {
            panic!()
        };
        assert!(message.contains("is writing into"), "{message}");
        drop(first);
        assert!(ResultsWriter::take(root.path(), FolderKind::Run).is_ok());
        let Err(Refused::Taken(message)) = ResultsWriter::take(root.path(), FolderKind::Sweep) else {
            panic!()
        };
        assert!(message.contains("holds what `windtunnel run` found"), "{message}");
    }

    #[test]
    fn a_file_that_was_changed_is_named_and_other_line_ends_are_no_change() {
        let root = tempfile::tempdir().unwrap();
        drop(write(root.path(), &[("a.csv", "1,\"x\ry\"\n2\n"), ("b.csv", "2\n")]));
        let path = root.path().join("a.csv");
        let read = || ResultsReader::open(root.path(), "").and_then(|reader| reader.read("a.csv"));
        fs::write(&path, "1,\"x\ry\"\r\n2\r\n").unwrap();
        assert!(read().is_ok());
        for changed in ["1,\"x\ry\"\n3\n", "1,\"xy\"\n2\n", "1,\"x\ry\"\n", "", "1,\"x\ry\"\n2\n\r"] {
            fs::write(&path, changed).unwrap();
            assert!(
                read().unwrap_err().contains("`a.csv` is not the file that the command wrote"),
                "{changed}"
            );
        }
        fs::remove_file(&path).unwrap();
        assert!(read().unwrap_err().contains("`a.csv` is missing"));
    }

    #[test]
    fn a_file_that_is_too_long_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        drop(write(root.path(), &[("a.csv", "1\n"), ("b.json", "{}")]));
        let path = root.path().join(MANIFEST);
        let mut manifest = Manifest::read(&fs::read(&path).unwrap()).unwrap();
        for (output, longest) in manifest.outputs.iter_mut().zip([LONGEST_SHEET, LONGEST_DOCUMENT]) {
            // A file with a hole takes no space on the disk; read whole it would take all memory.
            output.bytes = longest + 1;
            File::create(root.path().join(&output.file)).unwrap().set_len(output.bytes).unwrap();
        }
        fs::write(&path, manifest.text()).unwrap();
        let reader = ResultsReader::open(root.path(), "").unwrap();
        assert!(reader.read("a.csv").unwrap_err().ends_with("a.csv`: it is longer than 4 GiB"));
        assert!(reader.read("b.json").unwrap_err().contains("b.json`: it is longer than 256 MiB"));
    }

    #[test]
    fn a_manifest_from_elsewhere_removes_nothing_outside_its_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("out");
        fs::create_dir(&folder).unwrap();
        fs::write(root.path().join("precious"), "precious").unwrap();
        let mut manifest = Manifest::of(FolderKind::Run);
        manifest.unfinished = vec!["../precious".to_owned(), "/etc/hostname".to_owned(), "..".to_owned()];
        fs::write(folder.join(MANIFEST), manifest.text()).unwrap();
        assert!(ResultsReader::open(&folder, "").unwrap_err().contains("stopped before its end"));
        drop(write(&folder, &[("a.csv", "1\n")]));
        assert!(root.path().join("precious").exists());
    }

    #[test]
    fn a_page_can_be_added_to_results() {
        let root = tempfile::tempdir().unwrap();
        drop(write(root.path(), &[("a.csv", "1\n"), ("page.html", "old")]));
        let mut writer = ResultsWriter::open(root.path()).unwrap();
        let mut staging = writer.stage(None);
        staging.file("page.html", |file| Ok(io::Write::write_all(file, b"new")?)).unwrap();
        writer.add(staging).unwrap();
        let reader = ResultsReader::open(root.path(), "").unwrap();
        assert_eq!(
            (reader.read("a.csv").unwrap(), reader.read("page.html").unwrap()),
            (b"1\n".to_vec(), b"new".to_vec())
        );
        assert_eq!(reader.manifest().unfinished, Vec::<String>::new());
    }
}
