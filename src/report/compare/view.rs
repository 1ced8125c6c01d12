//! View of a comparison: which variant is the cheapest that passes, and how the others differ from the base.

use super::text::OF_SERVICE;
use crate::experiment::Measure;
use crate::experiment::points::short_name;
use crate::experiment::scale_in::Ends;
use crate::report::assumed::{self, Assumed, ONE_BY_ONE, PRICES};
use crate::report::numbers::figure;
use crate::report::proviso::{Terms, with_proviso};
use crate::report::scale_in::{ends_words, orders_words};
use crate::report::view::{ChartPlace, ResultTable, TableCell, Verdict, View, counted, sentence_of, worst};
use crate::results::{
    ChangedKey, CheckStatus, ComparedFigure, Comparison, FidelityName, FigureDifference, FigureValue,
    NO_VALUE, Rounded, VariantOrders, VariantResult, change_half_text, change_text, dollars_text,
    half_width_text, interval_text, maybe_text, relative_text, size_of_change,
};
use crate::scenario::MeasureUnit;

const COST: Measure = Measure::CostPerMonth;
const P95: Measure = Measure::ResponseQuantile(0.95);

/// Changed keys that are shown beside a variant; all are in `comparison.json`.
const MOST_CHANGES: usize = 3;

/// From more changed keys on a variant is another scenario, of which three keys say nothing.
const MANY_CHANGES: usize = 12;

/// The number of a value that may be missing.
pub(in crate::report) fn number(value: &Option<FigureValue>) -> Option<f64> {
    value.as_ref().map(FigureValue::get)
}

impl VariantResult {
    /// A figure of all services together.
    pub(in crate::report) fn figure(&self, measure: Measure) -> Option<&ComparedFigure> {
        self.figures.get(&measure.name())
    }

    /// A figure of each service.
    fn of_services(&self, measure: Measure) -> impl Iterator<Item = (&str, &ComparedFigure)> {
        let name = measure.name();
        self.figures.iter().filter_map(move |(key, figure)| {
            let (service, end) = key.rsplit_once('.')?;
            (end == name).then_some((service, figure))
        })
    }

    /// The service that is worst in a figure, with it: the largest, or of a share the smallest.
    pub(in crate::report) fn worst_service(&self, measure: Measure) -> Option<(&str, &ComparedFigure)> {
        let least = measure.unit() == MeasureUnit::ServedShare;
        let size =
            |figure: &ComparedFigure| number(&figure.value).map(|value| if least { -value } else { value });
        self.of_services(measure)
            .filter_map(|(service, figure)| Some((service, figure, size(figure)?)))
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(service, figure, _)| (service, figure))
    }

    fn assumed(&self) -> Assumed<'_> {
        Assumed { name: &self.name, assumptions: &self.assumptions, not_priced: &self.not_priced }
    }

    pub(in crate::report) fn status(&self) -> Option<CheckStatus> {
        worst(&self.checks)
    }

    /// The proviso on its cost of a month.
    fn proviso(&self) -> Option<String> {
        Terms { region: &self.region, unpriced: &self.unpriced, horizon_s: self.horizon_s.map(Rounded::get) }
            .proviso(Measure::CostPerMonth)
    }

    /// The cost of a month at both ends of the range of `tt_scale_in_mode`, in words.
    fn ends(&self) -> Option<String> {
        let range = self.scale_in_range.as_ref()?;
        let ends =
            Ends { gradual: &range.gradual_per_month_usd, proportional: &range.proportional_per_month_usd };
        Some(ends_words(&ends.map(|amount| dollars_text(amount.get()))))
    }

    /// The keys in which it is not the base, in words; of many the first.
    fn changes_text(&self) -> String {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
        let key = |change: &ChangedKey| {
            let short = short_name(&change.key);
            format!("{short} {} → {}", value(&change.before), value(&change.after))
        };
        if self.changes.len() > MANY_CHANGES {
            return format!("another scenario: {} keys differ", self.changes.len());
        }
        let mut texts: Vec<String> = self.changes.iter().take(MOST_CHANGES).map(key).collect();
        let more = self.changes.len().saturating_sub(MOST_CHANGES);
        texts.extend((more > 0).then(|| format!("{more} more")));
        texts.join("; ")
    }

    /// The cost of a month with its interval and its proviso.
    pub(in crate::report) fn cost_text(&self) -> String {
        with_proviso(&cost_text(self.figure(COST)), self.proviso().as_deref())
    }
}

