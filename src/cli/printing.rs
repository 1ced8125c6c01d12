//! Printing of commands: results to standard output, errors to standard error.

use super::exit::Exit;
use super::formats::{OutputFormat, Rendering, rendered};
use crate::shell::output;
use crate::shell::terminal::{self, note, one_line};

/// Prints what people read to standard output.
pub(super) fn print(text: &str) -> Exit {
    printed(terminal::print(text))
}

/// Prints what programs read to standard output, to the byte.
pub(super) fn print_data(text: &str) -> Exit {
    printed(terminal::print_data(text))
}

/// Prints a result in a format of its command: what people read, or what programs read.
pub(super) fn print_in<T, const N: usize>(
    format: OutputFormat,
    renderings: [Rendering<T>; N],
    result: T,
) -> Exit {
    print_rendered(format, rendered(format, renderings, result))
}

/// Prints a result that was made in a format before.
pub(super) fn print_rendered(format: OutputFormat, text: Result<String, String>) -> Exit {
    match text {
        Ok(text) if format == OutputFormat::Text => print(&text),
        Ok(text) => print_data(&text),
        Err(message) => fail(Exit::RunFailed, &message),
    }
}

fn printed(result: std::io::Result<()>) -> Exit {
    match result {
        Ok(()) => Exit::Ok,
        Err(error) => {
            let cause = output::cause_in_words(&error);
            fail(Exit::RunFailed, &format!("cannot write to standard output: {cause}"))
        }
    }
}

/// Prints an error of one line to standard error.
pub(super) fn fail(exit: Exit, message: &str) -> Exit {
    note(&format!("error: {}\n", one_line(message)));
    exit
}
