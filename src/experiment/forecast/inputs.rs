//! The inputs of a forecast that are not known exactly: drawn anew for every run, each from a stream of its own.

use rand_distr::{Distribution as _, Normal, Open01};

use crate::experiment::student::normal_quantile;
use crate::kernel::billing::PriceLevel;
use crate::kernel::random::{Purpose, Streams};
use crate::scenario::ForecastSpec;

/// Streams of the inputs of a forecast that are not known, one draw an input.
const INPUTS: Purpose = Purpose::new("forecast");

/// The inputs of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    /// Growth a month: 0.04 is 4 %.
    pub growth: f64,
    /// All times of requests are so many times as long.
    pub service_time: f64,
    /// All prices are so many times as high.
    pub price: PriceLevel,
}

/// An input that runs may draw anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// `growth_sd`.
    Growth,
    /// `service_time_cv`.
    ServiceTimes,
    /// `price_cv`.
    Prices,
}

impl Input {
    /// Every input, with its name.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Growth, "growth"), (Self::ServiceTimes, "service times"), (Self::Prices, "prices")];

    /// The inputs that a forecast draws anew for every run.
    #[must_use]
    pub fn varied(spec: &ForecastSpec) -> Vec<Self> {
        let spread = |input: Self| match input {
            Self::Growth => spec.growth_sd,
            Self::ServiceTimes => spec.service_time_cv,
            Self::Prices => spec.price_cv,
        };
        Self::ALL.into_iter().map(|(input, _)| input).filter(|input| spread(*input) > 0.0).collect()
    }

    /// The name of the input.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(input, _)| *input == self).map_or("", |(_, name)| name)
    }
}

/// The inputs of run `run`: each is drawn from a stream of its own, so that adding one does not change another. Growth is
/// normal, factors are lognormal with mean 1.
///
/// `rand_distr` draws the uniform numbers and has the laws; the way from the one to the other is the quantile function, because
/// the library's own samplers take logarithms of the platform wherever a crate of the build enables `num-traits/std`, and those
/// have other bits on other machines. Its version is pinned, because its next one may draw other numbers.
#[must_use]
pub fn draw(spec: &ForecastSpec, seed: u64, run: u64) -> Draw {
    let streams = Streams::new(seed, run);
    let score = |what: &str| {
        let unit: f64 = Open01.sample(&mut streams.stream(INPUTS, what).into_generator());
        // The quantile function is given for the upper half.
        if unit > 0.5 { normal_quantile(unit) } else { -normal_quantile(1.0 - unit) }
    };
    // Of a spread that is no number there is nothing to draw; the scenario's ranges let none through.
    let normal = |what: &str, mean: f64, spread: f64| {
        Normal::new(mean, spread).map_or(mean, |law| law.from_zscore(score(what)))
    };
    let factor = |what: &str, cv: f64| {
        let variance = libm::log1p(cv * cv);
        if cv > 0.0 { libm::exp(normal(what, -variance / 2.0, variance.sqrt())) } else { 1.0 }
    };
    Draw {
        growth: normal("growth", spec.growth, spec.growth_sd).max(-0.99),
        service_time: factor("service_time", spec.service_time_cv),
        price: PriceLevel(factor("price", spec.price_cv)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An expectation of which nothing is known exactly.
    fn unsure() -> ForecastSpec {
        ForecastSpec {
            growth: 0.04,
            growth_sd: 0.02,
            service_time_cv: 0.1,
            price_cv: 0.3,
            ..ForecastSpec::default()
        }
    }

    #[test]
    fn inputs_have_the_means_and_spreads_that_the_scenario_says() {
        let spec = unsure();
        let draws: Vec<Draw> = (0..20_000).map(|run| draw(&spec, 7, run)).collect();
        let moments = |value: fn(&Draw) -> f64| {
            let count = draws.len() as f64;
            let mean = draws.iter().map(value).sum::<f64>() / count;
            let variance =
                draws.iter().map(|draw| (value(draw) - mean) * (value(draw) - mean)).sum::<f64>() / count;
            (mean, variance.sqrt())
        };
        // Five standard errors of each: a false alarm in about a million runs of the test.
        for (found, mean, spread) in [
            (moments(|draw| draw.growth), 0.04, 0.02),
            (moments(|draw| draw.service_time), 1.0, 0.1),
            (moments(|draw| draw.price.0), 1.0, 0.3),
        ] {
            assert!((found.0 - mean).abs() < 5.0 * spread / 141.0, "{found:?} {mean}");
            assert!((found.1 / spread - 1.0).abs() < 0.06, "{found:?} {spread}");
        }
    }

    #[test]
    fn the_bits_of_a_draw_are_pinned() {
        let spec = unsure();
        let Draw { growth, service_time, price } = draw(&spec, 1, 0);
        let bits = [growth, service_time, price.0].map(f64::to_bits);
        assert_eq!(bits, [4_583_890_913_803_396_666, 4_604_816_657_729_403_443, 4_605_820_925_272_884_242]);
    }

    #[test]
    fn the_uniform_numbers_of_the_library_are_those_of_the_kernel() {
        for run in 0..1_000 {
            let streams = Streams::new(3, run);
            let library: f64 = Open01.sample(&mut streams.stream(INPUTS, "growth").into_generator());
            assert_eq!(library.to_bits(), streams.stream(INPUTS, "growth").open_unit().to_bits());
        }
    }

    #[test]
    fn what_is_known_is_not_drawn() {
        let spec = ForecastSpec {
            growth: 0.04,
            growth_sd: 0.0,
            service_time_cv: 0.0,
            price_cv: 0.0,
            ..ForecastSpec::default()
        };
        assert_eq!(draw(&spec, 1, 0), Draw { growth: 0.04, service_time: 1.0, price: PriceLevel(1.0) });
    }
}
