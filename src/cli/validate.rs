//! `windtunnel validate`: what is wrong with scenarios, without running them.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::formats::{self, OutputFormat, Rendering, fallible, rendering};
use super::loading::more_on;
use super::printing::{fail, print_in};
use crate::scenario::{self, Diagnostic, Loaded, Severity};
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
    #[arg(long, default_value = "text", value_parser = formats::parser(renderings()))]
    pub(super) format: OutputFormat,
}

/// The formats of what was found: of one file at a time for people, of all files together for programs.
fn renderings<'a>() -> [Rendering<&'a Findings>; 2] {
    [
        rendering(OutputFormat::Text, "For people", |findings| findings.verdicts.clone()),
        fallible(OutputFormat::Json, "For programs", |findings| {
            let report = scenario::diagnostics_json(&findings.diagnostics);
            let text = serde_json::to_string_pretty(&report);
            text.map(|text| text + "\n").map_err(|error| format!("cannot print the diagnostics: {error}"))
        }),
    ]
}

/// Findings in some files.
#[derive(Debug, Default)]
struct Findings {
    /// One line a file: `web.toml: valid, 1 warning`.
    verdicts: String,
    /// All diagnostics.
    diagnostics: Vec<Diagnostic>,
}

/// Runs the request.
pub(super) fn run(request: &ValidateRequest) -> Exit {
    let is_text = request.format == OutputFormat::Text;
    let mut all_valid = true;
    let mut found = Findings::default();
    for path in &request.scenarios {
        let source = match read_scenario(path) {
            Ok(source) => source,
            // One file that cannot be read must not hide what is wrong with the others.
            Err(message) => {
                all_valid = false;
                if is_text {
                    fail(Exit::Usage, &message);
                } else {
                    found.diagnostics.push(scenario::unreadable(&path.display().to_string(), &message));
                }
                continue;
            }
        };
        let loaded = scenario::load(&source, &request.overrides, None, &mut Folder::of(path));
        all_valid &= loaded.scenario.is_some();
        if !is_text {
            found.diagnostics.extend(loaded.diagnostics);
            continue;
        }
        // Each verdict comes right after the diagnostics that explain it.
        note(&scenario::render(&loaded.diagnostics, &loaded.sources, stderr_colour()));
        note(&more_on(&loaded));
        found.verdicts = verdict(&source.name, &loaded);
        let printed = print_in(request.format, renderings(), &found);
        if printed != Exit::Ok {
            return printed;
        }
    }
    if !is_text {
        let printed = print_in(request.format, renderings(), &found);
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
