//! The price book: prices by region and architecture, exact to a picodollar, each with its source and date.
//!
//! The built-in rows (`prices.csv`: platform, region, arch, os, item, unit, price_usd, source, as_of) hold what the model
//! bills: Fargate on Linux (vCPU, memory, ephemeral storage), the Application Load Balancer (hour, LCU), public IPv4
//! addresses, standard and high-resolution alarms; and the rates of Compute Savings Plans without upfront payment, which no invoice uses
//! but a forecast weighs. A region `all` stands for every region. Prices are on demand, in USD, without tax;
//! nothing is fetched. What has no row has no price: it is never guessed from another region. A row whose source begins with
//! `DERIVED` was worked out from another price, and whoever uses it is told (`WT110`).
//!
//! Fargate, storage and alarms have rows in all 34 commercial regions. Of the load balancer no price was found in ca-west-1,
//! mx-central-1, eu-central-2, eu-south-1, eu-south-2, ap-northeast-3, ap-southeast-3 to 7, ap-south-2, ap-east-2,
//! me-central-1 and af-south-1, and none of its LCU in us-west-1, ap-southeast-2 and me-south-1 besides.

use std::io::Read;

use serde::Serialize;
use windtunnel_kernel::billing::{BillableItem, ITEMS, ItemFacts, PriceList};
use windtunnel_kernel::units::Usd;

use crate::scenario::language::quantity;

const BUILT_IN: &str = include_str!("prices.csv");
/// Platform of the rates of Compute Savings Plans.
const SAVINGS_PLANS: &str = "fargate_savings_plan";
/// Terms of the Savings Plans whose rates the book has, as its items call them.
const SAVINGS_PLAN_TERMS: [&str; 2] = ["1y", "3y"];
/// Most rows of a price file; a file without an end is not read to it.
const MOST_ROWS: usize = 100_000;

/// One price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PriceRow {
    /// AWS region, or `all`.
    pub region: String,
    /// `x86_64`, `arm64`, or empty where it does not matter.
    pub architecture: String,
    /// Name of the invoice line it prices: `fargate_vcpu`, `alb_hour`, …
    pub item: String,
    /// The unit it is for.
    pub unit: String,
    /// Price of one unit \[USD\], as published.
    pub price_usd: String,
    /// Date of the price.
    pub as_of: String,
    /// Source of the price.
    pub source: String,
}

/// A book of prices; a later row replaces an earlier one for the same thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct PriceBook {
    rows: Vec<(PriceRow, Usd)>,
}

