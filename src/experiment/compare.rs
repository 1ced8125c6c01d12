//! Variants of a service on the same arrivals and the same demands (common random numbers): what differs between them is
//! the setting and nothing else, so differences are judged run by run, where the noise that both share cancels.

use std::sync::atomic::AtomicBool;

use super::checks::{self, Bills};
use super::estimate::CONFIDENCE;
use super::interruption::was_interrupted;
use super::sample::shares_of;
use super::scale_in::Ends;
use super::scale_in_means::Samples;
use super::{CheckOutcome, CheckStatus, Estimate, Figure, Measure, Pseudo, RunSample, Share, pool};
use crate::kernel::simulation::RunError;
use crate::kernel::units::SimTime;
use crate::record::{self, Detail, Limits, MinuteRecord, RunRecord};
use crate::scenario::Scenario;

/// One of the settings that are compared.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Name of the variant in reports.
    pub name: String,
    /// Scenario of the variant; its seed is not used, the first variant's is.
    pub scenario: Scenario,
}

/// Points of a trajectory at most: a picture has no more places, and a year of minutes a variant would fill the memory.
const MOST_POINTS: usize = 1100;

/// The trajectory of a service in the first run of a variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// The service.
    pub service: String,
    /// Minutes of the run, or as many of them together as it takes to keep to a thousand.
    pub points: Vec<TrajectoryPoint>,
}

/// One or several minutes of a trajectory, with the highest values in them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrajectoryPoint {
    /// Beginning of the point, from second 0 of the run.
    pub start: SimTime,
    /// Running tasks.
    pub running: u32,
    /// 99th percentile of a minute's response times \[ns\]; `None` where nothing was served.
    pub p99: Option<u64>,
}

/// Result of a variant.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The variant.
    pub variant: Variant,
    /// The trajectory of its first run, of each service.
    pub first: Vec<Trajectory>,
    /// All its runs.
    pub sample: RunSample,
    /// Outcomes of its checks, judged by intervals.
    pub checks: Vec<CheckOutcome>,
    /// Mean cost of a month at both ends of the range of `tt_scale_in_mode` \[USD\]; `None` where no target-tracking
    /// policy scaled in, or until [`add_scale_in_range`] adds it.
    pub scale_in: Option<Ends<f64>>,
}

/// Variants side by side; the first is the base.
#[derive(Clone, Debug)]
pub struct VariantComparison {
    /// The variants, in the order they were given.
    pub variants: Vec<Compared>,
    /// The seed that all of them ran with.
    pub seed: u64,
    /// Index of the cheapest variant that passes all its checks, if one does and their bills have the same lines.
    pub cheapest: Option<usize>,
    /// Whether the runs were interrupted before all were done; every variant has the same number of runs all the same.
    pub interrupted: bool,
}

/// A figure of a variant against the base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Variant less base, with the interval that holds for all variants of a comparison together.
    pub absolute: Estimate,
    /// The difference ÷ the base's value; `None` where that is zero.
    pub relative: Option<f64>,
}

/// Runs every variant `runs` times with the streams of `seed`.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`, or by it before every variant had run once.
pub fn compare(
    variants: Vec<Variant>,
    seed: u64,
    runs: u64,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64),
) -> Result<VariantComparison, RunError> {
    let limits = Limits { requests: None, interrupted };
    let count = variants.len() as u64;
    let wanted: Vec<Measure> =
        variants.iter().flat_map(|variant| checks::limited_by(&variant.scenario.checks)).collect();
    let sample = |variant: &Variant| RunSample::of(&variant.scenario.plan, &wanted);
    let mut samples: Vec<RunSample> = variants.iter().map(sample).collect();
    let figures: Vec<Vec<Figure>> = samples.iter().map(|sample| sample.figures().to_vec()).collect();
    let needs_minutes = samples.iter().any(RunSample::needs_minutes);
    let mut firsts: Vec<Vec<Trajectory>> = Vec::new();
    let mut row: Vec<Ran> = Vec::new();
    // Variants change fastest, so that what is finished at an interruption is a whole comparison of fewer runs.
    let job = |number: u64| {
        let (run, variant) = (number / count, number % count);
        let plan = &variants[index(variant)].scenario.plan;
        let keep = match (run, needs_minutes) {
            (0, _) => Detail::Everything,
            (_, true) => Detail::Minutes,
            (_, false) => Detail::Totals,
        };
        let record = record::record_within(plan, (seed, run), keep, limits)?;
        let shares = shares_of(&figures[index(variant)], &record, plan);
        let (record, trajectory) = trajectory(record);
        Ok(Ran { record, shares, trajectory })
    };
    let stopped = pool::until_error(0..runs.max(1) * count, job, |number, ran| {
        row.push(ran);
        if row.len() as u64 == count {
            let is_first = firsts.is_empty();
            for (sample, ran) in samples.iter_mut().zip(std::mem::take(&mut row)) {
                sample.push_shares(&ran.record, ran.shares);
                firsts.extend(is_first.then_some(ran.trajectory));
            }
        }
        progress(number + 1);
    });
    let interrupted = was_interrupted(stopped, !firsts.is_empty())?;
    // What the base costs is the baseline of all of them, its own included: its change is none.
    let base = variants.first().map(|variant| &variant.scenario);
    let baseline = base.zip(samples.first()).map(|(scenario, sample)| Bills::of(scenario, sample));
    let variants = variants.into_iter().zip(firsts).zip(samples).map(|((variant, first), sample)| {
        let checks = checks::evaluate_against(&variant.scenario, &sample, baseline.as_ref(), CONFIDENCE);
        Compared { variant, first, sample, checks, scale_in: None }
    });
    let variants: Vec<Compared> = variants.collect();
    let mut comparison = VariantComparison { variants, seed, cheapest: None, interrupted };
    if comparison.has_like_bills() {
        comparison.cheapest = cheapest(&comparison.variants);
    }
    Ok(comparison)
}

