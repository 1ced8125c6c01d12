//! Layers, sizes and words of the sources. Each rule is a function of a path and a text, with a test that shows
//! it can fail.

mod circles;
mod docs;
mod extending;
mod glossary;
mod items;
mod links;
mod names;
mod ratchet;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

/// Modules, their layers, and what they may import. `None`: every module of a lower layer.
const MODULES: &[(&str, u8, Option<&[&str]>)] = &[
    ("kernel::units", 0, Some(&[])),
    ("kernel::grid", 0, Some(&[])),
    ("kernel::period_ring", 0, Some(&[])),
    ("kernel::random", 0, Some(&["kernel::units", "kernel::grid"])),
    ("kernel::event_queue", 0, Some(&["kernel::units"])),
    ("kernel::facts", 1, None),
    ("kernel::traffic", 1, None),
    ("kernel::replica_set", 1, Some(&["kernel::units", "kernel::facts"])),
    ("kernel::serving", 2, None),
    ("kernel::platform", 2, None),
    (
        "kernel::telemetry",
        3,
        Some(&[
            "kernel::units",
            "kernel::grid",
            "kernel::period_ring",
            "kernel::random",
            "kernel::facts",
            "kernel::traffic",
        ]),
    ),
    ("kernel::billing", 3, Some(&["kernel::units", "kernel::random", "kernel::facts", "kernel::traffic"])),
    ("kernel::scaling", 4, Some(&["kernel::units", "kernel::random", "kernel::telemetry"])),
    ("kernel::simulation", 5, None),
    ("scenario", 6, None),
    ("record", 6, None),
    ("results", 7, None),
    ("experiment", 8, None),
    ("report", 9, None),
    ("shell", 10, None),
    ("cli", 11, None),
];

/// What no source may hold, where it may, and what to write instead.
const BANNED: &[(&str, &[&str], &str)] = &[
    ("extern crate std", &[], "the kernel is no_std"),
    ("todo!(", &[], "build it, or make it an error that says it is not built"),
    ("unimplemented!(", &[], "build it, or make it an error that says it is not built"),
    ("dbg!(", &[], "remove it"),
    ("#[ignore", &[], "a test runs or does not exist"),
    ("HashMap", &[], "BTreeMap, or a Vec by id: hash order is not deterministic"),
    ("HashSet", &[], "BTreeSet: hash order is not deterministic"),
    ("println!", &[], "shell::terminal::print"),
    ("SystemTime", &["src/shell/"], "shell::wall_clock"),
    ("Instant::now", &["src/shell/"], "shell::wall_clock"),
    ("std::fs", &["src/shell/"], "shell"),
    ("std::env", &["src/shell/"], "shell::terminal"),
    ("rayon::", &["src/experiment"], "experiment: the only module with threads"),
    ("std::thread", &["src/experiment"], "experiment: the only module with threads"),
    (".powf(", &[], "libm::pow: the standard one differs between platforms"),
    (".powi(", &[], "libm::pow: the standard one differs between platforms"),
    (".exp()", &[], "libm::exp: the standard one differs between platforms"),
    (".sin()", &[], "libm::sin: the standard one differs between platforms"),
    (".cos()", &[], "libm::cos: the standard one differs between platforms"),
    (".log10()", &[], "libm::log10: the standard one differs between platforms"),
    (".ln()", &[], "libm::log: the standard one differs between platforms"),
];

const BANNED_NAMES: &[&str] = &["utils", "helpers", "common", "manager", "imp", "mod"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with this ending, as a path from the root, in order.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), ending, &mut found);
    let relative = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (relative(path), fs::read_to_string(path).unwrap())).collect()
}

/// The module of a source file; `None` for the crate roots.
fn module_of(path: &str) -> Option<&'static str> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let (prefix, rest) = inside.strip_prefix("kernel/").map_or(("", inside), |rest| ("kernel::", rest));
    let name = format!("{prefix}{}", rest.split('/').next()?);
    MODULES.iter().map(|(module, ..)| *module).find(|module| *module == name)
}

