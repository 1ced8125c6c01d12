//! The picture of a forecast: bands over months.

use super::words::{band_sentence, bill_of, names_of};
use crate::experiment::forecast::{Actual, Forecast, MonthForecast, RunSpread};
use crate::report::chart::plot::{
    AxisRange, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark, Unit,
};
use crate::report::numbers::grouped;
use crate::report::words::plain;

/// A value with the span that is drawn round it.
type Drawn = (f64, Option<(f64, f64)>);

/// The cumulative cost as a fan, and each month's bill with its span.
#[must_use]
pub fn forecast_plot(forecast: &Forecast, title: &str, actuals: &[Actual]) -> PlotSpec {
    let names: Vec<String> = forecast.months.iter().map(|month| month.month.name()).collect();
    let spots = |of: &dyn Fn(&MonthForecast) -> Option<Drawn>| -> Vec<PlotPoint> {
        let spot = |(index, month): (usize, &MonthForecast)| {
            let (y, span) = of(month)?;
            Some(PlotPoint { span, ..PlotPoint::at(index as f64, y) })
        };
        forecast.months.iter().enumerate().filter_map(spot).collect()
    };
    let series = |name: &str, hue, mark, spots| PlotSeries { name: name.to_owned(), hue, mark, spots };
    let mut billed = 0.0;
    let mut sums = Vec::new();
    for (index, month) in forecast.months.iter().enumerate() {
        // A sum with a month missing would be compared with one that has it.
        let Some(bill) = bill_of(actuals, month) else { break };
        billed += bill;
        sums.push(PlotPoint::at(index as f64, billed));
    }
    let x = PlotAxis { name: String::new(), unit: Unit::Plain, range: AxisRange::Names(names) };
    let y = || PlotAxis { name: "USD".to_owned(), unit: Unit::Dollars, range: AxisRange::FromZero };
    let panel = |title: &str, series: Vec<PlotSeries>| PlotPanel {
        title: title.to_owned(),
        height: 240.0,
        empty: "no month was simulated".to_owned(),
        content: PanelContent::Curves {
            x: x.clone(),
            y: y(),
            series: series.into_iter().filter(|s| !s.spots.is_empty()).collect(),
        },
    };
    let fan = |spread: &dyn Fn(&MonthForecast) -> RunSpread, actual: Vec<PlotPoint>| {
        vec![
            series(
                "P10 to P90",
                Hue::Sky,
                SeriesMark::Band(0.3),
                spots(&|m| Some((spread(m).p50, Some((spread(m).p10, spread(m).p90))))),
            ),
            series(
                "P25 to P75",
                Hue::Sky,
                SeriesMark::Band(0.6),
                spots(&|m| Some((spread(m).p50, Some((spread(m).p25, spread(m).p75))))),
            ),
            series("mean", Hue::Blue, SeriesMark::Line(2.0), spots(&|m| Some((spread(m).mean, None)))),
            series("bills", Hue::Vermilion, SeriesMark::Dots(4.5), actual),
        ]
    };
    PlotSpec {
        title: title.to_owned(),
        subtitle: format!(
            "{} runs{}",
            grouped(forecast.runs),
            forecast.unpriced.words().map_or_else(String::new, |words| format!(", {words}"))
        ),
        caption: {
            let band = band_sentence(&names_of(&forecast.varied), forecast.is_approximate);
            let remark =
                forecast.remarks.first().map_or_else(String::new, |remark| format!(" · {}", plain(remark)));
            format!("{band}{remark}")
        },
        columns: 1,
        panels: vec![
            panel("Cost so far", fan(&|month| month.cumulative, sums)),
            panel(
                "Cost by month",
                fan(&|month| month.cost, spots(&|m| bill_of(actuals, m).map(|bill| (bill, None)))),
            ),
        ],
    }
}
