//! The pictures of a sweep: the front always, and by the number of axes lines (one), heat maps (two), or each axis with
//! the mean over all others, the most telling first (more).

use super::super::chart::plot::{
    AxisRange, HeatMap, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark,
    Unit,
};
use super::super::proviso::with_proviso;
use super::SweepView;
use crate::experiment::pareto::ParetoPoint;

/// Points of a cloud that are drawn; more would hide each other.
const MOST_DOTS: u64 = 20_000;
/// Points of the front that are named.
const MOST_NAMES: usize = 12;
/// Rows and columns of a heat map; beyond, neighbours share a cell.
const MOST_CELLS: usize = 80;
/// Axes that are drawn when there are more than two.
const MOST_AXES: usize = 8;
const NO_FIGURE: &str = "no point has this figure";

/// The pictures with the stems of their file names.
#[must_use]
pub fn pictures(view: &SweepView<'_>) -> Vec<(&'static str, PlotSpec)> {
    let by_axes = match view.design.axes().len() {
        0 | 1 => ("lines", lines(view)),
        2 => ("heatmap", heat_maps(view)),
        _ => ("parallel", parallel(view)),
    };
    vec![("pareto", pareto(view)), by_axes]
}

/// Measure that both panels of a picture show.
#[derive(Clone, Copy)]
enum Shown {
    Cost,
    P99,
}

impl Shown {
    const BOTH: [Self; 2] = [Self::Cost, Self::P99];

    const fn of(self, place: ParetoPoint) -> f64 {
        match self {
            Self::Cost => place.cost,
            Self::P99 => place.p99,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Cost => "Cost a month",
            Self::P99 => "99th percentile of response times",
        }
    }

    const fn unit(self) -> Unit {
        match self {
            Self::Cost => Unit::Dollars,
            Self::P99 => Unit::Millis,
        }
    }

    const fn hue(self) -> Hue {
        match self {
            Self::Cost => Hue::Purple,
            Self::P99 => Hue::Blue,
        }
    }
}

/// A picture with the texts that all of them share.
fn spec(view: &SweepView<'_>, what: &str, columns: usize, panels: Vec<PlotPanel>) -> PlotSpec {
    let summary = view.summary;
    let partial = view.partial().map_or_else(String::new, |partial| format!("{partial} · "));
    let approximate = if summary.approximate > 0 { "Requests flow: times are approximate. " } else { "" };
    let failed = summary.failures();
    let (points, replications) = (view.design.points(), view.design.replications());
    let of = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let failed = if failed > 0 { format!(", {} failed", of(failed, "cell")) } else { String::new() };
    PlotSpec {
        title: format!("{}: {what}", view.head.scenario),
        subtitle: format!(
            "{partial}{}, {} each{failed}",
            of(points, "point"),
            of(replications, "replication")
        ),
        caption: format!(
            "{approximate}seed {} · means of the replications · {}",
            view.head.seed,
            with_proviso("a month is 730 h", view.proviso().as_deref())
        ),
        columns,
        panels,
    }
}

fn axis(name: &str, unit: Unit, range: AxisRange) -> PlotAxis {
    PlotAxis { name: name.to_owned(), unit, range }
}

fn series(name: &str, hue: Hue, mark: SeriesMark, spots: Vec<PlotPoint>) -> PlotSeries {
    PlotSeries { name: name.to_owned(), hue, mark, spots }
}

fn panel(title: &str, height: f64, content: PanelContent) -> PlotPanel {
    PlotPanel { title: title.to_owned(), height, empty: NO_FIGURE.to_owned(), content }
}

/// The numbers of the points that a cloud shows.
fn cloud(view: &SweepView<'_>) -> impl Iterator<Item = u64> {
    let points = view.summary.points.len() as u64;
    let every = points.div_ceil(MOST_DOTS).max(1);
    (0..points).step_by(usize::try_from(every).unwrap_or(1))
}

