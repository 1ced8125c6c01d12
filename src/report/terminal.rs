//! The terminal's report: the verdict first, then each service, then what the bill leaves out. Lines never wrap: a line
//! that is too long is cut with an ellipsis. Colour is a parameter; it never carries what the words do not say.

use super::numbers::{PLAIN, dollars, figure, grouped, percent, ratio, span, trimmed};
use super::page::{Look, Page};
use super::proviso::{proviso_of, with_proviso};
use super::scale_in::ends_words;
use super::sentences::{sentences, unfinished_sentence};
use super::words::{columns, plain, wrapped};
use crate::experiment::{Measure, RunResult, per_million_served};
use crate::kernel::units::SimTime;
use crate::record::{LatencySummary, ServiceRecord};
use crate::results::RunCalendar;
use crate::scenario::Scenario;

/// The report of a run for a terminal of `width` columns (at most 100 are used), ending with a line feed. Names are
/// stripped of control characters; `colour` adds ANSI sequences.
#[must_use]
pub fn table(result: &RunResult, width: usize, colour: bool) -> String {
    let mut page = Page::new(width, colour);
    heading(&mut page, &result.scenario);
    page.blank();
    page.verdicts(&result.checks);
    for service in &result.record.services {
        page.blank();
        page.line(&[(Look::Bold, &service.name)]);
        requests(&mut page, service);
        attempts_and_classes(&mut page, service);
        latencies(&mut page, service, result.scenario.is_approximate());
        tasks(&mut page, service, models_memory(service, &result.scenario));
        bill(&mut page, service, result);
        for sentence in sentences(service, &result.scenario).into_iter().chain(unfinished_sentence(service)) {
            for (index, line) in wrapped(&sentence, page.width - 5).iter().enumerate() {
                page.line(&[(Look::Usual, if index == 0 { "  → " } else { "    " }), (Look::Usual, line)]);
            }
        }
    }
    closing(&mut page, result);
    page.finish()
}

/// Proviso on the times of flows.
pub(super) const APPROXIMATE: &str =
    "requests flow (fidelity = fluid): response and waiting times are approximate (≈)";

pub(super) fn heading(page: &mut Page, scenario: &Scenario) {
    let calendar = RunCalendar::new(scenario);
    let start = calendar.zoned(SimTime::ZERO).strftime("%Y-%m-%d %H:%M").to_string();
    let facts = format!(
        "  {} · {} from {start} {} · seed {}",
        scenario.region,
        span(scenario.plan.horizon),
        calendar.zone_name(),
        scenario.seed
    );
    page.line(&[(Look::Bold, &scenario.name), (Look::Faint, &facts)]);
    if !scenario.description.is_empty() {
        page.line(&[(Look::Faint, &scenario.description)]);
    }
    if scenario.is_approximate() {
        page.line(&[(Look::Doubtful, APPROXIMATE)]);
    }
}

fn requests(page: &mut Page, service: &ServiceRecord) {
    let counts = &service.requests;
    let row = |label: &str, outcome: &str, count: u64, share: &str| {
        format!("  {label:<12}{outcome:<12}{:>16}  {share:>10}", grouped(count, PLAIN))
    };
    page.line(&[(Look::Usual, &row("requests", "offered", counts.offered, ""))]);
    let outcomes = [
        ("served", counts.served, Look::Usual),
        ("rejected", counts.rejected, Look::Bad),
        ("timed out", counts.timed_out, Look::Bad),
        ("failed", counts.failed, Look::Bad),
        ("in flight", counts.in_flight, Look::Usual),
        ("overdue", counts.overdue, Look::Bad),
    ];
    // What is overdue is a part of what is in flight, and said where there is any.
    let outcomes = outcomes.into_iter().filter(|(outcome, count, _)| *outcome != "overdue" || *count > 0);

    for (outcome, count, look) in outcomes {
        let share = if counts.offered == 0 { String::new() } else { percent(count, counts.offered) };
        let look = if count == 0 { Look::Faint } else { look };
        page.line(&[(look, &row("", outcome, count, &share))]);
    }
    if let Some(share) = counts.availability() {
        let text = format!(
            "  {:<12}{:<12}{:>16}  {:>10}",
            "",
            "availability",
            "",
            availability_text(share, counts.served)
        );
        page.line(&[(Look::Usual, &text)]);
    }
    if service.warmup_requests > 0 {
        page.line(&[(Look::Faint, &row("", "in warm-up", service.warmup_requests, ""))]);
    }
}

