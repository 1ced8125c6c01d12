//! Whose results a folder holds, and the page of an experiment.

use serde::Deserialize;

use super::experiment::{Open, Source};
use super::{compare, forecast, optimize, sweep};

/// The command that left its results in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// What `manifest.json` says of the command that wrote it last.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    sweep_sha256: Option<String>,
    /// The files beside it, by the names that the command gave them.
    #[serde(default)]
    outputs: Vec<String>,
}

impl FolderKind {
    /// The kind of folder that has this `manifest.json`; what says nothing else is taken for a run's.
    #[must_use]
    pub fn of(manifest: &[u8]) -> Self {
        let Ok(written) = serde_json::from_slice::<Written>(manifest) else { return Self::Run };
        if written.sweep_sha256.is_some() {
            return Self::Sweep;
        }
        let lists = |name: &str| written.outputs.iter().any(|output| output == name);
        match () {
            () if lists("comparison.json") => Self::Compare,
            () if lists("optimization.json") => Self::Optimize,
            () if lists("forecast.json") => Self::Forecast,
            () => Self::Run,
        }
    }

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

/// Whether this is a `manifest.json` of this program, whichever command wrote it.
#[must_use]
pub fn is_manifest(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(bytes)
        .is_ok_and(|value| value["windtunnel_version"].is_string())
}

/// The page of an experiment, of the files that `open` gives.
///
/// # Errors
/// A sentence that names the file that is missing or damaged, and what to do; or that the folder is a run's, whose page
/// [`run_page`](super::run_page) makes.
pub fn experiment_page(kind: FolderKind, open: &mut Open<'_>) -> Result<Vec<u8>, String> {
    let mut source = Source { command: kind.command(), open };
    match kind {
        FolderKind::Compare => compare::page(&mut source),
        FolderKind::Sweep => sweep::page(&mut source),
        FolderKind::Optimize => optimize::page(&mut source),
        FolderKind::Forecast => forecast::page(&mut source),
        FolderKind::Run => Err("the folder holds a run, not an experiment".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_tells_who_wrote_last() {
        for (manifest, kind) in [
            (r#"{"outputs":["comparison.json"]}"#, FolderKind::Compare),
            (r#"{"outputs":["optimization.json"]}"#, FolderKind::Optimize),
            (r#"{"outputs":["forecast.json"]}"#, FolderKind::Forecast),
            (r#"{"outputs":["summary.json"]}"#, FolderKind::Run),
            (r#"{"files":{"trace.csv":"ab"},"sweep_sha256":"cd"}"#, FolderKind::Sweep),
            ("{}", FolderKind::Run),
            ("{", FolderKind::Run),
        ] {
            assert_eq!(FolderKind::of(manifest.as_bytes()), kind, "{manifest}");
        }
    }
}