/// Modules that a line of a file in `home` names, as `crate::module`, `windtunnel_kernel::module` or within braces.
fn imports(line: &str, home: &str) -> Vec<&'static str> {
    let in_kernel = home.starts_with("kernel::");
    let mut found = Vec::new();
    for (module, ..) in MODULES {
        let short = module.trim_start_matches("kernel::");
        let paths: Vec<String> = match (module.starts_with("kernel::"), in_kernel) {
            (true, true) => vec![format!("crate::{short}")],
            (true, false) => vec![format!("windtunnel_kernel::{short}"), format!("kernel::{short}")],
            (false, false) => vec![format!("crate::{short}")],
            (false, true) => Vec::new(),
        };
        let named = paths.iter().any(|path| {
            line.match_indices(path.as_str()).any(|(at, _)| {
                let after = line[at + path.len()..].chars().next();
                !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        });
        if named {
            found.push(*module);
        }
    }
    found
}

/// Imports of a file that its layer does not allow.
fn layer_faults(path: &str, text: &str) -> Vec<String> {
    let Some(home) = module_of(path) else { return Vec::new() };
    let (_, layer, allowed) = MODULES.iter().find(|(module, ..)| *module == home).unwrap();
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for target in imports(line, home).into_iter().filter(|target| *target != home) {
            let (_, target_layer, _) = MODULES.iter().find(|(module, ..)| *module == target).unwrap();
            let fine = allowed.map_or(target_layer < layer, |allowed| allowed.contains(&target));
            if !fine {
                let line = number + 1;
                faults.push(format!(
                    "{path}:{line}: {home} (layer {layer}) must not import {target} (layer {target_layer})"
                ));
            }
        }
    }
    faults
}

/// The part of a source file that is not its unit tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn size_faults(path: &str, text: &str) -> Vec<String> {
    let lines = without_tests(text).lines().count();
    if lines > 600 {
        vec![format!("{path}: {lines} lines, more than 600: split it by noun")]
    } else {
        Vec::new()
    }
}

fn word_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in without_tests(text).lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for (word, places, instead) in BANNED {
            if code.contains(word) && !places.iter().any(|place| path.starts_with(place)) {
                faults.push(format!("{path}:{}: `{word}` is banned here; instead: {instead}", number + 1));
            }
        }
    }
    let stem = path.rsplit('/').next().unwrap_or("").trim_end_matches(".rs");
    if BANNED_NAMES.contains(&stem) {
        faults.push(format!("{path}: a file is named for the noun it owns, not `{stem}`"));
    }
    if !text.starts_with("//!") {
        faults.push(format!("{path}:1: a module opens with its purpose (`//!`)"));
    }
    faults
}

fn all_faults(rule: impl Fn(&str, &str) -> Vec<String>, files: &[(String, String)]) -> Vec<String> {
    files.iter().flat_map(|(path, text)| rule(path, text)).collect()
}