/// Everything that a comparison says.
#[must_use]
pub fn comparison_view(comparison: &Comparison) -> View {
    let Some(base) = comparison.variants.first() else { return View::default() };
    let others = comparison.variants.len().saturating_sub(1) as u64;
    let names: Vec<&str> = comparison.variants.iter().skip(1).map(|variant| variant.name.as_str()).collect();
    let title = match others {
        0..=3 => names.join(", "),
        _ => counted(others, "variant"),
    };
    let mut view = View {
        kind: "Comparison",
        title: format!("{} against {title}", base.name),
        facts: facts(comparison, base),
        verdict: verdict(comparison, base),
        ..View::default()
    };
    let proviso =
        common_proviso(comparison).map_or_else(String::new, |words| format!("Cost a month: {words}. "));
    view.section("Variants").table(overview(comparison)).list(remarks(comparison)).text(format!(
        "{proviso}Differences are against {}, run by run on the same requests; each interval of a difference has a confidence of \
         {} %, so that all hold together at {} %.",
        base.name,
        figure(comparison.confidence_of_each_difference.map_or(f64::NAN, Rounded::get) * 100.0),
        figure(comparison.confidence * 100.0)
    ));
    pictures(&mut view, comparison);
    view.section("Figures").table(by_figure(comparison));
    view.section("Checks");
    match comparison.variants.iter().all(|variant| variant.checks.is_empty()) {
        true => view.text("No checks declared: nothing says which variant is good enough."),
        false => view.table(checks(comparison)),
    };
    view.page_section("Every figure");
    for variant in &comparison.variants {
        view.table(figures(variant, variant.name != base.name));
    }
    let assumed: Vec<Assumed<'_>> = comparison.variants.iter().map(VariantResult::assumed).collect();
    assumed::section(&mut view, &assumed, &[], limits(comparison));
    view
}

/// What is odd about a variant, and the ends of its cost.
fn remarks(comparison: &Comparison) -> Vec<String> {
    let odd = comparison.variants.iter().filter(|variant| !variant.not_the_same_requests.is_empty());
    let odd = odd.map(|variant| {
        let why = variant.not_the_same_requests.join("; ");
        format!("{} does not see the same requests as the base: {why}.", variant.name)
    });
    let ends = comparison.variants.iter();
    let ends =
        ends.filter_map(|variant| Some(format!("{}: a month costs {}.", variant.name, variant.ends()?)));
    odd.chain(ends).collect()
}

/// The proviso on the cost of a month, where it is the same for all variants: then it is said once.
fn common_proviso(comparison: &Comparison) -> Option<String> {
    let first = comparison.variants.first()?.proviso()?;
    comparison.variants.iter().all(|variant| variant.proviso().as_ref() == Some(&first)).then_some(first)
}

/// The proviso of one variant, where it is not that of all.
fn own_proviso(comparison: &Comparison, variant: &VariantResult) -> Option<String> {
    variant.proviso().filter(|_| common_proviso(comparison).is_none())
}

/// Every variant's value of the figures that matter most, with the difference from the base.
fn by_figure(comparison: &Comparison) -> ResultTable {
    let mut table = ResultTable::new(
        "Figures of every variant",
        &["Figure", "Variant", "#Value", "#Interval", "Against the base"],
    );
    let services: Vec<&str> =
        comparison.variants.iter().flat_map(|variant| variant.of_services(COST)).map(|(name, _)| name).fold(
            Vec::new(),
            |mut names, name| {
                if !names.contains(&name) {
                    names.push(name);
                }
                names
            },
        );
    let many = services.len() > 1;
    let whole = [COST, Measure::CostPerMillion].map(|measure| (None, measure));
    let of_services =
        services.into_iter().flat_map(|service| OF_SERVICE.map(|measure| (Some(service), measure)));
    for (service, measure) in whole.into_iter().chain(of_services) {
        let of = service.filter(|_| many).map_or_else(String::new, |service| format!("{service}: "));
        let label = format!("{of}{}", measure.label());
        for (index, variant) in comparison.variants.iter().enumerate() {
            let key =
                service.map_or_else(|| measure.name(), |service| format!("{service}.{}", measure.name()));
            let first = TableCell::text(if index == 0 { label.as_str() } else { "" });
            table.row(figure_cells(
                comparison,
                (index, variant),
                measure,
                (first, service, variant.figures.get(&key)),
            ));
        }
    }
    table
}

