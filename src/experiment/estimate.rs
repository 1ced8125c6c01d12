//! Estimates of a figure from independent replications: its value and an interval that holds the truth as often as it
//! says.
//!
//! Everything is made of pseudo-values, one a replication (or a section of them): for a mean the values themselves, for
//! a ratio and for a quantile of all requests the jackknife's, whose mean and spread are those of the figure. A
//! difference between two variants that saw the same arrivals is the same on the differences of pseudo-values, so
//! what both share cancels. Requests of one run are never treated as independent of one another.

use super::student::student_t_quantile;

/// Confidence of the intervals that are reported.
pub const CONFIDENCE: f64 = 0.95;

/// A figure of many runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Value of the figure: the mean, the ratio of sums, or the quantile of all requests.
    pub value: f64,
    /// Half the width of its interval; `None` for a single run, of which no interval can be made.
    pub half_width: Option<f64>,
    /// Runs that had something to say of it.
    pub runs: u64,
}

impl Estimate {
    /// The lower end of the interval; the value where there is none.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.value - self.half_width.unwrap_or(0.0)
    }

    /// The upper end of the interval; the value where there is none.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.value + self.half_width.unwrap_or(0.0)
    }

    /// Whether the interval leaves zero out: a difference that is more than noise.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.half_width.is_some_and(|half| self.value.abs() > half)
    }
}

/// A figure with its pseudo-values.
#[derive(Clone, Debug, PartialEq)]
pub struct Pseudo {
    /// The figure of all runs together.
    pub whole: f64,
    /// One a section; `None` where the section has nothing to say.
    pub values: Vec<Option<f64>>,
    /// All runs ÷ the share of a section, minus one: the weight that unequal sections need.
    weights: Vec<f64>,
    runs: u64,
}

/// The values of runs, averaged; values that are all the same have exactly that mean, and an interval of no width.
#[must_use]
pub fn of_means(values: &[Option<f64>]) -> Option<Pseudo> {
    let present: Vec<f64> = values.iter().copied().flatten().collect();
    let count = as_f64(present.len());
    let first = *present.first()?;
    Some(Pseudo {
        whole: first + present.iter().map(|value| value - first).sum::<f64>() / count,
        values: values.to_vec(),
        weights: vec![count - 1.0; values.len()],
        runs: present.len() as u64,
    })
}

/// The sum of numerators over the sum of denominators, with the delete-one jackknife.
#[must_use]
pub fn of_ratios(shares: &[Option<(f64, f64)>]) -> Option<Pseudo> {
    let present: Vec<(f64, f64)> = shares.iter().copied().flatten().collect();
    let count = as_f64(present.len());
    let (above, below) = present.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    if present.is_empty() || below <= 0.0 {
        return None;
    }
    let whole = above / below;
    let pseudo = |(x, y): (f64, f64)| {
        let rest = below - y;
        // A single run, or one that holds every denominator, leaves nothing to compare with.
        if rest > 0.0 { count * whole - (count - 1.0) * (above - x) / rest } else { whole }
    };
    Some(Pseudo {
        whole,
        values: shares.iter().map(|share| share.map(pseudo)).collect(),
        weights: vec![count - 1.0; shares.len()],
        runs: present.len() as u64,
    })
}

/// A figure of all runs with what it is when one section is left out; `sizes` are the runs of each section. Sections of
/// unequal size get the weights of Busing, Meijer and van der Leeden (1999).
#[must_use]
pub fn of_sections(whole: f64, without: &[Option<f64>], sizes: &[u64]) -> Pseudo {
    // A section without a request leaves the figure as it is: the others are all there is.
    let present = without.iter().zip(sizes).filter(|(without, _)| without.is_some());
    let runs: u64 = present.map(|(_, size)| *size).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand runs")]
    let ratios: Vec<f64> = sizes.iter().map(|size| runs as f64 / (*size).max(1) as f64).collect();
    let values = without
        .iter()
        .zip(&ratios)
        .map(|(without, ratio)| without.map(|without| ratio * whole - (ratio - 1.0) * without))
        .collect();
    Pseudo { whole, values, weights: ratios.iter().map(|ratio| ratio - 1.0).collect(), runs }
}

