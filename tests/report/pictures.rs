//! Pictures: no result makes one fail, and both formats are what they claim to be.

use windtunnel::experiment::RunResult;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::units::{Bytes, SimDuration, SimTime};
use windtunnel::report::{chart_png, chart_svg};
use windtunnel::scenario::{Comparator, Measure};

use super::fixture::{
    check, empty, flash_sale, idle, poisoned, result, scenario, service_plan, sketch, spike_day, two_services,
};

/// A name with everything that XML and terminals trip over.
const ODD_NAME: &str = "<b>&\"it's\" 🚀 \u{1b}[31mred\u{1b}[0m \u{202e}\u{0}=1+1 ]]> --";

fn steady(name: &str, minutes: u64, tasks: u32, rate: f64) -> RunResult {
    let scenario = scenario(name, vec![service_plan(name)], SimDuration::from_secs(minutes * 60));
    result(scenario, vec![sketch(name, minutes, tasks, move |_| rate)])
}

fn month() -> RunResult {
    let rate = |minute: u64| flash_sale(minute % 1440) * if (minute / 1440 + 5) % 7 < 2 { 0.4 } else { 1.0 };
    let scenario = scenario("a month", vec![service_plan("web")], SimDuration::from_secs(30 * 86_400));
    result(scenario, vec![sketch("web", 30 * 1440, 20, rate)])
}

fn many_services() -> RunResult {
    let names: Vec<String> = (0..9).map(|index| format!("service-{index}")).collect();
    let plans = names.iter().map(|name| service_plan(name)).collect();
    let records = names.iter().map(|name| sketch(name, 60, 10, |_| 100.0)).collect();
    result(scenario("many", plans, SimDuration::from_secs(3600)), records)
}

fn no_services() -> RunResult {
    result(scenario("none", Vec::new(), SimDuration::from_secs(60)), Vec::new())
}

/// Results of every kind, by name.
fn gallery() -> Vec<(&'static str, RunResult)> {
    let hours = |hours: u64| SimDuration::from_secs(hours * 3600);
    let zoomed = vec![sketch("web", 120, 20, |minute| flash_sale(minute + 1170))];
    vec![
        ("spike", spike_day()),
        ("zoom", result(scenario("two hours", vec![service_plan("web")], hours(2)), zoomed)),
        ("two", two_services()),
        ("month", month()),
        ("year", steady("year", 365 * 1440, 20, 300.0)),
        ("one-minute", steady("one-minute", 1, 10, 120.0)),
        ("million", steady("million", 240, 300, 1e6)),
        ("idle", result(scenario("idle", vec![service_plan("web")], hours(2)), vec![idle("web", 120)])),
        ("odd", steady(ODD_NAME, 60, 10, 100.0)),
        ("empty", empty()),
        ("poisoned", poisoned()),
        ("many", many_services()),
        ("none", no_services()),
    ]
}

/// Every tag is closed in order, every `&` begins an entity, and no character is one that XML forbids.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>'), "a loose `>` in {text}");
        for after in text.split('&').skip(1) {
            let entity = after.split(';').next().unwrap();
            assert!(["lt", "gt", "amp", "quot", "apos"].contains(&entity), "&{entity}");
        }
        let end = start + rest[start..].find('>').expect("a tag that ends");
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!svg.chars().any(|c| c.is_control() && c != '\n'));
    assert!(!svg.contains("NaN") && !svg.contains("inf\""));
}

#[test]
fn every_result_has_a_picture_in_both_formats() {
    for (name, result) in gallery() {
        let png = chart_png(&result).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "{name}");
        assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1200, "{name}");
        assert!(png.ends_with(b"IEND\xae\x42\x60\x82"), "{name}");
        assert!(png.len() < 1_500_000, "{name}: {} bytes", png.len());
        let svg = chart_svg(&result).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(svg.starts_with("<svg width=\"1200\""), "{name}");
        assert_well_formed(&svg);
    }
}

#[test]
fn the_pixels_of_the_png_are_all_there() {
    use std::io::Read;
    let png = chart_png(&spike_day()).unwrap();
    let height = u32::from_be_bytes(png[20..24].try_into().unwrap()) as usize;
    let start = png.windows(4).position(|kind| kind == b"IDAT").unwrap();
    let length = u32::from_be_bytes(png[start - 4..start].try_into().unwrap()) as usize;
    let mut pixels = Vec::new();
    flate2::read::ZlibDecoder::new(&png[start + 4..start + 4 + length]).read_to_end(&mut pixels).unwrap();
    assert_eq!(pixels.len(), height * (1 + 1200 * 3));
}