fn figure_cells(
    comparison: &Comparison,
    (index, variant): (usize, &VariantResult),
    measure: Measure,
    (label, service, figure): (TableCell, Option<&str>, Option<&ComparedFigure>),
) -> Vec<TableCell> {
    let has = |service: &str| variant.of_services(COST).any(|(known, _)| known == service);
    let Some(figure) = figure else {
        let nothing = if service.is_none_or(has) { "no data" } else { "no such service" };
        return vec![label, TableCell::text(variant.name.as_str()), TableCell::number(nothing)];
    };
    let unit = measure.unit();
    let mark = if figure.approximate == Some(true) { "≈" } else { "" };
    let proviso = own_proviso(comparison, variant).filter(|_| measure == COST).unwrap_or_default();
    vec![
        label,
        TableCell::text(variant.name.as_str()).note(proviso),
        TableCell::number(format!("{mark}{}", maybe_text(unit, number(&figure.value)))),
        TableCell::number(half_width_text(unit, number(&figure.half_width))),
        match &variant.bill_not_comparable {
            _ if index == 0 => TableCell::text(""),
            Some(_) if measure.is_cost() => TableCell::text("not comparable"),
            _ => against(unit, comparison.replications, Some(figure)),
        },
    ]
}

fn facts(comparison: &Comparison, base: &VariantResult) -> Vec<String> {
    let mut facts = vec![
        format!("scenario {}", base.scenario.name),
        format!("{} of each variant", counted(comparison.replications as u64, "run")),
        format!("seed {}", comparison.seed),
    ];
    if comparison.variants.iter().any(|variant| variant.scenario.fidelity != FidelityName::Requests) {
        facts.push("requests flow: response times are approximate (≈)".to_owned());
    }
    facts
}

/// The limits of the figures: what they do not say.
fn limits(comparison: &Comparison) -> Vec<String> {
    let flowing = |variant: &&VariantResult| variant.scenario.fidelity != FidelityName::Requests;
    let flows: Vec<&str> =
        comparison.variants.iter().filter(flowing).map(|variant| variant.name.as_str()).collect();
    let fidelity = match flows.len() {
        0 => ONE_BY_ONE.to_owned(),
        _ => format!(
            "Simulated with the fluid model: {}; their response times are approximate (≈).",
            flows.join(", ")
        ),
    };
    let runs = match comparison.replications {
        1 => "One run of each variant: nothing says how far other seeds would spread.".to_owned(),
        runs => {
            format!("Figures are means over {runs} runs of each variant, on the same requests run by run.")
        }
    };
    vec![fidelity, runs, PRICES.to_owned()]
}

fn verdict(comparison: &Comparison, base: &VariantResult) -> Verdict {
    let chosen = comparison.cheapest_that_passes.as_ref();
    let chosen = chosen.and_then(|name| comparison.variants.iter().find(|variant| variant.name == *name));
    let has_checks = comparison.variants.iter().any(|variant| !variant.checks.is_empty());
    let mut notes: Vec<String> =
        comparison.variants.iter().skip(1).map(|variant| sentence(comparison, variant, base)).collect();
    let orders = comparison.order_by_cost_at_scale_in_ends.clone();
    let orders = orders.map(|VariantOrders { gradual, proportional }| Ends { gradual, proportional });
    notes.extend(orders.map(|orders| sentence_of(&orders_words(&orders))));
    if comparison.interrupted {
        notes.insert(
            0,
            "It was interrupted before all runs were over: intervals are wider than planned.".to_owned(),
        );
    }
    let is_alike = comparison.variants.iter().all(|variant| variant.bill_not_comparable.is_none());
    let unsure = comparison
        .variants
        .iter()
        .filter(|variant| variant.status() == Some(CheckStatus::Inconclusive))
        .count();
    match chosen {
        Some(variant) if has_checks => {
            let cost = variant.cost_text();
            Verdict::new(
                Some(CheckStatus::Pass),
                format!("{} is the cheapest that passes its checks: a month costs {cost}", variant.name),
                notes,
            )
        }
        Some(variant) => Verdict::new(
            None,
            format!("{} has the lowest bill, and no checks say whether it is good enough", variant.name),
            notes,
        ),
        None if !is_alike => {
            let sentence = "None is called the cheapest: the bills do not have the same lines".to_owned();
            Verdict::new(Some(CheckStatus::Inconclusive), sentence, notes)
        }
        None if !has_checks => {
            Verdict::new(None, "No checks declared: nothing says what is good enough", notes)
        }
        None if unsure > 0 => {
            let sentence = format!(
                "No variant passes its checks with confidence; {} inconclusive, more runs may tell",
                counted(unsure as u64, "variant")
            );
            Verdict::new(Some(CheckStatus::Inconclusive), sentence, notes)
        }
        None => Verdict::new(Some(CheckStatus::Fail), "No variant passes its checks", notes),
    }
}

