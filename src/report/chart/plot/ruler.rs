//! An axis of a plot, ready to draw: from a value to its place, and its ticks with their texts. Pure arithmetic.

use super::super::super::numbers::{grouped, trimmed, whole};
use super::super::axis::{dollar_label, round_log, round_step};
use super::spec::{AxisRange, PlotAxis, Unit};
use crate::report::palette::is_logarithmic;

/// Limit of every axis: further out there are no round numbers left in a float.
const FARTHEST: f64 = 1e200;

/// An axis with its ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ruler {
    low: f64,
    high: f64,
    is_log: bool,
    /// Positions and texts of the ticks.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Ruler {
    /// The axis for `values`; about `count` ticks.
    pub(super) fn new(axis: &PlotAxis, values: impl Iterator<Item = f64>, count: f64) -> Self {
        match &axis.range {
            AxisRange::Names(names) => return Self::of_names(names),
            AxisRange::Ticks { low, high, ticks } => {
                let sound = low.is_finite() && high.is_finite() && low < high;
                let (low, high) = if sound { (*low, *high) } else { (0.0, 1.0) };
                return Self { low, high, is_log: false, ticks: ticks.clone() };
            }
            _ => {}
        }
        let (mut least, mut least_above, mut most) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.is_finite() && value.abs() <= FARTHEST) {
            (least, most) = (least.min(value), most.max(value));
            if value > 0.0 {
                least_above = least_above.min(value);
            }
        }
        if least > most {
            (least, most) = (0.0, 1.0);
        }
        let is_log = match axis.range {
            AxisRange::Log => most > 0.0,
            AxisRange::Auto => is_logarithmic(least, most),
            _ => false,
        };
        if is_log {
            return Self::log(least_above.max(1e-200).min(most), most, &axis.unit);
        }
        if axis.range == AxisRange::FromZero {
            (least, most) = (least.min(0.0), most.max(0.0));
        }
        Self::linear(least, most, count, &axis.unit)
    }

    fn linear(least: f64, most: f64, count: f64, unit: &Unit) -> Self {
        // Equal values get a range of their own around them; a range too narrow for a float's digits counts as none.
        // What is smaller than any figure of a run is zero.
        let tiny = |value: f64| if value.abs() < 1e-9 { 0.0 } else { value };
        let (least, most) = (tiny(least), tiny(most));
        let size = least.abs().max(most.abs());
        let is_flat = most - least <= size * 1e-9;
        let around = if size > 0.0 { size * 0.1 } else { 1.0 };
        let (least, most) = match (is_flat, least < 0.0) {
            (true, false) => ((least - around).max(0.0), most + around),
            (true, true) => (least - around, most + around),
            _ => (least, most),
        };
        let step = round_step((most - least) / count);
        let (first, last) = ((least / step + 1e-9).floor(), (most / step - 1e-9).ceil());
        let ticks = (0..=whole(last - first).min(100)).map(|index| {
            let value = (first + index as f64) * step;
            (value, text(value, step, unit))
        });
        Self { low: first * step, high: last * step, is_log: false, ticks: ticks.collect() }
    }

    fn log(least: f64, most: f64, unit: &Unit) -> Self {
        let (low, mut high) = (round_log(least, false), round_log(most, true));
        if high <= low * 1.001 {
            high = low * 10.0;
        }
        let decades = libm::log10(high / low);
        let factors: &[f64] = if decades <= 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let first = libm::log10(low).floor();
        let count = whole(libm::log10(high) - first + 1.0).min(500);
        let mut values = Vec::new();
        for decade in 0..=count {
            let decade = libm::pow(10.0, first + decade as f64);
            values.extend(factors.iter().map(|factor| factor * decade));
        }
        values.retain(|value| (low * 0.999..=high * 1.001).contains(value));
        let every = values.len().div_ceil(8).max(1);
        let ticks = values.into_iter().step_by(every).map(|value| (value, text(value, value, unit)));
        Self { low, high, is_log: true, ticks: ticks.collect() }
    }

    fn of_names(names: &[String]) -> Self {
        // More names than can be read side by side: every n-th is written.
        let every = names.len().div_ceil(24).max(1);
        let ticks = names.iter().enumerate().step_by(every).map(|(index, name)| (index as f64, name.clone()));
        Self { low: -0.5, high: names.len().max(1) as f64 - 0.5, is_log: false, ticks: ticks.collect() }
    }

    /// The position of a value between the ends, in [0, 1]; what lies beyond is at its end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = if self.is_log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The base of the upright axis: zero where it is covered, else the lower end.
    pub(super) fn base(&self) -> f64 {
        if self.is_log { self.low } else { 0.0_f64.clamp(self.low, self.high) }
    }
}

/// A value as a tick says it, when ticks are `step` apart.
pub(super) fn text(value: f64, step: f64, unit: &Unit) -> String {
    match unit {
        Unit::Plain => number(value, step),
        Unit::Named(name) => format!("{} {name}", number(value, step)),
        Unit::Share => format!("{} %", number(value * 100.0, step * 100.0)),
        Unit::Dollars if value < 0.0 => format!("−{}", dollars(-value, step)),
        Unit::Dollars => dollars(value, step),
        Unit::Millis if value <= 0.0 => number(value, step),
        // Steps too fine for three decimals of a second keep the smaller unit.
        Unit::Millis if value >= 60_000.0 || (value >= 999.5 && step >= 10.0) => {
            format!("{} s", number(value / 1e3, step / 1e3))
        }
        Unit::Millis => format!("{} ms", number(value, step)),
    }
}

