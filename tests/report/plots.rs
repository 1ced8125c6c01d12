//! The shared plot: any data can be drawn, the same data gives the same bytes, and no text can break the picture.

use windtunnel::report::plot::{
    AxisRange, HeatMap, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark,
    Unit, plot_png, plot_svg,
};

fn axis(name: &str, unit: Unit, range: AxisRange) -> PlotAxis {
    PlotAxis { name: name.to_owned(), unit, range }
}

fn series(name: &str, hue: Hue, mark: SeriesMark, spots: Vec<PlotPoint>) -> PlotSeries {
    PlotSeries { name: name.to_owned(), hue, mark, spots }
}

fn panel(title: &str, content: PanelContent) -> PlotPanel {
    PlotPanel { title: title.to_owned(), height: 300.0, empty: "no data".to_owned(), content }
}

fn spec(title: &str, panels: Vec<PlotPanel>) -> PlotSpec {
    PlotSpec {
        title: title.to_owned(),
        subtitle: "cost a month against the 99th percentile of response times".to_owned(),
        caption: "seed 1 · 3 replications a point".to_owned(),
        columns: 1,
        panels,
    }
}

/// A cloud with its front, the points given.
fn cloud(title: &str, points: &[(f64, f64)]) -> PlotSpec {
    let labelled = |(index, (x, y)): (usize, &(f64, f64))| PlotPoint {
        label: format!("target 4{index}, max 2{index}"),
        ..PlotPoint::at(*x, *y)
    };
    let front: Vec<PlotPoint> = points.iter().take(7).enumerate().map(labelled).collect();
    let line = points.iter().take(7).map(|(x, y)| PlotPoint::at(*x, *y)).collect();
    let rest = points.iter().skip(7).map(|(x, y)| PlotPoint::at(*x, *y)).collect();
    let content = PanelContent::Curves {
        x: axis("cost a month", Unit::Dollars, AxisRange::Auto),
        y: axis("p99 response time", Unit::Millis, AxisRange::Auto),
        series: vec![
            series("points", Hue::Grey, SeriesMark::Dots(2.5), rest),
            series("", Hue::Blue, SeriesMark::Line(1.5), line),
            series("Pareto front", Hue::Blue, SeriesMark::Dots(4.5), front),
        ],
    };
    spec(title, vec![panel("Cost against p99", content)])
}

/// A number in [0, 1) from its index.
fn scattered(index: u32) -> f64 {
    f64::from(index.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24)
}

fn fan() -> PlotPanel {
    let spot = |month: u32, width: f64| {
        let y = 400.0 + 30.0 * f64::from(month);
        PlotPoint { span: Some((y * (1.0 - width), y * (1.0 + width))), ..PlotPoint::at(f64::from(month), y) }
    };
    let months: Vec<String> = (1..=12).map(|month| format!("2026-{month:02}")).collect();
    let fan = |width: f64| (0..12).map(|month| spot(month, width * f64::from(month + 1) / 12.0)).collect();
    panel(
        "Cost a month",
        PanelContent::Curves {
            x: axis("month", Unit::Plain, AxisRange::Names(months)),
            y: axis("cost a month", Unit::Dollars, AxisRange::FromZero),
            series: vec![
                series("P10 to P90", Hue::Blue, SeriesMark::Band(0.18), fan(0.5)),
                series("P25 to P75", Hue::Blue, SeriesMark::Band(0.38), fan(0.25)),
                series("mean", Hue::Blue, SeriesMark::Line(2.0), fan(0.0)),
                series(
                    "budget",
                    Hue::Vermilion,
                    SeriesMark::Dashes,
                    vec![PlotPoint::at(-0.5, 700.0), PlotPoint::at(11.5, 700.0)],
                ),
            ],
        },
    )
}

fn stairs() -> PlotPanel {
    let run = |offset: f64| {
        (0..48)
            .map(|hour| {
                let x = f64::from(hour);
                PlotPoint::at(x, (offset + 4.0 * scattered(hour)).floor())
            })
            .collect()
    };
    let ticks = (0..=8).map(|tick| (f64::from(tick * 6), format!("{:02}:00", tick * 6 % 24))).collect();
    panel(
        "Running tasks",
        PanelContent::Curves {
            x: axis("time", Unit::Plain, AxisRange::Ticks { low: 0.0, high: 48.0, ticks }),
            y: axis("tasks", Unit::Plain, AxisRange::FromZero),
            series: vec![
                series("base", Hue::nth(0), SeriesMark::Step, run(10.0)),
                series(
                    "faster, with a name that is rather longer than most names are",
                    Hue::nth(1),
                    SeriesMark::Step,
                    run(14.0),
                ),
                series("slower", Hue::nth(2), SeriesMark::Step, run(6.0)),
            ],
        },
    )
}

