//! The command line: arguments as typed → requests → calls → exit codes. The only module that prints. A command has a file, or a
//! folder, with its arguments and its run; what commands share stands in files that know none of them.

mod check;
mod compare;
mod completions;
mod deprecated;
mod diff;
mod dispatch;
mod exit;
mod explain;
mod folder;
mod forecast;
mod formats;
mod given;
mod init;
mod loading;
mod man;
mod manifest;
mod optimize;
mod parquet;
mod prices;
mod printing;
mod report;
mod run;
mod schema;
mod session;
mod subject;
mod sweep;
mod validate;
mod variant;
mod why;

pub use dispatch::main;
pub use exit::Exit;
