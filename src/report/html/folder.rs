//! The page of an experiment, by the command that left the folder.

use super::experiment::FolderSource;
use super::reading::Open;
use super::{compare, forecast, optimize, sweep};
use crate::results::{FolderKind, Manifest};

/// The page of an experiment, of its manifest and of the files that `open` gives.
///
/// # Errors
/// A sentence that names the file that is missing or damaged, and what to do; or that the folder is a run's, whose page
/// [`run_page`](super::run_page) makes.
pub fn experiment_page(manifest: &Manifest, open: &mut Open<'_>) -> Result<Vec<u8>, String> {
    let mut source = FolderSource { made: manifest, open };
    let page = match manifest.command {
        FolderKind::Compare => compare::page(&mut source)?,
        FolderKind::Sweep => sweep::page(&mut source)?,
        FolderKind::Optimize => optimize::page(&mut source)?,
        FolderKind::Forecast => forecast::page(&mut source)?,
        FolderKind::Run => return Err("the folder holds a run, not an experiment".to_owned()),
    };
    page.document()
}
