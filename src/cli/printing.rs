//! Printing of commands: results to standard output, errors to standard error.

use super::exit::Exit;
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

/// Prints a result in the one or the other way.
pub(super) fn print_as(is_for_people: bool, text: &str) -> Exit {
    if is_for_people { print(text) } else { print_data(text) }
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
