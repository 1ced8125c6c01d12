//! From arguments to the command that they name.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::args::{Arguments, Command};
use super::exit::Exit;
use super::printing::{fail, print};
use super::{
    check, compare, completions, diff, explain, forecast, init, man, optimize, parquet, prices, report, run,
    schema, sweep, validate, why,
};
use crate::experiment::threads;
use crate::shell::environment::wanted_threads;
use crate::shell::panics;
use crate::shell::terminal::{note, stderr_colour, stdout_colour};

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    panics::caught(run_command).unwrap_or(Exit::RunFailed).into()
}

fn run_command() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // Help and version go to standard output and are no error; clap knows which is which.
            let (is_error, text) = (message.use_stderr(), message.render());
            let coloured = if is_error { stderr_colour() } else { stdout_colour() };
            let text = if coloured { text.ansi().to_string() } else { text.to_string() };
            if is_error {
                note(&text);
                return Exit::Usage;
            }
            return print(&text);
        }
    };
    if let Err(exit) = start_threads(&arguments.command) {
        return exit;
    }
    match arguments.command {
        Command::Run(request) => run::run(&request),
        Command::Check(request) => check::run(&request),
        Command::Compare(request) => compare::run(&request),
        Command::Diff(request) => diff::run(&request),
        Command::Forecast(request) => forecast::run(&request),
        Command::Optimize(request) => optimize::run(&request),
        Command::Sweep(request) => sweep::sweep(&request),
        Command::Merge(request) => sweep::merge(&request),
        Command::Why(request) => why::run(&request),
        Command::Report(request) => report::run(&request),
        Command::Validate(request) => validate::run(&request),
        Command::Schema(request) => schema::run(&request),
        Command::Init(request) => init::run(&request),
        Command::Explain(request) => explain::run(&request),
        Command::Prices(request) => prices::run(&request),
        Command::Parquet(request) => parquet::run(&request),
        Command::Man(request) => man::run(&request, Arguments::command()),
        Command::Completions(request) => completions::run(&request, Arguments::command()),
    }
}

/// Starts the threads of a command that simulates.
///
/// # Errors
/// The exit code, once it was said that the environment asks for no number of threads.
fn start_threads(command: &Command) -> Result<(), Exit> {
    match command {
        Command::Run(_)
        | Command::Check(_)
        | Command::Compare(_)
        | Command::Diff(_)
        | Command::Forecast(_)
        | Command::Optimize(_)
        | Command::Sweep(_) => {}
        _ => return Ok(()),
    }
    let wanted = wanted_threads().map_err(|message| fail(Exit::Usage, &message))?;
    if let Some(remark) = threads::start(wanted) {
        note(&format!("note: {remark}\n"));
    }
    Ok(())
}
