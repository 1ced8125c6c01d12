//! Points in the plane of cost and latency, as scripts read them: the scatter, the heat map and the table of a page are
//! drawn from the same columns.

use serde::Serialize;

use super::embed::Column;

/// The values of an axis: each text once, and of every point which of them it has.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct AxisColumn {
    /// The name of the axis.
    pub(super) name: String,
    labels: Vec<String>,
    at: Vec<usize>,
}

impl AxisColumn {
    /// An axis whose values come in this order.
    pub(super) fn new(name: &str, labels: &[String]) -> Self {
        Self { name: name.to_owned(), labels: labels.to_vec(), at: Vec::new() }
    }

    /// The value of the next point.
    pub(super) fn push(&mut self, label: &str) {
        let known = self.labels.iter().position(|known| known == label);
        let at = known.unwrap_or_else(|| {
            self.labels.push(label.to_owned());
            self.labels.len() - 1
        });
        self.at.push(at);
    }
}

/// A state of points, which decides their mark.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PointState {
    /// Name in the legend.
    pub(super) name: &'static str,
    /// Mark of the points: `filled`, `hollow` or `faint`.
    pub(super) mark: &'static str,
}

/// A point.
#[derive(Clone, Debug, Default)]
pub(super) struct CloudPoint {
    pub(super) number: u64,
    pub(super) cost: Option<f64>,
    pub(super) cost_half: Option<f64>,
    pub(super) p99: Option<f64>,
    pub(super) p99_half: Option<f64>,
    /// Index of its state in the list of states.
    pub(super) state: usize,
    pub(super) is_on_front: bool,
    pub(super) is_chosen: bool,
    /// Note on the point; may be empty.
    pub(super) note: String,
}

/// All of them, in columns.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cloud {
    /// Noun for a point: `Point`, `Candidate`, `Variant`.
    noun: &'static str,
    /// Name of the chosen point in the legend.
    chosen_name: &'static str,
    pub(super) axes: Vec<AxisColumn>,
    states: Vec<PointState>,
    number: Vec<u64>,
    cost: Column,
    cost_half: Column,
    p99: Column,
    p99_half: Column,
    state: Vec<usize>,
    front: Vec<u8>,
    chosen: Option<usize>,
    note: super::embed::Words,
    /// Whether axes of the points make a grid for a heat map.
    pub(super) is_grid: bool,
}

impl Cloud {
    pub(super) fn new(
        (noun, chosen_name): (&'static str, &'static str),
        states: Vec<PointState>,
        axes: Vec<AxisColumn>,
    ) -> Self {
        let column = |decimals| Column { values: Vec::new(), decimals };
        Self {
            noun,
            chosen_name,
            axes,
            states,
            number: Vec::new(),
            cost: column(4),
            cost_half: column(4),
            p99: column(3),
            p99_half: column(3),
            state: Vec::new(),
            front: Vec::new(),
            chosen: None,
            note: super::embed::Words::default(),
            is_grid: false,
        }
    }

    /// Adds a point with a value of each axis.
    pub(super) fn push(&mut self, point: &CloudPoint, values: &[&str]) {
        for (axis, value) in self.axes.iter_mut().zip(values) {
            axis.push(value);
        }
        if point.is_chosen {
            self.chosen = Some(self.number.len());
        }
        self.number.push(point.number);
        self.cost.values.push(point.cost);
        self.cost_half.values.push(point.cost_half);
        self.p99.values.push(point.p99);
        self.p99_half.values.push(point.p99_half);
        self.state.push(point.state);
        self.front.push(u8::from(point.is_on_front));
        self.note.push(&point.note);
    }

    /// The number of points.
    pub(super) fn len(&self) -> usize {
        self.number.len()
    }
}

/// Data for the scripts of an experiment's page.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Drawings {
    /// The points, where there are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cloud: Option<Cloud>,
    /// Values with intervals, a row each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) dots: Vec<Dots>,
    /// Bands over months.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fans: Vec<Fan>,
}

/// A chart of values with their intervals.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Dots {
    /// The element.
    pub(super) id: &'static str,
    /// `USD` or `ms`.
    pub(super) unit: &'static str,
    /// The names of the rows.
    pub(super) names: Vec<String>,
    pub(super) value: Column,
    pub(super) half: Column,
    /// The status of each: `pass`, `fail`, …
    pub(super) status: Vec<String>,
}

/// A fan: how far apart the runs are, month by month.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fan {
    /// The element.
    pub(super) id: &'static str,
    pub(super) months: Vec<String>,
    pub(super) mean: Column,
    pub(super) p10: Column,
    pub(super) p25: Column,
    pub(super) p50: Column,
    pub(super) p75: Column,
    pub(super) p90: Column,
    /// Bills that came in.
    pub(super) bills: Column,
}
