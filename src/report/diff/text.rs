//! A difference as a sentence and tables, for people.

use super::super::compare::{lines, value_text};
use super::super::gate::{Gate, results};
use super::super::numbers::{figure, grouped};
use super::super::proviso::proviso_of;
use super::super::view::{ResultTable, TableCell, Verdict, View, worst};
use super::super::words::{fitted, plain};
use crate::experiment::compare::{Compared, Difference, VariantComparison};
use crate::experiment::{Estimate, Measure};
use crate::results::{ServicePresence, change_half_text, change_text, half_width_text, relative_text};
use crate::scenario::{Change, Part};

/// Two scenarios on the same random numbers: the base, and the head, which is to replace it.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The runs: the base first, then the head.
    pub comparison: VariantComparison,
    /// The keys that changed.
    pub changes: Vec<Change>,
    /// The checks of the head.
    pub gate: Gate,
    /// Names of what was compared, as the user gave them.
    pub subjects: [String; 2],
}

/// Keys of a part that are shown at most.
const MOST_KEYS: usize = 40;
/// Rows of the table at most.
pub(super) const MOST_ROWS: usize = 120;
/// Longest value that is shown \[characters\].
const LONGEST_VALUE: usize = 120;

/// A row of the table.
pub(super) struct TableRow {
    /// The service, where there are several.
    pub(super) service: Option<String>,
    /// Texts of a row: name, before, after, change.
    pub(super) cells: [String; 4],
    /// Provisos on the values before and after.
    pub(super) provisos: [Option<String>; 2],
}

impl Diff {
    pub(super) fn of(&self, part: Part) -> Vec<&Change> {
        self.changes.iter().filter(|change| change.part == part).collect()
    }

    /// The changes other than of the policy although no key says so, in words.
    pub(super) fn unlike(&self) -> Vec<String> {
        let mut found = self.comparison.unlike(1);
        let [base, head] = [0, 1].map(|index| self.comparison.variants.get(index));
        let (Some(base), Some(head)) = (base, head) else { return found };
        let (base, head) = (&base.variant.scenario.plan, &head.variant.scenario.plan);
        for service in &base.services {
            let twin = head.services.iter().find(|twin| twin.name == service.name);
            if twin.is_some_and(|twin| twin.tariff != service.tariff) {
                found.push(format!("`{}` has other prices", service.name));
            }
        }
        found
    }

    /// On which side a service is.
    pub(super) fn presence(&self, service: &str) -> ServicePresence {
        let has = |index: usize| self.comparison.variants.get(index).is_some_and(|side| side.has(service));
        match (has(0), has(1)) {
            (false, true) => ServicePresence::New,
            (true, false) => ServicePresence::Removed,
            _ => ServicePresence::Both,
        }
    }

    /// Whether a run of the one is a run of the other.
    pub(super) fn is_same(&self) -> bool {
        self.of(Part::Policy).is_empty() && self.of(Part::Other).is_empty() && self.unlike().is_empty()
    }

