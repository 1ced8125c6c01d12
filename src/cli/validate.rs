//! `windtunnel validate`: what is wrong with scenarios, without running them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::loading::more_on;
use super::printing::{fail, print, print_data};
use crate::scenario::{self, Loaded, Severity};
use crate::shell::files::{Folder, read_scenario};
use crate::shell::terminal::{note, one_line, stderr_colour};

#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  windtunnel validate web.toml\n  windtunnel validate web.toml --set service.web.scaling.max_capacity=40\n  windtunnel validate *.toml --format json | jq .diagnostics"
)]
pub(super) struct ValidateRequest {
    /// Scenario files
    #[arg(required = true)]
    pub(super) scenarios: Vec<PathBuf>,
    /// Override any key of the scenario (of every one), by its path in the file; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) overrides: Vec<String>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub(super) format: ValidateFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ValidateFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the request.
pub(super) fn run(request: &ValidateRequest) -> Exit {
    let mut all_valid = true;
    let mut diagnostics = Vec::new();
    for path in &request.scenarios {
        let source = match read_scenario(path) {
            Ok(source) => source,
            // One file that cannot be read must not hide what is wrong with the others.
            Err(message) => {
                all_valid = false;
                match request.format {
                    ValidateFormat::Text => fail(Exit::Usage, &message),
                    ValidateFormat::Json => {
                        diagnostics.push(scenario::unreadable(&path.display().to_string(), &message));
                        Exit::Usage
                    }
                };
                continue;
            }
        };
        let loaded = scenario::load(&source, &request.overrides, None, &mut Folder::of(path));
        all_valid &= loaded.scenario.is_some();
        match request.format {
            ValidateFormat::Text => {
                note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
                note(&more_on(&loaded));
                let printed = print(&verdict(&source.name, &loaded));
                if printed != Exit::Ok {
                    return printed;
                }
            }
            ValidateFormat::Json => diagnostics.extend(loaded.diagnostics),
        }
    }
    if matches!(request.format, ValidateFormat::Json) {
        let report = scenario::diagnostics_json(&diagnostics);
        let printed = match serde_json::to_string_pretty(&report) {
            Ok(text) => print_data(&(text + "\n")),
            Err(error) => fail(Exit::RunFailed, &format!("cannot print the diagnostics: {error}")),
        };
        if printed != Exit::Ok {
            return printed;
        }
    }
    if all_valid { Exit::Ok } else { Exit::Usage }
}

/// One line on one scenario: `web.toml: valid, 1 warning`.
fn verdict(name: &str, loaded: &Loaded) -> String {
    let count = |severity| loaded.diagnostics.iter().filter(|d| d.severity == severity).count();
    let plural = |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let name = one_line(name);
    let state = if loaded.scenario.is_some() { "valid".to_owned() } else { plural(errors, "error") };
    if warnings == 0 {
        format!("{name}: {state}\n")
    } else {
        format!("{name}: {state}, {}\n", plural(warnings, "warning"))
    }
}
