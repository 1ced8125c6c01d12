//! A comparison as a table and in sentences, for people.

use super::super::figures::{figure_text, half_width_text, usd};
use super::super::numbers::{PLAIN, figure, grouped};
use super::super::page::{Look, Page, verdict_width, verdict_word};
use super::super::proviso::{proviso_of, with_proviso};
use super::super::scale_in::{ends_words, orders, orders_words};
use super::super::words::{broken, columns, fitted, plain, wrapped};
use crate::experiment::compare::{Compared, Difference, VariantComparison};
use crate::experiment::{Estimate, Measure};

/// Measures of a service in the table.
const OF_SERVICE: [Measure; 6] = [
    Measure::ResponseQuantile(0.5),
    Measure::ResponseQuantile(0.95),
    Measure::ResponseQuantile(0.99),
    Measure::Availability,
    Measure::RunningMean,
    Measure::RunningMax,
];

/// A row of the comparison: a figure of a service, or of all together.
pub(in crate::report) type ComparisonRow<'a> = (Option<&'a str>, Measure);

/// The rows of the comparison, in order.
pub(in crate::report) fn lines(comparison: &VariantComparison) -> Vec<ComparisonRow<'_>> {
    let mut lines = vec![(None, Measure::CostPerMonth), (None, Measure::CostPerMillion)];
    for service in comparison.services() {
        lines.extend(OF_SERVICE.map(|measure| (Some(service), measure)));
    }
    lines
}

/// The comparison for a terminal of `width` columns.
#[must_use]
pub fn comparison_table(comparison: &VariantComparison, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    page.line(&[(Look::Bold, &title(comparison)), (Look::Faint, &format!("  {}", basis(comparison)))]);
    let mut service = None;
    let many = comparison.services().len() > 1;
    for line in lines(comparison) {
        if line.0 != service && many {
            page.blank();
            page.line(&[(Look::Bold, line.0.unwrap_or(""))]);
        }
        service = line.0;
        block(&mut page, comparison, line);
    }
    page.blank();
    checks(&mut page, comparison);
    page.blank();
    for sentence in sentences(comparison) {
        for (index, line) in wrapped(&sentence, page.width - 3).iter().enumerate() {
            page.line(&[(Look::Usual, if index == 0 { "→ " } else { "  " }), (Look::Usual, line)]);
        }
    }
    page.finish()
}

/// The variants' names: `web against faster, bigger`.
pub(in crate::report) fn title(comparison: &VariantComparison) -> String {
    let names: Vec<String> = comparison.variants.iter().map(|v| plain(&v.variant.name)).collect();
    match names.split_first() {
        Some((base, others)) if !others.is_empty() => format!("{base} against {}", others.join(", ")),
        _ => names.concat(),
    }
}

/// The basis of the figures: runs, intervals and seed.
pub(in crate::report) fn basis(comparison: &VariantComparison) -> String {
    let runs = comparison.variants.first().map_or(0, |variant| variant.sample.runs());
    let partial = if comparison.interrupted { " (interrupted)" } else { "" };
    let runs = if runs == 1 { "1 run".to_owned() } else { format!("{} runs", grouped(runs as u64, PLAIN)) };
    let approximate = comparison.variants.iter().any(|variant| variant.variant.scenario.is_approximate());
    let times = if approximate { " · requests flow: times are approximate (≈)" } else { "" };
    format!("{runs} each{partial}, the same requests for all · seed {}{times}", comparison.seed)
}