/// Adds to every variant of a comparison its mean cost of a month at both ends. Who stops it loses them and nothing else.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`.
pub fn add_scale_in_range(
    comparison: &mut VariantComparison,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), RunError> {
    let limits = Limits { requests: None, interrupted };
    let of = comparison.variants.iter().map(|of| (&of.variant.scenario.plan, &of.sample)).collect();
    let samples = Samples { of, seed: comparison.seed, measure: Measure::CostPerMonth };
    match samples.ends(limits, progress) {
        Ok(ends) => {
            for (variant, ends) in comparison.variants.iter_mut().zip(ends) {
                variant.scale_in = ends;
            }
        }
        Err(error) => comparison.interrupted |= was_interrupted(Some(error), true)?,
    }
    Ok(())
}

/// A run of a variant: what a sample takes of it, and its trajectory.
struct Ran {
    record: RunRecord,
    shares: Vec<Option<Share>>,
    trajectory: Vec<Trajectory>,
}

#[expect(clippy::cast_possible_truncation, reason = "below the number of variants")]
fn index(variant: u64) -> usize {
    variant as usize
}

/// The trajectory of a run, taken out of its record, whose minutes, decisions and changes are not read after that.
fn trajectory(mut record: RunRecord) -> (RunRecord, Vec<Trajectory>) {
    let trajectories = record.services.iter_mut().map(|service| {
        let minutes = std::mem::take(&mut service.timeline);
        (service.decisions, service.in_service) = (Vec::new(), Vec::new());
        let together = minutes.len().div_ceil(MOST_POINTS).max(1);
        let point = |chunk: &[MinuteRecord]| TrajectoryPoint {
            start: chunk[0].start,
            running: chunk.iter().map(|minute| minute.running).max().unwrap_or(0),
            p99: chunk.iter().filter_map(|minute| minute.response_time_p99).max(),
        };
        Trajectory { service: service.name.clone(), points: minutes.chunks(together).map(point).collect() }
    });
    let trajectories = trajectories.collect();
    (record, trajectories)
}

impl Compared {
    /// Whether every check holds, with confidence.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.checks.iter().all(|check| check.status == CheckStatus::Pass)
    }

    /// Whether its scenario has a service of this name.
    #[must_use]
    pub fn has(&self, service: &str) -> bool {
        self.variant.scenario.plan.services.iter().any(|known| known.name == service)
    }

    /// A figure with its interval; services are known by name.
    #[must_use]
    pub fn estimate(&self, service: Option<&str>, measure: Measure) -> Option<Estimate> {
        self.pseudo(service, measure).map(|pseudo| pseudo.estimate(CONFIDENCE))
    }

    fn pseudo(&self, service: Option<&str>, measure: Measure) -> Option<Pseudo> {
        let service = match service {
            Some(name) => {
                let services = &self.variant.scenario.plan.services;
                Some(services.iter().position(|service| service.name == name)?)
            }
            None => None,
        };
        self.sample.pseudo(&Figure { service, measure })
    }
}

impl VariantComparison {
    /// A figure of variant `index` less that of the base. The interval is wider than that of a single difference, so that
    /// all variants' intervals hold together with 95 % (Bonferroni): among twenty comparisons one in twenty would
    /// otherwise look significant by chance.
    ///
    /// Bills that do not have the same lines have no difference: see [`VariantComparison::unlike_bills`].
    #[must_use]
    pub fn difference(&self, index: usize, service: Option<&str>, measure: Measure) -> Option<Difference> {
        if measure.is_cost() && self.unlike_bills(index, service).is_some() {
            return None;
        }
        let base = self.variants.first()?.pseudo(service, measure)?;
        let other = self.variants.get(index)?.pseudo(service, measure)?;
        let absolute = other.less(&base).estimate(self.joint_confidence());
        let relative = absolute.value / base.whole;
        Some(Difference { absolute, relative: relative.is_finite().then_some(relative) })
    }

