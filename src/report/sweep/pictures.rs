//! The pictures of a sweep: the front always, and by the number of axes lines (one), heat maps (two), or each axis with
//! the mean over all others, the most telling first (more).

use super::super::chart::plot::{
    Content, HeatMap, Hue, Mark, PlotAxis, PlotPanel, PlotSpec, Range, Series, Spot, Unit,
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
const NOTHING: &str = "no point has this figure";

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
    let survey = view.survey;
    let partial = view.partial().map_or_else(String::new, |partial| format!("{partial} · "));
    let approximate = if survey.approximate > 0 { "Requests flow: times are approximate. " } else { "" };
    let failed = survey.failures();
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

fn axis(name: &str, unit: Unit, range: Range) -> PlotAxis {
    PlotAxis { name: name.to_owned(), unit, range }
}

fn series(name: &str, hue: Hue, mark: Mark, spots: Vec<Spot>) -> Series {
    Series { name: name.to_owned(), hue, mark, spots }
}

fn panel(title: &str, height: f64, content: Content) -> PlotPanel {
    PlotPanel { title: title.to_owned(), height, empty: NOTHING.to_owned(), content }
}

/// The numbers of the points that a cloud shows.
fn cloud(view: &SweepView<'_>) -> impl Iterator<Item = u64> {
    let points = view.survey.points.len() as u64;
    let every = points.div_ceil(MOST_DOTS).max(1);
    (0..points).step_by(usize::try_from(every).unwrap_or(1))
}

fn pareto(view: &SweepView<'_>) -> PlotSpec {
    let survey = view.survey;
    let at = |point: u64| {
        let place = survey.at(point);
        Spot::at(place.cost, place.p99)
    };
    let has_checks = !view.head.checks.is_empty();
    let off = |point: &u64| !survey.is_on_front(*point);
    let failing =
        cloud(view).filter(off).filter(|point| !has_checks || !survey.passes(*point)).map(at).collect();
    let passing =
        cloud(view).filter(off).filter(|point| has_checks && survey.passes(*point)).map(at).collect();
    let names = view.short_names();
    // One name a place: equal points would write theirs on top of each other.
    let places: Vec<u64> = survey
        .front
        .chunk_by(|a, b| survey.at(*a) == survey.at(*b))
        .filter_map(|group| group.first().copied())
        .collect();
    let every = places.len().div_ceil(MOST_NAMES).max(1);
    let named = places.iter().enumerate().map(|(index, point)| {
        let label = if index % every == 0 { view.name_of(&names, *point) } else { String::new() };
        Spot { label, ..at(*point) }
    });
    let line = survey.front.iter().map(|point| at(*point)).collect();
    let cheapest: Vec<Spot> = survey.cheapest().map(at).into_iter().collect();
    let mut all = vec![series(
        if has_checks { "points that do not pass" } else { "points" },
        Hue::Grey,
        Mark::Dots(2.5),
        failing,
    )];
    if has_checks {
        all.push(series("points that pass", Hue::Green, Mark::Dots(3.0), passing));
    }
    all.push(series("", Hue::Blue, Mark::Line(1.5), line));
    all.push(series("Pareto front", Hue::Blue, Mark::Dots(4.0), named.collect()));
    if !cheapest.is_empty() {
        all.push(series("cheapest that passes", Hue::Vermilion, Mark::Dots(5.5), cheapest));
    }
    // A legend names only what is in the picture.
    all.retain(|series| !series.spots.is_empty());
    let content = Content::Curves {
        x: axis("cost a month", Unit::Dollars, Range::Auto),
        y: axis("p99 response time", Unit::Millis, Range::Auto),
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
    let range = if numbers.is_some() { Range::Data } else { Range::Names(labels()) };
    let x_of = |point: u64| {
        let value = design.choice(point).first().copied().unwrap_or(0);
        numbers.as_ref().map_or(value as f64, |numbers| numbers.get(value).copied().unwrap_or(f64::NAN))
    };
    let panels = Shown::BOTH.map(|shown| {
        let mut spots: Vec<Spot> =
            cloud(view).map(|point| Spot::at(x_of(point), shown.of(view.survey.at(point)))).collect();
        spots.sort_by(|a, b| a.x.total_cmp(&b.x));
        let content = Content::Curves {
            x: axis(name, Unit::Plain, range.clone()),
            y: axis("", shown.unit(), Range::FromZero),
            series: vec![
                series("", shown.hue(), Mark::Line(1.5), spots.clone()),
                series("", shown.hue(), Mark::Dots(3.5), spots),
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
        for point in 0..view.survey.points.len() as u64 {
            means.add(cell(point), shown.of(view.survey.at(point)));
        }
        let map = HeatMap {
            x: across.name.clone(),
            y: up.name.clone(),
            columns: columns.clone(),
            rows: rows.clone(),
            unit: shown.unit(),
            values: means.values(),
            framed: view.survey.cheapest().map(cell).into_iter().collect(),
        };
        panel(shown.title(), 380.0, Content::Heat(map))
    });
    let mut spec = spec(view, "over its two axes", 2, panels.to_vec());
    if view.survey.cheapest().is_some() {
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
            for point in 0..view.survey.points.len() as u64 {
                means.add(view.design.choice(point)[number], shown.of(view.survey.at(point)));
            }
            let means = means.values();
            told += spread(&means);
            let x_of = |point: u64| view.design.choice(point)[number] as f64;
            let dots = cloud(view).map(|point| Spot::at(x_of(point), shown.of(view.survey.at(point))));
            let line = means.iter().enumerate().map(|(i, mean)| Spot::at(i as f64, mean.unwrap_or(f64::NAN)));
            let line: Vec<Spot> = line.collect();
            let content = Content::Curves {
                x: axis("", Unit::Plain, Range::Names(labels.clone())),
                y: axis("", shown.unit(), Range::Auto),
                series: vec![
                    series("", Hue::Grey, Mark::Dots(1.5), dots.collect()),
                    series("", shown.hue(), Mark::Line(2.0), line.clone()),
                    series("", shown.hue(), Mark::Dots(4.0), line),
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
