//! Axes: round ticks for values, linear or logarithmic, and civil ticks for time. Pure arithmetic; nothing is drawn.

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};

use super::super::numbers::{grouped, millis, whole};
use super::canvas::PixelBounds;
use crate::kernel::units::SimTime;
use crate::report::palette::is_logarithmic;
use crate::results::RunCalendar;

/// A value axis: its range and its ticks.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
    /// Positions of the ticks, in the unit of the values.
    pub(super) ticks: Vec<f64>,
}

impl Scale {
    /// From zero to the first round number at or above `most`; about `count` ticks.
    pub(super) fn linear(most: f64, count: f64) -> Self {
        let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
        let step = round_step(most / count);
        let steps = (most / step - 1e-9).ceil().max(1.0);
        Self { low: 0.0, high: steps * step, is_log: false, ticks: ticks_to(steps * step, step) }
    }

    /// From zero to exactly `high`, with round ticks below it: the second axis of a panel whose two axes are aligned.
    pub(super) fn aligned(high: f64, count: f64) -> Self {
        let step = round_step(high / count).max(1.0);
        // Half a task is nothing.
        let step = if step.fract() > 0.0 { 2.0 * step } else { step };
        Self { low: 0.0, high, is_log: false, ticks: ticks_to(high, step) }
    }

    /// For values from `least` to `most`, both above zero: logarithmic where they lie more than thirty-fold apart.
    pub(super) fn spread(least: f64, most: f64, count: f64) -> Self {
        if !is_logarithmic(least, most) {
            return Self::linear(most, count);
        }
        let (low, high) = (round_log(least, false), round_log(most, true));
        let decades = libm::log10(high / low);
        let mut ticks = Vec::new();
        let mut decade = libm::pow(10.0, libm::log10(low).floor());
        let factors: &[f64] = if decades <= 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        while decade <= high * 1.001 {
            ticks.extend(
                factors
                    .iter()
                    .map(|factor| factor * decade)
                    .filter(|v| (low * 0.999..=high * 1.001).contains(v)),
            );
            decade *= 10.0;
        }
        let every = ticks.len().div_ceil(8).max(1);
        let ticks = ticks.into_iter().step_by(every).collect();
        Self { low, high, is_log: true, ticks }
    }

    /// Whether the axis is logarithmic.
    pub(super) fn is_log(&self) -> bool {
        self.is_log
    }

    /// The top of the range.
    pub(super) fn high(&self) -> f64 {
        self.high
    }

    /// The position of a value in `bounds` \[px\]; what lies beyond the range is drawn at its edge.
    pub(super) fn y(&self, value: f64, bounds: &PixelBounds) -> f64 {
        let value = if value.is_finite() { value.clamp(self.low, self.high) } else { self.low };
        let share = if self.is_log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        bounds.bottom - share * (bounds.bottom - bounds.top)
    }
}

fn ticks_to(high: f64, step: f64) -> Vec<f64> {
    let last = whole((high / step + 1e-9).floor()).min(1000);
    (0..=last).map(|index| index as f64 * step).collect()
}

/// The smallest of 1, 2, 2.5, 5 × 10^k at or above `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let decade = libm::pow(10.0, libm::log10(least.max(1e-12)).floor());
    let factors = [1.0, 2.0, 2.5, 5.0, 10.0];
    factors
        .iter()
        .map(|factor| factor * decade)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * decade)
}

