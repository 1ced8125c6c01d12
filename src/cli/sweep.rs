//! `windtunnel sweep`: many points of one scenario, row by row into a journal that survives whatever ends the program,
//! and from the journal the final files; `windtunnel merge` makes them of the journals of several machines.

mod command;
mod deliver;
mod merge;
mod paths;
mod plan;
mod request;

pub(super) use command::sweep;
pub(super) use merge::merge;
pub(super) use request::{MergeRequest, SweepRequest};
