//! The cost tree: the total, what each service has of it, and the lines of its invoice, each with its share of the total.

use serde::Serialize;

use super::table::{ResultTable, TableCell};
use crate::experiment::Measure;
use crate::kernel::billing::BillableItem;
use crate::report::numbers::figure;
use crate::report::proviso::with_proviso;
use crate::report::scale_in::ends_words;
use crate::results::{CostLine, Summary, money_text};

/// The tree, for its template and as a table.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report) struct Bill {
    total: String,
    /// Both sums in words, the total with its ends of the range of `tt_scale_in_mode`.
    caption: String,
    /// Proviso on the total; empty where there is none.
    proviso: String,
    services: Vec<ServiceBill>,
}

#[derive(Clone, Debug, Serialize)]
struct ServiceBill {
    name: String,
    amount: String,
    share: String,
    /// Width of its bar [% of the widest].
    width: String,
    lines: Vec<BillLine>,
}

#[derive(Clone, Debug, Serialize)]
struct BillLine {
    name: String,
    quantity: String,
    unit: String,
    rate: String,
    amount: String,
    share: String,
    width: String,
}

impl Bill {
    pub(in crate::report) fn new(summary: &Summary, horizon: &str) -> Self {
        let total = dollars(&summary.cost.total_usd);
        let services = summary.services.0.iter().map(|(name, service)| {
            let amount = &service.cost.total_usd;
            ServiceBill {
                name: with_proviso(name, summary.proviso(Measure::Cost, &service.cost.unpriced).as_deref()),
                amount: money_text(amount),
                share: share(dollars(amount), total),
                width: width(dollars(amount), total),
                lines: service.cost.lines.iter().map(|cost| line(cost, total)).collect(),
            }
        });
        Self {
            total: money_text(&summary.cost.total_usd),
            caption: caption(summary, horizon),
            proviso: summary.proviso(Measure::Cost, &summary.cost.unpriced).unwrap_or_default(),
            services: services.collect(),
        }
    }
}

/// The sums in words: of the run, of a month, and of a million served requests where one service has them.
fn caption(summary: &Summary, horizon: &str) -> String {
    let ends = summary.ends().map_or_else(String::new, |ends| format!(", {}", ends_words(&ends)));
    let month = with_proviso(
        &format!("{} USD for a month of 730 hours", money_text(&summary.cost.per_month_usd)),
        summary.proviso(Measure::CostPerMonth, &summary.cost.unpriced).as_deref(),
    );
    let million = match summary.services.0.as_slice() {
        [(_, only)] => only.cost.per_million_requests_usd.as_deref(),
        _ => None,
    };
    let proviso = summary.proviso(Measure::CostPerMillion, &summary.cost.unpriced);
    let million = million.map_or_else(String::new, |amount| {
        let text = format!("{} USD a million served requests", money_text(amount));
        format!("; {}", with_proviso(&text, proviso.as_deref()))
    });
    format!("{} for {horizon}{ends}; {month}{million}", summary.total())
}

impl Bill {
    /// The bill as a table: its lines, each with its share of the total.
    pub(in crate::report) fn table(&self) -> ResultTable {
        let mut table =
            ResultTable::new("Cost", &["Line", "#Quantity", "Unit", "#USD each", "#USD", "#Share"]);
        let text = |text: &str| TableCell::text(text);
        let number = |text: &str| TableCell::number(text);
        for service in &self.services {
            if self.services.len() > 1 {
                let blank = || text("");
                let cells = [
                    text(&service.name),
                    blank(),
                    blank(),
                    blank(),
                    number(&service.amount),
                    number(&service.share),
                ];
                table.chosen(cells.into());
            }
            for line in &service.lines {
                table.row(vec![
                    text(&line.name),
                    number(&line.quantity),
                    text(&line.unit),
                    number(&line.rate),
                    number(&line.amount),
                    number(&line.share),
                ]);
            }
        }
        let total = text("Total").note(self.proviso.as_str());
        table.chosen(vec![total, text(""), text(""), text(""), number(&self.total), text("")]);
        table
    }

    /// Both sums in words.
    pub(in crate::report) fn caption(&self) -> &str {
        &self.caption
    }
}

fn line(cost: &CostLine, total: f64) -> BillLine {
    let amount = dollars(&cost.amount_usd);
    let quantity = cost.quantity.parse().map_or_else(|_| cost.quantity.to_string(), figure);
    BillLine {
        name: item_name(&cost.item),
        quantity,
        unit: cost.unit.clone(),
        rate: cost.rate_usd.to_string(),
        amount: money_text(&cost.amount_usd),
        share: share(amount, total),
        width: width(amount, total),
    }
}

/// An amount, for shares and bars only; what is printed is the text itself.
fn dollars(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn share(part: f64, total: f64) -> String {
    if total <= 0.0 {
        return String::new();
    }
    let percent = part / total * 100.0;
    if percent > 0.0 && percent < 0.1 { "< 0.1 %".to_owned() } else { format!("{percent:.1} %") }
}

fn width(part: f64, total: f64) -> String {
    let percent = if total > 0.0 { (part / total * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    format!("{percent:.2}")
}

/// An item of an invoice as people call it; one that is not known keeps its words.
fn item_name(item: &str) -> String {
    let known = BillableItem::named(item).map(|item| item.facts().label.to_owned());
    known.unwrap_or_else(|| item.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_total_and_nothing_has_none() {
        assert_eq!(share(14.87, 22.52), "66.0 %");
        assert_eq!(share(0.01, 100.0), "< 0.1 %");
        assert_eq!(share(0.0, 0.0), "");
        assert_eq!(width(5.0, 4.0), "100.00");
        assert_eq!(item_name("savings_plan_fee"), "savings plan fee");
    }
}
