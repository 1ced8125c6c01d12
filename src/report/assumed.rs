//! Assumptions and limits of experiments: what all variants take for granted, and in what they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::html::plan::{Assumption, assumption};
pub(super) use super::html::plan::{ONE_BY_ONE, PRICES};
use super::view::{Block, ResultTable, TableCell, View, counted};

/// Assumptions of one variant.
pub(super) struct Assumed<'a> {
    /// Name of the variant.
    pub(super) name: &'a str,
    pub(super) assumptions: &'a BTreeMap<String, Value>,
    /// Costs that its bill leaves out.
    pub(super) not_priced: &'a [String],
}

/// An assumption that an axis varies, and its values.
pub(super) struct Varied<'a> {
    pub(super) key: &'a str,
    pub(super) values: &'a [String],
}

/// Adds the section. The first variant is the one that others are held against.
pub(super) fn section(
    view: &mut View,
    variants: &[Assumed<'_>],
    varied: &[Varied<'_>],
    mut limits: Vec<String>,
) {
    limits.extend(not_priced(variants));
    view.page_section("Assumptions and limits").list(limits);
    match variants.iter().any(|variant| !variant.assumptions.is_empty()) {
        true => view.add(Block::Table(table(variants, varied))),
        false => {
            view.text("These results were made by a version that did not keep the assumptions beside them.")
        }
    };
}

/// The costs that bills leave out, and the variants whose bills those are.
fn not_priced(variants: &[Assumed<'_>]) -> Vec<String> {
    let items: BTreeSet<&String> = variants.iter().flat_map(|variant| variant.not_priced).collect();
    let whose = |item: &&String| -> Vec<&str> {
        variants
            .iter()
            .filter(|variant| variant.not_priced.contains(item))
            .map(|variant| variant.name)
            .collect()
    };
    items
        .into_iter()
        .map(|item| {
            let names = whose(&item);
            let of = if names.len() < variants.len() {
                format!(" of {}", names.join(", "))
            } else {
                String::new()
            };
            format!("Not in the bill{of}: {item}.")
        })
        .collect()
}

fn table(variants: &[Assumed<'_>], varied: &[Varied<'_>]) -> ResultTable {
    let keys: BTreeSet<&String> = variants.iter().flat_map(|variant| variant.assumptions.keys()).collect();
    let (mut changed, mut different) = (0, 0);
    let mut rows = Vec::new();
    for key in &keys {
        let of: Vec<Option<Assumption>> =
            variants.iter().map(|variant| read(key, variant.assumptions.get(*key)?)).collect();
        let Some(first) = of.iter().flatten().next() else { continue };
        let others: Vec<String> = variants
            .iter()
            .zip(&of)
            .filter_map(|(variant, one)| Some((variant.name, one.as_ref()?)))
            .filter(|(_, one)| one.value != first.value)
            .map(|(name, one)| format!("{name}: {}", one.value))
            .collect();
        let axis = varied.iter().find(|varied| varied.key == format!("assumptions.{key}"));
        let is_different = !others.is_empty() || axis.is_some();
        let is_changed = of.iter().flatten().any(|one| one.is_changed);
        (changed, different) = (changed + u64::from(is_changed), different + u64::from(is_different));
        let note = match axis {
            Some(axis) => format!("varied: {}", axis.values.join(", ")),
            None if is_different => format!("differs: {}", others.join(", ")),
            None if is_changed => "changed by the scenario".to_owned(),
            None => String::new(),
        };
        let cells = vec![
            TableCell::text(first.key.clone()),
            TableCell::code(first.value.clone()).note(note),
            TableCell::text(first.meaning),
        ];
        rows.push((is_different, cells));
    }
    let mut words = format!("What AWS does not publish: {}", counted(rows.len() as u64, "assumption"));
    if changed > 0 {
        words.push_str(&format!(", {changed} changed by the scenario"));
    }
    if different > 0 {
        words.push_str(&format!(", {different} not the same everywhere"));
    }
    let mut table = ResultTable::new("Assumptions", &["Key", "Value", "Meaning"]).folded(words);
    // Those that differ first, since they are what a comparison is about.
    rows.sort_by_key(|(is_different, _)| !is_different);
    for (is_different, cells) in rows {
        if is_different { table.chosen(cells) } else { table.row(cells) }
    }
    table
}

fn read(key: &str, value: &Value) -> Option<Assumption> {
    toml::Value::try_from(value).ok().map(|value| assumption(key, &value))
}
