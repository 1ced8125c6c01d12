//! `windtunnel run`, once or many times.

mod command;
mod files;
mod many;
mod request;
mod until;

pub(super) use command::run;
pub(super) use request::RunRequest;
