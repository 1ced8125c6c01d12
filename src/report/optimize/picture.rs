//! The picture of a search: every setting in the plane of cost and latency.

use crate::experiment::Measure;
use crate::experiment::optimize::{CandidatePoint, SearchResult};
use crate::experiment::points::short_name;
use crate::report::chart::plot::{
    self, AxisRange, Hue, PanelContent, PlotAxis, PlotPanel, PlotSeries, PlotSpec, SeriesMark, Unit,
};
use crate::report::numbers::grouped;
use crate::report::proviso::proviso;
use crate::report::words::plain;

/// The proviso on every cost of a month.
fn said_of_costs(found: &SearchResult) -> Option<String> {
    proviso(Measure::CostPerMonth, &found.unpriced, found.horizon).map(|words| format!("costs {words}"))
}

/// The values of a candidate: `55 · 2 · 300s`.
fn labels_of(found: &SearchResult, candidate: usize) -> String {
    found.design().labels(candidate as u64).join(" · ")
}

/// Cost a month against p99 of every setting that ran, the front drawn, the recommended one named.
#[must_use]
pub fn optimization_plot(found: &SearchResult) -> PlotSpec {
    let dot = |point: &CandidatePoint| plot::PlotPoint::at(point.at.cost, point.at.p99);
    let of =
        |wanted: bool| found.points.iter().filter(move |point| point.on_front == wanted).map(dot).collect();
    let mut front: Vec<plot::PlotPoint> = of(true);
    front.sort_by(|a, b| a.x.total_cmp(&b.x));
    let series = |name: &str, hue, mark, spots| PlotSeries { name: name.to_owned(), hue, mark, spots };
    let chosen = found
        .points
        .iter()
        .filter(|point| found.winner.as_ref().is_some_and(|winner| winner.candidate == point.candidate));
    let chosen = chosen
        .map(|point| plot::PlotPoint { label: plain(&labels_of(found, point.candidate)), ..dot(point) });
    let names: Vec<String> = found.axes.iter().map(|axis| plain(short_name(&axis.name))).collect();
    let word = match &found.winner {
        Some(winner) if winner.holds => "recommended",
        _ => "not confirmed, the closest",
    };
    PlotSpec {
        title: "Cost against p99".to_owned(),
        subtitle: format!("{} settings of {}", grouped(found.design().points()), names.join(" · ")),
        caption: format!(
            "Means of the race, in which settings that drop out early have few runs.{}",
            said_of_costs(found).map_or_else(String::new, |words| format!(" Here {words}."))
        ),
        columns: 1,
        panels: vec![PlotPanel {
            title: "p99 response time".to_owned(),
            height: 400.0,
            empty: "no setting could be run".to_owned(),
            content: PanelContent::Curves {
                x: PlotAxis { name: "cost a month".to_owned(), unit: Unit::Dollars, range: AxisRange::Data },
                y: PlotAxis { name: "p99".to_owned(), unit: Unit::Millis, range: AxisRange::Auto },
                series: vec![
                    series("beaten in both", Hue::Grey, SeriesMark::Dots(3.5), of(false)),
                    series("front", Hue::Blue, SeriesMark::Line(1.5), front.clone()),
                    series("", Hue::Blue, SeriesMark::Dots(4.5), front),
                    series(word, Hue::Green, SeriesMark::Dots(7.0), chosen.collect()),
                ],
            },
        }],
    }
}
