//! Prices: the book, what the scenario replaces in it, and the tariff of each service.

use std::collections::BTreeSet;

use windtunnel_kernel::billing::{
    BillableItem, ITEMS, ItemCounts, LcuParameters, Metering, PriceList, Tariff,
};
use windtunnel_kernel::simulation::ServicePlan;
use windtunnel_kernel::units::{Bytes, SimDuration, Usd};

use crate::scenario::keys::builder::Builder;
use crate::scenario::keys::context::ServiceContext;
use crate::scenario::keys::task::ARCHITECTURES;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::metric_glossary::MetricText;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::suggest::nearest;
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::language::{codes, quantity};
use crate::scenario::prices::price_book::PriceBook;

pub(crate) const PRICES: TableSpec = TableSpec {
    doc: "Prices that replace those of the built-in book, in USD without tax, as decimal strings.",
    keys: &KEYS,
};

/// A price file, and each billable item by its name.
const KEYS: [Key; 1 + ITEMS.len()] = {
    let file = Key::new(
        "file",
        Kind::Text,
        "CSV with the columns of the built-in book (platform, region, arch, os, item, unit, price_usd, source, \
         as_of); its rows replace and extend the book's.",
    );
    let mut keys = [file; 1 + ITEMS.len()];
    let mut place = 0;
    while place < ITEMS.len() {
        keys[1 + place] = Key::new(ITEMS[place].name, Kind::Price, ITEMS[place].price);
        place += 1;
    }
    keys
};

/// Explanations of the billable items.
pub(crate) const ITEM_TEXTS: [MetricText; ITEMS.len()] = {
    let mut texts = [MetricText { name: "", text: "" }; ITEMS.len()];
    let mut place = 0;
    while place < ITEMS.len() {
        texts[place] = MetricText { name: ITEMS[place].name, text: ITEMS[place].explanation };
        place += 1;
    }
    texts
};

/// Ephemeral storage that a task has without extra charge \[GB\] (documented: `docs/aws/billing.md#fargate`).
const INCLUDED_STORAGE_GB: u64 = 20;
/// Shortest billed life of a Linux task (documented: `docs/aws/billing.md#fargate`).
const MINIMUM_BILLED: SimDuration = SimDuration::from_secs(60);
/// Resolution of metrics that cost nothing.
const MINUTE: SimDuration = SimDuration::from_secs(60);

/// Costs that a bill by this program never holds.
const NEVER_PRICED: [&str; 8] = [
    "NAT gateways and interface endpoints",
    "data transfer to the internet and between availability zones",
    "CloudWatch logs, custom metrics and Container Insights",
    "container image storage (ECR)",
    "Savings Plans, Fargate Spot and other discounts",
    "free tiers (such as the first 10 alarms of an account)",
    "taxes and support plans",
    "downstream services (databases, queues, caches)",
];

/// The prices of a scenario.
pub(crate) struct Prices {
    book: PriceBook,
    region: String,
    replaced: Vec<(BillableItem, Usd)>,
}

/// The built-in book with the scenario's own prices over it.
pub(crate) fn prices(root: TableReader<'_>, builder: &mut Builder<'_>) -> Option<Prices> {
    let view = root.table("prices")?;
    let mut book = PriceBook::built_in();
    if let Some(file) = view.text("file") {
        let place = view.place("file");
        let reader = builder.open(file, &place)?;
        if let Err(problems) = book.extend(reader) {
            for found in problems {
                builder.report.add(
                    Problem::new(
                        codes::BAD_PRICE_FILE,
                        format!("`{file}`, line {}: {}", found.line, found.message),
                    )
                    .at(&place, "this file"),
                );
            }
            return None;
        }
    }
    let given = |item: BillableItem| Some((item, quantity::price(view.text(item.name())?).ok()?));
    let replaced = BillableItem::all().filter_map(given).collect();
    Some(Prices { book, region: root.text("region")?.to_owned(), replaced })
}

/// Whether every task is billed for this item.
fn is_of_every_task(item: BillableItem) -> bool {
    matches!(item.facts().metering, Metering::TaskTime(_, part) if part.is_of_every_task())
}

/// The architecture for which the book has a price of this item: only what tasks consist of differs.
fn architecture_of(item: BillableItem, architecture: &str) -> &str {
    if matches!(item.facts().metering, Metering::TaskTime(..)) { architecture } else { "" }
}

impl Prices {
    fn replaced(&self, item: BillableItem) -> Option<Usd> {
        self.replaced.iter().find(|(replaced, _)| *replaced == item).map(|(_, price)| *price)
    }

    /// The price of a unit of each item for tasks of this architecture.
    fn list(&self, architecture: &str) -> PriceList {
        PriceList::from_fn(|item| {
            let book = || self.book.price(item.name(), &self.region, architecture_of(item, architecture));
            self.replaced(item).or_else(book)
        })
    }

