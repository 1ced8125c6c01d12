//! The commands as typed, and from arguments to the command that they name.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::deprecated::modern;
use super::exit::{Exit, HELP};
use super::printing::{fail, print};
use super::{
    check, compare, completions, diff, explain, forecast, init, man, optimize, parquet, prices, report, run,
    schema, sweep, validate, why,
};
use crate::experiment::threads;
use crate::shell::environment::wanted_threads;
use crate::shell::panics;
use crate::shell::terminal::{ColourChoice, note, set_colour, stderr_colour, stdout_colour, typed_arguments};

/// Replays a traffic curve, request by request, against an autoscaled AWS ECS/Fargate service: running tasks, latency,
/// cost, and why it scaled.
#[derive(Debug, Parser)]
#[command(name = "windtunnel", version, after_help = HELP, max_term_width = 100)]
struct Arguments {
    /// When to use colours; auto respects NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColourArg::Auto, env = "WINDTUNNEL_COLOR")]
    color: ColourArg,
    #[command(subcommand)]
    command: Command,
}

/// Use of colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ColourArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and write its results
    Run(run::RunRequest),
    /// Judge the checks of a scenario or a finished run, as an exit code; see also validate
    Check(check::CheckRequest),
    /// Run variants of a scenario on the same requests and report how they differ
    Compare(compare::CompareRequest),
    /// Summarise the impact of a scenario change for code review
    Diff(diff::DiffRequest),
    /// Find the cheapest setting that passes the scenario's checks
    Optimize(optimize::OptimizeRequest),
    /// Run a scenario at many points; finished runs are kept, even after an interruption
    Sweep(sweep::SweepRequest),
    /// Merge the shards of a sweep
    Merge(sweep::MergeRequest),
    /// Forecast the bills of the next months, with their uncertainty
    Forecast(forecast::ForecastRequest),
    /// Explain a scaling decision, or its absence, at a given time
    Why(why::WhyRequest),
    /// Make one HTML page of results: it opens from disk, without a network
    Report(report::ReportRequest),
    /// Convert the CSV files of results to Parquet
    Parquet(parquet::ParquetRequest),
    /// Find what is wrong with scenarios without running them; see also check
    Validate(validate::ValidateRequest),
    /// Print the JSON Schema of scenario files, or of an output
    Schema(schema::SchemaRequest),
    /// Write a scenario to start from to standard output
    Init(init::InitRequest),
    /// Explain a code (WT004), a metric, a figure, a key, or what is not simulated
    Explain(explain::ExplainRequest),
    /// List the built-in price book
    Prices(prices::PricesRequest),
    /// Write the manual pages, one a command
    Man(man::ManRequest),
    /// Print completions for a shell
    Completions(completions::CompletionsRequest),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    panics::caught(run_command).unwrap_or(Exit::RunFailed).into()
}

/// Headings of the commands in `--help`, each with its commands.
const HEADINGS: [(&str, &[&str]); 4] = [
    ("Run", &["run", "sweep", "merge"]),
    ("Decide", &["check", "compare", "diff", "optimize", "forecast"]),
    ("Inspect", &["why", "report", "parquet"]),
    ("Reference", &["validate", "init", "explain", "schema", "prices", "man", "completions"]),
];

/// The command line with its commands under headings.
fn command_line() -> clap::Command {
    let command = Arguments::command();
    let mut list = String::new();
    for (heading, names) in HEADINGS {
        list.push_str(&format!("{heading}:\n"));
        for name in names {
            let about = command.find_subcommand(name).and_then(clap::Command::get_about);
            let about = about.map_or_else(String::new, ToString::to_string);
            list.push_str(&format!("  {name:<12} {about}\n"));
        }
        list.push('\n');
    }
    command.before_help(list.trim_end().to_owned()).help_template(
        "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}Options:\n{options}{after-help}",
    )
}

/// The arguments as typed, in today's spelling.
fn parse() -> Result<Arguments, clap::Error> {
    let (arguments, deprecated) = modern(typed_arguments());
    let parsed = command_line().try_get_matches_from(arguments);
    deprecated.iter().for_each(|one| note(&one.remark()));
    Arguments::from_arg_matches(&parsed?)
}

fn run_command() -> Exit {
    let arguments = match parse() {
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
    set_colour(match arguments.color {
        ColourArg::Auto => ColourChoice::Auto,
        ColourArg::Always => ColourChoice::Always,
        ColourArg::Never => ColourChoice::Never,
    });
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
        Command::Man(request) => man::run(&request, command_line()),
        Command::Completions(request) => completions::run(&request, command_line()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stands_under_one_heading() {
        let mut listed: Vec<&str> = HEADINGS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Arguments::command();
        let mut known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(listed, known);
        command_line().debug_assert();
    }
}
