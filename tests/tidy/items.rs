//! Billable items are known by their table: no other source spells the name of one or tells one from another, so that a new
//! one is a row and not a search.

use windtunnel::kernel::billing::ITEMS;

use super::{all_faults, files, without_tests};

/// Where the items stand.
const TABLE: &str = "src/kernel/billing/items.rs";
/// Keys of other tables that are called like an item.
const NAMESAKES: &[(&str, &str)] =
    &[("src/scenario/keys/load_balancer.rs", "public_ipv4"), ("src/scenario/keys/prices.rs", "public_ipv4")];

/// Names of items as texts, and matches on items.
fn known_items(path: &str, text: &str) -> Vec<String> {
    if path == TABLE {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (number, line) in without_tests(text).lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let spells = |name: &str| line.contains(&format!("\"{name}\"")) && !NAMESAKES.contains(&(path, name));
        let matches = line.split_once("=>").is_some_and(|(pattern, _)| pattern.contains("BillableItem::"));
        if matches || ITEMS.iter().any(|facts| spells(facts.name)) {
            faults.push(format!("{path}:{}: read it from the table of billable items", number + 1));
        }
    }
    faults
}

#[test]
fn only_the_table_knows_one_billable_item_from_another() {
    let faults = all_faults(known_items, &files("src", "rs"));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_rule_of_items_can_fail() {
    let faults = |path: &str, line: &str| known_items(path, line).len();
    assert_eq!(faults("src/report/html/bill.rs", "        \"alb_hour\" => \"Load balancer, hours\","), 1);
    assert_eq!(faults("src/report/focus/rows.rs", "BillableItem::AlbLcu | BillableItem::AlbHour => 1,"), 1);
    assert_eq!(faults("src/report/focus/rows.rs", "// `\"alb_lcu\"` is one."), 0);
    assert_eq!(faults("src/scenario/keys/load_balancer.rs", "    \"public_ipv4\","), 0);
    assert_eq!(faults("src/scenario/keys/load_balancer.rs", "    \"alb_hour\","), 1);
    assert_eq!(faults("src/scenario/keys/prices.rs", "resources[BillableItem::AlbHour] = 1;"), 0);
}
