//! Help on the scenario language, all from the key table: explanations, the JSON Schema and the
//! reference page.

use crate::scenario::keys::root::LANGUAGE;
use crate::scenario::language::explain::{self, KeyNote};
use crate::scenario::language::{json_schema, reference};

/// The explanation of a diagnostic code (`WT004`), a metric or figure (`CPUUtilization`, `response_time_ms`), a subject that is
/// not simulated (`deployments`) or a key, by its whole path or its end (`scale_in_cooldown`). `None` when there is no such
/// topic.
#[must_use]
pub fn explain(topic: &str) -> Option<String> {
    explain::explain(&LANGUAGE, topic)
}

/// Every topic that [`explain()`] knows, for suggestions.
#[must_use]
pub fn explain_topics() -> Vec<String> {
    explain::explain_topics(&LANGUAGE)
}

/// Meaning and default of a key, by its whole path (`assumptions.tt_high_points`). `None` when there is no such key.
#[must_use]
pub fn key_note(path: &str) -> Option<KeyNote> {
    explain::key_note(&LANGUAGE, path)
}

/// The JSON Schema of scenarios, as JSON text.
#[must_use]
pub fn json_schema() -> String {
    json_schema::json_schema(&LANGUAGE)
}

/// `docs/scenario.md`: every key with its kind, default and meaning, and every diagnostic code.
#[must_use]
pub fn reference() -> String {
    reference::reference(&LANGUAGE)
}