    /// One sentence: what changes for whom, and what does not.
    pub(super) fn verdict(&self) -> String {
        let comparison = &self.comparison;
        let mut said = Vec::new();
        let [mut other, mut gone, mut unsure, mut same] = [const { Vec::new() }; 4];
        let many = comparison.services().len() > 1;
        for (service, measure) in lines(comparison) {
            let of = service.filter(|_| many).map_or_else(String::new, |name| format!(" of {}", plain(name)));
            let name = format!("{}{of}", noun(measure));
            if let (true, Some(why)) = (measure.is_cost(), comparison.unlike_bills(1, service)) {
                if measure == Measure::CostPerMonth {
                    said.push(format!("{name} is not compared: {}", plain(&why)));
                }
                continue;
            }
            let Some(difference) = comparison.difference(1, service, measure) else {
                let is_told = |variant: &Compared| variant.estimate(service, measure).is_some();
                gone.extend(comparison.variants.iter().any(is_told).then_some(name));
                continue;
            };
            let is_known = difference.absolute.is_significant() || difference.absolute.half_width.is_none();
            match () {
                () if is_none(&difference) => same.push(name),
                () if !is_known => unsure.push(name),
                () if is_headline(measure) => {
                    said.push(self.headline(service, measure, &difference, &name));
                }
                () => other.push(name),
            }
        }
        let is_quiet = said.is_empty();
        let groups = [
            (if is_quiet { "different:" } else { "also different:" }, other),
            ("on one side only:", gone),
            ("no significant difference in", unsure),
        ];
        for (words, names) in groups.iter().filter(|(_, names)| !names.is_empty()) {
            said.push(format!("{words} {}", listed(names)));
        }
        match (said.is_empty(), same.is_empty()) {
            (true, true) => return "Neither cost nor times can be told: no run has any.".to_owned(),
            (true, false) => {
                return "No difference: every figure below is the same in every run.".to_owned();
            }
            (false, true) => {}
            (false, false) => said.push(format!("the same {}", listed(&same))),
        }
        let text = said.join("; ");
        let mut letters = text.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}.", letters.as_str())
    }

    /// `cost +12.40 USD a month (+4.1 %, 95 % interval +10.20 to +14.60 USD)`.
    pub(super) fn headline(
        &self,
        service: Option<&str>,
        measure: Measure,
        difference: &Difference,
        name: &str,
    ) -> String {
        let change = change_text(measure.unit(), difference.absolute.value);
        let month = if measure == Measure::CostPerMonth { " a month" } else { "" };
        let mut facts = Vec::new();
        if measure != Measure::CostPerMonth {
            let at = |index: usize| {
                let variant = self.comparison.variants.get(index)?;
                let estimate = variant.estimate(service, measure)?;
                Some(value_text(variant, measure, &estimate))
            };
            if let (Some(before), Some(after)) = (at(0), at(1)) {
                facts.push(format!("{before} → {after}"));
            }
        } else if let Some(share) = difference.relative {
            let sign = if share > 0.0 { "+" } else { "-" };
            facts.push(format!("{sign}{} %", figure(share.abs() * 100.0)));
        }
        facts.push(match difference.absolute.half_width {
            Some(_) => {
                let [low, high] = [difference.absolute.low(), difference.absolute.high()];
                format!(
                    "95 % interval {} to {}",
                    change_text(measure.unit(), low),
                    change_text(measure.unit(), high)
                )
            }
            None => "in the only run, which gives no interval".to_owned(),
        });
        facts.extend(self.provisos(service, measure).into_iter().flatten().next_back());
        format!("{name} {change}{month} ({})", facts.join(", "))
    }

    /// The provisos on a figure, before and after.
    pub(super) fn provisos(&self, service: Option<&str>, measure: Measure) -> [Option<String>; 2] {
        [0, 1].map(|index| {
            let variant = self.comparison.variants.get(index)?;
            service.is_none_or(|service| variant.has(service)).then_some(())?;
            proviso_of(&variant.variant.scenario, service, measure)
        })
    }

    /// The basis of the figures: runs, intervals and seed.
    pub(super) fn basis(&self) -> String {
        let runs = match self.gate.runs {
            1 => "1 run each, which gives no intervals,".to_owned(),
            runs => format!("{} runs each, 95 % intervals, differences run by run", grouped(runs)),
        };
        let partial = if self.comparison.interrupted { " (interrupted)" } else { "" };
        let flows = self.comparison.variants.iter().any(|variant| variant.variant.scenario.is_approximate());
        let flows = if flows { " · requests flow: times are approximate (≈)" } else { "" };
        format!("{runs} on the same random numbers{partial} · seed {}{flows}", self.comparison.seed)
    }

    /// The groups of keys that changed, each with its heading.
    pub(super) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let mut groups = Vec::new();
        let policy = self.of(Part::Policy);
        let other: Vec<String> =
            self.unlike().into_iter().chain(change_texts(&self.of(Part::Other))).collect();
        let checks = self.of(Part::Checks);
        if self.is_same() {
            let aside = if checks.is_empty() { "" } else { " but the checks" };
            groups.push((format!("Nothing that a run depends on changed{aside}"), Vec::new()));
        }
        if !policy.is_empty() {
            groups.push(("What changed in the policy".to_owned(), change_texts(&policy)));
        }
        if !other.is_empty() {
            let heading = if policy.is_empty() {
                "The policy is the same; this changed"
            } else {
                "Not only the policy changed, so the difference is not the policy's alone"
            };
            groups.push((heading.to_owned(), other));
        }
        if !checks.is_empty() {
            groups.push(("The checks changed".to_owned(), change_texts(&checks)));
        }
        groups
    }

    /// The rows of the table, in order.
    pub(super) fn rows(&self) -> Vec<TableRow> {
        let comparison = &self.comparison;
        let many = comparison.services().len() > 1;
        let row = |(service, measure): (Option<&str>, Measure)| {
            let at = |index: usize| {
                let variant = comparison.variants.get(index)?;
                let estimate = variant.estimate(service, measure)?;
                let half = half_width_text(measure.unit(), estimate.half_width);
                Some(format!("{} {half}", value_text(variant, measure, &estimate)).trim_end().to_owned())
            };
            // A side without the service has nothing to measure; one that has it may have measured nothing.
            let presence = service.map_or(ServicePresence::Both, |service| self.presence(service));
            let [base, head] = match presence {
                ServicePresence::Both => ["no data"; 2],
                ServicePresence::New => ["-", "no data"],
                ServicePresence::Removed => ["no data", "-"],
            };
            let difference = match presence {
                ServicePresence::Both
                    if measure.is_cost() && comparison.unlike_bills(1, service).is_some() =>
                {
                    "not comparable".to_owned()
                }
                ServicePresence::Both => comparison
                    .difference(1, service, measure)
                    .map_or_else(String::new, |difference| difference_text(measure, &difference)),
                ServicePresence::New | ServicePresence::Removed => presence.name().to_owned(),
            };
            let before = at(0).unwrap_or_else(|| base.to_owned());
            let after = at(1).unwrap_or_else(|| head.to_owned());
            TableRow {
                service: service.filter(|_| many).map(plain),
                cells: [measure.label(), before, after, difference],
                provisos: self.provisos(service, measure),
            }
        };
        lines(comparison).into_iter().map(row).collect()
    }

    pub(super) fn title(&self) -> String {
        let [base, head] = &self.subjects;
        format!("{} → {}", plain(base), plain(head))
    }
}