    /// Date of the price book.
    pub(crate) fn date(&self) -> String {
        self.book.date()
    }

    /// The tariff of a service.
    pub(crate) fn tariff(&self, context: &ServiceContext<'_>, builder: &mut Builder<'_>) -> Option<Tariff> {
        let task = context.service.table("task")?;
        let architecture = task.choice("architecture", &ARCHITECTURES)?;
        let assumptions = context.assumptions;
        let prices = self.list(architecture);
        let needed = || BillableItem::all().filter(|item| is_of_every_task(*item));
        if needed().any(|item| prices[item].is_none()) {
            self.unknown_region(context, architecture, builder);
            return None;
        }
        let is_derived = |item: BillableItem| {
            self.replaced(item).is_none() && self.book.is_derived(item.name(), &self.region, architecture)
        };
        if needed().any(is_derived) {
            builder.report.add(
                Problem::new(
                    codes::DERIVED_PRICE,
                    format!("the {architecture} price of {} is derived, not published", self.region),
                )
                .at(&context.root.place("region"), "its row says `DERIVED`")
                .help("give the real one by `prices.fargate_vcpu` and `prices.fargate_memory`"),
            );
        }
        let storage = task.size("ephemeral_storage")?;
        let extra_ephemeral_gb =
            u32::try_from(storage.0.div_ceil(Bytes::GIB).saturating_sub(INCLUDED_STORAGE_GB)).ok()?;
        let load_balancer = context.service.table("load_balancer");
        let (mut resources, mut lcu) = (ItemCounts::default(), LcuParameters::default());
        if let Some(view) = load_balancer {
            resources[BillableItem::AlbHour] = 1;
            resources[BillableItem::AlbLcu] = 1;
            resources[BillableItem::PublicIpv4] = view.count("public_ipv4")?;
            lcu = LcuParameters {
                rules: view.count("rules")?,
                requests_per_connection: assumptions?.requests_per_connection,
            };
        }
        Some(Tariff {
            prices,
            extra_ephemeral_gb,
            public_ip_per_task: task.flag("assign_public_ip")?,
            resources,
            lcu,
            minimum_billed: MINIMUM_BILLED,
            bill_deprovisioning: assumptions?.bill_deprovisioning,
        })
    }

    fn unknown_region(&self, context: &ServiceContext<'_>, architecture: &str, builder: &mut Builder<'_>) {
        let regions = self.book.regions(architecture);
        let mut problem = Problem::new(
            codes::UNKNOWN_REGION,
            format!("the price book has no Fargate price for {architecture} in `{}`", self.region),
        )
        .at(&context.root.place("region"), "no price")
        .expected(format!("one of {}", regions.join(", ")))
        .help("other prices can be given by `prices.fargate_vcpu` and `prices.fargate_memory`, or a `prices.file`");
        if let Some(near) = nearest(&self.region, &regions) {
            problem = problem.fix(format!("region = \"{near}\""));
        }
        builder.report.add(problem);
    }

    /// Items that the bill leaves out, in words; a warning names what is used and has no price.
    pub(crate) fn not_priced<'p>(
        &self,
        plans: impl Iterator<Item = &'p ServicePlan>,
        report: &mut Report,
        root: TableReader<'_>,
    ) -> Vec<String> {
        let (mut without_bytes, mut high_resolution_metrics) = (false, false);
        let mut missing: BTreeSet<BillableItem> = BTreeSet::new();
        for plan in plans {
            let tariff = &plan.tariff;
            let resources = plan.billed_resources();
            missing.extend(tariff.unpriced(&resources));
            high_resolution_metrics |= [plan.metrics.cpu_resolution, plan.metrics.memory_resolution]
                .iter()
                .any(|resolution| *resolution < MINUTE);
            let lcu = BillableItem::AlbLcu;
            let bills_lcu = resources.has(lcu) && tariff.prices[lcu].is_some();
            without_bytes |= bills_lcu && plan.request.bytes.is_none();
        }
        let missing: Vec<&str> = missing.into_iter().map(BillableItem::name).collect();
        if !missing.is_empty() {
            report.add(
                Problem::new(
                    codes::NOT_PRICED,
                    format!("the price book has no price in {} for {}", self.region, missing.join(", ")),
                )
                .at(&root.place("region"), "the bill leaves them out, and no check of a cost can pass")
                .help(format!("give them by `prices.{}` and so on, or by a `prices.file`", missing[0])),
            );
        }
        let mut lines: Vec<String> =
            missing.iter().map(|item| format!("{item} in {} (no price in the book)", self.region)).collect();
        if without_bytes {
            lines.push("bytes through the load balancer, as `request.bytes` is not given".to_owned());
        }
        if high_resolution_metrics {
            lines.push("high-resolution metrics of ECS (no published price in the book)".to_owned());
        }
        lines.extend(NEVER_PRICED.iter().map(|text| (*text).to_owned()));
        lines
    }
}