impl Pseudo {
    /// The figure with its interval at `confidence` in (0, 1).
    #[must_use]
    pub fn estimate(&self, confidence: f64) -> Estimate {
        let pairs: Vec<(f64, f64)> =
            self.values.iter().zip(&self.weights).filter_map(|(v, w)| v.map(|v| (v, *w))).collect();
        Estimate { value: self.whole, half_width: half_width(&pairs, confidence), runs: self.runs }
    }

    /// The figure less that of `base`, run by run. Where one of the two has nothing to say of some runs, the difference
    /// rests on the others alone.
    #[must_use]
    pub fn less(&self, base: &Self) -> Self {
        let values = self.values.iter().zip(&base.values).map(|(mine, theirs)| Some((*mine)? - (*theirs)?));
        let values: Vec<Option<f64>> = values.collect();
        let shared = values.iter().flatten().count();
        // A section's weight is what all runs are, as a multiple of it, less one; without some of them that is less.
        let present = self.values.iter().flatten().count();
        let share = as_f64(shared) / as_f64(present.max(1));
        Self {
            whole: self.whole - base.whole,
            weights: self.weights.iter().map(|weight| (weight + 1.0) * share - 1.0).collect(),
            runs: if shared == values.len() { self.runs.min(base.runs) } else { shared as u64 },
            values,
        }
    }
}

/// Half the width of the interval of the mean of pseudo-values, by Student's t.
fn half_width(pairs: &[(f64, f64)], confidence: f64) -> Option<f64> {
    if pairs.len() < 2 || pairs.iter().any(|(_, weight)| *weight <= 0.0) {
        return None;
    }
    let count = as_f64(pairs.len());
    // Each pseudo-value counts with its section's share of the runs, which is 1 / (weight + 1).
    let mass: f64 = pairs.iter().map(|(_, weight)| 1.0 / (weight + 1.0)).sum();
    // Counted from the first, so that values which are all the same have no spread at all.
    let first = pairs.first().map_or(0.0, |(value, _)| *value);
    let mean =
        first + pairs.iter().map(|(value, weight)| (value - first) / (weight + 1.0)).sum::<f64>() / mass;
    let variance =
        pairs.iter().map(|(value, weight)| (value - mean) * (value - mean) / weight).sum::<f64>() / count;
    let quantile = student_t_quantile(0.5 + confidence / 2.0, pairs.len() as u64 - 1);
    let half = quantile * variance.sqrt();
    half.is_finite().then_some(half)
}

/// The quantile `q` of values as a person would read it off a sorted list, interpolated; `None` without values.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index within the list")]
pub fn quantile_of(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * as_f64(last);
    let index = (place.floor() as usize).min(last);
    let next = sorted[(index + 1).min(last)];
    Some(sorted[index] + (next - sorted[index]) * (place - as_f64(index)))
}

