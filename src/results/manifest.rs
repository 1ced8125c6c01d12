//! `manifest.json`: what made the results of a folder, and every file of them with its SHA-256. The only file of a run that
//! differs between equal runs.
//!
//! A folder is what its manifest says. It is written last; while files get their names, the manifest that stands there says
//! so, so that a folder is whole, or known not to be, whatever ends the program.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Document, json_text};
use super::values::Version;

/// The name of the file.
pub const MANIFEST: &str = "manifest.json";

/// Name of the page beside the files that it is made of.
pub const PAGE: &str = "report.html";

/// The command that left its results in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FolderKind {
    /// `windtunnel run`.
    Run,
    /// `windtunnel compare`.
    Compare,
    /// `windtunnel sweep`, or `merge`.
    Sweep,
    /// `windtunnel optimize`.
    Optimize,
    /// `windtunnel forecast`.
    Forecast,
}

impl FolderKind {
    /// The command.
    #[must_use]
    pub const fn command(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Compare => "compare",
            Self::Sweep => "sweep",
            Self::Optimize => "optimize",
            Self::Forecast => "forecast",
        }
    }
}

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutputFile {
    /// Name of the file.
    pub file: String,
    /// Length of the file \[B\].
    pub bytes: u64,
    /// SHA-256 of the content, in hex.
    pub sha256: String,
}

/// Another scenario of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherScenario {
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub scenario_sha256: String,
}

/// Origin of the results of a folder, and the list of its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Version of this shape: a key is added with a new minor version, changed only with a new major one.
    pub schema_version: Version<2, 0>,
    /// Version of the program.
    pub windtunnel_version: String,
    /// Command that wrote the results; `merge` makes a sweep.
    pub command: FolderKind,
    /// Command line, as typed.
    pub command_line: Vec<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the text of the scenario and of what `--set` gave, in hex.
    pub scenario_sha256: String,
    /// Other scenarios of a comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherScenario>,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Of a run: fingerprint in its `summary.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Of a run: number of the replication in its `summary.json`, from 0 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replication: Option<u64>,
    /// Date of the built-in prices.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub price_book_date: String,
    /// Of a sweep: its SHA-256, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep_sha256: Option<String>,
    /// Of a sweep: part of it that this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// Of a sweep: files that it read, with their SHA-256, in hex; of a file of more than 8 MiB that of its beginning, as far as it was
    /// read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Time at which it was finished, by the wall clock \[s since 1970\].
    pub finished_unix_s: u64,
    /// Length of the run, by the wall clock \[s\].
    pub wall_time_s: f64,
    /// Files of the results but this one; of a sweep, its journal is among them.
    pub outputs: Vec<OutputFile>,
    /// Files that may be there and are not vouched for: the command that wrote this had not finished.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<String>,
}

/// Reason why a `manifest.json` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestFault {
    /// Not a manifest of this program.
    Foreign,
    /// A manifest of this program, of a version that this one does not read.
    OtherVersion,
    /// A manifest of this program, damaged.
    Damaged,
}

impl Document for Manifest {
    const NAME: &'static str = MANIFEST;
}

impl Manifest {
    /// A manifest of `command` by this version of the program, without a word on what it was made of.
    #[must_use]
    pub fn of(command: FolderKind) -> Self {
        Self {
            schema_version: Version,
            windtunnel_version: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            command_line: Vec::new(),
            scenario: String::new(),
            scenario_sha256: String::new(),
            others: Vec::new(),
            seed: 0,
            fingerprint: None,
            replication: None,
            price_book_date: String::new(),
            sweep_sha256: None,
            shard: None,
            inputs: BTreeMap::new(),
            finished_unix_s: 0,
            wall_time_s: 0.0,
            outputs: Vec::new(),
            unfinished: Vec::new(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestFault> {
        let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| ManifestFault::Foreign)?;
        if !value["windtunnel_version"].is_string() {
            return Err(ManifestFault::Foreign);
        }
        if Version::<2, 0>::deserialize(&value["schema_version"]).is_err() {
            return Err(ManifestFault::OtherVersion);
        }
        serde_json::from_value(value).map_err(|_| ManifestFault::Damaged)
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        json_text(self).into_bytes()
    }

    /// The entry of a file; `None` where the manifest does not list it.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&OutputFile> {
        self.outputs.iter().find(|output| output.file == name)
    }

    /// Whether the results were written to the end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.outputs.is_empty() || self.unfinished.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_and_others_are_told_apart() {
        let mut manifest = Manifest::of(FolderKind::Compare);
        manifest.outputs.push(OutputFile { file: "a".to_owned(), bytes: 1, sha256: "00".to_owned() });
        assert_eq!(Manifest::read(&manifest.text()), Ok(manifest));
        for (text, fault) in [
            ("{}", ManifestFault::Foreign),
            ("{", ManifestFault::Foreign),
            (r#"{"name":"app","version":"1"}"#, ManifestFault::Foreign),
            (r#"{"windtunnel_version":"0.1.0","schema_version":"1.0"}"#, ManifestFault::OtherVersion),
            (r#"{"windtunnel_version":"0.1.0"}"#, ManifestFault::OtherVersion),
            (r#"{"windtunnel_version":"0.1.0","schema_version":"2.0","seed":-1}"#, ManifestFault::Damaged),
        ] {
            assert_eq!(Manifest::read(text.as_bytes()), Err(fault), "{text}");
        }
    }
}
