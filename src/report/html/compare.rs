//! The page of `windtunnel compare`: which variant is the cheapest that passes, and how the others differ from the base.

use super::amounts::{AmountKind, NO_VALUE, dollars, half_width, relative, sentence_of, value};
use super::assumed::{self, Assumed};
use super::cloud::{AxisColumn, Cloud, CloudPoint, Dots, Drawings, PointState};
use super::embed::Column;
use super::experiment::{
    Banner, ChartPlace, FolderSource, PageBuilder, PageHead, ResultTable, TableCell, counted, status_words,
    worst,
};
use super::plan::{ONE_BY_ONE, PRICES};
use crate::experiment::Measure;
use crate::experiment::scale_in::Ends;
use crate::report::numbers::{THIN, figure};
use crate::report::proviso::{Terms, with_proviso};
use crate::report::scale_in::{ends_words, orders_words};
use crate::results::{
    CheckStatus, ComparedFigure, Comparison, FidelityName, FigureDifference, FigureValue, Rounded,
    VariantOrders, VariantResult,
};

const COST: &str = "cost_per_month_usd";
const P95: &str = "response_time_p95_ms";
const P99: &str = "response_time_p99_ms";

impl VariantResult {
    fn figure(&self, name: &str) -> Option<&ComparedFigure> {
        self.figures.get(name)
    }

    /// The figures of that name, a service each.
    fn of_services(&self, name: &'static str) -> impl Iterator<Item = (&str, &ComparedFigure)> {
        self.figures.iter().filter_map(move |(key, figure)| {
            let (service, end) = key.rsplit_once('.')?;
            (end == name).then_some((service, figure))
        })
    }

    /// The service that is worst in a figure, with it: the largest, or of a share the smallest.
    fn worst_service(&self, name: &'static str) -> Option<(&str, &ComparedFigure)> {
        let least = AmountKind::of(name) == AmountKind::Share;
        let size =
            |figure: &ComparedFigure| value(&figure.value).map(|value| if least { -value } else { value });
        self.of_services(name)
            .filter_map(|(service, figure)| Some((service, figure, size(figure)?)))
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .map(|(service, figure, _)| (service, figure))
    }