/// A line of what clients did, and one a class of requests, where the plan has them.
fn attempts_and_classes(page: &mut Page, service: &ServiceRecord) {
    if let Some(attempts) = &service.attempts {
        let share = attempts.per_request().map_or_else(String::new, |mean| format!(", {mean:.3} a request"));
        let text = format!(
            "  {:<12}{} attempts{share}; {} of them tried again",
            "attempts",
            grouped(attempts.counts.offered, PLAIN),
            grouped(attempts.retries, PLAIN)
        );
        page.line(&[(Look::Usual, &text)]);
    }
    for class in &service.classes {
        let millis = |q| class.response_time.quantile_ms(q).map_or_else(|| "–".to_owned(), milliseconds);
        let text = format!(
            "  {:<12}{}: {} of {} served, p50 {} ms, p99 {} ms",
            "class",
            class.name,
            grouped(class.requests.served, PLAIN),
            grouped(class.requests.offered, PLAIN),
            millis(0.5),
            millis(0.99)
        );
        page.line(&[(Look::Usual, &text)]);
    }
}

/// Availability in percent with three decimals; 100 % only where nothing was lost.
fn availability_text(share: f64, served: u64) -> String {
    if served > 0 && share >= 1.0 {
        return "100 %".to_owned();
    }
    // Rounding up would claim an availability that was not reached.
    format!("{:.3} %", (share * 1e5).floor() / 1e3)
}

fn latencies(page: &mut Page, service: &ServiceRecord, approximate: bool) {
    let mark = if approximate { "≈" } else { "" };
    let head = ["mean", "p50", "p90", "p95", "p99", "p99.9", "max"];
    let cells = |texts: [String; 7]| texts.map(|text| format!("{text:>10}")).concat();
    page.line(&[(Look::Usual, "  latency ms  "), (Look::Faint, &cells(head.map(str::to_owned)))]);
    for (label, times) in [("response", &service.response_time), ("waiting", &service.waiting_time)] {
        let label = format!("{label} {mark}");
        page.line(&[(Look::Usual, &format!("    {label:<10}")), (Look::Usual, &cells(time_cells(times)))]);
    }
}

fn time_cells(times: &LatencySummary) -> [String; 7] {
    let quantile = |q| times.quantile_ms(q);
    [
        times.mean_ms(),
        quantile(0.5),
        quantile(0.9),
        quantile(0.95),
        quantile(0.99),
        quantile(0.999),
        times.max_ms(),
    ]
    .map(|value| value.map_or_else(|| "–".to_owned(), milliseconds))
}

