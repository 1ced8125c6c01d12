//! Results as one HTML file that opens from disk: no network, no clock, no chance. A page is a function of the bytes of
//! the files that a command left, so it can be made again from them at any time, byte for byte.
//!
//! `frame` is what every page shares (head, styles, scripts, verdict, tables). `run` is the page of `windtunnel run`;
//! `compare`, `sweep`, `optimize` and `forecast` are those of the experiments, put together from `experiment`, and `folder`
//! tells whose results a folder holds. What changes with the pointer is in `assets/*.js`; texts reach the page through
//! templates that escape them, or as [`embed`]ded data that the scripts show as text and never as markup.

mod chart;
mod cloud;
mod compare;
mod embed;
mod experiment;
mod folder;
mod forecast;
mod frame;
mod log;
mod optimize;
pub(super) mod plan;
mod policy;
mod reading;
mod run;
mod sweep;
mod thinning;

pub use folder::experiment_page;
pub use reading::Open;
pub use run::{RunOutput, run_page};
