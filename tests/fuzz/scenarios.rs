//! Scenarios that were changed: the shipped ones and those that are wrong on purpose, with lines taken away, doubled, moved
//! from one to another, and values at the edges of their kinds.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use windtunnel::scenario::{FLASH_SALE, Loaded, Severity, Source, load, render};
use windtunnel::shell::files::Folder;

use crate::random::{Random, damage, shrink};
use crate::{Fault, Outcome, runs};

pub(crate) fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn texts_of(folder: &str) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// What cases are made of.
fn bases() -> &'static [String] {
    static BASES: OnceLock<Vec<String>> = OnceLock::new();
    BASES.get_or_init(|| {
        let mut bases = texts_of("scenarios");
        bases.extend(texts_of("scenarios/invalid"));
        bases.push(FLASH_SALE.to_owned());
        bases
    })
}

/// A scenario that is loaded beside the shipped traces, with these settings.
pub(crate) fn loaded(text: &str, settings: &[String]) -> Loaded {
    let source = Source { name: "fuzz.toml".to_owned(), text: text.to_owned() };
    load(&source, settings, None, &mut Folder::of(&here("scenarios/fuzz.toml")))
}

fn changed(random: &mut Random) -> String {
    let bases = bases();
    let mut lines: Vec<String> = bases[random.below(bases.len())].lines().map(str::to_owned).collect();
    for _ in 0..random.between(1, 5) {
        let at = random.below(lines.len().max(1));
        match random.below(9) {
            0 if !lines.is_empty() => drop(lines.remove(at)),
            1 if !lines.is_empty() => lines.insert(at, lines[at].clone()),
            2 => {
                let other: Vec<&str> = bases[random.below(bases.len())].lines().collect();
                lines.insert(at, other[random.below(other.len())].to_owned());
            }
            3 if lines.len() > 1 => {
                let other = random.below(lines.len());
                lines.swap(at, other);
            }
            4 if !lines.is_empty() => {
                let mut bytes = std::mem::take(&mut lines[at]).into_bytes();
                damage(&mut bytes, random);
                lines[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
            // A key gets a value at an edge.
            _ if !lines.is_empty() => {
                let keys: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains('=')).collect();
                if keys.is_empty() {
                    continue;
                }
                let at = keys[random.below(keys.len())];
                let place = lines[at].rfind('=').unwrap_or(0);
                let rest = lines[at].split_off(place + 1);
                let edge = random.edge();
                // Within a table the rest of it stays.
                let tail = rest.find([',', '}']).map_or("", |end| &rest[end..]).to_owned();
                lines[at].push_str(&format!(" {edge}{tail}"));
            }
            _ => {}
        }
    }
    lines.join("\n") + "\n"
}

/// Whether what was said of a text points into it.
fn is_told(loaded: &Loaded, text: &str) -> Result<(), String> {
    let failed = loaded.diagnostics.iter().any(|found| found.severity == Severity::Error);
    if loaded.scenario.is_none() != failed {
        return Err("a scenario with an error, or none without".to_owned());
    }
    for found in &loaded.diagnostics {
        for label in found.primary.iter().chain(&found.secondary) {
            if label.source == "fuzz.toml" && label.span.end > text.len() {
                return Err(format!("{}: a label beyond the text", found.code));
            }
            if label.excerpt.get(label.excerpt_span.clone()).is_none() {
                return Err(format!("{}: a label beside its excerpt", found.code));
            }
        }
    }
    let _ = render(&loaded.diagnostics, &loaded.sources, false);
    Ok(())
}

/// Loads a text and, where it is a scenario, runs it for a while.
pub(crate) fn tried(text: &str, settings: &[String], runs_it: bool) -> Result<String, String> {
    let loaded = loaded(text, settings);
    is_told(&loaded, text)?;
    let mut codes: Vec<&str> = loaded.diagnostics.iter().map(|found| found.code).collect();
    codes.dedup();
    let word = codes.join(" ");
    match loaded.scenario {
        Some(scenario) if runs_it => runs::ran(scenario).map(|ran| format!("{word} {ran}")),
        _ => Ok(word),
    }
}

pub(crate) fn case(random: &mut Random) -> Outcome {
    let text = changed(random);
    let settings = if random.once_in(2) { vec!["horizon=20m".to_owned()] } else { Vec::new() };
    let runs_it = random.once_in(4);
    random.note(text.clone());
    let fault = |text: &str| {
        catch_unwind(AssertUnwindSafe(|| tried(text, &settings, runs_it)))
            .unwrap_or_else(|_| Err("panicked".to_owned()))
            .err()
    };
    match catch_unwind(AssertUnwindSafe(|| tried(&text, &settings, runs_it))) {
        Ok(Ok(word)) => Ok(word),
        Ok(Err(what)) => {
            Err(Fault::new(what.clone(), shrink(&text, |fewer| fault(fewer).is_some_and(|w| w == what))))
        }
        Err(_) => {
            let place = crate::PLACE.with(|place| place.borrow().clone());
            Err(Fault::new(
                format!("panicked: {place}"),
                shrink(&text, |fewer| fault(fewer).is_some_and(|w| w == "panicked")),
            ))
        }
    }
}

/// The faults of the corpus: inputs that once broke something, each with what it must come to in its first line.
pub(crate) fn corpus() -> Vec<Fault> {
    let mut faults = Vec::new();
    for text in texts_of("tests/fuzz/corpus") {
        let said = catch_unwind(AssertUnwindSafe(|| tried(&text, &[], true)));
        match said {
            Ok(Ok(_)) => {}
            Ok(Err(what)) => faults.push(Fault::new(what, text)),
            Err(_) => {
                let place = crate::PLACE.with(|place| place.borrow().clone());
                faults.push(Fault::new(format!("panicked: {place}"), text));
            }
        }
    }
    faults
}
