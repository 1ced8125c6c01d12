//! The comparison as Markdown, for a pull request.

use super::{
    ComparisonRow, basis, difference_text, lines, nothing_of, scale_in_words, sentences, title, value_text,
};
use crate::experiment::Measure;
use crate::experiment::compare::VariantComparison;
use crate::report::figures::half_width_text;
use crate::report::proviso::{proviso_of, with_proviso};
use crate::report::words::markdown;

/// A table of figures, one of checks, and what a colleague would say. Names are escaped.
#[must_use]
pub fn comparison_markdown(comparison: &VariantComparison) -> String {
    let mut text = format!("## {}\n\n{}\n\n", markdown(&title(comparison)), basis(comparison));
    for sentence in sentences(comparison) {
        text.push_str(&format!("- {}\n", markdown(&sentence)));
    }
    let names: Vec<String> = comparison.variants.iter().map(|v| markdown(&v.variant.name)).collect();
    text.push_str(&format!("\n| | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len())));
    let many = comparison.services().len() > 1;
    for line in lines(comparison) {
        let of = line.0.filter(|_| many).map(|service| format!("{service}: ")).unwrap_or_default();
        let cells: Vec<String> =
            (0..names.len()).map(|index| markdown(&cell(comparison, index, line))).collect();
        text.push_str(&format!("| {}{} | {} |\n", markdown(&of), line.1.label(), cells.join(" | ")));
    }
    let mut checks: Vec<&str> = Vec::new();
    for check in comparison.variants.iter().flat_map(|variant| &variant.checks) {
        if !checks.contains(&check.check.as_str()) {
            checks.push(&check.check);
        }
    }
    for name in checks {
        let of = |index: usize| {
            let found = comparison.variants[index].checks.iter().find(|check| check.check == name);
            found.map_or_else(String::new, |check| {
                let note = check.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
                format!("**{}** {}", check.status.name(), markdown(&format!("{}{note}", check.value)))
            })
        };
        let cells: Vec<String> = (0..names.len()).map(of).collect();
        text.push_str(&format!("| `{}` | {} |\n", name.replace('`', ""), cells.join(" | ")));
    }
    text
}

fn cell(comparison: &VariantComparison, index: usize, (service, measure): ComparisonRow<'_>) -> String {
    let Some(estimate) = comparison.variants[index].estimate(service, measure) else {
        return nothing_of(&comparison.variants[index], service).to_owned();
    };
    let half = half_width_text(measure, &estimate);
    let variant = &comparison.variants[index];
    let value = format!("{} {half}", value_text(variant, measure, &estimate));
    let proviso = proviso_of(&variant.variant.scenario, service, measure);
    let value = with_proviso(value.trim_end(), proviso.as_deref());
    let ends = scale_in_words(variant, (service, measure));
    let value = ends.map_or_else(|| value.clone(), |ends| format!("{value}; {ends}"));
    let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
    match (measure, difference) {
        (_, None) => value.trim_end().to_owned(),
        (Measure::RunningMax, Some(difference)) if difference.absolute.half_width.is_none() => value,
        (_, Some(difference)) => format!("{}; {}", value.trim_end(), difference_text(measure, &difference)),
    }
}
