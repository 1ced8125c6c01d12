//! Labels beside points: each gets the first place around its point where it covers neither another label nor a dot
//! and stays in the panel, clear of lines where it can; one that finds none is left out.

use super::super::canvas::PixelBounds;

/// Height of a label \[px\].
pub(super) const HEIGHT: f64 = 14.0;
/// Space between a point's middle and its label \[px\].
const BESIDE: f64 = 8.0;
/// Dots that labels look out for; a cloud of more is no place for labels anyway.
const MOST_DOTS: usize = 4_000;

/// Occupied places of a panel, and the labels put beside them.
#[derive(Debug)]
pub(super) struct Labels {
    bounds: PixelBounds,
    taken: Vec<PixelBounds>,
    dots: Vec<(f64, f64)>,
    strokes: Vec<(f64, f64)>,
}

impl Labels {
    /// A panel whose labels must not cover `dots`.
    pub(super) fn new(bounds: PixelBounds, dots: Vec<(f64, f64)>) -> Self {
        let every = dots.len().div_ceil(MOST_DOTS).max(1);
        let dots = dots.into_iter().step_by(every).collect();
        Self { bounds, taken: Vec::new(), dots, strokes: Vec::new() }
    }

    /// A line that labels should stay clear of.
    pub(super) fn avoid(&mut self, line: &[(f64, f64)]) {
        for pair in line.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let pieces = ((to_x - x).abs().max((to_y - y).abs()) / 5.0).ceil().clamp(1.0, 400.0);
            let mut piece = 0.0;
            while piece <= pieces && self.strokes.len() < 5 * MOST_DOTS {
                let share = piece / pieces;
                self.strokes.push((x + (to_x - x) * share, y + (to_y - y) * share));
                piece += 1.0;
            }
        }
    }

    /// The left end and the middle height of a label so wide beside `point` \[px\]; the place is taken then.
    pub(super) fn place(&mut self, point: (f64, f64), width: f64) -> Option<(f64, f64)> {
        let (x, y) = point;
        let (right, left, centre) = (x + BESIDE, x - BESIDE - width, x - width / 2.0);
        let (above, below) = (y - HEIGHT, y + HEIGHT);
        let places = [
            (right, y),
            (right, above),
            (right, below),
            (left, y),
            (centre, above - 2.0),
            (centre, below + 2.0),
            (left, above),
            (left, below),
        ];
        let free = || places.into_iter().filter(|(left, middle)| self.is_free(*left, *middle, width));
        let clear = |(left, middle): &(f64, f64)| !self.crosses(&area(*left, *middle, width));
        let found = free().find(clear).or_else(|| free().next())?;
        self.taken.push(area(found.0, found.1, width));
        Some(found)
    }

    fn is_free(&self, left: f64, middle: f64, width: f64) -> bool {
        let area = area(left, middle, width);
        let frame = &self.bounds;
        let inside = area.left >= frame.left
            && area.right <= frame.right + 4.0
            && area.top >= frame.top
            && area.bottom <= frame.bottom;
        inside
            && !self.taken.iter().any(|other| overlap(&area, other))
            && !self.dots.iter().any(|dot| holds(&area, dot))
    }

    fn crosses(&self, area: &PixelBounds) -> bool {
        self.strokes.iter().any(|point| holds(area, point))
    }
}

fn area(left: f64, middle: f64, width: f64) -> PixelBounds {
    PixelBounds { left, top: middle - HEIGHT / 2.0, right: left + width, bottom: middle + HEIGHT / 2.0 }
}

fn holds(area: &PixelBounds, (x, y): &(f64, f64)) -> bool {
    (area.left - 3.0..=area.right + 3.0).contains(x) && (area.top - 2.0..=area.bottom + 2.0).contains(y)
}

fn overlap(a: &PixelBounds, b: &PixelBounds) -> bool {
    a.left < b.right + 4.0 && b.left < a.right + 4.0 && a.top < b.bottom && b.top < a.bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_neither_overlap_nor_leave_the_panel() {
        let bounds = PixelBounds { left: 0.0, top: 0.0, right: 300.0, bottom: 200.0 };
        let dots: Vec<(f64, f64)> = (0..40).map(|i| (f64::from(i) * 7.5, 100.0 + f64::from(i % 5))).collect();
        let mut labels = Labels::new(bounds, dots.clone());
        let mut found = 0;
        for dot in &dots {
            if let Some((left, _)) = labels.place(*dot, 60.0) {
                found += 1;
                assert!(left >= 0.0 && left + 60.0 <= 304.0);
            }
        }
        assert!((2..40).contains(&found), "{found}");
        for (index, one) in labels.taken.iter().enumerate() {
            assert!(labels.taken[..index].iter().all(|other| !overlap(one, other)));
        }
    }

    #[test]
    fn a_lone_point_is_labelled_on_its_right() {
        let bounds = PixelBounds { left: 0.0, top: 0.0, right: 300.0, bottom: 200.0 };
        let mut labels = Labels::new(bounds, vec![(100.0, 100.0)]);
        assert_eq!(labels.place((100.0, 100.0), 50.0), Some((108.0, 100.0)));
    }

    #[test]
    fn a_label_stays_clear_of_a_line_where_it_can() {
        let bounds = PixelBounds { left: 0.0, top: 0.0, right: 300.0, bottom: 200.0 };
        let mut labels = Labels::new(bounds, vec![(100.0, 100.0)]);
        labels.avoid(&[(100.0, 100.0), (300.0, 100.0)]);
        let (left, middle) = labels.place((100.0, 100.0), 50.0).unwrap();
        assert!((left - 108.0).abs() < 1e-9 && middle < 92.0, "{left} {middle}");
    }
}