    /// The reason why the bill of variant `index` cannot be compared with that of the base, in words: one lacks a price
    /// that the other has. `None` where it can.
    #[must_use]
    pub fn unlike_bills(&self, index: usize, service: Option<&str>) -> Option<String> {
        let (base, other) = (&self.variants.first()?.variant, &self.variants.get(index)?.variant);
        let unpriced = |of: &Variant| match service {
            Some(service) => of.scenario.unpriced_of(service),
            None => of.scenario.unpriced(),
        };
        unpriced(other).unlike(&unpriced(base), &other.name, &base.name)
    }

    /// Whether all bills have the same lines, so that one can be called the cheapest.
    #[must_use]
    pub fn has_like_bills(&self) -> bool {
        (1..self.variants.len()).all(|index| self.unlike_bills(index, None).is_none())
    }

    /// Confidence of a single difference, so that all of them hold together with 95 %.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a number of variants")]
    pub fn joint_confidence(&self) -> f64 {
        let others = self.variants.len().saturating_sub(1).max(1);
        1.0 - (1.0 - CONFIDENCE) / others as f64
    }

    /// The variants from the cheapest on at each end, where the two orders differ by more than ties and all bills have the
    /// same lines.
    #[must_use]
    pub fn orders_at_scale_in_ends(&self) -> Option<Ends<Vec<usize>>> {
        if !self.has_like_bills() || self.variants.iter().all(|variant| variant.scale_in.is_none()) {
            return None;
        }
        let costs: Option<Vec<Ends<f64>>> = self
            .variants
            .iter()
            .map(|variant| {
                let simulated = || variant.estimate(None, Measure::CostPerMonth).map(|cost| cost.value);
                variant
                    .scale_in
                    .or_else(|| simulated().map(|cost| Ends { gradual: cost, proportional: cost }))
            })
            .collect();
        let costs = costs?;
        let changes_places =
            |a: &Ends<f64>, b: &Ends<f64>| a.gradual < b.gradual && a.proportional > b.proportional;
        if !costs.iter().any(|a| costs.iter().any(|b| changes_places(a, b))) {
            return None;
        }
        let order = |cost: &dyn Fn(&Ends<f64>) -> f64| {
            let mut order: Vec<usize> = (0..costs.len()).collect();
            order.sort_by(|a, b| cost(&costs[*a]).total_cmp(&cost(&costs[*b])));
            order
        };
        Some(Ends { gradual: order(&|ends| ends.gradual), proportional: order(&|ends| ends.proportional) })
    }

    /// Names of the services of all variants: the base's in its order, then those that only others have.
    #[must_use]
    pub fn services(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for service in self.variants.iter().flat_map(|variant| &variant.variant.scenario.plan.services) {
            if !names.contains(&service.name.as_str()) {
                names.push(&service.name);
            }
        }
        names
    }

    /// The reasons that keep variant `index` from seeing the same requests as the base, in words; empty when nothing
    /// does.
    #[must_use]
    pub fn unlike(&self, index: usize) -> Vec<String> {
        let (Some(base), Some(other)) = (self.variants.first(), self.variants.get(index)) else {
            return Vec::new();
        };
        let (base, other) = (&base.variant.scenario.plan, &other.variant.scenario.plan);
        let mut found = Vec::new();
        if base.horizon != other.horizon || base.start_unix_ns != other.start_unix_ns {
            found.push("it simulates another time".to_owned());
        }
        for service in &base.services {
            let Some(twin) = other.services.iter().find(|twin| twin.name == service.name) else {
                found.push(format!("it has no service `{}`", service.name));
                continue;
            };
            if twin.traffic != service.traffic {
                found.push(format!("`{}` has other traffic", service.name));
            }
            if twin.request.cpu_time != service.request.cpu_time
                || twin.request.wait_time != service.request.wait_time
            {
                found.push(format!("`{}` has other requests", service.name));
            }
        }
        let is_new = |name: &str| !base.services.iter().any(|service| service.name == name);
        let new = other.services.iter().filter(|service| is_new(&service.name));
        found.extend(new.map(|service| format!("the service `{}` is new", service.name)));
        found
    }
}

/// The cheapest a month of the variants that pass their checks; the first of equals.
fn cheapest(variants: &[Compared]) -> Option<usize> {
    let cost = |compared: &Compared| compared.estimate(None, Measure::CostPerMonth).map(|cost| cost.value);
    let passing = variants.iter().enumerate().filter(|(_, compared)| compared.passes());
    let priced = passing.filter_map(|(index, compared)| Some((index, cost(compared)?)));
    priced.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}
