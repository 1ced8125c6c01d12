//! The way to the files of a folder.

use std::io::Read;

/// Opens a file of a folder by its name, or says in words why it cannot.
pub type Open<'a> = dyn FnMut(&str) -> Result<Box<dyn Read>, String> + 'a;

/// Remedy for a file that cannot be used.
pub(super) const REMEDY: &str = "make the results again with `windtunnel run`";