/// Whether the sentence tells of the measure where it changed; the table has all measures.
fn is_headline(measure: Measure) -> bool {
    [Measure::CostPerMonth, Measure::Availability, Measure::P99].contains(&measure)
}

/// Whether the figure is the same in every run.
fn is_none(difference: &Difference) -> bool {
    difference.absolute.value == 0.0 && difference.absolute.half_width.is_none_or(|half| half <= 0.0)
}

/// Names in a sentence, of which only so many are read.
fn listed(names: &[String]) -> String {
    const MOST: usize = 8;
    let more = names.len().saturating_sub(MOST);
    let names = names[..names.len() - more].join(", ");
    if more > 0 { format!("{names} and {more} more") } else { names }
}

/// The noun for a measure in a sentence.
fn noun(measure: Measure) -> String {
    match measure {
        Measure::CostPerMonth => "cost".to_owned(),
        Measure::CostPerMillion => "cost a million served requests".to_owned(),
        Measure::ResponseQuantile(_) => {
            format!("{} response time", measure.label().trim_start_matches("response "))
        }
        Measure::RunningMean => "tasks on average".to_owned(),
        Measure::RunningMax => "tasks at most".to_owned(),
        other => other.label(),
    }
}

/// The changes in words: `service.web.scaling.min_capacity: 2 → 3`.
fn change_texts(changes: &[&Change]) -> Vec<String> {
    let clipped = |text: &str| fitted(&plain(text), LONGEST_VALUE);
    let word = |change: &&Change| match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{}: {} → {}", change.key, clipped(before), clipped(after)),
        (Some(before), None) => format!("{}: removed (was {})", change.key, clipped(before)),
        (None, after) => format!("{}: added, {}", change.key, clipped(after.as_deref().unwrap_or_default())),
    };
    let mut texts: Vec<String> = changes.iter().take(MOST_KEYS).map(word).collect();
    let more = changes.len().saturating_sub(MOST_KEYS);
    texts.extend((more > 0).then(|| format!("and {} more; --format json tells all", grouped(more as u64))));
    texts
}

/// Everything that a difference says.
#[must_use]
pub fn diff_view(diff: &Diff) -> View {
    let checks = results(&diff.gate);
    let mut view = View {
        kind: "Diff",
        title: diff.title(),
        facts: vec![diff.basis()],
        verdict: Verdict { status: worst(&checks), sentence: diff.verdict(), notes: Vec::new(), checks },
        ..View::default()
    };
    view.section("Before and after").table(table(diff));
    if diff.gate.verdicts.is_empty() {
        view.text("No checks declared: nothing says whether that is good enough.");
    }
    for (heading, keys) in diff.groups() {
        view.section(heading).list(keys);
        if view.sections.last().is_some_and(|section| section.blocks.is_empty()) {
            view.text("Every key that a run reads is the same.");
        }
    }
    view
}

fn table(diff: &Diff) -> ResultTable {
    let mut table = ResultTable::new("Before and after", &["Figure", "#Before", "#After", "Change"])
        .at_most(MOST_ROWS, "the output of --format json");
    for TableRow { service, cells: [what, before, after, change], provisos: [of_base, of_head] } in
        diff.rows()
    {
        let of = service.as_ref().map_or_else(String::new, |service| format!("{service}: "));
        table.row(vec![
            TableCell::text(format!("{of}{what}")),
            TableCell::number(before).note(of_base.unwrap_or_default()),
            TableCell::number(after).note(of_head.unwrap_or_default()),
            TableCell::text(change),
        ]);
    }
    table
}

/// `+66.50 USD ± 0.80 USD (+5.4 %)`, `no significant difference`, `the same`.
fn difference_text(measure: Measure, difference: &Difference) -> String {
    let Estimate { value, half_width, .. } = difference.absolute;
    let unit = measure.unit();
    let half = change_half_text(unit, half_width);
    if is_none(difference) {
        return "the same".to_owned();
    }
    if half_width.is_some() && !difference.absolute.is_significant() {
        return format!("no significant difference ({half})");
    }
    let relative = difference.relative.filter(|_| measure != Measure::Availability);
    let relative = relative.map_or_else(String::new, |share| format!("({})", relative_text(share)));
    let parts = [change_text(unit, value), half, relative];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