/// A row of a price file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PriceProblem {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl PriceBook {
    /// The book that is built into the program; a test reads it through.
    pub(crate) fn built_in() -> Self {
        let mut book = Self::default();
        let _ = book.extend(BUILT_IN.as_bytes());
        book
    }

    /// Adds the rows of a file in the form of the built-in book.
    ///
    /// # Errors
    /// Every row that cannot be used.
    pub(crate) fn extend(&mut self, reader: impl Read) -> Result<usize, Vec<PriceProblem>> {
        let mut csv = csv::ReaderBuilder::new().from_reader(reader.take(64 << 20));
        let problem =
            |line: u64, message: String| PriceProblem { line: usize::try_from(line).unwrap_or(0), message };
        let headers = csv.headers().map_err(|error| vec![problem(1, error.to_string())])?.clone();
        let columns = ["platform", "region", "arch", "item", "unit", "price_usd", "source", "as_of"];
        let mut places = [0; 8];
        for (place, name) in places.iter_mut().zip(columns) {
            match headers.iter().position(|header| header.trim_start_matches('\u{feff}').trim() == name) {
                Some(index) => *place = index,
                None => return Err(vec![problem(1, format!("there is no column `{name}`"))]),
            }
        }
        let mut problems = Vec::new();
        let mut added = 0;
        for record in csv.records() {
            match record {
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    problems.push(problem(line, error.to_string()));
                }
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if added >= MOST_ROWS {
                        let message = format!("it has more than {MOST_ROWS} rows, which no price list needs");
                        problems.push(problem(line, message));
                        break;
                    }
                    let field = |index: usize| record.get(places[index]).unwrap_or("").trim().to_owned();
                    match self.add([0, 1, 2, 3, 4, 5, 6, 7].map(field)) {
                        Ok(()) => added += 1,
                        Err(message) => problems.push(problem(line, message)),
                    }
                }
            }
            if problems.len() >= 20 {
                break;
            }
        }
        if problems.is_empty() { Ok(added) } else { Err(problems) }
    }

    fn add(&mut self, fields: [String; 8]) -> Result<(), String> {
        let [platform, region, arch, item, unit, price_usd, source, as_of] = fields;
        let Some(item) = name_of(&platform, &item) else {
            return Err(format!("`{platform}` has no item `{item}` that the model bills"));
        };
        let price = quantity::price(&price_usd).map_err(|why| format!("price `{price_usd}`: {why}"))?;
        let architecture = if arch == "any" { String::new() } else { arch };
        let row = PriceRow { region, architecture, item, unit, price_usd, as_of, source };
        self.rows.push((row, price));
        Ok(())
    }

    /// The price of `item`, the latest row that fits.
    pub(crate) fn price(&self, item: &str, region: &str, architecture: &str) -> Option<Usd> {
        self.row(item, region, architecture).map(|(_, price)| *price)
    }

    fn row(&self, item: &str, region: &str, architecture: &str) -> Option<&(PriceRow, Usd)> {
        self.rows.iter().rev().find(|(row, _)| {
            row.item == item
                && (row.region == region || row.region == "all")
                && (row.architecture.is_empty() || row.architecture == architecture)
        })
    }

    /// Whether that price was derived from another one instead of published.
    pub(crate) fn is_derived(&self, item: &str, region: &str, architecture: &str) -> bool {
        self.row(item, region, architecture).is_some_and(|(row, _)| row.source.starts_with("DERIVED"))
    }

    /// Regions in which a task of this architecture has a price, in order.
    pub(crate) fn regions(&self, architecture: &str) -> Vec<&str> {
        let mut regions: Vec<&str> = self
            .rows
            .iter()
            .filter(|(row, _)| {
                row.item == BillableItem::FargateVcpu.name() && row.architecture == architecture
            })
            .map(|(row, _)| row.region.as_str())
            .collect();
        regions.sort_unstable();
        regions.dedup();
        regions
    }

    /// Newest date of the book.
    pub(crate) fn date(&self) -> String {
        let is_date = |text: &str| text.len() == 10 && text.starts_with("20");
        self.rows
            .iter()
            .map(|(row, _)| row.as_of.as_str())
            .filter(|date| is_date(date))
            .max()
            .unwrap_or("")
            .to_owned()
    }
}

/// The name under which a price is found: that of its item, or `savings_plan_1y_vcpu` for a rate of a Savings Plan.
fn name_of(platform: &str, item: &str) -> Option<String> {
    let is_price =
        |facts: &&ItemFacts| (facts.price_book.platform, facts.price_book.item) == (platform, item);
    if let Some(facts) = ITEMS.iter().find(is_price) {
        return Some(facts.name.to_owned());
    }
    let rates = SAVINGS_PLAN_TERMS
        .iter()
        .flat_map(|term| ITEMS.iter().filter_map(move |facts| Some((*term, facts.savings_plan?))));
    let is_rate = |(term, part): &(&str, &str)| item == format!("sp_{term}_no_upfront_{part}");
    let (term, part) = rates.into_iter().find(is_rate).filter(|_| platform == SAVINGS_PLANS)?;
    Some(savings_plan_rate(term, part))
}

/// The name of the rate of a Compute Savings Plan of a term for what [`ItemFacts::savings_plan`] calls `part`.
#[must_use]
fn savings_plan_rate(term: &str, part: &str) -> String {
    format!("savings_plan_{term}_{part}")
}

/// The built-in prices, of one region (with those that hold in all of them) or of every region.
#[must_use]
pub fn prices(region: Option<&str>) -> Vec<PriceRow> {
    PriceBook::built_in()
        .rows
        .into_iter()
        .map(|(row, _)| row)
        .filter(|row| region.is_none_or(|region| row.region == region || row.region == "all"))
        .collect()
}