fn pareto(view: &SweepView<'_>) -> PlotSpec {
    let summary = view.summary;
    let at = |point: u64| {
        let place = summary.at(point);
        PlotPoint::at(place.cost, place.p99)
    };
    let has_checks = !view.head.checks.is_empty();
    let off = |point: &u64| !summary.is_on_front(*point);
    let failing =
        cloud(view).filter(off).filter(|point| !has_checks || !summary.passes(*point)).map(at).collect();
    let passing =
        cloud(view).filter(off).filter(|point| has_checks && summary.passes(*point)).map(at).collect();
    let names = view.short_names();
    // One name a place: equal points would write theirs on top of each other.
    let places: Vec<u64> = summary
        .front
        .chunk_by(|a, b| summary.at(*a) == summary.at(*b))
        .filter_map(|group| group.first().copied())
        .collect();
    let every = places.len().div_ceil(MOST_NAMES).max(1);
    let named = places.iter().enumerate().map(|(index, point)| {
        let label = if index % every == 0 { view.name_of(&names, *point) } else { String::new() };
        PlotPoint { label, ..at(*point) }
    });
    let line = summary.front.iter().map(|point| at(*point)).collect();
    let cheapest: Vec<PlotPoint> = summary.cheapest().map(at).into_iter().collect();
    let mut all = vec![series(
        if has_checks { "points that do not pass" } else { "points" },
        Hue::Grey,
        SeriesMark::Dots(2.5),
        failing,
    )];
    if has_checks {
        all.push(series("points that pass", Hue::Green, SeriesMark::Dots(3.0), passing));
    }
    all.push(series("", Hue::Blue, SeriesMark::Line(1.5), line));
    all.push(series("Pareto front", Hue::Blue, SeriesMark::Dots(4.0), named.collect()));
    if !cheapest.is_empty() {
        all.push(series("cheapest that passes", Hue::Vermilion, SeriesMark::Dots(5.5), cheapest));
    }
    // A legend names only what is in the picture.
    all.retain(|series| !series.spots.is_empty());
    let content = PanelContent::Curves {
        x: axis("cost a month", Unit::Dollars, AxisRange::Auto),
        y: axis("p99 response time", Unit::Millis, AxisRange::Auto),
        series: all,
    };
    spec(view, "cost against latency", 1, vec![panel("Each dot is a setting", 460.0, content)])
}

fn lines(view: &SweepView<'_>) -> PlotSpec {
    let design = view.design;
    let (name, values) = design.axes().first().map_or(("point", Vec::new()), |axis| {
        (axis.name.as_str(), axis.values.iter().map(|value| value.number()).collect())
    });
    let numbers: Option<Vec<f64>> = values.into_iter().collect();
    let labels = || {
        design.axes().first().map_or_else(Vec::new, |a| a.values.iter().map(|v| v.label.clone()).collect())
    };
    let range = if numbers.is_some() { AxisRange::Data } else { AxisRange::Names(labels()) };
    let x_of = |point: u64| {
        let value = design.choice(point).first().copied().unwrap_or(0);
        numbers.as_ref().map_or(value as f64, |numbers| numbers.get(value).copied().unwrap_or(f64::NAN))
    };
    let panels = Shown::BOTH.map(|shown| {
        let mut spots: Vec<PlotPoint> =
            cloud(view).map(|point| PlotPoint::at(x_of(point), shown.of(view.summary.at(point)))).collect();
        spots.sort_by(|a, b| a.x.total_cmp(&b.x));
        let content = PanelContent::Curves {
            x: axis(name, Unit::Plain, range.clone()),
            y: axis("", shown.unit(), AxisRange::FromZero),
            series: vec![
                series("", shown.hue(), SeriesMark::Line(1.5), spots.clone()),
                series("", shown.hue(), SeriesMark::Dots(3.5), spots),
            ],
        };
        panel(shown.title(), 260.0, content)
    });
    spec(view, "along its axis", 1, panels.to_vec())
}

/// Means by cell of a value that points have.
struct Means {
    sums: Vec<(f64, u32)>,
}

impl Means {
    fn new(cells: usize) -> Self {
        Self { sums: vec![(0.0, 0); cells] }
    }

    fn add(&mut self, cell: usize, value: f64) {
        if let Some((sum, count)) = self.sums.get_mut(cell).filter(|_| value.is_finite()) {
            (*sum, *count) = (*sum + value, *count + 1);
        }
    }

    fn values(&self) -> Vec<Option<f64>> {
        self.sums.iter().map(|(sum, count)| (*count > 0).then(|| sum / f64::from(*count))).collect()
    }
}

