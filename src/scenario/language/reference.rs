//! The reference page of the scenario language, from the key table.

use std::fmt::Write as _;

use crate::scenario::language::absent::{self, Reason};
use crate::scenario::language::codes;
use crate::scenario::language::schema::{Default, Key, Kind, Language, TableSpec};

/// `docs/scenario.md`: every key with its kind, default and meaning, and every diagnostic code.
pub(crate) fn reference(language: &Language) -> String {
    let mut out = String::from(
        "# Scenario file\n\nA scenario is a TOML file. Durations are strings with a unit (`\"90s\"`, `\"2h 30m\"`, `\"40ms\"`), \
         sizes too (`\"400MiB\"`), rates are requests per second. Unknown keys are errors. `--set KEY=VALUE` overrides any key \
         by its path; items of lists are numbered from 0.\n\nThis page is generated from the key table of the program.\n",
    );
    page("", language.root, &mut out);
    out.push_str(
        "\n## Distributions\n\nWherever a distribution is taken, a plain duration is the constant.\n",
    );
    table(language.laws, &mut out);
    for key in language.laws.keys {
        if let Some(inner) = key.kind.inner() {
            let _ = write!(out, "\n### {}\n\n{}\n", key.name, inner.doc);
            table(inner, &mut out);
        }
    }
    out.push_str(
        "\n## Keys that are refused\n\nA scenario that gives one of them is refused with this advice, rather than run without \
         it.\n\n| key | meaning | instead |\n|---|---|---|\n",
    );
    for key in absent::ALL {
        let instead = match key.reason {
            Reason::NotBuilt(instead) => format!("not built yet: {}", cell(instead)),
            Reason::Superseded(by) => format!("use {}", cell(by)),
        };
        let _ = writeln!(out, "| `{}` | {} | {instead} |", key.path, key.doc);
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
        if matches!(key.kind, Kind::Distribution(_)) {
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
            cell(key.doc)
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

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}
