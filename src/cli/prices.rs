//! `windtunnel prices`: the built-in price book.

use clap::Args;

use super::exit::Exit;
use super::printing::{fail, print};
use crate::scenario;

#[derive(Args, Debug)]
pub(super) struct PricesRequest {
    /// Only this region
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
}

/// Name that the price book gives to the region of prices that hold in all regions; it makes no region known.
const ALL_REGIONS: &str = "all";

/// Runs the request.
pub(super) fn run(request: &PricesRequest) -> Exit {
    let region = request.region.as_deref();
    let rows = scenario::prices(region);
    if let Some(region) = region
        && (region == ALL_REGIONS || !rows.iter().any(|row| row.region == region))
    {
        let mut regions: Vec<String> = scenario::prices(None).into_iter().map(|row| row.region).collect();
        regions.sort();
        regions.dedup();
        regions.retain(|known| known != ALL_REGIONS);
        let known = regions.join(", ");
        return fail(Exit::Usage, &format!("the price book has no region `{region}`; it has {known}"));
    }
    let mut text = String::new();
    let header = ("REGION", "ARCH", "ITEM", "USD", "PER", "AS OF");
    let mut line = |(region, arch, item, usd, per, date): (&str, &str, &str, &str, &str, &str)| {
        let row = format!("{region:<16}{arch:<8}{item:<28}{usd:>12}  {per:<36}{date}");
        text.push_str(row.trim_end());
        text.push('\n');
    };
    line(header);
    for row in &rows {
        line((&row.region, &row.architecture, &row.item, &row.price_usd, &row.unit, &row.as_of));
    }
    print(&text)
}
