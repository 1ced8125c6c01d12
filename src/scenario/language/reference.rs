//! The reference page of the scenario language, from the key table.

use std::fmt::Write as _;

use crate::scenario::keys::distribution::DISTRIBUTION;
use crate::scenario::keys::root::SCENARIO;
use crate::scenario::language::codes;
use crate::scenario::language::schema::{Default, Key, Kind, State, TableSpec};

/// `docs/scenario.md`: every key with its kind, default and meaning, and every diagnostic code.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Scenario file\n\nA scenario is a TOML file. Durations are strings with a unit (`\"90s\"`, `\"2h 30m\"`, `\"40ms\"`), \
         sizes too (`\"400MiB\"`), rates are requests per second. Unknown keys are errors. `--set KEY=VALUE` overrides any key \
         by its path; items of lists are numbered from 0.\n\nThis page is generated from the key table of the program.\n",
    );
    page("", &SCENARIO, &mut out);
    out.push_str(
        "\n## Distributions\n\nWherever a distribution is taken, a plain duration is the constant.\n",
    );
    table(&DISTRIBUTION, &mut out);
    for key in DISTRIBUTION.keys {
        if let Some(inner) = key.kind.inner() {
            let _ = write!(out, "\n### {}\n\n{}\n", key.name, inner.doc);
            table(inner, &mut out);
        }
    }
    out.push_str("\n## Diagnostics\n\n`WT0..` are errors, `WT1..` warnings, `WT2..` notes.\n\n| code | what |\n|---|---|\n");
    for code in codes::ALL {
        let _ = writeln!(out, "| {} | {} |", code.code, code.title);
    }
    out
}

fn page(path: &str, spec: &'static TableSpec, out: &mut String) {
    let title = if path.is_empty() { "The file".to_owned() } else { format!("`{path}`") };
    let _ = write!(out, "\n## {title}\n\n{}\n", spec.doc);
    table(spec, out);
    for key in spec.keys {
        let Some(inner) = key.kind.inner() else { continue };
        if key.state != State::Built || matches!(key.kind, Kind::Distribution) {
            continue;
        }
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        let path = match key.kind {
            Kind::Map(_) => format!("{path}.<name>"),
            Kind::List(_) | Kind::ListOneOf(_) => format!("{path}.N"),
            _ => path,
        };
        page(&path, inner, out);
    }
}

fn table(spec: &'static TableSpec, out: &mut String) {
    out.push_str("\n| key | holds | default | meaning |\n|---|---|---|---|\n");
    for key in spec.keys {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            key.name,
            cell(&key.kind.expected()),
            default(key),
            meaning(key)
        );
    }
}

fn default(key: &Key) -> String {
    match key.default {
        Default::Required => "required".to_owned(),
        Default::Nothing => "–".to_owned(),
        Default::Toml("{}") => "all defaults".to_owned(),
        Default::Toml(text) => format!("`{}`", cell(text)),
    }
}

fn meaning(key: &Key) -> String {
    match key.state {
        State::Built => cell(key.doc),
        State::NotBuilt(instead) => format!("{} **Not built yet**: {}.", cell(key.doc), cell(instead)),
        State::Superseded(by) => {
            format!("{} **Not used**: {} say it more precisely.", cell(key.doc), cell(by))
        }
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}