fn intervals() -> PlotPanel {
    let spots = (0..9).map(|index| {
        let y = 0.2 + 0.08 * f64::from(index);
        PlotPoint { span: Some((y - 0.05, y + 0.07)), ..PlotPoint::at(40.0 + 5.0 * f64::from(index), y) }
    });
    panel(
        "Utilization",
        PanelContent::Curves {
            x: axis("target_value", Unit::Named("%".to_owned()), AxisRange::Data),
            y: axis("CPU utilization", Unit::Share, AxisRange::FromZero),
            series: vec![series(
                "mean with its 95 % interval",
                Hue::Green,
                SeriesMark::Dots(4.0),
                spots.collect(),
            )],
        },
    )
}

fn heat(columns: u32, rows: u32, value: impl Fn(u32) -> Option<f64>) -> PlotPanel {
    panel(
        "Cost a month",
        PanelContent::Heat(HeatMap {
            x: "service.web.scaling.target_tracking.cpu.target_value".to_owned(),
            y: "service.web.scaling.max_capacity".to_owned(),
            columns: (0..columns).map(|column| (40 + 5 * column).to_string()).collect(),
            rows: (0..rows).map(|row| (10 * (row + 1)).to_string()).collect(),
            unit: Unit::Dollars,
            values: (0..columns * rows).map(value).collect(),
            framed: vec![1],
        }),
    )
}

/// Every picture of these tests, by name.
fn gallery() -> Vec<(&'static str, PlotSpec)> {
    let many = |count: u32| -> Vec<(f64, f64)> {
        (0..count).map(|i| (200.0 + 800.0 * scattered(i), 100.0 + 2_000.0 * scattered(i + 7))).collect()
    };
    let mut fifty = many(50);
    fifty.sort_by(|a, b| a.0.total_cmp(&b.0));
    let maps = vec![
        heat(5, 4, |i| (i != 7).then(|| 412.0 + 13.7 * f64::from(i))),
        heat(20, 30, |i| Some(libm::exp(f64::from(i) / 40.0))),
        heat(3, 1, |_| Some(7.0)),
        heat(2, 2, |_| None),
    ];
    vec![
        ("none", cloud("No point", &[])),
        ("one", cloud("One point", &[(100.0, 250.0)])),
        ("three", cloud("Three points", &[(100.0, 450.0), (120.0, 300.0), (200.0, 180.0)])),
        ("fifty", cloud("Fifty points", &fifty)),
        ("thousand", cloud("A thousand points", &many(1_000))),
        ("equal", cloud("Equal values", &[(100.0, 250.0); 9])),
        ("huge", cloud("Huge ranges", &[(1e-6, 1e9), (1.0, 1e6), (1e12, 0.5), (1e5, 40.0)])),
        ("odd", cloud("No numbers", &[(f64::NAN, 1.0), (1.0, f64::INFINITY), (-5.0, -3.0), (0.0, 0.0)])),
        ("curves", spec("Curves", vec![fan(), stairs(), intervals()])),
        ("heat", PlotSpec { columns: 2, ..spec("Cells", maps) }),
        ("nothing", spec("No panel", vec![])),
    ]
}

#[test]
fn any_data_can_be_drawn_and_the_same_data_gives_the_same_bytes() {
    for (name, spec) in gallery() {
        let (png, svg) = (plot_png(&spec).unwrap(), plot_svg(&spec).unwrap());
        assert_eq!(plot_png(&spec).unwrap(), png, "{name}");
        assert_eq!(plot_svg(&spec).unwrap(), svg, "{name}");
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    }
}

#[test]
fn a_cloud_of_many_points_is_no_larger_than_its_pixels() {
    let cloud = |count: u32| {
        let points: Vec<(f64, f64)> =
            (0..count).map(|i| (scattered(i % 500), scattered(i % 500 + 9))).collect();
        plot_svg(&cloud("many", &points)).unwrap().len()
    };
    assert!(cloud(100_000) < 2 * cloud(1_000));
}

#[test]
fn texts_from_outside_cannot_break_the_picture() {
    let mut spec = cloud("<script>alert(1)</script> \u{1b}[31m & \u{0}", &[(1.0, 2.0)]);
    spec.subtitle = "]]> <!-- \u{202e}".to_owned();
    spec.panels[0].title = "x".repeat(5_000);
    let svg = plot_svg(&spec).unwrap();
    assert!(!svg.contains("<script") && !svg.contains("<!--") && !svg.contains('\u{1b}'));
    assert!(svg.contains("&lt;script&gt;"));
    assert!(svg.len() < 50_000);
}
