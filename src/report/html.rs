//! Results as one HTML file that opens from disk: no network, no clock, no chance. A page is a function of the bytes of
//! the files that a command left, so it can be made again from them at any time, byte for byte.
//!
//! `frame` is what every page shares (head, styles, scripts, verdict, tables); `run` is the page of `windtunnel run`. What
//! changes with the pointer is in `assets/*.js`; texts reach the page through templates that escape them, or as
//! [`embed`]ded data that the scripts show as text and never as markup.

mod bill;
mod chart;
mod checks;
mod embed;
mod figures;
mod frame;
mod log;
mod plan;
mod reading;
mod run;
mod thinning;

pub use reading::RunFiles;
pub use run::{RunOutput, run_page};
