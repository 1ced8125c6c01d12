//! Source of the charts of a service.

use serde::Serialize;

use crate::report::html::chart::{Chart, ChartAxis, ChartSeries, ReferenceLine, Style, column};
use crate::report::html::reading::{Results, Timeline};
use crate::report::html::thinning::Thinning;
use crate::report::numbers::figure;
use crate::report::palette::Role;

/// The words around a chart.
#[derive(Clone, Debug, Serialize)]
pub(in crate::report::html::run) struct ChartText {
    pub(in crate::report::html::run) id: String,
    pub(in crate::report::html::run) title: String,
    /// Description of the chart, as a sentence.
    pub(in crate::report::html::run) summary: String,
    /// Caption: facts needed to read the chart; may be empty.
    pub(in crate::report::html::run) caption: String,
    pub(in crate::report::html::run) may_be_logarithmic: bool,
    /// Whether it begins as a logarithmic one.
    pub(in crate::report::html::run) is_logarithmic: bool,
}

/// Source of the charts of a service.
pub(super) struct Ground<'a> {
    pub(super) results: &'a Results,
    pub(super) index: usize,
    pub(super) name: &'a str,
    pub(super) timeline: &'a Timeline,
    pub(super) thinning: Thinning,
    pub(super) id: &'a str,
}

impl Ground<'_> {
    pub(super) fn series(&self, label: &str, unit: &'static str, name: &str, style: Style) -> ChartSeries {
        let factor = if unit == "%" { 100.0 } else { 1.0 };
        let decimals = if unit == "%" { 2 } else { Timeline::decimals(name) };
        let values = column(self.timeline.column(name), decimals, factor, self.thinning);
        ChartSeries {
            label: label.to_owned(),
            unit,
            on_right: false,
            style,
            shown: true,
            sparse: false,
            values,
        }
    }

    pub(super) fn chart(
        &self,
        short: &str,
        left: ChartAxis,
        right: Option<ChartAxis>,
        series: Vec<ChartSeries>,
    ) -> Chart {
        let id = format!("{}-{short}", self.id);
        Chart { id, left, right, series, lines: Vec::new(), shaded: None, marks: Vec::new() }
    }

    /// Lowest and highest value of a column.
    pub(super) fn range(&self, name: &str) -> Option<(f64, f64)> {
        self.timeline.column(name).iter().flatten().fold(None, |found, value| match found {
            None => Some((*value, *value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
    }
}

pub(super) fn text(chart: &Chart, title: &str, summary: String, caption: String) -> ChartText {
    let ChartAxis { may_be_logarithmic, is_logarithmic, .. } = chart.left;
    let (id, title) = (chart.id.clone(), title.to_owned());
    ChartText { id, title, summary, caption, may_be_logarithmic, is_logarithmic }
}

/// Targets of the plan and thresholds of the alarms, of those whose policy and metric are wanted; equal ones share a line.
pub(super) fn lines_of(
    ground: &Ground<'_>,
    unit: &str,
    is_wanted: &dyn Fn(&str, &str) -> bool,
) -> Vec<ReferenceLine> {
    let mut found: Vec<(f64, Vec<String>, bool)> = Vec::new();
    let mut add = |value: f64, label: String, is_target: bool| match found
        .iter_mut()
        .find(|(known, ..)| (known - value).abs() < 1e-9)
    {
        Some((_, labels, target)) => {
            labels.push(label);
            *target |= is_target;
        }
        None => found.push((value, vec![label], is_target)),
    };
    let service = ground.results.plan.head.service.get(ground.name);
    let policies = service
        .and_then(|service| service.get("scaling")?.get("target_tracking")?.as_table())
        .into_iter()
        .flatten();
    for (policy, keys) in policies {
        let target = keys
            .get("target_value")
            .and_then(|value| value.as_float().or(value.as_integer().map(|v| v as f64)));
        let metric = keys.get("metric").and_then(toml::Value::as_str).unwrap_or("");
        if let (Some(target), true) = (target, is_wanted(policy, metric)) {
            add(target, format!("target of {policy}"), true);
        }
    }
    let evaluated = ground.results.evaluations.get(ground.index);
    for alarm in evaluated.into_iter().flat_map(|evaluated| &evaluated.alarms) {
        if is_wanted(&alarm.policy, &alarm.metric) {
            let name = if alarm.alarm.is_empty() { &alarm.policy } else { &alarm.alarm };
            add(alarm.threshold, name.clone(), false);
        }
    }
    let line = |(value, labels, is_target): (f64, Vec<String>, bool)| ReferenceLine {
        label: format!("{}{unit} {}", figure(value), labels.join(" = ")),
        value,
        on_right: false,
        style: if is_target { Style::of(Role::Target) } else { Style::of(Role::Alarm) },
    };
    found.into_iter().map(line).collect()
}