/// The nearest of 1, 2, 5 × 10^k at or beyond `value`, upward or downward.
pub(super) fn round_log(value: f64, upward: bool) -> f64 {
    let decade = libm::pow(10.0, libm::log10(value).floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * decade);
    if upward {
        steps.into_iter().find(|step| *step >= value * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
    } else {
        steps.into_iter().rev().find(|step| *step <= value * (1.0 + 1e-9)).unwrap_or(decade)
    }
}

/// A tick of a count or a rate: `7 000`, `0.25`.
pub(super) fn count_label(value: f64) -> String {
    if value >= 10.0 || (value - value.round()).abs() < 1e-9 {
        let text = grouped(whole(value));
        return if (value - value.round()).abs() < 1e-9 { text } else { format!("{value:.1}") };
    }
    super::super::numbers::trimmed(&format!("{value:.4}"))
}

/// A tick of a share in percent: `80 %`.
pub(super) fn percent_label(value: f64) -> String {
    format!("{} %", count_label(value))
}

/// A tick of a time in milliseconds: `20 ms`, `1 s`.
pub(super) fn millis_label(value: f64) -> String {
    if value <= 0.0 { "0".to_owned() } else { millis(value) }
}

/// A tick of an amount a hour: `$2.50`.
pub(super) fn dollar_label(value: f64, step: f64) -> String {
    let decimals = if step >= 1.0 && (step - step.round()).abs() < 1e-9 {
        return format!("${}", grouped(whole(value)));
    } else if step >= 0.01 && (step * 100.0 - (step * 100.0).round()).abs() < 1e-6 {
        2
    } else {
        4
    };
    format!("${value:.decimals$}")
}

/// Ticks of the time axis from one second to another: `(second, label)`, about a dozen at most, on round local times.
pub(in crate::report) fn time_ticks(calendar: &RunCalendar, start_s: f64, end_s: f64) -> Vec<(f64, String)> {
    const STEPS: [u32; 17] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
    const MOST: f64 = 12.0;
    let start = calendar.zoned(SimTime(whole(start_s.max(0.0) * 1e9)));
    let length_s = end_s - start_s;
    let fitting = STEPS.iter().copied().find(|step| length_s / f64::from(*step) <= MOST);
    match fitting {
        Some(step) if length_s <= 3.0 * 86_400.0 => clock_ticks(calendar, &start, (start_s, end_s), step),
        _ => date_ticks(calendar, &start, end_s),
    }
}

fn clock_ticks(
    calendar: &RunCalendar,
    start: &Zoned,
    (start_s, end_s): (f64, f64),
    step: u32,
) -> Vec<(f64, String)> {
    let midnight = start.start_of_day().map_or(0.0, |midnight| calendar.second_of(&midnight));
    let step_s = f64::from(step);
    let first = midnight + ((start_s - midnight) / step_s - 1e-9).ceil() * step_s;
    let mut ticks = Vec::new();
    let mut second = first;
    while second <= end_s + 1e-6 && ticks.len() < 20 {
        let local = calendar.zoned(SimTime(whole(second.max(0.0) * 1e9)));
        let format = match (step < 60, local.hour(), local.minute(), local.second()) {
            // The run's own first midnight is in the caption already.
            (_, 0, 0, 0) if second > 0.0 => "%-d %b",
            (true, ..) => "%H:%M:%S",
            _ => "%H:%M",
        };
        ticks.push((second, local.strftime(format).to_string()));
        second += step_s;
    }
    ticks
}

/// Ticks on whole days, months or years; civil steps, so that a change of the clock moves none of them.
fn date_ticks(calendar: &RunCalendar, start: &Zoned, horizon_s: f64) -> Vec<(f64, String)> {
    const MOST: f64 = 15.0;
    let days = horizon_s / 86_400.0;
    let day_step = [1_i64, 2, 7, 14].into_iter().find(|step| days / *step as f64 <= MOST);
    let month_step =
        [1_i64, 2, 3, 6, 12, 24].into_iter().find(|step| days / (30.4 * *step as f64) <= MOST).unwrap_or(60);
    let date: Date = start.date();
    let (mut date, step, format) = match day_step {
        Some(step) => (date, step.days(), "%-d %b"),
        None => (date.first_of_month(), month_step.months(), "%b %Y"),
    };
    let mut ticks = Vec::new();
    while ticks.len() < 40 {
        let Ok(midnight) = date.to_zoned(start.time_zone().clone()) else { break };
        let second = calendar.second_of(&midnight);
        if second > horizon_s {
            break;
        }
        if second >= 0.0 {
            ticks.push((second, date.strftime(format).to_string()));
        }
        let Ok(next) = date.checked_add(step) else { break };
        date = next;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(Scale::linear(7000.0, 5.0).ticks, [0.0, 2000.0, 4000.0, 6000.0, 8000.0]);
        assert_eq!(Scale::linear(100.0, 4.0).ticks, [0.0, 25.0, 50.0, 75.0, 100.0]);
        assert_eq!(Scale::linear(0.0, 4.0).ticks, [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(Scale::linear(f64::NAN, 4.0).ticks, [0.0, 0.25, 0.5, 0.75, 1.0]);
    }

    #[test]
    fn a_wide_range_is_logarithmic_and_a_narrow_one_is_not() {
        assert!(Scale::spread(1.0, 31.0, 5.0).is_log());
        assert!(!Scale::spread(1.0, 30.0, 5.0).is_log());
        assert!(!Scale::spread(0.0, 30.0, 5.0).is_log());
        assert_eq!(
            Scale::spread(3.0, 90.0 * 3.0, 5.0).ticks,
            [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]
        );
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(count_label(7000.0), "7 000");
        assert_eq!(count_label(2.5), "2.5");
        assert_eq!(dollar_label(2.5, 0.5), "$2.50");
        assert_eq!(dollar_label(20.0, 5.0), "$20");
    }
}