fn heat_maps(view: &SweepView<'_>) -> PlotSpec {
    let [across, up] = view.design.axes() else { return lines(view) };
    let share = |count: usize| count.div_ceil(MOST_CELLS).max(1);
    let (by_x, by_y) = (share(across.values.len()), share(up.values.len()));
    let labels = |axis: &crate::scenario::Axis, by: usize| -> Vec<String> {
        axis.values.iter().step_by(by).map(|value| value.label.clone()).collect()
    };
    let (columns, rows) = (labels(across, by_x), labels(up, by_y));
    let cell = |point: u64| {
        let choice = view.design.choice(point);
        choice[1] / by_y * columns.len() + choice[0] / by_x
    };
    let panels = Shown::BOTH.map(|shown| {
        let mut means = Means::new(columns.len() * rows.len());
        for point in 0..view.summary.points.len() as u64 {
            means.add(cell(point), shown.of(view.summary.at(point)));
        }
        let map = HeatMap {
            x: across.name.clone(),
            y: up.name.clone(),
            columns: columns.clone(),
            rows: rows.clone(),
            unit: shown.unit(),
            values: means.values(),
            framed: view.summary.cheapest().map(cell).into_iter().collect(),
        };
        panel(shown.title(), 380.0, PanelContent::Heat(map))
    });
    let mut spec = spec(view, "over its two axes", 2, panels.to_vec());
    if view.summary.cheapest().is_some() {
        spec.caption.push_str(" · framed: the cheapest point that passes every check");
    }
    spec
}

fn parallel(view: &SweepView<'_>) -> PlotSpec {
    let axes = view.design.axes();
    let names = view.short_names();
    let mut ranked: Vec<(f64, Vec<PlotPanel>)> = Vec::new();
    for (number, one) in axes.iter().enumerate() {
        let labels: Vec<String> = one.values.iter().map(|value| value.label.clone()).collect();
        let mut told = 0.0;
        let mut panels = Vec::new();
        for shown in Shown::BOTH {
            let mut means = Means::new(labels.len());
            for point in 0..view.summary.points.len() as u64 {
                means.add(view.design.choice(point)[number], shown.of(view.summary.at(point)));
            }
            let means = means.values();
            told += spread(&means);
            let x_of = |point: u64| view.design.choice(point)[number] as f64;
            let dots = cloud(view).map(|point| PlotPoint::at(x_of(point), shown.of(view.summary.at(point))));
            let line =
                means.iter().enumerate().map(|(i, mean)| PlotPoint::at(i as f64, mean.unwrap_or(f64::NAN)));
            let line: Vec<PlotPoint> = line.collect();
            let content = PanelContent::Curves {
                x: axis("", Unit::Plain, AxisRange::Names(labels.clone())),
                y: axis("", shown.unit(), AxisRange::Auto),
                series: vec![
                    series("", Hue::Grey, SeriesMark::Dots(1.5), dots.collect()),
                    series("", shown.hue(), SeriesMark::Line(2.0), line.clone()),
                    series("", shown.hue(), SeriesMark::Dots(4.0), line),
                ],
            };
            panels.push(panel(
                &format!("{}: {}", names[number], shown.title().to_lowercase()),
                170.0,
                content,
            ));
        }
        ranked.push((told, panels));
    }
    // The axis that moves its means most comes first; of equals, the first of the file.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let left_out = ranked.len().saturating_sub(MOST_AXES);
    let panels = ranked.into_iter().take(MOST_AXES).flat_map(|(_, panels)| panels).collect();
    let mut spec = spec(view, "axis by axis, the most telling first", 2, panels);
    spec.caption.push_str(" · a line is the mean over all other axes");
    if left_out > 0 {
        spec.caption.push_str(&format!(" · {left_out} axes left out"));
    }
    spec
}

/// The distance between the least and the greatest mean, relative to their middle.
fn spread(means: &[Option<f64>]) -> f64 {
    let finite = || means.iter().flatten().copied();
    match (finite().reduce(f64::min), finite().reduce(f64::max)) {
        (Some(low), Some(high)) if low + high > 0.0 => (high - low) / (low + high),
        _ => 0.0,
    }
}