/// Milliseconds with one decimal, two below ten, thousands apart.
fn milliseconds(value: f64) -> String {
    if value >= 999.95 {
        figure(value, PLAIN)
    } else if value >= 9.995 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// Whether the scenario says what memory a task uses; without that its utilization is nothing that was modelled.
fn models_memory(service: &ServiceRecord, scenario: &Scenario) -> bool {
    let plan = scenario.plan.services.iter().find(|plan| plan.name == service.name);
    plan.is_some_and(|plan| plan.task.base_memory.0 > 0 || plan.task.memory_per_request.0 > 0)
}

fn tasks(page: &mut Page, service: &ServiceRecord, models_memory: bool) {
    let tasks = &service.tasks;
    let percentage = |share: Option<f64>| {
        let share = share.filter(|share| share.is_finite());
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
    };
    let running = format!(
        "  tasks       {} running on average, {} to {} · {} started, {} stopped · {} task-hours",
        figure(tasks.running_mean, PLAIN),
        grouped(u64::from(tasks.running_min), PLAIN),
        grouped(u64::from(tasks.running_max), PLAIN),
        grouped(tasks.started, PLAIN),
        grouped(tasks.stopped, PLAIN),
        figure(tasks.running_time as f64 / 3.6e12, PLAIN),
    );
    page.line(&[(Look::Usual, &running)]);
    let used = format!(
        "  utilization CPU {}, memory {}",
        percentage(service.cpu_utilization),
        if models_memory { percentage(service.memory_utilization) } else { "not declared".to_owned() }
    );
    page.line(&[(Look::Usual, &used)]);
    let scaling = format!(
        "  scaling     {} out, {} in, {} without a change",
        grouped(service.scaling.scale_out, PLAIN),
        grouped(service.scaling.scale_in, PLAIN),
        grouped(service.scaling.not_scaled, PLAIN),
    );
    page.line(&[(Look::Usual, &scaling)]);
}

fn bill(page: &mut Page, service: &ServiceRecord, result: &RunResult) {
    let scenario = &result.scenario;
    let row = |cells: [&str; 5]| {
        let [item, quantity, unit, rate, amount] = cells;
        format!("    {item:<26}{quantity:>16} {unit:<12}{rate:>12}{amount:>14}")
    };
    let head = row(["", "quantity", "unit", "USD each", "USD"]);
    page.line(&[(Look::Usual, "  cost"), (Look::Faint, head.get(6..).unwrap_or(""))]);
    for line in &service.invoice.lines {
        let quantity = quantity_text(line.quantity_numerator, line.quantity_denominator);
        let rate = line.rate.to_string();
        let cells = [line.item.name(), &quantity, line.item.unit(), &rate, &dollars(line.amount, PLAIN)];
        page.line(&[(Look::Usual, &row(cells))]);
    }
    let month = service.invoice.per_month(scenario.plan.horizon);
    let sums = [
        ("total", Look::Bold, Measure::Cost, Some(service.invoice.total())),
        ("a month of 730 h", Look::Usual, Measure::CostPerMonth, Some(month)),
        ("a million served requests", Look::Usual, Measure::CostPerMillion, per_million_served([service])),
    ];
    for (label, look, measure, amount) in sums {
        let amount = amount.map_or_else(|| "–".to_owned(), |amount| dollars(amount, PLAIN));
        let proviso = proviso_of(scenario, Some(&service.name), measure);
        sum(page, (label, look), &amount, proviso.as_deref());
        if measure == Measure::Cost && result.record.services.len() == 1 {
            page.aside(6, scale_in_words(result).as_deref());
        }
    }
}

/// The total at both ends of the range of `tt_scale_in_mode`, in words.
fn scale_in_words(result: &RunResult) -> Option<String> {
    result.scale_in.map(|ends| ends_words(&ends.map(|amount| dollars(amount, PLAIN))))
}

/// The row of a sum of the bill, with what has to be said beside it: in the row, or below it where that is too long.
fn sum(page: &mut Page, (label, look): (&str, Look), amount: &str, proviso: Option<&str>) {
    const LABEL: usize = 68;
    let whole = with_proviso(label, proviso);
    let is_short = columns(&whole) < LABEL;
    let shown = if is_short { &whole } else { label };
    let pad = " ".repeat(LABEL.saturating_sub(columns(shown)));
    page.line(&[(look, &format!("    {shown}{pad}{amount:>13}"))]);
    page.aside(6, proviso.filter(|_| !is_short));
}

/// A quantity with at most three decimals, thousands apart.
fn quantity_text(numerator: i128, denominator: i128) -> String {
    let exact = ratio(numerator, denominator);
    let (whole, decimals) = exact.split_once('.').unwrap_or((&exact, ""));
    match whole.parse::<u64>() {
        Ok(whole) if decimals.len() <= 3 => trimmed(&format!("{}.{decimals}0", grouped(whole, PLAIN))),
        Ok(whole) if whole >= 1 => {
            // Rounded as a whole number of thousandths; it fits, because a quantity is far below 2^53.
            let thousandths = super::numbers::whole(exact.parse::<f64>().unwrap_or(0.0) * 1e3);
            trimmed(&format!("{}.{:03}", grouped(thousandths / 1000, PLAIN), thousandths % 1000))
        }
        _ => exact.clone(),
    }
}

fn closing(page: &mut Page, result: &RunResult) {
    let services = &result.record.services;
    if services.len() > 1 {
        let horizon = result.scenario.plan.horizon;
        let total = dollars(services.iter().map(|s| s.invoice.total()).sum(), PLAIN);
        let month = dollars(services.iter().map(|s| s.invoice.per_month(horizon)).sum(), PLAIN);
        page.blank();
        let words = |measure| proviso_of(&result.scenario, None, measure);
        let total = with_proviso(&format!("{total} USD"), words(Measure::Cost).as_deref());
        let month = with_proviso(&format!("{month} USD a month"), words(Measure::CostPerMonth).as_deref());
        for (index, line) in
            wrapped(&format!("all services  {total}, {month}"), page.width).iter().enumerate()
        {
            let indent = if index == 0 { "" } else { "  " };
            page.line(&[(Look::Bold, &format!("{indent}{line}"))]);
        }
        page.aside(2, scale_in_words(result).as_deref());
    }
    if !result.scenario.not_priced.is_empty() {
        page.blank();
        let mut text = "not priced: ".to_owned();
        let mut lines = Vec::new();
        for (index, item) in result.scenario.not_priced.iter().enumerate() {
            let item = plain(item);
            let separator = if index == 0 { "" } else { ", " };
            if columns(&text) + columns(separator) + columns(&item) + 1 > page.width && index > 0 {
                lines.push(format!("{text},"));
                text = format!("            {item}");
            } else {
                text.push_str(separator);
                text.push_str(&item);
            }
        }
        lines.push(text);
        for line in &lines {
            page.line(&[(Look::Faint, line)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::units::Usd;

    #[test]
    fn amounts_and_quantities_keep_their_thousands_apart() {
        assert_eq!(dollars(Usd(1_234_567_890_000_000_000), PLAIN), "1 234 567.89");
        assert_eq!(quantity_text(1_234_567_891, 1_000_000), "1 234.568");
        assert_eq!(quantity_text(5, 10_000), "0.0005");
        assert_eq!(quantity_text(24, 1), "24");
        assert_eq!(quantity_text(2000, 1), "2 000");
    }

    #[test]
    fn availability_is_never_rounded_up_to_a_promise() {
        assert_eq!(availability_text(0.999_999_9, 9), "99.999 %");
        assert_eq!(availability_text(1.0, 9), "100 %");
        assert_eq!(availability_text(0.0, 0), "0.000 %");
    }
}
