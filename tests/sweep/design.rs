//! Laws of points: a grid has every combination once, a Latin hypercube every value equally often.

use std::collections::BTreeSet;

use windtunnel::experiment::points::{Design, Points};
use windtunnel::scenario::Axis;

fn axes(texts: &[&str]) -> Vec<Axis> {
    texts.iter().map(|text| Axis::parse(text).unwrap()).collect()
}

#[test]
fn a_grid_has_every_combination_once_and_its_last_axis_changes_fastest() {
    let axes = axes(&["a=1..3:1", "b=x,y", "c=0.1..0.5:0.1"]);
    let design = Design::new(&axes, &Points::Grid, 4, 1);
    assert_eq!((design.points(), design.cells()), (30, 120));
    let all: Vec<Vec<&str>> = (0..30).map(|point| design.labels(point)).collect();
    assert_eq!(all[0], ["1", "x", "0.1"]);
    assert_eq!(all[1], ["1", "x", "0.2"]);
    assert_eq!(all[5], ["1", "y", "0.1"]);
    assert_eq!(all[29], ["3", "y", "0.5"]);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 30);
    assert_eq!(design.overrides(29), ["a=3", "b=y", "c=0.5"]);
    assert_eq!(design.split(119), (29, 3));
}

#[test]
fn every_value_of_a_latin_hypercube_comes_up_equally_often() {
    for (points, texts) in [(60_u64, ["a=1..5:1", "b=1..7:1"]), (10, ["a=1..3:1", "b=1..100:1"])] {
        let axes = axes(&texts);
        let kind = Points::LatinHypercube { points };
        let design = Design::new(&axes, &kind, 1, 1);
        assert_eq!(design.points(), points);
        for (index, axis) in axes.iter().enumerate() {
            let mut counts = vec![0_u64; axis.values.len()];
            for point in 0..points {
                counts[design.choice(point)[index]] += 1;
            }
            let (low, high) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
            assert!(high - low <= 1, "{points} {counts:?}");
        }
    }
}

#[test]
fn a_latin_hypercube_is_drawn_from_its_seed_axis_by_axis() {
    let choices = |texts: &[&str], seed: u64, axis: usize| -> Vec<usize> {
        let axes = axes(texts);
        let kind = Points::LatinHypercube { points: 50 };
        let design = Design::new(&axes, &kind, 1, seed);
        (0..50).map(|point| design.choice(point)[axis]).collect()
    };
    let two = ["a=1..9:1", "b=1..9:1"];
    assert_eq!(choices(&two, 1, 0), choices(&two, 1, 0));
    assert_ne!(choices(&two, 1, 0), choices(&two, 2, 0));
    assert_ne!(choices(&two, 1, 0), choices(&two, 1, 1));
    // An axis more shifts no other.
    assert_eq!(choices(&two, 1, 0), choices(&["c=1..4:1", "a=1..9:1"], 1, 1));
}

#[test]
fn the_size_of_a_grid_is_told_before_it_is_made() {
    let axes: Vec<Axis> = (0..30).map(|i| Axis::parse(&format!("k{i}=1..100000:1")).unwrap()).collect();
    assert!(Design::estimate(&axes, &Points::Grid, 100_000) > 1 << 100);
}