#[test]
fn every_import_goes_down() {
    let faults = all_faults(layer_faults, &files("src", "rs"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let mut sources = files("src", "rs");
    sources.extend(files("tests", "rs"));
    sources.extend(files("benches", "rs"));
    let faults = all_faults(size_faults, &sources);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_banned_word_and_every_module_says_what_it_is_for() {
    let faults = all_faults(word_faults, &files("src", "rs"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_module_exists_and_every_source_belongs_to_one() {
    let sources = files("src", "rs");
    for (module, ..) in MODULES {
        let path = format!("src/{}.rs", module.replace("::", "/"));
        assert!(sources.iter().any(|(source, _)| *source == path), "{path} is missing");
    }
    let roots = ["src/main.rs", "src/lib.rs", "src/kernel/lib.rs"];
    for (path, _) in &sources {
        assert!(module_of(path).is_some() || roots.contains(&path.as_str()), "{path} belongs to no module");
    }
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 30);
}

/// The modules of the table of a page, with their layers: rows of a number and a name in backticks.
fn listed_modules(page: &str) -> Vec<(&str, u8)> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | `"));
    rows.filter_map(|(layer, rest)| Some((rest.split_once("` | ")?.0, layer.parse().ok()?))).collect()
}

#[test]
fn the_page_of_the_architecture_has_these_modules_in_these_layers() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let modules: Vec<(&str, u8)> = MODULES.iter().map(|(module, layer, _)| (*module, *layer)).collect();
    assert_eq!(listed_modules(&page), modules);
    assert_eq!(
        listed_modules("| layer | module | x |\n|---|---|---|\n| 2 | `a::b` | c | d |\n"),
        [("a::b", 2)]
    );
}

#[test]
fn the_kernel_depends_on_nothing_with_input_or_output() {
    let manifest = fs::read_to_string(root().join("src/kernel/Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split('[').next().unwrap();
    let names: Vec<&str> =
        section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert_eq!(names, ["libm", "rand"]);
    let library = fs::read_to_string(root().join("src/kernel/lib.rs")).unwrap();
    assert!(library.contains("#![cfg_attr(not(test), no_std)]"));
}

#[test]
fn every_scenario_opens_with_what_it_shows() {
    let faults: Vec<String> = files("scenarios", "toml")
        .into_iter()
        .filter(|(path, text)| !path.contains("invalid/") && !text.starts_with("# "))
        .map(|(path, _)| path)
        .collect();
    assert!(faults.is_empty(), "{faults:?} do not open with a comment");
}

#[test]
fn the_layer_rule_can_fail() {
    let fault = |path: &str, line: &str| layer_faults(path, line).len();
    assert_eq!(fault("src/kernel/scaling/aas/step.rs", "use crate::facts::Probe;"), 1);
    assert_eq!(fault("src/kernel/telemetry/alarm.rs", "use crate::serving::FastFleet;"), 1);
    assert_eq!(fault("src/kernel/units/time.rs", "use crate::random::Rng;"), 1);
    assert_eq!(fault("src/record/minute.rs", "use crate::scenario::Scenario;"), 1);
    assert_eq!(fault("src/report/table.rs", "let x = crate::shell::output::prepare(dir);"), 1);
    assert_eq!(fault("src/kernel/scaling/aas/step.rs", "use crate::telemetry::AlarmPlan;"), 0);
    assert_eq!(fault("src/report/table.rs", "use crate::kernel::units::Usd;"), 0);
    assert_eq!(fault("src/report/table.rs", "// crate::shell is above"), 0);
}

#[test]
fn the_other_rules_can_fail() {
    assert_eq!(size_faults("src/a.rs", &"\n".repeat(601)).len(), 1);
    assert_eq!(size_faults("src/a.rs", &"\n".repeat(600)).len(), 0);
    assert_eq!(word_faults("src/record/a.rs", "//! A.\nuse std::collections::HashMap;").len(), 1);
    assert_eq!(word_faults("src/record/a.rs", "//! A.\nlet t = Instant::now();").len(), 1);
    assert_eq!(word_faults("src/shell/a.rs", "//! A.\nlet t = Instant::now();").len(), 0);
    assert_eq!(word_faults("src/record/helpers.rs", "//! A.\n").len(), 1);
    assert_eq!(word_faults("src/record/a.rs", "use x;").len(), 1);
}

/// Where texts are parsed by a grammar of their own, whose words are no words of a key.
const GRAMMARS: [&str; 3] =
    ["src/scenario/keys/checks.rs", "src/scenario/keys/expression.rs", "src/scenario/keys/forecast.rs"];

/// Words of the scenario language that are not bound to their value by `choices!`: made into a choice by hand, matched as a
/// text, or compared with one. A match on texts needs an arm for all others, which would stand for a forgotten word.
fn unbound_words(path: &str, text: &str) -> Vec<String> {
    if !path.starts_with("src/scenario/") || path.ends_with("language/choices.rs") {
        return Vec::new();
    }
    let reads_keys = !path.starts_with("src/scenario/language/") && !path.starts_with("src/scenario/import/");
    let mut faults = Vec::new();
    let mut depth = 0_usize;
    for (number, line) in without_tests(text).lines().enumerate() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if depth > 0 || code.starts_with("choices! {") {
            depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
            continue;
        }
        let arm = code.trim_start_matches("Some(").strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let is_arm = arm.is_some_and(|(_, rest)| rest.trim_start_matches(')').trim_start().starts_with("=>"));
        let is_compared =
            code.contains(".text(\"") && (code.contains("== Some(\"") || code.contains("? == \""));
        let is_made = code.contains("Choice::bound(") || code.contains("Choice::not_built(");
        if is_made || (reads_keys && !GRAMMARS.contains(&path) && (is_arm || is_compared)) {
            faults.push(format!("{path}:{}: bind the word to its value by `choices!`", number + 1));
        }
    }
    faults
}

#[test]
fn every_word_of_the_scenario_language_is_bound_to_its_value() {
    let faults = all_faults(unbound_words, &files("src/scenario", "rs"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_rule_for_words_can_fail() {
    let fault = |line: &str| unbound_words("src/scenario/keys/request.rs", line).len();
    assert_eq!(fault("        \"none\" => Jitter::None,"), 1);
    assert_eq!(fault("        Some(\"apart\") => CheckService::Apart,"), 1);
    assert_eq!(fault("kills: task.text(\"out_of_memory\")? == \"kill\","), 1);
    assert_eq!(fault("const WORDS: &[Choice] = &[Choice::bound(\"tcp\")];"), 1);
    assert_eq!(fault("choices! { JITTERS: Jitter {\n    \"none\" => None,\n} }"), 0);
    assert_eq!(fault("choices! { A: B {\n    \"none\" => None,\n} }\n\"full\" => Full,"), 1);
    assert_eq!(unbound_words("src/scenario/keys/forecast.rs", "\"month\" => Ok(share),").len(), 0);
}