fn dollars(value: f64, step: f64) -> String {
    if (1e9..1e15).contains(&value.abs()) {
        return format!("${}M", grouped(whole(value / 1e6)));
    }
    if value.abs() >= 1e15 || step < 1e-3 {
        return format!("${}", number(value, step));
    }
    dollar_label(value, step)
}

/// A number with as many decimals as ticks `step` apart need.
fn number(value: f64, step: f64) -> String {
    let value = if value.abs() < step.abs() * 1e-9 { 0.0 } else { value };
    if value != 0.0 && (value.abs() >= 1e15 || value.abs() < 1e-5) {
        return format!("{value:.1e}").replace(".0e", "e").replace('-', "−");
    }
    let sign = if value < 0.0 { "−" } else { "" };
    if step >= 1.0 && (value - value.round()).abs() < 1e-6 {
        return format!("{sign}{}", grouped(whole(value.abs())));
    }
    let decimals = (0..12_usize).find(|decimals| {
        let scaled = step * libm::pow(10.0, *decimals as f64);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1e-300) && scaled >= 0.999
    });
    let text = format!("{:.*}", decimals.unwrap_or(3), value.abs());
    format!("{sign}{}", trimmed(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruler(range: AxisRange, unit: Unit, values: &[f64]) -> Ruler {
        let axis = PlotAxis { name: String::new(), unit, range };
        Ruler::new(&axis, values.iter().copied(), 5.0)
    }

    fn texts(ruler: &Ruler) -> Vec<&str> {
        ruler.ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_cover_the_data() {
        let data = ruler(AxisRange::Data, Unit::Plain, &[41.0, 79.0]);
        assert_eq!(texts(&data), ["40", "50", "60", "70", "80"]);
        assert_eq!(
            texts(&ruler(AxisRange::FromZero, Unit::Share, &[0.2, 0.93]))[..3],
            ["0 %", "20 %", "40 %"]
        );
        assert_eq!(texts(&ruler(AxisRange::Data, Unit::Dollars, &[-3.0, 1.0]))[0], "−$3");
    }

    #[test]
    fn ticks_say_where_they_stand_however_fine_their_steps() {
        let fine = ruler(AxisRange::Data, Unit::Millis, &[280.0, 290.0]);
        assert_eq!(texts(&fine), ["280 ms", "282 ms", "284 ms", "286 ms", "288 ms", "290 ms"]);
        let halves = ruler(AxisRange::Data, Unit::Millis, &[282.5, 292.5]);
        assert_eq!(texts(&halves)[0], "282 ms");
        // Whatever the range, a tick reads back to its place: it is neither another's text nor a rounded one.
        for unit in [Unit::Millis, Unit::Dollars, Unit::Plain, Unit::Share] {
            for low in [0.0, 0.3, 7.1, 282.5, 998.0, 25_300.0] {
                for width in [0.011, 0.12, 0.7, 1.2, 2.4, 12.0, 31.0, 260.0, 4_300.0] {
                    for (value, text) in ruler(AxisRange::Data, unit.clone(), &[low, low + width]).ticks {
                        let digits: String =
                            text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
                        let scale = match unit {
                            Unit::Millis if text.ends_with(" s") => 1e3,
                            Unit::Share => 0.01,
                            _ => 1.0,
                        };
                        let said = digits.parse::<f64>().unwrap() * scale;
                        assert!((said - value).abs() <= 1e-6 * value.abs().max(1e-3), "{text} for {value}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_wide_range_is_logarithmic_where_it_may_choose() {
        let wide = ruler(AxisRange::Auto, Unit::Millis, &[12.0, 40_000.0]);
        assert!(wide.is_log);
        assert_eq!(texts(&wide).first(), Some(&"10 ms"));
        assert!((wide.share(wide.low * 10.0) - 1.0 / libm::log10(wide.high / wide.low)).abs() < 1e-12);
        assert!(!ruler(AxisRange::Auto, Unit::Plain, &[0.0, 40_000.0]).is_log);
    }

    #[test]
    fn any_values_give_a_drawable_axis() {
        let odd = [
            vec![],
            vec![5.0],
            vec![0.0, 0.0],
            vec![-7.0],
            vec![f64::NAN, f64::INFINITY],
            vec![1e-300, 1e300],
            vec![1e-12, 1e12],
            vec![-1e18, 1e18],
            vec![1e15, 1e15 + 1.0],
        ];
        for values in odd {
            for range in [AxisRange::Auto, AxisRange::Data, AxisRange::FromZero, AxisRange::Log] {
                let ruler = ruler(range.clone(), Unit::Dollars, &values);
                assert!(ruler.low < ruler.high && !ruler.ticks.is_empty(), "{range:?} {values:?} {ruler:?}");
                assert!(ruler.ticks.len() <= 20, "{range:?} {values:?} {ruler:?}");
                for value in &values {
                    assert!((0.0..=1.0).contains(&ruler.share(*value)), "{range:?} {value}");
                }
            }
        }
    }

    #[test]
    fn names_stand_at_whole_numbers() {
        let ruler = ruler(AxisRange::Names(vec!["a".to_owned(), "b".to_owned()]), Unit::Plain, &[]);
        assert!((ruler.share(0.0) - 0.25).abs() < 1e-12 && (ruler.share(1.0) - 0.75).abs() < 1e-12);
    }
}
