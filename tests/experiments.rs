//! Experiments: variants on the same requests, warm-ups, bills at both ends of an assumption, forecasts whose arithmetic can
//! be done by hand. How often intervals hold and searches find is judged by `coverage` and `planted`.

mod comparing;
mod forecasting;
mod scale_in;
mod warmup;
