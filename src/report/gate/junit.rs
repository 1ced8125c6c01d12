//! The verdicts as JUnit XML: one suite a scenario, one case a check. What cannot stand in XML 1.0 at all becomes the
//! replacement character.

use std::fmt::Write as _;

use super::{Gate, Judged, found};
use crate::experiment::CheckStatus;

/// The verdicts as JUnit XML. A check that is inconclusive or has nothing to judge is skipped, or fails where the gate is
/// strict.
#[must_use]
pub fn gate_junit(gate: &Gate) -> String {
    let count = |skipped: bool| {
        let is_counted = |judged: &&Judged| {
            let fails = gate.fails(&judged.outcome);
            if skipped { !fails && judged.outcome.status != CheckStatus::Pass } else { fails }
        };
        gate.verdicts.iter().filter(is_counted).count()
    };
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        gate.verdicts.len(),
        count(false),
        count(true)
    );
    let name = escaped(&gate.scenario);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"windtunnel\" {counts}>");
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {counts}>");
    out.push_str("    <properties>\n");
    let mut properties = vec![
        ("subject", gate.subject.clone()),
        ("seed", gate.seed.to_string()),
        ("replications", gate.runs.to_string()),
    ];
    properties.extend(gate.baseline.clone().map(|baseline| ("baseline", baseline)));
    for (key, value) in properties {
        let _ = writeln!(out, "      <property name=\"{key}\" value=\"{}\"/>", escaped(&value));
    }
    out.push_str("    </properties>\n");
    for judged in &gate.verdicts {
        case(&mut out, gate, judged, &name);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, gate: &Gate, judged: &Judged, suite: &str) {
    let outcome = &judged.outcome;
    let word = outcome.status.name();
    let (check, found) = (escaped(&outcome.check), escaped(&found(outcome)));
    let _ = writeln!(out, "    <testcase classname=\"{suite}\" name=\"{check}\">");
    let place = judged.place.as_ref().map(|(file, line)| format!("{}:{line}: ", escaped(file)));
    let place = place.unwrap_or_default();
    let reason = word.replace('_', " ");
    if gate.fails(outcome) {
        let _ = writeln!(
            out,
            "      <failure message=\"{reason}: {check}: {found}\" type=\"{word}\">{place}{check}: {found}</failure>"
        );
    } else if outcome.status != CheckStatus::Pass {
        let _ = writeln!(out, "      <skipped message=\"{reason}: {check}: {found}\"/>");
    }
    let _ = writeln!(out, "      <system-out>{found}</system-out>");
    out.push_str("    </testcase>\n");
}

/// The text as content or as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // As references, because an attribute would make spaces of them.
            '\n' | '\r' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