    fn assumed(&self) -> Assumed<'_> {
        Assumed { name: &self.name, assumptions: &self.assumptions, not_priced: &self.not_priced }
    }

    fn status(&self) -> &'static str {
        worst(&self.checks).unwrap_or("no_data")
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
        Some(ends_words(&ends.map(|amount| dollars(amount.get()))))
    }

    /// The cost of a month with its interval and its proviso.
    fn cost_text(&self) -> String {
        with_proviso(&cost_text(self.figure(COST)), self.proviso().as_deref())
    }
}

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<Vec<u8>, String> {
    let comparison: Comparison = source.document()?;
    let Some(base) = comparison.variants.first() else {
        return Err(source.wrong("comparison.json", "it has no variants"));
    };
    let mut sheet = PageBuilder::new()?;
    sheet.section("Variants");
    sheet.table(&overview(&comparison))?;
    let odd: Vec<String> = comparison
        .variants
        .iter()
        .filter(|variant| !variant.not_the_same_requests.is_empty())
        .map(|variant| {
            format!(
                "{} has not the same requests: {}",
                variant.name,
                variant.not_the_same_requests.join("; ")
            )
        })
        .collect();
    let ends = comparison
        .variants
        .iter()
        .filter_map(|variant| Some(format!("{}: a month costs {}.", variant.name, variant.ends()?)));
    let said: Vec<String> = odd.into_iter().chain(ends).collect();
    if !said.is_empty() {
        sheet.list(&said)?;
    }
    sheet.hint(&format!(
        "Differences are against {}, run by run on the same requests; each interval of a difference has a confidence of \
         {} %, so that all hold together at {} %.",
        base.name,
        figure(value(&comparison.confidence_of_each_difference).unwrap_or(f64::NAN) * 100.0, THIN),
        figure(comparison.confidence * 100.0, THIN)
    ))?;
    pictures(&mut sheet, &comparison)?;
    sheet.section("Checks");
    match base.checks.is_empty() && comparison.variants.iter().all(|variant| variant.checks.is_empty()) {
        true => sheet.hint("The scenarios have no [checks]: nothing says what is good enough.")?,
        false => sheet.table(&checks(&comparison))?,
    }
    sheet.section("Every figure");
    for variant in &comparison.variants {
        sheet.table(&figures(variant, variant.name != base.name))?;
    }
    let assumed: Vec<Assumed<'_>> = comparison.variants.iter().map(VariantResult::assumed).collect();
    assumed::section(&mut sheet, &assumed, &[], limits(&comparison))?;
    let others = comparison.variants.len().saturating_sub(1) as u64;
    let head = PageHead {
        kind: "Comparison",
        name: format!("{} against {}", base.name, counted(others, "variant")),
        facts: facts(&comparison, base),
        verdict: verdict(&comparison, base),
        tiles: Vec::new(),
        origins: source.origins(),
    };
    sheet.document(&head, &drawings(&comparison))
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

fn verdict(comparison: &Comparison, base: &VariantResult) -> Banner {
    let chosen = comparison.cheapest_that_passes.as_ref();
    let chosen = chosen.and_then(|name| comparison.variants.iter().find(|variant| variant.name == *name));
    let has_checks = comparison.variants.iter().any(|variant| !variant.checks.is_empty());
    let mut notes: Vec<String> =
        comparison.variants.iter().skip(1).map(|variant| sentence(variant, base)).collect();
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
    let unsure = comparison.variants.iter().filter(|variant| variant.status() == "inconclusive").count();
    match chosen {
        Some(variant) if has_checks => {
            let cost = variant.cost_text();
            Banner::new(
                "pass",
                format!("{} is the cheapest that passes its checks: a month costs {cost}", variant.name),
                notes,
            )
        }
        Some(variant) => Banner::new(
            "plain",
            format!("{} has the lowest bill, and no checks say whether it is good enough", variant.name),
            notes,
        ),
        None if !is_alike => {
            let sentence = "None is called the cheapest: the bills do not have the same lines".to_owned();
            Banner::new("inconclusive", sentence, notes)
        }
        None if !has_checks => {
            Banner::new("plain", "No checks: nothing says what is good enough".to_owned(), notes)
        }
        None if unsure > 0 => {
            let sentence = format!(
                "No variant surely passes its checks; {} inconclusive, more runs may tell",
                counted(unsure as u64, "variant")
            );
            Banner::new("inconclusive", sentence, notes)
        }
        None => Banner::new("fail", "No variant passes its checks".to_owned(), notes),
    }
}

/// The difference of a variant from the base, in words.
fn sentence(variant: &VariantResult, base: &VariantResult) -> String {
    let cost = variant.figure(COST).and_then(|figure| figure.difference.as_ref());
    let cost = match &variant.bill_not_comparable {
        Some(why) => format!("what nobody can compare, as {why}"),
        None => {
            with_proviso(&in_words(AmountKind::Money, cost, ("more", "less")), variant.proviso().as_deref())
        }
    };
    let p99 = variant.worst_service(P99).and_then(|(_, figure)| figure.difference.as_ref());
    let p99 = in_words(AmountKind::Millis, p99, ("longer", "shorter"));
    format!("{} against {}: a month costs {cost}; its p99 is {p99}.", variant.name, base.name)
}

fn in_words(kind: AmountKind, difference: Option<&FigureDifference>, (more, less): (&str, &str)) -> String {
    let Some((difference, change)) = difference.and_then(|one| Some((one, value(&one.value)?))) else {
        return "not known".to_owned();
    };
    let half = value(&difference.half_width);
    if difference.significant {
        let word = if change > 0.0 { more } else { less };
        return format!("{} {word} ({})", kind.text(change.abs()), half_width(kind, half));
    }
    if change == 0.0 && half == Some(0.0) {
        return "the same".to_owned();
    }
    format!("not significantly different ({})", half_width(kind, half))
}

fn cost_text(figure: Option<&ComparedFigure>) -> String {
    let text = AmountKind::Money.maybe(figure.and_then(|figure| value(&figure.value)));
    match figure.and_then(|figure| value(&figure.half_width)) {
        Some(half) => format!("{text} {}", half_width(AmountKind::Money, Some(half))),
        None => text,
    }
}

/// A line a variant.
fn overview(comparison: &Comparison) -> ResultTable {
    let mut table = ResultTable::new(
        "Variants, the base first",
        &[
            "Variant",
            "#Cost a month",
            "Against the base",
            "#p95",
            "#p99",
            "#Availability",
            "#Tasks, mean",
            "Checks",
        ],
    );
    for (index, variant) in comparison.variants.iter().enumerate() {
        let mut cells = vec![TableCell::text(variant.name.clone())];
        let cost = variant.figure(COST);
        cells.push(
            TableCell::number(AmountKind::Money.maybe(cost.and_then(|figure| value(&figure.value)))).note(
                with_proviso(
                    &half_width(AmountKind::Money, cost.and_then(|figure| value(&figure.half_width))),
                    variant.proviso().as_deref(),
                ),
            ),
        );
        cells.push(match &variant.bill_not_comparable {
            _ if index == 0 => TableCell::text("the base"),
            Some(why) => TableCell::text("not comparable").note(why.clone()),
            None => against(AmountKind::Money, cost),
        });
        for name in [P95, P99, "availability"] {
            cells.push(worst_cell(variant, name));
        }
        let tasks: f64 =
            variant.of_services("running_mean").filter_map(|(_, figure)| value(&figure.value)).sum();
        cells.push(TableCell::number(AmountKind::Plain.text(tasks)));
        cells.push(match variant.checks.is_empty() {
            true => TableCell::text("none"),
            false => TableCell::status(variant.status()).note(passed(variant)),
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
fn against(kind: AmountKind, figure: Option<&ComparedFigure>) -> TableCell {
    let Some(difference) = figure.and_then(|figure| figure.difference.as_ref()) else {
        return TableCell::text(NO_VALUE);
    };
    let (change, half) = (value(&difference.value), value(&difference.half_width));
    if !difference.significant {
        let same = change == Some(0.0) && half == Some(0.0);
        let text = if same { "the same" } else { "no significant difference" };
        return TableCell::text(text).note(if same { String::new() } else { half_width(kind, half) });
    }
    let text = change.map_or_else(|| NO_VALUE.to_owned(), |change| kind.difference(change));
    let share = difference.relative.map_or_else(String::new, |share| format!(" ({})", relative(share.get())));
    TableCell::text(format!("{text}{share}")).note(half_width(kind, half))
}

fn worst_cell(variant: &VariantResult, name: &'static str) -> TableCell {
    let kind = AmountKind::of(name);
    let Some((service, figure)) = variant.worst_service(name) else { return TableCell::number(NO_VALUE) };
    let mark = if figure.approximate == Some(true) { "≈ " } else { "" };
    let cell = TableCell::number(format!("{mark}{}", kind.maybe(value(&figure.value))));
    if variant.of_services(name).nth(1).is_some() {
        cell.note(service)
    } else if kind == AmountKind::Millis {
        cell.note(half_width(kind, value(&figure.half_width)))
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
                TableCell::text(check.value.clone()),
                TableCell::status(check.status.name()),
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
        let kind = AmountKind::of(name);
        let is_month = name == COST || name.ends_with(&format!(".{COST}"));
        let note = variant.proviso().filter(|_| is_month).unwrap_or_default();
        let mut cells = vec![
            TableCell::text(name.replace('_', " ")).note(note),
            TableCell::number(kind.maybe(value(&figure.value))),
            TableCell::number(half_width(kind, value(&figure.half_width))),
        ];
        if has_base {
            cells.push(against(kind, Some(figure)));
        }
        table.row(cells);
    }
    table
}

fn pictures(sheet: &mut PageBuilder, comparison: &Comparison) -> Result<(), String> {
    let spoken = |name: &str, text: &dyn Fn(&VariantResult) -> String| {
        let parts: Vec<String> = comparison
            .variants
            .iter()
            .map(|variant| format!("{}: {}", variant.name, text(variant)))
            .collect();
        format!("{name} {}.", parts.join(", "))
    };
    let p99 = |variant: &VariantResult| {
        AmountKind::Millis.maybe(variant.worst_service(P99).and_then(|(_, figure)| value(&figure.value)))
    };
    sheet.section("Cost and latency");
    sheet.place(&ChartPlace {
        id: "dots-cost",
        title: "Cost a month".to_owned(),
        summary: spoken("Of each variant with its interval:", &|variant| variant.cost_text()),
        caption: "The dot is the mean of the runs, the line its interval.".to_owned(),
    })?;
    sheet.place(&ChartPlace {
        id: "dots-p99",
        title: "p99 response time".to_owned(),
        summary: spoken("Of each variant with its interval:", &p99),
        caption: "Of the slowest service, where there are several.".to_owned(),
    })?;
    sheet.place(&ChartPlace {
        id: "scatter",
        title: "Cost against p99".to_owned(),
        summary: spoken("Of each variant", &|variant| {
            format!("{}, p99 {}", variant.cost_text(), p99(variant))
        }),
        caption: "Lower left is better.".to_owned(),
    })
}

fn drawings(comparison: &Comparison) -> Drawings {
    let variants = &comparison.variants;
    let status = || variants.iter().map(|variant| status_of(variant).to_owned()).collect();
    let names = || variants.iter().map(|variant| variant.name.clone()).collect();
    let p99 = |variant: &VariantResult| variant.worst_service(P99).map(|(_, figure)| figure.clone());
    let cost = |variant: &VariantResult| variant.figure(COST).cloned();
    let columns = |of: &dyn Fn(&VariantResult) -> Option<ComparedFigure>, decimals| {
        let all: Vec<Option<ComparedFigure>> = variants.iter().map(of).collect();
        let column = |pick: fn(&ComparedFigure) -> &Option<FigureValue>| Column {
            values: all.iter().map(|figure| figure.as_ref().and_then(|figure| value(pick(figure)))).collect(),
            decimals,
        };
        (column(|figure| &figure.value), column(|figure| &figure.half_width))
    };
    let dots = |id, unit, (value, half)| Dots { id, unit, names: names(), value, half, status: status() };
    Drawings {
        cloud: Some(cloud(comparison)),
        dots: vec![dots("dots-cost", "USD", columns(&cost, 4)), dots("dots-p99", "ms", columns(&p99, 3))],
        fans: Vec::new(),
    }
}

/// The state of a variant in the pictures.
fn status_of(variant: &VariantResult) -> &'static str {
    if variant.checks.is_empty() { "none" } else { variant.status() }
}

fn cloud(comparison: &Comparison) -> Cloud {
    let states = vec![
        PointState { name: "passes its checks", mark: "filled" },
        PointState { name: "fails a check", mark: "hollow" },
        PointState { name: "not known", mark: "faint" },
    ];
    let axes = vec![AxisColumn::new("variant", &[])];
    let mut cloud = Cloud::new(("Variant", "the cheapest that passes"), states, axes);
    for (number, variant) in comparison.variants.iter().enumerate() {
        let (cost, p99) = (variant.figure(COST), variant.worst_service(P99).map(|(_, figure)| figure));
        let of = |figure: Option<&ComparedFigure>, pick: fn(&ComparedFigure) -> &Option<FigureValue>| {
            figure.and_then(|one| value(pick(one)))
        };
        let point = CloudPoint {
            number: number as u64,
            cost: of(cost, |figure| &figure.value),
            cost_half: of(cost, |figure| &figure.half_width),
            p99: of(p99, |figure| &figure.value),
            p99_half: of(p99, |figure| &figure.half_width),
            state: match status_of(variant) {
                "pass" => 0,
                "fail" => 1,
                _ => 2,
            },
            is_on_front: false,
            is_chosen: comparison.cheapest_that_passes.as_ref() == Some(&variant.name),
            note: match variant.checks.is_empty() {
                true => "no checks".to_owned(),
                false => format!("checks: {}", status_words(variant.status()).0.to_lowercase()),
            },
        };
        cloud.push(&point, &[&variant.name]);
    }
    cloud
}