/// The difference of a variant from the base, in words.
fn sentence(comparison: &Comparison, variant: &VariantResult, base: &VariantResult) -> String {
    let against = format!("{} against {}", variant.name, base.name);
    if variant.changes.is_empty() && variant.not_the_same_requests.is_empty() {
        return format!("{against}: the same scenario; nothing that a run reads differs.");
    }
    let runs = comparison.replications;
    let cost = variant.figure(COST).and_then(|figure| figure.difference.as_ref());
    let cost = match &variant.bill_not_comparable {
        Some(why) => format!("not compared: {why}"),
        None => {
            let words = in_words(MeasureUnit::Usd, runs, cost, ("more", "less"));
            with_proviso(&words, own_proviso(comparison, variant).as_deref())
        }
    };
    let p99 = variant.worst_service(Measure::P99).and_then(|(_, figure)| figure.difference.as_ref());
    let p99 = in_words(MeasureUnit::Millis, runs, p99, ("longer", "shorter"));
    format!("{against}: its cost a month is {cost}; its p99 is {p99}.")
}

/// A difference in words: a difference that its interval does not tell from zero is called none.
fn in_words(
    unit: MeasureUnit,
    runs: usize,
    difference: Option<&FigureDifference>,
    (more, less): (&str, &str),
) -> String {
    let Some((difference, change)) = difference.and_then(|one| Some((one, number(&one.value)?))) else {
        return "not known".to_owned();
    };
    let half = number(&difference.half_width);
    let interval = |words: String| {
        half.map_or_else(|| words.clone(), |half| format!("{words} ({})", change_half_text(unit, Some(half))))
    };
    let word = if change > 0.0 { more } else { less };
    match (change == 0.0 && half.is_none_or(|half| half <= 0.0), difference.significant) {
        (true, _) => "the same".to_owned(),
        (false, false) if runs > 1 => interval("not significantly different".to_owned()),
        (false, false) => format!("{} {word} in the only run", size_of_change(unit, change.abs())),
        (false, true) => interval(format!("{} {word}", size_of_change(unit, change.abs()))),
    }
}

fn cost_text(figure: Option<&ComparedFigure>) -> String {
    match figure.and_then(|figure| Some((number(&figure.value)?, number(&figure.half_width)))) {
        Some((value, half)) => interval_text(MeasureUnit::Usd, value, half),
        None => NO_VALUE.to_owned(),
    }
}

/// A line a variant.
fn overview(comparison: &Comparison) -> ResultTable {
    let mut table = ResultTable::new(
        "Variants, the base first",
        &[
            "Variant",
            "Sets",
            "#Cost a month",
            "Against the base",
            "~#p95",
            "#p99",
            "#Availability",
            "~#Tasks, mean",
            "Checks",
        ],
    );
    for (index, variant) in comparison.variants.iter().enumerate() {
        let sets = match (index, variant.changes.is_empty()) {
            (0, _) => "the base".to_owned(),
            (_, true) => "the same as the base".to_owned(),
            (_, false) => variant.changes_text(),
        };
        let mut cells = vec![TableCell::text(variant.name.clone()), TableCell::text(sets)];
        let cost = variant.figure(COST);
        cells.push(TableCell::value(MeasureUnit::Usd, cost.and_then(|figure| number(&figure.value))).note(
            with_proviso(
                &half_width_text(MeasureUnit::Usd, cost.and_then(|figure| number(&figure.half_width))),
                own_proviso(comparison, variant).as_deref(),
            ),
        ));
        cells.push(match &variant.bill_not_comparable {
            _ if index == 0 => TableCell::text(""),
            Some(why) => TableCell::text("not comparable").note(why.clone()),
            None => against(MeasureUnit::Usd, comparison.replications, cost),
        });
        for measure in [P95, Measure::P99, Measure::Availability] {
            cells.push(worst_cell(variant, measure));
        }
        let tasks: f64 =
            variant.of_services(Measure::RunningMean).filter_map(|(_, figure)| number(&figure.value)).sum();
        cells.push(TableCell::value(MeasureUnit::Tasks, Some(tasks)));
        cells.push(match variant.status() {
            None => TableCell::text("none"),
            Some(status) => TableCell::status(status).note(passed(variant)),
        });
        if comparison.cheapest_that_passes.as_ref() == Some(&variant.name) {
            table.chosen(cells);
        } else {
            table.row(cells);
        }
    }
    table
}

fn passed(variant: &VariantResult) -> String {
    let passed = variant.checks.iter().filter(|check| check.status == CheckStatus::Pass).count();
    format!("{passed} of {} pass", variant.checks.len())
}

