//! The inputs of a forecast that are not known exactly: drawn anew for every run, each from a stream of its own.

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

/// The inputs of run `run`: each is drawn from a stream of its own, so that adding one does not change another.
#[must_use]
pub fn draw(spec: &ForecastSpec, seed: u64, run: u64) -> Draw {
    let streams = Streams::new(seed, run);
    let normal = |what: &str| {
        let unit = streams.stream(INPUTS, what).open_unit();
        // The quantile function is given for the upper half.
        if unit > 0.5 { normal_quantile(unit) } else { -normal_quantile(1.0 - unit) }
    };
    // A lognormal factor with mean 1 and this coefficient of variation.
    let factor = |what: &str, cv: f64| {
        let variance = libm::log1p(cv * cv);
        libm::exp(variance.sqrt() * normal(what) - variance / 2.0)
    };
    Draw {
        growth: (spec.growth + spec.growth_sd * normal("growth")).max(-0.99),
        service_time: if spec.service_time_cv > 0.0 {
            factor("service_time", spec.service_time_cv)
        } else {
            1.0
        },
        price: PriceLevel(if spec.price_cv > 0.0 { factor("price", spec.price_cv) } else { 1.0 }),
    }
}
