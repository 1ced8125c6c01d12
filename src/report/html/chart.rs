//! Charts, as data: charts that share one time axis, their lines, and what is marked on them. `assets/chart.js` draws
//! whatever is described here and knows no figure of its own.

use serde::Serialize;

use super::embed::Column;
use super::thinning::Thinning;
use crate::report::palette::Role;

/// Charts one below the other with one time axis.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChartPanel {
    /// Second 0 as Unix time \[s\].
    pub(super) start: f64,
    /// IANA name of the zone whose clock people read.
    pub(super) zone: String,
    /// End of the time axis, from second 0 on \[s\].
    pub(super) end: f64,
    /// Times of the points, from second 0 on \[s\].
    pub(super) times: Column,
    /// Rows that two points stand for; 1: every row is a point.
    pub(super) thinned: usize,
    pub(super) charts: Vec<Chart>,
}

/// One chart.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Chart {
    /// The element that it is drawn in.
    pub(super) id: String,
    /// Left axis.
    pub(super) left: ChartAxis,
    /// Right axis, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) right: Option<ChartAxis>,
    pub(super) series: Vec<ChartSeries>,
    /// Lines across the whole chart: targets, thresholds, limits.
    pub(super) lines: Vec<ReferenceLine>,
    /// Number of the series whose stretches above zero are shaded over the whole height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shaded: Option<usize>,
    /// Moments that are marked at the upper edge.
    pub(super) marks: Vec<ChartMark>,
}

/// A vertical axis.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChartAxis {
    /// Kind of the numbers: `count`, `rate`, `percent`, `millis` or `dollars`.
    pub(super) kind: &'static str,
    /// Title of the axis.
    pub(super) title: &'static str,
    /// The least that the upper end may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<f64>,
    /// Whether it may be logarithmic.
    pub(super) may_be_logarithmic: bool,
    /// Whether it begins as a logarithmic one.
    pub(super) is_logarithmic: bool,
    /// Value of the left axis that one of this axis stands beside, where both are aligned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) worth: Option<f64>,
}

impl ChartAxis {
    pub(super) const fn new(kind: &'static str, title: &'static str) -> Self {
        Self { kind, title, at_least: None, may_be_logarithmic: false, is_logarithmic: false, worth: None }
    }

    pub(super) const fn at_least(mut self, least: f64) -> Self {
        self.at_least = Some(least);
        self
    }

    /// One that may be logarithmic, and is where its values lie far apart.
    pub(super) const fn logarithmic_where(mut self, is_logarithmic: bool) -> Self {
        self.may_be_logarithmic = true;
        self.is_logarithmic = is_logarithmic;
        self
    }

    /// One beside which so much of the left axis stands.
    pub(super) const fn worth(mut self, worth: f64) -> Self {
        self.worth = Some(worth);
        self
    }
}

/// Look of a line, by its role.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Style {
    /// Name of the colour in the styles.
    colour: &'static str,
    /// Lengths of dash and gap \[px\]; empty: a whole line.
    dash: &'static [u8],
    /// Width of the line \[px\].
    width: f64,
    /// Whether the area below is tinted.
    fill: bool,
    /// Whether a value holds until the next one.
    step: bool,
}

impl Style {
    pub(super) const fn of(role: Role) -> Self {
        let look = role.look();
        Self { colour: look.name, dash: look.dash, width: look.width, fill: false, step: false }
    }

    pub(super) const fn dashed(mut self, dash: &'static [u8]) -> Self {
        self.dash = dash;
        self
    }

    pub(super) const fn filled(mut self) -> Self {
        self.fill = true;
        self
    }

    pub(super) const fn stepped(mut self) -> Self {
        self.step = true;
        self
    }
}

/// A line of values over time.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ChartSeries {
    pub(super) label: String,
    /// Unit behind a value: `/s`, `tasks`, …
    pub(super) unit: &'static str,
    pub(super) on_right: bool,
    pub(super) style: Style,
    /// Whether it is shown at first.
    pub(super) shown: bool,
    /// Whether it is zero most of the time, and its zeros need not be drawn.
    pub(super) sparse: bool,
    pub(super) values: Column,
}

impl ChartSeries {
    /// The same on the right axis.
    pub(super) fn on_right(mut self) -> Self {
        self.on_right = true;
        self
    }

    /// The same with its zeros left undrawn.
    pub(super) fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }
}

/// A line across the whole chart.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ReferenceLine {
    pub(super) label: String,
    pub(super) value: f64,
    pub(super) on_right: bool,
    pub(super) style: Style,
}

/// A moment that is marked.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct ChartMark {
    /// From second 0 on \[s\].
    pub(super) at: f64,
    /// Whether it points up: more than before.
    pub(super) up: bool,
}

/// A series of a column of a sheet, thinned like all of its panel.
pub(super) fn column(values: &[Option<f64>], decimals: u32, factor: f64, thinning: Thinning) -> Column {
    let values = thinning.values(values).into_iter().map(|value| value.map(|value| value * factor)).collect();
    Column { values, decimals }
}
