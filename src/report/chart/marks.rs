//! The lane of scale-outs and scale-ins above the tasks: a row each, a triangle a change, and how many tasks it was.
//! Changes too close together for a label each share one with their sum.

use plotters::prelude::DrawingBackend;

use super::super::numbers::grouped;
use super::ChartError;
use super::canvas::{Anchor, Canvas, Colour, GREY, PixelBounds, TextLook, role};
use super::panel::{Panel, RIGHT, triangle};
use super::stairs::changes;
use crate::record::ServiceRecord;
use crate::report::palette::Role;

/// Height of the lane \[px\].
pub(super) const LANE: f64 = 46.0;
/// Right end of labels at most: in the right margin \[px\].
const END: f64 = RIGHT + 110.0;
/// Space between the middle of a triangle and its label \[px\].
const BESIDE: f64 = 7.0;
/// Space between a label and the next triangle's middle \[px\].
const CLEAR: f64 = 7.0;
/// More marks than this in a row would run into each other as triangles.
const MOST_TRIANGLES: usize = 100;

/// Changes of one direction that share a label: where each stands \[px\], and the tasks of all of them.
#[derive(Clone, Debug, PartialEq)]
struct MarkGroup {
    places: Vec<f64>,
    tasks: u64,
}

impl MarkGroup {
    fn first(&self) -> f64 {
        self.places.first().copied().unwrap_or(0.0)
    }

    fn last(&self) -> f64 {
        self.places.last().copied().unwrap_or(0.0)
    }

    /// The sum and the number of steps: `+7`, `+89 in 10`. A sum alone would read as that of the last mark.
    fn short(&self, sign: char) -> String {
        let sum = format!("{sign}{}", grouped(self.tasks));
        if self.places.len() > 1 { format!("{sum} in {}", self.places.len()) } else { sum }
    }

    /// The same where there is space: `+89 in 10 steps`.
    fn long(&self, sign: char) -> String {
        if self.places.len() > 1 { format!("{} steps", self.short(sign)) } else { self.short(sign) }
    }
}

/// Groups marks, in order of their places, so that each group's sum fits between it and the next one.
fn groups(marks: &[(f64, u64)], width: impl Fn(&MarkGroup) -> f64) -> Vec<MarkGroup> {
    let mut found: Vec<MarkGroup> = Vec::new();
    for (x, tasks) in marks {
        match found.last_mut() {
            Some(group) if group.last() + BESIDE + width(group) + CLEAR > *x => {
                group.places.push(*x);
                group.tasks = group.tasks.saturating_add(*tasks);
            }
            _ => found.push(MarkGroup { places: vec![*x], tasks: *tasks }),
        }
    }
    found
}

/// Draws the lane above a panel: scale-outs in its upper row, scale-ins in its lower one.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    panel: &Panel<'_>,
    service: &ServiceRecord,
) -> Result<(), ChartError> {
    let time = panel.time;
    let (mut outs, mut ins) = (Vec::new(), Vec::new());
    for change in changes(service) {
        let at = change.at.as_secs_f64();
        if !(time.start_s..=time.end_s).contains(&at) {
            continue;
        }
        let row = if change.desired_after > change.desired_before { &mut outs } else { &mut ins };
        row.push((time.x(at), u64::from(change.desired_after.abs_diff(change.desired_before))));
    }
    let top = panel.bounds.top - LANE;
    row(canvas, &outs, top + 6.0, (role(Role::ScaleOut), '+'))?;
    row(canvas, &ins, top + 20.0, (role(Role::ScaleIn), '−'))
}

fn row<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    marks: &[(f64, u64)],
    y: f64,
    (colour, sign): (Colour, char),
) -> Result<(), ChartError> {
    if marks.len() > MOST_TRIANGLES {
        for (x, _) in marks {
            let stroke = PixelBounds { left: x - 0.5, top: y - 4.0, right: x + 0.5, bottom: y + 4.0 };
            canvas.rect(stroke, colour, 1.0)?;
        }
        return Ok(());
    }
    let look = TextLook::new(11.0, GREY);
    let groups = groups(marks, |group| canvas.width_of(&group.short(sign), look));
    // Where the row of labels ends so far.
    let mut taken = f64::NEG_INFINITY;
    for (index, group) in groups.iter().enumerate() {
        for x in &group.places {
            triangle(canvas, (*x, y), colour, sign == '+')?;
        }
        let limit = groups.get(index + 1).map_or(END, |next| next.first() - CLEAR);
        let mut options = [group.long(sign), group.short(sign)].into_iter();
        let right = options.find(|text| group.last() + BESIDE + canvas.width_of(text, look) <= limit);
        if let Some(text) = right {
            taken = group.last() + BESIDE + canvas.width_of(&text, look);
            canvas.text(&text, Anchor::left(group.last() + BESIDE, y), look)?;
            continue;
        }
        // At the right edge a label stands before its marks.
        let mut options = [group.long(sign), group.short(sign)].into_iter();
        let left = options.find(|text| group.first() - BESIDE - canvas.width_of(text, look) > taken + 4.0);
        if let Some(text) = left {
            canvas.text(&text, Anchor::right(group.first() - BESIDE, y), look)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_closer_than_a_label_share_one_with_their_sum() {
        let marks = [(100.0, 1), (200.0, 7), (203.0, 5), (215.0, 77), (300.0, 2)];
        let found = groups(&marks, |_| 20.0);
        let sums: Vec<(usize, u64)> = found.iter().map(|group| (group.places.len(), group.tasks)).collect();
        assert_eq!(sums, [(1, 1), (3, 89), (1, 2)]);
        assert_eq!([found[1].short('+'), found[1].long('+')], ["+89 in 3", "+89 in 3 steps"]);
        assert_eq!(found[0].long('−'), "−1");
    }
}