/// The built-in rates of Compute Savings Plans of a term (`1y`, `3y`) without upfront payment, for what they cover.
#[must_use]
pub fn savings_plan_prices(region: &str, architecture: &str, term: &str) -> PriceList {
    let book = PriceBook::built_in();
    PriceList::from_fn(|item| {
        let name = savings_plan_rate(term, item.facts().savings_plan?);
        book.price(&name, region, architecture)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_built_in_book_can_be_read() {
        let mut book = PriceBook::default();
        assert_eq!(book.extend(BUILT_IN.as_bytes()), Ok(BUILT_IN.lines().count() - 1));
        assert!(book.date().starts_with("2026-"));
    }

    #[test]
    fn every_region_has_every_price_but_those_of_the_load_balancer() {
        let book = PriceBook::built_in();
        for architecture in ["x86_64", "arm64"] {
            let regions: Vec<&str> =
                book.regions(architecture).into_iter().filter(|region| !region.contains("-gov-")).collect();
            assert_eq!(regions.len(), 34, "{architecture}");
            for region in regions {
                for item in ["fargate_vcpu", "fargate_memory", "fargate_ephemeral_storage"] {
                    assert!(book.price(item, region, architecture).is_some(), "{item} in {region}");
                    assert!(!book.is_derived(item, region, architecture), "{item} in {region}");
                }
                for item in ["public_ipv4", "cloudwatch_alarm", "cloudwatch_high_resolution_alarm"] {
                    assert!(book.price(item, region, "").is_some(), "{item} in {region}");
                }
            }
        }
    }

    #[test]
    fn the_main_regions_have_no_hole() {
        let book = PriceBook::built_in();
        let regions = [
            "us-east-1",
            "us-east-2",
            "us-west-2",
            "ca-central-1",
            "sa-east-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "eu-central-1",
            "eu-north-1",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-southeast-1",
            "ap-south-1",
            "ap-east-1",
            "il-central-1",
        ];
        for region in regions {
            for item in ["alb_hour", "alb_lcu"] {
                assert!(book.price(item, region, "").is_some(), "{item} in {region}");
            }
        }
        for region in ["us-west-1", "ap-southeast-2", "me-south-1"] {
            assert!(book.price("alb_hour", region, "").is_some(), "{region}");
            assert_eq!(book.price("alb_lcu", region, ""), None, "{region}");
        }
    }

    #[test]
    fn no_price_is_borrowed_from_another_region() {
        let book = PriceBook::built_in();
        let price =
            |item, region, architecture| book.price(item, region, architecture).map(|usd| usd.to_string());
        for (item, region, architecture, usd) in [
            ("fargate_vcpu", "us-east-1", "x86_64", "0.04048"),
            ("fargate_vcpu", "ap-south-1", "arm64", "0.02383"),
            ("fargate_memory", "us-west-2", "arm64", "0.00356"),
            ("fargate_ephemeral_storage", "us-west-2", "x86_64", "0.000111"),
            ("fargate_ephemeral_storage", "sa-east-1", "arm64", "0.000211"),
            ("alb_hour", "eu-west-1", "", "0.0252"),
            ("alb_lcu", "eu-north-1", "", "0.0076"),
            ("alb_hour", "sa-east-1", "", "0.034"),
            ("cloudwatch_alarm", "sa-east-1", "", "0.135"),
            ("cloudwatch_high_resolution_alarm", "sa-east-1", "", "0.405"),
            ("cloudwatch_alarm", "eu-west-1", "", "0.1"),
        ] {
            assert_eq!(price(item, region, architecture).as_deref(), Some(usd), "{item} in {region}");
        }
        assert_eq!(price("alb_hour", "eu-south-1", ""), None);
        assert_eq!(price("fargate_vcpu", "us-gov-west-1", "arm64"), None);
    }

    #[test]
    fn rows_of_a_file_replace_those_of_the_book_and_bad_rows_are_named() {
        let mut book = PriceBook::built_in();
        let head = "platform,region,arch,os,item,unit,price_usd,source,as_of\n";
        let good = format!("{head}fargate,us-east-1,x86_64,linux,vcpu,vCPU-hour,0.01,me,2026-02-01\n");
        assert_eq!(book.extend(good.as_bytes()), Ok(1));
        assert_eq!(book.price("fargate_vcpu", "us-east-1", "x86_64"), Some(Usd(10_000_000_000)));
        let row = "fargate,us-east-1,x86_64,linux,vcpu,vCPU-hour,0.01,me,2026-02-01\n";
        let endless = format!("{head}{}", row.repeat(MOST_ROWS + 9));
        let problems = book.extend(endless.as_bytes()).unwrap_err();
        assert!(problems.len() == 1 && problems[0].line == MOST_ROWS + 2, "{problems:?}");
        let bad = format!(
            "{head}fargate,us-east-1,x86_64,linux,vcpu,vCPU-hour,cheap,me,2026-02-01\nlambda,a,b,c,d,e,1,f,g\n"
        );
        let lines: Vec<usize> = book.extend(bad.as_bytes()).unwrap_err().iter().map(|p| p.line).collect();
        assert_eq!(lines, [2, 3]);
    }
}