/// One figure of every variant.
fn block(page: &mut Page, comparison: &VariantComparison, (service, measure): ComparisonRow<'_>) {
    page.blank();
    let head = format!("{:<24}{:>18}  {:<12}{:>16}  {:<24}", measure.label(), "", "", "against the base", "");
    page.line(&[(Look::Faint, &head)]);
    let provisos = provisos(comparison, (service, measure));
    // Said once where it is the same for all.
    let (of_all, of_each) = match provisos.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => (first.as_deref(), false),
        _ => (None, true),
    };
    page.aside(4, of_all);
    for (index, variant) in comparison.variants.iter().enumerate() {
        let name = fitted(&plain(&variant.variant.name), 20);
        let name = format!("  {name}{}", " ".repeat(22 - columns(&name)));
        let Some(estimate) = variant.estimate(service, measure) else {
            let nothing = format!("{:>18}", nothing_of(variant, service));
            page.line(&[(Look::Usual, &name), (Look::Faint, &nothing)]);
            continue;
        };
        let value = value_text(variant, measure, &estimate);
        let value = format!("{}{value}", " ".repeat(18_usize.saturating_sub(columns(&value))));
        let half = half_width_text(measure, &estimate);
        let half = format!("  {half}{}", " ".repeat(12_usize.saturating_sub(columns(&half))));
        let difference = if index == 0 { None } else { comparison.difference(index, service, measure) };
        let (look, text) = difference.map_or((Look::Faint, String::new()), |difference| {
            let look = if is_real(&difference) { Look::Bold } else { Look::Faint };
            (look, difference_text(measure, &difference))
        });
        page.line(&[(Look::Usual, &name), (Look::Usual, &value), (Look::Faint, &half), (look, &text)]);
        page.aside(4, provisos[index].as_deref().filter(|_| of_each));
        page.aside(4, scale_in_words(variant, (service, measure)).as_deref());
    }
}

/// The cost of a month at both ends of the range of `tt_scale_in_mode`, in words; `None` beside other figures.
pub(in crate::report) fn scale_in_words(
    variant: &Compared,
    (service, measure): ComparisonRow<'_>,
) -> Option<String> {
    let ends = variant.scale_in.filter(|_| service.is_none() && measure == Measure::CostPerMonth);
    ends.map(|ends| ends_words(&ends.map(usd)))
}

/// The proviso on a figure, of each variant.
fn provisos(comparison: &VariantComparison, (service, measure): ComparisonRow<'_>) -> Vec<Option<String>> {
    let of = |variant: &Compared| proviso_of(&variant.variant.scenario, service, measure);
    comparison.variants.iter().map(of).collect()
}

/// The words for a figure that a variant does not have.
pub(in crate::report) fn nothing_of(variant: &Compared, service: Option<&str>) -> &'static str {
    if service.is_none_or(|service| variant.has(service)) { "no data" } else { "no such service" }
}

/// The value of a figure, marked where it is approximate.
pub(in crate::report) fn value_text(variant: &Compared, measure: Measure, estimate: &Estimate) -> String {
    let approximate = variant.variant.scenario.is_approximate() && measure.is_time();
    format!("{}{}", if approximate { "≈" } else { "" }, figure_text(measure, estimate.value))
}

/// Whether the difference is more than noise.
pub(in crate::report) fn is_real(difference: &Difference) -> bool {
    difference.absolute.is_significant()
}

/// `+66.50 USD ± 0.80 (+5.4 %)`, `no significant difference`, `the same`.
pub(in crate::report) fn difference_text(measure: Measure, difference: &Difference) -> String {
    let Estimate { value, half_width, .. } = difference.absolute;
    if value == 0.0 && half_width.is_none_or(|half| half <= 0.0) {
        return "the same".to_owned();
    }
    if half_width.is_some() && !is_real(difference) {
        return format!("no significant difference ({})", half_width_text(measure, &difference.absolute));
    }
    let sign = if value > 0.0 { "+" } else { "" };
    let relative = difference.relative.filter(|_| measure != Measure::Availability).map(|share| {
        let sign = if share > 0.0 { "+" } else { "-" };
        format!(" ({sign}{} %)", figure(share.abs() * 100.0, PLAIN))
    });
    let half = half_width_text(measure, &difference.absolute);
    let half = if half.is_empty() { half } else { format!(" {half}") };
    format!("{sign}{}{half}{}", figure_text(measure, value), relative.unwrap_or_default())
}