#[test]
fn names_are_shown_as_they_are_and_never_as_markup() {
    let svg = chart_svg(&steady(ODD_NAME, 60, 10, 100.0)).unwrap();
    assert!(svg.contains("&lt;b&gt;&amp;&quot;it&apos;s&quot; 🚀 red =1+1 ]]&gt; --"));
    assert!(!svg.contains("<b>"));
}

#[test]
fn a_picture_says_what_it_does_not_show() {
    assert!(chart_svg(&month()).unwrap().contains("minutes share a column of the picture"));
    assert!(chart_svg(&spike_day()).unwrap().contains("One value a minute;"));
    assert!(chart_svg(&many_services()).unwrap().contains("3 more services are in timeline.csv."));
    assert!(chart_svg(&idle_result()).unwrap().contains("no request was served"));
}

fn idle_result() -> RunResult {
    result(scenario("idle", vec![service_plan("web")], SimDuration::from_secs(7200)), vec![idle("web", 120)])
}

#[test]
fn policies_and_limits_are_named_beside_their_lines() {
    let spike = chart_svg(&spike_day()).unwrap();
    for name in ["CPU target 60 %", "low alarm 54 %", "burst ≥ 85 %", "whole run:", "p99 &lt; 800 ms"] {
        assert!(spike.contains(name), "{name}");
    }
    let two = chart_svg(&two_services()).unwrap();
    for name in ["memory target 20 %", "requests target", "target of 1\u{2009}000"] {
        assert!(two.contains(name), "{name}");
    }
    let mut odd = spike_day();
    odd.scenario.checks = vec![
        check("", Measure::ResponseQuantile(0.999), Comparator::LessOrEqual, 0.0),
        check("", Measure::ResponseMax, Comparator::Less, f64::INFINITY),
        check("", Measure::ResponseMean, Comparator::Less, f64::NAN),
    ];
    assert_well_formed(&chart_svg(&odd).unwrap());
}

#[test]
fn equal_results_give_equal_pictures() {
    assert_eq!(chart_png(&two_services()).unwrap(), chart_png(&two_services()).unwrap());
    assert_eq!(chart_svg(&two_services()).unwrap(), chart_svg(&two_services()).unwrap());
}

#[test]
fn a_long_run_that_scaled_out_has_a_closer_look_and_a_short_one_has_not() {
    let day = chart_svg(&spike_day()).unwrap();
    assert!(day.contains("Around the longest shortfall"));
    let mut unknown = spike_day();
    unknown.scenario.plan.services[0].request.cpu_time = Distribution::constant(SimDuration::ZERO);
    unknown.scenario.plan.services[0].task.concurrency = None;
    assert!(chart_svg(&unknown).unwrap().contains("Around the largest scale-out"));
    for short in [steady("one hour", 60, 10, 100.0), idle_result()] {
        assert!(!chart_svg(&short).unwrap().contains(">\nAround the"));
    }
}

#[test]
fn marks_that_are_close_together_are_labelled_with_their_sum() {
    let mut result = spike_day();
    let rows = &mut result.record.services[0].decisions;
    let mut row = rows[0].clone();
    rows.clear();
    for (minute, before, after) in [(600, 10, 11), (1205, 11, 18), (1206, 18, 23), (1207, 23, 100)] {
        row.at = SimTime(minute * 60_000_000_000);
        (row.desired_before, row.desired_after, row.outcome) = (before, after, "scaled_out");
        rows.push(row.clone());
    }
    let svg = chart_svg(&result).unwrap();
    assert!(svg.contains("\n+89 in 3 steps\n") && svg.contains("\n+1\n"));
}

#[test]
fn memory_has_a_line_only_where_the_scenario_speaks_of_it() {
    let mut result = spike_day();
    assert!(chart_svg(&result).unwrap().contains("\nmemory\n"));
    let task = &mut result.scenario.plan.services[0].task;
    (task.base_memory, task.memory_per_request) = (Bytes(0), Bytes(0));
    assert!(!chart_svg(&result).unwrap().contains("\nmemory\n"));
}

#[test]
fn axes_that_are_not_aligned_are_said_to_be() {
    assert!(chart_svg(&spike_day()).unwrap().contains("axes aligned: a task carries 25/s"));
    let idle_fleet = steady("overprovisioned", 60, 300, 100.0);
    assert!(chart_svg(&idle_fleet).unwrap().contains("axes not aligned: a task carries 25/s"));
}
