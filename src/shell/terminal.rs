//! The terminal: what is one, how wide it is, whether it wants colour; and writing to it without ever panicking.

use std::io::{self, ErrorKind, IsTerminal, Write};

/// Widest table that is printed \[columns\].
const WIDEST: usize = 100;

/// Whether standard output may be coloured: it is a terminal, `NO_COLOR` is unset or empty, `TERM` is not `dumb`.
#[must_use]
pub fn stdout_colour() -> bool {
    io::stdout().is_terminal() && colour_allowed()
}

/// The same for standard error.
#[must_use]
pub fn stderr_colour() -> bool {
    io::stderr().is_terminal() && colour_allowed()
}

fn colour_allowed() -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    unset("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The command line as it was given.
#[must_use]
pub fn command_line() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Columns a table may take. Always the same, so that a table is the same wherever it is printed.
#[must_use]
pub const fn table_width() -> usize {
    WIDEST
}

/// Writes to standard output. A reader that has gone away (`| head`) is not an error.
///
/// # Errors
/// When standard output is closed for another reason, or its disk is full.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes to standard error; there is nowhere to report a failure to.
pub fn note(text: &str) {
    let mut out = io::stderr().lock();
    let _unheard = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
