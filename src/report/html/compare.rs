//! The page of `windtunnel compare`: its pictures.

use super::cloud::{AxisColumn, Cloud, CloudPoint, Dots, Drawings, PointState};
use super::embed::Column;
use super::experiment::{ExperimentPage, FolderSource};
use crate::experiment::Measure;
use crate::report::compare::{comparison_view, number};
use crate::report::view::status_word;
use crate::results::{CheckStatus, ComparedFigure, Comparison, FigureValue, VariantResult};

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<ExperimentPage, String> {
    let comparison: Comparison = source.document()?;
    if comparison.variants.is_empty() {
        return Err(source.wrong("comparison.json", "it has no variants"));
    }
    Ok(ExperimentPage {
        view: comparison_view(&comparison),
        drawings: drawings(&comparison),
        origins: source.origins(),
    })
}

fn drawings(comparison: &Comparison) -> Drawings {
    let variants = &comparison.variants;
    let status = || variants.iter().map(|variant| status_class_of(variant).to_owned()).collect();
    let names = || variants.iter().map(|variant| variant.name.clone()).collect();
    let p99 = |variant: &VariantResult| variant.worst_service(Measure::P99).map(|(_, figure)| figure.clone());
    let cost = |variant: &VariantResult| variant.figure(Measure::CostPerMonth).cloned();
    let columns = |of: &dyn Fn(&VariantResult) -> Option<ComparedFigure>, decimals| {
        let all: Vec<Option<ComparedFigure>> = variants.iter().map(of).collect();
        let column = |pick: fn(&ComparedFigure) -> &Option<FigureValue>| Column {
            values: all
                .iter()
                .map(|figure| figure.as_ref().and_then(|figure| number(pick(figure))))
                .collect(),
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
fn status_class_of(variant: &VariantResult) -> &'static str {
    variant.status().map_or("none", CheckStatus::name)
}

fn cloud(comparison: &Comparison) -> Cloud {
    let states = vec![
        PointState { name: "passes its checks", mark: "filled" },
        PointState { name: "fails a check", mark: "hollow" },
        PointState { name: "not known", mark: "faint" },
    ];
    let axes = vec![AxisColumn::new("variant", &[])];
    let mut cloud = Cloud::new(("Variant", "the cheapest that passes"), states, axes);
    for (index, variant) in comparison.variants.iter().enumerate() {
        let (cost, p99) = (
            variant.figure(Measure::CostPerMonth),
            variant.worst_service(Measure::P99).map(|(_, figure)| figure),
        );
        let of = |figure: Option<&ComparedFigure>, pick: fn(&ComparedFigure) -> &Option<FigureValue>| {
            figure.and_then(|one| number(pick(one)))
        };
        let point = CloudPoint {
            number: index as u64,
            cost: of(cost, |figure| &figure.value),
            cost_half: of(cost, |figure| &figure.half_width),
            p99: of(p99, |figure| &figure.value),
            p99_half: of(p99, |figure| &figure.half_width),
            state: match status_class_of(variant) {
                "pass" => 0,
                "fail" => 1,
                _ => 2,
            },
            is_on_front: false,
            is_chosen: comparison.cheapest_that_passes.as_ref() == Some(&variant.name),
            note: match variant.status() {
                None => "no checks".to_owned(),
                Some(status) => format!("checks: {}", status_word(status)),
            },
        };
        cloud.push(&point, &[&variant.name]);
    }
    cloud
}
