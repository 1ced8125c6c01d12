//! Explanations: of diagnostic codes, of scenario keys, of every figure in the results, and of what is not simulated.

use crate::scenario::language::absent::{self, AbsentKey, Reason};
use crate::scenario::language::codes::{self, Severity};
use crate::scenario::language::schema::{self, Default, Key, Language};
use crate::scenario::language::{metric_glossary, scope};

/// The explanation of a diagnostic code (`WT004`), a metric or figure (`CPUUtilization`, `response_time_ms`), a subject that is
/// not simulated (`deployments`) or a key, by its whole path or its end (`scale_in_cooldown`). `None` when there is no such
/// topic.
pub(crate) fn explain(language: &Language, topic: &str) -> Option<String> {
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
    parts.extend(
        metric_glossary::find(language.items, topic)
            .map(|metric| format!("{}\n\n{}\n", metric.name, metric.text)),
    );
    parts.extend(keys(language, topic));
    parts.extend(absent::ALL.iter().filter(|key| ends_with(key.path, topic)).map(describe_absent));
    parts.extend(scope::find(topic).map(scope::Subject::explanation));
    if parts.is_empty() { None } else { Some(parts.join("\n")) }
}

/// Explanation of a key of the scenario in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyNote {
    /// Meaning of the key, as one sentence.
    pub doc: &'static str,
    /// Default as TOML; `None` where there is none.
    pub default: Option<&'static str>,
}

/// What there is to say of a key by its whole path (`assumptions.tt_high_points`). `None` when there is no such key.
pub(crate) fn key_note(language: &Language, wanted: &str) -> Option<KeyNote> {
    let mut found = None;
    schema::walk(language.root, &mut |path, key| {
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
pub(crate) fn explain_topics(language: &Language) -> Vec<String> {
    let mut topics: Vec<String> = codes::ALL.iter().map(|code| code.code.to_owned()).collect();
    topics.extend(metric_glossary::ALL.iter().chain(language.items).map(|metric| metric.name.to_owned()));
    topics.extend(scope::ALL.iter().map(|subject| subject.name.to_owned()));
    let mut add = |path: &str, _: &'static Key| topics.push(path.to_owned());
    schema::walk(language.root, &mut add);
    schema::walk_laws(language.laws, &mut add);
    topics.extend(absent::ALL.iter().map(|key| key.path.to_owned()));
    topics
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// What there is to say of the keys whose path ends in `topic`; the user's own names may stand for `<name>`.
fn keys(language: &Language, topic: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |path: &str, key: &'static Key| {
        if ends_with(path, topic) {
            found.push(describe(language, path, key));
        }
    };
    schema::walk(language.root, &mut look);
    schema::walk_laws(language.laws, &mut look);
    found
}

/// Whether a path of the key table ends in `topic`, in which names and numbers may stand for `<name>` and `N`.
fn ends_with(path: &str, topic: &str) -> bool {
    let (parts, wanted): (Vec<&str>, Vec<&str>) = (path.split('.').collect(), topic.split('.').collect());
    let Some(offset) = parts.len().checked_sub(wanted.len()) else { return false };
    let same = parts[offset..].iter().zip(&wanted).all(|(part, word)| {
        part == word || *part == "<name>" || (*part == "N" && word.parse::<u32>().is_ok())
    });
    same && parts.last() == wanted.last()
}

/// What there is to say of a key that is refused.
fn describe_absent(key: &AbsentKey) -> String {
    let reason = match key.reason {
        Reason::NotBuilt(instead) => format!("Not built yet: {instead}."),
        Reason::Superseded(by) => format!("Not used: {by} say it more precisely."),
    };
    format!("{}\n\n{}\n\n{reason}\n", key.path, key.doc)
}

fn describe(language: &Language, path: &str, key: &'static Key) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    let limit = if path.starts_with("checks.") { (language.limit_of_check)(name) } else { None };
    let expected = limit.map_or_else(|| key.kind.expected(), str::to_owned);
    let mut text = format!("{path}\n\n{}\n\nHolds {expected}.\n", key.doc);
    match key.default {
        Default::Required => text.push_str("It must be given.\n"),
        Default::Nothing => text.push_str("It may be left out.\n"),
        Default::Toml(default) => text.push_str(&format!("Default: {default}\n")),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::schema;
    use crate::scenario::help::{explain, explain_topics, key_note};
    use crate::scenario::keys::root::SCENARIO;

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
        schema::walk(&SCENARIO, &mut |path, _| {
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
