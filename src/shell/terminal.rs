//! The terminal: what is one, how wide it is, whether it wants colour; and writing to it without ever panicking.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

use crate::scenario::is_deceptive;

/// Widest table that is printed \[columns\].
const WIDEST: usize = 100;

/// Choice of the user when to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColourChoice {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The choice of this process; none: automatic.
static COLOUR: OnceLock<ColourChoice> = OnceLock::new();

/// Sets the choice of colours; only the first counts.
pub fn set_colour(choice: ColourChoice) {
    COLOUR.get_or_init(|| choice);
}

/// Whether standard output may be coloured: by the choice of the user, else where `CLICOLOR_FORCE` is set, else where it is a
/// terminal, `NO_COLOR` is unset or empty and `TERM` is not `dumb`.
#[must_use]
pub fn stdout_colour() -> bool {
    colour(io::stdout().is_terminal())
}

/// The same for standard error.
#[must_use]
pub fn stderr_colour() -> bool {
    colour(io::stderr().is_terminal())
}

fn colour(is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match COLOUR.get() {
        Some(ColourChoice::Always) => true,
        Some(ColourChoice::Never) => false,
        _ if is_set("NO_COLOR") => false,
        _ if is_set("CLICOLOR_FORCE") => true,
        _ => is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// The command line as it was given, argument by argument.
#[must_use]
pub fn typed_arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// The command line as it was given.
#[must_use]
pub fn command_line() -> Vec<String> {
    typed_arguments().iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// Columns a table may take. Always the same, so that a table is the same wherever it is printed.
#[must_use]
pub const fn table_width() -> usize {
    WIDEST
}

/// The text on one line: a control character, a line end among them, is written as TOML and Rust write it. For names and
/// paths of the user in messages, where a line of theirs could be taken for one of the program's own.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_deceptive(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// The text without what could steer a terminal (colours excepted) or a service that reads its log: GitHub Actions takes a
/// line that begins with two colons, and `##[` anywhere, for a command.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let line = without_controls(line).replace("##[", "# [");
        // Three colons are no command: with them diagnostics point into a second file.
        match line.trim_start().strip_prefix("::").filter(|rest| !rest.starts_with(':')) {
            Some(rest) => out.push_str(&format!(": {rest}")),
            None => out.push_str(&line),
        }
    }
    out
}

/// A line without control characters, but for tabs and for sequences that set a colour.
fn without_controls(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let colour = rest.strip_prefix("\u{1b}[").and_then(|tail| {
            let end = tail.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            tail[end..].starts_with('m').then_some(2 + end + 1)
        });
        let length = match (colour, c) {
            (Some(length), _) => {
                out.push_str(&rest[..length]);
                length
            }
            (None, c) if (c.is_control() && c != '\t') || is_deceptive(c) => {
                out.push('\u{fffd}');
                c.len_utf8()
            }
            (None, c) => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// Writes what people read to standard output, without what could steer who reads it: a log of GitHub is a pipe, and runs the
/// commands that it finds. A reader that has gone away (`| head`) is not an error.
///
/// # Errors
/// When standard output is closed for another reason, or its disk is full.
pub fn print(text: &str) -> io::Result<()> {
    print_data(&harmless(text))
}

/// Writes what programs read to standard output: the very bytes into a file or a pipe, and to a terminal without what could
/// steer it. The caller makes sure that no name begins a line.
///
/// # Errors
/// As those of [`print()`].
pub fn print_data(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let lines = || text.split('\n').map(without_controls).collect::<Vec<_>>().join("\n");
    let text = if out.is_terminal() { Cow::Owned(lines()) } else { Cow::Borrowed(text) };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes to standard error, without what could steer who reads it; there is nowhere to report a failure to.
pub fn note(text: &str) {
    let mut out = io::stderr().lock();
    let _unheard = out.write_all(harmless(text).as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_command_or_steers_the_terminal() {
        assert_eq!(harmless("error: a\n::error::y\n  ::set-env z\n"), "error: a\n: error::y\n: set-env z\n");
        assert_eq!(harmless("a ##[error] b"), "a # [error] b");
        assert_eq!(
            harmless("\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;t\u{7}\u{1b}[2J\r\t|"),
            "\u{1b}[1;31mred\u{1b}[0m \u{fffd}]0;t\u{fffd}\u{fffd}[2J\u{fffd}\t|"
        );
        assert_eq!(harmless("  ::: --set:1:22"), "  ::: --set:1:22");
        assert_eq!(harmless("service::web is whole"), "service::web is whole");
        assert_eq!(harmless("\u{1b}[31"), "\u{fffd}[31");
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(one_line("x\n::error::y\u{1b}"), "x\\n::error::y\\u{1b}");
        assert_eq!(one_line("naïve 名"), "naïve 名");
        assert_eq!(one_line("a\u{61c}\u{2028}b\u{e0001}"), "a\\u{61c}\\u{2028}b\\u{e0001}");
    }
}