fn checks(page: &mut Page, comparison: &VariantComparison) {
    let names: Vec<&str> = comparison
        .variants
        .iter()
        .flat_map(|variant| variant.checks.iter().map(|check| check.check.as_str()))
        .fold(Vec::new(), |mut names, name| {
            if !names.contains(&name) {
                names.push(name);
            }
            names
        });
    if names.is_empty() {
        page.line(&[(Look::Faint, "no checks declared: nothing says which variant is good enough")]);
        return;
    }
    let all = comparison.variants.iter().flat_map(|variant| &variant.checks);
    let words = verdict_width(all.map(|check| check.status));
    for name in names {
        for line in broken(&plain(name), page.width) {
            page.line(&[(Look::Faint, &line)]);
        }
        for variant in &comparison.variants {
            let Some(check) = variant.checks.iter().find(|check| check.check == name) else { continue };
            let (word, look) = verdict_word(check.status, words);
            let shown = fitted(&plain(&variant.variant.name), 20);
            let shown = format!("  {shown}{}", " ".repeat(22 - columns(&shown)));
            let note = check.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
            let found = format!("  {}{note}", check.value);
            page.line(&[(Look::Usual, &shown), (look, &word), (Look::Usual, &found)]);
        }
    }
}

/// The conclusions, in sentences.
pub(in crate::report) fn sentences(comparison: &VariantComparison) -> Vec<String> {
    let mut said = Vec::new();
    let base = comparison.variants.first().map(|base| plain(&base.variant.name)).unwrap_or_default();
    for (index, variant) in comparison.variants.iter().enumerate().skip(1) {
        let name = plain(&variant.variant.name);
        let unlike = comparison.unlike(index);
        if !unlike.is_empty() {
            said.push(format!("{name} does not see the same as {base}: {}", unlike.join("; ")));
        }
        let mut parts = Vec::new();
        if let Some(why) = comparison.unlike_bills(index, None) {
            parts.push(format!("their cost is not compared: {}", plain(&why)));
        }
        if let Some(difference) = comparison.difference(index, None, Measure::CostPerMonth) {
            let words = worded(Measure::CostPerMonth, &difference, ("costs", "more", "less"));
            let proviso = proviso_of(&variant.variant.scenario, None, Measure::CostPerMonth);
            parts.push(with_proviso(&words, proviso.as_deref()));
        }
        let many = comparison.services().len() > 1;
        for service in comparison.services() {
            let of = if many { format!(" of {service}") } else { String::new() };
            let p99 = Measure::ResponseQuantile(0.99);
            if let Some(difference) = comparison.difference(index, Some(service), p99) {
                let verb = format!("its p99{of} is");
                parts.push(worded(p99, &difference, (&verb, "longer", "shorter")));
            }
        }
        said.push(format!("against {base}, {name}: {}", parts.join("; ")));
    }
    said.push(match comparison.cheapest {
        Some(index) => {
            let name = plain(&comparison.variants[index].variant.name);
            let declared = !comparison.variants[index].checks.is_empty();
            if declared {
                format!("the cheapest that passes its checks is {name}")
            } else {
                format!("the cheapest is {name}; no checks were declared")
            }
        }
        None if !comparison.has_like_bills() => {
            "none is called the cheapest: the bills do not have the same lines".to_owned()
        }
        None => "no variant passes all its checks with confidence".to_owned(),
    });
    let shown = |names: Vec<String>| names.iter().map(|name| plain(name)).collect();
    said.extend(orders(comparison).map(|orders| orders_words(&orders.map(shown))));
    said
}

/// `costs 66.50 USD more (+5.4 %)`, or that there is no significant difference.
fn worded(measure: Measure, difference: &Difference, (verb, more, less): (&str, &str, &str)) -> String {
    let Estimate { value, half_width, .. } = difference.absolute;
    let what = if measure == Measure::CostPerMonth { "cost" } else { verb.trim_end_matches(" is") };
    if value == 0.0 && half_width.is_none_or(|half| half <= 0.0) {
        return format!("{what}: the same");
    }
    if half_width.is_none() {
        let word = if value > 0.0 { more } else { less };
        return format!("{verb} {} {word} in the only run", figure_text(measure, value.abs()));
    }
    if !is_real(difference) {
        return format!("{what}: no significant difference");
    }
    let word = if value > 0.0 { more } else { less };
    let month = if measure == Measure::CostPerMonth { " a month" } else { "" };
    format!("{verb} {}{month} {word}", figure_text(measure, value.abs()))
}