/// A difference with its interval, or that there is none worth the name.
fn against(unit: MeasureUnit, runs: usize, figure: Option<&ComparedFigure>) -> TableCell {
    let Some(difference) = figure.and_then(|figure| figure.difference.as_ref()) else {
        return TableCell::text(NO_VALUE);
    };
    let (change, half) = (number(&difference.value), number(&difference.half_width));
    let interval = change_half_text(unit, half);
    if change == Some(0.0) && half.is_none_or(|half| half <= 0.0) {
        return TableCell::text("the same");
    }
    if !difference.significant && runs > 1 {
        return TableCell::text("no significant difference").note(interval);
    }
    let text = change.map_or_else(|| NO_VALUE.to_owned(), |change| change_text(unit, change));
    let relative = difference.relative.filter(|_| unit != MeasureUnit::ServedShare);
    let share = relative.map_or_else(String::new, |share| format!(" ({})", relative_text(share.get())));
    TableCell::text(format!("{text}{share}")).note(interval)
}

fn worst_cell(variant: &VariantResult, measure: Measure) -> TableCell {
    let unit = measure.unit();
    let Some((service, figure)) = variant.worst_service(measure) else { return TableCell::number(NO_VALUE) };
    let mark = if figure.approximate == Some(true) { "≈" } else { "" };
    let cell = TableCell::number(format!("{mark}{}", maybe_text(unit, number(&figure.value))));
    if variant.of_services(measure).nth(1).is_some() {
        cell.note(service)
    } else if unit == MeasureUnit::Millis {
        cell.note(half_width_text(unit, number(&figure.half_width)))
    } else {
        cell
    }
}

fn checks(comparison: &Comparison) -> ResultTable {
    let mut table =
        ResultTable::new("Every check of every variant", &["Variant", "Check", "Found", "Status"]);
    for variant in &comparison.variants {
        for check in &variant.checks {
            table.row(vec![
                TableCell::text(variant.name.clone()),
                TableCell::text(check.check.clone()),
                TableCell::text(check.found()),
                TableCell::status(check.status),
            ]);
        }
    }
    table
}

/// Every figure of a variant, folded away.
fn figures(variant: &VariantResult, has_base: bool) -> ResultTable {
    let columns: &[&str] = if has_base {
        &["Figure", "#Value", "#Interval", "Against the base"]
    } else {
        &["Figure", "#Value", "#Interval"]
    };
    let title = format!("{}: {}", variant.name, counted(variant.figures.len() as u64, "figure"));
    let mut table = ResultTable::new(title.clone(), columns).folded(title);
    for (name, figure) in &variant.figures {
        let (service, column) =
            name.rsplit_once('.').map_or(("", name.as_str()), |(of, column)| (of, column));
        let Some(measure) = Measure::of_column(column) else { continue };
        let unit = measure.unit();
        let note = variant.proviso().filter(|_| measure == COST).unwrap_or_default();
        let of = if service.is_empty() { String::new() } else { format!("{service}: ") };
        let mut cells = vec![
            TableCell::text(format!("{of}{}", measure.label())).note(note),
            TableCell::value(unit, number(&figure.value)),
            TableCell::number(half_width_text(unit, number(&figure.half_width))),
        ];
        if has_base {
            cells.push(against(unit, usize::MAX, Some(figure)));
        }
        table.row(cells);
    }
    table
}

fn pictures(view: &mut View, comparison: &Comparison) {
    let spoken = |name: &str, text: &dyn Fn(&VariantResult) -> String| {
        let parts: Vec<String> = comparison
            .variants
            .iter()
            .map(|variant| format!("{}: {}", variant.name, text(variant)))
            .collect();
        format!("{name} {}.", parts.join(", "))
    };
    let p99 = |variant: &VariantResult| {
        maybe_text(
            MeasureUnit::Millis,
            variant.worst_service(Measure::P99).and_then(|(_, figure)| number(&figure.value)),
        )
    };
    view.section("Cost and latency");
    view.chart(ChartPlace {
        id: "dots-cost",
        title: "Cost a month".to_owned(),
        summary: spoken("Of each variant with its interval:", &|variant| variant.cost_text()),
        caption: "The dot is the mean of the runs, the line its interval.".to_owned(),
    });
    view.chart(ChartPlace {
        id: "dots-p99",
        title: "p99 response time".to_owned(),
        summary: spoken("Of each variant with its interval:", &p99),
        caption: "Of the slowest service, where there are several.".to_owned(),
    });
    view.chart(ChartPlace {
        id: "scatter",
        title: "Cost against p99".to_owned(),
        summary: spoken("Of each variant", &|variant| {
            format!("{}, p99 {}", variant.cost_text(), p99(variant))
        }),
        caption: "Lower left is better.".to_owned(),
    });
}