#[expect(clippy::cast_precision_loss, reason = "a number of runs")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_mean_of_four_runs_has_the_interval_of_the_textbook() {
        // 2, 4, 4, 6: mean 4, s² = 8/3, s/√4 = 0.816497, t(0.975; 3) = 3.182446.
        let estimate = of_means(&[Some(2.0), Some(4.0), Some(4.0), Some(6.0)]).unwrap().estimate(0.95);
        assert!(close(estimate.value, 4.0) && estimate.runs == 4);
        assert!((estimate.half_width.unwrap() - 3.182_446_305 * (2.0_f64 / 3.0).sqrt()).abs() < 1e-6);
    }

    #[test]
    fn runs_that_all_cost_the_same_cost_exactly_that() {
        // Ten times 0.1 add up to less than 1, and a limit of 0.10 would be kept by chance.
        let estimate = of_means(&[Some(0.1); 10]).unwrap().estimate(0.95);
        assert_eq!((estimate.value, estimate.half_width), (0.1, Some(0.0)));
    }

    #[test]
    fn one_run_has_no_interval_and_a_run_without_data_is_left_out() {
        let one = of_means(&[Some(2.0)]).unwrap().estimate(0.95);
        assert_eq!((one.half_width, one.is_significant()), (None, false));
        let two = of_means(&[Some(2.0), None, Some(4.0)]).unwrap().estimate(0.95);
        assert!(close(two.value, 3.0) && two.runs == 2);
        assert_eq!(of_means(&[None, None]), None);
        assert_eq!(of_ratios(&[None]), None);
    }

    #[test]
    fn a_ratio_of_equal_denominators_is_a_mean() {
        let values = [1.0, 5.0, 3.0, 7.0];
        let ratios: Vec<_> = values.iter().map(|value| Some((value * 10.0, 10.0))).collect();
        let means: Vec<_> = values.iter().map(|value| Some(*value)).collect();
        let (ratio, mean) = (of_ratios(&ratios).unwrap(), of_means(&means).unwrap());
        let (ratio, mean) = (ratio.estimate(0.95), mean.estimate(0.95));
        assert!(close(ratio.value, mean.value) && close(ratio.half_width.unwrap(), mean.half_width.unwrap()));
    }

    #[test]
    fn sections_of_equal_and_of_unequal_size_agree_on_a_mean() {
        // Eight runs, as four sections of two: leaving one out of a mean is the mean of the others.
        let runs = [1.0, 3.0, 2.0, 6.0, 5.0, 9.0, 4.0, 2.0];
        let whole = runs.iter().sum::<f64>() / 8.0;
        let without = |skip: std::ops::Range<usize>| {
            let rest: Vec<f64> =
                runs.iter().enumerate().filter(|(i, _)| !skip.contains(i)).map(|(_, v)| *v).collect();
            Some(rest.iter().sum::<f64>() / rest.len() as f64)
        };
        let singles: Vec<_> = (0..8).map(|i| without(i..i + 1)).collect();
        let by_run = of_sections(whole, &singles, &[1; 8]).estimate(0.95);
        let direct = of_means(&runs.map(Some)).unwrap().estimate(0.95);
        assert!(close(by_run.half_width.unwrap(), direct.half_width.unwrap()));
        let pairs: Vec<_> = (0..4).map(|i| without(2 * i..2 * i + 2)).collect();
        let of_pairs = of_sections(whole, &pairs, &[2; 4]);
        // A pseudo-value of a section is the mean of its runs.
        assert!(close(of_pairs.values[1].unwrap(), 4.0));
        let unequal = of_sections(whole, &[without(0..1), without(1..4), without(4..8)], &[1, 3, 4]);
        assert!(close(unequal.values[1].unwrap(), 11.0 / 3.0));
        assert!(unequal.estimate(0.95).half_width.unwrap() > 0.0);
    }

    #[test]
    fn what_two_variants_share_cancels_in_their_difference() {
        let base = of_means(&[Some(10.0), Some(20.0), Some(30.0)]).unwrap();
        let other = of_means(&[Some(11.0), Some(21.0), Some(31.0)]).unwrap();
        let difference = other.less(&base).estimate(0.95);
        assert!(close(difference.value, 1.0) && close(difference.half_width.unwrap(), 0.0));
        assert!(difference.is_significant());
        assert!(!base.less(&base).estimate(0.95).is_significant());
    }

    #[test]
    fn a_difference_that_rests_on_few_runs_is_as_unsure_as_they_are() {
        let base = of_means(&[Some(10.0), Some(20.0), None, None, None]).unwrap();
        let other = of_means(&[11.0, 23.0, 5.0, 5.0, 5.0].map(Some)).unwrap();
        let direct = of_means(&[Some(1.0), Some(3.0)]).unwrap().estimate(0.95);
        for difference in [other.less(&base), base.less(&other)] {
            let estimate = difference.estimate(0.95);
            assert_eq!(estimate.runs, 2);
            assert!(close(estimate.half_width.unwrap(), direct.half_width.unwrap()), "{estimate:?}");
        }
        // The same of sections: one without a request is no section.
        let sections = of_sections(2.0, &[Some(3.0), Some(1.0), None], &[1; 3]).estimate(0.95);
        let means = of_means(&[Some(1.0), Some(3.0)]).unwrap().estimate(0.95);
        assert!(close(sections.half_width.unwrap(), means.half_width.unwrap()), "{sections:?}");
    }

    #[test]
    fn quantiles_of_a_list_are_interpolated() {
        assert_eq!(quantile_of(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile_of(&[1.0, 2.0], 0.5), Some(1.5));
        assert_eq!(quantile_of(&[], 0.5), None);
    }
}
