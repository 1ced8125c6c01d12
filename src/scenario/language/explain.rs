//! Explanations: of diagnostic codes, of scenario keys, of every figure in the results, and of what is not simulated.

mod metrics;

use crate::scenario::keys::checks::expected as expected_of_check;
use crate::scenario::language::codes::{self, Severity};
use crate::scenario::language::schema::{self, Default, Key, State};
use crate::scenario::language::scope;

/// The explanation of a diagnostic code (`WT004`), a metric or figure (`CPUUtilization`, `response_time_ms`), a subject that is
/// not simulated (`deployments`) or a key, by its whole path or its end (`scale_in_cooldown`). `None` when there is no such
/// topic.
#[must_use]
pub fn explain(topic: &str) -> Option<String> {
    let topic = topic.trim();
    if let Some(code) = codes::find(topic) {
        let kind = match codes::severity(code.code) {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        return Some(format!(
            "{}: {} ({kind})\n\n{}\n\nFor example:\n\n{}\n",
            code.code,
            code.title,
            code.explanation,
            indented(code.example)
        ));
    }
    let mut parts = Vec::new();
    parts.extend(metrics::find(topic).map(|metric| format!("{}\n\n{}\n", metric.name, metric.text)));
    parts.extend(keys(topic));
    parts.extend(scope::find(topic).map(scope::Subject::explanation));
    if parts.is_empty() { None } else { Some(parts.join("\n")) }
}

/// What there is to say of a key of the scenario in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyNote {
    /// What it means, as one sentence.
    pub doc: &'static str,
    /// Its default as TOML; `None` where it has none.
    pub default: Option<&'static str>,
}

/// What there is to say of a key by its whole path (`assumptions.tt_high_points`). `None` when there is no such key.
#[must_use]
pub fn key_note(wanted: &str) -> Option<KeyNote> {
    let mut found = None;
    schema::walk(&mut |path, key| {
        if path == wanted {
            let default = match key.default {
                Default::Toml(text) => Some(text),
                Default::Required | Default::Nothing => None,
            };
            found = Some(KeyNote { doc: key.doc, default });
        }
    });
    found
}

/// Every topic that [`explain`] knows, for suggestions.
#[must_use]
pub fn explain_topics() -> Vec<String> {
    let mut topics: Vec<String> = codes::ALL.iter().map(|code| code.code.to_owned()).collect();
    topics.extend(metrics::ALL.iter().map(|metric| metric.name.to_owned()));
    topics.extend(scope::ALL.iter().map(|subject| subject.name.to_owned()));
    let mut add = |path: &str, _: &'static Key| topics.push(path.to_owned());
    schema::walk(&mut add);
    schema::walk_distribution(&mut add);
    topics
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// What there is to say of the keys whose path ends in `topic`; the user's own names may stand for `<name>`.
fn keys(topic: &str) -> Vec<String> {
    let wanted: Vec<&str> = topic.split('.').collect();
    let mut found = Vec::new();
    let mut look = |path: &str, key: &'static Key| {
        let parts: Vec<&str> = path.split('.').collect();
        let Some(offset) = parts.len().checked_sub(wanted.len()) else { return };
        let same = parts[offset..].iter().zip(&wanted).all(|(part, word)| {
            part == word || *part == "<name>" || (*part == "N" && word.parse::<u32>().is_ok())
        });
        if same && parts.last() == wanted.last() {
            found.push(describe(path, key));
        }
    };
    schema::walk(&mut look);
    schema::walk_distribution(&mut look);
    found
}

fn describe(path: &str, key: &'static Key) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let limit = if path.starts_with("checks.") { expected_of_check(name) } else { None };
    let expected = limit.map_or_else(|| key.kind.expected(), str::to_owned);
    let mut text = format!("{path}\n\n{}\n\nHolds {expected}.\n", key.doc);
    match key.default {
        Default::Required => text.push_str("It must be given.\n"),
        Default::Nothing => text.push_str("It may be left out.\n"),
        Default::Toml(default) => text.push_str(&format!("Default: {default}\n")),
    }
    match key.state {
        State::Built => {}
        State::NotBuilt(instead) => text.push_str(&format!("Not built yet: {instead}.\n")),
        State::Superseded(by) => text.push_str(&format!("Not used: {by} say it more precisely.\n")),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_explained() {
        for topic in explain_topics() {
            assert!(explain(&topic).is_some_and(|text| text.len() > topic.len() + 8), "{topic}");
        }
    }

    #[test]
    fn a_key_has_its_sentence_and_its_default() {
        let note = key_note("assumptions.tt_high_points").unwrap();
        assert!(note.doc.contains("high alarm"));
        assert_eq!(note.default, Some("3"));
        assert_eq!(key_note("assumptions.nonsense"), None);
    }

    #[test]
    fn the_example_of_a_check_is_one_that_can_be_read() {
        let mut checked = 0;
        schema::walk(&mut |path, _| {
            let Some(name) = path.strip_prefix("checks.") else { return };
            let text = explain(path).unwrap();
            let holds = text.split("Holds ").nth(1).unwrap();
            let examples: Vec<&str> = holds.split('"').skip(1).step_by(2).collect();
            assert!(!examples.is_empty(), "{text}");
            for example in examples {
                assert!(crate::scenario::keys::checks::parse(name, example).is_ok(), "{name}: {example}");
            }
            checked += 1;
        });
        assert!(checked > 20, "{checked}");
    }

    #[test]
    fn keys_are_found_by_their_end_and_by_the_users_own_path() {
        assert!(explain("scale_in_cooldown").unwrap().contains("300s"));
        assert!(explain("service.web.scaling.max_capacity").unwrap().contains("Most tasks"));
        assert!(explain("service.web.traffic.shape.0.constant.rate").is_some());
        assert!(explain("wt004").unwrap().contains("unknown key"));
        assert!(explain("response_time_ms.p99").unwrap().contains("Arrival to end"));
        assert!(explain("running_mean").unwrap().contains("time-weighted"));
        assert_eq!(explain("nonsense"), None);
    }
}
